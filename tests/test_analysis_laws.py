"""Laws that measured numbers obey, whatever the implementation."""

from __future__ import annotations

import math
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from soundgen_nb.analysis import DEEP_MEASURES, GROUPS, MEASURES, analyse
from soundgen_nb.errors import InputError, NotAudioError

RATE = 44_100
SPECTRAL = ("centroid_hz", "bandwidth_hz", "rolloff_hz", "flatness", "zero_crossing_rate")
LEVELS = (
    *("peak_dbfs", "true_peak_dbtp", "rms_dbfs", "noise_floor_dbfs"),
    *("loudness_lufs", "momentary_max_lufs", "short_term_max_lufs"),
)
LOUDNESSES = tuple(name for name in LEVELS if name.endswith("_lufs"))


def sine(frequency_hz, *, rate=RATE, seconds=1.0, amplitude=0.5):
    times = np.arange(int(rate * seconds)) / rate
    return (amplitude * np.sin(2 * np.pi * frequency_hz * times))[None].astype(np.float32)


def noise(seconds=1.0, *, channels=1, seed=0, rate=RATE):
    rng = np.random.default_rng(seed)
    return rng.normal(0, 0.1, (channels, int(rate * seconds))).astype(np.float32)


def measured(samples, rate=RATE):
    return analyse(samples, rate).measures


def exactly(measures):
    """Every value to the last bit, and NaN for NaN."""
    return pytest.approx(dict(measures), rel=0, abs=0, nan_ok=True)


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("frequency_hz", [440.0, 1000.0, 5000.0])
def test_a_sines_centroid_is_its_frequency(frequency_hz, rate):
    long_enough = sine(frequency_hz, rate=rate, seconds=3.0)
    assert measured(long_enough, rate).centroid_hz == pytest.approx(frequency_hz, rel=0.02)


@pytest.mark.parametrize("frequency_hz", [440.0, 5000.0])
def test_a_sine_crosses_zero_twice_a_period(frequency_hz):
    rate = measured(sine(frequency_hz)).zero_crossing_rate
    assert rate == pytest.approx(2 * frequency_hz / RATE, rel=0.03)


def test_a_sine_has_a_crest_of_3_db_and_no_flatness():
    found = measured(sine(1000.0))
    assert found.crest_db == pytest.approx(3.01, abs=0.01)
    assert found.flatness < 0.01


def test_white_noise_is_flat_and_fills_the_band():
    found = measured(noise(3.0))
    assert found.flatness == pytest.approx(math.exp(-np.euler_gamma), abs=0.02)
    assert found.centroid_hz == pytest.approx(RATE / 4, rel=0.03)
    assert found.rolloff_hz == pytest.approx(0.85 * RATE / 2, rel=0.03)
    assert found.bandwidth_hz == pytest.approx(RATE / 2 / math.sqrt(12), rel=0.03)


@pytest.mark.parametrize("name", LEVELS)
def test_doubling_the_gain_adds_6_02_db(name):
    once, twice = measured(noise()), measured(2 * noise())
    assert twice[name] - once[name] == pytest.approx(6.02, abs=0.01)


def test_gain_leaves_everything_but_levels_alone():
    once, twice = measured(noise(4.0)), measured(2 * noise(4.0))
    assert twice.dc_offset == pytest.approx(2 * once.dc_offset)
    for name in set(once) - {*LEVELS, "dc_offset"}:
        assert twice[name] == pytest.approx(once[name], rel=1e-4, abs=1e-4, nan_ok=True), name


@pytest.mark.parametrize("channels", [2, 3, 6])
def test_equal_channels_measure_as_one_but_for_loudness(channels):
    fading = noise() * np.hanning(noise().shape[1]).astype(np.float32) ** 2
    one, many = measured(fading), measured(np.repeat(fading, channels, axis=0))
    for name in set(one) - set(LOUDNESSES):
        assert many[name] == pytest.approx(one[name], rel=1e-4, abs=1e-6, nan_ok=True), name


