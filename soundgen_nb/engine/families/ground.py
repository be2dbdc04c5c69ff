"""Ground that gives way: stones, rubble, avalanches, earthquakes."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.family import family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import swell, wander
from soundgen_nb.engine.parts.grains import burst, layered, poisson_starts, rustle
from soundgen_nb.engine.parts.noise import BROWN, PINK, band
from soundgen_nb.engine.parts.resonators import modes
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak, unit_rms

_STONES = 40  # different ones: more cannot be told apart


@family(
    "rocks coming down: stones, rubble, an avalanche, an earthquake",
    Knob("stones_hz", 30.0, 1.0, 80.0, "1/s", "stones that strike a second", follows="intensity"),
    Knob("size", 1.0, 0.4, 2.5, "ratio", "how large the stones are", follows="size"),
    Knob("gravel", 0.25, 0.0, 1.0, "share", "small stones that run along"),
    Knob("rumble", 0.35, 0.05, 1.5, "share", "the ground that shakes"),
    Knob("swell", 0.35, 0.0, 1.0, "share", "how much it comes and goes; 0 goes on evenly"),
    presets={
        "rocks": {"stones_hz": 20, "rumble": 0.15},
        "rubble": {"stones_hz": 55, "gravel": 0.5},
        "avalanche": {"stones_hz": 6, "gravel": 0.9, "rumble": 0.9, "swell": 0.9},
        "earthquake": {"stones_hz": 5, "gravel": 0.05, "rumble": 1.5, "swell": 0.4},
    },
    natural_seconds=6.0,
    place="canyon",
)
def rockfall(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Stones that bounce as they fall, smaller ones that run with them, and the ground's rumble."""
    n = samples_in(seconds)
    slide = 1 - k.swell + k.swell * swell(n, rng.uniform(0.25, 0.4), 1.2, 3.0)
    force = slide * wander(rng, n, 3.0, 0.4, 1.0)
    rocks = np.zeros(n, np.float32)
    sizes = np.sort(k.size * rng.lognormal(0, 0.35, _STONES))
    stones = [_stone(rng, size) for size in sizes.tolist()]
    for start in poisson_starts(rng, n, k.stones_hz / 3, force).tolist():
        which = int(rng.integers(_STONES - 2))
        _tumble(rng, rocks, start, float(sizes[which]), stones[which : which + 3])
    gravel = rustle(rng, force, 1800, 1000 / k.size**0.5, 0.25)
    shake = unit_rms(band(rng, n, 18, 90 / k.size**0.5, BROWN) * force * wander(rng, n, 9, 0.3, 1))
    shake += 0.4 * unit_rms(band(rng, n, 60, 500, PINK) * force * wander(rng, n, 14, 0.2, 1.0))
    sound = unit_peak(rocks) + k.gravel * gravel
    return np.asarray(sound + 0.35 * k.rumble * shake, np.float32)


def _tumble(
    rng: np.random.Generator, slope: FloatArray, start: int, size: float, sides: list[FloatArray]
) -> None:
    """A stone that strikes the slope a few times, each time with the side it happens to land on."""
    gain = min(1.0, size) * rng.uniform(0.3, 1.0)
    for _ in range(int(rng.integers(2, 6))):
        add_at(slope, start, sides[rng.integers(len(sides))], gain)
        start += samples_in(rng.uniform(0.08, 0.4) * size**0.5)
        gain *= rng.uniform(0.5, 1.1)


def _stone(rng: np.random.Generator, size: float) -> FloatArray:
    """Stone on stone: a crack, a few dull modes that die at once, and its weight."""
    hz = rng.uniform(700, 2000) / size * np.array([1, 1.63, 2.37, 3.4, 4.9])
    ring = rng.uniform(0.003, 0.01) * size**0.5 * np.array([1, 0.8, 0.7, 0.5, 0.4])
    knock = unit_peak(modes(samples_in(0.15), hz, ring, rng.uniform(0.3, 1.0, 5)))
    crack = unit_peak(burst(rng, 480 / size, 9000 / size**0.5, 0.014 * size**0.5))
    weight = unit_peak(burst(rng, 45 / size, 140 / size, 0.027 * size, 0.001))
    return layered(0.6 * knock, 0.6 * crack, 0.45 * weight)
