"""Database: one SQLite file that threads and processes share, and its errors in our words."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from soundgen_nb.errors import LibraryError
from soundgen_nb.library.schema import MIGRATIONS, Migrations

BUSY_SECONDS = 60.0
"""How long one process waits for another to finish writing; a write takes milliseconds."""

_MOVE = "set SOUNDGEN_HOME to a folder you can write to"
_DAMAGED = (
    "it is damaged: move it away, with its -wal and -shm if there are any, and a new one is begun; "
    "the sounds stay"
)
_REMEDIES = {
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_READONLY: _MOVE,
    sqlite3.SQLITE_CANTOPEN: _MOVE,
    sqlite3.SQLITE_PERM: _MOVE,
    sqlite3.SQLITE_FULL: "make room on the disk and try again",
    sqlite3.SQLITE_IOERR: "make sure there is room on the disk and try again",
    sqlite3.SQLITE_BUSY: "another kernel holds it; stop that one, or try again",
}


class Database:
    """A connection to the journal, in WAL mode where the file system allows it. Thread-safe.

    Every transaction is on the disk when it ends (``synchronous=FULL``). One process at a time may
    open the same file; once it is open, any number may work on it.

    Args:
        path: the file; None for a database in memory.
        migrations: the steps to bring it up to date with.

    Raises:
        LibraryError: if the file is damaged, cannot be written, or is of a later version.
    """

    def __init__(self, path: Path | None, migrations: Migrations = MIGRATIONS) -> None:
        self._name = str(path or "the journal in memory")
        self._process = os.getpid()
        self._lock = Lock()
        with self._in_our_words():
            self._connection = sqlite3.connect(
                path or ":memory:",
                timeout=BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
            try:
                self._prepare(migrations)
            except BaseException:
                self._connection.close()
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for SELECT.

        Raises:
            LibraryError: for whatever goes wrong in it.
        """
        # before the lock, which another thread may have held at the moment of the fork
        self._check_process()
        with self._lock, self._in_our_words():
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it happens and is on the disk, or nothing. No other is beside it.

        Raises:
            LibraryError: for whatever goes wrong in it.
        """
        # sqlite3's own block, which no interrupt can get between: whoever is interrupted while
        # waiting for the others gets the file all the same, and gives it back
        with self.reading() as connection, connection:
            # a plain BEGIN would take the lock at the first write, too late to wait for it
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    def close(self) -> None:
        """Close the connection."""
        with self._lock, self._in_our_words():
            self._connection.close()

    def _prepare(self, migrations: Migrations) -> None:
        connection = self._connection
        connection.row_factory = sqlite3.Row
        connection.create_function("holds", 2, _holds, deterministic=True)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(migrations):
            raise LibraryError(
                f"{self._name} is of version {version}, and this soundgen_nb reads up to "
                f"{len(migrations)}: upgrade it, or set SOUNDGEN_HOME to another folder"
            )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        for step, statements in enumerate(migrations[version:], start=version + 1):
            with self.writing():
                for statement in statements:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {step}")

    def _check_process(self) -> None:
        if os.getpid() != self._process:
            raise LibraryError("this library was opened before a fork; open it again in the child")

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            # the low byte is the kind; the rest says where it happened
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            remedy = _REMEDIES.get(code)
            says = f"{error}; {remedy}" if remedy else str(error)
            raise LibraryError(f"{self._name} cannot be used: {says}") from error


def _holds(text: str, part: str) -> bool:
    """What SQL's LIKE is not: it ignores case in every script, and has no wildcards."""
    return part.casefold() in text.casefold()
