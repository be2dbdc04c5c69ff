"""Matplotlib figures of what was found out: effects with their intervals, takes as a map."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis import Measure, measure
from soundgen_nb.errors import InputError
from soundgen_nb.statistics import plane
from soundgen_nb.view.canvas import Look, Margins, look_of, new_figure
from soundgen_nb.view.figures import dress, elided, need

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# One shape more than colours, so that going round both gives 30 different prompts.
_SHAPES = "os^Dvp"

_NOTE = "◆ different    ○ no difference shown    × not enough takes    ── 95 % interval"  # noqa: RUF001 - a cross is meant


def effect_forest(
    rows: Sequence[Mapping[str, Any]], *, columns: int = 3, fig: Figure | None = None
) -> Figure:
    """Differences with their 95 % intervals around a line at zero: one panel a measure.

    Shape and colour are the verdict, which allows for how many comparisons there are; so an
    interval may miss zero where no difference is shown. An arrow at the edge: it goes on.

    Args:
        rows: Effects, with contrast, measure, difference, low, high and verdict.
        columns: Panels in a row, at most.
        fig: A figure to draw into; a new one otherwise.

    Raises:
        InputError: There is nothing to draw.
    """
    need(rows)
    contrasts = list(dict.fromkeys((row["factor"], row["contrast"]) for row in rows))
    measures = [measure(name) for name in dict.fromkeys(row["measure"] for row in rows)]
    columns = min(columns, len(measures))
    lines = math.ceil(len(measures) / columns)
    margins = Margins(left=2.3, right=0.2, bottom=0.85, top=0.15, gap=0.65)
    fig = fig or new_figure(margins.size(columns * 2.6, lines * (0.25 + 0.4 * len(contrasts))))
    for place, shown in enumerate(measures):
        ax = fig.add_subplot(lines, columns, place + 1)
        _contrast_axis(ax, [text for _, text in contrasts], labelled=place % columns == 0)
        _draw_effects(
            ax,
            shown,
            [
                (contrasts.index((row["factor"], row["contrast"])), row)
                for row in rows
                if row["measure"] == shown.name
            ],
        )
    margins.apply(fig, rows=lines, wspace=0.12)
    fig.text(0.1 / fig.get_size_inches()[0], 0.02, _NOTE, fontsize=8, color=look_of(fig).soft_ink)
    return fig


def timbre_map(
    matrix: NDArray[np.float64],
    takes: Sequence[tuple[str, int]],
    *,
    ax: Axes | None = None,
) -> Figure:
    """Takes as points in a plane: near is alike in timbre. Colour and shape are the prompt.

    Distances are halvings of similarity, brought into a plane by classical scaling; how much of
    the scatter the plane keeps stands below. Where nothing is shared (silence and a sound), the
    distance is one halving beyond the largest other.

    Args:
        matrix: Similarities from 0 to 1, shape (n, n), ones on the diagonal.
        takes: The prompt and the number of each take.
        ax: Where to draw; a new figure otherwise.

    Raises:
        InputError: There is nothing to draw, or the matrix does not fit the takes.
    """
    need(takes)
    if matrix.shape != (len(takes), len(takes)):
        raise InputError(f"{len(takes)} takes need a square matrix, not shape {matrix.shape}.")
    prompts = list(dict.fromkeys(prompt for prompt, _ in takes))
    points, share = plane(-np.log2(np.maximum(matrix, matrix[matrix > 0].min() / 2)))
    if ax is None:
        margins = Margins(left=0.2, right=2.9, bottom=0.6, top=0.15)
        ax = new_figure(margins.size(4.4, max(4.4, 0.5 * len(prompts)))).add_subplot()
        margins.apply(ax.figure, rows=1)
    look = look_of(ax)
    for number, prompt in enumerate(prompts):
        of_prompt = [place for place, take in enumerate(takes) if take[0] == prompt]
        _draw_points(ax, points[of_prompt], number, prompt)
    for (_, index), (x, y) in zip(takes, points, strict=True):
        ax.text(x, y, str(index), ha="center", va="center", fontsize=7, color=look.ground, zorder=5)
    _square(ax, 1.15 * float(np.abs(points).max()) or 1.0)
    ax.set_xlabel(
        "near is alike in timbre; the axes have no unit and no meaning\n"
        f"numbers are takes; the plane keeps {100 * share:.0f} % of the scatter",
        fontsize=8,
        color=look.soft_ink,
    )
    prompt_legend(ax)
    return ax.figure.figure


def _contrast_axis(ax: Axes, contrasts: Sequence[str], *, labelled: bool) -> None:
    dress(ax, spines=["bottom"])
    ax.set_ylim(len(contrasts) - 0.5, -0.5)
    look = look_of(ax)
    ax.axvline(0, color=look.soft_ink, lw=0.8, zorder=1)
    ax.grid(axis="y", color=look.absent, lw=0.8)
    ax.set_axisbelow(True)
    texts = [textwrap.fill(elided(text, 62), 34) if labelled else "" for text in contrasts]
    ax.set_yticks(range(len(contrasts)), texts, parse_math=False)
    ax.tick_params(axis="y", length=0)


def _draw_effects(
    ax: Axes, shown: Measure, effects: Sequence[tuple[int, Mapping[str, Any]]]
) -> None:
    """The effects on one measure, each in its place, on an axis with zero in the middle."""
    bars = {
        place: shown.shown_times * np.array([each["difference"], each["low"], each["high"]])
        for place, each in effects
    }
    marks = _marks(look_of(ax))
    reach = _reach(np.array(list(bars.values())))
    ax.set_xlim(-reach, reach)
    for place, each in effects:
        difference, *ends = bars[place]
        mark = marks[each["verdict"]]
        ax.plot(np.clip(ends, -reach, reach), [place] * 2, color=mark["color"], lw=1.6, zorder=2)
        ax.plot(difference, place, zorder=4, ls="", mew=1.6, **mark)
        for end, arrow in zip(ends, "<>", strict=True):
            if abs(end) > reach:
                edge = math.copysign(reach, end)
                ax.plot(edge, place, arrow, ms=5, color=mark["color"], clip_on=False, zorder=4)
    ax.locator_params(axis="x", nbins=5)
    unit = f" ({shown.difference_unit})" if shown.difference_unit else ""
    ax.set_xlabel(f"{shown.label}: difference{unit}", fontsize=8, color=look_of(ax).ink)


def _marks(look: Look) -> Mapping[str, Mapping[str, Any]]:
    """How each verdict is drawn: its shape says it too."""
    return {
        "different": {"marker": "D", "ms": 6, "color": look.mean},
        "no difference shown": {"marker": "o", "ms": 6.5, "color": look.dot, "mfc": look.ground},
        "not enough takes": {"marker": "x", "ms": 6, "color": look.soft_ink},
    }


def _reach(bars: NDArray[np.float64]) -> float:
    """How far the axis goes: to every interval's end, but not to those two takes can make huge."""
    finite = np.abs(np.where(np.isfinite(bars), bars, 0.0))
    farthest = min(float(finite.max()), 6 * float(finite[:, 0].max()))
    return 1.08 * farthest or 1.0


