"""Voices that say nothing: laughter, a baby's cry, sobs, screams. Imitations, and labelled so."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import hump, stretched, swell, wander
from soundgen_nb.engine.parts.grains import sequenced
from soundgen_nb.engine.parts.motion import sided
from soundgen_nb.engine.parts.noise import band, white
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak, unit_rms
from soundgen_nb.engine.parts.voices import VOWELS, Formants, glided, glottis, mouthed

_CRY: tuple[Formants, ...] = (
    ((800, 200, 0.7), (2600, 400, 0.5), (4500, 600, 0.3)),
    ((1150, 220, 1.0), (3000, 400, 0.9), (4900, 700, 0.5)),
    ((1200, 220, 1.0), (3100, 400, 0.9), (5000, 700, 0.5)),
    ((1000, 220, 1.0), (2800, 400, 0.6), (4700, 700, 0.3)),
)


@family(
    "people, or one person, laughing",
    Knob("pitch_hz", 320, 170, 520, "Hz", "pitch of the voice", against="size"),
    Knob("rate_hz", 5.2, 3.8, 7.0, "1/s", "ha's a second", follows="speed"),
    Knob("people", 1, 1, 16, "people", "how many laugh"),
    Knob("voice", 0.7, 0.1, 1.0, "share", "voice beside breath"),
    presets={
        "giggle": {"pitch_hz": 420, "rate_hz": 6.0, "voice": 0.6},
        "chuckle": {"pitch_hz": 200, "voice": 0.5},
        "group": {"people": 6},
    },
    natural_seconds=6.0,
    place="room",
    approximate="laughter from made-up ha's, not a recorded person",
)
def laughter(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Ha ha ha: short voiced puffs, five a second, in runs that sink and end in a breath drawn."""
    ears = np.zeros((2, samples_in(seconds)), np.float32)
    people = round(k.people)
    for number in range(people):
        pan = rng.uniform(-0.7, 0.7) if people > 1 else 0.0
        gain = 1.0 if number < 2 else rng.uniform(0.25, 0.9)
        ears += sided(_laugh(seconds, rng, k, alone=people == 1), pan) * np.float32(gain)
    return ears


def _laugh(seconds: float, rng: np.random.Generator, k: Values, *, alone: bool) -> FloatArray:
    result = np.zeros(samples_in(seconds), np.float32)
    pitch = k.pitch_hz * (rng.uniform(0.9, 1.1) if alone else rng.uniform(0.65, 1.4))
    head = (pitch / 200) ** 0.25
    mouth = [VOWELS[name] for name in (("ə", "a"), ("a", "ə"), ("e", "ə"))[rng.integers(3)]]
    start = 0.15 if alone else rng.uniform(0, 1.5)
    while start < seconds:
        run = int(rng.integers(4, 10))
        line = np.linspace(1.15, 0.8, run) * rng.uniform(0.95, 1.1)
        for number in range(run):
            loud = 0.9 * (1 - 0.06 * number) * rng.uniform(0.75, 1.0)
            ha = _ha(rng, pitch * line[number], head, mouth, k)
            add_at(result, samples_in(start), ha, loud)
            start += rng.uniform(0.9, 1.1) / k.rate_hz
        add_at(result, samples_in(start + 0.05), _drawn(rng, 0.35, head), rng.uniform(0.12, 0.25))
        start += rng.uniform(0.5, 0.9)
    return result


def _ha(
    rng: np.random.Generator, pitch_hz: float, head: float, mouth: list[Formants], k: Values
) -> FloatArray:
    """An h that opens into a vowel, then a little of the h again."""
    n = samples_in(0.72 / k.rate_hz)
    bow = stretched([0.8, 1.3, 1.2, 1.0, 0.8, 0.7], n) * wander(rng, n, 25, 0.97, 1.03)
    vowel = glided(glottis(rng, (pitch_hz * bow).astype(np.float32), 0.1, 0.08), mouth, head)
    open_ = stretched([0, 0.6, 1, 0.7, 0.2, 0, 0, 0], n)
    air = mouthed(white(rng, n), mouth[0], head) * stretched([1.0, 0.6, 0.2, 0.3, 0.5, 0.7, 0.2], n)
    voiced = rng.uniform(0.7, 1.0) * k.voice
    return unit_rms(vowel) * open_ * np.float32(voiced) + unit_rms(air) * np.float32(0.08)


def _drawn(rng: np.random.Generator, seconds: float, head: float) -> FloatArray:
    """Breath drawn in: noise that rises and stops."""
    n = samples_in(seconds)
    return unit_rms(mouthed(white(rng, n), VOWELS["e"], head)) * swell(n, 0.7, 1.2, 4)


