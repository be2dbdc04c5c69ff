from __future__ import annotations

import csv
import json
import math
import re
from dataclasses import replace
from io import StringIO
from pathlib import PurePosixPath
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

from soundgen_nb.analysis import MEASURES
from soundgen_nb.comparison import Comparison, tables
from soundgen_nb.errors import InputError, JobFailedError, NoAnswerError
from soundgen_nb.sound import Sound
from soundgen_nb.take import Take, Takes
from soundgen_nb.wire import Job, Provenance, Submission

RATE = 44_100


def noise(seed=0, *, seconds=0.5, gain=0.3, format="wav"):  # noqa: A002  # Sound's own word
    samples = gain * np.random.default_rng(seed).uniform(-1, 1, (2, int(seconds * RATE)))
    return Sound.from_samples(samples, RATE, format=format)


def take(prompt, seed, factors=None, **sound):
    provenance = Provenance(prompt=prompt, engine="by hand", seed=seed, task_id=f"task-{seed}")
    return Take(prompt, noise(seed, **sound), provenance, factors or {})


@pytest.fixture(scope="module")
def four():
    """Two prompts with two takes each, the second prompt 20 dB quieter."""
    tin, tent = {"roof": "tin roof"}, {"roof": "tent"}
    return Comparison.from_takes(
        [
            take("rain on a tin roof", 1, tin),
            take("rain on a tent", 2, tent, gain=0.03),
            take("rain on a tin roof", 3, tin),
            take("rain on a tent", 4, tent, gain=0.03),
        ]
    )


def test_takes_are_grouped_by_prompt_and_numbered(four):
    assert [each.label for each in four] == [
        "rain on a tin roof · take 1",
        "rain on a tin roof · take 2",
        "rain on a tent · take 1",
        "rain on a tent · take 2",
    ]
    assert four.prompts == ("rain on a tin roof", "rain on a tent")
    assert len(four) == 4
    assert four[-1].provenance.seed == 4
    assert isinstance(four[:2], Takes)


def test_failures_come_along_and_are_shown():
    job = Job(submission=Submission(prompt="a bell"), base_url="https://api.example.com")
    failed = JobFailedError("the API says: no credits left", job=job)
    known = Takes((take("rain", 1),), (failed,))
    comparison = Comparison.from_takes(known, [NoAnswerError("no answer within 30 s")])
    assert len(comparison.failures) == 2
    for shown in (repr(comparison), comparison._repr_html_()):
        assert "no credits left" in shown
        assert "no answer within 30 s" in shown
    assert "a bell: the API says" in comparison._repr_html_()
    assert "2 not arrived" in comparison._repr_html_()


def test_nothing_to_compare_is_said_at_once():
    with pytest.raises(InputError, match="no takes to compare"):
        Comparison.from_takes([])


@pytest.mark.parametrize(
    "make", [Comparison.from_takes, Comparison, Takes], ids=lambda m: m.__name__
)
def test_what_is_no_take_is_refused_wherever_takes_are_put_together(make):
    one = take("rain", 1)
    with pytest.raises(InputError, match="'x' is no take: generate some, or load files"):
        make(["x"])
    with pytest.raises(InputError, match=r"a whole Comparison is no take: put in what it holds"):
        make([one, Comparison.from_takes([one])])


def test_takes_in_a_list_or_a_comparison_are_put_together_with_what_did_not_arrive():
    missing = NoAnswerError("no answer within 30 s")
    first = Comparison.from_takes([take("rain", 1)], [missing])
    assert Comparison.from_takes(first).failures == Comparison(first).failures == (missing,)
    assert len(Comparison([take("rain", 1), take("rain", 2)])) == 2


def test_a_comparison_tells_prompts_takes_and_loudness_in_lines(four):
    first, second, third = repr(four).splitlines()
    assert first == "<Comparison: 2 prompts, 4 takes"
    assert re.search(r"'rain on a tin roof': 2 takes, mean -\d+\.\d LUFS", second)
    assert "'rain on a tent'" in third


