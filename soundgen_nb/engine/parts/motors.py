"""Motors: cylinders that fire, shafts that whine, blades that chop."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from soundgen_nb.engine.parts.filters import lowpass, resonate
from soundgen_nb.engine.parts.noise import band
from soundgen_nb.engine.parts.resonators import phase
from soundgen_nb.engine.parts.timeline import FloatArray, unit_rms


def firing(
    rng: np.random.Generator,
    rate_hz: FloatArray,
    cylinders: int = 4,
    exhaust: Sequence[tuple[float, float, float]] = ((95, 3, 1.0), (190, 4, 0.8), (420, 4, 0.5)),
    noise: float = 0.25,
) -> FloatArray:
    """A combustion engine (n,), unit RMS, firing ``rate_hz`` (n,) times a second.

    No two cylinders are alike, which is the roughness of an engine; gas noise rushes with each
    firing; ``exhaust`` are the resonances (centre in Hz, Q, gain) of the pipe.
    """
    n = len(rate_hz)
    turns = phase(rate_hz, n)
    number = turns.astype(np.int64)
    strength = 1 + 0.22 * rng.standard_normal(cylinders)
    luck = 1 + 0.10 * rng.standard_normal(int(number[-1]) + 1)
    pressure = np.exp(-7 * (turns - number)) * strength[number % cylinders] * luck[number]
    pulse = (pressure - pressure.mean()).astype(np.float32)
    body = unit_rms(resonate(pulse, exhaust)) + 0.5 * unit_rms(lowpass(pulse, 900))
    if noise > 0:
        gas = band(rng, n, 150, 4000, -3.0) * pressure.astype(np.float32)
        body += 2 * np.float32(noise) * gas
    return unit_rms(body)


def whine(
    rng: np.random.Generator, rate_hz: FloatArray, orders: Sequence[tuple[float, float]]
) -> FloatArray:
    """Turning parts (n,), unit RMS: each order (multiple of the shaft's rate, amplitude) is a tone.

    Every tone trembles a little by itself, so the sum is a machine and not an organ.
    """
    n = len(rate_hz)
    turns = phase(rate_hz, n)
    total = np.zeros(n)
    for multiple, amplitude in orders:
        total += amplitude * np.sin(2 * np.pi * (turns * multiple + rng.random()))
    tremble = 1 + 0.15 * band(rng, n, 3, 30)
    return unit_rms((total * tremble).astype(np.float32))


def chop(rate_hz: FloatArray, sharpness: float = 0.09) -> FloatArray:
    """The gain (n,) that a turning blade gives to the air, 1 at each of ``rate_hz`` (n,) passes.

    ``sharpness`` is the width of a pass, as a share of the time between two.
    """
    turns = phase(rate_hz, len(rate_hz))
    return np.exp(-((((turns % 1) - 0.5) / sharpness) ** 2)).astype(np.float32)
