"""Submit, wait, fetch: what is sent again and what never is, counted where it arrives."""

import asyncio
from collections import Counter

import httpx
import numpy as np
import pytest
from scripted_api import API, ScriptedApi, at_once, in_process, receipt, report
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from soundgen_nb.api import Account, Client, PollBudget
from soundgen_nb.errors import (
    AuthenticationError,
    DeadlineError,
    FetchError,
    InsufficientCreditsError,
    JobError,
    JobFailedError,
    NoAnswerError,
    NotAudioError,
    NotFoundError,
    OutcomeUnknownError,
    OverBudgetError,
    RateLimitError,
    RejectedError,
    ServerError,
)
from soundgen_nb.settings import Key, Settings
from soundgen_nb.sound import Sound
from soundgen_nb.wire import Job, Receipt, State, Submission

BASE = "http://127.0.0.1:9" + API
SUBMIT, BY_ID = f"{API}/sound_generator", f"{API}/byId"
SAMPLES = 0.1 * np.sin(np.arange(4410) / 10)
MP3 = Sound.from_samples(SAMPLES, 44100, format="mp3")
WAV = Sound.from_samples(SAMPLES, 44100)
CDN = "http://cdn.example"
LINKS = {"conversion_path": f"{CDN}/T1.mp3", "conversion_path_wav": f"{CDN}/T1.wav"}
FILES = {"/T1.mp3": [Response(MP3.data)], "/T1.wav": [Response(WAV.data)]}
DONE = report("COMPLETED", **LINKS)
BUSY = (429, {"detail": "SLOW DOWN - TOO MANY PARALLEL REQUESTS"})
DOWN = HTMLResponse("<html>Bad Gateway</html>", 502)


class Story:
    """What was told of the jobs, and how they ended."""

    def __init__(self):
        self.told = []
        self.arrived = []
        self.outcomes = []

    async def arrive(self, outcome):
        self.arrived.append(outcome)

    def states(self, job_id=None):
        return [job.state for job in self.told if job_id in {None, job.id}]

    @property
    def only(self):
        (outcome,) = self.outcomes
        return outcome


def planned(prompt="rain on a tin roof"):
    return Job(submission=Submission(prompt=prompt), base_url=BASE)


def made(
    api,
    *,
    jobs=1,
    transport=None,
    polls=1000,
    parallel=10,
    timeout_seconds=600.0,
    bell=None,
    max_credits=None,
    price=None,
    arrived=None,
):
    """The story of some jobs at an API, told in no time."""
    story = Story()

    async def work():
        client = Client(
            Settings(api_key=Key("local-k"), base_url=BASE),
            Key("local-k"),
            transport=transport or in_process(api),
        )
        budget = None if polls is None else PollBudget(polls)
        account = Account(client, polls=budget, parallel=parallel, doorbell=bell)
        work = [planned(f"rain {n}") for n in range(jobs)]
        story.outcomes = await account.make_all(
            work,
            timeout_seconds=timeout_seconds,
            notice=story.told.append,
            arrived=arrived or story.arrive,
            max_credits=max_credits,
            price=price,
        )
        story.ended_at = asyncio.get_running_loop().time()
        await account.close()

    at_once(work())
    return story


def many(**answers):
    """An API that gives every submit a task of its own, done at the first ask."""
    numbers = iter(range(1, 10_000))

    def submitted(_):
        return receipt(f"T{next(numbers)}", eta=5)

    def asked(request):
        return report("COMPLETED", request.query["task_id"], **LINKS)

    return ScriptedApi({SUBMIT: [submitted], BY_ID: [asked], **FILES, **answers})


def test_a_job_that_goes_well_is_submitted_once_waited_for_and_fetched():
    api = ScriptedApi(
        {SUBMIT: [receipt()], BY_ID: [report("IN_QUEUE"), report("PROCESSING"), DONE], **FILES}
    )
    story = made(api)
    assert story.states() == [
        State.SENDING,
        State.IN_QUEUE,
        State.IN_QUEUE,
        State.IN_PROGRESS,
        State.COMPLETED,
    ]
    assert story.only.audio.played == MP3
    assert story.only.audio.wav == WAV
    assert story.only.error is None
    assert len(api.submits) == 1


