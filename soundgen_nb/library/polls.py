"""The ledger of status calls that all processes share: never too many in any minute."""

from __future__ import annotations

import sqlite3
from math import inf

_CLOCK_STEP_SECONDS = 900.0
_FORGOTTEN_SECONDS = 86_400.0


def reserve(
    db: sqlite3.Connection,
    account: tuple[str, str],
    *,
    per_minute: float,
    now: float,
    late_seconds: float = 0.0,
) -> float:
    """Book the next call of an account and say how many seconds from ``now`` it may be made.

    No 60 s hold more than ``per_minute`` calls (below one a minute: no ``60 / per_minute`` seconds
    hold two), even when callers come late with the time they had read before. Only a clock that was
    set back by more than a quarter of an hour begins anew.

    Args:
        db: the connection, in a transaction that nobody else can write beside.
        account: base URL and fingerprint of the key.
        per_minute: the limit, above nought.
        now: seconds since the epoch.
        late_seconds: how much later than booked a call may arrive; the API counts arrivals.
    """
    size = max(1, int(per_minute))
    window_seconds = 60.0 / min(per_minute, 1.0)
    mine = "base_url = ? AND key = ?"
    first = db.execute(
        f"SELECT MIN(at) FROM polls WHERE {mine} AND at > ?",  # noqa: S608  # no value of a caller's
        (*account, now),
    ).fetchone()[0]
    # calls are booked from now on without a gap, so one far ahead was booked by a wrong clock
    if first is not None and first > now + max(_CLOCK_STEP_SECONDS, 2 * window_seconds):
        db.execute(f"DELETE FROM polls WHERE {mine} AND at > ?", (*account, now))  # noqa: S608  # ditto
    row = db.execute(
        f"SELECT at FROM polls WHERE {mine} ORDER BY at DESC LIMIT 1 OFFSET ?",  # noqa: S608  # ditto
        (*account, size - 1),
    ).fetchone()
    # a window with this call and ``size`` others would hold the size-th latest of them
    limit = -inf if row is None else row["at"]
    at = max(now, limit + window_seconds + late_seconds)
    db.execute("INSERT INTO polls VALUES (?, ?, ?)", (*account, at))
    db.execute(
        f"DELETE FROM polls WHERE {mine} AND at < ? OR at < ?",  # noqa: S608  # ditto
        (*account, min(limit, now - window_seconds), now - _FORGOTTEN_SECONDS),
    )
    return at - now
