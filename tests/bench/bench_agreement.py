"""How far our numbers are from the standards' test signals, from libebur128 and from librosa.

Run: ``pytest -s tests/bench/bench_agreement.py``; the tests assert the bounds, this prints the
figures. The signals are those of the tests.
"""

from __future__ import annotations

import math

import librosa
import numpy as np
import pytest
import test_analysis_levels as peaks
import test_analysis_librosa as oracle
import test_analysis_loudness as ebu

from soundgen_nb import engine
from soundgen_nb.analysis import analyse
from soundgen_nb.analysis.levels import levels
from soundgen_nb.analysis.loudness import loudness
from soundgen_nb.analysis.spectrum import mfcc
from soundgen_nb.analysis.timing import onset_envelope, onset_frames, zero_crossing_rate

# the standard library's aifc and its like, which librosa's loader imports, are on their way out
pytestmark = [pytest.mark.bench, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

PROMPTS = [
    *("rain on a tin roof", "waves at the sea shore", "a dog barks", "a church bell", "a siren"),
    *("three knocks on a wooden door", "footsteps on gravel", "crickets", "a car passes", "fire"),
]


def ebu_rows():
    """Each case with what it should read and what it reads."""
    for case, parts, expected in ebu.EBU_3341:
        yield f"3341-{case} integrated", expected, ebu.lufs(ebu.in_turn(*parts)), 0.1
    surround = [-28, -28, -24, -math.inf, -30, -30]
    samples = np.concatenate([ebu.sine(level, channels=1) for level in surround])
    yield "3341-6 integrated, 5.1", -23.0, ebu.lufs(samples), 0.1
    short = loudness(ebu.in_turn(*[(-20, 1.34), (-30, 1.66)] * 5), 48_000)
    yield "3341-9 short-term", -23.0, short.short_term_max_lufs, 0.1
    momentary = loudness(ebu.in_turn(*[(-20, 0.18), (-30, 0.22)] * 25), 48_000)
    yield "3341-12 momentary", -23.0, momentary.momentary_max_lufs, 0.1
    for case, part, amplitude, degrees, expected in peaks.EBU_3341:
        kind = {"amplitude": amplitude, "degrees": degrees, "rate": 48_000}
        line = peaks.sine(48_000 / part, **kind)
        read = peaks.measured(np.repeat(line, 2, axis=0), 48_000).true_peak_dbtp
        yield f"3341-{case} true peak", expected, read, (-0.4, 0.2)
    for case, spans, expected in ebu.EBU_3342:
        ranges = loudness(ebu.in_turn(*((level, 20) for level in spans)), 48_000)
        yield f"3342-{case} range", float(expected), ranges.range_lu, 1.0


def test_ebu(capsys):
    rows = list(ebu_rows())
    with capsys.disabled():
        print("\nEBU case                  should read      reads     allowed")
        for name, expected, read, allowed in rows:
            print(f"{name:<24}{expected:>10.1f}{read:>14.3f}     {allowed}")


def test_libebur128(capsys):
    apart = {
        rate: abs(ebu.lufs(samples, rate) - ebu.libebur128(samples, rate))
        for rate in ebu.RATES
        for samples in [ebu.swelling_noise(rate)]
    }
    with capsys.disabled():
        print("\nintegrated loudness against libebur128, LU:")
        print({rate: f"{difference:.1e}" for rate, difference in apart.items()})


def librosa_errors(heard):
    """Each measure's largest error as a share of its largest value; for onsets, how many differ."""
    y, rate, own = heard.y, heard.rate, heard.spectra
    per_channel = librosa.feature.rms(y=heard.samples)[:, 0]
    pairs = {
        "centroid": (own.centroid_hz, librosa.feature.spectral_centroid(y=y, sr=rate)[0]),
        "bandwidth": (own.bandwidth_hz, librosa.feature.spectral_bandwidth(y=y, sr=rate)[0]),
        "rolloff": (own.rolloff_hz, librosa.feature.spectral_rolloff(y=y, sr=rate)[0]),
        "flatness": (own.flatness, librosa.feature.spectral_flatness(y=y)[0]),
        "mel power": (own.mel_power, librosa.feature.melspectrogram(y=y, sr=rate).T),
        "MFCC": (mfcc(heard.mel_db), librosa.feature.mfcc(y=y, sr=rate).T),
        "RMS": (levels(heard.samples, rate).frame_rms, np.sqrt((per_channel**2).mean(axis=0))),
        "zero crossings": (zero_crossing_rate(y), librosa.feature.zero_crossing_rate(y)[0]),
        "onset envelope": (
            onset_envelope(heard.mel_db),
            librosa.onset.onset_strength(y=y, sr=rate),
        ),
    }
    errors = {
        name: float(np.abs(mine - theirs).max() / (np.abs(theirs).max() or 1))
        for name, (mine, theirs) in pairs.items()
    }
    mine = onset_frames(onset_envelope(heard.mel_db), rate)
    theirs = librosa.onset.onset_detect(y=y, sr=rate)
    return errors | {"onsets that differ": len(set(mine.tolist()) ^ set(theirs.tolist()))}


def test_librosa(capsys):
    sounds = [engine.perform(p, seconds=5, seed=s).samples for p in PROMPTS for s in (1, 2)]
    synthetic = [make(44_100) for make in oracle.KINDS]
    errors = [
        librosa_errors(oracle.Heard(lambda _, samples=samples: np.asarray(samples), 44_100))
        for samples in (*sounds, *synthetic)
    ]
    assert all(analyse(each, 44_100).measures.seconds == 5 for each in sounds)
    with capsys.disabled():
        print(f"\nagainst librosa {librosa.__version__}, {len(errors)} sounds: largest error")
        print("as a share of the largest value")
        for name in errors[0]:
            values = [each[name] for each in errors]
            print(f"{name:<20}{max(values):>10.1e}   median {np.median(values):.1e}")