def test_opposite_channels_are_not_silence():
    found = measured(np.concatenate([noise(), -noise()]))
    assert found.silence_share == 0
    assert found.rms_dbfs == pytest.approx(measured(noise()).rms_dbfs)
    assert math.isfinite(found.loudness_lufs)
    assert math.isnan(found.centroid_hz)


def test_the_order_of_channels_does_not_matter():
    stereo = noise(channels=2)
    here, swapped = dict(measured(stereo)), dict(measured(stereo[::-1]))
    assert here == pytest.approx(swapped, rel=1e-5, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("name", SPECTRAL)
def test_silence_around_a_sound_does_not_change_its_colour(name):
    padded = np.pad(noise(2.0), ((0, 0), (RATE, 2 * RATE)))
    assert measured(padded)[name] == pytest.approx(measured(noise(2.0))[name], rel=0.02)


def test_half_silence_is_half_silent():
    padded = np.pad(noise(4.0), ((0, 0), (0, 4 * RATE)))
    assert measured(padded).silence_share == pytest.approx(0.5, abs=0.01)


def test_silence_at_the_edges_is_counted_to_the_sample():
    padded = np.pad(np.full((1, 1000), 0.5, np.float32), ((0, 0), (441, 882)))
    found = measured(padded)
    assert (found.leading_seconds, found.trailing_seconds) == (441 / RATE, 882 / RATE)


def test_clicks_are_counted_and_found_where_they_are():
    line = np.zeros((1, 3 * RATE), np.float32)
    starts = np.array([0.5, 1.0, 1.7, 2.2])
    line[0, (starts * RATE).astype(int)] = 0.9
    found = analyse(line, RATE)
    assert found.measures.onsets == 4
    assert found.onset_times == pytest.approx(starts, abs=0.03)


def test_the_same_sound_at_another_rate_measures_the_same():
    low, high = (
        measured(sine(1000.0, rate=22_050), 22_050),
        measured(sine(1000.0, rate=48_000), 48_000),
    )
    for name in ("seconds", "crest_db", *LEVELS):
        assert low[name] == pytest.approx(high[name], abs=0.05), name


@pytest.mark.parametrize("shape", [(1, RATE), (2, 100), (6, 5000)], ids=str)
def test_silence_has_a_length_and_no_level_and_nothing_else(shape):
    found = measured(np.zeros(shape, np.float32))
    zero = ("pause_seconds", "clipped_share", "dc_offset", "onsets", "onset_rate")
    assert [found[name] for name in LEVELS] == [-math.inf] * len(LEVELS)
    assert [found[name] for name in zero] == [0] * len(zero)
    assert found.silence_share == 1
    # none of it is counted twice
    assert (found.leading_seconds, found.trailing_seconds) == (found.seconds, 0)
    told = {*LEVELS, *zero, "silence_share", "leading_seconds", "trailing_seconds", "seconds"}
    assert all(math.isnan(found[name]) for name in set(found) - told)


@pytest.mark.parametrize("length", [1, 2, 511, 512, 513, 2047, 2048, 2049])
@pytest.mark.parametrize("channels", [1, 2, 7])
def test_any_length_from_one_sample_up_is_measured(length, channels):
    found = analyse(np.full((channels, length), 0.25, np.float32), RATE)
    assert found.measures.seconds == length / RATE
    assert found.measures.peak_dbfs == pytest.approx(-12.04, abs=0.01)
    assert math.isfinite(found.measures.loudness_lufs)
    assert "shorter than 0.4 s" in found.measures.notes["loudness_lufs"]
    never = {"loudness_range_lu", "modulation_hz"}
    assert all(math.isfinite(found.measures[name]) for name in set(found.measures) - never)


def test_no_samples_are_refused():
    with pytest.raises(NotAudioError, match="no samples"):
        analyse(np.zeros((2, 0), np.float32), RATE)


@pytest.mark.parametrize("flaws", [[math.nan], [math.inf], [-math.inf, math.inf], [1e30]], ids=str)
def test_samples_that_are_not_numbers_are_refused(flaws):
    samples = noise()
    samples[0, 99 : 99 + len(flaws)] = flaws
    with pytest.raises(NotAudioError, match="NaN, infinite or beyond any scale"):
        analyse(samples, RATE)


@pytest.mark.parametrize(
    "samples",
    [np.zeros(100), np.zeros((1, 100), np.int16), np.zeros((1, 2, 3))],
    ids=["one line", "integers", "three axes"],
)
def test_arrays_of_another_kind_are_refused(samples):
    with pytest.raises(InputError, match=r"shape \(channels, n\)"):
        analyse(samples, RATE)


@pytest.mark.parametrize("rate", [0, -44_100, 3_999, 10**6, 44_100.5, math.nan, "44100", None])
def test_rates_no_sound_has_are_refused(rate):
    with pytest.raises(InputError, match="sample rate"):
        analyse(noise(), rate)


def test_double_precision_and_strided_samples_measure_the_same():
    interleaved = np.ascontiguousarray(noise(channels=2).T).astype(np.float64)
    assert dict(measured(interleaved.T)) == exactly(measured(noise(channels=2)))


def test_a_rate_that_came_as_a_float_is_the_same_rate():
    assert dict(measured(noise(), float(RATE))) == exactly(measured(noise()))


def test_samples_are_left_as_they_were():
    samples = noise(channels=2)
    before = samples.copy()
    analyse(samples, RATE)
    assert np.array_equal(samples, before)


def test_many_threads_give_the_same_bits_as_one():
    sounds = [noise(0.7, seed=seed) for seed in range(8)]
    alone = [analyse(each, RATE) for each in sounds]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda each: analyse(each, RATE), sounds))
    for one, other in zip(alone, together, strict=True):
        assert dict(one.measures) == exactly(other.measures)
        assert np.array_equal(one.spectrogram.decibels, other.spectrogram.decibels)


