"""Streets: the traffic of a town, one car that passes, a horn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import faded, wander
from soundgen_nb.engine.parts.filters import lowpass
from soundgen_nb.engine.parts.motion import passing, sided
from soundgen_nb.engine.parts.motors import firing
from soundgen_nb.engine.parts.noise import BROWN, PINK, band
from soundgen_nb.engine.parts.resonators import harmonics
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import SAMPLE_RATE, FloatArray, add_at, samples_in, unit_peak

_PASS_SECONDS = 8.0  # what is heard of one car: a longer approach drowns in the rest


@family(
    "a town's traffic: a far rumble, cars that pass, now and then a horn",
    Knob("cars_per_minute", 26, 4, 60, "1/min", "how many cars pass", follows="intensity"),
    Knob("speed", 12, 7, 25, "m/s", "how fast they drive", follows="speed"),
    Knob("horns_per_minute", 2.5, 0, 20, "1/min", "how often somebody honks, far off"),
    presets={
        "night": {"cars_per_minute": 16, "horns_per_minute": 1},
        "busy": {"cars_per_minute": 45, "horns_per_minute": 8},
        "highway": {"cars_per_minute": 55, "speed": 25, "horns_per_minute": 0},
    },
    natural_seconds=10.0,
    place="street",
)
def city_street(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Many far cars are a noise below 1.2 kHz; the near ones pass from side to side."""
    n = samples_in(seconds)
    far = 0.6 * band(rng, n, 25, 300, BROWN) * wander(rng, n, 0.4, 0.7, 1.0)
    far += 0.15 * band(rng, n, 150, 1200, PINK) * wander(rng, n, 0.5, 0.6, 1.0)
    street = np.stack([far, far])
    cars = max(2, int(rng.poisson(k.cars_per_minute * seconds / 60)))
    road = _Road.rolled(samples_in(_PASS_SECONDS), rng)
    for _ in range(cars):
        start = rng.uniform(0, seconds) - _PASS_SECONDS / 2
        car = _distant_car(rng, road, k.speed * rng.uniform(0.75, 1.3))
        _add(street, round(start * SAMPLE_RATE), car)
    for _ in range(int(rng.poisson(k.horns_per_minute * seconds / 60))):
        horn = 0.12 * lowpass(_honk(rng, rng.uniform(0.2, 0.6), rng.uniform(0.9, 1.1)), 1800)
        start, pan = samples_in(rng.uniform(0.2, max(0.3, seconds - 1))), rng.uniform(-0.8, 0.8)
        _add(street, start, sided(horn, pan))
    return street


@family(
    "one car that comes, passes and goes",
    Knob("speed", 22, 8, 50, "m/s", "how fast it drives", follows="speed"),
    Knob("distance", 5, 2, 20, "m", "how near it passes"),
    Knob("engine", 0.7, 0, 1, "share", "how much engine among the tyres", follows="intensity"),
    presets={"race": {"speed": 50, "engine": 1.0}, "slow": {"speed": 9}},
    natural_seconds=7.0,
    place="outdoors",
)
def car_pass(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Tyre noise and firing strokes with the gain, the pitch and the side of a moving source."""
    n = samples_in(seconds)
    near = seconds * rng.uniform(0.42, 0.52)
    ears = _car(rng, _Road.rolled(n, rng), near, k.speed, k.distance, k.engine)
    return ears + 0.004 * band(rng, n, 30, 2000, -4.5)


@family(
    "a car's horn",
    COUNT,
    Knob("honk_seconds", 0.45, 0.12, 2.5, "s", "length of a honk", against="speed"),
    Knob("pitch_hz", 405, 150, 520, "Hz", "lower of the two notes", against="size"),
    presets={"truck": {"pitch_hz": 170, "honk_seconds": 1.2}, "long": {"honk_seconds": 2.2}},
    natural_seconds=4.0,
    place="street",
)
def car_horn(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Two buzzing discs a major third apart; honks in impatient groups."""
    result = np.zeros(samples_in(seconds), np.float32)
    ratio = k.pitch_hz / 405 * rng.uniform(0.96, 1.04)
    starts = event_times(
        rng,
        seconds,
        count=k.count,
        gap_seconds=k.honk_seconds + 0.18,
        first_seconds=0.15,
        needs_seconds=k.honk_seconds,
        group=(1, 3),
        pause_seconds=0.7,
    )
    for start in starts:
        add_at(result, samples_in(start), _honk(rng, k.honk_seconds * rng.uniform(0.9, 1), ratio))
    return result


def _honk(rng: np.random.Generator, seconds: float, ratio: float) -> FloatArray:
    n = samples_in(seconds)
    strengths = [0.5, 0.9, 1.0, 0.9, 0.8, 0.55, 0.4, 0.3, 0.22, 0.16, 0.1, 0.07]
    start_up = 1 - 0.05 * np.exp(-np.arange(n) / samples_in(0.02))
    total = np.zeros(n, np.float32)
    for hz in (405, 508 * rng.uniform(0.99, 1.01)):
        total += harmonics(hz * ratio * start_up, n, strengths)
    rasp = total * (1 + 0.1 * band(rng, n, 40, 400))
    return unit_peak(faded(rasp, 0.015, 0.035))


def _add(ears: FloatArray, start: int, sound: FloatArray) -> None:
    for ear, side in zip(ears, sound, strict=True):
        add_at(ear, start, side)


@dataclass(frozen=True, slots=True)
class _Road:
    """What tyres make of a road, shape (n,): their singing, and the hiss that does not carry."""

    tyres: FloatArray
    hiss: FloatArray

    @classmethod
    def rolled(cls, n: int, rng: np.random.Generator) -> _Road:
        # tyres are loudest about 1 kHz, where the tread's grooves resonate
        tyres = band(rng, n, 700, 1600) + 1.4 * band(rng, n, 60, 300, PINK)
        hiss = 0.1 * band(rng, n, 1500, 7000, PINK)
        return cls(np.float32(0.5) * tyres, hiss)

    def elsewhere(self, rng: np.random.Generator) -> _Road:
        """The same road under another car: far cheaper than new noise, and nobody can tell."""
        shift = int(rng.integers(len(self.tyres)))
        return _Road(np.roll(self.tyres, shift), np.roll(self.hiss, shift))


def _car(
    rng: np.random.Generator,
    road: _Road,
    near: float,
    speed: float,
    distance: float,
    engine: float,
) -> FloatArray:
    n = len(road.tyres)
    way = passing(n, near, speed, distance, rng.choice([-1.0, 1.0]))
    firing_hz = rng.uniform(45, 75) * (0.6 + speed / 30) * way.pitch
    strokes = lowpass(firing(rng, firing_hz, noise=0), 1500)
    # a far car is duller too: its hiss falls faster with distance than its rumble
    sound = (2 - engine) * road.tyres + road.hiss * way.gain + 1.2 * engine * strokes
    return sided(sound * way.gain, 0.8 * way.pan)


def _distant_car(rng: np.random.Generator, road: _Road, speed: float) -> FloatArray:
    near = 0.5 * _PASS_SECONDS
    ears = _car(rng, road.elsewhere(rng), near, speed, rng.uniform(6, 16), 1.0)
    comes_and_goes = np.hanning(ears.shape[1]).astype(np.float32) ** 0.5
    return ears * comes_and_goes * np.float32(rng.uniform(0.35, 0.9))
