"""Laws of things that strike, bounce, pop, cut and rub: what each must do to be what it is."""

from __future__ import annotations

import numpy as np
import pytest

from soundgen_nb.engine import FAMILIES, SAMPLE_RATE, understand
from soundgen_nb.engine.parts.filters import highpass
from soundgen_nb.engine.parts.timeline import samples_in

SEEDS = (41, 42)


def rendered(name, seconds=4.0, *, seed=41, preset=None, axes=None, **settings):
    family = FAMILIES[name]
    values = family.values(axes, preset, **settings)
    return family.render(seconds, np.random.default_rng(seed), values)


def levels_of(sound, frame_seconds=0.005):
    frame = samples_in(frame_seconds)
    whole = len(sound) // frame
    return np.sqrt(np.mean(sound[: whole * frame].reshape(whole, frame) ** 2, axis=1))


def onsets(sound, threshold=0.2, quiet_seconds=0.1):
    """The seconds at which the level rises over a share of its peak after a while under it."""
    levels = levels_of(sound)
    loud = np.flatnonzero(levels > threshold * levels.max())
    fresh = np.diff(loud, prepend=-(10**6)) > round(quiet_seconds / 0.005)
    return loud[fresh] * 0.005


def centroid_hz(sound):
    power = np.square(np.abs(np.fft.rfft(sound)))
    return float((power * np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)).sum() / power.sum())


def pulse_hz(sound, low_hz, high_hz):
    """The strongest rate between two bounds at which the level comes and goes."""
    levels = levels_of(sound, 0.001)
    spectrum = np.abs(np.fft.rfft((levels - levels.mean()) * np.hanning(len(levels)), 1 << 15))
    rates = np.fft.rfftfreq(1 << 15, 0.001)
    inside = (rates >= low_hz) & (rates <= high_hz)
    return float(rates[inside][spectrum[inside].argmax()])


@pytest.mark.parametrize(
    "name",
    ["crash", "skid", "punch", "rockfall", "dishes", "chop", "bounce", "click", "spring", "zip"],
)
def test_what_is_bigger_sounds_lower(name):
    small, big = (centroid_hz(rendered(name, axes={"size": amount})) for amount in (-1.0, 1.0))
    assert big < small


# Counted.


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("name", "count"),
    [("punch", 2), ("chop", 3), ("click", 5), ("whip", 2), ("crash", 1), ("pop", 4)],
)
def test_things_happen_as_often_as_asked(name, count, seed):
    settings = {"part_seconds": 0.02} if name == "click" else {}
    sound = rendered(name, 6.0, seed=seed, count=count, gap_seconds=1.0, **settings)
    assert len(onsets(sound, quiet_seconds=0.4)) == count


@pytest.mark.parametrize(
    ("prompt", "family", "count"),
    [
        ("two punches", "punch", 2),
        ("three chops on a cutting board", "chop", 3),
        ("five clicks of a mouse", "click", 5),
        ("a ball bounces four times", "bounce", 4),
    ],
)
def test_a_prompt_counts_them(prompt, family, count):
    source = understand(prompt).sources[0]
    assert (source.family, source.count) == (family, count)


# One by one.


@pytest.mark.parametrize("restitution", [0.7, 0.8, 0.9])
def test_a_ball_left_alone_bounces_at_intervals_that_shrink_by_its_restitution(restitution):
    sound = rendered("bounce", 4.0, count=6, restitution=restitution, ring_seconds=0.002)
    gaps = np.diff(onsets(sound, threshold=0.05, quiet_seconds=0.05))
    assert len(gaps) == 5
    assert gaps[1:] / gaps[:-1] == pytest.approx(np.full(4, restitution), abs=0.04)


def test_a_dribble_is_even():
    gaps = np.diff(onsets(rendered("bounce", 6.0, preset="basketball", gap_seconds=0.5)))
    assert len(gaps) >= 8
    assert gaps == pytest.approx(np.full(len(gaps), 0.5), abs=0.011)


def test_a_bowling_ball_rolls_before_the_pins_fall():
    sound = rendered("bowling", 4.0, roll_seconds=1.5)
    rolling, falling = np.split(levels_of(sound[: samples_in(2.2)]), [round(1.65 / 0.005)])
    assert 0 < rolling.mean() < 0.5 * falling.mean()


def test_more_pins_are_more_blows():
    one, ten = (
        rendered("bowling", 4.0, roll_seconds=0.3, pins=pins)[samples_in(0.8) :] for pins in (1, 10)
    )
    assert np.count_nonzero(levels_of(ten) > 0.03) > 2 * np.count_nonzero(levels_of(one) > 0.03)


@pytest.mark.parametrize("strokes_hz", [0.8, 1.6, 2.4])
def test_a_saw_goes_at_the_rate_of_its_strokes(strokes_hz):
    sound = rendered("saw", 8.0, strokes_hz=strokes_hz, back=0.0)
    assert pulse_hz(sound, 0.5, 4.0) == pytest.approx(strokes_hz, rel=0.1)


def test_faster_sawing_is_more_strokes():
    slow, fast = (FAMILIES["saw"].values({"speed": amount})["strokes_hz"] for amount in (-1.0, 1.0))
    assert slow < FAMILIES["saw"].values()["strokes_hz"] < fast


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("preset", "rises"), [("close", True), ("open", False)])
def test_a_zip_rises_as_it_closes_and_falls_as_it_opens(preset, rises, seed):
    sound = rendered("zip", 1.6, seed=seed, preset=preset, count=1, zip_seconds=1.2)
    heard = sound[: samples_in(1.3)]
    first, last = (
        pulse_hz(highpass(part, 3000), 60.0, 450.0) for part in np.split(heard, [len(heard) // 2])
    )
    assert (last > first) == rises


def test_popcorn_pops_at_random():
    """Counts in equal times spread as widely as their mean, as Poisson's do; a clock's do not."""
    sound = rendered("pop", 30.0, preset="popcorn", fizz=0.0, rate_hz=2)
    starts = onsets(sound, threshold=0.1, quiet_seconds=0.03)
    counts = np.histogram(starts, np.arange(0, 31, 1.0))[0]
    gaps = np.diff(starts)
    assert len(starts) / 30 == pytest.approx(2, rel=0.3)
    assert 0.5 < counts.var() / counts.mean() < 2.0
    assert 0.7 < gaps.std() / gaps.mean() < 1.4


def test_tyres_are_heard_before_the_crash_only_where_asked():
    plain, skidding = (rendered("crash", 4.0, preset=preset) for preset in (None, "skid"))
    before = slice(samples_in(0.4), samples_in(1.2))
    assert levels_of(skidding[before]).mean() > 0.02
    assert len(onsets(plain, threshold=0.5, quiet_seconds=1.0)) == 1


def test_a_body_falls_in_several_thumps_and_a_slap_is_brighter():
    slap, fall = (rendered("punch", preset=preset, count=1) for preset in ("slap", "body_fall"))
    assert centroid_hz(fall) < 0.5 * centroid_hz(slap)


def test_glasses_ring_longer_than_cups():
    def half_energy_seconds(preset):
        sound = rendered("dishes", 2.0, preset=preset, count=1, touches=1, scrape=0)
        energy = np.cumsum(np.square(sound))
        return np.searchsorted(energy, 0.95 * energy[-1]) / SAMPLE_RATE

    assert half_energy_seconds("glass") > half_energy_seconds("cups") + 0.05


def test_an_earthquake_is_lower_than_falling_stones():
    quake, stones = (rendered("rockfall", preset=preset) for preset in ("earthquake", "rocks"))
    assert centroid_hz(quake) < 0.3 * centroid_hz(stones)
