"""An API that answers what a test wrote down, on a clock that does not make anybody wait."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socket import create_server
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import httpx
import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

T = TypeVar("T")

API = "/api/public/v1"


def receipt(task_id: str = "T1", **more: Any) -> dict[str, Any]:
    """The documented answer to a submit."""
    return {"success": True, "task_id": task_id, "conversion_id": f"C-{task_id}", "eta": 5} | more


def report(status: str, task_id: str = "T1", **more: Any) -> dict[str, Any]:
    """The documented answer of byId."""
    conversion = {"task_id": task_id, "conversion_id": f"C-{task_id}", "status": status} | more
    return {"success": True, "conversion": conversion}


@dataclass
class Seen:
    """One request as it arrived; ``at`` is in seconds of the loop's clock."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def fields(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


Answer = Response | dict[str, Any] | tuple[int, Any] | Callable[[Seen], Any]


@dataclass
class ScriptedApi:
    """Answers by path, each list in its order, the last one for ever; remembers every request.

    An answer is JSON, (status, JSON), a Response, or a function of the request giving one of them.
    """

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)

    def to(self, path: str) -> list[Seen]:
        """The requests to a path so far."""
        return [request for request in self.seen if request.path == path]

    @property
    def submits(self) -> list[Seen]:
        return self.to(f"{API}/sound_generator")

    @property
    def asks(self) -> list[Seen]:
        return self.to(f"{API}/byId")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        now = asyncio.get_running_loop().time()
        seen = Seen(
            request.method,
            scope["path"],
            dict(request.query_params),
            dict(request.headers),
            await request.body(),
            now,
        )
        earlier = len(self.to(seen.path))
        self.seen.append(seen)
        answers = self.answers.get(seen.path) or [(404, {"success": False, "error": "not here"})]
        response = _response(answers[min(earlier, len(answers) - 1)], seen)
        await response(scope, receive, send)


def _response(answer: Any, seen: Seen) -> Response:
    if isinstance(answer, Response):
        return answer
    if callable(answer):
        return _response(answer(seen), seen)
    status, content = answer if isinstance(answer, tuple) else (200, answer)
    return JSONResponse(content, status)


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """The app on a port of this machine; gives "http://127.0.0.1:port"."""
    config = uvicorn.Config(
        app, lifespan="off", ws="none", log_config=None, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    with create_server(("127.0.0.1", 0)) as listener:
        work = server.serve(sockets=[listener])
        thread = Thread(target=asyncio.run, args=(work,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(5)


class _NoWaiting(selectors.DefaultSelector):
    """Where there is nothing to do until a time, that time has come."""

    elapsed = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0 if timeout is not None else None)
        if not ready and timeout:
            self.elapsed += timeout
        return ready


class _Clockless(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._waits = _NoWaiting()
        super().__init__(self._waits)

    def time(self) -> float:
        return self._waits.elapsed


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """``asyncio.run`` on a loop where sleeping takes no time and the clock shows that it did."""
    with asyncio.Runner(loop_factory=_Clockless) as runner:
        return runner.run(work)


def in_process(app: ASGIApp) -> httpx.ASGITransport:
    """The way to an app without a socket."""
    return httpx.ASGITransport(app)
