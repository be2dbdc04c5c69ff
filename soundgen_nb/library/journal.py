"""Journal: the entries of a library in its database; every change is one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from time import time
from typing import Any

from soundgen_nb.errors import InputError, LibraryError
from soundgen_nb.library.database import Database
from soundgen_nb.library.entry import UNDER_WAY, Entry, Filed, merged
from soundgen_nb.library.rows import Columns, job_columns, planned_columns, read_entry, read_filed
from soundgen_nb.wire import Job, State

_LOST = "the kernel ended while this was being sent; it may have been accepted and charged"
_AMONG = "state IN (SELECT value FROM json_each(?))"
_ENDED = "(state IN ('FAILED', 'REFUSED', 'DROPPED') OR (state = 'COMPLETED' AND played NOT NULL))"

Conditions = Mapping[str, Any]
"""SQL with one ``?`` each, and its value; a value of None leaves the condition out."""


class Journal:
    """The entries, on behalf of one owner; ``Library`` says what each method promises.

    Args:
        database: where they are.
        owner: the id of the open library that plans and claims.
        alive: whether the library with an owner's id is still open; asked in a transaction, because
            only one process at a time may look.
    """

    def __init__(self, database: Database, owner: str, alive: Callable[[str], bool]) -> None:
        self._database = database
        self._owner = owner
        self._alive = alive

    def plan(self, entries: Iterable[Entry], in_place_of: Iterable[str]) -> None:
        """Write down new entries and what is given up for them, all of it or nothing."""
        rows = [planned_columns(entry) | {"owner": self._owner} for entry in entries]
        with self._database.writing() as db:
            for job_id in in_place_of:
                self._give_up(db, job_id, "asked for again")
            for row in rows:
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                statement = f"INSERT INTO entries ({names}) VALUES ({marks})"  # noqa: S608  # our own names
                db.execute(statement, tuple(row.values()))

    def record(self, job: Job) -> None:
        """Write down news of a job."""
        with self._database.writing() as db:
            row = _found(db, job.id)
            old = read_entry(row).job
            if job.state is State.SENDING:
                _check_may_be_sent(old, owned=row["owner"] == self._owner)
            news = merged(old, job)
            if news != old:
                _update(db, job.id, job_columns(news))

    def drop(self, job_id: str, message: str) -> None:
        """Write down that a job is given up."""
        with self._database.writing() as db:
            self._give_up(db, job_id, message)

    def change(
        self, job_id: str, columns: Columns, settle: Callable[[], None] | None = None
    ) -> None:
        """Write columns of an entry, after ``settle`` has made them true."""
        with self._database.writing() as db:
            _found(db, job_id)
            if settle is not None:
                settle()
            _update(db, job_id, columns)

    def entry(self, job_id: str) -> Entry:
        """The entry of a job."""
        with self._database.reading() as db:
            return read_entry(_found(db, job_id))

    def entries(self, conditions: Conditions, limit: int | None) -> tuple[Entry, ...]:
        """The entries that meet all conditions, newest first."""
        with self._database.reading() as db:
            return tuple(map(read_entry, _selected(db, conditions, limit)))

    def counts(self) -> dict[str, int]:
        """How many entries there are in each state."""
        with self._database.reading() as db:
            rows = db.execute("SELECT state, COUNT(*) FROM entries GROUP BY state").fetchall()
        return {row[0]: row[1] for row in rows}

    def unfinished(
        self, account: tuple[str, str], stands: Callable[[Filed], bool]
    ) -> tuple[Entry, ...]:
        """What ``claim`` would take over, left as it is."""
        with self._database.writing() as db:
            return tuple(map(read_entry, self._open_ends(db, account, stands)))

    def claim(self, account: tuple[str, str], stands: Callable[[Filed], bool]) -> tuple[Entry, ...]:
        """Take over what is unfinished and nobody else's, oldest first."""
        with self._database.writing() as db:
            rows = self._open_ends(db, account, stands)
            return tuple(self._taken(db, row) for row in rows)

    def remove(
        self, *, before: float, states: Iterable[State] | None, dry_run: bool
    ) -> tuple[int, set[Filed]]:
        """Take out ended entries; how many, and the files that nobody points at any more."""
        among = None if states is None else json.dumps([*states])
        conditions = {f"{_ENDED} AND created_at < ?": before, _AMONG: among}
        with self._database.writing() as db:
            gone = [read_entry(row) for row in _selected(db, conditions)]
            loose = _loosened(db, gone)
            if not dry_run:
                _delete(db, gone)
        return len(gone), loose

    def forget(self, job_id: str) -> set[Filed]:
        """Take one ended entry out; the files that nobody points at any more."""
        with self._database.writing() as db:
            entry = read_entry(_found(db, job_id))
            if entry.open:
                raise LibraryError(
                    f"job {job_id} is {entry.state}: what may still come, or may have been "
                    "charged, is not taken out; resume() or drop it first"
                )
            loose = _loosened(db, [entry])
            _delete(db, [entry])
        return loose

    def release(self, files: Iterable[Filed], discard: Callable[[Filed], None]) -> None:
        """Discard those files that still nobody points at, while nobody can begin to."""
        with self._database.writing() as db:
            for filed in set(files) - _pointed_at(db):
                discard(filed)

    def _give_up(self, db: sqlite3.Connection, job_id: str, message: str) -> None:
        row = _found(db, job_id)
        entry = read_entry(row)
        if not entry.open:
            raise LibraryError(f"job {job_id} is {entry.state}: there is nothing to give up")
        # of an unknown outcome nobody waits for more
        if entry.unfinished and self._lives_elsewhere(row["owner"]):
            raise InputError(
                f"another kernel is waiting for {entry.prompt!r:.60} ({entry.state}): leave it to "
                "that one, or shut that one down; then resume() fetches it here"
            )
        _update(db, job_id, job_columns(replace(entry.job, state=State.DROPPED, message=message)))

    def _lives_elsewhere(self, owner: str) -> bool:
        """Whether an owner is another than this one, and alive."""
        return owner != self._owner and self._alive(owner)

    def _open_ends(
        self,
        db: sqlite3.Connection,
        account: tuple[str, str],
        stands: Callable[[Filed], bool],
    ) -> list[sqlite3.Row]:
        """What is unfinished and no other living owner's, oldest first."""
        states = json.dumps([*UNDER_WAY, State.COMPLETED])
        conditions = {"base_url = ?": account[0], "key = ?": account[1], _AMONG: states}
        rows = [row for row in _selected(db, conditions) if not _has_audio(row, stands)]
        owners = {row["owner"] for row in rows}
        others = {owner for owner in owners if self._lives_elsewhere(owner)}
        return [row for row in reversed(rows) if row["owner"] not in others]

    def _taken(self, db: sqlite3.Connection, row: sqlite3.Row) -> Entry:
        entry = read_entry(row)
        if row["owner"] == self._owner:
            return entry
        job = entry.job
        if job.state is State.SENDING:
            job = replace(job, state=State.UNKNOWN, message=_LOST)
        _update(db, job.id, job_columns(job) | {"owner": self._owner})
        return replace(entry, job=job)


