"""The API's words: every variant seen is understood, nothing else gets past, and we write ours."""

import json
import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from soundgen_nb.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    InputError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    RejectedError,
    ServerError,
    SoundgenError,
    UnreadableAnswerError,
)
from soundgen_nb.wire import (
    Job,
    Receipt,
    Report,
    State,
    Submission,
    clean_url,
    read_problem,
    read_receipt,
    read_report,
    read_submission,
    read_webhook,
    write_problem,
    write_receipt,
    write_report,
    write_webhook,
)

settings.register_profile("patient", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("patient")

MP3 = "https://files.example/conversions/T_sound.mp3"
WAV = "https://files.example/conversions/T_sound.wav"

WORDS = [*Report.__slots__, *Receipt.__slots__]
WORDS += ["success", "eta", "status", "status_msg", "conversion", "error", "detail", "msg"]
WORDS += ["conversion_path", "conversion_path_wav", "audio_url", "conversion_path_1"]
WORDS += ["conversion_paths", "conversion_paths_wav", "conversion_durations", "conversion_duration"]
WORDS += ["conversion_cost", "required_credits", "available_credits", "createdAt", "updatedAt"]
WORDS += ["prompt", "audio_length", "seed", "user_id", "webhook_url"]

# what a JSON parser can hand over: unpaired surrogates, NaN and huge integers are among it
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(10**300, 10**310),
    st.floats(),
    st.text(st.characters(), max_size=20),
    st.sampled_from(["T", "C", "", "COMPLETED", "failed", MP3, f" https://h/{MP3}", "3.5", "-1"]),
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=12,
)
ANSWERS = JSON | st.dictionaries(st.sampled_from(WORDS), JSON, max_size=8)

few = settings(max_examples=50)  # making such JSON takes longer than reading it

NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=40)
AMOUNTS = st.floats(0, 1e6)
NOTES = st.text(max_size=30).map(str.strip)


@few
@given(ANSWERS)
@example({"task_id": "T", "eta": float("nan"), "credit_estimate": float("inf")})
def test_any_answer_to_a_submit_gives_a_receipt_or_one_of_our_errors(answer):
    try:
        receipt = read_receipt(answer)
    except SoundgenError:
        return
    assert receipt.task_id
    assert receipt.eta_seconds is None or 0 <= receipt.eta_seconds < math.inf


@few
@pytest.mark.parametrize("read", [read_report, read_webhook])
@given(answer=ANSWERS)
@example(answer={"conversion": {"task_id": 10**400, "conversion_id": True}})
@example(answer={"task_id": "T", "conversion_path": "http://[broken"})
def test_any_report_gives_a_value_or_one_of_our_errors(read, answer):
    try:
        report = read(answer)
    except SoundgenError:
        return
    assert report.task_id or report.conversion_id
    assert isinstance(report.state, State)
    assert all(url is None or url == clean_url(url) for url in (report.mp3_url, report.wav_url))


@few
@given(st.integers(200, 599), ANSWERS | st.text(), st.none() | AMOUNTS)
def test_any_refusal_gives_an_api_error_with_its_status(status, body, retry_after):
    error = read_problem(status, body, retry_after=retry_after)

    assert isinstance(error, ApiError)
    assert error.status == status
    assert len(str(error)) < 600


@few
@given(st.dictionaries(st.sampled_from(WORDS), JSON, max_size=8))
@example({"prompt": "rain", "audio_length": "²"})
@example({"prompt": "rain", "audio_length": "9" * 5000})
@example({"prompt": "rain \ud800"})
@example({"prompt": "rain", "user_id": "\udfff"})
def test_any_fields_give_a_submission_that_can_be_sent_on_or_are_rejected(fields):
    try:
        submission = read_submission(fields)
    except RejectedError as error:
        status, body = write_problem(error)
        json.dumps([status, body], ensure_ascii=False).encode()
        return
    assert submission.prompt == submission.prompt.strip() != ""
    assert all(text.encode() for text in submission.fields().values())


@given(st.text())
@example("https:// https://h/x")
def test_a_clean_url_is_whole_and_stays_as_it_is(text):
    url = clean_url(text)

    assert url is None or (url.startswith(("http://", "https://")) and clean_url(url) == url)


