"""Opinions: stars, tags and a note of a take; in the library where its sound is, else in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from soundgen_nb.library import Entry, Library
from soundgen_nb.take import Take
from soundgen_nb.view.panel.desk import Desk
from soundgen_nb.wire import checked_whole


@dataclass(frozen=True)
class Opinion:
    """What somebody thinks of a take: 1 to 5 stars, words, a note."""

    stars: int | None = None
    tags: tuple[str, ...] = ()
    note: str = ""


class Opinions:
    """What is thought of takes; every method may be called from any thread.

    What is written down in the library outlives the kernel. A file that was loaded is in no
    library: what is thought of it lasts as long as the panel.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._fleeting: dict[Take, Opinion] = {}

    def of(self, take: Take) -> Opinion:
        """What is thought of a take by now."""
        entry = self.entry(take)
        if entry is None:
            return self._fleeting.get(take, Opinion())
        return Opinion(entry.rating, entry.tags, entry.note)

    def rate(self, take: Take, stars: int | None) -> None:
        """Give a take its stars, 1 to 5; None takes them back."""
        entry = self.entry(take)
        if entry is not None:
            self._library.rate(entry.id, stars)
        else:
            checked = None if stars is None else checked_whole("rating", stars, 1, 5)
            self._fleeting[take] = replace(self.of(take), stars=checked)

    def tag(self, take: Take, tags: Iterable[str]) -> None:
        """Put words to a take, in place of earlier ones."""
        entry = self.entry(take)
        if entry is not None:
            self._library.tag(entry.id, tags)
        else:
            words = dict.fromkeys(tag.strip() for tag in tags if tag.strip())
            self._fleeting[take] = replace(self.of(take), tags=tuple(words))

    def annotate(self, take: Take, note: str) -> None:
        """Write a note about a take, in place of an earlier one."""
        entry = self.entry(take)
        if entry is not None:
            self._library.annotate(entry.id, note)
        else:
            self._fleeting[take] = replace(self.of(take), note=note.strip())

    def entry(self, take: Take) -> Entry | None:
        """A take in the library; None if it is not there."""
        origin = take.provenance
        if not origin.task_id:
            return None
        found = self._library.entries(task_id=origin.task_id, base_url=origin.base_url, limit=1)
        return found[0] if found else None

    def forget(self, take: Take) -> None:
        """Take a sound out of the library, for good."""
        entry = self.entry(take)
        if entry is not None:
            self._library.forget(entry.id)

    @property
    def _library(self) -> Library:
        return self._desk.studio.library
