"""Room: how many jobs may be under way at once: as many as wished, or as few as the API takes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from math import inf

_CALM_ENDS = 4  # rounds of jobs that went well, before one more is tried


class Room:
    """Places for jobs, first come, first served.

    The API says 429 where the plan allows fewer at once, or where others use the same key. From
    then on there are places for those only that it took, and one more after every four rounds of
    jobs without another 429: a refusal costs nothing, but who is refused all day is not welcome.

    Args:
        most: how many places there are at best; None for any number.
    """

    def __init__(self, most: int | None) -> None:
        self._most = inf if most is None else most
        self._places = self._most
        self._inside = 0
        self._line: deque[asyncio.Future[None]] = deque()
        self._ends = 0

    @property
    def places(self) -> float:
        """How many jobs may be under way now; infinite without a limit."""
        return self._places

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Place]:
        """Wait for a place, and keep it for the length of the block."""
        await self.enter(first=False)
        place = Place(self)
        try:
            yield place
        finally:
            if place.taken:
                self._ends += 1
                self.leave()

    async def enter(self, *, first: bool) -> None:
        """Wait until a place is free; ``first`` goes before all who wait."""
        if self._inside < self._places and (first or not self._line):
            self._inside += 1
            return
        called = asyncio.get_running_loop().create_future()
        (self._line.appendleft if first else self._line.append)(called)
        try:
            await called
        except asyncio.CancelledError:
            with suppress(ValueError):
                self._line.remove(called)
            if not called.cancelled():  # called in the very moment it gave up
                self.leave()
            raise

    def leave(self) -> None:
        """Give a place back, to whoever is next."""
        self._inside -= 1
        self._widen()
        self._call()

    def narrow(self) -> None:
        """The API had no room for one of those inside: there are places for the others alone."""
        self._places = max(1, min(self._places, self._inside - 1))
        self._ends = 0

    def _widen(self) -> None:
        if self._places < self._most and self._ends >= _CALM_ENDS * self._places:
            self._places += 1
            self._ends = 0

    def _call(self) -> None:
        while self._line and self._inside < self._places:
            called = self._line.popleft()
            if not called.done():
                called.set_result(None)
                self._inside += 1


class Place:
    """One job's place in a room; ``taken`` is false while it waits outside."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.taken = True

    async def step_out(self, seconds: float) -> None:
        """Make room after a 429: wait outside, and come in again before those who never were."""
        self._room.narrow()
        self.taken = False
        self._room.leave()
        await asyncio.sleep(seconds)
        await self._room.enter(first=True)
        self.taken = True
