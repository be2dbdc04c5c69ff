"""Laws of the farm, the wild, and people's voices and bodies: gaits, counts, pitches, rates."""

from __future__ import annotations

import numpy as np
import pytest

from soundgen_nb.engine import understand
from soundgen_nb.engine.families import FAMILIES
from soundgen_nb.engine.parts.timeline import SAMPLE_RATE, samples_in

FRAME_SECONDS = 0.005
GAITS = {
    "walk": (0.25, 0.25, 0.25, 0.25),
    "trot": (0.5, 0.5),
    "canter": (0.27, 0.25, 0.48),
    "gallop": (0.15, 0.21, 0.16, 0.48),
}


def rendered(name, seconds=6.0, *, seed=21, preset=None, **settings):
    family = FAMILIES[name]
    values = family.values(preset=preset, **settings)
    sound = family.render(seconds, np.random.default_rng(seed), values)
    return sound if sound.ndim == 1 else sound.mean(axis=0)


def levels(sound):
    frame = samples_in(FRAME_SECONDS)
    whole = len(sound) // frame
    return np.sqrt(np.mean(sound[: whole * frame].reshape(whole, frame) ** 2, axis=1))


def onsets(sound, threshold=0.2, quiet_seconds=0.1):
    """When a sound gets loud after it was quiet, in seconds."""
    curve = levels(sound)
    loud = np.flatnonzero(curve > threshold * curve.max())
    fresh = np.diff(loud, prepend=-1000) > round(quiet_seconds / FRAME_SECONDS)
    return loud[fresh] * FRAME_SECONDS


