"""Wood: cracked and splintered, and a tree that falls."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import ONE, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import decay, swell, wander
from soundgen_nb.engine.parts.grains import (
    burst,
    layered,
    poisson_starts,
    scatter,
    sequenced,
    variants,
)
from soundgen_nb.engine.parts.noise import PINK, band
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak


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
