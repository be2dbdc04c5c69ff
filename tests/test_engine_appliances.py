"""Laws of appliances, horns, steam, receivers, drums and wheels: what each must do to be itself."""

from __future__ import annotations

import numpy as np
import pytest

from soundgen_nb.engine.families import FAMILIES
from soundgen_nb.engine.mixdown import render
from soundgen_nb.engine.parts.filters import highpass, lowpass
from soundgen_nb.engine.parts.timeline import SAMPLE_RATE, samples_in
from soundgen_nb.engine.score import Layer, Score

SEEDS = (11, 12)
NAMES = (
    *("flush", "static", "whistle", "steam", "ship_horn", "washing_machine", "sewing_machine"),
    *("printer", "rocket", "boat", "bicycle", "wipers", "drum", "reload", "lawn_mower", "rolling"),
)
KINDS = [(name, preset) for name in NAMES for preset in (*FAMILIES[name].presets, None)]


def rendered(name, seconds=6.0, *, seed=11, preset=None, **settings):
    family = FAMILIES[name]
    sound = family.render(
        seconds, np.random.default_rng(seed), family.values(preset=preset, **settings)
    )
    return sound if sound.ndim == 1 else sound.mean(axis=0)


def mixed(name, preset, seed=3, seconds=1.0):
    family = FAMILIES[name]
    layer = Layer(name, family.values(preset=preset), 0.0, seconds, place=family.place)
    return render(Score(seconds, (layer,), seed))


def levels(sound, frame_seconds=0.005):
    """The RMS of frames."""
    frame = samples_in(frame_seconds)
    whole = len(sound) // frame
    return np.sqrt(np.mean(sound[: whole * frame].reshape(whole, frame) ** 2, axis=1))


def onset_count(sound, threshold=0.25, quiet_seconds=0.08):
    """How often the level rises over a share of its peak after having been under it for a while."""
    loud = levels(sound) > threshold * levels(sound).max()
    return 1 + int((np.diff(np.flatnonzero(loud)) > round(quiet_seconds / 0.005)).sum())


def modulation_hz(sound, low_hz, high_hz):
    """The strongest rate between two bounds at which the level comes and goes."""
    found = levels(sound)
    spectrum = np.abs(np.fft.rfft((found - found.mean()) * np.hanning(len(found)), 1 << 16))
    rates = np.fft.rfftfreq(1 << 16, 0.005)
    inside = (rates >= low_hz) & (rates <= high_hz)
    return float(rates[inside][spectrum[inside].argmax()])


def loudest_hz(sound, low_hz=20.0, high_hz=20_000.0):
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    frequencies = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    inside = (frequencies >= low_hz) & (frequencies <= high_hz)
    return float(frequencies[inside][spectrum[inside].argmax()])


def centroid_hz(sound):
    power = np.abs(np.fft.rfft(sound)) ** 2
    return (np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE) * power).sum() / power.sum()


def share_below(sound, cutoff_hz, of_hz):
    """How much of the power below ``of_hz`` lies below ``cutoff_hz``."""
    return np.var(lowpass(sound, cutoff_hz, 4)) / np.var(lowpass(sound, of_hz, 4))


@pytest.mark.parametrize(("name", "preset"), KINDS)
def test_every_kind_keeps_its_level_and_ends_in_silence(name, preset):
    sound = mixed(name, preset)
    assert 0.1 < np.abs(sound).max() < 10 ** (-1.9 / 20)
    assert np.abs(sound.mean(axis=1)).max() < 1e-3
    assert np.abs(sound[:, [0, -1]]).max() < 1e-3


@pytest.mark.parametrize(
    ("name", "knob"),
    [
        *(("whistle", "pitch_hz"), ("ship_horn", "pitch_hz"), ("drum", "pitch_hz")),
        *(("sewing_machine", "motor_hz"), ("boat", "pipe_hz"), ("rolling", "body_hz")),
    ],
)
def test_what_is_larger_sounds_lower(name, knob):
    small, big = (FAMILIES[name].values({"size": size})[knob] for size in (-1.0, 1.0))
    assert big < FAMILIES[name].values()[knob] < small


