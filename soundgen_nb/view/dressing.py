"""Dressing: the look of axes: ticks, titles, rows with labels, words where nothing is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from soundgen_nb.view.canvas import look_of
from soundgen_nb.view.lettering import elided, lettered, wrapped
from soundgen_nb.view.sheet import size_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def dress(ax: Axes, *, spines: Sequence[str] = ()) -> None:
    """The house's look: small soft ticks, only the spines that are asked for."""
    look = look_of(ax)
    ax.tick_params(labelsize=8, length=3, color=look.soft_ink, labelcolor=look.ink)
    for name, spine in ax.spines.items():
        spine.set_visible(name in spines)
        spine.set_edgecolor(look.soft_ink)


def title(ax: Axes, text: str, *, pad: float = 4) -> None:
    """What a panel shows, above it, as much of it as there is room for."""
    # a letter at 8.5 points; a little of the gap beside the panel is free too
    letters = int((size_of(ax)[0] + 0.2) / 0.072)
    line = elided(text, max(8, letters))
    ink = look_of(ax).ink
    ax.set_title(line, fontsize=8.5, color=ink, loc="left", pad=pad, **lettered(line))


def row_axis(ax: Axes, labels: Sequence[str], *, inches: float) -> None:
    """A row for each label, from the top; the labels in so many inches to the left, or nowhere."""
    dress(ax, spines=["bottom"])
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.grid(axis="y", color=look_of(ax).absent, lw=0.8)
    ax.set_axisbelow(True)
    letters = max(8, int(inches / 0.067))  # at 8 points
    texts = [wrapped(label, letters, lines=2) if inches else "" for label in labels]
    ax.set_yticks(range(len(labels)), texts, **lettered(*texts))
    ax.tick_params(axis="y", length=0)


def say(ax: Axes, text: str) -> None:
    """Words in the place of what cannot be drawn, and no numbers beside them."""
    ax.set_xticks([])
    write(ax, text, (0.5, 0.5), transform=ax.transAxes)


def write(ax: Axes, text: str, place: tuple[float, float], **how: Any) -> None:
    """Words on the ground of a panel, which covers the lines behind them."""
    look = look_of(ax)
    ax.text(
        *place, text, ha="center", va="center", fontsize=8, color=look.soft_ink,
        bbox={"facecolor": look.ground, "lw": 0, "pad": 2}, **how,
    )  # fmt: skip
