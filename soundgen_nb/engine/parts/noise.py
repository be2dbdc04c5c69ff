"""Noises: white, coloured by a slope, limited to a band. All of unit RMS."""

from __future__ import annotations

import numpy as np

from soundgen_nb.engine.parts.filters import fast_length, high, low
from soundgen_nb.engine.parts.timeline import SAMPLE_RATE, FloatArray, unit_rms

WHITE, PINK, BROWN = 0.0, -3.0, -6.0
"""Slopes in decibels an octave."""

_LOWEST_HZ = 20.0  # below it a slope would put all its energy where nobody hears


def white(rng: np.random.Generator, n: int) -> FloatArray:
    """Gaussian white noise, shape (n,), unit RMS."""
    return rng.standard_normal(n, dtype=np.float32)


def coloured(rng: np.random.Generator, n: int, slope_db: float) -> FloatArray:
    """Noise whose power falls (or rises) by ``slope_db`` an octave above 20 Hz, shape (n,)."""
    return band(rng, n, 0.0, np.inf, slope_db)


def band(
    rng: np.random.Generator, n: int, low_hz: float, high_hz: float, slope_db: float = WHITE
) -> FloatArray:
    """Noise between two frequencies (12 dB an octave skirts), sloped within, shape (n,), unit RMS.

    One inverse FFT of a random spectrum: no filter runs, so the cost does not depend on the shape.
    """
    if n == 0:
        return np.zeros(0, np.float32)
    size = fast_length(n)
    frequencies = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    gains = (np.maximum(frequencies, _LOWEST_HZ) / 1000) ** (slope_db / 6.0206)
    if low_hz > 0:
        gains = gains * np.abs(high(low_hz)(frequencies))
    if high_hz < SAMPLE_RATE / 2:
        gains = gains * np.abs(low(high_hz)(frequencies))
    gains[0] = 0.0
    parts = rng.standard_normal((2, len(frequencies)), dtype=np.float32)
    spectrum = (parts[0] + 1j * parts[1]) * gains.astype(np.float32)
    return unit_rms(np.fft.irfft(spectrum, size)[:n].astype(np.float32, copy=False))
