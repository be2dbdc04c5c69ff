"""Many small sounds: grains scattered in time, events in a row, bursts, rustles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from soundgen_nb.engine.knobs import Values
from soundgen_nb.engine.parts.envelopes import decay, wander
from soundgen_nb.engine.parts.noise import PINK, WHITE, band
from soundgen_nb.engine.parts.schedules import Timing, event_times
from soundgen_nb.engine.parts.timeline import SAMPLE_RATE, FloatArray, add_at, samples_in, unit_peak


def scatter(
    n: int,
    starts: ArrayLike,
    gains: ArrayLike,
    variants: Sequence[FloatArray],
    rng: np.random.Generator,
) -> FloatArray:
    """Grains, shape (n,): at each start (sample number) one of the variants, chosen at random.

    Adding slices beats convolving impulse trains here: grains are short and far fewer than samples.
    """
    result = np.zeros(n, np.float32)
    where, how_loud = np.asarray(starts, np.int64), np.asarray(gains, np.float32)
    which = rng.integers(0, len(variants), len(where))
    for start, gain, index in zip(where.tolist(), how_loud.tolist(), which.tolist(), strict=True):
        add_at(result, start, variants[index], gain)
    return result


def variants(
    count: int, make: Callable[[np.random.Generator], FloatArray], rng: np.random.Generator
) -> list[FloatArray]:
    """``count`` different grains from one maker."""
    return [make(rng) for _ in range(count)]


def poisson_starts(
    rng: np.random.Generator, n: int, rate_hz: float, density: FloatArray | None = None
) -> NDArray[np.int64]:
    """Sample numbers, sorted, of events that come at random, ``rate_hz`` a second on average.

    ``density`` (n,), if given, says where they crowd; the mean rate stays.
    """
    count = int(rng.poisson(rate_hz * n / SAMPLE_RATE))
    if density is None:
        return np.sort(rng.integers(0, max(n, 1), count))
    cumulative = np.cumsum(np.maximum(density, 0), dtype=np.float64)
    where = np.sort(rng.random(count)) * cumulative[-1]
    return np.asarray(np.searchsorted(cumulative, where), np.int64)


def each(seconds: float, starts: Sequence[float], make: Callable[[], FloatArray]) -> FloatArray:
    """Events, shape (n,): a new sound from ``make`` at each start, a time in seconds."""
    result = np.zeros(samples_in(seconds), np.float32)
    for start in starts:
        add_at(result, samples_in(start), make())
    return result


def sequenced(
    seconds: float,
    rng: np.random.Generator,
    k: Values,
    make: Callable[[np.random.Generator, Values], FloatArray],
    *,
    gap_seconds: float | None = None,
    gains: tuple[float, float] | None = None,
    **timing: Unpack[Timing],
) -> FloatArray:
    """Events, shape (n,), as the knobs of their family time them: ``make(rng, k)`` for each.

    There are ``k.count`` of them, ``k.gap_seconds`` apart unless ``gap_seconds`` says otherwise;
    ``gains`` are the softest and the loudest, and ``timing`` is what else ``event_times`` takes.
    """
    gap = k.gap_seconds if gap_seconds is None else gap_seconds
    starts = event_times(rng, seconds, count=k.count, gap_seconds=gap, **timing)
    if gains is None:
        return each(seconds, starts, lambda: make(rng, k))
    return each(seconds, starts, lambda: make(rng, k) * np.float32(rng.uniform(*gains)))


def burst(
    rng: np.random.Generator,
    low_hz: float,
    high_hz: float,
    decay_seconds: float,
    attack_seconds: float = 0.0,
    slope_db: float = WHITE,
) -> FloatArray:
    """A burst of noise that dies to 1/e in ``decay_seconds``: what excites all that is struck.

    It starts at unit RMS and is seven decays long, where it is 60 dB down.
    """
    n = samples_in(attack_seconds + 7 * decay_seconds) + 1
    return band(rng, n, low_hz, high_hz, slope_db) * decay(n, decay_seconds, attack_seconds)


def rustle(
    rng: np.random.Generator, press: FloatArray, rate_hz: float, bright_hz: float, rub: float = 0.1
) -> FloatArray:
    """Things that crease or shift under a ``press`` (n,) that comes and goes: paper, gravel, cloth.

    Few grains, ``rate_hz`` a second, in tight crowds and seldom loud; ``rub`` is the share of the
    noise under them. (Many even grains sound like a fire.)
    """
    n = len(press)
    kinds = variants(24, lambda r: _crease(r, bright_hz), rng)
    starts = poisson_starts(rng, n, rate_hz, press * wander(rng, n, 45, 0.02, 1.0, 2.8))
    grains = scatter(n, starts, rng.random(len(starts)) ** 3, kinds, rng)
    skin = (
        band(rng, n, 0.16 * bright_hz, 4 * bright_hz, PINK) * press * wander(rng, n, 32, 0.3, 1.0)
    )
    return unit_peak(grains) * np.float32(1 - rub) + unit_peak(skin) * np.float32(rub)


def layered(*sounds: FloatArray) -> FloatArray:
    """The sum of sounds (n,) of different lengths that start together."""
    result = np.zeros(max(len(sound) for sound in sounds), np.float32)
    for sound in sounds:
        result[: len(sound)] += sound
    return result


def _crease(rng: np.random.Generator, bright_hz: float) -> FloatArray:
    low_hz = bright_hz * rng.uniform(0.6, 1.6)
    return unit_peak(burst(rng, low_hz, 3.5 * bright_hz, 0.0011 * rng.uniform(0.5, 2), 0.0004))
