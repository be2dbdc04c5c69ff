"""What the engine understands of a prompt, and what it says it does not."""

from __future__ import annotations

import csv
import doctest
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from soundgen_nb.engine import Brief, brief, quantities, spelling, understand
from soundgen_nb.engine.families import FAMILIES
from soundgen_nb.engine.lexicon import Role, lexicon
from soundgen_nb.engine.phrases import Phrases, Word
from soundgen_nb.engine.space import PLACES
from soundgen_nb.errors import InputError

DATA = Path(__file__).parent / "data"
TABLES = (
    "held_out_prompts",
    "unseen_prompts",
    "fresh_prompts",
    "later_prompts",
    "learnt_prompts",
    "blind_prompts",
    "sealed_prompts",
    "last_prompts",
    "veiled_prompts",
    "hidden_prompts",
)


def main(prompt: str):
    return understand(prompt).sources[0]


def families(prompt: str) -> list[str]:
    return [source.family for source in understand(prompt).sources]


def written(table: str) -> list[tuple[str, str]]:
    with (DATA / f"{table}.tsv").open(encoding="utf-8", newline="") as rows:
        return [(row["prompt"], row["family"]) for row in csv.DictReader(rows, delimiter="\t")]


@pytest.mark.parametrize("table", TABLES)
def test_the_main_sound_of_prompts_written_before_looking_is_understood(table):
    """Each was held out once and learnt from since.

    Before that ``fresh`` got 37 of 60 and ``later`` 48; of ``learnt`` the first half got 89 of 150,
    48 of which asked for sounds there were not yet, and the second 131, after learning from the
    first; of ``blind``, ``sealed``, ``last``, ``veiled`` and ``hidden``, by somebody who had seen
    no word list, 132, 136, 132, 146 and 144 of 150 each.
    """
    rows = written(table)
    wrong = [(p, f, main(p).family) for p, f in rows if main(p).family not in f.split("|")]
    assert len(rows) >= 40
    assert len(wrong) <= 0.08 * len(rows), wrong


@pytest.mark.parametrize("table", TABLES)
def test_no_prompt_written_before_looking_is_refused(table):
    assert [prompt for prompt, _ in written(table) if understand(prompt).refusal] == []


@pytest.mark.parametrize(
    ("prompt", "family"),
    [("a dog near a cat", "dog"), ("cat dog", "cat"), ("dog cat", "dog")],
)
def test_between_equals_the_sound_named_first_is_the_main_one(prompt, family):
    assert main(prompt).family == family


@pytest.mark.parametrize(
    ("prompt", "family"),
    [
        ("a truck horn", "car_horn"),
        ("a dog bowl clinking", "dishes"),
        ("old boots squeaking", "squeak"),
        ("a kettle whistling", "whistle"),
        ("a train whistling", "train"),
        ("applause with a roar like the sea", "applause"),
        ("knocking, for a horror film", "knock"),
        ("she fills the glass", "pouring"),
        ("she drops the glass", "glass_break"),
    ],
)
def test_where_a_word_stands_tells_how_much_it_counts(prompt, family):
    assert main(prompt).family == family


def test_articles_may_stand_within_a_phrase():
    written = ("blow nose", "blow the nose", "blow her nose")
    assert {main(prompt).words for prompt in written} == {(prompt,) for prompt in written}


def test_a_word_has_one_role_for_a_sound_besides_its_scenes_and_moods():
    strong = {Role.SOURCE, Role.ACTION, Role.HINT}
    for phrase, meanings in lexicon().sounds:
        named = [m.family for m in meanings if m.role in strong]
        assert len(named) == len(set(named)), (phrase, named)


def test_where_a_sound_comes_from_is_what_makes_it():
    assert main("a loud hum from passing helicopters").family == "helicopter"
    assert main("a loud hum over the city").family == "hum"


# The lexicon and the recipes say the same.


def test_the_lexicon_names_exactly_the_families_there_are():
    assert set(lexicon().labels) == set(FAMILIES)
    assert lexicon().lists.ambient | lexicon().lists.wordless <= set(FAMILIES)


@pytest.mark.parametrize("family", list(FAMILIES))
def test_every_family_is_reached_by_its_words(family):
    sources = [
        phrase
        for phrase, meanings in lexicon().sounds
        if any(m.family == family and m.role is Role.SOURCE for m in meanings)
    ]
    assert family in {main(phrase).family for phrase in sources}


