"""Workshop: takes orders to their end. Written down first, then sent, waited for, fetched, kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from threading import Lock
from urllib.parse import urlsplit
from warnings import warn

from soundgen_nb import server
from soundgen_nb.api import Account, Client, Notice, Outcome, WebhookReceiver
from soundgen_nb.bookkeeping import Books
from soundgen_nb.errors import ClosedError, InputError, SettingsError
from soundgen_nb.library import Entry
from soundgen_nb.order import Order
from soundgen_nb.settings import Key, Settings, is_loopback
from soundgen_nb.take import Take, Takes
from soundgen_nb.view.progress import tally
from soundgen_nb.wire import Job, State

_SENT = set(State) - {State.PLANNED, State.REFUSED, State.DROPPED}


class Workshop:
    """One key at one API, or the embedded engine, with the library behind it.

    Args:
        settings: key, address and limits; without a key, a server inside this process answers.
        webhooks: where the API can report that a job has ended; the embedded engine needs none.
        executor: where that engine renders; None for threads of its own.

    Raises:
        SettingsError: if the receiver does not run, or is where the API cannot reach it; for an
            executor where the sounds are made elsewhere.
    """

    def __init__(
        self,
        settings: Settings,
        webhooks: WebhookReceiver | None = None,
        *,
        executor: Executor | None = None,
    ) -> None:
        if webhooks is not None:
            _check_reach(webhooks, settings)
        if executor is not None:
            _check_embedded(settings)
        self._lock = Lock()
        self._jobs: dict[str, Job] = {}
        self._under_way: set[str] = set()
        self._closed = False
        self._embedded = server.Embedded(executor=executor) if settings.embedded else None
        url = self._embedded.base_url if self._embedded else settings.base_url
        self.settings = replace(settings, base_url=url)
        self.books = Books(self.settings)
        self._account = _account(self.settings, self._embedded, self.books, webhooks)

    def jobs(self) -> list[Job]:
        """Every job as last heard of, oldest first."""
        with self._lock:
            return list(self._jobs.values())

    def waits_for(self, job_id: str) -> bool:
        """Whether a job is under way here."""
        return job_id in self._under_way

    async def made(
        self, order: Order, notice: Notice, arrived: Callable[[Take], None] | None = None
    ) -> Takes:
        """Everything an order asks for, on the toolkit's own loop.

        Args:
            order: planned, or of jobs that were submitted before.
            notice: told of every change of every job.
            arrived: told of every take as soon as it is kept.

        Raises:
            ClosedError: after ``close``.
            SoundgenError: as ``Order.takes`` does.
        """
        if self._closed:
            raise ClosedError
        items = {item.job.id: item for item in order.items}
        came: dict[str, Take] = {}

        def tell(job: Job) -> None:
            self.books.record(job)
            with self._lock:
                self._jobs[job.id] = job
            notice(job)

        async def deliver(outcome: Outcome) -> None:
            take = items[outcome.job.id].take(outcome)
            if take is None:
                return
            take = await asyncio.to_thread(self.books.keep, outcome.job, take)
            if arrived:
                arrived(take)
            came[outcome.job.id] = take

        try:
            self.write_down(order)
            outcomes = await self._account.make_all(
                order.jobs,
                timeout_seconds=order.timeout_seconds,
                max_credits=order.max_credits,
                price=self.books.last_price() if order.max_credits is not None else None,
                notice=tell,
                arrived=deliver,
            )
        finally:
            self._leave(order.jobs)
        return order.filled(came).takes(outcomes)

    def write_down(self, order: Order) -> None:
        """Put what is new of an order into the books, before anything of it is sent.

        Raises:
            InputError: if what it is to be in the place of is waited for, here or elsewhere.
            LibraryError: if that has ended meanwhile, or the library cannot be written.
        """
        for job_id in order.in_place_of:
            self._check_is_left(job_id)
        # under way before it is in the books: a resume() on another thread must not find it there
        self._under_way.update(job.id for job in order.jobs)
        new = [entry for entry in order.entries(self.books.key) if _is_new(entry.job)]
        self.books.plan(new, in_place_of=order.in_place_of)

    def agreed(self, order: Order, *, confirm: bool) -> Order:
        """The order, if it is no larger than one makes by mistake, or larger on purpose.

        Raises:
            InputError: if it is, with what it would cost where that is known.
        """
        if len(order.items) <= self.settings.confirm_above or confirm:
            return order
        raise InputError(f"{self.estimate(order)}; if that is meant, pass confirm=True")

    def estimate(self, order: Order) -> str:
        """How much a large order is, in words: sounds, and credits where that is known."""
        count, price = len(order.items), self.books.last_price()
        cost = f" for about {count * price:g} credits (the last cost {price:g})" if price else ""
        return f"this would make {count:,} sounds{cost}, more than {self.settings.confirm_above}"

    def with_kept(self, order: Order, *, reuse: bool) -> Order:
        """The order with sounds of the library in it; or as it is, with a word on what there is.

        Warns:
            UserWarning: if sounds are bought that are there already.
        """
        if self._embedded is not None and not reuse:
            return order  # what is made here costs nothing
        kept = self.books.kept_already(order.jobs)
        if kept and not reuse:
            warn(
                f"{len(kept)} of these {len(order.items)} sounds are in the library already and "
                "are bought again; reuse=True takes them from there",
                UserWarning,
                stacklevel=5,
            )
            return order
        items = [
            item.reused(entry, *self.books.library.sounds(entry.id))
            if (entry := kept.get(item.job.id))
            else item
            for item in order.items
        ]
        return replace(order, items=tuple(items))

    def left_behind(self) -> tuple[list[Entry], list[Entry]]:
        """What nobody waits for: entries that can be asked about, and those of unknown outcome.

        What was never sent, or went with an engine that has ended, is dropped.
        """
        entries = self.books.unfinished(self._under_way)
        unknown = [entry for entry in entries if entry.state is State.UNKNOWN]
        open_ends = [entry for entry in entries if self._can_be_asked(entry)]
        for entry in entries:
            if entry not in unknown and entry not in open_ends:
                lost = (
                    "the embedded engine ended with its kernel" if self._embedded else "never sent"
                )
                self.books.library.drop(entry.id, lost)
        return open_ends, unknown

    def waits_for_resume(self) -> int:
        """How many jobs ``left_behind`` would give to be asked about; nothing is taken over."""
        entries = self.books.left_behind(self._under_way)
        return sum(self._can_be_asked(entry) for entry in entries)

    def kept_entry(self, job_id: str) -> Entry:
        """The entry of a job that can be asked for again here.

        Raises:
            LibraryError: if there is no such job.
            InputError: if it was asked of another API or with another key, or is under way.
        """
        entry = self.books.library.entry(job_id)
        if (entry.job.base_url, entry.key) != (self.settings.base_url, self.books.key):
            raise InputError(
                f"{entry.prompt!r:.60} was asked of {urlsplit(entry.job.base_url).hostname} with "
                "another key than this Studio's; connect to that first"
            )
        self._check_is_left(job_id)
        return entry

    def told_of_stop(self, jobs: Sequence[Job]) -> str:
        """What a person should know who has just stopped these jobs."""
        counts = tally(jobs)
        sent = [job for job in jobs if job.state in _SENT]
        if self._embedded is not None or not sent:
            return f"stopped ({counts}); nothing was charged"
        tasks = ", ".join(job.task_id or "no answer yet" for job in sent)
        return (
            f"stopped; {len(sent)} of {len(jobs)} sounds had already been submitted and may be "
            f"charged (tasks {tasks}); sg.resume() fetches them"
        )

    async def check(self) -> None:
        """Ask the API whether the key is good."""
        await self._account.check()

    async def close(self) -> None:
        """Close the connections, the engine and the library."""
        self._closed = True
        await self._account.close()
        if self._embedded is not None:
            self._embedded.close()
        self.books.close()

    def _check_is_left(self, job_id: str) -> None:
        if self.waits_for(job_id):
            raise InputError("this job is still under way; stop it first, or wait for it")

    def _leave(self, jobs: Sequence[Job]) -> None:
        """Wait for these no longer; what an embedded engine has not begun, it need not begin."""
        self._under_way.difference_update(job.id for job in jobs)
        if self._embedded is not None:
            known = [self._jobs.get(job.id, job) for job in jobs]
            self._embedded.drop([job.task_id for job in known if not job.state.ended])

    def _can_be_asked(self, entry: Entry) -> bool:
        """Whether there is anybody to ask: an embedded engine knows its own jobs only."""
        return bool(entry.job.task_id) and (self._embedded is None or entry.id in self._jobs)


def _account(
    settings: Settings,
    embedded: server.Embedded | None,
    books: Books,
    webhooks: WebhookReceiver | None,
) -> Account:
    if embedded is not None:
        client = Client(settings, Key(embedded.api_key), transport=embedded.transport())
        return Account(client, polls=None, parallel=None, doorbell=embedded)
    if settings.api_key is None:  # Settings has seen to it; the type checker has not
        raise AssertionError
    client = Client(settings, settings.api_key)
    return Account(
        client,
        polls=books,
        parallel=settings.parallel,
        polls_per_minute=settings.polls_per_minute,
        doorbell=webhooks,
        webhook_url=webhooks.url if webhooks is not None else "",
    )


def _check_embedded(settings: Settings) -> None:
    """See to it that there is anything to render here.

    Raises:
        SettingsError: if the sounds are made elsewhere.
    """
    if not settings.embedded:
        raise SettingsError(
            f"an executor renders for the embedded engine, and the sounds come from "
            f"{settings.base_url}; leave out executor, or the key"
        )


def _check_reach(webhooks: WebhookReceiver, settings: Settings) -> None:
    """See to it that the API can post to the receiver.

    Raises:
        SettingsError: if it cannot.
    """
    receiver, api = (urlsplit(url).hostname or "" for url in (webhooks.url, settings.base_url))
    if is_loopback(receiver) and not (settings.embedded or is_loopback(api)):
        raise SettingsError(
            f"{api} cannot reach {receiver}, which is this machine to itself: use "
            "WebhookReceiver(public_url=...) with an address that leads here, or leave it out"
        )


def _is_new(job: Job) -> bool:
    return job.state is State.PLANNED and not job.task_id
