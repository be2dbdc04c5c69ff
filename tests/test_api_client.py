"""One request at a time over real sockets: every failure made to happen, and ours found for it."""

import asyncio
import socket
import ssl
import threading
from contextlib import contextmanager
from email.utils import formatdate
from time import time

import httpx
import numpy as np
import pytest
from scripted_api import API, ScriptedApi, in_process, receipt, report, serving
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from soundgen_nb.api.client import Client
from soundgen_nb.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    InsufficientCreditsError,
    NoAnswerError,
    NotAudioError,
    NotFoundError,
    OversizedAudioError,
    RateLimitError,
    RejectedError,
    ServerError,
    SoundgenError,
    TruncatedAudioError,
    UnreadableAnswerError,
)
from soundgen_nb.settings import Key, Settings
from soundgen_nb.sound import Sound
from soundgen_nb.wire import State, Submission

KEY = "local-the-key-of-this-test"
RAIN = Submission(prompt="rain on a tin roof")
TONE = Sound.from_samples(0.1 * np.sin(np.arange(4410) / 10), 44100, format="mp3")


TLS = ssl.create_default_context()
SOCKETS = object()


def calling(base, call, *, transport=SOCKETS, timeout_seconds=None, body="form"):
    """What ``call`` gives or raises, made with a client for ``base``.

    ``transport`` is what the client's is; SOCKETS saves the time of reading the certificates anew.
    """
    if transport is SOCKETS:
        transport = httpx.AsyncHTTPTransport(verify=TLS)

    async def work():
        settings = Settings(api_key=Key(KEY), base_url=base + API, body=body)
        client = Client(settings, Key(KEY), transport=transport)
        if timeout_seconds is not None:
            client._api.timeout = client._audio.timeout = httpx.Timeout(timeout_seconds)
        try:
            return await call(client)
        finally:
            await client.aclose()

    return asyncio.run(work())


def submit(client):
    return client.submit(RAIN)


def status(client):
    return client.status("T1")


def download_from(url):
    return lambda client: client.download(url)


@contextmanager
def raw_server(answer: bytes, *, hang_up=True):
    """A server that reads one request, sends these bytes, and closes; or holds the line."""
    ended = threading.Event()

    def serve():
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(answer)
            if not hang_up:
                ended.wait(10)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        ended.set()
        thread.join(5)


