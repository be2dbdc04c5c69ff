"""What moves in a sound: attack, modulation, onset rate, flux, and the seam of a loop."""

from __future__ import annotations

import math

import numpy as np
import pytest

from soundgen_nb import engine
from soundgen_nb.analysis import analyse
from soundgen_nb.analysis.frames import mono_mix
from soundgen_nb.analysis.periodicity import autocorrelation, first_repeat
from soundgen_nb.analysis.spectrum import mel_power_of, power_to_db
from soundgen_nb.analysis.timing import onset_envelope, onset_frames

RATE = 44_100


def sine(frequency_hz=440.0, *, seconds=2.0, rate=RATE):
    times = np.arange(int(rate * seconds)) / rate
    return (0.5 * np.sin(2 * np.pi * frequency_hz * times)).astype(np.float32)


def noise(seconds=2.0, *, seed=0, rate=RATE):
    rng = np.random.default_rng(seed)
    return (0.1 * rng.normal(size=int(rate * seconds))).astype(np.float32)


def clicks(per_second, *, seconds=6.0, rate=RATE):
    line = np.zeros(int(seconds * rate), np.float32)
    line[(np.arange(per_second * seconds) / per_second * rate).astype(int)] = 0.9
    return line


def swinging(carrier, frequency_hz, *, depth, rate=RATE):
    times = np.arange(len(carrier)) / rate
    return (carrier * (1 + depth * np.sin(2 * np.pi * frequency_hz * times))).astype(np.float32)


def measured(line, rate=RATE):
    return analyse(line[None], rate).measures


# Attack


@pytest.mark.parametrize("carrier", [sine, noise], ids=["tone", "noise"])
@pytest.mark.parametrize("seconds", [0.1, 0.5, 2.0])
@pytest.mark.parametrize("before", [0.0, 0.7])
def test_the_attack_of_a_ramp_is_the_ramp(carrier, seconds, before):
    line = carrier(seconds=4.0)
    ramp = np.minimum(1, np.arange(len(line)) / RATE / seconds)
    late = np.pad((line * ramp).astype(np.float32), (int(before * RATE), 0))
    assert measured(late).attack_seconds == pytest.approx(seconds, rel=0.1)


def test_a_sudden_start_has_the_attack_of_the_window():
    assert measured(np.pad(sine(), (RATE, 0))).attack_seconds < 0.015


def test_of_several_strokes_the_first_is_heard():
    stroke = np.exp(-np.arange(3 * RATE) / RATE / 0.5) * sine(seconds=3.0)
    # The second is a little louder, over what is left of the first.
    ringing = stroke + 1.1 * np.pad(stroke, (RATE, 0))[: len(stroke)]
    assert measured(ringing.astype(np.float32)).attack_seconds < 0.02


# Modulation


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
@pytest.mark.parametrize("frequency_hz", [1.0, 4.0, 11.0, 25.0])
def test_noise_that_swings_is_read_at_its_rate(frequency_hz, rate):
    line = swinging(noise(4.0, rate=rate), frequency_hz, depth=0.6, rate=rate)
    assert measured(line, rate).modulation_hz == pytest.approx(frequency_hz, rel=0.02)


@pytest.mark.parametrize("carrier_hz", [60.0, 440.0, 5000.0])
def test_a_tremolo_is_read_whatever_it_shakes(carrier_hz):
    line = swinging(sine(carrier_hz, seconds=4.0), 6.0, depth=0.3)
    assert measured(line).modulation_hz == pytest.approx(6.0, rel=0.02)


@pytest.mark.parametrize("per_second", [2, 5])
def test_a_train_of_clicks_swings_at_its_own_rate_not_at_a_multiple(per_second):
    assert measured(clicks(per_second)).modulation_hz == pytest.approx(per_second, rel=0.02)


@pytest.mark.parametrize(
    "line",
    [
        noise(4.0),
        sine(50.0),
        sine(1000.0),
        np.geomspace(1, 1e-3, 2 * RATE).astype(np.float32) * noise(2.0),
        clicks(1, seconds=2.0),
        noise(0.05),
    ],
    ids=["noise", "hum", "tone", "one event", "two events", "a moment"],
)
def test_what_does_not_swing_regularly_has_no_rate(line):
    assert math.isnan(measured(line).modulation_hz)