def test_every_preset_has_words_and_every_word_a_preset():
    named = {family: {name for _, name in words} for family, words in lexicon().presets.items()}
    assert named == {name: set(f.presets) for name, f in FAMILIES.items() if f.presets}


def test_every_place_has_words_and_every_word_a_place():
    assert {place for _, place in lexicon().places} == set(PLACES)


def test_modifiers_stay_on_the_axes_that_knobs_follow():
    for phrase, moves in lexicon().axes:
        assert moves.keys() <= {"intensity", "size", "speed", "brightness"}, phrase
        assert all(-1 <= amount <= 1 for amount in moves.values()), phrase


# How many, how long.


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        ("three knocks on a door", 3),
        ("five slow heavy metallic knocks", 5),
        ("knock on the door twice", 2),
        ("a dog barks four times", 4),
        ("a single gunshot", 1),
        ("a loud gunshot in an alley", 1),
        ("a dozen explosions", 12),
        ("half a dozen beeps", 6),
        ("the bell tolls 7 times", 7),
        ("a church bell strikes twelve", 12),
        ("two knights duelling with swords", None),
        ("8-bit explosion", None),
        ("church bell at 6 am", None),
        ("10 seconds of beeps", None),
        ("knocking on a door", None),
    ],
)
def test_events_are_counted(prompt, count):
    assert main(prompt).count == count


@pytest.mark.parametrize(
    ("prompt", "seconds"),
    [
        ("rain, 10 seconds", 10.0),
        ("10s of rain", 10.0),
        ("a 2.5 second whoosh", 2.5),
        ("half a minute of waves", 30.0),
        ("a minute of wind", 60.0),
        ("twenty-second rain loop", 20.0),
        ("rain for 5 minutes", 60.0),
        ("a beep every 2 seconds", None),
        ("an explosion after 3 seconds", None),
        ("rain at 8 o'clock", None),
        ("rain", None),
    ],
)
def test_a_length_in_words_is_read(prompt, seconds):
    assert understand(prompt).seconds == seconds


def test_a_length_that_cannot_be_made_is_told():
    assert any("300 s was asked" in note for note in understand("rain for 5 minutes").notes)


# Modifiers.


@pytest.mark.parametrize(
    ("prompt", "axis", "sign"),
    [
        ("heavy rain", "intensity", 1),
        ("light rain", "intensity", -1),
        ("not too loud rain", "intensity", -1),
        ("a huge bell", "size", 1),
        ("a tiny bell", "size", -1),
        ("fast footsteps", "speed", 1),
        ("slowly creaking door", "speed", -1),
        ("a deep drone", "brightness", -1),
    ],
)
def test_modifiers_turn_their_axis(prompt, axis, sign):
    assert main(prompt).axes[axis] * sign > 0


def test_very_is_more_and_slightly_is_less():
    slightly, plain, very = (
        main(f"{degree} heavy rain").axes["intensity"] for degree in ("slightly", "", "very")
    )
    assert slightly < plain < very


def test_a_large_hall_is_not_a_large_sound():
    assert main("footsteps in a large hall").axes == {}


@pytest.mark.parametrize(
    ("prompt", "preset"),
    [
        ("rain on a tin roof", "tin"),
        ("rain on a canvas tent", "tent"),
        ("boots on gravel", "gravel"),
        ("walking through deep snow", "snow"),
        ("footsteps on wooden planks", "wood"),
        ("a hair dryer", "hair_dryer"),
        ("an old rotary phone", "bell"),
    ],
)
def test_materials_and_kinds_choose_a_preset(prompt, preset):
    assert main(prompt).preset == preset


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("knocking in a cathedral", "cathedral"),
        ("cave drip", "cave"),
        ("a phone ringing in the next room", "next room"),
        ("an explosion under water", "underwater"),
        ("a dog outside", "outdoors"),
        ("church bell", None),
        ("a boulder thrown into a lake", None),
    ],
)
def test_places_are_where_the_sound_is_heard(prompt, place):
    assert main(prompt).place == place


def test_farther_words_are_farther():
    near, middle, far = (
        main(prompt).distance
        for prompt in ("close thunder", "thunder in the distance", "thunder far away")
    )
    assert near < middle < far


def test_left_and_right_are_sides():
    left, right = (main(f"a dog barking on the {side}").pan or 0.0 for side in ("left", "right"))
    assert left < 0 < right


