"""Rendering on other executors: the same sounds, the same errors, and nothing left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

import soundgen_nb as sg
from soundgen_nb.errors import ServerError, SettingsError
from soundgen_nb.server import JobBoard
from soundgen_nb.wire import State, Submission

PATIENCE = 60  # seconds, for what should take little
DRIVER = Path(__file__).with_name("executor_driver.py")


@pytest.fixture(scope="module")
def pool():
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        yield pool


def report_of(board, prompt):
    receipt = board.accept(Submission(prompt=prompt, seconds=1, seed=5))
    return asyncio.run(board.ended(receipt.task_id))


def test_a_studio_on_a_pool_of_processes_gives_the_embedded_sounds_bit_for_bit(pool, tmp_path):
    asked = {"takes": 2, "seconds": 1, "seed": 7}
    with sg.LocalServer(executor=pool) as server:
        settings = sg.Settings.load(
            api_key=server.api_key, base_url=server.base_url, polls_per_minute=6000
        )
        with sg.Studio(settings) as studio:
            elsewhere = studio.generate("waves at the sea shore", **asked)
    with sg.Studio(sg.Settings(home=tmp_path)) as studio:
        here = studio.generate("waves at the sea shore", **asked)
    assert [take.sound.data for take in elsewhere] == [take.sound.data for take in here]
    assert [take.wav.data for take in elsewhere] == [take.wav.data for take in here]


class Counting(ThreadPoolExecutor):
    """Threads that know how much they were given to do."""

    submitted = 0

    def submit(self, *args, **kwargs):
        self.submitted += 1
        return super().submit(*args, **kwargs)


def test_the_embedded_engine_renders_where_it_is_told_and_leaves_the_place_open(tmp_path):
    with Counting(1) as executor:
        with sg.Studio(sg.Settings(home=tmp_path), executor=executor) as studio:
            takes = studio.generate("a knock", takes=2, seconds=1, seed=3)
        assert (len(takes), executor.submitted) == (2, 2)
        assert executor.submit(len, "open").result(PATIENCE) == 4


def test_an_executor_for_sounds_that_are_made_elsewhere_is_refused(tmp_path, pool):
    settings = sg.Settings(api_key="a-key", home=tmp_path)
    with pytest.raises(SettingsError, match="leave out executor"):
        sg.Studio(settings, executor=pool)


def test_a_refusal_comes_out_of_a_process_in_the_same_words(pool):
    prompt = 'a woman says "good morning"'
    with JobBoard(pool) as elsewhere, JobBoard() as here:
        reports = [report_of(board, prompt) for board in (elsewhere, here)]
    assert [report.state for report in reports] == [State.FAILED] * 2
    assert reports[0].message == reports[1].message


@pytest.mark.skipif(sys.platform == "win32", reason="os.kill asks for a POSIX system")
def test_a_killed_worker_ends_its_job_and_every_later_one_with_words():
    with ProcessPoolExecutor(1, get_context("spawn")) as pool, JobBoard(pool) as board:
        worker = pool.submit(os.getpid).result(PATIENCE)
        receipt = board.accept(Submission(prompt="heavy rain", seconds=60, seed=1))
        os.kill(worker, signal.SIGKILL)
        report = asyncio.run(board.ended(receipt.task_id))
        assert report.state is State.FAILED
        assert "BrokenProcessPool" in report.message
        with pytest.raises(ServerError, match="takes no more work"):
            board.accept(Submission(prompt="rain"))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no process groups to interrupt")
def test_an_interrupt_of_a_program_and_its_workers_leaves_no_process_behind():
    program = subprocess.Popen(
        [sys.executable, DRIVER],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert program.stdout.readline() == "begun\n"
        os.killpg(program.pid, signal.SIGINT)  # as a terminal does: every process of the group
        # the pipes end when the last process that holds them does
        out, err = program.communicate(timeout=PATIENCE)
    finally:
        program.kill()
    assert (out, err, program.returncode) == ("stopped\n", "", 0)
