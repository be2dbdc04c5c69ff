"""Port: an ASGI application on a port of this machine, served from a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from soundgen_nb.errors import SettingsError

_LAST_PORT = (1 << 16) - 1
_STOP_SECONDS = 5.0


class Port:
    """A port that is open, and answers from ``serve`` on until it is closed.

    Args:
        app: the application, of ASGI 3.
        host: the address to listen on.
        number: 0 for any free one.
        thread: the name of the thread.
        most_callers: how many may be answered at once; None for any number.

    Raises:
        SettingsError: if the port is out of range or taken, or the address not this machine's.
    """

    def __init__(
        self,
        app: Callable[..., Any],
        *,
        host: str,
        number: int = 0,
        thread: str,
        most_callers: int | None = None,
    ) -> None:
        import uvicorn  # noqa: PLC0415  # 20-45 ms, which only those pay who open a port

        config = uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            limit_concurrency=most_callers,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        listener = _listening(host, checked_port(number))
        self.number: int = listener.getsockname()[1]
        self._thread = threading.Thread(
            target=_serve, args=(self._server, listener), name=thread, daemon=True
        )

    @property
    def connections(self) -> Any:
        """The connections that are open; some faults close one, which no ASGI message can."""
        return self._server.server_state.connections

    def serve(self) -> Self:
        """Answer, from now on."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Close the port, and wait until the thread is gone."""
        self._server.should_exit = True
        self._thread.join(_STOP_SECONDS)


class Closable(Protocol):
    """What is open until it is closed."""

    def close(self) -> None:
        """Close it."""


Open = TypeVar("Open", bound=Closable)


class Service(Generic[Open]):
    """What runs between ``start`` and ``stop``, or in a ``with`` block; a subclass opens it."""

    _running: Open | None = None

    def _begun(self) -> Open:
        """What is open while it runs."""
        raise NotImplementedError

    def start(self) -> Self:
        """Open the port and serve; nothing happens if that is so already.

        Raises:
            SettingsError: if the port is taken or the address is not this machine's.
        """
        if self._running is None:
            self._running = self._begun()
        return self

    def stop(self) -> None:
        """Close the port, and wait until its threads are gone."""
        running, self._running = self._running, None
        if running is not None:
            running.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def checked_port(number: int) -> int:
    """The number, if it can be a port's.

    Raises:
        SettingsError: if it cannot.

    Example:
        >>> checked_port(8080)
        8080
    """
    if not 0 <= number <= _LAST_PORT:
        raise SettingsError(f"port must be from 0 (any free one) to {_LAST_PORT}, not {number!r}")
    return number


def at(host: str, number: int) -> str:
    """The address of a port, as callers write it.

    Example:
        >>> at("::1", 80)
        'http://[::1]:80'
    """
    return f"http://[{host}]:{number}" if ":" in host else f"http://{host}:{number}"


def _serve(server: Any, listener: socket.socket) -> None:
    asyncio.run(server.serve(sockets=[listener]))


def _listening(host: str, number: int) -> socket.socket:
    """A socket that accepts connections already: callers may come before the loop runs."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, number), family=family)
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {host!r}, port {number}: {error.strerror or error}; "
            "choose another, or port 0 for any free one"
        ) from error