@family(
    "a baby that cries",
    COUNT,
    Knob("pitch_hz", 450, 350, 550, "Hz", "middle of its pitch"),
    Knob("cry_seconds", 1.0, 0.6, 1.6, "s", "length of a cry", against="speed"),
    Knob("rough", 0.15, 0.0, 0.8, "share", "how hoarse it is", follows="intensity"),
    presets={"whimper": {"cry_seconds": 0.6, "rough": 0.02}, "scream": {"rough": 0.6}},
    natural_seconds=7.0,
    place="room",
    approximate="a baby's cry from pulses and formants, not a recorded child",
)
def baby(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Waa: a second of voice that climbs and falls, then a quick, audible breath."""
    result = np.zeros(samples_in(seconds), np.float32)
    gap = k.cry_seconds + 0.4
    for start in event_times(
        rng, seconds, count=k.count, gap_seconds=gap, needs_seconds=0.5, jitter=0.1
    ):
        cry = _cry(rng, k)
        add_at(result, samples_in(start), cry, rng.uniform(0.75, 1.0))
        breath = _drawn(rng, 0.22, 1.6)
        add_at(result, samples_in(start) + len(cry), breath, rng.uniform(0.04, 0.07))
    return result


def _cry(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(k.cry_seconds * rng.uniform(0.8, 1.2))
    line = stretched([0.78, 1.0, 1.06, 1.08, 1.04, 0.98, 0.8], n) * wander(rng, n, 9, 0.97, 1.03)
    pitch = k.pitch_hz * line
    hoarse = k.rough * wander(rng, n, 3, 0, 1, 2)
    pitch = pitch * (1 + 0.1 * hoarse * band(rng, n, 20, 200))
    source = glottis(rng, pitch.astype(np.float32), breath=0.08 + 0.3 * k.rough, rough=k.rough)
    voice = glided(source, _CRY, rng.uniform(0.95, 1.05)) * wander(rng, n, 12, 0.75, 1.0)
    return unit_peak(voice * swell(n, 0.3, 0.6, 0.8) * hump(n, 0.3))


@family(
    "a grown person who cries",
    Knob("pitch_hz", 330, 140, 480, "Hz", "pitch of the voice", against="size"),
    Knob("rate_hz", 3.6, 2.5, 5.0, "1/s", "sobs a second", follows="speed"),
    Knob("wail", 0.5, 0.0, 1.0, "share", "how often sobs give way to a wail", follows="intensity"),
    presets={"man": {"pitch_hz": 190}},
    natural_seconds=7.0,
    place="room",
    approximate="sobs from pulses and formants, not a recorded person",
)
def sobbing(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Sobs in runs, or one long wail that trembles; then a breath drawn in two or three jerks."""
    result = np.zeros(samples_in(seconds), np.float32)
    start = 0.15
    while start < seconds:
        lengths = rng.uniform(0.5, 0.8, int(rng.integers(3, 6))) / k.rate_hz
        if rng.random() < k.wail:
            lengths = rng.uniform(0.7, 1.2, 1)
        for length in lengths:
            add_at(result, samples_in(start), _sob(rng, length, k.pitch_hz), rng.uniform(0.6, 1.0))
            start += length + 0.4 / k.rate_hz * (len(lengths) > 1)
        for _ in range(int(rng.integers(2, 4))):
            add_at(result, samples_in(start), _drawn(rng, 0.16, 1.1), rng.uniform(0.08, 0.15))
            start += 0.19
        start += rng.uniform(0.2, 0.5)
    return result


def _sob(rng: np.random.Generator, seconds: float, pitch_hz: float) -> FloatArray:
    n = samples_in(seconds)
    shake = 1 + 0.03 * band(rng, n, 4, 12)
    line = stretched([0.95, 1.12, 1.1, 1.0, 0.85], n) * rng.uniform(0.9, 1.12) * shake
    source = glottis(rng, (pitch_hz * line).astype(np.float32), breath=0.25, rough=0.12)
    mouth = (VOWELS["ə"], VOWELS["a"], VOWELS["ə"])
    return unit_peak(glided(source, mouth, (pitch_hz / 200) ** 0.25) * swell(n, 0.25, 0.6, 1.2))


@family(
    "a person who screams",
    COUNT,
    Knob("pitch_hz", 1150, 500, 1900, "Hz", "top of the pitch", against="size"),
    Knob("length_seconds", 1.4, 0.5, 3.0, "s", "length of a scream", against="speed"),
    Knob("rough", 0.5, 0.1, 1.0, "share", "how rough it is", follows="intensity"),
    presets={"man": {"pitch_hz": 620}, "woman": {"pitch_hz": 1200}, "child": {"pitch_hz": 1600}},
    natural_seconds=5.0,
    place="room",
    approximate="a scream from rough pulses and formants, not a recorded person",
)
def scream(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A voice that leaps up, holds with all its force, and breaks: rough between 30 and 150 Hz."""
    return sequenced(
        seconds, rng, k, _screamed, gap_seconds=k.length_seconds + 0.8, needs_seconds=0.8
    )


def _screamed(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(k.length_seconds * rng.uniform(0.85, 1.15))
    line = stretched([0.6, 0.95, 1.0, 1.0, 0.98, 0.93, 0.7], n) * wander(rng, n, 7, 0.97, 1.03)
    pitch = (
        k.pitch_hz * rng.uniform(0.93, 1.07) * line * (1 + 0.03 * k.rough * band(rng, n, 20, 200))
    )
    source = glottis(
        rng, pitch.astype(np.float32), breath=0.15 + 0.2 * k.rough, rough=0.4 * k.rough
    )
    mouth = (VOWELS["a"], VOWELS["a"], VOWELS["ə"])
    voice = unit_rms(glided(source, mouth, (k.pitch_hz / 700) ** 0.3))
    rough = 1 + 0.5 * k.rough * band(rng, n, 30, 150)
    return unit_peak(np.tanh(voice * rough * swell(n, 0.12, 0.7, 0.5) * hump(n, 0.25)))
