"""Every fault, as a plain HTTP client meets it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any, Self

import httpx
import numpy as np
import pytest
from scripted_api import ScriptedApi, serving

from soundgen_nb.engine import Performance, understand
from soundgen_nb.errors import SettingsError
from soundgen_nb.server import Faults, LocalServer, Received
from soundgen_nb.sound import Sound
from soundgen_nb.wire import State, read_report, read_webhook

PATIENCE = 20  # seconds, for what should take little
BRIEF = understand("rain")
TROUBLES = {
    500: (500, "application/json"),
    502: (502, "text/html; charset=utf-8"),
    503: (503, "text/html; charset=utf-8"),
    504: (504, "text/html; charset=utf-8"),
    "page": (200, "text/html; charset=utf-8"),
}
FAULTS = {
    "slow queue": Faults(queue_seconds=0.3),
    "unknown eta": Faults(eta=-1, queue_seconds=0.1),
    "one at a time": Faults(parallel=1, queue_seconds=0.2),
    "one and wait": Faults(parallel=1, queue_seconds=0.2, retry_after=3),
    "three asks": Faults(polls_per_minute=3, minute_seconds=0.3),
    "drop before": Faults(before_accepting="dropped"),
    "drop after": Faults(after_accepting="dropped"),
    "drop asks": Faults(asking="dropped", asking_times=2),
    "no link yet": Faults(linkless_answers=2),
    "root for now": Faults(linkless_answers=2, bucket_root=True),
    "spaced": Faults(links="spaced"),
    "doubled": Faults(links="doubled host"),
    "only maps": Faults(maps_only=True),
    "maps with two hosts": Faults(links="doubled host", maps_only=True),
    "expired 403": Faults(expired_links=1),
    "expired 404": Faults(expired_links=2, expired_status=404),
    "cut": Faults(cut_downloads=1),
    "swollen": Faults(swollen_to_bytes=1_000_000),
    "hopeless": Faults(failure="the model gave up"),
    "other names": Faults(other_names=True, queue_seconds=0.1),
    "other end": Faults(other_names=True, failure="no"),
    "bare": Faults(missing=("message", "status", "eta")),
    "no webhook": Faults(webhooks=0),
    "webhook twice": Faults(webhooks=2),
    **{f"before {trouble}": Faults(before_accepting=trouble) for trouble in TROUBLES},
    **{f"after {trouble}": Faults(after_accepting=trouble) for trouble in TROUBLES},
    **{f"ask {trouble}": Faults(asking=trouble, asking_times=2) for trouble in TROUBLES},
    **{
        f"refused {code}": Faults(refused=code) for code in (200, 400, 401, 402, 403, 404, 409, 422)
    },
}


def hiss(_: str, *, seconds: int | None, seed: int) -> Performance:
    """A tenth of a second of noise for each second asked: quick to encode."""
    noise = np.random.default_rng(seed).uniform(-0.5, 0.5, (2, 4410 * (seconds or 2)))
    return Performance(noise.astype(np.float32), 44100, BRIEF)


class Caller:
    """A client without manners: it sends once, and shows what came."""

    def __init__(self, server: LocalServer) -> None:
        self.server = server
        self.http = httpx.Client(timeout=PATIENCE)
        self._key = {"Authorization": server.api_key}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def submit(self, prompt: str, **fields: str) -> httpx.Response:
        form = {"prompt": prompt, "audio_length": "1"} | fields
        return self.http.post(
            f"{self.server.base_url}/sound_generator", data=form, headers=self._key
        )

    def submitted(self, prompt: str, **fields: str) -> str:
        return self.submit(prompt, **fields).raise_for_status().json()["task_id"]

    def ask(self, task_id: str) -> httpx.Response:
        query = {"conversionType": "SOUND_GENERATOR", "task_id": task_id}
        return self.http.get(f"{self.server.base_url}/byId", params=query, headers=self._key)

    def conversion(self, task_id: str) -> dict[str, Any]:
        return self.ask(task_id).raise_for_status().json()["conversion"]

    def ended(self, task_id: str) -> dict[str, Any]:
        """The first answer that says that the job has ended."""
        return until(
            lambda: self.conversion(task_id),
            lambda said: read_report({"conversion": said}).state.ended,
        )

    def made(self, prompt: str) -> dict[str, Any]:
        return self.ended(self.submitted(prompt))


def until(look: Callable[[], Any], enough: Callable[[Any], bool]) -> Any:
    """What is seen as soon as it is enough."""
    pause = threading.Event()
    for _ in range(50 * PATIENCE):
        seen = look()
        if enough(seen):
            return seen
        pause.wait(0.02)
    pytest.fail(f"still not enough: {seen}")


@pytest.fixture(scope="module")
def server():
    with LocalServer(faults=FAULTS, perform=hiss) as server:
        yield server


@pytest.fixture(scope="module")
def caller(server):
    with Caller(server) as caller:
        yield caller


@pytest.fixture(scope="module")
def inbox():
    inbox = ScriptedApi({"/hook": [{}]})
    with serving(inbox) as url:
        inbox.url = f"{url}/hook"
        yield inbox


def news_of(inbox: ScriptedApi, task_id: str) -> list[dict[str, Any]]:
    posts = [json.loads(seen.body) for seen in inbox.to("/hook")]
    return [post for post in posts if post["task_id"] == task_id]


def test_without_faults_a_prompt_of_a_faulty_server_is_served_well(caller):
    said = caller.made("rain")

    assert said["status"] == "COMPLETED"
    assert Sound(caller.http.get(said["conversion_path"]).content).seconds == pytest.approx(0.1)


def test_a_slow_queue_is_announced_and_left_in_the_end(caller):
    receipt = caller.submit("slow queue").json()
    first = caller.conversion(receipt["task_id"])

    assert (first["status"], first["eta"], receipt["eta"]) == ("IN_QUEUE", 1, 1)
    assert "conversion_path" not in first
    assert caller.ended(receipt["task_id"])["status"] == "COMPLETED"


def test_an_unknown_eta_is_minus_one(caller):
    receipt = caller.submit("unknown eta").json()

    assert receipt["eta"] == caller.conversion(receipt["task_id"])["eta"] == -1


@pytest.mark.parametrize(
    ("prompt", "retry_after"), [("one at a time", None), ("one and wait", "3")]
)
def test_one_job_too_many_is_not_accepted_until_another_has_ended(caller, prompt, retry_after):
    first = caller.submitted(f"{prompt}, first")
    refused = caller.submit(f"{prompt}, second")
    caller.ended(first)

    assert refused.status_code == 429
    assert refused.json() == {"detail": "SLOW DOWN - TOO MANY PARALLEL REQUESTS"}
    assert refused.headers.get("Retry-After") == retry_after
    assert caller.submit(f"{prompt}, second").status_code == 200
    assert caller.server.received.submits[f"{prompt}, second"] == 2
    assert caller.server.received.accepted[f"{prompt}, second"] == 1


def test_one_call_too_many_is_refused_until_the_minute_is_over(caller):
    tasks = [caller.submitted(f"three asks, {part}") for part in ("first", "second")]
    codes = [caller.ask(task).status_code for task in [*tasks, *tasks]]
    later = until(lambda: caller.ask(tasks[0]).status_code, lambda code: code != 429)

    assert codes == [200, 200, 200, 429]
    assert later == 200


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize(("when", "accepted"), [("before", 0), ("after", 1)])
def test_a_submit_gets_no_receipt_whether_accepted_or_not(caller, when, accepted, trouble):
    prompt = f"{when} {trouble}"
    answer = caller.submit(prompt)

    assert (answer.status_code, answer.headers["Content-Type"]) == TROUBLES[trouble]
    assert "task_id" not in answer.text
    assert caller.server.received.submits[prompt] == 1
    assert caller.server.received.accepted[prompt] == accepted


@pytest.mark.parametrize(("when", "accepted"), [("before", 0), ("after", 1)])
def test_a_connection_drops_with_no_answer_whether_accepted_or_not(caller, when, accepted):
    prompt = f"drop {when}"
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        caller.submit(prompt)

    assert caller.server.received.submits[prompt] == 1
    assert caller.server.received.accepted[prompt] == accepted


@pytest.mark.parametrize("trouble", TROUBLES)
def test_the_first_status_calls_meet_trouble_and_the_third_does_not(caller, trouble):
    task_id = caller.submitted(f"ask {trouble}")
    first, second, third = (caller.ask(task_id) for _ in range(3))

    for answer in (first, second):
        assert (answer.status_code, answer.headers["Content-Type"]) == TROUBLES[trouble]
    assert third.json()["conversion"]["task_id"] == task_id
    assert caller.server.received.asks[f"ask {trouble}"] == 3


def test_status_calls_drop_too(caller):
    task_id = caller.submitted("drop asks")
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            caller.ask(task_id)

    assert caller.conversion(task_id)["task_id"] == task_id


def test_a_job_is_completed_twice_before_it_has_a_link(caller):
    task_id = caller.submitted("no link yet")
    first, second, third = caller.ended(task_id), caller.ended(task_id), caller.ended(task_id)

    assert {said["status"] for said in (first, second)} == {"COMPLETED"}
    assert [any("path" in name for name in said) for said in (first, second, third)] == [
        *(False, False, True)
    ]


def test_a_link_is_the_root_of_the_host_before_it_is_a_file(caller):
    task_id = caller.submitted("root for now")
    links = [caller.ended(task_id)["conversion_path"] for _ in range(3)]

    assert [httpx.URL(link).path == "/" for link in links] == [True, True, False]


def test_links_have_white_space_around_them(caller):
    link = caller.made("spaced")["conversion_path"]

    assert link != link.strip()
    assert caller.http.get(link.strip()).status_code == 200


def test_links_have_the_host_written_twice(caller):
    link = caller.made("doubled")["conversion_path_wav"]

    assert link.count("http://") == 2
    assert caller.http.get(link).status_code == 404
    assert caller.http.get(link[link.rfind("http://") :]).status_code == 200


def test_links_are_in_maps_only(caller):
    said = caller.made("only maps")
    report = read_report({"conversion": said})

    assert "conversion_path" not in said
    assert said["conversion_paths"] == {said["conversion_id"]: report.mp3_url}
    assert said["conversion_durations"] == {said["conversion_id"]: report.seconds}


@pytest.mark.parametrize(("status", "expired"), [(403, 1), (404, 2)])
def test_links_expire_and_asking_again_gives_the_next(caller, status, expired):
    task_id = caller.submitted(f"expired {status}")
    links = [caller.ended(task_id)["conversion_path"] for _ in range(expired + 1)]
    codes = [caller.http.get(link).status_code for link in links]

    assert codes == [*[status] * expired, 200]
    assert caller.http.get(links[0]).status_code == status


def test_a_download_breaks_off_half_way_once_for_each_file(caller):
    said = caller.made("cut")
    for link in (said["conversion_path"], said["conversion_path_wav"]):
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
            caller.http.get(link)
        assert Sound(caller.http.get(link).content).seconds == pytest.approx(0.1)


def test_a_download_is_far_larger_than_announced(caller):
    answer = caller.http.get(caller.made("swollen")["conversion_path"])

    assert len(answer.content) == 1_000_000
    assert int(answer.headers["Content-Length"]) < 50_000


def test_a_job_fails_and_says_why(caller):
    said = caller.made("hopeless")

    assert (said["status"], said["message"]) == ("FAILED", "the model gave up")
    assert not any("path" in name for name in said)


def test_statuses_go_by_other_names(caller):
    task_id = caller.submitted("other names")

    assert caller.conversion(task_id)["status"] == "in_queue"
    assert caller.ended(task_id)["status"] == "completed"
    assert caller.made("other end")["status"] == "ERROR"


def test_fields_are_missing(caller):
    receipt = caller.submit("bare").json()
    said = caller.conversion(receipt["task_id"])

    assert receipt.keys() & {"message", "status", "eta"} == set()
    assert said.keys() & {"message", "status", "eta"} == set()


@pytest.mark.parametrize("code", [200, 400, 401, 402, 403, 404, 409, 422])
def test_every_submit_is_refused(caller, code):
    answer = caller.submit(f"refused {code}")

    assert answer.status_code == code
    assert answer.json()["success"] is False
    assert caller.server.received.accepted[f"refused {code}"] == 0


def test_without_credits_it_says_how_many_are_needed(caller):
    assert caller.submit("refused 402").json() == {
        "success": False,
        "error": "Insufficient credits for this operation",
        "required_credits": 150.75,
        "available_credits": 100.0,
    }


@pytest.mark.parametrize("code", [401, 403])
def test_a_key_that_is_refused_for_everything_may_not_ask_either(code):
    with LocalServer(faults=Faults(refused=code)) as server, Caller(server) as caller:
        assert caller.ask("any").status_code == code


def test_a_webhook_never_comes_and_another_job_has_its_own(caller, inbox):
    silent = caller.submitted("no webhook", webhook_url=inbox.url)
    caller.ended(silent)
    other = caller.submitted("rain", webhook_url=inbox.url)

    assert len(until(lambda: news_of(inbox, other), len)) == 1
    assert news_of(inbox, silent) == []


def test_a_webhook_comes_twice(caller, inbox):
    task_id = caller.submitted("webhook twice", webhook_url=inbox.url)
    first, second = until(lambda: news_of(inbox, task_id), lambda news: len(news) == 2)

    assert first == second


def test_a_webhook_has_links_in_maps_only_and_with_the_host_twice(caller, inbox):
    task_id = caller.submitted("maps with two hosts", webhook_url=inbox.url)
    (news,) = until(lambda: news_of(inbox, task_id), len)
    report = read_webhook(news)

    assert {name for name in news if name.startswith("conversion_path")} == {"conversion_paths"}
    assert news["conversion_paths"][news["conversion_id"]].count("http://") == 2
    assert caller.http.get(report.mp3_url).status_code == 200


def test_a_webhook_waits_for_the_slow_queue_and_tells_of_a_failure(caller, inbox):
    slow, hopeless = (
        caller.submitted(prompt, webhook_url=inbox.url) for prompt in ("slow queue", "hopeless")
    )
    (news,) = until(lambda: news_of(inbox, slow), len)
    (bad_news,) = until(lambda: news_of(inbox, hopeless), len)

    assert read_webhook(news).state is State.COMPLETED
    assert caller.conversion(slow)["status"] == "COMPLETED"
    assert (read_webhook(bad_news).state, bad_news["message"]) == (
        *(State.FAILED, "the model gave up"),
    )


def test_faults_for_all_hold_for_every_prompt():
    with LocalServer(faults=Faults(refused=409)) as server, Caller(server) as caller:
        assert [caller.submit(prompt).status_code for prompt in ("rain", "wind")] == [409, 409]


def test_the_first_word_that_fits_counts():
    faults = {"rain": Faults(refused=409), "": Faults(refused=422)}
    with LocalServer(faults=faults) as server, Caller(server) as caller:
        assert [caller.submit(prompt).status_code for prompt in ("hard rain", "wind")] == [409, 422]


def test_what_was_received_is_counted_by_prompt_and_forgotten_at_a_new_start():
    server = LocalServer(perform=hiss)
    with server, Caller(server) as caller:
        before = server.received
        said = caller.made("rain")
        caller.http.get(said["conversion_path"])
        caller.ask("nobody's")
        after = server.received

    assert before == Received()
    assert (after.submits, after.accepted, after.downloads) == ({"rain": 1},) * 3
    assert after.asks["rain"] >= 1
    assert after.asks[""] == 1
    assert server.received == after
    with server:
        assert server.received == Received()


def test_the_free_plan_allows_twenty_calls_a_minute():
    with LocalServer(faults=Faults.free_plan(), perform=hiss) as server, Caller(server) as caller:
        task_id = caller.submitted("rain")
        codes = [caller.ask(task_id).status_code for _ in range(21)]

    assert codes == [200] * 20 + [429]


@pytest.mark.parametrize(
    "wrong",
    [
        {"queue_seconds": -1},
        {"parallel": -1},
        {"refused": 418},
        {"asking": 501},
        {"after_accepting": "lost"},
        {"links": "tripled"},
        {"webhooks": 3},
        {"expired_status": 410},
        {"queue_seconds": float("inf")},
        {"cut_downloads": 1.5},
        {"retry_after": "soon"},
        {"missing": "eta"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_fault_that_there_is_not_is_said(wrong):
    with pytest.raises(SettingsError, match=f"{next(iter(wrong))} must"):
        Faults(**wrong)


@pytest.mark.parametrize("wrong", [{"rain": "502"}, {1: Faults()}], ids=["text", "number"])
def test_faults_are_faults(wrong):
    with pytest.raises(SettingsError, match="faults must be"):
        LocalServer(faults=wrong)
