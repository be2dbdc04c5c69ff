"""A compact live picture of jobs while a cell waits, gone when it is done.

News comes from the loop's thread and is only noted; drawing happens on the thread that waits, whose
output belongs to the right cell.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from html import escape
from threading import Lock
from time import monotonic, time
from typing import Any, Protocol, TextIO

from soundgen_nb.wire import Job, State

_FIRST_DRAWN_SECONDS = 0.3  # what is done sooner needs no progress bar
_REDRAWN_SECONDS = 0.2
_LINES = 8

_WORDS = {
    State.PLANNED: "waiting its turn",
    State.SENDING: "sending",
    State.IN_QUEUE: "in the queue",
    State.IN_PROGRESS: "being made",
    State.COMPLETED: "done",
    State.FAILED: "failed",
    State.REFUSED: "refused",
    State.UNKNOWN: "outcome unknown",
    State.DROPPED: "dropped",
}


class Surface(Protocol):
    """Where progress is drawn."""

    def draw(self, jobs: Sequence[Job], now: float) -> None:
        """Show the jobs as they are at ``now`` (seconds since the epoch)."""

    def wipe(self) -> None:
        """Leave nothing behind."""


class Progress:
    """The jobs of one call, as last heard of, drawn on a surface.

    Example:
        >>> from soundgen_nb.wire import Submission
        >>> progress = Progress([Job(submission=Submission(prompt="rain"), base_url="")], None)
        >>> progress.sentence
        '1 waiting its turn'
    """

    def __init__(self, jobs: Sequence[Job], surface: Surface | None) -> None:
        self._lock = Lock()
        self._jobs = {job.id: job for job in jobs}
        self._surface = surface
        self._due = monotonic() + _FIRST_DRAWN_SECONDS
        self._drawn = False

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs as last heard of, in the order they were asked."""
        with self._lock:
            return tuple(self._jobs.values())

    @property
    def sentence(self) -> str:
        """How many jobs are in which state."""
        return tally(self.jobs)

    def notice(self, job: Job) -> None:
        """Take news of a job, on any thread."""
        with self._lock:
            self._jobs[job.id] = job

    def look(self) -> None:
        """Draw, if it is time; on the thread that waits."""
        if self._surface is None or monotonic() < self._due:
            return
        self._drawn = True  # before: an interrupt may come as soon as it can be seen
        try:
            self._surface.draw(self.jobs, time())
        except (OSError, ValueError):  # a terminal that is gone is no reason to drop paid work
            self._surface = None
        self._due = monotonic() + _REDRAWN_SECONDS

    def close(self) -> None:
        """Take the picture away."""
        if self._surface is not None and self._drawn:
            self._surface.wipe()


class NotebookSurface:
    """One output of the current cell, updated in place and blank in the end."""

    def __init__(self) -> None:
        self._handle: Any = None

    def draw(self, jobs: Sequence[Job], now: float) -> None:
        """Show or update the picture."""
        self.show(progress_html(jobs, now), tally(jobs))

    def wipe(self) -> None:
        """Make the output blank; nothing of it is saved with the notebook."""
        if self._handle is not None:
            self.show("", "")

    def show(self, html: str, line: str) -> None:
        """Show or update what is here: HTML, and a line of text for where there is none."""
        bundle = {"text/html": html, "text/plain": line}
        # IPython is there whenever a notebook is; without one this class is not used
        from IPython.display import DisplayHandle  # noqa: PLC0415

        if self._handle is None:
            self._handle = DisplayHandle()  # type: ignore[no-untyped-call]  # IPython's own gap
            self._handle.display(bundle, raw=True)
        else:
            self._handle.update(bundle, raw=True)


