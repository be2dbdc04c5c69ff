"""Reopening: sounds of the library as takes again, from the bytes that were kept."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from soundgen_nb.errors import AudioError, LibraryError
from soundgen_nb.library import Entry, Library
from soundgen_nb.take import THREADS, Take, shortened
from soundgen_nb.view.ledger import next_step


def title(entry: Entry) -> str:
    """Which sound it is, in a sentence."""
    return f"{shortened(entry.prompt)!r} take {entry.index}"


def reopened(library: Library, entry: Entry) -> Take:
    """The sound of an entry as the take it was, with its factors and provenance.

    Raises:
        LibraryError: if it has no audio, or that is damaged or gone.
    """
    if entry.provenance is None:
        step = next_step(entry.job, kept=False)
        raise LibraryError(f"{title(entry)} has no audio. It is {entry.state}: {step}")
    played, wav = library.sounds(entry.id)
    return Take(
        prompt=entry.prompt,
        sound=played,
        provenance=entry.provenance,
        factors=entry.factors,
        index=entry.index,
        wav=wav,
    )


def reopened_all(
    library: Library, entries: Iterable[Entry], *, analysed: bool = False
) -> list[Take | LibraryError | AudioError]:
    """The take of each entry, or why there is none: one bad file does not hide the others.

    Args:
        library: where the sounds are.
        entries: whose sounds.
        analysed: also measure them, two at once; one that cannot be decoded is an error then.
    """

    def opened(entry: Entry) -> Take | LibraryError | AudioError:
        try:
            take = reopened(library, entry)
            if analysed:
                _ = take.analysis  # the take keeps it
        except (LibraryError, AudioError) as error:
            return error
        return take

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(opened, entries))