def test_one_sound_in_two_threads_gives_the_same_bits_as_in_one():
    sound = noise(3.1)
    alone = analyse(sound, RATE)
    with ThreadPoolExecutor(1) as other:
        shared = analyse(sound, RATE, beside=other)
    assert dict(shared.measures) == exactly(alone.measures)
    assert np.array_equal(shared.spectrogram.decibels, alone.spectrogram.decibels)
    assert np.array_equal(shared.waveform.high, alone.waveform.high)


def test_an_analysis_crosses_to_another_process_whole():
    found = analyse(noise(0.2), RATE)
    back = pickle.loads(pickle.dumps(found))
    assert dict(back.measures) == exactly(found.measures)
    assert back.measures.notes == found.measures.notes
    assert np.array_equal(back.waveform.high, found.waveform.high)


def test_an_analysis_is_small_however_long_the_sound():
    assert len(pickle.dumps(analyse(noise(60.0), RATE))) < 1_100_000


def test_analysis_wakes_no_second_thread_in_blas():
    # OpenBLAS counts its threads' time as ours: a pool at work shows as more CPU than wall time.
    probe = (
        "import time, numpy as np; from soundgen_nb.analysis import analyse\n"
        "samples = np.random.default_rng(0).normal(0, .1, (2, 441_000)).astype(np.float32)\n"
        "analyse(samples, 44_100); wall, cpu = time.perf_counter(), time.process_time()\n"
        "for _ in range(4): analyse(samples, 44_100)\n"
        "print((time.process_time() - cpu) / (time.perf_counter() - wall))"
    )
    environment = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    ran = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, env=environment
    )
    assert float(ran.stdout) < 1.15


def test_importing_it_loads_no_heavy_library():
    probe = "import sys, soundgen_nb.analysis; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    heavy = {"librosa", "scipy", "numba", "matplotlib", "pandas", "soundfile", "PIL"}
    assert not heavy & set(ran.stdout.split())


def test_every_measure_explains_itself():
    for each in (*MEASURES, *DEEP_MEASURES):
        assert each.hears.endswith("."), each.name
        assert each.source, each.name
        assert each.label[0].isupper(), each.name


def test_no_two_measures_share_a_name_or_a_label():
    every = (*MEASURES, *DEEP_MEASURES)
    assert len({each.name for each in every}) == len({each.label for each in every}) == len(every)


def test_measures_stand_in_their_groups():
    assert [each for group in GROUPS.values() for each in group] == list(MEASURES)
