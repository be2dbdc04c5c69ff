"""What a server was asked, counted by prompt: how a lesson shows that nothing was sent twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Literal


@dataclass(frozen=True, slots=True)
class Received:
    """A snapshot of what came in, by prompt; a prompt that never came counts 0.

    ``submits`` are those that could be read, whatever was answered; ``accepted`` those that became
    jobs; ``asks`` are status calls and ``downloads`` files asked for, where "" stands for ids that
    the server does not know.
    """

    submits: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    asks: Counter[str] = field(default_factory=Counter)
    downloads: Counter[str] = field(default_factory=Counter)


class Tally:
    """Counts on the server's thread, shows on any.

    >>> tally = Tally()
    >>> tally.count("submits", "rain")
    >>> tally.received.submits
    Counter({'rain': 1})
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts = Received()

    def count(self, what: Literal["submits", "accepted", "asks", "downloads"], prompt: str) -> None:
        """One more of these."""
        with self._lock:
            getattr(self._counts, what)[prompt] += 1

    @property
    def received(self) -> Received:
        """The counts so far."""
        now = self._counts
        with self._lock:
            return replace(
                now,
                submits=now.submits.copy(),
                accepted=now.accepted.copy(),
                asks=now.asks.copy(),
                downloads=now.downloads.copy(),
            )
