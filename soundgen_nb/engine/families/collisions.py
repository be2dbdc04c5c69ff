"""Collisions: tyres that skid, vehicles that crash, fists and bodies."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, ONE, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import decay, faded, hump, swell, wander
from soundgen_nb.engine.parts.filters import glide, resonate
from soundgen_nb.engine.parts.grains import (
    burst,
    layered,
    poisson_starts,
    rustle,
    scatter,
    sequenced,
    variants,
)
from soundgen_nb.engine.parts.noise import PINK, band
from soundgen_nb.engine.parts.resonators import modes, phase
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak, unit_rms

_BODYWORK = (  # what a car's sheet metal answers to: centre in Hz, Q, gain
    (95, 4, 0.9),
    (180, 5, 1.0),
    (340, 6, 0.9),
    (610, 8, 0.8),
    (1050, 9, 0.7),
    (1900, 10, 0.5),
    (3300, 10, 0.4),
)


@family(
    "vehicles crashing: a skid perhaps, the crunch of metal, glass, and what falls after it",
    ONE,
    Knob("gap_seconds", 3.5, 1.0, 8.0, "s", "time from crash to crash", against="speed"),
    Knob("skid_seconds", 0.0, 0.0, 2.5, "s", "how long the tyres skid before it"),
    Knob("weight", 1.0, 0.5, 2.0, "ratio", "how heavy and low the crash is", follows="size"),
    Knob("glass", 0.5, 0.0, 1.0, "share", "windows that break"),
    Knob("debris", 30, 0, 90, "pieces", "pieces that fall after it", follows="intensity"),
    presets={
        "skid": {"skid_seconds": 1.2},
        "bump": {"glass": 0.0, "debris": 4, "weight": 0.6},
    },
    natural_seconds=4.0,
    place="street",
)
def crash(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """The blow, sheet metal folding for a third of a second, windows, and pieces coming to rest."""
    return sequenced(
        seconds,
        rng,
        k,
        _crash,
        gap_seconds=k.gap_seconds + k.skid_seconds,
        jitter=0.15,
        needs_seconds=1.5 + k.skid_seconds,
    )


@family(
    "tyres screeching on a road",
    COUNT,
    Knob("gap_seconds", 0.6, 0.3, 4.0, "s", "pause from skid to skid", against="speed"),
    Knob("skid_seconds", 2.4, 0.4, 5.0, "s", "how long one lasts", follows="intensity"),
    Knob("pitch_hz", 1300.0, 600.0, 2200.0, "Hz", "note of the tyres", against="size"),
    Knob("fall", 0.22, 0.0, 0.5, "share", "how far the note falls as the wheels slow down"),
    presets={
        "brakes": {"skid_seconds": 1.3, "fall": 0.35},
        "drift": {"skid_seconds": 3.2, "fall": 0.05},
    },
    natural_seconds=4.0,
    place="street",
)
def skid(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Rubber that sticks and slips: four wheels, each near a note of its own, and their hiss."""
    lasting = min(k.skid_seconds, 0.75 * seconds)
    return sequenced(
        seconds,
        rng,
        k,
        lambda rng, k: _skid(rng, lasting, k.pitch_hz, k.fall),
        gap_seconds=k.gap_seconds + lasting,
        jitter=0.2,
        needs_seconds=lasting,
    )


