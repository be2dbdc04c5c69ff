"""Metal: an anvil struck, blades that meet, coins and keys that jingle."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import swell, wander
from soundgen_nb.engine.parts.filters import glide
from soundgen_nb.engine.parts.grains import (
    burst,
    each,
    layered,
    sequenced,
)
from soundgen_nb.engine.parts.noise import band
from soundgen_nb.engine.parts.resonators import modes
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak


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
