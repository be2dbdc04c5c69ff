"""Receivers: radios, televisions and record players, with nothing on but their own noise."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import wander
from soundgen_nb.engine.parts.grains import burst, poisson_starts, scatter, variants
from soundgen_nb.engine.parts.noise import BROWN, band
from soundgen_nb.engine.parts.resonators import harmonics, phase, pulses, sine
from soundgen_nb.engine.parts.timeline import FloatArray, samples_in, unit_peak


@family(
    "static of a radio or a television, or the crackle of a worn record",
    Knob("hiss", 1.0, 0.0, 1.0, "share", "steady noise", follows="intensity"),
    Knob("high_hz", 6500, 2500, 16000, "Hz", "top of the noise", follows="brightness"),
    Knob("fading", 0.15, 0.0, 1.0, "share", "how much the noise comes and goes"),
    Knob("clicks_per_second", 3, 0, 60, "1/s", "crackles a second"),
    Knob("turns_per_minute", 0, 0, 78, "1/min", "turns of a record with one deep scratch; 0: none"),
    Knob("heterodyne", 0.0, 0.0, 1.0, "share", "whistles between stations"),
    Knob("mains", 0.05, 0.0, 1.0, "share", "hum of the set"),
    presets={
        "radio": {},
        "tv": {"high_hz": 14000, "fading": 0.0, "clicks_per_second": 0, "mains": 0.12},
        "vinyl": {
            "hiss": 0.05,
            "fading": 0.0,
            "clicks_per_second": 14,
            "turns_per_minute": 33.3,
            "mains": 0.01,
        },
        "detune": {"heterodyne": 1.0, "fading": 0.5, "clicks_per_second": 5, "hiss": 0.6},
    },
    natural_seconds=8.0,
    place="dry",
    room_tone_db=-60.0,
)
def static(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Noise as wide as the set passes, with clicks, a scratch that comes round, and whistles."""
    n = samples_in(seconds)
    # a far transmitter fades slowly; interference tears at it fast
    steady = (1 - k.fading) + k.fading * wander(rng, n, 1.5, 0.1, 1) * wander(rng, n, 11, 0.4, 1)
    result = 0.3 * k.hiss * band(rng, n, 200, k.high_hz, 1.0) * steady
    result += 0.25 * k.mains * harmonics(100, n, [1, 0.6, 0.4, 0.3, 0.2, 0.15])
    clicks = variants(24, lambda r: _click(r, k.high_hz), rng)
    starts = poisson_starts(rng, n, k.clicks_per_second)
    result += scatter(n, starts, np.minimum(1, 0.12 * (rng.pareto(1.6, len(starts)))), clicks, rng)
    if k.turns_per_minute > 0:
        result += _groove(rng, n, k.turns_per_minute / 60)
    if k.heterodyne > 0:
        result += 0.5 * k.heterodyne * _beat(rng, n)
    return np.asarray(result, np.float32)


def _click(rng: np.random.Generator, high_hz: float) -> FloatArray:
    return unit_peak(burst(rng, rng.uniform(300, 1500), high_hz, rng.uniform(0.0003, 0.0015)))


def _groove(rng: np.random.Generator, n: int, turn_hz: float) -> FloatArray:
    """What comes round with a record: the motor's rumble, surface noise, and one deep scratch."""
    turn = np.sin(2 * np.pi * phase(turn_hz, n)).astype(np.float32)
    rumble = 0.05 * band(rng, n, 20, 90, BROWN) * (1 + 0.5 * turn)
    surface = 0.012 * band(rng, n, 200, 8000, -2) * (1.2 + turn)
    scratch = [unit_peak(burst(rng, 200, 6000, 0.002))]
    marks = pulses(turn_hz, n, rng.random())[1:]  # the record was turning before we listened
    return rumble + surface + scatter(n, marks, rng.uniform(0.8, 1, len(marks)), scratch, rng)


def _beat(rng: np.random.Generator, n: int) -> FloatArray:
    """Two carriers that beat: a whistle that falls to nothing and rises again as the dial turns."""
    offset = np.abs(3500 * wander(rng, n, 0.7, -1.0, 1.0)) + 40
    heard = np.exp(-offset / 2500) * wander(rng, n, 1.2, 0.0, 1.0, 1.5)
    return np.asarray(sine(offset, n) * heard, np.float32)
