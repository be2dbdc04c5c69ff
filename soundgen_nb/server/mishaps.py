"""Answers gone wrong: refusals, pages of proxies, broken lines, words in other places."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from soundgen_nb.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    InsufficientCreditsError,
    NotFoundError,
    RejectedError,
)
from soundgen_nb.server.faults import Faults, Trouble

_REFUSALS: Mapping[int, Callable[[], ApiError]] = {
    200: partial(RejectedError, "Sound generation is not available", status=200),
    400: partial(BadRequestError, "Invalid request parameters", status=400),
    401: partial(AuthenticationError, "Authentication failed", status=401),
    402: partial(
        InsufficientCreditsError,
        "Insufficient credits for this operation",
        status=402,
        required=150.75,
        available=100.0,
    ),
    403: partial(AuthenticationError, "Authentication failed", status=403),
    404: partial(NotFoundError, "Not found", status=404),
    409: partial(ConflictError, "Conflict", status=409),
    422: partial(RejectedError, "The prompt was refused", status=422),
}

_PAGES = {
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
    "page": "Down for maintenance",
}

_OTHER_NAMES = {
    "IN_QUEUE": "in_queue",
    "IN_PROGRESS": "PROCESSING",
    "COMPLETED": "completed",
    "FAILED": "ERROR",
}


def refusal(status: int) -> ApiError:
    """The API's no, to be raised."""
    return _REFUSALS[status]()


def in_place_of_an_answer(trouble: Trouble) -> Response:
    """What comes when the answer does not."""
    if trouble == "dropped":
        return _HangingUp()
    if trouble == 500:
        return JSONResponse({"success": False, "error": "Internal server error"}, 500)
    title = _PAGES[trouble]
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return HTMLResponse(page, 200 if trouble == "page" else trouble)


def no_such_link(status: int) -> Response:
    """What an audio host says of a link that has expired."""
    error = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
    return Response(error, status, media_type="application/xml")


def cut_short(whole: Response) -> Response:
    """Half of a download; then the connection closes."""
    return _CutShort(whole.body, media_type=whole.media_type)


def swollen(whole: Response, size: int) -> Response:
    """A download of a few bytes that unpacks to ``size``, silence for the most part."""
    packed = gzip.compress(bytes(whole.body).ljust(size, b"\0"), compresslevel=1)
    return Response(packed, headers={"Content-Encoding": "gzip"}, media_type=whole.media_type)


def worded(words: Mapping[str, Any], faults: Faults) -> dict[str, Any]:
    """What is said, in the words and places of these faults."""
    said = dict(words)
    if faults.eta is not None and "eta" in said:
        said["eta"] = faults.eta
    if faults.other_names and "status" in said:
        said["status"] = _OTHER_NAMES[said["status"]]
    if faults.links != "plain":
        said = _respelt(said, _SPELLINGS[faults.links])
    if faults.maps_only:
        said = _in_maps(said)
    return {name: value for name, value in said.items() if name not in faults.missing}


def without_links(words: Mapping[str, Any]) -> dict[str, Any]:
    """What is said, but for where the audio is."""
    return {name: value for name, value in words.items() if not name.startswith(_LINKS)}


def with_root_links(words: Mapping[str, Any]) -> dict[str, Any]:
    """What is said, with links that stop at the host."""
    return _respelt(words, _root)


_LINKS = "conversion_path"
_IN_MAPS = {
    "conversion_path": "conversion_paths",
    "conversion_path_wav": "conversion_paths_wav",
    "conversion_duration": "conversion_durations",
}


def _respelt(words: Mapping[str, Any], spell: Callable[[str], str]) -> dict[str, Any]:
    return {
        name: _respelt_value(value, spell) if name.startswith(_LINKS) else value
        for name, value in words.items()
    }


def _respelt_value(value: str | Mapping[str, str], spell: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return spell(value)
    return {conversion_id: spell(url) for conversion_id, url in value.items()}


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


_SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "spaced": lambda url: f" {url}\n",
    "doubled host": lambda url: _root(url) + url,
}


def _in_maps(words: Mapping[str, Any]) -> dict[str, Any]:
    key = words["conversion_id"]
    maps = {new: {key: words[old]} for old, new in _IN_MAPS.items() if old in words}
    return {name: value for name, value in words.items() if name not in _IN_MAPS} | maps


class _CutShort(Response):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI's
        """Announces all of it and ends half-way, whereupon the server closes the connection."""
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        half = bytes(self.body[: len(self.body) // 2])
        await send(start)
        await send({"type": "http.response.body", "body": half, "more_body": True})


class _HangingUp(Response):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI's
        """Closes the connection without a word."""
        for connection in tuple(scope["app"].state.connections):
            if connection.client == scope["client"]:
                connection.transport.close()
