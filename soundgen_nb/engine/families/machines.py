"""Machines: motors that work, keys that click, wires that hum."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import decay, faded, swell, wander
from soundgen_nb.engine.parts.filters import resonate
from soundgen_nb.engine.parts.grains import poisson_starts, scatter, variants
from soundgen_nb.engine.parts.motors import chop, firing, whine
from soundgen_nb.engine.parts.noise import BROWN, PINK, band, white
from soundgen_nb.engine.parts.resonators import harmonics, modes, pulses
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak, unit_rms


@family(
    "a vacuum cleaner or a hair dryer",
    Knob("motor_hz", 290, 120, 600, "Hz", "turns a second of the motor", against="size"),
    Knob("suction", 0.6, 0.2, 1.0, "share", "rush of the air", follows="intensity"),
    Knob("strokes_hz", 0.5, 0.0, 1.5, "Hz", "strokes over the carpet", follows="speed"),
    presets={"hair_dryer": {"motor_hz": 210, "strokes_hz": 0, "suction": 0.9}},
    natural_seconds=8.0,
    place="room",
)
def vacuum(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A universal motor's whine, which bends with the load of each stroke, in rushing air."""
    n = samples_in(seconds)
    load = wander(rng, n, 2 * k.strokes_hz + 0.1, -1.0, 1.0) * (k.strokes_hz > 0)
    run_up = 1 - 0.6 * decay(n, 0.25)
    rate = k.motor_hz * rng.uniform(0.95, 1.05) * run_up * (1 - 0.03 * load)
    motor = whine(rng, rate, [(q, q**-1.3) for q in (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20)])
    air = band(rng, n, 100, 5000, 1.0) * (1 + 0.25 * load)
    nozzle = unit_rms(resonate(white(rng, n), [(1200, 4, 1.0), (2800, 5, 1.0)]))
    sound = (1.3 * motor + (0.4 + k.suction) * (air + nozzle)) * run_up
    return np.asarray(sound, np.float32)


