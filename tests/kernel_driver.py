"""A real kernel, and an API whose answers it can be made to wait for."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty
from threading import Condition
from time import monotonic
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from starlette.types import ASGIApp, Receive, Scope, Send

PATIENCE_SECONDS = 30.0
"""After so long something is broken; nothing here ever waits that long."""

KERNELS = os.environ.get("SOUNDGEN_TEST_KERNELS", sys.executable).split(os.pathsep)
"""Python executables whose kernels are tested: each needs ipykernel and this package."""


@dataclass
class Ran:
    """How a cell ended, and every message that came for it."""

    reply: dict[str, Any]
    messages: list[dict[str, Any]]
    ended_at: float

    @property
    def status(self) -> str:
        return str(self.reply["status"])

    @property
    def error(self) -> str:
        """Name and words of the exception a cell ended in, or ""."""
        return f"{self.reply.get('ename', '')}: {self.reply.get('evalue', '')}".strip(": ")

    @property
    def text(self) -> str:
        """What it printed, and the plain text of its result."""
        printed = [m["text"] for m in self.of("stream")]
        return "".join(printed + [m["data"]["text/plain"] for m in self.of("execute_result")])

    @property
    def traceback(self) -> str:
        """What the notebook shows of the exception."""
        return "\n".join(line for m in self.of("error") for line in m["traceback"])

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The contents of its messages of one type."""
        return [m["content"] for m in self.messages if m["header"]["msg_type"] == kind]

    @property
    def displays(self) -> dict[str, dict[str, Any]]:
        """What its displays show in the end, by display id, as a saved notebook would hold it."""
        shown: dict[str, dict[str, Any]] = {}
        for kind in ("display_data", "update_display_data"):
            for content in self.of(kind):
                shown[content["transient"]["display_id"]] = content["data"]
        return shown


class Kernel:
    """A kernel of some Python; cells can be queued, interrupted, and waited for.

    Args:
        python: the executable it runs on.
        environment: variables besides this process's own.
    """

    def __init__(self, python: str, environment: dict[str, str]) -> None:
        self._manager = KernelManager()
        command = [python, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f",
                   "{connection_file}"]  # fmt: skip
        self._manager._kernel_spec = KernelSpec(argv=command, display_name=python)
        self._manager.start_kernel(env=os.environ | environment)
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=PATIENCE_SECONDS)
        self._messages: dict[str, list[dict[str, Any]]] = {}
        self._replies: dict[str, tuple[dict[str, Any], float]] = {}

    def queue(self, code: str) -> str:
        """Send a cell and do not wait for it, as a notebook's *Run all* does."""
        return str(self._client.execute(code, stop_on_error=False))

    def run(self, code: str) -> Ran:
        """Run a cell to its end."""
        return self.ended(self.queue(code))

    def ended(self, cell: str) -> Ran:
        """Wait for a queued cell: for its reply, and for the last of its output."""
        until = monotonic() + PATIENCE_SECONDS
        while cell not in self._replies:
            reply = self._client.get_shell_msg(timeout=max(0.0, until - monotonic()))
            self._replies[reply["parent_header"]["msg_id"]] = (reply["content"], monotonic())
        while not self._is_idle(cell):
            self._listen(until)
        reply, ended_at = self._replies[cell]
        return Ran(reply, self._messages[cell], ended_at)

    def until_output(self, cell: str, kind: str) -> None:
        """Wait until a queued cell has put out a message of this type."""
        until = monotonic() + PATIENCE_SECONDS
        while not any(m["header"]["msg_type"] == kind for m in self._messages.get(cell, [])):
            self._listen(until)

    def interrupt(self) -> float:
        """Press the stop button; gives the time."""
        now = monotonic()
        self._manager.interrupt_kernel()
        return now

    def close(self) -> None:
        """End it."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def _listen(self, until: float) -> None:
        try:
            message = self._client.get_iopub_msg(timeout=max(0.0, until - monotonic()))
        except Empty:
            raise TimeoutError("the kernel says nothing more") from None
        parent = message["parent_header"].get("msg_id", "")
        self._messages.setdefault(parent, []).append(message)

    def _is_idle(self, cell: str) -> bool:
        return any(
            m["header"]["msg_type"] == "status" and m["content"]["execution_state"] == "idle"
            for m in self._messages.get(cell, [])
        )


@dataclass
class Gate:
    """In front of an API: counts the requests, and holds those to a path until it is opened."""

    app: ASGIApp
    holds: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    left: int = 0
    _changed: Condition = field(default_factory=Condition)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].rsplit("/", 1)[-1]
        self._note(path)
        if path == self.holds:
            await self._hold(receive)
        else:
            await self.app(scope, receive, send)

    def until(self, path: str, count: int = 1) -> None:
        """Wait until so many requests to a path have come."""
        self._until(lambda: self.counts.get(path, 0) >= count, f"{count} requests to {path}")

    def until_left(self) -> None:
        """Wait until the client has hung up on a held request."""
        self._until(lambda: self.left > 0, "the client to hang up")

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        with self._changed:
            if not self._changed.wait_for(condition, PATIENCE_SECONDS):
                raise TimeoutError(f"waited in vain for {what}; there were {self.counts}")

    def _note(self, path: str) -> None:
        with self._changed:
            self.counts[path] = self.counts.get(path, 0) + 1
            self._changed.notify_all()

    async def _hold(self, receive: Receive) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await receive())["type"] != "http.disconnect":
                pass
        with self._changed:
            self.left += 1
            self._changed.notify_all()
