"""How channels differ: what a phase meter and a width meter show."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from soundgen_nb.analysis.frames import Samples

_SLAB = 4096  # float32 sums of this many products keep six digits


@dataclass(frozen=True)
class Stereo:
    """How the channels of one sound relate; a single channel counts as two equal ones.

    Attributes:
        correlation: Of the first two channels: 1 when alike, 0 when unrelated, -1 when inverted.
            NaN when one of them is silent.
        width: The share of power that is lost in the mono mix: 0 when all channels are alike,
            0.5 for two unrelated ones, 1 for opposites. NaN in silence.
    """

    correlation: float
    width: float


def stereo(samples: Samples, mono: Samples) -> Stereo:
    """How the channels of ``samples``, shape (channels, n), relate; ``mono`` is their mean."""
    powers = [_inner(channel, channel) for channel in samples]
    mean_power = math.fsum(powers) / len(powers)
    width = 1 - _inner(mono, mono) / mean_power if mean_power else math.nan
    if len(powers) == 1:
        return Stereo(1.0 if mean_power else math.nan, width)
    both = math.sqrt(powers[0]) * math.sqrt(powers[1])
    correlation = _inner(samples[0], samples[1]) / both if both else math.nan
    # Rounding may carry a share and a correlation a hair beyond their ends.
    return Stereo(min(max(correlation, -1.0), 1.0), min(max(width, 0.0), 1.0))


def _inner(one: Samples, other: Samples) -> float:
    """The sum of products. ``np.dot`` would wake a thread pool."""
    whole = len(one) // _SLAB * _SLAB
    slabs = np.einsum("ij,ij->i", one[:whole].reshape(-1, _SLAB), other[:whole].reshape(-1, _SLAB))
    rest = np.einsum("i,i->", one[whole:], other[whole:])
    return float(slabs.sum(dtype=np.float64)) + float(rest)
