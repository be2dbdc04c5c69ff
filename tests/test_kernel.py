"""In a real kernel: outputs in their cells, queued cells that run, and a stop button that stops.

``SOUNDGEN_TEST_KERNELS`` names other Python executables (joined like a PATH) whose kernels are
tested instead: each needs ipykernel and this package.
"""

import json
from pathlib import Path
from threading import Event

import pytest
from kernel_driver import KERNELS, PATIENCE_SECONDS, Gate, Kernel
from scripted_api import API, serving

from soundgen_nb.errors import RejectedError
from soundgen_nb.server import JobBoard, create_app

KEY = "local-for-this-test"
WITHIN_SECONDS = 3.0  # a third of a second is usual; a held request would take a minute
HEAVY = ("numpy", "httpx", "librosa", "numba", "scipy", "matplotlib", "pandas", "ipywidgets",
         "starlette", "uvicorn", "soundfile", "PIL")  # fmt: skip

NESTING = {
    "nothing-nested": "",
    "allow-nested-loops": "sg.allow_nested_loops()",
}

RUNNING_AFTER = """
import asyncio
from soundgen_nb.background import background
async def _others():
    return [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
print("running:", len(background.run(_others())), "moves:", 6 * 7)
"""


@pytest.fixture(scope="module", params=KERNELS, ids=lambda path: Path(path).parent.parent.name)
def python(request):
    return request.param


@pytest.fixture(scope="module", params=NESTING.values(), ids=NESTING)
def kernel(python, request, tmp_path_factory):
    """A kernel in which the package is imported, and loops may be nested or not."""
    home = str(tmp_path_factory.mktemp("home"))
    made = Kernel(python, {"SOUNDGEN_HOME": home, "IPYTHONDIR": home})
    try:
        made.imported = made.run(
            "import sys; _before = set(sys.modules); import json, time; import soundgen_nb as sg\n"
            "print(json.dumps(sorted({m.partition('.')[0] for m in set(sys.modules) - _before})))"
        )
        made.nested = made.run(request.param)
        yield made
    finally:
        made.close()


@pytest.fixture
def gate(kernel):
    """The gate of an API that is never done with a sound; the kernel is connected to it."""
    over = Event()

    def perform(prompt, **_):
        over.wait(PATIENCE_SECONDS)
        raise RejectedError(f"the test is over: {prompt}")

    with JobBoard(perform=perform) as board:
        gate = Gate(create_app(board, token=KEY))
        with serving(gate) as base:
            connected = kernel.run(
                f"sg.connect(api_key={KEY!r}, base_url={base + API!r}, polls_per_minute=600)"
            )
            assert connected.error == ""
            yield gate
            over.set()


def test_importing_in_a_kernel_brings_in_nothing_heavy(kernel):
    assert kernel.imported.status == "ok", kernel.imported.error
    came = json.loads(kernel.imported.text)
    assert "soundgen_nb" in came
    assert not set(came) & set(HEAVY)


def test_nesting_was_allowed_where_that_was_asked(kernel):
    assert kernel.nested.status == "ok", kernel.nested.error
    assert kernel.nested.of("stream") == []


SOUNDS = {
    "sync": "take = sg.generate('three knocks on a door', seconds=1, seed=1)",
    "awaited": "take = await sg.agenerate('three knocks on a door', seconds=1, seed=1)",
}


@pytest.mark.parametrize("code", SOUNDS.values(), ids=SOUNDS)
def test_output_lands_in_its_cell_and_the_queued_cell_runs(kernel, code):
    kernel.run("studio = sg.connect()")
    first = kernel.queue(f"print('before'); {code}; print(take.sound.format, take.seconds)")
    second = kernel.queue("print('the queued cell')")
    third = kernel.queue("import asyncio; await asyncio.sleep(0); print('an awaiting cell')")
    made = kernel.ended(first)
    assert made.error == ""
    assert made.text == "before\nmp3 1.0\n"
    assert kernel.ended(second).text == "the queued cell\n"
    assert kernel.ended(third).text == "an awaiting cell\n"


