"""Water: the sea, streams, falls, drops, bubbles."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, ONE, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.bubbles import bubbling
from soundgen_nb.engine.parts.envelopes import decay, swell, wander
from soundgen_nb.engine.parts.filters import glide, lowpass
from soundgen_nb.engine.parts.grains import (
    burst,
    layered,
    sequenced,
)
from soundgen_nb.engine.parts.noise import BROWN, PINK, band
from soundgen_nb.engine.parts.resonators import sine
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
    "waves breaking on a shore and drawing back",
    Knob("period_seconds", 7.0, 5.0, 9.0, "s", "time from wave to wave", against="speed"),
    Knob(
        "surf", 0.5, 0.1, 1.0, "share", "how much of a wave breaks into hiss", follows="intensity"
    ),
    Knob("low_hz", 900.0, 500.0, 1500.0, "Hz", "top of the rumble", against="size"),
    natural_seconds=12.0,
)
def ocean_waves(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Three bands a wave: rumble first, body with it, hiss later and longer."""
    n = samples_in(seconds)
    shore = 0.1 * band(rng, n, 150, 2500, PINK)
    start = -rng.uniform(0.0, 0.35) * k.period_seconds
    while start < seconds:
        length = k.period_seconds * rng.uniform(0.95, 1.25)
        wave = _wave(samples_in(length), rng, k)
        add_at(shore, samples_in(start) if start > 0 else -samples_in(-start), wave)
        start += k.period_seconds * rng.uniform(0.85, 1.15)
    return widened(shore, rng)


