"""One effect: what was held against what, the numbers that were found, and the verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from soundgen_nb.analysis import Measure, measure
from soundgen_nb.statistics import Contrast

DEFAULT_MEASURES = ("loudness_lufs", "crest_db", "centroid_hz", "flatness", "onset_rate")
"""Few on purpose: the more is asked at once, the more takes it needs to be sure of anything."""

METHOD = (
    "difference: second level minus first, mean of strata (cells of the other factors); of an "
    "interaction (a × b): what b's second level does to the difference that a makes, takes paired "  # noqa: RUF001 - a cross is meant
    "in the order they came; low, high: 95 % interval by Welch; p: two-sided permutation of takes "
    "(or pairs) within strata, all exchanges up to 1,000,000, else 19,999 drawn with a fixed seed; "
    "p_welch: of Welch's t test, for wordings that scatter unequally; p_corrected: Holm, over all "
    "rows of this table whose takes are not all alike, of the larger of the two; achievable_p: "
    "the smallest p so many takes can give; hedges_g: difference in standard deviations of takes, "
    "its size in Cohen's words (1988: 0.2, 0.5, 0.8); verdict: different where p_corrected is at "
    "most 0.05, not enough takes where achievable_p times the rows that are not is above; "
    "left_out: takes without a finite value, or single in their cell, or without a partner"
)

DIFFERENT, NOT_SHOWN, TOO_FEW = "different", "no difference shown", "not enough takes"


@dataclass(frozen=True)
class Effect:
    """What one word, against another in its place, does to one measure.

    Attributes:
        factor: The factor's name; "prompt" where there are none; "roof × distance" for what
            distance does to the difference that roof makes.
        first: The level that others are held against: the first one asked for.
        second: The level that is held against it.
        measure: What was measured.
        found: The numbers.
        sizes: How many takes (or pairs) stand on either side, for each cell of the other factors
            in which the two levels stand side by side.
        change: For an interaction, the levels of the other factor, whose difference is what is
            compared; empty for a main effect.
        p_corrected: The larger p of both tests after Holm's correction over the whole table; NaN
            where there is none.
        verdict: "different" (p_corrected is small), "no difference shown" or "not enough takes"
            (however far apart, p could not be so small).
    """  # noqa: RUF002 - a cross is meant

    factor: str
    first: str
    second: str
    measure: Measure
    found: Contrast
    sizes: Sequence[tuple[int, int]]
    change: tuple[str, str] | tuple[()] = ()
    p_corrected: float = math.nan
    verdict: str = TOO_FEW

    @property
    def contrast(self) -> str:
        """The two levels: "second - first", with a real minus; for an interaction, of what."""
        levels = _minus(self.first, self.second)
        return f"({_minus(*self.change)}) × ({levels})" if self.change else levels  # noqa: RUF001 - a cross is meant

    @property
    def size(self) -> str:
        """The effect size in words; empty where there is none, or too few takes to speak of one.

        Source: Cohen, *Statistical Power Analysis for the Behavioral Sciences* (1988), chapter 2.
        """
        if math.isnan(self.found.hedges_g) or self.verdict == TOO_FEW:
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
            "p_welch": found.welch_p,
            "p_corrected": self.p_corrected,
            "achievable_p": found.achievable_p,
            "hedges_g": found.hedges_g,
            "size": self.size,
            "first_takes": found.first_count,
            "second_takes": found.second_count,
            "left_out": found.left_out,
            "verdict": self.verdict,
        }


def _minus(first: str, second: str) -> str:
    return f"{second or '(left out)'} − {first or '(left out)'}"  # noqa: RUF001 - a minus is meant


COLUMNS = tuple(Effect("", "", "", measure("seconds"), Contrast(0, 0, 0), ()).row)
