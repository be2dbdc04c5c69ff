"""Sheets: paper turned or crumpled, cloth rubbed or shaken."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import hump, wander
from soundgen_nb.engine.parts.grains import (
    rustle,
    sequenced,
)
from soundgen_nb.engine.parts.noise import PINK, band
from soundgen_nb.engine.parts.timeline import FloatArray, samples_in, unit_peak


@family(
    "paper turned, rustled or crumpled",
    COUNT,
    Knob("gap_seconds", 0.42, 0.3, 1.5, "s", "time from movement to movement", against="speed"),
    Knob(
        "creases_hz", 110.0, 40.0, 600.0, "1/s", "creases that snap a second", follows="intensity"
    ),
    Knob("bright_hz", 5000.0, 2500.0, 6500.0, "Hz", "stiffness of the paper", follows="brightness"),
    presets={"page": {"gap_seconds": 1.2, "creases_hz": 60}, "crumple": {"creases_hz": 350}},
    natural_seconds=5.0,
    place="room",
)
def paper(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Movements in which creases snap in crowds over a rub."""
    return sequenced(
        seconds,
        rng,
        k,
        lambda rng, k: _rub(rng, k.gap_seconds, k.creases_hz, k.bright_hz, 0.12),
        jitter=0.3,
        needs_seconds=0.5,
    )


@family(
    "cloth rubbed or shaken",
    COUNT,
    Knob("gap_seconds", 0.9, 0.3, 2.0, "s", "time from movement to movement", against="speed"),
    Knob("bright_hz", 2600.0, 1500.0, 5000.0, "Hz", "stiffness of the cloth", follows="brightness"),
    natural_seconds=4.0,
    place="room",
)
def cloth(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Fibres too soft and too many to click: a hush that comes in many small rushes."""
    return sequenced(seconds, rng, k, _hush, jitter=0.3, needs_seconds=0.5)


def _rub(
    rng: np.random.Generator, gap_seconds: float, rate_hz: float, bright_hz: float, skin: float
) -> FloatArray:
    n = samples_in(gap_seconds * rng.uniform(0.5, 0.95))
    press = hump(n, 1.2) * wander(rng, n, 20, 0.3, 1.0)
    return rustle(rng, press, rate_hz, bright_hz, skin) * np.float32(rng.uniform(0.6, 1.0))


def _hush(rng: np.random.Generator, k: Values) -> FloatArray:
    """Fibres over a duller rub, each with small rushes of its own."""
    n = samples_in(k.gap_seconds * rng.uniform(0.5, 0.95))
    fibres = band(rng, n, 0.6 * k.bright_hz, 4.6 * k.bright_hz, PINK) * wander(
        rng, n, 20, 0.05, 1.0, 1.7
    )
    rub = band(rng, n, 0.2 * k.bright_hz, 1.5 * k.bright_hz, PINK) * wander(rng, n, 10, 0.05, 1.0)
    movement = unit_peak((fibres + 0.7 * rub) * hump(n, 0.8))
    return movement * np.float32(rng.uniform(0.5, 1.0))
