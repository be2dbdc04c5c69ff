"""Prompts and templates: every combination once, and a sentence for whatever cannot be read."""

from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundgen_nb.errors import InputError, PromptError, TemplateError
from soundgen_nb.prompt import MAX_CHARACTERS, MAX_VARIATIONS, Prompt, as_prompts, variations


def texts(template, **more):
    return [prompt.text for prompt in variations(template, **more)]


words = st.text("abcdefghij", min_size=1, max_size=6)
factors = st.lists(st.lists(words, min_size=2, max_size=3, unique=True), min_size=1, max_size=4)


def test_a_prompt_is_trimmed_and_equal_to_its_like():
    assert Prompt("  rain \n") == Prompt("rain")
    assert hash(Prompt("rain", {"A": "x"})) == hash(Prompt("rain", {"A": "x"}))
    assert str(Prompt("rain")) == "rain"


def test_a_prompts_factors_are_a_copy():
    mine = {"roof": "tin"}
    prompt = Prompt("rain", mine)
    mine["roof"] = "slate"
    assert prompt.factors == {"roof": "tin"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "blank"),
        (" \t\n", "blank"),
        ("x" * (MAX_CHARACTERS + 1), "1,001 characters"),
        ("half \ud83d of a smile", "half a character"),
        (None, "must be text, not NoneType"),
        (7, "must be text, not int"),
        (b"rain", "must be text, not bytes"),
    ],
    ids=["empty", "blanks", "over-long", "surrogate", "none", "number", "bytes"],
)
def test_what_is_no_prompt_is_refused_by_what_it_is(text, words):
    with pytest.raises(PromptError, match=words):
        Prompt(text)


def test_characters_are_counted_not_bytes():
    assert len(Prompt("ü" * MAX_CHARACTERS).text) == MAX_CHARACTERS
    assert Prompt("🌊 waves").text == "🌊 waves"


@given(values=factors)
def test_a_template_makes_the_full_crossing_first_factor_slowest(values):
    template = " - ".join("{" + "|".join(choices) + "}" for choices in values)
    made = variations(template, confirm=True)
    assert len(made) == prod(map(len, values))
    assert len({prompt.text for prompt in made}) == len(made)
    combinations = [tuple(prompt.factors.values()) for prompt in made]
    assert combinations == sorted(
        combinations,
        key=lambda combination: [
            own.index(one) for own, one in zip(values, combination, strict=True)
        ],
    )
    for prompt, combination in zip(made, combinations, strict=True):
        assert prompt.text == " - ".join(combination)


@given(text=st.text().filter(str.strip))
def test_doubled_braces_are_braces_themselves(text):
    whole = "".join(letter for letter in text if not "\ud800" <= letter <= "\udfff").split()
    plain = " ".join(whole)[:MAX_CHARACTERS].strip().replace(" ,", ",").replace(" .", ".")
    plain = plain.replace(" ;", ";")
    if not plain:
        return
    escaped = plain.replace("{", "{{").replace("}", "}}")
    assert texts(escaped) == [plain]


@given(template=st.text("{}|: abc,", max_size=30))
def test_any_template_gives_prompts_or_one_of_our_errors(template):
    try:
        made = variations(template)
    except InputError:
        return
    assert made
    assert all(isinstance(prompt, Prompt) for prompt in made)


def test_a_template_without_factors_is_one_prompt():
    assert variations("rain") == [Prompt("rain")]
    assert variations("rain")[0].factors == {}


def test_unnamed_factors_are_lettered_in_their_order():
    made = variations("{a|b} and {c|d}")
    assert made[0].factors == {"A": "a", "B": "c"}


def test_the_twenty_seventh_unnamed_factor_still_has_a_name():
    template = " ".join(f"{{{n}|}}" if n == 0 else f"{{F{n}: {n}}}" for n in range(3))
    assert list(variations(template)[0].factors) == ["A", "F1", "F2"]
    many = "".join("{x|}" for _ in range(27))
    with pytest.raises(TemplateError, match=r"2 x 2 .* = 134,217,728 prompts"):
        variations(many)


def test_a_named_factor_is_called_by_its_name():
    made = variations("rain on a {roof: tin roof|canvas tent}")
    assert [prompt.factors["roof"] for prompt in made] == ["tin roof", "canvas tent"]


@pytest.mark.parametrize(
    "template", ["{roof: tin|slate} and {roof}", "{roof} and {roof: tin|slate}"]
)
def test_the_same_name_twice_has_the_same_value_wherever_it_is_spelt_out(template):
    assert texts(template) == ["tin and tin", "slate and slate"]


