"""Rows: an entry of the library as a row of the frame, and as a line of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from soundgen_nb.library import Entry
from soundgen_nb.view.ledger import Line
from soundgen_nb.wire import State

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = (
    *("prompt", "take", "state", "seconds", "loudness_lufs", "rating", "tags", "note"),
    *("credits", "engine", "host", "created", "job_id", "task_id"),
)
_KINDS: Mapping[str, str] = {
    "take": "int64",
    "seconds": "float64",
    "loudness_lufs": "float64",
    "rating": "Int64",
    "credits": "float64",
    "created": "float64",
}


def frame(entries: Sequence[Entry]) -> pd.DataFrame:
    """One row for each entry, with every column also where there is no row."""
    # half a second, and only tables need it
    import pandas as pd  # noqa: PLC0415

    rows = [_row(entry) for entry in entries]
    names = dict.fromkeys(name for row in rows for name in row)
    factors = [name for name in names if name not in _COLUMNS]
    table = pd.DataFrame(rows, columns=["prompt", *factors, *_COLUMNS[1:]]).astype(_KINDS)
    moments = pd.to_datetime(table["created"], unit="s", utc=True)
    # a float of seconds knows no nanoseconds, and a reader wants none
    table["created"] = moments.dt.as_unit("ms")
    return table


def line(entry: Entry) -> Line:
    """What the table shows of an entry, without its sound."""
    return Line(
        job=entry.job,
        index=entry.index,
        asked_at=entry.created_at,
        made_by=_maker(entry),
        kept=entry.kept,
        credits=spent(entry),
        factors=entry.factors,
        rating=entry.rating,
        remarks=" · ".join(filter(None, (", ".join(entry.tags), entry.note))),
        numbers=_numbers(entry),
    )


def spent(entry: Entry) -> float | None:
    """What a sound cost, in the server's own unit; None if it was not made, or nobody said."""
    return entry.job.credits if entry.state is State.COMPLETED else None


def _row(entry: Entry) -> dict[str, Any]:
    factors = {
        f"{name} (factor)" if name in _COLUMNS else name: value
        for name, value in entry.factors.items()
    }
    return factors | {
        "prompt": entry.prompt,
        "take": entry.index,
        "state": entry.state.value,
        **_numbers(entry),
        "rating": entry.rating,
        "tags": ", ".join(entry.tags) or None,
        "note": entry.note or None,
        "credits": spent(entry),
        "engine": entry.provenance.engine if entry.provenance else None,
        "host": _host(entry),
        "created": entry.created_at,
        "job_id": entry.id,
        "task_id": entry.job.task_id or None,
    }


def _numbers(entry: Entry) -> Mapping[str, float]:
    said = entry.job.report.seconds if entry.job.report else None
    return {
        "seconds": entry.measures.get("seconds", nan if said is None else said),
        "loudness_lufs": entry.measures.get("loudness_lufs", nan),
    }


def _maker(entry: Entry) -> str:
    """Who made the sound, else who was asked; the embedded engine has no key and no address."""
    if entry.provenance is not None:
        return entry.provenance.engine
    return _host(entry) if entry.key else "embedded engine"


def _host(entry: Entry) -> str:
    return urlsplit(entry.job.base_url).hostname or ""
