"""Past: the table of the library, the way back to its sounds, and to those that never came."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import ipywidgets as widgets

from soundgen_nb.chronicle import History
from soundgen_nb.errors import InputError
from soundgen_nb.request import Request
from soundgen_nb.studio import Studio
from soundgen_nb.take import Takes
from soundgen_nb.view.gallery import many
from soundgen_nb.view.panel.desk import Desk
from soundgen_nb.view.panel.fittings import (
    Act,
    Note,
    button,
    choice,
    column,
    field,
    html,
    row,
    show,
)
from soundgen_nb.wire import State, checked_whole

Ask = Callable[[Callable[[Studio], Request[Takes]]], Awaitable[None]]

_STARS = [("any", 0), *(("★" * stars, stars) for stars in range(1, 6))]


class Past:
    """The last tab: filters, rows to open, and the table of the history.

    Args:
        desk: whose studio's library is looked through, and where sounds are opened.
        to_front: brings what is opened into sight.
        ask: has what is planned made, in sight.
        changed: done when something that was left behind is given up.
    """

    def __init__(self, desk: Desk, to_front: Callable[[], None], ask: Ask, changed: Act) -> None:
        self._desk, self._to_front = desk, to_front
        self._ask, self._changed = ask, changed
        self._history: History | None = None
        self._looking = asyncio.Lock()
        self._note, self._table = Note("past-note"), html("ledger")
        look, opening = self._note.handling(self._look), self._note.handling(self._opened)
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
        self._rows = field("past-rows", widgets.Text, "Rows, such as 0, 2", width="16em")
        self._rows.placeholder = "all that can be heard"
        self._open = button("open", "Open side by side", "To listen, measure, keep", opening)
        resend, drop = (self._note.handling(act) for act in (self._sent_again, self._given_up))
        self._missing = row(
            button("resend", "Send again", "Ask once more; it may be charged once more", resend),
            button("drop", "Give up", "Wait no longer; nothing is sent", drop),
            name="missing",
        )
        show(self._missing, shown=False)
        filters = row(self._prompt, self._state, self._stars, again)
        rows = row(self._rows, self._open, self._missing)
        self.widget = column("past", [filters, rows, self._note.widget, self._table])

    async def refresh(self) -> None:
        """Look at what the library has by now; what the tab has to say stays said."""
        async with self._looking:
            history = await asyncio.to_thread(
                self._desk.studio.history,
                prompt=self._prompt.value.strip() or None,
                state=self._state.value.strip() or None,
                rating=self._stars.value or None,
            )
            self._history = history
            self._open.disabled = not any(entry.kept for entry in history.entries)
            show(self._missing, shown=not all(entry.kept for entry in history.entries))
            self._table.value = await asyncio.to_thread(history.table_html)

    async def _look(self) -> None:
        self._note.clear()
        await self.refresh()

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

    async def _sent_again(self) -> None:
        jobs = self._named()
        self._note.clear()
        await self._ask(lambda studio: studio.plan_resend(jobs))
        await self.refresh()

    async def _given_up(self) -> None:
        jobs = self._named()
        for job in jobs:
            await asyncio.to_thread(self._desk.studio.drop, job)
        await self.refresh()
        await self._changed()
        self._note.say(f"{many(len(jobs), 'sound')} given up.")

    def _named(self) -> list[str]:
        """The ids of the jobs in the rows that are named; where money may be spent, none is all.

        The names are used up: the table changes, and a second press would mean what follows.

        Raises:
            InputError: if none is named, or there is no such row.
        """
        entries = self._history.entries if self._history else ()
        numbers = sorted(_numbers(self._rows.value), reverse=True)
        if not numbers:
            raise InputError("name the rows first, such as 0, 2")
        ids = [
            entries[checked_whole("the row", number, 0, len(entries) - 1)].id for number in numbers
        ]
        self._rows.value = ""
        return ids


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
