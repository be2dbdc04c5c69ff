"""The API on real sockets of this machine."""

import asyncio
import json
import logging
import queue
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
import uvicorn

from soundgen_nb.errors import SettingsError
from soundgen_nb.server import JobBoard, LocalServer, create_app
from soundgen_nb.sound import Sound
from soundgen_nb.wire import State, read_receipt, read_report, read_webhook

PATIENCE = 20  # seconds, for what should take little


@pytest.fixture(scope="module")
def server():
    with LocalServer() as server:
        yield server


@pytest.fixture(scope="module")
def client():
    with httpx.Client(timeout=PATIENCE) as client:
        yield client


def submit(server, client, prompt="rain", **fields):
    form = {"prompt": prompt, "audio_length": "1"} | fields
    headers = {"Authorization": server.api_key}
    answer = client.post(f"{server.base_url}/sound_generator", data=form, headers=headers)
    return read_receipt(answer.raise_for_status().json())


def report_at_end(server, client, receipt):
    """Polls like any client, until the job has ended."""
    query = {"conversionType": "SOUND_GENERATOR", "task_id": receipt.task_id}
    headers = {"Authorization": server.api_key}
    pause = threading.Event()
    for _ in range(20 * PATIENCE):
        answer = client.get(f"{server.base_url}/byId", params=query, headers=headers)
        report = read_report(answer.raise_for_status().json())
        if report.state.ended:
            return report
        pause.wait(0.05)
    pytest.fail(f"the job has not ended: {report}")


class Inbox(HTTPServer):
    """A web server that keeps what is posted to it, and answers as it is told."""

    answer = 200

    def __init__(self):
        self.posts = queue.Queue()
        super().__init__(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self._thread.join()
        self.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook?token=secret"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.server.answer)
        self.end_headers()
        self.server.posts.put((self.path, self.headers["Content-Type"], body))

    def log_message(self, *_):
        pass


@pytest.fixture
def inbox():
    with Inbox() as inbox:
        yield inbox


def test_a_prompt_becomes_a_sound_over_a_socket(server, client):
    report = report_at_end(server, client, submit(server, client, "rain on a tin roof"))
    mp3, wav = (client.get(url) for url in (report.mp3_url, report.wav_url))

    assert report.state is State.COMPLETED
    assert report.mp3_url.startswith(server.base_url.removesuffix("/api/public/v1"))
    assert Sound(mp3.content).seconds == Sound(wav.content).seconds == report.seconds == 1.0
    assert int(wav.headers["content-length"]) == len(wav.content)


def test_a_song_fails_with_a_sentence_that_helps(server, client):
    report = report_at_end(server, client, submit(server, client, "a pop song with lyrics"))

    assert report.state is State.FAILED
    assert len(report.message.split()) > 3


def test_many_callers_at_once_each_get_their_own(server, client):
    with ThreadPoolExecutor(6) as callers:
        receipts = list(callers.map(lambda n: submit(server, client, seed=str(n)), range(12)))
    reports = [report_at_end(server, client, receipt) for receipt in receipts]

    assert [report.local["seed"] for report in reports] == [*range(12)]


def test_a_webhook_comes_once_and_says_all(server, client, inbox):
    receipt = submit(server, client, webhook_url=inbox.url)
    path, content_type, body = inbox.posts.get(timeout=PATIENCE)
    told = read_webhook(json.loads(body))
    asked = report_at_end(server, client, receipt)

    assert (path, content_type) == ("/hook?token=secret", "application/json")
    assert (told.task_id, told.state) == (receipt.task_id, State.COMPLETED)
    assert (told.mp3_url, told.local) == (asked.mp3_url, asked.local)
    assert client.get(told.wav_url).status_code == 200
    assert inbox.posts.empty()


def test_a_webhook_tells_of_a_failure(server, client, inbox):
    submit(server, client, "a pop song with lyrics", webhook_url=inbox.url)
    *_, body = inbox.posts.get(timeout=PATIENCE)

    assert read_webhook(json.loads(body)).state is State.FAILED


def test_a_refused_webhook_is_logged_without_its_token(server, client, inbox, caplog):
    inbox.answer = 500
    logged = threading.Event()
    caplog.handler.addFilter(lambda _: logged.set() or True)
    with caplog.at_level(logging.WARNING, "soundgen_nb.server.webhooks"):
        submit(server, client, webhook_url=inbox.url)
        assert logged.wait(PATIENCE)

    assert "a webhook to 127.0.0.1 was not delivered: it answered 500" in caplog.text
    assert "secret" not in caplog.text


def test_a_webhook_nobody_receives_leaves_the_job_as_it_is(server, client):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    receipt = submit(server, client, webhook_url=url)

    assert report_at_end(server, client, receipt).state is State.COMPLETED


def test_a_page_that_points_its_own_name_here_is_refused(server, client):
    answer = client.get(server.base_url, headers={"Host": "rebound.example"})

    assert answer.status_code == 400


def test_stopping_leaves_no_thread_and_no_port(client):
    before = set(threading.enumerate())
    with LocalServer() as server:
        submit(server, client)
        host, port = httpx.URL(server.base_url).host, httpx.URL(server.base_url).port

    assert set(threading.enumerate()) == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, port), PATIENCE)


