"""Plots: takes as matplotlib figures, every panel on the same axes and colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from soundgen_nb.analysis import Analysis, similarity_matrix
from soundgen_nb.comparison.evidence import found_effects
from soundgen_nb.effects import DEFAULT_MEASURES
from soundgen_nb.take import Takes, measure_all
from soundgen_nb.view import charts, figures, overlays

if TYPE_CHECKING:
    # the only rooms that know matplotlib
    from soundgen_nb.view.figures import Axes, Figure  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Plots:
    """Takes as matplotlib figures.

    All take ``fig=``, a figure of your own to draw into, or ``ax=`` where they draw one panel;
    else they make a new figure, which shows itself at the end of a cell and is left nowhere. New
    figures are white, or dark where ``plt.style.use("dark_background")`` says so.
    """

    takes: Takes

    def spectrograms(self, *, columns: int = 3, fig: Figure | None = None) -> Figure:
        """A spectrogram of every take, on one dB reference, time axis and frequency axis."""
        return figures.spectrogram_grid(self._items, columns=columns, fig=fig)

    def waveforms(self, *, columns: int = 3, fig: Figure | None = None) -> Figure:
        """The outline of every take, on one amplitude scale and time axis."""
        return figures.waveforms(self._items, columns=columns, fig=fig)

    def spectra(self, *, ax: Axes | None = None) -> Figure:
        """Every take's third-octave spectrum over each other, and the mean of each prompt."""
        spectra = [
            (take.prompt, analysis.third_octaves_db)
            for take, analysis in zip(self.takes, self._analyses, strict=True)
        ]
        return overlays.spectra(spectra, ax=ax)

    def measures(self, *names: str, columns: int = 4, fig: Figure | None = None) -> Figure:
        """Every take as a dot, every prompt's mean with its 95 % interval.

        Args:
            *names: which measures, as the columns of ``table()`` are called; a few if left out.
            columns: panels in a row, at most.
            fig: a figure to draw into; a new one otherwise.

        Raises:
            InputError: if there is no measure of that name.
        """
        shown = names or figures.DEFAULT_MEASURES
        return figures.measure_dots(self._rows, shown, columns=columns, fig=fig)

    def expressive_range(
        self,
        across: str = "centroid_hz",
        up: str = "loudness_lufs",
        *,
        columns: int = 3,
        fig: Figure | None = None,
    ) -> Figure:
        """Where the takes of each prompt fall in two measures: how much one wording can give.

        Args:
            across: a measure, as the columns of ``table()`` are called.
            up: another.
            columns: panels in a row, at most.
            fig: a figure to draw into; a new one otherwise.

        Raises:
            InputError: if there is no measure of that name.
        """
        return overlays.expressive_range(self._rows, (across, up), columns=columns, fig=fig)

    def similarity(self, *, ax: Axes | None = None) -> Figure:
        """How alike the takes are in timbre, as a heat map."""
        labels = [take.label for take in self.takes]
        return figures.similarity_heatmap(similarity_matrix(self._analyses), labels, ax=ax)

    def effects(
        self,
        *names: str,
        interactions: bool | None = None,
        columns: int = 3,
        fig: Figure | None = None,
    ) -> Figure:
        """What every word changed, with its 95 % interval: a panel for each measure.

        Args:
            *names: which measures, as in ``Comparison.effects``; a few if left out.
            interactions: as in ``Comparison.effects``.
            columns: panels in a row, at most.
            fig: a figure to draw into; a new one otherwise.

        Raises:
            InputError: if there is no measure of that name, or only one prompt.
        """
        found = found_effects(self.takes, names or DEFAULT_MEASURES, interactions=interactions)
        return charts.effect_forest([each.row for each in found], columns=columns, fig=fig)

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

    @property
    def _rows(self) -> list[tuple[str, Mapping[str, float]]]:
        return [
            (take.prompt, found.measures)
            for take, found in zip(self.takes, self._analyses, strict=True)
        ]
