"""Loudness against libebur128, against EBU's own test signals, and its written fallbacks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.signal import sosfilt

from soundgen_nb.analysis.loudness import loudness
from soundgen_nb.analysis.weighting import k_filters, k_weighted

RATES = [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000]


def sine(level_dbfs, *, seconds=20.0, rate=48_000, channels=2, frequency_hz=1000.0):
    """A sine whose peak is at ``level_dbfs``, the same in every channel."""
    times = np.arange(int(seconds * rate)) / rate
    line = 10 ** (level_dbfs / 20) * np.sin(2 * np.pi * frequency_hz * times)
    return np.tile(line, (channels, 1)).astype(np.float32)


def swelling_noise(rate, *, channels=2, seconds=5.0, seed=3):
    rng = np.random.default_rng(seed)
    length = int(rate * seconds)
    swell = 0.01 + 0.2 * np.sin(np.arange(length) / rate) ** 4
    return (swell * rng.normal(size=(channels, length))).astype(np.float32)


def lufs(samples, rate=48_000):
    return loudness(samples, rate).lufs


def libebur128(samples, rate):
    ebu = pytest.importorskip("pyebur128")
    meter = ebu.R128State(len(samples), rate, ebu.MeasurementMode.MODE_I)
    interleaved = np.ascontiguousarray(samples.T, np.float64).ravel()
    meter.add_frames(interleaved, samples.shape[1])
    return ebu.get_loudness_global(meter)


# EBU Tech 3341, table 1, cases 1 to 5: stereo 1 kHz sines, each level for so many seconds.
EBU_3341 = [
    (1, [(-23, 20)], -23.0),
    (2, [(-33, 20)], -33.0),
    (3, [(-36, 10), (-23, 60), (-36, 10)], -23.0),
    (4, [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
    (5, [(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
]


@pytest.mark.parametrize(("case", "parts", "expected"), EBU_3341, ids=lambda v: f"{v}"[:12])
def test_ebu_3341_reads_as_it_should(case, parts, expected):
    samples = np.concatenate([sine(level, seconds=span) for level, span in parts], axis=1)
    assert lufs(samples) == pytest.approx(expected, abs=0.1), case


def test_ebu_3341_case_6_weighs_surround_channels():
    levels = [-28, -28, -24, -math.inf, -30, -30]
    samples = np.concatenate([sine(level, channels=1) for level in levels])
    assert lufs(samples) == pytest.approx(-23.0, abs=0.1)


def test_a_997_hz_sine_at_full_scale_in_one_channel_reads_minus_3_01():
    assert lufs(sine(0, channels=1, frequency_hz=997.0)) == pytest.approx(-3.01, abs=0.01)


@pytest.mark.parametrize("rate", RATES)
def test_it_reads_what_libebur128_reads_at_every_rate(rate):
    samples = swelling_noise(rate, seconds=4.0)
    assert lufs(samples, rate) == pytest.approx(libebur128(samples, rate), abs=0.005)


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5, 6])
def test_it_reads_what_libebur128_reads_for_every_channel_count(channels):
    samples = swelling_noise(22_050, channels=channels)
    assert lufs(samples, 22_050) == pytest.approx(libebur128(samples, 22_050), abs=0.005)


def test_a_steady_offset_is_not_heard():
    samples = swelling_noise(48_000)
    assert lufs(samples + np.float32(0.3)) == pytest.approx(lufs(samples), abs=0.05)


def test_the_filters_at_48_khz_are_those_the_standard_prints():
    (shelf, shelf_poles), (high_pass, high_pass_poles) = k_filters(48_000)
    assert shelf == pytest.approx([1.53512485958697, -2.69169618940638, 1.19839281085285])
    assert shelf_poles == pytest.approx([1, -1.69065929318241, 0.73248077421585])
    assert high_pass.tolist() == [1, -2, 1]
    assert high_pass_poles == pytest.approx([1, -1.99004745483398, 0.99007225036621])


def test_pauses_are_left_out():
    sound = swelling_noise(48_000)
    with_pause = np.pad(sound, ((0, 0), (0, 480_000)))
    assert lufs(with_pause) == pytest.approx(lufs(sound), abs=0.3)


def test_the_same_signal_in_two_channels_is_3_lu_louder_than_in_one():
    one, two = swelling_noise(48_000, channels=1), swelling_noise(48_000, channels=1)
    assert lufs(np.concatenate([one, two])) - lufs(one) == pytest.approx(3.01, abs=0.01)


@pytest.mark.parametrize("gain_db", [-12.0, 6.02])
def test_gain_moves_it_decibel_for_decibel(gain_db):
    samples = swelling_noise(48_000)
    louder = samples * np.float32(10 ** (gain_db / 20))
    assert lufs(louder) - lufs(samples) == pytest.approx(gain_db, abs=0.01)


def test_a_whole_sound_needs_no_note():
    assert loudness(swelling_noise(48_000), 48_000).notes == {}


def test_under_400_ms_it_is_ungated_and_says_so():
    short = loudness(sine(-23, seconds=0.3), 48_000)
    assert short.lufs == pytest.approx(-23.0, abs=0.2)
    assert "shorter than 0.4 s" in short.notes["loudness_lufs"]


def test_under_the_gate_it_is_ungated_and_says_so():
    faint = loudness(sine(-80), 48_000)
    assert faint.lufs == pytest.approx(-80.0, abs=0.1)
    assert "-70 LUFS gate" in faint.notes["loudness_lufs"]


def test_digital_silence_is_minus_infinity_and_says_so():
    silent = loudness(np.zeros((2, 48_000), np.float32), 48_000)
    assert silent.lufs == silent.momentary_max_lufs == silent.short_term_max_lufs == -math.inf
    assert math.isnan(silent.range_lu)
    assert "-70 LUFS gate" in silent.notes["loudness_lufs"]


# Maxima and range


def in_turn(*parts, **kind):
    """Sines of so many dBFS, each for so many seconds, one after another."""
    return np.concatenate([sine(level, seconds=span, **kind) for level, span in parts], axis=1)


def test_ebu_3341_case_9_reads_the_same_whenever_3_s_are_heard():
    found = loudness(in_turn(*[(-20, 1.34), (-30, 1.66)] * 5), 48_000)
    assert found.short_term_max_lufs == pytest.approx(-23.0, abs=0.1)


def test_ebu_3341_case_12_reads_the_same_whenever_400_ms_are_heard():
    found = loudness(in_turn(*[(-20, 0.18), (-30, 0.22)] * 25), 48_000)
    assert found.momentary_max_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("late", [0.0, 0.15, 1.35, 2.85])
def test_ebu_3341_case_10_finds_3_s_wherever_they_begin(late):
    samples = np.pad(sine(-23, seconds=3.0), ((0, 0), (int(late * 48_000), 48_000)))
    assert loudness(samples, 48_000).short_term_max_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("late", [0.0, 0.02, 0.14, 0.38])
def test_ebu_3341_case_13_finds_400_ms_wherever_they_begin(late):
    samples = np.pad(sine(-23, seconds=0.4), ((0, 0), (int(late * 48_000), 48_000)))
    assert loudness(samples, 48_000).momentary_max_lufs == pytest.approx(-23.0, abs=0.1)


# EBU Tech 3342, table 1, cases 1 to 4: stereo 1 kHz sines, 20 s each.
EBU_3342 = [
    (1, [-20, -30], 10),
    (2, [-20, -15], 5),
    (3, [-40, -20], 20),
    (4, [-50, -35, -20, -35, -50], 15),
]


@pytest.mark.parametrize(("case", "levels", "expected"), EBU_3342, ids=lambda v: f"{v}"[:12])
def test_ebu_3342_ranges_as_far_as_it_should(case, levels, expected):
    # At 8 kHz, where a sine of 1 kHz is as loud and quicker to measure.
    samples = in_turn(*((level, 20) for level in levels), rate=8_000)
    assert loudness(samples, 8_000).range_lu == pytest.approx(expected, abs=1), case


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000])
def test_maxima_and_range_are_those_of_libebur128_fed_10_ms_at_a_time(rate):
    ebu = pytest.importorskip("pyebur128")
    samples = swelling_noise(rate, seconds=6.0)
    modes = ebu.MeasurementMode
    meter = ebu.R128State(2, rate, modes.MODE_M | modes.MODE_S | modes.MODE_LRA)
    momentary, short_term = [], []
    for chunk in np.split(samples, range(rate // 100, samples.shape[1], rate // 100), axis=1):
        meter.add_frames(np.ascontiguousarray(chunk.T, np.float64).ravel(), chunk.shape[1])
        momentary.append(ebu.get_loudness_momentary(meter))
        short_term.append(ebu.get_loudness_shortterm(meter))
    found = loudness(samples, rate)
    assert found.momentary_max_lufs == pytest.approx(max(momentary), abs=0.01)
    assert found.short_term_max_lufs == pytest.approx(max(short_term), abs=0.01)
    # libebur128 takes its windows a whole second apart, which Tech 3342 no longer allows.
    assert found.range_lu == pytest.approx(ebu.get_loudness_range(meter), abs=1.0)


def test_what_is_steady_has_no_range():
    assert loudness(sine(-23, seconds=7), 48_000).range_lu == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("seconds", [1.0, 3.0, 5.9])
def test_there_is_no_range_where_no_two_windows_lie_apart(seconds):
    loud_then_quiet = in_turn((-20, seconds / 2), (-40, seconds / 2), rate=8_000)
    assert math.isnan(loudness(loud_then_quiet, 8_000).range_lu)


def test_from_6_s_on_there_is_a_range():
    found = loudness(in_turn((-20, 3), (-30, 3), rate=8_000), 8_000)
    # the windows slide from one level to the other: powers of 0.1 to 1, from the 10th percentile
    expected = 10 * math.log10((0.1 + 0.9 * 0.95) / (0.1 + 0.9 * 0.1))
    assert found.range_lu == pytest.approx(expected, abs=0.1)


def test_the_loudest_moment_is_at_least_as_loud_as_anything_longer():
    found = loudness(swelling_noise(48_000), 48_000)
    assert found.lufs <= found.momentary_max_lufs
    assert found.short_term_max_lufs <= found.momentary_max_lufs


def test_a_sound_shorter_than_a_window_reads_as_in_silence_and_says_so():
    short = loudness(sine(-23, seconds=0.2), 48_000)
    assert short.momentary_max_lufs == pytest.approx(-23 - 3.01, abs=0.2)
    assert short.short_term_max_lufs == pytest.approx(-23 - 11.76, abs=0.2)
    assert "out of silence" in short.notes["momentary_max_lufs"]
    assert "out of silence" in short.notes["short_term_max_lufs"]
    assert math.isnan(short.range_lu)


@pytest.mark.parametrize("rate", RATES)
def test_three_seconds_at_any_rate_are_three_seconds(rate):
    assert loudness(swelling_noise(rate, seconds=3.0), rate).notes == {}


@pytest.mark.parametrize("rate", RATES)
def test_the_weighting_by_rows_is_the_recursion_sample_by_sample(rate):
    sections = [np.concatenate(each) for each in k_filters(rate)]
    line = (np.random.default_rng(rate).normal(0.3, 0.1, rate + 7)).astype(np.float32)
    expected = sosfilt(sections, line.astype(np.float64))
    assert np.abs(k_weighted(line, rate) - expected).max() < 2e-5
    assert len(k_weighted(line[:1], rate)) == 1
