"""All effects of a set of takes, and what so many of them at once allow to be said."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import overload

from soundgen_nb.analysis import Measure, measures_named
from soundgen_nb.effects.design import Design, Observation, designs
from soundgen_nb.effects.effect import DEFAULT_MEASURES, DIFFERENT, NOT_SHOWN, TOO_FEW, Effect
from soundgen_nb.statistics import ALLOWED, Contrast, achievable_p, holm

_MANY_TAKES = 50


@dataclass(frozen=True)
class Effects(Sequence[Effect]):
    """The effects of a set of takes.

    Attributes:
        asked: By factor, level and measure, interactions last.
        unasked: The interactions that there are takes for, and that were not asked for.
    """

    asked: tuple[Effect, ...]
    unasked: tuple[Design, ...] = ()

    @overload
    def __getitem__(self, at: int) -> Effect: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Effect, ...]: ...
    def __getitem__(self, at: int | slice) -> Effect | tuple[Effect, ...]:
        return self.asked[at]

    def __len__(self) -> int:
        return len(self.asked)


def effects(
    observations: Sequence[Observation],
    measures: Sequence[str] = DEFAULT_MEASURES,
    *,
    interactions: bool | None = None,
) -> Effects:
    """Every factor's levels against its first, in every measure, and what factors do together.

    Factors count where every take has the same ones and they tell all prompts apart; else whole
    prompts are held against the first. A factor's effect is its mean effect over the other
    factors' values; a two-way interaction is what one factor does to the effect of another.

    Args:
        observations: The takes.
        measures: Names of measures, each in every observation.
        interactions: Whether to ask for interactions, which counts as more comparisons. Left out,
            where there are takes enough to show one, main effects included.

    Returns:
        None where there is only one wording.

    Raises:
        InputError: if there is no measure of that name.
    """
    shown = measures_named(measures)
    main, together = designs(observations)
    if interactions is None:
        interactions = can_show(together, comparisons=(len(main) + len(together)) * len(shown))
    unasked = () if interactions else tuple(together)
    posed = main if unasked else [*main, *together]
    asked = [_asked(design, each) for design in posed for each in shown]
    # each test alone promises too much: one where wordings scatter unequally, one where takes do
    # not scatter normally
    tested = [max(e.found.p, e.found.welch_p) if e.found.varies else math.nan for e in asked]
    # takes that are all alike can raise no false alarm, and need no correction
    corrected = [
        e.found.p if math.isnan(p) else float(p) for e, p in zip(asked, holm(tested), strict=True)
    ]
    # Holm multiplies the smallest p that is left by how many are left
    left = sum(not math.isnan(t) and p > ALLOWED for t, p in zip(tested, corrected, strict=True))
    found = [
        replace(e, p_corrected=p, verdict=_verdict(e.found, p, left))
        for e, p in zip(asked, corrected, strict=True)
    ]
    return Effects(tuple(found), unasked)


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


def can_show(several: Iterable[Design], *, comparisons: int) -> bool:
    """Whether their takes could show each of them, among so many; values play no part in it."""
    return all(achievable_p(_counted(each)) * comparisons <= ALLOWED for each in several)


def _counted(design: Design) -> list[tuple[int, int]]:
    """The sizes that statistics use: two on either side at least."""
    return [sizes for sizes in design.sizes if min(sizes) > 1]


def _asked(design: Design, shown: Measure) -> Effect:
    return Effect(
        *design.names,
        shown,
        design.contrast(shown.name),
        design.sizes,
        change=design.change,
    )


def _verdict(found: Contrast, p_corrected: float, left: int) -> str:
    if p_corrected <= ALLOWED:
        return DIFFERENT
    if math.isnan(found.p) or found.achievable_p * max(left, 1) > ALLOWED:
        return TOO_FEW
    return NOT_SHOWN