@pytest.mark.parametrize(
    ("given_url", "clean"),
    [
        (MP3, MP3),
        (f"  {MP3}\n", MP3),
        (f"https://h.example/{MP3}", MP3),
        (f"https://a/https://b/{MP3}", MP3),
        ("http://127.0.0.1:8000/x.mp3", "http://127.0.0.1:8000/x.mp3"),
        ("https://bucket.example", None),
        ("https://bucket.example/", None),
        ("", None),
        ("ftp://h/x.mp3", None),
        ("x.mp3", None),
        ("https://[broken/x.mp3", None),
        (None, None),
        (3, None),
    ],
)
def test_a_link_is_mended_or_counts_as_not_there_yet(given_url, clean):
    assert clean_url(given_url) == clean


@pytest.mark.parametrize(
    ("answer", "receipt"),
    [
        pytest.param(
            {
                "success": True,
                "task_id": "T",
                "conversion_id": "C",
                "eta": 84,
                "credit_estimate": 0.99,
                "message": "",
                "status": "IN_QUEUE",
            },
            Receipt(task_id="T", conversion_id="C", eta_seconds=84, credit_estimate=0.99),
            id="documented",
        ),
        pytest.param(
            {"success": True, "task_id": "T", "conversion_id": "C", "eta": -1},
            Receipt(task_id="T", conversion_id="C"),
            id="unknown eta, no status, no message",
        ),
        pytest.param(
            {"task_id": 17, "conversion_id": 18, "eta": "12", "credit_estimate": "100.1"},
            Receipt(task_id="17", conversion_id="18", eta_seconds=12, credit_estimate=100.1),
            id="numbers for ids, text for numbers",
        ),
        pytest.param(
            {"success": True, "conversion_id": "C", "message": "Successfully published to queue"},
            Receipt(task_id="C", conversion_id="C", message="Successfully published to queue"),
            id="one id only",
        ),
    ],
)
def test_every_receipt_seen_is_read(answer, receipt):
    assert read_receipt(answer) == receipt


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"status": "IN_QUEUE"}, State.IN_QUEUE),
        ({"status": "IN_PROGRESS"}, State.IN_PROGRESS),
        ({"status": "PROCESSING"}, State.IN_PROGRESS),
        ({"status": "something new"}, State.IN_PROGRESS),
        ({}, State.IN_PROGRESS),
        ({"status": "completed"}, State.COMPLETED),
        ({"status": "ERROR"}, State.FAILED),
        ({"status": "Failed"}, State.FAILED),
        ({"status": "COMPLETED", "success": False}, State.FAILED),
    ],
)
def test_every_status_is_read_and_unknown_ones_are_still_running(fields, state):
    assert read_report({"success": True, "conversion": {"task_id": "T", **fields}}).state is state


@pytest.mark.parametrize(
    ("fields", "mp3", "wav"),
    [
        ({"conversion_path": MP3, "conversion_path_wav": WAV}, MP3, WAV),
        ({"conversion_path": MP3, "conversion_path_wav": None}, MP3, None),
        ({"audio_url": MP3}, MP3, None),
        ({"conversion_paths": {"C": MP3}, "conversion_paths_wav": {"C": WAV}}, MP3, WAV),
        ({"conversion_paths": {"other": MP3}}, MP3, None),
        ({"conversion_paths": {"a": MP3, "b": MP3}}, None, None),
        ({"conversion_path_1": MP3}, MP3, None),
        ({"conversion_path": "", "audio_url": f"https://h/{MP3}"}, MP3, None),
        ({"conversion_path": "https://bucket.example/"}, None, None),
        ({}, None, None),
    ],
    ids=[
        "plain fields",
        "no wav",
        "audio_url",
        "maps",
        "map with another key",
        "map of strangers",
        "path_1",
        "blank, then doubled host",
        "bare bucket",
        "nothing yet",
    ],
)
def test_the_audio_is_found_wherever_it_may_be(fields, mp3, wav):
    conversion = {"task_id": "T", "conversion_id": "C", "status": "COMPLETED", **fields}
    report = read_report({"success": True, "conversion": conversion})

    assert (report.mp3_url, report.wav_url) == (mp3, wav)
    assert report.has_audio == bool(mp3)


