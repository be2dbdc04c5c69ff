"""When to ask whether a job is done: often where an answer is likely, never above the budget.

Pure numbers in, numbers out; the clock is whoever calls. The constants were chosen by simulation
(``tests/bench/bench_polling.py``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

_SHORTEST_SECONDS = 1.0
_LONGEST_SECONDS = 20.0
_UNKNOWN_ETA_SECONDS = 8.0  # half a typical sound, when the API does not say
_REMEMBERED = 15
_FETCHING_SECONDS = 5.0  # for one answer and one download


@dataclass(frozen=True, slots=True)
class Pace:
    """How long jobs really take, learned from the last fifteen that ended. Frozen.

    Until something is learned it is what the API announces.

    Args:
        shares: how long jobs took, as parts of their eta.
        seconds: how long those took of which no eta was known.

    Example:
        >>> pace = Pace().learned(80.0, after_seconds=115.0, by_seconds=125.0)
        >>> pace.likely_seconds(40.0)
        60.0
    """

    shares: tuple[float, ...] = ()
    seconds: tuple[float, ...] = ()

    def early_seconds(self, eta_seconds: float | None) -> float:
        """The time, from the submit, that one job in ten does not need."""
        return self._of(0.1, eta_seconds)

    def likely_seconds(self, eta_seconds: float | None) -> float:
        """The time, from the submit, that half of the jobs need at most."""
        return self._of(0.5, eta_seconds)

    def learned(
        self, eta_seconds: float | None, *, after_seconds: float, by_seconds: float
    ) -> Pace:
        """The pace once one more job was done.

        Args:
            eta_seconds: what the API announced.
            after_seconds: when it was last seen not done; 0 if never.
            by_seconds: when it was seen done.
        """
        took = _between(after_seconds, by_seconds, expected=self.likely_seconds(eta_seconds))
        if took is None:
            return self
        if eta_seconds is None:
            return Pace(self.shares, (*self.seconds, took)[-_REMEMBERED:])
        share = took / max(eta_seconds, _SHORTEST_SECONDS)
        return Pace((*self.shares, share)[-_REMEMBERED:], self.seconds)

    def _of(self, quantile: float, eta_seconds: float | None) -> float:
        if eta_seconds is None:
            return _quantile(self.seconds, quantile, otherwise=_UNKNOWN_ETA_SECONDS)
        return max(eta_seconds, _SHORTEST_SECONDS) * _quantile(self.shares, quantile, otherwise=1.0)


def first_ask_seconds(eta_seconds: float | None, pace: Pace = Pace()) -> float:
    """How long after the submit to ask first: a little before even a quick job would be done."""
    return max(_SHORTEST_SECONDS, 0.82 * pace.early_seconds(eta_seconds))


def next_ask_seconds(
    waited_seconds: float,
    eta_seconds: float | None,
    pace: Pace = Pace(),
    *,
    share_seconds: float = 0.0,
) -> float:
    """How long to leave a job that was not done ``waited_seconds`` after its submit.

    A small part of its likely time around the end of that, and of its lateness beyond: a job twice
    as late as expected may well be ten times as late, and each call is one that another could use.

    Args:
        waited_seconds: since the submit.
        eta_seconds: what the API announced.
        pace: how long jobs really take.
        share_seconds: how often a job may be asked about when all that are asked about share the
            budget evenly.
    """
    likely = pace.likely_seconds(eta_seconds)
    lateness = max(0.0, waited_seconds - likely)
    pause = (likely + 2 * lateness) / 28
    return max(share_seconds, _SHORTEST_SECONDS, min(pause, _LONGEST_SECONDS))


def last_ask_seconds(
    left_seconds: float, *, after_it: int = 0, seconds_apart: float = 0.0
) -> float:
    """In how many seconds to ask last, so that there is time for the answer and the audio.

    Args:
        left_seconds: until nobody waits for the job any more.
        after_it: how many others, for which time runs out as well, ask last later than it.
        seconds_apart: the least time between two asks.

    Returns:
        Less than nought where so many asks have no room in what is left.

    Example:
        >>> last_ask_seconds(60.0), last_ask_seconds(60.0, after_it=2, seconds_apart=3.0)
        (55.0, 49.0)
    """
    fetching = min(_FETCHING_SECONDS, left_seconds / 6)
    return left_seconds - fetching - after_it * seconds_apart


class PollBudget:
    """At most so many calls in any minute, shared by all the jobs of one key.

    >>> budget = PollBudget(per_minute=2)
    >>> [budget.reserve(now=0.0), budget.reserve(now=1.0), budget.reserve(now=2.0)]
    [0.0, 0.0, 58.0]
    """

    def __init__(self, per_minute: float) -> None:
        self._size = max(1, int(per_minute))
        self._window = 60.0 / min(per_minute, 1.0)
        self._calls: deque[float] = deque(maxlen=self._size)

    def reserve(self, now: float) -> float:
        """Take the next call and say how many seconds from ``now`` it may be made."""
        at = now
        if len(self._calls) == self._size:
            at = max(now, self._calls[0] + self._window)
        self._calls.append(at)
        return at - now


def _between(after: float, by: float, *, expected: float) -> float | None:
    """What to take for the length of a job that ended within a span; None if that says nothing.

    A wide span must not be taken for its end: whoever learned from late asks would ask later still.
    """
    if by - after <= 0.35 * by:
        return (after + by) / 2
    if after < expected < by:
        return None
    # done when first looked at: earlier than that, by an amount that later asks will correct
    return max(after, 0.8 * by) if by <= expected else after


def _quantile(values: Sequence[float], share: float, *, otherwise: float) -> float:
    return sorted(values)[int(share * len(values))] if values else otherwise
