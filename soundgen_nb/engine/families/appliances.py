"""Appliances: what works in a house. Washing machines, sewing machines, toilets."""

from __future__ import annotations

from functools import partial

import numpy as np

from soundgen_nb.engine.family import family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.bubbles import bubbling
from soundgen_nb.engine.parts.envelopes import faded, swell, wander
from soundgen_nb.engine.parts.filters import glide, resonate
from soundgen_nb.engine.parts.grains import burst, layered, scatter, variants
from soundgen_nb.engine.parts.motors import whine
from soundgen_nb.engine.parts.noise import PINK, band, white
from soundgen_nb.engine.parts.resonators import modes, phase, pulses
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import (
    FloatArray,
    add_at,
    samples_in,
    time_axis,
    unit_peak,
    unit_rms,
)


@family(
    "a toilet that is flushed",
    Knob("rush_seconds", 4.2, 2.0, 6.0, "s", "how long the water rushes", follows="size"),
    Knob("force", 0.6, 0.2, 1.0, "share", "how hard it rushes", follows="intensity"),
    Knob("gulp_hz", 240, 150, 350, "Hz", "pitch of the deepest gulp", against="size"),
    Knob("refill", 0.5, 0, 1, "share", "the cistern that fills again"),
    natural_seconds=9.0,
    place="bathroom",
)
def flush(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """The lever, the rush that swirls round the bowl, the gulps of the trap, and the refill."""
    n = samples_in(seconds)
    rush_seconds = min(k.rush_seconds, 0.55 * seconds)
    running = np.clip((time_axis(n) - 0.5) / rush_seconds, 0, 1).astype(np.float32)
    cistern = band(rng, n, 1200, 9000, -1.5) + 0.7 * unit_rms(bubbling(n, rng, 500, 500, 2500))
    result = np.float32(0.2 * k.refill) * cistern * running
    add_at(result, samples_in(0.12), _lever(rng), 0.8)
    add_at(result, samples_in(0.3), _swirl(rng, rush_seconds, k.force))
    add_at(result, samples_in(0.3 + 0.65 * rush_seconds), _gulps(rng, k.gulp_hz), 0.25)
    return result


def _lever(rng: np.random.Generator) -> FloatArray:
    n = samples_in(0.2)
    clank = modes(n, rng.uniform(0.9, 1.1) * np.array([310, 870, 1900]), [0.03, 0.02, 0.01], 1)
    return unit_peak(layered(unit_peak(clank), 0.5 * burst(rng, 200, 3000, 0.01)))


def _swirl(rng: np.random.Generator, seconds: float, force: float) -> FloatArray:
    """The cistern empties in a rush, and the last of it goes round and round."""
    n = samples_in(1.1 * seconds)
    level = swell(n, 0.14, 0.8, 2.5) * wander(rng, n, 16, 0.4, 1)
    noise = band(rng, n, 250, 7500, -3)
    drops = unit_rms(bubbling(n, rng, 600, 200, 3300))
    turning = 480 * wander(rng, n, 5, 0.7, 1.5)
    round_ = unit_rms(glide(noise, turning, 3.0)) + 0.6 * unit_rms(glide(noise, 2.7 * turning, 3.0))
    return np.asarray(
        (0.2 + 0.4 * force) * (noise + 0.6 * drops + 0.3 * round_) * level, np.float32
    )


def _gulps(rng: np.random.Generator, low_hz: float) -> FloatArray:
    """Air drawn down after the water, some seven gulps a second: bubbles, the deepest of all."""
    n = samples_in(3.0)
    gulping = (0.5 + 0.5 * np.sin(2 * np.pi * phase(7 * wander(rng, n, 3, 0.7, 1.3), n))) ** 2
    crowd = (gulping * swell(n, 0.35, 1.5, 2.5)).astype(np.float32)
    return unit_rms(bubbling(n, rng, 110, low_hz, 5 * low_hz, crowd, ring=1.5))


@family(
    "a washing machine, washing or spinning",
    Knob("turns_per_minute", 52, 30, 1400, "1/min", "turns of the drum"),
    Knob("water", 0.6, 0.0, 1.0, "share", "water that slops in the drum"),
    Knob("load", 0.5, 0.1, 1.0, "share", "weight of the laundry", follows="intensity"),
    Knob("pause_seconds", 1.2, 0.0, 3.0, "s", "rest before it turns the other way"),
    presets={
        "wash": {},
        "spin": {"turns_per_minute": 1000, "water": 0.05, "pause_seconds": 0},
    },
    natural_seconds=10.0,
    place="kitchen",
)
def washing_machine(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """One drum, its motor eleven times as fast: slopping when slow, howling when it spins."""
    n = samples_in(seconds)
    running = _reversals(seconds, rng, k.pause_seconds)
    fast = min(1.0, k.turns_per_minute / 800)
    run_up = 1 - 0.65 * fast * np.maximum(0, 1 - time_axis(n) / (0.45 * seconds))
    drum_hz = k.turns_per_minute / 60 * run_up * wander(rng, n, 0.5, 0.98, 1.02)
    lift = (0.5 - 0.5 * np.cos(2 * np.pi * phase(drum_hz, n))).astype(np.float32) ** 2
    motor = whine(rng, (11 * drum_hz).astype(np.float32), _ORDERS) * running
    shell = unit_rms(resonate(white(rng, n), _SHELL)) * (0.2 + running)
    result = 0.3 * motor + 0.25 * shell * (0.4 + 0.6 * fast) * (1 + fast * k.load * (lift - 0.5))
    result += fast * k.load * band(rng, n, 25, 160, PINK) * (0.3 + lift)
    if k.water > 0:
        slop = band(rng, n, 250, 3500, -2) + unit_rms(bubbling(n, rng, 500, 180, 1200, lift))
        result += 0.5 * k.water * slop * lift * running
    if fast < 1:
        starts = pulses(drum_hz, n, rng.random())
        flops = variants(6, _flop, rng)
        result += scatter(n, starts, 2 * k.load * running[starts], flops, rng)
    return np.asarray(result, np.float32)


_ORDERS = ((1, 0.8), (2, 1.0), (3, 0.5), (4, 0.6), (12, 0.5), (24, 0.6), (36, 0.2))
_SHELL = ((95, 5, 1.0), (210, 4, 0.8), (430, 4, 0.5), (900, 2, 0.2))


def _reversals(seconds: float, rng: np.random.Generator, pause_seconds: float) -> FloatArray:
    """The gain (n,) of a motor that rests for a moment each time before it turns back."""
    running = np.ones(samples_in(seconds), np.float32)
    if pause_seconds > 0:
        for start in event_times(rng, seconds, gap_seconds=6.0, jitter=0.2, first_seconds=4.0):
            first = samples_in(start)
            rest = faded(np.ones(samples_in(pause_seconds), np.float32), 0.3, 0.25)
            add_at(running, first, rest, -0.97)
    return np.maximum(running, 0.03)


def _flop(rng: np.random.Generator) -> FloatArray:
    slap = burst(rng, 150, 1200, 0.04, 0.01, PINK)
    flop = unit_peak(layered(burst(rng, 40, 180, 0.07, 0.01), 0.6 * slap))
    return flop * np.float32(rng.uniform(0.6, 1))


@family(
    "a sewing machine",
    Knob("stitches_hz", 11, 3, 18, "Hz", "stitches a second", follows="speed"),
    Knob("seam_seconds", 2.2, 0.6, 8.0, "s", "length of a seam, pedal down to pedal up"),
    Knob("motor_hz", 120, 60, 220, "Hz", "note of the motor", against="size"),
    Knob("clatter", 0.7, 0.2, 1.0, "share", "play in its linkage", follows="intensity"),
    presets={
        "electric": {},
        "treadle": {"stitches_hz": 6, "motor_hz": 60, "seam_seconds": 4},
        "industrial": {"stitches_hz": 18, "motor_hz": 200, "seam_seconds": 1.5, "clatter": 0.9},
    },
    natural_seconds=7.0,
    place="room",
)
def sewing_machine(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A needle that goes down and up at every stitch, a motor that the pedal lets run and stop."""
    n = samples_in(seconds)
    pedal = _pedal(seconds, rng, k.seam_seconds)
    stitches = k.stitches_hz * (0.25 + 0.75 * pedal) * wander(rng, n, 3, 0.97, 1.03)
    result = np.zeros(n, np.float32)
    for place_in_turn, pitch, gain in ((0.0, 1.0, 1.0), (0.45, 1.5, 0.6)):  # down, up
        kinds = variants(5, partial(_linkage, pitch=pitch), rng)
        starts = pulses(stitches, n, place_in_turn)
        forces = gain * np.minimum(1, 3 * pedal[starts]) * rng.uniform(0.7, 1, len(starts))
        result += k.clatter * scatter(n, starts, forces, kinds, rng)
    motor_hz = k.motor_hz * (0.4 + 0.6 * pedal)
    motor = whine(rng, motor_hz, [(1, 1), (2, 0.8), (3, 0.5), (4, 0.6), (8, 0.4), (16, 0.3)])
    whirr = band(rng, n, 500, 6000, -2) * (0.7 + 0.3 * np.cos(2 * np.pi * phase(stitches, n)))
    return np.asarray(result + (0.11 * motor + 0.06 * whirr) * pedal**0.7, np.float32)


def _pedal(seconds: float, rng: np.random.Generator, seam_seconds: float) -> FloatArray:
    pedal = np.zeros(samples_in(seconds), np.float32)
    gap = seam_seconds + 0.5
    for start in event_times(rng, seconds, gap_seconds=gap, jitter=0.2, needs_seconds=0.4):
        length = min(seam_seconds * rng.uniform(0.7, 1.0), seconds - start)
        add_at(pedal, samples_in(start), faded(np.ones(samples_in(length), np.float32), 0.3, 0.2))
    return np.clip(pedal, 0, 1)


def _linkage(rng: np.random.Generator, pitch: float) -> FloatArray:
    n = samples_in(0.07)
    hz = pitch * rng.uniform(0.93, 1.07) * np.array([340, 760, 1350, 2300, 3700, 5600])
    ring = modes(n, hz, [0.02, 0.014, 0.01, 0.007, 0.005, 0.003], [0.8, 1, 0.8, 0.6, 0.5, 0.3])
    return unit_peak(layered(unit_peak(ring), 0.5 * burst(rng, 1200, 9000, 0.004)))
