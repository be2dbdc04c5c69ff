"""Shelf: prompts that were saved by name, to be written into the form again."""

from __future__ import annotations

import asyncio
from typing import Any

import ipywidgets as widgets

from soundgen_nb.library.prompt_sets import PromptSets
from soundgen_nb.view.panel.desk import Desk
from soundgen_nb.view.panel.fittings import Act, Note, button, field, row

_NONE = ("choose…", "")
_BEFORE = ("what stood here before", "\n")  # no name has two lines


class Shelf:
    """The row under the prompts: open, save, delete.

    Args:
        desk: whose studio's library has the prompts.
        prompts: the field they are opened into and saved from.
        changed: done when other prompts are in it.
    """

    def __init__(self, desk: Desk, prompts: Any, changed: Act) -> None:
        self._desk, self._prompts, self._changed = desk, prompts, changed
        self._before = ""
        self._note = Note("shelf-note")
        self._saved = field(
            "saved", widgets.Dropdown, "Saved prompts", width="14em", options=[_NONE]
        )
        self._saved.observe(self._note.handling(self._chosen), "value")
        self._name = field("name", widgets.Text, "Name to save them by", width="14em")
        save = button(
            "save",
            "Save prompts",
            "Keep these prompts by this name",
            self._note.handling(self._save),
        )
        self._delete = button(
            "unsave", "Delete saved", "The text above stays", self._note.handling(self._unsave)
        )
        self._delete.disabled = True
        self.parts = [row(self._saved, self._name, save, self._delete), self._note.widget]

    async def refresh(self) -> None:
        """Show the names there are by now: other kernels may have saved some."""
        names = await asyncio.to_thread(self._names)
        chosen = self._saved.value
        before = [_BEFORE] if self._before else []
        options = [_NONE, *before, *((name, name) for name in names)]
        if options != list(self._saved.options):
            self._saved.options = options
            self._saved.value = chosen if chosen in dict(options).values() else ""
        self._delete.disabled = self._saved.value not in names

    @property
    def _sets(self) -> PromptSets:
        return self._desk.studio.library.prompt_sets

    def _names(self) -> tuple[str, ...]:
        return self._sets.names()

    def _chosen(self) -> Any:
        return self._open(self._saved.value)

    async def _open(self, name: str) -> None:
        if not name:
            return
        self._note.clear()
        wanted = self._before if name == _BEFORE[1] else None
        text = await asyncio.to_thread(self._sets.text, name) if wanted is None else wanted
        if text != self._prompts.value:
            # nobody should lose what was typed by looking at what was saved
            self._before, self._prompts.value = self._prompts.value, text
        if wanted is None:
            self._name.value = name
        await self.refresh()
        await self._changed()

    async def _save(self) -> None:
        name = self._name.value.strip()
        there = await asyncio.to_thread(self._names)
        await asyncio.to_thread(self._sets.save, name, self._prompts.value)
        await self._choose(name)
        instead = ", in place of what had that name" if name in there else ""
        self._note.say(f"Saved as “{name}”{instead}.")

    async def _unsave(self) -> None:
        name = self._saved.value
        await asyncio.to_thread(self._sets.delete, name)
        await self._choose("")
        self._note.say(f"“{name}” is deleted. Its prompts still stand above, if you opened them.")

    async def _choose(self, name: str) -> None:
        await self.refresh()
        self._saved.value = name
        self._delete.disabled = not name
