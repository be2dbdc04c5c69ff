"""Things that strike, break or rub: glass, metal, wood, coins, paper, cloth, a swish of air."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, ONE, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import decay, hump, swell, wander
from soundgen_nb.engine.parts.filters import glide
from soundgen_nb.engine.parts.grains import (
    burst,
    each,
    layered,
    poisson_starts,
    rustle,
    scatter,
    sequenced,
    variants,
)
from soundgen_nb.engine.parts.noise import PINK, band
from soundgen_nb.engine.parts.resonators import modes
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak


@family(
    "a pane of glass breaking",
    ONE,
    Knob("gap_seconds", 3.0, 0.8, 6.0, "s", "time from one to the next", against="speed"),
    Knob("pieces", 90, 20, 250, "pieces", "pieces that fall and ring", follows="intensity"),
    Knob("low_hz", 2200.0, 1200.0, 4000.0, "Hz", "pitch of the largest piece", against="size"),
    natural_seconds=3.0,
    place="room",
)
def glass_break(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A burst, then a rain of pieces, each three high modes, thinning out."""
    return sequenced(seconds, rng, k, _shatter, jitter=0.1, needs_seconds=1.2)


@family(
    "a hammer on an anvil, or any heavy piece of metal struck",
    COUNT,
    Knob("gap_seconds", 1.1, 0.3, 3.0, "s", "time from blow to blow", against="speed"),
    Knob("pitch_hz", 620.0, 180.0, 1800.0, "Hz", "lowest mode of the metal", against="size"),
    Knob("ring_seconds", 0.5, 0.08, 2.5, "s", "how long it rings", follows="intensity"),
    presets={"pipe": {"pitch_hz": 380, "ring_seconds": 0.9}, "pan": {"pitch_hz": 900}},
    natural_seconds=5.0,
    place="room",
)
def metal_clang(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A blow of noise on a crowd of detuned modes that do not agree on a pitch."""
    starts = event_times(
        rng, seconds, count=k.count, gap_seconds=k.gap_seconds, jitter=0.06, needs_seconds=0.6
    )
    hz, decays, gains = _metal(rng, k.pitch_hz, k.ring_seconds, 28)
    return each(seconds, starts, lambda: _clang(rng, hz, decays, gains))


@family(
    "blades meeting",
    COUNT,
    Knob("gap_seconds", 0.8, 0.3, 2.0, "s", "time from blow to blow", against="speed"),
    Knob("pitch_hz", 1500.0, 700.0, 3000.0, "Hz", "lowest mode of a blade", against="size"),
    Knob("scrape", 0.5, 0.0, 1.0, "share", "edge sliding along edge", follows="intensity"),
    natural_seconds=5.0,
    place="hall",
)
def sword_clash(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Two bars struck at once, ringing high, and sometimes sliding along each other."""
    return sequenced(seconds, rng, k, _clash, jitter=0.4, needs_seconds=0.7)


@family(
    "coins or keys dropped and jingling",
    COUNT,
    Knob("gap_seconds", 2.2, 0.5, 5.0, "s", "time from handful to handful", against="speed"),
    Knob("coins", 16, 1, 40, "coins", "coins in a handful", follows="intensity"),
    Knob("pitch_hz", 4200.0, 2200.0, 7500.0, "Hz", "lowest mode of a coin", against="size"),
    natural_seconds=3.0,
    place="room",
)
def coins(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Each coin bounces ever faster, its disc modes struck a little differently each time."""
    return sequenced(seconds, rng, k, _handful, jitter=0.2, needs_seconds=1.2)


@family(
    "wood cracking and splintering",
    ONE,
    Knob("gap_seconds", 2.0, 0.6, 5.0, "s", "time from crack to crack", against="speed"),
    Knob("size", 1.0, 0.4, 2.2, "ratio", "thickness of the wood", follows="size"),
    Knob("splinters", 35, 5, 120, "pieces", "fibres that tear after it", follows="intensity"),
    Knob("fall_seconds", 0.0, 0.0, 4.0, "s", "how long a tree leans, cracking, before it crashes"),
    presets={"tree": {"size": 1.8, "splinters": 60, "fall_seconds": 2.4}},
    natural_seconds=2.5,
)
def wood_crack(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Fibres giving way one by one, the break, and what tears after it."""
    return sequenced(
        seconds,
        rng,
        k,
        _felled if k.fall_seconds > 0 else _crack,
        gap_seconds=k.gap_seconds + k.fall_seconds,
        jitter=0.2,
        needs_seconds=0.9 + k.fall_seconds,
    )


@family(
    "paper turned, rustled or crumpled",
    COUNT,
    Knob("gap_seconds", 0.42, 0.3, 1.5, "s", "time from movement to movement", against="speed"),
    Knob(
        "creases_hz", 110.0, 40.0, 600.0, "1/s", "creases that snap a second", follows="intensity"
    ),
    Knob("bright_hz", 5000.0, 2500.0, 6500.0, "Hz", "stiffness of the paper", follows="brightness"),
    presets={"page": {"gap_seconds": 1.2, "creases_hz": 60}, "crumple": {"creases_hz": 350}},
    natural_seconds=5.0,
    place="room",
)
def paper(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Movements in which creases snap in crowds over a rub."""
    return sequenced(
        seconds,
        rng,
        k,
        lambda rng, k: _rub(rng, k.gap_seconds, k.creases_hz, k.bright_hz, 0.12),
        jitter=0.3,
        needs_seconds=0.5,
    )


@family(
    "cloth rubbed or shaken",
    COUNT,
    Knob("gap_seconds", 0.9, 0.3, 2.0, "s", "time from movement to movement", against="speed"),
    Knob("bright_hz", 2600.0, 1500.0, 5000.0, "Hz", "stiffness of the cloth", follows="brightness"),
    natural_seconds=4.0,
    place="room",
)
def cloth(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Fibres too soft and too many to click: a hush that comes in many small rushes."""
    return sequenced(seconds, rng, k, _hush, jitter=0.3, needs_seconds=0.5)


@family(
    "something passing fast through air",
    COUNT,
    Knob("gap_seconds", 1.2, 0.4, 3.0, "s", "time from pass to pass", against="speed"),
    Knob("length_seconds", 0.45, 0.15, 1.5, "s", "how long one lasts", follows="size"),
    Knob("pitch_hz", 900.0, 300.0, 2500.0, "Hz", "how high it swishes", follows="brightness"),
    natural_seconds=2.5,
)
def whoosh(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Noise through a resonance that rises as it comes and falls as it goes."""
    return sequenced(seconds, rng, k, _swish, jitter=0.2, needs_seconds=0.7)


def _shatter(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(2.2)
    pane = np.zeros(n, np.float32)
    add_at(
        pane, 0, layered(1.2 * burst(rng, 1500, 16000, 0.02), 0.6 * burst(rng, 200, 1200, 0.015))
    )
    for _ in range(round(k.pieces)):
        start = rng.exponential(0.22)
        seconds = rng.uniform(0.02, 0.16)
        gain = 0.6 * rng.random() ** 2 * np.exp(-start / 0.4)
        hz = rng.uniform(k.low_hz, 5 * k.low_hz) * np.array([1, 1.58, 2.24])
        piece = modes(samples_in(4 * seconds), hz, seconds * np.array([1, 0.6, 0.4]), [1, 0.6, 0.4])
        add_at(pane, samples_in(start), piece, gain)
    return pane


def _metal(
    rng: np.random.Generator, pitch_hz: float, ring_seconds: float, many: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Frequencies, decays and gains of a thick piece: dense modes, the high ones short."""
    hz = pitch_hz * (1 + np.arange(many) ** 1.25 * 0.55) * rng.uniform(0.94, 1.06, many)
    decays = ring_seconds * (pitch_hz / hz) ** 0.55 * rng.uniform(0.5, 1.3, many)
    return hz, decays, rng.uniform(0.3, 1.0, many) * (pitch_hz / hz) ** 0.25


def _clang(
    rng: np.random.Generator, hz: np.ndarray, decays: np.ndarray, gains: np.ndarray
) -> FloatArray:
    n = samples_in(min(5 * float(decays.max()), 4.0))
    struck = gains * rng.uniform(0.5, 1.0, len(hz))
    ring = unit_peak(modes(n, hz, decays, struck, rng.uniform(0, 6.3, len(hz))))
    blow = layered(burst(rng, 800, 14000, 0.006), burst(rng, 100, 700, 0.02))
    return layered(ring, 0.35 * blow) * np.float32(rng.uniform(0.75, 1.0))


def _clash(rng: np.random.Generator, k: Values) -> FloatArray:
    pitch_hz = k.pitch_hz * rng.uniform(0.8, 1.25)
    hz, decays, gains = _metal(rng, pitch_hz, 0.22, 26)
    ring = _clang(rng, hz, decays, gains)
    n = samples_in(rng.uniform(0.12, 0.4))
    upwards = np.linspace(3000, rng.uniform(5000, 8000), n, dtype=np.float32)
    edge = glide(band(rng, n, 2000, 15000), upwards, 3.0) * wander(rng, n, 120, 0.3, 1.0)
    slide = unit_peak(edge * swell(n, 0.25, 1.0, 3.0)) * np.float32(k.scrape * rng.random())
    return layered(ring, 0.4 * unit_peak(burst(rng, 2500, 16000, 0.012)), 0.8 * slide)


def _handful(rng: np.random.Generator, k: Values) -> FloatArray:
    pile = np.zeros(samples_in(1.6), np.float32)
    for _ in range(round(k.coins)):
        hz = k.pitch_hz * rng.uniform(0.8, 1.3) * np.array([1, 1.73, 2.33, 3.1])
        start, gap, gain = rng.exponential(0.12), rng.uniform(0.05, 0.16), rng.uniform(0.4, 1.0)
        while gap > 0.012 and start < 1.4:
            ring = rng.uniform(0.03, 0.09) * np.array([1, 0.8, 0.6, 0.4])
            strike = modes(samples_in(0.3), hz, ring, rng.uniform(0.2, 1.0, 4))
            add_at(pile, samples_in(start), strike, gain)
            add_at(pile, samples_in(start), burst(rng, 2500, 15000, 0.002), 0.4 * gain)
            start, gap, gain = start + gap, gap * rng.uniform(0.6, 0.85), gain * 0.72
    return pile


def _crack(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(0.9)
    kinds = variants(16, lambda r: unit_peak(burst(r, 700 / k.size, 7000, 0.002)), rng)
    starts = poisson_starts(rng, n, k.splinters / 0.9, decay(n, 0.2, 0.12))
    fibres = scatter(n, starts, rng.random(len(starts)) ** 2, kinds, rng)
    add_at(fibres, samples_in(0.12), _snap(rng, k.size), 1.3)
    return fibres


def _felled(rng: np.random.Generator, k: Values) -> FloatArray:
    """Cracks that crowd as the trunk leans, then branches and trunk on the ground."""
    n = samples_in(k.fall_seconds)
    lean = np.linspace(0, 1, n, dtype=np.float32) ** 1.5
    snaps = variants(12, lambda r: _snap(r, k.size * r.uniform(0.5, 1.0)), rng)
    starts = poisson_starts(rng, n, k.splinters / 3, lean + 0.05)
    cracks = scatter(n, starts, (0.15 + 0.85 * rng.random(len(starts)) ** 2), snaps, rng)
    m = samples_in(1.3)
    branches = band(rng, m, 250, 9000, PINK) * swell(m, 0.3, 1.2, 4.0) * wander(rng, m, 30, 0.3, 1)
    trunk = burst(rng, 30, 220, 0.25, 0.01)
    fallen = np.zeros(n + m + samples_in(1.0), np.float32)
    add_at(fallen, 0, cracks, 0.6)
    add_at(fallen, n - samples_in(0.25), unit_peak(branches), 0.8)
    add_at(fallen, n + samples_in(0.15), unit_peak(trunk))
    return fallen


def _snap(rng: np.random.Generator, size: float) -> FloatArray:
    sharp, dull = burst(rng, 400 / size, 8000, 0.006), burst(rng, 150, 900 / size, 0.03)
    return unit_peak(layered(sharp, dull))


def _rub(
    rng: np.random.Generator, gap_seconds: float, rate_hz: float, bright_hz: float, skin: float
) -> FloatArray:
    n = samples_in(gap_seconds * rng.uniform(0.5, 0.95))
    press = hump(n, 1.2) * wander(rng, n, 20, 0.3, 1.0)
    return rustle(rng, press, rate_hz, bright_hz, skin) * np.float32(rng.uniform(0.6, 1.0))


def _hush(rng: np.random.Generator, k: Values) -> FloatArray:
    """Fibres over a duller rub, each with small rushes of its own."""
    n = samples_in(k.gap_seconds * rng.uniform(0.5, 0.95))
    fibres = band(rng, n, 0.6 * k.bright_hz, 4.6 * k.bright_hz, PINK) * wander(
        rng, n, 20, 0.05, 1.0, 1.7
    )
    rub = band(rng, n, 0.2 * k.bright_hz, 1.5 * k.bright_hz, PINK) * wander(rng, n, 10, 0.05, 1.0)
    movement = unit_peak((fibres + 0.7 * rub) * hump(n, 0.8))
    return movement * np.float32(rng.uniform(0.5, 1.0))


def _swish(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(k.length_seconds * rng.uniform(0.85, 1.15))
    nearness = swell(n, rng.uniform(0.45, 0.65), 2.0, 4.0)
    centre_hz = k.pitch_hz * rng.uniform(0.85, 1.2) * (0.45 + 0.9 * nearness)
    air = band(rng, n, 100, 12000, -2.0)
    swish = glide(air, centre_hz, 1.6) + 0.3 * glide(air, 2.7 * centre_hz, 2.5)
    return np.asarray(swish * nearness**1.3, np.float32)
