"""The player in a notebook's outputs: run, keyed, themed, run again, not trusted, converted."""

from __future__ import annotations

import sys
from base64 import b64encode
from pathlib import Path
from subprocess import run

import nbformat
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MADE = """
import numpy as np
import soundgen_nb as sg
from soundgen_nb.wire import Provenance

def take(index, seconds=4):
    noise = np.random.default_rng(index).uniform(-0.1, 0.1, (2, 44_100 * seconds)) * index
    mp3 = sg.Sound.from_samples(noise, 44_100, format="mp3")
    return sg.Take("noise", mp3, Provenance(prompt="noise", engine="by hand"), index=index)

takes = [take(index) for index in (1, 2, 3)]
"""

SOUNDS = """async root => {
  const player = root.soundgenPlayer;
  const begun = performance.now();
  while (!(player.playing && player.position > 0.05)) {
    if (performance.now() - begun > 20000) throw new Error('no sound');
    await new Promise(requestAnimationFrame);
  }
  return player.active;
}"""


@pytest.fixture(scope="module")
def ran(desk):
    desk.open(desk.lab.write("outputs.ipynb", MADE, "takes[0]", "sg.Comparison.from_takes(takes)"))
    desk.run_all()
    desk.command("docmanager:save")
    return desk


SELECTED = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"


def outputs(desk):
    return desk.page.locator(".jp-OutputArea-output .soundgen")


def test_outputs_come_to_life_as_they_are_made(ran):
    expect(outputs(ran)).to_have_count(2)
    expect(ran.page.locator(".sg-live .sg-bar")).to_have_count(2)
    expect(ran.page.locator(".soundgen audio:visible")).to_have_count(0)


def test_keys_that_are_the_players_do_not_reach_the_notebook(ran, screenshots):
    compared = outputs(ran).nth(1)
    kinds = ran.page.locator(".jp-Cell.jp-CodeCell").count()
    compared.locator(".sg-pick").first.click()
    assert compared.evaluate(SOUNDS) == 0
    for key in ("3", "m", "l", "ArrowRight"):  # a heading, markdown, line numbers, the next cell
        ran.page.keyboard.press(key)
    assert compared.evaluate(SOUNDS) == 2
    expect(compared.get_by_role("button", name="Match loudness")).to_have_attribute(
        "aria-pressed", "false"
    )
    expect(compared.get_by_role("button", name="Loop")).to_have_attribute("aria-pressed", "true")
    for control in ("Position", "Frequency axis"):
        compared.get_by_label(control).focus()
        ran.page.keyboard.press("ArrowUp")  # the cell above, for a notebook
        ran.page.evaluate("() => new Promise(done => setTimeout(done))")
        expect(compared.get_by_label(control)).to_be_focused()
        assert ran.page.evaluate(SELECTED) == 2
    compared.locator(".sg-pick").first.focus()
    assert ran.page.locator(".jp-Cell.jp-CodeCell").count() == kinds
    expect(ran.page.locator(".jp-OutputArea-output .sg-playing")).to_have_count(1)
    ran.picture(screenshots / "player-jupyterlab-light.png")
    ran.page.keyboard.press("m")


def downloaded(page, link):
    """What a link gives: a file's name, and its bytes in base64."""
    with page.expect_download() as caught:
        link.press("Enter")
    data = Path(caught.value.path()).read_bytes()
    return caught.value.suggested_filename, f"data:audio/mpeg;base64,{b64encode(data).decode()}"


def test_a_take_alone_is_downloaded_as_it_is(ran):
    one = outputs(ran).first
    link = one.get_by_role("link", name="Download noise")
    saved = downloaded(ran.page, link)
    assert saved == ("noise-take-1.mp3", one.locator("audio").get_attribute("src"))
    expect(link).to_be_focused()  # with Enter a notebook would begin to edit the cell


def test_one_output_at_a_time_is_heard(ran):
    outputs(ran).first.locator(".sg-play").click()
    outputs(ran).first.evaluate(SOUNDS)
    expect(ran.page.locator(".sg-playing")).to_have_count(1)


def test_the_player_wears_the_theme_of_the_notebook(ran, screenshots):
    ran.command("apputils:change-theme", "{theme: 'JupyterLab Dark'}")
    ran.page.locator('body[data-jp-theme-name="JupyterLab Dark"]').wait_for(state="attached")
    ground = (
        outputs(ran)
        .first.locator(".sg-bar")
        .evaluate("bar => getComputedStyle(bar).backgroundColor")
    )
    assert sum(map(int, ground.removeprefix("rgb(").removesuffix(")").split(","))) < 150
    ran.picture(screenshots / "player-jupyterlab-dark.png")
    ran.command("apputils:change-theme", "{theme: 'JupyterLab Light'}")


