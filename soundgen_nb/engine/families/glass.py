"""Glass: a pane that breaks."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import ONE, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.grains import (
    burst,
    layered,
    sequenced,
)
from soundgen_nb.engine.parts.resonators import modes
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in


@family(
    "a pane of glass breaking",
    ONE,
    Knob("gap_seconds", 3.0, 0.8, 6.0, "s", "time from one to the next", against="speed"),
    Knob("pieces", 90, 20, 250, "pieces", "pieces that fall and ring", follows="intensity"),
    Knob("low_hz", 2200.0, 1200.0, 4000.0, "Hz", "pitch of the largest piece", against="size"),
    natural_seconds=3.0,
    place="room",
)
def glass_break(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A burst, then a rain of pieces, each three high modes, thinning out."""
    return sequenced(seconds, rng, k, _shatter, jitter=0.1, needs_seconds=1.2)


def _shatter(rng: np.random.Generator, k: Values) -> FloatArray:
    n = samples_in(2.2)
    pane = np.zeros(n, np.float32)
    add_at(
        pane, 0, layered(1.2 * burst(rng, 1500, 16000, 0.02), 0.6 * burst(rng, 200, 1200, 0.015))
    )
    for _ in range(round(k.pieces)):
        start = rng.exponential(0.22)
        seconds = rng.uniform(0.02, 0.16)
        gain = 0.6 * rng.random() ** 2 * np.exp(-start / 0.4)
        hz = rng.uniform(k.low_hz, 5 * k.low_hz) * np.array([1, 1.58, 2.24])
        piece = modes(samples_in(4 * seconds), hz, seconds * np.array([1, 0.6, 0.4]), [1, 0.6, 0.4])
        add_at(pane, samples_in(start), piece, gain)
    return pane
