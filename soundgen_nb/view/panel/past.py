"""Past: the library's table, and the way back to its sounds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from soundgen_nb.chronicle import History
from soundgen_nb.errors import InputError
from soundgen_nb.view.gallery import many
from soundgen_nb.view.panel.desk import Desk
from soundgen_nb.view.panel.fittings import Note, button, choice, column, field, html, row
from soundgen_nb.wire import State

_STARS = [("any", 0), *(("★" * stars, stars) for stars in range(1, 6))]


class Past:
    """The last tab: filters, rows to open, and the table of the history.

    Args:
        desk: whose studio's library is looked through, and where sounds are opened.
        to_front: brings what is opened into sight.
    """

    def __init__(self, desk: Desk, to_front: Callable[[], None]) -> None:
        self._desk, self._to_front = desk, to_front
        self._history: History | None = None
        self._looking = asyncio.Lock()
        self._note, self._table = Note("past-note"), html("ledger")
        look, opening = self._note.handling(self.refresh), self._note.handling(self._opened)
        self._prompt = field("past-prompt", widgets.Text, "Prompts with", width="16em")
        self._prompt.continuous_update = False
        self._state = field(
            "past-state", widgets.Combobox, "State", width="10em", options=list(State)
        )
        self._state.continuous_update = False
        self._state.placeholder = "any"
        self._stars = choice("past-stars", "Rating", _STARS)
        for each in (self._prompt, self._state, self._stars):
            each.observe(look, "value")
        again = button("past-look", "Look again", "What is there by now", look)
        self._rows = field("past-rows", widgets.Text, "Rows to open, such as 0, 2", width="16em")
        self._rows.placeholder = "all that can be heard"
        self._open = button("open", "Open side by side", "To listen, measure, keep", opening)
        filters = row(self._prompt, self._state, self._stars, again)
        rows = row(self._rows, self._open)
        self.widget = column("past", [filters, rows, self._note.widget, self._table])

    async def refresh(self) -> None:
        """Look at what the library has by now."""
        async with self._looking:
            history = await asyncio.to_thread(
                self._desk.studio.history,
                prompt=self._prompt.value.strip() or None,
                state=self._state.value.strip() or None,
                rating=self._stars.value or None,
            )
            self._history = history
            self._note.clear()
            self._open.disabled = not any(entry.kept for entry in history.entries)
            self._table.value = await asyncio.to_thread(history.table_html)

    def _opened(self) -> Any:
        return self._put_on_desk(self._rows.value)

    async def _put_on_desk(self, rows: str) -> None:
        if self._history is None:
            return
        numbers = sorted(_numbers(rows), reverse=True)  # the oldest first, as they were asked for
        comparison = await asyncio.to_thread(self._history.compare, *numbers)
        await self._desk.open(comparison)
        self._to_front()
        self._note.say(f"{many(len(comparison), 'sound')} opened.")


def _numbers(text: str) -> set[int]:
    """The numbers of rows as typed.

    Raises:
        InputError: for anything else.
    """
    try:
        return {int(word) for word in text.replace(",", " ").split()}
    except ValueError as error:
        raise InputError(
            f"rows are numbers from the table, such as 0, 2; not {text!r:.80}"
        ) from error
