"""Matplotlib figures that lay takes over each other: their spectra, and where measures put them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis import THIRD_OCTAVES_HZ, Measure, measure
from soundgen_nb.statistics import describe
from soundgen_nb.view.canvas import Margins, look_of, new_figure
from soundgen_nb.view.charts import legend_label, prompt_colour, prompt_legend
from soundgen_nb.view.figures import dress, elided, need
from soundgen_nb.view.images import frequency_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_RANGE_DB = 90.0
_LINES = ("-", "--", "-.", ":")

_Points = NDArray[np.float64]


def spectra(takes: Sequence[tuple[str, NDArray[np.float64]]], *, ax: Axes | None = None) -> Figure:
    """Third-octave spectra: a thin line a take, a thick one for the mean of each prompt.

    Means are of power. Levels are absolute, so a louder take lies higher.

    Args:
        takes: The prompt of each take, and its levels in dB in the bands of ``THIRD_OCTAVES_HZ``.
        ax: Axes to draw into; those of a new figure otherwise.

    Raises:
        InputError: There is nothing to draw.
    """
    need(takes)
    prompts = list(dict.fromkeys(prompt for prompt, _ in takes))
    if ax is None:
        margins = Margins(left=0.75, right=2.9, bottom=0.55, top=0.15)
        ax = new_figure(margins.size(5.2, max(3.2, 0.5 * len(prompts)))).add_subplot()
        margins.apply(ax.figure, rows=1)
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
    fig: Figure | None = None,
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
        fig: A figure to draw into; a new one otherwise.

    Raises:
        InputError: There is nothing to draw, or no measure of that name.
    """
    need(rows)
    across, up = map(measure, measures)
    prompts = list(dict.fromkeys(prompt for prompt, _ in rows))
    clouds = [_points(rows, prompt, (across, up)) for prompt in prompts]
    lines = math.ceil(len(prompts) / columns)
    columns = math.ceil(len(prompts) / lines)  # four stand two by two
    margins = Margins(left=0.75, right=0.2, bottom=0.55, top=0.55, gap=0.6)
    fig = fig or new_figure(margins.size(columns * 2.5, lines * 2.1))
    for place, prompt in enumerate(prompts):
        ax = fig.add_subplot(lines, columns, place + 1)
        others = [cloud for other, cloud in enumerate(clouds) if other != place]
        _draw_cloud(ax, clouds[place], others, place)
        _title(ax, prompt, clouds[place], (across, up))
        _range_axes(ax, np.concatenate(clouds))
        if place % columns == 0:
            ax.set_ylabel(up.axis_label, fontsize=8, color=look_of(ax).ink)
        if place + columns >= len(prompts):
            ax.set_xlabel(across.axis_label, fontsize=8, color=look_of(ax).ink)
    margins.apply(fig, rows=lines, wspace=0.25)
    return fig


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


def _title(ax: Axes, prompt: str, own: _Points, shown: tuple[Measure, Measure]) -> None:
    scatter = " · ".join(
        f"{each.label.lower()} ± {_apart(each, describe(values).sd)}"
        for each, values in zip(shown, own.T, strict=True)
    )
    look = look_of(ax)
    ax.set_title(
        elided(prompt, 40), fontsize=8.5, color=look.ink, loc="left", pad=16, parse_math=False
    )
    note = scatter if len(own) > 1 else f"{len(own)} take: no spread can be told"
    ax.annotate(
        note, (0, 1), (0, 5), xycoords="axes fraction", textcoords="offset points", fontsize=7,
        color=look.soft_ink,
    )  # fmt: skip


def _apart(shown: Measure, sd: float) -> str:
    return f"{sd:.{shown.decimals}f} {shown.difference_unit}".rstrip()


def _range_axes(ax: Axes, points: _Points) -> None:
    """The same limits in every panel, with room around the outermost take."""
    if not len(points):
        return
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.where(high > low, 0.12 * (high - low), np.maximum(0.1 * np.abs(low), 1e-3))
    ax.set(xlim=(low[0] - room[0], high[0] + room[0]), ylim=(low[1] - room[1], high[1] + room[1]))
    ax.locator_params(nbins=5)
