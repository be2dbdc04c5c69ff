"""The panel: what fields, buttons and results do, with the embedded engine and a local server."""

from __future__ import annotations

import re
import threading
import time
from contextlib import contextmanager
from html import escape
from itertools import pairwise

import ipywidgets
import nbformat
import pytest
from nbclient import NotebookClient
from panel_driver import (
    Gate,
    all_widgets,
    click,
    fill,
    generate,
    is_shown,
    kernel,
    part,
    ready,
    served,
    text_of,
    until,
    until_accepted,
    until_done,
    until_offered,
    until_told,
)

from soundgen_nb.comparison import Comparison
from soundgen_nb.errors import AudioError, InputError
from soundgen_nb.prompt import variations
from soundgen_nb.settings import Settings
from soundgen_nb.studio import Studio
from soundgen_nb.take import Take
from soundgen_nb.view.enlivening import plain
from soundgen_nb.view.panel import panel


@pytest.fixture
def studio(tmp_path):
    with Studio(Settings(home=tmp_path)) as studio:
        yield studio


@pytest.fixture
def made(studio):
    return ready(studio)


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.give_up()


@pytest.fixture
def server(gate):
    """A local server, whose sounds can be held back."""
    with served(gate.perform) as server:
        yield server
        gate.give_up()


@pytest.fixture
def gated(gate, server, tmp_path):
    """A panel on that server."""
    with kernel(server, tmp_path) as studio:
        yield ready(studio)
        gate.give_up()


def test_a_template_shows_the_prompts_it_makes(made):
    fill(made, template="{|heavy} rain on {tin|canvas}")
    shown = part(made, "template-note").value
    for prompt in variations("{|heavy} rain on {tin|canvas}"):
        assert f"<li>{prompt.text}</li>" in shown
    assert "4 prompts" in shown


def test_many_prompts_are_counted_and_the_first_shown(made):
    fill(made, template="{a|b|c|d} {e|f|g|h} rain")
    assert part(made, "template-note").value.count("<li>") == 7
    assert "and 10 more" in part(made, "template-note").value


def test_every_line_is_a_prompt_or_a_template(made):
    fill(made, template="rain on {tin|canvas}\n\na small bell\n", takes=3)
    assert "3 prompts" in part(made, "template-note").value
    assert part(made, "generate").description == "Generate 9 sounds"


@pytest.mark.parametrize(
    "template",
    ["rain on a {tin roof|canvas tent", "rain on }tin{", "{tin} rain", "", "a" * 1001, "{a|a} b"],
    ids=["unclosed", "closed only", "one value", "blank", "over-long", "same value twice"],
)
def test_a_template_that_cannot_be_is_told_in_the_error_s_own_sentence(made, template):
    with pytest.raises(InputError, match=r"\w") as expected:
        variations(template)
    fill(made, template=template)
    assert escape(str(expected.value)) in part(made, "template-note").value
    assert 'role="alert"' in part(made, "template-note").value


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"takes": 0}, "takes must be a whole number from 1 to 1000, not 0"),
        ({"takes": -3}, "takes must be a whole number from 1 to 1000, not -3"),
        ({"takes": 500}, "this would make 1,000 sounds"),
        ({"seconds": "2.5"}, "seconds must be a whole number from 1 to 60, not 2.5"),
        ({"seconds": "61"}, "seconds must be a whole number from 1 to 60, not 61"),
        ({"seconds": "nan"}, "seconds must be a whole number from 1 to 60, not nan"),
        ({"seconds": "<b>long"}, "seconds must be a whole number from 1 to 60, not '<b>long'"),
    ],
    ids=lambda value: "" if isinstance(value, str) else str(value),
)
def test_a_number_that_cannot_be_is_told_beside_it_and_nothing_is_sent(
    made, studio, fields, sentence
):
    fill(made, **fields)
    click(made, "generate")
    assert escape(sentence) in part(made, "numbers-note").value
    assert part(made, "generate").description == "Generate"
    assert studio.jobs() == []


