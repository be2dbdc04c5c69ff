"""When to ask whether a job is done: often where an answer is likely, never above the budget.

Pure numbers in, numbers out; the clock is whoever calls.
"""

from __future__ import annotations

from collections import deque

_SHORTEST_SECONDS = 1.0
_LONGEST_SECONDS = 20.0
_UNKNOWN_ETA_SECONDS = 8.0  # half a typical sound, when the API does not say


def first_ask_seconds(eta_seconds: float | None) -> float:
    """How long after the submit to ask first: a little before the API says it will be done."""
    eta = _UNKNOWN_ETA_SECONDS if eta_seconds is None else eta_seconds
    return max(_SHORTEST_SECONDS, 0.9 * eta)


def next_ask_seconds(waited_seconds: float, eta_seconds: float | None) -> float:
    """How long to leave a job that was not done ``waited_seconds`` after its submit.

    An eighth of the wait so far near the eta, widening beyond it: a job twice as late as announced
    may well be ten times as late, and each call is one that another job could have used.
    """
    eta = _UNKNOWN_ETA_SECONDS if eta_seconds is None else max(eta_seconds, _SHORTEST_SECONDS)
    lateness = max(0.0, waited_seconds - eta) / eta
    pause = waited_seconds / 8 * (1 + min(lateness, 3.0))
    return min(_LONGEST_SECONDS, max(_SHORTEST_SECONDS, pause))


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
