"""The job board, and the API on it called in process."""

import asyncio
import json
import multiprocessing
import threading
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from itertools import pairwise

import httpx
import numpy as np
import pytest

from soundgen_nb.engine import Brief, Performance, perform
from soundgen_nb.errors import InputError, NotFoundError, RateLimitError, ServerError
from soundgen_nb.server import EMBEDDED_URL, Embedded, JobBoard
from soundgen_nb.server.posting import Pace
from soundgen_nb.server.rendering import Rendering, render
from soundgen_nb.server.shelf import Shelf
from soundgen_nb.sound import Sound
from soundgen_nb.wire import State, Submission, read_receipt, read_report

SPELLINGS = ["/sound_generator", "/SoundGenerator", "/generate_sound", "/soundgenerator"]
ENCODINGS = {
    "form": lambda fields: {"data": fields},
    "json": lambda fields: {"json": fields},
    "multipart": lambda fields: {"files": {name: (None, text) for name, text in fields.items()}},
}
PATIENCE = 20  # seconds, for what should take none


def hiss(prompt, *, seconds, seed):
    """A tenth of a second of noise for each second asked: quick to encode."""
    noise = np.random.default_rng(seed).uniform(-0.5, 0.5, (2, 4410 * (seconds or 2)))
    return Performance(noise.astype(np.float32), 44100, Brief(prompt, sources=()))


def refuse(prompt, **_):
    raise InputError(f"it makes no songs, {prompt!r} neither; ask for rain")


def stumble(prompt, **_):
    raise ZeroDivisionError(prompt)


class Gate:
    """Holds renderings back until opened, and tells when the first has begun."""

    def __init__(self):
        self.begun, self.opened = threading.Event(), threading.Event()

    def perform(self, prompt, *, seconds, seed):
        self.begun.set()
        assert self.opened.wait(PATIENCE)
        return hiss(prompt, seconds=seconds, seed=seed)


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.opened.set()


def ended(board, any_id):
    return asyncio.run(asyncio.wait_for(board.ended(any_id), PATIENCE))


def made(board, prompt="rain", **asked):
    return ended(board, board.accept(Submission(prompt=prompt, **asked)).task_id)


@pytest.fixture
def board():
    with JobBoard(perform=hiss) as board:
        yield board


def test_a_submission_becomes_a_sound(board):
    receipt = board.accept(Submission(prompt="rain", seconds=3, seed=5))
    report = ended(board, receipt.task_id)

    assert receipt.task_id != receipt.conversion_id
    assert report.state is State.COMPLETED
    assert report.seconds == 0.3
    assert report.local["seed"] == 5
    assert report.local["brief"]["prompt"] == "rain"
    assert report.local["engine"] == "embedded engine, not MusicGPT"


def test_a_job_is_known_by_either_id(board):
    receipt = board.accept(Submission(prompt="rain"))

    assert ended(board, receipt.conversion_id) == ended(board, receipt.task_id)
    assert board.audio(receipt.conversion_id, "wav") == board.audio(receipt.task_id, "wav")


def test_both_files_hold_the_same_sound_to_the_sample(board):
    task_id = made(board, seconds=9).task_id
    mp3, wav = (Sound(board.audio(task_id, name)) for name in ("mp3", "wav"))

    assert (mp3.format, wav.format) == ("mp3", "wav")
    assert mp3.samples.shape == wav.samples.shape == (2, 4410 * 9)
    assert mp3.sample_rate == wav.sample_rate


def test_the_mp3_says_how_long_it_is(board):
    mp3 = board.audio(made(board).task_id, "mp3")

    assert b"Xing" in mp3[:200] or b"Info" in mp3[:200]
    assert b"LAME" in mp3[:400]


def test_one_seed_makes_the_same_bytes_and_two_do_not(board):
    seeds = [7, 7, 8]
    wavs = [board.audio(made(board, seed=seed).task_id, "wav") for seed in seeds]

    assert wavs[0] == wavs[1] != wavs[2]


def test_a_fresh_seed_is_drawn_and_told_and_makes_the_sound_again(board):
    first, second = made(board), made(board)
    again = made(board, seed=first.local["seed"])

    assert first.local["seed"] != second.local["seed"]
    assert board.audio(again.task_id, "wav") == board.audio(first.task_id, "wav")