def test_the_first_ask_waits_for_the_eta():
    api = ScriptedApi({SUBMIT: [receipt(eta=100)], BY_ID: [DONE], **FILES})
    made(api)
    assert len(api.asks) == 1
    assert 80 <= api.asks[0].at <= 100


def test_a_submit_refused_for_the_rate_is_sent_again_after_the_time_asked():
    busy = PlainTextResponse("slow down", 429, {"Retry-After": "42"})
    api = ScriptedApi({SUBMIT: [busy, busy, receipt()], BY_ID: [DONE], **FILES})
    story = made(api)
    assert story.only.audio is not None
    first, second, third = (request.at for request in api.submits)
    assert 42 <= second - first <= 43
    assert 42 <= third - second <= 43
    assert story.states()[:4] == [State.SENDING, State.PLANNED, State.SENDING, State.PLANNED]


def test_a_rate_limit_is_waited_for_as_long_as_there_is_time():
    api = ScriptedApi({SUBMIT: [BUSY]})
    story = made(api, timeout_seconds=600)
    assert isinstance(story.only.error, DeadlineError)
    assert story.only.job.state is State.PLANNED
    assert "never sent" in str(story.only.error)
    assert 15 < len(api.submits) < 60


class Broken(httpx.AsyncBaseTransport):
    """The way to an API, on which the first requests come to these ends."""

    def __init__(self, api, *errors):
        self.inner, self.errors, self.sent = in_process(api), list(errors), []

    async def handle_async_request(self, request):
        self.sent.append(request.method)
        if self.errors:
            raise self.errors.pop(0)
        return await self.inner.handle_async_request(request)


def test_a_submit_that_never_left_is_sent_again():
    api = ScriptedApi({SUBMIT: [receipt()], BY_ID: [DONE], **FILES})
    way = Broken(api, httpx.ConnectError("refused"), httpx.ConnectTimeout("no answer"))
    story = made(api, transport=way)
    assert story.only.audio is not None
    assert len(api.submits) == 1


def test_a_submit_that_cannot_leave_is_given_up_after_three_tries():
    api = ScriptedApi()
    way = Broken(api, *[httpx.ConnectError("refused")] * 10)
    story = made(api, transport=way)
    assert way.sent == ["POST"] * 3
    assert isinstance(story.only.error, NoAnswerError)
    assert story.only.job.state is State.PLANNED


UNCERTAIN_ENDS = {
    "timeout": httpx.ReadTimeout("late"),
    "dropped": httpx.RemoteProtocolError("closed"),
    "half-sent": httpx.WriteError("closed"),
    "cut": httpx.ReadError("reset"),
}


@pytest.mark.parametrize("end", UNCERTAIN_ENDS.values(), ids=UNCERTAIN_ENDS)
def test_a_submit_that_may_have_been_heard_is_never_sent_again(end):
    api = ScriptedApi({SUBMIT: [receipt()], BY_ID: [DONE], **FILES})
    way = Broken(api, end)
    story = made(api, transport=way)
    assert way.sent == ["POST"]
    assert isinstance(story.only.error, OutcomeUnknownError)
    assert isinstance(story.only.error.__cause__, NoAnswerError)
    assert story.only.error.__cause__.__cause__ is end
    assert story.only.job.state is State.UNKNOWN
    assert story.only.error.job == story.only.job


UNCERTAIN_ANSWERS = {
    "500": (500, {"error": "oh"}),
    "502-html": DOWN,
    "503": (503, {"error": "busy"}),
    "504": (504, {"error": "late"}),
    "200-html": HTMLResponse("<html>hotel</html>"),
    "200-no-job": {"success": True},
    "200-endless": PlainTextResponse(b"x" * (5 << 20)),
}


