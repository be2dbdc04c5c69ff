from __future__ import annotations

import json
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

import pytest

from soundgen_nb.errors import InputError
from soundgen_nb.view.naming import safe_name
from soundgen_nb.view.page import archive, json_text, origin_table, page, write


def test_a_page_fetches_nothing_and_says_so_to_the_browser():
    html = page("<p>body</p>", title="rain")
    assert "default-src 'none'" in html
    assert "media-src data:" in html
    assert "http:" not in html
    assert "https:" not in html


def test_a_page_escapes_its_title():
    html = page("", title="</title><script>alert(1)</script>")
    assert "<script>" not in html
    assert html.count("<script") == 1
    assert html.count("&lt;script&gt;") == 2


def test_what_all_sounds_have_in_common_is_said_once():
    rows = [{"Take": "1", "Made by": "<b>"}, {"Take": "2", "Made by": "<b>", "Seed": "7"}]
    html = origin_table(rows)
    assert html.count("made by: &lt;b&gt;") == 1
    assert "<td>1</td><td></td>" in html
    assert "<td>2</td><td>7</td>" in html


def test_one_sound_has_its_facts_in_the_table():
    assert "<td>MusicGPT</td>" in origin_table([{"Made by": "MusicGPT"}])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("rain on a tin roof", "rain-on-a-tin-roof"),
        ("../../etc/passwd", "etc-passwd"),
        ("Élan, Ünder!", "elan-under"),
        ("雨", "sound"),
        ("", "sound"),
        ("x" * 500, "x" * 60),
        ("x" * 59 + " y", "x" * 59),
    ],
)
def test_any_text_gives_a_name_that_is_safe_everywhere(text, name):
    assert safe_name(text) == name


def test_an_archive_is_the_same_whenever_it_is_made():
    files = {"a.mp3": b"\xff\xfb" * 500, "b.csv": "x\n" * 500}
    assert archive(files) == archive(files)
    with ZipFile(BytesIO(archive(files))) as zipped:
        assert zipped.read("b.csv") == b"x\n" * 500
        assert zipped.getinfo("a.mp3").compress_type == ZIP_STORED
        assert zipped.getinfo("b.csv").compress_size < 100


def test_json_keeps_letters_and_refuses_what_is_not_json():
    assert json.loads(json_text({"prompt": "雨"})) == {"prompt": "雨"}
    assert "雨" in json_text("雨")
    with pytest.raises(ValueError, match="JSON compliant"):
        json_text(float("nan"))


def test_a_file_appears_whole_and_alone(tmp_path):
    target = tmp_path / "page.html"
    target.write_text("old")
    assert write(target, "new é") == target
    assert target.read_text(encoding="utf-8") == "new é"
    assert list(tmp_path.iterdir()) == [target]


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path):
    (tmp_path / "page.html").mkdir()
    with pytest.raises(InputError, match=r"cannot write .*page\.html"):
        write(tmp_path / "page.html", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    with pytest.raises(InputError, match="No such file or directory"):
        write(tmp_path / "nowhere" / "page.html", "new")
