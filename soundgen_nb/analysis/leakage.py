"""Leakage: what strong tones seem to add to bands they are not in, which is the window's doing.

The side lobes of a Hann window lie 31 dB below its main lobe and fall by 18 dB an octave (Harris,
"On the use of windows for harmonic analysis with the discrete Fourier transform", Proc. IEEE 66,
1978). In a band without a sound of its own, those of several tones beat as their phases move
through the frames: it rises and falls, and nothing begins.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.frames import BINS, Samples
from soundgen_nb.analysis.products import in_slabs
from soundgen_nb.analysis.spectrum import mel_bank

_MAIN_LOBE = 2.0  # bins on either side of a tone
_MARGIN = 4.0  # side lobes of several tones add up by amplitude, not by power


def masked(mel_power: Samples, sample_rate: int) -> Samples:
    """Mel bands on a floor of what may have leaked into them, shape (frames, 128).

    Args:
        mel_power: Power in mel bands, shape (frames, 128).
        sample_rate: Samples per second.
    """
    floor = in_slabs(mel_power, _leaks(sample_rate))
    floor += mel_power
    return floor


@lru_cache(maxsize=16)
def _leaks(sample_rate: int) -> Samples:
    """What a tone in the middle of each band leaks into every other, shape (128, 128)."""
    weights = mel_bank(sample_rate).weights
    middles = weights.argmax(axis=1)
    lobes = _side_lobes(np.arange(BINS) - middles[:, None])
    own = weights.max(axis=1)
    # at high rates the lowest bands lie between two bins: nothing is in them, and nothing leaks
    per_own = np.divide(_MARGIN, own, out=np.zeros_like(own), where=own > 0)
    leaks: Samples = ((lobes @ weights.T) * per_own[:, None]).astype(np.float32)
    return leaks


def _side_lobes(bins: NDArray[np.intp]) -> NDArray[np.float64]:
    """Their power so many bins from a tone, over the tone's own; nothing inside the main lobe."""
    away = np.maximum(np.abs(bins), _MAIN_LOBE)
    power = (np.pi * away * (away**2 - 1)) ** -2.0
    return np.where(np.abs(bins) < _MAIN_LOBE, 0.0, power)
