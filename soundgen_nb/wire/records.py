"""Records: a job and a provenance as plain JSON values, to be written down and read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from soundgen_nb.errors import LibraryError
from soundgen_nb.wire.jobs import Job, Provenance, Receipt, Report, State, Submission


def write_job(job: Job) -> dict[str, Any]:
    """All that is known of a job, as values JSON has words for."""
    record: dict[str, Any] = _plain(job)
    return record


def read_job(record: Mapping[str, Any]) -> Job:
    """The job of a record; fields of later versions are ignored, missing ones get their default.

    A state this version has no word for reads as UNKNOWN: such a job is shown, and never sent.

    Raises:
        LibraryError: if it is not the record of a job.
    """
    try:
        known = _known(Job, record)
        report, receipt = record.get("report"), record.get("receipt")
        known |= {
            "submission": Submission(**_known(Submission, record["submission"])),
            "state": _state(record["state"]),
            "receipt": None if receipt is None else Receipt(**_known(Receipt, receipt)),
            "report": None if report is None else _report(report),
        }
        return Job(**known)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise LibraryError(f"the record of a job cannot be read: {error!r}") from error


def write_provenance(provenance: Provenance) -> dict[str, Any]:
    """Where a sound came from, as values JSON has words for."""
    record: dict[str, Any] = _plain(provenance)
    return record


def read_provenance(record: Mapping[str, Any]) -> Provenance:
    """The provenance of a record; fields of later versions are ignored.

    Raises:
        LibraryError: if it is not the record of a provenance.
    """
    try:
        known = _known(Provenance, record)
        return Provenance(**known | {"notes": tuple(record.get("notes", ()))})
    except (AttributeError, TypeError, ValueError) as error:
        raise LibraryError(f"the record of a provenance cannot be read: {error!r}") from error


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.value if isinstance(value, State) else value


def _known(kind: type[Any], record: Mapping[str, Any]) -> dict[str, Any]:
    return {field.name: record[field.name] for field in fields(kind) if field.name in record}


def _report(record: Mapping[str, Any]) -> Report:
    return Report(**_known(Report, record) | {"state": _state(record["state"])})


def _state(text: object) -> State:
    return State.__members__.get(str(text), State.UNKNOWN)
