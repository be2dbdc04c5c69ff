"""One event loop on one thread, and the two doors to it: sync and awaited.

All network work runs on a loop of its own on a daemon thread, never on the kernel's: a cell that
computes would starve it there, and patching the kernel's loop loses queued cells. Both doors look
up a few times a second, so that *Interrupt* is seen while a request is held, and both leave nothing
running behind an interrupt.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from typing import Any, Generic, TypeVar

from soundgen_nb.errors import LoopError

T = TypeVar("T")

_LOOK_UP_SECONDS = 0.1  # an interrupt is seen between two looks, on every platform
_GRACE_SECONDS = 2.0  # how long clean-up may take once work is cancelled


def _nothing() -> None:
    pass


class Background:
    """A daemon thread with an event loop, started on first use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._pid = 0

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop; a forked child gets its own, for a thread does not survive a fork."""
        with self._lock:
            if self._loop is None or self._pid != os.getpid():
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="soundgen_nb", daemon=True
                )
                self._thread.start()
                self._pid = os.getpid()
            return self._loop

    @property
    def here(self) -> bool:
        """Whether the caller is on the loop's own thread."""
        return self._thread is threading.current_thread()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start ``work`` on the loop, from any thread; the caller's context variables go along."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def call_soon(self, call: Callable[[], object]) -> None:
        """Run a quick call on the loop's thread."""
        self.loop.call_soon_threadsafe(call)

    def run(self, work: Coroutine[Any, Any, T], look: Callable[[], object] = _nothing) -> T:
        """The sync door: the result of ``work``, or what it raised.

        Whatever interrupts the wait cancels the work and gives it two seconds to clean up. ``look``
        is called some ten times a second meanwhile, on the caller's own thread, which is the one
        whose output belongs to the caller's cell.

        Raises:
            LoopError: when called on the loop's own thread, where it would wait for itself.
        """
        self._refuse_own_thread(work)
        errand = _Errand(work)
        try:
            # inside: an interrupt may come while the loop has begun on it already
            future = self.submit(errand.run())
            # what is cancelled before its first step never says that it ended
            while not (errand.ended.wait(_LOOK_UP_SECONDS) or future.done()):
                look()
        except BaseException:
            self.call_soon(errand.call_off)
            errand.ended.wait(_GRACE_SECONDS)
            raise
        return _result(future)

    async def bridge(
        self, work: Coroutine[Any, Any, T], look: Callable[[], object] = _nothing
    ) -> T:
        """The awaited door, from any other loop; ``look`` as for ``run``.

        It looks up while it waits: a bare await would not let an interrupt through before the
        server answers.
        """
        self._refuse_own_thread(work)
        errand = _Errand(work)
        try:
            future = self.submit(errand.run())
            wrapped = asyncio.wrap_future(future)
            # an error is raised from the other future; asyncio would say that nobody took this one
            wrapped.add_done_callback(lambda done: done.cancelled() or done.exception())
            while not wrapped.done():
                await asyncio.wait([wrapped], timeout=2 * _LOOK_UP_SECONDS)
                look()
        except BaseException:
            self.call_soon(errand.call_off)
            # not awaited: whoever is cancelled twice, or closed, must not go before it is done
            errand.ended.wait(_GRACE_SECONDS)
            raise
        return _result(future)

    def stop(self) -> None:
        """Cancel what runs, end the thread. The next use starts afresh.

        Raises:
            LoopError: when called on the loop's own thread, which cannot wait for its own end.
        """
        self._refuse_own_thread()
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None or not thread.is_alive():
            return
        with suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(_cancel_others(), loop).result(_GRACE_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_GRACE_SECONDS)
        if not thread.is_alive():
            loop.close()

    def _refuse_own_thread(self, work: Coroutine[Any, Any, Any] | None = None) -> None:
        if self.here:
            if work is not None:
                work.close()
            raise LoopError(
                "a waiting verb was called on the toolkit's own thread (in a callback?), where it "
                "would wait for itself: call it from a cell, or from a thread of your own"
            )


background = Background()
"""The one every Studio uses."""

atexit.register(background.stop)  # held work would be complained about when Python tidies up


class _Errand(Generic[T]):
    """Work on its way. It can be called off at any moment, and says when its clean-up is done.

    Cancelling its future would do neither: that is done at once, whatever still runs.
    """

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self.ended = threading.Event()
        self._work = work
        self._task: asyncio.Task[Any] | None = None
        self._called_off = False

    async def run(self) -> T:
        self._task = asyncio.current_task()
        try:
            if self._called_off:
                raise asyncio.CancelledError
            return await self._work
        finally:
            self._work.close()
            self.ended.set()

    def call_off(self) -> None:
        """Cancel it, begun or not; on the loop's thread."""
        self._called_off = True
        if self._task is not None:
            self._task.cancel()


def _result(future: Future[T]) -> T:
    try:
        return future.result()
    except CancelledError as error:
        raise LoopError("the toolkit's loop was stopped while this was waited for") from error


async def _cancel_others() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
