"""Listening: cards of what comes, one by one, and then of all of it side by side."""

from __future__ import annotations

import asyncio

import ipywidgets as widgets

from soundgen_nb.comparison import Comparison
from soundgen_nb.errors import SoundgenError
from soundgen_nb.take import Take
from soundgen_nb.view.enlivening import plain
from soundgen_nb.view.panel.desk import Desk
from soundgen_nb.view.panel.fittings import Note, column, named, row

_CARD = {"flex": "1 1 300px", "max_width": "440px", "align_self": "flex-start"}
_EMPTY = "Nothing here yet. Generate some sounds, or open earlier ones under History."


class Listening:
    """The first tab.

    Attributes:
        shown: the comparison that is seen there; it may take a while after another was opened.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.shown: Comparison | None = None
        self._arriving = row(name="arriving")
        self._result = Note("result")
        self.widget = column("listening", [self._arriving, self._result.widget])

    @property
    def html(self) -> str:
        """What is shown of the comparison: plain HTML, for a notebook to keep."""
        return str(self._result.widget.value)

    async def arrive(self, take: Take) -> None:
        """Show one sound that has just come."""
        card = await asyncio.to_thread(_shown, take)
        if self._desk.comparison is None:
            self._result.clear()
        self._arriving.children += (named("card", widgets.HTML(card, layout=_CARD)),)

    def clear_arriving(self) -> None:
        """Take the single cards away."""
        self._arriving.children = ()

    async def refresh(self) -> None:
        """Show the comparison that lies open."""
        comparison = self._desk.comparison
        if comparison is None:
            self._result.say(_EMPTY)
        else:
            card = await asyncio.to_thread(_shown, comparison)
            if comparison is not self._desk.comparison:  # another was opened meanwhile
                return
            self._result.show(card)
        self.shown = comparison


def _shown(result: Take | Comparison) -> str:
    # a widget runs no script; the player comes with what is kept under the panel, and finds these
    try:
        return plain(result._repr_html_())
    except SoundgenError as error:  # one sound that cannot be decoded must not hide the others
        note = Note("trouble")
        note.say(str(error), alarm=True)
        return str(note.widget.value)
