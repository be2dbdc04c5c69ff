"""What becomes of sounds whose kernels are killed, in numbers; and two kernels on one free plan.

Run: ``pytest -s tests/bench/bench_crash.py``; the first takes two to four minutes, the second about
three, because it waits for real ones.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic

import pytest
from crash_driver import BAD, DEATHS, GOOD, SOUNDS, half_files, heirs, hiss, settled, stage
from scripted_api import API, serving
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from soundgen_nb.server import Faults, JobBoard, create_app
from soundgen_nb.settings import Settings
from soundgen_nb.studio import Studio

pytestmark = pytest.mark.bench

GROUPS, KERNELS = 12, 20
KEY = "local-free-plan"
JOBS, PER_MINUTE, QUEUE_SECONDS = 24, 20, 40


def test_sounds_of_killed_kernels(tmp_path):
    rows = {death: Counter() for death in DEATHS}
    for group in range(GROUPS):
        folder, random = tmp_path / str(group), Random(group)
        folder.mkdir()
        with stage() as theatre:
            dead = theatre.errands(folder, random, KERNELS)
            codes = theatre.run(dead)
            first = [errand for errand in dead if random.random() < 0.5]
            codes += theatre.run(heirs(first, random))
            for errand, fates in zip(dead, settled(theatre, dead), strict=True):
                rows[errand.death] += fates + Counter({"kernels": 1, "sounds": SOUNDS})
            for errand, code in zip([*dead, *first], codes, strict=True):
                rows[errand.death] += Counter({"deaths": code < 0, "errors": code > 0})
            rows["time"] += Counter({"half files": len(half_files(folder))})
    columns = ("kernels", "deaths", "errors", "sounds", *GOOD, *BAD, "half files")
    rows["all"] = sum(rows.values(), Counter())
    print(f"\n{'killed by':10s}" + "".join(f"{name:>14s}" for name in columns))
    for death, row in rows.items():
        print(f"{death:10s}" + "".join(f"{row[name]:14d}" for name in columns))
    assert not any(rows["all"][name] for name in (*BAD, "errors", "half files"))


@dataclass
class Watchman:
    """In front of an API: when it was asked for the state of a job, and what it answered."""

    app: ASGIApp
    asked_at: list[float] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["path"].endswith("byId"):
                self.asked_at.append(monotonic())
                self.answers[message["status"]] += 1
            await send(message)

        await self.app(scope, receive, watched)

    def most_in_a_minute(self) -> int:
        return max(sum(at <= each < at + 60 for each in self.asked_at) for at in self.asked_at)


def buy(base_url: str, home: str, name: str) -> None:
    """What each of the two kernels does: half of the jobs, all at once."""
    settings = Settings(
        api_key=KEY,
        base_url=base_url,
        home=Path(home),
        parallel=JOBS,
        polls_per_minute=PER_MINUTE,
    )
    with Studio(settings) as studio:
        print(len(studio.compare([f"rain {name} {n}" for n in range(JOBS // 2)], seconds=1)))


def test_two_kernels_on_one_free_plan(tmp_path):
    """24 jobs that take forty seconds, and 20 status calls a minute for all of them together."""
    faults = {"": Faults(polls_per_minute=PER_MINUTE, queue_seconds=QUEUE_SECONDS)}
    with JobBoard(perform=hiss) as board:
        watchman = Watchman(create_app(board, token=KEY, faults=faults))
        with serving(watchman) as base:
            start = monotonic()
            command = [sys.executable, __file__, base + API, str(tmp_path)]
            tests = {"PYTHONPATH": str(Path(__file__).parents[1])}
            pipes = {"stdout": subprocess.PIPE, "text": True, "env": os.environ | tests}
            kernels = [subprocess.Popen([*command, name], **pipes) for name in "AB"]
            made = [int(kernel.communicate(timeout=900)[0]) for kernel in kernels]
            took = monotonic() - start
    print(
        f"\n{sum(made)} of {JOBS} sounds in {took:.0f} s; {len(watchman.asked_at)} status calls, "
        f"at most {watchman.most_in_a_minute()} in a minute; answers {dict(watchman.answers)}"
    )
    assert sum(made) == JOBS
    assert watchman.answers[429] == 0


if __name__ == "__main__":
    buy(*sys.argv[1:])