def test_a_mended_field_takes_its_sentence_back(made):
    fill(made, seconds="2.5")
    fill(made, seconds="2")
    assert part(made, "numbers-note").value == ""
    assert part(made, "generate").description == "Generate 4 sounds"


def test_typed_markup_stays_text(made):
    fill(made, template="<img src=x onerror=alert(1)> rain")
    assert "<img" not in part(made, "template-note").value


def test_generating_brings_takes_and_a_comparison(made):
    fill(made, template="a {small|big} bell", takes=2, seconds="1")
    click(made, "generate")
    until_done(made)
    assert made.comparison.prompts == ("a small bell", "a big bell")
    assert len(made.takes) == 4
    assert {take.seconds for take in made.takes} == {1.0}
    assert part(made, "result").value == plain(made.comparison._repr_html_())
    assert part(made, "result").value.count("<audio controls") == 4
    assert "<script" not in part(made, "result").value
    assert part(made, "arriving").children == ()
    assert text_of(part(made, "message")) == "4 done."


def test_sounds_show_before_the_last_has_come(gate, gated):
    fill(gated, template="a bell\na held bell", takes=1, seconds="1")
    click(gated, "generate")
    until(part(gated, "arriving"), "children", bool)
    (card,) = part(gated, "arriving").children
    assert card.value == plain(gated.takes[0]._repr_html_())
    assert "a held bell" in part(gated, "jobs").value
    assert part(gated, "generate").disabled
    assert not part(gated, "stop").disabled
    gate.open.set()
    until_done(gated)
    assert gated.comparison.prompts == ("a bell", "a held bell")
    assert part(gated, "jobs").value == ""
    assert part(gated, "stop").disabled


def test_a_second_click_while_sounds_are_made_asks_for_nothing_more(gate, gated, server):
    fill(gated, template="a held bell", takes=1, seconds="1")
    click(gated, "generate")
    click(gated, "generate")
    until_told(gated, "message", "sounds are under way; wait for them, or stop them first")
    gate.open.set()
    until_done(gated)
    assert len(gated.takes) == 1
    assert server.received.submits == {"a held bell": 1}
    assert len(gated.studio.library.entries()) == 1  # written down before anything is sent


def test_stopping_keeps_what_has_come_in_the_order_asked(gated):
    fill(gated, template="a held {small|big} bell\na {small|big} bell", takes=1, seconds="1")
    click(gated, "generate")
    until(part(gated, "arriving"), "children", lambda cards: len(cards) == 2)
    until_accepted(gated, 2)
    click(gated, "stop")
    until_done(gated)
    assert gated.comparison.prompts == ("a small bell", "a big bell")
    said = text_of(part(gated, "message"))
    assert re.match(
        "Stopped, with .*(in the queue|being made), 2 done. What was submitted may be charged; R",
        said,
    )


def test_what_was_generated_stays_when_the_next_batch_is_stopped_or_fails(gated):
    fill(gated, template="a bell", takes=1, seconds="1")
    click(gated, "generate")
    until_done(gated)
    first, shown = gated.comparison, part(gated, "result").value
    fill(gated, template="a held bell")
    click(gated, "generate")
    assert part(gated, "result").value == shown
    click(gated, "stop")
    until_done(gated)
    fill(gated, template="somebody says hello")
    click(gated, "generate")
    until_done(gated)
    assert 'role="alert"' in part(gated, "message").value
    assert "somebody says hello" in text_of(part(gated, "message"))
    assert gated.comparison is first
    assert part(gated, "result").value == shown
    assert len(gated.takes) == 1


def test_what_came_and_what_did_not_are_both_shown(made):
    fill(made, template="a bell\nsomebody says hello", takes=1, seconds="1")
    click(made, "generate")
    until_done(made)
    assert [take.prompt for take in made.comparison] == ["a bell"]
    assert len(made.comparison.failures) == 1
    assert "somebody says hello" in part(made, "result").value
    assert text_of(part(made, "message")) == "1 done, 1 failed."


