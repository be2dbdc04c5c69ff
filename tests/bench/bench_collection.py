"""A thousand clips measured: with one worker, with two, and on a Dask cluster; and the memory.

All ways measure the same files in turn. Run: ``pytest -s tests/bench/bench_collection.py``; some
five minutes. Ratios are to one worker. Memory is of this process and, where there are some, of its
workers.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

import soundgen_nb as sg

pytestmark = [pytest.mark.bench, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

CLIPS, DISTINCT, SECONDS, RATE = 1000, 20, 4, 44_100


def resident_mb(pid):
    """The memory a process holds, in megabytes; Linux only."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class Watched(Executor):
    """Another executor, and the memory as every tenth of the work was handed out."""

    def __init__(self, executor, pids):
        self.executor, self.pids, self.asked, self.memory = executor, pids, 0, []

    def submit(self, work, /, *arguments, **named):
        if self.asked % (CLIPS // 10) == 0:
            self.memory.append(sum(map(resident_mb, self.pids())))
        self.asked += 1
        return self.executor.submit(work, *arguments, **named)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    rng = np.random.default_rng(0)
    data = [
        sg.Sound.from_samples(rng.normal(0, 0.1, (2, SECONDS * RATE)), RATE, format="mp3").data
        for _ in range(DISTINCT)
    ]
    for number in range(CLIPS):
        (folder / f"{number:04}.mp3").write_bytes(data[number % DISTINCT])
    return folder


def measured(name, executor, pids, folder, first=None):
    watched = Watched(executor, pids)
    start = time.perf_counter()
    frame = sg.measure(folder, executor=watched)
    took = time.perf_counter() - start
    memory = [*watched.memory, sum(map(resident_mb, pids()))]
    at = ", ".join(f"{memory[place]:.0f}" for place in (0, len(memory) // 2, -1))
    ratio = f"{(first or took) / took:5.2f} x"
    print(f"{name:<24}{CLIPS / took:7.1f} clips/s {ratio}  MB at start, middle, end: {at}")
    assert (frame["error"] == "").all()
    return took, frame


def test_a_thousand_clips(capsys, clips):
    distributed = pytest.importorskip("distributed")
    own = os.getpid()
    sg.measure(clips / "0000.mp3")
    with capsys.disabled():
        print(f"\n{CLIPS} mp3s of {SECONDS} s, stereo")
        with ThreadPoolExecutor(1) as pool:
            first, here = measured("one thread", pool, lambda: [own], clips)
        with ThreadPoolExecutor(2) as pool:
            measured("two threads", pool, lambda: [own], clips, first)
        with ProcessPoolExecutor(2, get_context("spawn")) as pool:
            list(pool.map(abs, range(8)))
            workers = list(pool._processes)
            measured("two processes", pool, lambda: [own, *workers], clips, first)
        with (
            distributed.LocalCluster(
                n_workers=2, threads_per_worker=1, dashboard_address=None
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            workers = list(client.run(os.getpid).values())
            _, there = measured(
                "Dask, two workers", client.get_executor(), lambda: [own, *workers], clips, first
            )
    assert there.equals(here)
