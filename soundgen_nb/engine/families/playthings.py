"""Playthings: things that pop, rattle or spring, a whip."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import decay, swell, wander
from soundgen_nb.engine.parts.filters import glide
from soundgen_nb.engine.parts.grains import (
    burst,
    each,
    layered,
    poisson_starts,
    rustle,
    scatter,
    sequenced,
    variants,
)
from soundgen_nb.engine.parts.noise import PINK, band
from soundgen_nb.engine.parts.resonators import harmonics, modes, sine
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, time_axis, unit_peak


@family(
    "something that pops: a cork, a balloon, bubble wrap, popcorn",
    COUNT,
    Knob("gap_seconds", 1.6, 0.15, 5.0, "s", "time from pop to pop", against="speed"),
    Knob("rate_hz", 0.0, 0.0, 40.0, "1/s", "pops a second, at random; 0: one after the other"),
    Knob("pitch_hz", 800.0, 300.0, 3000.0, "Hz", "note of the hollow", against="size"),
    Knob("snap", 0.3, 0.0, 1.0, "share", "how sharply the skin gives way", follows="intensity"),
    Knob("hollow", 0.9, 0.0, 1.0, "share", "how much the hollow rings"),
    Knob("puff", 0.12, 0.05, 1.0, "share", "air that rushes out"),
    Knob("fizz", 0.0, 0.0, 1.0, "share", "froth or hot fat after it"),
    Knob("crinkle", 0.0, 0.0, 1.0, "share", "plastic under the fingers"),
    presets={
        "cork": {"pitch_hz": 760, "hollow": 1.0, "snap": 0.3, "fizz": 0.25, "gap_seconds": 2.0},
        "balloon": {"pitch_hz": 940, "hollow": 0.05, "snap": 0.3, "puff": 1.0},
        "bubble_wrap": {"rate_hz": 3.7, "pitch_hz": 940, "snap": 0.6, "crinkle": 0.8},
        "popcorn": {
            "rate_hz": 12,
            "pitch_hz": 660,
            "hollow": 0.1,
            "snap": 0.45,
            "puff": 0.4,
            "fizz": 0.9,
        },
    },
    natural_seconds=4.0,
    place="room",
)
def pop(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A skin that gives way and a hollow that rings up as it opens; many come at random."""
    n = samples_in(seconds)
    froth = 0.02 * k.fizz * k.rate_hz**0.5 * band(rng, n, 1500, 9000) * wander(rng, n, 9, 0.4, 1)
    if k.rate_hz > 0 and k.count < 1:
        starts = poisson_starts(rng, n, k.rate_hz, wander(rng, n, 0.7, 0.5, 1.0)).tolist()
    else:
        starts = [samples_in(start) for start in _one_by_one(seconds, rng, k)]
    sound = np.asarray(froth, np.float32)
    for start in starts:
        add_at(sound, start, _pop(rng, k), rng.uniform(0.35, 1.0) if k.rate_hz else 1.0)
    if k.crinkle:
        sound += k.crinkle * rustle(rng, wander(rng, n, 5, 0, 1.0, 2.0), 160, 2400)
    return sound


