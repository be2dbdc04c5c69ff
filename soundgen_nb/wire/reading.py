"""Reading: every variant the API has been seen to send gives a value or one of our errors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from soundgen_nb.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    InputError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    RejectedError,
    ServerError,
    UnreadableAnswerError,
)
from soundgen_nb.wire.jobs import Receipt, Report, State, Submission

_READ_STATES = {
    "IN_QUEUE": State.IN_QUEUE,
    "QUEUED": State.IN_QUEUE,
    "COMPLETED": State.COMPLETED,
    "FAILED": State.FAILED,
    "ERROR": State.FAILED,
}


def read_submission(fields: Mapping[str, Any]) -> Submission:
    """What a client asked, from a form or JSON body, as the server sees it.

    Raises:
        RejectedError: for a blank prompt or a field that cannot be used, as the API answers (422).
    """
    prompt = fields.get("prompt")
    text = prompt.strip() if isinstance(prompt, str) else ""
    if not text:
        raise RejectedError("Prompt is required for sound generation.", status=422)
    if text != _text(text):
        raise RejectedError("Prompt holds halves of characters; send whole ones.", status=422)
    try:
        return Submission(
            prompt=text,
            seconds=_whole(fields.get("audio_length"), "audio_length"),
            user_id=_text(fields.get("user_id")),
            webhook_url=_text(fields.get("webhook_url")),
            seed=_whole(fields.get("seed"), "seed"),
        )
    except InputError as error:
        raise RejectedError(str(error), status=422) from error


def read_receipt(payload: object) -> Receipt:
    """The answer to a submit.

    Raises:
        ApiError: if it says ``success: false``.
        UnreadableAnswerError: if it names no job.
    """
    answer = _successful(payload)
    task_id = _text(answer.get("task_id"))
    conversion_id = _text(answer.get("conversion_id"))
    if not (task_id or conversion_id):
        raise UnreadableAnswerError(
            f"the answer to the submit names no job: {_short(payload)}. It may have been accepted; "
            "look at the account's history before sending it again"
        )
    return Receipt(
        task_id=task_id or conversion_id,
        conversion_id=conversion_id,
        eta_seconds=_not_negative(answer.get("eta")),
        credit_estimate=_number(answer.get("credit_estimate")),
        message=_text(answer.get("message")),
    )


def read_report(payload: object) -> Report:
    """The answer of ``byId``: an envelope with a ``conversion`` in it, or the conversion bare.

    Raises:
        ApiError: if it says ``success: false``.
        UnreadableAnswerError: if there is no conversion in it.
    """
    answer = _successful(payload)
    inner = answer.get("conversion", answer)
    if not isinstance(inner, Mapping) or not _is_conversion(inner):
        raise UnreadableAnswerError(f"the answer holds no conversion: {_short(payload)}")
    return _report(inner, State.IN_PROGRESS)


def read_webhook(payload: object) -> Report:
    """A webhook's body. It has no ``status`` in most variants: that it came means COMPLETED.

    Raises:
        ApiError: if it says ``success: false``.
        UnreadableAnswerError: if it names no job.
    """
    answer = _successful(payload)
    if not _is_conversion(answer):
        raise UnreadableAnswerError(f"the webhook names no job: {_short(payload)}")
    return _report(answer, State.COMPLETED)


def read_problem(status: int, body: object, *, retry_after: float | None = None) -> ApiError:
    """The error for an HTTP status, with the API's own words in it.

    Args:
        status: the HTTP code; 200 for a ``success: false`` inside an ordinary answer.
        body: the decoded JSON, or the text where it was not JSON (a proxy's HTML is left out).
        retry_after: seconds, from the header of that name.
    """
    said = _said(body)
    if status == 402:
        amounts = body if isinstance(body, Mapping) else {}
        return InsufficientCreditsError(
            f"the account cannot pay for it ({said or 'no details'}). "
            "Add credits, or work with the embedded engine: sg.connect()",
            status=status,
            required=_number(amounts.get("required_credits")),
            available=_number(amounts.get("available_credits")),
        )
    if status == 429:
        wait = "" if retry_after is None else f"; it asks to wait {retry_after:g} s"
        return RateLimitError(
            f"too many requests at once ({said or 'no details'}){wait}",
            status=status,
            retry_after=retry_after,
        )
    kind, advice = _problem_kind(status)
    return kind(f"the API answered {status}: {said or 'no details'}. {advice}", status=status)


def clean_url(value: object) -> str | None:
    """A link fit to fetch, or None: trimmed, with a doubled host undone, never a bare root.

    >>> clean_url(" https://a.example/https://b.example/x.mp3 ")
    'https://b.example/x.mp3'
    >>> clean_url("https://bucket.example/") is None
    True
    """
    text = "".join(_text(value).split())
    start = max(text.rfind("http://"), text.rfind("https://"))
    if start < 0:
        return None
    try:
        parts = urlsplit(text[start:])
        usable = bool(parts.hostname) and parts.path.strip("/") != ""
    except ValueError:
        return None
    return text[start:] if usable else None


def _successful(payload: object) -> Mapping[str, Any]:
    if not isinstance(payload, Mapping):
        raise UnreadableAnswerError(f"expected a JSON object, got {_short(payload)}")
    if payload.get("success") is False and not _failed_job(payload):
        raise read_problem(200, payload)
    return payload


def _failed_job(payload: Mapping[str, Any]) -> bool:
    """Whether ``success: false`` is about the job (a report to read), not about the request."""
    inner = payload.get("conversion", payload)
    return isinstance(inner, Mapping) and _is_conversion(inner)


def _is_conversion(inner: Mapping[str, Any]) -> bool:
    return bool(_text(inner.get("task_id")) or _text(inner.get("conversion_id")))


def _report(inner: Mapping[str, Any], otherwise: State) -> Report:
    conversion_id = _text(inner.get("conversion_id"))
    state = _state(inner.get("status"), otherwise)
    if inner.get("success") is False:
        state = State.FAILED
    local = inner.get("local")
    return Report(
        task_id=_text(inner.get("task_id")),
        conversion_id=conversion_id,
        state=state,
        message=_text(inner.get("message")) or _text(inner.get("status_msg")),
        mp3_url=_first_url(inner, conversion_id, _MP3_FIELDS),
        wav_url=_first_url(inner, conversion_id, _WAV_FIELDS),
        seconds=_not_negative(inner.get("conversion_duration"))
        or _not_negative(_entry(inner.get("conversion_durations"), conversion_id)),
        credits=_number(inner.get("conversion_cost")),
        eta_seconds=_not_negative(inner.get("eta")),
        created_at=_text(inner.get("createdAt")),
        updated_at=_text(inner.get("updatedAt")),
        local=local if isinstance(local, Mapping) else None,
    )


_LARGEST_ID = 10**18  # a longer number is nobody's id, and Python refuses to print the longest

_MP3_FIELDS = ("conversion_path", "audio_url", "conversion_paths", "conversion_path_1")
_WAV_FIELDS = ("conversion_path_wav", "conversion_paths_wav")


def _first_url(inner: Mapping[str, Any], conversion_id: str, names: tuple[str, ...]) -> str | None:
    candidates = (_entry(inner.get(name), conversion_id) for name in names)
    return next((url for url in map(clean_url, candidates) if url), None)


def _entry(value: object, conversion_id: str) -> object:
    """A value, or the one in a map keyed by conversion id (else its only entry)."""
    if not isinstance(value, Mapping):
        return value
    if conversion_id in value:
        return value[conversion_id]
    return next(iter(value.values())) if len(value) == 1 else None


def _state(value: object, otherwise: State) -> State:
    """A state the API names: unknown names are still running, none is ``otherwise``."""
    name = _text(value).upper()
    return _READ_STATES.get(name, State.IN_PROGRESS) if name else otherwise


_PROBLEMS: Mapping[int, tuple[type[ApiError], str]] = {
    200: (RejectedError, "Look at the prompt and the settings"),
    400: (BadRequestError, "Look at the prompt and the settings; it is not sent again"),
    401: (
        AuthenticationError,
        "Check the key: sg.connect(api_key=...) or SOUNDGEN_API_KEY",
    ),
    404: (NotFoundError, "Check the base URL, and that the job is one of this account"),
    409: (ConflictError, "It is not sent again"),
    422: (RejectedError, "Change the prompt or the settings; it is not sent again"),
}


def _problem_kind(status: int) -> tuple[type[ApiError], str]:
    if status >= 500:
        return ServerError, "The trouble is at their side; try again later"
    if status == 403:
        return _PROBLEMS[401]
    return _PROBLEMS.get(status, (ApiError, "Check the base URL and the settings"))


def _said(body: object) -> str:
    """The API's own words in an error body; "" where there are none, or a proxy's HTML."""
    if isinstance(body, Mapping):
        for name in ("error", "message", "detail"):
            words = _said(body.get(name))
            if words:
                return words
        return ""
    if isinstance(body, (list, tuple)):
        parts = [_text(item.get("msg")) for item in body if isinstance(item, Mapping)]
        return "; ".join(part for part in parts if part)[:300]
    text = _text(body)
    return "" if text.startswith("<") else text[:300]


def _text(value: object) -> str:
    if isinstance(value, str):
        # JSON can carry half a surrogate pair, which nothing can print or send on
        return value.encode(errors="ignore").decode().strip()
    if isinstance(value, bool) or not isinstance(value, int):
        return ""
    return str(value) if abs(value) < _LARGEST_ID else ""


def _number(value: object) -> float | None:
    """A finite number, also when it comes as text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _not_negative(value: object) -> float | None:
    number = _number(value)
    return number if number is not None and number >= 0 else None


def _whole(value: object, name: str) -> int | None:
    """A whole number from a form's text or from JSON; None for an absent or empty field."""
    if value is None or value == "":
        return None
    number = _number(value)
    if number is None or number % 1:
        raise InputError(f"{name} must be a whole number, not {_short(value)}")
    return int(value) if isinstance(value, (int, str)) and str(value).isdigit() else int(number)


def _short(payload: object) -> str:
    text = repr(payload)
    return text if len(text) <= 160 else f"{text[:160]}…"
