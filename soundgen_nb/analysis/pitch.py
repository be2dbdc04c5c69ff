"""Which pitch a sound has, and how far it has one: librosa.yin, and why that one.

YIN names a period for every frame, of rain too. Probabilistic YIN (librosa.pyin) also decides
which frames are voiced; but made for one voice, it finds white noise voiced once the range goes
down to 40 Hz, and takes twenty times as long. So the period is YIN's, and whether to trust it is
told by the samples: how much they are like those one period later (Boersma, 1993).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.frames import Samples

LOWEST_HZ, HIGHEST_HZ = 40.0, 8000.0
LEAST_CONFIDENCE = 0.5
"""At this likeness what repeats and what does not are equally strong."""


@dataclass(frozen=True)
class Pitch:
    """The pitch of a sound.

    Attributes:
        hz: The median over the frames that have one, by level; NaN below a confidence of 0.5.
        confidence: How much the samples are like those one period later, from 0 to 1, mean by
            level; NaN in silence.
    """

    hz: float
    confidence: float


def pitch(mono: Samples, sample_rate: int) -> Pitch:
    """The pitch of ``mono``, float32 of shape (n,)."""
    # Two periods of the lowest pitch in a frame, frames half overlapping.
    half = 2 ** math.ceil(math.log2(sample_rate / LOWEST_HZ))
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(mono, half), 2 * half)[::half]
    levels = np.sqrt(np.square(frames).mean(axis=1))
    if not levels.any():
        return Pitch(math.nan, math.nan)
    # the first touch costs seconds
    import librosa  # noqa: PLC0415

    frequencies_hz = librosa.yin(
        mono,
        fmin=LOWEST_HZ,
        fmax=min(HIGHEST_HZ, sample_rate / 4),
        sr=sample_rate,
        frame_length=2 * half,
        hop_length=half,
    )
    likeness = _likeness(frames, sample_rate / frequencies_hz)
    confidence = float(np.average(likeness, weights=levels))
    if confidence < LEAST_CONFIDENCE:
        return Pitch(math.nan, confidence)
    clear = likeness >= LEAST_CONFIDENCE
    return Pitch(_weighted_median(frequencies_hz[clear], levels[clear]), confidence)


def _likeness(frames: Samples, periods: NDArray[np.float64]) -> NDArray[np.float64]:
    """How the first half of each frame correlates with what follows a period later, 0 to 1.

    Args:
        frames: Shape (frames, samples).
        periods: In samples and fractions, shape (frames,).
    """
    half = frames.shape[1] // 2
    lags = np.clip(np.round(periods).astype(np.intp), 1, half - 1)
    before, at, after = (
        _correlations(frames[:, :half], frames, lags + step) for step in (-1, 0, 1)
    )
    # The top of the parabola through whole lags: a high note's period is few of them.
    bend = 2 * at - before - after
    top: NDArray[np.float64] = at + (after - before) ** 2 / (8 * np.where(bend > 0, bend, np.inf))
    return top.clip(0, 1)


def _correlations(first: Samples, frames: Samples, lags: NDArray[np.intp]) -> NDArray[np.float64]:
    """The correlation of each row's start with the same row so many samples on."""
    later = np.take_along_axis(frames, lags[:, None] + np.arange(first.shape[1]), axis=1)
    # Around their means: a steady offset is like itself at any lag.
    first, later = (each - each.mean(axis=1, keepdims=True) for each in (first, later))
    products, own, others = (
        np.einsum("ij,ij->i", one, other).astype(np.float64)
        for one, other in ((first, later), (first, first), (later, later))
    )
    scale = np.sqrt(own * others)
    correlations: NDArray[np.float64] = products / np.where(scale > 0, scale, np.inf)
    return correlations


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.floating]) -> float:
    """The value at which half of the weight is reached."""
    order = np.argsort(values)
    running = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(running, running[-1] / 2)])
