"""The panel's tabs and shelf: saved prompts, measuring, stars and notes, files, the history."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from panel_driver import (
    WITHIN_SECONDS,
    all_widgets,
    choose,
    click,
    fill,
    generate,
    is_shown,
    opening,
    part,
    ready,
    settle,
    text_of,
    turn_to,
    until,
    until_told,
)

from soundgen_nb.comparison import Comparison
from soundgen_nb.errors import OutcomeUnknownError
from soundgen_nb.server import Faults, LocalServer
from soundgen_nb.settings import Settings
from soundgen_nb.sound import Sound
from soundgen_nb.studio import Studio
from soundgen_nb.take import Take
from soundgen_nb.view.enlivening import plain


@pytest.fixture(scope="module")
def bells(tmp_path_factory):
    """A Studio with four sounds in its library."""
    with Studio(Settings(home=tmp_path_factory.mktemp("bells"))) as studio:
        studio.compare("a {small|big} bell", takes=2, seconds=1, seed=1)
        yield studio


@pytest.fixture
def studio(tmp_path):
    with Studio(Settings(home=tmp_path / "home")) as studio:
        yield studio


@pytest.fixture
def made(bells):
    """A panel that has the four sounds open, unrated."""
    comparison = bells.history().compare()
    for entry in bells.library.entries():
        bells.library.rate(entry.id, None)
        bells.library.tag(entry.id, [])
        bells.library.annotate(entry.id, "")
    return ready(bells, comparison)


# saved prompts


def test_prompts_are_saved_by_name_and_opened_in_another_panel(studio):
    one, other = ready(studio), ready(studio)
    text = "rain on a {tin roof|tent}\na bell"
    fill(one, template=text, name=" roofs ")
    click(one, "save")
    until_told(one, "shelf-note", "Saved as “roofs”.")
    other._making._note.handling(other._making.refresh)(None)
    until(part(other, "name"), "options", lambda options: options == ("roofs",))
    fill(other, name="roofs")
    click(other, "unshelve")
    until(part(other, "generate"), "description", lambda label: label == "Generate 6 sounds")
    assert part(other, "template").value == text


def test_opening_saved_prompts_does_not_lose_what_was_typed(studio):
    studio.library.prompt_sets.save("roofs", "rain")
    made = ready(studio)
    assert not is_shown(part(made, "back"))
    fill(made, template="typed for an hour", name="roofs")
    click(made, "unshelve")
    until_told(made, "shelf-note", "“roofs” is opened.")
    assert part(made, "template").value == "rain"
    assert is_shown(part(made, "back"))
    click(made, "back")
    until(part(made, "template"), "value", lambda value: value == "typed for an hour")


def test_however_many_saved_prompts_are_opened_what_was_typed_comes_back(studio):
    studio.library.prompt_sets.save("roofs", "rain")
    studio.library.prompt_sets.save("doors", "knocks")
    made = ready(studio)
    fill(made, template="typed for an hour")
    for name in ("roofs", "doors", "doors"):
        part(made, "shelf-note").value = ""
        fill(made, name=name)
        click(made, "unshelve")
        until_told(made, "shelf-note", f"“{name}” is opened.")
    click(made, "back")
    until(part(made, "template"), "value", lambda value: value == "typed for an hour")
    assert not is_shown(part(made, "back"))


def test_a_name_that_has_prompts_gets_others_and_says_so(studio):
    studio.library.prompt_sets.save("roofs", "rain")
    made = ready(studio)
    fill(made, template="hail", name="roofs")
    click(made, "save")
    until_told(made, "shelf-note", "in place of what had that name")
    assert studio.library.prompt_sets.text("roofs") == "hail"


def test_deleted_prompts_are_gone_from_the_list_and_stay_in_the_field(studio):
    studio.library.prompt_sets.save("roofs", "rain")
    made = ready(studio)
    fill(made, template="rain", name="roofs")
    click(made, "unsave")
    until_told(made, "shelf-note", "“roofs” is deleted")
    assert part(made, "name").options == ()
    assert part(made, "template").value == "rain"
    click(made, "unshelve")
    until_told(made, "shelf-note", "no prompts are saved as 'roofs'")


def test_a_name_that_cannot_be_is_told_beside_it(studio):
    made = ready(studio)
    click(made, "save")
    until_told(made, "shelf-note", "a name must be one line of 1 to 80 characters")
    assert 'role="alert"' in part(made, "shelf-note").value


# measuring


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("What the takes prove", "verdict"),
        ("Table: every take", "loudness_lufs"),
        ("Table: every prompt", "centroid_hz"),
        ("Figure: measures", 'alt="Figure: measures of a small bell, a big bell"'),
        ("Figure: spectrograms", "data:image/png;base64,"),
    ],
)
def test_tables_and_figures_are_made_when_they_are_asked_for(made, view, shown):
    fill(made, view=view)
    turn_to(made, "measure")
    until(part(made, "measured"), "value", lambda html: shown in html)
    assert part(made, "measure-note").value == ""


def test_what_one_prompt_cannot_show_is_told_and_what_can_be_shown_comes_back(bells):
    made = ready(bells, Comparison.from_takes(bells.history(prompt="small").takes()))
    fill(made, view="Figure: what each word changed")
    turn_to(made, "measure")
    until(part(made, "measure-note"), "value", lambda html: 'role="alert"' in html)
    assert part(made, "measured").value == ""
    fill(made, view="Table: every take")
    until(part(made, "measured"), "value", lambda html: "loudness_lufs" in html)
    assert part(made, "measure-note").value == ""


def test_there_is_nothing_to_measure_before_there_is_a_sound(studio):
    made = ready(studio)
    turn_to(made, "measure")
    until_told(made, "measure-note", "Nothing to measure yet.")


def test_no_pandas_and_no_matplotlib_before_the_tab_is_opened(tmp_path):
    code = (
        "import sys; import panel_driver; import soundgen_nb as sg; "
        "made = panel_driver.ready(sg.Studio(sg.Settings(home=sys.argv[1]))); "
        "panel_driver.generate(made, 'a bell'); assert len(made.takes) == 1; "
        "assert not {'pandas', 'matplotlib', 'librosa'} & set(sys.modules)"
    )
    subprocess.run(
        [sys.executable, "-c", code, tmp_path], check=True, cwd=Path(__file__).parent, timeout=60
    )


# stars, tags, notes


def test_stars_tags_and_notes_are_written_down_in_the_library(made, bells):
    fill(made, stars=4)
    until_told(made, "keep-note", "rated 4 of 5")
    fill(made, tags="dry, close,dry")
    until_told(made, "keep-note", "tagged")
    fill(made, words="hiss <at> the end")
    until_told(made, "keep-note", "noted")
    entry = bells.library.entries(task_id=made.comparison[0].provenance.task_id)[0]
    assert (entry.rating, entry.tags, entry.note) == (4, ("dry", "close"), "hiss <at> the end")
    marks = part(made, "marks").value
    assert "hiss &lt;at&gt; the end" in marks
    assert "★★★★☆" in marks
    fill(made, stars=0)
    until_told(made, "keep-note", "no longer rated")
    assert made.ratings == {}


def test_code_can_read_what_is_chosen_and_how_it_is_rated(made):
    assert made.selected is made.comparison[0]
    choose(made, 2)
    fill(made, stars=5)
    until_told(made, "keep-note", "rated 5 of 5")
    assert made.selected is made.comparison[2]
    assert made.ratings == {"a big bell · take 1": 5}


def test_a_chosen_sound_brings_its_own_stars_and_can_be_heard(made):
    fill(made, stars=3)
    until_told(made, "keep-note", "rated 3 of 5")
    choose(made, 1)
    until(part(made, "player"), "value", lambda html: 'aria-label="a small bell · take 2"' in html)
    assert part(made, "stars").value == 0
    choose(made, 0)
    until(part(made, "stars"), "value", lambda stars: stars == 3)


def test_stars_given_at_once_after_choosing_are_those_of_the_chosen_sound(made):
    choose(made, 3)
    part(made, "stars").value = 5
    until_told(made, "keep-note", "a big bell · take 2 is rated 5 of 5")
    assert made.ratings == {"a big bell · take 2": 5}
    assert part(made, "stars").value == 5


def test_the_next_sound_is_a_click_away_and_after_the_last_comes_the_first(made):
    for number in (1, 2, 3, 0):
        click(made, "next")
        until(part(made, "sound"), "index", lambda at, number=number: at == number)
        assert made.selected is made.comparison[number]


# while another comparison opens


@pytest.fixture
def gate():
    gate = threading.Event()
    yield gate
    gate.set()


def held(takes, gate):
    """A comparison that is shown only once a gate is open."""

    class Held(Comparison):
        def _repr_html_(self):
            gate.wait(WITHIN_SECONDS)
            return super()._repr_html_()

    return Held.from_takes(takes)


@pytest.fixture
def reopening(made, bells, gate):
    """The panel has its four sounds in the list still, and the big ones are being opened."""
    big = held(bells.history(prompt="big").takes(), gate)
    opened = opening(made, big)
    settle()
    assert made.comparison is big
    yield made
    gate.set()
    opened.result(WITHIN_SECONDS)
    assert part(made, "sound").options == tuple((take.label, take) for take in big)


@pytest.mark.parametrize(
    ("written", "told"),
    [({"stars": 5}, "rated 5 of 5"), ({"tags": "dry"}, "tagged"), ({"words": "hiss"}, "noted")],
    ids=["stars", "tags", "note"],
)
def test_what_is_written_while_others_open_is_of_the_sound_that_is_listed(
    reopening, bells, written, told
):
    fill(reopening, **written)
    until_told(reopening, "keep-note", f"a small bell · take 1 is {told}.")
    marked = [
        entry for entry in bells.library.entries() if entry.rating or entry.tags or entry.note
    ]
    assert [(entry.prompt, entry.index) for entry in marked] == [("a small bell", 1)]


def test_the_sound_that_is_saved_while_others_open_is_the_one_listed(
    reopening, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    click(reopening, "save-sound")
    until_told(reopening, "export-note", "a-small-bell-take-1.mp3")


def test_what_is_taken_out_or_asked_about_while_others_open_is_the_sound_listed(reopening):
    click(reopening, "delete")
    assert "a small bell · take 1 goes out" in text_of(part(reopening, "asking"))
    click(reopening, "remove")
    until_told(reopening, "keep-note", "a small bell · take 1 is taken out")
    assert len(reopening.comparison) == 2


def test_what_is_being_written_when_others_open_stays_with_its_sound(made, bells):
    words = part(made, "words")
    assert words.continuous_update
    fill(made, words="too br")
    fill(made, words="too bright")
    until_told(made, "keep-note", "a small bell · take 1 is noted.")
    opening(made, Comparison.from_takes(bells.history(prompt="big").takes())).result(WITHIN_SECONDS)
    assert (words.value, part(made, "keep-note").value) == ("", "")
    notes = {(entry.prompt, entry.index): entry.note for entry in bells.library.entries()}
    assert notes.pop(("a small bell", 1)) == "too bright"
    assert not any(notes.values())


def test_two_presses_keep_a_comparison_once(made):
    part(made, "keep").click()
    click(made, "keep")
    assert made._kept._bundle["text/html"].count("Kept from the panel") == 1


def test_what_is_kept_while_others_open_is_what_is_seen_and_those_can_be_kept_too(
    reopening, gate, made
):
    seen = part(reopening, "result").value
    click(reopening, "keep")
    assert seen in made._kept._bundle["text/html"]
    gate.set()
    until(part(reopening, "result"), "value", lambda html: html != seen)
    until(part(reopening, "keep"), "disabled", lambda disabled: not disabled)


def test_a_comparison_that_is_slow_to_show_does_not_cover_the_one_opened_after_it(
    made, bells, gate
):
    slow = opening(made, held(bells.history(prompt="big").takes(), gate))
    quick = Comparison.from_takes(bells.history(prompt="small").takes())
    opening(made, quick).result(WITHIN_SECONDS)
    gate.set()
    slow.result(WITHIN_SECONDS)
    assert part(made, "result").value == plain(quick._repr_html_())
    assert made.selected in quick


def test_another_panel_of_the_same_sounds_has_the_stars_too(made, bells):
    fill(made, stars=2)
    until_told(made, "keep-note", "rated 2 of 5")
    again = ready(bells, made.comparison)
    assert part(again, "stars").value == 2
    assert again.ratings == {"a small bell · take 1": 2}


def test_a_file_that_is_in_no_library_is_rated_in_the_panel(bells, tmp_path):
    bells.library.sounds(bells.library.entries()[0].id)[0].save(tmp_path / "door.mp3")
    made = ready(bells, Comparison.from_takes([Take.from_file(tmp_path / "door.mp3")]))
    assert part(made, "delete").disabled
    fill(made, stars=1)
    until_told(made, "keep-note", "door · take 1 is rated 1 of 5")
    assert made.ratings == {"door · take 1": 1}


def test_a_take_is_taken_out_of_the_comparison_and_stays_in_the_library(made, bells):
    taken = made.selected
    click(made, "remove")
    until_told(made, "keep-note", "is taken out")
    assert len(made.comparison) == 3
    assert made.selected is not taken
    assert len(bells.library.entries()) == 4


def test_a_take_is_deleted_for_good_after_asking_once(studio):
    made = ready(studio)
    generate(made, "a {small|big} bell")
    assert not part(made, "delete").disabled
    assert not is_shown(part(made, "question"))
    click(made, "delete")
    until(part(made, "question").layout, "display", lambda display: display is None)
    assert "a small bell · take 1 goes out of the library" in text_of(part(made, "asking"))
    click(made, "leave")
    until(part(made, "question").layout, "display", lambda display: display == "none")
    assert len(studio.library.entries()) == 2
    click(made, "delete")
    click(made, "sure")
    until_told(made, "keep-note", "a small bell · take 1 is deleted.")
    assert [entry.prompt for entry in studio.library.entries()] == ["a big bell"]
    assert made.comparison.prompts == ("a big bell",)
    click(made, "sure")  # nothing was asked
    click(made, "delete")
    click(made, "sure")
    until_told(made, "keep-note", "a big bell · take 1 is deleted.")
    assert made.comparison is None
    assert made.selected is None
    assert "Nothing here yet" in text_of(part(made, "result"))


# files


@pytest.mark.parametrize("name", ["rain.html", "rain.zip", "rain.csv"])
def test_the_comparison_is_written_beside_the_notebook(made, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    fill(made, file=name)
    click(made, "export")
    until_told(made, "export-note", f"Written to {tmp_path / name}")
    assert (tmp_path / name).stat().st_size > 500


def test_a_file_of_the_panel_s_own_is_written_anew(made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fill(made, file="rain.csv")
    click(made, "export")
    until_told(made, "export-note", "Written to")
    part(made, "export-note").value = ""
    (tmp_path / "rain.csv").write_text("old")
    click(made, "export")
    until_told(made, "export-note", "Written to")
    assert (tmp_path / "rain.csv").read_text().startswith("prompt,")


def test_a_name_is_proposed_and_the_sound_is_written_as_received(made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert part(made, "file").value == "a-small-bell.html"
    click(made, "save-sound")
    until_told(made, "export-note", "a-small-bell-take-1.mp3")
    assert Sound.from_file(tmp_path / "a-small-bell-take-1.mp3") == made.selected.sound


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("rain.mp4", "end the name in .html"),
        ("", "end the name in .html"),
        ("../rain.html", "is not beside the notebook"),
        ("/etc/rain.html", "is not beside the notebook"),
        ("mine.html", "there is a 'mine.html' already"),
    ],
)
def test_a_file_that_cannot_be_is_told_and_nothing_is_written(
    made, tmp_path, monkeypatch, name, told
):
    monkeypatch.chdir(tmp_path)
    Path("mine.html").write_text("by hand")
    fill(made, file=name)
    click(made, "export")
    until_told(made, "export-note", told)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.html"]
    assert Path("mine.html").read_text() == "by hand"


# history


def listed(html):
    """The prompts of the history's table, newest first."""
    return re.findall(r'class="sg-prompt">([^<]*)<', html)