def test_a_curve_that_repeats_is_like_itself_after_its_period():
    likeness = autocorrelation(np.sin(np.arange(400) * 2 * np.pi / 16.5))
    assert likeness[0] == 1
    assert first_repeat(likeness, lags=slice(2, 100), least=0.5) == pytest.approx(16.5, abs=0.05)
    assert first_repeat(likeness, lags=slice(2, 10), least=0.5) is None


def test_a_flat_curve_never_repeats():
    assert not autocorrelation(np.full(50, 3.0)).any()


# Onsets and flux


@pytest.mark.parametrize("seconds", [3.0, 6.0])
def test_the_onset_rate_does_not_depend_on_the_length(seconds):
    late = np.roll(clicks(2, seconds=seconds), RATE // 4)
    assert measured(late).onset_rate == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("periods", [3.6, 14.5, 21.3])
def test_nothing_begins_in_a_steady_tone_of_three_periods_a_frame(periods, rate):
    found = measured(sine(periods * rate / 2048, seconds=1.0, rate=rate), rate)
    assert (found.onsets, found.onset_rate) == (0, 0)


def test_a_tone_that_begins_late_begins_once():
    late = np.pad(sine(1000.0, rate=96_000), (96_000, 0))
    assert measured(late, 96_000).onsets == 1


@pytest.mark.parametrize("partials", [1, 3, 29])
@pytest.mark.parametrize("frequency", [45, 50, 60, 80, 200, 440])
def test_nothing_begins_in_a_hum_but_the_hum_itself(frequency, partials):
    phases = np.random.default_rng(1).uniform(0, 2 * np.pi, partials)
    times = np.arange(3 * RATE) / RATE
    hum = sum(
        np.sin(2 * np.pi * frequency * n * times + phase) / n for n, phase in enumerate(phases, 1)
    )
    assert measured(0.2 * hum).onsets <= 1


@pytest.mark.parametrize("prompt", ["a heartbeat", "rain", "footsteps", "a clock ticks"])
def test_of_other_sounds_every_onset_that_librosa_finds_is_counted(prompt):
    sound = engine.perform(prompt, seconds=3, seed=1)
    rises = onset_envelope(power_to_db(mel_power_of(mono_mix(sound.samples), sound.sample_rate)))
    found = analyse(sound.samples, sound.sample_rate).measures
    assert found.onsets == len(onset_frames(rises, sound.sample_rate)) > 0


def test_of_noise_every_onset_that_librosa_finds_is_counted():
    rises = onset_envelope(power_to_db(mel_power_of(noise(), RATE)))
    assert measured(noise()).onsets == len(onset_frames(rises, RATE)) > 0


def test_noise_moves_and_a_tone_does_not():
    # Away from its ends, which are onsets.
    steady, moving = (analyse(x[None], RATE).measures.flux_db for x in (sine(seconds=9), noise(9)))
    assert steady < 0.2 < moving


# The seam of a loop


def whole_periods(frequency_hz=441.0, *, seconds=2.0):
    return sine(frequency_hz, seconds=seconds)


def faded(line):
    ramp = np.minimum(1, np.arange(len(line)) / (0.05 * RATE))
    return (line * ramp * ramp[::-1]).astype(np.float32)


def swelling(line):
    return (line * np.linspace(0.03, 1, len(line))).astype(np.float32)


@pytest.mark.parametrize(
    "line", [whole_periods(), noise(), np.tile(noise(0.5), 3)], ids=["tone", "noise", "a loop"]
)
def test_a_perfect_loop_has_no_seam(line):
    assert abs(measured(line).loop_seam_db) < 1


@pytest.mark.parametrize(
    "line",
    [whole_periods()[:-37], swelling(noise()), np.concatenate([whole_periods(), noise(1.0)])],
    ids=["cut in a period", "loud end, quiet start", "another colour"],
)
def test_a_cut_loop_has_a_seam(line):
    assert measured(line).loop_seam_db > 5


def test_fading_both_ends_takes_a_click_away():
    cut = whole_periods()[:-37]
    assert measured(faded(cut)).loop_seam_db < measured(cut).loop_seam_db - 5


def test_the_seam_does_not_move_with_the_cut():
    line = np.tile(noise(0.5), 3)
    turned = np.roll(line, 12_345)
    assert measured(turned).loop_seam_db == pytest.approx(measured(line).loop_seam_db, abs=1)