def test_it_shows_a_card_for_each_take_under_its_prompt_with_the_spread_table(four):
    html = four._repr_html_()
    assert html.count("<article") == html.count("<audio") == 4
    assert html.count('<section class="sg-group"') == 2
    assert "2 prompts · 4 takes" in html
    assert "Spread within a prompt" in html


def test_the_table_has_a_row_for_each_take_and_says_its_units(four):
    table = four.table()
    about = ["prompt", "roof", "take", "engine", "seed", "seconds_asked"]
    assert list(table.columns) == [*about, *(each.name for each in MEASURES), "notes"]
    assert table["roof"].tolist() == ["tin roof", "tin roof", "tent", "tent"]
    assert table["seconds"].tolist() == [0.5] * 4
    assert table["loudness_lufs"].tolist() == [each.measures.loudness_lufs for each in four]
    assert table.attrs["units"]["loudness_lufs"] == "LUFS"
    assert table.attrs["units"]["silence_share"] == ""


def test_a_seed_keeps_all_its_digits_beside_takes_without_one():
    seed = 2**63 - 1
    table = Comparison.from_takes([take("rain", seed), take("rain", None)]).table()
    assert table["seed"][0] == seed
    assert table["seed"].isna().tolist() == [False, True]


def test_a_factor_may_be_called_like_a_column():
    comparison = Comparison.from_takes([take("rain", 1, {"take": "first", "roof": "tin"})])
    (row,) = comparison.table().to_dict("records")
    assert (row["take (factor)"], row["take"], row["roof"]) == ("first", 1, "tin")


def test_the_summary_holds_the_mean_inside_its_interval(four):
    summary = four.summary()
    assert len(summary) == 2 * len(MEASURES)
    # half a second is too short for a loudness range
    told = summary.dropna(subset=["mean"])
    assert len(told) > len(MEASURES)
    assert (told["count"] == 2).all()
    assert (told["low"] <= told["mean"]).all()
    assert (told["mean"] <= told["high"]).all()
    loud, quiet = summary.query("measure == 'loudness_lufs'")["mean"]
    assert loud - quiet == pytest.approx(20, abs=0.2)


def test_one_take_has_neither_spread_nor_interval():
    summary = Comparison.from_takes([take("rain", 1)]).summary()
    assert summary[["low", "high", "sd"]].isna().all(axis=None)
    assert (
        "nothing is claimed"
        in Comparison.from_takes([take("rain", 1), take("hail", 2)])._repr_html_()
    )


def test_the_loudness_of_silence_is_not_averaged_in():
    silent = Comparison.from_takes([take("rain", 1), take("rain", 2, gain=0.0)])
    (row,) = silent.summary().query("measure == 'loudness_lufs'").to_dict("records")
    assert row["count"] == 1
    assert math.isfinite(row["mean"])
    assert "-∞ LUFS" in silent._repr_html_()


def test_similarity_is_symmetric_and_each_take_is_most_like_itself(four):
    similarity = four.similarity()
    assert list(similarity.index) == list(similarity.columns) == [each.label for each in four]
    assert (similarity.to_numpy() == similarity.to_numpy().T).all()
    assert (np.diag(similarity) == 1).all()
    assert (similarity.to_numpy() > 0).all()


def test_the_summary_has_the_spread_within_prompts_and_between_them_side_by_side(four):
    summary = four.summary().set_index(["measure", "prompt"])
    loudness = summary.loc["loudness_lufs"]
    assert loudness["within_sd"].nunique() == loudness["between_sd"].nunique() == 1
    assert loudness["within_sd"].iloc[0] == pytest.approx(np.sqrt(np.mean(loudness["sd"] ** 2)))
    assert loudness["between_sd"].iloc[0] == pytest.approx(20 / np.sqrt(2), abs=0.2)


