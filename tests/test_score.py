"""How a brief becomes a score: lengths, turns, gains, takes."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundgen_nb.engine import SAMPLE_RATE, compose, perform, understand
from soundgen_nb.engine.families import FAMILIES
from soundgen_nb.errors import InputError


def score(prompt: str, *, seconds: float | None = None, seed: int = 1):
    return compose(understand(prompt), seconds=seconds, seed=seed)


def test_asked_seconds_come_before_words_before_nature():
    assert score("rain, 7 seconds", seconds=3).seconds == 3
    assert score("rain, 7 seconds").seconds == 7
    assert score("rain").seconds == FAMILIES["rain"].natural_seconds


def test_together_the_longest_counts_and_in_a_row_the_sum():
    rain, knock = (FAMILIES[name].natural_seconds for name in ("rain", "knock"))
    assert score("rain and knocking").seconds == max(rain, knock)
    assert score("knocking then rain").seconds == rain + knock


def test_many_counted_events_get_more_time():
    assert score("twelve knocks").seconds > score("three knocks").seconds


def test_what_follows_starts_later_and_together_fills_the_length():
    first, second = score("two knocks, then rain", seconds=10).layers
    assert (first.start, first.seconds + second.seconds) == (0.0, pytest.approx(10))
    assert second.start == pytest.approx(first.seconds)


def test_a_background_goes_on_through_all_turns_and_is_softer():
    *_, background = score("a knock in the rain, then a gunshot", seconds=9).layers
    assert (background.family, background.start, background.seconds) == ("rain", 0.0, 9.0)
    assert background.gain_db < 0


def test_a_count_reaches_the_knob():
    (layer,) = score("three knocks on a wooden door").layers
    assert layer.values.count == 3


def test_a_count_is_kept_within_the_knob():
    (layer,) = score("999 knocks").layers
    assert layer.values.count == next(k for k in FAMILIES["knock"].knobs if k.name == "count").high


def test_a_preset_is_taken_as_it_is():
    (layer,) = score("rain on a tin roof").layers
    expected = FAMILIES["rain"].presets["tin"]
    assert {name: layer.values[name] for name in expected} == dict(expected)


def test_modifiers_turn_knobs():
    (light,), (heavy,) = (score(f"{word} rain").layers for word in ("light", "heavy"))
    assert light.values.drops_hz < heavy.values.drops_hz


def test_places_come_from_the_prompt_or_the_family():
    assert score("knocking").layers[0].place == FAMILIES["knock"].place
    assert score("knocking in a cave").layers[0].place == "cave"


def test_one_pair_of_hands_claps_in_a_room_and_an_audience_in_a_hall():
    assert score("a single hand clap").layers[0].place == "room"
    assert score("a single hand clap").layers[0].values.count == 1
    assert score("a round of applause").layers[0].place == "hall"
    assert score("a single hand clap in a cathedral").layers[0].place == "cathedral"


def test_quiet_words_lower_the_whole_or_one_layer():
    assert score("quiet rain").loudness_db < 0
    rain, bell = score("quiet rain and a bell").layers
    assert score("quiet rain and a bell").loudness_db == 0
    assert rain.gain_db < bell.gain_db


def test_one_sound_stands_in_the_middle_and_several_apart():
    assert [layer.pan for layer in score("rain").layers] == [0.0]
    assert len({layer.pan for layer in score("a dog and a cat").layers}) == 2
    assert score("a dog on the left and a cat").layers[0].pan < -0.5


def test_a_loop_is_a_loop():
    assert score("rain, seamless loop").loop


def test_takes_differ_by_seed_alone():
    assert score("rain", seed=1) == score("rain", seed=1)
    one, other = (score("rain", seed=seed).layers[0].values for seed in (1, 2))
    assert dict(one) != dict(other)


def test_takes_keep_what_no_modifier_turns():
    knobs = {knob.name: knob for knob in FAMILIES["rain"].knobs}
    for seed in range(20):
        (layer,) = score("rain", seed=seed).layers
        for name, knob in knobs.items():
            assert knob.low <= layer.values[name] <= knob.high
            if not (knob.follows or knob.against):
                assert layer.values[name] == knob.default


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_out_of_range_is_refused(seed):
    with pytest.raises(InputError, match="seed"):
        score("rain", seed=seed)


@pytest.mark.parametrize("seconds", [0, -1.0, 61, float("nan")])
def test_a_length_out_of_range_is_refused(seconds):
    with pytest.raises(InputError, match="seconds"):
        score("rain", seconds=seconds)


PROMPTS = st.lists(
    st.sampled_from(
        ["rain", "three knocks", "a dog", "wind in a cave", "xyzzy", "distant thunder", "a bell"]
    ),
    min_size=1,
    max_size=9,
)


@settings(max_examples=100, deadline=None)
@given(
    PROMPTS,
    st.sampled_from([" and ", " then ", ", ", " in the rain, then ", " after "]),
    st.none() | st.floats(0.05, 60),
    st.integers(0, 2**63 - 1),
)
def test_layers_lie_within_the_score(sounds, joint, seconds, seed):
    composed = score(joint.join(sounds), seconds=seconds, seed=seed)
    assert 0 < composed.seconds <= 60
    for layer in composed.layers:
        assert layer.start >= 0
        assert layer.seconds > 0
        assert layer.start + layer.seconds <= composed.seconds + 1e-9


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=1, max_size=1000), st.integers(0, 2**63 - 1))
def test_any_text_can_be_scored(prompt, seed):
    composed = score(prompt, seed=seed)
    assert all(layer.start + layer.seconds <= composed.seconds + 1e-9 for layer in composed.layers)


def test_a_performance_is_the_same_bit_for_bit_and_exactly_as_long_as_asked():
    one, again, other = (perform("two knocks", seconds=2, seed=seed) for seed in (5, 5, 6))
    assert one.samples.shape == (2, 2 * SAMPLE_RATE)
    assert one.samples.dtype == np.float32
    assert np.array_equal(one.samples, again.samples)
    assert not np.array_equal(one.samples, other.samples)


def test_a_refused_prompt_is_not_performed():
    with pytest.raises(InputError, match="Words that can be understood"):
        perform('a man says "hello"', seconds=2, seed=1)


def test_perform_can_be_sent_to_another_process():
    assert pickle.loads(pickle.dumps(perform)) is perform


def test_six_sounds_in_a_row_are_heard_even_in_one_second():
    row = "a dog, then a cat, then a cow, then a gunshot, then a bell, then a knock"
    assert np.abs(perform(row, seconds=1, seed=1).samples).max() > 0.1
