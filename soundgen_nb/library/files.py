"""Files: the audio of the library by what it is, and never half of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from soundgen_nb.errors import LibraryError
from soundgen_nb.library.entry import Filed
from soundgen_nb.sound import Sound

Settle = Callable[[], None]
"""Puts staged sounds in their places; to be called in the transaction that says they are there."""


class Files(Protocol):
    """Where sounds are kept: on disk, or in memory where there is no disk to be had."""

    def staged(self, sounds: Sequence[Sound]) -> AbstractContextManager[Settle]:
        """Take sounds in without putting them in their places yet."""

    def read(self, filed: Filed) -> Sound:
        """A sound that is kept, checked against its digest and size."""

    def stands(self, filed: Filed) -> bool:
        """Whether a sound is there in its full size."""

    def discard(self, filed: Filed) -> None:
        """Let go of a sound."""


class SoundFiles:
    """Sounds in one folder, each under its digest.

    A sound is written under a passing name, brought to the disk, and renamed: there is all of it
    under its own name or nothing, whenever the process is killed.

    Args:
        folder: of the sounds; made if it is not there.
        owner: in the passing names, so that they can be swept away when it is dead.
    """

    def __init__(self, folder: Path, owner: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._owner = owner

    @contextmanager
    def staged(self, sounds: Sequence[Sound]) -> Iterator[Settle]:
        """Write sounds to the disk under passing names, which are gone at the end of the block.

        Raises:
            LibraryError: if they cannot be written.
        """
        parts = [self._folder / f"{self._owner}.{uuid4().hex}.part" for _ in sounds]
        places = [self._path(Filed.of(sound)) for sound in sounds]

        def settle() -> None:
            for part, place in zip(parts, places, strict=True):
                part.replace(place)
            _bring_names_to_disk(self._folder)

        try:
            for part, sound in zip(parts, sounds, strict=True):
                _write_to_disk(part, sound.data)
            yield settle
        except OSError as error:
            raise LibraryError(
                f"the sound cannot be kept in {self._folder}: {error.strerror or error}; make room "
                "there, then resume() fetches it again"
            ) from error
        finally:
            for part in parts:
                part.unlink(missing_ok=True)

    def read(self, filed: Filed) -> Sound:
        """A sound that is kept, checked against its digest and size.

        Bytes that are not what they should be are set aside under another name, so that the sound
        counts as not there from then on.

        Raises:
            LibraryError: if it is missing or damaged, naming the file.
        """
        path = self._path(filed)
        try:
            data = path.read_bytes()
            if len(data) != filed.size or sha256(data).hexdigest() != filed.digest:
                path.replace(path.with_name(f"{path.name}.damaged"))
                raise LibraryError(f"{path} is damaged; {_AGAIN}")
            return Sound(data)
        except OSError as error:
            raise LibraryError(f"{path} cannot be read ({error}); {_AGAIN}") from error

    def stands(self, filed: Filed) -> bool:
        """Whether a sound is there in its full size; a look that does not read it."""
        try:
            return self._path(filed).stat().st_size == filed.size
        except OSError:
            return False

    def discard(self, filed: Filed) -> None:
        """Delete a sound, if it is there.

        Raises:
            LibraryError: if it cannot be deleted.
        """
        try:
            self._path(filed).unlink(missing_ok=True)
        except OSError as error:
            raise LibraryError(f"{self._path(filed)} cannot be deleted: {error}") from error

    def sweep(self, alive: Callable[[str], bool]) -> None:
        """Take away what the dead had begun to write."""
        for part in self._folder.glob("*.part"):
            if not alive(part.name.split(".", maxsplit=1)[0]):
                part.unlink(missing_ok=True)

    def _path(self, filed: Filed) -> Path:
        return self._folder / filed.name


class SoundsInMemory:
    """The same, without a disk: the sounds go when the process ends."""

    def __init__(self) -> None:
        self._sounds: dict[str, Sound] = {}

    @contextmanager
    def staged(self, sounds: Sequence[Sound]) -> Iterator[Settle]:
        """Take sounds in without putting them in their places yet."""
        yield lambda: self._sounds.update((Filed.of(sound).name, sound) for sound in sounds)

    def read(self, filed: Filed) -> Sound:
        """A sound that is kept.

        Raises:
            LibraryError: if it is not there.
        """
        if filed.name not in self._sounds:
            raise LibraryError(f"the sound {filed.name} is not in memory; {_AGAIN}")
        return self._sounds[filed.name]

    def stands(self, filed: Filed) -> bool:
        """Whether a sound is there."""
        return filed.name in self._sounds

    def discard(self, filed: Filed) -> None:
        """Let go of a sound, if it is there."""
        self._sounds.pop(filed.name, None)


_AGAIN = "resume() fetches the sound again while the API still has it"


def _write_to_disk(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _bring_names_to_disk(folder: Path) -> None:
    if os.name == "nt":  # there a folder cannot be opened, and names need no help
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
