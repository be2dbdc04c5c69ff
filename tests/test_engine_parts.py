"""The parts of the engine obey the laws they are named after."""

from __future__ import annotations

import numpy as np
import pytest

from soundgen_nb.engine.families import FAMILIES
from soundgen_nb.engine.knobs import Values
from soundgen_nb.engine.mixdown import render
from soundgen_nb.engine.parts import envelopes, filters, grains, noise, resonators, schedules
from soundgen_nb.engine.parts.timeline import SAMPLE_RATE, add_at, samples_in
from soundgen_nb.engine.score import Layer, Score
from soundgen_nb.engine.space import PLACES, far, panned, placed, widened


def rng(seed=1):
    return np.random.default_rng(seed)


def db(ratio):
    return 20 * np.log10(ratio)


def band_db(sound, low_hz, high_hz):
    """The mean power of a band, in dB."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    frequencies = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    return 10 * np.log10(power[(frequencies >= low_hz) & (frequencies < high_hz)].mean())


def centroid_hz(sound):
    magnitude = np.abs(np.fft.rfft(sound.mean(axis=0)))
    return (np.fft.rfftfreq(sound.shape[1], 1 / SAMPLE_RATE) * magnitude).sum() / magnitude.sum()


def t60_seconds(place):
    """Reverberation time by backward integration of an impulse's decay from -5 to -25 dB."""
    impulse = np.zeros((2, 10), np.float32)
    impulse[:, 0] = 1
    tail = placed(impulse, PLACES[place], rng()).mean(axis=0)[100:]
    energy = np.cumsum(tail[::-1].astype(float) ** 2)[::-1]
    level = 10 * np.log10(energy / energy[0] + 1e-12)
    return 3 * (np.argmax(level < -25) - np.argmax(level < -5)) / SAMPLE_RATE


def layer(name="rain", *, seconds=2.0, **traits):
    return Layer(name, FAMILIES[name].values(), start=0.0, seconds=seconds, **traits)


@pytest.mark.parametrize("order", [2, 4])
@pytest.mark.parametrize("make", [filters.low, filters.high], ids=["low", "high"])
def test_a_filter_is_3_db_down_at_its_cutoff(make, order):
    assert db(abs(make(800, order)(np.array([800.0]))[0])) == pytest.approx(-3.01, abs=0.01)


@pytest.mark.parametrize("order", [2, 4])
def test_a_low_pass_falls_6_db_an_octave_for_each_order(order):
    gains = np.abs(filters.low(500, order)(np.array([8000.0, 16000.0])))
    assert db(gains[1] / gains[0]) == pytest.approx(-6.02 * order, abs=0.05)


def test_a_filter_does_not_sound_before_its_input():
    click = np.zeros(4000, np.float32)
    click[2000] = 1
    filtered = filters.lowpass(click, 1000)
    assert np.abs(filtered[:1990]).max() < 0.02 * np.abs(filtered).max()


def test_a_resonance_passes_its_centre_unchanged():
    assert filters.resonances([(440, 9, 1.0)])(np.array([440.0]))[0] == pytest.approx(1.0)


def test_convolving_with_a_unit_impulse_changes_nothing():
    sound = noise.white(rng(), 5000)
    assert filters.convolve(sound, np.ones(1, np.float32)) == pytest.approx(sound, abs=1e-4)