def test_the_length_asked_for_stands_beside_the_one_that_came():
    asked = take("rain", 1)
    asked = replace(asked, provenance=replace(asked.provenance, seconds_asked=1))
    table = Comparison.from_takes([asked, take("rain", 2)]).table()
    assert table["seconds_asked"].tolist() == [1, pd.NA]
    assert table["seconds"].tolist() == [0.5, 0.5]


@pytest.mark.parametrize("which", ["table", "summary", "effects"])
def test_a_table_survives_a_parquet_file_with_its_attributes(four, which, tmp_path):
    frame = getattr(four, which)()
    frame.to_parquet(tmp_path / "table.parquet")
    read = pd.read_parquet(tmp_path / "table.parquet")
    pd.testing.assert_frame_equal(read, frame)
    assert read.attrs == frame.attrs


@pytest.mark.parametrize("which", ["table", "summary", "effects"])
def test_a_styled_table_has_units_and_few_decimals(four, which):
    html = four.styled(which).to_html()
    assert ("Loudness (LUFS)" if which == "table" else "<td" in html and "LU") in html
    assert not re.search(r"\d\.\d{5}", html)
    assert "loudness_lufs" not in html


def test_a_styled_interaction_holds_differences_against_each_other():
    corners = [(a, b) for a in ("loud", "quiet") for b in ("near", "far")]
    several = [
        take(f"{a} {b}", 10 * place + n, {"how": a, "where": b}, gain=0.3 if a == "loud" else 0.03)
        for place, (a, b) in enumerate(corners)
        for n in range(6)
    ]
    html = Comparison.from_takes(several).styled("effects").to_html()
    rows = re.findall("<tr>.*?</tr>", html, re.DOTALL)
    (together,) = (row for row in rows if "how × where" in row and "Loudness" in row)  # noqa: RUF001
    assert len(re.findall(r"-20\.\d LU<", together)) == 2
    assert "LUFS" not in together
    assert any("&lt; 0.001" in row or "< 0.001" in row for row in rows)


def test_another_styled_table_is_refused(four):
    with pytest.raises(InputError, match="no table 'prices'; there are: table, summary, effects"):
        four.styled("prices")


def test_every_take_has_a_nearest_and_a_farthest_other_take(four):
    neighbours, similarity = four.neighbours(), four.similarity()
    assert list(neighbours.index) == list(similarity.index)
    for label, row in neighbours.iterrows():
        others = similarity.loc[label].drop(label)
        assert row["nearest"] == others.idxmax()
        assert row["farthest_similarity"] == others.min()
    assert (neighbours["copy_of"] == "").all()


def test_one_recording_under_two_prompts_is_told():
    first, other = take("rain", 1), take("rain", 2)
    again = replace(take("hail", 1, format="mp3"), index=1)
    neighbours = Comparison.from_takes([first, other, again]).neighbours()
    assert neighbours["copy_of"].tolist() == ["", "", "rain · take 1"]


def test_one_take_has_no_neighbours():
    assert Comparison.from_takes([take("rain", 1)]).neighbours().empty


@pytest.mark.parametrize("figure", ["spectrograms", "waveforms"])
def test_pictures_are_drawn_of_every_take(four, figure):
    titles = [panel.get_title(loc="left") for panel in getattr(four.plot, figure)().axes]
    assert titles[:4] == [each.label for each in four]


def test_measures_are_drawn_for_every_prompt(four):
    (panel,) = four.plot.measures("centroid_hz").axes
    assert len(panel.get_yticks()) == 2
    assert len(four.plot.measures().axes) > 1


def test_the_similarity_of_every_two_takes_is_drawn(four):
    panel = four.plot.similarity().axes[0]
    labels = [label.get_text() for label in panel.get_yticklabels()]
    assert labels == [each.label for each in four]
    np.testing.assert_array_equal(panel.images[0].get_array(), four.similarity())


