"""How soon a take arrives: from the submit to the first byte of its mp3, and to the last.

Run: ``pytest -s tests/bench/bench_first_byte.py``. Over real sockets of this machine, with a
client that asks every few milliseconds; the baseline is rendering the same take in this process,
without server, mp3 or wire.
"""

from __future__ import annotations

import statistics
import time

import httpx
import pytest

from soundgen_nb.engine import FAMILIES, perform, understand
from soundgen_nb.engine.lexicon import lexicon
from soundgen_nb.server import LocalServer
from soundgen_nb.wire import read_receipt, read_report

pytestmark = pytest.mark.bench

TAKE_SECONDS = 6
ASKED_EVERY_SECONDS = 0.005


def prompts():
    """For each family a prompt that it alone answers: what cards call it."""
    named = {name: label for name, label in lexicon().labels.items() if name in FAMILIES}
    heard = {name: [s.family for s in understand(prompt).sources] for name, prompt in named.items()}
    return {name: prompt for name, prompt in named.items() if heard[name] == [name]}


def rendering_seconds(prompt):
    start = time.perf_counter()
    perform(prompt, seconds=TAKE_SECONDS, seed=1)
    return time.perf_counter() - start


def arrival_seconds(client, prompt):
    """From the submit to the first byte of the mp3, and to the last."""
    start = time.perf_counter()
    form = {"prompt": prompt, "audio_length": str(TAKE_SECONDS), "seed": "1"}
    receipt = read_receipt(client.post("/sound_generator", data=form).raise_for_status().json())
    query = {"conversionType": "SOUND_GENERATOR", "task_id": receipt.task_id}
    while not (report := read_report(client.get("/byId", params=query).json())).state.ended:
        time.sleep(ASKED_EVERY_SECONDS)
    with client.stream("GET", report.mp3_url) as answer:
        chunks = answer.iter_raw()
        next(chunks)
        first = time.perf_counter() - start
        for _ in chunks:
            pass
    return first, time.perf_counter() - start


def test_time_to_the_first_byte_of_every_family(capsys):
    with LocalServer() as server:
        headers = {"Authorization": server.api_key}
        with httpx.Client(base_url=server.base_url, headers=headers, timeout=60) as client:
            asked = prompts()
            arrival_seconds(client, "rain")  # starting belongs to bench_start
            rows = {
                name: (rendering_seconds(prompt), *arrival_seconds(client, prompt))
                for name, prompt in asked.items()
            }
    with capsys.disabled():
        print(f"\n{'family':<16}{'rendered':>10}{'first byte':>12}{'whole':>10}{'ratio':>7}")
        for name, (alone, first, whole) in sorted(rows.items(), key=lambda row: row[1][1]):
            print(
                f"{name:<16}{1000 * alone:>7.0f} ms{1000 * first:>9.0f} ms"
                f"{1000 * whole:>7.0f} ms{first / alone:>7.1f}"
            )
        middle = [1000 * statistics.median(column) for column in zip(*rows.values(), strict=True)]
        print("median of {}: {:.0f} ms, {:.0f} ms, {:.0f} ms".format(len(rows), *middle))
