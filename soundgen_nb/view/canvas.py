"""What figures are drawn on: a matplotlib figure that shows itself, and the colours of a figure.

A figure is white unless matplotlib's own settings make figures dark; on a dark figure, one's own
or ours, ink is light. It is never transparent: dark ink would be lost in a dark notebook.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from soundgen_nb.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True)
class Look:
    """The colours of a figure. Hues are of Okabe and Ito (2008): told apart in colour blindness.

    Attributes:
        ground: Behind everything, and around marks that overlap.
        ink: Text.
        soft_ink: Ticks, notes, what matters less.
        absent: Where there is nothing, and lines that guide the eye.
        dot: Single takes.
        mean: What is said of several.
        prompts: One for each prompt, in turn; the ground's colour is readable on them.
    """

    ground: str
    ink: str
    soft_ink: str
    absent: str
    dot: str
    mean: str
    prompts: tuple[str, ...]


LIGHT = Look(
    ground="#ffffff",
    ink="#1f2328",
    soft_ink="#57606a",
    absent="#e6e8eb",
    dot="#0072b2",
    mean="#d55e00",
    # some darkened, where white digits on them would be hard to read
    prompts=("#0072b2", "#d55e00", "#007a5a", "#a3497c", "#1f2328"),
)

DARK = Look(
    ground="#000000",
    ink="#e6edf3",
    soft_ink="#9da7b1",
    absent="#2b3138",
    dot="#56b4e9",
    mean="#e69f00",
    prompts=("#56b4e9", "#e69f00", "#2fc79a", "#dd9fc2", "#e6edf3"),
)


_ADVICE = {
    "ax": "give axes of matplotlib, as plt.subplots() makes them, or leave it out",
    "fig": "give a figure of matplotlib, as plt.figure() makes it, or leave it out",
}


def check_canvas(name: Literal["ax", "fig"], given: object) -> None:
    """Refuse to draw into what is no axes, or no figure and no part of one.

    Args:
        name: Which of them is asked for, as the option is called.
        given: What it was given.

    Raises:
        InputError: It is something else; with what is likely meant.
    """
    from matplotlib.axes import Axes  # noqa: PLC0415 - half a second, on first use
    from matplotlib.figure import FigureBase  # noqa: PLC0415 - half a second, on first use

    asked = Axes if name == "ax" else FigureBase
    if isinstance(given, asked):
        return
    advice = _ADVICE[name]
    if isinstance(given, FigureBase):
        advice = "give axes of that figure: ax=figure.subplots()"
    elif isinstance(given, Axes):
        advice = "give the figure of those axes: fig=ax.figure"
    elif fits := [place for place, each in _held(given) if isinstance(each, asked)]:
        advice = f"give one of them: {'axes' if name == 'ax' else 'figures'}{fits[0]}"
    shown = " ".join(repr(given).split())
    raise InputError(f"{name}={shown:.80} cannot be drawn into: {advice}")


def _held(given: object) -> Iterator[tuple[str, object]]:
    """What a dict, a list or an array holds, and its place there as code writes it."""
    if isinstance(given, Mapping):
        yield from ((f"[{key!r}]", each) for key, each in given.items())
    elif isinstance(given, list | tuple | np.ndarray):
        # as subplots() makes them: numbers of rows and columns
        for place, each in np.ndenumerate(np.array(given, dtype=object)):
            yield f"[{', '.join(map(str, place))}]", each


def look_of(drawn: Any) -> Look:
    """The colours that can be read on a figure or a part of one, given itself or axes of it."""
    figure = drawn if hasattr(drawn, "subfigs") else drawn.figure
    own = figure.get_facecolor()
    # a part of a figure is transparent unless it was given a colour
    return _look_on(own if own[3] >= 0.5 else figure.figure.get_facecolor())


def _look_on(ground: Any) -> Look:
    from matplotlib.colors import to_hex, to_rgba  # noqa: PLC0415 - half a second, on first use

    red, green, blue, opacity = to_rgba(ground)
    if opacity < 0.5:
        return LIGHT
    is_dark = 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.4
    return replace(DARK if is_dark else LIGHT, ground=to_hex(ground))


def new_figure(size: tuple[float, float]) -> Figure:
    """An empty figure of this width and height in inches; it shows itself in a notebook."""
    from matplotlib import rcParams  # noqa: PLC0415 - half a second, on first use

    ground = _look_on(rcParams["figure.facecolor"]).ground
    return _figure_class()(
        figsize=size,
        dpi=100,
        facecolor=ground,
        layout="none",  # type: ignore[arg-type]  # the stubs know it of set_layout_engine only
    )


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
