"""Collection: many audio files measured at once, one row a file, on any executor."""

from __future__ import annotations

import os
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
)
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any

from soundgen_nb.analysis import DEEP_MEASURES, MEASURES, analyse, analyse_deeply
from soundgen_nb.errors import InputError, SoundgenError
from soundgen_nb.options import spelt
from soundgen_nb.sound import SUFFIXES, Sound
from soundgen_nb.take import THREADS
from soundgen_nb.view.bar import counted
from soundgen_nb.view.progress import surface_here

if TYPE_CHECKING:
    import pandas as pd

_AHEAD = 256
"""Files handed out and not yet back: enough for many workers, and memory stays flat."""

_ABOUT = {"file": "", "error": "", "format": "", "sample_rate": "Hz", "channels": ""}

Path_ = str | os.PathLike[str]


@spelt
def measure(
    paths: Path_ | Iterable[Path_], *, deep: bool = False, executor: Executor | None = None
) -> pd.DataFrame:
    """Measure audio files: one row for each, in the order they were given.

    A file that cannot be measured keeps its row, with the reason in the column ``error`` and no
    values; a warning says how many. Columns: file, error, format, sample_rate, channels, every
    measure, and notes: "measure: sentence; …" for values that are not what their name promises in
    full (a short-term maximum under 3 s), "" for none. Units stand in ``.attrs["units"]``. Only
    numbers are kept, so memory does not grow with the audio. A bar shows how far it is, in
    notebooks and terminals.

    Args:
        paths: audio files, or folders, of which every mp3, wav, ogg, flac and aiff file is taken,
            those of folders inside them too; or patterns with ``*``, ``?`` and ``**``, whose
            matches are taken in the order of their names.
        deep: also pitch, tempo and what else only librosa hears; several times as long.
        executor: where to work: a ``ProcessPoolExecutor``, or a cluster's
            ``client.get_executor()``, whose workers must see the same files; two threads of this
            process if left out. It is not shut down.

    Raises:
        InputError: if there are no files, nothing at the one path or for the one pattern that is
            given, or something that is no path, or no executor that takes work.

    Example:
        >>> frame = sg.measure("recordings")                                 # doctest: +SKIP
        >>> frame[["file", "loudness_lufs", "centroid_hz"]]                  # doctest: +SKIP
        >>> sg.measure("recordings/*-close.wav")                             # doctest: +SKIP
    """
    files = _files(paths)
    if executor is not None and not isinstance(executor, Executor):
        raise InputError(
            f"executor must be a concurrent.futures.Executor, not {type(executor).__name__}; "
            "a Dask client has one: client.get_executor()"
        )
    pool = executor or ThreadPoolExecutor(THREADS)
    try:
        outcomes = _outcomes(pool, files, deep=deep)
        rows = list(counted(outcomes, len(files), surface_here()))
    finally:
        if executor is None:
            pool.shutdown(cancel_futures=True)
    if failed := sum(row["error"] != "" for row in rows):
        warnings.warn(
            f"{failed} of {len(files)} files could not be measured; the column 'error' says why",
            stacklevel=3,  # the line of the user, beyond what checks the options
        )
    return _frame(files, rows, deep=deep)


def _files(paths: Path_ | Iterable[Path_]) -> list[str]:
    """The files as they were given, and those of folders and patterns."""
    if isinstance(paths, str | os.PathLike):
        _check_there(Path(paths).expanduser())
        return _files([paths])
    several = list(paths) if isinstance(paths, Iterable) else [paths]
    if wrong := [each for each in several if not isinstance(each, str | os.PathLike)]:
        raise InputError(f"a file is given by its path, as text or a Path, not {wrong[0]!r}")
    places = [place for each in several for place in _matches(Path(each).expanduser())]
    files = [file for place in places for file in _of_folder(place)]
    if not files:
        raise InputError(
            f"there are no audio files in {several!r}; give files, or a folder of some"
        )
    return [str(file) for file in files]


