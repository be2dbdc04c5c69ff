"""What a picture of a sound needs, and no more: decibels at picture resolution, and outlines.

Every spectrogram has the same 256 rows from 20 Hz to 22,050 Hz, whatever the sample rate, and
absolute decibels, so that any two can be drawn on one scale and compared by eye.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.frames import BINS, FRAME, Samples
from soundgen_nb.analysis.products import in_slabs

ROWS = 256
COLUMNS = 960
LOWEST_HZ = 20.0
HIGHEST_HZ = 22_050.0

POWER_FLOOR = 1e-10
"""The smallest power told apart from nothing, as in ``librosa.power_to_db``."""

# The magnitude of a full-scale sine centred in its bin: half the sum of the Hann window.
_FULL_SCALE = FRAME / 4
FLOOR_DB = float(10 * np.log10(POWER_FLOOR / _FULL_SCALE**2))

_EDGES_HZ = np.geomspace(LOWEST_HZ, HIGHEST_HZ, ROWS + 1)


@dataclass(frozen=True, eq=False)
class Spectrogram:
    """A sound's energy over time and frequency, at picture resolution.

    Attributes:
        decibels: float32, shape (256, columns), row 0 the lowest. 0 dB is a full-scale sine
            (peak 1.0 in the mono mix); nothing at all is ``FLOOR_DB``, about -154 dB. A row
            holds the strongest bin inside it; between sparse bins it is interpolated.
        seconds: The sound's length, which the columns share evenly; at most 960 columns.
        sample_rate: Of the sound. Rows above half of it are at the floor.
    """

    decibels: Samples
    seconds: float
    sample_rate: int

    @property
    def frequency_edges_hz(self) -> NDArray[np.float64]:
        """The 257 row edges in Hz, evenly spaced in pitch: the same for every sound."""
        return _EDGES_HZ.copy()

    @property
    def loudest_db(self) -> float:
        """The strongest point; the largest of several is a good shared reference."""
        return float(self.decibels.max())


@dataclass(frozen=True, eq=False)
class Waveform:
    """The outline of a sound: how far each channel reaches down and up in each column.

    Attributes:
        low: float32, shape (channels, columns), at most 960 columns.
        high: The same shape; never below ``low``.
        seconds: The sound's length, which the columns share evenly.
    """

    low: Samples
    high: Samples
    seconds: float


@dataclass(frozen=True)
class RowMap:
    """How the 1025 bins of one sample rate become the 256 rows of every picture.

    Attributes:
        blend: Weights (bins, rows) of the low rows, which are narrower than a bin.
        starts: The first bin of each wide row; a row ends where the next begins.
        stop: One past the last bin drawn.
    """

    blend: Samples
    starts: NDArray[np.intp]
    stop: int

    def __call__(self, log_power: Samples, *, out: Samples) -> None:
        """Fill ``out`` (frames, 256) from natural log power (frames, 1025)."""
        bins, narrow = self.blend.shape
        reached = narrow + len(self.starts)
        in_slabs(log_power[:, :bins], self.blend, out=out[:, :narrow])
        inside = log_power[:, : self.stop]
        np.maximum.reduceat(inside, self.starts, axis=1, out=out[:, narrow:reached])
        out[:, reached:] = np.log(POWER_FLOOR)


def in_decibels(log_power: Samples) -> Samples:
    """Natural log power as dB of a full-scale sine, in its place."""
    log_power *= np.float32(10 / np.log(10))
    log_power -= np.float32(20 * np.log10(_FULL_SCALE))
    return log_power


@lru_cache(maxsize=16)
def row_map(sample_rate: int) -> RowMap:
    """The bins behind each picture row at ``sample_rate``."""
    edges = _EDGES_HZ * (FRAME / sample_rate)
    first_bins = np.ceil(edges).astype(np.intp)
    # From here on every row holds a bin; before it a row takes its share of the bins around it.
    narrow = int(np.flatnonzero(np.diff(first_bins) == 0).max(initial=-1)) + 1
    starts = first_bins[narrow:-1]
    return RowMap(
        blend=_blend(np.sqrt(edges[:narrow] * edges[1 : narrow + 1])),
        starts=starts[starts < BINS],
        stop=min(int(first_bins[-1]), BINS),
    )


def _blend(centres: NDArray[np.float64]) -> Samples:
    """Linear interpolation at fractional bins ``centres``, as a matrix (bins, rows)."""
    below = np.minimum(centres.astype(np.intp), BINS - 2)
    rows = np.arange(len(centres))
    weights = np.zeros((below.max(initial=0) + 2, len(centres)), np.float32)
    weights[below, rows] = 1 - (centres - below)
    weights[below + 1, rows] = centres - below
    return weights


def spectrogram(rows_db: Samples, *, length: int, sample_rate: int) -> Spectrogram:
    """The picture of frames in dB, shape (frames, 256), of a sound ``length`` samples long."""
    pooled = largest_of_neighbours(rows_db, min(COLUMNS, len(rows_db)))
    return Spectrogram(np.ascontiguousarray(pooled.T), length / sample_rate, sample_rate)


def largest_of_neighbours(values: Samples, count: int) -> Samples:
    """Rows pooled to ``count`` rows, each the largest of its neighbours; as they are if not more.

    The same as ``np.maximum.reduceat``, whose loops over a few values each take ten times as long.

    Args:
        values: Shape (rows, n).
        count: At least one.
    """
    rows = len(values)
    if rows <= count:
        return values
    starts = np.arange(count) * rows // count
    last = np.append(starts[1:], rows) - 1
    largest = values[starts]
    for step in range(1, int((last - starts).max()) + 1):
        np.maximum(largest, values[np.minimum(starts + step, last)], out=largest)
    return largest


def waveform(samples: Samples, sample_rate: int) -> Waveform:
    """The outline of ``samples``, shape (channels, n)."""
    length = samples.shape[1]
    columns = min(COLUMNS, length)
    starts = np.arange(columns) * length // columns
    return Waveform(
        low=np.minimum.reduceat(samples, starts, axis=1),
        high=np.maximum.reduceat(samples, starts, axis=1),
        seconds=length / sample_rate,
    )