def test_a_stopped_server_starts_again_with_its_key_and_stopping_twice_is_fine(client):
    server = LocalServer()
    key = server.api_key
    for _ in range(2):
        with server:
            assert server.start() is server
            assert submit(server, client).task_id
        server.stop()

    assert server.api_key == key


def test_two_servers_have_two_ports_and_two_keys(server):
    with LocalServer() as other:
        assert other.base_url != server.base_url
        assert other.api_key != server.api_key


def test_the_key_is_not_shown(server):
    assert server.api_key.startswith("local-")
    assert repr(server) == f"<LocalServer {server.base_url}>"
    assert repr(LocalServer()) == "<LocalServer stopped>"


def test_a_taken_port_is_said_and_nothing_is_left_behind(server):
    before = threading.active_count()
    port = httpx.URL(server.base_url).port
    with pytest.raises(SettingsError, match=f"port {port}: .*in use.*; choose another"):
        LocalServer(port=port).start()

    assert threading.active_count() == before


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "example.org", "::"])
def test_other_machines_are_let_in_only_on_purpose(host):
    with pytest.raises(SettingsError, match="say allow_remote=True"):
        LocalServer(host=host)


def test_on_purpose_it_listens_everywhere_and_answers_to_its_own_name(client):
    with LocalServer(host="0.0.0.0", allow_remote=True) as server:
        answers = [
            client.get(f"{server.base_url}/nowhere", headers={"Host": host})
            for host in (socket.gethostname(), "10.0.0.7", "other.example")
        ]

    assert [answer.status_code for answer in answers] == [404, 404, 400]


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_out_of_range_is_refused(port):
    with pytest.raises(SettingsError, match="port must be from 0"):
        LocalServer(port=port)


def test_an_address_of_another_machine_cannot_be_listened_on():
    with pytest.raises(SettingsError, match=r"cannot listen on '192\.0\.2\.1'"):
        LocalServer(host="192.0.2.1", allow_remote=True).start()


def test_a_server_that_is_not_running_has_no_address():
    with pytest.raises(SettingsError, match="is not running"):
        _ = LocalServer().base_url


def test_the_application_starts_and_stops_under_any_asgi_server(client):
    with JobBoard() as board, socket.create_server(("127.0.0.1", 0)) as listener:
        app = create_app(board, token="key")
        server = uvicorn.Server(uvicorn.Config(app, lifespan="on", log_config=None))
        thread = threading.Thread(target=asyncio.run, args=(server.serve([listener]),))
        thread.start()
        answer = client.get(f"http://127.0.0.1:{listener.getsockname()[1]}/nowhere")
        server.should_exit = True
        thread.join(PATIENCE)

    assert answer.status_code == 404


def test_the_key_may_be_given(client):
    with LocalServer(api_key="local-class-of-26") as server:
        assert submit(server, client).task_id
