"""What each family of the engine costs, how far its takes differ, and what more workers bring.

Run: ``pytest -s tests/bench/bench_engine.py``. Costs are processor time on one thread; executors
are compared by the clock, as ratios to one thread, each the best of a few tries.
"""

from __future__ import annotations

import statistics
import time
import tracemalloc
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from multiprocessing import get_context

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


def spreads(name):
    """Standard deviations over takes of centroid (%) and loudness (LU); and the takes' hashes."""
    takes = [sound_of(name, SPREAD_SECONDS, seed) for seed in range(SEEDS)]
    measured = [analyse(take, SAMPLE_RATE).measures for take in takes]
    centroids = [each.centroid_hz for each in measured]
    loudnesses = [each.loudness_lufs for each in measured]
    share = statistics.stdev(centroids) / statistics.mean(centroids)
    hashes = {sha256(take.tobytes()).digest() for take in takes}
    return 100 * share, statistics.stdev(loudnesses), hashes


def test_cost_and_spread_of_every_family(capsys):
    for name in FAMILIES:
        sound_of(name, 1, seed=0)  # imports and lookups belong to bench_start
    costs = {name: cpu_seconds(name, TAKE_SECONDS) for name in FAMILIES}
    found = {name: spreads(name) for name in FAMILIES}
    worst = sorted(costs, key=costs.get)[-3:]
    memory = {name: megabytes_at_60(name) for name in worst}
    with capsys.disabled():
        print(f"\n{'family':<16}{'6 s take':>10}{'CPU s/s':>9}{'centroid':>10}{'loudness':>10}")
        for name in sorted(costs, key=costs.get):
            centroid, loudness, _ = found[name]
            cost = costs[name]
            print(
                f"{name:<16}{1000 * cost:>7.0f} ms{cost / TAKE_SECONDS:>9.3f}"
                f"{centroid:>8.1f} %{loudness:>7.2f} LU"
            )
        median = statistics.median(costs.values()) / TAKE_SECONDS
        print(f"median CPU {median:.3f} s per second of sound")
        print("peak memory at 60 s:", {name: f"{memory[name]:.0f} MB" for name in worst})
    assert all(len(hashes) == SEEDS for _, _, hashes in found.values())


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
