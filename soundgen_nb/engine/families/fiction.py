"""Fiction: what nobody has recorded. Spaceships, blasters, droids, arcade games."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import decay, faded, hump, wander
from soundgen_nb.engine.parts.filters import lowpass
from soundgen_nb.engine.parts.noise import BROWN, PINK, band
from soundgen_nb.engine.parts.resonators import harmonics, phase, sine
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import (
    FloatArray,
    add_at,
    samples_in,
    time_axis,
    unit_peak,
    unit_rms,
)


@family(
    "an alien craft coming down, hovering or leaving",
    Knob("pitch_hz", 105, 45, 240, "Hz", "the drive's note", against="size"),
    Knob("descent", 0.6, -0.8, 0.8, "share", "how far the pitch falls; below 0 it climbs"),
    Knob("throb_hz", 8.5, 2.0, 14.0, "Hz", "how fast the drive throbs", follows="speed"),
    Knob("thrust", 0.35, 0.05, 1.0, "share", "roar of the thrusters", follows="intensity"),
    Knob("touchdown", 1, 0, 1, "switch", "1: it lands with a thud"),
    presets={
        "landing": {"descent": 0.6, "touchdown": 1},
        "takeoff": {"descent": -0.7, "touchdown": 0, "thrust": 0.3},
        "hover": {"descent": 0.0, "touchdown": 0},
    },
    natural_seconds=10.0,
    place="outdoors",
)
def spaceship(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """An inharmonic hum and a warbling tone that glide together, over thrusters, to a thud."""
    n = samples_in(seconds)
    way = np.linspace(0, 1, n)
    glide = 2 ** (0.9 * k.descent * (1 - 2 * way)) * wander(rng, n, 0.5, 0.97, 1.03)
    throb = 1 + 0.35 * sine(k.throb_hz * (1.3 - 0.6 * k.descent * way), n)
    hum = _drive(rng, k.pitch_hz * rng.uniform(0.9, 1.1) * glide, n)
    warble_hz = 6.5 * k.pitch_hz * glide * (1 + 0.35 * sine(0.8 * k.throb_hz, n))
    warble = sine(warble_hz, n) * wander(rng, n, 0.7, 0.4, 1.0)
    push = (0.25 + 0.75 * way) if k.descent >= 0 else (1.0 - 0.6 * way)
    thrust = unit_rms(band(rng, n, 40, 1100, PINK)) * push * wander(rng, n, 7, 0.7, 1.0)
    craft = (0.55 * hum + 0.3 * warble) * throb + 1.1 * k.thrust * thrust
    return _landed(np.asarray(craft, np.float32), rng, k)


def _drive(rng: np.random.Generator, pitch_hz: ArrayLike, n: int) -> FloatArray:
    turns = phase(pitch_hz, n)
    total = np.zeros(n)
    for order in (0.5, 1, 1.503, 2.01, 3.02, 4.04, 5.1):
        total += np.sin(2 * np.pi * (order * turns + rng.random())) / (0.6 + order)
    return unit_rms(total.astype(np.float32))


def _landed(craft: FloatArray, rng: np.random.Generator, k: Values) -> FloatArray:
    if k.touchdown < 0.5:
        return faded(craft, 0.8, 0.8)
    n = len(craft)
    down = round(0.86 * n)
    power = np.ones(n, np.float32)
    power[down:] = decay(n - down, 0.06 * n / 44_100)
    landed = faded(craft, 0.8, 0.1) * power
    thud = band(rng, n - down, 25, 160, BROWN) * decay(n - down, 0.22, 0.004)
    add_at(landed, down, thud, 2.5)
    return landed


@family(
    "a blaster",
    COUNT,
    Knob("top_hz", 3200, 1200, 7000, "Hz", "where the shot starts", follows="brightness"),
    Knob("fall_seconds", 0.09, 0.03, 0.3, "s", "how fast its pitch falls", against="speed"),
    Knob("gap_seconds", 0.32, 0.1, 1.5, "s", "time from shot to shot", against="speed"),
    presets={"cannon": {"top_hz": 1400, "fall_seconds": 0.28, "gap_seconds": 0.9}},
    natural_seconds=3.0,
    place="outdoors",
)
def laser(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A tone that falls five octaves and buzzes, as a struck guy wire does."""
    result = np.zeros(samples_in(seconds), np.float32)
    for start in event_times(
        rng, seconds, count=k.count, gap_seconds=k.gap_seconds, group=(2, 5), pause_seconds=0.5
    ):
        add_at(result, samples_in(start), _shot(rng, k), rng.uniform(0.8, 1.0))
    return result