# Counted.


@pytest.mark.parametrize("preset", ["snare", "kick", "tom"])
@pytest.mark.parametrize("count", [1, 3, 5])
def test_a_drum_is_struck_as_often_as_asked(count, preset):
    sound = rendered("drum", 5.0, preset=preset, count=count, ring_seconds=0.06)
    assert onset_count(sound, quiet_seconds=0.15) == count


@pytest.mark.parametrize("count", [1, 2, 3])
def test_blows_releases_blasts_and_loadings_are_counted(count):
    assert onset_count(rendered("whistle", 6.0, count=count, flutter=0)) == count
    assert onset_count(rendered("steam", 8.0, preset="spray", count=count, valve=0)) == count
    assert onset_count(rendered("ship_horn", 14.0, count=count, blast_seconds=2)) == count
    sound = rendered("reload", 6.0, preset="slide", count=count)
    assert onset_count(sound, 0.15, quiet_seconds=0.6) == count


def test_two_drum_rolls_are_two():
    assert onset_count(rendered("drum", 8.0, preset="roll", count=2), 0.12) == 2


# Rates.


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("roll_hz", [16, 24])
def test_a_roll_has_its_strokes_a_second(roll_hz, seed):
    sound = highpass(rendered("drum", 4.0, seed=seed, preset="roll", roll_hz=roll_hz), 1500)
    assert modulation_hz(sound[: samples_in(3.0)], 10, 32) == pytest.approx(roll_hz, abs=2)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("wipes_hz", [0.7, 1.0])
def test_wipers_go_to_and_fro_at_their_rate(wipes_hz, seed):
    sound = rendered("wipers", 7.0, seed=seed, wipes_hz=wipes_hz, rain=0, squeak=0.2)
    assert modulation_hz(sound, 0.5, 1.2) == pytest.approx(wipes_hz, abs=0.06)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_pea_of_a_referees_whistle_trills(seed):
    sound = rendered("whistle", 3.0, seed=seed, preset="referee", blow_seconds=2.5, flutter_hz=30)
    blow = sound[samples_in(0.3) : samples_in(2.0)]
    assert 2000 < loudest_hz(blow) < 4500
    assert modulation_hz(blow, 10, 60) == pytest.approx(30, abs=2.5)


@pytest.mark.parametrize("speed", [2.5, 4.5])
def test_a_freewheel_ticks_eighteen_times_a_turn(speed):
    sound = rendered("bicycle", 6.0, preset="freewheel", speed=speed, rattle=0)
    assert modulation_hz(highpass(sound, 1500), 12, 60) == pytest.approx(speed / 2.1 * 18, rel=0.12)


def test_a_drum_of_laundry_turns_at_its_rate_and_spins_faster():
    wash = rendered("washing_machine", 10.0, preset="wash", pause_seconds=0)
    assert modulation_hz(wash, 0.5, 3) == pytest.approx(52 / 60, abs=0.06)
    spin = rendered("washing_machine", 8.0, preset="spin", load=1)
    at_speed = lowpass(spin[samples_in(4.5) :], 150)
    assert modulation_hz(at_speed, 8, 30) == pytest.approx(1000 / 60, rel=0.08)


@pytest.mark.parametrize("stitches_hz", [6, 12])
def test_a_sewing_machine_stitches_at_its_rate(stitches_hz):
    sound = rendered("sewing_machine", 5.0, stitches_hz=stitches_hz, seam_seconds=8, clatter=1)
    beats = modulation_hz(sound[samples_in(1) :], 0.6 * stitches_hz, 1.5 * stitches_hz)
    assert beats == pytest.approx(stitches_hz, rel=0.08)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_scratch_comes_round_with_the_record(seed):
    sound = rendered("static", 12.0, seed=seed, preset="vinyl", clicks_per_second=0, hiss=0)
    assert onset_count(highpass(sound, 1000), 0.4) == pytest.approx(12 * 33.3 / 60, abs=1)


