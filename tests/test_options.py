"""An option that is spelt wrong gets one clear error, at every door."""

from __future__ import annotations

import asyncio
import inspect
import re

import pytest

import soundgen_nb as sg
from soundgen_nb.errors import InputError, OptionError, SettingsError

FUNCTIONS = [
    name
    for name in sg.__all__
    if inspect.isfunction(getattr(sg, name))
    and any(
        p.kind is p.KEYWORD_ONLY for p in inspect.signature(getattr(sg, name)).parameters.values()
    )
    and not any(
        p.kind is p.VAR_KEYWORD for p in inspect.signature(getattr(sg, name)).parameters.values()
    )
]


@pytest.fixture
def studio(tmp_path):
    with sg.Studio(sg.Settings(home=tmp_path)) as studio:
        yield studio


def answered(call, *args, **kwargs):
    """What a verb gives, awaited where it must be."""
    result = call(*args, **kwargs)
    return asyncio.run(result) if inspect.isawaitable(result) else result


@pytest.mark.parametrize("verb", ["generate", "agenerate", "compare", "acompare"])
@pytest.mark.parametrize("options", [{"second": 3}, {"takes": 4, "second": 3}], ids=["one", "many"])
def test_a_misspelt_option_is_named_with_its_value_and_the_nearest_there_is(studio, verb, options):
    says = re.escape(f"{verb} has no option second=3; did you mean seconds=?")
    with pytest.raises(OptionError, match=f"^{says}$"):
        answered(getattr(studio, verb), "rain", **options)
    assert studio.jobs() == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_of_the_front_door_names_itself_and_what_it_has(name):
    options = list(inspect.signature(getattr(sg, name)).parameters)
    with pytest.raises(OptionError, match=f"^{name} has no option xyzzy=1; it has ") as raised:
        answered(getattr(sg, name), xyzzy=1)
    assert str(raised.value).endswith(", ".join(options))


@pytest.mark.parametrize(
    ("verb", "options", "meant"),
    [
        ("history", {"limits": 3}, "limit"),
        ("resume", {"timeuot": 3}, "timeout"),
        ("resend", {"time_out": 3}, "timeout"),
        ("generate", {"promt": 3}, "prompt"),
    ],
)
def test_any_verb_suggests_what_is_nearest(studio, verb, options, meant):
    with pytest.raises(
        OptionError, match=rf"^{verb} has no option \w+=3; did you mean {meant}=\?$"
    ):
        getattr(studio, verb)(**options)


def test_who_catches_pythons_own_error_or_bad_input_catches_it(studio):
    for kind in (TypeError, ValueError, InputError):
        with pytest.raises(kind, match="seconds"):
            studio.generate("rain", second=3)


def test_text_is_not_quoted_for_it_may_be_a_key(studio):
    with pytest.raises(OptionError, match=r"generate has no option api_key=; it has ") as raised:
        studio.generate("rain", api_key="a-secret")
    assert "a-secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("values", "says"),
    [((), "missing a required argument"), (("rain", 3), "too many positional arguments")],
    ids=["missing", "too many"],
)
def test_a_value_too_many_or_missing_names_the_verb_too(studio, values, says):
    with pytest.raises(OptionError, match=f"^generate: {says}"):
        studio.generate(*values)


def test_a_misspelt_setting_gets_the_nearest_there_is():
    with pytest.raises(
        SettingsError, match=r"'pols_per_minute'; there are .*[.] Did you mean polls_per_minute="
    ):
        sg.connect(pols_per_minute=3)
