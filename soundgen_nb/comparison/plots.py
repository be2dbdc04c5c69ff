"""Plots: takes as matplotlib figures, every panel on the same axes and colours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from soundgen_nb.analysis import Analysis, similarity_matrix
from soundgen_nb.comparison.evidence import found_effects, values_of
from soundgen_nb.comparison.repeats import each_once
from soundgen_nb.effects import DEFAULT_MEASURES, remedy
from soundgen_nb.errors import InputError
from soundgen_nb.take import Takes, measure_all
from soundgen_nb.view import charts, figures, overlays

if TYPE_CHECKING:
    # the only rooms that know matplotlib
    from soundgen_nb.view.figures import Axes, Figure, SubFigure  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Plots:
    """Takes as matplotlib figures.

    All take ``fig=``, a figure or subfigure of your own to draw into, or ``ax=`` where they draw
    one panel; else they make a new figure, which shows itself at the end of a cell and is left
    nowhere. New figures are white, or dark where ``plt.style.use("dark_background")`` says so.
    Anything else in place of a figure or axes is an InputError that says what is likely meant.
    Names of measures can be given one by one or as one list.

    Pitch, tempo and what else only librosa hears is measured when it is asked for: a third of a
    second for each take, and half a minute more where librosa has compiled nothing yet.
    """

    takes: Takes

    def spectrograms(self, *, columns: int = 3, fig: Figure | SubFigure | None = None) -> Figure:
        """A spectrogram of every take, on one dB reference, time axis and frequency axis."""
        return figures.spectrogram_grid(self._items, columns=columns, fig=fig)

    def waveforms(self, *, columns: int = 3, fig: Figure | SubFigure | None = None) -> Figure:
        """The outline of every take, on one amplitude scale and time axis."""
        return figures.waveforms(self._items, columns=columns, fig=fig)

    def spectra(self, *, ax: Axes | None = None) -> Figure:
        """Every take's third-octave spectrum over each other, and the mean of each prompt."""
        spectra = [
            (take.prompt, analysis.third_octaves_db)
            for take, analysis in zip(self.takes, self._analyses, strict=True)
        ]
        return overlays.spectra(spectra, ax=ax)

    def measures(
        self,
        *names: str | Sequence[str],
        columns: int = 4,
        fig: Figure | SubFigure | None = None,
    ) -> Figure:
        """Every take as a dot, every prompt's mean with its 95 % interval.

        Args:
            *names: which measures, as the columns of ``table(deep=True)`` are called; a few if
                left out.
            columns: panels in a row, at most.
            fig: a figure to draw into, or a part of one; a new one otherwise.

        Raises:
            InputError: if there is no measure of that name, or columns are no number from 1 on.
        """
        shown = _listed(names) if names else figures.DEFAULT_MEASURES
        return figures.measure_dots(self._rows(shown), shown, columns=columns, fig=fig)

    def expressive_range(
        self,
        across: str | Sequence[str] = "centroid_hz",
        up: str = "loudness_lufs",
        *,
        columns: int = 3,
        fig: Figure | SubFigure | None = None,
    ) -> Figure:
        """Where the takes of each prompt fall in two measures: how much one wording can give.

        Args:
            across: a measure, as the columns of ``table(deep=True)`` are called; or two of them.
            up: another.
            columns: panels in a row, at most.
            fig: a figure to draw into, or a part of one; a new one otherwise.

        Raises:
            InputError: if there is no measure of that name, there are not two, or columns are no
                number from 1 on.
        """
        shown = _listed((across, up) if isinstance(across, str) else (across,))
        if len(shown) != 2:
            raise InputError(f"an expressive range has two measures, not {len(shown)}: {shown}")
        pair = (shown[0], shown[1])
        return overlays.expressive_range(self._rows(pair), pair, columns=columns, fig=fig)

    def similarity(self, *, ax: Axes | None = None) -> Figure:
        """How alike the takes are in timbre, as a heat map."""
        labels = [take.label for take in self.takes]
        return figures.similarity_heatmap(similarity_matrix(self._analyses), labels, ax=ax)

    def effects(
        self,
        *names: str | Sequence[str],
        interactions: bool | None = None,
        columns: int = 3,
        fig: Figure | SubFigure | None = None,
    ) -> Figure:
        """What every word changed, with its 95 % interval: a panel for each measure.

        Args:
            *names: which measures, as in ``Comparison.effects``; a few if left out.
            interactions: as in ``Comparison.effects``.
            columns: panels in a row, at most.
            fig: a figure to draw into, or a part of one; a new one otherwise.

        Raises:
            InputError: if there is no measure of that name, only one prompt, or columns are no
                number from 1 on.
        """
        shown = _listed(names) if names else DEFAULT_MEASURES
        found = found_effects(self.takes, shown, interactions=interactions)
        return charts.effect_forest(
            [each.row for each in found],
            takes=min(Counter(take.prompt for take in each_once(self.takes)).values()),
            advice=remedy(found),
            columns=columns,
            fig=fig,
        )

    def map(self, *, ax: Axes | None = None) -> Figure:
        """The takes as points, near where alike in timbre, coloured by prompt."""
        takes = [(take.prompt, take.index) for take in self.takes]
        return charts.timbre_map(similarity_matrix(self._analyses), takes, ax=ax)

    @property
    def _analyses(self) -> list[Analysis]:
        measure_all(self.takes)
        return [take.analysis for take in self.takes]

    @property
    def _items(self) -> list[tuple[str, Analysis]]:
        return [(take.label, found) for take, found in zip(self.takes, self._analyses, strict=True)]

    def _rows(self, names: Iterable[str]) -> list[tuple[str, Mapping[str, float]]]:
        """The prompt of every take and its values; copies are no takes of their own."""
        once = each_once(self.takes)
        prompts = [take.prompt for take in once]
        return list(zip(prompts, values_of(once, names), strict=True))


def _listed(names: Sequence[str | Sequence[str]]) -> tuple[str, ...]:
    """Names as they were given: one by one, or all in one list.

    Raises:
        InputError: if one of them is no text.
    """
    alone = names[0] if len(names) == 1 else None
    several = names if isinstance(alone, str) or not isinstance(alone, Iterable) else alone
    listed = []
    for name in several:
        if not isinstance(name, str):
            raise InputError(
                f'{name!r} is no name of a measure: give names, as "pitch_hz", or one list of them'
            )
        listed.append(name)
    return tuple(listed)