@pytest.mark.parametrize(
    "length", [{"conversion_duration": 2.09}, {"conversion_durations": {"C": 2.09}}]
)
def test_the_length_is_a_field_or_in_a_map(length):
    assert read_report({"task_id": "T", "conversion_id": "C", **length}).seconds == 2.09


MAPS = {
    "success": True,
    "conversion_type": "Sound Creator",
    "task_id": "T",
    "conversion_id": "C",
    "conversion_paths": {"C": f"https://files.example/{MP3}"},
    "conversion_durations": {"C": 2.089795918367347},
}


@pytest.mark.parametrize(
    "body",
    [
        MAPS | {"conversion_path": MP3, "conversion_duration": 2.089795918367347},
        MAPS,
        {"task_id": "T", "status": "COMPLETED", "status_msg": "", "audio_url": MP3},
    ],
    ids=["full", "maps only", "generic"],
)
def test_every_webhook_seen_says_completed_and_where(body):
    report = read_webhook(body)

    assert report.state is State.COMPLETED
    assert report.task_id == "T"
    assert report.mp3_url == MP3


def test_a_report_without_a_conversion_is_unreadable():
    with pytest.raises(UnreadableAnswerError, match="no conversion"):
        read_report({"success": True, "conversion": {}})


def test_a_receipt_without_a_job_warns_that_it_may_have_been_accepted():
    with pytest.raises(UnreadableAnswerError, match="may have been accepted"):
        read_receipt({"success": True})


@pytest.mark.parametrize("read", [read_receipt, read_report, read_webhook])
def test_success_false_in_an_ordinary_answer_is_an_error_in_the_api_words(read):
    with pytest.raises(RejectedError, match="no such voice"):
        read({"success": False, "error": "no such voice"})


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (400, {"success": False, "message": "Invalid request parameters"}, BadRequestError, "Inv"),
        (401, {"success": False, "error": "Authentication failed"}, AuthenticationError, "key"),
        (403, "Forbidden", AuthenticationError, "SOUNDGEN_API_KEY"),
        (402, "INSUFFICIENT FUNDS", InsufficientCreditsError, "INSUFFICIENT FUNDS"),
        (404, {"error": "unknown id"}, NotFoundError, "unknown id"),
        (409, {}, ConflictError, "no details"),
        (422, {"error": "Prompt is required"}, RejectedError, "Prompt is required"),
        (
            422,
            {"detail": [{"loc": ["body", "prompt"], "msg": "field required", "type": "missing"}]},
            RejectedError,
            "field required",
        ),
        (429, {"detail": "SLOW DOWN"}, RateLimitError, "SLOW DOWN"),
        (502, "<html>Bad gateway</html>", ServerError, "no details"),
        (500, {"error": "oops"}, ServerError, "oops"),
        (418, None, ApiError, "418"),
    ],
)
def test_every_refusal_has_its_class_and_the_api_words(status, body, kind, words):
    error = read_problem(status, body)

    assert type(error) is kind
    assert words in str(error)


def test_a_402_carries_the_amounts():
    error = read_problem(402, {"required_credits": 150.75, "available_credits": "100"})

    assert isinstance(error, InsufficientCreditsError)
    assert (error.required, error.available) == (150.75, 100.0)


def test_a_429_says_how_long_to_wait():
    error = read_problem(429, {"detail": "SLOW DOWN"}, retry_after=2.5)

    assert isinstance(error, RateLimitError)
    assert error.retry_after == 2.5
    assert "2.5 s" in str(error)


@given(
    st.builds(
        Receipt,
        task_id=NAMES,
        conversion_id=NAMES,
        eta_seconds=st.none() | st.integers(0, 10**6).map(float),
        credit_estimate=st.none() | AMOUNTS,
        message=NOTES,
    )
)
def test_a_receipt_survives_writing_and_reading(receipt):
    assert read_receipt(json.loads(json.dumps(write_receipt(receipt)))) == receipt


