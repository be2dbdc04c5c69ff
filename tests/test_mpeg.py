"""Mp3 files that do not say how long they are are read whole all the same."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from soundgen_nb.analysis import analyse
from soundgen_nb.mpeg import header, with_count
from soundgen_nb.sound import Sound

SECONDS = 6


def encoded(rate=44_100, *, channels=2, mode="VARIABLE"):
    """Half a tone, half noise, which need very different bit rates, as an mp3."""
    times = np.arange(SECONDS * rate) / rate
    noise = np.random.default_rng(0).normal(0, 0.2, len(times))
    line = np.where(times < SECONDS / 2, 0.3 * np.sin(2 * np.pi * 440 * times), noise)
    written = io.BytesIO()
    named = {"format": "MP3", "bitrate_mode": mode, "compression_level": 0.5}
    with soundfile.SoundFile(written, "w", rate, channels, "MPEG_LAYER_III", **named) as file:
        file.write(np.tile(line[:, None], channels))
    return written.getvalue()


def headless(data):
    """The mp3 without its first frame, in which its length stands."""
    return data[header(data, 0).length :]


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [16_000, 22_050, 32_000, 44_100, 48_000])
def test_an_mp3_that_does_not_say_its_length_is_read_whole(rate, channels):
    whole = Sound(encoded(rate, channels=channels))
    cut = Sound(headless(whole.data))
    assert cut.seconds == pytest.approx(whole.seconds, abs=0.2)
    ends = [sound.samples[0, -rate:].std() for sound in (whole, cut)]
    assert ends[1] == pytest.approx(ends[0], rel=0.05)


def test_the_reader_alone_would_cut_it():
    cut = headless(encoded())
    assert soundfile.info(io.BytesIO(cut)).duration < SECONDS / 2
    Sound(cut).check()


def test_it_measures_as_the_one_that_says_it():
    whole, cut = Sound(encoded()), Sound(headless(encoded()))
    measures = [analyse(sound.samples, sound.sample_rate).measures for sound in (whole, cut)]
    assert measures[1].loudness_lufs == pytest.approx(measures[0].loudness_lufs, abs=0.1)
    assert measures[1].centroid_hz == pytest.approx(measures[0].centroid_hz, rel=0.02)


def test_a_tag_before_the_first_frame_is_stepped_over():
    tag = b"ID3\x04\x00\x00" + bytes([0, 0, 1, 2]) + bytes(130)
    cut = headless(encoded())
    assert with_count(tag + cut) == tag + with_count(cut)[: -len(cut)] + cut
    assert Sound(tag + cut).seconds == pytest.approx(SECONDS, abs=0.2)


@pytest.mark.parametrize(
    "data",
    [
        encoded(),
        encoded(mode="CONSTANT"),
        headless(encoded(mode="CONSTANT")),
        b"",
        b"ID3",
        b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f",
        b"\xff\xfb\x90",
        b"RIFF0000WAVE",
    ],
    ids=["counted", "constant", "constant, uncounted", "empty", "stump", "tag", "bits", "wav"],
)
def test_anything_else_is_left_as_it_is(data):
    assert with_count(data) is data


def test_the_bytes_that_are_kept_are_those_received():
    cut = headless(encoded())
    sound = Sound(cut)
    assert sound.samples.shape[1] > 0
    assert sound.data == cut