@family(
    "small hard things shaken or thrown: dice, pills, beads, a maraca",
    COUNT,
    Knob("shakes_hz", 3.2, 0.8, 8.0, "1/s", "shakes a second", follows="speed"),
    Knob("pieces", 30, 2, 200, "pieces", "how often pieces meet in a shake", follows="intensity"),
    Knob("piece_hz", 4600.0, 1200.0, 8000.0, "Hz", "note of a piece", against="size"),
    Knob("shell_hz", 700.0, 200.0, 3000.0, "Hz", "note of what they are in"),
    Knob("shell", 0.4, 0.0, 1.0, "share", "how much that sounds"),
    presets={
        "dice": {"pieces": 9, "piece_hz": 3600, "shell_hz": 550, "shell": 0.4, "shakes_hz": 4.2},
        "pills": {"pieces": 24, "piece_hz": 4600, "shell_hz": 1300, "shell": 0.3},
        "beads": {"pieces": 60, "piece_hz": 5200, "shell": 0.05},
        "maraca": {"pieces": 45, "piece_hz": 7500, "shell": 0.02, "shakes_hz": 5.5},
    },
    natural_seconds=4.0,
    place="room",
)
def rattle(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Each shake throws the pieces at each other and the shell, most where the hand turns."""
    starts = event_times(
        rng,
        seconds,
        count=k.count,
        gap_seconds=1 / k.shakes_hz,
        jitter=0.12,
        needs_seconds=0.2,
        group=(6, 14),
        pause_seconds=0.5,
    )
    pieces = variants(24, lambda r: _knock(r, k), rng)
    return each(seconds, starts, lambda: _shake(rng, k, pieces))


@family(
    "a spring that goes boing",
    COUNT,
    Knob("gap_seconds", 1.5, 0.4, 4.0, "s", "time from one to the next", against="speed"),
    Knob("pitch_hz", 130.0, 50.0, 400.0, "Hz", "note of the spring", against="size"),
    Knob("wobble_hz", 9.0, 4.0, 25.0, "Hz", "how fast it sways", follows="speed"),
    Knob("depth", 0.3, 0.05, 0.6, "share", "how far it sways", follows="intensity"),
    Knob("ring_seconds", 0.5, 0.1, 1.5, "s", "how long it sways"),
    presets={"ruler": {"pitch_hz": 90, "wobble_hz": 22, "depth": 0.15, "ring_seconds": 0.3}},
    natural_seconds=3.0,
    place="room",
)
def spring(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A twang whose note and colour sway together, ever faster as it comes to rest."""
    return sequenced(seconds, rng, k, _boing, jitter=0.15, needs_seconds=0.9)


@family(
    "a whip that cracks",
    COUNT,
    Knob("gap_seconds", 1.4, 0.4, 4.0, "s", "time from crack to crack", against="speed"),
    Knob("swing_seconds", 0.28, 0.1, 0.8, "s", "how long it swishes first", follows="size"),
    Knob("crack", 0.8, 0.1, 1.0, "share", "how hard it cracks", follows="intensity"),
    natural_seconds=3.0,
    place="street",
)
def whip(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Leather through the air, ever faster, until its tip outruns sound."""
    return sequenced(seconds, rng, k, _lash, jitter=0.25, needs_seconds=0.8)


def _one_by_one(seconds: float, rng: np.random.Generator, k: Values) -> list[float]:
    return event_times(
        rng,
        seconds,
        count=k.count,
        gap_seconds=k.gap_seconds if not k.rate_hz else 1 / k.rate_hz,
        jitter=0.3,
        needs_seconds=0.3,
    )


def _pop(rng: np.random.Generator, k: Values) -> FloatArray:
    pitch_hz = k.pitch_hz * rng.uniform(0.75, 1.35)
    n = samples_in(0.02 + 60 / pitch_hz)
    # the note of a bottle's neck rises while the stopper leaves it
    rising = pitch_hz * (0.7 + 0.5 * np.minimum(1, time_axis(n) * pitch_hz / 8))
    ring = sine(rising, n) * decay(n, 11 / pitch_hz, 0.0006)
    skin = burst(rng, 400 + 1200 * k.snap, 3000 + 8000 * k.snap, 0.006, 0.0002, -3.0)
    puff = burst(rng, 100, 2.2 * pitch_hz, 0.012 + 0.03 * k.puff, 0.001, PINK)
    sound = layered(k.hollow * ring, k.snap * unit_peak(skin), k.puff * unit_peak(puff))
    if k.fizz and not k.rate_hz:
        m = samples_in(1.6)
        foam = band(rng, m, 2500, 12000) * decay(m, 0.35, 0.02) * wander(rng, m, 60, 0.3, 1)
        sound = layered(sound, 0.25 * k.fizz * foam)
    return unit_peak(sound)


def _knock(rng: np.random.Generator, k: Values) -> FloatArray:
    """A piece against another, or against the shell: hardly a note, they are too small."""
    own = k.piece_hz * rng.uniform(0.75, 1.35) * np.array([1.0, 1.7, 2.5])
    ring = modes(samples_in(0.02), own, [0.002, 0.0015, 0.001], rng.uniform(0.4, 1.0, 3))
    case = k.shell_hz * np.array([1.0, 1.6, 2.3, 3.1]) * rng.uniform(0.97, 1.03, 4)
    shell = modes(samples_in(0.05), case, [0.005, 0.004, 0.003, 0.002], rng.uniform(0.3, 1.0, 4))
    low_hz = 0.6 * k.piece_hz * rng.uniform(0.8, 1.25)
    strike = unit_peak(burst(rng, low_hz, 3 * low_hz, 0.0018, 0.0002))
    return layered(0.35 * unit_peak(ring), strike, k.shell * rng.random() * unit_peak(shell))


def _shake(rng: np.random.Generator, k: Values, pieces: list[FloatArray]) -> FloatArray:
    n = samples_in(0.8 / k.shakes_hz)
    thrown = swell(n, 0.3, 2.0, 5.0)
    starts = poisson_starts(rng, n, k.pieces * k.shakes_hz / 0.8, thrown)
    sound = np.zeros(n + samples_in(0.1), np.float32)
    hits = scatter(n, starts, rng.random(len(starts)) ** 1.5 + 0.05, pieces, rng)
    add_at(sound, 0, hits, rng.uniform(0.6, 1.0))
    return sound


def _boing(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(3.5 * k.ring_seconds)
    t, rest = time_axis(n), decay(n, k.ring_seconds)
    turns = k.wobble_hz * (t + 0.25 * t**2 / k.ring_seconds)
    sway = np.cos(2 * np.pi * turns) * rest
    note_hz = k.pitch_hz * rng.uniform(0.92, 1.08) * (1 + k.depth * sway + 0.2 * (1 - rest))
    twang = harmonics(note_hz, n, [1 / h**0.6 for h in range(1, 25)])
    colour_hz = (900 * 2 ** (1.2 * sway)).astype(np.float32)
    sound = glide(twang, colour_hz, 2.5) + 0.15 * twang
    pluck = unit_peak(burst(rng, 400, 6000, 0.004))
    return layered(unit_peak(sound * decay(n, 0.7 * k.ring_seconds, 0.002)), 0.3 * pluck)


def _lash(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(k.swing_seconds)
    x = np.linspace(0, 1, n)
    rising = (350 * 8**x**2).astype(np.float32)
    air = glide(band(rng, n, 150, 9000, PINK), rising, 1.8) * (x**2).astype(np.float32)
    sound = np.zeros(n + samples_in(0.5), np.float32)
    add_at(sound, 0, unit_peak(air), 0.35)
    tip = layered(
        unit_peak(burst(rng, 1500, 16000, 0.0025)),
        0.5 * unit_peak(burst(rng, 500, 5000, 0.012, 0.0, PINK)),
    )
    add_at(sound, n - samples_in(0.01), np.tanh(1.5 * unit_peak(tip)), k.crack)
    for late in rng.uniform(0.03, 0.2, 3).tolist():
        echo = unit_peak(burst(rng, 400, 4000, 0.02, 0.003, PINK))
        add_at(sound, n + samples_in(late), echo, 0.15 * k.crack)
    return sound * np.float32(rng.uniform(0.8, 1.0))
