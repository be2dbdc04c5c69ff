"""Water, weather, fire, doors, steps, impacts and blasts sound as nature has them."""

from __future__ import annotations

import numpy as np
import pytest

from soundgen_nb.engine.families import FAMILIES
from soundgen_nb.engine.parts.timeline import SAMPLE_RATE

FRAME = 441  # 10 ms


def dry(name, seconds=4.0, seed=1, preset=None, **settings):
    """One ear's mean of a family's own sound, before any place."""
    family = FAMILIES[name]
    values = family.values(preset=preset, **settings)
    sound = family.render(seconds, np.random.default_rng(seed), values)
    return sound if sound.ndim == 1 else sound.mean(axis=0)


def loudness(sound):
    """RMS of each 10 ms."""
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    return np.sqrt((frames.astype(float) ** 2).mean(axis=1))


def events(sound, apart_seconds=0.15, threshold=0.25):
    """How many peaks of loudness there are, a stated time apart, within 12 dB of the loudest."""
    window = round(apart_seconds * SAMPLE_RATE / FRAME)
    level = np.convolve(loudness(sound), np.hanning(window), "same")
    floor, peaks = threshold * level.max(), 0
    while level.max() > floor:
        peaks += 1
        at = level.argmax()
        level[max(0, at - window) : at + window + 1] = 0
    return peaks


def kurtosis(sound):
    z = (sound - sound.mean()) / sound.std()
    return float((z.astype(float) ** 4).mean())


def centroid_hz(sound):
    power = np.abs(np.fft.rfft(sound)) ** 2
    return (np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE) * power).sum() / power.sum()


@pytest.mark.parametrize("count", [1, 3, 5])
def test_as_many_knocks_as_were_asked(count):
    assert [events(dry("knock", 4.0, seed, count=count)) for seed in (1, 2, 3)] == [count] * 3


@pytest.mark.parametrize("name", ["explosion", "gunshot", "door_slam", "glass_break", "wood_crack"])
def test_what_happens_once_happens_once_unless_asked_otherwise(name):
    family = FAMILIES[name]
    assert family.knobs[0].name == "count"
    assert family.values()["count"] == 1


@pytest.mark.parametrize("name", ["gunshot", "door_slam", "whoosh"])
def test_two_are_two(name):
    assert [events(dry(name, 6.0, seed, count=2), 0.4) for seed in (1, 2, 3)] == [2, 2, 2]


@pytest.mark.parametrize("name", ["footsteps", "footsteps_loose"])
def test_faster_feet_fall_more_often(name):
    slow, fast = (dry(name, 6.0, pace_hz=pace) for pace in (0.9, 2.6))
    assert events(fast, 0.3) > 2 * events(slow, 0.3)


def test_heavy_rain_is_more_gaussian_than_light_rain():
    light, heavy = (dry("rain", drops_hz=d, bed=b) for d, b in ((60, 0.2), (1500, 1.6)))
    assert kurtosis(light) > 2 * kurtosis(heavy)
    assert kurtosis(heavy) < 6


def test_fire_crackles_and_wind_does_not():
    assert kurtosis(dry("fire")) > 1.5 * kurtosis(dry("wind"))


def test_single_hands_stand_out_of_a_small_audience():
    few, many = (dry("applause", people=people) for people in (8, 400))
    assert kurtosis(few) > 2 * kurtosis(many)


@pytest.mark.parametrize("count", [1, 3])
def test_one_who_claps_claps_as_often_as_asked(count):
    assert events(dry("applause", 4.0, preset="single", count=count)) == count


def test_cloth_hushes_where_paper_clicks():
    assert kurtosis(dry("cloth")) < 0.5 * kurtosis(dry("paper"))


def test_snow_under_a_foot_is_duller_than_gravel():
    snow, gravel = (centroid_hz(dry("footsteps_loose", preset=p)) for p in ("snow", "gravel"))
    assert snow < 0.75 * gravel


def test_deep_snow_gives_under_the_whole_foot():
    stiff, soft = (dry("footsteps_loose", preset="snow", soft=share) for share in (0.0, 1.0))
    assert centroid_hz(soft) < 0.7 * centroid_hz(stiff)


def test_a_drop_falls_into_still_water_unless_it_trickles():
    levels = (loudness(dry("drip", trickle=share)) for share in (0.0, 0.2))
    still, running = (np.quantile(level, 0.3) for level in levels)
    assert still < 0.1 * running


def test_a_tree_cracks_ever_more_and_then_falls():
    level = loudness(dry("wood_crack", 5.0, preset="tree"))
    assert 2.0 < level.argmax() * FRAME / SAMPLE_RATE < 3.6
    assert 2 * level[20:100].mean() < level[100:220].mean()


@pytest.mark.parametrize("seed", [1, 2])
def test_waves_come_in_every_four_to_ten_seconds(seed):
    level = loudness(dry("ocean_waves", 48.0, seed))
    power = np.abs(np.fft.rfft(level - level.mean())) ** 2
    hz = np.fft.rfftfreq(len(level), FRAME / SAMPLE_RATE)
    slow = (hz > 0.03) & (hz < 2)
    assert 0.1 <= hz[slow][power[slow].argmax()] <= 0.25


def test_a_machine_gun_fires_at_its_rate():
    level = loudness(dry("machine_gun", 3.0, count=20, rate_hz=10))
    spectrum = np.abs(np.fft.rfft(level - level.mean()))
    hz = np.fft.rfftfreq(len(level), FRAME / SAMPLE_RATE)
    assert hz[10:][spectrum[10:].argmax()] == pytest.approx(10, abs=0.8)


def test_a_vessel_that_fills_rises_in_pitch():
    sound = dry("pouring", 6.0)
    assert centroid_hz(sound[-SAMPLE_RATE:]) > 1.15 * centroid_hz(sound[:SAMPLE_RATE])


@pytest.mark.parametrize(
    ("name", "knob", "low", "high"),
    [
        ("rain", "surface_hz", 150, 2000),
        ("wind", "pitch_hz", 200, 800),
        ("metal_clang", "pitch_hz", 250, 1500),
        ("glass_break", "low_hz", 1300, 3500),
        ("paper", "bright_hz", 2500, 6500),
        ("footsteps_loose", "bright_hz", 1500, 6000),
    ],
)
def test_a_knob_in_hertz_moves_the_centroid_its_way(name, knob, low, high):
    extra = {"surface": 0.8} if name == "rain" else {}
    lower, higher = (dry(name, **extra, **{knob: value}) for value in (low, high))
    assert centroid_hz(higher) > 1.1 * centroid_hz(lower)


def test_thunder_is_low_and_long():
    sound = dry("thunder", 8.0, rain=0.0)
    level = loudness(sound)
    assert centroid_hz(sound) < 600
    assert np.sum(level > 0.1 * level.max()) * FRAME / SAMPLE_RATE > 1.5
