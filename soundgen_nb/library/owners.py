"""Owners: which of the kernels that share a library are alive, known at once when one is killed."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout


class Owners:
    """This open library's own lock, and a look at everybody else's.

    The operating system gives a lock back when its process ends, however it ends. To look is to
    take a lock for a moment, so only one process at a time may look: the one that is in a
    transaction of the journal.

    Args:
        folder: where the locks are; only one process at a time may begin here.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.id = uuid4().hex
        self._lock = FileLock(self._path(self.id), thread_local=False)
        self._lock.acquire(timeout=0)

    def alive(self, owner: str) -> bool:
        """Whether the library with this owner's id is still open in a process that runs."""
        if owner == self.id:
            return True
        path = self._path(owner)
        if not path.exists():
            return False
        try:
            # a block, so that an interrupt leaves no dead owner with a lock that looks like life
            with FileLock(path, timeout=0, thread_local=False):
                return False
        except Timeout:
            return True

    def sweep(self) -> None:
        """Take away the locks of the dead."""
        for path in self._folder.glob("*.lock"):
            if not self.alive(path.stem):
                path.unlink(missing_ok=True)

    def leave(self) -> None:
        """Give up this library's own lock."""
        self._lock.release()
        self._path(self.id).unlink(missing_ok=True)

    def _path(self, owner: str) -> Path:
        return self._folder / f"{owner}.lock"
