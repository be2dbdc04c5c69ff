"""From a score to samples: render each layer, place it, add a room's quiet, set the level."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.families import FAMILIES
from soundgen_nb.engine.parts.envelopes import faded
from soundgen_nb.engine.parts.noise import band
from soundgen_nb.engine.parts.timeline import FloatArray, samples_in
from soundgen_nb.engine.score import Layer, Score
from soundgen_nb.engine.space import PLACES, far, panned, placed

_PEAK = 10 ** (-2.0 / 20)  # headroom for what an mp3 encoder adds between samples
_TRUE_PEAK = 10 ** (-1.0 / 20)
_LOUDEST = 4096  # samples beside which the wave is looked at: it rises highest next to one of them
_REACH = 12  # samples to either side that count for a point between two
_LOOP_SECONDS = 0.5


def render(score: Score) -> FloatArray:
    """The sound of a score: float32, shape (2, n) at 44.1 kHz, exactly ``score.seconds`` long.

    No sample exceeds -2 dBFS, and the wave between them stays under about -1 dBTP; there is no DC,
    and the ends are silent unless the score loops.
    """
    overlap = _LOOP_SECONDS if score.loop else 0.0
    n = samples_in(score.seconds)
    mix = np.zeros((2, n + samples_in(overlap)), np.float32)
    for number, layer in enumerate(score.layers):
        rng = np.random.default_rng([score.seed, number])
        _add(mix, _heard(layer, rng, overlap), samples_in(layer.start))
    mix = _with_room_tone(mix, score)
    mix -= mix.mean(axis=1, keepdims=True)
    mix = _looped(mix, n) if score.loop else faded(mix, 0.004, 0.03)
    return _levelled(mix, score)


def _heard(layer: Layer, rng: np.random.Generator, overlap: float) -> FloatArray:
    family = FAMILIES[layer.family]
    dry = family.render(layer.seconds + overlap, rng, layer.values)
    if not overlap:
        dry = faded(dry, 0.004, 0.05)  # a texture whose turn ends before the score does
    ears = far(panned(dry, layer.pan), layer.distance)
    gain = 10 ** ((layer.gain_db + family.level_db) / 20)
    return placed(ears, PLACES[layer.place], rng, layer.distance) * np.float32(gain)


def _add(mix: FloatArray, sound: FloatArray, start: int) -> None:
    stop = min(mix.shape[1], start + sound.shape[1])
    mix[:, start:stop] += sound[:, : max(0, stop - start)]


def _with_room_tone(mix: FloatArray, score: Score) -> FloatArray:
    """Add the quiet no place is without: digital silence between events sounds like a machine."""
    rng = np.random.default_rng([score.seed, len(score.layers)])
    tone_db = max((FAMILIES[layer.family].room_tone_db for layer in score.layers), default=-60.0)
    level = float(np.abs(mix).max(initial=0.0)) * 10 ** (tone_db / 20) * 0.35
    ears = [band(rng, mix.shape[1], 30, 4000, -4.0) for _ in range(2)]
    return mix + np.float32(level) * np.stack(ears)


def _looped(mix: FloatArray, n: int) -> FloatArray:
    """Fold what runs past the end into the beginning, at constant power."""
    m = mix.shape[1] - n
    turn = (np.arange(m) + 0.5) / m * np.pi / 2
    result = mix[:, :n].copy()
    result[:, :m] = mix[:, :m] * np.sin(turn) + mix[:, n:] * np.cos(turn)
    return result.astype(np.float32)


def _levelled(mix: FloatArray, score: Score) -> FloatArray:
    nearest = min((layer.distance for layer in score.layers), default=0.0)
    level = 10 ** ((min(0.0, score.loudness_db) - 9 * nearest) / 20)
    highest = float(np.abs(mix).max(initial=0.0)) or 1.0
    gain = min(_PEAK / highest, _TRUE_PEAK / max(highest, _true_peak(mix)))
    return (mix * np.float32(level * gain)).astype(np.float32)


def _true_peak(mix: FloatArray) -> float:
    """The highest of the wave beside its loudest samples, at four points a sample (BS.1770-4)."""
    wave = np.pad(mix, [(0, 0), (_REACH, _REACH)]).ravel()
    loudest = np.argpartition(np.abs(wave), -min(_LOUDEST, mix.size))[-_LOUDEST:]
    around = np.arange(-_REACH, _REACH + 1)
    rows = wave[np.clip(loudest, _REACH, wave.size - _REACH - 1)[:, None] + around]
    offsets = np.arange(-3, 4)[:, None] / 4 - around
    kernel = np.sinc(offsets) * np.cos(np.pi * np.clip(offsets / 2 / _REACH, -0.5, 0.5)) ** 2
    return float(np.abs(rows @ kernel.T.astype(np.float32)).max())
