"""One sound of a prompt, with all the prompt says of it: how heavy, how many, where, how far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeVar

from soundgen_nb.engine.clauses import BREAK, Part
from soundgen_nb.engine.families import FAMILIES
from soundgen_nb.engine.lexicon import Role
from soundgen_nb.engine.phrases import Match
from soundgen_nb.engine.quantities import count_in
from soundgen_nb.engine.reading import Reading, SoundMatch, covered
from soundgen_nb.engine.recognition import Heard

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """One sound to make, as the prompt describes it.

    ``axes`` are amounts from -1 to 1 for "intensity", "size", "speed", "brightness"; ``preset`` and
    ``place`` are None where the family's own serve, ``count`` and ``pan`` (-1 left, 1 right) where
    nobody asked; ``distance`` goes from 0 (at hand) to 1 (far); ``turn`` numbers what follows in
    time from 0; ``behind`` marks a background; ``approximate`` says what is only imitated, or "".
    """

    family: str
    label: str = ""
    preset: str | None = None
    words: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()
    axes: Mapping[str, float] = field(default_factory=dict, hash=False)
    count: int | None = None
    distance: float = 0.0
    place: str | None = None
    loudness_db: float = 0.0
    pan: float | None = None
    turn: int = 0
    behind: bool = False
    approximate: str = ""

    def __str__(self) -> str:
        """The source in words: "rain (heavy, tin)", "3 x knocking (wooden)"."""
        counted = f"{self.count} x " if (self.count or 0) > 1 else ""
        described = f" ({', '.join(self.modifiers)})" if self.modifiers else ""
        return f"{counted}{self.label or self.family.replace('_', ' ')}{described}"


def described(heard: Heard, reading: Reading) -> Source:
    """A recognised family with its modifiers."""
    parts = heard.parts
    axes = [m for m in _within(reading.axes, parts) if _moves(m, heard)]
    distance = _within(reading.distance, parts)
    loudness = _within(reading.loudness, parts)
    pan = _within(reading.pan, parts)
    preset = _preset(heard, reading)
    label = reading.lexicon.labels[heard.family]
    own = covered(heard.matches)
    told: list[Match[Any]] = [*axes, *distance, *loudness, *pan]
    said = [m for m in told if m.start not in own]
    # "a goat" is a kind of the family, whose label alone would say "sheep"
    kind: list[Match[Any]] = [preset] if preset and reading.text(preset) not in label else []
    return Source(
        family=heard.family,
        label=label,
        preset=preset.value if preset else None,
        words=tuple(dict.fromkeys(reading.text(m) for m in heard.matches)),
        modifiers=tuple(
            dict.fromkeys(reading.text(m) for m in sorted([*said, *kind], key=lambda m: m.start))
        ),
        axes=_amounts(axes, reading),
        count=_count(parts, reading),
        distance=max((m.value for m in distance), default=0.0),
        place=_place(heard, reading),
        loudness_db=_loudness_db(loudness, reading),
        pan=pan[0].value if pan else None,
        turn=heard.turn,
        behind=heard.behind,
        approximate=_approximate(heard, reading),
    )


def _within(matches: Iterable[Match[T]], parts: Sequence[Part]) -> list[Match[T]]:
    return [m for m in matches if any(part.start <= m.start < part.stop for part in parts)]


def _part_at(position: int, parts: Sequence[Part]) -> Part:
    return next(part for part in parts if part.start <= position < part.stop)


def _moves(match: Match[Mapping[str, float]], heard: Heard) -> bool:
    """Whether a modifier is about the sound, not about a large hall or a dark wood around it."""
    return heard.behind or not _part_at(match.start, heard.parts).is_where


def _amounts(matches: Sequence[Match[Mapping[str, float]]], reading: Reading) -> dict[str, float]:
    amounts: dict[str, float] = {}
    for match in matches:
        for axis, amount in match.value.items():
            moved = amounts.get(axis, 0.0) + amount * reading.degrees.get(match.start, 1.0)
            amounts[axis] = round(min(1.0, max(-1.0, moved)), 3)
    return amounts


def _loudness_db(matches: Sequence[Match[float]], reading: Reading) -> float:
    if not matches:
        return 0.0
    degree = reading.degrees.get(matches[0].start, 1.0)
    return round(matches[0].value * degree, 1)


def _count(parts: Sequence[Part], reading: Reading) -> int | None:
    for part in parts:
        words = [word for word in reading.words[part.start : part.stop] if word is not BREAK]
        count = count_in(words, reading.lexicon.lists.countable)
        if count:
            return count
    return None


def _preset(heard: Heard, reading: Reading) -> Match[str] | None:
    """The first preset the prompt has a word for."""
    phrases = reading.lexicon.presets.get(heard.family)
    if phrases is None:
        return None
    return next(iter(_within(phrases.matches(reading.words), heard.parts)), None)


def _place(heard: Heard, reading: Reading) -> str | None:
    """Where it is heard: "in a cave" before "cave drip"; a church bell is not heard in a church."""
    own = covered(match for match in heard.matches if not _is_scene(match, heard.family))
    found = _within(reading.places, heard.parts)
    inside = [m.value for m in found if _part_at(m.start, heard.parts).is_where]
    beside = [
        m.value
        for m in found
        if m.start not in own and not _part_at(m.start, heard.parts).is_setting
    ]
    return next(chain(inside, beside), None)


def _is_scene(match: SoundMatch, family: str) -> bool:
    return any(m.family == family and m.role is Role.SCENE for m in match.value)


def _approximate(heard: Heard, reading: Reading) -> str:
    phrases = reading.lexicon.imitations.get(heard.family)
    for match in phrases.matches(reading.words) if phrases else ():
        if match.start in {m.start for m in heard.matches}:
            return f"{reading.text(match)}: {match.value}"
    family = FAMILIES.get(heard.family)
    return family.approximate if family is not None else ""
