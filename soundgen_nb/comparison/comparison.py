"""Comparison: takes side by side; tables, figures, exports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from inspect import signature
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from soundgen_nb.analysis import MEASURES, Analysis, measure, measures_named
from soundgen_nb.comparison import tables
from soundgen_nb.comparison.evidence import found_effects, told
from soundgen_nb.comparison.plots import Plots
from soundgen_nb.effects import DEFAULT_MEASURES
from soundgen_nb.errors import InputError, SoundgenError
from soundgen_nb.options import check_call
from soundgen_nb.statistics import describe
from soundgen_nb.take import Take, Takes, grouped, measure_all, shortened, takes_in
from soundgen_nb.view import origin, page
from soundgen_nb.view.card import CardContent
from soundgen_nb.view.enlivening import enlivened
from soundgen_nb.view.gallery import gallery, gallery_body, many
from soundgen_nb.view.naming import take_name

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.formats.style import Styler


@dataclass(frozen=True, repr=False)
class Comparison(Sequence[Take]):
    """Takes of one or more prompts side by side, on one scale.

    Attributes:
        takes: at least one; those of one prompt in a row, no two with the same number.

    Raises:
        InputError: if there are no takes, or one of them is none.

    Example:
        >>> comparison = Comparison.from_takes([rain_1, rain_2, tent_1])     # doctest: +SKIP
        >>> comparison.summary().query("measure == 'loudness_lufs'")         # doctest: +SKIP
    """

    takes: Takes

    def __post_init__(self) -> None:
        takes = takes_in(self.takes, asked="a comparison is of takes")
        if not takes:
            raise InputError("there are no takes to compare; generate some, or load files")
        failures = getattr(self.takes, "failures", ())
        object.__setattr__(self, "takes", Takes(grouped(takes), failures))

    @classmethod
    def from_takes(
        cls,
        takes: Take | Iterable[Take],
        failures: Iterable[SoundgenError] = (),
        *,
        executor: Executor | None = None,
    ) -> Comparison:
        """Put takes side by side: grouped by prompt, told apart by number.

        Args:
            takes: at least one; ``Takes`` and comparisons bring their failures along.
            failures: what was asked for and did not arrive.
            executor: measure them there and now; else two threads do, on first use.

        Raises:
            InputError: if there are no takes, or one of them is none.
        """
        known = getattr(takes, "failures", ())
        items = takes_in(takes, asked="a comparison is of takes")
        comparison = cls(Takes(items, (*known, *failures)))
        if executor:
            measure_all(comparison, executor=executor)
        return comparison

    @property
    def failures(self) -> tuple[SoundgenError, ...]:
        """What was asked for and did not arrive."""
        return self.takes.failures

    @property
    def spent(self) -> float:
        """Credits these sounds cost, in the server's own unit, as far as it said."""
        return self.takes.spent

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
        """One row for each take: prompt, factors, take, engine, seed, every measure, and notes.

        Notes say which values are only approximate, and why. Units stand in ``.attrs["units"]``,
        by column; ``seconds_asked`` beside ``seconds`` is the length that was asked for. A factor
        with the name of another column gets " (factor)" behind it. ``to_parquet`` keeps all of it;
        ``csv()`` writes a word that was left out so that pandas reads it as one.

        Args:
            deep: also pitch, tempo and what else only librosa hears; a third of a second for
                each take, and half a minute more where librosa has compiled nothing yet.
        """
        return tables.take_table(self.takes, deep=deep)

    def csv(self) -> str:
        """The table as comma-separated text; a word that was left out is "(left out)"."""
        return tables.table_csv(self.takes)

    def summary(self, measures: str | Iterable[str] | None = None) -> pd.DataFrame:
        """One row for each prompt and measure: what its takes have in common, and how surely.

        Columns: prompt, measure, unit, count, mean, low and high (ends of the 95 % interval of the
        mean), sd (how far takes of this prompt scatter); and side by side, the same for all
        prompts, within_sd (how far takes scatter around their prompt's mean) and between_sd (how
        far the prompts' true means lie apart, less what the scatter alone would make of it). With
        one take there is no interval and no sd: NaN. Values that are not finite (the loudness of
        silence) are not counted, and takes of the same samples are one. notes, the last, says what
        is only approximate.

        Args:
            measures: which ones, as the columns of ``table(deep=True)`` are called; all that a
                card shows if left out.

        Raises:
            InputError: if there is no measure of that name.
        """
        shown = MEASURES if measures is None else measures_named(measures)
        return tables.summary_table(self.takes, shown)

    def effects(
        self, measures: str | Iterable[str] = DEFAULT_MEASURES, *, interactions: bool | None = None
    ) -> pd.DataFrame:
        """Which word changed what, and whether by more than takes of one prompt differ anyway.

        One row for each factor, pair of levels and measure; every level is held against the first
        one of its factor, and without factors, or where they do not tell all prompts apart, every
        prompt against the first. Takes of the same samples count as one. Rows of two factors
        ("roof × distance") are interactions: what the one does to the effect of the other.
        ``verdict`` says in words what the numbers allow: "different", "no difference shown" or
        "not enough takes". ``.attrs["method"]`` says how every column was made.

        Args:
            measures: which ones, as the columns of ``table(deep=True)`` are called. The more are
                asked at once, the further p is corrected, and the more takes it needs.
            interactions: whether to ask for them, which makes more rows; left out, where there are
                takes enough to show one and all the rest.

        Raises:
            InputError: if there is no measure of that name.
        """  # noqa: RUF002 - a cross is meant
        return tables.effect_table(found_effects(self.takes, measures, interactions=interactions))

    def conclusion(
        self, measures: str | Iterable[str] = DEFAULT_MEASURES, *, interactions: bool | None = None
    ) -> str:
        """What the takes prove of the wordings and what they do not, in one paragraph.

        It also says which takes had no value or are copies, and which values are approximate.

        Args:
            measures: as for ``effects``.
            interactions: as for ``effects``.

        Raises:
            InputError: if there is no measure of that name.
        """
        return told(self.takes, measures, interactions=interactions)

    def styled(
        self,
        which: Literal["table", "summary", "effects", "neighbours"] = "summary",
        **options: Any,
    ) -> Styler:
        """A table as people read it: names and units of measures, sensible decimals.

        Args:
            which: the method that makes it.
            **options: of that method: ``styled("effects", measures=["crest_db"])``.

        Raises:
            InputError: for a table or an option there is not.
        """
        makers: Mapping[str, Callable[..., pd.DataFrame]] = {
            "table": self.table,
            "summary": self.summary,
            "effects": self.effects,
            "neighbours": self.neighbours,
        }
        if which not in makers:
            raise InputError(f"there is no table {which!r}; there are: {', '.join(makers)}")
        check_call(which, signature(makers[which]), (), options)
        return tables.styled(makers[which](**options))

    def similarity(self) -> pd.DataFrame:
        """How alike the takes are in timbre, from 1 towards 0: square, takes by takes."""
        return tables.similarity_table(self.takes)

    def neighbours(self) -> pd.DataFrame:
        """One row for each take: the most alike and the least alike other one, and copies.

        Columns: nearest, nearest_similarity, farthest, farthest_similarity, and copy_of: an
        earlier take that is the same recording, whatever its format and gain; "" for none. A copy
        is no take of its own: it makes a spread look smaller than it is.
        """
        return tables.neighbour_table(self.takes)

    @property
    def plot(self) -> Plots:
        """Matplotlib figures: ``.spectrograms()``, ``.waveforms()``, ``.measures()``, …."""
        return Plots(self.takes)

    def export(self, path: str | Path, *, title: str = "") -> Path:
        """Write all of it to one file, which appears whole or not at all.

        Args:
            path: ends in .html (one page that plays from a file, offline), .zip (audio, table,
                provenance and the page) or .csv (the table; a word that was left out of a prompt
                stands in it as "(left out)").
            title: of the page; made from the prompts if left out.

        Raises:
            InputError: for another suffix, or if the file cannot be written.
        """
        target = self.check_export(path)
        makers: Mapping[str, Callable[[], str | bytes]] = {
            ".html": lambda: self._page(title),
            ".zip": lambda: page.archive(self._files(title)),
            ".csv": self.csv,
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
            silent = len(group) - loudness.count
            but = f" ({silent} of them silent)" if silent else ""
            lines.append(f"{shortened(prompt)!r}: {many(len(group), 'take')}{but}, mean {mean}")
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
        body = gallery_body(contents, failures=self.failures, summarised=True, level=2)
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
        files["table.csv"] = self.csv()
        files["provenance.json"] = page.json_text({"takes": origins, "failures": failures})
        files["page.html"] = self._page(title)
        return files


def _file_stem(number: int, take: Take) -> str:
    return f"audio/{number:02d}-{take_name(take.prompt, take.index)}"
