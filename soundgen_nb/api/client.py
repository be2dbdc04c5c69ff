"""One request at a time: submit, status, download. No waiting, no repeating; that is others' work.

Two connections are kept apart: the one to the API carries the key, the one to wherever the audio
lies never does, and neither carries it across a redirect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from functools import partial
from importlib.metadata import version
from time import time
from typing import Any
from urllib.parse import urlsplit

import httpx

from soundgen_nb.errors import (
    ApiError,
    ClosedError,
    NoAnswerError,
    NotFoundError,
    OversizedAudioError,
    TruncatedAudioError,
)
from soundgen_nb.settings import Key, Settings, is_loopback
from soundgen_nb.sound import Sound
from soundgen_nb.wire import (
    CONVERSION_TYPE,
    STATUS_PATH,
    SUBMIT_PATH,
    Receipt,
    Report,
    Submission,
    read_problem,
    read_receipt,
    read_report,
)

MAX_DOWNLOAD_BYTES = 64 << 20
"""More than a minute of any format the API serves; beyond it something is wrong."""

MAX_ANSWER_BYTES = 4 << 20

_TIMEOUT = httpx.Timeout(30.0, connect=10.0)

_SHORTEST_SECRET = 8  # letters

_HERE = ("localhost", "127.0.0.1", "::1")

_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
)


class Client:
    """The HTTP side of one API and one key.

    Args:
        settings: base URL and body encoding.
        key: the key to send; it goes to the base URL's host only.
        transport: how requests travel; None for the network, with proxies and certificates from the
            environment.
    """

    def __init__(
        self, settings: Settings, key: Key, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        agent = {"User-Agent": f"soundgen-nb/{version('soundgen-nb')}"}
        self.base_url = settings.base_url
        self._body = settings.body
        self._key = key
        connection = partial(
            httpx.AsyncClient, timeout=_TIMEOUT, transport=transport, mounts=_direct(self.base_url)
        )
        self._api = connection(headers={**agent, "Authorization": key.reveal()})
        self._audio = connection(headers=agent, follow_redirects=True)

    async def submit(self, submission: Submission) -> Receipt:
        """Send it, once.

        Raises:
            ApiError: if the API says no.
            NoAnswerError: if no answer comes; ``sent`` says whether it may have been accepted.
            UnreadableAnswerError: if the answer names no job.
            ClosedError: after ``aclose``; it was not sent.
        """
        body: Mapping[str, Any] = {
            ("json" if self._body == "json" else "data"): submission.fields()
        }
        return read_receipt(await self._answer("POST", SUBMIT_PATH, **body))

    async def status(self, task_id: str) -> Report:
        """Ask once how a task is.

        Raises:
            ApiError, NoAnswerError, UnreadableAnswerError, ClosedError: as for ``submit``.
        """
        names = {"conversionType": CONVERSION_TYPE, "task_id": task_id}
        return read_report(await self._answer("GET", STATUS_PATH, params=names))

    async def download(self, url: str) -> Sound:
        """The audio at a link, whole, without the key.

        Raises:
            NotFoundError: if the link has expired (403, 404 or 410); ``status`` gives a fresh one.
            ApiError: if the host says no in another way.
            NoAnswerError: if the transfer stops.
            TruncatedAudioError: if fewer bytes come than were announced.
            OversizedAudioError: if more come than a sound can have.
            NotAudioError: if what comes is not audio.
            ClosedError: after ``aclose``.
        """
        self._check_open()
        host = urlsplit(url).hostname or url
        with _our_errors(f"the download from {host}"):
            async with self._audio.stream("GET", url) as response:
                if not response.is_success:
                    raise _no_download(host, response.status_code)
                with _truncation(response):
                    data = await _bounded(response, MAX_DOWNLOAD_BYTES)
        _check_whole(response, len(data))
        sound = Sound(data)
        sound.check()
        return sound

    async def aclose(self) -> None:
        """Close the connections."""
        await self._api.aclose()
        await self._audio.aclose()

    def _check_open(self) -> None:
        if self._api.is_closed:
            raise ClosedError

    async def _answer(self, method: str, path: str, **arguments: Any) -> object:
        self._check_open()
        with _our_errors(f"{method} {self.base_url}{path}"):
            async with self._api.stream(method, f"{self.base_url}{path}", **arguments) as response:
                # not by a name of its own: a traceback may show the variables of every frame
                said = _decoded(response, await _bounded(response, MAX_ANSWER_BYTES), self._key)
        if response.is_redirect:
            raise ApiError(
                f"{self.base_url} sends us on to another address, where the key is not sent; "
                "set base_url to the API's own address",
                status=response.status_code,
            )
        if not response.is_success:
            raise read_problem(response.status_code, said, retry_after=_retry_after(response))
        return said


def _direct(base_url: str) -> Mapping[str, None]:
    """What no proxy of the environment is asked for: this machine, by whatever name it is meant.

    What does not leave the machine may be sent in clear, key and all; a proxy would take it out.
    """
    host = urlsplit(base_url).hostname or ""
    names = (*_HERE, host) if is_loopback(host) else _HERE
    return {f"all://{f'[{name}]' if ':' in name else name}": None for name in names}


@contextmanager
def _our_errors(what: str) -> Iterator[None]:
    try:
        yield
    except _NEVER_LEFT as error:
        raise NoAnswerError(
            f"{what} could not be sent ({_words(error)}); check the address and the connection",
            sent=False,
        ) from _keyless(error)
    except httpx.TimeoutException as error:
        raise NoAnswerError(f"{what} got no answer in time") from _keyless(error)
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
        raise NoAnswerError(f"{what} got no whole answer ({_words(error)})") from _keyless(error)


def _keyless(error: Exception) -> Exception:
    """The error without its request's headers: some programs, as Dask, pickle causes whole."""
    if isinstance(error, httpx.RequestError):
        with suppress(RuntimeError):  # it has no request
            error.request = httpx.Request(error.request.method, error.request.url)
    return error


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__


