"""History: jobs of a library as a table that shows itself, and the ways back to their sounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from soundgen_nb.chronicle import rows
from soundgen_nb.chronicle.filters import Moment, checked_moment, checked_state
from soundgen_nb.chronicle.reopening import reopened, reopened_all, title
from soundgen_nb.comparison import Comparison
from soundgen_nb.errors import AudioError, InputError, LibraryError
from soundgen_nb.library import Entry, Library
from soundgen_nb.take import Take, Takes
from soundgen_nb.view import ledger
from soundgen_nb.view.gallery import many
from soundgen_nb.view.ledger import Line
from soundgen_nb.wire import State, checked_whole

if TYPE_CHECKING:
    import pandas as pd

MOST_PLAYERS = 20
"""How many sounds are played in the table itself, the newest; the others are opened by hand."""

MOST_AUDIO_BYTES = 1_500_000
"""How much audio that may be together, as received; in a notebook it is a third more."""

MOST_LINES = 60
"""How many rows the table shows; the frame has all of them."""

_LINES_OF_TEXT = 20
_STILL_TO_PAY = {State.SENDING, State.IN_QUEUE, State.IN_PROGRESS, State.UNKNOWN}


@dataclass(frozen=True, eq=False, repr=False)
class History:
    """Jobs of a library as they were at one moment, the newest first. It shows itself.

    It reads like a pandas DataFrame: columns, ``.query(...)``, ``.to_csv(...)`` and whatever else a
    frame has are those of ``.frame``, as are ``for name in history`` and ``len``. It is none
    (``isinstance`` says so, and a plotting library that insists wants ``history.frame``), because a
    subclass would cost every ``import`` half a second of pandas, would still call itself a history
    after ``groupby`` or ``pivot``, and would give ``compare``, which every frame has, another
    meaning. Rows of the frame keep their numbers through ``query`` and sorting, so they lead back:
    ``history.compare(*history.query("rating >= 4").index)``.

    Attributes:
        library: where the jobs, their sounds and ratings are.
        entries: one for each row.

    Example:
        >>> from soundgen_nb.wire import Job, Submission
        >>> library = Library.in_memory()
        >>> job = Job(submission=Submission(prompt="rain"), base_url="https://api.example.com")
        >>> library.plan([Entry(job=job, order_id="monday")])
        >>> history = History.of(library, state="planned")
        >>> history["state"].tolist(), history.query("take > 1").empty
        (['PLANNED'], True)
    """

    library: Library
    entries: tuple[Entry, ...]

    @classmethod
    def of(
        cls,
        library: Library,
        *,
        prompt: str | None = None,
        since: Moment | None = None,
        state: State | str | None = None,
        rating: int | None = None,
        limit: int | None = None,
    ) -> Self:
        """The jobs that meet every filter given.

        Args:
            library: where to look.
            prompt: a part of the prompt, in upper or lower case.
            since: asked for at this time or later: a datetime or date (of this machine's time zone,
                unless it has its own), the same as ISO text ("2026-03-01"), a timedelta back from
                now, or seconds since the epoch.
            state: how the job stands, in upper or lower case: "unknown".
            rating: exactly this one, from 1 to 5.
            limit: the most rows, the newest.

        Raises:
            InputError: for a filter that cannot be used, naming it.
            LibraryError: if the library cannot be read.
        """
        if not isinstance(prompt, str | None):
            raise InputError(f"prompt must be a part of the prompt's text, not {prompt!r:.80}")
        entries = library.entries(
            prompt=prompt,
            since=None if since is None else checked_moment(since),
            state=None if state is None else checked_state(state),
            rating=None if rating is None else checked_whole("rating", rating, 1, 5),
            limit=None if limit is None else checked_whole("limit", limit, 1, 10**9),
        )
        return cls(library, entries)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row for each job, newest first.

        Columns: prompt, a column for each factor, take, state (plain text), seconds (as measured,
        else as the server says), loudness_lufs (once measured, see ``measured``), rating, tags,
        note, credits (spent: of completed jobs, in the server's own unit), engine and host (who
        made it, who was asked), created (UTC), job_id and task_id. What is not known is missing,
        never nought. A factor with the name of another column gets " (factor)" behind it.
        """
        return rows.frame(self.entries)

    def reload(self, job: str | int) -> Take:
        """The sound of a job as a take, from the bytes that were kept.

        Args:
            job: its ``job_id``, or the number of its row.

        Raises:
            InputError: if it is not in this history.
            LibraryError: if it has no audio, or that is damaged or gone.
        """
        # as it is by now: its audio may have come since
        return reopened(self.library, self.library.entry(self._entry(job).id))

    def takes(self) -> Takes:
        """Every sound of these rows that is kept, in the order they were asked for.

        One that cannot be read is among the ``.failures``.
        """
        kept = [entry for entry in reversed(self.entries) if entry.kept]
        found = reopened_all(self.library, kept)
        return Takes(
            tuple(each for each in found if isinstance(each, Take)),
            tuple(each for each in found if not isinstance(each, Take)),
        )

    def compare(self, *jobs: str | int) -> Comparison:
        """Sounds side by side, as they were: nothing is made or bought.

        Args:
            *jobs: job ids or row numbers; none for every sound of these rows.

        Raises:
            InputError: if one is not in this history, or there is no sound at all.
            LibraryError: if one that was named has no audio.
        """
        if jobs:
            return Comparison.from_takes(self.reload(job) for job in jobs)
        takes = self.takes()
        if not takes:
            raise InputError(
                f"there is no sound to compare among {self._counts}; look with other filters, or "
                "make some with sg.compare(...)"
            )
        return Comparison(takes)

    def measured(self) -> Self:
        """The same jobs with their numbers: what is kept and was never measured is measured now.

        That takes about a tenth of a second for each sound, once: the numbers are written down in
        the library.
        """
        waiting = [entry for entry in self.entries if entry.kept and not entry.measures]
        found = reopened_all(self.library, waiting, analysed=True)
        numbers = {
            entry.id: dict(take.measures)
            for entry, take in zip(waiting, found, strict=True)
            if isinstance(take, Take)
        }
        for job_id, measures in numbers.items():
            self.library.measured(job_id, measures)
        entries = (replace(e, measures=numbers.get(e.id, e.measures)) for e in self.entries)
        return replace(self, entries=tuple(entries))

    def rate(self, job: str | int, stars: int | None) -> Sentence:
        """Write down what you think of a sound; the next history shows it.

        Args:
            job: its ``job_id``, or the number of its row.
            stars: 1 to 5, or None to take a rating back.

        Raises:
            InputError: for any other rating, or a job that is not in this history.
        """
        entry = self._entry(job)
        self.library.rate(entry.id, stars)
        rated = "is no longer rated" if stars is None else f"is rated {stars} of 5"
        return Sentence(f"{title(entry)} {rated}; sg.history() shows it.")

    def prune(self, *, older_than: timedelta, dry_run: bool = True) -> Sentence:
        """Take what is old out of the library, sounds and all: not of these rows alone.

        What is unfinished or of unknown outcome stays.

        Args:
            older_than: what was asked for longer ago; ``timedelta(0)`` is everything.
            dry_run: only say what would go.

        Raises:
            InputError: if ``older_than`` is no timedelta, or a negative one.
        """
        if not isinstance(older_than, timedelta) or older_than < timedelta(0):
            raise InputError(
                f"older_than must be an age such as timedelta(days=90), not {older_than!r}"
            )
        gone = self.library.prune(older_than=older_than, dry_run=dry_run)
        what = (
            f"{many(gone.entries, 'job')} and {many(gone.files, 'sound file')} "
            f"({gone.bytes / 1e6:.1f} MB)"
        )
        if dry_run:
            return Sentence(f"This would take out {what}; with dry_run=False it does, for good.")
        return Sentence(f"Taken out of the library: {what}.")

    def __getitem__(self, key: Any) -> Any:
        return self.frame[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.frame)

    def __len__(self) -> int:
        return len(self.entries)

    def __getattr__(self, name: str) -> Any:
        # hidden names are how others ask what an object is, and a frame it is not; those that are
        # ours come here only while there is nothing to build a frame from
        hidden = name.startswith("_") or name in {"frame", "entries", "library"}
        if hidden or not hasattr(self.frame, name):
            raise AttributeError(f"a History has no {name!r}", name=name, obj=self)
        return getattr(self.frame, name)

    def __dir__(self) -> Iterable[str]:
        return {*super().__dir__(), *(name for name in dir(self.frame) if name[0] != "_")}

    def _ipython_key_completions_(self) -> list[str]:
        return [str(name) for name in self.frame]

    def __repr__(self) -> str:
        lines = [rows.line(entry) for entry in self.entries[:_LINES_OF_TEXT]]
        texts = [ledger.text(line, number) for number, line in enumerate(lines)]
        more = len(self) - len(lines)
        texts += [f"and {more} older; .frame has them all"] if more else []
        return "\n  ".join([f"<History: {' '.join(self._summary)}", *texts]) + ">"

    def _repr_html_(self) -> str:
        return self.table_html(hint=self._hint)

    def table_html(self, *, hint: str = "") -> str:
        """The table as plain HTML, with ``hint`` as the last sentence under it."""
        more = len(self) - len(self._lines)
        older = f"{more} older ones are not shown; .frame has them, and filters narrow it down."
        below = f"{older if more else ''} {hint}".strip()
        return ledger.ledger(self._lines, summary=self._summary, below=below)

    @property
    def _hint(self) -> str:
        """What can be done with the sounds, on one that is there."""
        row = next((row for row, entry in enumerate(self.entries) if entry.kept), None)
        if row is None:
            return ""
        return (
            f"Give it a name, h = sg.history(): h.reload({row}) opens the sound of row {row}, "
            f"h.compare() puts all of them side by side, h.rate({row}, 5) rates one, h.frame is "
            "the table."
        )

    @property
    def _counts(self) -> str:
        states = Counter(entry.state for entry in self.entries)
        told = ", ".join(f"{states[state]} {state}" for state in State if states[state])
        return f"{many(len(self), 'job')}{told and f' ({told})'}"

    @property
    def _summary(self) -> list[str]:
        """What is true of all rows, a sentence or two."""
        if not self.entries:
            return ["Nothing here. sg.history() without filters has all that was ever asked for."]
        spent = [rows.spent(entry) for entry in self.entries]
        awaited = [entry.job.credits for entry in self.entries if entry.state in _STILL_TO_PAY]
        known = [each for each in (*spent, *awaited) if each is not None]
        if not known:
            return [f"{self._counts}."]
        more = sum(each or 0.0 for each in awaited)
        told = f", {more:g} more for what is under way or unknown" if more else ""
        total = sum(each or 0.0 for each in spent)
        return [f"{self._counts}.", f"Credits (server's estimate): {total:g} spent{told}."]

    @cached_property
    def _lines(self) -> list[Line]:
        """The rows of the table; the newest sounds are opened and measured for it."""
        shown = self.entries[:MOST_LINES]
        playable = list(_playable(shown))
        found = reopened_all(self.library, playable, analysed=True)
        heard = dict(zip((entry.id for entry in playable), found, strict=True))
        return [_heard(rows.line(entry), heard.get(entry.id)) for entry in shown]

    def _entry(self, job: str | int) -> Entry:
        """The entry of a job, by its id or its row.

        Raises:
            InputError: if there is none.
        """
        if self.entries and not isinstance(job, str):
            return self.entries[checked_whole("the row", job, 0, len(self) - 1)]
        for entry in self.entries:
            if entry.id == job:
                return entry
        raise InputError(
            f"there is no job {job!r:.80} among these {len(self)}; sg.history() has all, with "
            "their ids in the column job_id"
        )


class Sentence(str):
    """What was done, in words; it shows itself without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _heard(line: Line, found: Take | LibraryError | AudioError | None) -> Line:
    """The line with its player and picture, or with why there is none."""
    if found is None:
        return line
    if not isinstance(found, Take):
        return replace(line, trouble=str(found))
    return replace(line, sound=found.sound, analysis=found.analysis)


def _playable(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The newest sounds that fit into one output; one that is too large makes room for others."""
    players, left = MOST_PLAYERS, MOST_AUDIO_BYTES
    for entry in entries:
        if entry.played is not None and players and entry.played.size <= left:
            players, left = players - 1, left - entry.played.size
            yield entry
