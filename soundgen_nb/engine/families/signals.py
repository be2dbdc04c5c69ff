"""Signals: sounds made to be heard. Sirens, alarms, telephones, beeps."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import faded
from soundgen_nb.engine.parts.filters import bandpass, resonate
from soundgen_nb.engine.parts.noise import PINK, band
from soundgen_nb.engine.parts.resonators import harmonics, modes, sine
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import (
    FloatArray,
    add_at,
    samples_in,
    time_axis,
    unit_peak,
)


@family(
    "a siren on a vehicle",
    Knob("low_hz", 580, 300, 900, "Hz", "bottom of the sweep", against="size"),
    Knob("high_hz", 1400, 600, 2000, "Hz", "top of the sweep", against="size"),
    Knob("sweeps_hz", 0.3, 0.06, 4.5, "Hz", "sweeps a second", follows="speed"),
    Knob("steps", 0, 0, 1, "switch", "0 glides, 1 jumps between two notes"),
    presets={
        "wail": {"sweeps_hz": 0.3},
        "yelp": {"sweeps_hz": 3.2},
        "two_tone": {"low_hz": 440, "high_hz": 605, "sweeps_hz": 0.8, "steps": 1},
        "air_raid": {"low_hz": 300, "high_hz": 620, "sweeps_hz": 0.1},
    },
    natural_seconds=8.0,
    place="street",
)
def siren(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A square-ish tone that sweeps between two notes, through a horn loudspeaker."""
    n = samples_in(seconds)
    turns = time_axis(n) * k.sweeps_hz + rng.random()
    if k.steps >= 0.5:
        place = (turns % 1 < 0.5).astype(float)
    else:
        # the capacitor of a classic siren charges faster than it empties
        rise = turns % 1
        place = np.where(
            rise < 0.45, np.sin(np.pi / 0.9 * rise), np.cos(np.pi / 1.1 * (rise - 0.45))
        )
    hz = k.low_hz * (k.high_hz / k.low_hz) ** np.clip(place, 0, 1)
    tone = np.tanh(1.5 * harmonics(hz, n, [1, 0.5, 0.4, 0.3, 0.22, 0.18]))
    horn = resonate(tone, [(750, 1.2, 0.8), (1600, 1.5, 1.0), (2900, 2.0, 0.5)])
    return unit_peak(horn) + 0.012 * band(rng, n, 30, 2000, PINK)


