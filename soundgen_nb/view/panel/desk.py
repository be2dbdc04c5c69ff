"""Desk: what the parts of one panel share: who makes the sounds, what came, what lies open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from soundgen_nb.comparison import Comparison
from soundgen_nb.studio import Studio
from soundgen_nb.take import Take

Follower = Callable[[], Awaitable[None]]
"""Called on the loop's thread whenever another comparison lies open."""


class Desk:
    """One panel's state; only the loop's thread changes it.

    Attributes:
        studio: who makes the sounds, from now on.
        takes: every sound that ever came, oldest first.
        comparison: what is listened to, measured and kept; None before there is anything.
    """

    def __init__(self, studio: Studio, comparison: Comparison | None) -> None:
        self.studio = studio
        self.comparison = comparison
        self.takes: list[Take] = list(comparison or ())
        self._followers: list[Follower] = []

    def follow(self, follower: Follower) -> None:
        """Tell somebody of every comparison that is opened."""
        self._followers.append(follower)

    async def open(self, comparison: Comparison | None) -> None:
        """Put another comparison on the desk, in place of the one that lies there."""
        self.comparison = comparison
        for follower in self._followers:
            await follower()
