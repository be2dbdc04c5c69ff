"""The widget: its sounds cross as bytes, its HTML is that of any output."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from ipywidgets.widgets.widget import _remove_buffers

import soundgen_nb as sg
from soundgen_nb.wire import Provenance


def take(index=1, prompt="rain"):
    noise = np.random.default_rng(index).uniform(-0.3, 0.3, (2, 44_100))
    mp3 = sg.Sound.from_samples(noise, 44_100, format="mp3")
    return sg.Take(prompt, mp3, Provenance(prompt=prompt, engine="by hand"), index=index)


def test_sounds_cross_as_bytes_and_are_in_no_text():
    takes = [take(1), take(2)]
    state, paths, buffers = _remove_buffers(sg.player(takes).get_state())
    assert buffers == [each.sound.data for each in takes]
    assert all(path[0] == "audio" for path in paths)
    assert "data:audio" not in json.dumps(state, default=str)


def test_its_html_is_that_of_the_takes_without_the_sounds():
    one = take()
    shown = sg.player(one).html
    assert shown.replace("<audio controls", f'<audio controls src="{one.sound.data_uri}"') != shown
    assert shown.count("<audio controls") == 1
    assert 'data-label="rain · take 1"' in shown
    assert sg.player(sg.Takes((one, take(2)))).html.count("<article") == 2


def test_what_was_typed_is_shown_as_it_was():
    typed = 'a " src="data:audio/wav;base64,x"'
    assert sg.player(take(prompt=typed)).html.count("&quot;data:audio/wav;base64,x&quot;") > 2


def test_a_player_says_in_a_line_what_it_holds():
    sounds = [take(1), take(2)]
    size = sum(len(each.sound.data) for each in sounds)
    assert repr(sg.player(sounds)) == f"<Player of 2 sounds, {size:,} bytes>"


def test_a_player_of_nothing_is_refused():
    with pytest.raises(sg.errors.InputError, match="no takes to play"):
        sg.player([])


@pytest.mark.parametrize("slip", ["rain", None, 3, ["a"], b"RIFF"], ids=repr)
def test_a_player_of_what_is_no_take_is_refused_in_words(slip):
    value = slip[0] if isinstance(slip, list) else slip
    told = f"a player plays takes; {value!r} is no take: generate some, or load files"
    with pytest.raises(sg.errors.InputError, match=f"^{re.escape(told)}$"):
        sg.player(slip)
