"""The panel as a person meets it: typed into, clicked, driven by keys alone, stopped, kept."""

from __future__ import annotations

import re

import nbformat
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

# a local server, so that a sound can be held back until the test has looked
GATED = """
import threading
import soundgen_nb as sg
from soundgen_nb import engine

gate = threading.Event()

def perform(prompt, *, seconds, seed):
    if "held" in prompt:
        gate.wait(120)
    return engine.perform(prompt, seconds=seconds, seed=seed)

server = sg.LocalServer(perform=perform, workers=8).start()
held = sg.Studio(sg.Settings.load(
    api_key=server.api_key, base_url=server.base_url, polls_per_minute=6000, parallel=8
))
warm = sg.generate("a bell", seconds=1)  # whatever is slow the first time is over
"""


@pytest.fixture(scope="module")
def opened(desk):
    desk.open(desk.lab.write("panel.ipynb", GATED, "panel = sg.panel(held)\npanel"))
    desk.run_all()
    return desk


@pytest.fixture
def made(opened):
    """A fresh panel: the last cell run again."""
    opened.page.locator(".soundgen-panel").wait_for()
    opened.page.evaluate("""async () => {
      const {content} = window.jupyterapp.shell.currentWidget;
      content.activeCellIndex = content.widgets.length - 1;
      await window.jupyterapp.commands.execute('notebook:run-cell');
    }""")
    opened.execute("gate.clear()")
    expect(part(opened, "panel")).to_have_count(1)
    expect(part(opened, "generate")).to_have_text("Generate 4 sounds")
    return opened


def part(desk, name):
    return desk.page.locator(f".soundgen-{name}")


def fill(desk, *, template, takes="1", seconds="1"):
    part(desk, "template").locator("textarea").fill(template)
    part(desk, "takes").locator("input").fill(takes)
    part(desk, "takes").locator("input").press("Tab")
    part(desk, "seconds").locator("input").fill(seconds)


def cards(desk):
    return part(desk, "result").locator(".sg-card")


def test_typing_shows_the_prompts_and_an_unclosed_brace_is_told_at_once(made, screenshots):
    field = part(made, "template").locator("textarea")
    field.fill("")
    field.press_sequentially("{soft|loud} bell")
    expect(part(made, "template-note").locator("li")).to_have_text(["soft bell", "loud bell"])
    field.press_sequentially(" in a {hall")
    alert = part(made, "template-note").get_by_role("alert")
    expect(alert).to_have_text(
        "a brace opens and does not close at character 23: …} bell in a {hall…"
    )
    made.picture(screenshots / "panel-error.png")
    field.press_sequentially("|field}")
    expect(alert).to_have_count(0)
    expect(part(made, "template-note").locator("li")).to_have_count(4)


def test_a_number_that_cannot_be_is_told_beside_it(made, screenshots):
    fill(made, template="a bell", seconds="2.5")
    expect(part(made, "numbers-note").get_by_role("alert")).to_contain_text(
        "seconds must be a whole number from 1 to 60, not 2.5"
    )
    made.picture(screenshots / "panel-number.png")


def test_a_click_shows_progress_then_sounds_as_they_come_then_the_comparison(made, screenshots):
    fill(made, template="a {small|big} bell\na held bell")
    expect(part(made, "generate")).to_have_text("Generate 3 sounds")
    part(made, "generate").click()
    expect(part(made, "jobs").get_by_role("progressbar")).to_have_count(3)
    expect(part(made, "arriving").locator(".sg-card")).to_have_count(2)
    expect(part(made, "generate")).to_be_disabled()
    made.picture(screenshots / "panel-running.png")
    made.execute("gate.set()")
    expect(cards(made)).to_have_count(3)
    expect(part(made, "jobs").get_by_role("progressbar")).to_have_count(0)
    expect(part(made, "message")).to_have_text("3 done.")
    made.picture(screenshots / "panel-result.png")


def test_the_keyboard_alone_is_enough(made):
    made.execute("gate.set()")
    press = made.page.keyboard.press
    part(made, "template").locator("textarea").focus()
    press("Control+a")
    made.page.keyboard.type("a {small|big} bell")
    press("Shift+Enter")  # runs a cell elsewhere in a notebook, and would take the panel away
    made.page.keyboard.type("a gong")
    press("Tab")
    made.page.keyboard.type("1")  # what was there is selected on the way in
    press("Tab")
    made.page.keyboard.type("1")
    press("Tab")
    expect(part(made, "generate")).to_be_focused()
    expect(part(made, "generate")).to_have_text("Generate 3 sounds")
    press("Enter")
    expect(cards(made)).to_have_count(3)


def test_stop_ends_what_is_under_way_and_keeps_what_came(made):
    fill(made, template="a bell\na held bell")
    part(made, "generate").click()
    expect(part(made, "arriving").locator(".sg-card")).to_have_count(1)
    part(made, "stop").click()
    heard = re.compile("^Stopped, with 1 (in the queue|being made), 1 done.")
    expect(part(made, "message")).to_have_text(heard)
    expect(cards(made)).to_have_count(1)
    expect(part(made, "stop")).to_be_disabled()
    expect(part(made, "generate")).to_be_enabled()


def test_what_is_kept_is_in_the_saved_notebook_without_the_widgets(made, screenshots):
    fill(made, template="a {small|big} bell")
    part(made, "generate").click()
    expect(cards(made)).to_have_count(2)
    part(made, "keep").click()
    kept = made.page.locator(".jp-OutputArea-output > .soundgen, .jp-RenderedHTML .soundgen")
    expect(kept.locator(".sg-card")).to_have_count(2)
    made.picture(screenshots / "panel-kept.png")
    made.command("docmanager:save")
    saved = nbformat.read(made.lab.folder / "panel.ipynb", as_version=4)
    outputs = saved.cells[-1].outputs
    assert sum(output.data.get("text/html", "").count("<audio") for output in outputs) == 2
    assert "widgets" not in saved.metadata
