"""Insects and frogs: small animals heard as many."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import decay, hump, wander
from soundgen_nb.engine.parts.filters import lowpass, resonate
from soundgen_nb.engine.parts.motion import sided
from soundgen_nb.engine.parts.noise import PINK, band
from soundgen_nb.engine.parts.resonators import harmonics, phase, sine
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, time_axis, unit_rms


@family(
    "crickets on a summer night",
    Knob("carrier_hz", 4400, 3500, 5000, "Hz", "pitch of a wing", against="size"),
    Knob("chirps_hz", 2.1, 0.8, 4.0, "Hz", "chirps a second", follows="speed"),
    Knob("singers", 6, 1, 14, "crickets", "how many sing", follows="intensity"),
    Knob("cicadas", 0.0, 0, 1, "share", "cicadas sawing above them"),
    presets={
        "cicadas": {"cicadas": 1.0, "carrier_hz": 4500, "singers": 3},
        "single": {"singers": 1},
    },
    natural_seconds=8.0,
    place="outdoors",
    room_tone_db=-48.0,
)
def crickets(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Each cricket's tone comes in chirps of a few wing strokes, thirty strokes a second."""
    n = samples_in(seconds)
    ears = np.stack([0.01 * band(rng, n, 50, 1500, PINK)] * 2)
    for number in range(round(k.singers)):
        gain = 10 ** (-(rng.uniform(0, 3) if number == 0 else rng.uniform(4, 18)) / 20)
        ears += sided(_cricket(n, rng, k), rng.uniform(-0.9, 0.9)) * np.float32(gain)
    if k.cicadas > 0:
        for _ in range(4):
            gain = k.cicadas * 10 ** (-rng.uniform(0, 12) / 20)
            ears += gain * sided(_cicada(n, rng, k), rng.uniform(-0.9, 0.9))
    return ears


def _cricket(n: int, rng: np.random.Generator, k: Values) -> FloatArray:
    t = time_axis(n)
    strokes_hz = rng.uniform(26, 34)
    # a chirp is a whole number of strokes: it starts and ends at a closed wing
    in_chirp = (t * k.chirps_hz * rng.uniform(0.85, 1.15) + rng.random()) % 1 < 0.42
    gate = lowpass(in_chirp.astype(np.float32), 60)
    stroke = np.maximum(0, np.sin(2 * np.pi * strokes_hz * t)) ** 1.5
    hz = np.clip(k.carrier_hz * rng.uniform(0.94, 1.06), 3500, 5000)
    return (sine(hz, n, rng.random()) * stroke * gate).astype(np.float32)


def _cicada(n: int, rng: np.random.Generator, k: Values) -> FloatArray:
    """A whistle above the crickets, struck fifty times a second by ribs that buckle."""
    carrier_hz = 1.5 * k.carrier_hz * rng.uniform(0.9, 1.1)
    rate = rng.uniform(46, 63) * wander(rng, n, 1, 0.9, 1.1)
    buckle = np.exp(-11 * (phase(rate, n) % 1))
    hiss = band(rng, n, 0.68 * carrier_hz, 1.32 * carrier_hz)
    tone = (0.13 * hiss + 0.87 * sine(carrier_hz, n)) * (0.12 + buckle)
    return np.asarray(tone * wander(rng, n, 1.8, 0.65, 1.0), np.float32)