def test_a_loop_is_asked_for_by_name():
    assert understand("rain, seamless loop").loop
    assert not understand("rain").loop


# Several sounds.


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("rain with distant thunder and a dog barking", ["rain", "thunder", "dog"]),
        ("wind, birds, a stream", ["wind", "birds", "stream"]),
        ("thunder and lightning", ["thunder"]),
        ("pots and pans crashing", ["metal_clang"]),
        ("a wine glass dropped and breaking", ["glass_break"]),
        ("frogs croaking in the rain", ["frogs", "rain"]),
        ("a humming air conditioner", ["fan"]),
        ("the hum of the city", ["city_street"]),
        ("the roar of the ocean", ["ocean_waves"]),
    ],
)
def test_layers_are_told_apart(prompt, expected):
    assert families(prompt) == expected


def test_what_describes_the_background_is_not_about_the_sound():
    dog, waves = understand("a dog barking by the distant ocean").sources
    assert (dog.distance, waves.distance) == (0.0, 0.7)


def test_what_lies_behind_is_marked():
    dog, rain = understand("a dog barking in heavy rain").sources
    assert (dog.behind, rain.behind) == (False, True)
    assert (dog.axes, rain.axes["intensity"] > 0) == ({}, True)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("three knocks, then a door creaks open", ["knock", "door_creak"]),
        ("a gunshot followed by a dog barking", ["gunshot", "dog"]),
        ("a knock before a gunshot", ["knock", "gunshot"]),
        ("a dog barks after a gunshot", ["gunshot", "dog"]),
        ("after a gunshot, a dog barks", ["gunshot", "dog"]),
    ],
)
def test_order_in_words_is_order_in_time(prompt, expected):
    sources = understand(prompt).sources
    assert [(s.family, s.turn) for s in sources] == list(zip(expected, (0, 1), strict=True))


@pytest.mark.parametrize(
    ("prompt", "family"),
    [
        ("spooky owl for my halloween film", "owl"),
        ("8 bit door creak for a retro game", "door_creak"),
        ("something spooky", "horror"),
        ("a retro game", "game"),
        ("scary, but no screams", "horror"),
    ],
)
def test_genre_and_use_choose_a_sound_only_where_no_other_is_named(prompt, family):
    assert main(prompt).family == family


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("we are driving through the city at night and I need an owl", ["owl"]),
        ("a goat chases a train, just the train please", ["train"]),
        ("a dog on the beach, no waves only the dog", ["dog"]),
        ("I need thunder and rain", ["thunder", "rain"]),
        ("sea waves, I want to fall asleep to them", ["ocean_waves"]),
        ("the bus was late, and now I want to hear a dog", ["dog"]),
    ],
)
def test_what_is_wished_for_is_heard_without_the_story_before_it(prompt, expected):
    assert families(prompt) == expected


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a crow far off, cock-a-doodle-doo", ["rooster"]),
        ("wind, rain, birds", ["wind", "rain", "birds"]),
        ("a blackbird on the roof after rain", ["birds"]),
    ],
)
def test_a_clause_of_two_meanings_is_settled_by_the_others_but_a_bare_name_is_not(prompt, expected):
    assert families(prompt) == expected


def test_a_word_said_again_says_no_more():
    assert main("pop pop pop pop old black telephone").family == "phone"


def test_a_verb_of_many_sounds_says_less_than_two_hints():
    assert main("an antenna falls on the old channel").family == "static"


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("birds? no, a dog", ["dog"]),
        ("a drum, no wait, a bell", ["bell"]),
        ("a wolf (not the dog)", ["wolf"]),
        ("a train, not the metro", ["train"]),
        ("toddler screams no, no, no", ["baby"]),
    ],
)
def test_what_is_taken_back_is_not_heard(prompt, expected):
    assert families(prompt) == expected


def test_after_the_rain_is_no_rain():
    assert families("frogs by the pond after the rain") == ["frogs"]


@pytest.mark.parametrize(
    ("prompt", "absent"),
    [
        ("thunderstorm without rain", "rain"),
        ("a storm, no rain", "rain"),
        ("a forest with wind but no birds", "birds"),
        ("street noise without cars or people", "crowd"),
    ],
)
def test_what_is_left_out_is_not_heard(prompt, absent):
    assert families(prompt)
    assert absent not in families(prompt)