def test_a_plot_of_a_measure_there_is_not_says_which_there_are(four):
    with pytest.raises(InputError, match="loudness_lufs"):
        four.plot.measures("beauty")


def test_another_suffix_is_refused_naming_the_three(four, tmp_path):
    with pytest.raises(InputError, match=r"\.html .*\.zip .*\.csv"):
        four.export(tmp_path / "rain.pdf")
    assert list(tmp_path.iterdir()) == []


def test_the_csv_reads_back_as_the_table(four, tmp_path):
    path = four.export(tmp_path / "rain.csv")
    pd.testing.assert_frame_equal(pd.read_csv(path), four.table(), check_dtype=False)


def test_silence_survives_the_csv(tmp_path):
    silent = Comparison.from_takes([take("rain", 1, gain=0.0)])
    read = pd.read_csv(silent.export(tmp_path / "silence.csv"))
    assert read["loudness_lufs"].tolist() == [-math.inf]
    assert read["centroid_hz"].isna().all()


def test_the_exported_page_needs_nothing_but_itself(four, tmp_path):
    page = four.export(tmp_path / "rain.HTML", title="Rain & roofs").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "<title>Rain &amp; roofs</title>" in page
    assert page.count("<audio") == 4
    assert "share one scale" in page
    assert "task-1" in page
    sources = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"'>)]{0,5})""", page)
    assert set(sources) == {"data:"}
    assert "https:" not in page


def test_the_page_is_named_after_its_prompts(four, tmp_path):
    page = four.export(tmp_path / "rain.html").read_text(encoding="utf-8")
    assert "<title>“rain on a tin roof” and 1 other prompt</title>" in page


def test_the_archive_holds_audio_table_provenance_and_page(tmp_path):
    both = take("rain", 1, format="mp3")
    both = Take(both.prompt, both.sound, both.provenance, {"roof": "tin"}, wav=noise(1))
    comparison = Comparison.from_takes([both], [NoAnswerError("no answer")])
    with ZipFile(comparison.export(tmp_path / "rain.zip")) as zipped:
        assert zipped.testzip() is None
        assert sorted(zipped.namelist()) == [
            "audio/01-rain-take-1.mp3",
            "audio/01-rain-take-1.wav",
            "page.html",
            "provenance.json",
            "table.csv",
        ]
        assert zipped.read("audio/01-rain-take-1.mp3") == both.sound.data
        assert zipped.read("audio/01-rain-take-1.wav") == both.wav.data
        origins = json.loads(zipped.read("provenance.json"))
        rows = list(csv.DictReader(StringIO(zipped.read("table.csv").decode())))
    assert origins["failures"] == ["no answer"]
    (origin,) = origins["takes"]
    assert (origin["file"], origin["seed"]) == ("audio/01-rain-take-1.mp3", 1)
    assert origin["factors"] == {"roof": "tin"}
    assert [row["prompt"] for row in rows] == ["rain"]


@pytest.mark.parametrize("prompt", ["../../etc/passwd", "/root", "C:\\x", "雨", "a\nb\0c", "con"])
def test_no_prompt_can_leave_the_archive(prompt, tmp_path):
    comparison = Comparison.from_takes([take(prompt, 1), take(prompt + "!", 2)])
    with ZipFile(comparison.export(tmp_path / "out.zip")) as zipped:
        names = [name for name in zipped.namelist() if name.endswith(".wav")]
    assert len(set(names)) == 2
    for name in names:
        assert re.fullmatch(r"audio/\d\d-[a-z0-9-]+\.wav", name)
        assert ".." not in PurePosixPath(name).parts


def test_a_page_of_twelve_takes_is_hardly_more_than_its_audio(tmp_path):
    worst = take("rain", 1, seconds=6, format="mp3")
    takes = [replace(worst, prompt=f"rain {number % 2}", index=number) for number in range(12)]
    page = Comparison.from_takes(takes).export(tmp_path / "twelve.html")
    audio = sum(len(each.sound.data_uri) for each in takes)
    assert page.stat().st_size - audio < 12 * 65_000
    assert page.stat().st_size < 2_600_000