def _shot(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(0.2 + 3 * k.fall_seconds)
    t = time_axis(n)
    hz = 110 + k.top_hz * rng.uniform(0.9, 1.1) * np.exp(-t / k.fall_seconds)
    tone = np.tanh(2 * harmonics(hz, n, [1, 0.5, 0.35, 0.2]) * (1 + 0.3 * sine(90, n)))
    fizz = 0.25 * band(rng, n, 1500, 9000) * decay(n, 0.02)
    return unit_peak((tone + fizz) * decay(n, 1.3 * k.fall_seconds + 0.03, 0.002))


@family(
    "a droid that talks in bleeps",
    Knob("pitch_hz", 600, 300, 1500, "Hz", "middle of its voice", against="size"),
    Knob("bleeps_per_second", 16, 5, 22, "1/s", "how fast it talks", follows="speed"),
    Knob("mood", 0.2, 0, 1, "share", "0 calm steps, 1 excited slides", follows="intensity"),
    natural_seconds=5.0,
    place="room",
)
def robot(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Phrases of short overdriven tones, sliding when it is excited, with a servo now and then."""
    n = samples_in(seconds)
    result = np.zeros(n, np.float32)
    gap = 1 / k.bleeps_per_second
    for start in event_times(
        rng, seconds, gap_seconds=gap, jitter=0.1, group=(4, 9), pause_seconds=0.06
    ):
        add_at(result, samples_in(start), _bleep(rng, 0.62 * gap, k), rng.uniform(0.6, 1.0))
    for start in event_times(rng, seconds, gap_seconds=2.5, jitter=0.5, first_seconds=0.9):
        add_at(result, samples_in(start), _servo(rng), 0.15)
    return result + 0.08 * band(rng, n, 60, 900, PINK)


def _bleep(rng: np.random.Generator, seconds: float, k: Values) -> FloatArray:
    n = samples_in(seconds)
    hz = k.pitch_hz * 2 ** rng.uniform(-0.35, 0.35)
    slide = 2 ** (k.mood * rng.uniform(-1, 1) * np.linspace(0, 1, n))
    tone = harmonics(hz * slide, n, [1, 0.18, 0.05, 0.09, 0.04]) * (1 + 0.09 * sine(110, n))
    return faded(np.tanh(6 * tone), 0.003, 0.01)


def _servo(rng: np.random.Generator) -> FloatArray:
    n = samples_in(rng.uniform(0.2, 0.5))
    hz = rng.uniform(180, 320) * (1 + rng.uniform(-0.4, 0.6) * hump(n))
    return harmonics(hz, n, [0.4, 0.7, 1, 0.8, 0.5, 0.4, 0.3]) * hump(n, 0.4)


@family(
    "an arcade game",
    COUNT,
    Knob("pitch_hz", 440, 150, 1200, "Hz", "where a jingle starts", against="size"),
    Knob("gap_seconds", 0.9, 0.4, 3, "s", "time from event to event", against="speed"),
    Knob("kind", 0, 0, 4, "choice", "0 mixed, 1 jump, 2 coin, 3 power-up, 4 game over"),
    presets={"jump": {"kind": 1}, "coin": {"kind": 2}, "power": {"kind": 3}, "over": {"kind": 4}},
    natural_seconds=3.0,
    room_tone_db=-60.0,
)
def game(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Square waves with the few moves an 8-bit sound chip could do."""
    result = np.zeros(samples_in(seconds), np.float32)
    for start in event_times(
        rng, seconds, count=k.count, gap_seconds=k.gap_seconds, first_seconds=0.1, needs_seconds=0.5
    ):
        kind = round(k.kind) or int(rng.integers(1, 4))
        base = k.pitch_hz * 2 ** (rng.integers(-4, 5) / 12)
        add_at(result, samples_in(start), _MOVES[kind](base))
    return lowpass(result, 9000)


def _jump(base_hz: float) -> FloatArray:
    n = samples_in(0.28)
    return _square(base_hz * 2 ** (1.6 * np.linspace(0, 1, n) ** 0.6), n) * decay(n, 0.15)


def _coin(base_hz: float) -> FloatArray:
    first, second = samples_in(0.08), samples_in(0.45)
    hz = np.concatenate([np.full(first, 2.25 * base_hz), np.full(second, 3 * base_hz)])
    return _square(hz, first + second) * decay(first + second, 0.18)


def _power_up(base_hz: float) -> FloatArray:
    return _tune(base_hz, (0, 4, 7, 12, 16, 19, 24), 0.06)


def _game_over(base_hz: float) -> FloatArray:
    return _tune(base_hz, (12, 11, 10, 9, 5, 0), 0.16)


_MOVES = {1: _jump, 2: _coin, 3: _power_up, 4: _game_over}


def _tune(base_hz: float, steps: tuple[int, ...], note_seconds: float) -> FloatArray:
    n = samples_in(note_seconds)
    notes = [_square(np.full(n, base_hz * 2 ** (s / 12)), n) * decay(n, 0.2) for s in steps]
    return np.concatenate(notes)


def _square(hz: ArrayLike, n: int) -> FloatArray:
    """A square wave without the edge's aliases: 25 harmonics at most."""
    return harmonics(hz, n, [1 / q if q % 2 else 0 for q in range(1, 18)])