@pytest.mark.parametrize("answer", UNCERTAIN_ANSWERS.values(), ids=UNCERTAIN_ANSWERS)
def test_a_submit_whose_answer_does_not_say_is_never_sent_again(answer):
    api = ScriptedApi({SUBMIT: [answer]})
    story = made(api)
    assert len(api.submits) == 1
    assert isinstance(story.only.error, OutcomeUnknownError)
    assert story.states() == [State.SENDING, State.UNKNOWN]
    assert "not sent again by itself" in str(story.only.error)


@pytest.mark.parametrize("status", [400, 404, 409, 413, 418, 422, 308])
def test_a_refused_submit_is_not_sent_again(status):
    api = ScriptedApi({SUBMIT: [(status, {"success": False, "error": "no"})]})
    story = made(api)
    assert len(api.submits) == 1
    assert story.only.error.status == status
    assert story.only.job.state is State.REFUSED


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, AuthenticationError), (403, AuthenticationError), (402, InsufficientCreditsError)],
)
def test_a_refusal_that_would_meet_every_job_stops_those_not_yet_sent(status, kind):
    api = ScriptedApi({SUBMIT: [(status, {"success": False, "error": "no"})]})
    story = made(api, jobs=20, parallel=2)
    sent = len(api.submits)
    assert 1 <= sent <= 2
    assert all(isinstance(outcome.error, kind) for outcome in story.outcomes)
    assert Counter(outcome.job.state for outcome in story.outcomes) == {
        State.REFUSED: sent,
        State.PLANNED: 20 - sent,
    }


def test_a_refusal_of_one_prompt_does_not_stop_the_others():
    api = many()
    accept = api.answers[SUBMIT]
    api.answers[SUBMIT] = [(422, {"success": False, "error": "not this"}), *accept]
    story = made(api, jobs=3, parallel=1)
    assert [outcome.audio is not None for outcome in story.outcomes] == [False, True, True]
    assert isinstance(story.outcomes[0].error, RejectedError)


def test_a_job_the_api_does_not_know_yet_is_asked_about_again():
    missing = (404, {"success": False, "error": "unknown id"})
    api = ScriptedApi({SUBMIT: [receipt()], BY_ID: [missing, missing, DONE], **FILES})
    assert made(api).only.audio is not None


def test_a_job_the_api_never_knows_is_lost_with_its_id_in_the_error():
    api = ScriptedApi({SUBMIT: [receipt()]})
    story = made(api)
    assert len(api.asks) == 5
    assert type(story.only.error) is JobError
    assert isinstance(story.only.error.__cause__, NotFoundError)
    assert "T1" in str(story.only.error)
    assert story.only.error.job.task_id == "T1"


def test_a_job_that_was_known_once_and_is_gone_is_not_asked_about_for_long():
    api = ScriptedApi({SUBMIT: [receipt()], BY_ID: [report("IN_QUEUE"), (404, {"error": "gone"})]})
    assert isinstance(made(api).only.error.__cause__, NotFoundError)
    assert len(api.asks) == 2


@pytest.mark.parametrize(
    "trouble",
    [DOWN, (500, {"error": "oh"}), BUSY, HTMLResponse("<html>"), {"success": True}],
    ids=["502", "500", "429", "html", "no-conversion"],
)
def test_a_status_call_outlives_half_a_minute_of_trouble(trouble):
    api = ScriptedApi({SUBMIT: [receipt()], BY_ID: [*[trouble] * 6, DONE], **FILES})
    story = made(api)
    assert story.only.audio is not None
    assert len(api.submits) == 1


def test_a_job_that_can_no_longer_be_asked_about_is_in_the_error():
    story = made(ScriptedApi({SUBMIT: [receipt()], BY_ID: [DOWN]}))
    assert isinstance(story.only.error.__cause__, ServerError)
    assert story.only.error.job.task_id == "T1"
    assert story.only.job.state is State.IN_QUEUE
    assert story.ended_at > 45


def test_a_failed_job_raises_with_its_reason():
    api = ScriptedApi({SUBMIT: [receipt()], BY_ID: [report("ERROR", message="too odd")]})
    story = made(api)
    assert isinstance(story.only.error, JobFailedError)
    assert "too odd" in str(story.only.error)
    assert story.only.error.job.state is State.FAILED


