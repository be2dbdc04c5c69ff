"""Kernels that share a library, for the tests: some at once, some killed in the middle.

``python library_driver.py FOLDER DEED`` runs one deed and prints what it got, a line each. It is a
process of its own, without threads, so that it can fork: a forked kernel is quick to start, and
really dies.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from random import Random
from threading import Thread

from soundgen_nb.errors import LibraryError
from soundgen_nb.library import Entry, Library
from soundgen_nb.sound import Sound
from soundgen_nb.wire import Job, Provenance, Receipt, State, Submission

URL = "https://api.example.com/v1"
KEY = "f1e2d3c4b5a6"
LIBRARY_CODE = str(Path("soundgen_nb", "library"))


def driven(folder: Path, deed: str) -> list[list[str]]:
    """What the kernels of a deed said, line by line in words; none said that it met an error."""
    command = [sys.executable, __file__, str(folder), deed]
    result = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert (result.returncode, result.stderr) == (0, "")
    said = [line.split() for line in result.stdout.splitlines()]
    assert [words for words in said if words[0] == "error"] == []
    return said


def entry(prompt: str = "rain", **changes: object) -> Entry:
    job = Job(submission=Submission(prompt=prompt), base_url=URL)
    return Entry(job=job, order_id="an order", key=KEY, **changes)


def sound(number: int, size: int = 60_000) -> Sound:
    """Bytes that begin like an mp3; the library never decodes what it keeps."""
    return Sound(b"ID3" + Random(number).randbytes(size))


def accepted(job: Job) -> Job:
    return job.sent(Receipt(task_id=f"task of {job.id}", conversion_id="c"), at=1.0)


def say(*words: object) -> None:
    """One line in one write, so that lines of several kernels do not mix."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def ask(library: Library, number: int) -> Job:
    """A sound asked for and made; whatever is said to be done has been done before."""
    planned = entry(f"sound {number}")
    library.plan([planned])
    say("planned", planned.id)
    library.record(replace(planned.job, state=State.SENDING))
    say("sending", planned.id)
    job = accepted(planned.job)
    library.record(job)
    say("accepted", planned.id)
    library.record(replace(job, state=State.COMPLETED))
    say("completed", planned.id)
    return job


def keep(library: Library, job: Job, number: int) -> None:
    """What was made, brought home."""
    provenance = Provenance(prompt=job.submission.prompt, engine="nobody")
    library.keep(job.id, played=sound(number), wav=sound(-number), provenance=provenance)
    say("kept", job.id, number)


def live(library: Library, number: int) -> None:
    """The whole life of one sound."""
    keep(library, ask(library, number), number)


def forked(deed: Callable[[], None]) -> int:
    """Do a deed in a kernel of its own; gives its process id."""
    process = os.fork()
    if process == 0:
        try:
            deed()
        except BaseException as error:
            say("error", repr(error))
            raise
        finally:
            os._exit(0)
    return process


def at_lines(listen: Callable[[], None]) -> None:
    """Call ``listen`` at every line of the library that runs from now on."""

    def tracer(frame, event, _):
        if LIBRARY_CODE not in frame.f_code.co_filename:
            return None
        if event == "line":
            listen()
        return tracer

    sys.settrace(tracer)


