"""Webhooks: one POST to the address a submission named, once its job has ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from typing import Any
from urllib.parse import urlsplit

import httpx

from soundgen_nb.errors import RejectedError

_log = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 10.0


class Webhooks:
    """Delivers to hosts named beforehand, and to no others.

    A server that posts wherever it is told to would let anyone who can submit reach into its
    network.
    """

    def __init__(self, hosts: Collection[str]) -> None:
        self._hosts = frozenset(hosts)
        self._deliveries: set[asyncio.Task[None]] = set()

    def check(self, url: str) -> None:
        """Let "" and an address of an allowed host pass.

        Raises:
            RejectedError: for any other address.
        """
        if url and _host(url) not in self._hosts:
            raise RejectedError(
                f"webhook_url must be http(s) to {' or '.join(sorted(self._hosts))}, not "
                f"{url[:200]!r}; the server's webhook_hosts setting allows more",
                status=422,
            )

    def promise(self, url: str, body: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        """Post what ``body`` will give to ``url``: once, within ten seconds, come what may."""
        delivery = asyncio.ensure_future(_deliver(url, body))
        self._deliveries.add(delivery)  # the loop itself holds its tasks weakly
        delivery.add_done_callback(self._deliveries.discard)


async def _deliver(url: str, body: Callable[[], Awaitable[dict[str, Any]]]) -> None:
    payload = await body()
    try:
        async with (
            asyncio.timeout(_TIMEOUT_SECONDS),
            # building a TLS context takes 30 ms of the event loop: only where there is TLS
            httpx.AsyncClient(verify=url.startswith("https"), trust_env=False) as client,
        ):
            answer = await client.post(url, json=payload)
        trouble = f"it answered {answer.status_code}" if answer.is_error else ""
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        trouble = type(error).__name__
    if trouble:
        # neither the address nor httpx's words, which hold it: callers put a token into it
        _log.warning("a webhook to %s was not delivered: %s", _host(url), trouble)


def _host(url: str) -> str:
    """The host of an http(s) address that can be reached at all, or ""."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.port != 0
    except ValueError:
        return ""
    return (parts.hostname or "") if usable else ""