def test_done_without_a_link_is_asked_again():
    api = ScriptedApi(
        {SUBMIT: [receipt()], BY_ID: [report("COMPLETED"), report("COMPLETED"), DONE], **FILES}
    )
    assert made(api).only.audio is not None


def test_done_without_a_link_for_ever_is_a_fetch_error():
    api = ScriptedApi({SUBMIT: [receipt()], BY_ID: [report("COMPLETED")]})
    story = made(api)
    assert isinstance(story.only.error, FetchError)
    assert "no link" in str(story.only.error)
    assert len(api.asks) == 6


def test_an_expired_link_is_asked_for_afresh():
    fresh = report("COMPLETED", conversion_path="http://cdn.example/fresh.mp3")
    api = ScriptedApi(
        {SUBMIT: [receipt()], BY_ID: [DONE, fresh], "/fresh.mp3": [Response(MP3.data)]}
    )
    story = made(api)
    assert story.only.audio.played == MP3
    assert len(api.asks) == 2


def test_a_link_that_stays_expired_is_a_fetch_error_with_the_job():
    api = ScriptedApi({SUBMIT: [receipt()], BY_ID: [DONE]})
    story = made(api)
    assert isinstance(story.only.error, FetchError)
    assert isinstance(story.only.error.__cause__, NotFoundError)
    assert story.only.error.job.task_id == "T1"
    assert len(api.asks) == 2


def test_a_doubled_host_is_undone():
    link = "https://old.example/http://cdn.example/T1.mp3"
    api = ScriptedApi(
        {SUBMIT: [receipt()], BY_ID: [report("COMPLETED", conversion_path=link)], **FILES}
    )
    assert made(api).only.audio.played == MP3
    assert api.to("/T1.mp3")[0].headers["host"] == "cdn.example"


@pytest.mark.parametrize("lost", ["/T1.mp3", "/T1.wav"])
@pytest.mark.parametrize("answer", [(404, {}), (500, {}), HTMLResponse("<html>")])
def test_one_of_two_files_is_enough(lost, answer):
    api = ScriptedApi({SUBMIT: [receipt()], BY_ID: [DONE], **FILES, lost: [answer]})
    story = made(api)
    assert story.only.audio.played == (WAV if lost == "/T1.mp3" else MP3)
    assert story.only.audio.wav is None


def test_a_download_that_was_cut_short_is_fetched_again():
    short = Response(MP3.data[:500], headers={"Content-Length": str(len(MP3.data))})
    only_mp3 = report("COMPLETED", conversion_path="http://cdn.example/T1.mp3")
    files = {"/T1.mp3": [short, *FILES["/T1.mp3"]]}
    api = ScriptedApi({SUBMIT: [receipt()], BY_ID: [only_mp3], **files})
    assert made(api).only.audio.played.data == MP3.data
    assert len(api.to("/T1.mp3")) == 2


def test_a_page_in_place_of_the_audio_is_a_fetch_error():
    page = {"/T1.mp3": [HTMLResponse("<html>")], "/T1.wav": [HTMLResponse("<html>")]}
    story = made(ScriptedApi({SUBMIT: [receipt()], BY_ID: [DONE], **page}))
    assert isinstance(story.only.error, FetchError)
    assert isinstance(story.only.error.__cause__, NotAudioError)


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ({SUBMIT: [BUSY]}, State.PLANNED),
        ({SUBMIT: [receipt()], BY_ID: [report("IN_QUEUE")]}, State.IN_QUEUE),
        ({SUBMIT: [receipt()], BY_ID: [report("PROCESSING")]}, State.IN_PROGRESS),
    ],
    ids=["never-sent", "in-the-queue", "being-made"],
)
def test_when_time_runs_out_the_error_has_the_job_as_last_seen(answers, state):
    story = made(ScriptedApi(answers), timeout_seconds=30)
    error = story.only.error
    assert isinstance(error, DeadlineError)
    assert isinstance(error, TimeoutError)
    assert error.job.state is state
    assert error.job.task_id == ("" if state is State.PLANNED else "T1")
    assert story.ended_at == pytest.approx(30, abs=0.1)


