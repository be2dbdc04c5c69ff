"""Laws of bells, clocks, signals, machines and vehicles: what each must do to be what it is."""

from __future__ import annotations

import numpy as np
import pytest

from soundgen_nb.engine.families import FAMILIES
from soundgen_nb.engine.parts.filters import highpass
from soundgen_nb.engine.parts.timeline import SAMPLE_RATE, samples_in

SEEDS = (11, 12, 13)


def rendered(name, seconds=6.0, *, seed=11, preset=None, **settings):
    family = FAMILIES[name]
    sound = family.render(
        seconds, np.random.default_rng(seed), family.values(preset=preset, **settings)
    )
    return sound if sound.ndim == 1 else sound.mean(axis=0)


def frame_levels(sound, frame_seconds=0.005):
    """The RMS of frames, and their rate in Hz."""
    frame = samples_in(frame_seconds)
    whole = len(sound) // frame
    return np.sqrt(np.mean(sound[: whole * frame].reshape(whole, frame) ** 2, axis=1))


def onset_count(sound, threshold=0.25, quiet_seconds=0.08):
    """How often the level rises over a share of its peak after having been under it for a while."""
    loud = frame_levels(sound) > threshold * frame_levels(sound).max()
    starts = np.flatnonzero(loud)
    quiet = round(quiet_seconds / 0.005)
    return 1 + int((np.diff(starts) > quiet).sum())


def modulation_hz(sound, low_hz, high_hz):
    """The strongest rate between two bounds at which the level comes and goes."""
    levels = frame_levels(sound)
    spectrum = np.abs(np.fft.rfft((levels - levels.mean()) * np.hanning(len(levels)), 1 << 15))
    rates = np.fft.rfftfreq(1 << 15, 0.005)
    inside = (rates >= low_hz) & (rates <= high_hz)
    return float(rates[inside][spectrum[inside].argmax()])


def loudest_hz(sound, low_hz=20.0, high_hz=20_000.0):
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    frequencies = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    inside = (frequencies >= low_hz) & (frequencies <= high_hz)
    return float(frequencies[inside][spectrum[inside].argmax()])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("count", [1, 3, 5])
def test_a_bell_is_struck_as_often_as_asked(count, seed):
    # struck short, so that one stroke has died before the next
    sound = rendered("bell", 10.0, seed=seed, count=count, ring=0.1, gap_seconds=1.8)
    assert onset_count(sound, quiet_seconds=0.2) == count


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("count", [1, 2, 4, 7])
def test_beeps_are_counted_exactly(count, seed):
    assert onset_count(rendered("beep", 5.0, seed=seed, count=count)) == count


def test_counted_beeps_move_together_when_the_length_is_short():
    assert onset_count(rendered("beep", 2.0, count=5), quiet_seconds=0.04) == 5


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_driver_honks_as_often_as_asked(count):
    assert onset_count(rendered("car_horn", 4.0, count=count)) == count


@pytest.mark.parametrize("seed", SEEDS)
def test_a_clock_ticks_twice_a_second(seed):
    sound = rendered("clock", 8.0, seed=seed)
    assert onset_count(sound, threshold=0.15, quiet_seconds=0.2) in (15, 16)


def test_a_faster_clock_ticks_more_often():
    family = FAMILIES["clock"]
    slow, fast = (family.values({"speed": amount}).ticks_hz for amount in (-1.0, 1.0))
    assert slow < 2.0 < fast


@pytest.mark.parametrize("seed", SEEDS)
def test_helicopter_blades_pass_ten_to_fourteen_times_a_second(seed):
    assert 10.0 <= modulation_hz(rendered("helicopter", 6.0, seed=seed), 3.0, 40.0) <= 14.0


@pytest.mark.parametrize("seed", SEEDS)
def test_the_noise_of_an_idling_engine_comes_with_its_firing(seed):
    sound = rendered("car_engine", 6.0, seed=seed, preset="idle", idle_rpm=900, cylinders=4)
    assert modulation_hz(highpass(sound, 1000, 4), 5.0, 60.0) == pytest.approx(30, abs=2.5)


@pytest.mark.parametrize("preset", ["wail", "yelp", "two_tone", "air_raid"])
def test_a_siren_stays_within_its_sweep(preset):
    values = FAMILIES["siren"].values(preset=preset)
    sound = rendered("siren", 6.0, preset=preset)
    frames = sound[: len(sound) // 4096 * 4096].reshape(-1, 4096)
    # the strongest partial may be a harmonic of the horn: fold it back to the fundamental
    peaks = np.array([loudest_hz(frame, 250.0, 2100.0) for frame in frames])
    low, high = values.low_hz * 0.95, values.high_hz * 1.05
    folded = [
        min(abs(np.log(np.clip(p / q, low, high) / (p / q))) for q in (1, 2, 3, 4)) for p in peaks
    ]
    assert np.mean(np.array(folded) < 1e-9) > 0.95


def test_a_wail_sweeps_from_bottom_to_top():
    sound = rendered("siren", 8.0, preset="wail")
    frames = sound[: len(sound) // 2048 * 2048].reshape(-1, 2048)
    peaks = np.array([loudest_hz(frame, 500.0, 1450.0) for frame in frames])
    assert peaks.min() < 700
    assert peaks.max() > 1250


def test_a_two_tone_siren_alternates_at_its_rate():
    sound = rendered("siren", 8.0, preset="two_tone")
    frames = sound[: len(sound) // 4410 * 4410].reshape(-1, 4410)
    high = np.array([loudest_hz(frame, 400.0, 650.0) > 520 for frame in frames])
    assert np.count_nonzero(np.diff(high)) == pytest.approx(8.0 * 0.8 * 2, abs=1.1)


def test_a_smoke_alarm_beeps_in_threes():
    sound = rendered("alarm", 2.9, preset="smoke")
    assert onset_count(sound, quiet_seconds=0.3) == 3
    assert 2900 < loudest_hz(sound) < 3300


def test_an_old_telephone_clapper_strikes_about_twenty_times_a_second():
    sound = rendered("phone", 2.0, preset="bell", ring_seconds=1.8)
    assert 18.0 <= modulation_hz(sound, 8.0, 30.0) <= 26.0


def test_a_passing_car_falls_in_pitch_and_crosses_sides():
    family = FAMILIES["car_pass"]
    ears = family.render(8.0, np.random.default_rng(4), family.values())
    thirds = np.square(ears[:, : 3 * (ears.shape[1] // 3)]).reshape(2, 3, -1).sum(axis=2)
    before, near, after = (thirds[0] / thirds[1]).tolist()
    assert thirds.sum(axis=0).argmax() == 1
    assert min(before, after) < 0.7 < near < 1.5 < max(before, after)


def test_mains_hum_rings_at_multiples_of_the_mains():
    for mains in (50, 60):
        peak = loudest_hz(rendered("hum", 4.0, preset="mains", mains_hz=mains), 40.0, 1000.0)
        assert peak / mains == pytest.approx(round(peak / mains), abs=0.02)


def test_a_bigger_bell_rings_lower():
    small, big = (FAMILIES["bell"].values({"size": size}).pitch_hz for size in (-1.0, 1.0))
    assert big < FAMILIES["bell"].values().pitch_hz < small


def test_busier_streets_are_steadier():
    # many passes overlap: the level moves less about its mean
    quiet, busy = (
        frame_levels(rendered("city_street", 8.0, seed=5, cars_per_minute=rate), 0.25)
        for rate in (4, 60)
    )
    assert busy.std() / busy.mean() < quiet.std() / quiet.mean()
