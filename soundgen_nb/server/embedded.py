"""Embedded: the API inside this process, with no socket in between."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from typing import Any

import httpx

from soundgen_nb.server.app import API_PATH, LOOPBACK_HOSTS, create_app
from soundgen_nb.server.jobboard import JobBoard
from soundgen_nb.settings import LOCAL_KEY_PREFIX
from soundgen_nb.wire import Report

_HOST = "embedded.invalid"  # a name that can never be looked up, should it ever leak out

EMBEDDED_URL = f"http://{_HOST}{API_PATH}"
"""The base URL of the engine inside this process."""


def new_api_key() -> str:
    """A random key of the kind that only a local server gives out."""
    return LOCAL_KEY_PREFIX + secrets.token_urlsafe(24)


class Embedded:
    """A job board and the API on it, reached through an HTTP transport in process.

    Args:
        webhook_hosts: where webhooks may be sent.
        **board_settings: as ``JobBoard`` takes them: executor, workers, max_queued, ...

    Example:
        >>> import asyncio
        >>> async def ask() -> int:
        ...     with_key = {"Authorization": embedded.api_key}
        ...     async with httpx.AsyncClient(transport=embedded.transport()) as client:
        ...         url = f"{embedded.base_url}/sound_generator"
        ...         answer = await client.post(url, data={"prompt": "rain"}, headers=with_key)
        ...     return answer.status_code
        >>> embedded = Embedded()
        >>> asyncio.run(ask())
        200
        >>> embedded.close()
    """

    base_url = EMBEDDED_URL

    def __init__(
        self, *, webhook_hosts: Collection[str] = LOOPBACK_HOSTS, **board_settings: Any
    ) -> None:
        self.api_key = new_api_key()
        self._board = JobBoard(**board_settings)
        self._app = create_app(
            self._board, token=self.api_key, allowed_hosts={_HOST}, webhook_hosts=webhook_hosts
        )

    def transport(self) -> httpx.ASGITransport:
        """What an ``httpx.AsyncClient`` needs to reach the API; any number may be made."""
        return httpx.ASGITransport(self._app, raise_app_exceptions=False)

    async def ended(self, task_id: str) -> Report:
        """The report of a job, without links, at the moment it ends; on any event loop.

        Raises:
            NotFoundError: if there is no such job.
        """
        return await self._board.ended(task_id)

    def drop(self, task_ids: Iterable[str]) -> None:
        """Do not begin the work of these jobs any more: nobody waits for them."""
        self._board.drop(task_ids)

    def close(self) -> None:
        """End what waits, finish what runs, and stop the threads."""
        self._board.close()

    def __repr__(self) -> str:
        return f"<Embedded: {self._board!r}>"
