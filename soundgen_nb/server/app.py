"""The API as an ASGI application on a job board: paths, key, bodies, answers, files, webhooks."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Collection, Mapping
from functools import partial
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from soundgen_nb.errors import (
    ApiError,
    BadRequestError,
    NotFoundError,
    RateLimitError,
)
from soundgen_nb.server.desk import Desk
from soundgen_nb.server.faults import Faults
from soundgen_nb.server.jobboard import JobBoard
from soundgen_nb.server.misbehaving import MisbehavingDesk
from soundgen_nb.server.received import Tally
from soundgen_nb.server.webhooks import Webhooks
from soundgen_nb.wire import STATUS_PATH, SUBMIT_PATH, write_problem

API_PATH = "/api/public/v1"
"""Where the API lives below a host."""

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
"""The names of this machine to itself."""

_SUBMIT_PATHS = (SUBMIT_PATH, "/SoundGenerator", "/generate_sound", "/soundgenerator")


def create_app(
    board: JobBoard,
    *,
    token: str,
    allowed_hosts: Collection[str] = LOOPBACK_HOSTS,
    webhook_hosts: Collection[str] = LOOPBACK_HOSTS,
    max_body_bytes: int = 64 * 1024,
    tally: Tally | None = None,
    faults: Mapping[str, Faults] | None = None,
) -> Starlette:
    """The Sound Generator API, spoken over ASGI; all its state is the board's.

    Args:
        board: does the work.
        token: the key that calls must carry, bare or after "Bearer ". The audio files need none:
            their names cannot be guessed.
        allowed_hosts: the names the server answers to. A page in a browser can point a name of its
            own at this machine, but cannot make the browser send another Host; literal addresses
            cannot be pointed, and are answered.
        webhook_hosts: where webhooks may be sent.
        max_body_bytes: the largest request body.
        tally: counts what comes.
        faults: how to misbehave, by a part of the prompt; connections are dropped by
            ``LocalServer`` only.
    """
    at_the_desk = partial(MisbehavingDesk, faults=faults) if faults else Desk
    desk = at_the_desk(
        board=board,
        token=token,
        webhooks=Webhooks(webhook_hosts),
        tally=tally or Tally(),
        max_body_bytes=max_body_bytes,
    )
    submits = [Route(API_PATH + path, desk.submit, methods=["POST"]) for path in _SUBMIT_PATHS]
    return Starlette(
        routes=[
            *submits,
            Route(API_PATH + STATUS_PATH, desk.status),
            Route("/conversions/{task_id}_sound.{name}", desk.audio),
        ],
        middleware=[Middleware(_HostCheck, allowed_hosts=allowed_hosts)],
        exception_handlers={ApiError: _problem, HTTPException: _no_such_route},
    )


class _HostCheck:
    """Refuses requests made to a name that is not ours."""

    def __init__(self, app: ASGIApp, *, allowed_hosts: Collection[str]) -> None:
        self._app = app
        self._allowed = {host.lower() for host in allowed_hosts}

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":  # a server's own start and stop
            return self._app(scope, receive, send)
        host = _host_name(Headers(scope=scope).get("host", ""))
        if host in self._allowed or _is_address(host):
            return self._app(scope, receive, send)
        answer = _answer(
            BadRequestError(
                f"this server does not go by the name {host!r}; allowed_hosts names its own",
                status=400,
            )
        )
        return answer(scope, receive, send)


def _host_name(header: str) -> str:
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _answer(error: ApiError) -> JSONResponse:
    status, body = write_problem(error)
    headers = {}
    if isinstance(error, RateLimitError) and error.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    return JSONResponse(body, status, headers)


async def _problem(_: Request, error: Exception) -> Response:
    return _answer(error if isinstance(error, ApiError) else ApiError(str(error), status=500))


async def _no_such_route(request: Request, error: Exception) -> Response:
    """A path or method nobody serves, in the API's words instead of plain text."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    where = f"{request.method} {request.url.path}"
    if status == 404:
        return _answer(NotFoundError(f"there is no {where} here", status=404))
    return _answer(ApiError(f"{where} is not allowed", status=status))
