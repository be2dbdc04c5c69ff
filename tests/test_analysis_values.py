"""The values an analysis is made of: measures, pictures, timbres, and what librosa is lent."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from soundgen_nb.analysis import (
    MEASURES,
    Measures,
    analyse,
    librosa_view,
    measure,
    measures_named,
    similarity_matrix,
)
from soundgen_nb.analysis.pictures import FLOOR_DB, HIGHEST_HZ
from soundgen_nb.analysis.similarity import distance_db
from soundgen_nb.errors import InputError, MeasureError

RATE = 44_100


def sine(frequency_hz=1000.0, *, rate=RATE, seconds=1.0, amplitude=1.0):
    return (
        amplitude * np.sin(2 * np.pi * frequency_hz * np.arange(int(rate * seconds)) / rate)[None]
    )


def noise(*, colour=0.0, seconds=2.0, seed=0, rate=RATE):
    """Noise whose magnitude falls with frequency to the power of ``colour``; 0 is white."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(0, 0.1, int(rate * seconds)))
    return np.fft.irfft(spectrum / np.arange(1, len(spectrum) + 1) ** colour)[None]


# Measures


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("loudness_lufs", -23.06, "-23.1 LUFS"),
        ("seconds", 6.0, "6.00 s"),
        ("centroid_hz", 1834.4, "1834 Hz"),
        ("silence_share", 0.124, "12 %"),
        ("onsets", 3.0, "3"),
        ("crest_db", math.nan, "—"),
        ("peak_dbfs", -math.inf, "-∞ dBFS"),
        ("peak_dbfs", -0.04, "0.0 dBFS"),
    ],
)
def test_a_value_is_written_with_its_unit(name, value, text):
    assert measure(name).text(value) == text


def test_an_unknown_measure_is_refused_with_the_names_there_are():
    with pytest.raises(InputError, match="no measure 'warmth'; there are: seconds, silence"):
        measure("warmth")


@pytest.mark.parametrize(
    ("name", "meant"),
    [("loudness", "loudness_lufs"), ("centroid", "centroid_hz"), ("tempo", "tempo_bpm")],
)
def test_of_a_measure_that_is_nearly_there_the_nearest_is_named(name, meant):
    says = re.escape(f"There is no measure {name!r}; did you mean {meant}?")
    with pytest.raises(InputError, match=f"^{says}$"):
        measure(name)


@pytest.mark.parametrize("name", [7, ["flatness"], None])
def test_a_measure_is_named_in_text(name):
    with pytest.raises(InputError, match="no measure"):
        measure(name)


def test_one_name_is_that_one_measure_and_no_row_of_letters():
    assert measures_named("flatness") == measures_named(["flatness"]) == [measure("flatness")]
    several = ("onsets", "flatness", "onsets")
    assert [each.name for each in measures_named(several)] == ["onsets", "flatness"]
    with pytest.raises(InputError, match="no measure 'lufs'"):
        measures_named("lufs")


def test_a_value_that_is_not_there_is_a_key_error_of_ours_in_a_sentence():
    found = analyse(sine(), RATE).measures
    with pytest.raises(KeyError) as raised:
        found["loudness"]
    assert isinstance(raised.value, MeasureError)
    assert str(raised.value) == "There is no measure 'loudness'; did you mean loudness_lufs?"
    assert "loudness" not in found
    assert found.get("loudness") is None
    assert found.get("loudness", 3.0) == 3.0


def test_a_deep_measure_is_not_among_those_of_the_first_look():
    found = analyse(sine(), RATE).measures
    with pytest.raises(MeasureError, match=r"'pitch_hz' is not among these .* in \.deep"):
        found["pitch_hz"]


def test_measures_are_a_mapping_in_the_order_of_the_registry():
    found = analyse(sine(), RATE).measures
    assert list(found) == [each.name for each in MEASURES]
    assert all(isinstance(value, float) for value in found.values())
    assert found["crest_db"] == found.crest_db


