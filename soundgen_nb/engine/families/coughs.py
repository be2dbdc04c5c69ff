"""Coughs and their kin: sneezes, hiccups, burps. Imitations, and labelled so."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import stretched, swell, wander
from soundgen_nb.engine.parts.grains import (
    sequenced,
)
from soundgen_nb.engine.parts.noise import PINK, band, white
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak, unit_rms
from soundgen_nb.engine.parts.voices import VOWELS, Formants, glided, glottis, mouthed

_THROWN_OUT: Formants = ((770, 310, 1.0), (1820, 440, 0.9), (3400, 600, 0.55), (5000, 1700, 0.2))


@family(
    "a cough, a sneeze, a hiccup, a burp",
    COUNT,
    Knob("draw_seconds", 0.0, 0.0, 1.0, "s", "breath drawn in before it"),
    Knob("burst", 1.0, 0.05, 1.5, "share", "the air that bursts out", follows="intensity"),
    Knob("hiss", 0.1, 0.0, 1.0, "share", "how sharp that air is"),
    Knob("bright_hz", 1000, 700, 6000, "Hz", "middle of the hiss"),
    Knob("air_seconds", 0.04, 0.01, 0.3, "s", "how fast the air dies away"),
    Knob("pitch_hz", 330, 45, 500, "Hz", "pitch of the voice in it", against="size"),
    Knob("bend", 0.7, 0.4, 2.5, "ratio", "where that pitch ends, against where it began"),
    Knob("voice", 1.0, 0.0, 1.0, "share", "voice beside the air"),
    Knob("voice_seconds", 0.33, 0.05, 1.2, "s", "length of the voice"),
    Knob("rough", 0.2, 0.0, 1.0, "share", "how rough the voice is"),
    Knob("gap_seconds", 0.55, 0.3, 5.0, "s", "time from one to the next", against="speed"),
    presets={
        "sneeze": {
            "draw_seconds": 0.6,
            "hiss": 0.4,
            "bright_hz": 3800,
            "air_seconds": 0.16,
            "pitch_hz": 330,
            "bend": 0.6,
            "voice": 0.3,
            "voice_seconds": 0.2,
            "rough": 0.4,
            "gap_seconds": 2.2,
        },
        "hiccup": {
            "burst": 0.12,
            "air_seconds": 0.09,
            "pitch_hz": 260,
            "bend": 1.8,
            "voice": 1.0,
            "voice_seconds": 0.09,
            "rough": 0.1,
            "gap_seconds": 2.2,
        },
        "burp": {
            "burst": 0.05,
            "pitch_hz": 85,
            "bend": 0.7,
            "voice": 1.0,
            "voice_seconds": 0.8,
            "rough": 0.7,
            "gap_seconds": 2.2,
        },
    },
    natural_seconds=5.0,
    place="room",
    approximate="air and a throat set in motion, not a recorded person",
)
def cough(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Air held back bursts out through an open throat, and the voice is dragged along."""
    return sequenced(
        seconds,
        rng,
        k,
        _expelled,
        gains=(0.75, 1.0),
        gap_seconds=k.gap_seconds + k.draw_seconds,
        jitter=0.15,
        needs_seconds=0.4 + k.draw_seconds,
        group=(2, 4),
        pause_seconds=1.0,
    )


def _expelled(rng: np.random.Generator, k: Values) -> FloatArray:
    head = rng.uniform(1.0, 1.15)
    n = samples_in(k.draw_seconds + 0.05 + 1.2 * k.voice_seconds + 4 * k.air_seconds)
    result = np.zeros(n, np.float32)
    if k.draw_seconds > 0:
        m = samples_in(0.9 * k.draw_seconds)
        drawn = unit_rms(mouthed(white(rng, m), VOWELS["ə"], head)) * swell(m, 0.85, 1.5, 4)
        add_at(result, 0, drawn, 0.08)
    at = samples_in(k.draw_seconds)
    add_at(result, at, _burst_out(rng, k, head), k.burst)
    add_at(result, at + samples_in(0.03 * k.burst), _dragged(rng, k, head), k.voice)
    return unit_peak(result)


def _burst_out(rng: np.random.Generator, k: Values, head: float) -> FloatArray:
    """The throat springs open, then the lungs push on for a while."""
    n = samples_in(4 * k.air_seconds)
    push = stretched([0.25, 1, 0.9, 0.45, 0.5, 0.5, 0.15, 0.1, 0], n) * wander(rng, n, 60, 0.5, 1.0)
    hiss = unit_rms(band(rng, n, 0.3 * k.bright_hz, 2.2 * k.bright_hz, PINK))
    throat = unit_rms(mouthed(white(rng, n), _THROWN_OUT, head))
    return unit_peak((np.float32(k.hiss) * hiss + 0.8 * throat) * push)


def _dragged(rng: np.random.Generator, k: Values, head: float) -> FloatArray:
    """The voice that comes along, its pitch running away."""
    n = samples_in(k.voice_seconds * rng.uniform(0.85, 1.15))
    pitch = k.pitch_hz * k.bend ** np.linspace(0, 1, n) * wander(rng, n, 25, 0.65, 1.1)
    pitch = pitch * (1 + 0.1 * k.rough * band(rng, n, 12, 80))
    source = glottis(rng, np.maximum(pitch, 30).astype(np.float32), 0.12, k.rough)
    voice = glided(source, (VOWELS["a"], VOWELS["ə"], VOWELS["o"]), head)
    return unit_peak(voice * swell(n, 0.15, 0.9, 1.4))
