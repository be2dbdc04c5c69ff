"""Two real kernels on one library: all sounds of both, one's jobs after its death, one budget."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from functools import partial

import pytest
from crash_driver import hiss
from kernel_driver import KERNELS, PATIENCE_SECONDS, Gate, Kernel
from scripted_api import API, serving

from soundgen_nb.errors import RejectedError
from soundgen_nb.library import Library
from soundgen_nb.server import Faults, JobBoard, create_app
from soundgen_nb.server.received import Tally

KEY = "local-of-two-kernels"


class Place:
    """A server whose held renderings wait until they are let go; and how to connect to it."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.tally = Tally()

    def perform(self, prompt, *, seconds, seed):
        if "held" in prompt:
            assert self.let_go.wait(PATIENCE_SECONDS)
        if "doomed" in prompt:
            raise RejectedError("the engine has given up")
        return hiss(prompt, seconds=seconds, seed=seed)

    def connect(self, kernel, **settings):
        words = {"api_key": KEY, "base_url": self.base_url, "polls_per_minute": 600} | settings
        assert kernel.run(f"import soundgen_nb as sg; sg.connect(**{words!r})").error == ""


@contextmanager
def place(**faults):
    it = Place()
    with JobBoard(perform=it.perform, workers=8) as board:
        it.gate = Gate(create_app(board, token=KEY, tally=it.tally, faults=faults))
        with serving(it.gate) as base:
            it.base_url = base + API
            yield it
            it.let_go.set()


@pytest.fixture(scope="module")
def new_kernel(tmp_path_factory):
    home = str(tmp_path_factory.mktemp("home"))
    return partial(Kernel, KERNELS[0], {"SOUNDGEN_HOME": home, "IPYTHONDIR": home})


@pytest.fixture(scope="module")
def kernels(new_kernel):
    both = [new_kernel(), new_kernel()]
    yield both
    for kernel in both:
        kernel.close()


@pytest.fixture
def server(kernels):
    with place(lost=Faults(after_accepting=500)) as it:
        for kernel in kernels:
            it.connect(kernel, parallel=4)
        yield it


def told(kernel, expression):
    """The value of an expression in a kernel."""
    ran = kernel.run(f"import json; print(json.dumps({expression}))")
    assert ran.error == ""
    return json.loads(ran.text)


def resumed(kernel):
    """What ``resume`` gives there: prompts, and the names of the errors."""
    prompts = "[take.prompt for take in takes]"
    errors = "sorted(type(error).__name__ for error in takes.failures)"
    assert kernel.run("takes = sg.resume()").error == ""
    return told(kernel, f"[{prompts}, {errors}]")


def test_both_kernels_see_all_sounds_that_they_made_at_once(kernels, server):
    templates = ["rain A.{1|2|3}", "rain B.{1|2|3}"]
    cells = [
        kernel.queue(f"sg.compare({template!r}, seconds=1)")
        for kernel, template in zip(kernels, templates, strict=True)
    ]
    for kernel, cell in zip(kernels, cells, strict=True):
        assert kernel.ended(cell).error == ""
    prompts = [f"rain {kernel}.{number}" for kernel in "AB" for number in (1, 2, 3)]
    for kernel in kernels:
        ours = "sg.history(prompt='rain ')"
        assert sorted(told(kernel, f"{ours}['prompt'].tolist()")) == prompts
        assert set(told(kernel, f"{ours}['state'].tolist()")) == {"COMPLETED"}
        assert told(kernel, f"len({ours}.takes())") == 6
    assert server.tally.received.submits == dict.fromkeys(prompts, 1)


def test_an_interrupted_kernel_finishes_its_own_jobs(kernels, server):
    first, second = kernels
    cell = first.queue("sg.generate('a held bell', seconds=1)")
    server.gate.until("byId")
    first.interrupt()
    assert "sg.resume() fetches them" in first.ended(cell).error
    assert resumed(second) == [[], []], "a kernel that lives may want to go on itself"
    server.let_go.set()
    assert resumed(first) == [["a held bell"], []]
    assert server.tally.received.submits == {"a held bell": 1}


def test_another_kernel_finishes_the_jobs_of_a_killed_one(kernels, server, new_kernel):
    doomed = new_kernel()
    server.connect(doomed, parallel=4)
    prompts = ["a held door", "a held and doomed door", "a lost door"]
    doomed.queue(f"sg.compare({prompts!r}, seconds=1)")
    server.gate.until("byId", 2)
    doomed.close()
    server.let_go.set()
    survivor = kernels[1]
    assert resumed(survivor) == [["a held door"], ["JobFailedError", "OutcomeUnknownError"]]
    assert resumed(survivor) == [[], ["OutcomeUnknownError"]]
    states = told(survivor, "sg.history(prompt='door')[['prompt', 'state']].values.tolist()")
    assert dict(states) == dict(zip(prompts, ["COMPLETED", "FAILED", "UNKNOWN"], strict=True))
    assert server.tally.received.submits == dict.fromkeys(prompts, 1)


def test_two_kernels_make_no_more_status_calls_than_one_key_may(kernels):
    """One call a minute there is, and both want to make theirs after a second."""
    with place(held=Faults(polls_per_minute=1)) as scarce:
        for kernel in kernels:
            scarce.connect(kernel, polls_per_minute=1)
        cells = [
            kernel.queue("sg.generate('a held sea', seconds=1, timeout=4)") for kernel in kernels
        ]
        for kernel, cell in zip(kernels, cells, strict=True):
            assert kernel.ended(cell).reply["ename"] == "DeadlineError"
        assert scarce.tally.received.asks.total() == 1
        assert scarce.tally.received.accepted == {"a held sea": 2}


def test_a_call_that_arrives_late_does_not_meet_the_next_one_at_the_api():
    def reserved(**late):
        with Library.in_memory() as library:
            return [library.reserve_poll("u", "k", per_minute=1, now=0.0, **late) for _ in "ab"]

    assert reserved() == [0.0, 60.0]
    assert reserved(late_seconds=2.0) == [0.0, 62.0]
