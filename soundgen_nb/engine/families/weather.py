"""Weather: rain on things, thunder, wind."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import decay, stretched, wander
from soundgen_nb.engine.parts.filters import glide
from soundgen_nb.engine.parts.grains import (
    burst,
    layered,
    poisson_starts,
    scatter,
    sequenced,
    variants,
)
from soundgen_nb.engine.parts.noise import BROWN, PINK, band, white
from soundgen_nb.engine.parts.resonators import modes, sine
from soundgen_nb.engine.parts.timeline import FloatArray, samples_in, unit_peak
from soundgen_nb.engine.space import widened


@family(
    "rain, from a few drops to a downpour, on the ground or on something that sounds",
    Knob(
        "drops_hz", 300.0, 60.0, 1500.0, "1/s", "drops near enough to be heard", follows="intensity"
    ),
    Knob("bed", 0.5, 0.2, 1.6, "ratio", "the rush of all the others", follows="intensity"),
    Knob("low_hz", 1500.0, 700.0, 3000.0, "Hz", "pitch of the heaviest drop", against="size"),
    Knob("surface", 0.0, 0.0, 1.0, "share", "how much of it is heard through a surface"),
    Knob("surface_hz", 400.0, 120.0, 2500.0, "Hz", "lowest resonance of that surface"),
    Knob("ring", 6.0, 1.0, 40.0, "Q", "how long the surface rings"),
    presets={
        "tin": {"surface": 0.75, "surface_hz": 900, "ring": 8},
        "tent": {"surface": 0.7, "surface_hz": 190, "ring": 1.7},
        "window": {"surface": 0.55, "surface_hz": 1500, "ring": 5},
        "umbrella": {"surface": 0.75, "surface_hz": 330, "ring": 3},
        "leaves": {"surface": 0.5, "surface_hz": 1600, "ring": 1},
    },
    natural_seconds=10.0,
)
def rain(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Single drops, few of them loud, over thousands of small ones that run into noise."""
    n = samples_in(seconds)
    near = _drops(n, rng, k.drops_hz, variants(48, lambda r: _raindrop(r, k), rng))
    fine = _drops(n, rng, 2 * k.drops_hz, variants(24, _patter, rng))
    bed = band(rng, n, 900, 12000, -1.0) * wander(rng, n, 1.0, 0.8, 1.0)
    under = band(rng, n, 0.6 * k.surface_hz, 4 * k.surface_hz, PINK)
    bed = (1 - 0.6 * k.surface) * bed + 0.6 * k.surface * under
    return widened((near + 0.3 * fine + 0.16 * k.bed * bed).astype(np.float32), rng)


