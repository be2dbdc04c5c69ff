"""Writing: exactly the documented shapes, for the local server's answers."""

from __future__ import annotations

import math
from typing import Any

from soundgen_nb.errors import (
    ApiError,
    BadRequestError,
    InsufficientCreditsError,
    RateLimitError,
)
from soundgen_nb.wire.jobs import Receipt, Report, State


def write_receipt(receipt: Receipt) -> dict[str, Any]:
    """The documented answer to a submit."""
    return {
        "success": True,
        "task_id": receipt.task_id,
        "conversion_id": receipt.conversion_id,
        "eta": -1 if receipt.eta_seconds is None else math.ceil(receipt.eta_seconds),
        "credit_estimate": receipt.credit_estimate,
        "message": receipt.message,
        "status": State.IN_QUEUE.value,
    }


def write_report(report: Report) -> dict[str, Any]:
    """The documented answer of ``byId``."""
    conversion: dict[str, Any] = {
        "task_id": report.task_id,
        "conversion_id": report.conversion_id,
        "status": "ERROR" if report.state is State.REFUSED else report.state.value,
        "message": report.message,
        "createdAt": report.created_at,
        "updatedAt": report.updated_at,
    }
    if report.eta_seconds is not None:
        conversion["eta"] = math.ceil(report.eta_seconds)
    if report.credits is not None:
        conversion["conversion_cost"] = report.credits
    if report.has_audio:
        conversion |= _audio_fields(report)
    if report.local is not None:
        conversion["local"] = dict(report.local)
    return {"success": True, "conversion": conversion}


def write_webhook(report: Report) -> dict[str, Any]:
    """The documented webhook of a finished sound; a failed one says so in ``status``."""
    done = report.state is State.COMPLETED
    body: dict[str, Any] = {
        "success": done,
        "conversion_type": "Sound Creator",
        "task_id": report.task_id,
        "conversion_id": report.conversion_id,
        "message": report.message or "Audio Generation Completed Successfully",
    }
    if not done:
        body["status"] = State.FAILED.value
    if report.has_audio:
        key = report.conversion_id
        body |= _audio_fields(report)
        body["conversion_paths"] = {key: report.mp3_url}
        body["conversion_paths_wav"] = {key: report.wav_url}
        body["conversion_durations"] = {key: report.seconds}
    if report.local is not None:
        body["local"] = dict(report.local)
    return body


def write_problem(error: ApiError) -> tuple[int, dict[str, Any]]:
    """The status and body of an error, as the API words it."""
    status = error.status or 500
    if isinstance(error, RateLimitError):
        return status, {"detail": str(error)}
    body: dict[str, Any] = {"success": False, "error": str(error)}
    if isinstance(error, InsufficientCreditsError):
        body |= {"required_credits": error.required, "available_credits": error.available}
    if isinstance(error, BadRequestError):
        body = {"success": False, "message": str(error)}
    return status, body


def _audio_fields(report: Report) -> dict[str, Any]:
    return {
        "conversion_path": report.mp3_url,
        "conversion_path_wav": report.wav_url,
        "conversion_duration": report.seconds,
    }
