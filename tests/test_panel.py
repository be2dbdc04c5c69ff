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

from soundgen_nb import engine
from soundgen_nb.background import background
from soundgen_nb.errors import InputError
from soundgen_nb.prompt import variations
from soundgen_nb.server import LocalServer
from soundgen_nb.settings import Key, Settings
from soundgen_nb.studio import Studio
from soundgen_nb.view.panel import panel


@pytest.fixture
def studio(tmp_path):
    with Studio(Settings(home=tmp_path)) as studio:
        yield studio


@pytest.fixture
def made(studio):
    return panel(studio)


class Gate:
    """An engine that makes sounds of held prompts only once the gate is open."""

    def __init__(self) -> None:
        self.open = threading.Event()

    def perform(self, prompt, *, seconds, seed):
        if "held" in prompt:
            self.open.wait(30)
        return engine.perform(prompt, seconds=seconds, seed=seed)


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.open.set()


@pytest.fixture
def gated(gate, tmp_path):
    """A panel on a local server, whose sounds can be held back."""
    with LocalServer(perform=gate.perform, workers=8) as server:
        settings = Settings(
            api_key=Key(server.api_key),
            base_url=server.base_url,
            home=tmp_path,
            polls_per_minute=6000,
            parallel=8,
        )
        with Studio(settings) as studio:
            yield panel(studio)
            gate.open.set()


def all_widgets(root):
    yield root
    for child in getattr(root, "children", ()):
        yield from all_widgets(child)


def part(made, name):
    """The part of a panel with this class, as a style sheet finds it."""
    (found,) = [w for w in all_widgets(made.widget) if f"soundgen-{name}" in w._dom_classes]
    return found


def fill(made, **fields):
    for name, value in fields.items():
        part(made, name).value = value
    settle()


def settle():
    """Everything handed to the loop so far has been done."""

    async def nothing():
        pass

    background.run(nothing())


def until(widget, trait, holds):
    """Wait, without looking again and again, until a trait of a widget is as it should be."""
    met = threading.Event()

    def look(_):
        if holds(getattr(widget, trait)):
            met.set()

    widget.observe(look, trait)
    look(None)
    assert met.wait(30), f"{trait} is still {getattr(widget, trait)!r:.200}"
    widget.unobserve(look, trait)


def click(made, name):
    part(made, name).click()
    settle()


def until_done(made):
    until(part(made, "generate"), "disabled", lambda disabled: not disabled)


def text_of(widget):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", widget.value)).strip()


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
    assert part(made, "result").value == made.comparison._repr_html_()
    assert part(made, "arriving").children == ()
    assert text_of(part(made, "message")) == "4 done."


def test_sounds_show_before_the_last_has_come(gate, gated):
    fill(gated, template="a bell\na held bell", takes=1, seconds="1")
    click(gated, "generate")
    until(part(gated, "arriving"), "children", bool)
    (card,) = part(gated, "arriving").children
    assert card.value == gated.takes[0]._repr_html_()
    assert "a held bell" in part(gated, "jobs").value
    assert part(gated, "generate").disabled
    assert not part(gated, "stop").disabled
    gate.open.set()
    until_done(gated)
    assert gated.comparison.prompts == ("a bell", "a held bell")
    assert part(gated, "jobs").value == ""
    assert part(gated, "stop").disabled


def test_a_second_click_while_sounds_are_made_asks_for_nothing_more(gate, gated):
    fill(gated, template="a held bell", takes=1, seconds="1")
    click(gated, "generate")
    click(gated, "generate")
    gate.open.set()
    until_done(gated)
    assert len(gated.takes) == 1


def test_stopping_keeps_what_has_come_in_the_order_asked(gated):
    fill(gated, template="a held {small|big} bell\na {small|big} bell", takes=1, seconds="1")
    click(gated, "generate")
    until(part(gated, "arriving"), "children", lambda cards: len(cards) == 2)
    click(gated, "stop")
    until_done(gated)
    assert gated.comparison.prompts == ("a small bell", "a big bell")
    said = text_of(part(gated, "message"))
    assert re.match(
        "Stopped, with .*(in the queue|being made), 2 done. What was submitted may", said
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


def test_two_panels_do_not_know_of_each_other(studio):
    one, other = panel(studio), panel(studio)
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

    made._handing_over(fail)(None)
    until(part(made, "message"), "value", lambda value: "ZeroDivisionError" in value)


def test_the_panel_says_who_makes_the_sounds_and_never_shows_a_key(made, gated):
    assert "embedded engine, not MusicGPT" in part(made, "source").value
    assert "127.0.0.1" in part(gated, "source").value
    key = gated._studio.settings.api_key.reveal()
    assert not any(key in repr(widget.get_state()) for widget in all_widgets(gated.widget))


def test_everything_that_can_be_touched_has_a_label(made):
    touched = (ipywidgets.Button, ipywidgets.Text, ipywidgets.Textarea, ipywidgets.IntText)
    parts = [widget for widget in all_widgets(made.widget) if isinstance(widget, touched)]
    assert [widget.description for widget in parts] == [
        "Prompts, one a line; {this|that} makes one of each",
        "Takes of each",
        "Seconds, 1 to 60",
        "Generate 4 sounds",
        "Stop",
        "Keep in notebook",
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
