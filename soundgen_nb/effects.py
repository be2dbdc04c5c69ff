"""Effects: which word changed what, and whether by more than takes of one wording differ anyway."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from soundgen_nb.analysis import Measure, measure
from soundgen_nb.statistics import ALLOWED, Contrast, achievable_p, contrast, holm

DEFAULT_MEASURES = ("loudness_lufs", "crest_db", "centroid_hz", "flatness", "onset_rate")
"""Few on purpose: the more is asked at once, the more takes it needs to be sure of anything."""

METHOD = (
    "difference: second level minus first, mean of strata (cells of the other factors); "
    "low, high: 95 % interval by Welch; p: two-sided permutation of takes within strata, all "
    "exchanges up to 1,000,000, else 19,999 drawn with a fixed seed; p_corrected: Holm over all "
    "rows of this table whose takes are not all alike; achievable_p: the smallest p so many takes "
    "can give; hedges_g: difference in standard deviations of takes, its size in Cohen's words "
    "(1988: 0.2, 0.5, 0.8); verdict: different where p_corrected is at most 0.05 and the interval "
    "leaves out zero, not enough takes where achievable_p times the rows is above; "
    "left_out: takes without a finite value, or single in their cell"
)

DIFFERENT, NOT_SHOWN, TOO_FEW = "different", "no difference shown", "not enough takes"

_MANY_TAKES = 50


@dataclass(frozen=True)
class Observation:
    """One take as statistics see it: its prompt, its factors, and its values by measure."""

    prompt: str
    factors: Mapping[str, str]
    values: Mapping[str, float]


@dataclass(frozen=True)
class Effect:
    """What one word, against another in its place, does to one measure.

    Attributes:
        factor: The factor's name; "prompt" where there are none.
        first: The level that others are held against: the first one asked for.
        second: The level that is held against it.
        measure: What was measured.
        found: The numbers.
        strata: In how many cells of the other factors the two levels stand side by side.
        p_corrected: p after Holm's correction over the whole table; NaN where there is no p.
        verdict: "different" (p_corrected is small and the interval leaves out zero), "no
            difference shown" or "not enough takes" (however far apart, p could not be so small).
    """

    factor: str
    first: str
    second: str
    measure: Measure
    found: Contrast
    strata: int
    p_corrected: float = math.nan
    verdict: str = TOO_FEW

    @property
    def contrast(self) -> str:
        """The two levels: "second - first", with a real minus."""
        first, second = self.first or "(left out)", self.second or "(left out)"
        return f"{second} − {first}"  # noqa: RUF001 - a minus is meant

    @property
    def size(self) -> str:
        """The effect size in words; empty where there is none.

        Source: Cohen, *Statistical Power Analysis for the Behavioral Sciences* (1988), chapter 2.
        """
        if math.isnan(self.found.hedges_g):
            return ""
        words = ("negligible", "small", "medium", "large")
        return words[sum(abs(self.found.hedges_g) >= limit for limit in (0.2, 0.5, 0.8))]

    @property
    def row(self) -> dict[str, str | int | float]:
        """Its row in the table."""
        found = self.found
        return {
            "factor": self.factor,
            "contrast": self.contrast,
            "measure": self.measure.name,
            "unit": self.measure.unit if self.measure.shown_times == 1 else "",
            "first_mean": found.first_mean,
            "second_mean": found.second_mean,
            "difference": found.difference,
            "low": found.low,
            "high": found.high,
            "p": found.p,
            "p_corrected": self.p_corrected,
            "achievable_p": found.achievable_p,
            "hedges_g": found.hedges_g,
            "size": self.size,
            "first_takes": found.first_count,
            "second_takes": found.second_count,
            "left_out": found.left_out,
            "verdict": self.verdict,
        }


COLUMNS = tuple(Effect("", "", "", measure("seconds"), Contrast(0, 0, 0), 0).row)


def effects(
    observations: Sequence[Observation], measures: Sequence[str] = DEFAULT_MEASURES
) -> list[Effect]:
    """Every factor's levels against its first, in every measure.

    Factors count where every take has the same ones; else whole prompts are held against the
    first prompt. A factor's effect is its mean effect over the other factors' values.

    Args:
        observations: The takes.
        measures: Names of measures, each in every observation.

    Returns:
        Effects by factor, level and measure; none where there is only one wording.

    Raises:
        InputError: if there is no measure of that name.
    """
    shown = [measure(name) for name in dict.fromkeys(measures)]
    asked = [_asked(design, each) for design in _designs(observations) for each in shown]
    tested = [e.found.p if e.found.varies else math.nan for e in asked]
    number = sum(not math.isnan(p) for p in tested)
    # takes that are all alike can raise no false alarm, and need no correction
    corrected = [
        e.found.p if math.isnan(p) else float(p) for e, p in zip(asked, holm(tested), strict=True)
    ]
    return [
        replace(e, p_corrected=p, verdict=_verdict(e.found, p, number))
        for e, p in zip(asked, corrected, strict=True)
    ]


def conclusion(found: Sequence[Effect]) -> str:
    """What the effects prove and what they do not, in one paragraph.

    It names no winner: which of two different sounds is better is for ears to say.
    """
    if not found:
        return "One prompt: there is nothing to hold it against."
    sentences = [*_differing(found)]
    sentences += _undecided(found, NOT_SHOWN, "No difference was shown in {}")
    if any(each.verdict == NOT_SHOWN for each in found):
        sentences.append("That does not prove there is none.")
    if any(each.verdict == TOO_FEW for each in found):
        sentences += _undecided(found, TOO_FEW, "Not enough takes to say anything of {}")
        sentences.append(_advice(found))
    if any(each.verdict == DIFFERENT for each in found):
        sentences.append(
            f"All {len(found)} comparisons taken together, a false alarm has a chance of at most "
            "1 in 20. Which one sounds better, numbers do not say."
        )
    return " ".join(sentences)


@dataclass(frozen=True)
class _Design:
    """Two levels of a factor and the takes of each, stratum by stratum."""

    factor: str
    first: str
    second: str
    strata: Sequence[tuple[Sequence[Observation], Sequence[Observation]]]


def _designs(observations: Sequence[Observation]) -> Iterator[_Design]:
    names = _crossed_factors(observations)
    if not names:
        alone = [(each.prompt, (), each) for each in observations]
        yield from _against_first("prompt", alone)
    for name in names:
        others = [each for each in names if each != name]
        yield from _against_first(
            name,
            [
                (each.factors[name], tuple(each.factors[other] for other in others), each)
                for each in observations
            ],
        )


def _crossed_factors(observations: Sequence[Observation]) -> list[str]:
    """Factors that every take has and that do vary; none if takes have different factors."""
    if len({frozenset(each.factors) for each in observations}) != 1:
        return []
    names = observations[0].factors
    return [name for name in names if len({each.factors[name] for each in observations}) > 1]


def _against_first(
    factor: str, placed: Sequence[tuple[str, tuple[str, ...], Observation]]
) -> Iterator[_Design]:
    """Every level against the first; each take comes with its level and its stratum."""
    cells: dict[tuple[str, ...], dict[str, list[Observation]]] = {}
    for level, stratum, each in placed:
        cells.setdefault(stratum, {}).setdefault(level, []).append(each)
    first, *others = dict.fromkeys(level for level, _, _ in placed)
    for second in others:
        sides = [(cell.get(first, []), cell.get(second, [])) for cell in cells.values()]
        yield _Design(factor, first, second, sides)


def _asked(design: _Design, shown: Measure) -> Effect:
    sides = [
        [[each.values[shown.name] for each in cell[side]] for cell in design.strata]
        for side in (0, 1)
    ]
    strata = sum(bool(first and second) for first, second in design.strata)
    names = (design.factor, design.first, design.second)
    return Effect(*names, shown, contrast(*sides), strata)


def _verdict(found: Contrast, p_corrected: float, number: int) -> str:
    # p alone says too much where one wording scatters far more than the other; Welch's interval
    # allows for that
    if p_corrected <= ALLOWED and found.low * found.high > 0:
        return DIFFERENT
    # Holm multiplies the smallest p by their number: what cannot pass then, never can
    if math.isnan(found.p) or found.achievable_p * max(number, 1) > ALLOWED:
        return TOO_FEW
    return NOT_SHOWN


def _differing(found: Iterable[Effect]) -> Iterator[str]:
    """A sentence for each pair of levels that differ in something."""
    kept = [each for each in found if each.verdict == DIFFERENT]
    for (first, second), several in groupby(kept, lambda each: (each.first, each.second)):
        facts = "; ".join(map(_fact, several))
        yield f"{_quoted(first)} and {_quoted(second)} differ in {facts}."


def _fact(effect: Effect) -> str:
    found = effect.found
    shown = _fine_enough(effect.measure, found.difference)
    apart = replace(shown, unit="")
    ends = (found.low, found.high) if found.difference > 0 else (-found.high, -found.low)
    low, high = map(apart.text, ends)
    return (
        f"{shown.label.lower()}, {shown.text(found.first_mean)} against "
        f"{shown.text(found.second_mean)} (by {apart.text(abs(found.difference))} "
        f"{shown.difference_unit}".rstrip()
        + f", 95 % interval {low} to {high}, corrected p {_p_text(effect.p_corrected)})"
    )


def _undecided(found: Iterable[Effect], verdict: str, frame: str) -> Iterator[str]:
    """A sentence for each pair of levels with measures of this verdict."""
    kept = [each for each in found if each.verdict == verdict]
    for (first, second), several in groupby(kept, lambda each: (each.first, each.second)):
        labels = _listed([each.measure.label.lower() for each in several])
        yield f"{frame.format(labels)} between {_quoted(first)} and {_quoted(second)}."


def _advice(found: Sequence[Effect]) -> str:
    """Why some takes are too few, and how many it would need."""
    poor = [each for each in found if each.verdict == TOO_FEW]
    smallest = min((e.found.achievable_p for e in poor if not math.isnan(e.found.p)), default=None)
    if smallest is None:
        why = (
            "Two takes of one prompt differ too: with fewer than two that have a value, "
            "nothing is claimed."
        )
    else:
        why = (
            f"With so few, chance alone sets means as far apart as can be in 1 of "
            f"{1 / smallest:.0f} cases: too often where {len(found)} comparisons are made at once."
        )
    if smallest is None and len(poor) < len(found):
        return why
    needed = takes_needed(len(found), strata=max(1, min(each.strata for each in poor)))
    return f"{why} Ask for takes={needed} or more, or compare fewer measures."


def takes_needed(comparisons: int, *, strata: int = 1) -> int:
    """How many takes of every prompt it needs for any difference to be shown at all.

    Args:
        comparisons: How many are made at once.
        strata: In how many cells of the other factors two levels stand side by side.

    Example:
        >>> takes_needed(1), takes_needed(5), takes_needed(10, strata=2)
        (4, 5, 3)
    """
    enough = (
        takes
        for takes in range(2, _MANY_TAKES)
        if achievable_p([(takes, takes)] * strata) * comparisons <= ALLOWED
    )
    return next(enough, _MANY_TAKES)


def _fine_enough(shown: Measure, difference: float) -> Measure:
    """The measure with as many decimals as show two digits of the difference."""
    digits = 1 - math.floor(math.log10(abs(difference) * shown.shown_times))
    return replace(shown, decimals=max(shown.decimals, digits))


def _quoted(level: str) -> str:
    return f"“{level}”" if level else "the words left out"


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _p_text(p: float) -> str:
    return f"{p:.3f}" if p >= 0.001 else "below 0.001"
