"""Matplotlib figures of sounds side by side, on scales they share.

Figures are made as objects, not through pyplot: nothing is left open, no global state changes, and
a figure made in a thread is as good as one made in a cell.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis import Analysis, Measure, Spectrogram, Waveform, measure
from soundgen_nb.analysis.pictures import HIGHEST_HZ, LOWEST_HZ
from soundgen_nb.errors import InputError
from soundgen_nb.statistics import Spread, describe
from soundgen_nb.view.canvas import LIGHT, look_of
from soundgen_nb.view.dressing import dress, row_axis, say, title
from soundgen_nb.view.images import frequency_ticks
from soundgen_nb.view.lettering import breadth, elided, lettered
from soundgen_nb.view.scale import RANGE_DB, Scale
from soundgen_nb.view.sheet import Margins, Sheet, single

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.image import AxesImage

Items = Sequence[tuple[str, Analysis]]
"""Sounds to draw: each with the label that stands above it."""

DEFAULT_MEASURES = ("loudness_lufs", "centroid_hz", "flatness", "onsets")


def spectrogram_grid(
    items: Items,
    *,
    columns: int = 3,
    range_db: float = RANGE_DB,
    fig: Figure | SubFigure | None = None,
) -> Figure:
    """Spectrograms on one decibel scale, one time axis and one frequency axis.

    The brightest colour is the loudest point of all of them, so a quieter sound is a darker
    picture; and silence is dark, even by itself. Grey is where a shorter sound has ended.

    Args:
        items: Labels and analyses, at least one.
        columns: Pictures in a row, at most.
        range_db: How far below the loudest point black begins.
        fig: A figure to draw into, or a part of one; a new one otherwise.

    Raises:
        InputError: There is nothing to draw, or no column to draw it in.
    """
    need(items)
    scale = Scale.shared(analysis for _, analysis in items)
    margins = Margins(left=0.75, right=0.95, bottom=0.55, top=0.4, gap=0.42)
    sheet = Sheet.of(len(items), panel=(3.1, 1.6), margins=margins, columns=columns, fig=fig)
    for panel, (label, analysis) in zip(sheet.panels, items, strict=True):
        limits = (scale.reference_db - range_db, scale.reference_db)
        image = _draw_spectrogram(panel.ax, analysis.spectrogram, limits=limits)
        dress(panel.ax)
        title(panel.ax, label)
        panel.ax.set_xlim(0, scale.seconds)
        _frequency_axis(panel.ax, labelled=panel.left)
        _time_axis(panel.ax, labelled=panel.bottom)
    bar = sheet.fig.add_axes(sheet.margins.beside(sheet.fig, width=0.1, away=0.12))
    sheet.fig.colorbar(image, cax=bar)
    dress(bar)
    bar.set_ylabel("dB (0 = full-scale sine)", fontsize=8, color=look_of(sheet.fig).ink)
    return sheet.fig


def waveforms(items: Items, *, columns: int = 3, fig: Figure | SubFigure | None = None) -> Figure:
    """Waveforms on one amplitude scale and one time axis, a lane for each channel.

    Args:
        items: Labels and analyses, at least one.
        columns: Pictures in a row, at most.
        fig: A figure to draw into, or a part of one; a new one otherwise.

    Raises:
        InputError: There is nothing to draw, or no column to draw it in.
    """
    need(items)
    outlines = [analysis.waveform for _, analysis in items]
    reach = max(float(np.abs([each.low, each.high]).max()) for each in outlines) or 1.0
    seconds = max(each.seconds for each in outlines)
    half = 1.1 * reach * max(len(each.low) for each in outlines)
    margins = Margins(left=0.75, right=0.2, bottom=0.55, top=0.4, gap=0.42)
    sheet = Sheet.of(len(items), panel=(3.1, 1.15), margins=margins, columns=columns, fig=fig)
    for panel, (label, _), outline in zip(sheet.panels, items, outlines, strict=True):
        ax = panel.ax
        centres = _draw_waveform(ax, outline, lane_height=2.2 * reach)
        ax.axvspan(outline.seconds, seconds, color=look_of(ax).absent, lw=0)
        ax.set(xlim=(0, seconds), ylim=(-half, half))
        dress(ax)
        title(ax, label)
        _amplitude_axis(ax, centres, reach, labelled=panel.left)
        _time_axis(ax, labelled=panel.bottom)
    return sheet.fig


def measure_dots(
    rows: Sequence[tuple[str, Mapping[str, float]]],
    measures: Sequence[str] = DEFAULT_MEASURES,
    *,
    columns: int = 4,
    fig: Figure | SubFigure | None = None,
) -> Figure:
    """Every take as a dot, every prompt's mean with its 95 % interval: one panel a measure.

    Dots are what was heard; the bar is where the prompt's true mean lies, as far as so few takes
    can say. An arrow at the edge: the interval goes on. One take has no bar. "2 of 8" at the right
    of a prompt: the other takes have no such value, as silence has no loudness.

    Args:
        rows: For each take, its prompt (takes of one prompt share the label) and its measures.
        measures: Names of measures, at least one.
        columns: Panels in a row, at most.
        fig: A figure to draw into, or a part of one; a new one otherwise.

    Raises:
        InputError: There is nothing to draw, no column to draw it in, or no measure of that name.
    """
    need(rows and measures)
    prompts = list(dict.fromkeys(label for label, _ in rows))
    takes = list(Counter(label for label, _ in rows).values())
    shown = [measure(name) for name in measures]
    values = [[_values(rows, prompt, each) for prompt in prompts] for each in shown]
    shortfalls = [_shortfalls(each, takes) for each in values]
    sheet = Sheet.of(
        len(shown),
        panel=(2.1, 0.2 + 0.4 * len(prompts)),
        margins=Margins(left=2.3, right=0.2, bottom=0.5, top=0.1, gap=0.6),
        columns=columns,
        notes=_dot_notes(values, shortfalls),
        fig=fig,
    )
    for place, panel in enumerate(sheet.panels):
        row_axis(panel.ax, prompts, inches=sheet.margins.left if panel.left else 0)
        _draw_measure(panel.ax, shown[place], values[place])
        _write_shortfalls(panel.ax, shortfalls[place])
    return sheet.fig


def similarity_heatmap(
    matrix: NDArray[np.float64], labels: Sequence[str], *, ax: Axes | None = None
) -> Figure:
    """How alike every two sounds are in timbre: 1 the same, 0.5 six decibels apart.

    Args:
        matrix: Shape (n, n), from ``similarity_matrix``.
        labels: One for each row.
        ax: Axes to draw into; those of a new figure otherwise.

    Raises:
        InputError: There is nothing to draw, labels and matrix do not fit, or ``ax`` is no axes.
    """
    need(labels)
    if matrix.shape != (len(labels), len(labels)):
        raise InputError(f"{len(labels)} labels need a square matrix, not shape {matrix.shape}.")
    texts = [elided(label, 40) for label in labels]
    side = min(9.0, 1.2 + 0.4 * len(labels))
    room = 0.3 + 0.07 * max(map(breadth, texts))  # inches: a letter at 8 points is 0.07 wide
    # the bar is a share of the axes, its labels are not
    right = 0.6 + 0.06 * side
    margins = Margins(left=room, right=right, bottom=0.2 + 0.65 * room, top=0.15)
    ax = single(side, side, margins, ax=ax)
    image = ax.imshow(matrix, cmap="cividis", vmin=0, vmax=1)
    dress(ax)
    places = range(len(labels))
    letters = lettered(*texts)
    ax.set_yticks(places, texts, **letters)
    ax.set_xticks(places, texts, rotation=40, ha="right", rotation_mode="anchor", **letters)
    if len(labels) <= 16:
        _write_values(ax, matrix)
    _colour_bar(ax, image, "Similarity of timbre")
    return ax.figure.figure


def need(things: Sequence[Any]) -> None:
    """Refuse to draw nothing.

    Raises:
        InputError: There is nothing to draw.
    """
    if not len(things):
        raise InputError("There is nothing to draw: give at least one.")


def _draw_spectrogram(ax: Axes, picture: Spectrogram, *, limits: tuple[float, float]) -> AxesImage:
    ax.set_facecolor(look_of(ax).absent)
    ax.set_yscale("log")
    ax.set_ylim(LOWEST_HZ, HIGHEST_HZ)
    # Rows are evenly spaced in pitch, so the picture fills the logarithmic axis from edge to
    # edge. In data coordinates imshow would space them evenly in hertz, and a mesh of
    # quadrilaterals, which would be right, takes ten times as long.
    return ax.imshow(
        picture.decibels,
        origin="lower",
        aspect="auto",
        extent=(0, picture.seconds, 0, 1),
        transform=ax.get_xaxis_transform(),
        cmap="magma",
        vmin=limits[0],
        vmax=limits[1],
    )


def _frequency_axis(ax: Axes, *, labelled: bool) -> None:
    ax.minorticks_off()
    if not labelled:
        ax.set_yticks([])
        return
    ticks = frequency_ticks()
    octaves = HIGHEST_HZ / LOWEST_HZ
    ax.set_yticks(
        [LOWEST_HZ * octaves**tick.fraction for tick in ticks], [tick.label for tick in ticks]
    )
    ax.tick_params(axis="y", labelsize=7)
    ax.set_ylabel("Frequency", fontsize=8, color=look_of(ax).ink)


def _time_axis(ax: Axes, *, labelled: bool) -> None:
    if labelled:
        ax.set_xlabel("Time (s)", fontsize=8, color=look_of(ax).ink)
    else:
        ax.set_xticks([])


def _colour_bar(ax: Axes, image: AxesImage, label: str) -> None:
    """A bar as high as ``ax``, to the right of it."""
    bar = ax.inset_axes((1.03, 0, 0.03, 1))
    ax.figure.colorbar(image, cax=bar)
    dress(bar)
    bar.set_ylabel(label, fontsize=8, color=look_of(ax).ink)


def _draw_waveform(ax: Axes, waveform: Waveform, *, lane_height: float) -> list[float]:
    """Draw each channel in a lane of its own, and say where the lanes' zeros are."""
    lanes, columns = waveform.low.shape
    times = (np.arange(columns) + 0.5) * waveform.seconds / columns
    centres = [lane_height * ((lanes - 1) / 2 - lane) for lane in range(lanes)]
    for centre, low, high in zip(centres, waveform.low, waveform.high, strict=True):
        ax.fill_between(times, centre + low, centre + high, color=look_of(ax).dot, linewidth=0.5)
    return centres


