"""Kernels that buy sounds and are killed in the middle, for the tests.

``python crash_driver.py`` reads errands, a group a line, and forks a kernel for each: a forked
kernel is quick to start, and really dies. The server is in the test's process; it outlives them
all, and can be the one who kills: at a given event on the wire.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import numpy as np
from scripted_api import API, serving
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from soundgen_nb.engine import Performance, understand
from soundgen_nb.errors import OutcomeUnknownError
from soundgen_nb.server import JobBoard, create_app
from soundgen_nb.server.received import Received, Tally
from soundgen_nb.settings import Settings
from soundgen_nb.studio import Studio
from soundgen_nb.take import Takes
from soundgen_nb.wire import State

KEY = "local-of-the-crash-tests"
SOUNDS = 3
"""How many each kernel buys, one more than it may have under way."""

DEATHS = ("line", "notice", "time", "wire", "answer")
GOOD = ("finished", "unknown", "never sent")
BAD = ("lost", "paid twice", "resumed again")

_BRIEF = understand("rain")
_NAMES = ("api", "library", "bookkeeping.py", "order.py", "studio.py", "workshop.py")
_ROOMS = tuple(str(Path("soundgen_nb", name)) for name in _NAMES)


@dataclass(frozen=True, kw_only=True)
class Errand:
    """What one kernel is to do, and how it dies.

    ``death`` is "line" (before the so-many-th line of our own code that it runs), "notice" (when it
    is told of the so-many-th change of a job), "time" (after so many milliseconds), "wire" (at the
    so-many-th event on the server's side) or "answer" (when the so-many-th job has been accepted,
    and the kernel has not heard of it); with "none" it lives. ``resumes`` instead of buying.
    """

    name: str
    folder: str
    base_url: str
    death: str = "none"
    at: int = 0
    resumes: bool = False

    @property
    def prompts(self) -> list[str]:
        """Texts that nobody else asks for."""
        return [f"rain, {self.name}, sound {number}" for number in range(SOUNDS)]

    @property
    def settings(self) -> Settings:
        """How every kernel on this errand connects: the address tells the server who it is."""
        return Settings(
            api_key=KEY,
            base_url=f"{self.base_url}/{self.name}{API}",
            home=Path(self.folder),
            polls_per_minute=6000,
            parallel=SOUNDS - 1,
        )


def hiss(_: str, *, seconds: int, seed: int) -> Performance:
    """A tenth of a second of noise for each second asked: quick to encode, no two alike."""
    noise = np.random.default_rng(seed).uniform(-0.5, 0.5, (2, 4410 * seconds))
    return Performance(noise.astype(np.float32), 44100, _BRIEF)


# The server's side


@dataclass
class Executioner:
    """In front of an API: counts the events on the wire for each errand, and kills on the count.

    An event is a request that arrives, or a piece of an answer that is about to be sent; bodies go
    in two pieces. An answer to a submit, which tells of a job that is accepted, is counted apart
    as well.
    """

    app: ASGIApp
    victims: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    events: dict[tuple[str, str], Iterator[int]] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope["path"].split("/")[1]

        async def watched(message: Message) -> None:
            if scope["method"] == "POST" and message["type"] == "http.response.start":
                self._event(name, "answer")
            for part in _halves(message):
                self._event(name, "wire")
                await send(part)

        self._event(name, "wire")
        await self.app(scope | {"root_path": f"/{name}"}, receive, watched)

    def _event(self, name: str, kind: str) -> None:
        number = next(self.events.setdefault((name, kind), count()))
        process, at = self.victims.get((name, kind), (0, -1))
        if number == at:
            os.kill(process, signal.SIGKILL)


def _halves(message: Message) -> list[Message]:
    body = message.get("body", b"")
    if len(body) < 2:
        return [message]
    middle = len(body) // 2
    first = message | {"body": body[:middle], "more_body": True}
    return [first, message | {"body": body[middle:]}]


# The kernels' side


def serve_errands() -> None:
    """Fork the kernels of every group that is asked for; say who they are, and how they ended."""
    for line in sys.stdin:
        processes = [_forked(Errand(**each)) for each in json.loads(line)]
        for process in processes:
            os.waitpid(process, os.WUNTRACED)
        _say(processes)
        _say([os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in processes])


def _say(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _forked(errand: Errand) -> int:
    """A kernel for an errand; it stands still until it is told to go on."""
    process = os.fork()
    if process == 0:
        try:
            os.kill(os.getpid(), signal.SIGSTOP)
            _run(errand)
            os._exit(0)
        finally:
            traceback.print_exc()
            os._exit(1)
    return process


def _run(errand: Errand) -> None:
    steps = {death: _dying_at(errand.at if death == errand.death else -1) for death in DEATHS}
    if errand.death in {"line", "none"}:
        _at_lines(steps["line"])
    studio = Studio(errand.settings)
    start = perf_counter()
    if errand.death == "time":
        # the default of this signal is the end of the process, as sudden as SIGKILL
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, (errand.at + 1) / 1000)
    if errand.resumes:
        studio.resume()
    else:
        request = studio.plan(errand.prompts, seconds=1)
        studio.begin(request, lambda _: steps["notice"](), lambda _: None).result()
    if errand.death == "none":
        life = {"line": steps["line"](), "notice": steps["notice"]()}
        life["time"] = int(1000 * (perf_counter() - start))
        Path(errand.folder, "life.json").write_text(json.dumps(life))


def _dying_at(at: int) -> Callable[[], int]:
    """Something to be called, which dies of it the so-many-th time; it gives the number."""
    numbers = count()

    def step() -> int:
        number = next(numbers)
        if number == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    return step


def _at_lines(step: Callable[[], int]) -> None:
    """Call ``step`` before every line of ours that runs from now on, in every thread to come."""

    def tracer(frame: Any, event: str, _: Any) -> Any:
        if not _is_ours(frame.f_code.co_filename):
            return None
        if event == "line":
            step()
        return tracer

    sys.settrace(tracer)
    threading.settrace(tracer)


@cache
def _is_ours(filename: str) -> bool:
    return any(room in filename for room in _ROOMS)


# The test's side


class Stage:
    """A server, and kernels that buy from it and die.

    Args:
        base_url: of the server, to which errands add their names.
        tally: what the server counts with.
        executioner: in front of it.
        driver: the process that forks the kernels.
    """

    def __init__(
        self,
        base_url: str,
        tally: Tally,
        executioner: Executioner,
        driver: subprocess.Popen[str],
    ) -> None:
        self._base_url = base_url
        self._tally = tally
        self._executioner = executioner
        self._driver = driver

    @property
    def received(self) -> Received:
        """What the server was asked."""
        return self._tally.received

    def errands(self, folder: Path, random: Random, rounds: int) -> list[Errand]:
        """One for each round, its way to die in turn and its moment anywhere in its life."""
        life = self._rehearsed(folder)
        deaths = [DEATHS[number % len(DEATHS)] for number in range(rounds)]
        return [
            self._errand(f"round-{number}", folder, death, random.randrange(life[death]))
            for number, death in enumerate(deaths)
        ]

    def run(self, errands: Sequence[Errand]) -> list[int]:
        """Kernels on all these errands at once, to their ends; gives their exit codes."""
        processes = self._driven([asdict(errand) for errand in errands])
        self._executioner.events.clear()
        for errand, process in zip(errands, processes, strict=True):
            self._executioner.victims[errand.name, errand.death] = (process, errand.at)
            os.kill(process, signal.SIGCONT)
        codes = self._heard()
        self._executioner.victims.clear()
        return codes

    def _rehearsed(self, folder: Path) -> dict[str, int]:
        """How many lines, notices, milliseconds and events there are in an undisturbed life."""
        errand = self._errand("rehearsal", folder, "none", 0)
        assert self.run([errand]) == [0]
        events = self._executioner.events
        on_the_wire = {kind: next(events[errand.name, kind]) for kind in ("wire", "answer")}
        return json.loads((folder / "life.json").read_text()) | on_the_wire

    def _errand(self, name: str, folder: Path, death: str, at: int) -> Errand:
        return Errand(name=name, folder=str(folder), base_url=self._base_url, death=death, at=at)

    def _driven(self, what: list[dict[str, Any]]) -> list[int]:
        assert self._driver.stdin is not None
        self._driver.stdin.write(json.dumps(what) + "\n")
        self._driver.stdin.flush()
        return self._heard()

    def _heard(self) -> list[int]:
        assert self._driver.stdout is not None
        return list(json.loads(self._driver.stdout.readline()))


@contextmanager
def stage() -> Iterator[Stage]:
    """The server and the driver of the kernels."""
    with ExitStack() as closer:
        board = closer.enter_context(JobBoard(perform=hiss, workers=8))
        tally = Tally()
        executioner = Executioner(create_app(board, token=KEY, tally=tally))
        base_url = closer.enter_context(serving(executioner))
        command = [sys.executable, __file__]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        driver = closer.enter_context(subprocess.Popen(command, **pipes))
        closer.callback(driver.stdin.close)
        yield Stage(base_url, tally, executioner, driver)


def heirs(dead: Iterable[Errand], random: Random) -> list[Errand]:
    """Kernels that are to finish what the dead had begun, and die of it themselves."""
    return [replace(errand, resumes=True, at=random.randrange(errand.at + 1)) for errand in dead]


def settled(stage: Stage, errands: Sequence[Errand]) -> list[Counter[str]]:
    """Resume every errand here, all at once and twice; then say what became of its sounds."""
    with ExitStack() as closer:
        studios = [closer.enter_context(Studio(errand.settings)) for errand in errands]

        async def resumed() -> list[Takes]:
            return await asyncio.gather(*(studio.aresume() for studio in studios))

        asyncio.run(resumed())
        return [
            Counter({"resumed again": len(takes)})
            + Counter(fate(prompt, studio, takes, stage.received) for prompt in errand.prompts)
            for errand, studio, takes in zip(errands, studios, asyncio.run(resumed()), strict=True)
        ]


def fate(prompt: str, studio: Studio, takes: Takes, received: Received) -> str:
    """What became of a sound after ``takes`` were resumed: one of ``GOOD``, "lost", "paid twice".

    Raises:
        SoundgenError: if it should be there, and cannot be read.
    """
    if received.submits[prompt] > 1:
        return "paid twice"
    entries = studio.library.entries(prompt=prompt)
    states = [entry.state for entry in entries]
    if states == [State.COMPLETED]:
        for sound in studio.library.sounds(entries[0].id):
            sound.check()
        return "finished"
    if states == [State.UNKNOWN] and prompt in _unknown(takes):
        return "unknown"
    never = states in ([], [State.DROPPED]) and not received.submits[prompt]
    return "never sent" if never else "lost"


def _unknown(takes: Takes) -> set[str]:
    errors = [error for error in takes.failures if isinstance(error, OutcomeUnknownError)]
    return {error.job.submission.prompt for error in errors}


def half_files(folder: Path) -> list[str]:
    """What lies among the sounds and is not what its name says."""
    files = (folder / "sounds").iterdir()
    return [file.name for file in files if sha256(file.read_bytes()).hexdigest() != file.stem]


if __name__ == "__main__":
    serve_errands()
