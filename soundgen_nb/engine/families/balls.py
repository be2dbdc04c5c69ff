"""Balls: left to bounce, dribbled, bowled."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, ONE, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.grains import burst, layered, sequenced
from soundgen_nb.engine.parts.noise import PINK, band
from soundgen_nb.engine.parts.resonators import modes, sine
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak

_LEAST_GAP_SECONDS = 0.02  # a ball that bounces faster than this lies still
_REST_SECONDS = 0.6  # before it is dropped again


@family(
    "a ball that bounces, left alone or dribbled",
    COUNT,
    Knob("gap_seconds", 0.62, 0.2, 1.5, "s", "from the first bounce to the next", against="speed"),
    Knob("restitution", 0.82, 0.5, 1.0, "ratio", "speed kept by a bounce; 1 is a dribble"),
    Knob("pitch_hz", 210.0, 90.0, 2600.0, "Hz", "note of the ball", against="size"),
    Knob("ring_seconds", 0.007, 0.002, 0.09, "s", "how long it rings"),
    Knob("bright_hz", 2400.0, 900.0, 12000.0, "Hz", "hardness of ball and floor"),
    Knob("thump", 0.9, 0.0, 1.0, "share", "the floor under it", follows="intensity"),
    presets={
        "basketball": {"restitution": 1.0, "pitch_hz": 240, "bright_hz": 1900, "thump": 1.0},
        "ping_pong": {
            "gap_seconds": 0.48,
            "restitution": 0.91,
            "pitch_hz": 905,
            "ring_seconds": 0.0035,
            "bright_hz": 7500,
            "thump": 0.7,
        },
        "rubber": {"restitution": 0.9, "pitch_hz": 300},
        "tennis": {"restitution": 0.74, "pitch_hz": 280, "bright_hz": 3000},
    },
    natural_seconds=5.0,
    place="hall",
)
def bounce(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Every gap is the one before it times the restitution; so is the speed it comes down with."""
    result = np.zeros(samples_in(seconds), np.float32)
    ball = k.pitch_hz * rng.uniform(0.94, 1.06)
    for start, speed in _bounces(seconds, k):
        add_at(result, samples_in(start), _landing(rng, ball, k, speed), speed)
    return result


@family(
    "a bowling ball that rolls down its lane into the pins",
    ONE,
    Knob("gap_seconds", 4.5, 3.0, 8.0, "s", "time from ball to ball", against="speed"),
    Knob("roll_seconds", 1.7, 0.3, 3.0, "s", "how long it rolls", against="speed"),
    Knob("pins", 10, 1, 10, "pins", "how many fall", follows="intensity"),
    Knob("pin_hz", 900.0, 500.0, 1800.0, "Hz", "lowest mode of a pin", against="size"),
    natural_seconds=4.5,
    place="hall",
)
def bowling(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A rumble along the boards, and pins that strike each other as they fall."""
    rolling = min(k.roll_seconds, 0.5 * seconds)
    return sequenced(
        seconds,
        rng,
        k,
        lambda rng, k: _bowled(rng, k, rolling),
        jitter=0.1,
        needs_seconds=rolling + 1.0,
    )


def _bounces(seconds: float, k: Values) -> list[tuple[float, float]]:
    """The starts in seconds and the speeds (1 at first) of bounces; when it lies still, again."""
    found: list[tuple[float, float]] = []
    start, gap, speed = 0.15, k.gap_seconds, 1.0
    while start < seconds - 0.05 and (k.count < 1 or len(found) < round(k.count)):
        found.append((start, speed))
        start, gap, speed = start + gap, gap * k.restitution, speed * k.restitution
        if gap < _LEAST_GAP_SECONDS:
            if k.count >= 1:
                break
            start, gap, speed = start + _REST_SECONDS, k.gap_seconds, 1.0
    return found


def _landing(rng: np.random.Generator, pitch_hz: float, k: Values, speed: float) -> FloatArray:
    """A ball on a floor: the slap of the skin, the air inside, the boards. Slower is duller."""
    hz = pitch_hz * np.array([1.0, 1.59, 2.14, 2.92, 4.1, 5.3])
    ring = k.ring_seconds * np.array([1.0, 0.9, 0.7, 0.5, 0.35, 0.3])
    gains = rng.uniform(0.6, 1.0, 6) * (speed ** np.arange(6)) * [1, 0.8, 0.6, 0.35, 0.25, 0.2]
    air = unit_peak(modes(samples_in(0.05 + 6 * k.ring_seconds), hz, ring, gains))
    high_hz = k.bright_hz * (0.6 + 0.4 * speed)
    slap = unit_peak(burst(rng, 0.33 * high_hz, high_hz, 58_000 / k.bright_hz**2, 0.0003, -1.0))
    floor = unit_peak(burst(rng, 0.22 * pitch_hz, 0.7 * pitch_hz, 3.6 / pitch_hz, 0.001))
    return layered(0.4 * air, 0.9 * slap, k.thump * floor)


def _bowled(rng: np.random.Generator, k: Values, rolling: float) -> FloatArray:
    n = samples_in(rolling)
    lane = band(rng, n, 50, 350, PINK) + 0.25 * band(rng, n, 300, 1500, PINK)
    turns = 0.75 + 0.25 * sine(np.linspace(7, 5.5, n), n)  # the holes come round
    sound = np.zeros(n + samples_in(1.6), np.float32)
    add_at(sound, 0, unit_peak(lane * turns * np.linspace(1.0, 0.5, n, dtype=np.float32)), 0.3)
    for start, gain in ((0, 0.3), (n, 0.5)):  # the ball is put down, and meets the pins
        add_at(sound, start, unit_peak(burst(rng, 60, 300, 0.05, 0.002)), gain)
    for _ in range(round(k.pins)):
        late = rng.exponential(0.06)
        for _ in range(int(rng.integers(2, 5))):
            add_at(sound, n + samples_in(late), _pin(rng, k.pin_hz), rng.uniform(0.2, 1.0))
            late += rng.exponential(0.14)
    return sound


def _pin(rng: np.random.Generator, pin_hz: float) -> FloatArray:
    """Maple on maple: hollow, hard and short."""
    hz = pin_hz * rng.uniform(0.8, 1.3) * np.array([1.0, 1.58, 2.24, 3.1, 4.4])
    ring = rng.uniform(0.006, 0.014) * np.array([1.0, 0.8, 0.6, 0.4, 0.3])
    gains = rng.uniform(0.4, 1.0, 5) * np.array([1.0, 0.8, 0.45, 0.25, 0.15])
    body = unit_peak(modes(samples_in(0.1), hz, ring, gains))
    return layered(body, 0.8 * unit_peak(burst(rng, 0.5 * pin_hz, 4 * pin_hz, 0.005)))
