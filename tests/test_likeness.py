"""Words taken for others that they are like: only where nothing else is known, and never hidden."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

from soundgen_nb.engine import understand
from soundgen_nb.engine.lexicon import lexicon
from soundgen_nb.engine.likeness import likened
from soundgen_nb.engine.reading import read

installed = pytest.mark.skipif(not find_spec("wordllama"), reason="needs the semantic extra")

OFFLINE = """
import sys
def forbid(event, args):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise RuntimeError(f"went online: {args}")
sys.addaudithook(forbid)
"""
TELL = """
import json, sys
from soundgen_nb.engine import understand
brief = understand({prompt!r}).to_dict()
print(json.dumps([brief, sys.modules.get("wordllama") is not None]))
"""


def elsewhere(prompt, before=""):
    """The brief of a prompt in a new process, and whether the vectors were loaded there."""
    program = before + TELL.format(prompt=prompt)
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@installed
@pytest.mark.parametrize(
    ("prompt", "family", "name"),
    [
        ("a sedan", "car_engine", "vehicle"),
        ("marine", "ocean_waves", "ocean"),
        ("a discussion", "crowd", "talk"),
    ],
)
def test_an_unknown_word_is_taken_for_one_that_it_is_like_and_the_brief_says_so(
    prompt, family, name
):
    brief = understand(prompt)
    assert brief.sources[0].family == family
    assert brief.sentence.startswith("My best guess")
    assert f"is not known here, and taken for {name!r}." in " ".join(brief.notes)


@installed
@pytest.mark.parametrize("prompt", ["mother", "damage", "the colour of regret", "mathematics"])
def test_what_is_like_no_sound_or_only_spelt_like_one_stays_unknown(prompt):
    words = read(prompt, lexicon()).words
    assert likened(words, lexicon()) == words


@installed
def test_the_vectors_need_no_network():
    brief, loaded = elsewhere("a sedan", OFFLINE)
    assert loaded
    assert brief["sources"][0]["family"] == "car_engine"


@pytest.mark.parametrize("prompt", ["heavy rain", "something dripping in a cave", ""])
def test_a_prompt_that_is_understood_loads_no_vectors(prompt):
    assert elsewhere(prompt)[1] is False


def test_without_the_extra_an_unknown_word_is_told_as_one():
    brief, loaded = elsewhere("a sedan", "import sys\nsys.modules['wordllama'] = None\n")
    assert not loaded
    assert brief["unknown"] == ["sedan"]
