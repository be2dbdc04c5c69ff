"""Hand tools: saws and files, scissors, brooms and brushes."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import hump, swell, wander
from soundgen_nb.engine.parts.filters import resonate
from soundgen_nb.engine.parts.grains import (
    burst,
    each,
    layered,
    rustle,
    scatter,
    sequenced,
    variants,
)
from soundgen_nb.engine.parts.noise import band
from soundgen_nb.engine.parts.resonators import modes, pulses
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak, unit_rms

_BOARD = (
    (260, 3, 0.5),
    (540, 4, 0.8),
    (980, 4, 1.0),
    (1700, 4, 0.9),
    (2900, 4, 0.7),
    (4700, 4, 0.4),
)


@family(
    "a hand saw going through wood, or a file or sandpaper over it",
    COUNT,
    Knob("strokes_hz", 1.35, 0.5, 3.0, "1/s", "strokes a second, there and back", follows="speed"),
    Knob("teeth_hz", 520.0, 120.0, 1600.0, "1/s", "teeth a second at the fastest", against="size"),
    Knob("bite", 0.35, 0.05, 1.0, "share", "how much teeth stand out", follows="intensity"),
    Knob("pitch", 1.0, 0.5, 2.5, "ratio", "pitch of what is cut"),
    Knob("back", 0.45, 0.0, 1.0, "share", "how loud the way back is"),
    presets={
        "hacksaw": {"teeth_hz": 1000, "pitch": 1.25, "bite": 0.15},
        "file": {"teeth_hz": 1500, "pitch": 1.4, "bite": 0.1, "back": 0.7},
        "sandpaper": {"teeth_hz": 1600, "pitch": 1.5, "bite": 0.1, "back": 0.9, "strokes_hz": 1.8},
    },
    natural_seconds=6.0,
    place="room",
)
def saw(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Teeth tear fibres, fastest amid a stroke; the board answers; the way back is idle."""
    strokes = sequenced(
        seconds,
        rng,
        k,
        _stroke,
        gap_seconds=1 / k.strokes_hz,
        jitter=0.06,
        first_seconds=0.1,
        needs_seconds=0.5 / k.strokes_hz,
    )
    board = [(hz * k.pitch, q, gain) for hz, q, gain in _BOARD]
    return unit_rms(resonate(strokes, board)) + np.float32(0.25) * unit_rms(strokes)


