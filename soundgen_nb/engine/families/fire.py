"""Fire: crackle, hiss and roar."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import wander
from soundgen_nb.engine.parts.grains import burst, poisson_starts, scatter, variants
from soundgen_nb.engine.parts.noise import BROWN, band
from soundgen_nb.engine.parts.timeline import FloatArray, samples_in, unit_peak
from soundgen_nb.engine.space import widened


@family(
    "burning wood, from a hearth to a blaze",
    Knob("crackles_hz", 55.0, 10.0, 200.0, "1/s", "crackles a second", follows="speed"),
    Knob("roar", 0.16, 0.04, 0.8, "ratio", "the breath of the flames", follows="intensity"),
    Knob("hiss", 0.035, 0.0, 0.2, "ratio", "moisture boiling out", follows="brightness"),
    natural_seconds=10.0,
)
def fire(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Crackles whose loudness has a heavy tail, in bursts, over brown noise that flickers."""
    n = samples_in(seconds)
    crowd = wander(rng, n, 3.0, 0.05, 1.0, 2.5)
    starts = poisson_starts(rng, n, k.crackles_hz, crowd)
    gains = np.minimum(0.12 * rng.pareto(1.3, len(starts)), 1.5)
    crackles = scatter(n, starts, gains, variants(40, _crackle, rng), rng)
    flames = band(rng, n, 30, 400, BROWN) * wander(rng, n, 6, 0.5, 1.0)
    hiss = band(rng, n, 2500, 9000) * wander(rng, n, 8, 0.0, 1.0, 3.0)
    mix = crackles + np.float32(k.roar) * flames + np.float32(k.hiss) * hiss
    return widened(mix.astype(np.float32), rng)


def _crackle(rng: np.random.Generator) -> FloatArray:
    centre_hz = rng.uniform(900, 6000)
    snap = burst(rng, 0.6 * centre_hz, min(1.6 * centre_hz, 15000), rng.uniform(0.0008, 0.006))
    return unit_peak(snap)