def test_measures_cannot_be_changed():
    found = analyse(sine(), RATE).measures
    with pytest.raises(AttributeError, match="assign"):
        found.seconds = 2.0
    with pytest.raises(TypeError, match="assignment"):
        found["seconds"] = 2.0


def test_a_measure_that_is_not_there_is_an_attribute_error_with_the_names():
    with pytest.raises(AttributeError, match="no measure 'warmth'"):
        _ = analyse(sine(), RATE).measures.warmth


def test_a_value_with_a_note_is_marked_as_approximate():
    short = analyse(sine(seconds=0.2), RATE).measures
    assert short.text("loudness_lufs").startswith("≈ ")
    assert short.text("peak_dbfs") == "0.0 dBFS"


def test_notes_are_one_line_of_text_for_tables():
    assert analyse(sine(seconds=4), RATE).measures.remarks == ""
    short = analyse(sine(seconds=0.2), RATE).measures
    assert short.remarks.count("; ") == len(short.notes) - 1
    assert short.remarks.startswith("loudness_lufs: shorter than 0.4 s, where BS.1770 ")


def test_measures_come_back_from_their_own_items():
    found = analyse(sine(seconds=0.2), RATE).measures
    back = Measures(dict(found), found.notes)
    assert (dict(back), back.notes) == (dict(found), found.notes)


def test_measures_show_themselves_in_one_line():
    assert repr(analyse(sine(), RATE)).startswith("Analysis(Measures(Length 1.00 s, Silence 0 %, ")


# Pictures


def test_a_full_scale_sine_is_0_db_at_its_own_row():
    on_a_bin = 100 * RATE / 2048
    picture = analyse(sine(on_a_bin), RATE).spectrogram
    row = np.searchsorted(picture.frequency_edges_hz, on_a_bin, side="right") - 1
    assert picture.decibels[:, 40].argmax() == row
    assert picture.decibels[row, 40] == pytest.approx(0, abs=0.01)
    assert picture.loudest_db == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_a_tone_is_in_the_same_row_at_every_rate(rate):
    picture = analyse(sine(2000.0, rate=rate), rate).spectrogram
    low, high = picture.frequency_edges_hz[picture.decibels[:, 10].argmax() + np.array([-1, 2])]
    half_a_bin = rate / 2048 / 2
    assert low - half_a_bin <= 2000.0 <= high + half_a_bin


def test_rows_above_half_the_sample_rate_are_at_the_floor():
    picture = analyse(noise(rate=22_050), 22_050).spectrogram
    above = picture.frequency_edges_hz[:-1] > 11_025
    assert picture.decibels[above] == pytest.approx(FLOOR_DB)
    assert (picture.decibels[~above] > -100).all()


def test_the_frequency_axis_is_the_same_for_all():
    edges = analyse(noise(rate=22_050), 22_050).spectrogram.frequency_edges_hz
    assert (len(edges), edges[0], edges[-1]) == (257, pytest.approx(20), pytest.approx(HIGHEST_HZ))
    assert np.diff(np.log(edges)) == pytest.approx(np.log(edges[1] / edges[0]))


@pytest.mark.parametrize("gain_db", [-20.0, 6.02])
def test_the_picture_is_absolute(gain_db):
    once = analyse(noise(), RATE).spectrogram
    other = analyse(noise() * 10 ** (gain_db / 20), RATE).spectrogram
    assert other.decibels - once.decibels == pytest.approx(gain_db, abs=0.01)


@pytest.mark.parametrize(("seconds", "columns"), [(0.01, 1), (1.0, 87), (10.0, 862), (60.0, 960)])
def test_a_picture_has_a_column_a_frame_up_to_960(seconds, columns):
    found = analyse(sine(seconds=seconds), RATE)
    assert found.spectrogram.decibels.shape == (256, columns)
    assert found.spectrogram.seconds == found.waveform.seconds == pytest.approx(seconds)


