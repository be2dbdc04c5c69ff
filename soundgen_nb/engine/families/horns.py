"""Horns and whistles: what is blown to be heard from afar."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import faded, wander
from soundgen_nb.engine.parts.filters import glide, resonate
from soundgen_nb.engine.parts.noise import PINK, band
from soundgen_nb.engine.parts.resonators import harmonics, phase
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
    "a whistle: a referee's, a person's, a kettle's",
    COUNT,
    Knob("pitch_hz", 2600, 1000, 4200, "Hz", "its note", against="size"),
    Knob("blow_seconds", 0.8, 0.15, 30.0, "s", "length of a blow", against="speed"),
    Knob("flutter_hz", 29, 20, 40, "Hz", "turns a second of the pea inside"),
    Knob("flutter", 0.7, 0.0, 1.0, "share", "how much the pea interrupts it"),
    Knob("slide_octaves", 0.0, -1.0, 1.5, "octaves", "how far the note moves in a blow"),
    Knob("breath", 0.35, 0.05, 1.0, "share", "rush of the air", follows="intensity"),
    presets={
        "referee": {},
        "human": {
            "pitch_hz": 1250,
            "flutter": 0,
            "slide_octaves": 0.7,
            "blow_seconds": 0.55,
            "breath": 0.15,
        },
        "kettle": {
            "pitch_hz": 1700,
            "flutter": 0,
            "slide_octaves": 0.7,
            "blow_seconds": 30,
            "breath": 0.5,
        },
    },
    natural_seconds=4.0,
    place="outdoors",
)
def whistle(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A nearly pure tone in a jet of air; a pea that runs round inside makes it trill."""
    result = np.zeros(samples_in(seconds), np.float32)
    length = min(k.blow_seconds, 0.94 * seconds)
    pitch_hz = k.pitch_hz * rng.uniform(0.95, 1.05)
    for start in event_times(
        rng,
        seconds,
        count=k.count,
        gap_seconds=length + 0.35,
        first_seconds=0.15,
        needs_seconds=min(length, 0.9 * seconds),
    ):
        shorter = rng.uniform(0.85, 1) if k.blow_seconds < seconds else 1.0
        add_at(result, samples_in(start), _blow(rng, length * shorter, pitch_hz, k))
    return result


def _blow(rng: np.random.Generator, seconds: float, pitch_hz: float, k: Values) -> FloatArray:
    n = samples_in(seconds)
    pea = np.sin(2 * np.pi * phase(k.flutter_hz * wander(rng, n, 6, 0.93, 1.07), n))
    slot = (k.flutter * (0.5 + 0.5 * pea)).astype(np.float32)
    moved = k.slide_octaves * np.linspace(0, 1, n) ** 0.7
    # the breath takes a moment to reach its pressure, and the note rises with it
    hz = pitch_hz * 2**moved * (1 - 0.2 * np.exp(-time_axis(n) / 0.03)) * (1 - 0.03 * slot)
    hz = (hz * wander(rng, n, 8, 0.995, 1.005)).astype(np.float32)
    tone = harmonics(hz, n, [1, 0.1 + 0.25 * k.flutter, 0.05])
    air = unit_rms(glide(band(rng, n, 600, 14000), hz, 7.0)) + 0.2 * band(rng, n, 2000, 14000)
    return faded((tone + 0.5 * k.breath * air) * (1 - 0.85 * slot), 0.02, 0.05)


@family(
    "a ship's horn or a foghorn",
    COUNT,
    Knob("pitch_hz", 115, 60, 190, "Hz", "its note", against="size"),
    Knob("blast_seconds", 3.2, 0.8, 8.0, "s", "length of a blast", against="speed"),
    Knob("gap_seconds", 2.5, 0.5, 20.0, "s", "silence between blasts", against="speed"),
    Knob("beating_hz", 0.6, 0.2, 4.0, "Hz", "beats between its trumpets"),
    Knob("grunt", 0.0, 0.0, 1.0, "share", "how far it falls at the end, as a diaphone does"),
    presets={
        "ship": {},
        "foghorn": {"pitch_hz": 165, "blast_seconds": 2.6, "grunt": 1.0, "gap_seconds": 3.5},
        "tug": {"pitch_hz": 185, "blast_seconds": 1.2, "gap_seconds": 0.8},
    },
    natural_seconds=9.0,
    place="canyon",
)
def ship_horn(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Two trumpets that beat against each other, long and low, over water."""
    result = 0.012 * band(rng, samples_in(seconds), 60, 2500, PINK)
    length = min(k.blast_seconds, 0.85 * seconds)
    pitch_hz = k.pitch_hz * rng.uniform(0.95, 1.04)
    for start in event_times(
        rng,
        seconds,
        count=k.count,
        gap_seconds=length + k.gap_seconds,
        first_seconds=0.3,
        needs_seconds=0.8 * length,
    ):
        add_at(result, samples_in(start), _blast(rng, length * rng.uniform(0.9, 1), pitch_hz, k))
    return result


_TRUMPET = ((150, 1.2, 1.0), (330, 1.5, 0.9), (620, 1.5, 0.7), (1250, 1.5, 0.25), (2600, 1, 0.06))
_PARTIALS = [0.8, 1.0, 0.95, 0.9, *(5 / q for q in range(5, 25))]


def _blast(rng: np.random.Generator, seconds: float, pitch_hz: float, k: Values) -> FloatArray:
    n = samples_in(seconds)
    t = time_axis(n)
    press = 1 - 0.06 * np.exp(-t / 0.08)
    # a diaphone's piston slows as its air runs out: the grunt
    fall = 1 - 0.45 * k.grunt / (1 + np.exp((seconds - 0.55 - t) / 0.06))
    total = np.zeros(n, np.float32)
    for offset_hz, gain in ((0.0, 1.0), (k.beating_hz, 0.6)):
        hz = (pitch_hz + offset_hz) * press * fall * wander(rng, n, 4, 0.998, 1.002)
        total += np.float32(gain) * harmonics(hz, n, _PARTIALS)
    rasp = total * (1 + 0.2 * band(rng, n, 30, 400)) + 0.3 * band(rng, n, 80, 3500, PINK)
    return unit_peak(faded(resonate(rasp, _TRUMPET), 0.09, 0.3))
