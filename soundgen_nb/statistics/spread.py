"""Where a few values lie, how far they scatter, and how surely their mean is known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Spread:
    """Where some values lie and how far they scatter.

    Attributes:
        count: How many values there were; those that are not finite are left out.
        mean: Their mean; NaN when there are none.
        low: Lower end of the 95 % confidence interval of the mean; NaN with fewer than two values.
        high: Upper end of it.
        sd: Sample standard deviation; NaN with fewer than two values.
        minimum: The smallest.
        maximum: The largest.
    """

    count: int
    mean: float
    low: float
    high: float
    sd: float
    minimum: float
    maximum: float


def describe(values: Iterable[float]) -> Spread:
    """Mean, spread and the interval in which the true mean lies, as far as these values can say.

    The interval is Student's t: right for any count of values that scatter normally, and about
    right for a handful of values that nearly do. One value has no interval, and none is made up.

    Args:
        values: Any numbers; NaN and infinities (the level of silence) are left out.

    Example:
        >>> spread = describe([-21.0, -23.0, -22.0])
        >>> f"{spread.mean:.1f} from {spread.low:.1f} to {spread.high:.1f}"
        '-22.0 from -24.5 to -19.5'
        >>> describe([-21.0]).low
        nan
    """
    finite = finite_values(values)
    if not finite.size:
        return Spread(0, *[math.nan] * 6)
    mean = float(finite.mean())
    sd = float(finite.std(ddof=1)) if finite.size > 1 else math.nan
    margin = t_quantile(finite.size - 1) * sd / math.sqrt(finite.size)
    return Spread(
        count=finite.size,
        mean=mean,
        low=mean - margin,
        high=mean + margin,
        sd=sd,
        minimum=float(finite.min()),
        maximum=float(finite.max()),
    )


def within_between(groups: Iterable[Iterable[float]]) -> tuple[float, float]:
    """How much takes of one prompt differ, and how much the prompts themselves do.

    One-way random effects, by the method of moments: within is the pooled standard deviation of
    the groups, between that of the groups' true means, after what the scatter of single values
    alone would make of them is taken off. Groups may differ in size.
    Source: Searle, Casella and McCulloch, *Variance Components* (1992), section 3.6.

    Args:
        groups: The values of each prompt; those that are not finite are left out.

    Returns:
        (within_sd, between_sd). Within is NaN when no group has two values; between is NaN then
        too, or with fewer than two groups; it is 0 when the scatter explains all.

    Example:
        >>> within, between = within_between([[1.0, 3.0], [11.0, 13.0]])
        >>> f"{within:.2f} within, {between:.2f} between"
        '1.41 within, 7.00 between'
    """
    filled = [group for group in map(finite_values, groups) if group.size]
    counts = np.array([group.size for group in filled], np.float64)
    freedom = counts.sum() - len(filled)
    if freedom < 1:
        return math.nan, math.nan
    within = sum(group.size * float(group.var()) for group in filled) / freedom
    return math.sqrt(within), math.sqrt(_between_variance(filled, counts, within))


def _between_variance(
    groups: Sequence[NDArray[np.float64]], counts: NDArray[np.float64], within: float
) -> float:
    """The variance of the groups' true means; NaN for one group, never below zero."""
    if len(groups) < 2:
        return math.nan
    means = np.array([group.mean() for group in groups])
    grand = float(counts @ means / counts.sum())
    mean_square = float(counts @ (means - grand) ** 2) / (len(groups) - 1)
    typical_count = float(counts.sum() - counts @ counts / counts.sum()) / (len(groups) - 1)
    return max(0.0, (mean_square - within) / typical_count)


def finite_values(values: Iterable[float]) -> NDArray[np.float64]:
    """The values that are numbers: no NaN, no infinity."""
    array = np.fromiter(values, np.float64)
    return array[np.isfinite(array)]


def t_p(difference: float, error: float, freedom: float) -> float:
    """How often Student's t lies as far out as ``difference / error``, on either side.

    Without any scatter, 1 where there is no difference and 0 where there is.
    """
    if error == 0:
        return float(difference == 0)
    # as below
    import scipy  # noqa: PLC0415

    return float(2 * scipy.special.stdtr(freedom, -abs(difference) / error))


def t_quantile(freedom: float) -> float:
    """Student's t at the upper end of the 95 % interval; NaN below one degree of freedom."""
    if not freedom >= 1:
        return math.nan
    # scipy opens its submodules on first touch: special alone, a quarter of what stats costs.
    import scipy  # noqa: PLC0415 - numbers without intervals should not wait for it

    return float(scipy.special.stdtrit(freedom, (1 + CONFIDENCE) / 2))
