"""The farmyard besides cows and horses: sheep, pigs, ducks, chickens. Imitations, labelled so."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import hump, stretched, swell, wander
from soundgen_nb.engine.parts.grains import sequenced
from soundgen_nb.engine.parts.noise import band, white
from soundgen_nb.engine.parts.resonators import sine
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak, unit_rms
from soundgen_nb.engine.parts.voices import Formants, glided, glottis, mouthed

_BAA: tuple[Formants, ...] = (
    ((450, 130, 1.0), (1500, 250, 2.0), (2800, 250, 5.0)),
    ((680, 120, 1.0), (1560, 250, 4.0), (2700, 400, 9.0), (4700, 700, 14.0)),
    ((650, 105, 1.0), (1900, 250, 3.0), (2700, 400, 7.0), (4700, 700, 8.0)),
)
_SNOUT: Formants = ((500, 100, 1.0), (1200, 150, 1.5), (1900, 200, 2.0), (2750, 350, 1.5))
_BILL: Formants = ((600, 250, 0.7), (1250, 300, 3.0), (1800, 350, 5.0), (3000, 600, 6.0))
_BEAK: Formants = ((1480, 230, 1.0), (1620, 470, 1.0), (4600, 2100, 1.2))


@family(
    "a sheep or a goat that bleats",
    COUNT,
    Knob("pitch_hz", 205, 130, 520, "Hz", "pitch of the bleat", against="size"),
    Knob("length_seconds", 1.05, 0.5, 1.8, "s", "length of a bleat", against="speed"),
    Knob("shake", 0.35, 0.1, 0.9, "share", "how far the voice trembles"),
    Knob("shake_hz", 8.0, 6.0, 20.0, "Hz", "how fast it trembles"),
    presets={
        "goat": {"pitch_hz": 290, "shake": 0.7, "shake_hz": 13, "length_seconds": 0.8},
        "lamb": {"pitch_hz": 430, "length_seconds": 0.7},
    },
    natural_seconds=6.0,
    place="outdoors",
    approximate="a bleat from trembling pulses and formants, not a recorded animal",
)
def sheep(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Baa: an open mouth on one pitch, and a throat that trembles all the way."""
    gap = k.length_seconds + 0.9
    return sequenced(seconds, rng, k, _bleat, gains=(0.7, 1.0), gap_seconds=gap, needs_seconds=0.7)