def test_a_job_is_queued_then_under_way_then_completed(gate):
    with JobBoard(workers=1, perform=gate.perform) as board:
        first, second = (board.accept(Submission(prompt=text)).task_id for text in ("a", "b"))
        assert gate.begun.wait(PATIENCE)

        assert board.report(first).state is State.IN_PROGRESS
        assert board.report(second).state is State.IN_QUEUE
        assert board.report(second).eta_seconds >= 0
        gate.opened.set()
        assert ended(board, second).state is State.COMPLETED
        assert board.report(first).state is State.COMPLETED
        assert board.report(first).eta_seconds is None


def test_the_more_is_queued_ahead_the_longer_it_is_said_to_take(gate):
    with JobBoard(workers=1, perform=gate.perform) as board:
        etas = [board.accept(Submission(prompt="a", seconds=4)).eta_seconds for _ in range(5)]
        gate.opened.set()

    steps = [after - before for before, after in pairwise(etas)]
    assert steps == pytest.approx([etas[0]] * 4)


def test_the_pace_settles_on_what_is_seen():
    pace = Pace()
    seen = Rendering(brief={}, files={}, seconds=4.0, took_seconds=10.0)
    for _ in range(40):
        pace = pace.learned(seen)

    assert pace.seconds_per_second == pytest.approx(2.5)


def test_a_refusal_fails_in_the_engines_words_and_costs_nothing():
    with JobBoard(perform=refuse, credits_per_sound=2.0) as board:
        report = made(board, "a song")

        assert report.state is State.FAILED
        assert report.message == "it makes no songs, 'a song' neither; ask for rain"
        assert report.credits == 0
        with pytest.raises(NotFoundError, match="it makes no songs"):
            board.audio(report.task_id, "mp3")


def test_a_sound_that_comes_costs_what_was_announced():
    with JobBoard(perform=hiss, credits_per_sound=2.0) as board:
        receipt = board.accept(Submission(prompt="rain"))

        assert receipt.credit_estimate == ended(board, receipt.task_id).credits == 2.0


def test_a_rendering_that_raises_fails_and_says_why():
    with JobBoard(perform=stumble) as board:
        report = made(board)

    assert report.state is State.FAILED
    assert report.message.startswith("the engine failed (ZeroDivisionError: rain); try another")


@pytest.mark.parametrize("name", ["report", "audio", "ended"])
def test_an_unknown_job_is_not_found(board, name):
    ask = {
        "report": board.report,
        "audio": partial(board.audio, name="wav"),
        "ended": partial(ended, board),
    }[name]

    with pytest.raises(NotFoundError, match="no job 'nobody' here"):
        ask("nobody")


def test_unfinished_audio_is_not_found(gate):
    with JobBoard(perform=gate.perform) as board:
        task_id = board.accept(Submission(prompt="rain")).task_id
        with pytest.raises(NotFoundError, match="has not ended yet"):
            board.audio(task_id, "wav")
        gate.opened.set()


def test_old_audio_goes_first_and_the_job_stays_known():
    with JobBoard(perform=hiss, max_audio_bytes=1) as board:
        old, new = made(board, seed=1), made(board)

        assert board.audio(new.task_id, "mp3")
        assert board.report(old.task_id).state is State.COMPLETED
        with pytest.raises(NotFoundError, match="kept any more"):
            board.audio(old.task_id, "mp3")


def test_the_oldest_jobs_are_forgotten_beyond_a_limit():
    with JobBoard(perform=hiss, max_remembered=3) as board:
        reports = [made(board) for _ in range(5)]

        assert [board.report(report.conversion_id) for report in reports[2:]] == reports[2:]
        for report in reports[:2]:
            with pytest.raises(NotFoundError, match="no job"):
                board.report(report.conversion_id)


def test_a_shelf_never_holds_more_than_its_limit_and_always_the_newest():
    shelf = Shelf(max_bytes=10)
    for number in range(20):
        shelf.put(str(number), {"wav": bytes(number % 5 + 1)})
        kept = [len(shelf.get(str(n), "wav") or b"") for n in range(number + 1)]
        assert sum(kept) <= 10
        assert kept[-1]


def test_a_full_queue_refuses_and_says_how_long_to_wait(gate):
    with JobBoard(perform=gate.perform, max_queued=2) as board:
        first = board.accept(Submission(prompt="a")).task_id
        board.accept(Submission(prompt="b"))
        with pytest.raises(RateLimitError, match="SLOW DOWN") as refused:
            board.accept(Submission(prompt="c"))
        gate.opened.set()
        ended(board, first)

        assert refused.value.status == 429
        assert refused.value.retry_after > 0
        assert made(board, "c").state is State.COMPLETED


