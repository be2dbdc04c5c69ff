"""The player as outputs carry it: whole, small, after the HTML that does without it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from soundgen_nb.comparison import Comparison
from soundgen_nb.sound import Sound
from soundgen_nb.take import Take, Takes
from soundgen_nb.view import card, enlivening, gallery
from soundgen_nb.view.enlivening import plain
from soundgen_nb.wire import Provenance

MODULES = sorted(Path(enlivening.__file__).with_name("player").glob("*.mjs"))
COMMENT_OR_IMPORT = re.compile(r"^ *(//[^\n]*|/\*.*?\*/|import [^;]*;)$", re.MULTILINE | re.DOTALL)
TESTS = Path(__file__).with_name("player.test.mjs")


def take(index=1, prompt="rain"):
    noise = np.random.default_rng(index).uniform(-0.3, 0.3, (2, 4410))
    sound = Sound.from_samples(noise, 44_100)
    return Take(prompt, sound, Provenance(prompt=prompt, engine="by hand"), index=index)


def test_every_output_is_the_plain_html_followed_by_the_player():
    one, two = take(1), take(2)
    takes, compared = Takes((one, two)), Comparison.from_takes([one, two])
    assert plain(one._repr_html_()) == card.single(one.content)
    assert plain(takes._repr_html_()) == gallery.gallery([one.content, two.content])
    assert plain(compared._repr_html_()).count("<audio controls") == 2
    for shown in (one, takes, compared):
        assert shown._repr_html_().count("<script") == 1


def test_the_module_is_its_sources_without_comments_imports_and_blanks():
    sources = [
        solid(COMMENT_OR_IMPORT.sub("", path.read_text(encoding="utf-8"))) for path in MODULES
    ]
    module = solid(enlivening.module())
    assert len("".join(sources)) == len(module)
    assert [source for source in sources if source not in module] == []
    assert "</script" not in module
    assert "import" not in module


def solid(text):
    return re.sub(r"\s", "", text)


def test_blanks_in_words_and_patterns_stay():
    quoted = re.compile(r'"[^"\n]*"|`[^`]*`|/\^.*\$/')
    sources = "".join(path.read_text(encoding="utf-8") for path in MODULES)
    words = quoted.findall(COMMENT_OR_IMPORT.sub("", sources))
    assert sum(" " in word for word in words) > 50
    assert sorted(quoted.findall(enlivening.module())) == sorted(words)


def test_the_module_fetches_nothing():
    told = enlivening.module() + enlivening.style()
    for away in ("http:", "https:", "fetch(", "XMLHttpRequest", "@import", "url("):
        assert away not in told


@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
def test_joined_into_one_the_modules_pass_their_own_tests(tmp_path):
    (tmp_path / "joined.mjs").write_text(enlivening.module(), encoding="utf-8")
    told, turned = re.subn(r'"[^"]*/player/\w+.mjs"', '"./joined.mjs"', TESTS.read_text())
    (tmp_path / "player.test.mjs").write_text(told, encoding="utf-8")
    done = subprocess.run(["node", "--test", tmp_path / "player.test.mjs"], capture_output=True)
    assert turned > 5
    assert done.returncode == 0, done.stdout.decode()


def test_what_an_output_carries_for_the_player_stays_small():
    assert len(enlivening.enlivened("").encode()) < 44_000


def test_the_style_touches_outputs_that_came_to_life_and_nothing_else():
    rules = re.sub(r"/\*.*?\*/", "", enlivening.style(), flags=re.DOTALL).strip()
    assert rules.startswith(".soundgen.soundgen.sg-live{")
    assert rules.count("{") == rules.count("}")
    depth = 0
    for place, character in enumerate(rules):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth > 0 or place in {len(rules) - 1, *range(rules.index("{"))}


def test_a_page_carries_the_player_and_is_allowed_to_run_it(tmp_path):
    html = Comparison.from_takes([take(1), take(2)]).export(tmp_path / "x.html").read_text("utf-8")
    assert html.count('<script type="module">') == 1
    assert enlivening.module() in html
    assert enlivening.style() in html
    assert "script-src 'unsafe-inline'" in html
