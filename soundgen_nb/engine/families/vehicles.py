"""Vehicles: engines on wheels, rails and water; and the wipers of a car."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.bubbles import bubbling
from soundgen_nb.engine.parts.envelopes import decay, hump, swell, wander
from soundgen_nb.engine.parts.filters import lowpass, resonate
from soundgen_nb.engine.parts.grains import burst, layered, poisson_starts, scatter, variants
from soundgen_nb.engine.parts.motors import chop, firing, whine
from soundgen_nb.engine.parts.noise import PINK, band, white
from soundgen_nb.engine.parts.resonators import harmonics
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak, unit_rms


@family(
    "a combustion engine, idling and revving",
    Knob("idle_rpm", 850, 500, 1500, "1/min", "its slowest speed", against="size"),
    Knob(
        "revs_per_minute", 12, 0, 30, "1/min", "how often the driver steps on it", follows="speed"
    ),
    Knob("top_rpm", 3400, 1000, 9000, "1/min", "how far it revs", follows="intensity"),
    Knob("cylinders", 4, 1, 12, "cylinders", "how many there are"),
    Knob("pipe", 1.0, 0.5, 2.0, "ratio", "pitch of the exhaust", against="size"),
    presets={
        "idle": {"revs_per_minute": 0},
        "sports": {"idle_rpm": 1000, "top_rpm": 6500, "cylinders": 8},
        "motorbike": {"idle_rpm": 1100, "top_rpm": 5500, "cylinders": 2, "pipe": 1.3},
        "truck": {"idle_rpm": 650, "top_rpm": 2000, "cylinders": 6, "pipe": 0.7},
    },
    natural_seconds=8.0,
    place="outdoors",
)
def car_engine(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Firing strokes through an exhaust, at a speed that idles, jumps up and falls back."""
    n = samples_in(seconds)
    rpm = _revs(seconds, rng, k)
    cylinders = round(k.cylinders)
    pipe = k.pipe * rng.uniform(0.9, 1.1)
    exhaust = [
        (95 * pipe, 3, 1.0),
        (190 * pipe, 4, 0.8),
        (420 * pipe, 4, 0.5),
        (900 * pipe, 3, 0.2),
    ]
    # a four-stroke cylinder fires every second turn, and most of the noise comes with it
    strokes = firing(rng, rpm * np.float32(cylinders / 120), cylinders, exhaust, noise=0.8)
    load = 0.5 + 0.5 * (rpm / k.idle_rpm - 1) / max(k.top_rpm / k.idle_rpm - 1, 0.1)
    whirr = 0.1 * band(rng, n, 400, 5000, PINK) * load
    return np.asarray(np.tanh(0.7 * strokes * (0.5 + load)) + whirr, np.float32)


