"""Library: what was asked and heard. It outlives the kernel, and several kernels share it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from math import inf
from pathlib import Path
from time import time
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout

from soundgen_nb.errors import LibraryError
from soundgen_nb.library.database import BUSY_SECONDS, Database
from soundgen_nb.library.entry import Entry, Filed, Pruned
from soundgen_nb.library.files import Files, SoundFiles, SoundsInMemory
from soundgen_nb.library.journal import Journal
from soundgen_nb.library.owners import Owners
from soundgen_nb.library.polls import reserve
from soundgen_nb.library.prompt_sets import PromptSets
from soundgen_nb.library.rows import audio_columns, measures_columns, tags_columns
from soundgen_nb.sound import Sound
from soundgen_nb.wire import Job, Provenance, State, checked_whole


class Library:
    """Every sound asked for, every change of its job, and the audio that came.

    Any number of processes and threads may use one folder at once. What a method wrote is on the
    disk when it returns, which takes some 5 ms, and 20 ms for a sound of 2 MB; a process that is
    killed in the middle leaves all of it or nothing. No key is ever in it, only fingerprints. Every
    method raises ``LibraryError`` when the folder cannot be used any more, or for a job that is not
    in it.

    Example:
        >>> from soundgen_nb.wire import Submission
        >>> library = Library.in_memory()
        >>> job = Job(submission=Submission(prompt="rain"), base_url="https://api.example.com")
        >>> library.plan([Entry(job=job, order_id="monday")])
        >>> [entry.state.value for entry in library.entries(prompt="rain")]
        ['PLANNED']
    """

    def __init__(
        self,
        database: Database,
        files: Files,
        owners: Owners | None = None,
        *,
        where: str,
        closer: ExitStack,
    ) -> None:
        self._database = database
        self._files = files
        # in memory nobody else is there to be asked about
        owner, alive = (owners.id, owners.alive) if owners else ("", bool)
        self._journal = Journal(database, owner, alive)
        self._where = where
        self._closer = closer

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The library in a folder, which is made if it is not there.

        Raises:
            LibraryError: if the folder cannot be written, or the journal in it is damaged or of a
                later version.
        """
        with _alone_in(folder), ExitStack() as closer:
            owners = Owners(folder / "owners")
            closer.callback(owners.leave)
            files = SoundFiles(folder / "sounds", owners.id)
            database = Database(folder / "journal.sqlite3")
            closer.callback(database.close)
            # in a transaction, because only one process at a time may look who is alive
            with database.writing():
                files.sweep(owners.alive)
                owners.sweep()
            return cls(database, files, owners, where=f"in {folder}", closer=closer.pop_all())

    @classmethod
    def in_memory(cls) -> Self:
        """A library without a folder: nothing in it outlives the process."""
        database, closer = Database(None), ExitStack()
        closer.callback(database.close)
        where = "in memory, gone with this process"
        return cls(database, SoundsInMemory(), where=where, closer=closer)

    def plan(self, entries: Iterable[Entry], *, in_place_of: Iterable[str] = ()) -> None:
        """Write down what is about to be asked for, all of it or nothing; before anything is sent.

        Args:
            entries: planned, and new.
            in_place_of: ids of jobs that are given up for them at the same moment, as by ``drop``.

        Raises:
            InputError: if another living process is waiting for one that would be given up.
            LibraryError: also for a job that is in the library already, or to be given up and has
                ended.
        """
        self._journal.plan(entries, in_place_of)

    def record(self, job: Job) -> None:
        """Write down news of a job.

        A job goes forward only: late news of an earlier state, or news that do not name the task
        any more, take nothing away. To SENDING it goes from PLANNED alone, and only where it was
        planned or claimed: whoever has recorded it is the one who may send it.

        Raises:
            LibraryError: also for a job that may not be sent from here, or not again.
        """
        self._journal.record(job)

    def keep(
        self, job_id: str, *, played: Sound, wav: Sound | None = None, provenance: Provenance
    ) -> None:
        """Keep the audio of a job, and where it came from.

        Args:
            job_id: whose audio it is.
            played: the bytes as received.
            wav: the lossless original beside it, where there is one.
            provenance: who made it.

        Raises:
            LibraryError: also if there is no room; what was kept before is still there then.
        """
        sounds = [played] if wav is None else [played, wav]
        columns = audio_columns(
            Filed.of(played), None if wav is None else Filed.of(wav), provenance
        )
        with self._files.staged(sounds) as settle:
            self._journal.change(job_id, columns, settle)

    def sounds(self, job_id: str) -> tuple[Sound, Sound | None]:
        """The audio of a job, byte for byte as it was kept: what is played, and the wav.

        A file that is damaged counts as not there from then on, so that the job can be claimed and
        its audio fetched again.

        Raises:
            LibraryError: also if there is none, or it is damaged; naming the file.
        """
        entry = self.entry(job_id)
        if entry.played is None:
            raise LibraryError(f"no audio of job {job_id} is kept; it is {entry.state}")
        played = self._files.read(entry.played)
        return played, None if entry.wav is None else self._files.read(entry.wav)

    def measured(self, job_id: str, measures: Mapping[str, Any]) -> None:
        """Write down the numbers of a sound, by name, in place of earlier ones."""
        self._journal.change(job_id, measures_columns(measures))

    def rate(self, job_id: str, rating: int | None) -> None:
        """Write down what somebody thinks of a sound: 1 to 5, or None to take it back.

        Raises:
            InputError: for any other rating.
        """
        stars = None if rating is None else checked_whole("rating", rating, 1, 5)
        self._journal.change(job_id, {"rating": stars})

    def tag(self, job_id: str, tags: Iterable[str]) -> None:
        """Put words to a sound, in place of earlier ones; blank ones and repeats do not count."""
        self._journal.change(job_id, tags_columns(tags))

    def annotate(self, job_id: str, note: str) -> None:
        """Write a note about a sound, in place of an earlier one; "" takes it back."""
        self._journal.change(job_id, {"note": note.strip()})

    def drop(self, job_id: str, message: str) -> None:
        """Give a job up that is unfinished or of unknown outcome: nobody asks about it any more.

        Should it be heard of as completed after all, then that counts; and should it be heard of
        as accepted, then it is still given up, but its task can be found in the library.

        Raises:
            InputError: if another living process is waiting for it.
            LibraryError: also if the job has ended.
        """
        self._journal.drop(job_id, message)

    def entry(self, job_id: str) -> Entry:
        """The entry of a job."""
        return self._journal.entry(job_id)

    def entries(
        self,
        *,
        prompt: str | None = None,
        since: float | None = None,
        state: State | None = None,
        rating: int | None = None,
        base_url: str | None = None,
        key: str | None = None,
        order_id: str | None = None,
        task_id: str | None = None,
        limit: int | None = None,
    ) -> tuple[Entry, ...]:
        """The entries that meet every filter given; the last planned come first.

        Args:
            prompt: a part of the prompt, in upper or lower case.
            since: planned at this time or later, in seconds since the epoch.
            state: how the job stands.
            rating: exactly this one.
            base_url: where it was sent.
            key: the fingerprint of the key; "" for the embedded engine.
            order_id: the call it was part of.
            task_id: the API's name for it.
            limit: the most entries to give.
        """
        conditions = {
            "holds(prompt, ?)": prompt,
            "created_at >= ?": since,
            "state = ?": state,
            "rating = ?": rating,
            "base_url = ?": base_url,
            "key = ?": key,
            "order_id = ?": order_id,
            "json_extract(job, '$.receipt.task_id') = ?": task_id,
        }
        return self._journal.entries(conditions, limit)

    def claim_unfinished(self, base_url: str, key: str) -> tuple[Entry, ...]:
        """Take over what was left unfinished at an API with a key; the oldest come first.

        Unfinished is what is PLANNED, SENDING, IN_QUEUE or IN_PROGRESS, and what is COMPLETED
        without all its audio. What another living process has is left to it, and no two get the
        same. What a dead one was sending becomes UNKNOWN here: nobody can say whether it was sent.
        What it had only planned was never sent, stays PLANNED, and is not sent by this.

        What this library itself has under way is among them: only the caller knows what it waits
        for.
        """
        return self._journal.claim((base_url, key), self._files.stands)

    def unfinished(self, base_url: str, key: str) -> tuple[Entry, ...]:
        """What ``claim_unfinished`` would take over, left to whoever wants it."""
        return self._journal.unfinished((base_url, key), self._files.stands)

    def reserve_poll(
        self,
        base_url: str,
        key: str,
        *,
        per_minute: float,
        now: float,
        late_seconds: float = 0.0,
    ) -> float:
        """Take the next status call of a key, and say in how many seconds it may be made.

        All processes together never make more than ``per_minute`` in any 60 s.

        Args:
            base_url: where it is made.
            key: the fingerprint of the key it is made with.
            per_minute: the limit, above nought.
            now: seconds since the epoch.
            late_seconds: how much later than booked a call may arrive; the API counts arrivals.
        """
        account = (base_url, key)
        with self._database.writing() as db:
            return reserve(db, account, per_minute=per_minute, now=now, late_seconds=late_seconds)

    def prune(
        self,
        *,
        older_than: timedelta | None = None,
        states: Iterable[State] | None = None,
        dry_run: bool = True,
    ) -> Pruned:
        """Take out entries that have ended, and the audio that nobody else points at.

        What is unfinished or of unknown outcome is never taken out.

        Args:
            older_than: only what was planned longer ago.
            states: only what ended like this.
            dry_run: only say what would go.
        """
        before = inf if older_than is None else time() - older_than.total_seconds()
        count, loose = self._journal.remove(before=before, states=states, dry_run=dry_run)
        return self._released(count, loose, dry_run=dry_run)

    def forget(self, job_id: str) -> Pruned:
        """Take one sound out for good: its entry, and the audio if nobody else points at it.

        Raises:
            LibraryError: also if it is unfinished or of unknown outcome, which is never taken out.
        """
        return self._released(1, self._journal.forget(job_id), dry_run=False)

    @property
    def prompt_sets(self) -> PromptSets:
        """Prompts that were saved by name."""
        return PromptSets(self._database)

    def close(self) -> None:
        """Close the journal; what is unfinished may be claimed by others from now on."""
        self._where = "closed"
        self._closer.close()

    def _released(self, count: int, loose: Iterable[Filed], *, dry_run: bool) -> Pruned:
        there = {filed for filed in loose if self._files.stands(filed)}
        if not dry_run:
            # after the rows are gone for good: no entry ever points at a file that was taken away
            self._journal.release(there, self._files.discard)
        return Pruned(entries=count, files=len(there), bytes=sum(filed.size for filed in there))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._where == "closed":
            return "<Library: closed>"
        counts = self._journal.counts()
        states = ", ".join(f"{count} {state}" for state, count in counts.items())
        return f"<Library {self._where}: {states or 'nothing yet'}>"


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep other processes from opening the same library at the same moment."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "opening.lock", timeout=BUSY_SECONDS):
            yield
    except Timeout as error:
        raise LibraryError(
            f"another kernel has been opening the library in {folder} for {BUSY_SECONDS:.0f} s; "
            "stop that one, or try again"
        ) from error
    except OSError as error:
        raise LibraryError(
            f"the library in {folder} cannot be used ({error.strerror or error}); set "
            "SOUNDGEN_HOME to a folder you can write to"
        ) from error
