from __future__ import annotations

import subprocess
import sys
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import FrozenInstanceError, replace
from multiprocessing import get_context

import numpy as np
import pytest

from soundgen_nb.errors import InputError, NoAnswerError, NotAudioError
from soundgen_nb.sound import Sound
from soundgen_nb.take import Take, Takes, grouped, measure_all
from soundgen_nb.wire import Provenance

RATE = 44_100


def tone(frequency_hz: float, seconds: float = 0.5, *, format: str = "wav") -> Sound:  # noqa: A002  # Sound's own word
    times = np.arange(int(seconds * RATE)) / RATE
    return Sound.from_samples(0.5 * np.sin(2 * np.pi * frequency_hz * times), RATE, format=format)


def take(prompt="a beep", index=1, sound=None, **fields) -> Take:
    provenance = Provenance(prompt=prompt, engine="by hand", seed=7)
    return Take(prompt, sound or tone(440), provenance, index=index, **fields)


def test_a_take_tells_what_it_is_in_one_line():
    assert repr(take(index=2)) == "<Take 'a beep' take 2: 0.50 s, -9.7 LUFS, seed 7>"


def test_a_long_prompt_is_cut_in_the_repr_and_whole_in_the_card():
    long = take("rain and " * 40)
    assert len(repr(long)) < 140
    assert "rain and " * 40 in long._repr_html_()


def test_a_file_that_only_begins_like_audio_is_refused_by_its_name(tmp_path):
    path = tmp_path / "empty.wav"
    path.write_bytes(b"RIFF\0\0\0\0WAVE")
    with pytest.raises(NotAudioError, match=r"^empty\.wav: the wav cannot be decoded"):
        Take.from_file(path)


def test_a_take_is_frozen():
    with pytest.raises(FrozenInstanceError, match="index"):
        take().index = 2


def test_the_lossless_original_is_measured_and_the_mp3_is_played():
    both = take(sound=tone(440, format="mp3"), wav=tone(2000))
    assert both.measures.centroid_hz == pytest.approx(2000, rel=0.02)
    assert both.samples is both.wav.samples
    assert "data:audio/mpeg" in both._repr_html_()
    assert "data:audio/wav" not in both._repr_html_()


def test_a_take_that_showed_itself_keeps_no_samples():
    # a hundred takes of half a minute would be a gigabyte of them
    shown, several = take(), Takes([take(), take()])
    assert shown._repr_html_()
    assert several._repr_html_()
    for each in (shown, *several):
        assert each.sound.decode()[0] is not each.sound.decode()[0]


def test_without_a_wav_the_received_bytes_are_measured():
    only = take(sound=tone(440, 1.0, format="mp3"))
    assert only.seconds == pytest.approx(1.0)
    assert only.sample_rate == RATE
    assert only.samples.shape == (1, RATE)
    assert only.measures.centroid_hz == pytest.approx(440, rel=0.1)


def test_the_analysis_is_made_once():
    once = take()
    assert once.analysis is once.analysis
    assert once.numbered(3).analysis is once.analysis


def test_the_librosa_view_is_the_mono_mix_at_its_own_rate():
    view = take(sound=tone(440, 0.25)).librosa
    assert view.y.shape == (RATE // 4,)
    assert view.sr == RATE


def test_saving_writes_the_bytes_as_received(tmp_path):
    both = take(sound=tone(440, format="mp3"), wav=tone(440))
    assert both.save(tmp_path / "beep").read_bytes() == both.sound.data
    assert both.save(tmp_path / "beep.wav").read_bytes() == both.wav.data


def test_saving_as_a_format_there_is_not_says_so(tmp_path):
    with pytest.raises(InputError, match=r"mp3, not \.flac"):
        take(sound=tone(440, format="mp3")).save(tmp_path / "beep.flac")


def test_a_file_becomes_a_take_that_does_not_say_where_it_lay(tmp_path):
    path = tmp_path / "old door.wav"
    tone(440).save(path)
    loaded = Take.from_file(path)
    assert loaded.prompt == "old door"
    assert loaded.provenance.source == "old door.wav"
    assert str(tmp_path) not in loaded._repr_html_()
    assert Take.from_file(path, prompt="a creak").label == "a creak · take 1"


def test_a_file_that_is_no_sound_is_refused_by_name(tmp_path):
    (tmp_path / "door.wav").write_text("not a sound")
    with pytest.raises(NotAudioError, match=r"door\.wav"):
        Take.from_file(tmp_path / "door.wav")


def test_takes_are_a_sequence_that_shows_what_did_not_arrive():
    takes = Takes((take(), take(index=2)), (NoAnswerError("no answer within 30 s"),))
    assert len(takes) == 2
    assert takes[1].index == 2
    assert [each.index for each in takes] == [1, 2]
    assert isinstance(takes[:1], Takes)
    assert "no answer within 30 s" in repr(takes)
    assert takes._repr_html_().count("<audio") == 2
    assert "no answer within 30 s" in takes._repr_html_()


def test_takes_of_which_none_arrived_still_show_why():
    assert "no answer" in Takes((), (NoAnswerError("no answer"),))._repr_html_()


def test_grouping_keeps_prompts_in_order_and_numbers_that_differ():
    given = [take("b", 2), take("a"), take("b", 5), take("a")]
    assert [(each.prompt, each.index) for each in grouped(given)] == [
        ("b", 2),
        ("b", 5),
        ("a", 1),
        ("a", 2),
    ]


class Recording(Executor):
    """An executor that works at once and remembers how much."""

    def __init__(self) -> None:
        self.calls = 0

    def submit(self, fn, /, *args, **kwargs):
        self.calls += 1
        done = Future()
        done.set_result(fn(*args, **kwargs))
        return done


def test_any_executor_measures_and_nothing_is_measured_twice():
    takes, executor = [take(), take("another", sound=tone(880))], Recording()
    takes[0].measures  # noqa: B018  # touching it is the measuring
    measure_all(takes, executor=executor)
    measure_all(takes, executor=executor)
    assert executor.calls == 1


def test_another_process_measures_the_same():
    here, there = take(sound=tone(440)), take(sound=tone(440))
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        measure_all([there], executor=pool)
    assert repr(dict(here.measures)) == repr(dict(there.measures))  # a NaN is not itself


def test_takes_with_the_same_facts_are_equal_and_hash_alike():
    one = take()
    assert one == replace(one)
    assert len({one, replace(one)}) == 1


def test_importing_a_take_loads_nothing_heavy():
    heavy = "{'librosa', 'matplotlib', 'pandas', 'scipy.signal', 'scipy.stats', 'httpx'}"
    code = f"import sys, soundgen_nb.comparison; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
