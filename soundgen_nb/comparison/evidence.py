"""Evidence: what takes are to statistics, the effects found in them, and what to be wary of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from soundgen_nb.analysis import DEEP_MEASURES, measure, measures_named
from soundgen_nb.effects import Effect, Observation, conclusion, effects
from soundgen_nb.errors import InputError
from soundgen_nb.take import Take, Takes, measure_all


def found_effects(
    takes: Takes, names: str | Iterable[str], *, interactions: bool | None = None
) -> list[Effect]:
    """The effects in some measures of the takes, which are measured if they have not been.

    Raises:
        InputError: if there is no measure of that name, or none is named.
    """
    names = _checked(names)
    once = _each_once(takes)
    seen = [
        Observation(take.prompt, take.factors, values)
        for take, values in zip(once, values_of(once, names), strict=True)
    ]
    return effects(seen, names, interactions=interactions)


def values_of(takes: Sequence[Take], names: Iterable[str]) -> list[Mapping[str, float]]:
    """The values of each take, measured if they have not been; deep ones if any of them is named.

    Raises:
        InputError: if there is no measure of that name.
    """
    measure_all(takes)
    if not {each.name for each in measures_named(names)} & {each.name for each in DEEP_MEASURES}:
        return [take.measures for take in takes]
    measure_all(takes, deep=True)
    return [{**take.measures, **take.deep} for take in takes]


def told(takes: Takes, names: str | Iterable[str], *, interactions: bool | None = None) -> str:
    """What the takes prove and what they do not, and what to be wary of, in one paragraph.

    Raises:
        InputError: as above.
    """
    names = _checked(names)
    found = found_effects(takes, names, interactions=interactions)
    return " ".join([conclusion(found), *_copies(takes), *_notes(takes, names)])


def _checked(names: str | Iterable[str]) -> Sequence[str]:
    checked = [each.name for each in measures_named(names)]
    if not checked:
        raise InputError("name at least one measure to compare, as measures=['loudness_lufs']")
    return checked


def _each_once(takes: Iterable[Take]) -> list[Take]:
    """The takes without those that are another of their prompt byte for byte.

    A server may answer a prompt out of its cache. That is no take of its own, and would make any
    difference look surer than it is.
    """
    kept: dict[tuple[str, bytes], Take] = {}
    for take in takes:
        kept.setdefault((take.prompt, take.measured.data), take)
    return list(kept.values())


def _copies(takes: Takes) -> Iterator[str]:
    count = len(takes) - len(_each_once(takes))
    if count:
        are = "1 take is" if count == 1 else f"{count} takes are"
        yield f"{are} byte for byte another of the same prompt, and not counted twice."


def _notes(takes: Takes, names: Iterable[str]) -> Iterator[str]:
    """Which values are not the plain figure their measure promises."""
    for name in names:
        notes = [take.measures.notes.get(name, "") for take in takes]
        for note, count in Counter(filter(None, notes)).items():
            yield f"{measure(name).label} of {count} of the {len(takes)} takes: {note}."
