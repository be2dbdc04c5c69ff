"""What is asked, what is answered, and what is known of a job: frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from numbers import Real
from typing import Any
from uuid import uuid4

from soundgen_nb.errors import InputError

SECONDS_RANGE = (1, 60)
"""The lengths, in whole seconds, that can be asked for."""


class State(StrEnum):
    """The life of a job. The first two are ours, the last four are ends."""

    PLANNED = "PLANNED"
    SENDING = "SENDING"
    IN_QUEUE = "IN_QUEUE"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    REFUSED = "REFUSED"
    UNKNOWN = "UNKNOWN"
    DROPPED = "DROPPED"

    @property
    def ended(self) -> bool:
        """Whether the API will say nothing new about the job."""
        return self in {State.COMPLETED, State.FAILED, State.REFUSED, State.DROPPED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What is asked of the API: one sound for one prompt.

    Args:
        prompt: the text, already checked and trimmed.
        seconds: whole seconds, 1 to 60; None leaves the length to the API.
        user_id: a label of the caller's own, sent as it is; "" sends none.
        webhook_url: where the API shall report the end; "" for nowhere.
        seed: what the local server draws from; other servers are never sent one.

    Raises:
        InputError: for seconds that are not whole or out of range, or a seed that is not a
            non-negative integer.
    """

    prompt: str
    seconds: int | None = None
    user_id: str = ""
    webhook_url: str = ""
    seed: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "seconds", checked_seconds(self.seconds))
        object.__setattr__(self, "seed", checked_seed(self.seed))

    def fields(self) -> dict[str, str]:
        """The form fields, as text; what was not asked for is not sent."""
        fields = {
            "prompt": self.prompt,
            "audio_length": "" if self.seconds is None else str(self.seconds),
            "user_id": self.user_id,
            "webhook_url": self.webhook_url,
            "seed": "" if self.seed is None else str(self.seed),
        }
        return {name: text for name, text in fields.items() if text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer to a submit: the job's names, and what the API expects of it.

    ``eta_seconds`` and ``credit_estimate`` are None where the API does not say. Credits are in the
    server's own unit, which has changed over time; they are shown, never computed with prices.
    """

    task_id: str
    conversion_id: str
    eta_seconds: float | None = None
    credit_estimate: float | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the API says of a job, by ``byId`` or by webhook.

    ``mp3_url`` and ``wav_url`` are None while there is nothing to fetch, which may be so for a
    moment even when the state is COMPLETED. ``local`` is what only our own server adds: seed, brief
    and engine.
    """

    task_id: str
    conversion_id: str
    state: State
    message: str = ""
    mp3_url: str | None = None
    wav_url: str | None = None
    seconds: float | None = None
    credits: float | None = None
    eta_seconds: float | None = None
    created_at: str = ""
    updated_at: str = ""
    local: Mapping[str, Any] | None = None

    @property
    def has_audio(self) -> bool:
        """Whether there is anything to fetch."""
        return bool(self.mp3_url or self.wav_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One submit and all that is known of it. Frozen: every news makes a new one.

    ``id`` is ours and there from the start; the API's names come with the receipt. ``base_url`` is
    where it was sent; only that address can be asked about it. ``submitted_at`` and ``ended_at``
    are seconds since the epoch.
    """

    submission: Submission
    base_url: str
    id: str = field(default_factory=lambda: uuid4().hex)
    state: State = State.PLANNED
    receipt: Receipt | None = None
    report: Report | None = None
    message: str = ""
    submitted_at: float | None = None
    ended_at: float | None = None

    @property
    def task_id(self) -> str:
        """The API's name for the task, or "" while there is none."""
        return self.receipt.task_id if self.receipt else ""

    @property
    def eta_seconds(self) -> float | None:
        """How long the API said it would take, from the submit."""
        return self.receipt.eta_seconds if self.receipt else None

    @property
    def credits(self) -> float | None:
        """What it cost, or else the API's estimate, in the server's own unit; None if unsaid."""
        if self.report is not None and self.report.credits is not None:
            return self.report.credits
        return self.receipt.credit_estimate if self.receipt else None

    def sent(self, receipt: Receipt, at: float) -> Job:
        """The job once the API has accepted it, at ``at`` seconds since the epoch."""
        return replace(
            self,
            state=State.IN_QUEUE,
            receipt=receipt,
            submitted_at=at,
            message=receipt.message,
        )

    def seen(self, report: Report, at: float) -> Job:
        """The job after a report; ``at`` becomes its end if the report ends it."""
        ended = at if report.state.ended and self.ended_at is None else self.ended_at
        return replace(
            self, state=report.state, report=report, message=report.message, ended_at=ended
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a sound came from: enough to cite it, to find it again, and with a seed to remake it.

    ``engine`` names who made it; ``seed`` and ``brief`` are known for the embedded engine only.
    Times are seconds since the epoch. It never holds a key.
    """

    prompt: str
    engine: str
    base_url: str = ""
    task_id: str = ""
    conversion_id: str = ""
    seconds_asked: int | None = None
    seed: int | None = None
    brief: Mapping[str, Any] | None = None
    credits: float | None = None
    submitted_at: float | None = None
    ended_at: float | None = None
    user_id: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        return asdict(self)


def checked_seconds(seconds: object) -> int | None:
    """Whole seconds from 1 to 60, or None as it is; 6.0 counts as 6.

    Raises:
        InputError: for anything else, naming it.
    """
    if seconds is None:
        return None
    return checked_whole(
        "seconds", seconds, *SECONDS_RANGE, advice="; leave it out to let the engine choose"
    )


def checked_seed(seed: object) -> int | None:
    """A whole number from 0 to 2**63 - 1, or None as it is.

    Raises:
        InputError: for anything else, naming it.
    """
    return None if seed is None else checked_whole("seed", seed, 0, (1 << 63) - 1)


def checked_whole(name: str, value: object, low: int, high: int, *, advice: str = "") -> int:
    """A whole number within bounds, of any numeric type: 6.0 and numpy's 6 count, "6" does not.

    Raises:
        InputError: naming the argument, the bounds, the value, and what else to do.
    """
    # True is an int to Python and a mistake to everybody else
    number: Any = low - 1 if isinstance(value, bool) or not isinstance(value, Real) else value
    if not low <= number <= high or number % 1:
        raise InputError(
            f"{name} must be a whole number from {low} to {high}, not {value!r}{advice}"
        )
    return int(number)
