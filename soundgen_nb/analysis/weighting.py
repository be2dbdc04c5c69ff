"""The K weighting of ITU-R BS.1770-4: how much what is heard at each pitch adds to loudness.

The standard prints its two filters for 48 kHz only. The constants here are the analogue ones they
were derived from (the same as in libebur128), taken to each rate by the bilinear transform, so
there is no rounding of coefficients and no resampling.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.frames import Samples
from soundgen_nb.analysis.products import in_slabs

_ROW = 64  # samples: longer rows are larger products, shorter ones more steps from row to row
_ROWS_AT_ONCE = 1 << 14  # four megabytes; many more are memory, fewer are waits between threads
_FORGOTTEN = 1e-9  # what is left of a memory by then changes no bit of the sum


def k_weighted(channel: Samples, sample_rate: int) -> Samples:
    """One channel, shape (n,), through the K filter.

    ``scipy.signal`` would run the recursion sample by sample, but costs 1.4 s to import. Here the
    sound is cut into rows. What a row's own samples give is one product for all rows, and what the
    filter remembers from before a row is another.
    """
    recursion = _k_recursion(sample_rate)
    weighted = np.zeros((-(-len(channel) // _ROW), _ROW), np.float32)
    line: Samples = weighted.reshape(-1)[: len(channel)]
    line[:] = channel
    memories = _followed(in_slabs(weighted, recursion.remembered), recursion.kept)
    before = np.concatenate([np.zeros((1, len(recursion.kept))), memories[:-1]]).astype(np.float32)
    for first in range(0, len(weighted), _ROWS_AT_ONCE):
        rows = weighted[first : first + _ROWS_AT_ONCE]
        recalled = in_slabs(before[first : first + _ROWS_AT_ONCE], recursion.recalled)
        np.add(in_slabs(rows, recursion.within), recalled, out=rows)
    return line


@dataclass(frozen=True, eq=False)
class _Recursion:
    """A recursive filter over rows of samples, as matrices to multiply rows with from the right.

    Attributes:
        within: What a row gives by itself, shape (row, row).
        remembered: What the filter remembers of a row at its end, shape (row, states).
        kept: What is left of a memory one row later, shape (states, states).
        recalled: What a memory adds to the row after it, shape (states, row).
    """

    within: Samples
    remembered: NDArray[np.float64]
    kept: NDArray[np.float64]
    recalled: Samples


def _followed(remembered: NDArray[np.float64], kept: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is remembered at the end of each row of it and all rows before, shape (rows, states).

    After the first step a row knows of the one before it, after the second of three, then of
    seven: the reach doubles until nothing is left of what lies farther back.
    """
    memories, reach = remembered, 1
    while reach < len(memories) and np.abs(kept).max() > _FORGOTTEN:
        memories[reach:] += in_slabs(memories[:-reach], kept)
        kept, reach = kept @ kept, 2 * reach
    return memories


@lru_cache(maxsize=16)
def _k_recursion(sample_rate: int) -> _Recursion:
    """Both filters of the weighting, one after the other, in rows."""
    step, entry, exit_, direct = _in_series(*(_states(*each) for each in k_filters(sample_rate)))
    powers = [np.linalg.matrix_power(step, count) for count in range(_ROW + 1)]
    response = np.array([direct, *(exit_ @ power @ entry for power in powers[: _ROW - 1])])
    delay = np.arange(_ROW) - np.arange(_ROW)[:, None]
    return _Recursion(
        within=np.where(delay < 0, 0, response[delay]).astype(np.float32),
        remembered=np.stack([power @ entry for power in powers[_ROW - 1 :: -1]]),
        kept=powers[_ROW].T,
        recalled=np.stack([exit_ @ power for power in powers[:_ROW]], axis=1).astype(np.float32),
    )


class _States(NamedTuple):
    """A filter by its states: how they step on, what enters them, what they and it give out."""

    step: NDArray[np.float64]
    entry: NDArray[np.float64]
    exit: NDArray[np.float64]
    direct: float


def _states(numerator: NDArray[np.float64], denominator: NDArray[np.float64]) -> _States:
    """A second-order filter whose denominator begins with 1, in the transposed direct form II."""
    direct = float(numerator[0])
    step = np.array([[-denominator[1], 1.0], [-denominator[2], 0.0]])
    return _States(step, numerator[1:] - denominator[1:] * direct, np.array([1.0, 0.0]), direct)


def _in_series(first: _States, second: _States) -> _States:
    """Two filters as one: what the first gives out enters the second."""
    fed = np.outer(second.entry, first.exit)
    return _States(
        step=np.block([[first.step, np.zeros((2, 2))], [fed, second.step]]),
        entry=np.concatenate([first.entry, second.entry * first.direct]),
        exit=np.concatenate([second.direct * first.exit, second.exit]),
        direct=first.direct * second.direct,
    )


def k_filters(sample_rate: int) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """The head's shelf and the high pass of BS.1770-4: (numerator, denominator), z to the minus.

    Example:
        >>> [numerator.round(4).tolist() for numerator, _ in k_filters(48_000)]
        [[1.5351, -2.6917, 1.1984], [1.0, -2.0, 1.0]]
    """
    gain = 10 ** (3.999843853973347 / 20)
    band_gain = gain**0.4996667741545416
    k, poles, scale = _poles(1681.974450955533, 0.7071752369554196, sample_rate)
    damping = band_gain * k / 0.7071752369554196
    shelf = np.array([gain + damping + k * k, 2 * (k * k - gain), gain - damping + k * k]) / scale
    _, high_pass_poles, _ = _poles(38.13547087602444, 0.5003270373238773, sample_rate)
    return [(shelf, poles), (np.array([1.0, -2.0, 1.0]), high_pass_poles)]


def _poles(
    corner_hz: float, q: float, sample_rate: int
) -> tuple[float, NDArray[np.float64], float]:
    """A second-order denominator: the warped corner, the coefficients, what they were scaled by."""
    k = math.tan(math.pi * corner_hz / sample_rate)
    scale = 1 + k / q + k * k
    return k, np.array([scale, 2 * (k * k - 1), 1 - k / q + k * k]) / scale, scale
