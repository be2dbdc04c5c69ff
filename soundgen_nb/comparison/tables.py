"""Tables: what is known of takes as DataFrames, and how such a table reads well in a notebook.

Every frame says its units: the wide ones in ``.attrs["units"]`` by column, the long ones in a
column. Attributes hold plain values only, so that ``to_parquet`` keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from soundgen_nb.analysis import (
    DEEP_MEASURES,
    MEASURES,
    Measure,
    Recording,
    measure,
    same_recording,
    similarity_matrix,
)
from soundgen_nb.effects import COLUMNS, METHOD, Effect
from soundgen_nb.statistics import describe, within_between
from soundgen_nb.take import Take, Takes, measure_all

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.formats.style import Styler

# Gain leaves the crest alone, and an mp3 moves it by 1.2 dB, or 7 where all was at full scale. To
# look at it first saves work, of which there are two milliseconds a pair.
_CREST_OF_COPIES_DB = 9.0


def take_table(takes: Takes, *, deep: bool) -> pd.DataFrame:
    """One row for each take, as ``Comparison.table`` promises."""
    # half a second, and only tables need it
    import pandas as pd  # noqa: PLC0415

    measure_all(takes)
    if deep:
        measure_all(takes, deep=True)
    frame = pd.DataFrame([_row(take, deep=deep) for take in takes])
    # a column with gaps would turn to floats, which cannot hold every seed
    for name, values in {
        "seconds_asked": [take.provenance.seconds_asked for take in takes],
        "seed": [take.provenance.seed for take in takes],
    }.items():
        frame[name] = pd.array(values, dtype="Int64")
    shown = (*MEASURES, *DEEP_MEASURES) if deep else MEASURES
    frame.attrs["units"] = {"seconds_asked": "s"} | {each.name: _unit(each) for each in shown}
    return frame


def summary_table(takes: Takes) -> pd.DataFrame:
    """One row for each prompt and measure, as ``Comparison.summary`` promises."""
    # half a second, and only tables need it
    import pandas as pd  # noqa: PLC0415

    measure_all(takes)
    groups = [(prompt, list(group)) for prompt, group in groupby(takes, lambda take: take.prompt)]
    spreads = {
        each.name: within_between(_values(each, group) for _, group in groups) for each in MEASURES
    }
    return pd.DataFrame(
        [
            _summary_row(prompt, each, group, spreads[each.name])
            for prompt, group in groups
            for each in MEASURES
        ]
    )


def effect_table(found: Sequence[Effect]) -> pd.DataFrame:
    """One row for each effect, as ``Comparison.effects`` promises."""
    # half a second, and only tables need it
    import pandas as pd  # noqa: PLC0415

    frame = pd.DataFrame([each.row for each in found], columns=list(COLUMNS))
    frame.attrs["method"] = METHOD
    return frame


def similarity_table(takes: Takes) -> pd.DataFrame:
    """Every two takes' similarity, square."""
    # half a second, and only tables need it
    import pandas as pd  # noqa: PLC0415

    measure_all(takes)
    labels = [take.label for take in takes]
    matrix = similarity_matrix([take.analysis for take in takes])
    return pd.DataFrame(matrix, index=labels, columns=labels)


def neighbour_table(takes: Takes) -> pd.DataFrame:
    """For each take the most and the least alike, as ``Comparison.neighbours`` promises."""
    # half a second, and only tables need it
    import pandas as pd  # noqa: PLC0415

    similarity = similarity_table(takes)
    labels = list(similarity.index)
    matrix = similarity.to_numpy().copy()
    # no take is its own neighbour
    np.fill_diagonal(matrix, np.nan)
    copies = _first_copies(takes)
    rows = [
        _neighbours(labels, values, copy)
        for values, copy in zip(matrix, copies, strict=True)
        if len(takes) > 1
    ]
    columns = ["nearest", "nearest_similarity", "farthest", "farthest_similarity", "copy_of"]
    return pd.DataFrame(rows, columns=columns, index=labels if rows else [])


