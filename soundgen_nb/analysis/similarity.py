"""How alike two sounds are in timbre, whatever their level and wherever their silences lie.

A sound's timbre is the mean and the spread over time of its cepstrum (librosa's MFCCs 1 to 19)
while it sounds. Coefficient 0, the level, is left out. The cosines are orthonormal, so distances
in cepstra are distances in mel bands, and stay in decibels.

What an mp3 has left out, everything above its cut-off, is a difference like any other: the mp3 of
heavy rain is as far from its own wav as from another rain. So compare sounds of one format.

It compares colour and how much the colour moves, not melody, rhythm or meaning: a dog and a
wolf may lie close, and two takes of "rain" far apart. Sample rates are brought to one mel axis;
but from 88.2 kHz on a frame is half as long, and a pure tone looks unlike itself at 44.1 kHz.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.frames import Samples
from soundgen_nb.analysis.pictures import HIGHEST_HZ
from soundgen_nb.analysis.products import in_slabs
from soundgen_nb.analysis.spectrum import MELS, hz_to_mel, mel_bank, mfcc

HALVING_DB = 6.0
"""The distance at which similarity falls to one half."""


@dataclass(frozen=True, eq=False)
class Timbre:
    """What similarity needs to know of a sound.

    Attributes:
        mean: Mean of cepstral coefficients 1 to 19, shape (19,).
        spread: Their standard deviations over time, shape (19,).
        silent: Whether there was nothing to hear; then both are zero.
    """

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    silent: bool


class HasTimbre(Protocol):
    """An ``Analysis``, or anything else that carries a timbre."""

    @property
    def timbre(self) -> Timbre:
        """The sound's timbre."""


def timbre(mel_db: Samples, heard: NDArray[np.bool_], sample_rate: int) -> Timbre:
    """The timbre of mel bands in dB, shape (frames, 128), over the frames that are ``heard``."""
    if not heard.any():
        return Timbre(np.zeros(19), np.zeros(19), silent=True)
    cepstra = mfcc(_on_shared_axis(mel_db[heard], sample_rate))[:, 1:]
    return Timbre(
        cepstra.mean(axis=0, dtype=np.float64), cepstra.std(axis=0, dtype=np.float64), silent=False
    )


def _on_shared_axis(mel_db: Samples, sample_rate: int) -> Samples:
    """Mel bands as a 44.1 kHz sound has them: the bands of other rates lie elsewhere."""
    if sample_rate == 2 * HIGHEST_HZ:
        return mel_db
    weights, missing = _shared_axis(sample_rate)
    shared = in_slabs(mel_db, weights)
    shared[:, missing] = mel_db.min()
    return shared


@lru_cache(maxsize=16)
def _shared_axis(sample_rate: int) -> tuple[Samples, NDArray[np.bool_]]:
    """Weights (128, 128) that interpolate to the shared bands, and which lie above Nyquist."""
    shared = np.arange(1, MELS + 1) * (hz_to_mel(HIGHEST_HZ) / (MELS + 1))
    places = shared / (hz_to_mel(sample_rate / 2) / (MELS + 1)) - 1
    # At high rates the lowest bands fall between two bins and are always empty.
    filled = np.flatnonzero(mel_bank(sample_rate).weights.any(axis=1))
    weights = np.zeros((MELS, MELS), np.float32)
    for band, alone in zip(filled, np.eye(len(filled)), strict=True):
        weights[band] = np.interp(places, filled, alone)
    return weights, places > MELS


def distance_db(one: Timbre, other: Timbre) -> float:
    """How far apart two timbres are: the rms difference of their mel bands in dB.

    Differences of the mean and of the spread add up in squares. Zero for a sound and itself,
    infinite between silence and a sound.
    """
    if one.silent or other.silent:
        return 0.0 if one.silent and other.silent else math.inf
    means, spreads = one.mean - other.mean, one.spread - other.spread
    return math.sqrt(float(means @ means + spreads @ spreads) / MELS)


def similarity(one: Timbre, other: Timbre) -> float:
    """From 1 (the same timbre) towards 0, halving with every 6 dB of distance."""
    return float(2 ** (-distance_db(one, other) / HALVING_DB))


def similarity_matrix(analyses: Sequence[HasTimbre]) -> NDArray[np.float64]:
    """Every pair's similarity, shape (n, n): symmetric, ones on the diagonal.

    An entry depends on its two sounds alone: adding a third changes nothing.
    """
    timbres = [analysis.timbre for analysis in analyses]
    matrix = np.ones((len(timbres), len(timbres)))
    for row, one in enumerate(timbres):
        for column, other in enumerate(timbres[:row]):
            matrix[row, column] = matrix[column, row] = similarity(one, other)
    return matrix
