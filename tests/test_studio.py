"""Studio: a few verbs over everything, on the embedded engine and over a real port alike."""

import asyncio
import inspect
import os
import signal
import subprocess
import sys
import threading

import pytest
from scripted_api import API, ScriptedApi, receipt, report, serving
from starlette.responses import Response

import soundgen_nb as sg
from soundgen_nb.comparison import Comparison
from soundgen_nb.errors import (
    AuthenticationError,
    ClosedError,
    DeadlineError,
    InputError,
    JobFailedError,
    NoAnswerError,
    NothingSucceededError,
    OutcomeUnknownError,
    PromptError,
    SoundgenError,
    TemplateError,
)
from soundgen_nb.prompt import Prompt
from soundgen_nb.server import LocalServer
from soundgen_nb.settings import Settings
from soundgen_nb.sound import Sound
from soundgen_nb.studio import Studio
from soundgen_nb.take import Take, Takes
from soundgen_nb.verbs import default_studio
from soundgen_nb.wire import State

WITHIN_SECONDS = 20.0
KNOCKS = {"seconds": 1, "seed": 1}
SUBMIT, BY_ID = f"{API}/sound_generator", f"{API}/byId"
CLICK = Sound.from_samples([0.5, *[0.0] * 4409], 44100)

by_both_forms = pytest.mark.parametrize("form", ["sync", "awaited"])


@pytest.fixture(scope="module")
def studio():
    with Studio(Settings()) as made:
        yield made


def asked(studio, verb, form, *args, **more):
    """The result of a verb in its sync or its awaited form."""
    if form == "sync":
        return getattr(studio, verb)(*args, **more)

    async def cell():
        return await getattr(studio, f"a{verb}")(*args, **more)

    return asyncio.run(cell())


def reached(base, **more):
    """A Studio at a scripted API."""
    limits = {"polls_per_minute": 6000, "parallel": 10} | more
    return Studio(Settings(api_key="local-k", base_url=base + API, **limits))


def finished(**more):
    """An API whose every job is done at the first ask."""

    def answer(request):
        link = f"http://{request.headers['host']}/T1.wav"
        return report("COMPLETED", conversion_path_wav=link)

    answers = {SUBMIT: [receipt(eta=0)], BY_ID: [answer], "/T1.wav": [Response(CLICK.data)]}
    return ScriptedApi(answers | more)


@by_both_forms
def test_one_prompt_gives_a_take(studio, form):
    take = asked(studio, "generate", form, "three knocks on a door", **KNOCKS)
    assert isinstance(take, Take)
    assert take.seconds == 1.0
    assert take.provenance.seed == 1
    assert "embedded engine" in take.provenance.engine
    assert take.sound.format == "mp3"
    assert take.wav is not None
    assert take.wav.format == "wav"


@by_both_forms
def test_several_takes_come_as_takes(studio, form):
    takes = asked(studio, "generate", form, "three knocks", takes=2, **KNOCKS)
    assert isinstance(takes, Takes)
    assert [(take.index, take.provenance.seed) for take in takes] == [(1, 1), (2, 2)]
    assert takes.failures == ()


@by_both_forms
def test_a_template_gives_a_comparison(studio, form):
    cmp = asked(studio, "compare", form, "a {small|big} bell", **KNOCKS)
    assert isinstance(cmp, Comparison)
    assert [take.prompt for take in cmp.takes] == ["a small bell", "a big bell"]
    assert [take.factors for take in cmp.takes] == [{"A": "small"}, {"A": "big"}]


def test_the_same_seed_gives_the_same_bytes(studio):
    first, second = (studio.generate("three knocks", **KNOCKS) for _ in range(2))
    assert first.sound == second.sound
    assert first.provenance.task_id != second.provenance.task_id


def test_a_port_and_no_port_give_the_same_bytes(studio):
    with LocalServer() as server:
        settings = Settings(api_key=server.api_key, base_url=server.base_url)
        with Studio(settings) as over_http:
            over_http.check()
            far = over_http.generate("three knocks", **KNOCKS)
    near = studio.generate("three knocks", **KNOCKS)
    assert far.sound == near.sound
    assert far.provenance.base_url == settings.base_url


