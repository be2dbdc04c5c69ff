"""Kitchens: crockery, glasses and cutlery, a knife on a board, a hot pan."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import wander
from soundgen_nb.engine.parts.grains import (
    burst,
    each,
    layered,
    poisson_starts,
    scatter,
    variants,
)
from soundgen_nb.engine.parts.noise import band
from soundgen_nb.engine.parts.resonators import modes
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak

_SHELL = np.array([1.0, 1.52, 2.32, 2.81, 3.94, 5.1, 6.4, 7.9])  # bending modes of cup or plate
_MODES = 2 * len(_SHELL)  # no piece is quite round: every mode is two, a little apart


@family(
    "dishes handled: plates and cups, glasses clinked, cutlery",
    COUNT,
    Knob("gap_seconds", 0.55, 0.15, 3.0, "s", "time from movement to movement", against="speed"),
    Knob("touches", 3, 1, 12, "touches", "how often things meet in one", follows="intensity"),
    Knob("pitch_hz", 1700.0, 600.0, 5000.0, "Hz", "lowest mode of a piece", against="size"),
    Knob("ring_seconds", 0.035, 0.01, 0.8, "s", "how long a piece rings"),
    Knob("scrape", 0.2, 0.0, 1.0, "share", "things that slide along each other"),
    presets={
        "plates": {"pitch_hz": 1500, "ring_seconds": 0.035, "touches": 5},
        "cups": {"pitch_hz": 2100, "ring_seconds": 0.035, "touches": 2, "scrape": 0.05},
        "glass": {
            "pitch_hz": 3000,
            "ring_seconds": 0.16,
            "touches": 1,
            "scrape": 0.0,
            "gap_seconds": 1.2,
        },
        "cutlery": {"pitch_hz": 3000, "ring_seconds": 0.07, "touches": 5, "scrape": 0.4},
    },
    natural_seconds=5.0,
    place="kitchen",
)
def dishes(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A few pieces that stay the same; every touch rings two of them, a little otherwise."""
    starts = event_times(
        rng, seconds, count=k.count, gap_seconds=k.gap_seconds, jitter=0.5, needs_seconds=0.4
    )
    pieces = [_Piece(rng, k) for _ in range(6)]
    return each(seconds, starts, lambda: _handled(rng, k, pieces))


