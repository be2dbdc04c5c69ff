"""Every frame value against librosa itself, on sounds that differ in kind, at three rates."""

from __future__ import annotations

import numpy as np
import pytest

from soundgen_nb.analysis import analyse, librosa_view, pictures
from soundgen_nb.analysis.frames import frame_count, mono_mix
from soundgen_nb.analysis.levels import levels
from soundgen_nb.analysis.spectrum import mel_bank, mfcc, power_to_db, spectra
from soundgen_nb.analysis.timing import onset_envelope, onset_frames, zero_crossing_rate

librosa = pytest.importorskip("librosa")

SECONDS = 2


def noise(rate):
    return 0.2 * np.random.default_rng(1).normal(size=(1, SECONDS * rate))


def sine(rate):
    return 0.5 * np.sin(2 * np.pi * 1000 * np.arange(SECONDS * rate) / rate)[None]


def clicks(rate):
    line = np.zeros((1, SECONDS * rate))
    line[0, :: rate // 4] = 0.9
    return line


def chirp(rate):
    times = np.arange(SECONDS * rate) / rate
    return 0.5 * np.sin(2 * np.pi * (50 * times + 0.1 * rate * times**2))[None]


def events(rate):
    rng = np.random.default_rng(2)
    line = np.zeros(SECONDS * rate)
    for start in (0.25, 0.8, 1.45):
        tail = np.arange(len(line) - int(start * rate)) / rate
        line[-len(tail) :] += 0.5 * np.exp(-30 * tail) * rng.normal(size=len(tail))
    return line[None]


def stereo(rate):
    return np.concatenate([noise(rate), sine(rate)])


class Heard:
    """One sound, as float32, with its mono mix and our spectral values."""

    def __init__(self, make, rate):
        self.samples = make(rate).astype(np.float32)
        self.rate = rate
        self.y = librosa.to_mono(self.samples)
        self.spectra = spectra(mono_mix(self.samples), rate)
        self.mel_db = power_to_db(self.spectra.mel_power)
        self.measures = analyse(self.samples, rate).measures


def long(_rate):
    """Of more frames than are looked at together, and silent, loud and silent again."""
    line = 0.2 * np.random.default_rng(3).normal(size=(1, 1000 * 512))
    return line * np.repeat([0, 0.1, 1, 0, 1], 200 * 512)


KINDS = [noise, sine, clicks, chirp, events, stereo, long]


@pytest.fixture(scope="module", params=[22_050, 44_100, 48_000], ids=lambda rate: f"{rate} Hz")
def rate(request):
    return request.param


@pytest.fixture(scope="module", params=KINDS, ids=lambda make: make.__name__)
def heard(request, rate):
    return Heard(request.param, rate)


def largest_error(mine, theirs):
    """The largest difference as a share of the largest value."""
    return np.abs(mine - theirs).max() / np.abs(theirs).max()


def test_the_mono_mix_is_librosas(heard):
    assert np.allclose(mono_mix(heard.samples), heard.y, atol=1e-7)


def test_centroids_agree_to_two_in_a_hundred_thousand(heard):
    theirs = librosa.feature.spectral_centroid(y=heard.y, sr=heard.rate)[0]
    assert largest_error(heard.spectra.centroid_hz, theirs) < 2e-5


def test_bandwidths_agree_to_a_hertz(heard):
    # For a tone, whose bandwidth is all but nothing, the noise of a float32 transform shows.
    theirs = librosa.feature.spectral_bandwidth(y=heard.y, sr=heard.rate)[0]
    assert np.abs(heard.spectra.bandwidth_hz - theirs).max() < 1.5


def test_rolloffs_agree_to_the_bin_but_for_rare_ties(heard):
    theirs = librosa.feature.spectral_rolloff(y=heard.y, sr=heard.rate)[0]
    bins = np.abs(heard.spectra.rolloff_hz - theirs) / (heard.rate / 2048)
    assert bins.max() < 1.01
    assert (bins > 0.5).mean() < 0.02


def test_flatness_agrees_to_one_in_a_thousand(heard):
    theirs = librosa.feature.spectral_flatness(y=heard.y)[0]
    assert np.abs(heard.spectra.flatness / theirs - 1).max() < 1e-3


def test_mel_bands_agree_to_one_in_a_million(heard):
    theirs = librosa.feature.melspectrogram(y=heard.y, sr=heard.rate).T
    assert largest_error(heard.spectra.mel_power, theirs) < 1e-6


def test_cepstra_agree_to_five_in_a_million(heard):
    theirs = librosa.feature.mfcc(y=heard.y, sr=heard.rate).T
    assert largest_error(mfcc(heard.mel_db), theirs) < 5e-6


def test_onset_envelopes_agree_to_two_in_a_hundred_thousand(heard):
    theirs = librosa.onset.onset_strength(y=heard.y, sr=heard.rate)
    assert largest_error(onset_envelope(heard.mel_db), theirs) < 2e-5


def test_onsets_are_the_same_frames(heard):
    theirs = librosa.onset.onset_detect(y=heard.y, sr=heard.rate)
    assert onset_frames(onset_envelope(heard.mel_db), heard.rate).tolist() == theirs.tolist()


def test_zero_crossing_rates_are_the_same(heard):
    theirs = librosa.feature.zero_crossing_rate(heard.y)[0]
    assert zero_crossing_rate(heard.y) == pytest.approx(theirs, abs=1e-12)


def test_frame_levels_agree_to_one_in_a_million(heard):
    per_channel = librosa.feature.rms(y=heard.samples)[:, 0]
    theirs = np.sqrt((per_channel**2).mean(axis=0))
    assert largest_error(levels(heard.samples, heard.rate).frame_rms, theirs) < 1e-6


def test_the_magnitudes_lent_out_are_those_of_librosas_stft(heard):
    view = librosa_view(heard.samples, heard.rate)
    theirs = np.abs(librosa.stft(heard.y, n_fft=2048, hop_length=512))
    assert view.S.shape == theirs.shape
    assert largest_error(view.S, theirs) < 1e-6
    assert (view.sr, view.y.shape) == (heard.rate, heard.y.shape)


@pytest.mark.parametrize(
    ("measured", "feature"),
    [
        ("centroid_hz", lambda heard: librosa.feature.spectral_centroid(y=heard.y, sr=heard.rate)),
        (
            "bandwidth_hz",
            lambda heard: librosa.feature.spectral_bandwidth(y=heard.y, sr=heard.rate),
        ),
        ("rolloff_hz", lambda heard: librosa.feature.spectral_rolloff(y=heard.y, sr=heard.rate)),
        ("flatness", lambda heard: librosa.feature.spectral_flatness(y=heard.y)),
        ("zero_crossing_rate", lambda heard: librosa.feature.zero_crossing_rate(heard.y)),
        ("flux_db", lambda heard: librosa.onset.onset_strength(y=heard.y, sr=heard.rate)[None]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_measure_is_librosas_mean_over_the_frames_that_sound(heard, measured, feature):
    # A click on the very edge of a frame, where the window is zero, sounds and has no spectrum.
    in_mix = librosa.feature.spectral_centroid(y=heard.y, sr=heard.rate)[0] > 0
    sounding = levels(heard.samples, heard.rate).sounding & in_mix
    expected = feature(heard)[0][sounding].mean()
    tolerance = 0.5 if measured == "bandwidth_hz" else None
    assert heard.measures[measured] == pytest.approx(expected, rel=1e-3, abs=tolerance)


def test_silence_is_what_librosa_would_split_away():
    samples = events(44_100).astype(np.float32)
    spans = librosa.effects.split(samples[0])
    mine = analyse(samples, 44_100).measures.silence_share
    theirs = 1 - np.diff(spans).sum() / samples.shape[1]
    assert mine == pytest.approx(theirs, abs=2 / frame_count(samples.shape[1]))


def test_edges_of_silence_are_librosas_trim_to_a_frame():
    samples = np.pad(noise(44_100).astype(np.float32), ((0, 0), (30_000, 50_000)))
    start, end = librosa.effects.trim(samples[0])[1]
    found = analyse(samples, 44_100).measures
    assert found.leading_seconds * 44_100 == pytest.approx(start, abs=2048)
    assert found.trailing_seconds * 44_100 == pytest.approx(samples.shape[1] - end, abs=2048)


def test_mel_filters_are_librosas(rate):
    theirs = librosa.filters.mel(sr=rate, n_fft=2048)
    assert np.abs(mel_bank(rate).weights - theirs).max() < 1e-7


def test_picture_rows_are_librosas_decibels_at_the_strongest_bin():
    samples = noise(44_100).astype(np.float32)
    power = np.abs(librosa.stft(samples[0])) ** 2
    theirs = librosa.power_to_db(power, ref=512.0**2, top_db=None)
    frequencies = librosa.fft_frequencies(sr=44_100, n_fft=2048)
    picture = pictures.spectrogram(
        spectra(samples[0], 44_100).rows_db, length=samples.shape[1], sample_rate=44_100
    )
    low, high = picture.frequency_edges_hz[200:202]
    inside = (frequencies >= low) & (frequencies < high)
    assert picture.decibels[200] == pytest.approx(theirs[inside].max(axis=0), abs=1e-3)
