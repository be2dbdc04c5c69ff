"""Bubbles: what running, boiling and falling water is made of."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.parts.envelopes import decay
from soundgen_nb.engine.parts.grains import poisson_starts, scatter, variants
from soundgen_nb.engine.parts.resonators import sine
from soundgen_nb.engine.parts.timeline import FloatArray, samples_in, time_axis


def bubbling(
    n: int,
    rng: np.random.Generator,
    rate_hz: float,
    low_hz: float,
    high_hz: float,
    density: FloatArray | None = None,
    *,
    ring: float = 1.0,
) -> FloatArray:
    """Bubbles between two pitches, ``rate_hz`` a second, shape (n,); few of them are loud.

    ``density`` (n,), if given, says where they crowd; ``ring`` stretches how long each sounds.
    """
    starts = poisson_starts(rng, n, rate_hz, density)
    gains = np.minimum(rng.pareto(2.2, len(starts)), 6.0)
    kinds = variants(80, lambda r: bubble(r, low_hz, high_hz, ring), rng)
    return scatter(n, starts, gains, kinds, rng)


def bubble(rng: np.random.Generator, low_hz: float, high_hz: float, ring: float) -> FloatArray:
    """One bubble: a damped sine that rises as it nears the surface (van den Doel, 2005)."""
    hz = low_hz * (high_hz / low_hz) ** rng.random()
    damping = (0.0433 * hz + 0.0014 * hz**1.5) / ring
    n = samples_in(6 / damping)
    rising = hz * (1 + time_axis(n) * damping * rng.uniform(0.0, 0.12))
    return sine(rising, n) * decay(n, 1 / damping, 0.001) * np.float32((600 / hz) ** 0.35)
