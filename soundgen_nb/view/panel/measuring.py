"""Measuring: tables and figures of what lies open, made when they are asked for."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Callable, Mapping
from html import escape
from io import BytesIO
from typing import Any

from soundgen_nb.comparison import Comparison
from soundgen_nb.errors import SoundgenError
from soundgen_nb.view.card import output
from soundgen_nb.view.panel.desk import Desk
from soundgen_nb.view.panel.fittings import Note, choice, column, html

_EMPTY = "Nothing to measure yet."


class Measuring:
    """The second tab. pandas and matplotlib are loaded here, and not before it is opened."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._shown: tuple[Comparison | None, str] = (None, "")
        self._drawing = asyncio.Lock()
        self._note, self._picture = Note("measure-note"), html("measured")
        self._view = choice("view", "Show", list(_VIEWS))
        self._view.observe(self._note.handling(self.refresh), "value")
        self.widget = column("measuring", [self._view, self._note.widget, self._picture])

    async def refresh(self) -> None:
        """Draw what is chosen of what lies open, unless that is what is shown."""
        async with self._drawing:  # a quick one must not be overtaken by the slow one before it
            comparison, view = self._desk.comparison, self._view.value
            if comparison is None:
                self._note.say(_EMPTY)
                self._picture.value = ""
            elif (comparison, view) != self._shown:
                await self._draw(comparison, view)
            self._shown = (comparison, view)

    async def _draw(self, comparison: Comparison, view: str) -> None:
        self._note.say("Measuring…")
        try:
            picture = await asyncio.to_thread(_VIEWS[view], comparison)
        except SoundgenError as error:  # as one prompt has no effects
            self._picture.value = ""
            self._note.say(str(error), alarm=True)
        else:
            self._note.clear()  # first: whoever sees the picture shall not read that it is coming
            self._picture.value = picture


def _conclusion(comparison: Comparison) -> str:
    told = output(f"<p>{escape(comparison.conclusion())}</p>", texts=())
    return told + _frame(comparison.effects())


def _frame(frame: Any) -> str:
    """A DataFrame as a table in the cards' own style."""
    table = frame.to_html(index=False, border=0, na_rep="—", float_format="{:.4g}".format)
    # a table that is too wide can be scrolled by keys as well
    reach = 'tabindex="0" role="region" aria-label="Table"'
    return output(f'<div class="sg-spread sg-scroll" {reach}>{table}</div>', texts=())


def _drawn(name: str) -> Callable[[Comparison], str]:
    """What makes one of the comparison's figures a picture."""

    def draw(comparison: Comparison) -> str:
        png = BytesIO()
        getattr(comparison.plot, name)().savefig(png, format="png")
        data, says = b64encode(png.getvalue()).decode(), _describes(name, comparison)
        return (
            f'<img src="data:image/png;base64,{data}" alt="{escape(says)}"'
            ' style="max-width:100%;margin-top:8px">'
        )

    return draw


def _describes(name: str, comparison: Comparison) -> str:
    return f"Figure: {name} of {', '.join(comparison.prompts)}"


_VIEWS: Mapping[str, Callable[[Comparison], str]] = {
    "What the takes prove": _conclusion,
    "Table: every take": lambda comparison: _frame(comparison.table()),
    "Table: every prompt": lambda comparison: _frame(comparison.summary()),
    "Figure: measures": _drawn("measures"),
    "Figure: what each word changed": _drawn("effects"),
    "Figure: spectrograms": _drawn("spectrograms"),
    "Figure: waveforms": _drawn("waveforms"),
    "Figure: how alike they are": _drawn("similarity"),
    "Figure: map of timbres": _drawn("map"),
}