def styled(frame: pd.DataFrame) -> Styler:
    """A table as people read it: units in the heads, as many decimals as are worth showing.

    Args:
        frame: one of the tables above; the values stay what they are.
    """
    styler = frame.style.hide(axis="index") if frame.index.dtype.kind == "i" else frame.style
    wide = [measure(name) for name in frame.columns if name in _NAMES]
    if wide:
        heads = {each.name: each.axis_label for each in wide}
        styler = styler.relabel_index([heads.get(n, n) for n in frame.columns], axis="columns")
        # the head has the unit
        texts = {each.name: replace(each, unit="").text for each in wide}
        return styler.format(texts, subset=list(texts), na_rep="")  # type: ignore[arg-type]  # the stubs know no dict of callables
    if "measure" not in frame.columns:
        return styler.format(precision=2)
    for name, rows in frame.groupby("measure").groups.items():
        styler = _styled_rows(styler, measure(str(name)), list(rows))
    labels = {name: measure(name).label for name in frame["measure"].unique()}
    styler = styler.format(labels.get, subset=["measure"])  # type: ignore[arg-type]  # the same
    return styler.hide(["unit"], axis="columns")  # every value has it


_NAMES = {each.name for each in (*MEASURES, *DEEP_MEASURES)}


def _styled_rows(styler: Styler, shown: Measure, rows: list[Any]) -> Styler:
    """Rows of one measure: its values with their unit, differences with theirs."""
    apart = replace(shown, unit=shown.difference_unit).text
    of_columns = {
        **dict.fromkeys(("mean", "low", "high", "first_mean", "second_mean"), shown.text),
        **dict.fromkeys(("sd", "within_sd", "between_sd", "difference"), apart),
        **dict.fromkeys(("p", "p_welch", "p_corrected", "achievable_p"), _p_text),
        "hedges_g": "{:.2f}".format,
    }
    if "difference" in styler.columns:
        of_columns |= {"low": apart, "high": apart}
    for column, text in of_columns.items():
        if column in styler.columns:
            styler = styler.format(text, subset=(rows, [column]), na_rep="—")  # type: ignore[arg-type]  # the same
    if "contrast" not in styler.columns:
        return styler
    # what an interaction holds against each other are differences already
    together = [row for row in rows if " × (" in styler.data.loc[row, "contrast"]]  # type: ignore[attr-defined]  # noqa: RUF001 - a cross is meant
    return styler.format(apart, subset=(together, ["first_mean", "second_mean"]), na_rep="—")  # type: ignore[arg-type]  # the same


def _p_text(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _row(take: Take, *, deep: bool) -> dict[str, Any]:
    measures = {**take.measures, **take.deep} if deep else dict(take.measures)
    row: dict[str, Any] = {"prompt": take.prompt}
    taken = {"prompt", "take", "engine", "seed", "seconds_asked", *measures}
    for name, value in take.factors.items():
        row[f"{name} (factor)" if name in taken else name] = value
    row |= {"take": take.index, "engine": take.provenance.engine}
    # filled below, as whole numbers
    return row | {"seed": None, "seconds_asked": None} | measures


def _unit(each: Measure) -> str:
    """The unit of the value itself; a share shown in percent has none."""
    return each.unit if each.shown_times == 1 else ""


def _values(each: Measure, takes: Iterable[Take]) -> list[float]:
    return [take.measures[each.name] for take in takes]


def _summary_row(
    prompt: str, each: Measure, takes: Sequence[Take], spreads: tuple[float, float]
) -> dict[str, Any]:
    found = describe(_values(each, takes))
    within, between = spreads
    return {
        "prompt": prompt,
        "measure": each.name,
        "unit": _unit(each),
        "count": found.count,
        "mean": found.mean,
        "low": found.low,
        "high": found.high,
        "sd": found.sd,
        "within_sd": within,
        "between_sd": between,
    }


def _neighbours(labels: Sequence[str], values: np.ndarray, copy: int | None) -> Mapping[str, Any]:
    nearest, farthest = int(np.nanargmax(values)), int(np.nanargmin(values))
    return {
        "nearest": labels[nearest],
        "nearest_similarity": float(values[nearest]),
        "farthest": labels[farthest],
        "farthest_similarity": float(values[farthest]),
        "copy_of": "" if copy is None else labels[copy],
    }


def _first_copies(takes: Takes) -> list[int | None]:
    """For each take, the first one before it that is the same recording."""
    recordings = [Recording(take.samples, take.sample_rate) for take in takes]
    crests = [take.measures.crest_db for take in takes]
    return [
        next(
            (
                earlier
                for earlier in range(later)
                if abs(crests[earlier] - crests[later]) < _CREST_OF_COPIES_DB
                and same_recording(recordings[earlier], recordings[later])
            ),
            None,
        )
        for later in range(len(takes))
    ]
