"""Rows: an entry as the columns of its table, and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from soundgen_nb.errors import LibraryError
from soundgen_nb.library.entry import Entry, Filed
from soundgen_nb.wire import (
    Job,
    Provenance,
    read_job,
    read_provenance,
    write_job,
    write_provenance,
)

Columns = dict[str, Any]
"""Values by column name; the names are always ours, never a caller's."""


def planned_columns(entry: Entry) -> Columns:
    """What is known of an entry when it is planned."""
    return {
        "job_id": entry.id,
        "order_id": entry.order_id,
        "base_url": entry.job.base_url,
        "key": entry.key,
        "prompt": entry.prompt,
        "take": entry.index,
        "factors": _text(entry.factors),
        "created_at": entry.created_at,
        "updated_at": entry.updated_at,
        **job_columns(entry.job),
    }


def job_columns(job: Job) -> Columns:
    """What news of a job change."""
    return {"job": _text(write_job(job)), "state": job.state.value}


def audio_columns(played: Filed, wav: Filed | None, provenance: Provenance) -> Columns:
    """What changes when the audio is there."""
    return {
        "played": _text(asdict(played)),
        "wav": None if wav is None else _text(asdict(wav)),
        "provenance": _text(write_provenance(provenance)),
    }


def measures_columns(measures: Mapping[str, Any]) -> Columns:
    """What changes when the numbers are taken."""
    return {"measures": _text(measures)}


def tags_columns(tags: Iterable[str]) -> Columns:
    """What changes when words are put to a sound."""
    words = dict.fromkeys(tag.strip() for tag in tags)
    return {"tags": json.dumps([word for word in words if word])}


def read_entry(row: sqlite3.Row) -> Entry:
    """The entry of a row.

    Raises:
        LibraryError: if it holds anything else, which we never write.
    """
    try:
        provenance = None if row["provenance"] is None else json.loads(row["provenance"])
        return Entry(
            job=read_job(json.loads(row["job"])),
            order_id=row["order_id"],
            factors=json.loads(row["factors"]),
            index=row["take"],
            key=row["key"],
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            played=read_filed(row["played"]),
            wav=read_filed(row["wav"]),
            provenance=None if provenance is None else read_provenance(provenance),
            measures=json.loads(row["measures"]),
            rating=row["rating"],
            tags=tuple(json.loads(row["tags"])),
            note=row["note"],
        )
    except (TypeError, ValueError) as error:
        raise LibraryError(f"the entry of job {row['job_id']} cannot be read: {error}") from error


def read_filed(text: str | None) -> Filed | None:
    """What a sound is filed as, from its column."""
    return None if text is None else Filed(**json.loads(text))


def _text(value: Mapping[str, Any]) -> str:
    # numbers of numpy's own types are none to json
    return json.dumps(dict(value), default=float)
