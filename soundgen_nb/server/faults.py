"""Faults: how the real API misbehaves, to be switched on in a lesson or a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Literal, get_args

from soundgen_nb.errors import SettingsError

Trouble = Literal[500, 502, 503, 504, "page", "dropped"]
"""In place of an answer: a 500 in the API's words; a proxy's HTML with one of the other codes, or,
the worst to read, with 200 ("page"); or no answer at all, the connection closing ("dropped")."""

Links = Literal["plain", "spaced", "doubled host"]
"""How links are spelt: as they should be, with white space around, or the host written twice."""

_REFUSALS = (None, 200, 400, 401, 402, 403, 404, 409, 422)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What shall go wrong, every part of it seen at the real API. The default: nothing.

    Give them to ``LocalServer(faults=...)``: one for all prompts, or several by a word of the
    prompt. What counts answers or tries counts them for each job by itself; limits hold for all the
    jobs of one ``Faults`` together.

    Args:
        queue_seconds: how long a job waits in the queue, announced in its eta.
        eta: what is announced instead, in seconds; -1 says that it is not known.
        parallel: jobs that may be unfinished at once; one submit more gets 429, and is not
            accepted.
        polls_per_minute: status calls that may be made in a minute (20 on the vendor's free plan);
            one more gets 429.
        minute_seconds: how long that minute lasts, for lessons that cannot wait for one.
        retry_after: whole seconds that a 429 asks to wait in its ``Retry-After``; None for a 429
            without one.
        refused: the code that every submit is refused with: 400, 401, 402 (no credits), 403, 404,
            409, 422, or 200 for a no inside an ordinary answer.
        before_accepting: what answers a submit that is not accepted.
        after_accepting: what answers a submit that is: the job is made, its receipt is lost.
        asking: what answers a job's first status calls.
        asking_times: how many.
        linkless_answers: how often a job is COMPLETED without a link to its audio.
        bucket_root: those answers link to the root of the audio host instead.
        links: how links are spelt.
        maps_only: links and duration only in maps keyed by conversion id, in webhooks without wav.
        expired_links: how many of a job's links have expired when they are used; status calls give
            the next one.
        expired_status: what a download by an expired link gets, 403 or 404.
        cut_downloads: how often the download of a file breaks off half-way.
        swollen_to_bytes: how much a download unpacks to, whatever was announced; 0 for no more.
        failure: why the jobs fail; "" and they do not.
        other_names: statuses by the names some have seen: PROCESSING, ERROR, small letters.
        missing: fields that answers and webhooks leave out.
        webhooks: how often the webhook comes, 0 to 2.

    Raises:
        SettingsError: for a value out of range, naming it.

    Example:
        >>> from soundgen_nb.server import LocalServer
        >>> lost = Faults(after_accepting="dropped")
        >>> with LocalServer(faults={"thunder": lost}) as server:
        ...     server.received.submits["thunder far away"]
        0
    """

    queue_seconds: float = 0.0
    eta: int | None = None
    parallel: int | None = None
    polls_per_minute: int | None = None
    minute_seconds: float = 60.0
    retry_after: int | None = None
    refused: int | None = None
    before_accepting: Trouble | None = None
    after_accepting: Trouble | None = None
    asking: Trouble | None = None
    asking_times: int = 1
    linkless_answers: int = 0
    bucket_root: bool = False
    links: Links = "plain"
    maps_only: bool = False
    expired_links: int = 0
    expired_status: Literal[403, 404] = 403
    cut_downloads: int = 0
    swollen_to_bytes: int = 0
    failure: str = ""
    other_names: bool = False
    missing: tuple[str, ...] = ()
    webhooks: int = 1

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            _check_choice(name, getattr(self, name), allowed)
        for name in _SECONDS:
            _check_amount(name, getattr(self, name), float)
        for name in _COUNTS:
            _check_amount(name, getattr(self, name), int)
        _check_names("missing", self.missing)

    @classmethod
    def flaky(cls) -> Faults:
        """A bad day: every kind of read fails once, and links come late and badly spelt."""
        return cls(
            asking=502, linkless_answers=1, links="doubled host", expired_links=1, cut_downloads=1
        )

    @classmethod
    def free_plan(cls) -> Faults:
        """The limits of the vendor's free plan: one job at a time, 20 status calls a minute."""
        return cls(parallel=1, polls_per_minute=20)


def faults_by_word(faults: Faults | Mapping[str, Faults] | None) -> dict[str, Faults]:
    """Faults by a part of the prompt; "" is part of every prompt.

    Raises:
        SettingsError: if it is something else.
    """
    by_word = {"": faults} if isinstance(faults, Faults) else dict(faults or {})
    for word, each in by_word.items():
        if not isinstance(word, str) or not isinstance(each, Faults):
            raise SettingsError(
                f"faults must be Faults(...), or some by a word of the prompt, not {each!r}"
            )
    return by_word


_TROUBLES = (None, *get_args(Trouble))
_CHOICES: Mapping[str, tuple[Any, ...]] = {
    "refused": _REFUSALS,
    "before_accepting": _TROUBLES,
    "after_accepting": _TROUBLES,
    "asking": _TROUBLES,
    "links": get_args(Links),
    "expired_status": (403, 404),
    "webhooks": (0, 1, 2),
}
_SECONDS = ("queue_seconds", "minute_seconds")
_COUNTS = (
    *("parallel", "polls_per_minute", "retry_after", "asking_times", "linkless_answers"),
    *("expired_links", "cut_downloads", "swollen_to_bytes"),
)
_MAY_BE_NONE = {"parallel", "polls_per_minute", "retry_after"}


def _check_choice(name: str, value: object, allowed: tuple[Any, ...]) -> None:
    if value not in allowed:
        choices = ", ".join(map(repr, allowed))
        raise SettingsError(f"{name} must be one of {choices}, not {value!r}")


def _check_amount(name: str, value: object, kind: type[float]) -> None:
    if value is None and name in _MAY_BE_NONE:
        return
    number: Any = value if isinstance(value, (kind, int)) and not isinstance(value, bool) else -1
    if not 0 <= number < inf:
        what = "a whole number" if kind is int else "a number"
        raise SettingsError(f"{name} must be {what} from 0 up, not {value!r}")


def _check_names(name: str, value: object) -> None:
    # a text alone would be taken for its letters
    if not isinstance(value, tuple):
        raise SettingsError(f"{name} must be a tuple of field names, such as ('eta',): {value!r}")
