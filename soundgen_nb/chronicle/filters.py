"""Filters: what people write for a moment or a state, as what the library asks for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from datetime import time as clock_time
from math import isfinite, nan
from numbers import Real
from time import time

from soundgen_nb.errors import InputError
from soundgen_nb.wire import State

Moment = datetime | date | timedelta | str | float
"""A time, a day, an age, ISO text of a time or day, or seconds since the epoch."""

_OLDEST_MOMENT = 1e9  # September 2001: a smaller number of seconds is an age, not a moment


def checked_state(state: object) -> State:
    """A state, or its name in upper or lower case.

    Raises:
        InputError: naming the states there are.

    Example:
        >>> checked_state("in_queue")
        <State.IN_QUEUE: 'IN_QUEUE'>
    """
    found = State.__members__.get(str(state).strip().upper())
    if found is None:
        raise InputError(f"there is no state {state!r:.80}; there are {', '.join(State)}")
    return found


def checked_moment(since: object) -> float:
    """A ``Moment`` as seconds since the epoch; without a time zone it is this machine's.

    Raises:
        InputError: for anything else, and for a number that is an age rather than a moment.

    Example:
        >>> checked_moment("2026-03-01T09:30:00Z")
        1772357400.0
    """
    try:
        # True is an int to Python and a mistake to everybody else
        seconds = nan if isinstance(since, bool) else _seconds(since)
    except (ValueError, OverflowError, OSError):
        seconds = nan
    if not isfinite(seconds):
        raise InputError(
            "since must be a date or a time, also as ISO text (2026-03-01T09:30), or a timedelta "
            f"back from now, not {since!r:.80}"
        )
    if isinstance(since, Real) and seconds < _OLDEST_MOMENT:
        raise InputError(
            f"since={since!r} counts from 1970; for the last {since} seconds pass "
            f"timedelta(seconds={since})"
        )
    return seconds


def _seconds(since: object) -> float:
    match since:
        case str():
            return datetime.fromisoformat(since.strip()).timestamp()
        case datetime():
            return since.timestamp()
        case date():
            return datetime.combine(since, clock_time.min).timestamp()
        case timedelta():
            return time() - since.total_seconds()
        case Real():
            return float(since)
    return nan
