"""JobBoard: submissions in, sounds out, on any executor. It speaks no HTTP."""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Self

from soundgen_nb import engine
from soundgen_nb.errors import NotFoundError, RateLimitError, ServerError, SoundgenError
from soundgen_nb.server.posting import Pace, Posting
from soundgen_nb.server.rendering import Perform, Rendering, render
from soundgen_nb.server.shelf import Shelf
from soundgen_nb.wire import Receipt, Report, State, Submission

_log = logging.getLogger(__name__)


class JobBoard:
    """Accepts submissions, has them rendered, and knows how each one stands. Thread-safe.

    Threads do the rendering unless told otherwise, because that was measured: numpy, scipy and the
    mp3 encoder let go of the interpreter's lock in their loops. For 12 takes of 6 s on two busy
    cores, two threads took 0.5 to 0.9 of the time of one, and two fresh processes, which have to
    start and import everything first, 0.7 to 1.3 (``tests/bench/bench_engine.py`` measures again).
    With more cores and many sounds processes may win; the sounds are the same, bit for bit. A pool
    must outlive the server, and its program guard the main module and keep Ctrl-C from the
    workers::

        if __name__ == "__main__":
            ignore_interrupts = {
                "initializer": signal.signal,
                "initargs": (signal.SIGINT, signal.SIG_IGN),
            }
            with ProcessPoolExecutor(8, get_context("spawn"), **ignore_interrupts) as pool:
                sg.connect(executor=pool)
                comparison = sg.compare(prompts, takes=20)

    Args:
        executor: where the rendering is done; any ``concurrent.futures.Executor``, which stays its
            owner's to shut down. None for threads of the board's own.
        workers: how many renderings the executor does at once; sizes the board's own threads, and
            the expected waiting times.
        max_queued: how many unfinished jobs there may be; above it a submit is refused (429).
        max_audio_bytes: how much finished audio is kept in memory; the oldest goes first.
        max_remembered: how many jobs are known; beyond these the oldest ended ones are forgotten.
        credits_per_sound: the price announced and, for a sound that comes, charged.
        perform: what makes a sound of a prompt; with a process pool it must be picklable.

    Example:
        >>> from soundgen_nb.wire import Submission
        >>> with JobBoard(workers=1) as board:
        ...     receipt = board.accept(Submission(prompt="rain", seconds=1, seed=3))
        ...     asyncio.run(board.ended(receipt.task_id)).state.value
        'COMPLETED'
    """

    def __init__(
        self,
        executor: Executor | None = None,
        *,
        workers: int = 2,
        max_queued: int = 1000,
        max_audio_bytes: int = 256 * 2**20,
        max_remembered: int = 10_000,
        credits_per_sound: float = 0.0,
        perform: Perform = engine.perform,
    ) -> None:
        self._owns_executor = executor is None
        self._executor = executor or ThreadPoolExecutor(workers, "soundgen_nb-render")
        self._workers = workers
        self._max_queued = max_queued
        self._max_remembered = max_remembered
        self._credits_per_sound = credits_per_sound
        self._perform = perform
        self._lock = threading.Lock()
        self._pace = Pace()
        self._shelf = Shelf(max_audio_bytes)
        self._postings: dict[str, Posting] = {}
        self._task_ids: dict[str, str] = {}
        self._work: dict[str, Future[Rendering]] = {}
        self._ends: dict[str, Future[None]] = {}

    def accept(self, submission: Submission) -> Receipt:
        """Take a submission; its work begins as soon as the executor is free.

        A submission without a seed gets a fresh one, which the report names.

        Raises:
            RateLimitError: if there are ``max_queued`` unfinished jobs already.
            ServerError: if the executor takes no more work.
        """
        with self._lock:
            if len(self._ends) >= self._max_queued:
                raise RateLimitError(
                    "SLOW DOWN - TOO MANY PARALLEL REQUESTS",
                    status=429,
                    retry_after=self._eta_seconds(submission),
                )
            posting = self._posted(submission)
            end: Future[None] = Future()
            # a running future cannot be cancelled, so no cancelled waiter can end it for the others
            end.set_running_or_notify_cancel()
            self._postings[posting.task_id] = posting
            self._task_ids[posting.task_id] = posting.task_id
            self._task_ids[posting.conversion_id] = posting.task_id
            self._ends[posting.task_id] = end
        self._start(posting)
        return posting.receipt

    def report(self, any_id: str) -> Report:
        """How a job stands, by its task id or its conversion id.

        Raises:
            NotFoundError: if there is no such job.
        """
        with self._lock:
            posting = self._posting(any_id)
            work = self._work.get(posting.task_id)
        # done counts as running: between the two and the job's end a moment passes
        running = work is not None and (work.running() or work.done())
        return posting.report(running=running, now=time.time())

    def submission(self, any_id: str) -> Submission:
        """What a job was asked for, by its task id or its conversion id.

        Raises:
            NotFoundError: if there is no such job.
        """
        with self._lock:
            return self._posting(any_id).submission

    async def ended(self, any_id: str) -> Report:
        """The report of a job once it has ended; may be awaited on any event loop.

        Raises:
            NotFoundError: if there is no such job.
        """
        with self._lock:
            end = self._ends.get(self._posting(any_id).task_id)
        if end is not None:
            await asyncio.wrap_future(end)
        return self.report(any_id)

    def audio(self, any_id: str, name: str) -> bytes:
        """The encoded bytes of a finished sound, in the format ``name``: "mp3" or "wav".

        Raises:
            NotFoundError: if there is no such job or format, the job made no sound, or the audio is
                no longer kept.
        """
        with self._lock:
            posting = self._posting(any_id)
            data = self._shelf.get(posting.task_id, name)
        if data is None:
            raise NotFoundError(_why_no_audio(posting, name), status=404)
        return data

    def drop(self, any_ids: Iterable[str]) -> None:
        """End these jobs as failed where their work has not begun: nobody waits for them."""
        with self._lock:
            waiting = [self._work.get(self._task_ids.get(any_id, "")) for any_id in any_ids]
        for future in waiting:
            if future is not None:
                future.cancel()

    def close(self) -> None:
        """End what waits as failed, finish what runs, and stop the board's own threads."""
        with self._lock:
            work = list(self._work.values())
        for future in work:
            future.cancel()
        if self._owns_executor:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        with self._lock:
            return f"<JobBoard: {len(self._postings)} jobs, {len(self._ends)} unfinished>"

    def _posted(self, submission: Submission) -> Posting:
        seed = secrets.randbelow(2**32) if submission.seed is None else submission.seed
        now = time.time()
        return Posting(
            task_id=secrets.token_hex(16),
            conversion_id=secrets.token_hex(16),
            submission=replace(submission, seed=seed),
            accepted_at=now,
            updated_at=now,
            eta_seconds=self._eta_seconds(submission),
            credits=self._credits_per_sound,
        )

    def _eta_seconds(self, submission: Submission) -> float:
        waiting = [self._postings[task_id].submission for task_id in self._ends]
        return self._pace.eta_seconds(submission, behind=waiting, workers=self._workers)

    def _start(self, posting: Posting) -> None:
        asked = posting.submission
        try:
            work = self._executor.submit(
                render,
                asked.prompt,
                seconds=asked.seconds,
                seed=asked.seed or 0,
                perform=self._perform,
            )
        except RuntimeError as error:  # an executor that is shut down, or whose processes died
            self._end(posting.failed(str(error), time.time()))
            raise ServerError(
                f"the server takes no more work: {error}. Start it again", status=503
            ) from error
        with self._lock:
            self._work[posting.task_id] = work
        # outside the lock: work that is already done calls back at once, on this thread
        work.add_done_callback(partial(self._finished, posting))

    def _finished(self, posting: Posting, work: Future[Rendering]) -> None:
        trouble = _trouble(work)
        if trouble:
            self._end(posting.failed(trouble, time.time()))
            return
        rendering = work.result()
        with self._lock:
            self._pace = self._pace.learned(rendering)
            self._shelf.put(posting.task_id, rendering.files)
        self._end(posting.completed(rendering, time.time()))

    def _end(self, posting: Posting) -> None:
        with self._lock:
            self._postings[posting.task_id] = posting
            self._work.pop(posting.task_id, None)
            end = self._ends.pop(posting.task_id)
            self._forget_oldest()
        end.set_result(None)

    def _forget_oldest(self) -> None:
        while len(self._postings) > self._max_remembered:
            task_id = next(iter(self._postings))
            if task_id in self._ends:
                return
            posting = self._postings.pop(task_id)
            del self._task_ids[posting.task_id], self._task_ids[posting.conversion_id]
            self._shelf.drop(task_id)

    def _posting(self, any_id: str) -> Posting:
        task_id = self._task_ids.get(any_id)
        if task_id is None:
            raise NotFoundError(
                f"there is no job {any_id!r} here; jobs are forgotten when the server stops",
                status=404,
            )
        return self._postings[task_id]


def _trouble(work: Future[Rendering]) -> str:
    """Why there is no rendering, or "" when there is one."""
    if work.cancelled():
        return "it was stopped before its work began; ask for it again"
    error = work.exception()
    if error is None:
        return ""
    if isinstance(error, SoundgenError):
        return str(error)
    _log.info("a rendering failed", exc_info=error)
    kind = type(error).__name__
    return f"the engine failed ({kind}: {error}); try another wording, or another seed"


def _why_no_audio(posting: Posting, name: str) -> str:
    if not posting.state.ended:
        return f"job {posting.task_id} has not ended yet; ask byId until it has"
    if posting.state is State.FAILED:
        return f"job {posting.task_id} failed and made no sound: {posting.message}"
    return (
        f"no {name} of job {posting.task_id} is kept any more (only the latest sounds are); "
        "generate it again with its seed"
    )
