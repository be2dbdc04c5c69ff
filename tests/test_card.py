from __future__ import annotations

import re
from base64 import b64decode
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from soundgen_nb.analysis import MEASURES, analyse
from soundgen_nb.errors import NoAnswerError
from soundgen_nb.sound import Sound
from soundgen_nb.view.card import CardContent, card, single, stylesheet
from soundgen_nb.view.gallery import gallery
from soundgen_nb.view.scale import RANGE_DB, Scale
from soundgen_nb.wire import Provenance

RATE = 44_100
VOID = {"img", "meta", "link", "br", "hr"}
NASTY = "<script>alert(1)</script> \"quoted\" & 'single'"


class Parsed(HTMLParser):
    """The elements of a piece of HTML; it complains where tags do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if self._open[-1:] != ["style"]:
            self.text += data

    def all(self, tag, **having):
        return [
            attrs
            for name, attrs in self.elements
            if name == tag
            and having.items() <= {k.rstrip("_"): v for k, v in attrs.items()}.items()
        ]


def content(prompt="rain", index=1, *, seconds=0.5, gain=0.3, mp3=False, **provenance):
    rng = np.random.default_rng(index)
    samples = (gain * rng.uniform(-1, 1, (2, int(seconds * RATE)))).astype(np.float32)
    return CardContent(
        prompt=prompt,
        index=index,
        factors={"roof": "tin"},
        sound=Sound.from_samples(samples, RATE, format="mp3" if mp3 else "wav"),
        analysis=analyse(samples, RATE),
        provenance=Provenance(**{"prompt": prompt, "engine": "MusicGPT"} | provenance),
    )


def test_a_card_plays_without_script_from_the_element_itself():
    page = Parsed(single(content(mp3=True)))
    (audio,) = page.all("audio")
    assert audio["src"].startswith("data:audio/mpeg;base64,")
    assert audio["preload"] == "none"
    assert "controls" in audio
    assert not page.all("script")
    assert not page.all("source")


def test_a_card_shows_prompt_factors_pictures_and_every_measure():
    page = Parsed(single(content("rain on a roof")))
    assert "rain on a roof" in page.text
    assert "roof: tin" in page.text
    for measure in MEASURES:
        assert measure.label in page.text
        assert measure.hears in page.text
    for picture in page.all("img"):
        assert picture["alt"]
        assert picture["src"].startswith("data:image/png;base64,")


def test_nothing_that_was_typed_becomes_markup():
    nasty = content(
        NASTY,
        engine=f"embedded {NASTY}",
        task_id=NASTY,
        notes=(NASTY,),
        brief={"sentence": NASTY, "unknown": [NASTY], "notes": [NASTY]},
    )
    html = gallery([nasty, content(NASTY, 2)], failures=[NoAnswerError(NASTY)], summarised=True)
    page = Parsed(html)
    assert not page.all("script")
    assert page.text.count("<script>") >= 8
    assert "alert(1)" not in re.sub(r"&lt;script&gt;alert\(1\)", "", html)


def test_the_embedded_engine_is_named_on_every_card_and_the_vendor_is_not():
    engine = "embedded engine, not MusicGPT"
    ours = [content(index=index, engine=engine) for index in (1, 2)]
    assert gallery(ours).count(f'<span class="sg-badge">{engine}') == 2
    assert "sg-badge" not in gallery([content(engine="MusicGPT")]).replace(stylesheet(), "")


def test_what_the_engine_understood_is_said_once_where_all_takes_agree():
    brief = {"sentence": "I understood: rain.", "unknown": ["zorgles"], "notes": ["a note"]}
    takes = [content(index=index, brief=brief) for index in (1, 2, 3)]
    text = Parsed(gallery(takes)).text
    for told in ("I understood: rain.", "zorgles", "a note"):
        assert text.count(told) == 1
    differing = [takes[0], content(index=2, brief=brief | {"sentence": "I understood: hail."})]
    assert Parsed(gallery(differing)).text.count("zorgles") == 2


def test_origin_facts_are_shown_where_known():
    known = content(seed=42, task_id="task-1", credits=0.99, submitted_at=0.0, seconds_asked=6)
    text = Parsed(single(known)).text
    for fact in ("42", "task-1", "Credits (server's estimate)", "0.99", "1970-01-01 00:00:00 UTC"):
        assert fact in text
    assert "Seed" not in Parsed(single(content())).text


def test_a_measure_with_a_note_says_what_it_is():
    assert "shorter than 0.4 s" in Parsed(single(content(seconds=0.2))).text


def test_text_remains_where_style_sheets_are_stripped():
    page = Parsed(single(content("rain", 3)).replace(stylesheet(), ""))
    assert page.text.startswith("rain · take 3: 0.50 s, ")
    assert [picture["width"] for picture in page.all("img")]


def test_the_style_sheet_comes_once_and_touches_nothing_else():
    html = gallery([content(index=index) for index in range(1, 5)])
    assert html.count("<style>") == 1
    rules = re.sub(r"/\*.*?\*/", "", stylesheet(), flags=re.DOTALL).strip()
    assert rules.startswith(".soundgen.soundgen{")
    assert rules.count("{") == rules.count("}")
    depth, outside = 0, ""
    for character in rules:
        depth += {"{": 1, "}": -1}.get(character, 0)
        outside += character if depth == 0 else ""
    assert outside.strip("} \n") == ".soundgen.soundgen"


@pytest.mark.parametrize(
    "needed",
    [
        "color-scheme:light dark",
        "light-dark(",
        "--jp-content-font-color1",
        "--vscode-editor-foreground",
        '[data-jp-theme-light="false"]',
        ".vscode-dark",
        "@media print",
        "minmax(min(100%,",
    ],
)
def test_the_style_sheet_follows_the_hosts_theme(needed):
    assert needed in stylesheet()


def spectrograms(html):
    return Parsed(html).all("img", **{"class": "sg-spectrogram"})


def test_all_pictures_of_a_gallery_are_told_to_share_one_scale():
    loud, quiet = content(index=1, gain=0.9), content(index=2, gain=0.009, seconds=0.25)
    html = gallery([loud, quiet])
    assert "time from 0 to 0.5 s" in Parsed(html).text
    told = [re.search(r"from (-?\d+) to (-?\d+) dB", each["alt"]) for each in spectrograms(html)]
    assert len(told) == 2
    assert len({each.groups() for each in told}) == 1
    low, high = map(int, told[0].groups())
    assert high == round(loud.analysis.spectrogram.loudest_db)
    assert high - low == RANGE_DB


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(1100.4, "1100"), (125.0, "125"), (6.024, "6.02"), (1 / RATE, "0.0000227")],
)
def test_the_length_of_the_scale_is_told_in_plain_digits(seconds, told):
    assert f"time from 0 to {told} s (" in Scale(reference_db=0.0, seconds=seconds).sentence


def test_twenty_decibels_quieter_is_a_quarter_of_the_colours_darker():
    loud, quiet = content("loud", gain=0.9), content("quiet", gain=0.09)
    pixels = [
        np.asarray(Image.open(BytesIO(b64decode(each["src"].split(",")[1]))), float)
        for each in spectrograms(gallery([loud, quiet]))
    ]
    inside = pixels[1] > 0
    assert inside.mean() > 0.9
    darker = np.mean(pixels[0][inside] - pixels[1][inside])
    assert darker / pixels[0].max() == pytest.approx(20 / RANGE_DB, abs=0.01)


def test_a_shorter_sound_has_a_proportionally_narrower_picture():
    long, short = content(index=1, seconds=1.0), content(index=2, seconds=0.25)
    pictures = spectrograms(gallery([long, short]))
    assert [picture["style"] for picture in pictures] == ["width:100.00%", "width:25.00%"]


def test_silence_is_drawn_dark():
    assert Scale.shared([content(gain=0.0).analysis]).reference_db == -60.0


def test_prompts_with_one_take_each_stand_side_by_side_under_their_own_names():
    html = gallery([content("rain"), content("hail")])
    assert html.count("sg-grid") - stylesheet().count("sg-grid") == 1
    assert Parsed(html).text.count("hail") >= 2


@pytest.mark.parametrize(
    ("takes", "claim"),
    [
        ([("rain", 1), ("hail", 1)], "nothing is claimed"),
        ([("rain", 1), ("rain", 2)], "nothing to hold it against"),
        ([("rain", 1), ("rain", 2), ("hail", 1)], "worth believing"),
    ],
    ids=["one take each", "one prompt", "takes and prompts"],
)
def test_the_table_claims_no_more_than_the_takes_allow(takes, claim):
    page = Parsed(gallery([content(prompt, index) for prompt, index in takes], summarised=True))
    assert claim in page.text


def test_spreads_have_the_units_of_differences():
    takes = [content("rain", index, gain=0.3 / index) for index in (1, 2, 3)]
    rows, _, foot = gallery([*takes, content("hail")], summarised=True).partition("<tfoot>")
    for unit in ("LU", "dB", "pp"):
        assert re.search(rf"<small>± [\d.]+ {unit}</small>", rows)
        assert len(re.findall(rf"<td>[\d.]+ {unit}</td>", foot)) == 2


def test_the_card_of_ten_seconds_of_stereo_noise_stays_small():
    worst = content(seconds=10, mp3=True)
    assert len(single(worst)) - len(worst.sound.data_uri) < 112_000


def test_a_card_says_its_numbers_to_scripts_too():
    one = content("rain", 2)
    (article,) = Parsed(card(one, Scale.shared([one.analysis]))).all("article")
    assert article["data-label"] == "rain · take 2"
    assert float(article["data-seconds"]) == 0.5
    assert float(article["data-peak-dbfs"]) == pytest.approx(
        one.analysis.measures["peak_dbfs"], abs=0.01
    )