def test_a_large_order_is_made_at_a_second_click_alone(tmp_path):
    with Studio(Settings(home=tmp_path, confirm_above=4)) as studio:
        made = ready(studio)
        assert not is_shown(part(made, "anyway"))
        fill(made, template="a {small|big|low} bell", seconds="1")
        assert "would make 6 sounds, more than 4; “Generate all the same”" in text_of(
            part(made, "numbers-note")
        )
        click(made, "generate")
        assert studio.jobs() == []
        assert is_shown(part(made, "anyway"))
        click(made, "anyway")
        until_done(made)
        assert len(made.takes) == 6
        fill(made, template="a {small|big} bell")
        assert not is_shown(part(made, "anyway"))


def test_what_was_spent_is_told_and_what_a_large_order_may_cost(gate, tmp_path):
    with (
        served(gate.perform, credits_per_sound=0.5) as server,
        kernel(server, tmp_path) as studio,
    ):
        made = ready(studio)
        generate(made, "a bell")
        assert text_of(part(made, "spent")) == "Spent: 0.5 credits (server's estimate)"
        fill(made, takes=100)
        told = text_of(part(made, "numbers-note"))
        assert "for about 50 credits (the last cost 0.5), more than 64" in told


def test_more_prompts_than_a_panel_takes_are_refused_before_they_are_made(made):
    fill(made, template=" ".join(["{a|b|c|d}"] * 12))
    assert "makes 16,777,216 prompts, more than the 1,000" in text_of(part(made, "template-note"))


def test_nothing_is_spent_with_the_embedded_engine(made):
    generate(made, "a bell")
    assert part(made, "spent").value == ""


def test_what_was_stopped_can_be_fetched_and_joins_what_had_come(gate, gated):
    assert not is_shown(part(gated, "resume"))
    fill(gated, template="a held bell\na {small|big} bell", takes=1, seconds="1")
    click(gated, "generate")
    until(part(gated, "arriving"), "children", lambda cards: len(cards) == 2)
    until_accepted(gated, 1)
    click(gated, "stop")
    until_offered(gated, "Resume 1 sound")
    gate.open.set()
    click(gated, "resume")
    until(part(gated, "resume").layout, "display", lambda display: display == "none")
    assert gated.comparison.prompts == ("a held bell", "a small bell", "a big bell")
    assert len(gated.takes) == 3
    assert text_of(part(gated, "message")) == "1 done."


def test_what_is_fetched_in_two_goes_joins_what_had_come(gate, gated):
    fill(gated, template="a bell held longer\na held bell\na bell", takes=1, seconds="1")
    click(gated, "generate")
    until(part(gated, "arriving"), "children", bool)
    until_accepted(gated, 2)
    click(gated, "stop")
    until_offered(gated, "Resume 2 sounds")
    gate.open.set()
    click(gated, "resume")
    until(part(gated, "arriving"), "children", bool)
    click(gated, "stop")
    until_offered(gated, "Resume 1 sound")
    assert gated.comparison.prompts == ("a held bell", "a bell")
    gate.later.set()
    click(gated, "resume")
    until(part(gated, "resume").layout, "display", lambda display: display == "none")
    assert gated.comparison.prompts == ("a bell held longer", "a held bell", "a bell")
    assert len(gated.takes) == 3


def test_what_a_dead_kernel_had_paid_for_is_offered_and_fetched(gate, tmp_path):
    with served(gate.perform) as server:
        with kernel(server, tmp_path) as first:
            made = ready(first)
            fill(made, template="a held {small|big} bell", takes=1, seconds="1")
            click(made, "generate")
            until_accepted(made, 2)
            click(made, "stop")
            until_done(made)
        gate.open.set()
        with kernel(server, tmp_path) as second:
            made = ready(second)
            until_offered(made, "Resume 2 sounds")
            click(made, "resume")
            until(part(made, "resume").layout, "display", lambda display: display == "none")
            assert made.comparison.prompts == ("a held small bell", "a held big bell")
        assert set(server.received.submits.values()) == {1}


# one panel for each name