def test_an_output_that_is_made_again_falls_silent_and_lives_again(ran):
    outputs(ran).first.locator(".sg-play").focus()
    ran.run_all()
    expect(ran.page.locator(".sg-live .sg-bar")).to_have_count(2)
    expect(ran.page.locator(".sg-playing")).to_have_count(0)
    outputs(ran).nth(1).locator(".sg-pick").nth(1).click()
    assert outputs(ran).nth(1).evaluate(SOUNDS) == 1
    outputs(ran).nth(1).locator(".sg-bar .sg-play").click()


WIDGET = """
import ipywidgets
player = sg.player(takes)
told = ipywidgets.Label().add_class("told")
player.observe(lambda change: setattr(told, "value", f"take {player.active}"), "active")
display(told, player)
"""


def test_the_widget_plays_bytes_follows_code_and_is_followed_by_it(ran, screenshots):
    ran.open(ran.lab.write("widget.ipynb", MADE, WIDGET))
    ran.run_all()
    widget = ran.page.locator(".jp-OutputArea-output .sg-live")
    expect(widget.locator("audio[src]")).to_have_count(0)
    widget.locator(".sg-pick").nth(1).click()
    assert widget.evaluate(SOUNDS) == 1
    expect(ran.page.locator(".told")).to_have_text("take 1")
    ran.execute("player.active = 2")
    expect(widget.locator(".sg-active .sg-pick")).to_have_text("3")
    ran.execute("player.playing = False")
    expect(ran.page.locator(".sg-playing")).to_have_count(0)
    ran.execute("player.position = 1.5")
    expect(widget.locator(".sg-clock")).to_have_text("0:01.5 / 0:04.0")
    name, data = downloaded(ran.page, widget.get_by_role("link", name="take 3"))
    ran.execute(f"told.value = str(takes[2].sound.data_uri == '{data}')")
    expect(ran.page.locator(".told")).to_have_text("True")
    assert name == "noise-take-3.mp3"
    ran.picture(screenshots / "player-widget.png")
    ran.shut()


MANY = """
import numpy as np
import soundgen_nb as sg

hiss = sg.Sound.from_samples(np.random.default_rng(1).uniform(-0.1, 0.1, 44_100), 44_100)
file = hiss.save("hiss.wav")
frame = sg.measure([file] * 600)
print(frame["seconds"].sum())
"""

BARS = """() => {
  window.bars = [];
  new MutationObserver(() => {
    const bar = document.querySelector('.soundgen-progress [role=progressbar]');
    if (bar) window.bars.push(parseInt(bar.ariaValueNow ?? bar.getAttribute('aria-valuenow')));
  }).observe(document.body, {subtree: true, childList: true});
}"""


def test_a_bar_tells_how_far_the_measuring_of_files_is_and_goes(ran, screenshots):
    ran.open(ran.lab.write("many.ipynb", MANY))
    ran.page.evaluate(BARS)
    ran.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    bar = ran.page.locator(".jp-OutputArea-output .soundgen-progress")
    expect(bar).to_contain_text("/600")
    ran.page.screenshot(path=screenshots / "measuring.png")
    expect(ran.page.locator(".jp-OutputArea-output").last).to_have_text("600.0")
    expect(bar).to_have_count(0)
    seen = ran.page.evaluate("() => window.bars")
    assert len(set(seen)) > 1
    assert seen == sorted(seen)
    ran.shut()


def test_in_an_untrusted_notebook_plain_players_and_pictures_remain(ran):
    saved = nbformat.read(ran.lab.folder / "outputs.ipynb", as_version=4)
    saved.metadata["changed"] = "so its signature is nobody's"
    saved.cells[0].source += "\n# changed elsewhere"
    for cell in saved.cells:
        cell.metadata.pop("trusted", None)
        cell.outputs = [*cell.outputs, nbformat.v4.new_output("stream", text="from elsewhere")]
    nbformat.write(saved, ran.lab.folder / "elsewhere.ipynb")
    ran.open("elsewhere.ipynb")
    expect(outputs(ran)).to_have_count(2)
    expect(ran.page.locator(".sg-live")).to_have_count(0)
    expect(ran.page.locator(".jp-OutputArea-output audio:visible")).to_have_count(4)
    expect(ran.page.locator(".jp-OutputArea-output img.sg-spectrogram")).to_have_count(4)
    assert "matchGains" not in ran.page.locator(".jp-Notebook").inner_text()


def test_a_notebook_converted_to_html_has_the_player(ran, browser, screenshots):
    name = ran.lab.folder / "outputs.ipynb"
    run([sys.executable, "-m", "nbconvert", "--to", "html", name], check=True, capture_output=True)
    page = browser.new_page(offline=True)
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(name.with_suffix(".html").as_uri())
    expect(page.locator(".sg-live .sg-bar")).to_have_count(2)
    page.locator(".sg-pick").nth(2).click()
    assert page.locator(".sg-live").nth(1).evaluate(SOUNDS) == 2
    page.screenshot(path=screenshots / "player-nbconvert.png", full_page=True)
    page.close()
    assert troubles == []
