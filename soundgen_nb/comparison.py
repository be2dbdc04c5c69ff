"""Comparison: takes side by side; tables, figures, exports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from soundgen_nb.analysis import (
    DEEP_MEASURES,
    MEASURES,
    Analysis,
    Measure,
    measure,
    similarity_matrix,
)
from soundgen_nb.effects import (
    COLUMNS,
    DEFAULT_MEASURES,
    METHOD,
    Effect,
    Observation,
    conclusion,
    effects,
)
from soundgen_nb.errors import InputError, SoundgenError
from soundgen_nb.statistics import describe
from soundgen_nb.take import Take, Takes, grouped, measure_all, shortened
from soundgen_nb.view import charts, figures, origin, page
from soundgen_nb.view.card import CardContent
from soundgen_nb.view.enlivening import enlivened
from soundgen_nb.view.gallery import gallery, gallery_body, many

if TYPE_CHECKING:
    import pandas as pd

    # the only room that knows matplotlib
    from soundgen_nb.view.figures import Figure  # type: ignore[attr-defined]


@dataclass(frozen=True, repr=False)
class Comparison(Sequence[Take]):
    """Takes of one or more prompts side by side, on one scale.

    Attributes:
        takes: at least one; those of one prompt in a row, no two with the same number.

    Raises:
        InputError: if there are no takes.

    Example:
        >>> comparison = Comparison.from_takes([rain_1, rain_2, tent_1])     # doctest: +SKIP
        >>> comparison.summary().query("measure == 'loudness_lufs'")         # doctest: +SKIP
    """

    takes: Takes

    def __post_init__(self) -> None:
        if not self.takes:
            raise InputError("there are no takes to compare; generate some, or load files")
        object.__setattr__(self, "takes", Takes(grouped(self.takes), self.takes.failures))

    @classmethod
    def from_takes(
        cls,
        takes: Iterable[Take],
        failures: Iterable[SoundgenError] = (),
        *,
        executor: Executor | None = None,
    ) -> Comparison:
        """Put takes side by side: grouped by prompt, told apart by number.

        Args:
            takes: at least one; a ``Takes`` brings its failures along.
            failures: what was asked for and did not arrive.
            executor: measure them there and now; else two threads do, on first use.

        Raises:
            InputError: if there are no takes.
        """
        known = takes.failures if isinstance(takes, Takes) else ()
        comparison = cls(Takes(tuple(takes), (*known, *failures)))
        if executor:
            measure_all(comparison, executor=executor)
        return comparison

    @property
    def failures(self) -> tuple[SoundgenError, ...]:
        """What was asked for and did not arrive."""
        return self.takes.failures

    @property
    def prompts(self) -> tuple[str, ...]:
        """The prompts, in order."""
        return tuple(dict.fromkeys(take.prompt for take in self.takes))

    @overload
    def __getitem__(self, at: int) -> Take: ...
    @overload
    def __getitem__(self, at: slice) -> Takes: ...
    def __getitem__(self, at: int | slice) -> Take | Takes:
        return self.takes[at]

    def __iter__(self) -> Iterator[Take]:
        return iter(self.takes)

    def __len__(self) -> int:
        return len(self.takes)

    @property
    def analyses(self) -> tuple[Analysis, ...]:
        """What was measured of each take, in order; made by two threads on first use."""
        measure_all(self.takes)
        return tuple(take.analysis for take in self.takes)

    def table(self, *, deep: bool = False) -> pd.DataFrame:
        """One row for each take: prompt, factors, take, engine, seed, and every measure.

        Units stand in ``.attrs["units"]``, by column. A factor with the name of another column
        gets " (factor)" behind it.

        Args:
            deep: also pitch, tempo and what else only librosa hears; a third of a second for
                each take, and half a minute more where librosa has compiled nothing yet.
        """
        # half a second, and only tables need it
        import pandas as pd  # noqa: PLC0415

        measure_all(self.takes)
        if deep:
            measure_all(self.takes, deep=True)
        frame = pd.DataFrame([_row(take, deep=deep) for take in self.takes])
        # a column with gaps would turn to floats, which cannot hold every seed
        frame["seed"] = pd.array([take.provenance.seed for take in self.takes], dtype="Int64")
        shown = (*MEASURES, *DEEP_MEASURES) if deep else MEASURES
        frame.attrs["units"] = {each.name: _unit(each) for each in shown}
        return frame

    def summary(self) -> pd.DataFrame:
        """One row for each prompt and measure: what its takes have in common, and how surely.

        Columns: prompt, measure, unit, count, mean, low and high (ends of the 95 % interval of the
        mean), sd (how far takes of this prompt scatter). With one take there is no interval and no
        sd: NaN. Values that are not finite (the loudness of silence) are not counted.
        """
        # half a second, and only tables need it
        import pandas as pd  # noqa: PLC0415

        measure_all(self.takes)
        return pd.DataFrame(
            [
                _summary_row(prompt, each, group)
                for prompt, group in self._groups
                for each in MEASURES
            ]
        )

    def effects(self, *, measures: Iterable[str] = DEFAULT_MEASURES) -> pd.DataFrame:
        """Which word changed what, and whether by more than takes of one prompt differ anyway.

        One row for each factor, pair of levels and measure; every level is held against the first
        one of its factor, and without factors every prompt against the first. ``verdict`` says in
        words what the numbers allow: "different", "no difference shown" or "not enough takes".
        ``.attrs["method"]`` says how every column was made.

        Args:
            measures: which ones, as the columns of ``table(deep=True)`` are called. The more are
                asked at once, the further p is corrected, and the more takes it needs.

        Raises:
            InputError: if there is no measure of that name.
        """
        # half a second, and only tables need it
        import pandas as pd  # noqa: PLC0415

        rows = [each.row for each in self._effects(measures)]
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        frame.attrs["method"] = METHOD
        return frame

    def conclusion(self, *, measures: Iterable[str] = DEFAULT_MEASURES) -> str:
        """What the takes prove of the wordings and what they do not, in one paragraph.

        Raises:
            InputError: if there is no measure of that name.
        """
        return conclusion(self._effects(measures))

    def _effects(self, names: Iterable[str]) -> list[Effect]:
        names = [measure(name).name for name in names]
        measure_all(self.takes)
        deep = not {each.name for each in MEASURES}.issuperset(names)
        if deep:
            measure_all(self.takes, deep=True)
        seen = [
            Observation(take.prompt, take.factors, {**take.measures, **(take.deep if deep else {})})
            for take in self.takes
        ]
        return effects(seen, names)

    def similarity(self) -> pd.DataFrame:
        """How alike the takes are in timbre, from 1 towards 0: square, takes by takes."""
        # half a second, and only tables need it
        import pandas as pd  # noqa: PLC0415

        labels = [take.label for take in self.takes]
        return pd.DataFrame(similarity_matrix(self.analyses), index=labels, columns=labels)

    @property
    def plot(self) -> Plots:
        """Matplotlib figures: ``.spectrograms()``, ``.waveforms()``, ``.measures()``, …."""
        return Plots(self)

    def export(self, path: str | Path, *, title: str = "") -> Path:
        """Write all of it to one file, which appears whole or not at all.

        Args:
            path: ends in .html (one page that plays from a file, offline), .zip (audio, table,
                provenance and the page) or .csv (the table).
            title: of the page; made from the prompts if left out.

        Raises:
            InputError: for another suffix, or if the file cannot be written.
        """
        target = self.check_export(path)
        makers: Mapping[str, Callable[[], str | bytes]] = {
            ".html": lambda: self._page(title),
            ".zip": lambda: page.archive(self._files(title)),
            ".csv": lambda: self.table().to_csv(index=False),
        }
        return page.write(target, makers[target.suffix.lower()]())

    @staticmethod
    def check_export(path: str | Path) -> Path:
        """The path, if ``export`` knows what to write there.

        Raises:
            InputError: if it ends in none of .html, .zip and .csv.
        """
        target = Path(path)
        if target.suffix.lower() not in {".html", ".zip", ".csv"}:
            raise InputError(
                f"cannot export to {target.name!r}: end the name in .html (a page that plays), "
                ".zip (audio, table and provenance) or .csv (the table)"
            )
        return target

    def __repr__(self) -> str:
        measure_all(self.takes)
        lines = [f"{many(len(self.prompts), 'prompt')}, {many(len(self), 'take')}"]
        for prompt, group in self._groups:
            loudness = describe(take.measures["loudness_lufs"] for take in group)
            mean = measure("loudness_lufs").text(loudness.mean)
            lines.append(f"{shortened(prompt)!r}: {many(len(group), 'take')}, mean {mean}")
        lines += [f"not arrived: {failure}" for failure in self.failures]
        return "<Comparison: " + "\n  ".join(lines) + ">"

    def _repr_html_(self) -> str:
        return enlivened(gallery(self._contents, failures=self.failures, summarised=True))

    @property
    def _contents(self) -> list[CardContent]:
        measure_all(self.takes)
        return [take.content for take in self.takes]

    @property
    def _groups(self) -> list[tuple[str, list[Take]]]:
        return [(prompt, list(group)) for prompt, group in groupby(self, lambda take: take.prompt)]

    def _page(self, title: str) -> str:
        contents = self._contents
        body = gallery_body(contents, failures=self.failures, summarised=True)
        origins = page.origin_table(
            {"Prompt": take.prompt, "Take": str(take.index)} | dict(origin.facts(take.provenance))
            for take in self.takes
        )
        return page.page(
            body + origins, title=title or self._title, texts=[content.text for content in contents]
        )

    @property
    def _title(self) -> str:
        first, *others = self.prompts
        return f"“{first}” and {many(len(others), 'other prompt')}" if others else f"“{first}”"

    def _files(self, title: str) -> dict[str, bytes | str]:
        names = [_file_stem(number, take) for number, take in enumerate(self.takes, 1)]
        files: dict[str, bytes | str] = {}
        for name, take in zip(names, self.takes, strict=True):
            for sound in (take.sound, take.wav):
                if sound:
                    files[f"{name}.{sound.format}"] = sound.data
        origins = [
            {
                "file": f"{name}.{take.sound.format}",
                "take": take.index,
                "factors": dict(take.factors),
            }
            | take.provenance.to_dict()
            for name, take in zip(names, self.takes, strict=True)
        ]
        failures = [str(failure) for failure in self.failures]
        files["table.csv"] = self.table().to_csv(index=False)
        files["provenance.json"] = page.json_text({"takes": origins, "failures": failures})
        files["page.html"] = self._page(title)
        return files


@dataclass(frozen=True)
class Plots:
    """A comparison as matplotlib figures, every panel on the same axes and colours."""

    comparison: Comparison

    def spectrograms(self) -> Figure:
        """A spectrogram of every take, on one dB reference, time axis and frequency axis."""
        return figures.spectrogram_grid(self._items)

    def waveforms(self) -> Figure:
        """The outline of every take, on one amplitude scale and time axis."""
        return figures.waveforms(self._items)

    def measures(self, *names: str) -> Figure:
        """Every take as a dot, every prompt's mean with its 95 % interval.

        Args:
            *names: which measures, as the columns of ``table()`` are called; a few if left out.

        Raises:
            InputError: if there is no measure of that name.
        """
        rows = [
            (take.prompt, analysis.measures)
            for take, analysis in zip(self.comparison, self.comparison.analyses, strict=True)
        ]
        return figures.measure_dots(rows, names or figures.DEFAULT_MEASURES)

    def similarity(self) -> Figure:
        """How alike the takes are in timbre, as a heat map."""
        labels = [label for label, _ in self._items]
        return figures.similarity_heatmap(similarity_matrix(self.comparison.analyses), labels)

    def effects(self, *names: str) -> Figure:
        """What every word changed, with its 95 % interval: a panel for each measure.

        Args:
            *names: which measures, as in ``Comparison.effects``; a few if left out.

        Raises:
            InputError: if there is no measure of that name, or only one prompt.
        """
        found = self.comparison._effects(names or DEFAULT_MEASURES)  # noqa: SLF001 - its own view
        return charts.effect_forest([each.row for each in found])

    def map(self) -> Figure:
        """The takes as points, near where alike in timbre, coloured by prompt."""
        takes = [(take.prompt, take.index) for take in self.comparison]
        return charts.timbre_map(similarity_matrix(self.comparison.analyses), takes)

    @property
    def _items(self) -> list[tuple[str, Analysis]]:
        labels = [take.label for take in self.comparison]
        return list(zip(labels, self.comparison.analyses, strict=True))


def _row(take: Take, *, deep: bool) -> dict[str, Any]:
    measures = {**take.measures, **take.deep} if deep else dict(take.measures)
    row: dict[str, Any] = {"prompt": take.prompt}
    taken = {"prompt", "take", "engine", "seed", *measures}
    for name, value in take.factors.items():
        row[f"{name} (factor)" if name in taken else name] = value
    row |= {"take": take.index, "engine": take.provenance.engine, "seed": take.provenance.seed}
    return row | measures


def _unit(each: Measure) -> str:
    """The unit of the value itself; a share shown in percent has none."""
    return each.unit if each.shown_times == 1 else ""


def _summary_row(prompt: str, each: Measure, takes: Sequence[Take]) -> dict[str, Any]:
    found = describe(take.measures[each.name] for take in takes)
    return {
        "prompt": prompt,
        "measure": each.name,
        "unit": _unit(each),
        "count": found.count,
        "mean": found.mean,
        "low": found.low,
        "high": found.high,
        "sd": found.sd,
    }


def _file_stem(number: int, take: Take) -> str:
    return f"audio/{number:02d}-{page.safe_name(take.prompt)}-take-{take.index}"
