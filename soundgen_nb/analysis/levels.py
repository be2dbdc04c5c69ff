"""How strong a sound is, sample by sample and frame by frame, and whether it was cut off.

All channels count: the level of a frame is the mean power of its channels, so that opposite
channels, which cancel in the mono mix, are not mistaken for silence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.envelope import Envelope, envelope
from soundgen_nb.analysis.frames import FRAME, HOP, Samples, sum_over_frames

SILENCE_BELOW_LOUDEST_DB = 60.0
"""A frame this far below the loudest is silent: the default of ``librosa.effects.split``."""

SILENCE_DBFS = -100.0
"""A frame below this is silent whatever the rest is; 16-bit dither lies about here."""

CLIPPED_RUN = 3
"""So many samples at full scale in a row are clipped; fewer may be a peak that just fits."""

_FULL_SCALE = 1 - 2.0**-15  # the largest positive sample of 16 bits
_QUIET_PERCENT = 10
_PADDED = FRAME // (2 * HOP)  # frames at each end that reach beyond the sound


@dataclass(frozen=True, eq=False)
class Levels:
    """The levels of one sound.

    Attributes:
        peak: The largest absolute sample of any channel; full scale is 1.0.
        rms: Root mean square over all samples of all channels.
        frame_rms: Root mean square of each frame over all channels, shape (frames,).
        leading_seconds: From the start to the first sample within 60 dB of the peak; to the end
            of digital silence.
        trailing_seconds: From the last such sample to the end; nought in digital silence, none of
            which is counted twice.
        clipped_share: Share of samples that lie in runs of three or more at full scale.
        dc_offset: Mean of the channel whose mean is farthest from zero; full scale is 1.0.
        envelope: The power in each millisecond, all channels.
        sample_rate: Samples per second.
    """

    peak: float
    rms: float
    frame_rms: NDArray[np.float64]
    leading_seconds: float
    trailing_seconds: float
    clipped_share: float
    dc_offset: float
    envelope: Envelope
    sample_rate: int

    @property
    def noise_floor(self) -> float:
        """The RMS that a tenth of all frames stay below; frames that reach over an edge aside."""
        whole = self.frame_rms[_PADDED:-_PADDED]
        return float(np.percentile(whole if whole.size else self.frame_rms, _QUIET_PERCENT))

    @property
    def sounding(self) -> NDArray[np.bool_]:
        """Which frames are not silent, shape (frames,); none in digital silence."""
        relative = float(self.frame_rms.max()) * db_to_amplitude(-SILENCE_BELOW_LOUDEST_DB)
        return np.greater_equal(self.frame_rms, max(relative, db_to_amplitude(SILENCE_DBFS)))

    @property
    def pause_seconds(self) -> float:
        """How long the frames last that are silent and lie between some that are not."""
        sounding = np.flatnonzero(self.sounding)
        if not sounding.size:
            return 0.0
        spanned = int(sounding[-1] - sounding[0]) + 1
        return (spanned - sounding.size) * HOP / self.sample_rate


def levels(samples: Samples, sample_rate: int) -> Levels:
    """The levels of ``samples``, float32 of shape (channels, n)."""
    channels, length = samples.shape
    loudest = np.square(samples[0])
    power = loudest.copy() if channels > 1 else loudest
    for channel in samples[1:]:
        squares = np.square(channel)
        power += squares
        np.maximum(loudest, squares, out=loudest)
    peak = sample_peak(samples)
    audible = peak * db_to_amplitude(-SILENCE_BELOW_LOUDEST_DB)
    leading, trailing = _silent_edges(loudest, audible**2)
    return Levels(
        peak=peak,
        rms=math.sqrt(float(power.sum(dtype=np.float64)) / (channels * length)),
        frame_rms=np.sqrt(sum_over_frames(power) / (channels * FRAME)),
        leading_seconds=leading / sample_rate,
        trailing_seconds=trailing / sample_rate,
        clipped_share=_clipped_share(samples, peak),
        dc_offset=float(max(samples.mean(axis=1), key=abs)),
        envelope=envelope(power / np.float32(channels), sample_rate),
        sample_rate=sample_rate,
    )


def sample_peak(samples: Samples) -> float:
    """The largest absolute sample; NaN as soon as one sample is NaN."""
    return max(float(samples.max()), -float(samples.min()))


def _clipped_share(samples: Samples, peak: float) -> float:
    """The share of samples in runs of at least three that reach full scale."""
    if peak < _FULL_SCALE:
        return 0.0
    # Channels end to end, none touching the next.
    full = np.pad(np.abs(samples) >= _FULL_SCALE, ((0, 0), (1, 1))).reshape(-1)
    edges = np.flatnonzero(full[1:] != full[:-1])
    runs = edges[1::2] - edges[::2]
    return float(runs[runs >= CLIPPED_RUN].sum() / samples.size)


def _silent_edges(loudest: Samples, threshold: float) -> tuple[int, int]:
    """How many samples lie below ``threshold`` before the first and after the last above it."""
    heard = loudest >= max(threshold, float(np.finfo(np.float32).tiny))
    first = int(heard.argmax())
    if not heard[first]:
        return len(loudest), 0
    return first, int(heard[::-1].argmax())


def amplitude_to_db(amplitude: float) -> float:
    """Decibels of an amplitude; minus infinity for zero.

    Example:
        >>> round(amplitude_to_db(2.0), 2)
        6.02
    """
    return 20 * math.log10(amplitude) if amplitude > 0 else -math.inf


def db_to_amplitude(gain_db: float) -> float:
    """The amplitude that lies ``gain_db`` decibels from 1.0."""
    return 10 ** (gain_db / 20)
