"""Offices: printers and copiers."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import faded, wander
from soundgen_nb.engine.parts.grains import burst, layered, scatter, variants
from soundgen_nb.engine.parts.motors import whine
from soundgen_nb.engine.parts.noise import PINK, band
from soundgen_nb.engine.parts.resonators import modes, phase, pulses
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import (
    FloatArray,
    add_at,
    samples_in,
    unit_peak,
    unit_rms,
)


@family(
    "a printer or a photocopier at work",
    Knob("line_seconds", 1.1, 0.4, 3.0, "s", "time of one pass over the paper", against="speed"),
    Knob("pins", 0.0, 0.0, 1.0, "share", "needles that hammer the ribbon"),
    Knob("step_hz", 260, 60, 600, "Hz", "note of the carriage's stepper motor", against="size"),
    Knob("rollers", 0.4, 0.0, 1.0, "share", "rollers that draw the paper", follows="intensity"),
    Knob("fan", 0.15, 0.0, 1.0, "share", "fan and lamp"),
    presets={
        "inkjet": {},
        "dot_matrix": {"pins": 1, "step_hz": 180, "line_seconds": 1.0, "rollers": 0.3},
        "photocopier": {"line_seconds": 2.0, "step_hz": 110, "rollers": 1.0, "fan": 0.5},
    },
    natural_seconds=8.0,
    place="room",
)
def printer(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A carriage that hums to and fro, needles in words if it has them, and paper that moves on."""
    n = samples_in(seconds)
    fan = whine(rng, 118 * wander(rng, n, 0.5, 0.995, 1.005), [(1, 1), (2, 0.5), (7, 0.6)])
    result = np.float32(0.1 * k.fan) * (fan + 1.5 * band(rng, n, 200, 3000, PINK))
    gap = 1.3 * k.line_seconds
    for start in event_times(rng, seconds, gap_seconds=gap, jitter=0.06, needs_seconds=0.3):
        add_at(result, samples_in(start), _pass(rng, k))
        add_at(result, samples_in(start + k.line_seconds), _feed(rng, k), 0.8)
    return result


def _pass(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(k.line_seconds)
    moving = faded(np.ones(n, np.float32), 0.12, 0.12)
    # the way back is a little faster or slower than the way there
    motor = _stepper(rng, k.step_hz * rng.uniform(0.96, 1.04) * (0.3 + 0.7 * moving))
    sound = 0.25 * motor + 0.15 * band(rng, n, 800, 6000, -2) + 0.25 * k.rollers * _rollers(rng, n)
    if k.pins > 0:
        sound += k.pins * _needles(rng, n)
    return layered(np.asarray(sound * moving, np.float32), 0.5 * _knock(rng))


def _stepper(rng: np.random.Generator, steps_hz: FloatArray) -> FloatArray:
    """A motor that goes by steps: a small knock of the case each, no two alike."""
    starts = pulses(steps_hz, len(steps_hz))
    kinds = variants(8, _step, rng)
    forces = rng.uniform(0.3, 1, len(starts))
    return unit_rms(scatter(len(steps_hz), starts, forces, kinds, rng))


def _step(rng: np.random.Generator) -> FloatArray:
    n = samples_in(0.02)
    hz = rng.uniform(0.97, 1.03) * np.array([420, 950, 1700, 2900, 4600])
    return modes(n, hz, [0.004, 0.003, 0.002, 0.0015, 0.001], rng.uniform(0.3, 1, 5))


def _rollers(rng: np.random.Generator, n: int) -> FloatArray:
    gears = 0.5 + 0.5 * np.sin(2 * np.pi * phase(31.0, n)).astype(np.float32)
    return np.asarray(band(rng, n, 300, 4000, PINK) * (0.4 + gears), np.float32)


def _needles(rng: np.random.Generator, n: int) -> FloatArray:
    """Needles strike about a thousand times a second, while there are letters to write."""
    strokes = pulses(rng.uniform(900, 1100), n)
    letters = wander(rng, n, 22, 0.1, 1.0) * (wander(rng, n, 3.5, 0.0, 1.0) > 0.25)
    kinds = variants(8, lambda r: unit_peak(burst(r, 900, 9000, 0.0012)), rng)
    chances = letters[strokes] * rng.uniform(0.4, 1.0, len(strokes))
    return 1.5 * scatter(n, strokes, chances, kinds, rng)


def _feed(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(0.12 + 0.18 * k.rollers)
    zip_ = _stepper(rng, np.full(n, 1.6 * k.step_hz, np.float32))
    paper = band(rng, n, 1500, 9000) * k.rollers
    return layered(faded(0.3 * zip_ + 0.3 * paper, 0.01, 0.03), 0.7 * _knock(rng))


def _knock(rng: np.random.Generator) -> FloatArray:
    n = samples_in(0.12)
    hz = rng.uniform(0.9, 1.1) * np.array([240, 560, 1150, 2400])
    return unit_peak(modes(n, hz, [0.02, 0.015, 0.008, 0.004], [1, 0.8, 0.5, 0.4]))
