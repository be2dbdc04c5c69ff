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
    """

    def __init__(self, max_credits: float | None = None) -> None:
        self._max_credits = max_credits
        self._in_turn = asyncio.Lock()
        self._prices: list[float] = []
        self._stop: SoundgenError | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A submit's turn.

        Raises:
            SoundgenError: if it must not be sent: the key or the credits were refused to another,
                or it would cross ``max_credits``.
        """
        if self._max_credits is None:
            self._check()
            yield
            return
        async with self._in_turn:
            self._check()
            try:
                yield
            except OutcomeUnknownError:
                # it may have been charged, so it counts as the dearest so far
                self._prices.append(max(self._prices, default=0.0))
                raise

    def spent(self, price: float | None) -> None:
        """Take note of what a submit will cost, in credits; None where the API does not say."""
        self._prices.append(price or 0.0)

    def heard(self, error: SoundgenError) -> None:
        """Take note of an error that would meet every other submit as well."""
        if isinstance(error, (AuthenticationError, InsufficientCreditsError)):
            self._stop = self._stop or error

    def _check(self) -> None:
        if self._stop is not None:
            raise self._stop
        if self._max_credits is None:
            return
        spent, next_one = sum(self._prices), max(self._prices, default=0.0)
        if spent + next_one > self._max_credits:
            raise OverBudgetError(
                f"not sent: {spent:g} credits are spent, the next sound would cost about "
                f"{next_one:g}, and max_credits is {self._max_credits:g}"
            )
