"""Sound: what goes in comes out, the format is what the bytes are, and junk is called junk."""

import copy
import io
import os
import pickle
import subprocess
import sys
from base64 import b64decode

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from soundgen_nb import sound as sound_room
from soundgen_nb.container import sniffed_format
from soundgen_nb.errors import (
    AudioError,
    InputError,
    NotAudioError,
    OversizedAudioError,
)
from soundgen_nb.sound import Sound

RATE = 44100
LOSSLESS = ["wav", "flac"]
LOSSY = ["mp3", "ogg"]
STEP = 2.0**-15  # one step of 16 bits, full scale 1


def tone(seconds=0.5, hz=440.0, rate=RATE):
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)


def stereo():
    return np.stack([tone(), 0.3 * tone(hz=660.0)])


@pytest.mark.parametrize("name", LOSSLESS)
@pytest.mark.parametrize("samples", [tone(), stereo()], ids=["mono", "stereo"])
def test_a_lossless_round_trip_is_within_a_step(name, samples):
    sound = Sound.from_samples(samples, RATE, format=name)
    assert sound.format == name
    assert sound.sample_rate == RATE
    assert np.abs(sound.samples - np.atleast_2d(samples)).max() <= STEP


@pytest.mark.parametrize("name", LOSSY)
def test_a_lossy_round_trip_keeps_length_level_and_channels(name):
    sound = Sound.from_samples(stereo(), RATE, format=name)
    assert sound.format == name
    assert sound.samples.shape == (2, RATE // 2)
    levels = np.sqrt(np.mean(sound.samples**2, axis=1))
    assert levels == pytest.approx(np.sqrt(np.mean(stereo() ** 2, axis=1)), rel=0.05)


def test_a_minute_of_ogg_can_be_encoded():
    """In a process of its own, for libsndfile's stack overflows if it is given that at once."""
    code = (
        "import numpy as np; from soundgen_nb.sound import Sound\n"
        "noise = np.random.default_rng(1).uniform(-0.5, 0.5, (2, 60 * 44100))\n"
        "assert Sound.from_samples(noise, 44100, format='ogg').seconds == 60"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], timeout=60, capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", LOSSLESS)
def test_beyond_full_scale_it_clips_and_does_not_wrap(name):
    sound = Sound.from_samples([2.0, -2.0, 0.0], RATE, format=name)
    assert sound.samples[0] == pytest.approx([1.0, -1.0, 0.0], abs=2 * STEP)


@given(samples=st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=200))
def test_decoding_and_encoding_again_changes_nothing(samples):
    once = Sound.from_samples(samples, 8000)
    again = Sound.from_samples(once.samples, 8000)
    assert again == once
    assert again.data == once.data


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.float16, np.int8, np.uint8, bool])
def test_samples_may_be_any_real_numbers(kind):
    sound = Sound.from_samples(np.array([0, 1, 0, 1], kind), RATE)
    assert sound.samples.dtype == np.float32
    assert sound.samples[0] == pytest.approx([0, 1, 0, 1], abs=2 * STEP)


def test_seconds_and_channels_are_those_of_the_samples():
    sound = Sound.from_samples(np.zeros((2, 22050)), RATE)
    assert (sound.seconds, sound.channels) == (0.5, 2)


@pytest.mark.parametrize("name", ["mp3", "wav", "ogg", "flac"])
def test_a_system_without_files_in_memory_decodes_the_same(name, monkeypatch):
    data = Sound.from_samples(
        np.random.default_rng(1).uniform(-0.1, 0.1, 9000), 44_100, format=name
    )
    before = data.samples
    monkeypatch.delattr(os, "memfd_create", raising=False)
    assert np.array_equal(Sound(data.data).samples, before)


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="there are no files in memory here")
def test_where_no_file_can_be_opened_any_more_it_decodes_the_same():
    code = (
        "import os, resource, numpy as np; from soundgen_nb.sound import Sound\n"
        "noise = np.random.default_rng(1).uniform(-0.1, 0.1, 9000)\n"
        "sound = Sound.from_samples(noise, 44_100, format='mp3')\n"
        "before, _ = sound.decode()\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))\n"
        "try: os.memfd_create('none')\n"
        "except OSError: pass\n"
        "else: raise SystemExit('there is room for one more')\n"
        "assert np.array_equal(sound.samples, before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], timeout=60, capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))]
)
def test_a_copy_takes_the_bytes_along_and_decodes_them_again(copied):
    sound = Sound.from_samples(stereo(), RATE, format="mp3")
    size = len(pickle.dumps(sound))
    samples = sound.samples
    other = copied(sound)
    assert other == sound
    assert len(pickle.dumps(sound)) == size
    assert np.array_equal(other.samples, samples)
    assert not other.samples.flags.writeable


