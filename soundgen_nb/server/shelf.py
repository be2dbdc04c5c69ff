"""Finished audio in memory, up to a number of bytes; beyond it the oldest is given up."""

from __future__ import annotations

from collections.abc import Mapping


class Shelf:
    """Encoded files by task id, in the order they came.

    The newest sound always stays, even when it alone is over ``max_bytes``: somebody is about to
    fetch it.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._files: dict[str, Mapping[str, bytes]] = {}

    def put(self, task_id: str, files: Mapping[str, bytes]) -> None:
        """Keep the files of one task, by format."""
        self._files[task_id] = files
        self._bytes += _size(files)
        while self._bytes > self._max_bytes and len(self._files) > 1:
            self.drop(next(iter(self._files)))

    def drop(self, task_id: str) -> None:
        """Give up what is kept of a task, if anything."""
        self._bytes -= _size(self._files.pop(task_id, {}))

    def get(self, task_id: str, name: str) -> bytes | None:
        """The file of a task in the format ``name``, while it is kept."""
        return self._files.get(task_id, {}).get(name)


def _size(files: Mapping[str, bytes]) -> int:
    return sum(len(data) for data in files.values())
