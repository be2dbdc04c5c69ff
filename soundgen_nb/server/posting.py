"""Posting: one accepted submission and what became of it. Pace: how long the work takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from soundgen_nb.server.rendering import ENGINE, Rendering
from soundgen_nb.wire import Receipt, Report, State, Submission

_TYPICAL_SECONDS = 8.0  # expected of a sound when nobody asks for a length


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One accepted submission. Frozen: every news makes a new one.

    ``submission.seed`` is settled; times are seconds since the epoch; ``eta_seconds`` counts from
    ``accepted_at``; ``credits`` is the price of a sound that comes.
    """

    task_id: str
    conversion_id: str
    submission: Submission
    accepted_at: float
    updated_at: float
    eta_seconds: float
    credits: float = 0.0
    state: State = State.IN_QUEUE
    message: str = ""
    seconds: float | None = None
    brief: Mapping[str, Any] | None = None

    @property
    def receipt(self) -> Receipt:
        """The answer to the submit."""
        return Receipt(
            task_id=self.task_id,
            conversion_id=self.conversion_id,
            eta_seconds=self.eta_seconds,
            credit_estimate=self.credits,
            message="Successfully published to queue",
        )

    def completed(self, rendering: Rendering, at: float) -> Posting:
        """The posting once its sound is there."""
        return replace(
            self,
            state=State.COMPLETED,
            seconds=rendering.seconds,
            brief=rendering.brief,
            updated_at=at,
        )

    def failed(self, message: str, at: float) -> Posting:
        """The posting once it is clear that no sound will come."""
        return replace(self, state=State.FAILED, message=message, updated_at=at)

    def report(self, *, running: bool, now: float) -> Report:
        """What ``byId`` says; links to the audio are the app's to add.

        Args:
            running: whether an executor has begun on it.
            now: seconds since the epoch.
        """
        state = State.IN_PROGRESS if running and not self.state.ended else self.state
        left = max(0.0, self.accepted_at + self.eta_seconds - now)
        return Report(
            task_id=self.task_id,
            conversion_id=self.conversion_id,
            state=state,
            message=self.message,
            seconds=self.seconds,
            credits=_charge(state, self.credits),
            eta_seconds=None if state.ended else left,
            created_at=_timestamp(self.accepted_at),
            updated_at=_timestamp(self.updated_at),
            local={"seed": self.submission.seed, "brief": self.brief, "engine": ENGINE},
        )


@dataclass(frozen=True, slots=True)
class Pace:
    """How long rendering takes, learned from what was rendered: new figures count for a third."""

    seconds_per_second: float = 0.1

    def learned(self, rendering: Rendering) -> Pace:
        """The pace after one more rendering."""
        seen = rendering.took_seconds / rendering.seconds
        return Pace(self.seconds_per_second + (seen - self.seconds_per_second) / 3)

    def eta_seconds(
        self, submission: Submission, *, behind: Iterable[Submission], workers: int
    ) -> float:
        """The time until a sound is there, when ``workers`` first share what it is behind."""
        ahead = sum(map(_expected_seconds, behind)) / workers
        return self.seconds_per_second * (_expected_seconds(submission) + ahead)


def _expected_seconds(submission: Submission) -> float:
    return submission.seconds or _TYPICAL_SECONDS


def _charge(state: State, price: float) -> float | None:
    """What was paid: the price of a sound that came, nothing for one that did not."""
    if not state.ended:
        return None
    return price if state is State.COMPLETED else 0.0


def _timestamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
