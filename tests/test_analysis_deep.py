"""What librosa hears for us: pitch, tempo, harmonic share, contrast. Laws, and librosa itself."""

from __future__ import annotations

import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from soundgen_nb.analysis import DEEP_MEASURES, analyse_deeply, librosa_view
from soundgen_nb.analysis.deep import harmonic_and_percussive
from soundgen_nb.analysis.pitch import pitch
from soundgen_nb.comparison import Comparison
from soundgen_nb.errors import InputError, NotAudioError
from soundgen_nb.sound import Sound
from soundgen_nb.take import Take
from soundgen_nb.wire import Provenance

librosa = pytest.importorskip("librosa")

RATE = 44_100
SECONDS = 3


def sine(frequency_hz=440.0, *, seconds=SECONDS, rate=RATE):
    times = np.arange(int(rate * seconds)) / rate
    return (0.5 * np.sin(2 * np.pi * frequency_hz * times))[None].astype(np.float32)


def noise(*, seconds=SECONDS, seed=0, rate=RATE):
    rng = np.random.default_rng(seed)
    return (0.1 * rng.normal(size=(1, int(rate * seconds)))).astype(np.float32)


def clicks(bpm, *, seconds=6.0, rate=RATE):
    line = np.zeros((1, int(seconds * rate)), np.float32)
    line[0, (np.arange(0.2, seconds, 60 / bpm) * rate).astype(int)] = 0.9
    return line


@pytest.fixture(scope="module")
def heard_noise():
    return analyse_deeply(noise(), RATE)


@pytest.fixture(scope="module")
def heard_tone():
    return analyse_deeply(sine(), RATE)


def test_every_deep_measure_is_there_in_order(heard_tone):
    assert list(heard_tone) == [each.name for each in DEEP_MEASURES]


# Pitch


@pytest.mark.parametrize("frequency_hz", [55.0, 110.0, 440.0, 1760.0, 6000.0])
def test_a_sine_has_its_frequency_for_a_pitch(frequency_hz):
    found = analyse_deeply(sine(frequency_hz, seconds=1.0), RATE)
    assert found.pitch_hz == pytest.approx(frequency_hz, rel=0.01)
    assert found.pitch_confidence > 0.9


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000, 96_000])
def test_a_pitch_is_the_same_at_every_rate(rate):
    found = analyse_deeply(sine(seconds=1.0, rate=rate), rate)
    assert found.pitch_hz == pytest.approx(440, rel=0.01)


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 192_000])
def test_no_tone_of_the_range_is_taken_for_one_an_octave_lower(rate):
    tones = np.geomspace(60, min(8_000, 0.42 * rate), 45)
    heard = [pitch(sine(each, seconds=0.2, rate=rate)[0], rate) for each in tones]
    assert [each.hz for each in heard] == pytest.approx(tones, rel=0.02)
    assert min(each.confidence for each in heard) > 0.8


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000, 192_000])
def test_a_tone_above_the_range_is_not_taken_for_one_within(rate):
    for each in np.linspace(8_400, min(20_000, 0.44 * rate), 15):
        assert math.isnan(pitch(sine(each, seconds=0.2, rate=rate)[0], rate).hz)


def test_hiss_under_a_high_tone_does_not_halve_it():
    for each in np.linspace(1_000, 7_500, 15):
        hissing = sine(each, seconds=0.2, rate=22_050) + 0.3 * noise(seconds=0.2, rate=22_050)
        assert pitch(hissing[0], 22_050).hz == pytest.approx(each, rel=0.02)


def test_overtones_do_not_move_the_pitch():
    voice = sum(sine(220.0 * k) / k for k in range(1, 8))
    assert analyse_deeply(voice, RATE).pitch_hz == pytest.approx(220, rel=0.01)


def test_silence_around_a_tone_changes_neither_pitch_nor_confidence(heard_tone):
    padded = analyse_deeply(np.pad(sine(), ((0, 0), (RATE, RATE))), RATE)
    assert padded.pitch_hz == pytest.approx(heard_tone.pitch_hz, rel=0.01)
    assert padded.pitch_confidence > 0.9


def test_an_offset_is_no_pitch_and_moves_none():
    offset = np.full((1, RATE), 0.3, np.float32)
    assert math.isnan(analyse_deeply(offset, RATE).pitch_hz)
    assert analyse_deeply(sine(seconds=1.0) + offset, RATE).pitch_hz == pytest.approx(440, rel=0.01)


def test_noise_has_no_pitch(heard_noise):
    assert math.isnan(heard_noise.pitch_hz)
    assert heard_noise.pitch_confidence < 0.2


# Tempo


@pytest.mark.parametrize("bpm", [90, 120, 150])
def test_clicks_have_their_tempo_or_its_octave(bpm):
    found = analyse_deeply(clicks(bpm), RATE)
    octaves = math.log2(found.tempo_bpm / bpm)
    assert octaves == pytest.approx(round(octaves), abs=0.03)
    assert abs(octaves) < 1.1
    assert found.tempo_confidence > 0.5


def test_clicks_at_120_have_a_tempo_of_120():
    assert analyse_deeply(clicks(120), RATE).tempo_bpm == pytest.approx(120, rel=0.02)


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_a_steady_tone_has_neither_a_tempo_nor_confidence_in_one(rate):
    found = analyse_deeply(sine(1000.0, seconds=5, rate=rate), rate)
    assert math.isnan(found.tempo_bpm)
    assert math.isnan(found.tempo_confidence)


