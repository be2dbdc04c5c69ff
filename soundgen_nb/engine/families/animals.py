"""Animals with a throat: dogs, cats, cattle, wolves, monsters. Imitations, and labelled so."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import hump, stretched, swell, wander
from soundgen_nb.engine.parts.filters import highpass
from soundgen_nb.engine.parts.motors import chop
from soundgen_nb.engine.parts.noise import band
from soundgen_nb.engine.parts.resonators import harmonics
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak
from soundgen_nb.engine.parts.voices import Formants, glided, glottis, mouthed

_BARK: tuple[Formants, ...] = (
    ((250, 150, 1.0), (540, 220, 0.6), (1320, 400, 0.3)),
    ((480, 180, 1.0), (900, 250, 0.8), (1680, 450, 0.4)),
    ((270, 150, 1.0), (570, 220, 0.5), (1320, 400, 0.2)),
)
_MEOW: tuple[Formants, ...] = (
    ((700, 150, 1.0), (2100, 250, 0.6), (4200, 400, 0.2)),
    ((1200, 180, 1.0), (2400, 250, 0.8), (3900, 400, 0.5)),
    ((900, 180, 1.0), (1700, 250, 0.6), (3600, 400, 0.3)),
    ((600, 150, 1.0), (1100, 250, 0.3), (3400, 400, 0.1)),
)
_MEOW_PITCH = (0.75, 0.95, 1.0, 0.97, 0.9, 0.75)
_MOO: tuple[Formants, ...] = (
    ((280, 90, 0.8), (750, 150, 0.5), (1700, 300, 0.2), (3000, 500, 0.2)),
    ((300, 90, 0.8), (880, 160, 1.0), (1700, 300, 0.4), (3000, 500, 0.3)),
    ((320, 90, 0.8), (950, 160, 1.0), (1700, 300, 0.3), (3000, 500, 0.2)),
    ((300, 90, 1.0), (850, 160, 0.7), (1600, 300, 0.2), (3000, 500, 0.1)),
)
_MOO_PITCH = (0.36, 0.4, 0.45, 0.5, 0.54, 0.57, 0.57, 0.95, 1.0, 1.0, 1.0, 0.97, 0.9)
_ROAR: tuple[Formants, ...] = (
    ((310, 120, 1.0), (770, 200, 0.6), (1980, 400, 0.35)),
    ((550, 150, 1.0), (1200, 250, 0.8), (2500, 500, 0.7)),
    ((280, 120, 1.0), (660, 200, 0.4), (1870, 400, 0.2)),
)
_SHUT: Formants = ((180, 100, 1.0), (420, 150, 0.8), (900, 300, 0.5), (2000, 600, 0.2))


@family(
    "a dog that barks",
    COUNT,
    Knob("pitch_hz", 480, 300, 850, "Hz", "top of a bark's pitch", against="size"),
    Knob("gap_seconds", 0.52, 0.25, 1.2, "s", "time from bark to bark", against="speed"),
    Knob("growl", 0.2, 0.05, 1.0, "share", "how rough it is", follows="intensity"),
    presets={"big": {"pitch_hz": 400}, "small": {"pitch_hz": 700, "gap_seconds": 0.28}},
    natural_seconds=5.0,
    place="outdoors",
    approximate="a dog's bark from pulses and formants, not a recorded dog",
)
def dog(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A bark jumps up, opens the mouth and falls within a fifth of a second."""
    result = np.zeros(samples_in(seconds), np.float32)
    for start in event_times(
        rng,
        seconds,
        count=k.count,
        gap_seconds=k.gap_seconds,
        jitter=0.2,
        needs_seconds=0.3,
        group=(2, 4),
        pause_seconds=0.7,
    ):
        add_at(result, samples_in(start), _bark(rng, k), rng.uniform(0.75, 1.0))
    return result


