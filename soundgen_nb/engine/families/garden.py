"""Gardens: lawn mowers."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import wander
from soundgen_nb.engine.parts.motors import chop, firing, whine
from soundgen_nb.engine.parts.noise import band
from soundgen_nb.engine.parts.timeline import FloatArray, samples_in


@family(
    "a lawn mower",
    Knob("turns_per_minute", 2200, 1800, 4000, "1/min", "turns of the blade", follows="speed"),
    Knob("engine", 1.0, 0.0, 1.0, "share", "0 an electric motor, 1 a petrol engine"),
    Knob("firings", 1.0, 0.5, 2.0, "1/turn", "1 a two-stroke, 0.5 a four-stroke of one cylinder"),
    Knob("grass", 0.5, 0.1, 1.0, "share", "grass that is cut", follows="intensity"),
    Knob("pipe", 0.85, 0.5, 2.0, "ratio", "pitch of the muffler", against="size"),
    presets={
        "petrol": {},
        "electric": {"engine": 0.0, "turns_per_minute": 3400},
        "tractor": {"turns_per_minute": 2000, "pipe": 0.6},
    },
    natural_seconds=8.0,
    place="outdoors",
)
def lawn_mower(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A cylinder through a muffler, a blade that fans and whines, and grass that holds it up."""
    n = samples_in(seconds)
    thick = wander(rng, n, 0.8, 0.0, 1.0, 1.5) * k.grass
    turns = k.turns_per_minute / 60 * rng.uniform(0.95, 1.05) * (1 - 0.06 * thick)
    turns = turns * (1 + 0.025 * band(rng, n, 4, 40))
    muffler = [(175, 2, 1.0), (660, 2, 1.0), (950, 2, 1.2), (2200, 2, 0.5)]
    pipe = [(hz * k.pipe, q, gain) for hz, q, gain in muffler]
    engine = np.tanh(0.7 * firing(rng, turns * np.float32(k.firings), 1, pipe, noise=1.0))
    motor = whine(rng, turns, [(1, 0.6), (2, 1), (4, 0.5), (12, 0.4), (24, 0.3)])
    blade = band(rng, n, 590, 3900) * (0.4 + 1.1 * chop(2 * turns, 0.25))
    clippings = band(rng, n, 900, 8000, -1.5) * thick * wander(rng, n, 30, 0.3, 1)
    sound = k.engine * engine + 0.57 * motor + 0.4 * blade + 0.4 * clippings
    return np.asarray(sound, np.float32)
