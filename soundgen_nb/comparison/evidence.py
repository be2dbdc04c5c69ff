"""Evidence: what takes are to statistics, the effects found in them, and what to be wary of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from soundgen_nb.analysis import DEEP_MEASURES, measure, measures_named
from soundgen_nb.comparison.repeats import each_once
from soundgen_nb.effects import Effects, Observation, conclusion, effects
from soundgen_nb.errors import InputError
from soundgen_nb.take import Take, Takes, measure_all
from soundgen_nb.view.spread import of_copies


def found_effects(
    takes: Takes, names: str | Iterable[str], *, interactions: bool | None = None
) -> Effects:
    """The effects in some measures of the takes, which are measured if they have not been.

    Raises:
        InputError: if there is no measure of that name, or none is named.
    """
    names = _checked(names)
    once = each_once(takes)
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
    again = of_copies(len(takes) - len(each_once(takes)))
    return " ".join(filter(None, [conclusion(found), again, *_notes(takes, names)]))


def _checked(names: str | Iterable[str]) -> Sequence[str]:
    checked = [each.name for each in measures_named(names)]
    if not checked:
        raise InputError("name at least one measure to compare, as measures=['loudness_lufs']")
    return checked


def _notes(takes: Takes, names: Iterable[str]) -> Iterator[str]:
    """Which values are not the plain figure their measure promises."""
    for name in names:
        notes = [take.measures.notes.get(name, "") for take in takes]
        for note, count in Counter(filter(None, notes)).items():
            yield f"{measure(name).label} of {count} of the {len(takes)} takes: {note}."