def test_samples_are_read_only_contiguous_and_decoded_once():
    sound = Sound.from_samples(stereo(), RATE)
    with pytest.raises(ValueError, match="read-only"):
        sound.samples[0, 0] = 1.0
    assert sound.samples.flags.c_contiguous
    assert sound.samples is sound.samples


def test_what_is_decoded_for_one_look_is_the_same_and_not_kept():
    sound = Sound.from_samples(stereo(), RATE, format="mp3")
    (once, rate), (again, _) = sound.decode(), sound.decode()
    assert once is not again
    assert rate == RATE
    assert np.array_equal(once, again)
    assert np.array_equal(once, sound.samples)
    assert sound.decode()[0] is sound.samples


def test_a_sound_is_frozen_equal_by_its_bytes_and_travels():
    sound = Sound.from_samples(tone(), RATE)
    with pytest.raises(AttributeError, match="cannot assign"):
        sound.data = b""
    assert pickle.loads(pickle.dumps(sound)) == sound
    assert hash(Sound(sound.data)) == hash(sound)


def test_bytes_that_change_later_do_not_change_the_sound():
    mine = bytearray(Sound.from_samples(tone(), RATE).data)
    sound = Sound(mine)
    mine[:4] = b"junk"
    assert sound.data[:4] == b"RIFF"


def test_the_format_is_what_the_bytes_are_whatever_was_said():
    assert Sound(Sound.from_samples(tone(), RATE).data, "mp3").format == "wav"


WRONG_SAMPLES = {
    "empty": [],
    "nan": [0.0, float("nan")],
    "infinite": [float("inf")],
    "huge": [1e300],
    "words": ["loud"],
    "complex": [1j],
    "ragged": [[0.0, 0.1], [0.0]],
    "three-dimensions": np.zeros((1, 1, 5)),
    "transposed": np.zeros((44100, 2)),
    "nothing": None,
}


@pytest.mark.parametrize("samples", WRONG_SAMPLES.values(), ids=WRONG_SAMPLES)
def test_what_are_no_samples_is_refused(samples):
    with pytest.raises(InputError, match="samples must be"):
        Sound.from_samples(samples, RATE)


@pytest.mark.parametrize("rate", [0, -1, 44100.5, "44100", None, float("inf"), 10**12])
@pytest.mark.parametrize("name", ["wav", "mp3"])
def test_what_is_no_sample_rate_is_refused(rate, name):
    with pytest.raises(InputError, match=f"cannot encode {name}") as caught:
        Sound.from_samples(tone(), rate, format=name)
    assert "object at 0x" not in str(caught.value)


def test_a_format_that_cannot_be_written_names_those_that_can():
    with pytest.raises(InputError, match="one of wav, mp3, ogg, flac, not 'aac'"):
        Sound.from_samples(tone(), RATE, format="aac")


@pytest.mark.parametrize("data", ["door.wav", None, [1, 2], 7])
def test_what_is_no_bytes_is_pointed_to_the_right_door(data):
    with pytest.raises(InputError, match="from_file"):
        Sound(data)


SNIFFED = {
    "id3": (b"ID3\x04\x00" + bytes(11), "mp3"),
    "mpeg-1-layer-3": (b"\xff\xfb\x90\x64" + bytes(12), "mp3"),
    "mpeg-2-layer-3": (b"\xff\xf3\x40\xc0" + bytes(12), "mp3"),
    "wav": (b"RIFF\x00\x00\x00\x00WAVE", "wav"),
    "rf64": (b"RF64\xff\xff\xff\xffWAVE", "wav"),
    "ogg": (b"OggS\x00\x02", "ogg"),
    "flac": (b"fLaC\x00", "flac"),
    "aiff": (b"FORM\x00\x00\x00\x00AIFF", "aiff"),
    "aifc": (b"FORM\x00\x00\x00\x00AIFC", "aiff"),
}