def pitches_hz(sound, low_hz, high_hz):
    """The period of each loud frame of 46 ms, by autocorrelation, as a frequency."""
    frames = sound[: len(sound) // 2048 * 2048].reshape(-1, 2048)
    strong = np.sqrt((frames**2).mean(axis=1))
    power = np.abs(np.fft.rfft(frames[strong > 0.3 * strong.max()], 4096)) ** 2
    likeness = np.fft.irfft(power)[:, int(SAMPLE_RATE / high_hz) : int(SAMPLE_RATE / low_hz)]
    return SAMPLE_RATE / (int(SAMPLE_RATE / high_hz) + likeness.argmax(axis=1))


def rate_hz(curve, low_hz, high_hz):
    """The strongest regular movement of a level curve."""
    power = np.abs(np.fft.rfft((curve - curve.mean()) * np.hanning(len(curve)), 8 * len(curve)))
    hz = np.fft.rfftfreq(8 * len(curve), FRAME_SECONDS)
    within = (hz >= low_hz) & (hz <= high_hz)
    return hz[within][power[within].argmax()]


@pytest.mark.parametrize("gait", GAITS)
def test_each_gait_has_its_own_beats(gait):
    pattern = np.array(GAITS[gait])
    beats = onsets(rendered("horse", 10.0, preset=gait), 0.2, 0.025)
    gaps = np.diff(beats)[: (len(beats) - 1) // len(pattern) * len(pattern)]
    strides = gaps.reshape(-1, len(pattern))
    shares = (strides / strides.sum(axis=1, keepdims=True)).mean(axis=0)
    assert len(strides) >= 7
    assert shares == pytest.approx(pattern, abs=0.04)


def test_faster_gaits_have_more_strides_a_second():
    counts = [len(onsets(rendered("horse", preset=gait), 0.2, 0.025)) for gait in GAITS]
    walk, trot, canter, gallop = np.array(counts) / [len(beats) for beats in GAITS.values()]
    assert walk < trot < canter < gallop


def test_hooves_on_turf_are_duller_than_on_stone():
    def centroid(ground):
        sound = rendered("horse", 3.0, ground=ground)
        power = np.abs(np.fft.rfft(sound)) ** 2
        return (power * np.arange(len(power))).sum() / power.sum()

    assert centroid(0.0) < 0.7 * centroid(1.0)


@pytest.mark.parametrize(
    ("name", "settings", "gap"),
    [
        ("cough", {}, 0.1),
        ("cough", {"preset": "sneeze"}, 0.1),
        ("cough", {"preset": "hiccup"}, 0.1),
        ("cough", {"preset": "burp"}, 0.25),
        ("duck", {}, 0.05),
        ("chicken", {"preset": "cluck"}, 0.05),
        ("scream", {}, 0.3),
        ("elephant", {}, 0.3),
        ("horse", {"preset": "neigh"}, 0.3),
        ("sheep", {}, 0.3),
        ("baby", {}, 0.2),
        ("squeak", {"preset": "toy"}, 0.1),
    ],
)
@pytest.mark.parametrize("count", [1, 3])
def test_there_are_as_many_as_asked(name, settings, gap, count):
    assert len(onsets(rendered(name, 8.0, count=count, **settings), 0.3, gap)) == count


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_baby_cries_between_350_and_550_hz_about_once_a_second(seed):
    cry = rendered("baby", 8.0, seed=seed)
    assert 350 < np.median(pitches_hz(cry, 250, 700)) < 550
    assert 4 <= len(onsets(cry)) <= 8


@pytest.mark.parametrize("per_minute", [90, 180])
def test_panting_is_as_fast_as_asked(per_minute):
    breaths = onsets(rendered("breath", 8.0, breaths_per_minute=per_minute, inhale=0.1), 0.3, 0.05)
    assert len(breaths) == pytest.approx(8 * per_minute / 60, abs=1.5)


@pytest.mark.parametrize("rate", [4.5, 6.0])
def test_laughter_has_its_rate_of_ha(rate):
    assert rate_hz(levels(rendered("laughter", rate_hz=rate)), 3, 9) == pytest.approx(rate, rel=0.1)


def test_a_rattle_is_shaken_at_its_rate():
    fine = np.abs(rendered("snake", 2.0, preset="rattle"))
    frame = samples_in(0.001)
    curve = fine[: len(fine) // frame * frame].reshape(-1, frame).mean(axis=1)
    power = np.abs(np.fft.rfft(curve - curve.mean()))
    hz = np.fft.rfftfreq(len(curve), 0.001)
    assert hz[30:][power[30:].argmax()] == pytest.approx(55, rel=0.15)


def test_a_goat_trembles_faster_than_a_sheep():
    sheep, goat = (
        rate_hz(levels(rendered("sheep", 1.1, preset=preset, count=1)), 5, 20)
        for preset in (None, "goat")
    )
    assert sheep == pytest.approx(8, abs=2)
    assert goat == pytest.approx(13, abs=2.5)


@pytest.mark.parametrize("name", ["laughter", "scream", "sobbing", "sheep", "elephant", "duck"])
def test_a_bigger_throat_is_lower(name):
    family = FAMILIES[name]
    big, small = (family.values({"size": amount}).pitch_hz for amount in (0.8, -0.8))
    sounds = [rendered(name, 4.0, pitch_hz=hz) for hz in (big, small)]
    low, high = (np.median(pitches_hz(sound, 0.4 * big, 1.8 * small)) for sound in sounds)
    assert low < high


def test_a_group_laughs_on_both_sides():
    family = FAMILIES["laughter"]
    left, right = family.render(4.0, np.random.default_rng(5), family.values(preset="group"))
    assert np.corrcoef(left, right)[0, 1] < 0.98


@pytest.mark.parametrize(
    ("prompt", "family", "preset", "count"),
    [
        ("a horse galloping", "horse", "gallop", None),
        ("a horse neighs twice", "horse", "neigh", 2),
        ("horse trotting on cobblestones", "horse", "trot", None),
        ("a baby crying", "baby", None, None),
        ("a pig oinking in the mud", "pig", None, None),
        ("people laughing at a joke", "laughter", "group", None),
        ("a girl giggling", "laughter", "giggle", None),
        ("three coughs", "cough", None, 3),
        ("two sneezes", "cough", "sneeze", 2),
        ("someone burps loudly", "cough", "burp", None),
        ("a man snoring", "breath", "snore", None),
        ("a runner panting", "breath", "pant", None),
        ("geese honking overhead", "duck", "goose", None),
        ("a hen clucking", "chicken", "cluck", None),
        ("a lamb bleating for its mother", "sheep", "lamb", None),
        ("pigeons cooing on a ledge", "pigeon", None, None),
        ("a rattlesnake in the desert", "snake", "rattle", None),
        ("an elephant trumpeting", "elephant", None, None),
        ("a rubber duck squeaking", "squeak", "toy", None),
        ("sneakers squeaking on a basketball court", "squeak", "shoe", None),
        ("a woman sobbing", "sobbing", None, None),
        ("a woman screaming in terror", "scream", "woman", None),
        ("someone slurping noodles", "chewing", "slurp", None),
        ("a loud fart", "fart", None, None),
    ],
)
def test_prompts_reach_the_sound_that_they_name(prompt, family, preset, count):
    source = understand(prompt).sources[0]
    assert (source.family, source.preset, source.count) == (family, preset, count)
