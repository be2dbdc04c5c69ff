"""Gadgets: small mechanisms worked by a finger. Switches, shutters, lighters, zips."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import hump, swell, wander
from soundgen_nb.engine.parts.filters import glide
from soundgen_nb.engine.parts.grains import burst, each, layered, scatter, sequenced, variants
from soundgen_nb.engine.parts.noise import PINK, band
from soundgen_nb.engine.parts.resonators import modes, pulses
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import (
    SAMPLE_RATE,
    FloatArray,
    add_at,
    samples_in,
    unit_peak,
)


@family(
    "a click: of a switch, a button, a mouse, a camera's shutter, a lighter",
    COUNT,
    Knob("gap_seconds", 0.9, 0.15, 4.0, "s", "time from click to click", against="speed"),
    Knob("part_seconds", 0.05, 0.01, 0.6, "s", "from pressing to letting go"),
    Knob("pitch_hz", 3000.0, 900.0, 5000.0, "Hz", "note of the housing", against="size"),
    Knob("body", 0.3, 0.0, 1.0, "share", "how much the housing sounds", follows="intensity"),
    Knob("wind", 0.0, 0.0, 1.0, "share", "a small motor between the clicks"),
    Knob("flint", 0.0, 0.0, 1.0, "share", "a wheel on a flint, and a flame"),
    presets={
        "switch": {"part_seconds": 0.03, "body": 0.3, "gap_seconds": 1.3},
        "button": {"part_seconds": 0.12, "pitch_hz": 3500, "body": 0.15},
        "mouse": {"part_seconds": 0.075, "pitch_hz": 3200, "body": 0.25, "gap_seconds": 0.6},
        "shutter": {
            "part_seconds": 0.07,
            "pitch_hz": 1900,
            "body": 0.5,
            "wind": 0.6,
            "gap_seconds": 1.2,
        },
        "lighter": {"part_seconds": 0.5, "pitch_hz": 3700, "flint": 1.0, "gap_seconds": 1.6},
    },
    natural_seconds=4.0,
)
def click(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A spring that snaps over and back, in a small housing."""
    starts = event_times(
        rng, seconds, count=k.count, gap_seconds=k.gap_seconds, jitter=0.3, needs_seconds=0.4
    )
    housing = k.pitch_hz * rng.uniform(0.9, 1.1) * np.array([1.0, 1.43, 2.15, 2.9, 3.7])
    return each(seconds, starts, lambda: _click(rng, k, housing))


def _click(rng: np.random.Generator, k: Values, housing: np.ndarray) -> FloatArray:
    part = k.part_seconds * rng.uniform(0.85, 1.2)
    sound = np.zeros(samples_in(part + 0.25 + 0.6 * k.flint), np.float32)
    if k.flint:
        add_at(sound, 0, _spark(rng), k.flint)
    else:
        add_at(sound, 0, _snap(rng, k, housing), 1.0)
    if k.wind:
        n = samples_in(part)
        add_at(sound, samples_in(0.01), band(rng, n, 900, 6000) * hump(n), 0.12 * k.wind)
        add_at(sound, samples_in(0.4 * part), _snap(rng, k, 1.2 * housing), 0.7 * k.wind)
    add_at(sound, samples_in(part), _snap(rng, k, 1.12 * housing), rng.uniform(0.4, 0.8))
    return sound * np.float32(rng.uniform(0.7, 1.0))


def _snap(rng: np.random.Generator, k: Values, housing: np.ndarray) -> FloatArray:
    ring = np.array([6, 5, 4, 3, 3]) / 1000 * (2000 / housing[0]) ** 0.5
    hz = housing * rng.uniform(0.97, 1.03, 5)
    case = unit_peak(modes(samples_in(0.06), hz, ring, rng.uniform(0.4, 1.0, 5)))
    contact = unit_peak(burst(rng, 1.3 * housing[0], 4 * housing[0], 0.0008))
    finger = unit_peak(burst(rng, 150, 900, 0.006, 0.0005))
    return layered(k.body * case, contact, 0.3 * k.body * finger)


