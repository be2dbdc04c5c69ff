"""Studio: everything in a few verbs, each in a sync and an awaited form."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from types import TracebackType
from typing import Self, TypeVar

from soundgen_nb.api import Notice, WebhookReceiver
from soundgen_nb.background import background
from soundgen_nb.chronicle import History, Moment
from soundgen_nb.comparison import Comparison
from soundgen_nb.library import Library
from soundgen_nb.options import spelt
from soundgen_nb.order import Order, again, checked_timeout, planned, resumed, unknown_outcome
from soundgen_nb.prompt import Prompt, as_prompts
from soundgen_nb.request import Request, awaiting, waiting
from soundgen_nb.settings import Settings
from soundgen_nb.take import Take, Takes
from soundgen_nb.view.progress import Progress, surface_here, tally
from soundgen_nb.wire import Job, State
from soundgen_nb.workshop import Workshop

T = TypeVar("T")


class Studio:
    """Everything in a few verbs. Without a key: the embedded engine, on the same road.

    Args:
        settings: key, address and limits; from the environment and the settings file if left out.
        webhooks: a running receiver: the API reports ends there, and jobs are fetched at once.
            Asking goes on as well, for a report may be lost. The embedded engine needs none.
        executor: where the embedded engine renders: a process pool or a cluster's, which stays its
            owner's to shut down; two threads if left out.

    Raises:
        SettingsError: if the receiver does not run, or is where the API cannot reach it; for an
            executor where the sounds are made elsewhere.

    Example:
        >>> with Studio() as studio:
        ...     take = studio.generate("three knocks on a door", seconds=2, seed=1)
        >>> take.seconds
        2.0
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        webhooks: WebhookReceiver | None = None,
        executor: Executor | None = None,
    ) -> None:
        self._workshop = Workshop(settings or Settings.load(), webhooks, executor=executor)

    @property
    def settings(self) -> Settings:
        """Key, address and limits."""
        return self._workshop.settings

    def _generate(
        self,
        prompt: str | Prompt,
        *,
        takes: int = 1,
        seconds: float | None = None,
        seed: int | None = None,
        user_id: str = "",
        webhook_url: str = "",
        timeout: float | None = None,
        confirm: bool = False,
        max_credits: float | None = None,
        reuse: bool = False,
    ) -> Request[Take | Takes]:
        """Turn a prompt into a sound, and wait for it; ``agenerate`` is the same, awaited.

        Args:
            prompt: what to hear, 1 to 1000 characters.
            takes: how many sounds of it; more than one gives ``Takes``.
            seconds: whole seconds, 1 to 60; left out, the engine chooses.
            seed: for a sound that can be made again (embedded engine and local server only); take k
                uses ``seed + k - 1``.
            user_id: a label of yours, sent to the API as it is.
            webhook_url: where the API shall report the end as well.
            timeout: seconds for the whole call; 600 unless the settings say otherwise.
            confirm: allow more sounds than ``settings.confirm_above``.
            max_credits: stop before the submit that would cross it, by the server's own estimates.
            reuse: take what was asked for just so before from the library, and ask for the rest.

        Raises:
            InputError: for anything that cannot be used, before anything is sent.
            SoundgenError: if one sound was asked for and did not come; of several, what came is
                returned with ``.failures``, and it raises only when none did.

        Example:
            >>> take = Studio().generate("waves at the sea shore", seconds=3, seed=1)
            >>> take.sound.format, take.samples.shape
            ('mp3', (2, 132300))
        """
        order = planned(
            [prompt if isinstance(prompt, Prompt) else Prompt(prompt)],
            self.settings,
            takes=takes,
            seconds=seconds,
            seed=seed,
            user_id=user_id,
            webhook_url=webhook_url,
            timeout=timeout,
            max_credits=max_credits,
        )
        order = self._workshop.agreed(order, confirm=confirm)
        return Request(
            self._workshop.with_kept(order, reuse=reuse), _only if takes == 1 else _several
        )

    def _compare(
        self,
        prompts: str | Prompt | Iterable[str | Prompt],
        *,
        takes: int = 1,
        seconds: float | None = None,
        seed: int | None = None,
        user_id: str = "",
        webhook_url: str = "",
        timeout: float | None = None,
        confirm: bool = False,
        max_credits: float | None = None,
        reuse: bool = False,
    ) -> Request[Comparison]:
        """Make takes of several prompts and put them side by side; ``acompare`` is awaited.

        Args:
            prompts: texts, ``variations(...)``, or one template such as
                ``"rain on a {tin roof|tent}"``.
            takes: how many sounds of each prompt.
            seconds: whole seconds, 1 to 60; left out, the engine chooses.
            seed: take k of every prompt uses ``seed + k - 1`` (embedded engine and local server).
            user_id: a label of yours, sent to the API as it is.
            webhook_url: where the API shall report the ends as well.
            timeout: seconds for the whole call; 600 unless the settings say otherwise.
            confirm: allow more sounds than ``settings.confirm_above``.
            max_credits: stop before the submit that would cross it, by the server's own estimates.
            reuse: take what was asked for just so before from the library, and ask for the rest.

        Raises:
            InputError: for anything that cannot be used, before anything is sent.
            NothingSucceededError: if no sound came; otherwise see ``.failures``.

        Example:
            >>> cmp = Studio().compare("a {small|big} bell", seconds=1, seed=1)
            >>> [take.prompt for take in cmp.takes]
            ['a small bell', 'a big bell']
        """
        order = planned(
            as_prompts(prompts, confirm=confirm),
            self.settings,
            takes=takes,
            seconds=seconds,
            seed=seed,
            user_id=user_id,
            webhook_url=webhook_url,
            timeout=timeout,
            max_credits=max_credits,
        )
        order = self._workshop.agreed(order, confirm=confirm)
        return Request(self._workshop.with_kept(order, reuse=reuse), _compared)

    def _resume(self, *, timeout: float | None = None) -> Request[Takes]:
        """Finish what an interrupted kernel had paid for; ``aresume`` is the same, awaited.

        Every job that was submitted with this key to this address, by a kernel that has ended or by
        this one, and that is not waited for, is asked about and its audio fetched. What nobody can
        say the outcome of stays UNKNOWN and is never sent again by itself: see ``resend`` and
        ``drop``.

        Args:
            timeout: seconds for the whole call; 600 unless the settings say otherwise.

        Returns:
            The takes that came, and in ``.failures`` one error for each job that has none, or whose
            sound is kept and cannot be decoded. It raises for none of them.
        """
        open_ends, unknown = self._workshop.left_behind()
        order = resumed(open_ends, checked_timeout(timeout, self.settings))
        lost = (*map(unknown_outcome, unknown), *self._workshop.books.unheard())
        return Request(order, lambda takes: Takes(takes.items, (*takes.failures, *lost)))

    def _resend(self, job: Job | str, *, timeout: float | None = None) -> Request[Take | Takes]:
        """Ask once more for what a job asked, as a new job; the old one is dropped for it.

        It is the one way to send a job of unknown outcome again, and may be charged twice: look at
        the account's history first.

        Args:
            job: from ``jobs()`` or an error, or its id from ``history()``.
            timeout: seconds for the whole call; 600 unless the settings say otherwise.

        Raises:
            InputError: if the job is still under way, here or in another kernel, or was asked of
                another API.
            LibraryError: if there is no such job.
            SoundgenError: as ``generate`` does.
        """
        return Request(self._again([job], timeout), _only)

    generate = waiting(_generate)
    agenerate = awaiting(_generate)
    compare = waiting(_compare)
    acompare = awaiting(_compare)
    resume = waiting(_resume)
    aresume = awaiting(_resume)
    resend = waiting(_resend)
    aresend = awaiting(_resend)

    @spelt
    def drop(self, job: Job | str) -> None:
        """Give up a job whose outcome is unknown, or that will never end; nothing is sent.

        Args:
            job: from ``jobs()`` or an error, or its id from ``history()``.

        Raises:
            InputError: if another kernel is waiting for it.
            LibraryError: if there is no such job, or it has ended.
        """
        self.library.drop(_id(job), "given up")

    @spelt
    def history(
        self,
        *,
        prompt: str | None = None,
        since: Moment | None = None,
        state: State | str | None = None,
        rating: int | None = None,
        limit: int | None = None,
    ) -> History:
        """Everything ever asked and heard, newest first, as a table that shows itself.

        Args:
            prompt: a part of the prompt, in upper or lower case.
            since: a date or time (or its ISO text), or how long ago as a timedelta.
            state: how the job stands: "COMPLETED", "UNKNOWN", "FAILED"…
            rating: exactly this many stars, 1 to 5.
            limit: the most rows.

        Raises:
            InputError: for a filter that cannot be used.
        """
        return History.of(
            self.library, prompt=prompt, since=since, state=state, rating=rating, limit=limit
        )

    @property
    def library(self) -> Library:
        """Where jobs and sounds are kept; in the settings' home folder.

        Raises:
            ClosedError: after ``close``.
        """
        return self._workshop.books.library

    def check(self) -> None:
        """Find out whether the key is good; it costs nothing.

        Raises:
            AuthenticationError: if it is not accepted.
            ClosedError: after ``close``.
            SoundgenError: if the API cannot be reached.
        """
        background.run(self._workshop.check())

    @property
    def spent(self) -> float:
        """Credits of the sounds made by this Studio, in the server's own unit."""
        return sum(job.credits or 0.0 for job in self.jobs() if job.state is State.COMPLETED)

    @property
    def left_behind(self) -> int:
        """How many jobs ``resume`` would fetch: submitted, and nobody waits for them."""
        return self._workshop.waits_for_resume()

    def jobs(self) -> list[Job]:
        """Every job of this Studio as last heard of, oldest first."""
        return self._workshop.jobs()

    def close(self) -> None:
        """Close the connections; an embedded engine stops. It makes no more sounds then."""
        background.run(self._workshop.close())

    def begin(
        self, request: Request[T], notice: Notice, arrived: Callable[[Take], None]
    ) -> Future[T]:
        """Start a request and return at once; cancelling the future stops it.

        Args:
            request: from ``plan``.
            notice: told of every change of every job, on the toolkit's own thread.
            arrived: told of every take as it comes, there too.
        """
        return background.submit(self._made(request, notice, arrived))

    def plan(
        self,
        prompts: str | Iterable[str | Prompt],
        *,
        takes: int = 1,
        seconds: float | None = None,
        confirm: bool = False,
    ) -> Request[Comparison]:
        """Check what a comparison would ask, without sending anything; ``begin`` starts it.

        Raises:
            InputError: as ``compare`` does.
        """
        prompts = as_prompts(prompts, confirm=confirm)
        order = planned(prompts, self.settings, takes=takes, seconds=seconds)
        return Request(self._workshop.agreed(order, confirm=confirm), _compared)

    def doubt(self, request: Request[T]) -> str:
        """What to say of a request before it is begun, if it is larger than most; else ""."""
        large = len(request.order.items) > self.settings.confirm_above
        return self._workshop.estimate(request.order) if large else ""

    def plan_resume(self) -> Request[Takes]:
        """``resume`` as a request for ``begin``: it takes over what was left behind."""
        return self._resume()

    def plan_resend(self, jobs: Iterable[Job | str]) -> Request[Takes]:
        """``resend`` of several jobs as a request for ``begin``, which drops the old ones."""
        return Request(self._again(jobs), _several)

    def wait(self, request: Request[T]) -> T:
        """The result of a request, with a live picture of its jobs meanwhile.

        An interrupt stops it within a second and says what had been sent already.
        """
        progress = Progress(request.order.jobs, surface_here())
        try:
            return background.run(self._made(request, progress.notice), progress.look)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(self._workshop.told_of_stop(progress.jobs)) from None
        finally:
            progress.close()

    async def awaited(self, request: Request[T]) -> T:
        """``wait``, for a cell or program that awaits."""
        progress = Progress(request.order.jobs, surface_here())
        try:
            return await background.bridge(self._made(request, progress.notice), progress.look)
        except asyncio.CancelledError:
            raise asyncio.CancelledError(self._workshop.told_of_stop(progress.jobs)) from None
        finally:
            progress.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        where = "embedded engine" if self.settings.embedded else self.settings.base_url
        return f"<Studio at {where}: {tally(self.jobs()) or 'no jobs yet'}>"

    def _again(self, jobs: Iterable[Job | str], timeout: float | None = None) -> Order:
        """An order for what these jobs asked for, in place of those that never ended."""
        seconds = checked_timeout(timeout, self.settings)
        return again([self._workshop.kept_entry(_id(job)) for job in jobs], seconds)

    async def _made(
        self, request: Request[T], notice: Notice, arrived: Callable[[Take], None] | None = None
    ) -> T:
        return request.result(await self._workshop.made(request.order, notice, arrived))


def _only(takes: Takes) -> Take | Takes:
    return takes[0]


def _several(takes: Takes) -> Takes:
    return takes


def _compared(takes: Takes) -> Comparison:
    return Comparison(takes)


def _id(job: Job | str) -> str:
    return job.id if isinstance(job, Job) else job