@family(
    "thunder rolling after lightning",
    COUNT,
    Knob("gap_seconds", 8.0, 4.0, 20.0, "s", "time from thunder to thunder", against="speed"),
    Knob("roll_seconds", 2.8, 1.2, 5.0, "s", "how long it rolls", follows="size"),
    Knob("crack", 0.15, 0.0, 1.0, "share", "the first crack of a near strike", follows="intensity"),
    Knob("rain", 0.018, 0.0, 0.2, "ratio", "rain beside it"),
    natural_seconds=9.0,
    place="canyon",
)
def thunder(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Twenty to forty overlapping rolls from along the lightning's path, under a low-pass."""
    n = samples_in(seconds)
    storm = sequenced(seconds, rng, k, _strike, jitter=0.2, needs_seconds=2.5)
    storm += np.float32(k.rain) * np.abs(storm).max() * band(rng, n, 600, 8000, -1.5)
    return widened(storm, rng, 0.4)


@family(
    "wind, from a breeze to a howling gale",
    Knob("gusts", 0.8, 0.2, 1.0, "share", "how far it falls between gusts", follows="intensity"),
    Knob("gust_hz", 0.45, 0.15, 1.2, "1/s", "gusts a second", follows="speed"),
    Knob("pitch_hz", 380.0, 200.0, 800.0, "Hz", "where it blows loudest", follows="brightness"),
    Knob("howl", 0.35, 0.0, 1.0, "share", "whistling round edges", follows="intensity"),
    natural_seconds=10.0,
)
def wind(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Pink noise through resonances that glide up as the gust grows."""
    n = samples_in(seconds)
    gust = wander(rng, n, k.gust_hz, 1 - k.gusts, 1.0, 1.3) * wander(rng, n, 4.0, 0.8, 1.0)
    air = band(rng, n, 30, 12000, PINK)
    blow = glide(air, k.pitch_hz * (0.5 + gust), 1.2) * gust**1.3
    edge = glide(air, 1.9 * k.pitch_hz * (0.65 + 0.5 * gust), 14.0) * gust**2
    second = glide(air, 2.9 * k.pitch_hz * (0.7 + 0.4 * gust), 18.0) * gust**2.5
    low = band(rng, n, 25, 160, BROWN) * gust
    whistle = np.float32(k.howl) * (2.5 * edge + 1.5 * second)
    return widened((blow + whistle + 0.12 * low).astype(np.float32), rng)


def _drops(n: int, rng: np.random.Generator, rate_hz: float, kinds: list[FloatArray]) -> FloatArray:
    starts = poisson_starts(rng, n, rate_hz)
    return scatter(n, starts, rng.random(len(starts)) ** 4, kinds, rng)


def _raindrop(rng: np.random.Generator, k: Values) -> FloatArray:
    """A tap on the ground, or on a surface that rings in a dozen places, never twice the same."""
    n = samples_in(0.012)
    hz = rng.uniform(k.low_hz, 6500)
    tap = (0.7 * white(rng, n) + 0.6 * sine(hz, n)) * decay(n, rng.uniform(0.0008, 0.003))
    if not k.surface:
        return tap
    body_hz = k.surface_hz * np.sort(rng.uniform(0.8, 3.2, 12)) ** 2
    decays = k.ring / (np.pi * body_hz)
    body = modes(
        samples_in(5 * decays.max()), body_hz, decays, rng.random(12), rng.uniform(0, 6, 12)
    )
    return layered((1 - k.surface) * tap, 1.2 * k.surface * unit_peak(body))


def _patter(rng: np.random.Generator) -> FloatArray:
    return unit_peak(burst(rng, 1500, 15000, rng.uniform(0.0005, 0.002)))


def _strike(rng: np.random.Generator, k: Values) -> FloatArray:
    seconds = 2.5 * k.roll_seconds + 1.0
    n = samples_in(seconds)
    rolls = stretched(_rolls(rng, seconds, k.roll_seconds), n)
    sound = band(rng, n, 25, 120, BROWN) * rolls
    sound += 0.7 * band(rng, n, 60, 450, -4.5) * rolls**1.2
    sound += 0.06 * band(rng, n, 300, 1500, PINK) * rolls**2
    crack = burst(rng, 200, 6000, 0.12, 0.002, PINK)
    sound[: len(crack)] += np.float32(3 * k.crack * rolls.max()) * crack
    return sound


def _rolls(rng: np.random.Generator, seconds: float, roll_seconds: float) -> FloatArray:
    """The loudness of many rolls, 200 values a second."""
    t = np.arange(round(seconds * 200)) / 200
    loudness = np.zeros(len(t))
    for _ in range(int(rng.integers(22, 37))):
        after = np.maximum(t - rng.exponential(0.5 * roll_seconds), 0)
        rise = np.minimum(1.0, after / rng.uniform(0.03, 0.25))
        loudness += rng.uniform(0.2, 1.0) * rise * np.exp(-after / rng.uniform(0.25, 0.9))
    return (loudness * np.exp(-t / roll_seconds) * np.minimum(1, (seconds - t) / 1.0)).astype(
        np.float32
    )