@pytest.mark.parametrize(
    "values",
    [["tin", "slate"], ("tin", "slate"), iter(["tin", "slate"]), {"tin": 1, "slate": 2}],
    ids=["list", "tuple", "iterator", "keys"],
)
def test_values_can_come_by_keyword(values):
    assert texts("rain on {roof}", roof=values) == ["rain on tin", "rain on slate"]


def test_an_empty_value_leaves_no_gap():
    assert texts("{|heavy} rain, {|far} , then wind") == [
        "rain,, then wind",
        "rain, far, then wind",
        "heavy rain,, then wind",
        "heavy rain, far, then wind",
    ]


BROKEN = {
    "unclosed": ("rain on a {tin|slate", {}, "opens and does not close at character 11"),
    "unopened": ("rain} on", {}, "closing brace without an opening one at character 5"),
    "nested": ("{a|{b|c}}", {}, "inside braces at character 4"),
    "single": ("{tin roof}", {}, r"one value only; write \{tin roof\|something else\}"),
    "empty": ("rain {}", {}, "one value only"),
    "twice": ("{tin|tin}", {}, "the value 'tin' twice"),
    "two-lists": ("{r: a|b} {r: a|c}", {}, "two different lists"),
    "letter-taken": ("{a|b} {A: c|d}", {}, "two different lists"),
    "no-values": ("rain on {roof}", {}, r"pass roof=\[...\]"),
    "text-values": ("rain on {roof}", {"roof": "tin"}, "needs a list of texts"),
    "number-values": ("rain on {roof}", {"roof": 3}, "needs a list of texts"),
    "mixed-values": ("rain on {roof}", {"roof": ["tin", 3]}, "needs a list of texts"),
    "empty-values": ("rain on {roof}", {"roof": []}, "is empty"),
    "given-twice": ("{roof: a|b}", {"roof": ["c"]}, "values in the template already"),
    "unasked": ("rain {a|b}", {"roof": ["c"]}, r"not in the template, which has \{A\}"),
    "unasked-none": ("rain", {"roof": ["c"]}, "which has no factor"),
    "same": ("{wet|} {|wet} rain", {}, "two combinations give the same prompt"),
    "no-text": (7, {}, "must be text, not int"),
}


@pytest.mark.parametrize(("template", "given_values", "words"), BROKEN.values(), ids=BROKEN)
def test_a_template_that_cannot_be_read_says_what_and_where(template, given_values, words):
    with pytest.raises(TemplateError, match=words):
        variations(template, **given_values)


def test_a_combination_that_is_no_prompt_is_refused():
    with pytest.raises(PromptError, match="blank"):
        variations("{|rain}")
    with pytest.raises(PromptError, match="characters"):
        variations("{a|b}" + "x" * MAX_CHARACTERS)


def test_an_explosion_of_combinations_asks_first():
    eight = "{" + "|".join("abcdefgh") + "}"
    assert len(variations(f"{eight}{eight}")) == MAX_VARIATIONS
    with pytest.raises(TemplateError, match=r"8 x 8 x 2 = 128 prompts.*confirm=True"):
        variations(f"{eight} {eight} {{y|z}}")
    assert len(variations(f"{eight} {eight} {{y|z}}", confirm=True)) == 128
    assert len(as_prompts(f"{eight} {eight} {{y|z}}", confirm=True)) == 128


def test_whatever_a_person_passes_becomes_prompts():
    rain, wind = Prompt("rain"), Prompt("wind")
    assert as_prompts("rain") == (rain,)
    assert as_prompts(rain) == (rain,)
    assert as_prompts(["rain", wind]) == (rain, wind)
    assert as_prompts(text for text in ("rain", "wind")) == (rain, wind)
    assert [prompt.text for prompt in as_prompts("{rain|wind}")] == ["rain", "wind"]


@pytest.mark.parametrize(
    ("prompts", "words"),
    [
        ([], "no prompts"),
        (["rain", " rain "], "there twice; ask for more takes="),
        (["rain", None], "not NoneType"),
        (7, "expected prompts, not int"),
        (None, "expected prompts, not NoneType"),
    ],
    ids=["none", "twice", "not-text", "number", "nothing"],
)
def test_what_are_no_prompts_is_refused(prompts, words):
    with pytest.raises(PromptError, match=words):
        as_prompts(prompts)
