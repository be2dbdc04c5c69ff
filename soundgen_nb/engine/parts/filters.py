"""Causal filters and convolution in the FFT domain.

The responses are the textbook analog ones, H(s) at s = j f/f0: second-order Butterworth sections,
and the second-order band-pass for resonances. Padding keeps tails from wrapping around.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.engine.parts.timeline import SAMPLE_RATE, FloatArray, samples_in

Response = Callable[[NDArray[Any]], NDArray[Any]]
"""Frequencies in Hz, shape (m,), real, to gains, shape (m,), complex."""

_FRAME = 2048  # 46 ms: long enough for a resonance at 100 Hz, short enough to follow a gust


@lru_cache(maxsize=256)
def fast_length(n: int) -> int:
    """The smallest 2^a 3^b 5^c that is at least ``n``: a length the FFT likes."""
    best = 1 << max(n - 1, 1).bit_length()
    five = 1
    while five < best:
        three = five
        while three < best:
            two = three << max(0, (-(-n // three) - 1).bit_length())
            best = min(best, two) if two >= n else best
            three *= 3
        five *= 5
    return best


def shaped(sound: FloatArray, response: Response, tail_seconds: float = 0.05) -> FloatArray:
    """The sound (n,) through a response, cut to its own length (n,).

    ``tail_seconds`` is how long the response rings: that much silence is added before the FFT.
    """
    n = len(sound)
    size = fast_length(n + samples_in(tail_seconds))
    frequencies = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    spectrum = np.fft.rfft(sound, size)
    spectrum *= response(frequencies).astype(np.complex64)
    return np.fft.irfft(spectrum, size)[:n].astype(np.float32, copy=False)


def low(cutoff_hz: float, order: int = 2) -> Response:
    """A Butterworth low-pass: -3 dB at ``cutoff_hz``, 6 dB an octave per order (2 or 4)."""
    return lambda f: _butterworth(1j * f / cutoff_hz, order)


def high(cutoff_hz: float, order: int = 2) -> Response:
    """A Butterworth high-pass: -3 dB at ``cutoff_hz``, 6 dB an octave per order (2 or 4)."""
    return lambda f: _butterworth(cutoff_hz / (1j * np.maximum(f, 1e-3)), order)


def resonances(modes: Sequence[tuple[float, float, float]]) -> Response:
    """The sum of second-order band-passes, each (centre in Hz, Q, gain at the centre)."""

    def response(f: NDArray[Any]) -> NDArray[Any]:
        total = np.zeros(len(f), np.complex128)
        safe = np.maximum(f, 1e-3)
        for centre_hz, q, gain in modes:
            total += gain / (1 + 1j * q * (safe / centre_hz - centre_hz / safe))
        return total

    return response


def lowpass(sound: FloatArray, cutoff_hz: float, order: int = 2) -> FloatArray:
    """What is below ``cutoff_hz`` of a sound (n,)."""
    return shaped(sound, low(cutoff_hz, order), 4 / cutoff_hz)


def highpass(sound: FloatArray, cutoff_hz: float, order: int = 2) -> FloatArray:
    """What is above ``cutoff_hz`` of a sound (n,)."""
    return shaped(sound, high(cutoff_hz, order), 4 / cutoff_hz)


def bandpass(sound: FloatArray, low_hz: float, high_hz: float, order: int = 2) -> FloatArray:
    """What is between ``low_hz`` and ``high_hz`` of a sound (n,)."""
    above, below = high(low_hz, order), low(high_hz, order)
    return shaped(sound, lambda f: above(f) * below(f), 4 / low_hz)


def resonate(sound: FloatArray, modes: Sequence[tuple[float, float, float]]) -> FloatArray:
    """A sound (n,) heard through resonances, each (centre in Hz, Q, gain)."""
    longest = max(q / centre_hz for centre_hz, q, _ in modes)
    return shaped(sound, resonances(modes), 2 * longest)


def glide(sound: FloatArray, centre_hz: FloatArray, q: float) -> FloatArray:
    """A sound (n,) through one resonance whose centre moves: ``centre_hz`` has shape (n,).

    Overlapping frames of 46 ms, each under its own curve, so it suits noises, not clicks.
    """
    hop = _FRAME // 2
    n_frames = -(-len(sound) // hop) + 1
    padded = np.zeros((n_frames + 1) * hop, np.float32)
    padded[hop : hop + len(sound)] = sound
    window = np.sin(np.pi * (np.arange(_FRAME) + 0.5) / _FRAME).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::hop] * window
    middles = np.clip(np.arange(n_frames) * hop, 0, len(sound) - 1)
    frequencies = np.maximum(np.fft.rfftfreq(_FRAME, 1 / SAMPLE_RATE), 1.0).astype(np.float32)
    ratio = frequencies / centre_hz[middles, None].astype(np.float32)
    gains = 1 / np.sqrt(1 + (q * (ratio - 1 / ratio)) ** 2)
    shaped_frames = np.fft.irfft(np.fft.rfft(frames) * gains, _FRAME) * window
    result = np.zeros_like(padded).reshape(-1, hop)
    result[:-1] += shaped_frames[:, :hop]
    result[1:] += shaped_frames[:, hop:]
    return result.reshape(-1)[hop : hop + len(sound)].astype(np.float32, copy=False)


def convolve(sound: FloatArray, impulse_response: FloatArray) -> FloatArray:
    """The full linear convolution: (n,) with (m,) or (channels, m) gives (…, n + m - 1)."""
    length = len(sound) + impulse_response.shape[-1] - 1
    size = fast_length(length)
    spectrum = np.fft.rfft(sound, size) * np.fft.rfft(impulse_response, size)
    return np.fft.irfft(spectrum, size)[..., :length].astype(np.float32, copy=False)


def _butterworth(s: NDArray[Any], order: int) -> NDArray[Any]:
    polynomial: NDArray[Any] = s * s + np.sqrt(2) * s + 1
    if order == 4:
        polynomial = (s * s + 0.76536686 * s + 1) * (s * s + 1.84775907 * s + 1)
    return np.asarray(1 / polynomial)