def test_a_sound_that_is_ready_is_fetched_however_short_the_time():
    api = ScriptedApi({SUBMIT: [receipt(eta=84)], BY_ID: [DONE], **FILES})
    story = made(api, timeout_seconds=30, polls=20)
    assert story.only.audio is not None
    assert [request.at for request in api.asks] == [pytest.approx(25, abs=0.1)]


def test_time_that_is_shorter_than_the_eta_ends_with_what_was_heard_last():
    api = ScriptedApi({SUBMIT: [receipt(eta=84)], BY_ID: [report("PROCESSING")]})
    story = made(api, timeout_seconds=30, polls=20)
    assert len(api.asks) <= 3
    assert "the API goes on with it (IN_PROGRESS)" in str(story.only.error)


def test_jobs_of_one_call_are_all_asked_about_before_its_time_runs_out():
    numbers = iter("12345")
    api = many(**{SUBMIT: [lambda _: receipt(f"T{next(numbers)}", eta=84)]})
    story = made(api, jobs=5, polls=20, timeout_seconds=30)
    assert all(outcome.audio for outcome in story.outcomes)
    at = [request.at for request in api.asks]
    assert at == pytest.approx([13, 16, 19, 22, 25], abs=0.1)


def test_a_job_that_could_not_be_asked_about_is_not_said_to_go_on():
    api = ScriptedApi({SUBMIT: [receipt()], BY_ID: [DOWN]})
    story = made(api, timeout_seconds=30)
    assert "there was no time to ask how it is" in str(story.only.error)


class Silent(httpx.AsyncBaseTransport):
    """It takes every request and never answers."""

    async def handle_async_request(self, _):
        await asyncio.Event().wait()


def test_a_submit_that_is_held_when_time_runs_out_may_have_been_accepted():
    story = made(None, transport=Silent(), timeout_seconds=30)
    assert isinstance(story.only.error, DeadlineError)
    assert story.only.job.state is State.UNKNOWN
    assert "may have been accepted" in str(story.only.error)


def test_outcomes_come_in_the_order_asked_and_are_told_as_they_arrive():
    api = many()
    etas = iter([60, 5, 30])
    numbers = iter("123")
    api.answers[SUBMIT] = [lambda _: receipt(f"T{next(numbers)}", eta=next(etas))]
    story = made(api, jobs=3)
    assert [outcome.job.submission.prompt for outcome in story.outcomes] == [
        "rain 0",
        "rain 1",
        "rain 2",
    ]
    assert [outcome.job.submission.prompt for outcome in story.arrived] == [
        "rain 1",
        "rain 2",
        "rain 0",
    ]


def test_an_error_on_arrival_ends_that_one_job_only():
    broken = KeyError("no such row")

    async def arrived(outcome):
        if outcome.job.submission.prompt == "rain 1":
            raise broken

    story = made(many(), jobs=3, parallel=1, arrived=arrived)
    first, second, third = story.outcomes
    assert first.audio is not None
    assert third.audio is not None
    assert second.audio is None
    assert type(second.error) is JobError
    assert second.error.__cause__ is broken
    assert str(second.error).startswith("'rain 1' (task T2) came, but")
    assert second.error.job.state is State.COMPLETED


@pytest.mark.parametrize("parallel", [1, 3])
def test_no_more_jobs_are_under_way_than_may_be(parallel):
    most, under_way = 0, set()

    def notice(job):
        nonlocal most
        (under_way.discard if job.state.ended else under_way.add)(job.id)
        most = max(most, len(under_way))

    api = many()
    story = made(api, jobs=9, parallel=parallel)
    for job in story.told:
        notice(job)
    assert most == parallel
    assert all(outcome.audio for outcome in story.outcomes)


