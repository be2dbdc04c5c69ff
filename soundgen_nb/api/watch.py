"""Watch: a job that is waited for: when to ask about it, and what its end teaches about others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from math import inf
from time import time
from typing import Protocol

from soundgen_nb.api.polling import Pace, first_ask_seconds, last_ask_seconds, next_ask_seconds
from soundgen_nb.api.turns import Polls, Turns
from soundgen_nb.errors import SoundgenError
from soundgen_nb.wire import Job, State

_CLOSE_LOOK_SECONDS = 0.5  # between looks where asking costs nothing
_EARLY_SECONDS = 0.05  # a timer can be early, by less than that


class Doorbell(Protocol):
    """Something that knows when a job ends, so that nobody has to keep asking."""

    async def ended(self, task_id: str) -> object:
        """Return once the job has ended, or may have."""


class Watches:
    """All the jobs of one key that are waited for: they share the calls, and what was learned.

    Args:
        polls: the budget of status calls; None where asking costs nothing.
        polls_per_minute: how large that is.
        doorbell: ends a wait early, where there is one.
    """

    def __init__(
        self, polls: Polls | None, *, polls_per_minute: float, doorbell: Doorbell | None
    ) -> None:
        self._seconds_apart = 60.0 / polls_per_minute
        self._turns = Turns(polls, seconds_apart=self._seconds_apart) if polls is not None else None
        self._doorbell = doorbell
        self._watched: list[Watch] = []
        self._asked: set[Watch] = set()
        self.pace = Pace()

    @asynccontextmanager
    async def over(self, job: Job, *, deadline: float = inf) -> AsyncIterator[Watch]:
        """Keep a watch over a submitted job, until a time of the loop's clock at most."""
        rung = asyncio.ensure_future(self._rung(job.task_id))
        watch = Watch(self, job, rung, deadline)
        self._watched.append(watch)
        try:
            yield watch
        finally:
            rung.cancel()
            self._watched.remove(watch)
            self._asked.discard(watch)

    async def turn(self, watch: Watch | None = None) -> None:
        """Wait until a status call may be made: about a watched job, or, at once, another."""
        if self._turns is not None:
            await self._turns.take(lambda: watch is None or watch.has_news)

    def first_pause(self, eta_seconds: float | None) -> float:
        """How long after its submit a job should be asked about first."""
        return self._close(first_ask_seconds(eta_seconds, self.pace))

    def next_pause(self, watch: Watch, waited_seconds: float) -> float:
        """How long to leave a watched job that was not done, or had no links."""
        if watch.ended:  # only its links are missing, which come within seconds
            self._asked.discard(watch)
            share_seconds = 0.0
        else:
            self._asked.add(watch)
            share_seconds = len(self._asked) * self._seconds_apart
        return self._close(
            next_ask_seconds(
                waited_seconds, watch.eta_seconds, self.pace, share_seconds=share_seconds
            )
        )

    def last_ask_at(self, watch: Watch) -> float:
        """When to ask about a watched job for the last time: shortly before its deadline.

        Those that share it, as the jobs of one call do, go one by one: the first to be watched is
        the last to be asked about, for the others were not known when it began to wait.
        """
        earlier = self._watched[: self._watched.index(watch)]
        return watch.begun_at + last_ask_seconds(
            watch.deadline - watch.begun_at,
            after_it=sum(other.deadline == watch.deadline for other in earlier),
            seconds_apart=self._seconds_apart if self._turns is not None else 0.0,
        )

    def _close(self, seconds: float) -> float:
        return seconds if self._turns is not None else min(seconds, _CLOSE_LOOK_SECONDS)

    async def _rung(self, task_id: str) -> None:
        if self._doorbell is None:
            await asyncio.Event().wait()
            return
        # a bell that does not know the job leaves the word to the API
        with suppress(SoundgenError):
            await self._doorbell.ended(task_id)


class Watch:
    """One job that is waited for.

    ``eta_seconds`` is what the API announced, from the submit; ``ended`` is whether it has said
    that the job is over; ``begun_at`` and ``deadline`` are times of the loop's clock.
    """

    def __init__(
        self, watches: Watches, job: Job, rung: asyncio.Future[None], deadline: float
    ) -> None:
        self.eta_seconds = job.eta_seconds
        self.begun_at = _now()
        self.deadline = deadline
        self._watches = watches
        self._rung = rung
        self.ended = False
        self._ring_is_old = False
        # after a restart, what was waited before it counts as well
        before = max(0.0, time() - job.submitted_at) if job.submitted_at else 0.0
        self._since = self.begun_at - before
        self._not_done_seconds = 0.0
        self._pause = max(0.0, watches.first_pause(job.eta_seconds) - before)

    @property
    def has_news(self) -> bool:
        """Whether the doorbell has rung since the job was last asked about."""
        return self._rung.done() and not self._ring_is_old

    async def rest(self) -> None:
        """Return when the job should be asked about: after a while, or when the doorbell rings.

        A bell that rings too early is not listened to again. What would be asked only after the
        deadline, or too shortly before it, is asked while an answer still helps.
        """
        pause, last = self._pause, self._watches.last_ask_at(self) - _now()
        if last > _EARLY_SECONDS:
            pause = min(pause, last)
        if self._rung.done():
            await asyncio.sleep(pause)
        else:
            await asyncio.wait([self._rung], timeout=pause)

    def heard(self, state: State) -> None:
        """Take note of what the API said of the job."""
        waited = _now() - self._since
        if state is State.COMPLETED and not self.ended:
            after = waited if self.has_news else self._not_done_seconds
            self._watches.pace = self._watches.pace.learned(
                self.eta_seconds, after_seconds=after, by_seconds=waited
            )
        self.ended = self.ended or state.ended
        self._not_done_seconds = waited
        self._ring_is_old = self._rung.done()
        self._pause = self._watches.next_pause(self, waited)


def _now() -> float:
    return asyncio.get_running_loop().time()
