"""Text to sound, offline: words to a brief, a brief to a score, a score to samples."""

from __future__ import annotations

from dataclasses import dataclass

from soundgen_nb.engine.brief import Brief, understand
from soundgen_nb.engine.families import FAMILIES
from soundgen_nb.engine.mixdown import render
from soundgen_nb.engine.parts.timeline import SAMPLE_RATE, FloatArray
from soundgen_nb.engine.score import compose
from soundgen_nb.errors import InputError

__all__ = [
    "FAMILIES",
    "SAMPLE_RATE",
    "Brief",
    "Performance",
    "compose",
    "perform",
    "render",
    "understand",
]


@dataclass(frozen=True, slots=True)
class Performance:
    """A sound, float32 of shape (2, n) at ``sample_rate`` Hz, and what was understood for it."""

    samples: FloatArray
    sample_rate: int
    brief: Brief


def perform(prompt: str, *, seconds: float | None = None, seed: int) -> Performance:
    """A prompt to a sound; the same prompt, seconds and seed give the same samples.

    Args:
        prompt: what to hear; see ``understand``.
        seconds: the length; None takes it from the words or the sounds.
        seed: which take, from 0 to 2**63 - 1.

    Raises:
        InputError: if the brief refuses the prompt, saying what to try instead; or if the seconds
            or the seed are out of range.
    """
    brief = understand(prompt)
    if brief.refusal:
        raise InputError(brief.refusal)
    return Performance(render(compose(brief, seconds=seconds, seed=seed)), SAMPLE_RATE, brief)
