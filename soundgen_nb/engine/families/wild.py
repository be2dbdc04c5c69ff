"""The wild, and what squeaks: snakes, elephants, mice. Imitations, and labelled so."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import hump, stretched, swell, wander
from soundgen_nb.engine.parts.grains import sequenced
from soundgen_nb.engine.parts.noise import PINK, band
from soundgen_nb.engine.parts.resonators import harmonics, phase
from soundgen_nb.engine.parts.timeline import FloatArray, samples_in, unit_peak, unit_rms
from soundgen_nb.engine.parts.voices import Formants, glided, glottis

_TRUNK: tuple[Formants, ...] = (
    ((450, 150, 1.0), (950, 250, 0.8), (1900, 400, 0.4)),
    ((600, 150, 1.0), (1300, 250, 1.0), (2600, 500, 0.7), (4200, 900, 0.3)),
    ((500, 150, 1.0), (1100, 250, 0.7), (2200, 500, 0.4)),
)


@family(
    "a snake that hisses, or rattles",
    COUNT,
    Knob("hiss_seconds", 1.4, 0.5, 3.0, "s", "length of a hiss", against="speed"),
    Knob("bright_hz", 5200, 2500, 8000, "Hz", "middle of the hiss", against="size"),
    Knob("rattle", 0.0, 0.0, 1.0, "share", "1 shakes its rattle instead"),
    Knob("rattle_hz", 55, 30, 90, "1/s", "strokes of the rattle a second"),
    presets={"rattle": {"rattle": 1.0, "hiss_seconds": 2.5}},
    natural_seconds=6.0,
    place="outdoors",
    approximate="a snake from shaped noise, not a recorded animal",
)
def snake(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Air pressed through a slit, in long breaths; or dry rings shaken fifty times a second."""
    make = _rattled if k.rattle >= 0.5 else _hissed
    return sequenced(
        seconds, rng, k, make, gains=(0.7, 1.0), gap_seconds=k.hiss_seconds + 0.7, needs_seconds=0.6
    )


def _hissed(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(k.hiss_seconds * rng.uniform(0.8, 1.2))
    air = band(rng, n, 0.5 * k.bright_hz, 1.9 * k.bright_hz) + 0.15 * band(rng, n, 400, 3000)
    return unit_peak(air * swell(n, 0.3, 0.7, 2.2) * wander(rng, n, 18, 0.75, 1.0))


def _rattled(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(k.hiss_seconds * rng.uniform(0.9, 1.2))
    turns = phase(k.rattle_hz * wander(rng, n, 4, 0.92, 1.08), n)
    strokes = np.exp(-5 * (turns % 1)).astype(np.float32)
    dry = band(rng, n, 3500, 14000, PINK) * (0.15 + strokes)
    return unit_peak(dry * hump(n, 0.35) * wander(rng, n, 9, 0.7, 1.0))


@family(
    "an elephant that trumpets",
    COUNT,
    Knob("pitch_hz", 430, 250, 650, "Hz", "top of the pitch", against="size"),
    Knob("length_seconds", 1.5, 0.7, 3.0, "s", "length of a call", against="speed"),
    Knob("rough", 0.4, 0.1, 1.0, "share", "how rough it is", follows="intensity"),
    natural_seconds=6.0,
    place="outdoors",
    approximate="an elephant's trumpet from rough pulses and a trunk's formants, not recorded",
)
def elephant(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Breath blown hard through a long trunk: a brassy tone that climbs, blares and tears."""
    gap = k.length_seconds + 1.2
    return sequenced(seconds, rng, k, _trumpet, gap_seconds=gap, needs_seconds=0.8)


def _trumpet(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(k.length_seconds * rng.uniform(0.8, 1.2))
    line = stretched([0.65, 0.95, 1.0, 1.03, 0.98, 0.9, 0.65], n)
    pitch = k.pitch_hz * rng.uniform(0.92, 1.08) * line * wander(rng, n, 10, 0.97, 1.03)
    pitch = pitch * (1 + 0.05 * k.rough * band(rng, n, 20, 120))
    source = glottis(rng, pitch.astype(np.float32), breath=0.3, rough=0.5 * k.rough)
    voice = unit_rms(glided(source, _TRUNK)) * (1 + 0.4 * k.rough * band(rng, n, 20, 90))
    return unit_peak(np.tanh(1.5 * voice) * swell(n, 0.2, 0.5, 0.9) * hump(n, 0.3))


@family(
    "a squeak: a mouse, a rubber toy, a shoe on a smooth floor",
    COUNT,
    Knob("pitch_hz", 3800, 600, 7000, "Hz", "pitch of the squeak", against="size"),
    Knob("length_seconds", 0.07, 0.03, 0.5, "s", "length of a squeak"),
    Knob("gap_seconds", 0.24, 0.12, 1.5, "s", "time from squeak to squeak", against="speed"),
    Knob("reed", 0.1, 0.0, 1.0, "share", "overtones: from a whistle to a reed"),
    Knob("bend", 1.15, 0.6, 1.8, "ratio", "where the pitch ends, against where it began"),
    Knob("scrape", 0.1, 0.0, 1.0, "share", "noise of what rubs"),
    presets={
        "toy": {
            "pitch_hz": 1150,
            "length_seconds": 0.2,
            "gap_seconds": 0.6,
            "reed": 0.9,
            "bend": 1.3,
        },
        "shoe": {
            "pitch_hz": 1300,
            "length_seconds": 0.13,
            "gap_seconds": 0.75,
            "reed": 0.5,
            "bend": 1.3,
            "scrape": 1.0,
        },
    },
    natural_seconds=5.0,
    place="room",
    approximate="squeaks from bent tones, not recorded",
)
def squeak(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A short tone that slides, with a little noise where it sticks and slips."""
    return sequenced(
        seconds,
        rng,
        k,
        _squeaked,
        gains=(0.5, 1.0),
        jitter=0.35,
        needs_seconds=0.2,
        group=(2, 5),
        pause_seconds=0.6,
    )


def _squeaked(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(k.length_seconds * rng.uniform(0.7, 1.4))
    slide = k.bend ** np.linspace(0, 1, n) * (1 + 0.06 * hump(n))
    hz = k.pitch_hz * rng.uniform(0.88, 1.12) * slide * wander(rng, n, 40, 0.97, 1.03)
    overtones = [1.0, *(k.reed * 0.9**order for order in range(1, 6))]
    tone = harmonics(hz, n, overtones) * (1 + 0.3 * band(rng, n, 40, 300))
    noise = band(rng, n, k.pitch_hz, 3 * k.pitch_hz) * np.float32(0.08 + 0.4 * k.scrape)
    return unit_peak((tone + noise) * hump(n, 0.6))
