"""Throats: a train of glottal pulses with breath in it, heard through the formants of a mouth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from soundgen_nb.engine.parts.filters import resonances, shaped
from soundgen_nb.engine.parts.noise import white
from soundgen_nb.engine.parts.resonators import phase
from soundgen_nb.engine.parts.timeline import SAMPLE_RATE, FloatArray, unit_rms

Formants = Sequence[tuple[float, float, float]]
"""Each (centre in Hz, bandwidth in Hz, gain)."""

VOWELS: dict[str, Formants] = {
    "a": ((750, 90, 1.0), (1200, 110, 0.6), (2600, 160, 0.25), (3500, 220, 0.1)),
    "e": ((500, 80, 1.0), (1850, 120, 0.4), (2500, 160, 0.25), (3500, 220, 0.1)),
    "i": ((300, 70, 1.0), (2250, 130, 0.3), (3000, 180, 0.2), (3600, 220, 0.1)),
    "o": ((480, 80, 1.0), (850, 100, 0.5), (2500, 160, 0.1), (3400, 220, 0.05)),
    "u": ((320, 70, 1.0), (800, 100, 0.3), (2300, 160, 0.06), (3400, 220, 0.03)),
    "ə": ((550, 90, 1.0), (1450, 120, 0.45), (2500, 160, 0.2), (3500, 220, 0.08)),
}
"""Vowels of an adult, in round numbers: centres as textbooks have them, widths and gains by ear."""


def glottis(
    rng: np.random.Generator, pitch_hz: FloatArray, breath: float = 0.1, rough: float = 0.05
) -> FloatArray:
    """A glottal source (n,) of a moving pitch (n,): unit RMS, falling by about 12 dB an octave.

    ``breath`` mixes in noise that pulses with the voice; ``rough`` (0 to 1) makes periods unequal
    in strength, as in a growl.
    """
    n = len(pitch_hz)
    turns = phase(pitch_hz, n)
    period = turns.astype(np.int64)
    strength = 1 + rough * rng.standard_normal(int(period[-1]) + 2)
    within = (turns - period).astype(np.float32)
    # an open glottis for 60 % of the period, closing fast: the corner is what excites the formants
    flow = np.where(within < 0.6, np.sin(np.pi * (within / 0.6) ** 2), 0) * strength[period]
    pulse = np.diff(flow, prepend=0.0) * (SAMPLE_RATE / pitch_hz) / 6
    noise = white(rng, n) * (0.3 + np.abs(flow)) * breath
    return unit_rms((pulse + noise).astype(np.float32))


def mouthed(source: FloatArray, formants: Formants, scale: float = 1.0) -> FloatArray:
    """A source (n,) through a mouth; ``scale`` moves every formant (a small head: above 1)."""
    modes = [(hz * scale, hz / width, gain) for hz, width, gain in formants]
    return shaped(source, resonances(modes), 0.03)


def glided(source: FloatArray, path: Sequence[Formants], scale: float = 1.0) -> FloatArray:
    """A source (n,) through a mouth that moves along ``path``, one shape after the other.

    Filtered once for each shape and crossfaded: formants that glide, without a recursive filter.
    """
    n = len(source)
    position = np.linspace(0, len(path) - 1, n)
    weights = (np.maximum(0, 1 - np.abs(position - k)) for k in range(len(path)))
    mouths = (mouthed(source, formants, scale) for formants in path)
    total = sum(w * m for w, m in zip(weights, mouths, strict=True))
    return np.asarray(total, np.float32)


def spoken(
    source: FloatArray, names: Sequence[str], shares: Sequence[FloatArray], scale: float = 1.0
) -> FloatArray:
    """A source (n,) through a mouth that says the vowels ``names``, each by its share (n,).

    The source is shared out before the mouths hear it, so any number of syllables costs one filter
    for each vowel.
    """
    mouths = [
        mouthed(source * share, VOWELS[name], scale)
        for name, share in zip(names, shares, strict=True)
    ]
    return np.asarray(sum(mouths), np.float32)
