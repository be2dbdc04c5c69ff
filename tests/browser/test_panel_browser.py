"""The panel as a person meets it: typed into, clicked, driven by keys alone, stopped, kept."""

from __future__ import annotations

import re
import threading

import nbformat
import pytest
from playwright.sync_api import expect

from soundgen_nb import engine
from soundgen_nb.server import LocalServer

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
    desk.open(desk.lab.write("panel.ipynb", GATED, "panel = sg.panel(studio=held)\npanel"))
    desk.run_all()
    return desk


@pytest.fixture
def made(opened):
    """A fresh panel: the last cell run again."""
    opened.page.locator(".soundgen-panel").wait_for()
    # a panel lives as long as its kernel; a test wants one that nobody has used
    opened.execute("from soundgen_nb.view.panel import front; front._panels.clear(); gate.clear()")
    opened.run_last()
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


def tab(desk, name):
    return part(desk, "tabs").get_by_role("tab", name=name)


def until_focused(desk, wanted):
    """Press Tab until something has the focus, which is a few times at most."""
    for _ in range(20):
        desk.page.keyboard.press("Tab")
        if wanted.evaluate("it => it === document.activeElement"):
            return
    pytest.fail(f"Tab does not lead to {wanted}")


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
    until_focused(made, part(made, "takes").locator("input"))
    made.page.keyboard.type("1")  # what was there is selected on the way in
    press("Tab")
    made.page.keyboard.type("1")
    press("Tab")
    expect(part(made, "generate")).to_be_focused()
    expect(part(made, "generate")).to_have_text("Generate 3 sounds")
    press("Enter")
    expect(cards(made)).to_have_count(3)
    until_focused(made, tab(made, "Listen"))
    press("ArrowRight")
    press("ArrowRight")
    press("Enter")
    expect(tab(made, "Keep")).to_have_attribute("aria-selected", "true")
    expect(part(made, "player").get_by_label("a small bell · take 1")).to_be_visible()
    until_focused(made, part(made, "next"))
    press("Space")
    expect(part(made, "player").get_by_label("a big bell · take 1")).to_be_visible()
    until_focused(made, part(made, "stars").get_by_role("button", name="★★★★", exact=True))
    press("Space")
    expect(part(made, "keep-note")).to_have_text("a big bell · take 1 is rated 4 of 5.")
    until_focused(made, part(made, "words").locator("textarea"))
    made.page.keyboard.type("too bright, dd")  # two letters that delete a cell elsewhere
    press("Tab")
    expect(part(made, "marks").locator("tbody tr")).to_contain_text("too bright, dd")


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
    tab(made, "Keep").click()
    part(made, "keep").click()
    kept = made.page.locator(".jp-OutputArea-output > .soundgen, .jp-RenderedHTML .soundgen")
    expect(kept.locator(".sg-card")).to_have_count(2)
    made.picture(screenshots / "panel-kept.png")
    made.command("docmanager:save")
    saved = nbformat.read(made.lab.folder / "panel.ipynb", as_version=4)
    outputs = saved.cells[-1].outputs
    assert sum(output.data.get("text/html", "").count("<audio") for output in outputs) == 2
    assert "widgets" not in saved.metadata


def pictures(desk, screenshots, name):
    """The panel as it is, in both themes."""
    for theme in ("Dark", "Light"):
        desk.command("apputils:change-theme", f"{{theme: 'JupyterLab {theme}'}}")
        desk.page.locator(f'body[data-jp-theme-name="JupyterLab {theme}"]').wait_for(
            state="attached"
        )
        desk.picture(screenshots / f"panel-{name}-{theme.lower()}.png")


def test_every_tab_has_what_is_promised(made, screenshots):
    made.execute("gate.set()")
    fill(made, template="a {small|big} bell", takes="2")
    part(made, "generate").click()
    expect(cards(made)).to_have_count(4)
    tab(made, "Measure").click()
    expect(part(made, "measured").locator("table")).to_have_count(1)
    pictures(made, screenshots, "measure")
    part(made, "view").get_by_role("button", name="Figure: measures").click()
    expect(part(made, "measured").locator("img")).to_have_count(1)
    tab(made, "Keep").click()
    part(made, "stars").get_by_role("button", name="★★★★★", exact=True).click()
    expect(part(made, "marks").locator("tbody tr")).to_have_count(1)
    part(made, "delete").click()
    expect(part(made, "sure")).to_be_visible()
    pictures(made, screenshots, "keep")
    part(made, "leave").click()
    expect(part(made, "sure")).to_be_hidden()
    tab(made, "History").click()
    part(made, "past-stars").get_by_role("button", name="★★★★★", exact=True).click()
    expect(part(made, "ledger").locator("tbody tr").first).to_contain_text("a small bell")
    expect(part(made, "ledger").locator("audio").first).to_be_visible()
    pictures(made, screenshots, "history")


def test_a_cell_that_is_run_again_shows_the_panel_as_it_was(made):
    made.execute("gate.set()")
    fill(made, template="a bell")
    part(made, "generate").click()
    expect(cards(made)).to_have_count(1)
    tab(made, "Keep").click()
    made.run_last()
    expect(part(made, "panel")).to_have_count(1)
    expect(part(made, "template").locator("textarea")).to_have_value("a bell")
    expect(tab(made, "Keep")).to_have_attribute("aria-selected", "true")
    tab(made, "Listen").click()
    expect(cards(made)).to_have_count(1)


REMOTE = """
import soundgen_nb as sg
sg.connect("{key}", "{url}", polls_per_minute=6000)
sg.panel()
"""


def test_what_a_restarted_kernel_had_submitted_is_resumed_and_not_paid_for_twice(desk):
    gate = threading.Event()

    def perform(prompt, *, seconds, seed):
        gate.wait(120)
        return engine.perform(prompt, seconds=seconds, seed=seed)

    with LocalServer(perform=perform, workers=2) as server:
        cell = REMOTE.format(key=server.api_key, url=server.base_url)
        desk.open(desk.lab.write("restarted.ipynb", cell))
        desk.run_all()
        fill(desk, template="a bell at noon")
        part(desk, "generate").click()
        expect(part(desk, "jobs")).to_contain_text(re.compile("in the queue|being made"))
        desk.restart()
        gate.set()
        desk.run_all()
        part(desk, "resume").get_by_text("Resume 1 sound").click()
        expect(cards(desk)).to_have_count(1)
        expect(part(desk, "message")).to_have_text("1 done.")
        expect(part(desk, "resume")).to_be_hidden()
        assert server.received.submits == {"a bell at noon": 1}
