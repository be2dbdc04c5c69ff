"""One key at one API: submit, wait, fetch, within its poll budget and its room for parallel jobs.

Each step takes a frozen job and gives a new one, and tells every change to one listener before
going on; a job whose submit has no certain outcome is never sent again from here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from math import inf
from random import Random
from time import time
from typing import TypeVar

from soundgen_nb.api.batch import Batch
from soundgen_nb.api.client import Client
from soundgen_nb.api.endings import failed, late, lost_on_arrival, named, unknown, with_job
from soundgen_nb.api.retry import (
    DOWNLOAD_TRIES,
    STATUS_TRIES,
    may_have_been_accepted,
    may_read_again,
    may_resend,
    pause_seconds,
)
from soundgen_nb.api.room import Place, Room
from soundgen_nb.api.turns import Polls
from soundgen_nb.api.watch import Doorbell, Watch, Watches
from soundgen_nb.errors import (
    FetchError,
    NoAnswerError,
    NotFoundError,
    RateLimitError,
    SoundgenError,
    UnreadableAnswerError,
)
from soundgen_nb.sound import Sound
from soundgen_nb.wire import Job, Report, State, Submission

T = TypeVar("T")

Notice = Callable[[Job], None]
"""Told of a job at every change, on the loop's thread; before a POST too, with state SENDING."""

_LEAVE_TRIES = 3  # submits that never left this machine, before we say so
_MISSING_TRIES = 5  # 404s right after the submit, before we believe them
_LINK_TRIES = 6  # COMPLETED answers without a link, before we call that broken


