"""Pressure: gas that is let out, from a spray can to a rocket."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.bubbles import bubbling
from soundgen_nb.engine.parts.envelopes import decay, faded, wander
from soundgen_nb.engine.parts.filters import lowpass, resonate
from soundgen_nb.engine.parts.grains import burst, layered, poisson_starts, scatter, variants
from soundgen_nb.engine.parts.noise import BROWN, PINK, band
from soundgen_nb.engine.parts.resonators import modes
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import (
    FloatArray,
    add_at,
    samples_in,
    time_axis,
    unit_peak,
    unit_rms,
)
from soundgen_nb.engine.space import widened


@family(
    "steam or gas let out: a valve, a spray, air brakes, a boiling kettle",
    COUNT,
    Knob("hiss_seconds", 1.6, 0.1, 30.0, "s", "length of one release", against="speed"),
    Knob("gap_seconds", 0.9, 0.1, 5.0, "s", "time between releases", against="speed"),
    Knob("fall", 2.0, 0.0, 6.0, "time constants", "how far its pressure falls in a release"),
    Knob("low_hz", 1200, 200, 5000, "Hz", "bottom of the hiss", against="size"),
    Knob("force", 0.6, 0.1, 1.0, "share", "roar of the jet under the hiss", follows="intensity"),
    Knob("valve", 0.4, 0.0, 1.0, "share", "clack of the valve"),
    Knob("boil", 0.0, 0.0, 1.0, "share", "water that boils behind it"),
    presets={
        "valve": {},
        "spray": {
            "hiss_seconds": 0.7,
            "gap_seconds": 0.35,
            "fall": 0.2,
            "low_hz": 3500,
            "valve": 0.15,
        },
        "air_brake": {
            "hiss_seconds": 1.3,
            "gap_seconds": 1.4,
            "fall": 2.5,
            "low_hz": 1400,
            "valve": 0.5,
        },
        "kettle": {"hiss_seconds": 30, "fall": 0, "low_hz": 900, "valve": 0, "boil": 1.0},
        "leak": {"hiss_seconds": 30, "fall": 0, "low_hz": 2500, "valve": 0},
    },
    natural_seconds=6.0,
    place="room",
)
def steam(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A turbulent jet: a valve that opens, a hiss that falls with the pressure behind it."""
    n = samples_in(seconds)
    length = min(k.hiss_seconds, 0.96 * seconds)
    result = np.zeros(n, np.float32)
    for start in event_times(
        rng,
        seconds,
        count=k.count,
        gap_seconds=length + k.gap_seconds,
        jitter=0.25,
        first_seconds=0.1,
        needs_seconds=0.6 * length,
    ):
        shorter = rng.uniform(0.8, 1) if k.hiss_seconds < seconds else 1.0
        add_at(result, samples_in(start), _release(rng, length * shorter, k))
    if k.boil > 0:
        result += 0.5 * k.boil * unit_rms(bubbling(n, rng, 700, 150, 1500))
        result += 0.4 * k.boil * band(rng, n, 80, 600, PINK) * wander(rng, n, 9, 0.5, 1)
    return widened(result, rng, 0.4)


def _release(rng: np.random.Generator, seconds: float, k: Values) -> FloatArray:
    n = samples_in(seconds)
    pressure = np.exp(-k.fall * np.linspace(0, 1, n)).astype(np.float32)
    pressure *= wander(rng, n, 14, 0.85, 1.0)
    jet = band(rng, n, k.low_hz, 13000, 1.0)
    jet += k.force * band(rng, n, 0.4 * k.low_hz, 4 * k.low_hz, PINK) * pressure
    nozzle = 0.35 * unit_rms(resonate(jet, [(2.6 * k.low_hz, 6, 1.0), (4.3 * k.low_hz, 8, 0.7)]))
    hiss = faded((jet + nozzle) * pressure, 0.025, min(0.2, 0.3 * seconds))
    return layered(hiss, 4 * k.valve * _valve(rng))


def _valve(rng: np.random.Generator) -> FloatArray:
    n = samples_in(0.12)
    hz = rng.uniform(0.9, 1.1) * np.array([420, 1100, 2300, 4100])
    ring = modes(n, hz, [0.02, 0.015, 0.01, 0.006], [1, 0.8, 0.6, 0.4])
    return unit_peak(layered(unit_peak(ring), burst(rng, 300, 6000, 0.008)))


@family(
    "a rocket that lifts off",
    Knob("thrust", 0.7, 0.3, 1.0, "share", "how violently it crackles", follows="intensity"),
    Knob("rumble_hz", 60, 35, 140, "Hz", "where it rumbles most", against="size"),
    Knob("climb", 0.5, 0.1, 1.0, "share", "how soon it is far", follows="speed"),
    natural_seconds=12.0,
    place="canyon",
)
def rocket(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Ignition, a roar torn by shocks, and then a rumble that goes up and away."""
    n = samples_in(seconds)
    t = time_axis(n) / seconds
    ignition = np.minimum(1, t / 0.09) ** 1.5
    near = (ignition / (1 + (np.maximum(0, t - 0.3) * 6 * k.climb) ** 2)).astype(np.float32)
    rumble = band(rng, n, 0.5 * k.rumble_hz, 4 * k.rumble_hz, BROWN) * wander(rng, n, 9, 0.4, 1)
    roar = band(rng, n, 150, 2500, PINK) * wander(rng, n, 14, 0.5, 1)
    tear = band(rng, n, 800, 9000, -2) * wander(rng, n, 25, 0.15, 1, 2.0)
    kinds = variants(10, lambda r: unit_peak(burst(r, 150, 5000, 0.006, 0.0005, PINK)), rng)
    shocks = poisson_starts(rng, n, 90 * k.thrust, near)
    crackle = scatter(n, shocks, rng.random(len(shocks)) ** 2, kinds, rng)
    close = 0.7 * roar + 0.35 * tear + 2.2 * k.thrust * crackle
    # what is far has lost its treble to the air
    sound = np.tanh(0.8 * (rumble + close * near**0.7)) * near**0.6
    blast = burst(rng, 30, 400, 0.5, 0.02, BROWN)
    return widened(layered(sound, 0.5 * lowpass(blast, 500) * decay(len(blast), 1.0)), rng, 0.4)
