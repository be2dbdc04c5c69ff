"""Loudness as in ITU-R BS.1770-4 and EBU R 128: of the whole, of its loudest part, its range.

The standard prints its two filters for 48 kHz only. The constants here are the analogue ones they
were derived from (the same as in libebur128), taken to each rate by the bilinear transform, so
there is no rounding of coefficients and no resampling.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.frames import Samples

ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
RANGE_GATE_LU = -20.0  # EBU Tech 3342
RANGE_PERCENTS = (10, 95)
_OFFSET_LU = -0.691  # BS.1770's constant: makes a 997 Hz sine read its level

# BS.1770 weighs surrounds by 1.41 and leaves the low-frequency channel out. Channel orders as
# libebur128 assumes them: L R Ls Rs; L R C Ls Rs; L R C LFE Ls Rs; channels past six are left out.
_SURROUND = {4: (1.0, 1.0, 1.41, 1.41), 5: (1.0, 1.0, 1.0, 1.41, 1.41)}
_LAYOUT = (1.0, 1.0, 1.0, 0.0, 1.41, 1.41)

_TRANSFORM = 8192
_WINDOWS_AT_ONCE = 8  # half a megabyte, which stays in cache: twice as fast as all at once


@dataclass(frozen=True)
class Loudness:
    """How loud one sound is, in loudness units; minus infinity for digital silence.

    Attributes:
        lufs: Integrated loudness of the whole.
        momentary_max_lufs: Of the loudest 0.4 s.
        short_term_max_lufs: Of the loudest 3 s.
        range_lu: Loudness range; NaN for a sound shorter than 3 s or below the gate.
        notes: By measure, a sentence where it is not the plain figure of the standard.
    """

    lufs: float
    momentary_max_lufs: float
    short_term_max_lufs: float
    range_lu: float
    notes: Mapping[str, str] = field(default_factory=dict)


def loudness(samples: Samples, sample_rate: int) -> Loudness:
    """How loud a whole sound is, how loud its loudest part, and how far it ranges.

    Integrated: mean squares of 400 ms blocks every 100 ms, those below -70 LUFS dropped, then
    those more than 10 LU below the rest. A sound shorter than one block, or with no block above
    the gate, gets the ungated loudness of all of it, and a note. Mono is one channel to the
    standard: the same signal in two channels reads 3.01 LU more.

    Maxima: windows of 0.4 s and 3 s every 10 ms. A shorter sound reads what a meter shows that
    hears it out of silence, and has a note.

    Args:
        samples: float32, shape (channels, n).
        sample_rate: Samples per second, at least 4000.
    """
    squares = _weighted_squares(samples, sample_rate)
    tenth = (sample_rate + 5) // 10  # rounded as libebur128 does
    gated = None
    if has_blocks := len(squares) >= 4 * tenth:
        gated = _gated(_window_powers(squares, tenth, 4))
    hundredth = sample_rate // 100
    has_range = len(squares) >= 300 * hundredth
    short_term = _window_powers(squares, hundredth, 300)
    return Loudness(
        lufs=_lufs(float(squares.mean(dtype=np.float64))) if gated is None else gated,
        momentary_max_lufs=_lufs(float(_window_powers(squares, hundredth, 40).max())),
        short_term_max_lufs=_lufs(float(short_term.max())),
        range_lu=_range_lu(short_term) if has_range else math.nan,
        notes=_notes(has_blocks=has_blocks, gated=gated is not None, has_range=has_range),
    )


def _window_powers(squares: Samples, step: int, count: int) -> NDArray[np.float64]:
    """Mean squares of windows of ``count`` steps, a step apart, while they lie in the sound.

    One that begins with the sound and is filled up with silence, if none does.
    """
    if len(squares) < count * step:
        return np.array([squares.sum(dtype=np.float64) / (count * step)])
    steps = squares[: len(squares) // step * step].reshape(-1, step).sum(axis=1, dtype=np.float64)
    running = np.concatenate([[0.0], np.cumsum(steps)])
    # Differences of sums may fall below zero by rounding.
    sums: NDArray[np.float64] = np.maximum(running[count:] - running[:-count], 0)
    return sums / (count * step)


def _gated(powers: NDArray[np.float64]) -> float | None:
    """Loudness of the blocks that pass both gates; None when none is above -70 LUFS."""
    loud = powers[powers >= _power(ABSOLUTE_GATE_LUFS)]
    if not loud.size:
        return None
    gate = _lufs(float(loud.mean())) + RELATIVE_GATE_LU
    return _lufs(float(loud[loud > _power(gate)].mean()))


def _range_lu(powers: NDArray[np.float64]) -> float:
    """From the 10th to the 95th percentile of the windows that pass both gates of EBU Tech 3342."""
    loud = powers[powers >= _power(ABSOLUTE_GATE_LUFS)]
    if not loud.size:
        return math.nan
    gate = _lufs(float(loud.mean())) + RANGE_GATE_LU
    low, high = np.percentile(loud[loud >= _power(gate)], RANGE_PERCENTS, method="nearest")
    return _lufs(float(high)) - _lufs(float(low))


def _notes(*, has_blocks: bool, gated: bool, has_range: bool) -> dict[str, str]:
    notes = {}
    if not has_blocks:
        notes["loudness_lufs"] = (
            "shorter than 0.4 s, where BS.1770 is undefined: ungated loudness of the whole"
        )
        notes["momentary_max_lufs"] = "shorter than 0.4 s: as a meter shows it out of silence"
    elif not gated:
        notes["loudness_lufs"] = (
            "all of it lies below the -70 LUFS gate of BS.1770: ungated loudness of the whole"
        )
    if not has_range:
        notes["short_term_max_lufs"] = "shorter than 3 s: as a meter shows it out of silence"
    return notes


def _lufs(power: float) -> float:
    return _OFFSET_LU + 10 * math.log10(power) if power > 0 else -math.inf


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET_LU) / 10))


def _weighted_squares(samples: Samples, sample_rate: int) -> Samples:
    """Squares of the K-weighted channels, weighed and summed, shape (n,)."""
    layout = _SURROUND.get(len(samples), _LAYOUT)
    total = np.zeros(samples.shape[1], np.float32)
    for channel, weight in zip(samples, layout, strict=False):
        if weight:
            weighted = k_weighted(channel, sample_rate)
            np.square(weighted, out=weighted)
            total += weighted if weight == 1 else weighted * np.float32(weight)
    return total


def k_weighted(channel: Samples, sample_rate: int) -> Samples:
    """One channel through the K filter, shape (n,), by overlap-save.

    The response, cut where it has decayed below a hundred-thousandth, is applied by FFT:
    ``scipy.signal`` would run the recursion itself, but costs 1.4 s to import.
    """
    response, tail = _k_response(sample_rate)
    transform = 2 * (len(response) - 1)
    fresh = transform - tail
    weighted = np.empty((-(-len(channel) // fresh), fresh), np.float32)
    padded = np.zeros(tail + weighted.size, np.float32)
    padded[tail : tail + len(channel)] = channel
    windows = np.lib.stride_tricks.sliding_window_view(padded, transform)[::fresh]
    spectra = np.empty((_WINDOWS_AT_ONCE, len(response)), np.complex64)
    filtered = np.empty((_WINDOWS_AT_ONCE, transform), np.float32)
    for first in range(0, len(windows), _WINDOWS_AT_ONCE):
        some = windows[first : first + _WINDOWS_AT_ONCE]
        spectrum, back = spectra[: len(some)], filtered[: len(some)]
        np.fft.rfft(some, axis=1, norm="forward", out=spectrum)  # type: ignore[arg-type]  # stubs know double only
        spectrum *= response
        np.fft.irfft(spectrum, axis=1, out=back)  # type: ignore[arg-type]  # the same
        weighted[first : first + len(some)] = back[:, tail:]
    return weighted.reshape(-1)[: len(channel)]


def _transform_length(sample_rate: int) -> int:
    """8192 up to 48 kHz and in proportion above, because the response lasts as long in seconds."""
    return _TRANSFORM << max(0, math.ceil(math.log2(sample_rate / 48_000)))


@lru_cache(maxsize=16)
def _k_response(sample_rate: int) -> tuple[NDArray[np.complex64], int]:
    """The K filter's spectrum times the transform's length, and how many samples it rings."""
    length = _transform_length(sample_rate)
    turn = np.exp(-2j * np.pi * np.arange(length // 2 + 1) / length)
    response = np.ones(1, np.complex128)
    for numerator, denominator in k_filters(sample_rate):
        response = (
            response * np.polyval(numerator[::-1], turn) / np.polyval(denominator[::-1], turn)
        )
    # Only a transform that also divides by its length is done in single precision by numpy, which
    # is six times as fast; dividing by a power of two loses nothing.
    return (length * response).astype(np.complex64), length // 4


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
