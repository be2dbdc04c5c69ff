"""Horses: hooves at every gait, and a neigh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import hump, stretched, swell, wander
from soundgen_nb.engine.parts.grains import burst, layered, sequenced
from soundgen_nb.engine.parts.noise import PINK
from soundgen_nb.engine.parts.resonators import modes, sine
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak, unit_rms
from soundgen_nb.engine.parts.voices import Formants, glided, glottis


@dataclass(frozen=True, slots=True)
class _Gait:
    """How a horse goes: strides a second, and when in a stride (0 to 1) hooves are heard."""

    strides_hz: float
    beats: tuple[float, ...]
    force: float


_GAITS = (
    _Gait(0.95, (0.0, 0.25, 0.5, 0.75), 0.5),  # walk: four even beats
    _Gait(1.3, (0.0, 0.5), 0.7),  # trot: diagonal pairs
    _Gait(1.6, (0.0, 0.27, 0.52), 0.85),  # canter: three beats and a leap
    _Gait(2.0, (0.0, 0.15, 0.36, 0.52), 1.0),  # gallop: four, and a longer leap
)
_NEIGH: tuple[Formants, ...] = (
    ((800, 250, 0.6), (1600, 250, 2.0), (2400, 500, 1.0), (3400, 700, 0.5)),
    ((800, 250, 0.6), (1700, 300, 2.0), (2500, 500, 1.2), (3600, 700, 0.5)),
    ((700, 250, 0.8), (1550, 300, 2.0), (2200, 500, 1.2), (3500, 700, 0.4)),
)


@family(
    "a horse: its hooves, or its neigh",
    COUNT,
    Knob("gait", 2, 1, 4, "kind", "1 walk, 2 trot, 3 canter, 4 gallop"),
    Knob("tempo", 1.0, 0.75, 1.3, "ratio", "how fast it goes at its gait", follows="speed"),
    Knob("ground", 0.95, 0.0, 1.0, "share", "from soft turf (0) to stones", follows="brightness"),
    Knob("hoof_hz", 1100, 750, 1500, "Hz", "pitch of a hoof on stone", against="size"),
    Knob("horses", 1, 1, 12, "horses", "how many there are"),
    Knob("neigh", 0, 0, 1, "share", "1 neighs instead of walking"),
    presets={
        "walk": {"gait": 1},
        "trot": {"gait": 2},
        "canter": {"gait": 3},
        "gallop": {"gait": 4},
        "herd": {"gait": 4, "horses": 9, "ground": 0.8},
        "neigh": {"neigh": 1},
    },
    natural_seconds=6.0,
    place="outdoors",
    approximate="hooves from knocks and thuds, a neigh from pulses: not a recorded horse",
)
def horse(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Clip, clop: no two hooves sound alike, and the beats of a stride tell the gait."""
    if k.neigh >= 0.5:
        return sequenced(seconds, rng, k, _neigh, gap_seconds=3.0, needs_seconds=1.6)
    result = np.zeros(samples_in(seconds), np.float32)
    for number in range(round(k.horses)):
        gain = 1.0 if number == 0 else rng.uniform(0.2, 0.8)
        result += np.float32(gain) * _ridden(seconds, rng, k)
    return result


def _ridden(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """One horse: strides as even as a pendulum, hooves that each have their own pitch."""
    gait = _GAITS[round(k.gait) - 1]
    stride = 1 / (gait.strides_hz * k.tempo * rng.uniform(0.96, 1.04))
    pitches = k.hoof_hz * rng.uniform(0.85, 1.15, len(gait.beats))
    hooves = [[_hoof(rng, k.ground, hz) for _ in range(5)] for hz in pitches]
    result = np.zeros(samples_in(seconds), np.float32)
    start, made = rng.uniform(0.1, 0.25), 0
    while start < seconds - 0.1 and not 0 < k.count <= made:
        number = made % len(gait.beats)
        early = start + gait.beats[number] * stride + rng.normal(0, 0.008)
        hoof = hooves[number][rng.integers(5)]
        add_at(result, samples_in(early), hoof, gait.force * rng.uniform(0.6, 1.0))
        made += 1
        if made % len(gait.beats) == 0:
            start += stride * rng.uniform(0.97, 1.03)
    return result


def _hoof(rng: np.random.Generator, ground: float, pitch_hz: float) -> FloatArray:
    """A shoe lands on its heel and rolls on to its toe, a sixtieth of a second later."""
    fall = np.zeros(samples_in(0.3), np.float32)
    toe_at = samples_in(0.017 * rng.uniform(0.6, 1.4))
    add_at(fall, 0, _struck(rng, ground, pitch_hz), 0.2)
    add_at(fall, toe_at, _struck(rng, ground, pitch_hz), 1.0)
    return fall


def _struck(rng: np.random.Generator, ground: float, pitch_hz: float) -> FloatArray:
    """Iron on stone with the hollow of the hoof behind it, or a thud in the turf."""
    hz = pitch_hz * np.array([1.0, 1.09, 1.18, 1.28]) * rng.uniform(0.97, 1.03, 4)
    hollow = modes(samples_in(0.08), hz, [0.007, 0.005, 0.0035, 0.002], [1, 0.6, 0.4, 0.3])
    clop = unit_peak(burst(rng, 0.67 * pitch_hz, 2.2 * pitch_hz, 0.014, 0.001))
    click = unit_peak(burst(rng, 1300, 4600, 0.003, 0.0003))
    thud = unit_peak(burst(rng, 50, 240, 0.027, 0.006, PINK))
    turf = unit_peak(burst(rng, 200, 2500, 0.03, 0.012, PINK))
    hard = layered(2 * unit_peak(hollow), 0.5 * clop, 0.24 * click, 0.18 * thud)
    soft = layered(0.3 * thud, 0.6 * turf)
    return layered(unit_peak(hard) * np.float32(ground), unit_peak(soft) * np.float32(1 - ground))


def _neigh(rng: np.random.Generator, k: Values) -> FloatArray:
    """A clear squeal; then the voice breaks into a rough, low one that shakes with the body."""
    n = samples_in(rng.uniform(1.1, 1.6))
    size = (k.hoof_hz / 1100) ** 0.5
    shake = sine(rng.uniform(8.5, 11), n, rng.random())
    line = stretched([0.9, 1.0, 1.06, 1.08, 0.9, 0.85, 0.8, 0.7], n) * (1 + 0.03 * shake)
    pitch = 780 * size * rng.uniform(0.9, 1.1) * line * wander(rng, n, 30, 0.97, 1.03)
    clear = unit_rms(glottis(rng, pitch.astype(np.float32), 0.5, 0.15))
    torn = unit_rms(glottis(rng, (0.5 * pitch).astype(np.float32), 1.8, 0.4))
    breaks = stretched([0, 0, 0, 0.6, 1, 1, 1, 1, 1], n)
    tremble = 1 + breaks * 0.25 * shake
    voice = glided(clear * (1 - breaks) + torn * breaks, _NEIGH, size) * tremble
    return unit_peak((voice * swell(n, 0.25, 1.0, 1.2) * hump(n, 0.3)).astype(np.float32))
