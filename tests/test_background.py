"""The loop on a thread of its own: both doors let results, errors and interrupts through."""

import asyncio
import contextvars
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from soundgen_nb.background import Background
from soundgen_nb.errors import LoopError

WITHIN_SECONDS = 5.0  # a deadline for what should take milliseconds; nobody waits for it
CELL = contextvars.ContextVar("CELL", default="no cell")

by_both_doors = pytest.mark.parametrize(
    "door",
    [
        lambda loop, work, **look: loop.run(work, **look),
        lambda loop, work, **look: asyncio.run(loop.bridge(work, **look)),
    ],
    ids=["sync", "awaited"],
)


@pytest.fixture
def loop():
    """A background of the test's own, stopped behind it."""
    made = Background()
    yield made
    made.stop()


class Held:
    """Work that waits until it is cancelled, and says when it began and when it had cleaned up."""

    def __init__(self):
        self.began = threading.Event()
        self.cleaned = threading.Event()

    async def work(self):
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # clean-up that needs the loop
            self.cleaned.set()


def running(loop):
    """How many tasks the loop has, apart from the one that counts."""

    async def count():
        return len(asyncio.all_tasks()) - 1

    return loop.run(count())


async def answer():
    await asyncio.sleep(0)
    return 42


async def fail():
    raise ZeroDivisionError("by nought")


@by_both_doors
def test_the_result_comes_through(loop, door):
    assert door(loop, answer()) == 42


@by_both_doors
def test_an_exception_comes_through(loop, door):
    with pytest.raises(ZeroDivisionError, match="by nought"):
        door(loop, fail())


@by_both_doors
def test_a_timeout_of_the_work_is_not_taken_for_one_of_the_wait(loop, door):
    async def late():
        raise TimeoutError("of its own")

    with pytest.raises(TimeoutError, match="of its own"):
        door(loop, late())


@by_both_doors
def test_the_callers_context_variables_go_along(loop, door):
    async def which():
        return CELL.get()

    CELL.set("cell 7")
    assert door(loop, which()) == "cell 7"
    assert contextvars.Context().run(lambda: door(loop, which())) == "no cell"


@by_both_doors
def test_work_runs_on_the_loops_thread_and_look_on_the_callers(loop, door):
    looked = threading.Event()
    threads = {}

    async def work():
        threads["work"] = threading.current_thread()
        assert await asyncio.to_thread(looked.wait, WITHIN_SECONDS)

    def look():
        threads["look"] = threading.current_thread()
        looked.set()

    door(loop, work(), look=look)
    assert threads["work"].name == "soundgen_nb"
    assert threads["look"] is threading.current_thread()


@by_both_doors
def test_what_look_raises_stops_the_work(loop, door):
    held = Held()

    def look():
        if held.began.is_set():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        door(loop, held.work(), look=look)
    assert held.cleaned.is_set()
    assert running(loop) == 0


def test_an_interrupt_cancels_held_work_and_waits_for_its_clean_up(loop):
    held = Held()

    def interrupt():
        held.began.wait(WITHIN_SECONDS)
        started.append(time.monotonic())
        signal.raise_signal(signal.SIGINT)

    started = []
    # raise_signal from another thread: Python runs the handler on the main one, as a kernel does
    presser = threading.Thread(target=interrupt)
    presser.start()
    with pytest.raises(KeyboardInterrupt):
        loop.run(held.work())
    took = time.monotonic() - started[0]
    presser.join()
    assert held.cleaned.is_set()
    assert took < 1.0
    assert running(loop) == 0


@by_both_doors
def test_work_that_is_interrupted_before_it_began_never_begins(loop, door):
    begun, gate = threading.Event(), threading.Event()

    async def work():
        begun.set()

    def look():
        gate.set()
        raise KeyboardInterrupt

    loop.call_soon(gate.wait)  # the loop is busy when the work is submitted
    with pytest.raises(KeyboardInterrupt):
        door(loop, work(), look=look)
    assert running(loop) == 0
    assert not begun.is_set()