LINKS = NAMES.map(lambda name: f"http://127.0.0.1:8000/conversions/{name}_sound.mp3")
REPORTS = st.builds(
    Report,
    task_id=NAMES,
    conversion_id=NAMES,
    state=st.just(State.COMPLETED),
    message=NOTES.filter(bool),
    mp3_url=LINKS,
    wav_url=st.none() | LINKS,
    seconds=st.floats(0.01, 60),
    local=st.none() | st.fixed_dictionaries({"seed": st.integers(0, 2**63 - 1)}),
)


@given(REPORTS, st.none() | AMOUNTS)
def test_a_report_survives_writing_and_reading(report, credit):
    asked = Report(
        **{name: getattr(report, name) for name in report.__slots__} | {"credits": credit}
    )

    assert read_report(json.loads(json.dumps(write_report(asked)))) == asked


@given(REPORTS)
def test_a_webhook_survives_writing_and_reading(report):
    assert read_webhook(json.loads(json.dumps(write_webhook(report)))) == report


@pytest.mark.parametrize("state", [State.IN_QUEUE, State.IN_PROGRESS, State.FAILED])
def test_a_job_without_audio_keeps_its_state(state):
    report = Report(task_id="T", conversion_id="C", state=state, message="why", eta_seconds=3)

    assert read_report(write_report(report)) == report


def test_a_failed_job_is_told_by_webhook_as_failed():
    report = Report(task_id="T", conversion_id="C", state=State.FAILED, message="no such sound")

    assert read_webhook(write_webhook(report)) == report


@pytest.mark.parametrize(
    "error",
    [
        BadRequestError("Invalid request parameters", status=400),
        AuthenticationError("Authentication failed", status=401),
        InsufficientCreditsError("too little", status=402, required=2.0, available=1.0),
        NotFoundError("no such job", status=404),
        RejectedError("Prompt is required for sound generation.", status=422),
        RateLimitError("SLOW DOWN", status=429),
        ServerError("oops", status=503),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_survives_writing_and_reading(error):
    status, body = write_problem(error)
    read = read_problem(status, json.loads(json.dumps(body)))

    assert type(read) is type(error)
    assert read.status == error.status
    assert str(error) in str(read)


@given(
    st.builds(
        Submission,
        prompt=st.text(min_size=1).map(str.strip).filter(bool),
        seconds=st.none() | st.integers(1, 60),
        user_id=NOTES,
        webhook_url=st.just("") | LINKS,
        seed=st.none() | st.integers(0, 2**63 - 1),
    )
)
def test_a_submission_survives_its_form_fields(submission):
    assert read_submission(submission.fields()) == submission


@pytest.mark.parametrize(
    "seconds", [0, -1, 61, 2.5, "6", True, float("nan"), float("inf"), [6]], ids=repr
)
def test_seconds_are_whole_and_from_1_to_60(seconds):
    with pytest.raises(InputError, match="seconds must be a whole number from 1 to 60"):
        Submission(prompt="rain", seconds=seconds)


@pytest.mark.parametrize("seed", [-1, 2**63, 0.5, "7", True], ids=repr)
def test_a_seed_is_a_whole_number_in_range(seed):
    with pytest.raises(InputError, match="seed must be a whole number"):
        Submission(prompt="rain", seed=seed)


def test_six_point_nought_seconds_count_as_six():
    assert Submission(prompt="rain", seconds=6.0).fields()["audio_length"] == "6"


@pytest.mark.parametrize("prompt", [None, "", "   ", 7, ["rain"]], ids=repr)
def test_a_submission_without_words_is_rejected_as_the_api_words_it(prompt):
    with pytest.raises(RejectedError, match=r"^Prompt is required for sound generation\.$"):
        read_submission({"prompt": prompt})


def test_a_job_takes_each_news_and_keeps_its_first_end():
    submission = Submission(prompt="rain")
    sent = Job(submission=submission, base_url="http://h").sent(
        Receipt(task_id="T", conversion_id="C"), 5
    )
    done = Report(task_id="T", conversion_id="C", state=State.COMPLETED)
    job = sent.seen(done, 9).seen(done, 12)

    assert (sent.state, sent.submitted_at, sent.ended_at) == (State.IN_QUEUE, 5, None)
    assert (job.task_id, job.state, job.ended_at) == ("T", State.COMPLETED, 9)
