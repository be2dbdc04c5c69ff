"""Footsteps: on floors that sound, and on ground that gives way."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import hump, swell, wander
from soundgen_nb.engine.parts.filters import lowpass
from soundgen_nb.engine.parts.grains import (
    burst,
    each,
    layered,
    rustle,
)
from soundgen_nb.engine.parts.noise import PINK, band
from soundgen_nb.engine.parts.resonators import modes
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak

_AIR = 0.006  # 44 dB under the loudest heel
_PACE = Knob("pace_hz", 1.8, 0.8, 3.4, "1/s", "steps a second", follows="speed")
_WEIGHT = Knob("weight", 1.0, 0.6, 1.7, "ratio", "how heavily the foot falls", follows="size")


@family(
    "footsteps on a floor",
    COUNT,
    _PACE,
    _WEIGHT,
    Knob("hardness", 0.18, 0.05, 1.0, "share", "click of the heel", follows="intensity"),
    Knob("board", 0.1, 0.0, 1.0, "share", "how much the floor booms"),
    Knob("board_hz", 140.0, 60.0, 600.0, "Hz", "pitch of the floor", against="size"),
    Knob("ring_seconds", 0.03, 0.01, 0.4, "s", "how long the floor rings"),
    presets={
        "wood": {"board": 0.25, "board_hz": 110, "ring_seconds": 0.045},
        "hard": {"board": 0.05, "board_hz": 190, "hardness": 0.4},
        "metal": {"board": 0.35, "board_hz": 320, "ring_seconds": 0.12, "hardness": 0.4},
        "carpet": {"board": 0.1, "board_hz": 80, "hardness": 0.1},
    },
    natural_seconds=6.0,
    room_tone_db=-26.0,
)
def footsteps(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Heel, then toe a tenth of a second later; mostly noise, a little of the floor's own modes."""
    size = rng.uniform(0.9, 1.15)
    return _aired(rng, each(seconds, _gait(seconds, rng, k), lambda: _step(rng, k, size)))


@family(
    "footsteps on ground that gives way: gravel, leaves, snow, sand",
    COUNT,
    _PACE,
    _WEIGHT,
    Knob("grains_hz", 95.0, 40.0, 3000.0, "1/s", "grains that move under the foot"),
    Knob("bright_hz", 3500.0, 600.0, 6000.0, "Hz", "pitch of the grains", follows="brightness"),
    Knob("rub", 0.08, 0.0, 1.0, "share", "noise of the whole ground beside its grains"),
    Knob("soft", 0.0, 0.0, 1.0, "share", "how much it gives under the whole foot"),
    Knob("step_seconds", 0.4, 0.2, 0.6, "s", "how long the foot sinks in"),
    presets={
        "gravel": {"grains_hz": 95, "bright_hz": 3500, "step_seconds": 0.55},
        "snow": {"grains_hz": 400, "bright_hz": 1300, "rub": 0.1, "soft": 0.7},
        "leaves": {"grains_hz": 300, "bright_hz": 3000, "rub": 0.15, "soft": 0.3},
        "sand": {"grains_hz": 400, "bright_hz": 1700, "rub": 0.12, "soft": 0.3},
    },
    natural_seconds=6.0,
)
def footsteps_loose(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Each step a crowd of grains that thickens as the weight comes on, heel and then ball."""
    return _aired(rng, each(seconds, _gait(seconds, rng, k), lambda: _crunch(rng, k)))


def _gait(seconds: float, rng: np.random.Generator, k: Values) -> list[float]:
    return event_times(
        rng, seconds, count=k.count, gap_seconds=1 / k.pace_hz, jitter=0.05, needs_seconds=0.4
    )


def _aired(rng: np.random.Generator, steps: FloatArray) -> FloatArray:
    """Steps in the air of their place: feet are so quiet that no recording of them is without."""
    air = band(rng, len(steps), 200, 9000, -1.5)
    return unit_peak(steps) + np.float32(_AIR) * air


def _step(rng: np.random.Generator, k: Values, size: float) -> FloatArray:
    """Heel: a soft thump with little click. Then the sole scuffs, and the toe taps."""
    low_hz, high_hz = 490 * size, (900 + 1700 * k.hardness) * size
    toe_at = min(rng.uniform(0.15, 0.2), 0.4 / k.pace_hz)
    step = np.zeros(samples_in(0.5 + 3 * k.ring_seconds), np.float32)
    add_at(step, 0, burst(rng, 100 / k.weight, 510 / k.weight, 0.036, 0.0045), 1.8)
    add_at(step, 0, burst(rng, low_hz, high_hz, 0.0011, 0.0002, -2.1), 0.1 + 0.4 * k.hardness)
    add_at(step, 0, _boards(rng, k, size), 3 * k.board)
    n = samples_in(toe_at + 0.12)
    scuff = band(rng, n, 1500, 9000, -2.0) * hump(n, 0.7) * wander(rng, n, 60, 0.1, 1.0)
    add_at(step, samples_in(0.01), scuff, 0.09)
    toe = burst(rng, 1.5 * low_hz, 1.4 * high_hz, 0.0044, 0.0031, -2.1)
    add_at(step, samples_in(toe_at), toe, 1.1)
    return unit_peak(step) * np.float32(rng.uniform(0.35, 1.0))


def _boards(rng: np.random.Generator, k: Values, size: float) -> FloatArray:
    hz = k.board_hz * np.array([1.0, 1.86, 2.93, 5.2]) * size * rng.uniform(0.97, 1.03, 4)
    ring = k.ring_seconds * np.array([1.0, 0.73, 0.53, 0.33])
    return modes(samples_in(0.1 + 3 * k.ring_seconds), hz, ring, [0.5, 0.4, 0.3, 0.3])


def _crunch(rng: np.random.Generator, k: Values) -> FloatArray:
    """Grains under a ground that swallows what is high of them, and the foot that sinks in."""
    n = samples_in(min(k.step_seconds, 0.95 / k.pace_hz) * rng.uniform(0.8, 1.0))
    press = swell(n, 0.4, 1.2, 2.5) * wander(rng, n, 25, 0.3, 1.0)
    grains = rustle(rng, press, k.grains_hz, k.bright_hz, k.rub)
    if k.soft:  # stones are hard, and click
        grains = unit_peak(lowpass(grains, k.bright_hz))
    give = band(rng, n, 60, 0.5 * k.bright_hz, PINK) * press * wander(rng, n, 40, 0.2, 1.0)
    thud = unit_peak(burst(rng, 60, 250 / k.weight, 0.03, 0.005, PINK))
    step = unit_peak(
        layered(grains, k.soft * unit_peak(give), (0.12 + 0.3 * k.soft) * k.weight * thud)
    )
    return step * np.float32(rng.uniform(0.7, 1.0))
