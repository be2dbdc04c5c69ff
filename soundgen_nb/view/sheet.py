"""Sheet: a figure with panels in rows, margins that stay the same, and notes below.

A figure of somebody's own may hold other things, or be a part of a larger one: panels are placed
within it, and nothing else of it is moved.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from typing import TYPE_CHECKING, Any

from soundgen_nb.errors import InputError
from soundgen_nb.view.canvas import check_canvas, look_of, new_figure
from soundgen_nb.view.lettering import lettered

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

# inches: around notes, and a line and a letter of them at 8 points
_EDGE, _LINE, _LETTER = 0.1, 0.145, 0.066


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

    def within(self, size: tuple[float, float]) -> Margins:
        """The same, or smaller ones in a small figure, of which panels get two fifths."""
        across = min(1.0, 0.6 * size[0] / (self.left + self.right))
        down = min(1.0, 0.6 * size[1] / (self.bottom + self.top))
        return Margins(
            left=self.left * across,
            right=self.right * across,
            bottom=self.bottom * down,
            top=self.top * down,
            gap=self.gap * down,
        )

    def grid(self, fig: Any, *, rows: int, columns: int, wspace: float) -> Any:
        """Places for panels where the margins leave room, ``gap`` inches between rows."""
        width, height = size_of(fig)
        panel = (height - self.bottom - self.top - self.gap * (rows - 1)) / rows
        # Of the grid and not of the figure, which may hold other panels.
        return fig.add_gridspec(
            rows,
            columns,
            left=self.left / width,
            right=1 - self.right / width,
            bottom=self.bottom / height,
            top=1 - self.top / height,
            wspace=wspace,
            hspace=self.gap / max(panel, 0.1),
        )

    def beside(self, fig: Any, *, width: float, away: float) -> tuple[float, float, float, float]:
        """A place at the right of all panels and as high: ``away`` from them, in inches."""
        whole, height = size_of(fig)
        panels = height - self.bottom - self.top
        return (
            1 - (self.right - away) / whole,
            self.bottom / height,
            width / whole,
            panels / height,
        )


@dataclass(frozen=True)
class Panel:
    """One of several panels: its axes, and whether it stands at the left and at the bottom."""

    ax: Any
    left: bool
    bottom: bool


@dataclass(frozen=True)
class Sheet:
    """A figure, new or given, with empty panels in rows and notes below them.

    Attributes:
        fig: A matplotlib Figure or SubFigure.
        panels: From left to right, row by row.
        margins: What is left free around them.
    """

    fig: Figure
    panels: Sequence[Panel]
    margins: Margins

    @classmethod
    def of(
        cls,
        count: int,
        *,
        panel: tuple[float, float],
        margins: Margins,
        columns: int = 1,
        even: bool = False,
        wspace: float = 0.12,
        notes: Sequence[str] = (),
        fig: Figure | SubFigure | None = None,
    ) -> Sheet:
        """A sheet of so many panels.

        Args:
            count: How many, at least one.
            panel: Width and height of one in inches; what there is room for in a figure given.
            margins: Around all of them.
            columns: Panels in a row, at most.
            even: Fewer in a row where that needs no more rows: four stand two by two.
            wspace: Between panels of a row, as a share of their width.
            notes: Written below all panels, side by side where there is room.
            fig: A figure to draw into, or a part of one; a new one otherwise.

        Raises:
            InputError: Columns are no whole number from 1 on, or ``fig`` is no figure.
        """
        if fig is not None:
            check_canvas("fig", fig)
        columns = min(_checked(columns), count)
        rows = math.ceil(count / columns)
        if even:
            columns = math.ceil(count / rows)
        width = size_of(fig)[0] if fig is not None else margins.size(columns * panel[0], 0)[0]
        lines = _in_lines(notes, width - 2 * _EDGE)
        margins = replace(margins, bottom=margins.bottom + _noted(lines))
        if fig is None:
            height = rows * panel[1] + (rows - 1) * margins.gap
            fig = new_figure(margins.size(columns * panel[0], height))
        margins = margins.within(size_of(fig))
        places = margins.grid(fig, rows=rows, columns=columns, wspace=wspace)
        panels = [
            Panel(
                fig.add_subplot(places[divmod(n, columns)]), n % columns == 0, n + columns >= count
            )
            for n in range(count)
        ]
        _write_notes(fig, lines)
        return cls(fig, panels, margins)  # type: ignore[arg-type]  # a part of one does as well


def single(width: float, height: float, margins: Margins, *, ax: Axes | None) -> Any:
    """The axes given, or else those of a new figure with one panel of this size in inches.

    Raises:
        InputError: ``ax`` is no axes.
    """
    if ax is not None:
        check_canvas("ax", ax)
        return ax
    return Sheet.of(1, panel=(width, height), margins=margins).panels[0].ax


def size_of(drawn: Any) -> tuple[float, float]:
    """Width and height in inches of a figure, a part of one, or axes."""
    dpi = drawn.figure.dpi
    return drawn.bbox.width / dpi, drawn.bbox.height / dpi


def _checked(columns: object) -> int:
    if not isinstance(columns, Integral) or columns < 1:
        raise InputError(
            f"columns={columns!r} gives no panels in a row: give a whole number from 1 on."
        )
    return int(columns)


def _in_lines(notes: Sequence[str], width: float) -> list[str]:
    """Notes side by side, as many on a line as there is room for in so many inches."""
    lines: list[str] = []
    for note in notes:
        longer = f"{lines[-1]}    {note}" if lines else note
        if lines and len(longer) * _LETTER <= width:
            lines[-1] = longer
        else:
            lines.append(note)
    return lines


def _noted(lines: Sequence[str]) -> float:
    """Inches that so many lines of notes need below the panels."""
    return 0.14 + _LINE * len(lines) if lines else 0.0


def _write_notes(fig: Any, lines: Sequence[str]) -> None:
    if not lines:
        return
    width, height = size_of(fig)
    text = "\n".join(lines)
    how = {
        "va": "bottom",
        "linespacing": 1.3,
        "fontsize": 8,
        "color": look_of(fig).soft_ink,
        **lettered(text),
    }
    if fig.get_layout_engine():
        # a layout of one's own knows of no margins, but keeps this clear
        fig.supxlabel(text, x=_EDGE / width, ha="left", **how)
    else:
        fig.text(_EDGE / width, 0.06 / height, text, **how)