def test_a_cell_that_is_run_again_shows_the_same_panel_with_all_that_is_in_it(studio):
    first = panel(studio=studio, name="again")
    fill(first, template="a bell")
    assert panel(studio=studio, name="again") is first
    assert part(first, "template").value == "a bell"


def test_panels_of_different_names_are_different_ones(studio):
    assert panel(studio=studio, name="rain") is not panel(studio=studio, name="doors")


def test_another_studio_takes_over_and_what_was_typed_and_made_stays(studio, gate, tmp_path):
    made = panel(studio=studio, name="moving")
    generate(made, "a bell")
    came = made.comparison
    with served(gate.perform) as server, kernel(server, tmp_path / "other") as other:
        assert panel(studio=other, name="moving") is made
        assert made.studio is other
        until(part(made, "source"), "value", lambda html: "sounds from 127.0.0.1" in html)
        assert made.comparison is came
        generate(made, "a gong")
        assert [job.submission.prompt for job in other.jobs()] == ["a gong"]


def test_a_panel_opens_on_takes_and_is_one_of_their_own(studio):
    takes = studio.compare("a {small|big} bell", seconds=1)
    made = panel(takes, studio=studio)
    assert made.comparison is takes
    until(part(made, "result"), "value", lambda html: html == plain(takes._repr_html_()))
    assert panel(takes, studio=studio) is made
    assert panel(studio=studio) is not made
    assert panel(takes[0], studio=studio).comparison.prompts == ("a small bell",)
    assert len(panel(list(takes), studio=studio).takes) == 2


@pytest.mark.parametrize(
    "again",
    [
        lambda studio: studio.history().compare(),
        lambda studio: studio.history().compare()[:1],
        lambda studio: [studio.history().takes()[0]],
        lambda studio: iter(studio.history().takes()),
    ],
    ids=["reopened", "sliced", "listed", "one by one"],
)
def test_the_same_takes_find_their_panel_again(studio, again):
    studio.compare("a {small|big} bell", seconds=1)
    made = panel(again(studio), studio=studio)
    assert panel(again(studio), studio=studio) is made
    assert panel(again(studio), studio=studio, name="another") is not made
    assert panel(studio=studio) is not made


def test_a_file_that_is_loaded_anew_has_the_stars_it_was_given(made, studio, tmp_path):
    generate(made, "a bell")
    door = made.takes[0].save(tmp_path / "door.mp3")
    first = panel([Take.from_file(door)], studio=studio)
    until(part(first, "file"), "value", bool)
    fill(first, stars=4)
    until_told(first, "keep-note", "rated 4 of 5")
    assert panel([Take.from_file(door)], studio=studio).ratings == {"door · take 1": 4}
    window = Take.from_file(door, prompt="window")
    assert panel([window], studio=studio).ratings == {}


def test_takes_of_which_others_did_not_come_have_a_panel_that_says_so(studio):
    whole = studio.compare("a {small|big} bell", seconds=1)
    lacking = Comparison.from_takes(whole, [AudioError("a gong: it did not come")])
    made = panel(lacking, studio=studio)
    assert made is not panel(whole, studio=studio)
    assert made.comparison is lacking


@pytest.mark.parametrize("wrong", [5, "rain.wav", ["rain.wav"], []], ids=repr)
def test_a_panel_opens_on_nothing_but_takes(studio, wrong):
    with pytest.raises(InputError, match="takes"):
        panel(wrong, studio=studio)


def test_a_studio_in_place_of_takes_is_told_where_it_goes(studio):
    with pytest.raises(InputError, match="a Studio goes in as studio="):
        panel(studio)


def test_two_panels_do_not_know_of_each_other(studio):
    one, other = ready(studio), ready(studio)
    fill(one, template="a small bell", takes=1, seconds="1")
    fill(other, template="a big bell", takes=1, seconds="1")
    click(one, "generate")
    click(other, "generate")
    until_done(one)
    until_done(other)
    assert one.comparison.prompts == ("a small bell",)
    assert other.comparison.prompts == ("a big bell",)