@pytest.mark.parametrize("per_minute", [20, 6])
def test_all_jobs_together_ask_no_more_than_the_budget_in_any_minute(per_minute):
    api = many()
    slow = [report("IN_PROGRESS")] * 60
    api.answers[BY_ID] = [*slow, *api.answers[BY_ID]]
    story = made(api, jobs=10, polls=per_minute, timeout_seconds=3000)
    assert all(outcome.audio for outcome in story.outcomes)
    asked = [request.at for request in api.asks]
    assert len(asked) >= 70
    gaps = [late - early for early, late in zip(asked, asked[per_minute:], strict=False)]
    assert min(gaps) >= 60 - 1e-6


class Bell:
    """Rings when it is told to."""

    def __init__(self, after_seconds):
        self.after_seconds, self.heard = after_seconds, []

    async def ended(self, task_id):
        self.heard.append(task_id)
        await asyncio.sleep(self.after_seconds)


def test_a_doorbell_ends_the_wait_early():
    api = ScriptedApi({SUBMIT: [receipt(eta=100)], BY_ID: [DONE], **FILES})
    bell = Bell(7)
    story = made(api, bell=bell)
    assert bell.heard == ["T1"]
    assert story.only.audio is not None
    assert api.asks[0].at == pytest.approx(7, abs=0.1)


def test_without_a_ring_the_job_is_asked_about_all_the_same():
    api = ScriptedApi({SUBMIT: [receipt(eta=50)], BY_ID: [report("IN_QUEUE"), DONE], **FILES})
    story = made(api, bell=Bell(1e6))
    assert story.only.audio is not None
    assert 40 < api.asks[0].at < 60


def test_a_bell_that_rings_too_early_is_not_listened_to_again():
    api = ScriptedApi({SUBMIT: [receipt()], BY_ID: [*[report("IN_PROGRESS")] * 3, DONE], **FILES})
    bell = Bell(0)
    assert made(api, bell=bell).only.audio is not None
    assert bell.heard == ["T1"]


def test_a_job_at_an_api_that_may_be_asked_freely_is_noticed_within_a_second():
    api = ScriptedApi({SUBMIT: [receipt(eta=3)], BY_ID: [report("IN_QUEUE"), DONE], **FILES})
    assert made(api, polls=None).ended_at <= 1.0


def called(api, call):
    """What one call of an account at an API gives or raises."""

    async def work():
        key = Key("local-k")
        client = Client(Settings(api_key=key, base_url=BASE), key, transport=in_process(api))
        account = Account(client, polls=PollBudget(20), parallel=1)
        try:
            return await call(account)
        finally:
            await account.close()

    return at_once(work())


def known():
    """A job whose task is known and whose links are not, as after a restart."""
    return planned().sent(Receipt(task_id="T1", conversion_id="C-T1"), 0.0)


def test_a_job_without_links_is_asked_for_them_before_it_is_fetched():
    api = ScriptedApi({BY_ID: [DONE], **FILES})
    assert called(api, lambda account: account.fetch(known())).played == MP3


def test_a_job_that_still_has_no_links_cannot_be_fetched():
    api = ScriptedApi({BY_ID: [report("IN_PROGRESS")]})
    with pytest.raises(FetchError, match="names no link"):
        called(api, lambda account: account.fetch(known()))


def test_cancelling_a_fetch_is_not_taken_for_a_lost_file():
    api = ScriptedApi({BY_ID: [DONE], **FILES})

    async def cancelled(account):
        task = asyncio.ensure_future(account.fetch(known()))
        await asyncio.sleep(0)
        task.cancel()
        return await task

    with pytest.raises(asyncio.CancelledError):
        called(api, cancelled)


def checked(api):
    called(api, lambda account: account.check())


def test_checking_a_good_key_costs_one_status_call_and_no_submit():
    api = ScriptedApi({BY_ID: [(404, {"success": False, "error": "unknown id"})]})
    checked(api)
    assert (len(api.asks), len(api.submits)) == (1, 0)


@pytest.mark.parametrize(
    ("status", "kind"), [(401, AuthenticationError), (429, RateLimitError), (503, ServerError)]
)
def test_checking_says_what_is_wrong(status, kind):
    with pytest.raises(kind, match=r"no|too many"):
        checked(ScriptedApi({BY_ID: [(status, {"success": False, "error": "no"})]}))


