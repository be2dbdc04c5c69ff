"""LocalServer: the API on a port of this machine."""

from __future__ import annotations

import socket
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from soundgen_nb.errors import SettingsError
from soundgen_nb.port import Port, Service, at, checked_port
from soundgen_nb.server.app import API_PATH, LOOPBACK_HOSTS, create_app
from soundgen_nb.server.embedded import new_api_key
from soundgen_nb.server.faults import Faults, faults_by_word
from soundgen_nb.server.jobboard import JobBoard
from soundgen_nb.server.received import Received, Tally
from soundgen_nb.settings import is_loopback


class LocalServer(Service["_Running"]):
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
        if not (allow_remote or is_loopback(host)):
            raise SettingsError(
                f"{host!r} lets other machines in; use 127.0.0.1, or say allow_remote=True if "
                "that is meant"
            )
        self.api_key = api_key or new_api_key()
        self._host = host
        self._port = checked_port(port)
        own_names = {socket.gethostname()} if allow_remote else set()
        self._allowed_hosts = {*LOOPBACK_HOSTS, *own_names, *allowed_hosts}
        self._webhook_hosts = webhook_hosts
        self._faults = faults_by_word(faults)
        self._tally = Tally()
        self._board_settings = board_settings

    @property
    def base_url(self) -> str:
        """Where the API is, for callers on this machine.

        Raises:
            SettingsError: if the server is not running.
        """
        if self._running is None:
            raise SettingsError("the server is not running: use it in a with block, or start() it")
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)  # noqa: S104  # not a bind
        return f"{at(host, self._running.port.number)}{API_PATH}"

    @property
    def received(self) -> Received:
        """What has come in since it was last started, by prompt."""
        return self._tally.received

    def _begun(self) -> _Running:
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
        try:
            port = Port(app, host=self._host, number=self._port, thread="soundgen_nb-server")
        except SettingsError:
            board.close()
            raise
        app.state.connections = port.connections
        return _Running(board, port.serve())

    def __repr__(self) -> str:
        return f"<LocalServer {'stopped' if self._running is None else self.base_url}>"


@dataclass(frozen=True, slots=True)
class _Running:
    """What there is between start and stop."""

    board: JobBoard
    port: Port

    def close(self) -> None:
        self.port.close()
        self.board.close()
