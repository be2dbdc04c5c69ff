"""Blasts: explosions, guns and their loading, fireworks."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, ONE, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import decay, swell, wander
from soundgen_nb.engine.parts.filters import glide
from soundgen_nb.engine.parts.grains import (
    burst,
    layered,
    poisson_starts,
    scatter,
    sequenced,
    variants,
)
from soundgen_nb.engine.parts.noise import BROWN, PINK, band
from soundgen_nb.engine.parts.resonators import modes
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak


@family(
    "an explosion",
    ONE,
    Knob("gap_seconds", 4.0, 1.0, 8.0, "s", "time from blast to blast", against="speed"),
    Knob("size", 1.0, 0.4, 2.0, "ratio", "how long and low it booms", follows="size"),
    Knob("debris_hz", 40.0, 0.0, 150.0, "1/s", "pieces falling after it", follows="intensity"),
    natural_seconds=5.0,
    place="canyon",
)
def explosion(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Three decays, from crack to boom, driven into saturation, and debris."""
    return sequenced(seconds, rng, k, _blast, jitter=0.2, needs_seconds=2.0)


@family(
    "a gunshot",
    ONE,
    Knob("gap_seconds", 1.3, 0.3, 4.0, "s", "time from shot to shot", against="speed"),
    Knob("calibre", 1.0, 0.5, 2.0, "ratio", "how heavy the weapon is", follows="size"),
    natural_seconds=2.5,
    place="street",
)
def gunshot(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """The shock, the muzzle blast, and echoes from the walls."""
    return sequenced(
        seconds,
        rng,
        k,
        lambda rng, k: _shot(rng, k.calibre, echoes=True),
        jitter=0.15,
        needs_seconds=1.0,
    )


@family(
    "a machine gun firing in bursts",
    COUNT,
    Knob("rate_hz", 11.0, 6.0, 20.0, "1/s", "shots a second", follows="speed"),
    Knob("burst", 9, 3, 40, "shots", "shots in a burst", follows="intensity"),
    Knob("calibre", 1.0, 0.5, 2.0, "ratio", "how heavy the weapon is", follows="size"),
    natural_seconds=4.0,
    place="street",
)
def machine_gun(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Shots at the weapon's rate, in bursts with pauses between, or as counted."""
    return sequenced(
        seconds,
        rng,
        k,
        lambda rng, k: _shot(rng, 0.8 * k.calibre, echoes=False),
        gap_seconds=1 / k.rate_hz,
        jitter=0.02,
        needs_seconds=0.4,
        group=(round(0.6 * k.burst), round(1.4 * k.burst)),
        pause_seconds=0.45,
    )


@family(
    "a gun cocked or loaded",
    ONE,
    Knob("gap_seconds", 1.6, 0.6, 4.0, "s", "time from one to the next", against="speed"),
    Knob("weight", 1.0, 0.6, 1.6, "ratio", "how heavy the weapon is", follows="size"),
    Knob("magazine", 0.0, 0.0, 1.0, "switch", "1: a magazine goes in before the slide"),
    Knob("stroke_seconds", 0.16, 0.08, 0.4, "s", "time from back to forward"),
    presets={
        "slide": {},
        "magazine": {"magazine": 1, "gap_seconds": 2.8},
        "pump": {"weight": 1.5, "stroke_seconds": 0.24},
    },
    natural_seconds=3.0,
    place="room",
    room_tone_db=-50.0,
)
def reload(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Steel that is drawn back, stops, and springs forward; a magazine that clicks in before."""
    return sequenced(seconds, rng, k, _loaded, jitter=0.15, needs_seconds=0.6 + 1.1 * k.magazine)


@family(
    "fireworks: rising, bursting, crackling",
    COUNT,
    Knob("gap_seconds", 0.9, 0.3, 3.0, "s", "time from burst to burst", against="speed"),
    Knob("whistle", 0.4, 0.0, 1.0, "share", "how many whistle as they rise"),
    Knob("crackle", 0.5, 0.0, 1.0, "share", "how much they crackle after", follows="intensity"),
    natural_seconds=8.0,
    place="outdoors",
)
def fireworks(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Bursts at various distances, some after a whistle, some with a tail of crackles."""
    return sequenced(seconds, rng, k, _firework, jitter=0.6, needs_seconds=1.2)


def _blast(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(3.0 + 1.5 * k.size)
    boom = 1.4 * band(rng, n, 25, 250 / k.size, -5.0) * decay(n, 0.9 * k.size)
    boom += band(rng, n, 100, 3000, -2.0) * decay(n, 0.22 * k.size)
    boom += 0.5 * band(rng, n, 2000, 16000) * decay(n, 0.03)
    boom += band(rng, n, 20, 90, BROWN) * decay(n, 1.6 * k.size)
    kinds = variants(12, lambda r: burst(r, 300, 3000, 0.01), rng)
    falling = poisson_starts(rng, n, k.debris_hz, decay(n, 1.1 * k.size, 0.3))
    boom += 0.5 * scatter(n, falling, rng.random(len(falling)) ** 3, kinds, rng)
    return np.asarray(np.tanh(2.2 * unit_peak(boom)), np.float32) * swell(n, 0.002, 1.0, 5.0)


def _shot(rng: np.random.Generator, calibre: float, *, echoes: bool) -> FloatArray:
    shot = layered(
        1.6 * burst(rng, 1000, 16000, 0.004),
        1.5 * burst(rng, 200, 5000, 0.025 * calibre, 0.0, -1.5),
        1.3 * burst(rng, 50, 350, 0.07 * calibre, 0.001, PINK),
    )
    sound = np.zeros(samples_in(1.0) if echoes else len(shot), np.float32)
    add_at(sound, 0, np.tanh(1.6 * unit_peak(shot)) * np.float32(rng.uniform(0.85, 1.0)))
    if echoes:
        for _ in range(6):
            late = rng.uniform(0.04, 0.4)
            echo = burst(rng, 150, 2500, 0.05, 0.01, PINK)
            add_at(sound, samples_in(late), unit_peak(echo), 0.25 * np.exp(-late / 0.2))
    return sound


def _loaded(rng: np.random.Generator, k: Values) -> FloatArray:
    steps = [(0.0, "scrape", 0.35), (0.06, "clack", 0.8)]
    forward = 0.06 + k.stroke_seconds * rng.uniform(0.9, 1.2)
    steps += [(forward, "scrape", 0.3), (forward + 0.035, "clack", 1.0)]
    if k.magazine >= 0.5:
        fed = [
            (0.0, "click", 0.5),
            (0.06, "scrape", 0.3),
            (0.5, "scrape", 0.4),
            (0.58, "clack", 0.7),
        ]
        steps = fed + [(after + 1.1, kind, gain) for after, kind, gain in steps]
    gun = np.zeros(samples_in(steps[-1][0] + 0.4), np.float32)
    for after, kind, gain in steps:
        add_at(gun, samples_in(after), _STEEL[kind](rng, k.weight), gain * rng.uniform(0.85, 1.1))
    return gun


def _clack(rng: np.random.Generator, weight: float) -> FloatArray:
    """A short, dull knock of steel: many modes held by a hand, so that none rings."""
    n = samples_in(0.12)
    hz = np.geomspace(450, 9000, 14) * rng.uniform(0.9, 1.1, 14) / weight
    seconds = weight * rng.uniform(0.004, 0.011, 14) * (1500 / hz) ** 0.25
    ring = modes(n, hz, seconds, rng.uniform(0.4, 1.0, 14))
    return unit_peak(layered(unit_peak(ring), 0.8 * unit_peak(burst(rng, 700, 11000, 0.005))))


def _click(rng: np.random.Generator, weight: float) -> FloatArray:
    return _clack(rng, 0.5 * weight)[: samples_in(0.05)]


def _scrape(rng: np.random.Generator, weight: float) -> FloatArray:
    n = samples_in(0.075 * weight)
    teeth = wander(rng, n, 180, 0.2, 1.0)
    return unit_peak(band(rng, n, 1400 / weight, 9000) * swell(n, 0.7, 1.2, 3.0) * teeth)


_STEEL = {"clack": _clack, "click": _click, "scrape": _scrape}


def _firework(rng: np.random.Generator, k: Values) -> FloatArray:
    far = rng.uniform(0.3, 1.0)
    sky = np.zeros(samples_in(3.2), np.float32)
    if rng.random() < k.whistle:
        n = samples_in(0.7)
        rise_hz = np.linspace(1800, 3400, n, dtype=np.float32) * np.float32(rng.uniform(0.8, 1.2))
        add_at(sky, 0, glide(band(rng, n, 800, 8000), rise_hz, 30.0) * swell(n, 0.8), 0.25 * far)
    bang = layered(
        burst(rng, 40, 300, 0.16, 0.002, PINK),
        0.9 * burst(rng, 200, 1000 + 5000 * far, 0.045, 0.001, -2.0),
    )
    add_at(sky, samples_in(0.7), np.tanh(1.5 * unit_peak(bang)), far)
    if rng.random() < k.crackle:
        n = samples_in(2.0)
        kinds = variants(12, lambda r: unit_peak(burst(r, 800, 9000, 0.003)), rng)
        starts = poisson_starts(rng, n, 45, decay(n, 0.6, 0.3))
        crackles = scatter(n, starts, rng.random(len(starts)) ** 1.5, kinds, rng)
        add_at(sky, samples_in(1.0), crackles, 0.35 * far)
    return sky
