"""Struck and driven things: banks of damped modes, and oscillators whose pitch moves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from soundgen_nb.engine.parts.timeline import SAMPLE_RATE, FloatArray, time_axis


def modes(
    n: int,
    frequencies_hz: ArrayLike,
    decays_seconds: ArrayLike,
    amplitudes: ArrayLike,
    phases: ArrayLike | None = None,
) -> FloatArray:
    """A struck body, shape (n,): sines at ``frequencies_hz``, each dying to 1/e in its decay.

    Each mode is a complex rotation, computed for a block and then turned, so ninety modes of a
    breaking pane cost milliseconds. Modes above 20 kHz are left out; they would alias.
    """
    hz, seconds, gains = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(v, float)) for v in (frequencies_hz, decays_seconds, amplitudes))
    )
    turns = np.zeros(len(hz)) if phases is None else np.asarray(phases, float)
    keep = hz < 20_000
    hz, seconds, gains, turns = hz[keep], seconds[keep], gains[keep], turns[keep]
    block = 512
    rates = (2j * np.pi * hz - 1 / np.maximum(seconds, 1e-4)) / SAMPLE_RATE
    within = np.exp(rates[:, None] * np.arange(block))
    starts = (
        np.exp(rates[:, None] * (block * np.arange(-(-n // block))))
        * (gains * np.exp(1j * turns))[:, None]
    )
    # (blocks, modes) @ (modes, samples): the imaginary part of the product is the sum of sines
    product = starts.T.real @ within.imag + starts.T.imag @ within.real
    return np.asarray(product.reshape(-1)[:n], np.float32)


def phase(frequency_hz: ArrayLike, n: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The running phase in turns, shape (n,), of a frequency that may move (scalar or (n,))."""
    hz = np.asarray(frequency_hz, np.float64)
    if hz.ndim == 0:
        return time_axis(n) * float(hz)
    return np.cumsum(hz[:n]) / SAMPLE_RATE


def sine(frequency_hz: ArrayLike, n: int, start: float = 0.0) -> FloatArray:
    """A sine, shape (n,), of a fixed or moving frequency; ``start`` is its first phase in turns."""
    return np.sin(2 * np.pi * (phase(frequency_hz, n) + start)).astype(np.float32)


def harmonics(frequency_hz: ArrayLike, n: int, amplitudes: Sequence[float]) -> FloatArray:
    """A tone, shape (n,): harmonic k (from 1) of a fixed or moving frequency has amplitude k-1."""
    turns = phase(frequency_hz, n)
    total = np.zeros(n)
    for k, amplitude in enumerate(amplitudes, start=1):
        if amplitude:
            total += amplitude * np.sin(2 * np.pi * k * turns)
    return total.astype(np.float32)


def pulses(
    frequency_hz: ArrayLike, n: int, start: float = 0.0
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The sample numbers at which an oscillator of a fixed or moving frequency starts a period."""
    whole = np.floor(phase(frequency_hz, n) + start)
    return np.flatnonzero(np.diff(whole, prepend=whole[0] - 1 if n else 0) > 0)
