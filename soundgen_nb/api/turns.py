"""Turns: whose status call comes next, when there are fewer calls than jobs that wait for one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from typing import Protocol

from soundgen_nb.errors import SoundgenError


class Polls(Protocol):
    """A budget of status calls."""

    def reserve(self, now: float) -> float:
        """Take the next call and say how many seconds from ``now`` it may be made."""


class Turns:
    """One call after another: first come, first served, but for those that have news.

    The simulation has shown this to be as good as asking about the likeliest job first, and better
    than serving the newest first, which lets the old ones starve.

    Args:
        polls: how many calls there may be; a call is taken from it only when it is about to be
            made, so that it goes to whoever has the most use for it then.
        seconds_apart: the least time between two calls. A budget that is used up at once by jobs
            which are all due together has nothing left for the minute in which they end.
    """

    def __init__(self, polls: Polls, *, seconds_apart: float) -> None:
        self._polls = polls
        self._seconds_apart = seconds_apart
        self._line: list[_Place] = []
        self._last_at = -inf
        self._caller: asyncio.Task[None] | None = None

    async def take(self, urgent: Callable[[], bool]) -> None:
        """Wait for a turn; whoever is ``urgent`` when one is given goes first.

        Raises:
            SoundgenError: if the budget cannot be asked.
        """
        place = _Place(urgent)
        self._line.append(place)
        if self._caller is None or self._caller.done():
            self._caller = asyncio.ensure_future(self._call_all())
        try:
            await place.called
        finally:
            with suppress(ValueError):
                self._line.remove(place)

    async def _call_all(self) -> None:
        while self._line:
            trouble = await self._free()
            if self._line:
                self._call_next(trouble)

    async def _free(self) -> SoundgenError | None:
        """Wait until a call may be made; gives the error if that cannot be found out."""
        await asyncio.sleep(self._last_at + self._seconds_apart - _now())
        try:
            await asyncio.sleep(self._polls.reserve(_now()))
        except SoundgenError as error:
            return error
        self._last_at = _now()
        return None

    def _call_next(self, trouble: SoundgenError | None) -> None:
        place = next((place for place in self._line if place.urgent()), self._line[0])
        self._line.remove(place)
        if place.called.done():  # cancelled in this moment
            return
        if trouble is None:
            place.called.set_result(None)
        else:
            place.called.set_exception(trouble)


@dataclass(eq=False, slots=True)
class _Place:
    """Somebody's place in the line."""

    urgent: Callable[[], bool]
    called: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


def _now() -> float:
    return asyncio.get_running_loop().time()