def test_the_history_is_looked_up_when_its_tab_is_opened(made):
    assert part(made, "ledger").value == ""
    turn_to(made, "history")
    until(part(made, "ledger"), "value", lambda html: html.count("<audio") == 4)
    assert "h.reload" not in part(made, "ledger").value


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"past_prompt": "BIG"}, ["a big bell", "a big bell"]),
        ({"past_stars": 5}, ["a small bell"]),
        ({"past_state": "failed"}, []),
    ],
    ids=["prompt", "rating", "state"],
)
def test_the_history_shows_what_meets_the_filters(made, bells, fields, found):
    bells.library.rate(bells.library.entries()[-1].id, 5)
    turn_to(made, "history")
    until(part(made, "ledger"), "value", lambda html: len(listed(html)) == 4)
    fill(made, **fields)
    until(part(made, "ledger"), "value", lambda html: listed(html) == found)
    assert part(made, "open").disabled == (not found)


def test_a_state_there_is_not_is_told_with_those_there_are(made):
    fill(made, past_state="done")
    until_told(made, "past-note", "no state 'done'; there are PLANNED")


def test_rows_of_the_history_are_opened_side_by_side(made):
    turn_to(made, "history")
    until(part(made, "ledger"), "value", bool)
    fill(made, past_rows="0, 3")
    click(made, "open")
    until_told(made, "past-note", "2 sounds opened.")
    assert [take.label for take in made.comparison] == [
        "a small bell · take 1",
        "a big bell · take 2",
    ]
    assert part(made, "tabs").selected_index == 0
    assert part(made, "result").value == plain(made.comparison._repr_html_())


