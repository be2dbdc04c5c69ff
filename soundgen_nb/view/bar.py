"""A bar for work that is counted: how many of how many, in a notebook or a terminal, then gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import monotonic
from typing import Protocol, TypeVar

T = TypeVar("T")

_FIRST_DRAWN_SECONDS = 0.3  # what is done sooner needs no progress bar
_REDRAWN_SECONDS = 0.2


class Surface(Protocol):
    """Where a bar is drawn: a notebook's output or a terminal's line."""

    def show(self, html: str, line: str) -> None:
        """Put this in the place of what was there."""

    def wipe(self) -> None:
        """Leave nothing behind."""


def counted(things: Iterable[T], total: int, surface: Surface | None) -> Iterator[T]:
    """The things as they come, while a bar on the surface tells how many of ``total`` came.

    It is drawn on the thread that takes them, after 0.3 s and then five times a second, and is
    gone with the last, or with an error.
    """
    start = monotonic()
    due = start + _FIRST_DRAWN_SECONDS
    drawn = False
    try:
        for done, thing in enumerate(things, 1):
            yield thing
            if surface is not None and monotonic() >= due:
                drawn = True  # before: an interrupt may come as soon as it can be seen
                surface.show(*bar(done, total, monotonic() - start))
                due = monotonic() + _REDRAWN_SECONDS
    finally:
        if surface is not None and drawn:
            surface.wipe()


def bar(done: int, total: int, seconds: float) -> tuple[str, str]:
    """A bar as HTML and as a line of text.

    Args:
        done: how many are.
        total: of how many, at least one.
        seconds: since the first began.

    Example:
        >>> bar(250, 1000, 10.0)[1]
        '250/1000 |█████···············| 25.0 a second, 30 s left'
    """
    share = done / total
    pace = done / max(seconds, 1e-3)
    words = f"{pace:.1f} a second, {(total - done) / max(pace, 1e-3):.0f} s left"
    html = (
        f'<div class="soundgen-progress" style="{_BOX}"><span>{done}/{total}</span>'
        f'<span style="{_TRACK}" role="progressbar" aria-valuenow="{share:.0%}">'
        f'<span style="display:block;height:100%;width:{share:.1%};background:#1f77b4"></span>'
        f"</span><span>{words}</span></div>"
    )
    return html, f"{done}/{total} |{('█' * round(20 * share)).ljust(20, '·')}| {words}"


_BOX = "display:flex;gap:.75em;align-items:center;font:13px/1.5 system-ui,sans-serif"
_TRACK = (
    "flex:0 1 20em;height:.5em;border-radius:.25em;overflow:hidden;background:rgba(128,128,128,.25)"
)
