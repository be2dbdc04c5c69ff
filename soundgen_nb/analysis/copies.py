"""Whether two sounds are one recording: encoded anew, turned up, or shifted, but not made anew.

Two takes may sound alike and still differ in every sample; a copy follows the other's wave. So the
loudest stretch of one is laid over the other at every shift that encoders make; where it fits, all
of the one is laid over all of the other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.frames import Samples, mono_mix

_LEAST_OF_NOISE, _LEAST_OF_A_TONE = 0.5, 0.99
"""From which correlation on it is a copy. Noise is unlike itself at any other shift, and a mere
0.5 is proof; a steady tone fits its own periods, and those of its other takes to 0.93."""

SHIFT_SECONDS = 0.1
"""Encoders delay by up to 0.05 s."""

_STRETCH_SECONDS = 0.5


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
        """The loudest half second, or all of a shorter sound."""
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
    correlations = _at_shifts(one, other, reach)
    best = int(correlations.argmax())
    elsewhere = float(np.quantile(correlations, 0.99))
    least = _LEAST_OF_NOISE + (_LEAST_OF_A_TONE - _LEAST_OF_NOISE) * elsewhere
    return bool(correlations[best] >= least) and _fits(one.mono, other.mono, best - reach, least)


def _at_shifts(one: Recording, other: Recording, reach: int) -> NDArray[np.float64]:
    """How well the loudest stretch of one fits the other, from 0 to 1, shape (2 * reach + 1,)."""
    stretch = one.mono[one.loudest]
    start, length = one.loudest.start, len(stretch)
    around = np.pad(other.mono, reach)[start : start + length + 2 * reach]
    products = _sliding_products(around, stretch)
    running = np.concatenate([[0.0], np.cumsum(np.square(around), dtype=np.float64)])
    powers = np.maximum(running[length:] - running[:-length], 0)
    scale = np.sqrt(powers * float(np.square(stretch).sum(dtype=np.float64)))
    # what rounding leaves of silence would be divided by next to nothing
    scale[scale <= 1e-6 * scale.max()] = np.inf
    correlations: NDArray[np.float64] = np.abs(products / scale)
    return correlations


def _fits(one: Samples, other: Samples, shift: int, least: float) -> bool:
    """Whether all of one correlates with all of the other so many samples later."""
    if shift < 0:
        return _fits(other, one, -shift, least)
    length = min(len(one), len(other) - shift)
    a, b = (each.astype(np.float64) for each in (one[:length], other[shift : shift + length]))
    scale = math.sqrt(float(np.einsum("i,i->", a, a)) * float(np.einsum("i,i->", b, b)))
    return scale > 0 and abs(float(np.einsum("i,i->", a, b))) >= least * scale


def _sliding_products(around: Samples, stretch: Samples) -> NDArray[np.floating]:
    """The inner product of the stretch with each place in what lies around, by FFT."""
    size = 1 << (len(around) - 1).bit_length()
    spectrum = np.fft.rfft(around, size) * np.conj(np.fft.rfft(stretch, size))
    return np.fft.irfft(spectrum, size)[: len(around) - len(stretch) + 1]