def _bleat(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(k.length_seconds * rng.uniform(0.8, 1.2))
    shake = sine(k.shake_hz * rng.uniform(0.9, 1.1) * wander(rng, n, 5, 0.9, 1.1), n)
    line = stretched([1.1, 1.05, 1.03, 1.0, 0.93], n) * (1 + 0.06 * k.shake * shake)
    pitch = k.pitch_hz * rng.uniform(0.92, 1.08) * line * wander(rng, n, 24, 0.97, 1.07)
    source = glottis(rng, pitch.astype(np.float32), breath=0.18, rough=0.22)
    voice = glided(source, _BAA, (k.pitch_hz / 205) ** 0.3) * (1 + 0.7 * k.shake * shake)
    return unit_peak((voice * swell(n, 0.25, 0.6, 0.9) * hump(n, 0.3)).astype(np.float32))


@family(
    "a pig that grunts or squeals",
    COUNT,
    Knob("pitch_hz", 65, 45, 120, "Hz", "flutter of a grunt", against="size"),
    Knob("gap_seconds", 0.55, 0.3, 1.5, "s", "time from grunt to grunt", against="speed"),
    Knob("squeal", 0.0, 0.0, 1.0, "share", "how many of its sounds are squeals"),
    presets={"squeal": {"squeal": 1.0, "gap_seconds": 1.4}, "pigs": {"squeal": 0.25}},
    natural_seconds=6.0,
    place="outdoors",
    approximate="a pig from rough pulses and a snout's formants, not a recorded animal",
)
def pig(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Oink: a flutter in a wide snout, often with a snort drawn in after it; squeals when upset."""
    return sequenced(
        seconds,
        rng,
        k,
        _oinked,
        gains=(0.6, 1.0),
        jitter=0.35,
        needs_seconds=0.4,
        group=(2, 5),
        pause_seconds=0.5,
    )


def _oinked(rng: np.random.Generator, k: Values) -> FloatArray:
    return _squeal(rng, k) if rng.random() < k.squeal else _grunt(rng, k)


def _grunt(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(rng.uniform(0.13, 0.24))
    pitch = k.pitch_hz * rng.uniform(0.85, 1.2) * stretched([0.95, 1.15, 0.95, 0.75], n)
    pitch = pitch * wander(rng, n, 32, 0.8, 1.35)
    source = glottis(rng, pitch.astype(np.float32), breath=0.7, rough=0.5)
    oink = unit_peak(mouthed(source, _SNOUT) * swell(n, 0.3, 0.6, 2))
    m = samples_in(rng.uniform(0.15, 0.3))
    snort = unit_rms(
        mouthed(white(rng, m), ((900, 700, 0.6), (2300, 1500, 1.0), (4000, 2500, 0.7)))
    )
    call = np.zeros(n + samples_in(0.05) + m, np.float32)
    add_at(call, 0, oink)
    add_at(call, n + samples_in(0.05), snort * hump(m), 0.12 * (rng.random() < 0.5))
    return call


def _squeal(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(rng.uniform(0.7, 1.2))
    top = 1050 * (k.pitch_hz / 65) ** 0.5 * rng.uniform(0.85, 1.2)
    pitch = top * stretched([0.6, 0.95, 1.05, 1.0, 0.9, 0.6], n) * wander(rng, n, 12, 0.9, 1.1)
    pitch = pitch * (1 + 0.05 * band(rng, n, 40, 250))
    source = glottis(rng, pitch.astype(np.float32), breath=0.35, rough=0.5)
    mouth: Formants = ((1100, 350, 0.8), (2300, 500, 1.0), (3600, 700, 0.7), (5200, 1000, 0.4))
    rough = 1 + 0.35 * band(rng, n, 30, 120)
    return unit_peak(np.tanh(unit_rms(mouthed(source, mouth)) * rough) * swell(n, 0.15, 0.6, 1))


@family(
    "a duck that quacks, a goose that honks",
    COUNT,
    Knob("pitch_hz", 215, 160, 480, "Hz", "pitch of the reed in its throat", against="size"),
    Knob("gap_seconds", 0.36, 0.22, 1.2, "s", "time from quack to quack", against="speed"),
    Knob("length_seconds", 0.19, 0.1, 0.5, "s", "length of a quack"),
    Knob("break_", 0.0, 0.0, 1.0, "share", "how far the voice leaps, as a goose's does"),
    presets={
        "goose": {"pitch_hz": 330, "gap_seconds": 0.65, "length_seconds": 0.33, "break_": 1.0},
    },
    natural_seconds=5.0,
    place="outdoors",
    approximate="a duck from reedy pulses and a bill's formants, not a recorded bird",
)
def duck(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Quack, quack, quack: a reed through a hard bill, in series that grow weaker."""
    return sequenced(
        seconds,
        rng,
        k,
        _quack,
        gains=(0.6, 1.0),
        jitter=0.15,
        needs_seconds=0.3,
        group=(3, 9),
        pause_seconds=0.7,
    )


def _quack(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(k.length_seconds * rng.uniform(0.75, 1.25))
    bill = (k.pitch_hz / 215) ** 0.25
    leap = np.where(np.linspace(0, 1, n) < 0.3, 1 - 0.3 * k.break_, 1 + 0.2 * k.break_)
    line = stretched([0.9, 1.04, 1.02, 0.96, 0.85], n) * leap
    pitch = k.pitch_hz * rng.uniform(0.92, 1.08) * line * wander(rng, n, 30, 0.98, 1.02)
    source = glottis(rng, pitch.astype(np.float32), breath=0.3, rough=0.2)
    return unit_peak(
        mouthed(source, _BILL, rng.uniform(0.95, 1.05) * bill) * swell(n, 0.2, 0.6, 1.2)
    )


@family(
    "a hen that clucks and cackles",
    COUNT,
    Knob("pitch_hz", 310, 220, 600, "Hz", "pitch of a cluck", against="size"),
    Knob("gap_seconds", 0.24, 0.14, 0.8, "s", "time from cluck to cluck", against="speed"),
    Knob("cackle", 0.25, 0.0, 1.0, "share", "how many series end in a loud cackle"),
    presets={"cluck": {"cackle": 0.0}, "cackle": {"cackle": 1.0}},
    natural_seconds=6.0,
    place="outdoors",
    approximate="a hen from short pulses and a beak's formants, not a recorded bird",
)
def chicken(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Buk, buk, buk: short dry clucks; after laying, one is drawn out and leaps: ba-gawk."""
    result = np.zeros(samples_in(seconds), np.float32)
    starts = event_times(
        rng,
        seconds,
        count=k.count,
        gap_seconds=k.gap_seconds,
        jitter=0.25,
        needs_seconds=0.15,
        group=(4, 8),
        pause_seconds=0.5,
    )
    for number, start in enumerate(starts):
        ends = number + 1 < len(starts) and starts[number + 1] - start > 1.6 * k.gap_seconds
        call = _gawk(rng, k) if ends and rng.random() < k.cackle else _cluck(rng, k)
        add_at(result, samples_in(start), call, rng.uniform(0.4, 0.8) * (1.4 if ends else 1))
    return result


def _cluck(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(rng.uniform(0.07, 0.14))
    pitch = k.pitch_hz * rng.uniform(0.65, 1.15) * stretched([0.8, 1.1, 0.87, 0.7], n)
    source = glottis(rng, pitch.astype(np.float32), breath=0.42, rough=0.3)
    return unit_peak(mouthed(source, _BEAK, rng.uniform(0.95, 1.5)) * hump(n, 0.6))


def _gawk(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(rng.uniform(0.35, 0.5))
    pitch = 2.6 * k.pitch_hz * stretched([0.6, 0.9, 1.15, 1.2, 1.1, 0.8], n)
    pitch = pitch * wander(rng, n, 25, 0.95, 1.05)
    source = glottis(rng, pitch.astype(np.float32), breath=0.35, rough=0.35)
    return unit_peak(mouthed(source, _BEAK, 1.15) * swell(n, 0.35, 0.8, 1.5))
