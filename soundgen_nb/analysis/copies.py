"""Whether two sounds are one recording: encoded anew, turned up, or shifted, but not made anew.

Two takes may sound alike and still differ in every sample; a copy follows the other's wave. So the
loudest stretch of one is laid over the other at every shift that encoders make, and correlated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.frames import Samples, mono_mix

LEAST_CORRELATION = 0.9
"""From here on it is a copy; two takes of noise reach 0.05, a 64 kbit/s mp3 of one 0.95."""

SHIFT_SECONDS = 0.1
"""Encoders delay by up to 0.05 s."""

_STRETCH_SECONDS = 1.0


@dataclass(frozen=True, eq=False)
class Recording:
    """The samples of a sound, shape (channels, n), and what comparing them needs once."""

    samples: Samples
    sample_rate: int

    @cached_property
    def mono(self) -> Samples:
        """The mono mix, shape (n,)."""
        return mono_mix(self.samples)

    @cached_property
    def loudest(self) -> slice:
        """The loudest second, or all of a shorter sound."""
        length = min(round(_STRETCH_SECONDS * self.sample_rate), len(self.mono))
        running = np.concatenate([[0.0], np.cumsum(np.square(self.mono), dtype=np.float64)])
        start = int(np.argmax(running[length:] - running[:-length]))
        return slice(start, start + length)


def same_recording(one: Recording, other: Recording) -> bool:
    """Whether one is the other, but for encoding, gain, polarity and a shift of up to 0.1 s.

    Sounds of different sample rates, or lengths more than that apart, count as different; so do
    silences, which have nothing to compare.

    Example:
        >>> noise = np.random.default_rng(0).normal(0, 0.1, (1, 8000)).astype(np.float32)
        >>> late = np.pad(noise, ((0, 0), (40, 0)))
        >>> same_recording(Recording(noise, 8000), Recording(late / 2, 8000))
        True
        >>> same_recording(Recording(noise, 8000), Recording(noise[:, ::-1], 8000))
        False
    """
    reach = round(SHIFT_SECONDS * one.sample_rate)
    apart = abs(len(one.mono) - len(other.mono))
    if one.sample_rate != other.sample_rate or apart > reach:
        return False
    return _highest_correlation(one, other, reach) >= LEAST_CORRELATION


def _highest_correlation(one: Recording, other: Recording, reach: int) -> float:
    """Of the loudest stretch of one with the other, the largest at shifts up to ``reach``."""
    stretch = one.mono[one.loudest]
    length = len(stretch)
    start = one.loudest.start
    around = np.pad(other.mono, reach)[start : start + length + 2 * reach]
    products = _sliding_products(around, stretch)
    running = np.concatenate([[0.0], np.cumsum(np.square(around), dtype=np.float64)])
    powers = np.maximum(running[length:] - running[:-length], 0)[: len(products)]
    scale = np.sqrt(powers * float(np.square(stretch, dtype=np.float64).sum()))
    # what rounding leaves of silence would be divided by next to nothing
    heard = scale > 1e-6 * scale.max(initial=0.0)
    return float(np.abs(products[heard] / scale[heard]).max()) if heard.any() else -math.inf


def _sliding_products(around: Samples, stretch: Samples) -> NDArray[np.floating]:
    """The inner product of the stretch with each place in what lies around, by FFT."""
    size = 1 << (len(around) - 1).bit_length()
    spectrum = np.fft.rfft(around, size) * np.conj(np.fft.rfft(stretch, size))
    return np.fft.irfft(spectrum, size)[: len(around) - len(stretch) + 1]
