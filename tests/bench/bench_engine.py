"""What each family of the engine costs, how far its takes differ, and what more workers bring.

Run: ``pytest -s tests/bench/bench_engine.py``. Costs are processor time on one thread; executors
are compared by the clock, as ratios to one thread, each the best of a few tries. With
``SOUNDGEN_JUDGE`` naming a folder whose ``yamnet.py`` has a ``Judge`` that gives scores and
embeddings, it is also told how alike the takes of a family are to that listener.
"""

from __future__ import annotations

import os
import statistics
import time
import tracemalloc
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from itertools import combinations
from multiprocessing import get_context

import numpy as np
import pytest

from soundgen_nb.analysis import analyse
from soundgen_nb.engine import FAMILIES, SAMPLE_RATE, Brief, compose, perform, render
from soundgen_nb.engine.sources import Source
from soundgen_nb.server.rendering import render as rendered

pytestmark = pytest.mark.bench

SEEDS = 20
SPREAD_SECONDS, TAKE_SECONDS = 2, 6
PROMPTS = [
    *("sea waves", "a dog barks", "city street at night", "birds at dawn", "footsteps on gravel"),
    *("a door creaks", "thunder", "glass breaks", "a helicopter", "a church bell", "applause"),
    "a fire",
]
TRIES = 3


def sound_of(name, seconds, seed):
    source = Source(name, place=FAMILIES[name].place)
    return render(compose(Brief(prompt=name, sources=(source,)), seconds=seconds, seed=seed))


def cpu_seconds(name, seconds):
    start = time.process_time()
    sound_of(name, seconds, seed=1)
    return time.process_time() - start


def megabytes_at_60(name):
    tracemalloc.start()
    sound_of(name, 60, seed=1)
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return highest / 1e6


def spread(name, judge):
    """How far takes differ: centroid (%), loudness (LU), likeness to a judge; and their hashes."""
    takes = [sound_of(name, SPREAD_SECONDS, seed) for seed in range(SEEDS)]
    measured = [analyse(take, SAMPLE_RATE).measures for take in takes]
    centroids = [each.centroid_hz for each in measured]
    return (
        100 * statistics.stdev(centroids) / statistics.mean(centroids),
        statistics.stdev([each.loudness_lufs for each in measured]),
        likeness(judge, takes) if judge else float("nan"),
        {sha256(take.tobytes()).digest() for take in takes},
    )


def likeness(judge, takes):
    """The mean cosine between the judge's embeddings of any two takes."""
    vectors = [judge(take, SAMPLE_RATE)[1].mean(axis=0) for take in takes]
    units = [vector / np.linalg.norm(vector) for vector in vectors]
    return statistics.mean(float(one @ other) for one, other in combinations(units, 2))


@pytest.fixture
def judge(monkeypatch):
    folder = os.environ.get("SOUNDGEN_JUDGE")
    if not folder:
        return None
    monkeypatch.syspath_prepend(folder)
    return __import__("yamnet").Judge(threads=1)


def test_cost_of_every_family(capsys):
    for name in FAMILIES:
        sound_of(name, 1, seed=0)  # imports and lookups belong to bench_start
    costs = {name: cpu_seconds(name, TAKE_SECONDS) / TAKE_SECONDS for name in FAMILIES}
    with capsys.disabled():
        print(f"\n{'family':<16}{'6 s take':>10}{'CPU s/s':>9}")
        for name in sorted(costs, key=costs.get):
            print(f"{name:<16}{1000 * TAKE_SECONDS * costs[name]:>7.0f} ms{costs[name]:>9.3f}")
        print(f"median CPU {statistics.median(costs.values()):.3f} s per second of sound")


def test_peak_memory_of_a_minute_of_every_family(capsys):
    with capsys.disabled():
        print("\npeak memory at 60 s")
        for name in FAMILIES:
            print(f"{name:<16}{megabytes_at_60(name):>6.0f} MB", flush=True)


def test_takes_of_a_family_differ_and_stay_what_they_are(capsys, judge):
    with capsys.disabled():
        print(f"\n{'family':<16}{'centroid':>10}{'loudness':>10}{'likeness':>10}")
        for name in FAMILIES:
            centroid, loudness, alike, hashes = spread(name, judge)
            print(f"{name:<16}{centroid:>8.1f} %{loudness:>7.2f} LU{alike:>10.2f}", flush=True)
            assert len(hashes) == SEEDS


def take(prompt, seed):
    return rendered(prompt, seconds=TAKE_SECONDS, seed=seed, perform=perform)


def seconds_of_a_batch(make):
    """From the making of the executor to the last of twelve takes."""
    start = time.perf_counter()
    with make() as executor:
        assert len(list(executor.map(take, PROMPTS, range(len(PROMPTS))))) == len(PROMPTS)
        return time.perf_counter() - start


def test_what_more_workers_bring_to_twelve_takes(capsys):
    kinds = {
        "1 thread": partial(ThreadPoolExecutor, 1),
        "2 threads": partial(ThreadPoolExecutor, 2),
        "2 processes": partial(ProcessPoolExecutor, 2, get_context("spawn")),
    }
    for prompt in PROMPTS:
        perform(prompt, seconds=1, seed=0)
    tries = [{kind: seconds_of_a_batch(make) for kind, make in kinds.items()} for _ in range(TRIES)]
    best = {kind: min(each[kind] for each in tries) for kind in kinds}
    with capsys.disabled():
        print(f"\n{'twelve takes of 6 s':<22}{'seconds':>8}{'of 1 thread':>13}")
        for kind, seconds in best.items():
            print(f"{kind:<22}{seconds:>8.2f}{seconds / best['1 thread']:>13.2f}")
