"""Past: the library's table, and the way back to its sounds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from soundgen_nb.chronicle import History
from soundgen_nb.view.gallery import many
from soundgen_nb.view.panel.desk import Desk
from soundgen_nb.view.panel.fittings import WIDE, Note, button, column, field, html, row
from soundgen_nb.wire import State

_MOST_OFFERED = 60  # as many as the table has lines
_STATES = [("any", ""), *((state.value.lower().replace("_", " "), state) for state in State)]
_STARS = [("any", 0), *(("★" * stars, stars) for stars in range(1, 6))]


class Past:
    """The last tab: filters, sounds to open, and the table of the history.

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
        self._state = field("past-state", widgets.Dropdown, "State", width="10em", options=_STATES)
        self._stars = field("past-stars", widgets.Dropdown, "Rating", width="8em", options=_STARS)
        for each in (self._prompt, self._state, self._stars):
            each.observe(look, "value")
        again = button("past-look", "Look again", "What is there by now", look)
        self._sounds = field(
            "past-sounds",
            widgets.SelectMultiple,
            "Sounds to open; Ctrl or Shift takes several",
            width=WIDE,
            rows=5,
        )
        self._open = button("open", "Open side by side", "To listen, measure, keep", opening)
        filters = row(self._prompt, self._state, self._stars, again)
        self.widget = column(
            "past", [filters, self._sounds, row(self._open), self._note.widget, self._table]
        )

    async def refresh(self) -> None:
        """Look at what the library has by now."""
        async with self._looking:
            history = await asyncio.to_thread(
                self._desk.studio.history,
                prompt=self._prompt.value.strip() or None,
                state=self._state.value or None,
                rating=self._stars.value or None,
            )
            self._history = history
            self._note.clear()
            self._offer(history)
            self._table.value = await asyncio.to_thread(history.table_html)

    def _offer(self, history: History) -> None:
        chosen = set(self._sounds.value)
        kept = [(at, entry) for at, entry in enumerate(history.entries) if entry.kept]
        self._sounds.options = [
            (f"{at} · {entry.prompt} · take {entry.index}", entry.id)
            for at, entry in kept[:_MOST_OFFERED]
        ]
        self._sounds.value = [entry.id for _, entry in kept[:_MOST_OFFERED] if entry.id in chosen]
        self._open.disabled = not kept

    def _opened(self) -> Any:
        return self._put_on_desk(self._sounds.value)

    async def _put_on_desk(self, job_ids: tuple[str, ...]) -> None:
        history = self._history
        if history is None or not job_ids:
            self._note.say("Choose one or more sounds first.", alarm=True)
            return
        comparison = await asyncio.to_thread(history.compare, *reversed(job_ids))
        await self._desk.open(comparison)
        self._to_front()
        self._note.say(f"{many(len(comparison), 'sound')} opened.")
