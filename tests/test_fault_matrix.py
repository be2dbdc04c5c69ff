"""Every fault against the verbs people use: how it ends, and how often a paid submit was sent."""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

import numpy as np
import pytest
from scripted_api import ScriptedApi, serving

from soundgen_nb import errors
from soundgen_nb.engine import Performance, understand
from soundgen_nb.server import Faults, LocalServer
from soundgen_nb.settings import Settings
from soundgen_nb.studio import Studio
from soundgen_nb.take import Take
from soundgen_nb.wire import State

PATIENCE = 30  # seconds, for what should take few
ALWAYS = 1000
BRIEF = understand("rain")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A fault, the error it ends in (None for a take), what caused that, and what was accepted."""

    faults: Faults
    error: type[errors.SoundgenError] | None = None
    cause: type[errors.SoundgenError] | None = None
    accepted: int = 1
    timeout: float = 60.0


def lives_with(**faults) -> Row:
    return Row(faults=Faults(**faults))


def refused(code, error) -> Row:
    return Row(faults=Faults(refused=code), error=error, accepted=0)


def lost(**faults) -> Row:
    error = errors.OutcomeUnknownError
    return Row(faults=Faults(**faults), error=error, accepted=int("before_accepting" not in faults))


def late(*, timeout=10.0, **faults) -> Row:
    """A fault without end; the time is enough to be accepted on a busy machine."""
    return Row(faults=Faults(**faults), error=errors.DeadlineError, timeout=timeout)


def unfetched(cause, **faults) -> Row:
    return Row(faults=Faults(**faults), error=errors.FetchError, cause=cause)


MATRIX = {
    "an endless queue": late(queue_seconds=ALWAYS),
    "502 for ever": late(asking=502, asking_times=ALWAYS),
    "dropped for ever": late(asking="dropped", asking_times=ALWAYS),
    "no calls left": late(polls_per_minute=0),
    "no calls left, it says": late(polls_per_minute=0, retry_after=30),
    "no link in time": late(linkless_answers=ALWAYS, timeout=8.0),
    "a slow queue": lives_with(queue_seconds=0.3),
    "no eta known": lives_with(eta=-1),
    "asked 500": lives_with(asking=500),
    "asked 502": lives_with(asking=502, asking_times=2),
    "asked and got a page": lives_with(asking="page"),
    "asked and dropped": lives_with(asking="dropped"),
    "linkless for a while": lives_with(linkless_answers=1),
    "root for a while": lives_with(linkless_answers=1, bucket_root=True),
    "spaced links": lives_with(links="spaced"),
    "doubled hosts": lives_with(links="doubled host"),
    "maps alone": lives_with(maps_only=True),
    "doubled hosts in maps": lives_with(links="doubled host", maps_only=True),
    "expired with 403": lives_with(expired_links=1),
    "expired with 404": lives_with(expired_links=1, expired_status=404),
    "cut once": lives_with(cut_downloads=1),
    "other names": lives_with(other_names=True, queue_seconds=0.3),
    "few fields": lives_with(missing=("message", "credit_estimate", "createdAt", "updatedAt")),
    "no conversion id": lives_with(missing=("conversion_id",)),
    "a mute webhook": lives_with(webhooks=0),
    "a stammering webhook": lives_with(webhooks=2, maps_only=True),
    "flaky": Row(faults=Faults.flaky()),
    "answered a no": refused(200, errors.RejectedError),
    "bad request": refused(400, errors.BadRequestError),
    "bad key": refused(401, errors.AuthenticationError),
    "no credits": refused(402, errors.InsufficientCreditsError),
    "forbidden": refused(403, errors.AuthenticationError),
    "not found": refused(404, errors.NotFoundError),
    "conflict": refused(409, errors.ConflictError),
    "unacceptable": refused(422, errors.RejectedError),
    "500 before": lost(before_accepting=500),
    "502 before": lost(before_accepting=502),
    "a page before": lost(before_accepting="page"),
    "dropped before": lost(before_accepting="dropped"),
    "500 after": lost(after_accepting=500),
    "504 after": lost(after_accepting=504),
    "a page after": lost(after_accepting="page"),
    "dropped after": lost(after_accepting="dropped"),
    "nameless": lost(missing=("task_id", "conversion_id")),
    "failing": Row(faults=Faults(failure="gave up"), error=errors.JobFailedError),
    "erring": Row(faults=Faults(failure="no", other_names=True), error=errors.JobFailedError),
    "never a link": unfetched(None, linkless_answers=ALWAYS),
    "always the root": unfetched(None, linkless_answers=ALWAYS, bucket_root=True),
    "always expired": unfetched(errors.NotFoundError, expired_links=ALWAYS),
    "always cut": unfetched(errors.TruncatedAudioError, cut_downloads=ALWAYS),
    "swollen": unfetched(errors.OversizedAudioError, swollen_to_bytes=65 << 20),
}
DOORS = ("generate", "agenerate")
OTHERS = {
    "alone in a queue": Faults(queue_seconds=ALWAYS),
    "one at a time": Faults(parallel=1, queue_seconds=0.5),
    "one, and come back": Faults(parallel=1, queue_seconds=0.5, retry_after=0),
    "never any room": Faults(parallel=0),
    "off while refused": Faults(parallel=0),
    "off while asking": Faults(asking=502, asking_times=ALWAYS),
    "off while fetching": Faults(cut_downloads=ALWAYS),
    "no, thank you": Faults(refused=422),
}

each_row = pytest.mark.parametrize("name", MATRIX)
each_door = pytest.mark.parametrize("door", DOORS)


def hiss(_: str, *, seconds: int, seed: int) -> Performance:
    """A tenth of a second of noise for each second asked: quick to encode."""
    noise = np.random.default_rng(seed).uniform(-0.5, 0.5, (2, 4410 * seconds))
    return Performance(noise.astype(np.float32), 44100, BRIEF)


def prompt_of(name: str, door: str) -> str:
    """Each cell has faults, and so counts, of its own."""
    return f"rain, {name}, by {door}"


@pytest.fixture(scope="module")
def server():
    cells = {prompt_of(n, door): row.faults for n, row in MATRIX.items() for door in DOORS}
    # many workers: the eta, and so the first status call, shall not wait for the jobs of others
    with LocalServer(faults=cells | OTHERS, perform=hiss, workers=20) as server:
        yield server


@pytest.fixture(scope="module")
def studio(server, tmp_path_factory):
    settings = Settings(
        api_key=server.api_key,
        base_url=server.base_url,
        polls_per_minute=6000,
        parallel=200,
        home=tmp_path_factory.mktemp("home"),
    )
    with Studio(settings) as studio:
        yield studio


def counts(server: LocalServer, prompt: str) -> tuple[int, int, int, int]:
    """Submits, accepted ones, status calls and downloads."""
    seen = server.received
    return (seen.submits[prompt], seen.accepted[prompt], seen.asks[prompt], seen.downloads[prompt])


@dataclass(frozen=True)
class Ending:
    """What a verb returned or raised, and what the server had received for it by then."""

    result: Take | errors.SoundgenError
    counts: tuple[int, int, int, int]


@pytest.fixture(scope="module")
def endings(server, studio):
    """The whole matrix at once, one thread for every sync cell and one loop for the others."""
    hook = ScriptedApi({"/hook": [{}]})

    def asked(name: str) -> dict:
        webhook = f"{base}/hook" if "webhook" in name else ""
        return {"seconds": 1, "timeout": MATRIX[name].timeout, "webhook_url": webhook}

    def generated(name: str) -> Ending:
        prompt = prompt_of(name, "generate")
        try:
            result = studio.generate(prompt, **asked(name))
        except errors.SoundgenError as error:
            result = error
        return Ending(result, counts(server, prompt))

    async def agenerated(name: str) -> Ending:
        prompt = prompt_of(name, "agenerate")
        try:
            result = await studio.agenerate(prompt, **asked(name))
        except errors.SoundgenError as error:
            result = error
        return Ending(result, counts(server, prompt))

    async def all_agenerated() -> list[Ending]:
        return await asyncio.gather(*map(agenerated, MATRIX))

    with serving(hook) as base, ThreadPoolExecutor(len(MATRIX) + 1) as callers:
        awaited = callers.submit(asyncio.run, all_agenerated())
        waited = list(callers.map(generated, MATRIX))
        return {
            **{(name, "generate"): ending for name, ending in zip(MATRIX, waited, strict=True)},
            **dict(zip(((n, "agenerate") for n in MATRIX), awaited.result(), strict=True)),
        }


@each_row
@each_door
def test_each_fault_ends_as_it_should(endings, name, door):
    row, ending = MATRIX[name], endings[name, door]

    assert type(ending.result) is (row.error or Take), ending.result
    if row.error is None:
        assert ending.result.seconds == pytest.approx(0.1)
    elif row.cause is not None:
        assert type(ending.result.__cause__) is row.cause


@each_row
@each_door
def test_a_submit_is_sent_once_whatever_happens(endings, name, door):
    submits, accepted, *_ = endings[name, door].counts

    assert (submits, accepted) == (1, MATRIX[name].accepted)


@each_row
@each_door
def test_an_error_knows_its_job(endings, name, door):
    error = endings[name, door].result
    if not isinstance(error, errors.JobError):
        assert MATRIX[name].accepted == 0 or MATRIX[name].error is None
    elif isinstance(error, errors.OutcomeUnknownError):
        assert (error.job.state, error.job.task_id) == (State.UNKNOWN, "")
    else:
        assert error.job.task_id
        assert f"(task {error.job.task_id})" in str(error)


def test_a_deadline_says_that_only_the_audio_is_missing(endings):
    told = str(endings["no link in time", "generate"].result)
    assert "it is done, and only its audio is missing here" in told


def test_a_deadline_says_how_far_it_came(studio):
    # alone: beside all the others there may be no time left to ask
    goes_on = r"the API goes on with it \(IN_QUEUE\)\. Give more with timeout="
    with pytest.raises(errors.DeadlineError, match=goes_on):
        studio.generate("alone in a queue", seconds=1, timeout=5)


def test_an_awaited_error_is_told_once(studio, caplog):
    """Not a second time by asyncio, when what carried it is thrown away."""
    with pytest.raises(errors.RejectedError):
        asyncio.run(studio.agenerate("no, thank you"))
    gc.collect()

    assert caplog.records == []


@pytest.mark.parametrize("name", ["500 before", "dropped after", "nameless"])
def test_a_lost_answer_is_not_hidden(endings, name):
    message = str(endings[name, "generate"].result)

    assert "may have been accepted and charged, so it is not sent again by itself" in message


@pytest.mark.parametrize("name", ["one at a time", "one, and come back"])
def test_what_finds_no_room_is_sent_again_until_accepted_and_never_accepted_twice(
    server, studio, name
):
    prompts = [f"{name}, first", f"{name}, second"]
    with Studio(studio.settings) as fresh:  # one that has met no 429 yet, and tries both at once
        takes = fresh.compare(prompts, seconds=1, timeout=PATIENCE).takes
    received = [counts(server, prompt) for prompt in prompts]

    assert len(takes) == 2
    assert [accepted for _, accepted, *_ in received] == [1, 1]
    assert sum(submits for submits, *_ in received) > 2


def test_where_there_is_never_room_time_runs_out_and_nothing_was_accepted(server, studio):
    with pytest.raises(errors.DeadlineError, match="never sent, or not accepted") as raised:
        studio.generate("never any room", seconds=1, timeout=2)
    submits, accepted, *_ = counts(server, "never any room")

    assert (accepted, raised.value.job.task_id) == (0, "")
    assert submits > 1


def test_every_job_is_known_afterwards_in_the_state_it_ended_in(studio, endings):
    states = {job.submission.prompt: job.state for job in studio.jobs()}

    for (name, door), ending in endings.items():
        if isinstance(ending.result, Take):
            assert states[prompt_of(name, door)] is State.COMPLETED
        if isinstance(ending.result, errors.JobError):
            assert states[prompt_of(name, door)] is ending.result.job.state


@pytest.mark.parametrize(
    ("prompt", "state"),
    [
        ("off while refused", State.PLANNED),
        ("off while asking", State.IN_QUEUE),
        ("off while fetching", State.COMPLETED),
    ],
)
def test_what_is_called_off_asks_nothing_more(server, studio, prompt, state):
    reached = Event()
    request = studio.plan(prompt, seconds=1)
    future = studio.begin(request, lambda job: job.state is state and reached.set(), [].append)
    assert reached.wait(PATIENCE)
    future.cancel()
    with pytest.raises(CancelledError):
        future.result(PATIENCE)
    studio.check()  # one round trip later, whatever was on its way has arrived
    received = counts(server, prompt)
    studio.generate(f"rain, an ordinary job after one left {state}", seconds=1)

    assert counts(server, prompt) == received
    assert received[0] >= 1


def test_what_has_ended_asks_nothing_more(server, studio, endings):
    studio.generate("rain, an ordinary job in the end", seconds=1)
    later = {cell: counts(server, prompt_of(*cell)) for cell in endings}

    assert later == {cell: ending.counts for cell, ending in endings.items()}
