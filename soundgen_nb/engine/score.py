"""The score: what will sound, when, how loud and where. Decided here, rendered elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from soundgen_nb.engine.brief import Brief
from soundgen_nb.engine.families import FAMILIES
from soundgen_nb.engine.family import COUNT, Family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.quantities import LONGEST_SECONDS, SHORTEST_SECONDS
from soundgen_nb.engine.sources import Source
from soundgen_nb.errors import InputError

_LEAST_TURN_SECONDS = 1.2  # no bark fits into less
_LAST_SEED = 2**63 - 1
_BEHIND_DB = -8.0
_BESIDE_DB = -2.0
_SPREAD = 0.06  # of a knob's range: takes differ, and stay what they are
_PAN_SPREAD = 0.35
_UNHURRIED_EVENTS = 4  # more than these stretch a family's natural length


@dataclass(frozen=True, slots=True)
class Layer:
    """One family, its settings, and its place in the score.

    ``start`` and ``seconds`` are in seconds; ``gain_db`` is against the other layers; ``pan`` goes
    from -1 (left) to 1 (right); ``distance`` from 0 (at hand) to 1 (far); ``place`` is one of
    ``space.PLACES``.
    """

    family: str
    values: Values
    start: float
    seconds: float
    gain_db: float = 0.0
    pan: float = 0.0
    distance: float = 0.0
    place: str = "dry"


@dataclass(frozen=True, slots=True)
class Score:
    """Layers over a length. The same score with the same seed is the same sound, bit for bit.

    ``loudness_db`` moves the whole (0 is a normal level); ``loop`` joins the end to the beginning.
    """

    seconds: float
    layers: tuple[Layer, ...]
    seed: int
    loudness_db: float = 0.0
    loop: bool = False


def compose(brief: Brief, *, seconds: float | None = None, seed: int) -> Score:
    """The score of a brief.

    Args:
        brief: what was understood of a prompt.
        seconds: the length, above 0 and up to 60; None takes the length the words ask for, or else
            the natural length of the sounds.
        seed: which take, from 0 to 2**63 - 1; the same brief, length and seed give the same score.

    Raises:
        InputError: for a length or a seed out of its range.
    """
    if not 0 <= seed <= _LAST_SEED:
        raise InputError(f"seed = {seed} is outside 0 to 2**63 - 1; take another whole number")
    if seconds is not None and not 0 < seconds <= LONGEST_SECONDS:
        raise InputError(f"seconds = {seconds} is not above 0 and up to {LONGEST_SECONDS:g}")
    length = float(seconds or brief.seconds or _natural_seconds(brief.sources))
    turns = _turns(brief.sources, length)
    layers = []
    for number, source in enumerate(brief.sources):
        # the renderer draws from [seed, number]; a third number keeps the two streams apart
        rng = np.random.default_rng([seed, number, 1])
        time = (0.0, length) if source.behind else turns[source.turn]
        pan = source.pan if source.pan is not None else _pan(rng, len(brief.sources))
        layers.append(_layer(source, number, time, pan, rng))
    return Score(
        seconds=length,
        layers=tuple(layers),
        seed=seed,
        # the mix is set to a peak, so gains tell layers apart and this the whole
        loudness_db=max(source.loudness_db for source in brief.sources),
        loop=brief.loop,
    )


def _natural_seconds(sources: Sequence[Source]) -> float:
    """The longest of what sounds together, summed over what follows in time."""
    by_turn: dict[int, float] = {}
    for source in sources:
        by_turn[source.turn] = max(by_turn.get(source.turn, 0.0), _own_seconds(source))
    return min(LONGEST_SECONDS, max(SHORTEST_SECONDS, sum(by_turn.values())))


def _own_seconds(source: Source) -> float:
    natural = FAMILIES[source.family].natural_seconds
    return natural * max(1.0, (source.count or 0) / _UNHURRIED_EVENTS)


def _turns(sources: Sequence[Source], seconds: float) -> Mapping[int, tuple[float, float]]:
    """Start and length of each turn: shares of the natural lengths, overlapping where too short."""
    weights: dict[int, float] = {}
    for source in sorted(sources, key=lambda source: source.turn):
        weights[source.turn] = max(weights.get(source.turn, 0.0), _own_seconds(source))
    turns, start = {}, 0.0
    for turn, weight in weights.items():
        share = seconds * weight / sum(weights.values())
        length = min(seconds, max(share, _LEAST_TURN_SECONDS))
        turns[turn] = (min(start, seconds - length), length)
        start += share
    return turns


def _layer(
    source: Source,
    number: int,
    time: tuple[float, float],
    pan: float,
    rng: np.random.Generator,
) -> Layer:
    family = FAMILIES[source.family]
    start, length = time
    role_db = _BEHIND_DB if source.behind else _BESIDE_DB if number else 0.0
    return Layer(
        family=family.name,
        values=_values(family, source, rng),
        start=start,
        seconds=length,
        gain_db=role_db + source.loudness_db,
        pan=pan,
        distance=source.distance,
        place=source.place or family.place_of(source.preset),
    )


def _pan(rng: np.random.Generator, how_many: int) -> float:
    """Several sounds stand apart; one alone stands in the middle."""
    return float(rng.uniform(-_PAN_SPREAD, _PAN_SPREAD)) if how_many > 1 else 0.0


def _values(family: Family, source: Source, rng: np.random.Generator) -> Values:
    """The source's settings; what modifiers can turn is a little different in every take."""
    preset = source.preset if source.preset in family.presets else None
    held = family.presets[preset].keys() if preset else ()
    values = family.values(source.axes, preset, **_counted(family, source))
    return Values(
        {
            knob.name: _near(knob, values[knob.name], rng)
            if (knob.follows or knob.against) and knob.name not in held
            else values[knob.name]
            for knob in family.knobs
        }
    )


def _counted(family: Family, source: Source) -> dict[str, float]:
    counts = [knob for knob in family.knobs if knob.name == COUNT.name and source.count]
    return {knob.name: min(float(source.count or 0), knob.high) for knob in counts}


def _near(knob: Knob, value: float, rng: np.random.Generator) -> float:
    """A setting a little off, by ratio where the knob moves by ratios, within its range."""
    amount = rng.uniform(-_SPREAD, _SPREAD)
    if knob.low > 0:
        value *= (knob.high / knob.low) ** amount
    else:
        value += (knob.high - knob.low) * amount
    return float(min(knob.high, max(knob.low, value)))
