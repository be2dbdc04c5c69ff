"""Request bodies: three encodings of the same fields, none larger than announced limits."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any
from urllib.parse import parse_qsl

from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from soundgen_nb.errors import ApiError, BadRequestError

_MOST_FIELDS = 100


async def read_fields(request: Request, *, max_bytes: int) -> dict[str, Any]:
    """The fields of a JSON, multipart or urlencoded body; anything else is taken for the last.

    Raises:
        BadRequestError: if the body is not what its content type says, or was cut short.
        ApiError: 413, if it is larger than ``max_bytes``.
    """
    body = await _bounded(request, max_bytes)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if content_type == "application/json":
            return _json_object(body)
        if content_type == "multipart/form-data":
            return await _multipart(request, body)
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except (ValueError, RecursionError, MultiPartException) as error:
        raise BadRequestError(
            f"Invalid request parameters: the body is not {content_type or 'a form'}", status=400
        ) from error


async def _bounded(request: Request, max_bytes: int) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > max_bytes:
                raise ApiError(f"the request is larger than {max_bytes:,} bytes", status=413)
    except ClientDisconnect as error:
        raise BadRequestError("the request was cut short", status=400) from error
    return bytes(body)


def _json_object(body: bytes) -> dict[str, Any]:
    value = json.loads(body)
    if not isinstance(value, dict):
        raise ValueError("a JSON object is expected")  # noqa: TRY004  # read_fields words it
    return value


async def _multipart(request: Request, body: bytes) -> dict[str, Any]:
    """The text fields; files are let go, for no field of the API is one."""
    form = await MultiPartParser(request.headers, _whole(body), max_fields=_MOST_FIELDS).parse()
    await form.close()
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


async def _whole(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body
