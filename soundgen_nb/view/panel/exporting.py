"""Exporting: what lies open, as files beside the notebook or as an output in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import ipywidgets as widgets

from soundgen_nb.comparison import Comparison
from soundgen_nb.errors import InputError
from soundgen_nb.take import Take
from soundgen_nb.view.naming import safe_name, take_name
from soundgen_nb.view.panel.desk import Desk
from soundgen_nb.view.panel.fittings import Note, button, column, field, row

_KEEP = "Keep in notebook"


class Exporting:
    """The ways out of the panel; a file that was there before is never written over.

    Args:
        desk: what lies open.
        chosen: the take that is chosen.
        keep: puts what is shown into the notebook, as plain output, and says what that was.
    """

    def __init__(
        self,
        desk: Desk,
        chosen: Callable[[], Take | None],
        keep: Callable[[], Comparison | None],
    ) -> None:
        self._desk, self._keep_it = desk, keep
        self._kept: Comparison | None = None
        self._told_of: Comparison | None = None
        self._written: set[Path] = set()
        self._note = Note("export-note")
        handling = self._note.handling
        self._name = field(
            "file",
            widgets.Text,
            "File name, ending in .html, .zip or .csv",
            width="22em",
        )
        self._export = button(
            "export", "Export all", "Write all that lies open", handling(self._exported)
        )
        saved = handling(lambda: self._saved(chosen()))
        self._save = button("save-sound", "Save the sound", "Its bytes as received", saved)
        self._keep = button(
            "keep", _KEEP, "Put it below, where it is saved", handling(self._kept_below)
        )
        buttons = row(self._name, self._export, self._save, self._keep)
        self.widget = column("exporting", [buttons, self._note.widget])

    async def refresh(self) -> None:
        """Offer what can be done with what lies open."""
        comparison = self._desk.comparison
        if comparison is not self._told_of:
            self._note.clear()  # it was said of other sounds
        self._told_of = comparison
        self._export.disabled = self._save.disabled = comparison is None
        self._keep.disabled = comparison is None or comparison is self._kept
        if comparison is not None and not self._name.value:
            self._name.value = f"{safe_name(comparison.prompts[0])}.html"

    async def _exported(self) -> None:
        comparison = self._desk.comparison
        if comparison is not None:
            path = self._checked(comparison.check_export(self._name.value.strip()))
            written = await asyncio.to_thread(comparison.export, path)
            self._tell(written)

    async def _saved(self, take: Take | None) -> None:
        if take is not None:
            name = f"{take_name(take.prompt, take.index)}.{take.sound.format}"
            self._tell(await asyncio.to_thread(take.save, self._checked(Path(name))))

    async def _kept_below(self) -> None:
        if self._kept is self._desk.comparison:  # pressed twice
            return
        self._kept = self._keep_it()
        self._keep.disabled = True
        self._note.say("Kept below the panel; save the notebook, and it stays there.")

    def _checked(self, path: Path) -> Path:
        """The whole path of a file beside the notebook, where nothing of somebody else's stands.

        Raises:
            InputError: if it leads elsewhere, or is taken.
        """
        if path.name != str(path):
            raise InputError(f"{str(path)!r} is not beside the notebook: give a name, no folder")
        whole = path.resolve()
        if whole.exists() and whole not in self._written:
            raise InputError(
                f"there is a {path.name!r} already, not written by this panel; take another name"
            )
        return whole

    def _tell(self, path: Path) -> None:
        self._written.add(path)
        self._note.say(f"Written to {path}")
