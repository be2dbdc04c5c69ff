"""Moods: sounds without an object, for a scene. A pad, dread, a touch of magic."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import decay, faded, swell, wander
from soundgen_nb.engine.parts.filters import lowpass
from soundgen_nb.engine.parts.motion import sided
from soundgen_nb.engine.parts.noise import BROWN, PINK, band
from soundgen_nb.engine.parts.resonators import harmonics, modes, sine
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_rms

_OPEN_CHORD = (0, 7, 12, 16, 19, 24)  # semitones: root, fifth, octave, third, fifth, octave
_MINOR_CHORD = (0, 7, 12, 15, 19, 24)
_CLUSTER = (0, 1, 6, 13, 18, 23)  # minor seconds and tritones


@family(
    "a soft chord that breathes",
    Knob("root_hz", 123.5, 65, 220, "Hz", "lowest note", against="size"),
    Knob("brightness", 0.4, 0.05, 1.0, "share", "how many overtones", follows="brightness"),
    Knob("breath_hz", 0.25, 0.08, 0.8, "Hz", "how fast the notes come and go", follows="speed"),
    Knob("minor", 0, 0, 1, "switch", "0 a major chord, 1 a minor one"),
    Knob("air", 0.1, 0, 0.6, "share", "breath of noise over the chord", follows="intensity"),
    presets={
        "drone": {"root_hz": 65.5, "breath_hz": 0.1, "brightness": 0.25},
        "dark": {"minor": 1},
    },
    natural_seconds=12.0,
    place="hall",
    room_tone_db=-55.0,
)
def ambient_pad(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Notes of an open chord: each three detuned voices, with a place and a tide of its own."""
    n = samples_in(seconds)
    ears = np.zeros((2, n), np.float32)
    root = k.root_hz * 2 ** (rng.integers(-3, 4) / 12)
    for step in _MINOR_CHORD if k.minor >= 0.5 else _OPEN_CHORD:
        tide = wander(rng, n, k.breath_hz, 0.15, 1.0)
        ears += sided(_note(rng, n, root * 2 ** (step / 12), k) * tide, rng.uniform(-0.7, 0.7))
    air = band(rng, n, 300, 3000, PINK) * wander(rng, n, 2 * k.breath_hz, 0.2, 1.0)
    return faded(ears + 0.8 * k.air * air, 1.2, 1.5)


@family(
    "dread before something happens",
    Knob("root_hz", 46, 28, 80, "Hz", "the drone's note", against="size"),
    Knob("tension", 0.6, 0.1, 1.0, "share", "how loud the clashing notes are", follows="intensity"),
    Knob("swells_per_minute", 14, 3, 30, "1/min", "how often something rises", follows="speed"),
    natural_seconds=10.0,
    place="cathedral",
    room_tone_db=-50.0,
)
def horror(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A dark drone, a cluster that creeps in and out of tune, and reversed breaths."""
    n = samples_in(seconds)
    drone = harmonics(k.root_hz * wander(rng, n, 0.4, 0.985, 1.015), n, [1, 0.6, 0.35, 0.3, 0.15])
    rumble = 0.5 * band(rng, n, 25, 140, BROWN) * wander(rng, n, 0.6, 0.4, 1.0)
    ears = np.stack([drone + rumble] * 2)
    for step in _CLUSTER:
        hz = 8 * k.root_hz * 2 ** (step / 12) * wander(rng, n, 0.5, 0.98, 1.02)
        note = harmonics(hz, n, [1, 0.3, 0.2, 0.1]) * wander(rng, n, 0.35, 0.0, 1.0, 2.0)
        ears += sided(0.35 * k.tension * note, rng.uniform(-0.9, 0.9))
    _add_breaths(ears, rng, seconds, k)
    return faded(ears, 0.6, 0.8)


@family(
    "a sparkle, as of fairy dust",
    Knob("notes_per_second", 14, 5, 40, "1/s", "how dense the sparkle is", follows="intensity"),
    Knob("top_hz", 6500, 3000, 9000, "Hz", "how high it climbs", follows="brightness"),
    Knob("sweep_seconds", 1.6, 0.6, 4, "s", "length of one glissando", against="speed"),
    natural_seconds=4.0,
    place="hall",
    room_tone_db=-55.0,
)
def magic(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Small bars struck along a rising (or falling) sweep, in clouds, each at its own side."""
    ears = np.zeros((2, samples_in(seconds)), np.float32)
    for start in event_times(
        rng, seconds, gap_seconds=k.sweep_seconds * 1.5, first_seconds=0.1, needs_seconds=0.6
    ):
        low, high = 1200 * rng.uniform(0.8, 1.3), k.top_hz * rng.uniform(0.8, 1.0)
        if rng.random() < 0.3:
            low, high = high, low
        for _ in range(int(k.notes_per_second * k.sweep_seconds * 1.5)):
            share = rng.random()
            hz = low * (high / low) ** share * rng.uniform(0.94, 1.06)
            note = sided(_spark(hz, rng), rng.uniform(-0.8, 0.8))
            at = samples_in(start + k.sweep_seconds * share + rng.uniform(0, 0.15))
            add_at(ears[0], at, note[0])
            add_at(ears[1], at, note[1])
    return ears


def _note(rng: np.random.Generator, n: int, hz: float, k: Values) -> FloatArray:
    steepness = 3.2 - 1.8 * k.brightness
    strengths = [q**-steepness for q in range(1, 7) if q**-steepness > 0.025]
    total = np.zeros(n, np.float32)
    drift = wander(rng, n, 0.3, 0.999, 1.001)
    for cents in (-5, 0, 6):
        detuned = hz * 2 ** ((cents + rng.uniform(-1, 1)) / 1200)
        total += harmonics(detuned * drift, n, strengths)
    return total / np.float32(3)


def _add_breaths(ears: FloatArray, rng: np.random.Generator, seconds: float, k: Values) -> None:
    gap = 60 / k.swells_per_minute
    for start in event_times(rng, seconds, gap_seconds=gap, jitter=0.4, first_seconds=0.8):
        m = samples_in(rng.uniform(1.2, 2.2))
        rise = swell(m, 0.92, 4.0, 5.0)
        low = rng.uniform(200, 900)
        breath = unit_rms(band(rng, m, low, 3 * low)) * rise
        shriek = sine(low * 2 * (1 + 0.4 * rise), m) * rise
        sound = sided(0.5 * breath + 0.25 * k.tension * shriek, rng.uniform(-0.8, 0.8))
        add_at(ears[0], samples_in(start), sound[0])
        add_at(ears[1], samples_in(start), sound[1])


def _spark(hz: float, rng: np.random.Generator) -> FloatArray:
    n = samples_in(0.7)
    ring = rng.uniform(0.1, 0.3)
    tone = modes(n, hz * np.array([1, 2.76, 5.4]), ring * np.array([1, 0.4, 0.2]), [1, 0.3, 0.1])
    tick = 0.15 * lowpass(band(rng, n, 3000, 12000) * decay(n, 0.003), 12000)
    return (tone + tick) * np.float32(rng.uniform(0.2, 1.0))
