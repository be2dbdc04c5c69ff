"""Batch: the jobs of one call, of which an early end of one may keep others from being sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from soundgen_nb.errors import (
    AuthenticationError,
    InsufficientCreditsError,
    OutcomeUnknownError,
    OverBudgetError,
    SoundgenError,
)


class Batch:
    """What the submits of one call know of each other.

    Args:
        max_credits: the most that may be spent on them, by the server's own estimates; None for
            no limit. With one, submits go one after the other, each once the last one's price is
            known; the waiting goes on side by side.
        price: what a sound cost last, where that is known; the first one is held against it.
    """

    def __init__(self, max_credits: float | None = None, *, price: float | None = None) -> None:
        self._max_credits = max_credits
        self._price = price or 0.0
        self._in_turn = asyncio.Lock()
        self._prices: list[float] = []
        self._stop: SoundgenError | None = None

    @asynccontextmanager
    async def turn(self, prompt: str) -> AsyncIterator[None]:
        """The turn of a prompt to be submitted.

        Raises:
            SoundgenError: if it must not be sent: the key or the credits were refused to another,
                or it would cross ``max_credits``.
        """
        if self._max_credits is None:
            self._check(prompt)
            yield
            return
        async with self._in_turn:
            self._check(prompt)
            try:
                yield
            except OutcomeUnknownError:
                # it may have been charged, so it counts as the dearest so far
                self._prices.append(self._next)
                raise

    def spent(self, price: float | None) -> None:
        """Take note of what a submit will cost, in credits; None where the API does not say."""
        self._prices.append(price or 0.0)

    def heard(self, error: SoundgenError) -> None:
        """Take note of an error that would meet every other submit as well."""
        if meets_every_job(error):
            self._stop = self._stop or error

    @property
    def _next(self) -> float:
        """What the next sound may cost: as much as the dearest so far."""
        return max(self._prices, default=self._price)

    def _check(self, prompt: str) -> None:
        if self._stop is not None:
            raise self._stop
        if self._max_credits is None:
            return
        spent = sum(self._prices)
        if spent + self._next > self._max_credits:
            raise OverBudgetError(
                f"{prompt!r:.60} was not sent: {spent:g} credits are spent, the next sound would "
                f"cost about {self._next:g}, and max_credits is {self._max_credits:g}"
            )


def meets_every_job(error: SoundgenError) -> bool:
    """Whether an error is about the key or the account, so that no other job would fare better."""
    return isinstance(error, (AuthenticationError, InsufficientCreditsError))
