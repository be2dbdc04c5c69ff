"""Things that move: a source passing the listener, and sound that wanders from side to side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from soundgen_nb.engine.parts.timeline import FloatArray, time_axis

_SOUND_SPEED = 343.0  # m/s, in air at 20 degrees


@dataclass(frozen=True, slots=True)
class Passing:
    """What a listener gets of a source that passes: three curves, shape (n,).

    ``gain`` is 1 at the nearest point; ``pitch`` multiplies every frequency (Doppler);
    ``pan`` goes from -1 (left) to 1 (right).
    """

    gain: FloatArray
    pitch: FloatArray
    pan: FloatArray


def passing(n: int, at_seconds: float, speed: float, distance: float, side: float = 1.0) -> Passing:
    """A source on a straight road, at ``speed`` m/s, nearest (``distance`` m) at ``at_seconds``.

    ``side`` is 1 for left to right, -1 for right to left.
    """
    along = speed * (time_axis(n) - at_seconds)
    away = np.hypot(along, distance)
    approaching = -speed * along / away
    return Passing(
        gain=(distance / away).astype(np.float32),
        pitch=(1 / (1 - approaching / _SOUND_SPEED)).astype(np.float32),
        pan=(side * along / (away + distance)).astype(np.float32),
    )


def sided(sound: FloatArray, pan: ArrayLike) -> FloatArray:
    """A sound (n,) at a fixed or moving ``pan`` (scalar or (n,), -1 to 1), shape (2, n).

    Constant power: the two squared gains always add to 2.
    """
    angle = (np.asarray(pan, np.float32) + 1) * np.float32(np.pi / 4)
    gains = np.sqrt(np.float32(2)) * np.stack([np.cos(angle), np.sin(angle)])
    return np.asarray(gains.reshape(2, -1) * sound, np.float32)