@family(
    "a brook over stones",
    Knob("bubbles_hz", 2600.0, 900.0, 4500.0, "1/s", "bubbles a second", follows="intensity"),
    Knob("low_hz", 350.0, 200.0, 700.0, "Hz", "pitch of the largest bubble", against="size"),
    Knob("flow", 0.75, 0.3, 1.4, "ratio", "the rush of water under the bubbles", follows="speed"),
    natural_seconds=10.0,
)
def stream(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Thousands of rising bubbles a second over a band of noise."""
    n = samples_in(seconds)
    bubbles = bubbling(n, rng, k.bubbles_hz, k.low_hz, 4500, wander(rng, n, 5, 0.3, 1.0, 1.5))
    rush = band(rng, n, 350, 7000, -2.0) * wander(rng, n, 4, 0.6, 1.0)
    return widened(unit_rms(bubbles) * 0.5 + unit_rms(rush) * np.float32(k.flow), rng)


@family(
    "water falling from a height",
    Knob(
        "height", 0.6, 0.2, 1.0, "share", "how deep the thunder under the roar is", follows="size"
    ),
    Knob("spray", 0.5, 0.1, 1.0, "share", "hiss of fine drops", follows="intensity"),
    natural_seconds=10.0,
)
def waterfall(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Nearly white noise with a rumble under it, and large bubbles where it lands."""
    n = samples_in(seconds)
    roar = band(rng, n, 200, 6000, -1.5) * wander(rng, n, 6, 0.85, 1.0)
    spray = band(rng, n, 3000, 14000) * wander(rng, n, 3, 0.7, 1.0)
    thunder = band(rng, n, 30, 250, PINK) * wander(rng, n, 2, 0.6, 1.0)
    pool = unit_rms(bubbling(n, rng, 1500, 250, 2500))
    sum_ = roar + 0.6 * k.spray * spray + k.height * thunder + 0.35 * pool
    return widened(sum_.astype(np.float32), rng)


@family(
    "drops falling into water, one by one",
    COUNT,
    Knob("gap_seconds", 0.45, 0.2, 2.5, "s", "time from drop to drop", against="speed"),
    Knob("pitch_hz", 1600.0, 700.0, 2600.0, "Hz", "pitch of the bubble", against="size"),
    Knob("trickle", 0.0, 0.0, 0.2, "ratio", "water running beside the drops", follows="intensity"),
    natural_seconds=6.0,
)
def drip(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A click as the drop lands, a bubble closing under it that rises in pitch, and droplets."""
    drops = unit_peak(
        sequenced(
            seconds, rng, k, lambda rng, k: _drop(rng, k.pitch_hz), jitter=0.6, needs_seconds=0.3
        )
    )
    return drops + np.float32(k.trickle) * unit_peak(bubbling(len(drops), rng, 200, 400, 3500))


@family(
    "bubbles breaking at the surface of a boiling or blown liquid",
    Knob("rate_hz", 26.0, 6.0, 90.0, "1/s", "bubbles a second", follows="speed"),
    Knob("low_hz", 200.0, 90.0, 500.0, "Hz", "pitch of the largest bubble", against="size"),
    Knob("simmer", 0.3, 0.0, 1.0, "share", "fine boiling under the bubbles", follows="intensity"),
    natural_seconds=6.0,
    place="room",
)
def bubbles(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Bubbles of 200 to 900 Hz in clusters, over a simmer of small ones."""
    n = samples_in(seconds)
    crowd = wander(rng, n, 2.5, 0.1, 1.0, 2.0)
    large = bubbling(n, rng, k.rate_hz, k.low_hz, 4.5 * k.low_hz, crowd, ring=2.0)
    small = bubbling(n, rng, 500, 3 * k.low_hz, 4000)
    return unit_peak(large) + unit_peak(small) * np.float32(0.5 * k.simmer)


@family(
    "a vessel being filled",
    Knob("vessel_hz", 420.0, 200.0, 900.0, "Hz", "resonance of the empty vessel", against="size"),
    Knob("flow_hz", 350.0, 120.0, 900.0, "1/s", "bubbles a second", follows="intensity"),
    Knob("fill_octaves", 1.5, 0.5, 2.5, "octaves", "how far the resonance rises", follows="speed"),
    natural_seconds=5.0,
    place="kitchen",
)
def pouring(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Bubbles and splashing, heard through the air above them, which gets shorter and rises."""
    n = samples_in(seconds)
    fill_hz = (k.vessel_hz * 2 ** (k.fill_octaves * np.linspace(0, 1, n) ** 1.5)).astype(np.float32)
    gush = wander(rng, n, 7, 0.5, 1.0)
    water = unit_rms(bubbling(n, rng, k.flow_hz, 400, 3500, gush))
    water += 0.8 * band(rng, n, 500, 10_000, -0.75) * gush
    return 0.5 * water + glide(water, fill_hz, 6.0) + 0.5 * glide(water, 3 * fill_hz, 8.0)


@family(
    "something falling into water",
    ONE,
    Knob("size", 1.0, 0.35, 2.2, "ratio", "how large the thing is", follows="size"),
    Knob("gap_seconds", 2.6, 0.5, 5.0, "s", "time from splash to splash", against="speed"),
    natural_seconds=3.0,
)
def splash(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A slap, the thump of the closing cavity, a cloud of bubbles and the falling spray."""
    return sequenced(
        seconds,
        rng,
        k,
        lambda rng, k: _splash(rng, k.size * rng.uniform(0.85, 1.15)),
        jitter=0.2,
        needs_seconds=1.0,
    )


@family(
    "being under water: dull pressure and bubbles passing",
    Knob("depth", 0.5, 0.0, 1.0, "share", "how dull it is", follows="size"),
    Knob("bubbles_hz", 30.0, 5.0, 90.0, "1/s", "bubbles a second", follows="speed"),
    natural_seconds=8.0,
)
def underwater(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Brown noise that sways, and clusters of low bubbles through a low-pass."""
    n = samples_in(seconds)
    sway = band(rng, n, 40, 500 - 300 * k.depth, BROWN) * wander(rng, n, 0.6, 0.5, 1.0)
    crowd = wander(rng, n, 0.9, 0.0, 1.0, 4.0)
    rush = unit_peak(lowpass(bubbling(n, rng, 900, 250, 3000), 1500 - 700 * k.depth))
    passing = lowpass(
        bubbling(n, rng, k.bubbles_hz, 180, 1400, crowd, ring=2.0), 1500 - 700 * k.depth
    )
    return widened(0.5 * rush + 0.02 * sway + unit_peak(passing), rng)


def _wave(n: int, rng: np.random.Generator, k: Values) -> FloatArray:
    rise = rng.uniform(0.3, 0.42)
    body = swell(n, rise, 2.5, 4.2)
    hiss = swell(n, min(0.6, rise + 0.12), 4.0, 3.0)
    ripple = wander(rng, n, 9.0, 0.75, 1.0)
    wave = band(rng, n, 40, k.low_hz, PINK) * body
    wave += band(rng, n, 600, 4500, -1.5) * body**1.4 * ripple * (0.3 + 0.5 * k.surf)
    wave += band(rng, n, 3500, 16000) * hiss * 0.2 * k.surf
    return (wave * rng.uniform(0.6, 1.0)).astype(np.float32)


def _drop(rng: np.random.Generator, pitch_hz: float) -> FloatArray:
    hz = pitch_hz * 2 ** rng.uniform(-0.4, 0.4)
    drop = np.zeros(samples_in(0.4), np.float32)
    add_at(drop, 0, burst(rng, 1200, 9000, 0.0024), 0.43)
    add_at(drop, 0, burst(rng, 250, 2500, 0.025, 0.002, PINK), 0.17)
    add_at(drop, samples_in(0.012), _plop(rng, hz))
    if rng.random() < 0.4:  # a second, smaller bubble, as a drop that splashes leaves
        add_at(drop, samples_in(rng.uniform(0.04, 0.1)), _plop(rng, hz), rng.uniform(0.3, 1.0))
    n = samples_in(0.25)
    droplets = unit_peak(bubbling(n, rng, 180, hz, 4 * hz, decay(n, 0.08)))
    add_at(drop, samples_in(0.02), droplets, 0.6)
    return drop * np.float32(rng.uniform(0.55, 1.0))


def _plop(rng: np.random.Generator, hz: float) -> FloatArray:
    n, ring = samples_in(0.13), 0.015
    rising = 1 + rng.uniform(0.12, 0.45) * time_axis(n) / ring
    return sine(hz * 2 ** rng.uniform(-0.6, 0.6) * rising, n) * decay(n, ring, 0.001)


def _splash(rng: np.random.Generator, size: float) -> FloatArray:
    n = samples_in(1.1 + 0.7 * size)
    slap = burst(rng, 300, 6000, 0.03 * size, 0.003)
    thump = burst(rng, 50, 260 / size, 0.09 * size, 0.01, PINK)
    cloud = bubbling(n, rng, 600, 300 / size, 3500, decay(n, 0.3 * size, 0.05))
    spray = band(rng, n, 1200, 12000) * swell(n, 0.12, 1.2, 6.0)
    patter = wander(rng, n, 60, 0.2, 1.0, 2.0)
    return layered(1.2 * slap, 1.4 * thump, 1.1 * unit_peak(cloud), 0.55 * spray * patter)
