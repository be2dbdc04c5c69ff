"""What a sound is made of, frame by frame, in one pass over its magnitudes.

Definitions are those of ``librosa.feature`` with its defaults. The transform is in double
precision, as librosa's; what is made of it is in single. That is the whole difference: 2e-5 for
centroids, 1 Hz for the bandwidth of a pure tone, 1e-3 for flatness, one bin for rolloff.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.frames import BINS, FRAME, Samples, frame_count, magnitude_blocks
from soundgen_nb.analysis.pictures import POWER_FLOOR, ROWS, in_decibels, row_map
from soundgen_nb.analysis.products import in_slabs

MELS = 128
MFCCS = 20
ROLLOFF_SHARE = 0.85
RANGE_DB = 80.0  # how far below the largest mel bands in dB go: librosa's default

_GROUP = 32  # bins; 1024 = 32 * 32, the last bin stands alone
_MELS_AT_ONCE = 16


@dataclass(frozen=True, eq=False)
class Spectra:
    """One value per frame of a sound; where the frame holds nothing, librosa's convention.

    Attributes:
        centroid_hz: Mean frequency weighted by magnitude, shape (frames,); 0 in nothing.
        bandwidth_hz: Spread around the centroid, the weighted standard deviation; 0 in nothing.
        rolloff_hz: Below it lie 85 % of the magnitudes; 0 in nothing.
        flatness: Geometric over arithmetic mean of power, 0 for one tone, 1 for nothing.
        mel_power: Power in 128 mel bands from 0 Hz to half the sample rate, shape (frames, 128).
        bin_power: Power in each bin, summed over all frames, shape (1025,).
        rows_db: Picture rows in dB, shape (frames, 256).
    """

    centroid_hz: NDArray[np.float64]
    bandwidth_hz: NDArray[np.float64]
    rolloff_hz: NDArray[np.float64]
    flatness: NDArray[np.float64]
    mel_power: Samples
    bin_power: NDArray[np.float64]
    rows_db: Samples


def spectra(mono: Samples, sample_rate: int) -> Spectra:
    """Everything that is read from the magnitudes of ``mono``, shape (n,)."""
    frames = frame_count(len(mono))
    moments = np.empty((frames, 3), np.float32)
    rolloff = np.empty(frames, np.intp)
    mean_power, mean_log_power = np.empty((2, frames, 1), np.float32)
    mel_power = np.empty((frames, MELS), np.float32)
    bin_power = np.zeros(BINS)
    rows = np.empty((frames, ROWS), np.float32)
    bank, rows_of = mel_bank(sample_rate), row_map(sample_rate)
    for at, magnitude in magnitude_blocks(mono):
        in_slabs(magnitude, _POWERS_OF_FREQUENCY, out=moments[at])
        rolloff[at] = _rolloff_bins(magnitude)
        power = np.square(magnitude, out=magnitude)
        bank(power, out=mel_power[at])
        bin_power += power.sum(axis=0)
        np.maximum(power, _FLOOR, out=power)
        in_slabs(power, _MEAN, out=mean_power[at])
        log_power = np.log(power, out=power)
        in_slabs(log_power, _MEAN, out=mean_log_power[at])
        rows_of(log_power, out=rows[at])
    centroid, bandwidth = _centroid_and_bandwidth(moments.astype(np.float64))
    nyquist_hz = sample_rate / 2
    return Spectra(
        centroid_hz=centroid * nyquist_hz,
        bandwidth_hz=bandwidth * nyquist_hz,
        rolloff_hz=rolloff.astype(np.float64) * (sample_rate / FRAME),
        flatness=(np.exp(mean_log_power) / mean_power)[:, 0].astype(np.float64),
        mel_power=mel_power,
        bin_power=bin_power,
        rows_db=in_decibels(rows),
    )


# Frequencies as a share of Nyquist, counted from a quarter of it: small numbers keep the
# difference of squares, from which the bandwidth comes, exact enough in float32.
_SHIFT = 0.25
_POWERS_OF_FREQUENCY = np.ascontiguousarray(
    np.vander(np.arange(BINS) / (BINS - 1) - _SHIFT, 3, increasing=True), np.float32
)


_MEAN = np.full((BINS, 1), 1 / BINS, np.float32)
_FLOOR = np.full(BINS, POWER_FLOOR, np.float32)  # numpy is quicker with a row than with a number


def _centroid_and_bandwidth(
    moments: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation, as shares of Nyquist, from sums (frames, 3)."""
    total = moments[:, 0]
    heard = total >= np.finfo(np.float32).tiny
    first, second = moments[:, 1:].T / np.where(heard, total, 1)
    centroid = np.where(heard, first + _SHIFT, 0)
    return centroid, np.sqrt(np.maximum(second - first * first, 0))


_ONES = np.ones(_GROUP, np.float32)