def _amplitude_axis(ax: Axes, centres: Sequence[float], reach: float, *, labelled: bool) -> None:
    """Zero and one round amplitude in every lane."""
    if not labelled:
        ax.set_yticks([])
        return
    ten = 10.0 ** math.floor(math.log10(reach))
    mark = max(ten * factor for factor in (1, 2, 5) if factor == 1 or ten * factor <= reach)
    marks = [(centre + at, f"{at:g}") for centre in centres for at in (0.0, mark)]
    ax.set_yticks([place for place, _ in marks], [text for _, text in marks])
    ax.tick_params(axis="y", labelsize=7)
    ax.set_ylabel("Amplitude\n(1 = full scale)", fontsize=8, color=look_of(ax).ink)


def _values(
    rows: Sequence[tuple[str, Mapping[str, float]]], prompt: str, shown: Measure
) -> NDArray[np.float64]:
    """The finite values of one prompt's takes, as they are shown."""
    values = np.array([each.get(shown.name, math.nan) for label, each in rows if label == prompt])
    finite: NDArray[np.float64] = values[np.isfinite(values)] * shown.shown_times
    return finite


def _shortfalls(values: Sequence[NDArray[np.float64]], takes: Sequence[int]) -> dict[int, str]:
    """The rows in which some takes have no value, and how many have; none if no take at all has."""
    if not any(map(len, values)):
        return {}
    return {
        row: f"{len(found)} of {count}"
        for row, (found, count) in enumerate(zip(values, takes, strict=True))
        if len(found) < count
    }