def test_noise_has_no_tempo(heard_noise):
    assert math.isnan(heard_noise.tempo_bpm)
    assert heard_noise.tempo_confidence < 0.2


# Harmonic share and contrast


def test_a_tone_is_harmonic_clicks_are_not_and_noise_is_between(heard_tone, heard_noise):
    struck = analyse_deeply(clicks(120, seconds=SECONDS), RATE).harmonic_share
    assert heard_tone.harmonic_share > 0.99
    assert struck < 0.01
    assert heard_noise.harmonic_share == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("frames", [1, 7, 31, 100])
def test_both_parts_are_librosas_bit_by_bit(frames):
    rng = np.random.default_rng(frames)
    magnitude = np.abs(rng.normal(size=(1025, frames))).astype(np.float32)
    mine, theirs = harmonic_and_percussive(magnitude), librosa.decompose.hpss(magnitude)
    assert np.array_equal(mine[0], theirs[0])
    assert np.array_equal(mine[1], theirs[1])


def test_contrast_is_librosas_mean(heard_noise):
    view = librosa_view(noise(), RATE)
    theirs = librosa.feature.spectral_contrast(y=view.y, sr=view.sr).mean()
    assert heard_noise.contrast_db == pytest.approx(theirs, rel=1e-3)


# Any sound


@pytest.mark.parametrize("name", [each.name for each in DEEP_MEASURES])
def test_gain_changes_nothing(name, heard_tone):
    quiet = analyse_deeply(sine() * 0.1, RATE)
    assert quiet[name] == pytest.approx(heard_tone[name], rel=0.02, abs=0.02, nan_ok=True)


def test_equal_channels_are_heard_as_one(heard_noise):
    both = analyse_deeply(np.repeat(noise(), 2, axis=0), RATE)
    assert dict(both) == pytest.approx(dict(heard_noise), rel=1e-3, nan_ok=True)


@pytest.mark.parametrize(
    "samples",
    [np.zeros((2, 1)), np.zeros((2, RATE)), 1e-20 * sine(), np.concatenate([sine(), -sine()])],
    ids=["a sample", "a second", "below all hearing", "opposite channels"],
)
def test_where_nothing_is_heard_there_is_none_of_it(samples):
    assert all(math.isnan(value) for value in analyse_deeply(samples, RATE).values())


@pytest.mark.parametrize("rate", [4_000, 768_000])
def test_any_rate_is_heard(rate):
    found = analyse_deeply(sine(seconds=0.2, rate=rate), rate)
    assert found.pitch_hz == pytest.approx(440, rel=0.01)
    assert found.harmonic_share > 0.5


@pytest.mark.parametrize("length", [1, 2, 513, 2048, 5000])
def test_the_shortest_sound_is_heard(length):
    found = analyse_deeply(noise()[:, :length], RATE)
    assert 0 <= found.pitch_confidence <= 1
    assert 0 <= found.harmonic_share <= 1
    assert math.isnan(found.tempo_bpm)


def test_no_sound_is_refused_as_in_the_fast_look():
    with pytest.raises(NotAudioError, match="no samples"):
        analyse_deeply(np.zeros((2, 0), np.float32), RATE)
    with pytest.raises(InputError, match="sample rate"):
        analyse_deeply(noise(), 0)


def test_many_threads_hear_the_same_as_one(heard_noise):
    with ThreadPoolExecutor(2) as pool:
        again = list(pool.map(lambda _: analyse_deeply(noise(), RATE), range(2)))
    for each in again:
        assert dict(each) == pytest.approx(dict(heard_noise), rel=0, abs=0, nan_ok=True)


# Takes and comparisons


def take(prompt, samples):
    provenance = Provenance(prompt=prompt, engine="by hand")
    return Take(prompt, Sound.from_samples(samples, RATE), provenance)


def test_a_take_listens_deeply_once():
    beep = take("a beep", sine(seconds=1.0))
    assert beep.deep.pitch_hz == pytest.approx(440, rel=0.01)
    assert beep.numbered(2).deep is beep.deep


def test_a_table_has_the_deep_columns_when_asked():
    beep, hiss = take("a beep", sine(seconds=1.0)), take("a hiss", noise(seconds=1.0))
    comparison = Comparison.from_takes([beep, hiss])
    shallow, deep = comparison.table(), comparison.table(deep=True)
    added = [each.name for each in DEEP_MEASURES]
    assert list(deep.columns) == [*shallow.columns[:-1], *added, "notes"]
    assert deep["pitch_hz"].tolist() == pytest.approx([440, math.nan], rel=0.01, nan_ok=True)
    assert deep.attrs["units"]["tempo_bpm"] == "bpm"
    assert deep.attrs["units"]["harmonic_share"] == ""


def test_a_card_never_opens_librosa():
    probe = (
        "import sys, numpy as np; from soundgen_nb.sound import Sound\n"
        "from soundgen_nb.take import Take; from soundgen_nb.wire import Provenance\n"
        "sound = Sound.from_samples(np.zeros((1, 999)), 44_100)\n"
        "Take('a', sound, Provenance(prompt='a', engine='by hand'))._repr_html_()\n"
        "print({'librosa', 'numba', 'scipy'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    assert ran.stdout.strip() == "set()", ran.stderr
