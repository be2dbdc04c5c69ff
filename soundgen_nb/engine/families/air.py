"""Air: what passes fast through it."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import swell
from soundgen_nb.engine.parts.filters import glide
from soundgen_nb.engine.parts.grains import (
    sequenced,
)
from soundgen_nb.engine.parts.noise import band
from soundgen_nb.engine.parts.timeline import FloatArray, samples_in


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


def _swish(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(k.length_seconds * rng.uniform(0.85, 1.15))
    nearness = swell(n, rng.uniform(0.45, 0.65), 2.0, 4.0)
    centre_hz = k.pitch_hz * rng.uniform(0.85, 1.2) * (0.45 + 0.9 * nearness)
    air = band(rng, n, 100, 12000, -2.0)
    swish = glide(air, centre_hz, 1.6) + 0.3 * glide(air, 2.7 * centre_hz, 2.5)
    return np.asarray(swish * nearness**1.3, np.float32)