def test_the_gliding_resonance_moves_the_centre_of_a_noise():
    n = SAMPLE_RATE
    swept = filters.glide(noise.white(rng(), n), np.linspace(500, 4000, n, dtype=np.float32), 8)
    first, last = swept[: n // 4], swept[-n // 4 :]
    assert band_db(first, 400, 1500) > band_db(first, 2500, 4500) + 10
    assert band_db(last, 2500, 4500) > band_db(last, 400, 1500) + 10


@pytest.mark.parametrize("n", [1, 7, 997, 44_101, 352_801])
def test_a_fast_length_is_long_enough_and_has_small_factors(n):
    length = filters.fast_length(n)
    rest = length
    for factor in (2, 3, 5):
        while rest % factor == 0:
            rest //= factor
    assert length >= n
    assert rest == 1


@pytest.mark.parametrize("slope", [noise.WHITE, noise.PINK, noise.BROWN], ids=str)
def test_coloured_noise_falls_by_its_slope(slope):
    sound = noise.coloured(rng(), 4 * SAMPLE_RATE, slope)
    octaves = 4
    fall = band_db(sound, 4000, 4400) - band_db(sound, 250, 275)
    assert fall / octaves == pytest.approx(slope, abs=0.4)


def test_a_band_of_noise_has_unit_rms_and_stays_in_its_band():
    sound = noise.band(rng(), 2 * SAMPLE_RATE, 500, 2000)
    assert np.std(sound) == pytest.approx(1.0, abs=1e-3)
    assert band_db(sound, 700, 1500) > band_db(sound, 8000, 9000) + 20


def test_an_exponential_decay_falls_to_one_over_e_in_its_time():
    curve = envelopes.decay(SAMPLE_RATE, 0.25)
    assert curve[samples_in(0.25)] == pytest.approx(np.exp(-1), rel=1e-3)


def test_a_swell_peaks_where_it_is_told():
    assert np.argmax(envelopes.swell(1000, 0.35)) == pytest.approx(350, abs=2)


def test_a_wandering_curve_stays_within_its_bounds():
    curve = envelopes.wander(rng(), 3 * SAMPLE_RATE, 5, 0.2, 0.9)
    assert 0.2 <= curve.min() < curve.max() <= 0.9


def test_a_mode_sounds_at_its_frequency_and_dies_in_its_time():
    n = SAMPLE_RATE
    sound = resonators.modes(n, 1000, 0.1, 1.0)
    peak_hz = np.argmax(np.abs(np.fft.rfft(sound)))
    early, late = np.abs(sound[:441]).max(), np.abs(sound[samples_in(0.1) :][:441]).max()
    assert peak_hz == pytest.approx(1000, abs=2)
    assert late / early == pytest.approx(np.exp(-1), rel=0.03)


def test_modes_above_hearing_are_left_out_rather_than_aliased():
    assert not resonators.modes(1000, [25_000], [0.1], [1.0]).any()


@pytest.mark.parametrize("hz", [2.0, 11.0, 130.0], ids=str)
def test_pulses_come_at_their_rate(hz):
    assert len(resonators.pulses(hz, 3 * SAMPLE_RATE)) == pytest.approx(3 * hz, abs=1)


def test_events_come_at_their_rate():
    times = schedules.event_times(rng(), 60.0, gap_seconds=0.5, jitter=0.1)
    assert np.mean(np.diff(times)) == pytest.approx(0.5, rel=0.02)


@pytest.mark.parametrize("count", [1, 3, 12])
def test_a_count_of_events_is_kept_even_when_it_must_hurry(count):
    times = schedules.event_times(rng(), 2.0, count=count, gap_seconds=1.0)
    assert len(times) == count
    assert max(times) < 2.0


@pytest.mark.parametrize(("gap", "own"), [(0.5, None), (0.3, 0.3)], ids=["knob", "recipe"])
def test_a_sequence_comes_at_the_times_its_knobs_ask_for(gap, own):
    knobs = Values({"count": 3, "gap_seconds": 0.5})
    times = schedules.event_times(rng(), 2.0, count=3, gap_seconds=gap, jitter=0.2)
    ticks = grains.sequenced(
        2.0, rng(), knobs, lambda *_: np.ones(1, np.float32), gap_seconds=own, jitter=0.2
    )
    assert np.flatnonzero(ticks).tolist() == [samples_in(time) for time in times]


def test_gains_of_a_sequence_lie_between_the_softest_and_the_loudest():
    knobs = Values({"count": 30, "gap_seconds": 0.1})
    ticks = grains.sequenced(4.0, rng(), knobs, lambda *_: np.ones(1, np.float32), gains=(0.4, 0.6))
    gains = ticks[ticks > 0]
    assert len(set(gains.tolist())) == 30
    assert 0.4 <= gains.min() < gains.max() <= 0.6


def test_grains_come_as_often_as_asked():
    starts = grains.poisson_starts(rng(), 20 * SAMPLE_RATE, 100)
    assert len(starts) == pytest.approx(2000, rel=0.1)


def test_grains_crowd_where_the_density_is():
    density = np.r_[np.zeros(SAMPLE_RATE), np.ones(SAMPLE_RATE)].astype(np.float32)
    assert grains.poisson_starts(rng(), 2 * SAMPLE_RATE, 50, density).min() >= SAMPLE_RATE


def test_a_burst_is_over_after_seven_of_its_decays():
    sound = grains.burst(rng(), 200, 4000, 0.05)
    assert np.std(sound[-441:]) < 0.003 * np.std(sound[:441])


def test_what_is_added_outside_the_target_is_cut():
    target = np.zeros(4, np.float32)
    add_at(target, -1, np.array([1, 2, 3], np.float32))
    add_at(target, 3, np.array([5, 6], np.float32))
    assert target.tolist() == [2, 3, 0, 5]


def test_a_cathedral_rings_for_more_than_three_seconds_and_a_dry_place_hardly():
    assert t60_seconds("cathedral") > 3.0
    assert t60_seconds("dry") < 0.6


@pytest.mark.parametrize("place", ["room", "hall", "cave"])
def test_a_place_reverberates_for_the_time_it_states(place):
    assert t60_seconds(place) == pytest.approx(PLACES[place].t60_seconds, rel=0.2)


def test_distance_lowers_the_centroid_and_the_level():
    near, distant = (render(Score(3.0, (layer(seconds=3.0, distance=d),), 4)) for d in (0.0, 1.0))
    assert centroid_hz(distant) < 0.8 * centroid_hz(near)
    assert np.std(distant) < 0.7 * np.std(near)


def test_panning_keeps_the_power_and_moves_it_to_that_side():
    sound = noise.white(rng(), SAMPLE_RATE)
    middle, right = panned(sound, 0.0), panned(sound, 0.8)
    assert np.sum(right**2) == pytest.approx(np.sum(middle**2), rel=0.01)
    assert np.std(right[1]) > 2 * np.std(right[0])


def test_no_distance_changes_nothing():
    sound = np.stack([noise.white(rng(), 1000)] * 2)
    assert far(sound, 0.0) is sound


def test_a_widened_sound_differs_at_the_ears_but_not_in_their_sum():
    sound = noise.coloured(rng(), SAMPLE_RATE, noise.PINK)
    ears = widened(sound, rng(2), 0.5)
    assert np.corrcoef(ears)[0, 1] < 0.9
    assert ears.mean(axis=0) == pytest.approx(np.sqrt(0.75) * sound, abs=1e-5)


@pytest.mark.parametrize("seconds", [1.0, 2.0, 3.337], ids=str)
def test_a_rendered_score_has_exactly_its_length(seconds):
    sound = render(Score(seconds, (layer(seconds=seconds),), 1))
    assert sound.shape == (2, samples_in(seconds))
    assert sound.dtype == np.float32


def test_a_rendered_score_does_not_clip_has_no_dc_and_ends_in_silence():
    layers = (layer("thunder"), layer("explosion"), layer("ocean_waves"))
    sound = render(Score(2.0, layers, 1))
    assert np.abs(sound).max() < 10 ** (-1.9 / 20)
    assert np.abs(sound.mean(axis=1)).max() < 1e-3
    assert np.abs(sound[:, [0, -1]]).max() < 1e-3


def test_the_same_seed_is_the_same_sound_and_another_seed_another():
    one, again, other = (render(Score(1.5, (layer(),), seed)) for seed in (7, 7, 8))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_loop_joins_its_end_to_its_beginning():
    looped = render(Score(2.0, (layer("wind"),), 3, loop=True))
    jump = np.abs(looped[:, 0] - looped[:, -1]).max()
    assert jump <= np.abs(np.diff(looped)).max()


def test_a_quieter_score_is_quieter_by_as_many_decibels():
    full, soft = (render(Score(1.5, (layer(),), 1, loudness_db=d)) for d in (0.0, -12.0))
    assert db(np.std(full) / np.std(soft)) == pytest.approx(12, abs=0.1)
