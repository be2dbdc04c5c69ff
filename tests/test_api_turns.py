"""Whose status call comes next, and when a watched job is asked about; on a clock of its own."""

import asyncio
from contextlib import AsyncExitStack
from time import time

import pytest
from scripted_api import at_once

from soundgen_nb.api.polling import PollBudget
from soundgen_nb.api.turns import Turns
from soundgen_nb.api.watch import Watches
from soundgen_nb.errors import LibraryError, NotFoundError
from soundgen_nb.wire import Job, Receipt, State, Submission


def no():
    return False


def yes():
    return True


def now():
    return asyncio.get_running_loop().time()


def taken(*callers, per_minute=2, seconds_apart=0.0):
    """Who got a turn when; callers are (name, arrives at, urgent)."""

    async def work():
        turns, order = Turns(PollBudget(per_minute), seconds_apart=seconds_apart), []

        async def one(name, arrives, urgent):
            await asyncio.sleep(arrives)
            await turns.take(urgent)
            order.append((name, now()))

        await asyncio.gather(*(one(*caller) for caller in callers))
        return order

    return at_once(work())


def test_turns_come_in_the_order_of_asking_when_the_budget_has_room():
    order = taken(*[(name, 0.0, no) for name in "abcde"], per_minute=2)
    assert order == [("a", 0.0), ("b", 0.0), ("c", 60.0), ("d", 60.0), ("e", 120.0)]


def test_turns_are_spread_over_the_minute():
    order = taken(*[(name, 0.0, no) for name in "abc"], per_minute=20, seconds_apart=3.0)
    assert order == [("a", 0.0), ("b", 3.0), ("c", 6.0)]


def test_who_has_news_goes_first_even_when_it_comes_last():
    order = taken(*[(name, 0.0, no) for name in "abcd"], ("e", 30.0, yes), per_minute=1)
    assert [name for name, _ in order] == ["a", "e", "b", "c", "d"]


def test_who_stops_waiting_costs_the_others_nothing():
    async def work():
        turns = Turns(PollBudget(1), seconds_apart=0.0)
        await turns.take(no)
        gone, stays = (asyncio.ensure_future(turns.take(no)) for _ in range(2))
        await asyncio.sleep(10)
        gone.cancel()
        await stays
        return now()

    assert at_once(work()) == 60.0


class Broken:
    """A budget whose ledger cannot be read the first time."""

    def __init__(self):
        self.asked = 0

    def reserve(self, _):
        self.asked += 1
        if self.asked == 1:
            raise LibraryError("the disk is gone")
        return 0.0


def test_a_budget_that_cannot_be_asked_is_the_trouble_of_one_caller_only():
    async def work():
        turns = Turns(Broken(), seconds_apart=0.0)
        return await asyncio.gather(turns.take(no), turns.take(no), return_exceptions=True)

    first, second = at_once(work())
    assert isinstance(first, LibraryError)
    assert second is None


def submitted(task_id="T1", eta=100.0, seconds_ago=0.0):
    job = Job(submission=Submission(prompt="rain"), base_url="http://127.0.0.1:9")
    receipt = Receipt(task_id=task_id, conversion_id="C", eta_seconds=eta)
    return job.sent(receipt, time() - seconds_ago)


def watched(watching, *, polls=None, doorbell=None):
    """What happens under watches over a clock of its own."""

    async def work():
        budget = PollBudget(20) if polls is None else polls
        return await watching(Watches(budget, polls_per_minute=20, doorbell=doorbell))

    return at_once(work())


@pytest.mark.parametrize(
    ("seconds_ago", "rests"), [(0, 82), (50, 32), (1000, 0)], ids=["new", "on its way", "overdue"]
)
def test_after_a_restart_the_time_since_the_submit_counts(seconds_ago, rests):
    async def watching(watches):
        async with watches.over(submitted(seconds_ago=seconds_ago)) as watch:
            await watch.rest()
            return now()

    assert watched(watching) == pytest.approx(rests, abs=3)


class Bell:
    """Rings for everybody, at one time."""

    def __init__(self, at_seconds, error=None):
        self.at_seconds, self.error = at_seconds, error

    async def ended(self, _):
        await asyncio.sleep(self.at_seconds - now())
        if self.error:
            raise self.error


def test_a_ring_is_news_until_the_job_was_asked_about():
    async def watching(watches):
        async with watches.over(submitted()) as watch:
            before = watch.has_news
            await watch.rest()
            rung = now(), watch.has_news
            watch.heard(State.IN_PROGRESS)
            return before, rung, watch.has_news

    assert watched(watching, doorbell=Bell(7)) == (False, (7.0, True), False)


def test_a_bell_that_does_not_know_the_job_makes_us_ask_the_api():
    async def watching(watches):
        async with watches.over(submitted()) as watch:
            await watch.rest()
            return now()

    bell = Bell(0, NotFoundError("no such job", status=404))
    assert watched(watching, doorbell=bell) == 0.0


class BellOf:
    """Rings for one task, at one time."""

    def __init__(self, task_id, at_seconds):
        self.task_id, self.at_seconds = task_id, at_seconds

    async def ended(self, task_id):
        await asyncio.sleep(self.at_seconds if task_id == self.task_id else 1e6)


def test_a_ring_in_the_line_is_heard_there():
    async def watching(watches):
        order = []

        async def one(name, eta):
            async with watches.over(submitted(name, eta=eta)) as watch:
                await watch.rest()
                await watches.turn(watch)
                order.append(name)

        await asyncio.gather(*map(one, "abcd", [10.0, 20.0, 30.0, 40.0]))
        return order

    bell = BellOf("d", at_seconds=50)
    assert watched(watching, polls=PollBudget(1), doorbell=bell) == ["a", "d", "b", "c"]


def test_the_true_length_of_a_job_is_learned_from_its_ring():
    async def watching(watches):
        async with watches.over(submitted()) as watch:
            await watch.rest()
            watch.heard(State.COMPLETED)
        return watches.pace.likely_seconds(100.0)

    assert watched(watching, doorbell=Bell(30)) == pytest.approx(30.0, abs=3)


@pytest.mark.parametrize("state", [State.FAILED, State.IN_PROGRESS])
def test_nothing_is_learned_from_what_made_no_sound(state):
    async def watching(watches):
        async with watches.over(submitted()) as watch:
            await watch.rest()
            watch.heard(state)
        return watches.pace.likely_seconds(100.0)

    assert watched(watching) == 100.0


def test_a_job_that_only_lacks_its_links_is_asked_about_soon_whatever_the_crowd():
    async def watching(watches):
        async with AsyncExitStack() as crowd:
            for name in "abcdefgh":
                watch = await crowd.enter_async_context(watches.over(submitted(name)))
                watch.heard(State.IN_PROGRESS)
            watch.heard(State.COMPLETED)
            await watch.rest()
            return now()

    assert watched(watching) < 6.0


def test_jobs_that_are_asked_about_share_the_budget_and_those_that_ended_do_not():
    async def watching(watches):
        async def asked(watch):
            watch.heard(State.IN_PROGRESS)
            start = now()
            await watch.rest()
            return now() - start

        pauses = []
        async with watches.over(submitted("a")) as first:
            pauses.append(await asked(first))
            async with watches.over(submitted("b")) as second:
                pauses.append(await asked(second))
            pauses.append(await asked(first))
        return pauses

    alone, two, alone_again = watched(watching)
    assert two == 6.0
    assert max(alone, alone_again) < 6.0
