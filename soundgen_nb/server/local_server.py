"""LocalServer: the API on a port of this machine."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from soundgen_nb.errors import SettingsError
from soundgen_nb.server.app import API_PATH, LOOPBACK_HOSTS, create_app
from soundgen_nb.server.embedded import new_api_key
from soundgen_nb.server.faults import Faults, faults_by_word
from soundgen_nb.server.jobboard import JobBoard
from soundgen_nb.server.received import Received, Tally

if TYPE_CHECKING:
    import uvicorn

_STOP_SECONDS = 5.0


class LocalServer:
    """The Sound Generator API on this machine, served from a thread of its own.

    Use it in a ``with`` block, or call ``start`` and ``stop``; it may be started again, with the
    same key and no memory of earlier jobs.

    Args:
        host: the address to listen on; other than loopback only with ``allow_remote``.
        port: 0 for any free one.
        api_key: what callers must send; None for a random one.
        allow_remote: let other machines in, over plain http: for a class on one network.
        allowed_hosts: names, beside this machine's own, that callers may call it by; addresses
            always work.
        webhook_hosts: where webhooks may be sent.
        faults: how to misbehave: one for all prompts, or several by a part of the prompt, of which
            the first that fits counts.
        **board_settings: as ``JobBoard`` takes them: executor, workers, max_queued, ...

    Raises:
        SettingsError: for a host that is not loopback, unless allowed, or a port out of range.

    Example:
        >>> with LocalServer() as server:
        ...     server.base_url.startswith("http://127.0.0.1:"), server.api_key[:6]
        (True, 'local-')
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        api_key: str | None = None,
        allow_remote: bool = False,
        allowed_hosts: Collection[str] = (),
        webhook_hosts: Collection[str] = LOOPBACK_HOSTS,
        faults: Faults | Mapping[str, Faults] | None = None,
        **board_settings: Any,
    ) -> None:
        if not (allow_remote or _is_loopback(host)):
            raise SettingsError(
                f"{host!r} lets other machines in; use 127.0.0.1, or say allow_remote=True if "
                "that is meant"
            )
        if not 0 <= port < 1 << 16:
            raise SettingsError(f"port must be from 0 (any free one) to 65535, not {port!r}")
        self.api_key = api_key or new_api_key()
        self._host = host
        self._port = port
        own_names = {socket.gethostname()} if allow_remote else set()
        self._allowed_hosts = {*LOOPBACK_HOSTS, *own_names, *allowed_hosts}
        self._webhook_hosts = webhook_hosts
        self._faults = faults_by_word(faults)
        self._tally = Tally()
        self._board_settings = board_settings
        self._running: _Running | None = None

    @property
    def base_url(self) -> str:
        """Where the API is, for callers on this machine.

        Raises:
            SettingsError: if the server is not running.
        """
        if self._running is None:
            raise SettingsError("the server is not running: use it in a with block, or start() it")
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)  # noqa: S104  # not a bind
        name = f"[{host}]" if ":" in host else host
        return f"http://{name}:{self._running.port}{API_PATH}"

    @property
    def received(self) -> Received:
        """What has come in since it was last started, by prompt."""
        return self._tally.received

    def start(self) -> Self:
        """Open the port and serve; nothing happens if that is so already.

        Raises:
            SettingsError: if the port is taken or the address is not this machine's.
        """
        if self._running is None:
            self._running = self._begun()
        return self

    def stop(self) -> None:
        """Close the port, end what waits, and wait until the threads are gone."""
        running, self._running = self._running, None
        if running is not None:
            running.server.should_exit = True
            running.thread.join(_STOP_SECONDS)
            running.board.close()

    def _begun(self) -> _Running:
        import uvicorn  # noqa: PLC0415  # 20-45 ms, which only those pay who open a port

        board = JobBoard(**self._board_settings)
        self._tally = Tally()
        app = create_app(
            board,
            token=self.api_key,
            allowed_hosts=self._allowed_hosts,
            webhook_hosts=self._webhook_hosts,
            tally=self._tally,
            faults=self._faults,
        )
        config = uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        # some faults close a connection, which no ASGI message can ask for
        app.state.connections = server.server_state.connections
        listener = _listening(self._host, self._port)
        port = listener.getsockname()[1]
        thread = threading.Thread(
            target=_serve, args=(server, listener), name="soundgen_nb-server", daemon=True
        )
        thread.start()
        return _Running(board, server, thread, port)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<LocalServer {'stopped' if self._running is None else self.base_url}>"


@dataclass(frozen=True, slots=True)
class _Running:
    """What there is between start and stop."""

    board: JobBoard
    server: uvicorn.Server
    thread: threading.Thread
    port: int


def _serve(server: uvicorn.Server, listener: socket.socket) -> None:
    asyncio.run(server.serve(sockets=[listener]))


def _listening(host: str, port: int) -> socket.socket:
    """A socket that accepts connections already: callers may come before the loop runs."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {host!r}, port {port}: {error.strerror or error}; "
            "choose another, or port 0 for any free one"
        ) from error


def _is_loopback(host: str) -> bool:
    try:
        return host in LOOPBACK_HOSTS or ip_address(host).is_loopback
    except ValueError:
        return False
