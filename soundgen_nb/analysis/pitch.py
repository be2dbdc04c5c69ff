"""Which pitch a sound has, and how far it has one: librosa.yin, and why that one.

YIN names a period for every frame, of rain too. Probabilistic YIN (librosa.pyin) also decides
which frames are voiced; but made for one voice, it finds white noise voiced once the range goes
down to 40 Hz, and takes twenty times as long. So the period is YIN's, and whether to trust it is
told by the samples: how much they are like those one period later (Boersma, 1993).

YIN tries periods of whole samples. Those of a high tone fall between them, and it takes two or
three of them for one, which fit better. So frames without a low part are looked at again, with
more samples a second.
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

_HIGHEST_HEARD_HZ = 20_000.0  # tones above the range are looked for too, not to be taken for lower
_JUST_ABOVE = 1.03  # half a semitone: a tone at the end of the range may be measured so

# Half a sample off a period of 8, YIN's difference is 0.08, and it looks for less than 0.1. So
# tones to an octave above the range are told; half of what is higher is above the range as well.
_SAMPLES_A_PERIOD = 16
_FRAMES_AT_ONCE = 64

_NEIGHBOURS_ALIKE = 0.9  # a tone of 14 samples a period is as like itself a sample later
_NEIGHBOURS_HZ = 96_000  # and one of 7 kHz is so much later, where samples are closer


@dataclass(frozen=True)
class Pitch:
    """The pitch of a sound.

    Attributes:
        hz: The median over the frames that have one, by level; NaN below a confidence of 0.5.
        confidence: How much the samples are like those one period later, from 0 to 1, mean by
            level; NaN in silence. A period of a tone above the range, 8 kHz, does not count.
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
    frequencies_hz, likeness = _heard(mono, frames, sample_rate)
    confidence = float(np.average(likeness, weights=levels))
    if confidence < LEAST_CONFIDENCE:
        return Pitch(math.nan, confidence)
    clear = likeness >= LEAST_CONFIDENCE
    return Pitch(_weighted_median(frequencies_hz[clear], levels[clear]), confidence)


def _heard(
    mono: Samples, frames: Samples, sample_rate: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The frequency of each frame, and how much the frame is like itself a period later."""
    highest_hz, half = min(HIGHEST_HZ, sample_rate / 4), frames.shape[1] // 2
    frequencies_hz = _yin(mono, sample_rate, highest_hz=highest_hz, half=half)
    likeness = _likeness(frames, sample_rate / frequencies_hz)
    high = np.flatnonzero(likeness >= LEAST_CONFIDENCE)
    high = high[_is_high(frames[high], sample_rate)]
    frequencies_hz[high], likeness[high] = _looked_at_closely(frames[high], sample_rate)
    return frequencies_hz, likeness


def _yin(
    samples: Samples, sample_rate: int, *, highest_hz: float, half: int, center: bool = True
) -> NDArray[np.float64]:
    # the first touch costs seconds
    import librosa  # noqa: PLC0415

    frequencies_hz: NDArray[np.float64] = librosa.yin(
        samples,
        fmin=LOWEST_HZ,
        fmax=highest_hz,
        sr=sample_rate,
        frame_length=2 * half,
        hop_length=half,
        center=center,
    )
    return frequencies_hz


def _is_high(frames: Samples, sample_rate: int) -> NDArray[np.bool_]:
    """Whether a frame has no low part: how it correlates with itself a moment later."""
    lag = max(1, sample_rate // _NEIGHBOURS_HZ)
    neighbours = _correlations(frames[:, :-lag], frames, np.full(len(frames), lag))
    return neighbours < _NEIGHBOURS_ALIKE


def _looked_at_closely(
    frames: Samples, sample_rate: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same, with samples enough for the highest tone; above the range there is no pitch."""
    # it comes with librosa, and is opened with it
    import scipy.signal  # noqa: PLC0415

    times = math.ceil(_SAMPLES_A_PERIOD * HIGHEST_HZ / sample_rate)
    rate, half = times * sample_rate, times * frames.shape[1] // 2
    highest_hz = min(_HIGHEST_HEARD_HZ, 0.45 * sample_rate)
    frequencies_hz, likeness = np.empty(len(frames)), np.empty(len(frames))
    for start in range(0, len(frames), _FRAMES_AT_ONCE):
        block = slice(start, start + _FRAMES_AT_ONCE)
        finer = scipy.signal.resample_poly(frames[block], times, 1, axis=1)
        found = _yin(finer, rate, highest_hz=highest_hz, half=half, center=False)[:, 0]
        frequencies_hz[block], likeness[block] = found, _likeness(finer, rate / found)
    likeness[frequencies_hz > HIGHEST_HZ * _JUST_ABOVE] = 0
    return frequencies_hz, likeness


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
