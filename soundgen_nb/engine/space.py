"""Where a sound is heard: the room around it, how far away it is, and from which side it comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from soundgen_nb.engine.parts.envelopes import decay
from soundgen_nb.engine.parts.filters import convolve, low, shaped
from soundgen_nb.engine.parts.timeline import (
    SAMPLE_RATE,
    FloatArray,
    add_at,
    samples_in,
    unit_rms,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A room: its reverberation time T60 in seconds, its share of the sound, and its brightness.

    ``wet`` is the amplitude of the reverberation against a direct sound of 1; ``bright_hz`` where
    the walls start to swallow; ``muffle_hz`` a low-pass over everything (a wall, water), or 0.
    """

    t60_seconds: float
    wet: float
    bright_hz: float = 6000.0
    muffle_hz: float = 0.0
    pre_delay_seconds: float = 0.008


PLACES: Mapping[str, Place] = {
    "dry": Place(0.12, 0.05),
    "room": Place(0.4, 0.22, 5500),
    "kitchen": Place(0.55, 0.3, 7500),
    "bathroom": Place(1.0, 0.45, 8000),
    "hall": Place(1.8, 0.3, 5500, 0, 0.02),
    "cathedral": Place(5.0, 0.7, 4500, 0, 0.04),
    "cave": Place(3.0, 0.65, 3200, 0, 0.03),
    "tunnel": Place(2.2, 0.6, 3500, 0, 0.02),
    "street": Place(0.9, 0.18, 4500, 0, 0.025),
    "forest": Place(1.1, 0.16, 3000, 0, 0.03),
    "outdoors": Place(0.7, 0.08, 3500, 0, 0.03),
    "canyon": Place(3.2, 0.35, 2800, 0, 0.12),
    "next room": Place(0.6, 0.5, 1500, 900),
    "underwater": Place(1.4, 0.5, 900, 700),
}
"""The places a prompt can name."""


def placed(
    sound: FloatArray, place: Place, rng: np.random.Generator, distance: float = 0.0
) -> FloatArray:
    """A sound (2, n) heard in a place, shape (2, n + tail): direct sound plus reverberation.

    The two ears get different noise, decaying by 60 dB in T60, which is what a large diffuse room
    does (M. R. Schroeder, 1962). Distance, from 0 (at hand) to 1 (far), raises the reverberant
    share.
    """
    wet = place.wet * (1 + 1.2 * distance)
    response = _reverberation(place, rng)
    mono = sound.mean(axis=0)
    tail = convolve(mono.astype(np.float32), response) * np.float32(wet)
    tail[:, : sound.shape[1]] += sound * np.float32(1 - 0.45 * distance)
    if place.muffle_hz:
        tail = np.stack([shaped(ear, low(place.muffle_hz)) for ear in tail])
    return tail


def far(sound: FloatArray, distance: float) -> FloatArray:
    """A sound (channels, n) dulled by ``distance``, from 0 (as it is) to 1 (far).

    Gently: the low-pass is set above the sound's own centroid, so that a far wave stays a wave.
    """
    if distance <= 0:
        return sound
    cutoff_hz = max(700.0, _centroid_hz(sound) * 2.2) * (1.3 - distance)
    return np.stack([shaped(ear, low(max(350.0, cutoff_hz))) for ear in sound])


def panned(sound: FloatArray, pan: float) -> FloatArray:
    """A sound (n,) or (2, n) from the left (-1), the middle (0) or the right (1), shape (2, n).

    Constant power, and up to 0.4 ms later at the far ear, as with a head between them.
    """
    ears = np.stack([sound, sound]) if sound.ndim == 1 else sound.copy()
    if pan == 0:
        return ears
    angle = (pan + 1) * np.pi / 4
    gains = np.sqrt(2) * np.array([np.cos(angle), np.sin(angle)])
    delay = samples_in(0.0004 * abs(pan))
    late = np.zeros_like(ears[0])
    add_at(late, delay, ears[0 if pan > 0 else 1])
    ears[0 if pan > 0 else 1] = late
    return np.asarray(ears * gains[:, None], np.float32)


def widened(sound: FloatArray, rng: np.random.Generator, width: float = 0.5) -> FloatArray:
    """A mono texture (n,) as a wide one (2, n): a short diffusion, added left and taken right.

    The sum of the ears is the sound as it was, so nothing is coloured on a single loudspeaker.
    """
    n = samples_in(0.02)
    diffusion = unit_rms(rng.standard_normal(n, dtype=np.float32) * decay(n, 0.004))
    side = convolve(sound, diffusion / np.float32(np.sqrt(n)))[: len(sound)]
    middle, side = np.float32(np.sqrt(1 - width**2)) * sound, np.float32(width) * side
    return np.stack([middle + side, middle - side])


def _reverberation(place: Place, rng: np.random.Generator) -> FloatArray:
    n = samples_in(place.t60_seconds * 1.1)
    fall = decay(n, place.t60_seconds / np.log(1000.0))
    ears = []
    for _ in range(2):
        noise = shaped(rng.standard_normal(n, dtype=np.float32), low(place.bright_hz)) * fall
        ears.append(noise / np.float32(np.sqrt(np.sum(noise * noise) + 1e-20)))
    silence = np.zeros((2, samples_in(place.pre_delay_seconds)), np.float32)
    return np.concatenate([silence, np.stack(ears)], axis=1)


def _centroid_hz(sound: FloatArray) -> float:
    magnitude = np.abs(np.fft.rfft(sound.mean(axis=0), 1 << 16))
    frequencies = np.fft.rfftfreq(1 << 16, 1 / SAMPLE_RATE)
    return float((frequencies * magnitude).sum() / (magnitude.sum() + 1e-12))
