"""Tables: what is known of takes as DataFrames, and how such a table reads well in a notebook.

Every frame says its units: the wide ones in ``.attrs["units"]`` by column, the long ones in a
column. Attributes hold plain values only, so that ``to_parquet`` keeps them. A value that is not
what its name promises in full has a sentence in the last column, ``notes``: "" where all do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from soundgen_nb.analysis import (
    DEEP_MEASURES,
    MEASURES,
    Measure,
    measure,
    similarity_matrix,
)
from soundgen_nb.comparison.evidence import values_of
from soundgen_nb.comparison.repeats import each_once, first_copies
from soundgen_nb.effects import COLUMNS, METHOD, Effect
from soundgen_nb.statistics import describe, within_between
from soundgen_nb.take import Take, Takes, measure_all

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.formats.style import Styler


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


def table_csv(takes: Takes) -> str:
    """The table as comma-separated text, in which a word that was left out is "(left out)".

    That is what effects call it. An empty cell would be read as a missing value, and
    ``pandas.read_csv(...).groupby("roof")`` would drop its rows without a word.
    """
    frame = take_table(takes, deep=False)
    factors = frame.columns[1 : frame.columns.get_loc("take")]
    frame[factors] = frame[factors].replace("", "(left out)")
    return frame.to_csv(index=False)


def summary_table(takes: Takes, measures: Sequence[Measure]) -> pd.DataFrame:
    """One row for each prompt and measure, as ``Comparison.summary`` promises."""
    # half a second, and only tables need it
    import pandas as pd  # noqa: PLC0415

    once = each_once(takes)
    heard = zip(once, values_of(once, [each.name for each in measures]), strict=True)
    groups = [(prompt, list(group)) for prompt, group in groupby(heard, lambda h: h[0].prompt)]
    spreads = {
        each.name: within_between([values[each.name] for _, values in group] for _, group in groups)
        for each in measures
    }
    return pd.DataFrame(
        [
            _summary_row(prompt, each, group, spreads[each.name])
            for prompt, group in groups
            for each in measures
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
    copies = first_copies(takes)
    rows = [
        _neighbours(labels, values, copy)
        for values, copy in zip(matrix, copies, strict=True)
        if len(takes) > 1
    ]
    columns = ["nearest", "nearest_similarity", "farthest", "farthest_similarity", "copy_of"]
    return pd.DataFrame(rows, columns=columns, index=labels if rows else [])


def styled(frame: pd.DataFrame) -> Styler:
    """A table as people read it: units in the heads, as many decimals as are worth showing.

    "≈" stands before a value that has a note, "—" where a measure has no value; the notes' column
    is left away if all of it is empty. Differences of shares are in percentage points, "pp".

    Args:
        frame: one of the tables above; the values stay what they are.
    """
    styler = frame.style.hide(axis="index") if frame.index.dtype.kind == "i" else frame.style
    empty = "notes" in frame.columns and not frame["notes"].any()
    blank: list[Hashable] = ["notes"] if empty else []
    wide = [measure(name) for name in frame.columns if name in _NAMES]
    if wide:
        return _styled_wide(styler, frame, wide).hide(blank, axis="columns")
    if "measure" not in frame.columns:
        return styler.format(precision=2)
    for name, rows in frame.groupby("measure").groups.items():
        styler = _styled_rows(styler, measure(str(name)), list(rows))
    labels = {name: measure(name).label for name in frame["measure"].unique()}
    styler = styler.format(labels.get, subset=["measure"])  # type: ignore[arg-type]  # the same
    return styler.hide(["unit", *blank], axis="columns")  # every value has it


_NAMES = {each.name for each in (*MEASURES, *DEEP_MEASURES)}


def _styled_wide(styler: Styler, frame: pd.DataFrame, wide: Sequence[Measure]) -> Styler:
    """A row for each take: measures have their unit in the head, other columns may be blank."""
    heads = {each.name: each.axis_label for each in wide}
    styler = styler.relabel_index([heads.get(n, n) for n in frame.columns], axis="columns")
    styler = styler.format(subset=[n for n in frame.columns if n not in heads], na_rep="")
    styler = styler.format(_labelled, subset=["notes"])  # type: ignore[arg-type]  # the stubs know no callable of text alone
    for each in wide:
        text = replace(each, unit="").text
        noted = frame["notes"].str.contains(rf"(?:^|; ){each.name}: ")
        styler = styler.format(text, subset=[each.name], na_rep="—")  # type: ignore[arg-type]  # the same
        styler = styler.format(_about(text), subset=(frame.index[noted], [each.name]), na_rep="—")  # type: ignore[arg-type]  # the same
    return styler


def _labelled(notes: str) -> str:
    """Notes with the measures called as people call them."""
    labels = {name: measure(name).label for name in _NAMES}
    return re.sub(r"(^|; )(\w+): ", lambda m: f"{m[1]}{labels.get(m[2], m[2])}: ", notes)


def _about(text: Callable[[float], str]) -> Callable[[float], str]:
    """The text of a value that has a note."""
    return lambda value: f"≈ {text(value)}"


def _styled_rows(styler: Styler, shown: Measure, rows: list[Any]) -> Styler:
    """Rows of one measure: its values with their unit, differences with theirs."""
    apart = replace(shown, unit=shown.short_difference_unit).text
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
        notes = styler.data.loc[rows, "notes"]  # type: ignore[attr-defined]  # the stubs hide it
        noted = (notes.index[notes != ""], ["mean", "low", "high"])
        return styler.format(_about(shown.text), subset=noted, na_rep="—")  # type: ignore[arg-type]  # the same
    # what an interaction holds against each other are differences already
    together = [row for row in rows if " × (" in styler.data.loc[row, "contrast"]]  # type: ignore[attr-defined]  # noqa: RUF001 - a cross is meant
    return styler.format(apart, subset=(together, ["first_mean", "second_mean"]), na_rep="—")  # type: ignore[arg-type]  # the same


def _p_text(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _row(take: Take, *, deep: bool) -> dict[str, Any]:
    measures = {**take.measures, **take.deep} if deep else dict(take.measures)
    row: dict[str, Any] = {"prompt": take.prompt}
    taken = {"prompt", "take", "engine", "seed", "seconds_asked", "notes", *_NAMES}
    for name, value in take.factors.items():
        row[f"{name} (factor)" if name in taken else name] = value
    row |= {"take": take.index, "engine": take.provenance.engine}
    # filled below, as whole numbers
    row |= {"seed": None, "seconds_asked": None}
    return row | measures | {"notes": take.measures.remarks}


def _unit(each: Measure) -> str:
    """The unit of the value itself; a share shown in percent has none."""
    return each.unit if each.shown_times == 1 else ""


def _summary_row(
    prompt: str,
    each: Measure,
    heard: Sequence[tuple[Take, Mapping[str, float]]],
    spreads: tuple[float, float],
) -> dict[str, Any]:
    found = describe(values[each.name] for _, values in heard)
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
        "notes": "; ".join(dict.fromkeys(_notes(each, [take for take, _ in heard]))),
    }


def _notes(each: Measure, takes: Iterable[Take]) -> Iterator[str]:
    """Why values of a measure are not what its name promises, for each take where they are not."""
    notes = (take.measures.notes.get(each.name) for take in takes)
    return (note for note in notes if note)


def _neighbours(labels: Sequence[str], values: np.ndarray, copy: int | None) -> Mapping[str, Any]:
    nearest, farthest = int(np.nanargmax(values)), int(np.nanargmin(values))
    return {
        "nearest": labels[nearest],
        "nearest_similarity": float(values[nearest]),
        "farthest": labels[farthest],
        "farthest_similarity": float(values[farthest]),
        "copy_of": "" if copy is None else labels[copy],
    }
