"""Places for jobs: never more than there are, fewer after a 429, more again as jobs go well."""

from __future__ import annotations

import asyncio

import pytest
from scripted_api import at_once

from soundgen_nb.api.room import Room


async def stay(room, seconds, *, told=None):
    """One job's stay; tells how many places there were when it came in."""
    async with room.place():
        if told is not None:
            told.append(room.places)
        await asyncio.sleep(seconds)


async def filled(room, jobs):
    """So many stays begun, as far as there is room."""
    stays = [asyncio.ensure_future(stay(room, 1000)) for _ in range(jobs)]
    await asyncio.sleep(0)
    return stays


def test_no_more_are_inside_than_there_are_places():
    room, inside, most = Room(3), 0, 0

    async def counted():
        nonlocal inside, most
        async with room.place():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(1)
            inside -= 1

    async def work():
        await asyncio.gather(*(counted() for _ in range(20)))

    at_once(work())
    assert most == 3


def test_a_room_without_a_limit_keeps_nobody_waiting():
    async def work():
        start = asyncio.get_running_loop().time()
        await asyncio.gather(*(stay(room, 1) for _ in range(50)))
        return asyncio.get_running_loop().time() - start

    room = Room(None)
    assert at_once(work()) == pytest.approx(1)


def test_places_are_taken_in_the_order_asked_for():
    room, came = Room(1), []

    async def named(name):
        async with room.place():
            came.append(name)
            await asyncio.sleep(1)

    async def work():
        await asyncio.gather(*(named(n) for n in range(5)))

    at_once(work())
    assert came == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("inside", "left"), [(10, 9), (2, 1), (1, 1)])
def test_a_refusal_leaves_places_for_the_others_alone(inside, left):
    async def work():
        room = Room(10)
        await filled(room, inside - 1)
        async with room.place() as place:
            await place.step_out(0)
            return room.places

    async def bounded():
        return await asyncio.wait_for(work(), 5000)

    assert at_once(bounded()) == left


def test_who_steps_out_comes_in_before_those_who_never_were():
    room, came = Room(2), []

    async def refused():
        async with room.place() as place:
            await place.step_out(5)
            came.append("refused")

    async def later(name):
        async with room.place():
            came.append(name)
            await asyncio.sleep(1)

    async def work():
        accepted = asyncio.ensure_future(stay(room, 10))
        await asyncio.sleep(0)
        await asyncio.gather(refused(), later("a"), later("b"), accepted)

    at_once(work())
    assert came == ["refused", "a", "b"]


def test_after_four_calm_rounds_one_more_is_tried_and_never_more_than_wished():
    room, told = Room(3), []

    async def work():
        room.narrow()
        for _ in range(40):
            await stay(room, 1, told=told)

    at_once(work())
    assert told[:5] == [1, 1, 1, 1, 2]
    assert told[-1] == 3
    assert told == sorted(told)


@pytest.mark.parametrize("first", [False, True], ids=["in line", "called just then"])
def test_who_gives_up_waiting_leaves_no_place_taken(first):
    async def work():
        room = Room(1)
        holding, waiting = await filled(room, 2)
        if first:
            holding.cancel()
            await asyncio.sleep(0)  # its place is handed on in this round
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        holding.cancel()
        await asyncio.gather(holding, return_exceptions=True)
        await asyncio.wait_for(stay(room, 1), 60)

    at_once(work())


def test_who_gives_up_outside_leaves_no_place_taken():
    async def refused(room):
        async with room.place() as place:
            await place.step_out(1000)

    async def work():
        room = Room(1)
        waiting = asyncio.ensure_future(refused(room))
        await asyncio.sleep(1)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await asyncio.wait_for(stay(room, 1), 60)

    at_once(work())
