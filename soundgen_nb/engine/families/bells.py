"""Bells and clockwork: bells, wind chimes, clocks."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import decay, wander
from soundgen_nb.engine.parts.filters import bandpass
from soundgen_nb.engine.parts.grains import poisson_starts
from soundgen_nb.engine.parts.motion import sided
from soundgen_nb.engine.parts.noise import band, white
from soundgen_nb.engine.parts.resonators import modes
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, time_axis, unit_peak

# hum, prime, tierce, quint, nominal, as bell founders name them, and what lies above; ratios to the
# strike note, with decay times and strengths set by ear
_BELL_RATIOS = np.array([0.5, 1, 1.19, 1.5, 2, 2.51, 2.66, 3.01, 4.1, 5.4, 6.8])
_BELL_DECAYS = np.array([7, 4.8, 3.2, 2.8, 2.4, 1.3, 1.1, 1.0, 0.6, 0.4, 0.25])
_BELL_GAINS = np.array([0.5, 0.9, 0.7, 0.4, 1, 0.5, 0.4, 0.4, 0.3, 0.2, 0.15])

_TUBE_RATIOS = np.array([1, 2.756, 5.404, 8.933])  # a free bar's bending modes
_PENTATONIC = np.array([0, 2, 4, 7, 9, 12, 14])


@family(
    "a bell that is struck",
    COUNT,
    Knob("pitch_hz", 480, 110, 2600, "Hz", "the note one would sing", against="size"),
    Knob("gap_seconds", 2.3, 0.18, 5.0, "s", "time from stroke to stroke", against="speed"),
    Knob("ring", 1.0, 0.1, 2.0, "ratio", "how long it rings"),
    Knob("gong", 0, 0, 1, "switch", "0 a bell, 1 a gong: flat, and full of close partials"),
    presets={
        "church": {},
        "hand": {"pitch_hz": 1500, "gap_seconds": 0.3, "ring": 0.25},
        "bicycle": {"pitch_hz": 2300, "gap_seconds": 0.35, "ring": 0.15},
        "ship": {"pitch_hz": 950, "gap_seconds": 0.9, "ring": 0.5},
        "gong": {"gong": 1, "pitch_hz": 190, "gap_seconds": 4.5},
    },
    natural_seconds=8.0,
    place="outdoors",
)
def bell(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Eleven partials of a bell, each a pair that beats, under the knock of the clapper."""
    n = samples_in(seconds)
    result = np.zeros(n, np.float32)
    pitch = k.pitch_hz * rng.uniform(0.88, 1.12)
    hz = pitch * _BELL_RATIOS * (1 + 0.003 * rng.standard_normal(len(_BELL_RATIOS)))
    for start in event_times(
        rng, seconds, count=k.count, gap_seconds=k.gap_seconds, jitter=0.04, needs_seconds=0.3
    ):
        at = samples_in(start)
        longest = min(n - at, samples_in(8 * k.ring + 0.2))
        if k.gong >= 0.5:
            stroke = _gong_stroke(rng, longest, pitch, k.ring)
        else:
            stroke = _stroke(rng, longest, hz, k.ring)
        add_at(result, at, stroke, rng.uniform(0.85, 1.0))
    return result


def _stroke(
    rng: np.random.Generator, n: int, hz: np.ndarray[tuple[int], np.dtype[np.float64]], ring: float
) -> FloatArray:
    decays = _BELL_DECAYS * ring * (480 / hz[1]) ** 0.35
    gains = _BELL_GAINS * rng.uniform(0.7, 1.2, len(hz))
    split = 0.6 / hz  # no casting is round: each partial is two, half a hertz apart
    pairs = np.concatenate([hz, hz * (1 + split)]), np.tile(decays, 2)
    tone = modes(n, *pairs, np.concatenate([gains, 0.4 * gains]))
    clapper = 0.6 * bandpass(white(rng, n) * decay(n, 0.006), 500, 7000)
    return tone + clapper