@pytest.mark.parametrize(("head", "name"), SNIFFED.values(), ids=SNIFFED)
def test_formats_are_told_by_their_first_bytes(head, name):
    assert sniffed_format(head) == name
    assert Sound(head).mime.startswith("audio/")


NOT_AUDIO = {
    "nothing": b"",
    "html": b"<!DOCTYPE html><html>",
    "json": b'{"success": false}',
    "xml": b"<?xml version='1.0'?><Error>",
    "text-utf-16": "<html>".encode("utf-16"),
    "adts-aac": b"\xff\xf1\x50\x80" + bytes(12),
    "png": b"\x89PNG\r\n\x1a\n" + bytes(8),
    "avi": b"RIFF\x00\x00\x00\x00AVI ",
    "m4a": b"\x00\x00\x00\x20ftypM4A ",
    "one-byte": b"\xff",
}


@pytest.mark.parametrize("data", NOT_AUDIO.values(), ids=NOT_AUDIO)
def test_what_is_not_audio_says_how_it_begins(data):
    with pytest.raises(NotAudioError, match=r"not audio that can be read.*bytes beginning b"):
        Sound(data)


@pytest.mark.parametrize("name", [*LOSSY, "flac"])
def test_a_stump_is_not_audio_when_it_is_decoded(name):
    whole = Sound.from_samples(tone(), RATE, format=name)
    stump = Sound(whole.data[:60])
    with pytest.raises(NotAudioError, match=f"the {name} cannot be decoded"):
        _ = stump.samples


def test_a_file_without_samples_is_not_audio():
    whole = Sound.from_samples(tone(), RATE)
    with pytest.raises(NotAudioError, match=r"holds no samples: .* have it made anew"):
        _ = Sound(whole.data[:44]).samples


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(LOSSLESS + LOSSY),
    cut=st.floats(0, 1),
    at=st.floats(0, 1),
    junk=st.binary(min_size=1, max_size=30),
)
def test_whatever_is_done_to_a_file_gives_samples_or_one_of_our_errors(name, cut, at, junk):
    data = bytearray(WHOLE[name][: round(cut * len(WHOLE[name]))])
    start = round(at * len(data))
    data[start : start + len(junk)] = junk
    try:
        samples = Sound(bytes(data)).samples
    except AudioError:
        return
    assert samples.ndim == 2
    assert samples.shape[1] > 0


WHOLE = {name: Sound.from_samples(tone(0.1), RATE, format=name).data for name in LOSSLESS + LOSSY}


def written(container, codec, **named):
    """One second of noise, as a file of any kind."""
    file = io.BytesIO()
    noise = np.random.default_rng(1).uniform(-0.1, 0.1, 48_000)
    soundfile.write(file, noise, 48_000, codec, format=container, **named)
    return file.getvalue()


SAY_THEIR_LENGTH = {
    "wav": written("WAV", "PCM_16"),
    "wav-float": written("WAV", "FLOAT"),
    "wav-long": written("RF64", "PCM_16"),
    "aiff": written("AIFF", "PCM_24"),
    "ogg": written("OGG", "VORBIS"),
    "opus": written("OGG", "OPUS"),
    "mp3": written("MP3", "MPEG_LAYER_III", bitrate_mode="VARIABLE", compression_level=0.2),
    "mp3-constant": written("MP3", "MPEG_LAYER_III", bitrate_mode="CONSTANT"),
}


@pytest.mark.parametrize("name", ["wav", "wav-float", "wav-long", "aiff", "mp3", "mp3-constant"])
def test_a_file_that_stops_early_is_read_as_far_as_it_goes(name):
    data = SAY_THEIR_LENGTH[name]
    whole = Sound(data).seconds
    for share in (0.5, 0.75, 0.97):
        cut = Sound(data[: int(share * len(data))])
        cut.check()
        assert 0.3 * whole < cut.seconds <= whole


def test_a_part_of_a_flac_is_no_flac():
    whole = written("FLAC", "PCM_16")
    Sound(whole).check()
    for share in (0.1, 0.5, 0.97):
        with pytest.raises(NotAudioError, match=r"the flac cannot be decoded: \w"):
            Sound(whole[: int(share * len(whole))]).check()


@pytest.mark.parametrize("size", [0, 0x7FFF_FFFF, 0xFFFF_FFFF, "with its head", "one too many"])
def test_a_wav_written_to_a_pipe_or_counted_otherwise_is_whole(size):
    whole = SAY_THEIR_LENGTH["wav"]
    size = {"with its head": len(whole), "one too many": len(whole) - 7}.get(size, size)
    Sound(whole[:4] + size.to_bytes(4, "little") + whole[8:]).check()