class TerminalSurface:
    """One line of a terminal, rewritten in place."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def draw(self, jobs: Sequence[Job], now: float) -> None:
        """Rewrite the line."""
        done = sum(job.state.ended for job in jobs)
        share = sum(_share(job, now) for job in jobs) / max(len(jobs), 1)
        bar = ("█" * round(20 * share)).ljust(20, "·")
        self.show("", f"{done}/{len(jobs)} |{bar}| {tally(jobs)}")

    def show(self, html: str, line: str) -> None:  # noqa: ARG002 - a notebook's, not a terminal's
        """Rewrite the line with another."""
        self._stream.write(f"\r\x1b[2K{line[:100]}")
        self._stream.flush()

    def wipe(self) -> None:
        """Clear the line."""
        self._stream.write("\r\x1b[2K")
        self._stream.flush()


def surface_here() -> NotebookSurface | TerminalSurface | None:
    """A notebook's output, a terminal's line, or nothing where text would end up in a file."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if hasattr(shell, "kernel"):
        return NotebookSurface()
    return TerminalSurface(sys.stderr) if sys.stderr.isatty() else None


def tally(jobs: Sequence[Job]) -> str:
    """How many jobs are in which state, as in "2 being made, 4 waiting their turn"."""
    counts = [(sum(job.state is state for job in jobs), words) for state, words in _WORDS.items()]
    return ", ".join(f"{n} {words}" for n, words in counts if n)


def progress_html(jobs: Sequence[Job], now: float) -> str:
    """A line for each job: prompt, state, and a bar that fills towards its eta.

    Args:
        jobs: in the order they were asked; those beyond eight lines are summed up.
        now: seconds since the epoch.
    """
    # the jobs that move come first; a long batch would otherwise show only what is done
    moving = sorted(jobs, key=lambda job: (job.state.ended, job.state is State.PLANNED))
    lines = "".join(_line(job, now) for job in moving[:_LINES])
    rest = f"<div>and {len(jobs) - _LINES} more: {tally(jobs)}</div>" if jobs[_LINES:] else ""
    return f'<div class="soundgen-progress" style="{_BOX}">{lines}{rest}</div>'


def _line(job: Job, now: float) -> str:
    share = _share(job, now)
    title = escape(job.submission.prompt, quote=True)
    colour = "#c0392b" if job.state in {State.FAILED, State.REFUSED, State.UNKNOWN} else "#1f77b4"
    return (
        f'<div style="{_ROW}"><span style="{_NAME}" title="{title}">{title}</span>'
        f'<span style="{_TRACK}" role="progressbar" aria-label="{title}"'
        f' aria-valuenow="{100 * share:.0f}">'
        f'<span style="display:block;height:100%;width:{share:.0%};background:{colour}"></span>'
        f'</span><span style="{_STATE}">{_words(job, now)}</span></div>'
    )


def _words(job: Job, now: float) -> str:
    words = _WORDS[job.state]
    if job.submitted_at is None or job.state.ended:
        return words
    left = None if job.eta_seconds is None else job.eta_seconds - (now - job.submitted_at)
    if left is None:
        return f"{words}, {now - job.submitted_at:.0f} s so far"
    return f"{words}, about {left:.0f} s left" if left >= 1 else f"{words}, any moment"


def _share(job: Job, now: float) -> float:
    """How far along a job is, from 0 to 1; only an ended one is at 1."""
    if job.state.ended:
        return 1.0
    if job.submitted_at is None:
        return 0.0
    passed = max(0.0, now - job.submitted_at)
    expected = job.eta_seconds or 10.0
    # towards the eta evenly, then ever slower: a bar at its end that is not done is a lie
    return 0.9 * passed / expected if passed < expected else 1 - 0.1 / (passed / expected)


_BOX = "font:13px/1.5 system-ui,sans-serif;max-width:46rem"
_ROW = "display:flex;gap:.75em;align-items:center"
_NAME = "flex:1 1 12em;overflow:hidden;text-overflow:ellipsis;white-space:nowrap"
_STATE = "flex:0 0 14em"  # as wide in every line, or the bars would not line up
_TRACK = (
    "flex:0 1 10em;height:.5em;border-radius:.25em;overflow:hidden;background:rgba(128,128,128,.25)"
)