# Spelling.


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("aeroplane", "airplane"),
        ("seagulls over the harbour", "seagulls over the harbor"),
        ("footstep", "footsteps"),
        ("chopping wood", "wood chopped"),
        ("tic-toc of a clock", "tic toc of a clock"),
    ],
)
def test_inflections_and_spellings_are_one(written, meant):
    assert main(written).family == main(meant).family


@pytest.mark.parametrize("typo", ["thundr", "thnuder", "thunderr", "thunfer", "thundar"])
def test_a_slip_of_the_finger_is_understood_and_told(typo):
    understood = understand(typo)
    assert understood.sources[0].family == "thunder"
    assert understood.confidence < understand("thunder").confidence
    assert any(typo in note for note in understood.notes)


@pytest.mark.parametrize(
    ("typo", "meant"),
    [("footstps", "footsteps"), ("footstpes", "footsteps"), ("explosoins", "explosions")],
)
def test_an_inflected_word_may_be_misspelt_too(typo, meant):
    assert main(typo).family == main(meant).family


@pytest.mark.parametrize(
    "word", ["while", "frame", "serve", "rabbit", "check", "trying", "applies"]
)
def test_real_words_are_no_slips(word):
    assert not any("read" in note for note in understand(word).notes)


@pytest.mark.parametrize(
    ("typo", "meant"),
    [("glas", "glass"), ("brid", "bird"), ("wnid", "wind"), ("thundr", "thunder")],
)
def test_short_words_have_slips_too(typo, meant):
    assert lexicon().words(typo)[0].corrected == meant


def test_words_that_describe_are_corrected_as_well():
    path = main("footsteps on a gravle path")
    assert (path.family, path.preset) == ("footsteps_loose", "gravel")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("carhorn", "car horn"), ("key board", "keyboard"), ("fire works", "fireworks")],
)
def test_words_may_be_joined_or_parted_otherwise(written, meant):
    assert main(written).family == main(meant).family


def test_a_letter_may_be_drawn_out():
    assert main("BOOOOOM").family == "explosion"
    assert main("vrooooom").family == "car_engine"
    assert main("swoooooshhhh").family == main("swoosh").family
    assert main("aaaaaaaaaah").family == main("aaaah").family == "scream"


# Honesty.


@pytest.mark.parametrize(
    "prompt",
    [
        'a man says "hello there"',
        "a voice saying good morning",
        "someone whispers “come here” in the dark",
        "a podcast about cats",
        "a girl singing a song",
        "a choir",
        "a catchy pop song",
        "a jazz band playing",
        "Taylor Swift singing",
        "the voice of Morgan Freeman",
        "Bohemian Rhapsody",
        "Jane Doerksen speaking",
        "Hello world, said the man",
        'two women shout "hey"',
        "a man to say hello",
        "a woman singing in the rain",
        "a poem about the ocean",
        "speech with a bell",
        "read my poem about a dog",
    ],
)
def test_words_songs_and_names_are_refused_with_advice(prompt):
    understood = understand(prompt)
    assert "try" in understood.refusal or "describe" in understood.refusal
    assert understood.sentence == understood.refusal


@pytest.mark.parametrize(
    "prompt",
    [
        "birdsong",
        "singing birds at dawn",
        "whale song",
        "a Tibetan singing bowl",
        "people talking in a cafe",
        "crickets singing",
        "ambient pad, no vocals, no singing",
        '"rain on a roof"',
        "a pop of a balloon",
        "wind singing in the wires",
        "Morning Birds singing",
        "suspense for a podcast",
        "a cough before the speech",
        "tuning a radio",
        'a friendly "woof", just one',
        "somebody honks twice to say they are here",
        "a siren under an interview",
        "a doorbell while I record my podcast",
        "a choir bell",
        "an android says hello in bleeps, no words",
        "I am writing a poem and need the sound of rain",
    ],
)
def test_what_only_looks_like_speech_or_song_is_made(prompt):
    assert understand(prompt).refusal == ""


@pytest.mark.parametrize(
    "prompt", ["pluie sur le toit", "asdf qwer zxcv", "屋根の雨", "🦆", "?!", " "]
)
def test_what_is_not_understood_is_said_and_still_sounds(prompt):
    understood = understand(prompt)
    assert understood.sources
    assert understood.confidence <= 0.1
    assert understood.sentence.startswith("I did not recognise")