def _bark(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(rng.uniform(0.1, 0.14) * (480 / k.pitch_hz) ** 0.5)
    rise = swell(n, 0.3, 0.8, 1.0)
    pitch = k.pitch_hz * rng.uniform(0.92, 1.08) * (0.55 + 0.45 * rise)
    source = glottis(rng, pitch.astype(np.float32), breath=0.3 * k.growl, rough=k.growl)
    head = (k.pitch_hz / 480) ** 0.4
    return unit_peak(glided(source, _BARK, head) * swell(n, 0.25, 0.7, 3.5))


@family(
    "a cat that miaows",
    COUNT,
    Knob("pitch_hz", 750, 450, 1100, "Hz", "top of its pitch", against="size"),
    Knob("length_seconds", 0.8, 0.4, 1.6, "s", "length of a miaow", against="speed"),
    natural_seconds=4.0,
    place="room",
    approximate="a cat's miaow from pulses and formants, not a recorded cat",
)
def cat(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """The mouth opens fast from i to a and closes slowly to u while the pitch sinks."""
    result = np.zeros(samples_in(seconds), np.float32)
    for start in event_times(
        rng,
        seconds,
        count=k.count,
        gap_seconds=k.length_seconds + 0.9,
        needs_seconds=k.length_seconds,
    ):
        n = samples_in(k.length_seconds * rng.uniform(0.8, 1.2))
        pitch = k.pitch_hz * rng.uniform(0.92, 1.08) * stretched(_MEOW_PITCH, n)
        pitch = pitch * wander(rng, n, 14, 0.985, 1.015)
        # a small throat closes sharply: its overtones hold up to 4 kHz
        source = highpass(glottis(rng, pitch, breath=0.12, rough=0.08), 2000)
        voice = glided(source, _MEOW)
        miaow = unit_peak(voice * swell(n, 0.3, 0.6, 2.0))
        add_at(result, samples_in(start), miaow, rng.uniform(0.7, 1.0))
    return result


@family(
    "a cow that lows",
    COUNT,
    Knob("pitch_hz", 270, 150, 400, "Hz", "top of its pitch", against="size"),
    Knob("length_seconds", 1.7, 0.8, 3.0, "s", "length of a moo", against="speed"),
    natural_seconds=5.0,
    place="outdoors",
    approximate="a cow's lowing from pulses and formants, not a recorded cow",
)
def cow(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Lips closed, then open: m to o; the pitch climbs, and breaks nearly an octave up."""
    result = np.zeros(samples_in(seconds), np.float32)
    for start in event_times(
        rng,
        seconds,
        count=k.count,
        gap_seconds=k.length_seconds + 1.2,
        needs_seconds=k.length_seconds,
    ):
        n = samples_in(k.length_seconds * rng.uniform(0.85, 1.15))
        pitch = k.pitch_hz * rng.uniform(0.92, 1.08) * stretched(_MOO_PITCH, n)
        pitch = pitch * wander(rng, n, 10, 0.985, 1.015)
        # the throat hardly lets its own note pass
        source = highpass(glottis(rng, pitch, breath=0.3, rough=0.3), 200)
        moo = glided(source, _MOO) * hump(n, 0.35) * stretched((0.5, 0.6, 1.0, 0.9, 0.7), n)
        add_at(result, samples_in(start), unit_peak(moo), rng.uniform(0.7, 1.0))
    return result


@family(
    "a wolf that howls",
    COUNT,
    Knob("pitch_hz", 520, 300, 800, "Hz", "top of its pitch", against="size"),
    Knob("length_seconds", 2.8, 1.2, 5.0, "s", "length of a howl", against="speed"),
    natural_seconds=7.0,
    place="forest",
    approximate="a wolf's howl from a gliding harmonic tone, not a recorded wolf",
)
def wolf(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A tone that leaps, breaks to a lower note, holds it for long and sinks."""
    result = np.zeros(samples_in(seconds), np.float32)
    for start in event_times(
        rng, seconds, count=k.count, gap_seconds=k.length_seconds + 0.5, needs_seconds=1.2
    ):
        n = samples_in(k.length_seconds * rng.uniform(0.8, 1.2))
        steps = (0.7, 1.0, *(rng.uniform(0.83, 0.88) for _ in range(4)), 0.8, 0.68)
        pitch = k.pitch_hz * rng.uniform(0.85, 1.15) * stretched(steps, n)
        hz = pitch * wander(rng, n, 5, 0.985, 1.015)
        howl = harmonics(hz, n, [1, 0.14, 0.07, 0.02]) + 0.015 * band(rng, n, 300, 2500)
        add_at(result, samples_in(start), howl * hump(n, 0.5), rng.uniform(0.7, 1.0))
    return result


@family(
    "a monster, a dragon, a lion: something large that roars",
    COUNT,
    Knob("pitch_hz", 175, 60, 260, "Hz", "top of its pitch", against="size"),
    Knob("length_seconds", 0.95, 0.6, 3.5, "s", "length of a roar", against="speed"),
    Knob("growl", 0.7, 0.2, 1.0, "share", "how rough it is", follows="intensity"),
    Knob("flutter", 0.0, 0.0, 1.0, "share", "how deep the throat flutters, as in a growl"),
    presets={
        "dragon": {"pitch_hz": 120, "length_seconds": 1.6, "growl": 1.0},
        "lion": {"pitch_hz": 200, "growl": 0.6, "length_seconds": 0.8},
        "growl": {"pitch_hz": 95, "length_seconds": 1.1, "flutter": 0.5},
    },
    natural_seconds=6.0,
    place="outdoors",
    approximate="a roar from rough pulses and formants, not a recorded animal",
)
def monster(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Rough pulses and their octave below, with much breath, through a great throat that opens."""
    result = np.zeros(samples_in(seconds), np.float32)
    for start in event_times(
        rng, seconds, count=k.count, gap_seconds=k.length_seconds + 0.6, needs_seconds=0.8
    ):
        n = samples_in(k.length_seconds * rng.uniform(0.85, 1.15))
        voice = _growl(n, rng, k) if k.flutter > 0 else _roar(n, rng, k)
        add_at(result, samples_in(start), voice, rng.uniform(0.8, 1.0))
    return result


def _roar(n: int, rng: np.random.Generator, k: Values) -> FloatArray:
    arch = swell(n, 0.3, 0.7, 1.2)
    pitch = k.pitch_hz * (0.6 + 0.4 * arch) * (1 + 0.12 * k.growl * band(rng, n, 8, 60))
    pitch = np.clip(pitch, 20, 500).astype(np.float32)
    throat = glottis(rng, pitch, breath=0.6, rough=0.7 * k.growl)
    below = glottis(rng, (pitch / 2).astype(np.float32), breath=0.2, rough=0.6)
    voice = glided(throat + 0.5 * below, _ROAR, (k.pitch_hz / 150) ** 0.4)
    # a throat at full roar overloads a little
    return unit_peak(np.tanh(1.3 * unit_peak(voice * swell(n, 0.2, 0.8, 1.7))).astype(np.float32))


def _growl(n: int, rng: np.random.Generator, k: Values) -> FloatArray:
    """A throat kept nearly shut: dark, and let through some twenty times a second."""
    pitch = k.pitch_hz * stretched((0.8, 1.0, 1.05, 0.95, 0.8), n)
    pitch = pitch * (1 + 0.14 * k.growl * band(rng, n, 8, 60))
    throat = glottis(rng, np.clip(pitch, 20, 500).astype(np.float32), breath=0.4, rough=0.6)
    passes = chop(22 * wander(rng, n, 6, 0.75, 1.25), 0.25)
    voice = mouthed(throat, _SHUT) * (1 - k.flutter + k.flutter * passes) * hump(n, 0.5)
    return unit_peak(np.tanh(1.5 * unit_peak(voice)).astype(np.float32))
