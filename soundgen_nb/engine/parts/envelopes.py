"""How loudness moves: attacks, decays, fades, and curves that wander."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from soundgen_nb.engine.parts.timeline import SAMPLE_RATE, FloatArray, samples_in, time_axis


def decay(n: int, seconds: float, attack_seconds: float = 0.0) -> FloatArray:
    """An exponential decay, shape (n,): 1 falls to 1/e in ``seconds``, after a linear attack."""
    t = time_axis(n)
    curve = np.exp(-np.maximum(t - attack_seconds, 0) / seconds)
    if attack_seconds > 0:
        curve *= np.minimum(1.0, t / attack_seconds)
    return curve.astype(np.float32)


def swell(n: int, peak_at: float = 0.35, rise_power: float = 2.0, fall: float = 4.0) -> FloatArray:
    """A slow, asymmetric rise and fall, shape (n,), peaking at 1 after ``peak_at`` of its length.

    ``rise_power`` bends the rise (larger: later); ``fall`` is the decay in time constants.
    """
    x = np.linspace(0, 1, max(n, 1), endpoint=False)[:n]
    rise = (x / peak_at) ** rise_power
    after = np.exp(-fall * (x - peak_at) / (1 - peak_at))
    curve = np.where(x < peak_at, rise, after)
    return (curve * np.minimum(1.0, (1 - x) * 20)).astype(np.float32)


def hump(n: int, power: float = 1.0) -> FloatArray:
    """Half a sine, shape (n,): nought at both ends, 1 in the middle; ``power`` sharpens it."""
    return (np.sin(np.pi * (np.arange(n) + 0.5) / max(n, 1)) ** power).astype(np.float32)


def wander(
    rng: np.random.Generator,
    n: int,
    rate_hz: float,
    low: float = 0.0,
    high: float = 1.0,
    power: float = 1.0,
) -> FloatArray:
    """A smooth random curve, shape (n,), between ``low`` and ``high``.

    New random targets come ``rate_hz`` times a second, joined by half cosines; a ``power`` above 1
    keeps the curve low for most of the time.
    """
    knots = int(np.ceil(n / SAMPLE_RATE * rate_hz)) + 2
    targets = low + (high - low) * rng.random(knots) ** power
    position = time_axis(n) * rate_hz + rng.random() * 0.999
    whole = np.minimum(position.astype(np.int64), knots - 2)
    blend = 0.5 - 0.5 * np.cos(np.pi * np.clip(position - whole, 0, 1))
    curve = targets[whole] * (1 - blend) + targets[whole + 1] * blend
    return np.asarray(curve, np.float32)


def stretched(curve: ArrayLike, n: int) -> FloatArray:
    """A curve of any length, shape (n,): for what moves too slowly to need a value a sample."""
    points = np.asarray(curve, float)
    curve = np.interp(np.linspace(0, len(points) - 1, n), np.arange(len(points)), points)
    return np.asarray(curve, np.float32)


def faded(sound: FloatArray, in_seconds: float, out_seconds: float) -> FloatArray:
    """A sound (…, n) with raised-cosine fades at its ends; each at most half of it."""
    n = sound.shape[-1]
    result = sound.copy()
    for seconds, at_end in ((in_seconds, False), (out_seconds, True)):
        m = min(samples_in(seconds), n // 2)
        ramp = (0.5 - 0.5 * np.cos(np.pi * np.arange(m) / max(m, 1))).astype(np.float32)
        if at_end:
            result[..., n - m :] *= ramp[::-1]
        else:
            result[..., :m] *= ramp
    return result