def test_only_the_loop_s_thread_changes_widgets(made):
    threads = set()
    fill(made, seconds="1")
    for widget in all_widgets(made.widget):
        widget.observe(lambda _: threads.add(threading.current_thread().name))
    click(made, "generate")
    click(made, "stop")
    until_done(made)
    assert threads == {"soundgen_nb"}


def test_progress_is_drawn_five_times_a_second_at_most(gated):
    drawn = []
    fill(gated, template="a held bell", takes=1, seconds="1")
    part(gated, "jobs").observe(lambda _: drawn.append(time.monotonic()), "value")
    click(gated, "generate")
    until(part(gated, "jobs"), "value", lambda _: len(drawn) > 3)
    click(gated, "stop")
    until_done(gated)
    assert part(gated, "jobs").value == ""
    assert min(later - sooner for sooner, later in pairwise(drawn[:-1])) > 0.15


def test_a_fault_of_our_own_is_told_in_the_panel(made):
    async def fail():
        raise ZeroDivisionError("division by zero")

    made._making._note.handling(fail)(None)
    until_told(made, "message", "ZeroDivisionError: division by zero")


def test_the_panel_says_who_makes_the_sounds_and_never_shows_a_key(made, gated):
    assert "embedded engine, not MusicGPT" in part(made, "source").value
    assert "127.0.0.1" in part(gated, "source").value
    key = gated.studio.settings.api_key.reveal()
    assert not any(key in repr(widget.get_state()) for widget in all_widgets(gated.widget))


def test_everything_that_can_be_touched_has_a_label(made):
    touched = (
        *(ipywidgets.Button, ipywidgets.Text, ipywidgets.Textarea, ipywidgets.IntText),
        *(ipywidgets.Dropdown, ipywidgets.ToggleButtons),
    )
    parts = [widget for widget in all_widgets(made.widget) if isinstance(widget, touched)]
    assert [widget.description for widget in parts] == [
        "Prompts, one a line; {this|that} makes one of each",
        *("Saved prompts, by name", "Open", "Save", "Delete", "Undo"),
        *("Takes of each", "Seconds, 1 to 60"),
        *("Generate 4 sounds", "Generate all the same", "Stop", "Resume"),
        "Show",
        *("Sound", "Next sound", "Rating", "Tags, with commas between", "Note"),
        *("Take out", "Delete…", "Delete it for good", "Leave it"),
        "File name, ending in .html, .zip or .csv",
        *("Export all", "Save the sound", "Keep in notebook"),
        *("Prompts with", "State", "Rating", "Look again"),
        *("Rows, such as 0, 2", "Open side by side", "Send again", "Give up"),
    ]


PARTS = """
def part(name, widgets=(panel.widget,)):
    for widget in widgets:
        if f"soundgen-{name}" in widget._dom_classes:
            return widget
        found = part(name, getattr(widget, "children", ()))
        if found:
            return found

generate, keep = part("generate"), part("keep")
part("seconds").value = "1"
"""


@contextmanager
def a_kernel(folder):
    """Cells run on a real kernel, and the outputs they had in the end."""
    notebook = nbformat.v4.new_notebook()
    client = NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(folder)}})

    def run(*sources):
        notebook.cells = [nbformat.v4.new_code_cell(source) for source in sources]
        client.execute()
        return [cell.outputs for cell in notebook.cells]

    yield run


def test_keeping_puts_plain_html_below_the_panel(tmp_path):
    wait = "while panel.comparison is None or generate.disabled: await asyncio.sleep(0.05)"
    with a_kernel(tmp_path) as run:
        outputs, *_ = run(
            "import asyncio\nimport soundgen_nb as sg\npanel = sg.panel()\npanel",
            PARTS,
            f"generate.click()\n{wait}",
            "keep.click()\nwhile not keep.disabled: await asyncio.sleep(0.05)",
        )
    (live, kept) = outputs
    assert "application/vnd.jupyter.widget-view+json" in live.data
    assert "text/html" not in live.data
    assert kept.data["text/html"].count("<audio") == 4
