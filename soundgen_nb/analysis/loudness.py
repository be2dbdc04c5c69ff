"""Loudness as in ITU-R BS.1770-4 and EBU R 128: of the whole, of its loudest part, its range."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.frames import Samples
from soundgen_nb.analysis.weighting import k_weighted

ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
RANGE_GATE_LU = -20.0  # EBU Tech 3342
RANGE_PERCENTS = (10, 95)
_OFFSET_LU = -0.691  # BS.1770's constant: makes a 997 Hz sine read its level

# BS.1770 weighs surrounds by 1.41 and leaves the low-frequency channel out. Channel orders as
# libebur128 assumes them: L R Ls Rs; L R C Ls Rs; L R C LFE Ls Rs; channels past six are left out.
_SURROUND = {4: (1.0, 1.0, 1.41, 1.41), 5: (1.0, 1.0, 1.0, 1.41, 1.41)}
_LAYOUT = (1.0, 1.0, 1.0, 0.0, 1.41, 1.41)


@dataclass(frozen=True)
class Loudness:
    """How loud one sound is, in loudness units; minus infinity for digital silence.

    Attributes:
        lufs: Integrated loudness of the whole.
        momentary_max_lufs: Of the loudest 0.4 s.
        short_term_max_lufs: Of the loudest 3 s.
        range_lu: Loudness range; NaN for a sound shorter than 6 s or below the gate.
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

    Range: EBU Tech 3342, made for programmes. It has no value under 6 s, where every window of 3 s
    shares samples with every other: at 3 s it would be nought whatever was heard.

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
    has_window = len(squares) >= 300 * hundredth
    has_range = len(squares) >= 600 * hundredth
    short_term = _window_powers(squares, hundredth, 300)
    return Loudness(
        lufs=_lufs(float(squares.mean(dtype=np.float64))) if gated is None else gated,
        momentary_max_lufs=_lufs(float(_window_powers(squares, hundredth, 40).max())),
        short_term_max_lufs=_lufs(float(short_term.max())),
        range_lu=_range_lu(short_term) if has_range else math.nan,
        notes=_notes(has_blocks=has_blocks, gated=gated is not None, has_window=has_window),
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


def _notes(*, has_blocks: bool, gated: bool, has_window: bool) -> dict[str, str]:
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
    if not has_window:
        notes["short_term_max_lufs"] = "shorter than 3 s: as a meter shows it out of silence"
    return notes


def _lufs(power: float) -> float:
    return _OFFSET_LU + 10 * math.log10(power) if power > 0 else -math.inf


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET_LU) / 10))


def _weighted_squares(samples: Samples, sample_rate: int) -> Samples:
    """Squares of the K-weighted channels, weighed and summed, shape (n,)."""
    layout = _SURROUND.get(len(samples), _LAYOUT)
    each = (
        _squared(k_weighted(channel, sample_rate), weight)
        for channel, weight in zip(samples, layout, strict=False)
        if weight
    )
    total = next(each)
    for squares in each:
        total += squares
    return total


def _squared(weighted: Samples, weight: float) -> Samples:
    """The squares times a weight, in the place of the samples: fresh megabytes cost more."""
    np.square(weighted, out=weighted)
    return weighted if weight == 1 else np.multiply(weighted, np.float32(weight), out=weighted)