@family(
    "scissors that snip",
    COUNT,
    Knob("gap_seconds", 0.26, 0.15, 2.0, "s", "time from snip to snip", against="speed"),
    Knob("snip_seconds", 0.055, 0.03, 0.4, "s", "how long the blades slide", follows="size"),
    Knob("pitch_hz", 4200.0, 2000.0, 7000.0, "Hz", "note of the blades", against="size"),
    Knob("paper", 0.3, 0.0, 1.0, "share", "what is cut", follows="intensity"),
    presets={
        "shears": {"snip_seconds": 0.1, "pitch_hz": 4000, "gap_seconds": 0.35},
        "hair": {"gap_seconds": 0.21, "snip_seconds": 0.045},
    },
    natural_seconds=4.0,
    place="room",
)
def scissors(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Edge along edge, thin and high, up to the click where the blades meet; and open again."""
    starts = event_times(
        rng, seconds, count=k.count, gap_seconds=k.gap_seconds, jitter=0.2, needs_seconds=0.4
    )
    blades = k.pitch_hz * rng.uniform(0.9, 1.1) * np.array([1.0, 1.38, 1.93, 2.6, 3.4])
    return each(seconds, starts, lambda: _snip(rng, k, blades))


@family(
    "a broom or a brush on a floor",
    COUNT,
    Knob("strokes_hz", 1.3, 0.4, 4.0, "1/s", "strokes a second", follows="speed"),
    Knob("bristles_hz", 600.0, 100.0, 5000.0, "1/s", "bristles that spring", follows="intensity"),
    Knob("bright_hz", 3200.0, 1200.0, 6000.0, "Hz", "stiffness of the brush", against="size"),
    Knob("grit", 0.25, 0.0, 1.0, "share", "dust and grit that are swept along"),
    presets={
        "broom": {},
        "scrub": {"strokes_hz": 2.6, "bright_hz": 2300, "grit": 0.0},
    },
    natural_seconds=5.0,
    place="room",
)
def sweep(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Bristles by the thousand, pressed down and then let go, and grit that runs before them."""
    return sequenced(
        seconds,
        rng,
        k,
        _brushed,
        gap_seconds=1 / k.strokes_hz,
        jitter=0.12,
        needs_seconds=0.4 / k.strokes_hz,
    )


def _stroke(rng: np.random.Generator, k: Values) -> FloatArray:
    there = _drawn(rng, 0.5 / k.strokes_hz, k, 1.0)
    back = _drawn(rng, 0.42 / k.strokes_hz, k, 1.15)
    return np.concatenate([there, np.float32(k.back) * back]) * np.float32(rng.uniform(0.8, 1.0))


def _drawn(rng: np.random.Generator, seconds: float, k: Values, faster: float) -> FloatArray:
    """The blade drawn one way: teeth at the rate of its speed, in the noise of the cut."""
    n = samples_in(seconds)
    speed = hump(n, 0.7)
    teeth = pulses(np.maximum(30, faster * k.teeth_hz * speed * rng.uniform(0.9, 1.1)), n)
    kinds = variants(30, lambda r: unit_peak(burst(r, 300, 12000, 0.0012)), rng)
    press = speed * wander(rng, n, 30, 0.5, 1.0)
    torn = scatter(n, teeth, rng.uniform(0.3, 1.0, len(teeth)) * press[teeth], kinds, rng)
    noise = band(rng, n, 700, 8000, -4.0) * press
    return np.float32(k.bite) * unit_rms(torn) + np.float32(1.1 - k.bite) * unit_rms(noise)


def _snip(rng: np.random.Generator, k: Values, blades: np.ndarray) -> FloatArray:
    n = samples_in(k.snip_seconds * rng.uniform(0.8, 1.2))
    closing = np.linspace(0, 1, n, dtype=np.float32) ** 0.4 * wander(rng, n, 90, 0.6, 1.0)
    steel = band(rng, n, 0.5 * k.pitch_hz, 15000) * closing
    rung = resonate(steel, [(hz, 4.5, 1.0) for hz in blades])
    slide = unit_peak(layered(0.3 * unit_peak(rung), 0.7 * unit_peak(steel)))
    ring = unit_peak(modes(samples_in(0.05), blades, 0.0065, rng.uniform(0.3, 1.0, 5)))
    meet = layered(0.25 * ring, unit_peak(burst(rng, 0.65 * k.pitch_hz, 13000, 0.002)))
    sound = np.zeros(2 * n + samples_in(0.15), np.float32)
    add_at(sound, 0, layered(slide, k.paper * rustle(rng, closing, 1100, 4200, 0.3)), 0.16)
    add_at(sound, n, unit_peak(meet), rng.uniform(0.4, 0.7))
    add_at(sound, n + samples_in(0.05), slide[::-1], 0.1)
    return sound


def _brushed(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(0.85 / k.strokes_hz * rng.uniform(0.85, 1.1))
    press = swell(n, 0.5, 1.2, 3.5) * wander(rng, n, 45, 0.6, 1.0)
    brush = unit_rms(band(rng, n, 0.35 * k.bright_hz, 2 * k.bright_hz, -1.3) * press)
    bristles = rustle(rng, press, k.bristles_hz, 0.5 * k.bright_hz)
    grit = rustle(rng, np.roll(press, n // 8), 60, k.bright_hz, 0.0)
    sound = layered(0.25 * brush, 0.12 * bristles, 0.3 * k.grit * grit)
    return sound * np.float32(rng.uniform(0.7, 1.0))
