"""When things happen: events counted, or as many as fit, singly or in groups."""

from __future__ import annotations

from typing import TypedDict

import numpy as np


class Timing(TypedDict, total=False):
    """What ``event_times`` may be told besides how many events there are, and how far apart."""

    jitter: float
    first_seconds: float
    needs_seconds: float
    group: tuple[int, int]
    pause_seconds: float


def event_times(  # when events come has this many sides, all named at the call
    rng: np.random.Generator,
    seconds: float,
    *,
    count: float = 0,
    gap_seconds: float,
    jitter: float = 0.08,
    first_seconds: float = 0.2,
    needs_seconds: float = 0.2,
    group: tuple[int, int] = (1, 1),
    pause_seconds: float = 0.0,
) -> list[float]:
    """The start times, in seconds, of events that each need ``needs_seconds`` to be heard.

    A ``count`` above nought gives exactly that many, closer together if the length asks for it.
    Otherwise they come in groups of ``group[0]`` to ``group[1]``, with ``pause_seconds`` more from
    group to group, until the length is full; a length too short for one still gets one. Gaps vary
    by ``jitter`` of themselves.
    """
    if count >= 1:
        return _counted(
            rng, seconds, round(count), gap_seconds, jitter, first_seconds, needs_seconds
        )
    times: list[float] = []
    start, left = first_seconds, int(rng.integers(group[0], group[1] + 1))
    while start < seconds - needs_seconds:
        times.append(start)
        start += gap_seconds * (1 + jitter * rng.uniform(-1, 1))
        left -= 1
        if left == 0:
            start += pause_seconds * rng.uniform(0.7, 1.3)
            left = int(rng.integers(group[0], group[1] + 1))
    return times or [min(first_seconds, 0.1 * seconds)]


def _counted(
    rng: np.random.Generator,
    seconds: float,
    count: int,
    gap_seconds: float,
    jitter: float,
    first_seconds: float,
    needs_seconds: float,
) -> list[float]:
    first = min(first_seconds, 0.1 * seconds)
    gaps = gap_seconds * (1 + jitter * rng.uniform(-1, 1, count - 1))
    room = max(0.0, seconds - first - needs_seconds)
    squeeze = min(1.0, room / max(float(gaps.sum()), 1e-9))
    return [first, *(first + np.cumsum(gaps) * squeeze).tolist()]