def nobody():
    """An address of this machine where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


both_calls = pytest.mark.parametrize("call", [submit, status], ids=["submit", "status"])


def test_a_submit_is_the_documented_request():
    api = ScriptedApi({f"{API}/sound_generator": [receipt()]})
    with serving(api) as base:
        got = calling(base, submit)
    (request,) = api.seen
    assert (request.method, request.fields) == ("POST", {"prompt": "rain on a tin roof"})
    assert request.headers["authorization"] == KEY
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert (got.task_id, got.eta_seconds) == ("T1", 5.0)


def test_a_submit_can_be_json():
    api = ScriptedApi({f"{API}/sound_generator": [receipt()]})
    calling("http://127.0.0.1", submit, transport=in_process(api), body="json")
    assert api.seen[0].headers["content-type"] == "application/json"
    assert api.seen[0].body == b'{"prompt":"rain on a tin roof"}'


def test_a_status_call_is_the_documented_request():
    api = ScriptedApi({f"{API}/byId": [report("IN_QUEUE")]})
    got = calling("http://127.0.0.1", status, transport=in_process(api))
    assert api.seen[0].query == {"conversionType": "SOUND_GENERATOR", "task_id": "T1"}
    assert got.state is State.IN_QUEUE


@both_calls
def test_a_refused_connection_never_left(call):
    with pytest.raises(NoAnswerError, match="could not be sent") as caught:
        calling(nobody(), call)
    assert isinstance(caught.value.__cause__, httpx.ConnectError)
    assert "authorization" not in caught.value.__cause__.request.headers
    assert caught.value.sent is False


@both_calls
def test_a_name_that_is_not_found_never_left(call):
    with pytest.raises(NoAnswerError, match="could not be sent") as caught:
        calling("https://no-such-host.invalid", call)
    assert isinstance(caught.value.__cause__, httpx.ConnectError)
    assert caught.value.sent is False


@both_calls
def test_a_server_without_tls_never_got_the_request(call):
    with (
        raw_server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as base,
        pytest.raises(NoAnswerError, match="could not be sent") as caught,
    ):
        calling(base.replace("http:", "https:"), call)
    assert isinstance(caught.value.__cause__, httpx.ConnectError)
    assert caught.value.sent is False


@both_calls
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"this is not HTTP\r\n\r\n",
    ],
    ids=["nothing", "in-the-middle", "in-a-chunk", "no-http"],
)
def test_a_connection_closed_before_the_whole_answer_may_have_been_heard(call, answer):
    with (
        raw_server(answer) as base,
        pytest.raises(NoAnswerError, match="no whole answer") as caught,
    ):
        calling(base, call)
    assert isinstance(caught.value.__cause__, httpx.TransportError)
    assert "authorization" not in caught.value.__cause__.request.headers
    assert caught.value.sent is True


@both_calls
def test_an_answer_that_does_not_come_in_time_may_have_been_heard(call):
    with (
        raw_server(b"HTTP/1.1 200 OK\r\n", hang_up=False) as base,
        pytest.raises(NoAnswerError, match="no answer in time") as caught,
    ):
        calling(base, call, timeout_seconds=0.1)
    assert isinstance(caught.value.__cause__, httpx.ReadTimeout)
    assert "authorization" not in caught.value.__cause__.request.headers
    assert caught.value.sent is True


ERRORS = {
    "400": (400, {"success": False, "message": "Its own words"}, BadRequestError),
    "401": (401, {"success": False, "error": "Its own words"}, AuthenticationError),
    "402": (402, {"success": False, "error": "Its own words"}, InsufficientCreditsError),
    "402-text": (402, "Its own words", InsufficientCreditsError),
    "403": (403, {"success": False, "error": "Its own words"}, AuthenticationError),
    "404": (404, {"success": False, "error": "Its own words"}, NotFoundError),
    "409": (409, {"success": False, "error": "Its own words"}, ConflictError),
    "418": (418, {"success": False, "error": "Its own words"}, ApiError),
    "422": (422, {"success": False, "error": "Its own words"}, RejectedError),
    "422-list": (422, {"detail": [{"msg": "Its own words"}]}, RejectedError),
    "429": (429, {"detail": "Its own words"}, RateLimitError),
    "500": (500, {"success": False, "error": "Its own words"}, ServerError),
    "502": (502, {"success": False, "error": "Its own words"}, ServerError),
    "503": (503, {"success": False, "error": "Its own words"}, ServerError),
    "504": (504, {"success": False, "error": "Its own words"}, ServerError),
    "200-success-false": (200, {"success": False, "error": "Its own words"}, RejectedError),
}


@both_calls
@pytest.mark.parametrize(("code", "body", "kind"), ERRORS.values(), ids=ERRORS)
def test_every_status_gives_its_error(call, code, body, kind):
    api = ScriptedApi({f"{API}/{path}": [(code, body)] for path in ("sound_generator", "byId")})
    with pytest.raises(ApiError, match="Its own words") as caught:
        calling("http://127.0.0.1", call, transport=in_process(api))
    assert type(caught.value) is kind
    assert caught.value.status == code


@both_calls
@pytest.mark.parametrize("code", [502, 503, 504])
def test_html_of_a_proxy_gives_its_error_without_the_html(call, code):
    page = HTMLResponse("<html><h1>Bad Gateway</h1></html>", code)
    api = ScriptedApi({f"{API}/sound_generator": [page], f"{API}/byId": [page]})
    with serving(api) as base, pytest.raises(ServerError, match=str(code)) as caught:
        calling(base, call)
    assert "<" not in str(caught.value)


@both_calls
@pytest.mark.parametrize(
    "answer",
    [
        HTMLResponse("<html>Log in to the hotel's network</html>"),
        PlainTextResponse("OK"),
        PlainTextResponse(""),
        PlainTextResponse("[" * 100_000),
        {"success": True},
        Response(b"\xff\xfe\x00{", media_type="application/json"),
    ],
    ids=["html", "text", "empty", "deep", "no-job", "not-utf-8"],
)
def test_an_answer_in_other_words_is_unreadable(call, answer):
    api = ScriptedApi({f"{API}/sound_generator": [answer], f"{API}/byId": [answer]})
    with pytest.raises(
        UnreadableAnswerError, match=r"expected a JSON object|names no job|holds no"
    ):
        calling("http://127.0.0.1", call, transport=in_process(api))


@both_calls
def test_an_endless_answer_is_left_off(call):
    api = ScriptedApi({f"{API}/{path}": [PlainTextResponse(b"x" * (5 << 20))]
                       for path in ("sound_generator", "byId")})  # fmt: skip
    with pytest.raises(OversizedAudioError, match="4 MiB"):
        calling("http://127.0.0.1", call, transport=in_process(api))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (lambda: "7", (7, 7)),
        (lambda: formatdate(time() + 90, usegmt=True), (60, 91)),
        (lambda: formatdate(time() - 90, usegmt=True), (0, 0)),
    ],
    ids=["seconds", "date", "date-past"],
)
def test_retry_after_is_read_as_seconds_from_now(header, seconds):
    busy = PlainTextResponse("slow down", 429, {"Retry-After": header()})
    api = ScriptedApi({f"{API}/byId": [busy]})
    with pytest.raises(RateLimitError, match="slow down") as caught:
        calling("http://127.0.0.1", status, transport=in_process(api))
    assert seconds[0] <= caught.value.retry_after <= seconds[1]


@pytest.mark.parametrize("header", ["soon", "-1", "²", "Fri, 99 Nov"])
def test_a_retry_after_that_says_nothing_is_none(header):
    busy = Response("slow", 429, {"Retry-After": "x"})
    busy.raw_headers = [(b"retry-after", header.encode("latin-1"))]
    api = ScriptedApi({f"{API}/byId": [busy]})
    with pytest.raises(RateLimitError, match="slow") as caught:
        calling("http://127.0.0.1", status, transport=in_process(api))
    assert caught.value.retry_after is None


@both_calls
@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(call, code):
    away = RedirectResponse("https://other.example/", code)
    api = ScriptedApi({f"{API}/sound_generator": [away], f"{API}/byId": [away]})
    with pytest.raises(ApiError, match="sends us on") as caught:
        calling("https://api.example", call, transport=in_process(api))
    assert type(caught.value) is ApiError
    assert len(api.seen) == 1


@both_calls
def test_the_key_does_not_reach_another_host_by_a_redirect(call):
    other = ScriptedApi({"/": [receipt()]})
    with serving(other) as elsewhere:
        away = RedirectResponse(f"{elsewhere}/", 307)
        api = ScriptedApi({f"{API}/sound_generator": [away], f"{API}/byId": [away]})
        with serving(api) as base, pytest.raises(ApiError, match="sends us on"):
            calling(base, call)
    assert len(api.seen) == 1
    assert other.seen == []


def test_the_key_is_not_sent_where_the_audio_lies_nor_where_that_leads():
    lies = ScriptedApi({"/a.mp3": [Response(TONE.data)]})
    with serving(lies) as bucket:
        front = ScriptedApi({"/a.mp3": [RedirectResponse(f"{bucket}/a.mp3", 302)]})
        with serving(front) as cdn:
            sound = calling("https://api.example", download_from(f"{cdn}/a.mp3"))
    assert sound == TONE
    for request in (*front.seen, *lies.seen):
        assert KEY not in str(request.headers)
        assert "authorization" not in request.headers


def test_the_key_is_not_sent_even_where_the_audio_lies_at_the_apis_own_host():
    api = ScriptedApi({"/a.mp3": [Response(TONE.data)]})
    with serving(api) as base:
        calling(base, download_from(f"{base}/a.mp3"))
    assert KEY not in str(api.seen[0].headers)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_what_is_meant_for_this_machine_passes_no_proxy(monkeypatch, host):
    proxy = ScriptedApi()
    api = ScriptedApi({f"{API}/sound_generator": [receipt()], "/a.mp3": [Response(TONE.data)]})
    with serving(proxy) as through, serving(api) as base:
        monkeypatch.setenv("HTTP_PROXY", through)
        monkeypatch.setenv("ALL_PROXY", through)
        here = base.replace("127.0.0.1", host)
        calling(here, submit, transport=None)
        calling(here, download_from(f"{here}/a.mp3"), transport=None)
    assert len(api.seen) == 2
    assert proxy.seen == []


@pytest.mark.parametrize("host", ["127.0.0.2", "[0:0:0:0:0:0:0:1]", "LocalHost"])
def test_no_name_of_this_machine_brings_the_key_to_a_proxy(monkeypatch, host):
    proxy = ScriptedApi()
    with serving(proxy) as through:
        monkeypatch.setenv("HTTP_PROXY", through)
        with pytest.raises(NoAnswerError, match="could not be sent"):
            calling(f"http://{host}:9", submit, transport=None)
    assert proxy.seen == []


def test_what_is_meant_for_others_passes_the_proxy_of_the_environment(monkeypatch):
    link = "http://audio.invalid/a.mp3"
    proxy = ScriptedApi({link: [Response(TONE.data)]})
    with serving(proxy) as through:
        monkeypatch.setenv("HTTP_PROXY", through)
        assert calling("https://api.example", download_from(link), transport=None) == TONE


def test_a_download_is_the_bytes_as_they_were_sent():
    host = ScriptedApi({"/a.mp3": [Response(TONE.data, media_type="audio/mpeg")]})
    with serving(host) as base:
        sound = calling(base, download_from(f"{base}/a.mp3"))
    assert sound.data == TONE.data
    assert sound.format == "mp3"


@pytest.mark.parametrize("came", [0, 100])
def test_a_download_that_stops_early_is_told_by_its_bytes(came):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
    with (
        raw_server(head + TONE.data[:came]) as base,
        pytest.raises(TruncatedAudioError, match=f"at {came} of 5,000 bytes") as caught,
    ):
        calling(base, download_from(f"{base}/a.mp3"))
    assert isinstance(caught.value.__cause__, httpx.RemoteProtocolError)


def test_a_download_of_unknown_length_that_stops_early_had_no_whole_answer():
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nID3"
    with raw_server(head) as base, pytest.raises(NoAnswerError, match="no whole answer") as caught:
        calling(base, download_from(f"{base}/a.mp3"))
    assert isinstance(caught.value.__cause__, httpx.RemoteProtocolError)


def test_fewer_bytes_than_announced_without_a_broken_connection_are_truncated_too():
    short = Response(TONE.data, headers={"Content-Length": str(len(TONE.data) + 1)})
    with pytest.raises(TruncatedAudioError, match="stopped at"):
        calling(
            "http://127.0.0.1",
            download_from("http://a.example/a.mp3"),
            transport=in_process(ScriptedApi({"/a.mp3": [short]})),
        )


def test_a_download_that_stalls_gives_up():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nID3"
    with (
        raw_server(head, hang_up=False) as base,
        pytest.raises(NoAnswerError, match=r"download from 127\.0\.0\.1 got no answer in time"),
    ):
        calling(base, download_from(f"{base}/a.mp3"), timeout_seconds=0.1)


@pytest.mark.parametrize("code", [403, 404, 410])
def test_an_expired_link_is_not_found(code):
    host = ScriptedApi({"/a.mp3": [(code, {})]})
    with serving(host) as base, pytest.raises(NotFoundError, match="expired"):
        calling(base, download_from(f"{base}/a.mp3"))


def test_a_bucket_in_trouble_is_a_server_error():
    host = ScriptedApi({"/a.mp3": [(503, {})]})
    with serving(host) as base, pytest.raises(ServerError, match=r"127\.0\.0\.1 did not send"):
        calling(base, download_from(f"{base}/a.mp3"))


def test_a_page_in_place_of_audio_is_not_audio():
    host = ScriptedApi({"/a.mp3": [HTMLResponse("<html>no such file</html>")]})
    with serving(host) as base, pytest.raises(NotAudioError, match="not audio"):
        calling(base, download_from(f"{base}/a.mp3"))


def test_a_download_larger_than_a_sound_can_be_is_left_off(monkeypatch):
    monkeypatch.setattr("soundgen_nb.api.client.MAX_DOWNLOAD_BYTES", 1 << 20)
    host = ScriptedApi({"/a.mp3": [Response(b"ID3" + bytes(2 << 20))]})
    with serving(host) as base, pytest.raises(OversizedAudioError, match="more than 1 MiB"):
        calling(base, download_from(f"{base}/a.mp3"))


def test_links_that_lead_in_a_circle_end():
    host = ScriptedApi({"/a.mp3": [RedirectResponse("/a.mp3")]})
    with serving(host) as base, pytest.raises(NoAnswerError, match="redirects") as caught:
        calling(base, download_from(f"{base}/a.mp3"))
    assert isinstance(caught.value.__cause__, httpx.TooManyRedirects)


@pytest.mark.parametrize(
    "url", ["http://", "ftp://a.example/x", "http://a.example:99999/x", "http://a.example:x/x"]
)
def test_a_link_nobody_can_follow_gives_one_of_our_errors(url):
    with pytest.raises(SoundgenError, match=r"download|link"):
        calling("https://api.example", download_from(url))


def test_the_client_and_its_requests_do_not_show_the_key():
    client = Client(Settings(api_key=Key(KEY)), Key(KEY))
    shown = [repr(client), str(client), repr(client._api.headers), str(vars(client))]
    asyncio.run(client.aclose())
    assert KEY not in "".join(shown)
