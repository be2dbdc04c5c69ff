"""A receiver on a real port, told by the local server's own webhooks, and by strangers."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest
from scripted_api import at_once

from soundgen_nb.api import Account, Client, PollBudget, WebhookReceiver
from soundgen_nb.errors import JobFailedError, SettingsError
from soundgen_nb.server import Faults, LocalServer
from soundgen_nb.settings import Key, Settings
from soundgen_nb.studio import Studio
from soundgen_nb.wire import Job, Submission, read_webhook

PATIENCE = 20  # seconds, for what should take little
NEVER = 3600  # an eta nobody here would wait for
LINK = "https://cdn.example/T1.mp3"
VARIANTS = {
    "documented": {
        "success": True,
        "task_id": "T1",
        "conversion_id": "C1",
        "conversion_path": LINK,
    },
    "maps only": {"task_id": "T1", "conversion_id": "C1", "conversion_paths": {"C1": LINK}},
    "generic": {"task_id": "T1", "status": "COMPLETED", "status_msg": "ok", "audio_url": LINK},
    "failed": {"success": False, "task_id": "T1", "status": "FAILED"},
    "without a task": {"success": True, "conversion_id": "C1", "conversion_paths": {"C1": LINK}},
}
FAULTS = {
    "plain": Faults(eta=NEVER),
    "twice": Faults(eta=NEVER, webhooks=2),
    "maps": Faults(eta=NEVER, maps_only=True, links="doubled host"),
    "slow": Faults(eta=NEVER, queue_seconds=0.3),
    "broken": Faults(eta=NEVER, failure="the model gave up"),
}


@pytest.fixture(scope="module")
def server():
    with LocalServer(faults=FAULTS) as server:
        yield server


@pytest.fixture(scope="module")
def one_receiver():
    with WebhookReceiver() as receiver:
        yield receiver


@pytest.fixture
def receiver(one_receiver):
    """A receiver that has heard of nothing; to start and stop one takes a while."""
    one_receiver._ends.clear()
    return one_receiver


@pytest.fixture(scope="module")
def http():
    with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
        yield client


def told(http, receiver, body, **more):
    return http.post(receiver.url, json=body, **more).status_code


def heard(receiver, task_id="T1"):
    """Whether a wait for the task would end at once."""

    async def asked():
        waiting = asyncio.ensure_future(receiver.ended(task_id))
        await asyncio.sleep(0)
        waiting.cancel()
        return waiting.done() and not waiting.cancelled()

    return asyncio.run(asked())


def made(server, receiver, *prompts):
    """How jobs end at the local server, of which the end is known by webhook or in an hour."""
    settings = Settings(api_key=server.api_key, base_url=server.base_url)
    jobs = [
        Job(
            submission=Submission(prompt=prompt, seconds=1, webhook_url=receiver.url),
            base_url=server.base_url,
        )
        for prompt in prompts
    ]

    async def arrived(_):
        pass

    async def work():
        account = Account(
            Client(settings, Key(server.api_key)),
            polls=PollBudget(600),
            polls_per_minute=600,
            parallel=None,
            doorbell=receiver,
        )
        outcomes = await account.make_all(
            jobs, timeout_seconds=PATIENCE, notice=lambda _: None, arrived=arrived
        )
        await account.close()
        return outcomes

    return asyncio.run(work())


@pytest.mark.parametrize("prompt", ["plain rain", "rain twice", "rain in maps", "slow rain"])
def test_a_webhook_ends_the_wait_and_one_ask_confirms_it(server, receiver, prompt):
    (outcome,) = made(server, receiver, prompt)
    assert outcome.audio is not None
    assert server.received.asks[prompt] == 1


def test_a_studio_is_told_of_ends_and_asks_once(server, receiver, tmp_path):
    settings = Settings(api_key=server.api_key, base_url=server.base_url, home=tmp_path)
    with Studio(settings, webhooks=receiver) as studio:
        take = studio.generate("plain rain by a studio", seconds=1, timeout=PATIENCE)
    assert take.seconds == 1.0
    assert server.received.asks["plain rain by a studio"] == 1


def test_an_embedded_studio_needs_no_webhooks_and_takes_them(receiver, tmp_path):
    with Studio(Settings(home=tmp_path), webhooks=receiver) as studio:
        assert studio.generate("rain", seconds=1).seconds == 1.0


def test_a_receiver_the_api_cannot_reach_is_told_at_once(receiver, tmp_path):
    settings = Settings(api_key="sk-far", base_url="https://api.example/v1", home=tmp_path)
    with pytest.raises(SettingsError, match=r"api.example cannot reach 127.0.0.1.*public_url"):
        Studio(settings, webhooks=receiver)
    with WebhookReceiver(public_url="https://me.example/hooks") as reached:
        Studio(settings, webhooks=reached).close()


def test_a_webhook_of_a_failure_ends_the_wait_too(server, receiver):
    (outcome,) = made(server, receiver, "broken rain")
    assert isinstance(outcome.error, JobFailedError)
    assert "the model gave up" in str(outcome.error)


def test_many_jobs_at_once_all_arrive(server, receiver):
    outcomes = made(server, receiver, *(f"plain rain {n}" for n in range(4)))
    assert all(outcome.audio for outcome in outcomes)


@pytest.mark.parametrize("body", VARIANTS.values(), ids=VARIANTS)
def test_every_variant_of_a_webhook_rings(http, receiver, body):
    async def rung():
        waiting = asyncio.ensure_future(receiver.ended("T1"))
        await asyncio.sleep(0)
        status = await asyncio.to_thread(told, http, receiver, body)
        await asyncio.wait_for(waiting, PATIENCE)
        return status

    assert asyncio.run(rung()) == 204


def test_a_webhook_that_comes_before_anybody_waits_is_remembered(http, receiver):
    told(http, receiver, VARIANTS["documented"])
    assert heard(receiver)
    assert heard(receiver, "C1")
    assert not heard(receiver, "T2")


def test_a_webhook_that_comes_again_is_the_same_news(http, receiver):
    told(http, receiver, {"task_id": "T0"})
    assert [told(http, receiver, VARIANTS["generic"]) for _ in range(2)] == [204] * 2
    for _ in range(2000):
        receiver._heard(read_webhook(VARIANTS["generic"]))
    assert heard(receiver, "T0")
    assert heard(receiver, "T1")


def test_everybody_who_waits_for_a_job_hears_on_a_loop_of_their_own(http, receiver):
    with ThreadPoolExecutor(4) as threads:
        waits = [threads.submit(asyncio.run, receiver.ended("T1")) for _ in range(4)]
        told(http, receiver, VARIANTS["documented"])
        assert [wait.result(PATIENCE) for wait in waits] == [None] * 4


def test_a_webhook_of_a_job_that_goes_on_rings_for_nobody(http, receiver):
    assert told(http, receiver, {"task_id": "T1", "status": "IN_PROGRESS"}) == 204
    assert not heard(receiver)


@pytest.mark.parametrize("path", ["/", "/wrong", "/{token}x", "/{token}/more", "/x?{token}"])
def test_a_stranger_without_the_token_finds_nothing(http, receiver, path):
    token = receiver.url.rpartition("/")[2]
    url = receiver.url.removesuffix(f"/{token}") + path.format(token=token)
    assert http.post(url, json=VARIANTS["documented"]).status_code == 404
    assert not heard(receiver)


UNREADABLE = {
    "nothing": b"",
    "no JSON": b"<html>",
    "no object": b'["T1"]',
    "no job": b'{"success": true}',
    "a refusal": b'{"success": false, "error": "no"}',
    "no text": b'{"task_id": "\xff"}',
    "a list as id": b'{"task_id": ["T1"]}',
    "too deep": b"[" * 60_000,
    "too long a number": b'{"task_id": %s}' % (b"9" * 10_000),
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_refused_and_rings_for_nobody(http, receiver, body):
    answer = http.post(receiver.url, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert not heard(receiver)
    assert told(http, receiver, VARIANTS["documented"]) == 204


@pytest.mark.parametrize(("pad", "status"), [(60_000, 204), (70_000, 413)])
def test_more_than_64_kib_is_not_read(http, receiver, pad, status):
    assert told(http, receiver, VARIANTS["documented"] | {"message": "x" * pad}) == status
    assert heard(receiver) == (status == 204)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_posts_are_taken(http, receiver, method):
    assert http.request(method, receiver.url, json=VARIANTS["documented"]).status_code == 405
    assert not heard(receiver)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_only_json_is_taken(http, receiver, content_type):
    body, headers = json.dumps(VARIANTS["documented"]), {"Content-Type": content_type}
    assert http.post(receiver.url, content=body, headers=headers).status_code == 415
    assert not heard(receiver)


def test_only_the_latest_thousand_ends_nobody_waits_for_are_remembered(receiver):
    for n in range(1200):
        receiver._heard(read_webhook({"task_id": f"T{n}"}))
    assert repr(receiver).endswith("1024 ends heard of>")
    assert not heard(receiver, "T0")
    assert heard(receiver, "T1199")


def test_who_stops_waiting_leaves_nothing_behind(receiver):
    async def given_up():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(receiver.ended("T1"), 60)

    at_once(given_up())
    assert receiver._waiting == {}


@pytest.mark.parametrize("path", ["/hooks/{token}", "/{token}", "//deep/er/{token}"])
def test_a_proxy_may_take_the_beginning_of_the_path_off_or_not(http, path):
    with WebhookReceiver(public_url="https://me.example/hooks/") as receiver:
        base, token = receiver.url.rsplit("/", 1)
        port = receiver._running.number
        url = f"http://127.0.0.1:{port}{path.format(token=token)}"
        assert base == "https://me.example/hooks"
        assert http.post(url, json=VARIANTS["documented"]).status_code == 204


def test_its_address_is_on_this_machine_and_no_two_are_alike(receiver):
    with WebhookReceiver() as other:
        parts, others = urlsplit(receiver.url), urlsplit(other.url)
    assert parts.hostname == "127.0.0.1"
    assert len(parts.path) > 30
    assert parts.path != others.path


def test_a_receiver_that_starts_again_keeps_its_token_and_what_it_heard(http):
    receiver = WebhookReceiver()
    with receiver:
        token = receiver.url.rpartition("/")[2]
        told(http, receiver, VARIANTS["documented"])
    with receiver:
        assert receiver.start() is receiver
        assert receiver.url.endswith(token)
        assert heard(receiver)


def test_the_token_is_in_no_repr():
    receiver = WebhookReceiver().start()
    token = receiver.url.rpartition("/")[2]
    assert token not in repr(receiver)
    receiver.stop()
    receiver.stop()
    assert repr(receiver) == "<WebhookReceiver: stopped, 0 ends heard of>"


def test_a_receiver_that_does_not_run_has_no_address():
    with pytest.raises(SettingsError, match="not running"):
        _ = WebhookReceiver().url


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"host": "0.0.0.0"}, "give public_url"),
        ({"port": 65536}, "port must be from 0"),
        ({"port": -1}, "port must be from 0"),
        ({"public_url": "ftp://me.example"}, "public_url must be"),
        ({"public_url": "me.example"}, "public_url must be"),
        ({"public_url": "https://me.example/?a=b"}, "public_url must be"),
        ({"public_url": "https://me.example:x"}, "public_url must be"),
        ({"public_url": 7}, "public_url must be"),
    ],
)
def test_an_address_nobody_can_post_to_is_refused(arguments, says):
    with pytest.raises(SettingsError, match=says):
        WebhookReceiver(**arguments)


def test_a_port_that_is_taken_is_said(receiver):
    with pytest.raises(SettingsError, match=r"cannot listen on '127\.0\.0\.1', port"):
        WebhookReceiver(port=receiver._running.number).start()
