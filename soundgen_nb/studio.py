"""Studio: everything in a few verbs, each in a sync and an awaited form."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import wraps
from inspect import signature
from threading import Lock
from types import TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar

from soundgen_nb.api import Account, Client, Notice, Outcome, PollBudget
from soundgen_nb.background import background
from soundgen_nb.comparison import Comparison
from soundgen_nb.errors import InputError
from soundgen_nb.order import Order, planned
from soundgen_nb.prompt import Prompt, as_prompts
from soundgen_nb.server import EMBEDDED_URL, Embedded
from soundgen_nb.settings import Key, Settings
from soundgen_nb.take import Take, Takes
from soundgen_nb.view.progress import Progress, surface_here, tally
from soundgen_nb.wire import Job, State

P = ParamSpec("P")
T = TypeVar("T")
V = TypeVar("V", bound=Callable[..., Any])

# enough to keep the engine's threads busy, and few enough that an interrupted call, whose jobs it
# goes on with, does not keep the next one waiting
_EMBEDDED_AT_ONCE = 3

_SENT = set(State) - {State.PLANNED, State.REFUSED, State.DROPPED}


@dataclass(frozen=True, slots=True)
class Request(Generic[T]):
    """An order, and what its takes are made into for the caller."""

    order: Order
    result: Callable[[Takes], T]


def _waiting(
    ask: Callable[Concatenate[Studio, P], Request[T]],
) -> Callable[Concatenate[Studio, P], T]:
    """The sync verb of a request: same arguments, same documentation."""

    @wraps(ask)
    def verb(self: Studio, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.wait(ask(self, *args, **kwargs))

    return _presented(verb, ask, ask.__name__.strip("_"))


def _awaiting(
    ask: Callable[Concatenate[Studio, P], Request[T]],
) -> Callable[Concatenate[Studio, P], Awaitable[T]]:
    """The awaited verb of a request."""

    @wraps(ask)
    async def verb(self: Studio, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.awaited(ask(self, *args, **kwargs))

    return _presented(verb, ask, f"a{ask.__name__.strip('_')}")


def _presented(verb: V, ask: Callable[..., Any], name: str) -> V:
    """The verb with the name, arguments and result that help and tooltips should show."""
    asked = signature(ask)
    result = str(asked.return_annotation).removeprefix("Request[").removesuffix("]")
    verb.__name__ = name
    verb.__qualname__ = f"Studio.{name}"
    verb.__signature__ = asked.replace(return_annotation=result)  # type: ignore[attr-defined]
    return verb


class Studio:
    """Everything in a few verbs. Without a key: the embedded engine, on the same road.

    Args:
        settings: key, address and limits; from the environment and the settings file if left out.

    Example:
        >>> with Studio() as studio:
        ...     take = studio.generate("three knocks on a door", seconds=2, seed=1)
        >>> take.seconds
        2.0
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._lock = Lock()
        self._jobs: dict[str, Job] = {}
        self._closed = False
        found = settings or Settings.load()
        self._server = Embedded() if found.embedded else None
        self.settings = replace(found, base_url=EMBEDDED_URL) if self._server else found
        self._account = _account(self.settings, self._server)

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
            confirm=confirm,
        )
        return Request(order, _only if takes == 1 else _several)

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
            confirm=confirm,
        )
        return Request(order, _compared)

    generate = _waiting(_generate)
    agenerate = _awaiting(_generate)
    compare = _waiting(_compare)
    acompare = _awaiting(_compare)

    def check(self) -> None:
        """Find out whether the key is good; it costs nothing.

        Raises:
            AuthenticationError: if it is not accepted.
            SoundgenError: if the API cannot be reached.
        """
        background.run(self._account.check())

    @property
    def spent(self) -> float:
        """Credits of the sounds made by this Studio, in the server's own unit."""
        return sum(job.credits or 0.0 for job in self.jobs() if job.state is State.COMPLETED)

    def jobs(self) -> list[Job]:
        """Every job of this Studio as last heard of, oldest first."""
        with self._lock:
            return list(self._jobs.values())

    def close(self) -> None:
        """Close the connections; an embedded engine stops. It makes no more sounds then."""
        self._closed = True
        background.run(self._account.close())
        if self._server is not None:
            self._server.close()

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
        self, prompts: str | Iterable[str | Prompt], *, takes: int = 1, seconds: float | None = None
    ) -> Request[Comparison]:
        """Check what a comparison would ask, without sending anything; ``begin`` starts it.

        Raises:
            InputError: as ``compare`` does.
        """
        return self._compare(prompts, takes=takes, seconds=seconds)

    def wait(self, request: Request[T]) -> T:
        """The result of a request, with a live picture of its jobs meanwhile.

        An interrupt stops it within a second and says what had been sent already.
        """
        progress = Progress(request.order.jobs, surface_here())
        try:
            return background.run(self._made(request, progress.notice), progress.look)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(self._stopped(progress.jobs)) from None
        finally:
            progress.close()

    async def awaited(self, request: Request[T]) -> T:
        """``wait``, for a cell or program that awaits."""
        progress = Progress(request.order.jobs, surface_here())
        try:
            return await background.bridge(self._made(request, progress.notice), progress.look)
        except asyncio.CancelledError:
            raise asyncio.CancelledError(self._stopped(progress.jobs)) from None
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
        where = "embedded engine" if self._server else self.settings.base_url
        return f"<Studio at {where}: {tally(self.jobs()) or 'no jobs yet'}>"

    async def _made(
        self, request: Request[T], notice: Notice, arrived: Callable[[Take], None] | None = None
    ) -> T:
        if self._closed:
            raise InputError("this Studio is closed; sg.connect(...) makes a new one")
        order = request.order
        items = {item.job.id: item for item in order.items}

        def tell(job: Job) -> None:
            with self._lock:
                self._jobs[job.id] = job
            notice(job)

        def deliver(outcome: Outcome) -> None:
            take = items[outcome.job.id].take(outcome) if arrived else None
            if arrived and take:
                arrived(take)

        outcomes = await self._account.make_all(
            order.jobs, timeout_seconds=order.timeout_seconds, notice=tell, arrived=deliver
        )
        return request.result(order.takes(outcomes))

    def _stopped(self, jobs: Sequence[Job]) -> str:
        sent = [job for job in jobs if job.state in _SENT]
        if self._server is not None or not sent:
            return f"stopped ({tally(jobs)}); nothing was charged"
        tasks = ", ".join(job.task_id or "no answer yet" for job in sent)
        return (
            f"stopped; {len(sent)} of {len(jobs)} sounds had already been submitted and may be "
            f"charged (tasks {tasks}); they are in studio.jobs()"
        )


def _account(settings: Settings, server: Embedded | None) -> Account:
    if server is not None:
        client = Client(settings, Key(server.api_key), transport=server.transport())
        return Account(client, polls=None, parallel=_EMBEDDED_AT_ONCE, doorbell=server)
    if settings.api_key is None:  # Settings has seen to it; the type checker has not
        raise AssertionError
    client = Client(settings, settings.api_key)
    polls = PollBudget(settings.polls_per_minute)
    return Account(client, polls=polls, parallel=settings.parallel)


def _only(takes: Takes) -> Take | Takes:
    return takes[0]


def _several(takes: Takes) -> Take | Takes:
    return takes


def _compared(takes: Takes) -> Comparison:
    return Comparison(takes)
