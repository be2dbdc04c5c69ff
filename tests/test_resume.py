"""A job that was paid for is never lost, and never paid twice."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import CancelledError
from contextlib import contextmanager

import numpy as np
import pytest
from scripted_api import API, ScriptedApi, receipt, report, serving
from starlette.responses import Response

from soundgen_nb import engine, errors
from soundgen_nb.library import Library
from soundgen_nb.server import Faults, LocalServer
from soundgen_nb.settings import Settings
from soundgen_nb.sound import Sound
from soundgen_nb.studio import Studio
from soundgen_nb.wire import State

WITHIN_SECONDS = 30


class Gate:
    """Holds renderings of held prompts back until opened."""

    def __init__(self):
        self.opened = threading.Event()

    def perform(self, prompt, *, seconds, seed):
        if "held" in prompt:
            assert self.opened.wait(WITHIN_SECONDS)
        return engine.perform(prompt, seconds=seconds, seed=seed)


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.opened.set()


@pytest.fixture
def server(gate):
    faults = {
        "lost before": Faults(before_accepting="dropped"),
        "lost after": Faults(after_accepting="dropped"),
        "expired": Faults(expired_links=1),
    }
    with LocalServer(perform=gate.perform, workers=4, faults=faults) as server:
        yield server


@contextmanager
def kernel(server, home, **settings):
    """A Studio as a kernel of its own would have it."""
    found = Settings.load(
        api_key=server.api_key,
        base_url=server.base_url,
        home=home,
        polls_per_minute=6000,
        **settings,
    )
    with Studio(found) as studio:
        yield studio


def stopped(studio, prompts, state=State.IN_QUEUE):
    """Begin a comparison, and stop it once every job has come to a state."""
    request = studio.plan(prompts, takes=1, seconds=1)
    waiting = {job.id for job in request.order.jobs}
    reached = threading.Event()

    def notice(job):
        if job.state is state:
            waiting.discard(job.id)
            if not waiting:
                reached.set()

    future = studio.begin(request, notice, [].append)
    assert reached.wait(WITHIN_SECONDS)
    future.cancel()
    with pytest.raises((CancelledError, asyncio.CancelledError)):
        future.result(WITHIN_SECONDS)
    studio.check()  # whatever was on its way has arrived


def test_another_kernel_fetches_what_a_stopped_one_had_submitted(server, gate, tmp_path):
    with kernel(server, tmp_path) as first:
        stopped(first, ["a held bell", "a held door"])
    gate.opened.set()
    with kernel(server, tmp_path) as second:
        takes = second.resume()
    assert {take.prompt for take in takes} == {"a held bell", "a held door"}
    assert takes.failures == ()
    assert set(server.received.submits.values()) == {1}


def test_the_same_kernel_resumes_too_and_then_nothing_is_left(server, gate, tmp_path):
    with kernel(server, tmp_path) as studio:
        stopped(studio, ["a held bell"])
        gate.opened.set()
        assert len(studio.resume()) == 1
        assert len(studio.resume()) == 0


def test_how_much_was_left_behind_is_known_and_looking_takes_nothing_over(server, gate, tmp_path):
    with kernel(server, tmp_path) as first:
        assert first.left_behind == 0
        stopped(first, ["a held bell", "a held door"])
        assert first.left_behind == 2
        with kernel(server, tmp_path) as other:
            assert other.left_behind == 0
    gate.opened.set()
    with kernel(server, tmp_path) as second, kernel(server, tmp_path) as third:
        assert second.left_behind == 2
        assert len(third.resume()) == 2
        assert second.left_behind == 0


def test_resume_leaves_what_is_still_waited_for(server, gate, tmp_path):
    with kernel(server, tmp_path) as studio:
        reached = threading.Event()
        request = studio.plan("a held bell", seconds=1)
        future = studio.begin(
            request, lambda job: job.state is State.IN_QUEUE and reached.set(), [].append
        )
        assert reached.wait(WITHIN_SECONDS)
        assert len(studio.resume()) == 0
        gate.opened.set()
        assert len(future.result(WITHIN_SECONDS)) == 1


@pytest.mark.parametrize("verb", [Studio.resend, Studio.drop], ids=["resend", "drop"])
def test_what_another_living_kernel_waits_for_is_left_to_it(server, gate, tmp_path, verb):
    with kernel(server, tmp_path) as first, kernel(server, tmp_path) as second:
        reached = threading.Event()
        future = first.begin(
            first.plan("a held bell", seconds=1),
            lambda job: job.state is State.IN_QUEUE and reached.set(),
            [].append,
        )
        assert reached.wait(WITHIN_SECONDS)
        (job_id,) = second.history()["job_id"]
        with pytest.raises(errors.InputError, match=r"another kernel is waiting .*IN_"):
            verb(second, job_id)
        gate.opened.set()
        assert len(future.result(WITHIN_SECONDS)) == 1
        assert list(second.history()["state"]) == ["COMPLETED"]
    assert server.received.submits == {"a held bell": 1}


def test_a_task_accepted_after_it_was_given_up_is_in_the_history(server, gate, tmp_path):
    with kernel(server, tmp_path) as studio:
        given_up = threading.Event()

        def give_up(job):
            if job.state is State.SENDING:
                studio.drop(job)
            if job.state is State.IN_QUEUE:
                given_up.set()

        future = studio.begin(studio.plan("a held bell", seconds=1), give_up, [].append)
        assert given_up.wait(WITHIN_SECONDS)
        assert list(studio.history()["state"]) == ["DROPPED"]
        (task_id,) = studio.history()["task_id"]
        assert studio.jobs()[0].task_id == task_id != ""
        gate.opened.set()
        assert len(future.result(WITHIN_SECONDS)) == 1


@pytest.mark.parametrize("prompt", ["lost before", "lost after"])
def test_an_unknown_outcome_is_told_by_resume_and_never_sent_again(server, tmp_path, prompt):
    with kernel(server, tmp_path) as studio:
        with pytest.raises(errors.OutcomeUnknownError, match="may have been accepted"):
            studio.generate(prompt, seconds=1)
        for _ in range(2):
            takes = studio.resume()
            (failure,) = takes.failures
            assert isinstance(failure, errors.OutcomeUnknownError)
            assert "sg.resend(" in str(failure)
        assert list(studio.history(state="UNKNOWN")["prompt"]) == [prompt]
    assert server.received.submits == {prompt: 1}


def test_a_job_of_unknown_outcome_can_be_dropped(server, tmp_path):
    with kernel(server, tmp_path) as studio:
        with pytest.raises(errors.OutcomeUnknownError) as raised:
            studio.generate("lost after", seconds=1)
        studio.drop(raised.value.job)
        assert studio.resume().failures == ()
        assert list(studio.history()["state"]) == ["DROPPED"]


def test_a_job_of_unknown_outcome_can_be_sent_again_by_name(server, tmp_path):
    with kernel(server, tmp_path) as studio:
        with pytest.raises(errors.OutcomeUnknownError) as raised:
            studio.generate("lost before", seconds=1)
        with pytest.raises(errors.OutcomeUnknownError):
            studio.resend(raised.value.job.id)
        states = studio.history()["state"]
        assert sorted(states) == ["DROPPED", "UNKNOWN"]
    assert server.received.submits == {"lost before": 2}


def lost(studio):
    """The id of a job of unknown outcome."""
    with pytest.raises(errors.OutcomeUnknownError) as raised:
        studio.generate("lost before", seconds=1)
    return raised.value.job.id


def test_a_job_is_not_given_up_for_one_that_is_planned_and_never_begun(server, tmp_path):
    with kernel(server, tmp_path) as studio:
        studio.plan_resend([lost(studio)])
        assert list(studio.history()["state"]) == ["UNKNOWN"]
        assert len(studio.resume().failures) == 1


def test_of_two_that_want_to_send_a_job_again_one_does(server, tmp_path):
    with kernel(server, tmp_path) as first, kernel(server, tmp_path) as second:
        job_id = lost(first)
        requests = [(studio, studio.plan_resend([job_id])) for studio in (first, second)]
        futures = [studio.begin(request, print, print) for studio, request in requests]
        with pytest.raises(errors.OutcomeUnknownError):
            futures[0].result(WITHIN_SECONDS)
        with pytest.raises(errors.LibraryError, match="DROPPED: there is nothing to give up"):
            futures[1].result(WITHIN_SECONDS)
    assert server.received.submits == {"lost before": 2}


def test_a_job_that_was_resumed_meanwhile_is_not_sent_again(server, gate, tmp_path):
    with kernel(server, tmp_path) as studio:
        stopped(studio, ["a held bell"])
        again, resumed = studio.plan_resend(studio.jobs()), studio.plan_resume()
        fetched = studio.begin(resumed, print, print)
        with pytest.raises(errors.InputError, match="still under way"):
            studio.wait(again)
        gate.opened.set()
        assert len(fetched.result(WITHIN_SECONDS)) == 1
    assert server.received.submits == {"a held bell": 1}


def test_a_job_is_sent_again_with_its_own_key_only(server, tmp_path):
    with kernel(server, tmp_path) as studio, pytest.raises(errors.OutcomeUnknownError) as raised:
        studio.generate("lost before", seconds=1)
    with Studio(Settings.load(home=tmp_path)) as other:
        with pytest.raises(errors.InputError, match=r"was asked of 127\.0\.0\.1 with another key"):
            other.resend(raised.value.job)
        assert list(other.history()["state"]) == ["UNKNOWN"]


def test_a_deadline_leaves_a_job_that_resume_finishes(server, gate, tmp_path):
    with kernel(server, tmp_path) as studio:
        with pytest.raises(errors.DeadlineError) as raised:
            studio.generate("a held bell", seconds=1, timeout=0.5)
        assert raised.value.job.task_id
        gate.opened.set()
        (take,) = studio.resume()
        assert take.provenance.task_id == raised.value.job.task_id
    assert server.received.submits == {"a held bell": 1}


def test_links_that_expired_meanwhile_are_asked_for_again(server, gate, tmp_path):
    with kernel(server, tmp_path) as first:
        stopped(first, ["an expired and held bell"])
    gate.opened.set()
    with kernel(server, tmp_path) as second:
        assert len(second.resume()) == 1


def test_a_job_is_asked_of_the_address_it_was_sent_to_only(server, gate, tmp_path):
    with kernel(server, tmp_path) as first:
        stopped(first, ["a held bell"])
    gate.opened.set()
    with LocalServer() as other, kernel(other, tmp_path) as second:
        assert len(second.resume()) == 0
        assert not other.received.asks
    with Studio(Settings.load(home=tmp_path)) as embedded:
        assert len(embedded.resume()) == 0
    with kernel(server, tmp_path) as third:
        assert len(third.resume()) == 1


def test_what_was_planned_and_never_sent_is_dropped_not_sent(server, tmp_path):
    with kernel(server, tmp_path) as studio:
        studio._workshop.write_down(studio.plan("rain", seconds=1).order)
    with kernel(server, tmp_path) as other:
        assert len(other.resume()) == 0
        assert list(other.history()["state"]) == ["DROPPED"]
    assert not server.received.submits


def test_every_sound_is_in_the_library_when_it_is_shown(tmp_path):
    with Studio(Settings.load(home=tmp_path)) as studio:
        takes = studio.generate("a bell", takes=2, seconds=1)
    with Library.open(tmp_path) as library:
        kept = library.entries(state=State.COMPLETED)
        bytes_kept = {library.sounds(entry.id)[0].data for entry in kept}
    assert bytes_kept == {take.sound.data for take in takes}


def test_a_library_that_cannot_be_used_is_said_and_sounds_come_all_the_same(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with Studio(Settings.load(home=tmp_path / "file")) as studio:
        with pytest.warns(RuntimeWarning, match="nothing is kept beyond this kernel"):
            take = studio.generate("a bell", seconds=1)
        assert take.seconds == 1.0
        assert list(studio.history()["state"]) == ["COMPLETED"]


def test_two_kernels_share_the_budget_of_status_calls(server, tmp_path):
    with kernel(server, tmp_path) as first, kernel(server, tmp_path) as second:
        budgets = [first._workshop.books, second._workshop.books]
        waits = [books.reserve(0.0) for _ in range(6000 // 2 // 100) for books in budgets]
    assert waits == [0.0] * len(waits)
    with LocalServer() as scarce:
        settings = Settings.load(
            api_key=scarce.api_key, base_url=scarce.base_url, home=tmp_path, polls_per_minute=2
        )
        with Studio(settings) as first, Studio(settings) as second:
            waits = [
                books.reserve(0.0)
                for books in (first._workshop.books, second._workshop.books, first._workshop.books)
            ]
    assert waits[:2] == [0.0, 0.0]
    assert waits[2] > 50


def test_max_credits_stops_before_it_is_crossed(tmp_path):
    with LocalServer(credits_per_sound=2.0) as server, kernel(server, tmp_path) as studio:
        takes = studio.generate("a bell", takes=4, seconds=1, max_credits=5)
        assert len(takes) == 2
        assert all("not sent" in str(failure) for failure in takes.failures)
        assert studio.spent == 4.0
        assert server.received.submits == {"a bell": 2}


def test_many_sounds_ask_first_and_say_what_the_last_one_cost(tmp_path):
    with LocalServer(credits_per_sound=2.0) as server, kernel(server, tmp_path) as studio:
        with pytest.raises(errors.InputError, match=r"make 65 sounds, more than 64.*confirm=True"):
            studio.generate("a bell", takes=65, seconds=1)
        studio.generate("a bell", seconds=1)
        with pytest.raises(errors.InputError, match=r"65 sounds for about 130 credits \(the last"):
            studio.generate("a bell", takes=65, seconds=1)
        assert server.received.submits == {"a bell": 1}


def test_takes_and_comparisons_know_what_they_cost(tmp_path):
    with LocalServer(credits_per_sound=2.0) as server, kernel(server, tmp_path) as studio:
        comparison = studio.compare(["a bell", "a drum"], takes=2, seconds=1)
    assert (comparison.spent, comparison[:3].spent, studio.spent) == (8.0, 6.0, 8.0)


def test_of_several_failures_each_says_which_prompt_it_is_about(tmp_path):
    faults = {"bad": Faults(refused=422), "dead": Faults(failure="gave up")}
    with LocalServer(faults=faults) as server, kernel(server, tmp_path) as studio:
        takes = studio.compare(["rain", "a bad bell", "a dead bell"], seconds=1).takes
    assert [str(failure).partition("(")[0][:14] for failure in takes.failures] == [
        "'a bad bell': ",
        "'a dead bell' ",
    ]
    assert isinstance(takes.failures[0], errors.RejectedError)


def test_an_interrupted_embedded_call_does_not_keep_the_next_one_waiting(tmp_path):
    with Studio(Settings.load(home=tmp_path)) as studio:
        request = studio.plan("city street at night", takes=40, seconds=30)
        reached = threading.Event()
        future = studio.begin(
            request, lambda job: job.state is State.IN_QUEUE and reached.set(), [].append
        )
        assert reached.wait(WITHIN_SECONDS)
        future.cancel()
        assert studio.generate("a beep", seconds=1, timeout=WITHIN_SECONDS).seconds == 1.0


def test_reuse_takes_what_is_there_and_buys_only_the_rest(server, tmp_path):
    with kernel(server, tmp_path) as studio:
        first = studio.generate("a bell", takes=2, seconds=1)
        again = studio.generate("a bell", takes=3, seconds=1, reuse=True)
        assert [take.sound for take in again][:2] == [take.sound for take in first]
        assert [take.index for take in again] == [1, 2, 3]
    assert server.received.submits == {"a bell": 3}


def test_reuse_needs_no_server_when_all_is_there(server, tmp_path):
    with kernel(server, tmp_path) as studio:
        first = studio.compare("a {small|big} bell", seconds=1)
    with kernel(server, tmp_path) as other:
        again = other.compare("a {small|big} bell", seconds=1, reuse=True)
    assert [take.sound for take in again] == [take.sound for take in first]
    assert [take.factors for take in again] == [{"A": "small"}, {"A": "big"}]
    assert set(server.received.submits.values()) == {1}


def test_another_length_is_not_the_same_sound(server, tmp_path):
    with kernel(server, tmp_path) as studio:
        studio.generate("a bell", seconds=1)
        assert studio.generate("a bell", seconds=2, reuse=True).seconds == 2.0


def test_buying_again_what_is_there_says_so(server, tmp_path):
    with kernel(server, tmp_path) as studio:
        studio.generate("a bell", seconds=1)
        with pytest.warns(UserWarning, match="1 of these 1 sounds are in the library already"):
            studio.generate("a bell", seconds=1)
    assert server.received.submits == {"a bell": 2}


# Sounds that came whole and cannot be decoded

NOISE = 0.3 * np.random.default_rng(1).standard_normal(22050)
GOOD_MP3 = Sound.from_samples(NOISE, 44100, format="mp3").data
BAD_MP3 = GOOD_MP3[: len(GOOD_MP3) // 2] + bytes(len(GOOD_MP3) // 2)
GOOD_WAV = Sound.from_samples(NOISE, 44100).data
# samples as 32-bit numbers that are none
BAD_WAV = (
    GOOD_WAV[:16]
    + bytes.fromhex("1000000003000100 44ac0000 10b10200 0400 2000")
    + (GOOD_WAV[36:44] + b"\xff" * (len(GOOD_WAV) - 44))
)


def bought(**files):
    """An API whose tasks T1, T2, ... are done at once, each with its own files by suffix."""
    numbers = iter(range(1, 100))

    def submitted(_):
        return receipt(f"T{next(numbers)}", eta=0)

    def asked(request):
        task, host = request.query["task_id"], f"http://{request.headers['host']}"
        links = {"mp3": "conversion_path", "wav": "conversion_path_wav"}
        mine = {links[name]: f"{host}/{task}.{name}" for name in files[task]}
        return report("COMPLETED", task, **mine)

    answers = {
        f"/{task}.{name}": [Response(data)]
        for task, by_name in files.items()
        for name, data in by_name.items()
    }
    return ScriptedApi({f"{API}/sound_generator": [submitted], f"{API}/byId": [asked], **answers})


@contextmanager
def shop(home, **files):
    """A Studio at such an API."""
    limits = {"polls_per_minute": 6000, "parallel": 1, "home": home}
    with (
        serving(bought(**files)) as base,
        Studio(Settings(api_key="local-k", base_url=base + API, **limits)) as studio,
    ):
        yield studio


def test_one_sound_that_cannot_be_decoded_is_a_failure_beside_the_others(tmp_path):
    with shop(tmp_path, T1={"mp3": BAD_MP3}, T2={"mp3": GOOD_MP3}, T3={"mp3": GOOD_MP3}) as studio:
        cmp = studio.compare(["rain", "wind", "sea"])
        assert [take.prompt for take in cmp.takes] == ["wind", "sea"]
        (failure,) = cmp.failures
        assert isinstance(failure, errors.FetchError)
        assert isinstance(failure.__cause__, errors.NotAudioError)
        assert str(failure).startswith("'rain' (task T1) was made, and its bytes are kept, but")
        assert studio.library.sounds(failure.job.id)[0].data == BAD_MP3


def test_the_only_sound_cannot_be_decoded_and_resume_tells_it_until_it_is_taken_out(tmp_path):
    with shop(tmp_path, T1={"mp3": BAD_MP3}) as studio:
        with pytest.raises(errors.FetchError, match="mp3 cannot be decoded") as raised:
            studio.generate("rain")
        for _ in range(2):
            takes = studio.resume()
            assert len(takes) == 0
            assert [str(failure) for failure in takes.failures] == [str(raised.value)]
        studio.history().library.forget(raised.value.job.id)
        assert studio.resume().failures == ()


def test_a_sound_that_cannot_be_decoded_is_not_used_again(tmp_path):
    with shop(tmp_path, T1={"mp3": BAD_MP3}, T2={"mp3": GOOD_MP3}) as studio:
        with pytest.raises(errors.FetchError):
            studio.generate("rain")
        take = studio.generate("rain", reuse=True)
        assert take.provenance.task_id == "T2"


def test_a_wav_that_holds_no_numbers_leaves_the_mp3_to_be_measured(tmp_path):
    with shop(tmp_path, T1={"mp3": GOOD_MP3, "wav": BAD_WAV}) as studio:
        with pytest.warns(RuntimeWarning, match="the mp3 beside it is measured instead"):
            take = studio.generate("rain")
        assert (take.sound.data, take.wav) == (GOOD_MP3, None)
        (again,) = studio.history().takes()
        assert again.measures["seconds"] == take.measures["seconds"]
        assert studio.resume().failures == ()


def test_a_sound_that_was_kept_without_its_numbers_is_measured_by_resume(tmp_path):
    with shop(tmp_path, T1={"mp3": GOOD_MP3}) as studio:
        take = studio.generate("rain")
        (entry,) = studio.history().entries
        studio.library.measured(entry.id, {})  # as if a kernel had ended right before
        assert len(studio.resume()) == 0
        assert studio.library.entry(entry.id).measures["peak_dbfs"] == take.measures["peak_dbfs"]
