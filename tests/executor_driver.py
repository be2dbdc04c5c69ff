"""A program that has a pool of processes make its sounds, until an interrupt comes."""

from __future__ import annotations

import signal
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import soundgen_nb as sg


def main() -> None:
    """Say "begun" when the workers are there, then make more than anybody waits for."""
    ignore = {"initializer": signal.signal, "initargs": (signal.SIGINT, signal.SIG_IGN)}
    with (
        ProcessPoolExecutor(1, get_context("spawn"), **ignore) as pool,
        sg.LocalServer(executor=pool) as server,
    ):
        studio = sg.connect(server.api_key, server.base_url, polls_per_minute=600)
        studio.generate("a knock", seconds=1)
        sys.stdout.write("begun\n")
        sys.stdout.flush()
        studio.generate("rain", seconds=60, takes=50)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.stdout.write("stopped\n")
