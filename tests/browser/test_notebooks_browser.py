"""The second notebook as a person meets it: run, played, themed, saved, opened again, exported."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "02-compare-prompts.ipynb"
TAKES = 12

pytestmark = pytest.mark.browser

PLAYABLE = """async elements => Promise.all(elements.map(audio => new Promise((done, fail) => {
  audio.addEventListener('canplaythrough', () => done(audio.duration), {once: true});
  audio.addEventListener('error', () => fail(new Error(audio.error.message)), {once: true});
  audio.preload = 'auto';
  audio.load();
})))"""

PLAYED = """async audio => {
  await audio.play();
  await new Promise(done => audio.addEventListener('timeupdate', done));
  await new Promise(done => audio.addEventListener('timeupdate', done));
  audio.pause();
  return audio.currentTime;
}"""

# a picture below the fold counts too: decode() loads it first
WIDTHS = """images => Promise.all(images.map(async image => {
  await image.decode();
  return image.naturalWidth;
}))"""


@pytest.fixture(scope="module")
def ran(desk):
    """The notebook, run from top to bottom and saved."""
    shutil.copy(NOTEBOOK, desk.lab.folder)
    desk.open(NOTEBOOK.name)
    desk.run_all()
    desk.page.locator(".soundgen-panel").wait_for()
    desk.command("docmanager:save")
    return desk


def cards(page):
    return page.locator(".jp-OutputArea-output .sg-group .sg-card")


def test_every_take_has_a_card_that_can_be_played(ran):
    assert cards(ran.page).count() == TAKES
    seconds = cards(ran.page).locator("audio").evaluate_all(PLAYABLE)
    assert len(seconds) == TAKES
    assert all(3.9 < each < 4.2 for each in seconds)
    assert cards(ran.page).locator("audio").first.evaluate(PLAYED) > 0


def test_every_picture_is_there(ran):
    widths = ran.page.locator(".jp-OutputArea-output img").evaluate_all(WIDTHS)
    assert len(widths) > 2 * TAKES
    assert min(widths) > 0


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_cards_can_be_read_in_every_theme(ran, screenshots, theme):
    ran.command("apputils:change-theme", f"{{theme: 'JupyterLab {theme}'}}")
    ran.page.locator(f'body[data-jp-theme-name="JupyterLab {theme}"]').wait_for(state="attached")
    ran.picture(screenshots / f"notebook-02-{theme.lower()}.png")
    assert contrast(cards(ran.page).first) > 7
    ran.command("apputils:change-theme", "{theme: 'JupyterLab Light'}")


def test_a_saved_notebook_opened_again_still_has_cards_that_play(ran):
    ran.open(NOTEBOOK.name)
    assert cards(ran.page).count() == TAKES
    assert len(cards(ran.page).locator("audio").evaluate_all(PLAYABLE)) == TAKES


def test_an_exported_page_plays_from_a_file_with_no_network(ran, browser, screenshots):
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 1000})
    page, troubles = context.new_page(), []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text))
    page.goto((ran.lab.folder / "rain.html").as_uri())
    assert page.title() == "Rain, four ways"
    assert len(page.locator("audio").evaluate_all(PLAYABLE)) == TAKES
    assert page.locator("audio").first.evaluate(PLAYED) > 0
    assert min(page.locator("img").evaluate_all(WIDTHS)) > 0
    page.screenshot(path=screenshots / "export.png", full_page=True)
    context.close()
    assert troubles == []


def contrast(card):
    """How far ink and ground lie apart, after WCAG 2: from 1 to 21."""
    return card.evaluate("""card => {
      const luminance = colour => {
        const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255);
        const [r, g, b] = parts.map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ink = luminance(getComputedStyle(card).color);
      const ground = luminance(getComputedStyle(card.closest('.soundgen')).backgroundColor);
      return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    }""")
