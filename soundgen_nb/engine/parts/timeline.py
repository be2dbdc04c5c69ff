"""Seconds and samples."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float32]

SAMPLE_RATE = 44_100
"""Samples a second of everything the engine makes."""


def samples_in(seconds: float) -> int:
    """The number of samples in ``seconds`` (rounded, never negative)."""
    return max(0, round(seconds * SAMPLE_RATE))


def time_axis(n: int) -> NDArray[np.float64]:
    """The time in seconds of each of ``n`` samples; double, so that phases do not drift."""
    return np.arange(n) / SAMPLE_RATE


def add_at(target: FloatArray, start: int, sound: FloatArray, gain: float = 1.0) -> None:
    """Add ``sound`` (m,) into ``target`` (n,) from sample ``start``; what falls outside is cut."""
    first, last = max(start, 0), min(start + len(sound), len(target))
    if last > first:
        target[first:last] += gain * sound[first - start : last - start]


def unit_peak(sound: FloatArray) -> FloatArray:
    """The sound scaled so that its largest magnitude is 1; silence stays silence."""
    peak = float(np.abs(sound).max(initial=0.0))
    return (sound / peak).astype(np.float32) if peak > 0 else sound


def unit_rms(sound: FloatArray) -> FloatArray:
    """The sound scaled so that its root mean square is 1; silence stays silence."""
    rms = float(np.sqrt(np.mean(np.square(sound, dtype=np.float64)))) if sound.size else 0.0
    return (sound / rms).astype(np.float32) if rms > 0 else sound