@dataclass(frozen=True, slots=True)
class Audio:
    """What was fetched: ``played`` as received (mp3 where there is one), and the wav beside it."""

    played: Sound
    wav: Sound | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one job ended: with audio, or with an error of ours."""

    job: Job
    audio: Audio | None = None
    error: SoundgenError | None = None


class Account:
    """All traffic of one key at one API.

    Args:
        client: sends the requests.
        polls: the budget of status calls; None where asking costs nothing.
        parallel: how many jobs may be under way at once, while the API takes so many; None for no
            limit.
        doorbell: ends a wait early, where there is one.
        polls_per_minute: how large that budget is: calls are spread over it.
        webhook_url: where the API can ring that bell; a submission's own address goes before it.
    """

    def __init__(
        self,
        client: Client,
        *,
        polls: Polls | None,
        parallel: int | None,
        doorbell: Doorbell | None = None,
        polls_per_minute: float = 20.0,
        webhook_url: str = "",
    ) -> None:
        self._client = client
        self._watches = Watches(polls, polls_per_minute=polls_per_minute, doorbell=doorbell)
        self._room = Room(parallel)
        self._webhook_url = webhook_url
        self._random = Random()  # noqa: S311  # jitter, not a secret

    async def make_all(
        self,
        jobs: Sequence[Job],
        *,
        timeout_seconds: float,
        notice: Notice,
        arrived: Callable[[Outcome], Awaitable[None]],
        max_credits: float | None = None,
        price: float | None = None,
    ) -> list[Outcome]:
        """Take every planned job to its end, side by side; outcomes come in the order given.

        One refusal that would meet every job (the key, the credits) stops those not yet sent. An
        error of ``arrived`` is the end of that one job; the others are paid for, and go on.

        Args:
            jobs: planned jobs, or submitted ones, which are not submitted again.
            timeout_seconds: for all of them together.
            notice: told of every change of every job.
            arrived: told of every outcome as soon as there is one, and waited for.
            max_credits: the most that may be spent on these, by the server's own estimates.
            price: what a sound cost last, where that is known.
        """
        deadline = _now() + timeout_seconds
        batch = Batch(max_credits, price=price)

        async def one(job: Job) -> Outcome:
            outcome = await self._outcome(job, deadline, notice, batch)
            try:
                await arrived(outcome)
            except Exception as error:  # noqa: BLE001  # none may end the other jobs' wait
                return Outcome(outcome.job, error=lost_on_arrival(outcome.job, error))
            return outcome

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(job)) for job in jobs]
        return [task.result() for task in tasks]

    async def submit(self, job: Job, notice: Notice, place: Place) -> Job:
        """Send a planned job, once.

        Args:
            job: planned, and not sent.
            notice: told of every change.
            place: its place in the room; it waits outside where the API has none.

        Raises:
            OutcomeUnknownError: if nobody can say whether it was accepted.
            SoundgenError: if it was not.
        """
        attempt = 0
        while True:
            attempt += 1
            job = _told(replace(job, state=State.SENDING), notice)
            try:
                receipt = await self._client.submit(self._reporting(job.submission))
            except asyncio.CancelledError:
                _told(replace(job, state=State.UNKNOWN), notice)
                raise
            except SoundgenError as error:
                job = _told(replace(job, state=_state_after(error), message=str(error)), notice)
                if job.state is State.UNKNOWN:
                    raise unknown(job) from error
                if not may_resend(error) or _cannot_leave(error, attempt):
                    raise
                await self._pause(attempt, error, place)
            else:
                return _told(job.sent(receipt, time()), notice)

    async def wait(self, job: Job, notice: Notice, *, deadline: float = inf) -> Job:
        """Ask how a submitted job is until it ends; it returns with links to its audio.

        Args:
            job: submitted.
            notice: told of every change.
            deadline: when, on the loop's clock, nobody will wait any more; the last ask comes in
                time for that.

        Raises:
            JobFailedError: if the API says it failed.
            SoundgenError: if asking keeps failing.
        """
        linkless = 0
        async with self._watches.over(job, deadline=deadline) as watch:
            while True:
                await watch.rest()
                job = _told(job.seen(await self._status(job, watch), time()), notice)
                watch.heard(job.state)
                if job.state is State.FAILED:
                    raise failed(job)
                linkless += job.state is State.COMPLETED
                if job.report is not None and job.report.has_audio and job.state is State.COMPLETED:
                    return job
                if linkless == _LINK_TRIES:
                    raise FetchError(f"{named(job)} is done but has no link to its audio", job=job)

    async def fetch(self, job: Job) -> Audio:
        """Download what a completed job made: mp3 and wav, whichever there are.

        Links that have expired are asked for afresh, once.

        Raises:
            FetchError: if neither can be had.
        """
        try:
            if job.report is not None and job.report.has_audio:
                with suppress(NotFoundError):
                    return await self._audio(job.report)
            return await self._audio(await self._status(job))
        except SoundgenError as error:
            raise FetchError(f"{named(job)} is done and paid, but {error}", job=job) from error

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def check(self) -> None:
        """Ask about a job that is not there: a good key hears 404, a bad one 401.

        Raises:
            AuthenticationError: if the key is not accepted.
            SoundgenError: if the API cannot be reached.
        """
        try:
            await self._watches.turn()
            await self._client.status("soundgen-nb-check")
        except NotFoundError:
            return

    async def _outcome(self, job: Job, deadline: float, notice: Notice, batch: Batch) -> Outcome:
        last = [job]

        def tell(seen: Job) -> None:
            last[0] = seen
            notice(seen)

        try:
            async with asyncio.timeout_at(deadline):
                return await self._make(job, deadline, tell, batch)
        except TimeoutError:
            return Outcome(last[0], error=late(last[0]))
        except SoundgenError as error:
            batch.heard(error)
            return Outcome(last[0], error=with_job(error, last[0]))

    async def _make(self, job: Job, deadline: float, notice: Notice, batch: Batch) -> Outcome:
        async with AsyncExitStack() as stay:
            if job.task_id:
                await stay.enter_async_context(self._room.place())
            else:
                # the turn first: whoever has a place must not wait for one who has none
                async with batch.turn(job.submission.prompt):
                    place = await stay.enter_async_context(self._room.place())
                    job = await self.submit(job, notice, place)
                    batch.spent(job.credits)
            job = await self.wait(job, notice, deadline=deadline)
        return Outcome(job, await self.fetch(job))

    async def _status(self, job: Job, watch: Watch | None = None) -> Report:
        async def ask() -> Report:
            await self._watches.turn(watch)
            return await self._client.status(job.task_id)

        # a job can be asked about before every part of the API knows it
        missing = _MISSING_TRIES if job.report is None else 0
        return await self._reading(ask, STATUS_TRIES, missing_tries=missing)

    async def _audio(self, report: Report) -> Audio:
        urls = [url for url in (report.mp3_url, report.wav_url) if url]
        if not urls:
            raise UnreadableAnswerError("the API names no link to the audio")
        got = await asyncio.gather(*map(self._download, urls), return_exceptions=True)
        sounds = [result for result in got if isinstance(result, Sound)]
        for result in got:
            if isinstance(result, BaseException) and not isinstance(result, SoundgenError):
                raise result
            if isinstance(result, SoundgenError) and not sounds:
                raise result
        wav = next((sound for sound in sounds if sound.format == "wav"), None)
        return Audio(sounds[0], None if wav is sounds[0] else wav)

    async def _download(self, url: str) -> Sound:
        return await self._reading(lambda: self._client.download(url), DOWNLOAD_TRIES)

    async def _reading(
        self, ask: Callable[[], Awaitable[T]], tries: int, *, missing_tries: int = 0
    ) -> T:
        attempt = 0
        while True:
            attempt += 1
            try:
                return await ask()
            except SoundgenError as error:
                missing = isinstance(error, NotFoundError)
                again = may_read_again(error) or missing
                if not again or attempt >= (missing_tries if missing else tries):
                    raise
                await self._pause(attempt, error)

    async def _pause(self, attempt: int, error: SoundgenError, place: Place | None = None) -> None:
        crowded = isinstance(error, RateLimitError)
        asked = error.retry_after if isinstance(error, RateLimitError) else None
        seconds = pause_seconds(attempt, self._random, retry_after=asked)
        if crowded and place is not None:
            await place.step_out(seconds)
        else:
            await asyncio.sleep(seconds)

    def _reporting(self, submission: Submission) -> Submission:
        """The submission as it is sent, with where to report its end."""
        return replace(submission, webhook_url=submission.webhook_url or self._webhook_url)


def _now() -> float:
    """The loop's own clock: what sleeps and deadlines go by."""
    return asyncio.get_running_loop().time()


def _told(job: Job, notice: Notice) -> Job:
    notice(job)
    return job


def _state_after(error: SoundgenError) -> State:
    """Where a submit that ended in this error leaves the job."""
    if may_have_been_accepted(error):
        return State.UNKNOWN
    return State.PLANNED if may_resend(error) else State.REFUSED


def _cannot_leave(error: SoundgenError, attempt: int) -> bool:
    return isinstance(error, NoAnswerError) and attempt >= _LEAVE_TRIES