@family(
    "a fan or an air conditioner",
    Knob("blades_hz", 105, 4, 140, "Hz", "blades a second", follows="speed"),
    Knob("air", 0.5, 0.1, 1.0, "share", "rush of the air", follows="intensity"),
    Knob("rattle", 0.0, 0, 1, "share", "a bearing that ticks once a turn"),
    Knob("housing", 1.0, 0, 1, "share", "the box or grille around it; 0 hangs free in a room"),
    presets={
        "ceiling": {"blades_hz": 6, "rattle": 0.3, "housing": 0.0},
        "computer": {"blades_hz": 125, "air": 0.3},
    },
    natural_seconds=8.0,
    place="room",
)
def fan(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Air that each blade makes a little louder, over a motor's mains hum."""
    n = samples_in(seconds)
    rate = k.blades_hz * wander(rng, n, 0.5, 0.99, 1.01)
    blade = chop(rate, 0.1)
    housed = band(rng, n, 256, 624) + 1.3 * unit_rms(resonate(white(rng, n), _SHROUD))
    rush = k.housing * housed + (1 - k.housing) * band(rng, n, 100, 1500, PINK)
    motor = whine(rng, rate, [(1, 1), (2, 0.5), (3, 0.33), (4, 0.25), (6, 0.17), (9, 0.11)])
    mains = 0.03 * harmonics(100, n, [1, 0.5, 0.2, 0.1])
    turns = np.zeros(n, np.float32)
    turns[pulses(rate / 3, n)] = 1.0
    ticks = k.rattle * unit_rms(resonate(turns, _BEARING))
    # what turns below hearing is no tone
    heard = 1.3 * min(1.0, k.blades_hz / 80)
    sound = (0.5 + k.air) * rush * (0.9 + 0.2 * blade) + heard * motor + mains + ticks
    return np.asarray(sound, np.float32)


_BEARING = ((700, 8, 1.0), (1600, 8, 0.6))
_SHROUD = ((300, 4, 1.0), (690, 5, 1.0))


@family(
    "a power tool: a drill, a chainsaw, a grinder",
    Knob("speed_hz", 130, 60, 900, "Hz", "note of the motor", follows="speed"),
    Knob("load", 0.65, 0.0, 1.0, "share", "how hard it bites", follows="intensity"),
    Knob("combustion", 0, 0, 1, "switch", "0 an electric motor, 1 a two-stroke engine"),
    Knob("jobs_per_minute", 20, 5, 60, "1/min", "how often it bites"),
    presets={
        "drill": {},
        "hammer": {"speed_hz": 70, "load": 1.0},
        "chainsaw": {"speed_hz": 125, "combustion": 1, "load": 0.7},
        "grinder": {"speed_hz": 320, "load": 0.8},
        "dentist": {"speed_hz": 900, "load": 0.15},
    },
    natural_seconds=6.0,
    place="room",
)
def drill(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """The motor races free and sags when it bites, and then the work screams with it."""
    n = samples_in(seconds)
    bite = np.clip(1.6 * wander(rng, n, k.jobs_per_minute / 30, -0.4, 1.0), 0, 1)
    rate = k.speed_hz * rng.uniform(0.92, 1.08) * (1 - 0.16 * k.load * bite)
    rate = rate * (1 + 0.006 * band(rng, n, 5, 60))
    if k.combustion >= 0.5:
        motor = np.tanh(1.5 * firing(rng, rate, 1, _MUFFLER, noise=0.35))
    else:
        motor = whine(rng, rate, [(q, 1.0) for q in (1, 2, 3, 4, 5, 6, 8, 11, 14, 17)])
    teeth = np.abs(whine(rng, rate, [(0.5, 1), (1, 0.5)]))
    chips = band(rng, n, 680, 9000, -1) * teeth * (0.9 + bite)
    return np.asarray(motor + (4 - 2.8 * k.combustion) * k.load * chips, np.float32)


_MUFFLER = ((140, 2, 0.8), (480, 3, 1.0), (1100, 3, 0.8), (2600, 2, 0.5))


@family(
    "a factory hall: motors, presses, conveyors, compressed air",
    Knob("beats_hz", 1.5, 0.5, 4.0, "Hz", "strokes of the press", follows="speed"),
    Knob("clatter", 0.5, 0.1, 1.0, "share", "clank of the conveyor", follows="intensity"),
    Knob("motor_hz", 110, 25, 140, "Hz", "turns of the great motor", against="size"),
    natural_seconds=10.0,
    place="hall",
)
def factory(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Motors as a bed; a press that repeats its own small rhythm; links that rattle; valves."""
    n = samples_in(seconds)
    turning = k.motor_hz * wander(rng, n, 0.5, 0.985, 1.01)
    result = 0.13 * whine(rng, turning, [(1, 0.6), (2, 1), (3, 0.5), (4, 0.5), (7, 0.4), (12, 0.3)])
    teeth = chop(np.full(n, 12 * k.beats_hz), 0.2)
    result += 0.09 * band(rng, n, 400, 3200, PINK) * (0.03 + teeth)
    result += 0.03 * band(rng, n, 30, 300, BROWN)
    _add_press(result, seconds, rng, k)
    links = variants(12, lambda r: _clank(r, 1400 * r.uniform(0.7, 1.6))[: samples_in(0.2)], rng)
    starts = poisson_starts(rng, n, 25 * k.clatter)
    result += scatter(n, starts, 1.4 * rng.random(len(starts)) ** 2, links, rng)
    for start in event_times(rng, seconds, gap_seconds=3.1, jitter=0.4, first_seconds=1.0):
        m = samples_in(rng.uniform(0.3, 0.8))
        add_at(result, samples_in(start), band(rng, m, 2000, 11000) * swell(m, 0.1, 1, 2.5), 0.1)
    return result


def _add_press(hall: FloatArray, seconds: float, rng: np.random.Generator, k: Values) -> None:
    strokes = (
        (0.0, _clank(rng, 380), 1.6),
        (0.37, _clank(rng, 900), 0.7),
        (0.62, _clank(rng, 620), 1.0),
    )
    for start in event_times(rng, seconds, gap_seconds=1 / k.beats_hz, jitter=0.01):
        for after, clank, gain in strokes:
            add_at(hall, samples_in(start + after / k.beats_hz), clank, 3 * k.clatter * gain)


def _clank(rng: np.random.Generator, hz: float) -> FloatArray:
    n = samples_in(0.4)
    ratios = np.array([1, 1.58, 2.23, 2.92, 3.6, 4.7, 6.1]) * rng.uniform(0.94, 1.06, 7)
    ring = modes(n, hz * ratios, rng.uniform(0.006, 0.024, 7), rng.uniform(0.3, 1.0, 7))
    return unit_peak(ring + 2.3 * band(rng, n, 200, 6000) * decay(n, 0.012))


@family(
    "the hum of electricity",
    Knob("mains_hz", 50, 50, 60, "Hz", "frequency of the mains"),
    Knob("buzz", 0.4, 0.05, 1.0, "share", "how many overtones", follows="brightness"),
    Knob("flicker", 0.15, 0, 1, "share", "how unsteady it is", follows="intensity"),
    Knob("sparks_per_second", 0.6, 0, 30, "1/s", "how often it spits"),
    presets={
        "mains": {"sparks_per_second": 0, "flicker": 0.0, "buzz": 0.2},
        "neon": {"buzz": 0.9, "flicker": 0.3, "sparks_per_second": 0.5},
        "spark": {"buzz": 1.0, "flicker": 1.0, "sparks_per_second": 25},
    },
    natural_seconds=8.0,
    place="room",
    room_tone_db=-55.0,
)
def hum(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Twice the mains frequency and its overtones; a tube that flickers and spits."""
    n = samples_in(seconds)
    strengths = np.zeros(40)
    orders = np.arange(2, 41, 2)
    strengths[1::2] = (orders / 2) ** -(2.2 - 1.7 * k.buzz) * rng.uniform(0.5, 1.2, 20)
    strengths[0] = 0.2
    tone = unit_rms(harmonics(k.mains_hz, n, strengths.tolist()))
    steady = 1 - k.flicker * wander(rng, n, 7, 0.0, 0.9, 3.0)
    fizz = 0.12 * k.buzz * band(rng, n, 2000, 9000) * np.abs(tone)
    spits = variants(16, _spit, rng)
    starts = poisson_starts(rng, n, k.sparks_per_second)
    crackle = scatter(n, starts, 4 * rng.random(len(starts)) ** 2, spits, rng)
    return np.asarray((tone + fizz) * steady + crackle, np.float32)


def _spit(rng: np.random.Generator) -> FloatArray:
    n = samples_in(0.03)
    return unit_peak(band(rng, n, 1500, 12000) * decay(n, rng.uniform(0.001, 0.006)))


@family(
    "typing on a keyboard",
    Knob("keys_per_second", 10, 3, 14, "1/s", "how fast", follows="speed"),
    Knob("click", 0.6, 0.2, 1.0, "share", "how hard the keys click", follows="intensity"),
    Knob("typewriter", 0, 0, 1, "switch", "1: type bars, and a bell at the end of a line"),
    presets={"keyboard": {}, "typewriter": {"typewriter": 1, "keys_per_second": 5.5, "click": 1.0}},
    natural_seconds=6.0,
    place="room",
    room_tone_db=-44.0,
)
def typing(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Each key goes down with a click and a thud, and comes up softer; words are groups of keys."""
    result = np.zeros(samples_in(seconds), np.float32)
    desk = 0.6 if k.typewriter >= 0.5 else 1.0
    keys = variants(10, lambda r: _key(r, desk, k.click), rng)
    for start in event_times(
        rng,
        seconds,
        gap_seconds=1 / k.keys_per_second,
        jitter=0.45,
        group=(3, 9),
        pause_seconds=0.18,
    ):
        key, force = keys[rng.integers(len(keys))], rng.uniform(0.3, 1.0)
        add_at(result, samples_in(start), key, force)
        add_at(result, samples_in(start + rng.uniform(0.06, 0.11)), key, 0.4 * force)
    if k.typewriter >= 0.5:
        for start in event_times(rng, seconds, gap_seconds=3.5, jitter=0.2, first_seconds=2.5):
            ding = modes(samples_in(1), [2350, 5170, 7900], [0.5, 0.2, 0.1], [1, 0.4, 0.2])
            add_at(result, samples_in(start), ding, 0.35)
    return result


def _key(rng: np.random.Generator, pitch: float, click: float) -> FloatArray:
    n = samples_in(0.08)
    snap = click * unit_peak(band(rng, n, 3200 * pitch, 9000, -2) * decay(n, 0.0012))
    hz = pitch * rng.uniform(0.85, 1.15) * np.array([225, 490, 1080, 2260, 3860])
    thud = modes(n, hz, [0.017, 0.012, 0.007, 0.004, 0.003], [0.5, 0.4, 0.35, 0.3, 0.25])
    bottom = np.zeros(n, np.float32)
    add_at(bottom, samples_in(rng.uniform(0.008, 0.02)), snap, 0.22)
    return faded(snap + bottom + 0.08 * thud, 0.0005, 0.01)
