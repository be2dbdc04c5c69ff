"""When things happen in a sound: onsets and zero crossings, as librosa finds them by default."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.frames import FRAME, HOP, Samples, frame_seconds, sum_over_frames
from soundgen_nb.analysis.leakage import masked
from soundgen_nb.analysis.spectrum import power_to_db

_ZERO = np.float32(1e-10)  # librosa counts anything smaller as zero, and zero as positive

# The peak picker of librosa.onset.onset_detect, found there by a large search: seconds around a
# peak, and how far it must stand above its surroundings.
_NEAR_SECONDS = 0.03
_AROUND_SECONDS = 0.10
_ABOVE_AROUND = 0.07

LEAST_RISE_DB = 0.2
"""The least rise of an event, mean over the mel bands, at 44.1 kHz and below; above, where frames
are shorter in time, as much more. Steady tones from 45 Hz on ripple by up to 0.16 dB above what
leaks, as their phases move through the frames; the faintest onset of the engine's families by 0.23.
"""

_FRAMES_SHORTEN_FROM_HZ = 44_100


def zero_crossing_rate(mono: Samples) -> NDArray[np.float64]:
    """The share of samples at which the sign changes, per frame, shape (frames,)."""
    negative = mono < -_ZERO
    crosses = np.zeros(len(mono), np.uint8)
    np.not_equal(negative[1:], negative[:-1], out=crosses[1:].view(np.bool_))
    # A frame's own first sample has no predecessor in the frame.
    first_of_frame = np.zeros(1 + len(mono) // HOP)
    inside = crosses[::HOP][: max(0, len(first_of_frame) - 2)]
    first_of_frame[2 : 2 + len(inside)] = inside
    return (sum_over_frames(crosses) - first_of_frame) / FRAME


def onset_envelope(mel_db: Samples) -> Samples:
    """Mean rise over the mel bands from frame to frame, shape (frames,): spectral flux.

    Shifted by half a frame, because a frame hears an event before it is centred on it.

    Args:
        mel_db: Mel bands in dB, shape (frames, 128).
    """
    rises = np.maximum(np.diff(mel_db, axis=0), 0).mean(axis=1)
    late = 1 + FRAME // (2 * HOP)
    envelope = np.zeros(len(mel_db), np.float32)
    envelope[late:] = rises[: max(0, len(mel_db) - late)]
    return envelope


def event_times(mel_power: Samples, sample_rate: int) -> NDArray[np.float64]:
    """When something begins, in seconds, shape (onsets,): librosa's onsets, less a tone's ripple.

    Args:
        mel_power: Power in mel bands, shape (frames, 128).
        sample_rate: Samples per second.
    """
    envelope = onset_envelope(power_to_db(masked(mel_power, sample_rate)))
    least_db = LEAST_RISE_DB * max(1, sample_rate / _FRAMES_SHORTEN_FROM_HZ)
    frames = onset_frames(envelope, sample_rate, least_rise_db=least_db)
    return frame_seconds(frames, sample_rate)


def onset_frames(
    envelope: Samples, sample_rate: int, *, least_rise_db: float = 0.0
) -> NDArray[np.intp]:
    """The frames at which something begins: ``librosa.onset.onset_detect`` on an envelope.

    A frame counts when it is the largest of the 30 ms before it, stands 0.07 above the mean of
    100 ms on both sides (the envelope scaled to 0..1), and no onset lies 30 ms before.

    Scaled to its own largest value, the envelope of a sound without any event is full of peaks. A
    least rise leaves them out; librosa has none.

    Args:
        envelope: Rises in dB, shape (frames,).
        sample_rate: Samples per second.
        least_rise_db: How far an onset rises, at the least.
    """
    scaled = envelope - envelope.min()
    if not scaled.any():
        return np.empty(0, np.intp)
    scaled = scaled / (scaled.max() + np.finfo(np.float32).tiny)
    wait = math.ceil(_NEAR_SECONDS * sample_rate // HOP)
    around = math.ceil(_AROUND_SECONDS * sample_rate // HOP)
    peaks = (
        (scaled == _largest_before(scaled, wait))
        & (scaled >= _mean_around(scaled, around) + _ABOVE_AROUND)
        & (envelope >= least_rise_db)
    )
    return _spaced(np.flatnonzero(peaks), wait)


def _largest_before(values: Samples, reach: int) -> Samples:
    """The largest of each value and the ``reach`` before it."""
    padded = np.concatenate([np.full(reach, -np.inf, values.dtype), values])
    largest: Samples = np.lib.stride_tricks.sliding_window_view(padded, reach + 1).max(axis=1)
    return largest


def _mean_around(values: Samples, reach: int) -> NDArray[np.float64]:
    """The mean of each value and ``reach`` on both sides, fewer at the ends."""
    running = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    places = np.arange(len(values))
    first = np.maximum(places - reach, 0)
    end = np.minimum(places + reach + 1, len(values))
    means: NDArray[np.float64] = (running[end] - running[first]) / (end - first)
    return means


def _spaced(places: NDArray[np.intp], wait: int) -> NDArray[np.intp]:
    """Every place that lies more than ``wait`` after the last one kept."""
    kept: list[int] = []
    for place in places.tolist():
        if not kept or place > kept[-1] + wait:
            kept.append(place)
    return np.array(kept, np.intp)