def test_closing_fails_what_waits_finishes_what_runs_and_ends_the_threads(gate):
    before = threading.active_count()
    board = JobBoard(workers=1, perform=gate.perform)
    running, waiting = (board.accept(Submission(prompt=text)).task_id for text in ("a", "b"))
    assert gate.begun.wait(PATIENCE)
    closing = threading.Thread(target=board.close)
    closing.start()
    assert "stopped before its work began" in ended(board, waiting).message
    gate.opened.set()
    closing.join(PATIENCE)

    assert board.report(running).state is State.COMPLETED
    assert threading.active_count() == before
    with pytest.raises(ServerError, match="takes no more work"):
        board.accept(Submission(prompt="c"))


def test_a_waiter_that_gives_up_leaves_the_others_waiting(gate):
    async def wait_twice(board, task_id):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(board.ended(task_id), 0.01)
        gate.opened.set()
        return await board.ended(task_id)

    with JobBoard(perform=gate.perform) as board:
        task_id = board.accept(Submission(prompt="rain")).task_id

        assert asyncio.run(wait_twice(board, task_id)).state is State.COMPLETED


def test_waiters_on_several_loops_all_wake(gate):
    with JobBoard(perform=gate.perform) as board, ThreadPoolExecutor(4) as loops:
        task_id = board.accept(Submission(prompt="rain")).task_id
        waits = [loops.submit(ended, board, task_id) for _ in range(4)]
        gate.opened.set()

        assert {wait.result(PATIENCE).state for wait in waits} == {State.COMPLETED}


def test_submits_from_many_threads_all_end_each_as_itself(board):
    with ThreadPoolExecutor(8) as callers:
        receipts = list(
            callers.map(
                lambda seed: board.accept(Submission(prompt="rain", seconds=1, seed=seed)),
                range(60),
            )
        )
    ids = [name for receipt in receipts for name in (receipt.task_id, receipt.conversion_id)]

    assert len(set(ids)) == 120
    assert [ended(board, receipt.task_id).local["seed"] for receipt in receipts] == [*range(60)]


class Inline(Executor):
    """Does the work within ``submit``: it is done before anyone can wait for it."""

    def submit(self, fn, /, *args, **kwargs):
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(fn, *args, **kwargs)


def test_work_that_is_done_at_once_ends_its_job():
    with JobBoard(Inline(), perform=hiss) as board:
        assert made(board).state is State.COMPLETED


def test_any_executor_renders_the_same_bytes_and_stays_its_owners():
    # not forked: this process has threads
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as processes:
        with JobBoard(processes, perform=hiss) as far, JobBoard(perform=hiss) as near:
            there, here = made(far, seed=3), made(near, seed=3)
            assert far.audio(there.task_id, "wav") == near.audio(here.task_id, "wav")

            with JobBoard(processes, perform=lambda prompt: prompt) as unpicklable:
                assert "the engine failed" in made(unpicklable).message
        assert processes.submit(abs, -1).result(PATIENCE) == 1


# -- the API, in process


@pytest.fixture
def api():
    embedded = Embedded(perform=hiss)
    yield embedded
    embedded.close()


def call(api, method, path, *, key=None, **request):
    """One request; paths are below the base URL, whole addresses are taken as they are."""
    headers = {"Authorization": api.api_key if key is None else key} | request.pop("headers", {})

    async def send():
        async with httpx.AsyncClient(
            transport=api.transport(), base_url=api.base_url, timeout=PATIENCE
        ) as client:
            return await client.request(method, path, headers=headers, **request)

    return asyncio.run(send())


def submit(api, *, path="/sound_generator", encoding="form", **fields):
    return call(api, "POST", path, **ENCODINGS[encoding]({"prompt": "rain"} | fields))


def status(api, **query):
    return call(api, "GET", "/byId", params={"conversionType": "SOUND_GENERATOR"} | query)