def test_all_that_is_found_is_opened_where_no_row_is_named(made):
    fill(made, past_prompt="big")
    turn_to(made, "history")
    until(part(made, "ledger"), "value", lambda html: len(listed(html)) == 2)
    click(made, "open")
    until_told(made, "past-note", "2 sounds opened.")
    assert made.comparison.prompts == ("a big bell",)


@pytest.mark.parametrize(
    ("rows", "told"),
    [("first", "rows are numbers from the table"), ("9", "the row must be a whole number from 0")],
)
def test_a_row_there_is_not_is_told_and_what_lies_open_stays(made, rows, told):
    before = made.comparison
    turn_to(made, "history")
    until(part(made, "ledger"), "value", bool)
    fill(made, past_rows=rows)
    click(made, "open")
    until_told(made, "past-note", told)
    assert made.comparison is before


@pytest.fixture
def lossy(tmp_path):
    """A panel whose studio has asked for a bell, which nobody can say the fate of."""
    faults = {"lost": Faults(before_accepting="dropped")}
    with LocalServer(faults=faults) as server:
        settings = Settings.load(api_key=server.api_key, base_url=server.base_url, home=tmp_path)
        with Studio(settings) as studio:
            with pytest.raises(OutcomeUnknownError):
                studio.generate("a lost bell", seconds=1)
            made = ready(studio)
            turn_to(made, "history")
            until(part(made, "ledger"), "value", bool)
            assert is_shown(part(made, "missing"))
            yield made, server


