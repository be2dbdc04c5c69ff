"""The work of one job: a prompt performed and encoded twice. Plain values, so any executor can."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from soundgen_nb.engine import Performance
from soundgen_nb.sound import Sound

ENGINE = "embedded engine, not MusicGPT"
"""Who makes the sounds; every card says so."""

FORMATS = ("mp3", "wav")
"""The files there are of every sound."""

Perform = Callable[..., Performance]
"""``perform(prompt, *, seconds, seed)``, as ``engine.perform``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """What a job's work gave: the same ``seconds`` of sound in each of ``FORMATS``.

    ``brief`` is what the engine understood, as plain values; ``took_seconds`` the time spent.
    """

    brief: Mapping[str, Any]
    files: Mapping[str, bytes]
    seconds: float
    took_seconds: float


def render(prompt: str, *, seconds: int | None, seed: int, perform: Perform) -> Rendering:
    """Perform a prompt and encode what came of it.

    The mp3 is encoded here, not when it is fetched: it costs more than the sound itself, and
    belongs to the time that the job was announced to take.

    Raises:
        InputError: if the engine refuses the prompt, saying what to try instead.
    """
    start = perf_counter()
    performance = perform(prompt, seconds=seconds, seed=seed)
    samples, sample_rate = performance.samples, performance.sample_rate
    files = {name: Sound.from_samples(samples, sample_rate, format=name).data for name in FORMATS}
    return Rendering(
        brief=performance.brief.to_dict(),
        files=files,
        seconds=samples.shape[-1] / sample_rate,
        took_seconds=perf_counter() - start,
    )