def finished(api, **fields):
    receipt = read_receipt(submit(api, **fields).json())
    asyncio.run(api.ended(receipt.task_id))
    return read_report(status(api, task_id=receipt.task_id).json())


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("path", SPELLINGS)
def test_every_spelling_and_encoding_submits(api, path, encoding):
    answer = submit(api, path=path, encoding=encoding, audio_length="3", user_id="ann").json()

    assert answer["success"] is True
    assert answer["status"] == "IN_QUEUE"
    assert answer["eta"] >= 0
    assert asyncio.run(api.ended(answer["task_id"])).seconds == 0.3


def test_json_may_carry_numbers_and_fields_for_others(api):
    body = {
        "prompt": " rain \N{CLOUD WITH RAIN} ",
        "audio_length": 3,
        "generate_album_cover": False,
    }
    report = finished(api, encoding="json", **body)

    assert report.seconds == 0.3
    assert report.local["brief"]["prompt"] == "rain \N{CLOUD WITH RAIN}"


def test_a_finished_job_says_where_its_audio_is_and_it_needs_no_key(api):
    report = finished(api)
    mp3, wav = (call(api, "GET", url, key="") for url in (report.mp3_url, report.wav_url))

    assert report.mp3_url == f"http://embedded.invalid/conversions/{report.task_id}_sound.mp3"
    assert (mp3.headers["content-type"], wav.headers["content-type"]) == ("audio/mpeg", "audio/wav")
    assert int(mp3.headers["content-length"]) == len(mp3.content)
    assert Sound(mp3.content).samples.shape == Sound(wav.content).samples.shape


def test_the_seed_asked_for_is_used_and_told(api):
    reports = [finished(api, seed="12"), finished(api, encoding="json", seed=12)]
    wavs = [call(api, "GET", report.wav_url).content for report in reports]

    assert [report.local["seed"] for report in reports] == [12, 12]
    assert wavs[0] == wavs[1]


@pytest.mark.parametrize("key", ["{}", "Bearer {}", "bearer {}"])
def test_the_key_goes_bare_or_as_bearer(api, key):
    answer = call(api, "GET", "/byId", key=key.format(api.api_key))

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "key", ["", "local-guess", "Bearer ", "Bearer local-guess", "Bearer Bearer {}"]
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/sound_generator"), ("GET", "/byId")])
def test_any_other_key_is_refused(api, method, path, key):
    answer = call(api, method, path, key=key.format(api.api_key), data={"prompt": "rain"})

    assert answer.status_code == 401
    assert answer.json() == {"success": False, "error": "Authentication failed"}


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "[", "localhost"])
@pytest.mark.parametrize("path", ["/byId", "http://embedded.invalid/", "http://x/conversions/a"])
def test_a_name_that_is_not_ours_is_refused_everywhere(api, path, host):
    answer = call(api, "GET", path, headers={"Host": host})

    assert answer.status_code == 400
    assert "does not go by the name" in answer.json()["message"]


@pytest.mark.parametrize("host", ["127.0.0.1:80", "[::1]:80", "10.0.0.7", "EMBEDDED.invalid:9"])
def test_our_name_and_any_address_are_answered(api, host):
    assert call(api, "GET", "/nowhere", headers={"Host": host}).status_code == 404


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_blank_prompt_is_rejected_as_the_api_words_it(api, encoding):
    answer = submit(api, encoding=encoding, prompt="  ")

    assert answer.status_code == 422
    assert answer.json() == {"success": False, "error": "Prompt is required for sound generation."}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_prompt_is_as_long_as_the_api_takes_it_in_characters_and_no_longer(api, encoding):
    longest, longer = (submit(api, encoding=encoding, prompt="ü" * n) for n in (1000, 1001))

    assert longest.json()["success"] is True
    assert longer.status_code == 422
    assert longer.json() == {
        "success": False,
        "error": "Prompt has 1,001 characters, at most 1,000 are taken.",
    }


@pytest.mark.parametrize(
    "fields",
    [{"audio_length": "61"}, {"audio_length": "2.5"}, {"audio_length": "long"}, {"seed": "-1"}],
)
def test_a_field_that_cannot_be_used_is_rejected_by_name(api, fields):
    answer = submit(api, **fields)

    assert answer.status_code == 422
    assert "must be a whole number" in answer.json()["error"]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[1]"),
        ("application/json", b"\xff"),
        ("application/json", b"[" * 20_000),
        ("application/x-www-form-urlencoded", b"prompt=\xff"),
        ("application/x-www-form-urlencoded", b"a=1&" * 200),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--y\r\nnot a part"),
    ],
)
def test_a_body_that_is_not_what_it_says_is_a_bad_request(api, content_type, body):
    headers = {"Content-Type": content_type}
    answer = call(api, "POST", "/sound_generator", content=body, headers=headers)

    assert answer.status_code == 400
    assert "Invalid request parameters" in answer.json()["message"]