def states(made):
    return list(made.studio.history()["state"])


def test_what_never_came_is_given_up_from_its_row(lossy):
    made, server = lossy
    fill(made, past_rows="0")
    click(made, "drop")
    until_told(made, "past-note", "1 sound given up.")
    assert states(made) == ["DROPPED"]
    assert server.received.submits == {"a lost bell": 1}


def test_two_presses_give_up_what_was_named_and_nothing_else(lossy):
    made, _ = lossy
    with pytest.raises(OutcomeUnknownError):
        made.studio.generate("another lost bell", seconds=1)
    click(made, "past-look")
    until(part(made, "ledger"), "value", lambda html: len(listed(html)) == 2)
    fill(made, past_rows="0")
    part(made, "drop").click()
    click(made, "drop")
    until_told(made, "past-note", "1 sound given up.")
    assert states(made) == ["DROPPED", "UNKNOWN"]
    click(made, "drop")
    until_told(made, "past-note", "name the rows first")


def test_what_never_came_is_sent_again_from_its_row_in_sight(lossy):
    made, server = lossy
    fill(made, past_rows="0")
    click(made, "resend")
    until_told(made, "message", "may have been accepted")
    until(part(made, "ledger"), "value", lambda html: len(listed(html)) == 2)
    assert states(made) == ["UNKNOWN", "DROPPED"]
    assert server.received.submits == {"a lost bell": 2}