def plan_of(most):
    """An API of a plan that allows so many jobs at once, each done 30 s after its submit."""
    begun, submits = {}, [0]

    def under_way(now):
        return sum(now < at + 30 for at in begun.values())

    def submitted(request):
        submits[0] += 1
        if under_way(request.at) >= most:
            return 429, {"detail": "SLOW DOWN - TOO MANY PARALLEL REQUESTS"}
        begun[f"T{submits[0]}"] = request.at
        return receipt(f"T{submits[0]}", eta=30)

    def asked(request):
        task = request.query["task_id"]
        done = request.at >= begun[task] + 30
        return report("COMPLETED", task, **LINKS) if done else report("IN_QUEUE", task)

    return ScriptedApi({SUBMIT: [submitted], BY_ID: [asked], **FILES})


@pytest.mark.parametrize("most", [1, 3])
def test_after_a_429_no_more_are_tried_at_once_than_the_plan_allows(most):
    api = plan_of(most)
    story = made(api, jobs=24, parallel=10, timeout_seconds=5000)
    assert all(outcome.audio for outcome in story.outcomes)
    refused = len(api.submits) - 24
    # ten go out together; later ones are tries for one more, of which there are few
    assert refused <= (10 - most) + 24 / (4 * most) + 1


# A budget of credits


def priced(price):
    """An API whose every sound costs so much."""
    numbers = iter(range(1, 10_000))

    def submitted(_):
        return receipt(f"T{next(numbers)}", eta=5) | {"credit_estimate": price}

    return many(**{SUBMIT: [submitted]})


@pytest.mark.parametrize(("most", "sent"), [(1.0, 1), (2.4, 2), (3.0, 3), (100.0, 4)])
def test_no_submit_crosses_the_budget(most, sent):
    api = priced(1.0)
    story = made(api, jobs=4, max_credits=most)
    assert len(api.submits) == sent
    assert sum(outcome.audio is not None for outcome in story.outcomes) == sent


def test_what_the_budget_kept_back_says_so_and_was_never_sent():
    story = made(priced(2.0), jobs=2, max_credits=3)
    late = story.outcomes[1]
    assert isinstance(late.error, OverBudgetError)
    assert str(late.error).startswith("'rain 1' was not sent: 2 credits are spent")
    assert late.job.state is State.PLANNED


@pytest.mark.parametrize(("price", "sent"), [(None, 1), (2.0, 1), (4.0, 0)])
def test_the_first_submit_is_held_against_what_the_last_sound_cost(price, sent):
    api = priced(2.0)
    story = made(api, jobs=2, max_credits=3, price=price)
    assert len(api.submits) == sent
    assert isinstance(story.outcomes[1].error, OverBudgetError)


def test_a_429_does_not_keep_those_with_a_place_waiting_for_a_turn():
    """Submits within a budget go one by one; who is refused waits outside, and keeps its turn."""
    answers = [receipt("T1"), (429, {"detail": "SLOW DOWN"}), receipt("T2"), receipt("T3")]
    api = many(**{SUBMIT: answers})
    story = made(api, jobs=3, parallel=2, max_credits=10)
    assert all(outcome.audio for outcome in story.outcomes)
    assert len(api.submits) == 4


def test_an_unknown_outcome_counts_as_spent():
    answers = [receipt("T1", eta=5) | {"credit_estimate": 2.0}, (500, {"error": "oops"})]
    api = many(**{SUBMIT: answers})
    made(api, jobs=3, max_credits=5)
    assert len(api.submits) == 2


def test_a_submitted_job_is_not_submitted_again():
    api = many()
    story = Story()

    async def work():
        client = Client(
            Settings(api_key=Key("local-k"), base_url=BASE),
            Key("local-k"),
            transport=in_process(api),
        )
        account = Account(client, polls=None, parallel=1)
        sent = planned().sent(Receipt(task_id="T9", conversion_id="C9"), at=0.0)
        story.outcomes = await account.make_all(
            [sent], timeout_seconds=60, notice=story.told.append, arrived=story.arrive
        )
        await account.close()

    at_once(work())
    assert story.only.audio is not None
    assert api.submits == []