# What values are not, what is no take of its own, and what was left out


@pytest.fixture(scope="module")
def noted():
    """One take of a second, which is too short for a short-term maximum, and one of four."""
    return Comparison.from_takes([take("rain", 1, seconds=1), take("hail", 2, seconds=4)])


def test_values_that_are_not_all_their_name_promises_have_a_note_in_the_tables(noted):
    note = "shorter than 3 s: as a meter shows it out of silence"
    assert noted.table()["notes"].tolist() == [f"short_term_max_lufs: {note}", ""]
    summary = noted.summary().set_index(["prompt", "measure"])["notes"]
    assert summary["rain", "short_term_max_lufs"] == note
    assert (summary.drop(("rain", "short_term_max_lufs")) == "").all()


def test_of_several_takes_a_note_stands_once_in_the_summary(four):
    summary = four.summary().query("measure == 'short_term_max_lufs'")
    assert summary["notes"].str.count("shorter").tolist() == [1, 1]


@pytest.mark.parametrize("which", ["table", "summary"])
def test_a_styled_table_marks_a_value_with_a_note_and_no_other(noted, which):
    html = noted.styled(which).to_html()
    (note,) = re.findall(r"[^>]*shorter than 3 s[^<]*", html)
    assert note.startswith("Short-term max: " if which == "table" else "shorter")
    (marked,) = noted.table().query("prompt == 'rain'")["short_term_max_lufs"]
    assert re.findall(r"≈ (-?[\d.]+)", html) == [f"{marked:.1f}"]


@pytest.mark.parametrize("which", ["table", "summary"])
def test_where_there_are_no_notes_there_is_no_column_for_them(which):
    html = Comparison.from_takes([take("rain", 1, seconds=4)]).styled(which).to_html()
    assert ">notes<" not in html
    assert "≈" not in html


def test_a_measure_without_a_value_is_a_dash_and_other_gaps_are_blank():
    frame = Comparison.from_takes([take("rain", None), take("hail", 2)]).styled("table")
    cells = {
        name: re.findall(rf'class="data row0 col{place}" >([^<]*)<', frame.to_html())
        for place, name in enumerate(frame.columns)
    }
    assert cells["loudness_range_lu"] == ["—"]
    assert cells["seed"] == cells["seconds_asked"] == [""]


def test_shares_lie_apart_by_few_letters(four):
    html = four.styled("summary").to_html()
    assert "0.000 pp" in html
    assert "percentage" not in html


def test_a_factor_may_be_called_notes():
    (row,) = Comparison.from_takes([take("rain", 1, {"notes": "high"})]).table().to_dict("records")
    assert row["notes (factor)"] == "high"


def test_silence_that_came_twice_is_a_copy_and_other_silence_is_none():
    silences = [take(f"silence {n}", n, gain=0.0, seconds=s) for n, s in enumerate([1, 1, 2])]
    copies = Comparison.from_takes([*silences, take("rain", 4, seconds=1)]).neighbours()["copy_of"]
    assert copies.tolist() == ["", "silence 0 · take 1", "", ""]


def test_in_csv_a_word_that_was_left_out_is_a_level_like_others():
    levels = {"heavy rain": {"how": "heavy"}, "rain": {"how": ""}, "hail": {}}
    takes = Comparison.from_takes(
        [take(prompt, n, levels[prompt]) for n, prompt in enumerate(levels)]
    )
    read = pd.read_csv(StringIO(tables.table_csv(takes.takes)))
    assert read["how"].tolist()[:2] == ["heavy", "(left out)"]
    assert read["how"].isna().tolist() == [False, False, True]
    assert read.groupby("how").size().sum() == 2