def _dot_notes(
    values: Sequence[Sequence[NDArray[np.float64]]], shortfalls: Sequence[Mapping[int, str]]
) -> list[str]:
    """What the marks are, of those that are drawn."""
    most = max(len(found) for of_prompts in values for found in of_prompts)
    texts = [text for each in shortfalls for text in each.values()]
    notes = {
        "● one take": most > 0,
        "◆ mean of a prompt and its 95 % interval": most > 1,
        "◂ ▸ it goes on": most > 1,
        f"{max(texts, default='')}: takes that have a value": bool(texts),
    }
    return [note for note, drawn in notes.items() if drawn]


def _write_shortfalls(ax: Axes, shortfalls: Mapping[int, str]) -> None:
    """At the right, below the dots of their row."""
    for row, text in shortfalls.items():
        ax.text(
            1, row + 0.36, text, transform=ax.get_yaxis_transform(), ha="right", va="center",
            fontsize=7, color=look_of(ax).soft_ink, zorder=5,
        )  # fmt: skip


def _draw_measure(ax: Axes, shown: Measure, takes: Sequence[NDArray[np.float64]]) -> None:
    """One panel: the values of each prompt's takes in a row, as dots, mean and interval."""
    ax.set_xlabel(shown.axis_label, fontsize=8, color=look_of(ax).ink)
    every = np.concatenate(takes)
    if not every.size:
        say(ax, "no take has a value")
        return
    spreads = [describe(values) for values in takes]
    ax.set_xlim(*_limits(every, spreads))
    for row, (values, spread) in enumerate(zip(takes, spreads, strict=True)):
        nudges = 0.13 * np.resize([0, -1, 1], len(values))
        ax.plot(values, row + nudges, "o", ms=5, mew=0, alpha=0.65, color=look_of(ax).dot, zorder=3)
        if spread.count > 1:
            _draw_interval(ax, row, spread)
    ax.locator_params(axis="x", nbins=4)