def test_every_job_is_known_with_its_end(studio):
    before = len(studio.jobs())
    take = studio.generate("three knocks", **KNOCKS)
    (job,) = studio.jobs()[before:]
    assert (job.state, job.task_id) == (State.COMPLETED, take.provenance.task_id)


REFUSED = {
    "blank": (("generate", ""), {}, PromptError, "blank"),
    "not-text": (("generate", None), {}, PromptError, "must be text"),
    "no-prompts": (("compare", []), {}, PromptError, "no prompts"),
    "template": (("compare", "{a|b"), {}, TemplateError, "does not close"),
    "no-takes": (("generate", "rain"), {"takes": 0}, InputError, "takes must be"),
    "half": (("generate", "rain"), {"seconds": 2.5}, InputError, "seconds must be"),
    "many": (("generate", "rain"), {"takes": 65}, InputError, "confirm=True"),
}


@by_both_forms
@pytest.mark.parametrize(("call", "more", "kind", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_used_is_refused_before_anything_is_sent(
    studio, form, call, more, kind, words
):
    before = len(studio.jobs())
    with pytest.raises(kind, match=words):
        asked(studio, *call[:1], form, *call[1:], **more)
    assert len(studio.jobs()) == before


def test_an_explosion_that_is_meant_is_planned(studio):
    template = "{a|b|c|d|e|f|g|h} {i|j|k|l|m|n|o|p} {q|r}"
    with pytest.raises(TemplateError, match="confirm=True"):
        studio._compare(template)
    assert len(studio._compare(template, confirm=True).order.items) == 128


@by_both_forms
def test_one_sound_that_fails_raises_with_its_job(form):
    failing = report("FAILED", message="too odd")
    with (
        serving(finished(**{BY_ID: [failing]})) as base,
        reached(base) as studio,
        pytest.raises(JobFailedError, match="too odd") as caught,
    ):
        asked(studio, "generate", form, "rain")
    assert caught.value.job.task_id == "T1"
    assert studio.jobs() == [caught.value.job]


def test_of_several_what_came_is_returned_with_the_failures():
    api = finished(**{SUBMIT: [(422, {"success": False, "error": "no"}), receipt(eta=0)]})
    with serving(api) as base, reached(base, parallel=1) as studio:
        takes = studio.generate("rain", takes=3)
    assert [take.index for take in takes] == [2, 3]
    assert [failure.status for failure in takes.failures] == [422]
    assert "422" in takes._repr_html_()


def test_it_raises_when_none_of_several_came():
    api = finished(**{SUBMIT: [(422, {"success": False, "error": "no"})]})
    with (
        serving(api) as base,
        reached(base) as studio,
        pytest.raises(NothingSucceededError, match="none of the 3 sounds") as caught,
    ):
        studio.generate("rain", takes=3)
    assert len(caught.value.failures) == 3


def test_a_key_that_is_not_accepted_is_told_by_check_and_by_the_first_sound():
    refused = (401, {"success": False, "error": "Authentication failed"})
    api = ScriptedApi({SUBMIT: [refused], BY_ID: [refused]})
    with serving(api) as base, reached(base) as studio:
        with pytest.raises(AuthenticationError, match="SOUNDGEN_API_KEY"):
            studio.check()
        with pytest.raises(AuthenticationError, match="SOUNDGEN_API_KEY"):
            studio.generate("rain")
    assert len(api.submits) == 1


def test_an_unknown_outcome_is_never_sent_again():
    api = ScriptedApi({SUBMIT: [(503, {"error": "busy"})]})
    with serving(api) as base, reached(base) as studio:
        with pytest.raises(OutcomeUnknownError, match="may have been accepted and charged"):
            studio.generate("rain")
        assert [job.state for job in studio.jobs()] == [State.UNKNOWN]
    assert len(api.submits) == 1


@by_both_forms
def test_time_that_runs_out_leaves_the_job_with_its_id(form):
    api = finished(**{BY_ID: [report("IN_QUEUE")]})
    with (
        serving(api) as base,
        reached(base) as studio,
        pytest.raises(DeadlineError, match="the API goes on with it") as caught,
    ):
        asked(studio, "generate", form, "rain", timeout=0.2)
    assert caught.value.job.task_id == "T1"


def test_where_nobody_listens_it_says_so_and_nothing_was_accepted():
    with serving(ScriptedApi()) as base:
        pass
    with reached(base) as studio, pytest.raises(NoAnswerError, match="could not be sent"):
        studio.generate("rain")


def test_what_was_paid_is_summed_in_the_servers_unit():
    api = finished(**{SUBMIT: [receipt(eta=0, credit_estimate=0.99)]})
    with serving(api) as base, reached(base) as studio:
        studio.generate("rain", takes=2)
        assert studio.spent == pytest.approx(1.98)


def test_labels_and_webhooks_go_to_the_api_as_they_are():
    api = finished()
    with serving(api) as base, reached(base) as studio:
        studio.generate("rain", user_id="me", webhook_url="https://me.example/x", seconds=5)
    assert api.submits[0].fields == {
        "prompt": "rain",
        "audio_length": "5",
        "user_id": "me",
        "webhook_url": "https://me.example/x",
    }


def queueing():
    """An API that never comes to a job, and an event that is set once it is asked about one."""
    asked_about = threading.Event()

    def answer(_):
        asked_about.set()
        return report("IN_QUEUE")

    return finished(**{BY_ID: [answer]}), asked_about


def test_an_interrupt_says_what_had_been_submitted():
    api, asked_about = queueing()

    def press():
        asked_about.wait(WITHIN_SECONDS)
        signal.raise_signal(signal.SIGINT)  # Python runs the handler on the main thread

    presser = threading.Thread(target=press)
    with serving(api) as base, reached(base) as studio:
        presser.start()
        with pytest.raises(KeyboardInterrupt, match=r"1 of 1 sounds .* submitted .*tasks T1"):
            studio.generate("rain")
        presser.join(WITHIN_SECONDS)
        assert [job.state for job in studio.jobs()] == [State.IN_QUEUE]


def test_cancelling_an_awaited_verb_says_what_had_been_submitted():
    api, asked_about = queueing()

    async def cell(studio):
        task = asyncio.create_task(studio.agenerate("rain"))
        assert await asyncio.to_thread(asked_about.wait, WITHIN_SECONDS)
        task.cancel()
        await task

    with (
        serving(api) as base,
        reached(base) as studio,
        pytest.raises(asyncio.CancelledError, match="may be charged"),
    ):
        asyncio.run(cell(studio))


def test_stopping_the_embedded_engine_says_that_nothing_was_charged(studio):
    async def cell():
        task = asyncio.create_task(studio.agenerate("a beep", takes=3, seconds=1))
        await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError, match="nothing was charged"):
        asyncio.run(cell())


def test_an_awaited_verb_obeys_the_callers_own_timeout():
    async def cell(studio):
        async with asyncio.timeout(0.2):
            await studio.agenerate("rain")

    with (
        serving(finished(**{BY_ID: [report("IN_QUEUE")]})) as base,
        reached(base) as studio,
        pytest.raises(TimeoutError, match=r"^$"),  # the cell's own, not our DeadlineError
    ):
        asyncio.run(cell(studio))


def test_awaited_verbs_run_side_by_side(studio):
    async def cell():
        return await asyncio.gather(
            *(studio.agenerate("a beep", seconds=1, seed=n) for n in (1, 2))
        )

    assert [take.provenance.seed for take in asyncio.run(cell())] == [1, 2]


def test_many_threads_may_use_one_studio(studio):
    takes = {}

    def make(seed):
        takes[seed] = studio.generate("a beep", seconds=1, seed=seed)

    threads = [threading.Thread(target=make, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WITHIN_SECONDS)
    assert {seed: take.provenance.seed for seed, take in takes.items()} == {n: n for n in range(6)}


def test_a_request_can_be_planned_begun_and_heard_of_while_it_runs(studio):
    request = studio.plan([Prompt("a beep"), Prompt("a bell")], seconds=1)
    assert len(request.order.jobs) == 2
    told, arrived = [], []
    cmp = studio.begin(request, told.append, arrived.append).result(WITHIN_SECONDS)
    assert len(cmp.takes) == 2
    assert {take.prompt for take in arrived} == {"a beep", "a bell"}
    assert told[0].state is State.SENDING
    assert {job.state for job in told[-2:]} <= {State.COMPLETED, State.IN_QUEUE, State.IN_PROGRESS}


def test_a_large_request_is_doubted_before_it_is_begun(studio):
    assert studio.doubt(studio.plan("a beep", takes=64)) == ""
    large = studio.plan("a beep", takes=65, confirm=True)
    assert studio.doubt(large) == "this would make 65 sounds, more than 64"


def test_a_begun_request_can_be_stopped():
    api = finished(**{BY_ID: [report("IN_QUEUE")]})
    submitted = threading.Event()

    def notice(job):
        if job.state is State.IN_QUEUE:
            submitted.set()

    with serving(api) as base, reached(base) as studio:
        future = studio.begin(studio.plan("rain"), notice, print)
        assert submitted.wait(WITHIN_SECONDS)
        assert future.cancel()


def test_a_closed_studio_says_so_and_closes_twice():
    studio = Studio(Settings())
    studio.close()
    studio.close()
    with pytest.raises(InputError, match=r"closed; sg\.connect"):
        studio.generate("rain")


CLOSED_CALLS = {
    "check": Studio.check,
    "history": Studio.history,
    "resume": Studio.resume,
    "left_behind": lambda studio: studio.left_behind,
    "drop": lambda studio: studio.drop("a job"),
    "resend": lambda studio: studio.resend("a job"),
    "reuse": lambda studio: studio.generate("rain", reuse=True),
}


@pytest.mark.parametrize("settings", [{}, {"api_key": "a-key", "base_url": "http://127.0.0.1:9"}])
@pytest.mark.parametrize("call", CLOSED_CALLS.values(), ids=CLOSED_CALLS)
def test_whatever_is_asked_of_a_closed_studio_says_that_it_is_closed(settings, call, tmp_path):
    studio = Studio(Settings(home=tmp_path, **settings))
    studio.close()
    with pytest.raises(ClosedError, match=r"closed; sg\.connect"):
        call(studio)
    assert list(tmp_path.iterdir()) == []


def test_a_call_that_waits_when_its_studio_is_closed_ends_with_one_of_our_errors():
    studio, accepted = Studio(Settings()), threading.Event()

    def notice(job):
        if job.state is State.IN_QUEUE:
            accepted.set()

    future = studio.begin(studio.plan("rain", seconds=5), notice, [].append)
    assert accepted.wait(WITHIN_SECONDS)
    studio.close()
    with pytest.raises(SoundgenError, match="closed"):
        future.result(WITHIN_SECONDS)


def test_it_shows_where_it_works_and_how_things_stand():
    with Studio(Settings()) as studio:
        assert repr(studio) == "<Studio at embedded engine: no jobs yet>"
        studio.generate("a beep", **KNOCKS)
        assert repr(studio) == "<Studio at embedded engine: 1 done>"
    key = "sk-very-secret"
    with Studio(Settings(api_key=key, base_url="https://a.example/v1")) as studio:
        assert repr(studio) == "<Studio at https://a.example/v1: no jobs yet>"
        assert key not in repr(vars(studio))


def test_the_modules_verbs_use_the_studio_that_was_connected_last():
    api = finished()
    with serving(api) as base:
        studio = sg.connect(api_key="local-k", base_url=base + API, polls_per_minute=600)
        try:
            assert default_studio() is studio
            assert sg.generate("rain").sound == CLICK
        finally:
            sg.connect()
            studio.close()
    assert len(api.submits) == 1


def test_a_file_is_a_take_beside_the_others(tmp_path):
    take = sg.load(CLICK.save(tmp_path / "door.wav"))
    assert (take.prompt, take.sound, take.provenance.engine) == ("door", CLICK, "file")
    assert sg.load(tmp_path / "door.wav", prompt="a door").prompt == "a door"


FORKED = """
import os, sys
import soundgen_nb as sg
def beep():
    return sg.generate("a beep", seconds=1, seed=1, timeout=20).sound
mine = beep()
child = os.fork()
if child == 0:
    os._exit(0 if beep() == mine else 1)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status) or beep() != mine)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_the_modules_verbs_work_in_a_forked_child():
    done = subprocess.run(
        [sys.executable, "-c", FORKED], timeout=60, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("verb", ["generate", "compare"])
def test_both_forms_take_the_same_arguments_and_only_one_is_awaited(verb):
    sync, awaited = getattr(Studio, verb), getattr(Studio, f"a{verb}")
    assert inspect.signature(sync).parameters == inspect.signature(awaited).parameters
    assert inspect.iscoroutinefunction(awaited)
    assert not inspect.iscoroutinefunction(sync)
