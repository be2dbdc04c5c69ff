"""Matplotlib figures of what was found out: effects with their intervals, takes as a map."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis import Measure, measure
from soundgen_nb.errors import InputError
from soundgen_nb.statistics import plane
from soundgen_nb.view.canvas import Look, look_of
from soundgen_nb.view.dressing import dress, row_axis, say, write
from soundgen_nb.view.figures import need
from soundgen_nb.view.lettering import lettered, wrapped
from soundgen_nb.view.sheet import Margins, Sheet, single

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

# One shape more than colours, so that going round both gives 30 different prompts.
_SHAPES = "os^Dvp"


def effect_forest(
    rows: Sequence[Mapping[str, Any]],
    *,
    takes: int = 2,
    advice: str = "",
    columns: int = 3,
    fig: Figure | SubFigure | None = None,
) -> Figure:
    """Differences with their 95 % intervals around a line at zero: one panel a measure.

    Shape and colour are the verdict, which allows for how many comparisons there are; so an
    interval may miss zero where no difference is shown. An arrow at the edge: it goes on.

    Args:
        rows: Effects, with contrast, measure, difference, low, high and verdict; one prompt alone
            has none.
        takes: How many takes every prompt has, at least: one has no difference to show.
        advice: What to do where there are not enough, as the end of a sentence.
        columns: Panels in a row, at most.
        fig: A figure to draw into, or a part of one; a new one otherwise.

    Raises:
        InputError: There is nothing to draw, or no column to draw it in.
    """
    if not rows:
        raise InputError(
            "One prompt: there is nothing to hold it against. Compare it with a second wording."
        )
    contrasts = list(dict.fromkeys((row["factor"], row["contrast"]) for row in rows))
    measures = [measure(name) for name in dict.fromkeys(row["measure"] for row in rows)]
    sheet = Sheet.of(
        len(measures),
        panel=(2.6, 0.25 + 0.4 * len(contrasts)),
        margins=Margins(left=2.3, right=0.2, bottom=0.55, top=0.15, gap=0.65),
        columns=columns,
        notes=_notes(rows, advice),
        fig=fig,
    )
    alike = Counter(text for _, text in contrasts)
    labels = [f"{text} ({factor})" if alike[text] > 1 else text for factor, text in contrasts]
    for panel, shown in zip(sheet.panels, measures, strict=True):
        row_axis(panel.ax, labels, inches=sheet.margins.left if panel.left else 0)
        effects = [
            (contrasts.index((row["factor"], row["contrast"])), row)
            for row in rows
            if row["measure"] == shown.name
        ]
        _draw_effects(panel.ax, shown, effects, _reason(takes, advice))
    return sheet.fig


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
        InputError: There is nothing to draw, or the matrix does not fit the takes, or ``ax`` is no
            axes.
    """
    need(takes)
    if matrix.shape != (len(takes), len(takes)):
        raise InputError(f"{len(takes)} takes need a square matrix, not shape {matrix.shape}.")
    prompts = list(dict.fromkeys(prompt for prompt, _ in takes))
    points, share = plane(-np.log2(np.maximum(matrix, matrix[matrix > 0].min() / 2)))
    margins = Margins(left=0.2, right=2.9, bottom=0.6, top=0.15)
    ax = single(4.4, max(4.4, legend_height(prompts)), margins, ax=ax)
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


def _notes(rows: Sequence[Mapping[str, Any]], advice: str) -> list[str]:
    """What the marks are, of those that are drawn."""
    drawn = {row["verdict"] for row in rows if math.isfinite(row["difference"])}
    signs = {
        "different": "◆ different",
        "no difference shown": "○ no difference shown",
        "not enough takes": f"× not enough takes{advice and f': {advice}'}",  # noqa: RUF001 - a cross is meant
    }
    notes = [sign for verdict, sign in signs.items() if verdict in drawn]
    return [*notes, "── 95 % interval"] if notes else []


def _reason(takes: int, advice: str) -> str:
    """Why there is no difference to draw, where there is none."""
    if takes > 1:
        return "too few takes have a value"
    return f"not enough takes:\n{advice}" if advice else "not enough takes"


def _draw_effects(
    ax: Axes, shown: Measure, effects: Sequence[tuple[int, Mapping[str, Any]]], reason: str
) -> None:
    """The effects on one measure, each in its place, on an axis with zero in the middle."""
    unit = f" ({shown.difference_unit})" if shown.difference_unit else ""
    ax.set_xlabel(f"{shown.label}: difference{unit}", fontsize=8, color=look_of(ax).ink)
    known = [(place, each) for place, each in effects if math.isfinite(each["difference"])]
    if not known:
        say(ax, reason)
        return
    bars = {
        place: shown.shown_times * np.array([each["difference"], each["low"], each["high"]])
        for place, each in known
    }
    marks = _marks(look_of(ax))
    reach = _reach(np.array(list(bars.values())))
    ax.set_xlim(-reach, reach)
    ax.axvline(0, color=look_of(ax).soft_ink, lw=0.8, zorder=1)
    for place, each in known:
        difference, *ends = bars[place]
        mark = marks[each["verdict"]]
        ax.plot(np.clip(ends, -reach, reach), [place] * 2, color=mark["color"], lw=1.6, zorder=2)
        ax.plot(difference, place, zorder=4, ls="", mew=1.6, **mark)
        for end, arrow in zip(ends, "<>", strict=True):
            if abs(end) > reach:
                edge = math.copysign(reach, end)
                ax.plot(edge, place, arrow, ms=5, color=mark["color"], clip_on=False, zorder=4)
    for place, _ in effects:
        if place not in bars:
            first_line = reason.splitlines()[0].rstrip(":")
            write(ax, first_line, (0.5, place), transform=ax.get_yaxis_transform())
    ax.locator_params(axis="x", nbins=5)


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
    # not the limits but the axes become square, so that every point stays inside
    ax.set_aspect("equal", adjustable="box", anchor="NW")


def prompt_colour(ax: Axes, number: int) -> str:
    """The colour of the prompt of that number, counted from 0."""
    colours = look_of(ax).prompts
    return colours[number % len(colours)]


def legend_label(prompt: str) -> str:
    """A prompt on as many lines as the legend has room for."""
    return wrapped(prompt, 34, lines=3)


def legend_height(prompts: Sequence[str]) -> float:
    """Inches that the legend of these prompts needs."""
    return sum(0.06 + 0.145 * len(legend_label(prompt).splitlines()) for prompt in prompts)


def prompt_legend(ax: Axes) -> None:
    """Which prompt has which mark, to the right of the axes."""
    legend = ax.legend(
        loc="upper left",
        bbox_to_anchor=(1.02, 1),
        borderaxespad=0,
        frameon=False,
        fontsize=8,
        markerscale=0.7,
        handlelength=4,  # a line's dashes come twice
    )
    for text in legend.get_texts():
        text.set(color=look_of(ax).ink, **lettered(text.get_text()))
