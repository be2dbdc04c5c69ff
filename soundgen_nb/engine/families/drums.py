"""Drums, stroke by stroke: a roll, a snare, a kick, a tom, a kettledrum. No beat, no music."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import ONE, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import decay
from soundgen_nb.engine.parts.grains import burst, scatter, sequenced, variants
from soundgen_nb.engine.parts.noise import PINK, band
from soundgen_nb.engine.parts.resonators import modes, sine
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, time_axis, unit_peak


@family(
    "a drum: one stroke, several, or a roll",
    ONE,
    Knob("pitch_hz", 210, 45, 400, "Hz", "note of its skin", against="size"),
    Knob("ring_seconds", 0.12, 0.05, 1.5, "s", "how long the skin rings"),
    Knob("wires", 0.8, 0.0, 1.0, "share", "wires of a snare that buzz under it"),
    Knob("bend", 0.15, 0.0, 1.5, "share", "how much higher a hard stroke starts"),
    Knob("tuned", 0.0, 0.0, 1.0, "switch", "1: a kettle, whose overtones make a clear note"),
    Knob("roll_hz", 0.0, 0.0, 30.0, "1/s", "strokes a second of a roll; 0: single strokes"),
    Knob("gap_seconds", 0.8, 0.2, 3.0, "s", "time from stroke to stroke", against="speed"),
    presets={
        "snare": {},
        "roll": {"roll_hz": 18, "pitch_hz": 240},
        "kick": {"pitch_hz": 52, "ring_seconds": 0.2, "wires": 0, "bend": 1.4},
        "tom": {"pitch_hz": 120, "ring_seconds": 0.35, "wires": 0, "bend": 0.25},
        "timpani": {"pitch_hz": 88, "ring_seconds": 0.6, "wires": 0, "bend": 0.03, "tuned": 1},
        "timpani_roll": {
            "pitch_hz": 88,
            "ring_seconds": 0.5,
            "wires": 0,
            "bend": 0.02,
            "tuned": 1,
            "roll_hz": 14,
        },
    },
    natural_seconds=4.0,
    place="hall",
    room_tone_db=-48.0,
)
def drum(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A stick on a skin, whose tension bends its note; wires below; two hands that alternate."""
    if k.roll_hz > 0:
        return _rolls(seconds, rng, k)
    return sequenced(seconds, rng, k, _stroke, gains=(0.85, 1.0), jitter=0.03, needs_seconds=0.4)


def _rolls(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """As many rolls as counted, each growing towards one hard last stroke."""
    number = max(1, round(k.count))
    length = (seconds - 0.2) / number
    result = np.zeros(samples_in(seconds), np.float32)
    hands = variants(8, lambda r: _stroke(r, k), rng)
    for first in range(number):
        at = 0.1 + first * length
        rolling = max(0.3, 0.92 * length - min(0.6, 0.25 * length))
        strokes = event_times(
            rng, rolling, gap_seconds=1 / k.roll_hz, jitter=0.15, first_seconds=0, needs_seconds=0
        )
        grown = np.linspace(0.3, 0.8, len(strokes)) * rng.uniform(0.45, 1, len(strokes))
        when = [samples_in(at + stroke) for stroke in strokes]
        result += scatter(len(result), when, grown, hands, rng)
        result += scatter(len(result), [samples_in(at + rolling)], [1.3], hands, rng)
    return result


_MEMBRANE = (1.59, 2.14, 2.30, 2.65, 2.92, 3.16, 3.50)
"""Modes of an ideal round skin, against its lowest (Fletcher and Rossing, ch. 18)."""
_KETTLE = (1.50, 1.98, 2.44, 2.90, 3.36, 3.83, 4.30)
"""Modes of a kettledrum against its principal one: nearly a harmonic row (the same)."""


def _stroke(rng: np.random.Generator, k: Values) -> FloatArray:
    tuned = k.tuned >= 0.5
    ring = k.ring_seconds * rng.uniform(0.9, 1.1)
    n = samples_in(7 * max(ring, 0.12))
    hz = k.pitch_hz * rng.uniform(0.985, 1.015)
    bent = hz * (1 + k.bend * np.exp(-time_axis(n) / 0.025))
    skin = (0.5 if tuned else 1.0) * sine(bent, n) * decay(n, ring, 0.001)
    # where a stick lands decides which modes it wakes
    ratios = np.array(_KETTLE if tuned else _MEMBRANE) * rng.uniform(0.99, 1.01, 7)
    gains = rng.uniform(0.4, 1.0, 7) * (0.8 if tuned else 0.6)
    skin += modes(n, hz * ratios, ring * (1.0 if tuned else 0.5) / ratios, gains / ratios)
    sound = unit_peak(skin)
    mallet = 0.06 if tuned else 0.025  # felt, not wood
    for hit, gain in (
        (burst(rng, 0.8 * k.pitch_hz, 12 * k.pitch_hz, mallet, 0.001, PINK), 0.16),
        (burst(rng, 8 * k.pitch_hz, 50 * k.pitch_hz, 0.004, 0.0, PINK), 0.1),
    ):
        add_at(sound, 0, hit, gain)
    if k.wires > 0:
        buzz = band(rng, n, 1500, 5500, -1.8) * decay(n, rng.uniform(0.045, 0.065), 0.002)
        add_at(sound, 0, buzz, 0.45 * k.wires)
    return sound