def test_cancelling_the_awaiting_task_cancels_the_work(loop):
    held = Held()

    async def cell():
        task = asyncio.create_task(loop.bridge(held.work()))
        assert await asyncio.to_thread(held.began.wait, WITHIN_SECONDS)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cell())
    assert held.cleaned.is_set()
    assert running(loop) == 0


def test_clean_up_that_never_ends_does_not_hold_the_caller(loop):
    async def stubborn():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await release.wait()

    async def made():
        return asyncio.Event()

    def look():
        raise KeyboardInterrupt

    release = loop.run(made())
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        loop.run(stubborn(), look=look)
    assert time.monotonic() - start < WITHIN_SECONDS
    loop.call_soon(release.set)


def test_the_sync_door_refuses_its_own_thread(loop):
    async def wait_for_itself():
        return loop.run(answer())

    with pytest.raises(LoopError, match="would wait for itself"):
        loop.run(wait_for_itself())


def test_the_awaited_door_refuses_its_own_thread(loop):
    async def wait_for_itself():
        return await loop.bridge(answer())

    with pytest.raises(LoopError, match="toolkit's own thread"):
        loop.run(wait_for_itself())


def test_stopping_refuses_its_own_thread(loop):
    async def stop_itself():
        loop.stop()

    with pytest.raises(LoopError, match="toolkit's own thread"):
        loop.run(stop_itself())


def test_the_awaited_door_leaves_the_callers_loop_free(loop):
    async def cell():
        gate = asyncio.Event()
        held = asyncio.create_task(loop.bridge(opened(asyncio.get_running_loop(), gate)))
        await asyncio.wait_for(gate.wait(), WITHIN_SECONDS)
        return await held

    async def opened(other, gate):
        other.call_soon_threadsafe(gate.set)
        return "through"

    assert asyncio.run(cell()) == "through"


def test_many_threads_at_once_get_each_its_own_result(loop):
    async def double(number):
        await asyncio.sleep(0.001 * (number % 7))
        return 2 * number

    results = {}
    threads = [
        threading.Thread(target=lambda n=n: results.update({n: loop.run(double(n))}))
        for n in range(40)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WITHIN_SECONDS)
    assert results == {n: 2 * n for n in range(40)}


def test_threads_that_come_first_together_share_one_loop():
    made = Background()
    start = threading.Barrier(16)
    loops = []

    def come():
        start.wait()
        loops.append(made.loop)

    threads = [threading.Thread(target=come) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WITHIN_SECONDS)
    made.stop()
    assert len(loops) == 16
    assert len(set(loops)) == 1


def test_it_starts_afresh_after_a_stop(loop):
    first = loop.loop
    assert loop.run(answer()) == 42
    loop.stop()
    assert first.is_closed()
    assert loop.run(answer()) == 42
    assert loop.loop is not first


def test_stopping_what_never_started_does_nothing():
    Background().stop()


def test_stopping_ends_the_waits_of_other_threads(loop):
    held = Held()
    ended = []

    def wait():
        try:
            loop.run(held.work())
        except LoopError as error:
            ended.append(str(error))

    waiter = threading.Thread(target=wait)
    waiter.start()
    assert held.began.wait(WITHIN_SECONDS)
    loop.stop()
    waiter.join(WITHIN_SECONDS)
    assert not waiter.is_alive()
    assert held.cleaned.is_set()
    assert "stopped" in ended[0]


FORKING = """
import os, sys, asyncio
from soundgen_nb.background import background
async def answer():
    return os.getpid()
assert background.run(answer()) == os.getpid()
child = os.fork()
if child == 0:
    os._exit(0 if background.run(answer()) == os.getpid() else 1)
_, status = os.waitpid(child, 0)
assert background.run(answer()) == os.getpid()
sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_gets_a_loop_of_its_own():
    done = subprocess.run(
        [sys.executable, "-c", FORKING], timeout=30, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr


LEAVING = """
import asyncio, threading
from soundgen_nb.background import background
began = threading.Event()
async def hold():
    began.set()
    await asyncio.Event().wait()
background.submit(hold())
began.wait()
"""


def test_a_program_ends_quietly_while_work_is_held():
    done = subprocess.run(
        [sys.executable, "-c", LEAVING], timeout=30, capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
