"""Jobs at an API that limits status calls, waited for in several ways, on a clock of their own.

Everything but time is real: our way is ``Account.wait`` over HTTP. The other way is what the
official clients do: ask about every job every three seconds.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from math import exp
from random import Random
from statistics import mean, quantiles
from time import time

import httpx
from scripted_api import API, at_once, report

from soundgen_nb.api import Account, Client, PollBudget
from soundgen_nb.settings import Key, Settings
from soundgen_nb.wire import Job, Receipt, Submission

BASE = "http://127.0.0.1:9" + API
PER_MINUTE = 20
ETA_SECONDS = 84
LINK = "http://cdn.example/T.mp3"


@dataclass(frozen=True)
class World:
    """How long jobs take: their eta times ``bias``, spread lognormally by ``spread``."""

    jobs: int
    bias: float = 1.0
    spread: float = 0.3
    batches: int = 1
    eta_announced: bool = True

    def durations(self, seed: int) -> list[list[float]]:
        random = Random(seed)

        def one() -> float:
            return ETA_SECONDS * self.bias * exp(random.gauss(0, self.spread))

        return [[one() for _ in range(self.jobs)] for _ in range(self.batches)]


@dataclass
class SlowApi(httpx.AsyncBaseTransport):
    """byId of jobs that end at known times; above the limit of calls it answers 429."""

    ends: dict[str, float] = field(default_factory=dict)
    calls: int = 0
    refused: int = 0
    delays: list[float] = field(default_factory=list)
    accepted: deque[float] = field(default_factory=lambda: deque(maxlen=PER_MINUTE))

    def ask(self, task_id: str) -> tuple[bool | None, float]:
        """Whether a job is done, or None and the seconds until a call will be accepted."""
        now = asyncio.get_running_loop().time()
        self.calls += 1
        if len(self.accepted) == PER_MINUTE and now - self.accepted[0] < 60 - 1e-6:
            self.refused += 1
            return None, self.accepted[0] + 60 - now
        self.accepted.append(now)
        return now >= self.ends[task_id], 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        task_id = request.url.params["task_id"]
        done, _ = self.ask(task_id)
        if done is None:
            return httpx.Response(429, json={"detail": "SLOW DOWN"})
        status = "COMPLETED" if done else "IN_PROGRESS"
        links = {"conversion_path": LINK} if done else {}
        return httpx.Response(200, json=report(status, task_id, **links))


@dataclass(frozen=True)
class Result:
    """What a way of waiting came to: its delays in seconds, its calls for each job."""

    mean: float
    late: float
    calls: float
    refused: int

    @classmethod
    def of(cls, apis: list[SlowApi]) -> Result:
        delays = [delay for api in apis for delay in api.delays]
        calls = sum(api.calls for api in apis) / len(delays)
        late = quantiles(delays, n=10)[-1] if len(delays) > 1 else delays[0]
        return cls(mean(delays), late, calls, sum(api.refused for api in apis))


Waiting = Callable[[str], Awaitable[object]]
Way = Callable[[SlowApi, World], Waiting]


def ours(api: SlowApi, world: World) -> Waiting:
    """One account for all batches, so that it can learn."""
    key = Key("local-k")
    client = Client(Settings(api_key=key, base_url=BASE), key, transport=api)
    account = Account(client, polls=PollBudget(PER_MINUTE), parallel=None)
    eta = float(ETA_SECONDS) if world.eta_announced else None

    async def wait(task_id: str) -> None:
        receipt = Receipt(task_id=task_id, conversion_id=f"C-{task_id}", eta_seconds=eta)
        job = Job(submission=Submission(prompt="rain"), base_url=BASE).sent(receipt, time())
        await account.wait(job, lambda _: None)

    return wait


def fixed(*, polite: bool) -> Way:
    """Every job every three seconds; after a 429 just so, or only when there is room again."""

    def way(api: SlowApi, _: World) -> Waiting:
        random = Random(1)

        async def wait(task_id: str) -> None:
            done: bool | None = False
            pause = 3.0
            while not done:
                await asyncio.sleep(pause)
                done, closed = api.ask(task_id)
                pause = closed + random.uniform(0, 0.25) if closed and polite else 3.0

        return wait

    return way


def simulated(way: Way, world: World, seed: int) -> SlowApi:
    """The API after batch upon batch of jobs, submitted half a second apart, was waited for."""

    async def work() -> SlowApi:
        api = SlowApi()
        wait = way(api, world)
        clock = asyncio.get_running_loop().time

        async def one(task_id: str, start: float, duration: float) -> None:
            await asyncio.sleep(start)
            api.ends[task_id] = clock() + duration
            await wait(task_id)
            api.delays.append(clock() - api.ends[task_id])

        for number, batch in enumerate(world.durations(seed)):
            jobs = (one(f"T{number}-{n}", n / 2, seconds) for n, seconds in enumerate(batch))
            await asyncio.gather(*jobs)
            await asyncio.sleep(120)
        return api

    return at_once(work())