def _revs(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(seconds)
    # no two turns are equally fast: a steady idle is an organ pipe
    rpm = k.idle_rpm * wander(rng, n, 4, 0.97, 1.05) * (1 + 0.03 * band(rng, n, 4, 25))
    if k.revs_per_minute <= 0:
        return rpm
    gap = 60 / k.revs_per_minute
    for start in event_times(rng, seconds, gap_seconds=gap, jitter=0.4, first_seconds=0.3 * gap):
        step = swell(samples_in(rng.uniform(1.2, 2.6)), rng.uniform(0.25, 0.5), 0.8, 3.0)
        add_at(rpm, samples_in(start), step, (k.top_rpm - k.idle_rpm) * rng.uniform(0.5, 1.0))
    return lowpass(np.clip(rpm, 0.9 * k.idle_rpm, k.top_rpm), 6)


@family(
    "a motor boat",
    Knob("strokes_hz", 95, 12, 160, "Hz", "firing strokes a second", follows="speed"),
    Knob("cylinders", 2, 1, 6, "cylinders", "how many there are"),
    Knob("wash", 0.6, 0.1, 1.0, "share", "water at the bow and the screw", follows="intensity"),
    Knob("pipe_hz", 210, 80, 400, "Hz", "resonance of the exhaust", against="size"),
    presets={
        "outboard": {},
        "diesel": {"strokes_hz": 45, "cylinders": 4, "pipe_hz": 150, "wash": 0.45},
    },
    natural_seconds=9.0,
    place="outdoors",
)
def boat(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """An exhaust that gurgles in the water as waves cover it, and a hull that slaps on them."""
    n = samples_in(seconds)
    heave = wander(rng, n, 1.1, 0.0, 1.0)
    rate = k.strokes_hz * (0.97 + 0.06 * heave) * (1 + 0.02 * band(rng, n, 4, 25))
    exhaust = [(k.pipe_hz * r, 4, g) for r, g in ((0.5, 0.8), (1, 1), (2.2, 0.6), (4.5, 0.25))]
    engine = firing(rng, rate, round(k.cylinders), exhaust, noise=0.005 * k.strokes_hz) * (
        0.55 + 0.45 * heave
    )
    gurgle = unit_rms(bubbling(n, rng, 600, 150, 1400, heave))
    wash = band(rng, n, 200, 6000, PINK) * wander(rng, n, 1.6, 0.5, 1)
    result = engine + np.float32(k.wash) * (0.5 * gurgle + 0.6 * wash)
    for start in event_times(rng, seconds, gap_seconds=1.3, jitter=0.6, needs_seconds=0.3):
        slap = layered(burst(rng, 60, 400, 0.07, 0.008), 0.5 * burst(rng, 500, 6000, 0.11, 0.02))
        add_at(result, samples_in(start), slap, 1.2 * k.wash * rng.uniform(0.3, 1.0))
    return result


@family(
    "windscreen wipers, heard from inside the car",
    Knob("wipes_hz", 0.8, 0.5, 1.2, "Hz", "wipes to and fro a second", follows="speed"),
    Knob("squeak", 0.4, 0.0, 1.0, "share", "rubber that judders on dry glass"),
    Knob("rain", 0.4, 0.0, 1.0, "share", "drops on the roof and the glass", follows="intensity"),
    presets={
        "rain": {"rain": 0.8, "squeak": 0.1},
        "squeaky": {"squeak": 1.0, "rain": 0.1},
    },
    natural_seconds=8.0,
    place="room",
)
def wipers(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Two strokes a wipe, each ending with a knock; a motor, rubber on glass, an idling engine."""
    n = samples_in(seconds)
    result = 0.05 * firing(rng, 27 * wander(rng, n, 2, 0.98, 1.02), 4, noise=0.2)
    result += 0.06 * band(rng, n, 30, 200, -4)
    drops = variants(16, lambda r: unit_peak(burst(r, 300, 5000, r.uniform(0.002, 0.008))), rng)
    starts = poisson_starts(rng, n, 500 * k.rain)
    result += 0.1 * k.rain * band(rng, n, 300, 5000, PINK)
    result += scatter(n, starts, 0.35 * rng.random(len(starts)) ** 3, drops, rng)
    stroke_seconds = 0.5 / k.wipes_hz
    up = True
    for start in event_times(
        rng, seconds, gap_seconds=stroke_seconds, jitter=0.01, needs_seconds=0.2
    ):
        add_at(result, samples_in(start), _wipe(rng, 0.92 * stroke_seconds, k.squeak, up=up))
        up = not up
    return result


def _wipe(rng: np.random.Generator, seconds: float, squeak: float, *, up: bool) -> FloatArray:
    n = samples_in(seconds)
    moving = hump(n, 0.7)
    motor = whine(rng, 62 * (0.5 + 0.5 * moving), [(1, 1), (2, 0.7), (5, 0.4), (9, 0.3)])
    # the blade turns over at the end of a stroke, and judders more on the way down
    judder = chop((28 + 30 * moving).astype(np.float32), 0.2)
    rub = band(rng, n, 350, 3500, PINK) * (0.5 + squeak * judder)
    note = (780 if up else 640) * rng.uniform(0.9, 1.1) * (0.85 + 0.3 * moving)
    cry = harmonics(note, n, [1, 0.6, 0.5, 0.3, 0.2]) * judder * wander(rng, n, 9, 0, 1, 1.5)
    sound = 0.12 * motor + (0.2 if up else 0.1) * rub + 0.35 * squeak**2 * cry
    wipe = np.zeros(n + samples_in(0.25), np.float32)
    add_at(wipe, 0, sound * moving)
    thud = layered(burst(rng, 90, 500, 0.02, 0.004), 0.5 * burst(rng, 400, 2500, 0.012, 0.003))
    add_at(wipe, n - samples_in(0.02), unit_peak(thud), 0.22 if up else 0.1)
    return wipe


@family(
    "a train on jointed rails",
    Knob("joints_hz", 1.3, 0.4, 2.2, "Hz", "rail joints a second", follows="speed"),
    Knob("steam", 0, 0, 1, "share", "chuffing of a steam engine"),
    Knob("whistles_per_minute", 0, 0, 12, "1/min", "how often it whistles"),
    Knob("weight", 0.5, 0.1, 1, "share", "rumble under the wheels", follows="intensity"),
    presets={
        "steam": {"steam": 1.0, "whistles_per_minute": 10, "joints_hz": 1.0},
        "whistle": {"whistles_per_minute": 10},
        "subway": {"joints_hz": 1.8, "weight": 0.9},
    },
    natural_seconds=10.0,
    place="outdoors",
)
def train(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Rolling noise; over each joint the four axles of two bogies; steam and whistle if asked."""
    n = samples_in(seconds)
    result = (0.4 + 0.8 * k.weight) * band(rng, n, 25, 500, -5) * wander(rng, n, 1, 0.7, 1.0)
    result += 0.07 * band(rng, n, 300, 4500, PINK) * wander(rng, n, 6, 0.5, 1.0)
    rails = unit_rms(resonate(white(rng, n), [(550, 3, 1.0), (1050, 4, 0.8), (2030, 5, 0.5)]))
    result += 0.15 * rails * wander(rng, n, 9, 0.4, 1.0)
    result += 0.28 * firing(rng, 25 * wander(rng, n, 0.5, 0.97, 1.03), 8, noise=0.1)
    gap = 1 / k.joints_hz * rng.uniform(0.92, 1.08)
    for start in event_times(rng, seconds + gap, gap_seconds=gap, jitter=0.02, first_seconds=0.05):
        for after, gain in ((0, 1), (0.10, 0.9), (0.42, 0.85), (0.52, 0.8)):
            add_at(result, samples_in(start + after * gap), _clack(rng), gain)
    if k.steam > 0:
        result += k.steam * _chuffs(seconds, rng, 4 * k.joints_hz)
    if k.whistles_per_minute > 0:
        gap = 60 / k.whistles_per_minute
        for start in event_times(rng, seconds, gap_seconds=gap, first_seconds=0.6, needs_seconds=1):
            add_at(result, samples_in(start), _whistle(rng), 1.6)
    return result


def _clack(rng: np.random.Generator) -> FloatArray:
    n = samples_in(0.25)
    thud = unit_peak(band(rng, n, 30, 200) * decay(n, 0.06, 0.01))
    ring = unit_peak(band(rng, n, 1100, 4400) * decay(n, 0.043))
    return (1.3 * thud + ring) * np.float32(rng.uniform(0.7, 1.0))


def _chuffs(seconds: float, rng: np.random.Generator, rate_hz: float) -> FloatArray:
    result = np.zeros(samples_in(seconds), np.float32)
    for start in event_times(rng, seconds, gap_seconds=1 / rate_hz, jitter=0.03, needs_seconds=0):
        n = samples_in(0.9 / rate_hz)
        puff = band(rng, n, 150, 5000, PINK) * swell(n, 0.35, 1.0, 2.5)
        add_at(result, samples_in(start), puff, 0.9 * rng.uniform(0.7, 1.0))
    return result


def _whistle(rng: np.random.Generator) -> FloatArray:
    n = samples_in(rng.uniform(0.9, 1.8))
    blow = swell(n, 0.12, 0.6, 0.8)
    root = rng.uniform(480, 600) * (0.94 + 0.06 * np.minimum(1, np.linspace(0, 8, n)))
    chord = sum(harmonics(root * ratio, n, [1, 0.4, 0.2]) for ratio in (1, 1.19, 1.5, 1.78))
    breath = unit_rms(band(rng, n, 500, 5000)) * 0.4
    return unit_peak((chord + breath) * blow)