def test_what_is_sent_again_is_sent_whatever_else_is_clicked_meanwhile(lossy):
    made, server = lossy
    said = []
    message = part(made, "message")
    message.observe(lambda _: said.append(text_of(message)), "value")
    fill(made, template="wind", takes=1, seconds="1", past_rows="0")
    part(made, "resend").click()
    part(made, "generate").click()
    until(part(made, "ledger"), "value", lambda html: len(listed(html)) == 2)
    assert "sounds are under way; wait for them, or stop them first" in said
    assert states(made) == ["UNKNOWN", "DROPPED"]
    assert server.received.submits == {"a lost bell": 2}


def test_what_cannot_be_sent_again_is_told_and_something_else_can_be_made(lossy):
    made, _ = lossy
    fill(made, template="wind", takes=1, seconds="1", past_rows="0")
    (job,) = made.studio.library.entries()
    made.studio.drop(job.id)
    made.studio.library.forget(job.id)
    click(made, "resend")
    until(part(made, "past-note"), "value", lambda html: 'role="alert"' in html)
    assert part(made, "generate").description == "Generate 1 sound"
    generate(made, "wind")
    assert made.comparison.prompts == ("wind",)


@pytest.mark.parametrize("button", ["resend", "drop"])
def test_nothing_is_sent_again_or_given_up_that_was_not_named(lossy, button):
    made, server = lossy
    click(made, button)
    until_told(made, "past-note", "name the rows first")
    fill(made, past_rows="7")
    click(made, button)
    until_told(made, "past-note", "the row must be a whole number from 0 to 0, not 7")
    assert states(made) == ["UNKNOWN"]
    assert server.received.submits == {"a lost bell": 1}