def killed_at_lines(
    folder: Path, deaths: int, deed: Callable[[Library, int, Callable[[], None]], None]
) -> None:
    """Kernels that die in as many places of our own code, evenly spread over part of a deed.

    The deed calls its last argument where that part begins.
    """
    lines = count()
    with Library.open(folder) as library:
        deed(library, 0, lambda: at_lines(lambda: next(lines)))
        sys.settrace(None)
    total = next(lines)
    for death in range(deaths):

        def kernel(line: int = death * total // deaths, number: int = death + 1) -> None:
            left = iter(range(line))

            def die_when_none_is_left() -> None:
                if next(left, None) is None:
                    os.kill(os.getpid(), signal.SIGKILL)

            deed(Library.open(folder), number, lambda: at_lines(die_when_none_is_left))

        report(death, forked(kernel))


def dying_alive(library: Library, number: int, danger: Callable[[], None]) -> None:
    danger()
    live(library, number)


def dying_on_the_way_home(library: Library, number: int, danger: Callable[[], None]) -> None:
    job = ask(library, number)
    danger()
    keep(library, job, number)


def dying_in_the_clean_up(library: Library, number: int, danger: Callable[[], None]) -> None:
    for left in library.entries():
        if left.kept:
            library.sounds(left.id)  # whoever died before has left no entry without its sound
    live(library, number)
    danger()
    library.prune(dry_run=False)


def killed_at_times(folder: Path, deaths: int) -> None:
    """Kernels that die wherever they are when their time is up: in SQLite, in a write, in fsync."""
    random = Random(7)
    for death in range(deaths):

        def kernel(seconds: float = random.uniform(0.0005, 0.08), first: int = 100 * death) -> None:
            # the default of this signal is the end of the process, as sudden as SIGKILL
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            library = Library.open(folder)
            signal.setitimer(signal.ITIMER_REAL, seconds)
            for number in count(first):
                live(library, number)

        report(death, forked(kernel))


def report(death: int, process: int) -> None:
    _, status = os.waitpid(process, 0)
    say("died" if os.WIFSIGNALED(status) else "survived", death)


def together(folder: Path, kernels: int, deed: Callable[[Library, int], None]) -> None:
    """Kernels that open the same folder at the same moment and each do a deed."""
    barrier = get_context("fork").Barrier(kernels)

    def begin(number: int) -> None:
        barrier.wait()
        with Library.open(folder) as library:
            barrier.wait()
            try:
                deed(library, number)
            except BaseException:
                barrier.abort()
                raise
            barrier.wait()  # nobody leaves before all are done: what it leaves could be claimed

    processes = [forked(lambda number=number: begin(number)) for number in range(kernels)]
    for process in processes:
        os.waitpid(process, 0)


def write_together(folder: Path) -> None:
    def deed(library: Library, number: int) -> None:
        for turn in range(8):
            live(library, number * 8 + turn)

    together(folder, 3, deed)


def keep_and_read_together(folder: Path) -> None:
    """One kernel keeps the same sound over and over while two others read it."""
    shared, same = entry(), sound(1, 4_000_000)
    with Library.open(folder) as library:
        library.plan([shared])
        library.keep(shared.id, played=same, provenance=Provenance(prompt="", engine="nobody"))

    def deed(library: Library, number: int) -> None:
        if number == 0:
            for turn in range(12):
                provenance = Provenance(prompt=str(turn), engine="nobody")
                library.keep(shared.id, played=same, provenance=provenance)
            library.rate(shared.id, 5)
        else:
            while library.entry(shared.id).rating is None:
                say("read", library.sounds(shared.id) == (same, None))

    together(folder, 3, deed)


def claim_together(folder: Path) -> None:
    def deed(library: Library, number: int) -> None:
        for claimed in library.claim_unfinished(URL, KEY):
            say("claimed", claimed.id, number)

    together(folder, 3, deed)


def send_together(folder: Path) -> None:
    """Two threads in each of two kernels want to send the same planned jobs."""

    def deed(library: Library, number: int) -> None:
        planned = [entry(f"{number}.{turn}") for turn in range(5)]
        library.plan(planned)

        def send() -> None:
            for asked in planned:
                try:
                    library.record(replace(asked.job, state=State.SENDING))
                except LibraryError:
                    say("refused", asked.id)
                else:
                    say("sent", asked.id)

        in_threads(2, send)

    together(folder, 2, deed)


def poll_together(folder: Path) -> None:
    """Four threads in each of two kernels ask as often as they may, by clocks of their own."""

    def deed(library: Library, _: int) -> None:
        def ask() -> None:
            now = 1000.0
            for _ in range(12):
                now += library.reserve_poll(URL, KEY, per_minute=10, now=now)
                say(now)
                now += 0.5

        in_threads(4, ask)

    together(folder, 2, deed)


def in_threads(count: int, deed: Callable[[], None]) -> None:
    threads = [Thread(target=deed) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def die_with_a_worker(folder: Path) -> None:
    """A kernel that is killed while a worker process it had forked lives on."""
    reader, writer = os.pipe()

    def kernel() -> None:
        library = Library.open(folder)
        library.plan([entry()])
        os.close(writer)
        forked(lambda: os.read(reader, 1))
        os.kill(os.getpid(), signal.SIGKILL)

    os.waitpid(forked(kernel), 0)
    with Library.open(folder) as library:
        say("claimed", len(library.claim_unfinished(URL, KEY)))
    os.close(writer)


DEEDS = {
    "killed_in_a_life": lambda folder: killed_at_lines(folder, 12, dying_alive),
    "killed_while_keeping": lambda folder: killed_at_lines(folder, 24, dying_on_the_way_home),
    "killed_while_pruning": lambda folder: killed_at_lines(folder, 10, dying_in_the_clean_up),
    "killed_at_times": lambda folder: killed_at_times(folder, 20),
    "write_together": write_together,
    "keep_and_read_together": keep_and_read_together,
    "claim_together": claim_together,
    "send_together": send_together,
    "poll_together": poll_together,
    "die_with_a_worker": die_with_a_worker,
}

if __name__ == "__main__":
    DEEDS[sys.argv[2]](Path(sys.argv[1]))