def test_a_worn_record_crackles_more_often_than_a_good_one():
    def crackles(rate):
        quiet = {"hiss": 0, "mains": 0, "turns_per_minute": 0}
        sound = rendered("static", 10.0, preset="radio", clicks_per_second=rate, **quiet)
        return np.count_nonzero(levels(sound, 0.002) > 1e-4)

    assert 3 * crackles(2) < crackles(20)


def test_an_outboard_fires_at_its_rate():
    assert loudest_hz(rendered("boat", 6.0, strokes_hz=100, wash=0.1), 60, 140) == pytest.approx(
        100, rel=0.06
    )


@pytest.mark.parametrize("firings", [0.5, 1.0])
def test_a_mower_fires_as_often_in_a_turn_as_its_engine_does(firings):
    sound = rendered("lawn_mower", 5.0, turns_per_minute=2400, firings=firings, grass=0.1)
    assert modulation_hz(highpass(sound, 1000), 15, 60) == pytest.approx(40 * firings, rel=0.08)


# Pitches and courses.


@pytest.mark.parametrize("preset", ["ship", "foghorn", "tug"])
def test_a_ships_horn_is_low(preset):
    values = FAMILIES["ship_horn"].values(preset=preset)
    blast = rendered("ship_horn", 4.0, preset=preset, count=1)[samples_in(0.6) : samples_in(1.3)]
    assert loudest_hz(blast, 50, 1.4 * values.pitch_hz) == pytest.approx(values.pitch_hz, rel=0.07)
    assert loudest_hz(blast, 50, 1.4 * values.pitch_hz) < 200
    assert centroid_hz(lowpass(blast, 4000)) < 1000


def test_a_diaphone_grunts():
    sound = rendered("ship_horn", 3.5, preset="foghorn", count=1, blast_seconds=2.6)
    tone, grunt = sound[samples_in(0.6) : samples_in(1.4)], sound[samples_in(2.3) : samples_in(2.7)]
    assert share_below(grunt, 120, 400) > 3 * share_below(tone, 120, 400)


def test_a_kettle_rises():
    sound = rendered("whistle", 6.0, preset="kettle")
    first, last = (sound[samples_in(a) : samples_in(a + 0.6)] for a in (0.4, 5.0))
    assert loudest_hz(last, 1000, 5000) > 1.3 * loudest_hz(first, 1000, 5000)


def test_the_lever_comes_before_the_rush_and_the_refill_after():
    loud = levels(rendered("flush", 9.0, rush_seconds=3.5), 0.25)
    rush = 4 * loud.argmax() // 16
    assert 0 <= rush <= 2
    assert loud[-4:].mean() < 0.5 * loud.max()
    assert loud[-4:].mean() > 0.02 * loud.max()


def test_a_rocket_that_is_far_is_duller_and_softer():
    sound = rendered("rocket", 10.0)
    near, far = sound[samples_in(2) : samples_in(4)], sound[samples_in(8) : samples_in(9.8)]
    assert np.std(far) < 0.6 * np.std(near)
    assert centroid_hz(far) < 0.8 * centroid_hz(near)


def test_the_pressure_of_air_brakes_falls():
    loud = levels(rendered("steam", 2.0, preset="air_brake", count=1, valve=0), 0.1)
    assert loud[8:11].mean() < 0.4 * loud[1:4].mean()


def test_needles_are_heard_above_the_motor():
    pins, none = (rendered("printer", 3.0, preset="dot_matrix", pins=share) for share in (1, 0))
    assert centroid_hz(pins) > 1.3 * centroid_hz(none)


def test_faster_wheels_cross_more_joints():
    slow, fast = (FAMILIES["rolling"].values({"speed": s}).joints_hz for s in (-1.0, 1.0))
    assert slow < 1
    assert fast > 10
