"""The body: breathing, eating, and what one does not speak of."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import hump, stretched, swell, wander
from soundgen_nb.engine.parts.filters import glide
from soundgen_nb.engine.parts.grains import (
    burst,
    layered,
    poisson_starts,
    scatter,
    sequenced,
    variants,
)
from soundgen_nb.engine.parts.noise import PINK, band, white
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak, unit_rms
from soundgen_nb.engine.parts.voices import VOWELS, Formants, glottis, mouthed

_DRAWN: Formants = ((700, 200, 0.4), (1700, 250, 1.0), (2700, 300, 0.9), (4300, 800, 0.3))
_LET_OUT: Formants = ((550, 150, 1.0), (1300, 200, 0.8), (2400, 250, 0.4), (3600, 600, 0.15))


@family(
    "breathing",
    Knob("breaths_per_minute", 15, 8, 240, "1/min", "how often", follows="speed"),
    Knob("inhale", 0.6, 0.1, 1.0, "share", "how loud the breath drawn in is"),
    Knob("exhale", 0.8, 0.1, 1.0, "share", "how loud the breath let out is"),
    Knob("bright_hz", 1500, 500, 4000, "Hz", "middle of the air's noise", follows="brightness"),
    Knob("flutter", 0.0, 0.0, 1.0, "share", "how far the palate flaps, as in a snore"),
    Knob("flutter_hz", 34, 20, 90, "Hz", "how fast it flaps", against="size"),
    Knob("voice", 0.0, 0.0, 1.0, "share", "voice in the breath let out"),
    presets={
        "pant": {"breaths_per_minute": 150, "inhale": 0.7, "exhale": 1.0, "bright_hz": 1900},
        "snore": {"breaths_per_minute": 14, "inhale": 1.0, "exhale": 0.25, "flutter": 1.0},
        "gasp": {"breaths_per_minute": 26, "inhale": 1.0, "exhale": 0.12, "bright_hz": 2200},
        "sigh": {"breaths_per_minute": 12, "inhale": 0.35, "exhale": 1.0, "voice": 0.3},
    },
    natural_seconds=8.0,
    place="room",
    approximate="breath from noise through a throat, not a recorded person",
)
def breath(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """In, bright and rising; out, darker and dying away; then a rest."""
    result = np.zeros(samples_in(seconds), np.float32)
    cycle = 60 / k.breaths_per_minute
    for start in event_times(
        rng, seconds, gap_seconds=cycle, jitter=0.06, first_seconds=0.15, needs_seconds=0.1
    ):
        inward = _inhaled(rng, min(0.42 * cycle, 1.5), k)
        outward = _exhaled(rng, min(0.48 * cycle, 2.0), k)
        add_at(result, samples_in(start), inward, k.inhale * rng.uniform(0.8, 1.0))
        add_at(result, samples_in(start + 0.46 * cycle), outward, k.exhale * rng.uniform(0.8, 1.0))
    return result


def _inhaled(rng: np.random.Generator, seconds: float, k: Values) -> FloatArray:
    n = samples_in(seconds * rng.uniform(0.85, 1.1))
    throat = k.bright_hz / 1500 * rng.uniform(0.95, 1.05)
    air = unit_rms(mouthed(white(rng, n), _DRAWN, throat)) * swell(n, 0.6, 0.8, 4)
    if k.flutter == 0:
        return np.float32(0.3) * air
    pitch = k.flutter_hz * stretched([0.8, 1, 1.1, 1], n) * wander(rng, n, 8, 0.85, 1.15)
    flaps = glottis(rng, pitch.astype(np.float32), 0.6, 0.5)
    snore = unit_rms(mouthed(flaps, VOWELS["ə"], 0.9)) * hump(n, 0.7)
    quieter = air * np.float32(1 - 0.7 * k.flutter)
    return np.float32(0.3) * (quieter + np.float32(1.5 * k.flutter) * snore)


def _exhaled(rng: np.random.Generator, seconds: float, k: Values) -> FloatArray:
    n = samples_in(seconds * rng.uniform(0.85, 1.1))
    throat = k.bright_hz / 1500 * rng.uniform(0.95, 1.05)
    air = unit_rms(mouthed(white(rng, n), _LET_OUT, throat)) * swell(n, 0.2, 0.8, 3)
    if k.voice == 0:
        return np.float32(0.3) * air
    pitch = 190 * stretched([1.1, 1.0, 0.85, 0.7], n)
    tone = unit_rms(mouthed(glottis(rng, pitch.astype(np.float32), 0.5), VOWELS["ə"]))
    sighed = tone * swell(n, 0.25, 0.8, 2.5)
    return np.float32(0.3) * (air + np.float32(1.5 * k.voice) * sighed)


@family(
    "someone who eats: crunches, chews, slurps",
    Knob("chews_hz", 1.5, 0.7, 2.5, "1/s", "chews a second", follows="speed"),
    Knob("crunch", 0.8, 0.0, 1.0, "share", "how crisp the food is", follows="intensity"),
    Knob("bright_hz", 2600, 900, 5000, "Hz", "pitch of the crumbs", follows="brightness"),
    Knob("wet", 0.25, 0.0, 1.0, "share", "smacking and juice"),
    Knob("slurp", 0.0, 0.0, 1.0, "share", "drawn in instead of chewed"),
    presets={
        "crisps": {"crunch": 1.0, "bright_hz": 4600, "wet": 0.1},
        "apple": {"crunch": 0.8, "bright_hz": 1700, "wet": 0.5},
        "slurp": {"slurp": 1.0, "crunch": 0.0, "wet": 1.0, "chews_hz": 0.8},
    },
    natural_seconds=7.0,
    place="dry",
    approximate="food from small cracks and wet noise, not a recorded meal",
)
def chewing(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A bite that breaks, then chews that grow softer and wetter, then the next bite."""
    result = np.zeros(samples_in(seconds), np.float32)
    starts = event_times(
        rng, seconds, gap_seconds=1 / k.chews_hz, jitter=0.12, group=(6, 11), pause_seconds=0.5
    )
    fresh, last = 1.0, -9.0
    for start in starts:
        fresh = 1.0 if start - last > 1.35 / k.chews_hz else 0.84 * fresh
        last = start
        if k.slurp >= 0.5:
            add_at(result, samples_in(start), _slurped(rng, 0.7 / k.chews_hz), rng.uniform(0.6, 1))
        else:
            add_at(result, samples_in(start), _chewed(rng, k, fresh), rng.uniform(0.7, 1.0))
    return result


