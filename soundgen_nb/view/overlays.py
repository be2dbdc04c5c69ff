"""Matplotlib figures that lay takes over each other: their spectra, and where measures put them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis import THIRD_OCTAVES_HZ, Measure, measure
from soundgen_nb.statistics import describe
from soundgen_nb.view.canvas import look_of
from soundgen_nb.view.charts import legend_height, legend_label, prompt_colour, prompt_legend
from soundgen_nb.view.dressing import dress, say, title
from soundgen_nb.view.figures import need
from soundgen_nb.view.images import frequency_ticks
from soundgen_nb.view.sheet import Margins, Sheet, single

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

_RANGE_DB = 90.0
_SCATTER_LETTERS = 44  # at 7 points, above a panel
_LINES = ("-", "--", "-.", ":")

_Points = NDArray[np.float64]


def spectra(takes: Sequence[tuple[str, NDArray[np.float64]]], *, ax: Axes | None = None) -> Figure:
    """Third-octave spectra: a thin line a take, a thick one for the mean of each prompt.

    Means are of power. Levels are absolute, so a louder take lies higher.

    Args:
        takes: The prompt of each take, and its levels in dB in the bands of ``THIRD_OCTAVES_HZ``.
        ax: Axes to draw into; those of a new figure otherwise.

    Raises:
        InputError: There is nothing to draw, or ``ax`` is no axes.
    """
    need(takes)
    prompts = list(dict.fromkeys(prompt for prompt, _ in takes))
    margins = Margins(left=0.75, right=2.9, bottom=0.55, top=0.15)
    ax = single(5.2, max(3.2, legend_height(prompts)), margins, ax=ax)
    for number, prompt in enumerate(prompts):
        levels_db = np.array([levels for each, levels in takes if each == prompt])
        _draw_spectra(ax, levels_db, number, prompt)
    dress(ax, spines=["left", "bottom"])
    _frequency_axis(ax)
    _level_axis(ax)
    prompt_legend(ax)
    return ax.figure.figure


def expressive_range(
    rows: Sequence[tuple[str, Mapping[str, float]]],
    measures: tuple[str, str],
    *,
    columns: int = 3,
    fig: Figure | SubFigure | None = None,
) -> Figure:
    """Where the takes of each prompt fall in two measures: one panel a prompt, on the same axes.

    What one wording can give is its cloud; the takes of other prompts are grey behind it. Under
    each prompt stands how far its takes scatter in either measure, as a standard deviation.
    Source of the idea: Smith and Whitehead, "Analyzing the expressive range of a level generator",
    PCGames (2010).

    Args:
        rows: For each take, its prompt and its measures.
        measures: The names of the measure across and the one upwards.
        columns: Panels in a row, at most.
        fig: A figure to draw into, or a part of one; a new one otherwise.

    Raises:
        InputError: There is nothing to draw, no column to draw it in, or no measure of that name.
    """
    need(rows)
    shown = across, up = measure(measures[0]), measure(measures[1])
    takes = Counter(prompt for prompt, _ in rows)
    clouds = [_points(rows, prompt, shown) for prompt in takes]
    scatters = [_scatter(*each, shown) for each in zip(clouds, takes.values(), strict=True)]
    above = 0.14 * max(text.count("\n") for text in scatters)
    sheet = Sheet.of(
        len(clouds),
        panel=(2.5, 1.9),
        margins=Margins(left=0.75, right=0.2, bottom=0.52, top=0.55 + above, gap=0.6 + above),
        columns=columns,
        wspace=0.25,
        even=True,
        notes=_cloud_notes(clouds),
        fig=fig,
    )
    for place, (panel, prompt) in enumerate(zip(sheet.panels, takes, strict=True)):
        others = [cloud for other, cloud in enumerate(clouds) if other != place]
        _draw_cloud(panel.ax, clouds[place], others, place)
        title(panel.ax, prompt, pad=16 + 72 * above)
        _range_axes(panel.ax, np.concatenate(clouds), scatters[place])
        if panel.left:
            panel.ax.set_ylabel(up.axis_label, fontsize=8, color=look_of(panel.ax).ink)
        if panel.bottom:
            panel.ax.set_xlabel(across.axis_label, fontsize=8, color=look_of(panel.ax).ink)
    return sheet.fig


def _draw_spectra(ax: Axes, levels_db: _Points, number: int, prompt: str) -> None:
    colour = prompt_colour(ax, number)
    finite = np.where(np.isneginf(levels_db), np.nan, levels_db)
    if len(levels_db) > 1:
        ax.plot(THIRD_OCTAVES_HZ, finite.T, color=colour, lw=0.7, alpha=0.45)
    # bands beyond half the sample rate have no level, in none of one prompt's takes or in some
    powers = 10 ** (levels_db / 10)
    known = ~np.isnan(powers)
    sums = np.where(known, powers, 0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_db = 10 * np.log10(sums / known.sum(axis=0))
    mean_db[np.isinf(mean_db)] = np.nan
    style = _LINES[number // len(look_of(ax).prompts) % len(_LINES)]
    ax.plot(THIRD_OCTAVES_HZ, mean_db, color=colour, lw=2.2, ls=style, label=legend_label(prompt))


def _frequency_axis(ax: Axes) -> None:
    ax.set_xscale("log")
    ax.set_xlim(THIRD_OCTAVES_HZ[0] / 1.12, THIRD_OCTAVES_HZ[-1] * 1.12)
    ax.minorticks_off()
    labels = [label for label, _ in frequency_ticks()]
    places = [float(n) * (1000 if unit == "kHz" else 1) for n, unit in map(str.split, labels)]
    ax.set_xticks(places, labels)
    ax.tick_params(axis="x", labelsize=7)
    ax.set_xlabel("Frequency", fontsize=8, color=look_of(ax).ink)


def _level_axis(ax: Axes) -> None:
    drawn = np.concatenate([line.get_ydata() for line in ax.lines])
    drawn = drawn[np.isfinite(drawn)]
    top = 5 * math.ceil(drawn.max(initial=-_RANGE_DB) / 5) + 5
    lowest = 5 * math.floor(drawn.min(initial=top - 10) / 5)
    ax.set_ylim(max(lowest, top - _RANGE_DB), top)
    ax.grid(axis="y", color=look_of(ax).absent, lw=0.8)
    ax.set_axisbelow(True)
    label = "Level in third octaves\n(dB, 0 = full-scale sine)"
    ax.set_ylabel(label, fontsize=8, color=look_of(ax).ink)


def _points(
    rows: Sequence[tuple[str, Mapping[str, float]]], prompt: str, shown: tuple[Measure, Measure]
) -> _Points:
    """The takes of a prompt that have both values, as they are shown, shape (takes, 2)."""
    points = np.array(
        [
            [each.get(one.name, math.nan) * one.shown_times for one in shown]
            for label, each in rows
            if label == prompt
        ]
    )
    finite: _Points = points[np.isfinite(points).all(axis=1)]
    return finite


def _draw_cloud(ax: Axes, own: _Points, others: Sequence[_Points], number: int) -> None:
    look = look_of(ax)
    dress(ax, spines=["left", "bottom"])
    for cloud in others:
        ax.plot(*cloud.T, "o", ms=4, mew=0, color=look.soft_ink, alpha=0.3, zorder=2)
    # many takes overlap: the darker, the more
    opacity = max(0.25, min(0.8, 20 / max(len(own), 1)))
    colour = prompt_colour(ax, number)
    ax.plot(*own.T, "o", ms=6, mew=0, alpha=opacity, color=colour, zorder=3)


def _cloud_notes(clouds: Sequence[_Points]) -> list[str]:
    """What the marks are, of those that are drawn."""
    sizes = [len(cloud) for cloud in clouds]
    notes = {
        "±: standard deviation of the takes of a prompt": max(sizes) > 1,
        "grey: takes of the other prompts": len(sizes) > 1 and max(sizes) > 0,
    }
    return [note for note, drawn in notes.items() if drawn]


def _scatter(own: _Points, takes: int, shown: tuple[Measure, Measure]) -> str:
    """How far the takes of a prompt scatter, or why that cannot be told."""
    if not len(own):
        return "no take has both values"
    count = f"{len(own)} of {takes} takes" if len(own) < takes else ""
    if len(own) == 1:
        return f"{count or '1 take'}: no spread can be told"
    facts = [
        f"{each.label.lower()} ± {_apart(each, describe(values).sd)}"
        for each, values in zip(shown, own.T, strict=True)
    ]
    facts += [count] if count else []
    line = " · ".join(facts)
    return line if len(line) <= _SCATTER_LETTERS else f"{facts[0]} ·\n{' · '.join(facts[1:])}"


def _apart(shown: Measure, sd: float) -> str:
    return f"{sd:.{shown.decimals}f} {shown.difference_unit}".rstrip()


def _range_axes(ax: Axes, points: _Points, scatter: str) -> None:
    """The same limits in every panel, with room around the outermost take."""
    if not len(points):
        say(ax, scatter)
        ax.set_yticks([])
        return
    ax.annotate(
        scatter, (0, 1), (0, 5), xycoords="axes fraction", textcoords="offset points",
        fontsize=7, color=look_of(ax).soft_ink,
    )  # fmt: skip
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.where(high > low, 0.12 * (high - low), np.maximum(0.1 * np.abs(low), 1e-3))
    ax.set(xlim=(low[0] - room[0], high[0] + room[0]), ylim=(low[1] - room[1], high[1] + room[1]))
    ax.locator_params(nbins=5)