def test_a_click_in_a_long_sound_survives_the_shrinking():
    line = np.zeros((1, 60 * RATE))
    line[0, 30 * RATE] = 1.0
    found = analyse(line, RATE)
    assert found.spectrogram.decibels.max(axis=0).argmax() == pytest.approx(480, abs=2)
    assert found.waveform.high.max() == 1.0


def test_a_waveform_reaches_every_channels_extremes():
    samples = np.concatenate([noise(), 0.5 * noise(seed=1)])
    found = analyse(samples, RATE).waveform
    assert found.high.max(axis=1) == pytest.approx(samples.max(axis=1))
    assert found.low.min(axis=1) == pytest.approx(samples.min(axis=1))
    assert found.low.shape == (2, 960)


# Similarity

DIFFERENT = {
    "white": noise(),
    "pink": noise(colour=0.5),
    "brown": noise(colour=1.0),
    "tone": sine(amplitude=0.3),
    "stereo": np.concatenate([noise(), noise(seed=1)]),
    "silence": np.zeros((1, RATE)),
}


@pytest.fixture(scope="module")
def analyses():
    return [analyse(samples, RATE) for samples in DIFFERENT.values()]


def test_similarity_is_one_with_itself_symmetric_and_between_0_and_1(analyses):
    matrix = similarity_matrix(analyses)
    assert (np.diag(matrix) == 1).all()
    assert np.array_equal(matrix, matrix.T)
    assert ((matrix >= 0) & (matrix <= 1)).all()


def test_similarity_does_not_depend_on_what_else_is_there(analyses):
    assert similarity_matrix(analyses[1:3])[0, 1] == similarity_matrix(analyses)[1, 2]


def test_another_take_of_the_same_is_more_alike_than_anything_else():
    white, again, pink = (
        analyse(each, RATE) for each in (noise(), noise(seed=9), noise(colour=0.5))
    )
    matrix = similarity_matrix([white, again, pink])
    assert matrix[0, 1] > 0.95
    assert matrix[0, 2] < 0.6


def test_distances_grow_with_the_difference_in_colour():
    white, pink, brown = (analyse(noise(colour=c), RATE).timbre for c in (0, 0.5, 1))
    assert distance_db(white, pink) < distance_db(white, brown)


def test_level_and_padding_do_not_matter():
    padded = np.pad(0.1 * noise(), ((0, 0), (RATE, RATE)))
    assert similarity_matrix([analyse(noise(), RATE), analyse(padded, RATE)])[0, 1] > 0.9


@pytest.mark.parametrize(("rate", "least"), [(48_000, 0.9), (96_000, 0.85)])
def test_a_sound_is_like_itself_at_another_rate(rate, least):
    sound = noise(colour=0.5)
    length = sound.shape[1] * rate // RATE
    resampled = np.fft.irfft(np.fft.rfft(sound), length) * (rate / RATE)
    there, here = analyse(resampled, rate), analyse(sound, RATE)
    assert similarity_matrix([there, here])[0, 1] > least


def test_silence_is_like_silence_and_like_nothing_else(analyses):
    matrix = similarity_matrix([*analyses, analyse(np.zeros((2, 9)), RATE)])
    assert matrix[-1, -2] == 1
    assert (matrix[-1, :-2] == 0).all()


def test_no_sounds_make_an_empty_matrix():
    assert similarity_matrix([]).shape == (0, 0)


# What is lent to librosa


def test_the_view_is_the_readers_own_copy():
    samples = noise().astype(np.float32)
    view = librosa_view(samples, RATE)
    view.y[:] = 0
    assert samples.any()
    assert view.y.flags.writeable


def test_the_magnitudes_are_made_once():
    view = librosa_view(noise().astype(np.float32), RATE)
    assert view.S is view.S
    assert view.S.shape == (1025, 1 + 2 * RATE // 512)
