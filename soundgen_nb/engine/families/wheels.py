"""Wheels without an engine: a bicycle, a skateboard, a suitcase, a cart."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import wander
from soundgen_nb.engine.parts.filters import resonate
from soundgen_nb.engine.parts.grains import burst, layered, poisson_starts, scatter, variants
from soundgen_nb.engine.parts.noise import PINK, band, white
from soundgen_nb.engine.parts.resonators import modes, phase, pulses
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak, unit_rms

_WHEEL_METRES = 2.1  # round a bicycle's tyre
_PAWLS = 18  # ticks of a freewheel in one turn
_LINK_METRES = 0.12  # of road for each link of the chain, in a middle gear


@family(
    "a bicycle: the ticking of its freewheel, its chain",
    Knob("speed", 5.2, 2.0, 10.0, "m/s", "how fast it rolls", follows="speed"),
    Knob("coasting", 0.6, 0.0, 1.0, "share", "time it rolls freely; the rest is pedalled"),
    Knob("rattle", 0.4, 0.0, 1.0, "share", "what is loose on it", follows="intensity"),
    Knob("ratchet_hz", 3900, 2500, 6500, "Hz", "note of a tick", against="size"),
    presets={
        "freewheel": {"coasting": 1.0},
        "chain": {"coasting": 0.0, "rattle": 0.3},
    },
    natural_seconds=7.0,
    place="outdoors",
)
def bicycle(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Pawls that tick over the ratchet while it coasts, a chain that runs while it is pedalled."""
    n = samples_in(seconds)
    speed = k.speed * wander(rng, n, 0.4, 0.9, 1.1)
    coasts = _coasts(n, rng, k.coasting)
    ticks = pulses(speed / _WHEEL_METRES * _PAWLS, n, rng.random())
    # each pawl is a little different, and the same one comes round with the wheel
    forces = rng.uniform(0.7, 1.0, _PAWLS)[np.arange(len(ticks)) % _PAWLS] * coasts[ticks]
    kinds = variants(_PAWLS, lambda r: _tick(r, k.ratchet_hz), rng)
    result = scatter(n, ticks, forces, kinds, rng)
    links = pulses(speed / _LINK_METRES, n)
    pedals = 0.8 + 0.2 * np.sin(2 * np.pi * phase(np.full(n, 2.6), n)).astype(np.float32)
    runs = 0.5 * ((1 - coasts) * pedals)[links] * rng.uniform(0.7, 1, len(links))
    result += scatter(n, links, runs, variants(8, _link, rng), rng)
    result += 0.004 * band(rng, n, 300, 4000, PINK) * wander(rng, n, 8, 0.6, 1)
    loose = poisson_starts(rng, n, 2.5)
    bumps = 0.6 * k.rattle * rng.random(len(loose)) ** 2
    result += scatter(n, loose, bumps, variants(6, _bump, rng), rng)
    return np.asarray(result, np.float32)


def _coasts(n: int, rng: np.random.Generator, share: float) -> FloatArray:
    """1 (n,) where the rider lets it roll, 0 where he pedals, with short joints between."""
    if share in (0.0, 1.0):
        return np.full(n, share, np.float32)
    turn = wander(rng, n, 0.5, 0.0, 1.0)
    return np.asarray(np.clip((share - turn) * 12 + 0.5, 0, 1), np.float32)


def _tick(rng: np.random.Generator, hz: float) -> FloatArray:
    n = samples_in(0.03)
    partials = hz * rng.uniform(0.92, 1.08, 5) * np.array([0.5, 0.62, 1.0, 1.47, 2.1])
    ring = modes(n, partials, [0.005, 0.005, 0.004, 0.0025, 0.002], rng.uniform(0.3, 1, 5))
    return unit_peak(layered(unit_peak(ring), burst(rng, 2000, 12000, 0.0022)))


def _link(rng: np.random.Generator) -> FloatArray:
    return unit_peak(layered(_tick(rng, 2600), 0.8 * burst(rng, 900, 7000, 0.004, 0.001)))


def _bump(rng: np.random.Generator) -> FloatArray:
    n = samples_in(0.15)
    frame = rng.uniform(0.85, 1.15) * np.array([170, 620, 1480, 2700, 4300])
    return unit_peak(modes(n, frame, [0.02, 0.025, 0.02, 0.015, 0.01], [0.6, 1, 0.8, 0.5, 0.3]))


@family(
    "small hard wheels that roll: a skateboard, a suitcase, a cart",
    Knob("joints_hz", 3.4, 0.5, 14.0, "1/s", "joints of the pavement a second", follows="speed"),
    Knob("roar", 0.6, 0.1, 1.0, "share", "rumble of the wheels", follows="intensity"),
    Knob("body_hz", 520, 120, 900, "Hz", "resonance of what they carry", against="size"),
    Knob("rattle", 0.1, 0.0, 1.0, "share", "what is loose on it"),
    presets={
        "skateboard": {},
        "suitcase": {"joints_hz": 8, "body_hz": 240, "rattle": 0.25},
        "cart": {"joints_hz": 4, "body_hz": 650, "rattle": 1.0, "roar": 0.4},
    },
    natural_seconds=6.0,
    place="street",
)
def rolling(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Grains of the road under hard wheels, and a double knock at each joint: front, then back."""
    n = samples_in(seconds)
    going = wander(rng, n, 0.6, 0.6, 1.0)
    body = [(k.body_hz * r, 4.5, gain) for r, gain in ((0.6, 1), (1, 1), (2.3, 0.8))]
    grit = unit_rms(resonate(white(rng, n) * wander(rng, n, 27, 0.15, 1.0, 2.0), body))
    grit += 0.2 * band(rng, n, 650, 3500, -3.6) + 0.9 * band(rng, n, 30, 250, PINK)
    result = np.asarray(0.6 * k.roar * grit * going, np.float32)
    gap = 1 / k.joints_hz
    knocks = variants(8, lambda r: _joint(r, 1.4 * k.body_hz), rng)
    for start in event_times(rng, seconds, gap_seconds=gap, jitter=0.3, first_seconds=0.1):
        force = rng.uniform(0.7, 1.9)
        for after, gain in ((0.0, 1.0), (0.41 * gap, 0.8)):  # the front wheels, then the rear
            knock = knocks[rng.integers(len(knocks))]
            add_at(result, samples_in(start + after), knock, force * gain)
    loose = poisson_starts(rng, n, 28 * k.rattle, wander(rng, n, 6, 0.1, 1, 2))
    shakes = 0.9 * rng.random(len(loose)) ** 1.5
    return result + scatter(n, loose, shakes, variants(10, _bump, rng), rng)


def _joint(rng: np.random.Generator, body_hz: float) -> FloatArray:
    n = samples_in(0.12)
    hz = body_hz * rng.uniform(0.9, 1.1) * np.array([0.6, 1, 2.3, 4.4])
    body = modes(n, hz, [0.023, 0.018, 0.01, 0.006], [1, 0.9, 0.6, 0.4])
    return unit_peak(layered(unit_peak(body), 0.4 * burst(rng, 800, 7000, 0.005)))
