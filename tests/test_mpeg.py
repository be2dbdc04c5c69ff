"""Mp3 files that do not say how long they are are read whole all the same."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
import pytest
import soundfile

from soundgen_nb.analysis import analyse
from soundgen_nb.mpeg import header, with_count
from soundgen_nb.sound import Sound

SECONDS = 6


@cache
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


def places(data):
    """Where the frames of an undamaged mp3 begin."""
    found, at = [], 0
    while frame := header(data, at):
        found.append(at)
        at += frame.length
    return found


def tagged(content):
    """ID3's tag, as it stands before an mp3."""
    size = bytes(len(content) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x04\x00\x00" + size + content


def damaged(data, at, change):
    return data[:at] + change + data[at + len(change) :]


NOISE = np.random.default_rng(1).bytes(1 << 20)


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
        headless(encoded())[:130],
        b"RIFF0000WAVE",
    ],
    ids=[
        "counted",
        "constant",
        "constant, uncounted",
        "empty",
        "stump",
        "tag",
        "bits",
        "half a frame",
        "wav",
    ],
)
def test_anything_else_is_left_as_it_is(data):
    assert with_count(data) is data


def test_the_bytes_that_are_kept_are_those_received():
    cut = headless(encoded())
    sound = Sound(cut)
    assert sound.samples.shape[1] > 0
    assert sound.data == cut


@pytest.mark.parametrize("change", [b"\0", b"\xff\0", b"\xff\xfb\0", b"\xff\xfb\xe0"])
@pytest.mark.parametrize("frame", [1, 150, -2])
def test_a_damaged_header_costs_its_frame_and_no_more(frame, change):
    cut = headless(encoded())
    whole, hurt = Sound(cut), Sound(damaged(cut, places(cut)[frame], change))
    assert hurt.seconds == pytest.approx(whole.seconds, abs=0.06)
    ends = [sound.samples[0, -44_100:].std() for sound in (whole, hurt)]
    assert ends[1] == pytest.approx(ends[0], rel=0.05)


@pytest.mark.parametrize("size", [1, 5000])
@pytest.mark.parametrize(
    "one", [encoded(), headless(encoded()), headless(encoded(mode="CONSTANT"))]
)
def test_what_lies_between_frames_is_left_out(one, size):
    middle = places(one)[100]
    hurt = Sound(one[:middle] + NOISE[:size] + one[middle:])
    assert hurt.seconds == pytest.approx(SECONDS, abs=0.1)


@pytest.mark.parametrize("between", [b"", b"TAG" + bytes(125), tagged(NOISE[:9000])])
@pytest.mark.parametrize("one", [encoded(), headless(encoded()), encoded(mode="CONSTANT")])
def test_files_laid_end_to_end_are_read_to_the_last(one, between):
    assert Sound(one + between + one).seconds == pytest.approx(2 * SECONDS, abs=0.2)


@pytest.mark.parametrize("between", [bytes(3000), tagged(bytes(200)), NOISE[:3000]])
def test_what_stands_between_the_tag_and_the_first_frame_is_stepped_over(between):
    sound = Sound(tagged(b"a title") + between + headless(encoded()))
    assert sound.seconds == pytest.approx(SECONDS, abs=0.1)


def test_fraunhofers_count_is_not_read_and_ours_stands_in_its_place():
    cut = headless(encoded())
    said = b"VBRI" + b"\0\1" + bytes(4) + len(cut).to_bytes(4, "big") + bytes(3) + b"\xe7"
    frame = header(cut, 0).length
    theirs = (cut[:4] + bytes(32) + said).ljust(frame, b"\0") + cut
    assert soundfile.info(io.BytesIO(theirs)).duration < SECONDS / 2
    assert with_count(theirs) == with_count(cut)


def test_a_first_frame_that_counts_none_is_no_count():
    whole = encoded()
    holds = whole.index(b"Xing") + 4
    assert with_count(damaged(whole, holds, bytes(4))) == with_count(headless(whole))


def test_the_count_is_of_the_kind_of_what_follows():
    """Here it follows a frame of another kind, in which a file that was cut off was counted."""
    mono, stereo = encoded(channels=1), 2 * headless(encoded())
    counted = with_count(mono[: header(mono, 0).length] + stereo)
    assert counted == with_count(stereo)
    assert with_count(counted) is counted


@pytest.mark.parametrize("tag", [b"TAG" + bytes(125), NOISE[:20_000]], ids=["id3", "other"])
@pytest.mark.parametrize("one", [encoded(), encoded(mode="CONSTANT")], ids=["varying", "constant"])
def test_a_tag_behind_the_last_frame_is_no_sound(one, tag):
    assert with_count(one + tag) == one + tag


@pytest.mark.parametrize(
    "junk",
    [b"\xff" * len(NOISE), NOISE, b"\xff\xfb\x90\x64" * (1 << 16), b"\xff\xfb\x90" * (1 << 16)],
    ids=["set bits", "noise", "headers", "headers that follow"],
)
def test_junk_is_looked_through_once(junk):
    """Each place is asked for a header a few times at most, however much of it looks like one."""
    cut = headless(encoded())
    looks = 0

    class Watched(bytes):
        def __getitem__(self, key):
            nonlocal looks
            looks += 1
            return super().__getitem__(key)

    assert cut in with_count(Watched(cut + junk))
    assert looks <= len(places(cut)) + len(junk)