def test_what_stands_behind_a_sound_is_no_fault_of_it():
    for data in SAY_THEIR_LENGTH.values():
        Sound(data + b"TAG" + bytes(125)).check()


def test_a_sound_longer_than_is_sane_is_not_decoded(monkeypatch):
    monkeypatch.setattr(sound_room, "MAX_SECONDS", 0.25)
    with pytest.raises(OversizedAudioError, match=r"2 channels; at most"):
        _ = Sound.from_samples(stereo(), RATE).samples


def test_twenty_minutes_are_not_unpacked_from_a_small_file():
    silence = Sound.from_samples(np.zeros(8000 * 1300, np.int8), 8000, format="flac")
    assert len(silence.data) < 1 << 20
    with pytest.raises(OversizedAudioError, match="1,300 s of 1 channels; at most 1,200 s"):
        _ = silence.samples


def test_saving_writes_the_bytes_as_they_are(tmp_path):
    sound = Sound.from_samples(tone(), RATE, format="mp3")
    saved = sound.save(tmp_path / "a")
    assert saved == tmp_path / "a.mp3"
    assert saved.read_bytes() == sound.data
    assert Sound.from_file(saved) == sound
    assert sound.save(tmp_path / "B.MP3").read_bytes() == sound.data


def test_saving_never_changes_the_format_silently(tmp_path):
    sound = Sound.from_samples(tone(), RATE, format="mp3")
    with pytest.raises(InputError, match=r"is mp3, not \.wav: save it as a\.mp3"):
        sound.save(tmp_path / "a.wav")
    assert not (tmp_path / "a.wav").exists()


@pytest.mark.parametrize(
    ("container", "codec", "suffix"),
    [
        ("AIFF", "PCM_16", ".aif"),
        ("AIFF", "PCM_16", ".AIFF"),
        ("OGG", "VORBIS", ".oga"),
        ("OGG", "OPUS", ".opus"),
        ("OGG", "OPUS", ".ogg"),
    ],
)
def test_every_name_of_a_container_is_one_to_save_it_under(container, codec, suffix, tmp_path):
    first = tmp_path / f"first{suffix}"
    first.write_bytes(written(container, codec))
    saved = Sound.from_file(first).save(tmp_path / f"again{suffix}")
    assert saved.suffix == suffix
    assert saved.read_bytes() == first.read_bytes()
    assert suffix.lower() in sound_room.SUFFIXES


def test_an_ogg_without_opus_is_not_saved_as_one(tmp_path):
    with pytest.raises(InputError, match=r"is ogg, not \.opus: save it as a\.ogg"):
        Sound(written("OGG", "VORBIS")).save(tmp_path / "a.opus")


@pytest.mark.parametrize("path", ["", ".", "..", "/", "rain/.."])
def test_a_path_without_a_name_is_refused(path):
    with pytest.raises(InputError, match=r"names no file: save the sound as rain\.wav"):
        Sound.from_samples(tone(), RATE).save(path)


def test_a_file_that_cannot_be_written_or_read_is_named(tmp_path):
    sound = Sound.from_samples(tone(), RATE)
    with pytest.raises(InputError, match=r"cannot write .*No such file"):
        sound.save(tmp_path / "nowhere" / "a.wav")
    with pytest.raises(InputError, match=r"cannot read .*No such file"):
        Sound.from_file(tmp_path / "missing.wav")
    with pytest.raises(InputError, match=r"cannot read .*directory"):
        Sound.from_file(tmp_path)


def test_a_file_that_is_not_audio_is_named(tmp_path):
    notes = tmp_path / "notes.wav"
    notes.write_text("not a sound")
    with pytest.raises(NotAudioError, match=r"notes\.wav: this is not audio"):
        Sound.from_file(notes)


def test_the_data_uri_holds_the_bytes_and_the_html_a_player():
    sound = Sound.from_samples(tone(), RATE)
    kind, data = sound.data_uri.split(";base64,")
    assert kind == "data:audio/wav"
    assert b64decode(data) == sound.data
    assert f'src="{sound.data_uri}"' in sound._repr_html_()
    assert repr(sound) == f"<Sound wav, {len(sound.data):,} bytes>"
