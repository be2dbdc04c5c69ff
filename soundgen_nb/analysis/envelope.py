"""How the level moves, millisecond by millisecond: how fast it rises, how often it swings."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.frames import Samples
from soundgen_nb.analysis.periodicity import autocorrelation, first_repeat

RISEN_FROM, RISEN_TO = 0.1, 0.7
SLOWEST_HZ, FASTEST_HZ = 0.5, 30.0

_RISE_CELLS = 10  # 10 ms: half a period of 50 Hz, so that a hum does not look like a tremolo
_SWING_CELLS = 5
# 25 ms in all, under a Hann window: what is left of a 50 Hz carrier is below the least depth.
_SMOOTHING = np.hanning(7)[1:-1] / np.hanning(7).sum()
_LEAST_DEPTH = 0.05  # standard deviation over mean; about 7 % of amplitude modulation
_LEAST_RISE = 0.5


@dataclass(frozen=True, eq=False)
class Envelope:
    """The power of a sound in cells of a millisecond.

    Attributes:
        power: Mean square of all channels in each cell, shape (cells,).
        cells_per_second: About a thousand; a cell is a whole number of samples.
    """

    power: NDArray[np.float64]
    cells_per_second: float

    @property
    def attack_seconds(self) -> float:
        """How long the rise takes; NaN in silence.

        The level is the RMS of the last 10 ms. From where it last was below 10 % of its largest
        to where it first reaches 70 %, extended to the whole: a straight ramp is as long as it
        is, and below 10 ms all are about alike. Not 90 %: of several strokes, or in noise, the
        very largest may come late.
        """
        if not self.power.any():
            return math.nan
        level = self._running_level()
        high = int(np.argmax(level >= RISEN_TO))
        low = int(np.flatnonzero(level[:high] < RISEN_FROM)[-1])
        rise = _crossing(level, high - 1, RISEN_TO) - _crossing(level, low, RISEN_FROM)
        return rise / (RISEN_TO - RISEN_FROM) / self.cells_per_second

    @property
    def modulation_hz(self) -> float:
        """How often a second the level swings, from 0.5 to 30; NaN where it does not, regularly.

        The first repeat of the level's autocorrelation. It must come back three times, move by
        5 % of its mean, and stand 0.5 above the valley before it.
        """
        whole = self.power[: len(self.power) // _SWING_CELLS * _SWING_CELLS]
        power = whole.reshape(-1, _SWING_CELLS).mean(axis=1)
        if len(power) < 3 * self.cells_per_second / _SWING_CELLS / FASTEST_HZ:
            return math.nan
        level = np.sqrt(np.convolve(power, _SMOOTHING, "valid"))
        if level.std() <= _LEAST_DEPTH * level.mean():
            return math.nan
        steps_per_second = self.cells_per_second / _SWING_CELLS
        shortest = int(steps_per_second / FASTEST_HZ)
        longest = min(int(steps_per_second / SLOWEST_HZ) + 1, len(level) // 3)
        lag = first_repeat(autocorrelation(level), lags=slice(shortest, longest), least=_LEAST_RISE)
        return steps_per_second / lag if lag else math.nan

    def _running_level(self) -> NDArray[np.float64]:
        """RMS of the ten cells up to each, the largest being 1; a silent cell comes first."""
        running = np.concatenate([np.zeros(_RISE_CELLS + 1), np.cumsum(self.power)])
        # Differences of sums may fall below zero by rounding.
        sums = np.maximum(running[_RISE_CELLS:] - running[:-_RISE_CELLS], 0)
        level: NDArray[np.float64] = np.sqrt(sums / sums.max())
        return level


def envelope(power: Samples, sample_rate: int) -> Envelope:
    """The envelope of a sound's ``power``, the mean square of its channels, shape (n,)."""
    cell = max(1, sample_rate // 1000)
    sums = np.add.reduceat(power, np.arange(0, len(power), cell))
    return Envelope(sums.astype(np.float64) / cell, sample_rate / cell)


def _crossing(level: NDArray[np.float64], before: int, threshold: float) -> float:
    """Where the straight line from ``level[before]`` to the next crosses a threshold."""
    low, high = level[before : before + 2]
    return before + float((threshold - low) / (high - low))