def _rolloff_bins(magnitude: Samples) -> NDArray[np.intp]:
    """The first bin at which the running sum reaches 85 % of the whole, shape (frames,).

    Sums of 32 bins first, then the bins of one group: a running sum over all bins costs four
    times as much.
    """
    frames = np.arange(len(magnitude))
    groups = magnitude[:, :-1].reshape(len(magnitude), -1, _GROUP)
    sums = groups @ _ONES  # a product adds up faster than a sum over so few
    running = np.cumsum(sums, axis=1, dtype=np.float64)
    threshold = ROLLOFF_SHARE * (running[:, -1] + magnitude[:, -1])
    group = np.count_nonzero(running < threshold[:, None], axis=1)
    inside = np.minimum(group, sums.shape[1] - 1)
    before = running[frames, inside] - sums[frames, inside]
    fine = before[:, None] + np.cumsum(groups[frames, inside], axis=1, dtype=np.float64)
    within: NDArray[np.intp] = np.count_nonzero(fine < threshold[:, None], axis=1)
    bins: NDArray[np.intp] = inside * _GROUP + within
    return bins


@dataclass(frozen=True)
class MelBank:
    """Triangular filters on Slaney's mel scale, each of unit area: ``librosa.filters.mel``.

    Attributes:
        weights: float32, shape (128, 1025).
        bands: Sixteen neighbours at a time: their place, the bins they touch, those weights.
    """

    weights: Samples
    bands: tuple[tuple[slice, slice, Samples], ...]

    def __call__(self, power: Samples, *, out: Samples) -> None:
        """Fill ``out`` (frames, 128) with the band powers of ``power`` (frames, 1025)."""
        for mels, bins, weights in self.bands:
            in_slabs(power[:, bins], weights, out=out[:, mels])


@lru_cache(maxsize=16)
def mel_bank(sample_rate: int) -> MelBank:
    """The mel filters from 0 Hz to half of ``sample_rate``."""
    edges_hz = mel_to_hz(np.linspace(0, hz_to_mel(sample_rate / 2), MELS + 2))
    ramps = edges_hz[:, None] - np.arange(BINS) * (sample_rate / FRAME)
    widths = np.diff(edges_hz)[:, None]
    rising, falling = -ramps[:-2] / widths[:-1], ramps[2:] / widths[1:]
    triangles = np.maximum(0, np.minimum(rising, falling))
    weights = (triangles * (2 / (edges_hz[2:] - edges_hz[:-2]))[:, None]).astype(np.float32)
    return MelBank(weights, tuple(_bands(weights)))


def _bands(weights: Samples) -> list[tuple[slice, slice, Samples]]:
    bands = []
    for first in range(0, MELS, _MELS_AT_ONCE):
        mels = slice(first, first + _MELS_AT_ONCE)
        touched = np.flatnonzero(weights[mels].any(axis=0))
        bins = slice(int(touched[0]), int(touched[-1]) + 1)
        bands.append((mels, bins, np.ascontiguousarray(weights[mels, bins].T)))
    return bands


def mel_power_of(mono: Samples, sample_rate: int) -> Samples:
    """The mel bands alone of ``mono``, shape (n,), as in ``Spectra``; shape (frames, 128)."""
    mel_power = np.empty((frame_count(len(mono)), MELS), np.float32)
    bank = mel_bank(sample_rate)
    for at, magnitude in magnitude_blocks(mono):
        bank(np.square(magnitude, out=magnitude), out=mel_power[at])
    return mel_power


# Slaney's scale: linear to 1 kHz, logarithmic above, 27 steps to a factor of 6.4.
_LINEAR_HZ = 200 / 3
_CORNER_HZ, _CORNER_MEL = 1000.0, 15.0
_LOG_STEP = np.log(6.4) / 27


def hz_to_mel(frequency_hz: float) -> float:
    """Hertz to mel, for ``frequency_hz`` of 1000 or more, as ``librosa.hz_to_mel``."""
    return float(_CORNER_MEL + np.log(frequency_hz / _CORNER_HZ) / _LOG_STEP)


def mel_to_hz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mel to hertz, as ``librosa.mel_to_hz``."""
    above = _CORNER_HZ * np.exp(_LOG_STEP * (mels - _CORNER_MEL))
    return np.where(mels < _CORNER_MEL, mels * _LINEAR_HZ, above)


def power_to_db(power: Samples) -> Samples:
    """``librosa.power_to_db`` with its defaults: never more than ``RANGE_DB`` below the largest."""
    decibels: Samples = np.log(np.maximum(power, np.float32(POWER_FLOOR)))
    decibels *= np.float32(10 / np.log(10))  # log10 would take three times as long
    np.maximum(decibels, decibels.max() - np.float32(RANGE_DB), out=decibels)
    return decibels


def mfcc(mel_db: Samples) -> Samples:
    """``librosa.feature.mfcc``: 20 cosine coefficients of mel dB, shape (frames, 20)."""
    return in_slabs(mel_db, _COSINES)


def _orthonormal_cosines() -> Samples:
    """The first 20 rows of the DCT-II of 128 values, as columns."""
    angles = np.pi / MELS * np.outer(np.arange(MELS) + 0.5, np.arange(MFCCS))
    cosines = np.cos(angles) * np.sqrt(2 / MELS)
    cosines[:, 0] /= np.sqrt(2)
    return np.asarray(cosines, np.float32)


_COSINES = _orthonormal_cosines()
