"""Bookkeeping: what a Studio asks and hears goes into the library, before anything else happens."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock
from time import time
from warnings import warn

from soundgen_nb.errors import AudioError, ClosedError, FetchError, LibraryError
from soundgen_nb.library import Entry, Library
from soundgen_nb.settings import Settings
from soundgen_nb.take import Take
from soundgen_nb.wire import Job, State

_LATE_SECONDS = 2.0  # a slow connection, a busy machine; one 429 costs more than two seconds


class Books:
    """The library as one Studio uses it; opened on first use.

    Where the folder cannot be used, a library in memory takes its place, and says so: sounds come
    all the same, but nothing outlives the kernel.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._library: Library | None = None
        self._closed = False
        self.key = settings.api_key.fingerprint if settings.api_key else ""

    @property
    def library(self) -> Library:
        """The library, opened now if it was not yet.

        Raises:
            ClosedError: after ``close``.
        """
        with self._lock:
            if self._closed:
                raise ClosedError
            if self._library is None:
                self._library = self._opened()
            return self._library

    def plan(self, entries: Iterable[Entry], *, in_place_of: Iterable[str] = ()) -> None:
        """Write down what is about to be asked, before anything is sent; and what is given up."""
        self.library.plan(entries, in_place_of=in_place_of)

    def record(self, job: Job) -> None:
        """Write down news of a job.

        Raises:
            LibraryError, ClosedError: if it is about to be sent and that cannot be written; then it
                must not be.
        """
        if self._settings.embedded and not job.state.ended:
            return  # nothing is paid there, and an engine that dies with its kernel resumes nothing
        try:
            self.library.record(job)
        except (LibraryError, ClosedError) as error:
            if job.state is State.SENDING:
                raise
            # it is sent and goes on; the next kernel will find its outcome unknown
            _say(f"news of task {job.task_id} could not be written down: {error}")

    def keep(self, job: Job, take: Take) -> Take:
        """Keep what came of a job, and its numbers; what cannot be kept is still heard.

        The take is measured here, on the caller's thread, and need not be again.

        Returns:
            The take; without its wav, if that is all of it that cannot be decoded.

        Raises:
            FetchError: if it cannot be decoded; its bytes are kept all the same.
        """
        with _said_if_not_kept(job):
            self.library.keep(job.id, played=take.sound, wav=take.wav, provenance=take.provenance)
        try:
            measures = take.measures
        except AudioError as error:
            if take.wav is None:
                raise _unheard(job, error) from error
            _say(f"{error}; the {take.sound.format} beside it is measured instead")
            return self.keep(job, replace(take, wav=None))
        with _said_if_not_kept(job):
            self.library.measured(job.id, measures)
        return take

    def unheard(self) -> list[FetchError]:
        """One error for each sound of this key that is kept, and cannot be decoded."""
        entries = self.library.entries(
            state=State.COMPLETED, base_url=self._settings.base_url, key=self.key
        )
        return [error for entry in entries if (error := self._trouble(entry))]

    def kept_already(self, jobs: Iterable[Job]) -> dict[str, Entry]:
        """For each planned job, by its id, an earlier sound of the very same wish, where kept.

        No sound stands for two jobs; the oldest comes first.
        """
        found: dict[str, Entry] = {}
        taken: set[str] = set()
        for job in jobs:
            wish = job.submission
            for entry in reversed(self._kept(wish.prompt)):
                asked = entry.job.submission
                same = (asked.seconds, asked.seed) == (wish.seconds, wish.seed)
                if same and entry.id not in taken:
                    found[job.id] = entry
                    taken.add(entry.id)
                    break
        return found

    def last_price(self) -> float | None:
        """Credits of the newest sound that was bought with this key here; None if not known."""
        newest = self.library.entries(
            state=State.COMPLETED, base_url=self._settings.base_url, key=self.key, limit=1
        )
        return newest[0].job.credits if newest else None

    def _kept(self, prompt: str) -> list[Entry]:
        entries = self.library.entries(
            prompt=prompt,
            state=State.COMPLETED,
            base_url=self._settings.base_url,
            key=self.key,
        )
        return [
            entry
            for entry in entries
            if entry.kept and entry.prompt == prompt and not self._trouble(entry)
        ]

    def _trouble(self, entry: Entry) -> FetchError | None:
        """Why a sound that is kept cannot be heard; None if it can, or is not kept."""
        if entry.measures or entry.provenance is None:
            return None
        try:
            played, wav = self.library.sounds(entry.id)
            # a kernel that ended between the bytes and the numbers leaves these without any, too
            self.keep(entry.job, Take(entry.prompt, played, entry.provenance, wav=wav))
        except LibraryError:
            return None  # damaged: it counts as not there, and is fetched again
        except FetchError as error:
            return error
        return None

    def reserve(self, now: float) -> float:  # noqa: ARG002  # other kernels share the time of day
        """Take the key's next status call, all processes together; in how many seconds it is."""
        return self.library.reserve_poll(
            self._settings.base_url,
            self.key,
            per_minute=self._settings.polls_per_minute,
            now=time(),
            late_seconds=_LATE_SECONDS,
        )

    def unfinished(self, under_way: Collection[str]) -> list[Entry]:
        """What nobody waits for any more, taken over; ``under_way`` are ids still waited for."""
        claimed = self.library.claim_unfinished(self._settings.base_url, self.key)
        for entry in claimed:
            if entry.state is State.SENDING and entry.id not in under_way:
                # its end could not be written down: not even this kernel can say what became of it
                self.library.record(replace(entry.job, state=State.UNKNOWN))
        claimed = tuple(entry for entry in claimed if entry.state is not State.SENDING)
        unknown = self.library.entries(
            state=State.UNKNOWN, base_url=self._settings.base_url, key=self.key
        )
        entries = {entry.id: entry for entry in (*claimed, *unknown)}
        return [entry for name, entry in entries.items() if name not in under_way]

    def left_behind(self, under_way: Collection[str]) -> list[Entry]:
        """What ``unfinished`` would take over, left as it is."""
        found = self.library.unfinished(self._settings.base_url, self.key)
        return [entry for entry in found if entry.id not in under_way]

    def close(self) -> None:
        """Close the library, if it was opened; it is not opened any more."""
        with self._lock:
            self._closed = True
            if self._library is not None:
                self._library.close()

    def _opened(self) -> Library:
        try:
            return Library.open(self._settings.home)
        except LibraryError as error:
            _say(f"{error}. Until then nothing is kept beyond this kernel")
            return Library.in_memory()


@contextmanager
def _said_if_not_kept(job: Job) -> Iterator[None]:
    try:
        yield
    except (LibraryError, ClosedError) as error:
        _say(f"the sound of task {job.task_id} could not be kept: {error}")


def _unheard(job: Job, error: AudioError) -> FetchError:
    why = str(error.__cause__ or error).rstrip(".")
    return FetchError(
        f"{job.submission.prompt!r:.60} (task {job.task_id}) was made, and its bytes are kept, but "
        f"{why}. sg.resend({job.id!r}) asks for it anew; "
        f"sg.history().library.forget({job.id!r}) takes it out",
        job=job,
    )


def _say(what: str) -> None:
    warn(what, RuntimeWarning, stacklevel=2)