async def _bounded(response: httpx.Response, limit: int) -> bytes:
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > limit:
            raise OversizedAudioError(
                f"{response.url.host} sends more than {limit >> 20} MiB; the rest was left there"
            )
    return bytes(data)


def _decoded(response: httpx.Response, body: bytes, key: Key) -> object:
    """The JSON of a body, else its text; without the key in it."""
    try:
        return _without(key, httpx.Response(response.status_code, content=body).json())
    except (ValueError, RecursionError):
        return _without(key, body.decode("utf-8", "replace"))


def _without(key: Key, value: object) -> object:
    """The same without the key: some APIs repeat a wrong one when they refuse it."""
    if isinstance(value, dict):
        return {name: _without(key, each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without(key, each) for each in value]
    # a shorter text is nobody's secret, and part of too many words
    if isinstance(value, str) and len(key.reveal()) >= _SHORTEST_SECRET:
        return value.replace(key.reveal(), "(the key)")
    return value


@contextmanager
def _truncation(response: httpx.Response) -> Iterator[None]:
    """A connection that closes in the middle of a body, told by what came until then."""
    try:
        yield
    except (httpx.RemoteProtocolError, httpx.ReadError) as error:
        _check_whole(response, response.num_bytes_downloaded, error)
        raise


def _check_whole(
    response: httpx.Response, came: int, cause: httpx.TransportError | None = None
) -> None:
    announced = response.headers.get("Content-Length", "")
    encoded = "Content-Encoding" in response.headers
    if announced.isdecimal() and not encoded and came != int(announced):
        raise TruncatedAudioError(
            f"the download stopped at {came:,} of {int(announced):,} bytes; ask again"
        ) from cause


def _no_download(host: str, status: int) -> ApiError:
    if status in {403, 404, 410}:
        return NotFoundError(
            f"the link to the audio at {host} has expired ({status})", status=status
        )
    return read_problem(status, f"{host} did not send the audio")


def _retry_after(response: httpx.Response) -> float | None:
    """The header of that name in seconds from now, whether it is a number or a date."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time())
    except (ValueError, TypeError, OverflowError):
        return None
