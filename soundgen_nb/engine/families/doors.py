"""Doors: knocks, creaks, slams."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, ONE, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import hump, wander
from soundgen_nb.engine.parts.filters import resonate
from soundgen_nb.engine.parts.grains import burst, layered, scatter, sequenced, variants
from soundgen_nb.engine.parts.noise import PINK
from soundgen_nb.engine.parts.resonators import modes, pulses
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak

_PANEL_HZ = np.array([110, 175, 240, 390, 560, 820, 1150])
_PANEL_DECAYS = np.array([35, 30, 24, 18, 12, 8, 6]) / 1000
_HINGE = (  # centre in Hz, Q, gain
    (350, 12, 0.6),
    (635, 14, 0.9),
    (1060, 18, 1.0),
    (1580, 21, 0.8),
    (2300, 24, 0.65),
    (3310, 24, 0.4),
    (4780, 24, 0.17),
)


@family(
    "knuckles on a door",
    COUNT,
    Knob("gap_seconds", 0.3, 0.16, 0.6, "s", "time from knock to knock", against="speed"),
    Knob("panel", 1.0, 0.7, 1.6, "ratio", "pitch of the panel", against="size"),
    Knob("damping", 1.0, 0.4, 2.5, "ratio", "how fast the panel falls silent"),
    presets={"metal": {"panel": 1.5, "damping": 0.4}, "glass": {"panel": 1.6, "damping": 1.5}},
    natural_seconds=3.0,
    place="room",
)
def knock(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A panel struck with short bursts of noise, in bursts of three or as counted."""
    panel = k.panel * rng.uniform(0.9, 1.1)
    return sequenced(
        seconds,
        rng,
        k,
        lambda rng, k: _knock(rng, panel, k.damping),
        jitter=0.1,
        needs_seconds=0.3,
        group=(2, 4),
        pause_seconds=0.9,
    )


@family(
    "a hinge creaking as a door opens",
    COUNT,
    Knob("gap_seconds", 0.7, 0.5, 2.0, "s", "time from creak to creak", against="speed"),
    Knob("slips_hz", 85.0, 45.0, 170.0, "1/s", "slips of the hinge a second", against="size"),
    Knob("rust", 0.33, 0.1, 0.9, "share", "how uneven the slips are", follows="intensity"),
    Knob("latch", 0.35, 0.0, 1.0, "share", "the latch that lets go first"),
    natural_seconds=5.0,
    room_tone_db=-36.0,
)
def door_creak(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """The latch, then gestures of stick and slip through the modes of the door.

    Each slip is a scratch of noise: a steady train of clean pulses would be a motor boat.
    """
    scratches = sequenced(
        seconds, rng, k, _creak, jitter=0.25, first_seconds=0.35, needs_seconds=0.6
    )
    size = rng.uniform(0.95, 1.05)
    wood = [(hz * size, q, gain) for hz, q, gain in _HINGE]
    door = np.asarray(np.tanh(1.1 * unit_peak(resonate(scratches, wood))), np.float32)
    add_at(door, samples_in(0.06), _latch(rng), k.latch)
    return door


@family(
    "a door slammed shut",
    ONE,
    Knob("gap_seconds", 2.5, 0.6, 5.0, "s", "time from slam to slam", against="speed"),
    Knob("weight", 1.0, 0.5, 2.0, "ratio", "weight of the door", follows="size"),
    Knob("rattle", 0.5, 0.0, 1.0, "share", "latch and frame rattling after", follows="intensity"),
    presets={"metal": {"rattle": 1.0, "weight": 0.8}},
    natural_seconds=2.5,
    place="room",
)
def door_slam(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """The rush of air, the door meeting its frame, the panel booming, the latch rattling."""
    return sequenced(seconds, rng, k, _slam, jitter=0.1, needs_seconds=1.0)


def _knock(rng: np.random.Generator, panel: float, damping: float) -> FloatArray:
    hz = _PANEL_HZ * panel * rng.uniform(0.98, 1.02, len(_PANEL_HZ))
    body = modes(samples_in(0.25), hz, _PANEL_DECAYS / damping, [0.9, 1, 0.9, 0.8, 0.7, 0.5, 0.35])
    thump = burst(rng, 70 * panel, 420 * panel, 0.022 / damping)
    knuckle = burst(rng, 300, 3200, 0.006)
    sound = unit_peak(layered(0.5 * body, 1.2 * thump, 1.3 * knuckle))
    return sound * np.float32(rng.uniform(0.8, 1.0))


def _creak(rng: np.random.Generator, k: Values) -> FloatArray:
    """One movement of the door: slips whose pace glides and trembles."""
    n = samples_in(k.gap_seconds * rng.uniform(0.5, 0.95))
    x = np.linspace(0, 1, n)
    octaves = rng.uniform(-0.25, 0.25) + rng.uniform(-0.6, 0.6) * x
    octaves += rng.uniform(-0.5, 0.5) * np.sin(np.pi * x * rng.uniform(1, 3))
    octaves += wander(rng, n, 20, -0.2, 0.2)
    slips = pulses(k.slips_hz * 2**octaves, n)
    strength = np.maximum(0.05, 1 + k.rust * rng.standard_normal(len(slips)))
    push = hump(n, 0.8) * wander(rng, n, 2, 0.7, 1.0)
    return scatter(n, slips, strength * push[slips], variants(100, _scratch, rng), rng)


def _scratch(rng: np.random.Generator) -> FloatArray:
    scratch = burst(rng, 0, 20_000, 0.0004)
    scratch[0] += 0.43
    return scratch


def _latch(rng: np.random.Generator) -> FloatArray:
    handle = unit_peak(burst(rng, 900, 6000, 0.008, 0.002))
    give = unit_peak(layered(burst(rng, 500, 5000, 0.006), 1.5 * burst(rng, 70, 500, 0.03, 0.001)))
    latch = np.zeros(samples_in(0.4), np.float32)
    add_at(latch, 0, handle, 0.5)
    add_at(latch, samples_in(rng.uniform(0.09, 0.14)), give)
    return latch


def _slam(rng: np.random.Generator, k: Values) -> FloatArray:
    air = burst(rng, 80, 900, 0.02, 0.12, PINK)
    hit = layered(
        1.5 * burst(rng, 300, 5000, 0.012),
        2.2 * burst(rng, 40, 220 / k.weight, 0.09 * k.weight, 0.002),
        1.2 * burst(rng, 120, 900, 0.05 * k.weight, 0.001, PINK),
    )
    door = np.zeros(samples_in(1.2), np.float32)
    add_at(door, 0, 0.15 * air)
    add_at(door, samples_in(0.12), hit)
    for number in range(1, 5):
        start = 0.12 + 0.05 * number * rng.uniform(0.7, 1.3)
        add_at(door, samples_in(start), burst(rng, 900, 6000, 0.01), 0.5 * k.rattle * 0.6**number)
    return door