def _chewed(rng: np.random.Generator, k: Values, fresh: float) -> FloatArray:
    """Teeth come down: crumbs break in a crowd; then they part with a smack."""
    n = samples_in(rng.uniform(0.45, 0.6) / k.chews_hz)
    press = swell(n, 0.3, 0.8, 3) * wander(rng, n, 25, 0.2, 1.0)
    kinds = variants(12, lambda r: _crumb(r, k.bright_hz * (0.6 + 0.4 * fresh)), rng)
    starts = poisson_starts(rng, n, 160 * (0.4 + fresh), press)
    crumbs = scatter(n, starts, rng.random(len(starts)) ** 1.5, kinds, rng)
    jaw = unit_peak(burst(rng, 80, 400, 0.03, 0.01, PINK))
    chew = layered(np.float32(k.crunch * fresh) * unit_peak(mouthed(crumbs, _LET_OUT)), 0.15 * jaw)
    m = samples_in(0.06)
    smack = band(rng, m, 900, 4200) * hump(m, 2) * wander(rng, m, 120, 0, 1, 2)
    add_at(chew, n - m, unit_peak(smack), 0.6 * k.wet * rng.uniform(0.3, 1.0))
    return chew


def _crumb(rng: np.random.Generator, bright_hz: float) -> FloatArray:
    low_hz = bright_hz * rng.uniform(0.22, 0.83)
    return unit_peak(burst(rng, low_hz, 3 * low_hz, rng.uniform(0.0015, 0.004), 0.0007))


def _slurped(rng: np.random.Generator, seconds: float) -> FloatArray:
    """Liquid drawn in between lips: noise that climbs, broken by small bubbles."""
    n = samples_in(seconds)
    centre = stretched([900, 1400, 2200, 2800], n) * wander(rng, n, 20, 0.8, 1.2)
    broken = wander(rng, n, 70, 0.0, 1.0, 1.6)
    air = glide(band(rng, n, 300, 8000, PINK), centre, 2.5)
    return unit_peak(unit_rms(air) * broken * swell(n, 0.6, 0.7, 4))


@family(
    "a fart",
    COUNT,
    Knob("pitch_hz", 95, 50, 220, "Hz", "pitch of the flutter", against="size"),
    Knob("length_seconds", 0.6, 0.15, 2.5, "s", "how long", against="speed"),
    Knob("wet", 0.35, 0.0, 1.0, "share", "how much it sputters", follows="intensity"),
    presets={"short": {"length_seconds": 0.25}, "long": {"length_seconds": 1.8}},
    natural_seconds=4.0,
    place="bathroom",
    approximate="a flutter of made-up pulses, not recorded",
)
def fart(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Lips of another kind: pulses that flutter, stumble and run out of pressure."""
    return sequenced(
        seconds, rng, k, _fluttered, gap_seconds=k.length_seconds + 0.9, needs_seconds=0.4
    )


def _fluttered(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(k.length_seconds * rng.uniform(0.7, 1.3))
    pitch = k.pitch_hz * wander(rng, n, 6, 0.75, 1.35) * stretched([1.1, 1.0, 1.25, 0.8], n)
    pitch = pitch * (1 + 0.14 * k.wet * band(rng, n, 8, 60))
    source = glottis(rng, np.maximum(pitch, 40).astype(np.float32), 0.25, 0.3 + 0.5 * k.wet)
    body = mouthed(source, ((135, 235, 0.95), (520, 250, 1.0), (1200, 500, 0.6), (2500, 1100, 0.2)))
    stumble = np.maximum(0, 1 - k.wet * wander(rng, n, 14, 0.0, 1.3, 2))
    return unit_peak(np.tanh(2 * unit_rms(body) * stumble) * swell(n, 0.1, 0.5, 1.2))
