"""What figures are drawn on: a matplotlib figure that shows itself, and margins in inches."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GROUND = "#ffffff"


@dataclass(frozen=True, kw_only=True)
class Margins:
    """Space around the panels in inches, which stays the same however many panels there are.

    Matplotlib's own layout engines measure every text twice, and take longer than the drawing.
    """

    left: float
    right: float
    bottom: float
    top: float
    gap: float = 0.0

    def size(self, width: float, height: float) -> tuple[float, float]:
        """The figure's size in inches around panels of this size."""
        return width + self.left + self.right, height + self.bottom + self.top

    def apply(self, fig: Any, *, rows: int, wspace: float = 0.0) -> None:
        """Put the panels where the margins leave room, ``gap`` inches between rows."""
        width, height = fig.get_size_inches()
        panel = (height - self.bottom - self.top - self.gap * (rows - 1)) / rows
        fig.subplots_adjust(
            left=self.left / width,
            right=1 - self.right / width,
            bottom=self.bottom / height,
            top=1 - self.top / height,
            wspace=wspace,
            hspace=self.gap / max(panel, 0.1),
        )

    def beside(self, fig: Any, *, width: float, away: float) -> tuple[float, float, float, float]:
        """A place at the right of all panels and as high: ``away`` from them, in inches."""
        whole, height = fig.get_size_inches()
        panels = height - self.bottom - self.top
        return (
            1 - (self.right - away) / whole,
            self.bottom / height,
            width / whole,
            panels / height,
        )


def new_figure(size: tuple[float, float]) -> Figure:
    """An empty figure of this width and height in inches; it shows itself in a notebook."""
    return _figure_class()(figsize=size, dpi=100, facecolor=GROUND)


@lru_cache(maxsize=1)
def _figure_class() -> type[Figure]:
    """A Figure that shows itself at the end of a cell.

    IPython learns to draw figures only when pyplot is imported in a kernel with the inline
    backend; until then a Figure made as an object shows as "<Figure size ...>".
    """
    from matplotlib.figure import Figure as Plain  # noqa: PLC0415 - half a second, on first use

    class NotebookFigure(Plain):
        def _repr_png_(self) -> bytes:
            written = io.BytesIO()
            self.savefig(written, format="png")
            return written.getvalue()

    return NotebookFigure