def _draw_points(ax: Axes, points: NDArray[np.float64], number: int, prompt: str) -> None:
    ax.plot(
        *points.T,
        ls="",
        marker=_SHAPES[number % len(_SHAPES)],
        ms=12,
        mec=look_of(ax).ground,
        color=prompt_colour(ax, number),
        label=legend_label(prompt),
    )


def _square(ax: Axes, reach: float) -> None:
    dress(ax, spines=["left", "right", "top", "bottom"])
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), xticks=[], yticks=[])
    ax.set_aspect("equal", adjustable="datalim")


def prompt_colour(ax: Axes, number: int) -> str:
    """The colour of the prompt of that number, counted from 0."""
    colours = look_of(ax).prompts
    return colours[number % len(colours)]


def legend_label(prompt: str) -> str:
    """A prompt on as many lines as the legend has room for."""
    return textwrap.fill(elided(prompt, 90), 34)


def prompt_legend(ax: Axes) -> None:
    """Which prompt has which mark, to the right of the axes."""
    legend = ax.legend(
        loc="upper left",
        bbox_to_anchor=(1.02, 1),
        borderaxespad=0,
        frameon=False,
        fontsize=8,
        markerscale=0.7,
    )
    for text in legend.get_texts():
        text.set_color(look_of(ax).ink)
        text.set_parse_math(False)