def test_what_the_history_has_to_say_stays_until_something_else_is_asked_of_it(lossy):
    made, _ = lossy
    click(made, "resend")
    until_told(made, "past-note", "name the rows first")
    turn_to(made, "listen")
    made.studio.generate("a bell", seconds=1)
    turn_to(made, "history")
    until(part(made, "ledger"), "value", lambda html: len(listed(html)) == 2)
    assert "name the rows first" in text_of(part(made, "past-note"))
    click(made, "past-look")
    until(part(made, "past-note"), "value", lambda html: not html)


def test_where_everything_came_nothing_can_be_sent_again(made):
    turn_to(made, "history")
    until(part(made, "ledger"), "value", bool)
    assert not is_shown(part(made, "missing"))


def test_a_library_that_cannot_be_read_is_told_in_the_tab_and_the_sounds_stay(studio):
    made = ready(studio)
    generate(made, "a bell")
    shown = part(made, "result").value
    studio.library.close()
    fill(made, past_prompt="bell")
    until(part(made, "past-note"), "value", lambda html: 'role="alert"' in html)
    assert part(made, "result").value == shown


def test_no_widget_is_changed_by_another_thread_than_the_loop_s(made):
    threads = set()
    names = ("ledger", "marks", "measured", "player", "keep-note")
    for widget in all_widgets(made.widget):
        if any(f"soundgen-{name}" in widget._dom_classes for name in names):
            widget.observe(lambda _: threads.add(threading.current_thread().name))
    fill(made, stars=5)
    turn_to(made, "measure")
    until(part(made, "measured"), "value", bool)
    turn_to(made, "history")
    until(part(made, "ledger"), "value", bool)
    assert threads == {"soundgen_nb"}