@pytest.mark.parametrize(
    "prompt",
    [
        *("lluvia sobre el tejado", "Regen auf einem Blechdach", "le vent dans les arbres"),
        *("un perro ladrando", "屋根の雨", "дождь стучит по крыше"),
    ],
)
def test_another_language_is_not_guessed_at_but_told(prompt):
    understood = understand(prompt)
    assert understood.confidence < 0.5
    assert "only English is understood here" in understood.notes[0]


@pytest.mark.parametrize(
    "prompt", ["a café in Paris", "the Tour de France", "a lone wolf en route"]
)
def test_a_foreign_word_in_an_english_prompt_is_no_other_language(prompt):
    assert not any("only English" in note for note in understand(prompt).notes)


class Watched(list):
    """Words that count how often one of them is looked at."""

    looks = 0

    def __getitem__(self, at):
        self.looks += 1
        return super().__getitem__(at)


@pytest.mark.parametrize("count", [100, 400])
def test_a_prompt_of_articles_is_looked_at_a_few_times_for_each(count):
    words = Watched([Word("a", ("a",))] * count)
    assert list(Phrases([("a capella", 1), ("a bell", 2)]).matches(words)) == []
    assert count < words.looks < 25 * count


def test_unknown_words_are_listed():
    understood = understand("rain on a zorbluk")
    assert understood.unknown == ("zorbluk",)
    assert "not understood: zorbluk." in understood.notes
    assert understood.confidence < understand("rain on a roof").confidence


def test_an_unknown_word_alone_brings_the_sounds_it_occurs_in():
    understood = understand("toaster")
    assert understood.sentence.startswith("I did not recognise")
    assert "not understood: toaster; nearest supported: pop." in understood.notes


def test_an_abstract_prompt_is_a_texture_steered_by_its_adjectives():
    dark, bright = understand("a dark slow feeling"), understand("a bright fast feeling")
    assert dark.sources[0].axes["brightness"] < 0 < bright.sources[0].axes["brightness"]
    assert all("abstract" in b.notes[0] and b.confidence < 0.4 for b in (dark, bright))


def test_an_imitation_is_called_one():
    assert any("approximate: donkey" in note for note in understand("a donkey brays").notes)


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        (
            "heavy rain on a tin roof, with distant thunder",
            "I understood: rain (heavy, tin roof), with thunder (distant).",
        ),
        (
            "three knocks then a door creaks open in a cathedral",
            "I understood: 3 x knocking, then creaking door, in a cathedral.",
        ),
    ],
)
def test_the_brief_tells_itself_in_one_sentence(prompt, sentence):
    assert understand(prompt).sentence == sentence


# As a value.


@pytest.mark.parametrize("prompt", ["three heavy knocks, then rain with wind, 5 s", "xyzzy", ""])
def test_a_brief_survives_json(prompt):
    understood = understand(prompt)
    assert Brief.from_dict(json.loads(json.dumps(understood.to_dict()))) == understood
    assert json.loads(json.dumps(understood.to_dict())) == understood.to_dict()


@pytest.mark.parametrize(
    "values", [{}, {"prompt": "rain"}, understand("rain").to_dict() | {"x": 1}]
)
def test_other_values_are_no_brief(values):
    with pytest.raises(InputError, match="not a brief"):
        Brief.from_dict(values)


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=1, max_size=1000))
@example("without")
@example("then")
@example("no no no and and")
@example("after after rain")
@example("a " * 500)
def test_any_text_gives_a_brief(prompt):
    understood = understand(prompt)
    assert understood.sources
    assert 0 <= understood.confidence <= 1
    assert understood.sentence


JOINTS = ["and", "then", "after", "before", "without", "no", "with", "in", "on", "of", ",", "."]
WORDS = st.sampled_from(
    sorted({word for phrase, _ in lexicon().sounds for word in phrase.split()}) + JOINTS * 20
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=30).map(" ".join))
def test_any_known_words_give_a_brief_within_its_ranges(prompt):
    for source in understand(prompt).sources:
        assert source.family in FAMILIES
        assert source.preset is None or source.preset in FAMILIES[source.family].presets
        assert source.place is None or source.place in PLACES
        assert all(-1 <= amount <= 1 for amount in source.axes.values())
        assert 0 <= source.distance <= 1


@pytest.mark.parametrize("module", [brief, quantities, spelling], ids=lambda m: m.__name__)
def test_examples_in_the_docstrings_are_true(module):
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0
