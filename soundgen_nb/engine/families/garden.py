"""Gardens: lawn mowers."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import wander
from soundgen_nb.engine.parts.motors import chop, firing, whine
from soundgen_nb.engine.parts.noise import PINK, band
from soundgen_nb.engine.parts.timeline import FloatArray, samples_in


@family(
    "a lawn mower",
    Knob("turns_per_minute", 3000, 1800, 4000, "1/min", "turns of the blade", follows="speed"),
    Knob("engine", 1.0, 0.0, 1.0, "share", "0 an electric motor, 1 a petrol engine"),
    Knob("cylinders", 1, 1, 2, "cylinders", "how many there are"),
    Knob("grass", 0.6, 0.1, 1.0, "share", "grass that is cut", follows="intensity"),
    Knob("pipe", 1.0, 0.5, 2.0, "ratio", "pitch of the muffler", against="size"),
    presets={
        "petrol": {},
        "electric": {"engine": 0, "turns_per_minute": 3600},
        "tractor": {"cylinders": 2, "turns_per_minute": 2800, "pipe": 0.6},
    },
    natural_seconds=8.0,
    place="outdoors",
)
def lawn_mower(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """One cylinder that fires every second turn, a blade that fans, and grass that holds it up."""
    n = samples_in(seconds)
    thick = wander(rng, n, 0.8, 0.0, 1.0, 1.5) * k.grass
    turns = k.turns_per_minute / 60 * rng.uniform(0.95, 1.05) * (1 - 0.08 * thick)
    turns = turns * (1 + 0.01 * band(rng, n, 4, 40))
    pipe = [(130 * k.pipe, 2, 1.0), (310 * k.pipe, 2, 0.9), (760 * k.pipe, 2, 0.6), (1700, 2, 0.3)]
    engine = firing(rng, turns * np.float32(0.5 * k.cylinders), round(k.cylinders), pipe, noise=0.5)
    motor = whine(rng, turns, [(1, 0.6), (2, 1), (4, 0.5), (12, 0.4), (24, 0.3)])
    blade = band(rng, n, 150, 3500, PINK) * (0.6 + 0.6 * chop(2 * turns, 0.25))
    clippings = band(rng, n, 700, 7000, -1.5) * thick * wander(rng, n, 30, 0.3, 1)
    sound = k.engine * engine + 0.5 * (1 - 0.6 * k.engine) * motor + 0.8 * blade + 0.8 * clippings
    return np.asarray(sound, np.float32)