def test_a_take_shows_itself_below_its_cell(kernel):
    kernel.run("studio = sg.connect()")
    shown = kernel.run("sg.generate('three knocks on a door', seconds=1, seed=1)")
    (result,) = shown.of("execute_result")
    assert "<audio" in result["data"]["text/html"]


def test_a_users_own_run_in_a_cell_works_where_nesting_was_allowed(kernel):
    kernel.run("studio = sg.connect()")
    first = kernel.queue(
        "import asyncio\n"
        "take = asyncio.run(sg.agenerate('three knocks on a door', seconds=1, seed=1))\n"
        "print(take.seconds)"
    )
    second = kernel.queue("print('the queued cell')")
    ran = kernel.ended(first)
    assert kernel.ended(second).text == "the queued cell\n"
    if "nest" in kernel.nested.text:
        assert ran.text == "1.0\n"
    else:
        assert "cannot be called from a running event loop" in ran.error


STOPS = {  # a cell, the requests that are never answered, and those that come before the stop
    "sync": ("sg.generate('rain', takes=3)", "", "byId"),
    "awaited": ("await sg.agenerate('rain', takes=3)", "", "byId"),
    "sync-compare": ("sg.compare('rain on a {roof|tent}')", "", "sound_generator"),
    "awaited-compare": ("await sg.acompare('rain on a {roof|tent}')", "", "sound_generator"),
    "sync-held-status": ("sg.generate('rain')", "byId", "byId"),
    "awaited-held-status": ("await sg.agenerate('rain')", "byId", "byId"),
    "sync-held-submit": ("sg.generate('rain')", "sound_generator", "sound_generator"),
    "awaited-held-submit": ("await sg.agenerate('rain')", "sound_generator", "sound_generator"),
}


@pytest.mark.parametrize(("call", "held", "until"), STOPS.values(), ids=STOPS)
def test_the_stop_button_stops_at_once_and_says_what_was_sent(kernel, gate, call, held, until):
    gate.holds = held
    cell = kernel.queue(call)
    queued = kernel.queue("print('the queued cell')")
    gate.until(until)
    kernel.until_output(cell, "display_data")
    pressed = kernel.interrupt()
    stopped = kernel.ended(cell)
    assert stopped.ended_at - pressed < WITHIN_SECONDS
    assert stopped.reply["ename"] in {"KeyboardInterrupt", "CancelledError"}
    assert "had already been submitted and may be charged" in stopped.traceback
    assert kernel.ended(queued).text == "the queued cell\n"
    if held:
        gate.until_left()
    asked = dict(gate.counts)
    assert "running: 0 moves: 42" in kernel.run(RUNNING_AFTER).text
    assert gate.counts == asked


def test_progress_shows_while_a_cell_waits_and_is_blank_afterwards(kernel, gate):
    cell = kernel.queue("sg.generate('rain')")
    gate.until("sound_generator")
    kernel.until_output(cell, "display_data")
    kernel.interrupt()
    stopped = kernel.ended(cell)
    first = stopped.of("display_data")[0]["data"]
    assert 'role="progressbar"' in first["text/html"]
    assert stopped.displays
    assert all(not any(data.values()) for data in stopped.displays.values())


@pytest.mark.parametrize(
    "kernel", [NESTING["allow-nested-loops"]], indirect=True, ids=["allow-nested-loops"]
)
def test_one_stop_is_enough_for_a_users_own_run(kernel, gate):
    assert "nest_asyncio" in kernel.nested.text
    cell = kernel.queue("import asyncio; asyncio.run(sg.agenerate('rain'))")
    gate.until("sound_generator")
    kernel.until_output(cell, "display_data")
    pressed = kernel.interrupt()
    stopped = kernel.ended(cell)
    assert stopped.ended_at - pressed < WITHIN_SECONDS
    assert stopped.status == "error"
    assert "running: 0 moves: 42" in kernel.run(RUNNING_AFTER).text