@family(
    "a blow: a punch, a slap, a kick, a body that falls",
    COUNT,
    Knob("gap_seconds", 0.75, 0.2, 3.0, "s", "time from blow to blow", against="speed"),
    Knob("weight", 1.0, 0.5, 2.0, "ratio", "how heavy and low the blow is", follows="size"),
    Knob("smack", 0.5, 0.0, 1.0, "share", "slap of the skin", follows="intensity"),
    Knob("bright_hz", 2600.0, 900.0, 5000.0, "Hz", "pitch of the slap", follows="brightness"),
    Knob("thumps", 1, 1, 5, "thumps", "how many parts of a body arrive one after the other"),
    Knob("swing", 0.15, 0.0, 1.0, "share", "air and cloth before the blow lands"),
    presets={
        "punch": {},
        "slap": {"smack": 1.0, "bright_hz": 2700, "weight": 0.8, "swing": 0.05},
        "kick": {"smack": 0.3, "bright_hz": 1600, "weight": 1.4, "swing": 0.25},
        "body_fall": {
            "smack": 0.12,
            "bright_hz": 1100,
            "weight": 1.7,
            "thumps": 4,
            "gap_seconds": 2.6,
        },
    },
    natural_seconds=3.0,
    place="room",
)
def punch(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Cloth in the air, skin against skin, and the mass behind it, which gives no note."""
    return sequenced(seconds, rng, k, _blow, jitter=0.35, needs_seconds=0.5)


def _crash(rng: np.random.Generator, k: Values) -> FloatArray:
    start = samples_in(k.skid_seconds)
    scene = np.zeros(start + samples_in(3.2), np.float32)
    if start:
        add_at(scene, 0, _skid(rng, k.skid_seconds, 1300.0, 0.15), 0.4)
    add_at(scene, start, _impact(rng, k.weight))
    for _ in range(3):  # nothing stops at once: the cars touch again
        again = start + samples_in(rng.uniform(0.12, 0.6))
        add_at(scene, again, _impact(rng, 0.6 * k.weight), rng.uniform(0.15, 0.4))
    add_at(scene, start + samples_in(0.04), _windows(rng), 0.5 * k.glass)
    for _ in range(round(k.debris)):
        late = rng.uniform(0.2, 0.5) + rng.exponential(0.5)
        gain = 0.35 * rng.random() ** 2 * np.exp(-late)
        add_at(scene, start + samples_in(late), _piece(rng, k.weight), gain)
    return scene


def _impact(rng: np.random.Generator, weight: float) -> FloatArray:
    """A blow through the bodywork: folds that snap in a crowd, driven into saturation."""
    n = samples_in(0.9)
    folds = poisson_starts(rng, n, 260, decay(n, 0.12 * weight, 0.01))
    kinds = variants(24, lambda r: burst(r, 150, 5000, r.uniform(0.002, 0.012)), rng)
    metal = scatter(n, folds, rng.random(len(folds)) ** 1.5, kinds, rng) * decay(n, 0.25 * weight)
    tuned = rng.uniform(0.85, 1.15) / weight**0.4
    body = resonate(metal, [(hz * tuned, q, gain) for hz, q, gain in _BODYWORK])
    thump = burst(rng, 35, 160 / weight, 0.09 * weight, 0.003, PINK)
    hit = layered(
        unit_peak(body), 0.6 * unit_peak(metal), 0.9 * unit_peak(thump),
        0.7 * unit_peak(burst(rng, 300, 6000, 0.03)),
    )  # fmt: skip
    return np.asarray(np.tanh(2.0 * unit_peak(hit)), np.float32)


def _windows(rng: np.random.Generator) -> FloatArray:
    """Safety glass: a burst, then crumbs by the hundred, thinning out."""
    n = samples_in(1.6)
    kinds = variants(30, _crumb, rng)
    starts = poisson_starts(rng, n, 160, decay(n, 0.35, 0.03))
    crumbs = scatter(n, starts, rng.random(len(starts)) ** 2, kinds, rng)
    return layered(unit_peak(burst(rng, 2500, 15000, 0.05)), unit_peak(crumbs))


def _crumb(rng: np.random.Generator) -> FloatArray:
    hz = rng.uniform(3000, 8000) * np.array([1, 1.58, 2.24])
    return modes(samples_in(0.12), hz, rng.uniform(0.006, 0.03), [1, 0.6, 0.4])


def _piece(rng: np.random.Generator, weight: float) -> FloatArray:
    """A piece of sheet or trim that lands, and bounces once or twice."""
    hz = rng.uniform(350, 2600) / weight**0.5 * np.array([1, 1.47, 2.09, 2.56, 3.9])
    ring = rng.uniform(0.01, 0.06) * np.array([1, 0.8, 0.7, 0.5, 0.3])
    piece, at, gap = np.zeros(samples_in(0.7), np.float32), 0.0, rng.uniform(0.05, 0.16)
    for gain in (1.0, 0.5, 0.25):
        ringing = modes(samples_in(0.3), hz, ring, rng.uniform(0.2, 1.0, 5))
        landing = layered(unit_peak(ringing), unit_peak(burst(rng, 500, 7000, 0.004)))
        add_at(piece, samples_in(at), landing, gain)
        at, gap = at + gap, 0.6 * gap
    return piece


def _skid(rng: np.random.Generator, seconds: float, pitch_hz: float, fall: float) -> FloatArray:
    n = samples_in(seconds * rng.uniform(0.85, 1.1))
    slowing = 1 - fall * np.linspace(0, 1, n)
    wheels = np.zeros(n, np.float32)
    for _ in range(4):
        note_hz = pitch_hz * rng.uniform(0.85, 1.15) * slowing * wander(rng, n, 10, 0.94, 1.06)
        wheels += _squeal(rng, note_hz.astype(np.float32)) * wander(rng, n, 7, 0.3, 1.0)
    hiss = 0.2 * band(rng, n, 900, 4000, PINK) + 0.1 * band(rng, n, 60, 400)
    grip = wander(rng, n, 2.5, 0.6, 1.0)
    return unit_peak(faded((unit_rms(wheels) + hiss) * grip, 0.06, 0.09))


def _squeal(rng: np.random.Generator, note_hz: FloatArray) -> FloatArray:
    """Stick and slip: a note whose periods tremble, and rubber torn off about the same pitch."""
    n = len(note_hz)
    turns = phase(note_hz * (1 + 0.035 * band(rng, n, 40, 300)), n)
    tone = sum(np.sin(2 * np.pi * h * turns) / h**1.4 for h in (1, 2, 3, 4))
    rubber = band(rng, n, 300, 9000)
    torn = glide(rubber, note_hz, 22.0) + 0.45 * glide(rubber, 2 * note_hz, 22.0)
    return unit_rms(np.asarray(tone, np.float32)) + np.float32(1.15) * unit_rms(torn)


def _blow(rng: np.random.Generator, k: Values) -> FloatArray:
    lead = 0.14 if k.swing > 0 else 0.02
    blow = np.zeros(samples_in(lead + 0.9), np.float32)
    n = samples_in(lead)
    air = band(rng, n, 250, 2500, PINK) * swell(n, 0.8, 2.0, 5.0)
    add_at(blow, 0, unit_peak(air), 0.4 * k.swing)
    at, gain = lead, 1.0
    for _ in range(round(k.thumps)):
        add_at(blow, samples_in(at), _thump(rng, k), gain)
        at, gain = at + rng.uniform(0.05, 0.16), gain * rng.uniform(0.4, 0.8)
    if k.thumps > 1:
        cloth = rustle(rng, hump(samples_in(0.5)), 1500, 1800, 0.5)
        add_at(blow, samples_in(0.6 * lead), cloth, 0.12)
    return blow * np.float32(rng.uniform(0.8, 1.0))


def _thump(rng: np.random.Generator, k: Values) -> FloatArray:
    w = k.weight * rng.uniform(0.9, 1.1)
    mass = burst(rng, 56 / w, 240 / w, 0.05 * w**0.5, 0.002)
    flesh = burst(rng, 180 / w, 1000, 0.018 * w, 0.0015, PINK)
    skin = burst(rng, 0.75 * k.bright_hz, 2.4 * k.bright_hz, 0.0075, 0.001, -4.7)
    sound = layered(0.8 * unit_peak(mass), 0.5 * unit_peak(flesh), 1.5 * k.smack * unit_peak(skin))
    return np.asarray(np.tanh(3.0 * unit_peak(sound)), np.float32)
