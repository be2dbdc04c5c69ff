"""The module's own verbs: those of whichever Studio is the default when they are called."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor
from functools import wraps
from inspect import Signature, signature
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

from soundgen_nb.api import WebhookReceiver
from soundgen_nb.settings import Settings
from soundgen_nb.studio import Studio

P = ParamSpec("P")
T = TypeVar("T")


class _Default:
    """The Studio of the module's verbs: made on first use, replaced by ``connect``."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._studio: Studio | None = None
        self._pid = 0

    def get(self) -> Studio:
        with self._lock:
            studio = self._studio
            if studio is None or self._pid != os.getpid():
                # in a forked child the engine's threads are gone, and connections are the parent's
                studio = Studio(studio.settings if studio is not None else None)
                self._put(studio)
            return studio

    def put(self, studio: Studio) -> None:
        with self._lock:
            self._put(studio)

    def _put(self, studio: Studio) -> None:
        self._studio, self._pid = studio, os.getpid()


_default = _Default()


def connect(
    api_key: str | None = None,
    base_url: str | None = None,
    *,
    webhooks: WebhookReceiver | None = None,
    executor: Executor | None = None,
    **settings: Any,
) -> Studio:
    """Choose who makes the sounds; the module's verbs use it from now on.

    Args:
        api_key: the key; left out, ``SOUNDGEN_API_KEY`` or ``MUSICGPT_API_KEY`` or the settings
            file; with none anywhere, the embedded engine.
        base_url: the API's address; left out, ``SOUNDGEN_BASE_URL`` or MusicGPT's.
        webhooks: a running ``WebhookReceiver``, where the API reports that a job has ended.
        executor: where the embedded engine renders, as ``Studio`` takes it.
        **settings: any other field of ``Settings``: polls_per_minute, parallel, timeout_seconds...

    Raises:
        SettingsError: for anything that cannot work, before anything is sent.

    Example:
        >>> connect()
        <Studio at embedded engine: no jobs yet>
    """
    loaded = Settings.load(api_key=api_key, base_url=base_url, **settings)
    studio = Studio(loaded, webhooks=webhooks, executor=executor)
    _default.put(studio)
    return studio


def default_studio() -> Studio:
    """The Studio that the module's verbs use."""
    return _default.get()


def _of_default(verb: Callable[Concatenate[Any, P], T]) -> Callable[P, T]:
    """A verb of whichever Studio is the default when it is called."""

    @wraps(verb)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        return verb(_default.get(), *args, **kwargs)

    # a notebook's tooltip shows the arguments a user passes, and "self" is none of them
    call.__signature__ = _without_self(verb)  # type: ignore[attr-defined]
    return call


def _without_self(verb: Callable[..., Any]) -> Signature:
    whole = signature(verb)
    return whole.replace(parameters=list(whole.parameters.values())[1:])


generate = _of_default(Studio.generate)
agenerate = _of_default(Studio.agenerate)
compare = _of_default(Studio.compare)
acompare = _of_default(Studio.acompare)
resume = _of_default(Studio.resume)
aresume = _of_default(Studio.aresume)
resend = _of_default(Studio.resend)
aresend = _of_default(Studio.aresend)
drop = _of_default(Studio.drop)
history = _of_default(Studio.history)
