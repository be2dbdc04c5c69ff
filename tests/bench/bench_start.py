"""From nothing to the first sound: the import in a kernel, and the first card, warm and cold.

Run: ``pytest -s tests/bench/bench_start.py``. The baseline is what a notebook imports anyway today,
librosa and matplotlib, in a kernel of the same kind in the same run.
"""

from __future__ import annotations

import os
import time
from statistics import median

import pytest
from bench_card import surf
from jupyter_client.manager import start_new_kernel

pytestmark = pytest.mark.bench

HEAVY = [
    *("numpy", "httpx", "librosa", "numba", "scipy", "matplotlib", "pandas", "ipywidgets"),
    "starlette",
]
IMPORT = f"""
import sys, time
before = set(sys.modules)
start = time.perf_counter()
import soundgen_nb as sg
took = time.perf_counter() - start
new = {{name.partition('.')[0] for name in set(sys.modules) - before}}
print(took, sorted(new & set({HEAVY})))
"""
FIRST_CARD = 'sg.generate("waves crashing at the sea shore", seconds=6, seed=1)'
IDIOM = "import librosa, librosa.display, matplotlib.pyplot, IPython.display"


FIRST_FILE = "sg.load({path!r})"


def run(client, code):
    """Seconds from sending a cell until the kernel has answered, and what it printed."""
    said = []
    start = time.perf_counter()
    reply = client.execute_interactive(code, output_hook=said.append, timeout=300)
    took = time.perf_counter() - start
    assert reply["content"]["status"] == "ok", reply["content"]
    printed = [m["content"]["text"] for m in said if m["msg_type"] == "stream"]
    shown = [m["content"]["data"] for m in said if m["msg_type"] == "execute_result"]
    return took, "".join(printed), shown


def kernel(cache):
    """A kernel that keeps what Python and numba compile in a folder, and finds it there."""
    environment = os.environ | {"PYTHONPYCACHEPREFIX": str(cache), "NUMBA_CACHE_DIR": str(cache)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return start_new_kernel(env=environment)


def timings(cache):
    manager, client = kernel(cache)
    try:
        _, said, _ = run(client, IMPORT)
        took, heavy = said.split(maxsplit=1)
        first, _, shown = run(client, FIRST_CARD)
        second, _, _ = run(client, FIRST_CARD)
        assert "<audio" in shown[0]["text/html"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return float(took), heavy.strip(), first, second


def file_seconds(cache, path):
    """From the first use of the toolkit to the card of a file."""
    manager, client = kernel(cache)
    try:
        run(client, "import soundgen_nb as sg")
        return run(client, FIRST_FILE.format(path=str(path)))[0]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def idiom_seconds(cache):
    manager, client = kernel(cache)
    try:
        return run(client, IDIOM)[0]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_fresh_kernel_to_first_card(capsys, tmp_path):
    cache, path = tmp_path / "cache", tmp_path / "surf.mp3"
    path.write_bytes(surf())
    cold = timings(cache)
    idiom_seconds(cache)
    rounds = [timings(cache) for _ in range(3)]
    idiom = median(idiom_seconds(cache) for _ in range(3))
    file = median(file_seconds(cache, path) for _ in range(3))
    imports, first, second = (median(r[i] for r in rounds) for i in (0, 2, 3))
    with capsys.disabled():
        print(f"\nimport in a kernel        {imports * 1e3:8.1f} ms, heavy ones: {rounds[0][1]}")
        print(
            f"first card                {first:8.2f} s   {first / idiom:6.2f} x the imports below"
        )
        print(f"first card, cold caches   {cold[2]:8.2f} s   {cold[2] / idiom:6.2f} x")
        print(f"second card               {second:8.2f} s   {second / idiom:6.2f} x")
        print(f"first card, of a file     {file:8.2f} s   {file / idiom:6.2f} x")
        print(f"librosa and pyplot alone  {idiom:8.2f} s   1")
    assert rounds[0][1] == "[]"