def _selected(
    db: sqlite3.Connection, conditions: Conditions, limit: int | None = None
) -> list[sqlite3.Row]:
    given = {sql: value for sql, value in conditions.items() if value is not None}
    where = " AND ".join(given) or "TRUE"
    statement = f"SELECT * FROM entries WHERE {where} ORDER BY number DESC LIMIT ?"  # noqa: S608  # our own words
    return db.execute(statement, (*given.values(), -1 if limit is None else limit)).fetchall()


def _found(db: sqlite3.Connection, job_id: str) -> sqlite3.Row:
    rows = _selected(db, {"job_id = ?": job_id})
    if not rows:
        raise LibraryError(f"there is no job {job_id!r} in the library; it has to be planned first")
    return rows[0]


def _update(db: sqlite3.Connection, job_id: str, columns: Columns) -> None:
    values = columns | {"updated_at": time()}
    sets = ", ".join(f"{name} = ?" for name in values)
    statement = f"UPDATE entries SET {sets} WHERE job_id = ?"  # noqa: S608  # our own names
    db.execute(statement, (*values.values(), job_id))


def _delete(db: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    db.executemany("DELETE FROM entries WHERE job_id = ?", [(entry.id,) for entry in entries])


def _loosened(db: sqlite3.Connection, gone: Sequence[Entry]) -> set[Filed]:
    """The files that nobody points at once these entries are gone."""
    files = {filed for entry in gone for filed in entry.files}
    return files - _pointed_at(db, without={entry.id for entry in gone})


def _check_may_be_sent(job: Job, *, owned: bool) -> None:
    """The gate that no job passes twice: only from PLANNED, and only by its owner."""
    if job.state is not State.PLANNED or not owned:
        whose = "" if owned else ", and another kernel's"
        raise LibraryError(f"job {job.id} is {job.state}{whose} already: it is not sent again")


def _has_audio(row: sqlite3.Row, stands: Callable[[Filed], bool]) -> bool:
    """Whether the files of a completed job are where the row says."""
    filed = [read_filed(row[name]) for name in ("played", "wav")]
    return filed[0] is not None and all(stands(file) for file in filed if file is not None)


def _pointed_at(db: sqlite3.Connection, without: Iterable[str] = ()) -> set[Filed]:
    left_out = set(without)
    rows = db.execute("SELECT job_id, played, wav FROM entries").fetchall()
    texts = {
        row[name] for row in rows if row["job_id"] not in left_out for name in ("played", "wav")
    }
    return {filed for text in texts if (filed := read_filed(text)) is not None}
