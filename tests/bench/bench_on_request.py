"""What is made on request only: the spectrogram as a matplotlib figure, and the harmonic share.

Against librosa's own way to the same, in turn. Run: ``pytest -s tests/bench/bench_on_request.py``.
"""

from __future__ import annotations

from io import BytesIO

import librosa
import librosa.display
import numpy as np
import pytest
from bench_card import paired, surf, table
from matplotlib.figure import Figure

from soundgen_nb.analysis import librosa_view
from soundgen_nb.analysis.deep import harmonic_and_percussive
from soundgen_nb.comparison import Comparison
from soundgen_nb.sound import Sound
from soundgen_nb.take import Take
from soundgen_nb.wire import Provenance

pytestmark = pytest.mark.bench


def png(figure):
    figure.savefig(target := BytesIO(), format="png")
    return target.getvalue()


def usual_figure(magnitudes, rate):
    figure = Figure(figsize=(10, 4))
    axes = figure.subplots()
    decibels = librosa.amplitude_to_db(magnitudes, ref=np.max)
    drawn = librosa.display.specshow(decibels, sr=rate, x_axis="time", y_axis="log", ax=axes)
    figure.colorbar(drawn, ax=axes, format="%+2.0f dB")
    return png(figure)


def test_a_spectrogram_as_a_figure(capsys):
    take = Take("surf", Sound(surf()), Provenance(prompt="surf", engine="bench"))
    compared, view = Comparison.from_takes([take]), take.librosa
    kept = compared.plot.spectrograms()
    ways = {
        "specshow": lambda: usual_figure(view.S, view.sr),
        "new": lambda: png(compared.plot.spectrograms()),
        "drawn again": lambda: png(kept),
    }
    seconds = paired(list(ways.values()), rounds=7)
    with capsys.disabled():
        print(table("a spectrogram by matplotlib, 10 s", list(ways), seconds))
    assert png(kept).startswith(b"\x89PNG")


def test_the_harmonic_part_and_the_percussive(capsys):
    magnitudes = librosa_view(*Sound(surf()).decode()).S
    ways = {
        "librosa.decompose.hpss": lambda: librosa.decompose.hpss(magnitudes),
        "ours": lambda: harmonic_and_percussive(magnitudes),
    }
    seconds = paired(list(ways.values()), rounds=5)
    with capsys.disabled():
        print(table("harmonic and percussive, 10 s", list(ways), seconds))
    theirs, ours = (way() for way in ways.values())
    assert np.array_equal(theirs, ours)
