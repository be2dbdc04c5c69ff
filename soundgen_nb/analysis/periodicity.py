"""Whether a curve repeats, and after how long: its autocorrelation, and the peak that counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_AS_GOOD = 0.85  # a period's multiples repeat as well as it does: the first within this counts


def autocorrelation(curve: NDArray[np.floating]) -> NDArray[np.float64]:
    """How much a curve is like itself later, around its mean; shape (n,), 1 at lag 0.

    Unbiased: each lag is divided by how many pairs it has. All zero for a curve that is flat.
    """
    around = np.asarray(curve, np.float64) - np.mean(curve, dtype=np.float64)
    power = np.abs(np.fft.rfft(around, 2 * len(around))) ** 2
    sums = np.fft.irfft(power, 2 * len(around))[: len(around)]
    likeness = sums / np.arange(len(around), 0, -1)
    variance = likeness[0]
    return likeness / variance if variance > 0 else np.zeros(len(around))


def first_repeat(likeness: NDArray[np.float64], *, lags: slice, least: float) -> float | None:
    """The lag, in samples and fractions, after which a curve repeats; None if it does not.

    A repeat is a peak that stands ``least`` above the deepest valley before it: a curve that
    merely changes slowly is like itself for long, and has no valley.

    Args:
        likeness: What ``autocorrelation`` gave.
        lags: Which are looked at.
        least: From 0 to 2, the rise between a curve and its opposite.
    """
    rises = likeness - np.minimum.accumulate(likeness)
    inner = likeness[1:-1]
    peaks = 1 + np.flatnonzero((inner >= likeness[:-2]) & (inner > likeness[2:]))
    peaks = peaks[(peaks >= lags.start) & (peaks < lags.stop) & (rises[peaks] >= least)]
    if not peaks.size:
        return None
    return _summit(likeness, int(peaks[rises[peaks] >= _AS_GOOD * rises[peaks].max()][0]))


def _summit(curve: NDArray[np.float64], peak: int) -> float:
    """Where the parabola through a peak and its neighbours is highest."""
    before, at, after = curve[peak - 1 : peak + 2]
    return peak + float(0.5 * (before - after) / (before - 2 * at + after))
