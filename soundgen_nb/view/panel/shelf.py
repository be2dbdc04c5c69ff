"""Shelf: prompts that were saved by name, to be written into the form again."""

from __future__ import annotations

import asyncio
from typing import Any

import ipywidgets as widgets

from soundgen_nb.library.prompt_sets import PromptSets
from soundgen_nb.view.panel.desk import Desk
from soundgen_nb.view.panel.fittings import Act, Note, button, field, row, show


class Shelf:
    """The row under the prompts: a name, and what to do with it.

    Args:
        desk: whose studio's library has the prompts.
        prompts: the field they are opened into and saved from.
        changed: done when other prompts are in it.
    """

    def __init__(self, desk: Desk, prompts: Any, changed: Act) -> None:
        self._desk, self._prompts, self._changed = desk, prompts, changed
        self._typed = self._opened = ""
        self._note = Note("shelf-note")
        handling = self._note.handling
        self._name = field("name", widgets.Combobox, "Saved prompts, by name", width="16em")
        self._name.placeholder = "a name"
        opening = button("unshelve", "Open", "Write them above", handling(self._open))
        save = button("save", "Save", "Keep what stands above by this name", handling(self._save))
        delete = button("unsave", "Delete", "The text above stays", handling(self._unsave))
        self._back = button("back", "Undo", "What was typed above before", handling(self._undo))
        show(self._back, shown=False)
        self.parts = [row(self._name, opening, save, delete, self._back), self._note.widget]

    async def refresh(self) -> None:
        """Offer the names there are by now: other kernels may have saved some."""
        self._name.options = await asyncio.to_thread(self._names)

    @property
    def _sets(self) -> PromptSets:
        return self._desk.studio.library.prompt_sets

    def _names(self) -> tuple[str, ...]:
        return self._sets.names()

    async def _open(self) -> None:
        name = self._name.value.strip()
        text = await asyncio.to_thread(self._sets.text, name)
        # nobody loses what was typed by looking at what was saved, however much of it
        if self._prompts.value != self._opened:
            self._typed = self._prompts.value
        self._opened = text
        await self._write(text)
        self._note.say(f"“{name}” is opened.")

    async def _undo(self) -> None:
        await self._write(self._typed)
        self._note.clear()

    async def _write(self, text: str) -> None:
        """Put a text into the form; the way back is open while it is not what was typed."""
        self._prompts.value = text
        show(self._back, shown=text != self._typed)
        await self._changed()

    async def _save(self) -> None:
        name = self._name.value.strip()
        there = await asyncio.to_thread(self._names)
        await asyncio.to_thread(self._sets.save, name, self._prompts.value)
        await self.refresh()
        instead = ", in place of what had that name" if name in there else ""
        self._note.say(f"Saved as “{name}”{instead}.")

    async def _unsave(self) -> None:
        name = self._name.value.strip()
        await asyncio.to_thread(self._sets.text, name)  # what is not there is told
        await asyncio.to_thread(self._sets.delete, name)
        await self.refresh()
        self._note.say(f"“{name}” is deleted; what stands above stays.")