@family(
    "bees, flies or a mosquito",
    Knob("wings_hz", 235, 120, 650, "Hz", "wing beats a second", against="size"),
    Knob("insects", 9, 1, 24, "insects", "how many fly", follows="intensity"),
    Knob("restless", 0.5, 0.05, 1.0, "share", "how they dart about", follows="speed"),
    presets={
        "swarm": {"insects": 20},
        "fly": {"insects": 1, "wings_hz": 250, "restless": 0.9},
        "mosquito": {"insects": 1, "wings_hz": 400, "restless": 0.1},
    },
    natural_seconds=8.0,
    place="outdoors",
    room_tone_db=-50.0,
)
def bees(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Every insect is a buzz of its own pitch that comes near, goes away and changes sides."""
    n = samples_in(seconds)
    flutter = 0.03 * band(rng, n, 20, 200)
    nearest = 0.3 if round(k.insects) == 1 else 0.08
    ears = np.zeros((2, n), np.float32)
    for _ in range(round(k.insects)):
        near = wander(rng, n, 1 + 5 * k.restless, nearest, 1.0, 2.0)
        beats = _wing_beats(n, rng, k, np.roll(flutter, rng.integers(n)))
        ears += sided(beats * near, wander(rng, n, 0.5, -0.9, 0.9))
    buzz = [unit_rms(resonate(ear, [(1500, 1.5, 1.0), (4000, 2.0, 0.7)])) for ear in ears]
    return np.stack([ear + 0.1 * band(rng, n, 300, 5000, PINK) for ear in buzz])


def _wing_beats(n: int, rng: np.random.Generator, k: Values, flutter: FloatArray) -> FloatArray:
    """Short puffs, one a beat: a narrow pulse has all its harmonics, as a bee's buzz has."""
    hz = k.wings_hz * rng.uniform(0.96, 1.04) * (1 + flutter)
    hz = hz * wander(rng, n, 1 + 11 * k.restless, 0.88, 1.12)
    return (phase(hz, n) % 1 < 0.06).astype(np.float32) - np.float32(0.06)


@family(
    "frogs at a pond",
    Knob("frogs", 5, 1, 12, "frogs", "how many croak", follows="intensity"),
    Knob("pitch", 1.0, 0.75, 2.0, "ratio", "pitch of the frogs", against="size"),
    Knob("croaks_per_minute", 40, 10, 90, "1/min", "croaks of each frog", follows="speed"),
    presets={"bullfrog": {"pitch": 0.8, "frogs": 3}, "tree": {"pitch": 1.9, "frogs": 9}},
    natural_seconds=8.0,
    place="outdoors",
)
def frogs(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A croak is a train of thirty to sixty pulses a second, ringing in the throat sac."""
    n = samples_in(seconds)
    ears = np.stack([0.01 * band(rng, n, 100, 3000, PINK)] * 2)
    for number in range(round(k.frogs)):
        gain = 10 ** (-(0 if number == 0 else rng.uniform(2, 16)) / 20)
        ears += sided(_frog(seconds, rng, k), rng.uniform(-0.9, 0.9)) * np.float32(gain)
    return ears


def _frog(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    result = np.zeros(samples_in(seconds), np.float32)
    throat_hz = k.pitch * rng.uniform(550, 1300)
    pulses_hz, length = rng.uniform(32, 62), rng.uniform(0.22, 0.5)
    gap = 60 / k.croaks_per_minute
    for start in event_times(
        rng,
        seconds,
        gap_seconds=gap,
        jitter=0.3,
        first_seconds=rng.uniform(0, gap),
        needs_seconds=0,
    ):
        croak = _croak(rng, throat_hz, pulses_hz, length * rng.uniform(0.85, 1.15))
        add_at(result, samples_in(start), croak, rng.uniform(0.6, 1.0))
    return result


def _croak(
    rng: np.random.Generator, throat_hz: float, pulses_hz: float, seconds: float
) -> FloatArray:
    n = samples_in(seconds)
    result = np.zeros(n, np.float32)
    m = samples_in(0.03)
    ring = np.float32(decay(m, 0.006, 0.001))
    for start in event_times(
        rng, seconds, gap_seconds=1 / pulses_hz, jitter=0.06, first_seconds=0, needs_seconds=0
    ):
        rise = 1 + 0.15 * start / seconds
        pulse = harmonics(throat_hz * rise, m, [1, 0.6, 0.35, 0.1]) + 0.3 * band(rng, m, 500, 4000)
        add_at(result, samples_in(start), pulse * ring)
    return unit_rms(result * hump(n, 0.4))