def _check_there(path: Path) -> None:
    """Whether a path that is alone leads anywhere; among several it would keep its row.

    Raises:
        InputError: if nothing is there.
    """
    if not any(os.path.lexists(each) for each in _matches(path)):
        raise InputError(
            f"no file or folder is called {str(path.absolute())!r} or fits it as a pattern; see "
            "whether it is spelt so, and whether you are in the folder you think you are"
        )


def _matches(path: Path) -> Sequence[Path]:
    """What fits a path as a pattern, in order; the path itself if it is there, or nothing fits."""
    if not has_magic(str(path)) or os.path.lexists(path):
        return [path]
    # as in a shell: what pathlib finds includes hidden files
    found = sorted(glob(str(path), recursive=True))  # noqa: PTH207
    return [Path(each) for each in found] or [path]


def _of_folder(path: Path) -> Sequence[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES)


def _outcomes(pool: Executor, files: Iterable[str], *, deep: bool) -> Iterator[Mapping[str, Any]]:
    """A row for each file, in order; what nobody waits for any more is called off."""
    waiting: deque[Future[Mapping[str, Any]]] = deque()
    try:
        for place, file in enumerate(files):
            waiting.append(_submitted(pool, file, deep=deep, first=place == 0))
            if len(waiting) == _AHEAD:
                yield _outcome(waiting.popleft())
        while waiting:
            yield _outcome(waiting.popleft())
    finally:
        for future in waiting:
            future.cancel()


def _submitted(pool: Executor, file: str, *, deep: bool, first: bool) -> Future[Mapping[str, Any]]:
    try:
        return pool.submit(_measured, file, deep=deep)
    except RuntimeError as error:
        if first and not isinstance(error, BrokenExecutor):
            raise InputError(
                f"the executor takes no work ({error}); give one that has not been shut down"
            ) from error
        # a worker has died, or somebody shut it down; what was measured before is kept
        broken: Future[Mapping[str, Any]] = Future()
        broken.set_exception(error)
        return broken


def _outcome(future: Future[Mapping[str, Any]]) -> Mapping[str, Any]:
    """What was measured; or, whatever went wrong in one file, its reason: the rest is not lost."""
    try:
        error = future.exception()
    except CancelledError:
        return {"error": "called off: its executor was shut down, or its cluster closed"}
    if error is None:
        return future.result()
    if not isinstance(error, Exception):
        raise error
    return {"error": f"{type(error).__name__}: {error}"}


def _measured(file: str, *, deep: bool) -> Mapping[str, Any]:
    """The row of a file; its reason, if it cannot be measured.

    It is not raised in a worker: those of a cluster print each error with all that led to it.
    """
    try:
        return _row(file, deep=deep)
    except SoundgenError as error:
        return {"error": str(error)}


def _row(file: str, *, deep: bool) -> Mapping[str, Any]:
    sound = Sound.from_file(file)
    samples, sample_rate = sound.samples, sound.sample_rate
    measures = analyse(samples, sample_rate).measures
    deeper = analyse_deeply(samples, sample_rate) if deep else {}
    return {
        "error": "",
        "format": sound.format,
        "sample_rate": sample_rate,
        "channels": sound.channels,
        **measures,
        **deeper,
        "notes": measures.remarks,
    }


def _frame(files: Sequence[str], rows: Sequence[Mapping[str, Any]], *, deep: bool) -> pd.DataFrame:
    # half a second, and only tables need it
    import pandas as pd  # noqa: PLC0415

    shown = (*MEASURES, *DEEP_MEASURES) if deep else MEASURES
    columns = [*_ABOUT, *(each.name for each in shown), "notes"]
    whole = [{"file": file, "notes": "", **row} for file, row in zip(files, rows, strict=True)]
    frame = pd.DataFrame(whole, columns=columns)
    # rows without values would turn them to floats
    frame = frame.astype({"sample_rate": "Int64", "channels": "Int64"})
    frame.attrs["units"] = _ABOUT | {
        **{each.name: each.unit if each.shown_times == 1 else "" for each in shown},
        "notes": "",
    }
    return frame
