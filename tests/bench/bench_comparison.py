"""A comparison of twelve takes: from the call to its page, and where the time goes.

Run: ``pytest -s tests/bench/bench_comparison.py``. Shares are of processor time on one thread, so
that they add up; the whole is also given as the clock saw it, with two threads at work.
"""

from __future__ import annotations

import time

import pytest

import soundgen_nb as sg
from soundgen_nb import engine
from soundgen_nb.analysis import analyse
from soundgen_nb.comparison import Comparison
from soundgen_nb.take import Take, Takes

pytestmark = pytest.mark.bench

PROMPTS = ["rain on a tin roof", "rain on a canvas tent"]
TAKES, SECONDS = 6, 6


def spent(work, *arguments, **named):
    start = time.process_time()
    result = work(*arguments, **named)
    return time.process_time() - start, result


def test_twelve_takes(capsys, tmp_path):
    sg.compare(PROMPTS, seconds=1)  # imports and lookups belong to bench_start
    start = time.perf_counter()
    comparison = sg.compare(PROMPTS, takes=TAKES, seconds=SECONDS, seed=1)
    called = time.perf_counter() - start
    html = comparison._repr_html_()
    shown = time.perf_counter() - start
    page = comparison.export(tmp_path / "page.html")

    stages = dict.fromkeys(["rendering", "encoding mp3", "encoding wav", "analysis"], 0.0)
    for take in comparison:
        made = {"seconds": SECONDS, "seed": take.provenance.seed}
        used, sound = spent(engine.perform, take.prompt, **made)
        stages["rendering"] += used
        for name in ("mp3", "wav"):
            used, _ = spent(sg.Sound.from_samples, sound.samples, 44_100, format=name)
            stages[f"encoding {name}"] += used
        stages["analysis"] += spent(analyse, take.samples, take.sample_rate)[0]
    analysed = [Take(t.prompt, t.sound, t.provenance, index=t.index, wav=t.wav) for t in comparison]
    again = Comparison(Takes(tuple(analysed)))
    assert len(again.analyses) == TAKES * len(PROMPTS)
    stages["pictures and HTML"], _ = spent(again._repr_html_)

    audio = sum(len(take.sound.data) for take in comparison)
    whole = sum(stages.values())
    with capsys.disabled():
        print(f"\ncall to result {called:.2f} s, to HTML {shown:.2f} s by the clock")
        for name, seconds in stages.items():
            print(f"{name:<18}{seconds:7.2f} s CPU {seconds / whole:6.0%}")
        print(f"HTML {len(html):,} bytes, page {page.stat().st_size:,}, audio alone {audio:,}")
    assert len(html) < 1.8 * audio  # base64 is 4/3 of it; the rest is pictures and numbers
