"""Copies: a recording is known again whatever was done to its file, and another take is none."""

from __future__ import annotations

import numpy as np
import pytest

from soundgen_nb import engine
from soundgen_nb.analysis import Recording, same_recording
from soundgen_nb.sound import Sound

RATE = 44_100


def recording(samples):
    return Recording(np.atleast_2d(np.asarray(samples, np.float32)), RATE)


def decoded(samples, name):
    sound = Sound.from_samples(samples, RATE, format=name)
    return Recording(sound.samples, sound.sample_rate)


@pytest.fixture(scope="module")
def takes():
    """Two takes of a prompt, shape (2, n) each."""
    made = [engine.perform("rain on a tin roof", seconds=2, seed=seed) for seed in (1, 2)]
    return [sound.samples for sound in made]


@pytest.mark.parametrize("name", ["mp3", "ogg", "flac"])
def test_a_copy_in_another_format_is_a_copy(takes, name):
    assert same_recording(recording(takes[0]), decoded(takes[0], name))


@pytest.mark.parametrize("shift", [1, 1105, 4000])
def test_a_copy_that_begins_later_is_a_copy_either_way(takes, shift):
    here, late = recording(takes[0]), recording(np.pad(takes[0], ((0, 0), (shift, 0))))
    assert same_recording(here, late)
    assert same_recording(late, here)


@pytest.mark.parametrize("gain", [0.01, -1.0, 3.0])
def test_gain_and_polarity_make_no_other_recording(takes, gain):
    assert same_recording(recording(takes[0]), recording(gain * takes[0]))


@pytest.mark.parametrize("prompt", ["heavy rain", "an electric hum", "a helicopter", "a dog barks"])
def test_a_copy_is_told_from_another_take(prompt):
    one, other = (engine.perform(prompt, seconds=2, seed=seed).samples for seed in (1, 2))
    assert same_recording(recording(one), decoded(one, "mp3"))
    assert not same_recording(recording(one), recording(other))


def test_two_that_share_a_moment_are_no_copies(takes):
    one, other = (each.copy() for each in takes)
    one[:, :RATE] *= 0.1
    other[:, :RATE] *= 0.1
    one[:, RATE : RATE + RATE // 2] = 4 * takes[0][:, : RATE // 2]
    other[:, RATE : RATE + RATE // 2] = 4 * takes[0][:, : RATE // 2]
    other[:, RATE // 2 * 3 :] *= 12
    assert not same_recording(recording(one), recording(other))


@pytest.mark.parametrize("length", [1, 100, RATE])
def test_silence_is_nobodys_copy(length):
    silence = recording(np.zeros(length))
    assert not same_recording(silence, silence)


def test_one_sample_is_a_copy_of_itself():
    assert same_recording(recording([0.5]), recording([0.5]))


def test_other_lengths_and_rates_are_other_recordings(takes):
    here = recording(takes[0])
    assert not same_recording(here, recording(takes[0][:, : RATE // 2]))
    assert not same_recording(here, Recording(here.samples, 48_000))