@family(
    "a knife chopping on a board",
    COUNT,
    Knob("gap_seconds", 0.23, 0.12, 1.2, "s", "time from cut to cut", against="speed"),
    Knob("board_hz", 410.0, 180.0, 800.0, "Hz", "lowest mode of the board", against="size"),
    Knob("crisp", 0.5, 0.0, 1.0, "share", "how crisp what is cut is", follows="intensity"),
    presets={"vegetables": {"crisp": 0.8}, "meat": {"crisp": 0.1, "gap_seconds": 0.7}},
    natural_seconds=4.0,
    place="kitchen",
)
def chop(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """The blade goes through, and then meets the board: a crunch before every knock."""
    starts = event_times(
        rng,
        seconds,
        count=k.count,
        gap_seconds=k.gap_seconds,
        jitter=0.12,
        needs_seconds=0.25,
        group=(5, 12),
        pause_seconds=0.5,
    )
    board = k.board_hz * np.array([1.0, 1.72, 2.6, 3.9, 5.6]) * rng.uniform(0.93, 1.07, 5)
    return each(seconds, starts, lambda: _cut(rng, board, k.crisp))


@family(
    "food frying in a hot pan",
    Knob("heat", 0.6, 0.1, 1.0, "share", "how fiercely it sizzles", follows="intensity"),
    Knob("spits_hz", 12.0, 2.0, 80.0, "1/s", "drops of fat that spit a second", follows="speed"),
    Knob("bright_hz", 5200.0, 2500.0, 8000.0, "Hz", "pitch of the sizzle", follows="brightness"),
    presets={
        "steak": {"heat": 1.0, "spits_hz": 26},
        "butter": {"heat": 0.3, "spits_hz": 5},
    },
    natural_seconds=6.0,
    place="kitchen",
)
def sizzle(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Thousands of tiny bursts of steam, a hiss among them, and fat that spits."""
    n = samples_in(seconds)
    heat = wander(rng, n, 3, 0.6, 1.0)
    tiny = variants(30, lambda r: _steam(r, 0.7 * k.bright_hz, 0.0006), rng)
    starts = poisson_starts(rng, n, 500 * k.heat, heat)
    fizz = scatter(n, starts, rng.random(len(starts)) ** 3, tiny, rng)
    drops = variants(20, lambda r: _steam(r, 0.22 * k.bright_hz, 0.0018), rng)
    starts = poisson_starts(rng, n, k.spits_hz, heat * wander(rng, n, 8, 0.05, 1.0, 2.0))
    fat = scatter(n, starts, rng.random(len(starts)) ** 2.3, drops, rng)
    hiss = band(rng, n, 0.5 * k.bright_hz, 1.3 * k.bright_hz) * heat * wander(rng, n, 22, 0.5, 1.0)
    sound = 0.28 * unit_peak(fizz) + 0.4 * unit_peak(fat) + (0.05 + 0.09 * k.heat) * unit_peak(hiss)
    return np.asarray(sound, np.float32)


class _Piece:
    """A cup, a plate, a fork: where it rings, and how long."""

    def __init__(self, rng: np.random.Generator, k: Values) -> None:
        pitch_hz = k.pitch_hz * rng.uniform(0.7, 1.6)
        self.hz = pitch_hz * np.repeat(_SHELL * rng.uniform(0.94, 1.06, len(_SHELL)), 2)
        self.hz *= rng.uniform(0.985, 1.015, _MODES)
        self.decays = k.ring_seconds * rng.uniform(0.4, 1.4, _MODES) * (pitch_hz / self.hz) ** 0.5

    def struck(self, rng: np.random.Generator) -> FloatArray:
        n = samples_in(min(6 * float(self.decays.max()), 2.5))
        gains = rng.uniform(0.1, 1.0, _MODES) * (self.hz[0] / self.hz) ** 0.3
        return unit_peak(modes(n, self.hz, self.decays, gains, rng.uniform(0, 6.3, _MODES)))


def _handled(rng: np.random.Generator, k: Values, pieces: list[_Piece]) -> FloatArray:
    sound = np.zeros(samples_in(2.8), np.float32)
    many, at = max(1, int(rng.poisson(k.touches - 1)) + 1) if k.touches > 1 else 1, 0.0
    for _ in range(many):
        one, other = rng.choice(len(pieces), 2, replace=False).tolist()
        touch = layered(
            pieces[one].struck(rng),
            0.7 * pieces[other].struck(rng),
            0.8 * unit_peak(burst(rng, 1500, 12000, 0.002)),
        )
        add_at(sound, samples_in(at), touch, rng.uniform(0.25, 1.0))
        at += rng.exponential(0.07) + 0.015
    if rng.random() < k.scrape:
        add_at(sound, samples_in(0.5 * at), _slide(rng, pieces[0]), 0.25)
    return sound


def _slide(rng: np.random.Generator, piece: _Piece) -> FloatArray:
    """Rough edges drawn along each other: hundreds of little touches."""
    n = samples_in(rng.uniform(0.12, 0.4))
    press = wander(rng, n, 25, 0.0, 1.0) * np.hanning(n).astype(np.float32)
    kinds = [piece.struck(rng) for _ in range(3)]
    starts = poisson_starts(rng, n, 400, press)
    return unit_peak(scatter(n, starts, rng.random(len(starts)) ** 2, kinds, rng))


def _cut(rng: np.random.Generator, board: np.ndarray, crisp: float) -> FloatArray:
    through = rng.uniform(0.02, 0.05)
    cut = np.zeros(samples_in(through + 0.3), np.float32)
    n = samples_in(through)
    kinds = variants(8, lambda r: unit_peak(burst(r, 1500, 9000, 0.0015)), rng)
    fibres = poisson_starts(rng, n, 250)
    add_at(cut, 0, scatter(n, fibres, rng.random(len(fibres)) ** 2, kinds, rng), 0.3 * crisp)
    ring = np.array([0.01, 0.007, 0.005, 0.004, 0.003])
    knock = modes(samples_in(0.25), board, ring, rng.uniform(0.4, 1.0, 5))
    edge = unit_peak(burst(rng, 1700, 5500, 0.0045))
    weight = unit_peak(burst(rng, 75, 460, 0.016))
    met = layered(0.65 * unit_peak(knock), 0.2 * edge, 0.5 * weight)
    add_at(cut, n, met, rng.uniform(0.6, 1.0))
    return cut


def _steam(rng: np.random.Generator, bright_hz: float, seconds: float) -> FloatArray:
    low_hz = bright_hz * rng.uniform(0.4, 1.1)
    return unit_peak(burst(rng, low_hz, 3 * low_hz, seconds * rng.uniform(0.5, 2.0), 0.0003))
