"""Levels, true peaks, clipping, stereo and balance: standards' signals, oracles and laws."""

from __future__ import annotations

import math

import numpy as np
import pytest

from soundgen_nb.analysis import analyse
from soundgen_nb.analysis.true_peak import true_peak

RATE = 44_100


def sine(frequency_hz=440.0, *, amplitude=0.5, degrees=0.0, seconds=1.0, rate=RATE):
    times = np.arange(int(rate * seconds)) / rate
    wave = np.sin(2 * np.pi * frequency_hz * times + np.radians(degrees))
    return (amplitude * wave)[None].astype(np.float32)


def noise(seconds=1.0, *, channels=1, seed=0, slope_db=0.0, rate=RATE):
    """Noise of RMS 0.1 whose spectrum falls by ``slope_db`` in an octave."""
    length = int(rate * seconds)
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=(channels, length)))
    shaped = np.fft.irfft(spectrum * np.arange(1, length // 2 + 2) ** (slope_db / 6.02), length)
    return (0.1 * shaped / shaped.std()).astype(np.float32)


def measured(samples, rate=RATE):
    return analyse(samples, rate).measures


# True peak

# EBU Tech 3341, table 1, cases 15 to 19, stereo at 48 kHz: part of the rate, amplitude, degrees.
EBU_3341 = [
    (15, 4, 0.50, 0.0, -6.0),
    (16, 4, 0.50, 45.0, -6.0),
    (17, 6, 0.50, 60.0, -6.0),
    (18, 8, 0.50, 67.5, -6.0),
    (19, 4, 1.41, 45.0, 3.0),
]


@pytest.mark.parametrize(("case", "part", "amplitude", "degrees", "expected"), EBU_3341)
def test_ebu_3341_true_peaks_read_as_they_should(case, part, amplitude, degrees, expected):
    one = sine(48_000 / part, amplitude=amplitude, degrees=degrees, rate=48_000)
    read = measured(np.repeat(one, 2, axis=0), 48_000).true_peak_dbtp
    assert expected - 0.4 <= read <= expected + 0.2, case


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("gain", [0.1, 3.0], ids=["free", "clipped"])
def test_true_peaks_are_those_of_libebur128(rate, gain):
    ebu = pytest.importorskip("pyebur128")
    samples = np.clip(gain * np.random.default_rng(1).normal(size=(2, rate)), -1, 1)
    # It starts out of silence and stops at the last sample; we hear neither end ring.
    samples *= np.hanning(rate) ** 0.1
    samples = samples.astype(np.float32)
    meter = ebu.R128State(2, rate, ebu.MeasurementMode.MODE_TRUE_PEAK)
    meter.add_frames(np.ascontiguousarray(samples.T, np.float64).ravel(), rate)
    theirs = max(ebu.get_true_peak(meter, 0), ebu.get_true_peak(meter, 1))
    assert true_peak(samples, rate) == pytest.approx(theirs, rel=1e-6)


@pytest.mark.parametrize("length", [1, 2, 34, 35, 36, 59, 60, 1000])
def test_a_true_peak_is_never_below_the_peak(length):
    samples = noise()[:, :length]
    assert true_peak(samples, RATE) >= np.abs(samples).max()


@pytest.mark.parametrize("place", [30, 480, 971], ids=["start", "middle", "end"])
def test_a_true_peak_is_found_wherever_it_is(place):
    line = np.zeros((1, 1000), np.float32)
    line[0, place : place + 2] = 0.5  # two equal samples: the top lies between
    assert true_peak(line, RATE) == pytest.approx(2 * 0.5 * 2 / np.pi, rel=0.02)


# Clipping, offset, floor


def test_a_hard_clipped_sine_is_clipped_where_it_would_have_risen_higher():
    # The sine of twice full scale is above half of itself two thirds of the time.
    clipped = np.clip(sine(100, amplitude=2.0), -1, 1)
    assert measured(clipped).clipped_share == pytest.approx(2 / 3, abs=0.01)


def test_a_full_scale_sine_is_not_clipped():
    assert measured(sine(440, amplitude=1.0)).clipped_share == 0


@pytest.mark.parametrize(("run", "clipped"), [(1, 0), (2, 0), (3, 3), (7, 7)])
@pytest.mark.parametrize("place", ["start", "middle", "end"])
def test_only_runs_of_three_and_more_are_clipped(run, clipped, place):
    samples = np.zeros((2, 1000), np.float32)
    at = {"start": 0, "middle": 500, "end": 1000 - run}[place]
    samples[0, at : at + run] = -1.0
    assert measured(samples).clipped_share == clipped / 2000


def test_two_channels_do_not_clip_together():
    samples = np.zeros((2, 100), np.float32)
    samples[0, -2:] = samples[1, :2] = 1.0
    assert measured(samples).clipped_share == 0


@pytest.mark.parametrize("offset", [-0.2, 0.01])
def test_a_dc_offset_is_read_with_its_sign_in_the_channel_that_has_it(offset):
    samples = np.repeat(sine(), 2, axis=0)
    samples[1] += np.float32(offset)
    assert measured(samples).dc_offset == pytest.approx(offset, abs=1e-4)


def test_the_noise_floor_is_that_of_the_pauses():
    samples = 0.01 * noise(4.0)
    samples[:, : 2 * RATE] += noise(2.0, seed=1)
    assert measured(samples).noise_floor_dbfs == pytest.approx(-60, abs=0.5)


def test_a_steady_sine_is_its_own_floor():
    found = measured(sine())
    assert found.noise_floor_dbfs == pytest.approx(found.rms_dbfs, abs=0.05)


def test_silence_inside_is_a_pause_and_silence_around_is_not():
    burst = noise(1.0)
    apart = np.concatenate([burst, np.zeros((1, 2 * RATE), np.float32), burst], axis=1)
    found = measured(np.pad(apart, ((0, 0), (RATE, RATE))))
    assert found.pause_seconds == pytest.approx(2.0, abs=0.05)
    assert found.leading_seconds == pytest.approx(1.0, abs=0.01)
    assert found.trailing_seconds == pytest.approx(1.0, abs=0.01)


# Stereo


def pair(kind):
    one, other = noise(), noise(seed=1)
    return np.concatenate(
        {"alike": [one, one], "inverted": [one, -one], "apart": [one, other]}[kind]
    )


@pytest.mark.parametrize(
    ("kind", "correlation", "width"), [("alike", 1, 0), ("inverted", -1, 1), ("apart", 0, 0.5)]
)
def test_correlation_and_width_know_how_channels_relate(kind, correlation, width):
    found = measured(pair(kind))
    assert found.stereo_correlation == pytest.approx(correlation, abs=0.02)
    assert found.stereo_width == pytest.approx(width, abs=0.02)


def test_correlation_is_that_of_the_samples():
    one, other = noise(channels=2)
    mixed = np.stack([one, 0.3 * one + other])
    theirs = float((mixed[0] @ mixed[1]) / math.sqrt((mixed[0] @ mixed[0]) * (mixed[1] @ mixed[1])))
    assert measured(mixed).stereo_correlation == pytest.approx(theirs, abs=1e-5)


def test_one_channel_counts_as_two_that_are_alike():
    found = measured(noise())
    assert (found.stereo_correlation, found.stereo_width) == (1, 0)


def test_beside_a_silent_channel_there_is_nothing_to_correlate():
    found = measured(np.concatenate([noise(), 0 * noise()]))
    assert math.isnan(found.stereo_correlation)
    assert found.stereo_width == pytest.approx(0.5)


# Balance


@pytest.mark.parametrize(
    ("frequency_hz", "band"), [(60, "low_share"), (1000, "mid_share"), (8000, "high_share")]
)
def test_a_tone_lies_in_its_band(frequency_hz, band):
    assert measured(sine(frequency_hz))[band] > 0.99


@pytest.mark.parametrize("rate", [22_050, 44_100, 96_000])
def test_bands_share_all_of_the_power(rate):
    found = measured(noise(slope_db=-3, rate=rate), rate)
    assert found.low_share + found.mid_share + found.high_share == pytest.approx(1)


def test_white_noise_is_shared_by_width():
    found = measured(noise(3.0))
    assert found.mid_share == pytest.approx(3750 / 22_030, rel=0.03)
    assert found.low_share == pytest.approx(230 / 22_030, rel=0.1)


@pytest.mark.parametrize("slope_db", [0.0, -3.0, -6.0])
@pytest.mark.parametrize("rate", [8_000, 44_100, 96_000])
def test_the_slope_of_noise_is_how_it_was_shaped(slope_db, rate):
    shaped = noise(3.0, slope_db=slope_db, rate=rate)
    assert measured(shaped, rate).slope_db_per_octave == pytest.approx(slope_db, abs=0.3)
