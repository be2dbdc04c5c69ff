"""WebhookReceiver: where the API can tell us that a job has ended, so that we ask at once."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from soundgen_nb.errors import SettingsError, SoundgenError
from soundgen_nb.port import Port, Service, at, checked_port
from soundgen_nb.settings import is_loopback
from soundgen_nb.wire import Report, read_webhook

MAX_BODY_BYTES = 64 << 10
"""Some hundred times what a webhook needs."""

_BODY_SECONDS = 10.0
_MOST_CALLERS = 64
_MOST_REMEMBERED = 1024  # ends nobody has waited for yet: a webhook may outrun the submit's answer


class WebhookReceiver(Service[Port]):
    """Hears which jobs have ended, on a thread of its own; a doorbell for ``Account``.

    It believes nothing it is told: a webhook only makes us ask ``byId`` sooner. Its address holds
    a token that cannot be guessed, since webhooks are not signed; who does not know it is not
    heard. Use it in a ``with`` block, or call ``start`` and ``stop``.

    Args:
        host: the address to listen on; beyond this machine only with a ``public_url``.
        port: 0 for any free one.
        public_url: where the API reaches it, for who has a tunnel or proxy to it: what is posted
            below that address must arrive here, with the end of its path as it was.

    Raises:
        SettingsError: for an address nobody can post to, or a port out of range.

    Example:
        >>> with WebhookReceiver() as receiver:
        ...     receiver.url.startswith("http://127.0.0.1:")
        True
    """

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, public_url: str = "") -> None:
        if not (public_url or is_loopback(host)):
            raise SettingsError(
                f"{host!r} does not say where the API would find it: give public_url as well"
            )
        self._host = host
        self._port = checked_port(port)
        self._public_url = _checked(public_url) if public_url else ""
        self._token = secrets.token_urlsafe(24)
        self._lock = threading.Lock()
        self._ends: dict[str, None] = {}
        self._waiting: dict[str, set[Future[None]]] = {}

    @property
    def url(self) -> str:
        """What to submit as ``webhook_url``. Whoever knows it can make us ask too early.

        Raises:
            SettingsError: if it is not running.
        """
        if self._running is None:
            raise SettingsError(
                "the receiver is not running: use it in a with block, or start() it"
            )
        return f"{self._public_url or at(self._host, self._running.number)}/{self._token}"

    async def ended(self, task_id: str) -> None:
        """Return once a webhook has said that the job has ended, at once if one has; on any loop.

        A webhook that names no task may be about any, and lets all go that wait.
        """
        rings: Future[None] = Future()
        with self._lock:
            if task_id in self._ends:
                return
            self._waiting.setdefault(task_id, set()).add(rings)
        try:
            await asyncio.wrap_future(rings)
        finally:
            self._forget(task_id, rings)

    def _begun(self) -> Port:
        app = Starlette(routes=[Route("/{path:path}", self._receive, methods=["POST"])])
        return Port(
            app,
            host=self._host,
            number=self._port,
            thread="soundgen_nb-webhooks",
            most_callers=_MOST_CALLERS,
        ).serve()

    def __repr__(self) -> str:
        where = "stopped" if self._running is None else f"port {self._running.number}"
        return f"<WebhookReceiver: {where}, {len(self._ends)} ends heard of>"

    async def _receive(self, request: Request) -> Response:
        """Only the end of the path is ours: a proxy may have taken its beginning off, or not."""
        token = request.url.path.rpartition("/")[2]
        if not secrets.compare_digest(token.encode(), self._token.encode()):
            raise HTTPException(404)
        report = await _report(request)
        if report.state.ended:
            self._heard(report)
        return Response(status_code=204)

    def _heard(self, report: Report) -> None:
        names = {report.task_id, report.conversion_id} - {""}
        with self._lock:
            for name in names:
                self._ends.pop(name, None)  # the last heard of is the last to be forgotten
                self._ends[name] = None
            while len(self._ends) > _MOST_REMEMBERED:
                del self._ends[next(iter(self._ends))]
            called = names if report.task_id else [*self._waiting]
            rings = [ring for name in called for ring in self._waiting.pop(name, ())]
        _ring(rings)

    def _forget(self, task_id: str, rings: Future[None]) -> None:
        with self._lock:
            others = self._waiting.get(task_id, set())
            others.discard(rings)
            if not others:
                self._waiting.pop(task_id, None)


def _ring(rings: Iterable[Future[None]]) -> None:
    for ring in rings:
        # false for who has stopped waiting in this moment
        if ring.set_running_or_notify_cancel():
            ring.set_result(None)


async def _report(request: Request) -> Report:
    """What a webhook says.

    Raises:
        HTTPException: for anything that is none.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise HTTPException(415)
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            return read_webhook(json.loads(await _bounded(request)))
    except TimeoutError as error:
        raise HTTPException(408) from error
    except (ValueError, RecursionError, ClientDisconnect, SoundgenError) as error:
        raise HTTPException(400) from error


async def _bounded(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise HTTPException(413)
    return bytes(body)


def _checked(public_url: str) -> str:
    try:
        parts = urlsplit(public_url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except (ValueError, AttributeError, TypeError):
        usable = False
    if not usable or parts.query or parts.fragment:
        raise SettingsError(
            "public_url must be an http or https address, without a ? or # part, not "
            f"{public_url!r:.200}"
        )
    return public_url.rstrip("/")
