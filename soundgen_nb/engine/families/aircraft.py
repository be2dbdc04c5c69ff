"""Aircraft: helicopters, jets, propellers."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import wander
from soundgen_nb.engine.parts.filters import lowpass
from soundgen_nb.engine.parts.motion import passing, sided
from soundgen_nb.engine.parts.motors import chop, firing, whine
from soundgen_nb.engine.parts.noise import PINK, band
from soundgen_nb.engine.parts.timeline import FloatArray, samples_in


@family(
    "a helicopter",
    Knob("blades_hz", 11.5, 10.0, 14.0, "Hz", "blades a second", follows="speed"),
    Knob("slap", 0.7, 0.2, 1.0, "share", "how hard the blades chop", follows="intensity"),
    Knob("turbine", 0.05, 0, 0.3, "share", "whine of the turbine", follows="brightness"),
    natural_seconds=8.0,
    place="outdoors",
)
def helicopter(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Each blade presses a thump, a slap and a gust out of the air, over a turbine's whine."""
    n = samples_in(seconds)
    rate = k.blades_hz * wander(rng, n, 0.3, 0.985, 1.015)
    blade = chop(rate)
    thump = 1.4 * band(rng, n, 20, 350, -4) * (0.18 + blade)
    press = 3 * lowpass(blade - blade.mean(), 120)
    slap = k.slap * band(rng, n, 300, 2200, -2) * (0.12 + 0.5 * np.sqrt(blade))
    turbine = k.turbine * whine(rng, 640 * wander(rng, n, 0.4, 0.99, 1.01), [(1, 1), (2, 0.7)])
    return thump + press + slap + turbine


@family(
    "an aeroplane overhead",
    Knob("speed", 90, 40, 260, "m/s", "how fast it flies", follows="speed"),
    Knob("height", 220, 60, 800, "m", "how high it flies"),
    Knob("whine", 0.37, 0.02, 1.0, "share", "whine of the turbines", follows="brightness"),
    Knob("propeller", 0, 0, 1, "share", "0 a jet, 1 a propeller engine"),
    presets={
        "jet": {},
        "takeoff": {"height": 100, "speed": 75, "whine": 0.5},
        "fighter": {"speed": 160, "height": 200, "whine": 0.4},
        "propeller": {"propeller": 1, "speed": 60, "whine": 0.15},
        "cabin": {"height": 800, "speed": 40, "whine": 0.1},
    },
    natural_seconds=10.0,
    place="outdoors",
)
def airplane(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A jet's roar or a propeller's beat that swells, sinks in pitch and goes."""
    n = samples_in(seconds)
    way = passing(n, seconds * rng.uniform(0.42, 0.55), k.speed, k.height, rng.choice([-1.0, 1.0]))
    roar = band(rng, n, 40, 440, -2) * wander(rng, n, 5, 0.75, 1.0)
    rush = 0.8 * band(rng, n, 300, 8000, PINK) * wander(rng, n, 3, 0.8, 1.0) * way.gain
    fan = k.whine * whine(
        rng, 2100 * rng.uniform(0.9, 1.1) * way.pitch, [(1, 1), (1.52, 0.5), (2, 0.3)]
    )
    strokes = firing(rng, 84 * rng.uniform(0.9, 1.1) * way.pitch, 6, _COWLING, noise=0.1)
    # a jet has some of a propeller's beat (its fan), a propeller little of a jet's rush
    engine = (0.2 + 0.35 * k.propeller) * strokes + (1 - 0.8 * k.propeller) * rush
    return sided((roar + engine + fan * way.gain) * way.gain ** (1 + k.propeller), 0.6 * way.pan)


_COWLING = ((90, 2, 1.0), (180, 2, 0.9), (350, 2, 0.7), (700, 2, 0.3))
