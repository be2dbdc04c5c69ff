"""Laws of creatures, people, moods and fiction: what each must do to be what it is."""

from __future__ import annotations

import numpy as np
import pytest

from soundgen_nb.engine.families import FAMILIES
from soundgen_nb.engine.parts.timeline import SAMPLE_RATE, samples_in


def rendered(name, seconds=3.0, *, seed=21, preset=None, **settings):
    family = FAMILIES[name]
    return family.render(
        seconds, np.random.default_rng(seed), family.values(preset=preset, **settings)
    )


def mono(sound):
    return sound if sound.ndim == 1 else sound.mean(axis=0)


def loudest_hz(sound):
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)[spectrum.argmax()])


def centroid_hz(sound):
    power = np.square(np.abs(np.fft.rfft(sound)))
    return float((power * np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)).sum() / power.sum())


def onset_count(sound, threshold=0.2, quiet_seconds=0.1):
    frame = samples_in(0.005)
    whole = len(sound) // frame
    levels = np.sqrt(np.mean(sound[: whole * frame].reshape(whole, frame) ** 2, axis=1))
    loud = np.flatnonzero(levels > threshold * levels.max())
    return 1 + int((np.diff(loud) > round(quiet_seconds / 0.005)).sum())


@pytest.mark.parametrize(
    "name",
    [
        *("dog", "cat", "cow", "wolf", "monster", "crowd", "applause", "horse", "sheep", "pig"),
        *("duck", "chicken", "laughter", "baby", "sobbing", "scream", "cough", "breath"),
    ],
)
def test_an_imitated_voice_says_that_it_is_one(name):
    assert FAMILIES[name].approximate


@pytest.mark.parametrize("seed", [31, 32, 33])
def test_crickets_sing_between_three_and_a_half_and_five_kilohertz(seed):
    assert 3500 <= loudest_hz(mono(rendered("crickets", 6.0, seed=seed))) <= 5000


def swings(sound):
    """Power of the loudness's swings from 2 to 15 Hz: rates, and how strong each is."""
    frame = samples_in(0.01)
    frames = sound[: len(sound) // frame * frame].reshape(-1, frame)
    level = np.sqrt(np.mean(frames**2, axis=1))
    power = np.abs(np.fft.rfft((level - level.mean()) * np.hanning(len(level)))) ** 2
    hz = np.fft.rfftfreq(len(level), 0.01)
    between = (hz > 2) & (hz < 15)
    return hz[between], power[between]


def test_voices_of_a_murmur_swing_with_their_syllables():
    rates = []
    for syllables_hz in (3.0, 6.5):
        hz, power = swings(mono(rendered("crowd", 8.0, near=1, far=5, syllables_hz=syllables_hz)))
        assert power[hz < 8].sum() > 4 * power[hz >= 8].sum()
        rates.append((hz * power).sum() / power.sum())
    assert rates[1] > 1.15 * rates[0]


def share_below(sound, hz):
    power = np.square(np.abs(np.fft.rfft(sound)))
    return float(power[np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE) < hz].sum() / power.sum())


@pytest.mark.parametrize(
    ("name", "low_hz", "high_hz"),
    [("crow", 1200, 3000), ("rooster", 700, 3000), ("cow", 240, 2200), ("cat", 1000, 5000)],
)
def test_a_throat_puts_the_weight_of_a_voice_above_its_own_note(name, low_hz, high_hz):
    sound = rendered(name, 4.0, seed=5)
    assert share_below(sound, low_hz) < 0.25
    assert share_below(sound, high_hz) > 0.8


def test_a_growl_flutters_some_twenty_times_a_second_and_a_roar_does_not():
    shares = []
    for preset in ("growl", None):
        sound = rendered("monster", 4.0, preset=preset)
        level = np.abs(sound).reshape(-1, 180).mean(axis=1)  # 245 a second
        power = np.abs(np.fft.rfft(level - level.mean())) ** 2
        hz = np.fft.rfftfreq(len(level), 180 / SAMPLE_RATE)
        shares.append(power[(hz > 15) & (hz < 30)].sum() / power[hz > 10].sum())
    assert shares[0] > 1.5 * shares[1]


@pytest.mark.parametrize("seed", [31, 32, 33])
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_a_dog_barks_as_often_as_asked(count, seed):
    assert onset_count(rendered("dog", 5.0, seed=seed, count=count)) == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_blaster_fires_as_often_as_asked(count):
    assert onset_count(rendered("laser", 4.0, count=count, gap_seconds=0.8)) == count


@pytest.mark.parametrize("rate", [60, 120])
def test_a_heart_beats_twice_a_beat_at_its_rate(rate):
    sound = rendered("heartbeat", 8.0, beats_per_minute=rate)
    assert onset_count(sound, quiet_seconds=0.06) == pytest.approx(2 * 8 * rate / 60, abs=2)


def test_an_owl_hoots_near_its_note():
    assert 250 < loudest_hz(mono(rendered("owl", 6.0))) < 480


@pytest.mark.parametrize(
    "name",
    ["dog", "cat", "cow", "monster", "owl", "birds", "bees", "sheep", "duck", "scream", "elephant"],
)
def test_a_bigger_animal_sounds_lower(name):
    family = FAMILIES[name]
    small, big = (
        centroid_hz(
            mono(family.render(4.0, np.random.default_rng(3), family.values({"size": amount})))
        )
        for amount in (-1.0, 1.0)
    )
    assert big < small


def test_a_landing_ship_comes_down_in_pitch_and_a_leaving_one_goes_up():
    centroids = {
        preset: [
            centroid_hz(mono(part))
            for part in np.split(mono(rendered("spaceship", 8.0, preset=preset, thrust=0.05)), 4)
        ]
        for preset in ("landing", "takeoff")
    }
    assert centroids["landing"][0] > 1.15 * centroids["landing"][2]
    assert centroids["takeoff"][3] > 1.15 * centroids["takeoff"][0]


def test_a_brighter_pad_has_more_overtones():
    family = FAMILIES["ambient_pad"]
    dark, bright = (
        centroid_hz(
            mono(family.render(4.0, np.random.default_rng(8), family.values({"brightness": b})))
        )
        for b in (-1.0, 1.0)
    )
    assert dark < bright
