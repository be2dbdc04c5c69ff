"""The mp3 against the wav of one take: what encoding changes, and how far at most."""

from __future__ import annotations

import numpy as np
import pytest

from soundgen_nb import engine
from soundgen_nb.analysis import analyse
from soundgen_nb.sound import Sound

RATE = 44_100
PROMPTS = ["heavy rain", "a church bell", "a helicopter", "a dog barks", "waves at the sea shore"]

# In the measure's own unit; what heavy rain needs, which is worst, and a little more.
ABSOLUTE = {
    "seconds": 0,
    "leading_seconds": 0.005,
    "pause_seconds": 0,
    "peak_dbfs": 1.5,
    "true_peak_dbtp": 1.8,
    "rms_dbfs": 0.5,
    "crest_db": 1.5,
    "noise_floor_dbfs": 0.5,
    "loudness_lufs": 0.6,
    "momentary_max_lufs": 0.6,
    "slope_db_per_octave": 0.1,
    "low_share": 0.01,
    "mid_share": 0.04,
    "high_share": 0.04,
    "attack_seconds": 0.005,
    "stereo_correlation": 0.05,
    "stereo_width": 0.03,
}
# As a share: an encoder leaves out what lies above its cut-off.
DULLED = {"centroid_hz": 0.22, "bandwidth_hz": 0.26, "rolloff_hz": 0.25}


@pytest.fixture(scope="module", params=PROMPTS)
def pair(request):
    """A take as wav and as mp3."""
    samples = engine.perform(request.param, seconds=3, seed=1).samples
    return [Sound.from_samples(samples, RATE, format=name) for name in ("wav", "mp3")]


@pytest.fixture(scope="module")
def measures(pair):
    return [analyse(sound.samples, RATE).measures for sound in pair]


def test_the_decoders_delay_is_taken_off_to_the_sample(pair):
    lines = [sound.samples.mean(axis=0) for sound in pair]
    assert len(lines[0]) == len(lines[1])
    wav, mp3 = (np.fft.rfft(line, 2 * len(line)) for line in lines)
    assert np.fft.irfft(mp3 * np.conj(wav)).argmax() == 0


@pytest.mark.parametrize("name", ABSOLUTE)
def test_an_mp3_measures_as_its_wav_but_for_so_much(measures, name):
    wav, mp3 = (each[name] for each in measures)
    assert mp3 == pytest.approx(wav, abs=ABSOLUTE[name])


@pytest.mark.parametrize("name", DULLED)
def test_an_mp3_is_duller_than_its_wav_but_for_so_much(measures, name):
    wav, mp3 = (each[name] for each in measures)
    assert (1 - DULLED[name]) * wav <= mp3 <= 1.02 * wav