def _gong_stroke(rng: np.random.Generator, n: int, pitch: float, ring: float) -> FloatArray:
    """Sixty partials within an octave or two; the upper ones bloom after the blow."""
    hz = np.sort(pitch * np.exp(rng.uniform(0, 1.4, 60)))
    decays = 7 * ring * (pitch / hz) ** 0.9
    gains = (pitch / hz) ** 1.45 * rng.uniform(0.3, 1.0, 60)
    turns = rng.uniform(0, 2 * np.pi, 60)
    struck = modes(n, hz, decays, gains, turns)
    bloom = modes(n, hz[20:], 0.3 * decays[20:], 0.18 * gains[20:], turns[20:])
    bloom *= np.minimum(1, time_axis(n) / 0.7).astype(np.float32)
    return struck + bloom + 0.7 * band(rng, n, 100, 3000) * decay(n, 0.02)


@family(
    "wind chimes",
    Knob("pitch_hz", 1250, 500, 2600, "Hz", "lowest tube", against="size"),
    Knob("strokes_per_second", 6, 1, 20, "1/s", "how often the wind strikes", follows="intensity"),
    Knob("ring", 1.0, 0.15, 2.0, "ratio", "how long a tube rings"),
    presets={"bamboo": {"pitch_hz": 600, "ring": 0.15}, "glass": {"pitch_hz": 2400, "ring": 0.3}},
    natural_seconds=8.0,
    place="outdoors",
)
def chimes(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Tubes of a pentatonic scale, struck at random in gusts, each hanging at its own side."""
    n = samples_in(seconds)
    tuning = rng.uniform(0.93, 1.07) * (1 + 0.01 * rng.standard_normal(len(_PENTATONIC)))
    tubes = k.pitch_hz * 2 ** (_PENTATONIC / 12) * tuning
    ears = np.zeros((2, n), np.float32)
    notes = [sided(_tube(rng, hz, k.ring), rng.uniform(-0.7, 0.7)) for hz in tubes]
    gusts = wander(rng, n, 0.8, 0.05, 1.0, 2.0)
    for at in poisson_starts(rng, n, k.strokes_per_second, gusts).tolist():
        note, strength = notes[rng.integers(len(notes))], 0.15 + rng.random() ** 2
        for ear, side in zip(ears, note, strict=True):
            add_at(ear, at, side, strength)
    return ears + 0.003 * band(rng, n, 200, 3000, -4)


def _tube(rng: np.random.Generator, hz: float, ring: float) -> FloatArray:
    n = samples_in(2.5 * ring + 0.1)
    beating = np.concatenate([hz * _TUBE_RATIOS, hz * _TUBE_RATIOS * 1.0015])
    decays = ring * np.tile([0.9, 0.5, 0.25, 0.1], 2)
    gains = np.tile([1, 0.55, 0.35, 0.2], 2) * rng.uniform(0.6, 1.1, 8)
    tap = 0.5 * bandpass(white(rng, n) * decay(n, 0.002), 2000, 12000)
    return unit_peak(modes(n, beating, decays, gains) + tap)


@family(
    "a clock that ticks",
    Knob("ticks_hz", 2.0, 0.8, 5.0, "Hz", "ticks a second", follows="speed"),
    Knob("size", 1.0, 0.35, 1.6, "ratio", "pitch of its works", against="size"),
    presets={
        "wall": {},
        "grandfather": {"ticks_hz": 1.0, "size": 0.95},
        "watch": {"ticks_hz": 5.0, "size": 1.6},
    },
    natural_seconds=6.0,
    place="room",
    room_tone_db=-46.0,
)
def clock(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Each tick is three clicks of the escapement; tock is a little lower than tick."""
    result = np.zeros(samples_in(seconds), np.float32)
    size = k.size * rng.uniform(0.85, 1.15)
    starts = event_times(rng, seconds, gap_seconds=1 / k.ticks_hz, jitter=0.004, first_seconds=0.1)
    for number, start in enumerate(starts):
        pitch = size * (0.84 if number % 2 else 1.0)
        for after, gain in ((0.0, 1.0), (0.0102, 0.6), (0.046, 0.22)):
            at = samples_in(start + after)
            add_at(result, at, _click(rng, pitch), gain * rng.uniform(0.85, 1.0))
    return result


def _click(rng: np.random.Generator, pitch: float) -> FloatArray:
    n = samples_in(0.09)
    hz = np.array([585, 1120, 1865, 2680, 3580]) * pitch
    works = modes(n, hz, [0.013, 0.009, 0.0065, 0.004, 0.003], [0.07, 0.1, 0.14, 0.14, 0.11])
    return works + bandpass(white(rng, n) * decay(n, 0.0017), 2050 * pitch, 8000)