@family(
    "an alarm: of a clock, for smoke, a buzzer",
    Knob("tone_hz", 2050, 300, 4000, "Hz", "its pitch", against="size"),
    Knob("on_seconds", 0.09, 0.04, 2.0, "s", "length of a beep", against="speed"),
    Knob("off_seconds", 0.07, 0.01, 1.5, "s", "silence between beeps", against="speed"),
    Knob("group", 4, 1, 8, "beeps", "beeps before the pause"),
    Knob("pause_seconds", 0.4, 0.0, 3.0, "s", "the pause", against="speed"),
    Knob("harshness", 0.5, 0, 1, "share", "how square the wave is", follows="intensity"),
    presets={
        "clock": {},
        "smoke": {  # the temporal-three pattern of ISO 8201
            "tone_hz": 3100,
            "on_seconds": 0.5,
            "off_seconds": 0.5,
            "group": 3,
            "pause_seconds": 1.0,
            "harshness": 0.2,
        },
        "buzzer": {
            "tone_hz": 420,
            "on_seconds": 1.6,
            "off_seconds": 0.3,
            "group": 1,
            "harshness": 1,
        },
        "intruder": {
            "tone_hz": 2600,
            "on_seconds": 0.15,
            "off_seconds": 0.02,
            "pause_seconds": 0.02,
        },
    },
    natural_seconds=5.0,
    place="room",
)
def alarm(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Beeps in groups, from a piezo disc with its own resonance."""
    result = np.zeros(samples_in(seconds), np.float32)
    hz = k.tone_hz * rng.uniform(0.95, 1.05)
    beep = _electronic_tone(hz, k.on_seconds, k.harshness)
    step = k.on_seconds + k.off_seconds
    start = 0.1
    while start < seconds:
        for number in range(round(k.group)):
            add_at(result, samples_in(start + number * step), beep)
        start += round(k.group) * step + k.pause_seconds
    return result


@family(
    "a telephone that rings",
    Knob("ring_seconds", 1.8, 0.4, 2.5, "s", "length of one ring"),
    Knob("pause_seconds", 1.3, 0.2, 4.0, "s", "silence between rings", against="speed"),
    Knob("pitch_hz", 1150, 700, 2200, "Hz", "its note", against="size"),
    Knob("digital", 0, 0, 1, "switch", "0 a bell and a clapper, 1 an electronic trill"),
    presets={
        "bell": {"digital": 0},
        "digital": {"digital": 1, "ring_seconds": 1.0, "pause_seconds": 0.8, "pitch_hz": 1300},
    },
    natural_seconds=6.0,
    place="room",
)
def phone(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A clapper between two gongs, twenty strokes a second; or two notes that alternate."""
    result = np.zeros(samples_in(seconds), np.float32)
    hz = k.pitch_hz * rng.uniform(0.95, 1.05)
    make = _trill if k.digital >= 0.5 else _two_gongs
    start = 0.15
    while start < seconds - 0.2:
        add_at(result, samples_in(start), make(rng, hz, k.ring_seconds))
        start += k.ring_seconds + k.pause_seconds
    return result


@family(
    "a beep of a machine",
    COUNT,
    Knob("tone_hz", 1000, 200, 4000, "Hz", "its pitch", against="size"),
    Knob("beep_seconds", 0.14, 0.03, 1.5, "s", "length of a beep", against="speed"),
    Knob("gap_seconds", 0.42, 0.06, 2.0, "s", "time from beep to beep", against="speed"),
    Knob("harshness", 0.15, 0, 1, "share", "how square the wave is", follows="intensity"),
    presets={
        "computer": {"tone_hz": 1300, "beep_seconds": 0.08, "gap_seconds": 0.22},
        "truck": {"tone_hz": 1250, "beep_seconds": 0.5, "gap_seconds": 1.0},
        "heart_monitor": {"tone_hz": 960, "beep_seconds": 0.12, "gap_seconds": 0.85},
        "sonar": {"tone_hz": 1450, "beep_seconds": 0.9, "gap_seconds": 2.0, "harshness": 0},
    },
    natural_seconds=3.0,
    place="room",
)
def beep(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Plain tones with soft edges, all alike: a machine does not vary."""
    result = np.zeros(samples_in(seconds), np.float32)
    length = min(k.beep_seconds, 0.8 * k.gap_seconds)
    tone = _electronic_tone(k.tone_hz * rng.uniform(0.9, 1.1), length, k.harshness)
    for start in event_times(
        rng,
        seconds,
        count=k.count,
        gap_seconds=k.gap_seconds,
        jitter=0.0,
        needs_seconds=length + 0.05,
    ):
        add_at(result, samples_in(start), tone)
    return result


def _electronic_tone(hz: float, seconds: float, harshness: float) -> FloatArray:
    n = samples_in(seconds)
    strengths = [1.0, *(harshness * (1 if q % 2 else 0.3) / q**0.7 for q in range(2, 9))]
    return unit_peak(faded(harmonics(hz, n, strengths), 0.004, 0.008))


def _trill(rng: np.random.Generator, hz: float, seconds: float) -> FloatArray:
    n = samples_in(seconds)
    alternate = np.where(time_axis(n) * rng.uniform(19, 23) % 1 < 0.5, 1.0, 1.26)
    return unit_peak(faded(harmonics(hz * alternate, n, [1, 0.15, 0.45, 0.1, 0.2]), 0.005, 0.02))


def _two_gongs(rng: np.random.Generator, hz: float, seconds: float) -> FloatArray:
    result = np.zeros(samples_in(seconds + 1.0), np.float32)
    ratios = np.array([1, 2.38, 4.05, 5.9, 7.7])
    gongs = [
        modes(
            samples_in(0.9),
            hz * tuning * ratios,
            [0.3, 0.22, 0.14, 0.09, 0.05],
            [1, 0.9, 0.6, 0.4, 0.3],
        )
        for tuning in (1.0, rng.uniform(1.17, 1.27))
    ]
    strokes = event_times(
        rng, seconds, gap_seconds=1 / 22, jitter=0.1, first_seconds=0, needs_seconds=0
    )
    for number, start in enumerate(strokes):
        add_at(result, samples_in(start), gongs[number % 2], rng.uniform(0.7, 1.0))
    clatter = bandpass(result * (1 + 0.2 * sine(22, len(result))), 600, 9000)
    return unit_peak(clatter)
