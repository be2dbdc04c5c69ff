"""Where the power of a whole sound lies: its long-term spectrum in broad bands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.frames import BINS, FRAME

LOW_HZ, MID_HZ, HIGH_HZ = 20.0, 250.0, 4000.0
"""Where the low, the middle and the high band begin; the high one ends with the spectrum."""

SLOPE_FROM_HZ, SLOPE_TO_HZ = 100.0, 10_000.0
_SLOPE_RANGE_DB = 80.0

THIRD_OCTAVES_HZ = 1000.0 * 10 ** (np.arange(-13, 13) / 10)
"""The middles of the third octaves from 50 Hz to 16 kHz, base ten: IEC 61260-1. Below, the bins of
the transform are wider than the bands; the next above reaches beyond what 44.1 kHz can hold."""

# Squared Hann windows, a quarter frame apart, add up to this at every sample.
_OVERLAP = 1.5


@dataclass(frozen=True, eq=False)
class Balance:
    """The spectrum of a whole sound, summed over its frames.

    Attributes:
        bin_power: Power in each bin of the mono mix, shape (1025,).
        sample_rate: Samples per second.
    """

    bin_power: NDArray[np.float64]
    sample_rate: int

    def share(self, from_hz: float, to_hz: float = math.inf) -> float:
        """The share of the power above 20 Hz that lies in a band; NaN where there is no power.

        Example:
            >>> round(Balance(np.ones(1025), 40_960).share(250, 4000), 2)
            0.18
        """
        below_low, below, below_end, everything = self._power_below(
            np.array([LOW_HZ, from_hz, to_hz, np.inf])
        )
        audible = everything - below_low
        return float((below_end - below) / audible) if audible > 0 else math.nan

    @property
    def slope_db_per_octave(self) -> float:
        """The straight line through third octaves from 100 Hz to 10 kHz, as far as there are any.

        Through their power per hertz in decibels: white noise is level, pink falls by 3 dB in an
        octave, brown by 6. A band more than 80 dB below the strongest counts as 80 dB below. NaN
        where there is no power.
        """
        thirds = 3 * math.log2(min(SLOPE_TO_HZ, self.sample_rate / 2.5) / SLOPE_FROM_HZ)
        octaves = np.arange(int(thirds) + 1) / 3
        edges_hz = SLOPE_FROM_HZ * 2 ** np.append(octaves - 1 / 6, octaves[-1] + 1 / 6)
        density = np.diff(self._power_below(edges_hz)) / np.diff(edges_hz)
        if not density.max() > 0:
            return math.nan
        floor = density.max() * 10 ** (-_SLOPE_RANGE_DB / 10)
        decibels = 10 * np.log10(np.maximum(density, floor))
        around = octaves - octaves.mean()
        return float(around @ decibels / (around @ around))

    def third_octaves_db(self, length: int) -> NDArray[np.float64]:
        """Mean level in each band of ``THIRD_OCTAVES_HZ``, shape (26,): 0 is a full-scale sine.

        Minus infinity where there is nothing, NaN for bands that reach beyond half the sample rate.

        Args:
            length: Of the sound, in samples.
        """
        edges_hz = np.append(THIRD_OCTAVES_HZ * 10**-0.05, THIRD_OCTAVES_HZ[-1] * 10**0.05)
        # both halves of the spectrum, by Parseval; a full-scale sine has a mean square of a half
        mean_squares = 2 * np.diff(self._power_below(edges_hz)) / (FRAME * _OVERLAP * length)
        with np.errstate(divide="ignore"):
            levels: NDArray[np.float64] = 10 * np.log10(2 * mean_squares)
        levels[edges_hz[1:] > self.sample_rate / 2] = math.nan
        return levels

    def _power_below(self, frequencies_hz: NDArray[np.float64]) -> NDArray[np.float64]:
        """The power below each frequency; a bin's own is spread evenly over its width."""
        edges_hz = (np.arange(BINS + 1) - 0.5) * (self.sample_rate / FRAME)
        return np.interp(frequencies_hz, edges_hz, self._running)

    @cached_property
    def _running(self) -> NDArray[np.float64]:
        return np.concatenate([[0.0], np.cumsum(self.bin_power)])