def _limits(values: NDArray[np.float64], spreads: Sequence[Spread]) -> tuple[float, float]:
    """Room for every dot; of intervals, which two takes can make huge, only what leaves it."""
    low, high = float(values.min()), float(values.max())
    room = 0.5 * (high - low) or max(0.1 * abs(low), 1e-3)
    ends = [end for each in spreads for end in (each.low, each.high) if math.isfinite(end)]
    seen = np.clip([low, high, *ends], low - room, high + room)
    edge = 0.08 * float(np.ptp(seen)) or room
    return float(seen.min()) - edge, float(seen.max()) + edge


def _draw_interval(ax: Axes, row: int, spread: Spread) -> None:
    """The mean and its interval, with an arrow where it leaves the panel."""
    left, right = ax.get_xlim()
    look = look_of(ax)
    ends = np.clip([spread.low, spread.high], left, right)
    ax.plot(ends, [row, row], color=look.mean, lw=1.6, zorder=2, solid_capstyle="butt")
    ax.plot(spread.mean, row, "D", ms=5.5, mew=1, mec=look.ground, color=look.mean, zorder=4)
    for end, edge, arrow in ((spread.low, left, "<"), (spread.high, right, ">")):
        if not left <= end <= right:
            ax.plot(edge, row, arrow, ms=5, mew=0, color=look.mean, clip_on=False, zorder=4)


def _write_values(ax: Axes, matrix: NDArray[np.float64]) -> None:
    for (row, column), value in np.ndenumerate(matrix):
        # on cividis, which is dark below and bright above whatever the theme
        ink = LIGHT.ink if value > 0.55 else LIGHT.ground
        ax.text(column, row, f"{value:.2f}", ha="center", va="center", fontsize=7, color=ink)
