"""What may be asked again, and how long to wait first. Pure functions.

A submit costs money and the API has no idempotency key, so it is repeated only when it provably was
not accepted. Everything that only reads may be asked again.
"""

from __future__ import annotations

from random import Random

from soundgen_nb.errors import (
    ApiError,
    ClosedError,
    NoAnswerError,
    RateLimitError,
    ServerError,
    SoundgenError,
    TruncatedAudioError,
    UnreadableAnswerError,
)

_PASSING = (
    NoAnswerError,
    RateLimitError,
    ServerError,
    TruncatedAudioError,
    UnreadableAnswerError,
)

DOWNLOAD_TRIES = 5
"""How often a download is tried in a row before its error stands."""

STATUS_TRIES = 9
"""The same of a status call. The pauses between make it about a minute: so long can a proxy that
restarts, or a colleague who uses up the key's calls, keep us from asking about a job that is paid.
"""


def may_resend(error: SoundgenError) -> bool:
    """Whether a submit that ended so was certainly not accepted.

    So it is after a 429, and when the request never left (name not found, connection refused).
    """
    return isinstance(error, RateLimitError) or (
        isinstance(error, NoAnswerError) and not error.sent
    )


def may_have_been_accepted(error: SoundgenError) -> bool:
    """Whether nobody can say if a submit that ended so was accepted, and will be charged.

    Only a clear no of the API, or never having left, makes that certain.
    """
    if isinstance(error, ClosedError):
        return False
    if isinstance(error, NoAnswerError):
        return error.sent
    return isinstance(error, ServerError) or not isinstance(error, ApiError)


def may_read_again(error: SoundgenError) -> bool:
    """Whether a status call or download that ended so may come out otherwise next time."""
    return isinstance(error, _PASSING)


def pause_seconds(
    attempt: int,
    random: Random,
    *,
    retry_after: float | None = None,
    first: float = 0.5,
    longest: float = 30.0,
) -> float:
    """How long to wait after the failed ``attempt`` (from 1), in seconds.

    What the server asked for, if it did (at most five minutes); otherwise doubling from ``first``
    to ``longest``, of which a random half to all is waited ("equal jitter"), so that clients that
    failed together do not come back together.
    """
    if retry_after is not None:
        return min(max(retry_after, 0.0), 300.0) + random.uniform(0.0, 0.25)
    ceiling = min(longest, first * 2.0 ** min(attempt - 1, 16))
    return ceiling * random.uniform(0.5, 1.0)