def test_half_a_character_is_rejected(api):
    body = json.dumps({"prompt": "rain \ud800"})
    headers = {"Content-Type": "application/json"}

    assert call(api, "POST", "/sound_generator", content=body, headers=headers).status_code == 422


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_body_beyond_the_limit_is_not_read(api, encoding):
    answer = submit(api, encoding=encoding, prompt="x" * 70_000)

    assert answer.status_code == 413
    assert "larger than 65,536 bytes" in answer.json()["error"]


def test_a_file_in_a_multipart_body_is_no_prompt(api):
    answer = call(api, "POST", "/sound_generator", files={"prompt": ("prompt.txt", b"rain")})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "https://10.0.0.1/",
        "ftp://localhost/",
        "localhost",
        "http://[",
        "http://localhost:99999/",
    ],
)
def test_a_webhook_to_a_stranger_is_rejected(api, url):
    answer = submit(api, webhook_url=url)

    assert answer.status_code == 422
    assert "webhook_url must be http(s) to 127.0.0.1" in answer.json()["error"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"conversionType": ""}, "conversionType must be SOUND_GENERATOR"),
        ({"conversionType": "MUSIC_AI"}, "conversionType must be SOUND_GENERATOR"),
        ({}, "task_id or conversion_id is required"),
        ({"task_id": ""}, "task_id or conversion_id is required"),
    ],
)
def test_a_status_call_needs_the_type_and_an_id(api, query, words):
    answer = status(api, **query)

    assert answer.status_code == 400
    assert words in answer.json()["message"]


def test_either_id_or_both_when_they_agree(api):
    one, other = (read_receipt(submit(api).json()) for _ in range(2))
    ids = {"task_id": one.task_id, "conversion_id": one.conversion_id}
    asyncio.run(api.ended(one.task_id))
    answers = [
        status(api, task_id=one.task_id),
        status(api, conversion_id=one.conversion_id),
        status(api, **ids),
    ]

    assert answers[0].json() == answers[1].json() == answers[2].json()
    assert status(api, **ids | {"task_id": other.task_id}).status_code == 400


def test_an_unknown_job_and_unknown_files_are_not_found(api):
    report = finished(api)
    answers = [
        status(api, task_id="nobody"),
        call(api, "GET", report.mp3_url.replace(report.task_id, "nobody")),
        call(api, "GET", report.mp3_url.replace(".mp3", ".ogg")),
        call(api, "GET", "/nowhere"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert all(answer.json()["success"] is False for answer in answers)


def test_a_method_that_is_not_served_is_said_in_the_apis_words(api):
    answer = call(api, "GET", "/sound_generator")

    assert answer.status_code == 405
    assert answer.json()["error"] == "GET /api/public/v1/sound_generator is not allowed"


def test_too_many_at_once_are_told_to_wait(gate):
    api = Embedded(perform=gate.perform, max_queued=1)
    submit(api)
    answer = submit(api)
    gate.opened.set()
    api.close()

    assert answer.status_code == 429
    assert answer.json() == {"detail": "SLOW DOWN - TOO MANY PARALLEL REQUESTS"}
    assert int(answer.headers["retry-after"]) >= 1


def test_a_refused_prompt_fails_the_job_not_the_request():
    api = Embedded(perform=refuse)
    report = finished(api)
    api.close()

    assert report.state is State.FAILED
    assert "ask for rain" in report.message
    assert not report.has_audio


def test_the_embedded_api_is_where_no_name_leads_and_hides_its_key(api):
    assert api.base_url == EMBEDDED_URL == "http://embedded.invalid/api/public/v1"
    assert api.api_key.startswith("local-")
    assert api.api_key not in repr(api)


# -- with the engine itself


def test_the_engine_renders_a_prompt_to_the_length_asked():
    rendering = render("rain on a tin roof", seconds=2, seed=1, perform=perform)

    assert rendering.seconds == 2.0
    assert {Sound(data).seconds for data in rendering.files.values()} == {2.0}
    json.dumps(rendering.brief, allow_nan=False)
