"""Kept: what was put into the notebook below a panel: plain output, which is saved with it."""

from __future__ import annotations

from typing import Any

from IPython.display import DisplayHandle

from soundgen_nb.view.enlivening import enlivened

_HEADING = '<h3 style="margin-top:2em">Kept from the panel</h3>'


class Kept:
    """One output under the panel, which grows."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._place: Any = DisplayHandle()  # type: ignore[no-untyped-call]  # IPython's own gap

    def show(self) -> None:
        """Make it an output of the current cell."""
        self._place.display(self._bundle, raw=True)

    def add(self, html: str) -> None:
        """Put one more result there; a copy, whatever becomes of the panel."""
        self._pieces.append(_HEADING + html)
        self._place.update(self._bundle, raw=True)

    @property
    def _bundle(self) -> dict[str, str]:
        # scripts run in outputs, not in widgets: from here the player finds the panel's results
        return {"text/html": enlivened("".join(self._pieces)), "text/plain": ""}