def _spark(rng: np.random.Generator) -> FloatArray:
    """The wheel's teeth along the flint, ever faster, then gas that catches and burns quietly."""
    n, m = samples_in(0.11), samples_in(0.8)
    teeth = pulses(np.linspace(70, 760, n), n)
    kinds = variants(12, lambda r: unit_peak(burst(r, 2700, 9000, 0.0007)), rng)
    strength = rng.uniform(0.1, 1.0, len(teeth)) * np.linspace(0.4, 1.0, len(teeth))
    wheel = scatter(n, teeth, strength, kinds, rng)
    flame = band(rng, m, 300, 2100, PINK) * swell(m, 0.12, 1.0, 4.0) * wander(rng, m, 30, 0.5, 1)
    sound = np.zeros(n + m, np.float32)
    add_at(sound, 0, unit_peak(wheel), 0.6)
    add_at(sound, n, unit_peak(flame), 0.12)
    return sound


@family(
    "a zip fastener opened or closed",
    COUNT,
    Knob("gap_seconds", 0.35, 0.2, 3.0, "s", "pause from one to the next", against="speed"),
    Knob("zip_seconds", 0.65, 0.2, 2.5, "s", "how long one lasts", follows="size"),
    Knob("teeth_hz", 120.0, 50.0, 500.0, "1/s", "teeth a second at the start", against="size"),
    Knob("glide_octaves", 0.7, -1.5, 1.5, "octaves", "how far it speeds up; below 0 it slows"),
    Knob("bright_hz", 3700.0, 1800.0, 6000.0, "Hz", "pitch of the teeth", follows="brightness"),
    presets={
        "close": {"glide_octaves": 0.9},
        "open": {"glide_octaves": -0.9, "teeth_hz": 230},
        "tent": {"zip_seconds": 1.6, "teeth_hz": 75},
    },
    natural_seconds=3.0,
    place="room",
)
def zip(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:  # noqa: A001
    """Teeth that lock one by one, so fast that their rate is a note, which moves with the hand."""
    return sequenced(
        seconds,
        rng,
        k,
        _zip,
        gap_seconds=k.gap_seconds + k.zip_seconds,
        jitter=0.2,
        needs_seconds=min(k.zip_seconds, 0.6 * seconds),
    )


def _zip(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(k.zip_seconds * rng.uniform(0.85, 1.15))
    x = np.linspace(0, 1, n)
    teeth_hz = k.teeth_hz * 2 ** (k.glide_octaves * x) * wander(rng, n, 9, 0.9, 1.1)
    teeth = pulses(teeth_hz, n)
    # no two teeth lock alike: an even train would be a motor
    teeth = np.sort(teeth + rng.normal(0, 0.08 * SAMPLE_RATE / k.teeth_hz, len(teeth)).astype(int))
    pull = np.minimum(1, 12 * x) * np.minimum(1, 14 * (1 - x)) * wander(rng, n, 25, 0.5, 1.0)
    kinds = variants(24, lambda r: _tooth(r, k.bright_hz), rng)
    strength = rng.uniform(0.2, 1.0, len(teeth)) * pull[np.clip(teeth, 0, n - 1)]
    chain = scatter(n, teeth, strength, kinds, rng)
    # the slider sings higher the faster the hand goes
    slider_hz = (900 * teeth_hz / teeth_hz.mean()).astype(np.float32)
    slider = glide(band(rng, n, 300, 14000), slider_hz, 3.8) * pull.astype(np.float32)
    return layered(unit_peak(chain), 0.23 * unit_peak(slider))


def _tooth(rng: np.random.Generator, bright_hz: float) -> FloatArray:
    return unit_peak(burst(rng, bright_hz * rng.uniform(0.7, 1.3), 14000, 0.0008, 0.0002))
