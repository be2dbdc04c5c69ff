"""How high the wave rises between its samples: ITU-R BS.1770-4, annex 2."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.frames import Samples
from soundgen_nb.analysis.products import in_slabs

_HALF_STEPS = 24  # the interpolator's reach to either side, in points: libebur128's 49 taps
_ROW = 24  # samples that one row of the product fills the gaps behind
_ROWS_AT_ONCE = 1024  # fewer are more calls, after each of which threads wait for each other


def true_peak(samples: Samples, sample_rate: int) -> float:
    """The largest absolute value of the wave through the samples; full scale is 1.0.

    Four points a sample below 96 kHz and two below 192 kHz, as the standard asks, through the
    interpolator of libebur128: a sine cardinal under a Hann window. Only what lies among the
    sound's own samples is interpolated, so where it is cut off nothing rings.

    Args:
        samples: float32, shape (channels, n).
        sample_rate: Samples per second.
    """
    points = 4 if sample_rate < 96_000 else 2 if sample_rate < 192_000 else 1
    highest = max(float(samples.max()), -float(samples.min()))
    if points > 1 and samples.shape[1] >= len(_interpolator(points)):
        for channel in samples:
            highest = _higher_between(channel, highest, _interpolator(points))
    return highest


def _higher_between(channel: Samples, highest: float, weights: Samples) -> float:
    """The largest value between the samples of ``channel``, or ``highest`` if that is larger.

    No point can exceed its largest neighbour by more than the interpolator's gain. The loudest
    neighbourhoods come first, and the rest is left alone once none of it can reach higher.
    """
    gain = float(np.abs(weights).sum(axis=0).max())
    rows = np.lib.stride_tricks.sliding_window_view(channel, len(weights))
    starts, nearby = _neighbourhoods(channel, len(weights))
    hopeful = np.flatnonzero(nearby * gain > highest)
    hopeful = hopeful[np.argsort(-nearby[hopeful])]
    for first in range(0, len(hopeful), _ROWS_AT_ONCE):
        some = hopeful[first : first + _ROWS_AT_ONCE]
        if nearby[some[0]] * gain <= highest:
            break
        between = in_slabs(rows[starts[some]], weights)
        highest = max(highest, float(between.max()), -float(between.min()))
    return highest


def _neighbourhoods(channel: Samples, reach: int) -> tuple[NDArray[np.intp], Samples]:
    """Where each row of ``reach`` samples begins, and a bound on what is in it.

    The last row is moved back to end with the sound.
    """
    cells = np.maximum.reduceat(np.abs(channel), np.arange(0, len(channel), _ROW))
    starts = np.arange(0, len(channel) - reach + _ROW, _ROW)
    starts[-1] = len(channel) - reach
    # A row touches two cells, the one moved back up to three.
    bounds = np.maximum(cells[starts // _ROW], cells[starts // _ROW + 1])
    bounds[-1] = max(bounds[-1], cells[-1])
    return starts, bounds


@lru_cache(maxsize=2)
def _interpolator(points: int) -> Samples:
    """Weights (samples of a row, 24 * (points - 1)): times them, a row is all that lies between."""
    steps = np.arange(-_HALF_STEPS, _HALF_STEPS + 1)
    kernel = np.sinc(steps / points) * (0.5 + 0.5 * np.cos(np.pi * steps / _HALF_STEPS))
    half = _HALF_STEPS // points
    near = np.arange(1 - half, half + 1)
    weights = np.zeros((_ROW + 2 * half - 1, _ROW, points - 1), np.float32)
    for place in range(_ROW):
        for point in range(1, points):
            weights[half - 1 + place + near, place, point - 1] = kernel[
                _HALF_STEPS + point - near * points
            ]
    return weights.reshape(len(weights), -1)
