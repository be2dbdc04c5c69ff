"""The player as a person meets it on an exported page: heard, seen, by keys alone, on paper."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from pypdf import PdfReader

from soundgen_nb.comparison import Comparison
from soundgen_nb.sound import Sound
from soundgen_nb.take import Take
from soundgen_nb.wire import Provenance

pytestmark = pytest.mark.browser

RATE = 44_100
BLOCK = 128 / RATE
WIDTHS = {"wide": 1200, "narrow": 360}


def made(prompt, index, *, seconds=4.0, gain=0.2, hz=1000.0):
    """A tone in noise: something to see, and to read from the picture."""
    times = np.arange(int(seconds * RATE)) / RATE
    rng = np.random.default_rng(index)
    sound = gain * np.sin(2 * np.pi * hz * times) + 0.02 * rng.uniform(-1, 1, len(times))
    mp3 = Sound.from_samples(np.stack([sound, sound]), RATE, format="mp3")
    return Take(prompt, mp3, Provenance(prompt=prompt, engine="by hand"), index=index)


@pytest.fixture(scope="module")
def compared():
    loud = [made("a tone", index, gain=gain) for index, gain in ((1, 0.4), (2, 0.1))]
    return Comparison.from_takes([*loud, made("a short tone", 1, seconds=1.5, hz=3000.0)])


@pytest.fixture(scope="module")
def exported(compared, tmp_path_factory):
    return compared.export(tmp_path_factory.mktemp("pages") / "x.html", title="Tones").as_uri()


@pytest.fixture
def visit(browser):
    """Opens a page in a window of its own, offline; afterwards nothing may have gone wrong."""
    contexts, troubles = [], []

    def open_page(address, **options):
        context = browser.new_context(
            offline=True, **{"viewport": {"width": 1200, "height": 900}} | options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(message.text))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def page(visit, exported):
    return visit(exported)


STATE = """() => {
  const player = document.querySelector('.sg-live').soundgenPlayer;
  const {active, playing, position, looping, region, match, axis, view, deck} = player;
  const clock = deck?.context.currentTime ?? 0;
  return {active, playing, position, looping, region, match, axis, view, clock};
}"""

UNTIL = """async condition => {
  const player = document.querySelector('.sg-live').soundgenPlayer;
  const begun = performance.now();
  const holds = () => ({
    sounds: player.playing && player.position > 0.05,
    rests: !player.playing,
    loud: player.outlet?.ears?.some(ear => {
      const heard = new Float32Array(2048);
      ear.getFloatTimeDomainData(heard);
      return heard.some(each => Math.abs(each) > 0.01);
    }),
  })[condition];
  while (!holds()) {
    if (performance.now() - begun > 20000) throw new Error(`not yet: ${condition}`);
    await new Promise(requestAnimationFrame);
  }
  return performance.now() - begun;
}"""


def state(page):
    return page.evaluate(STATE)


def until(page, condition):
    return page.evaluate(UNTIL, condition)


def play(page):
    page.locator(".sg-bar .sg-play").first.click()
    until(page, "sounds")


def test_the_player_takes_the_place_of_the_plain_players(page):
    expect(page.locator(".sg-bar")).to_be_visible()
    expect(page.locator("audio")).to_have_count(3)
    expect(page.locator("audio:visible")).to_have_count(0)
    expect(page.locator(".sg-pick")).to_have_text(["1", "2", "3"])


def test_a_click_gives_sound_and_another_silence(page):
    play(page)
    until(page, "loud")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.locator(".sg-bar .sg-play").click()
    until(page, "rests")
    assert 0 < state(page)["position"] < 4


SWITCH = """async () => {
  const player = document.querySelector('.sg-live').soundgenPlayer;
  const lead = () => player.position - player.deck.context.currentTime;
  await player.deck.load(0);
  await player.deck.load(1);
  const before = lead();
  const begun = performance.now();
  await player.pick(1);
  const called = performance.now() - begun;
  const turned = player.deck.turnedAt - player.deck.context.currentTime;
  return {off: lead() - before, called, turned};
}"""


def test_switching_while_it_plays_leaves_the_clock_where_it_was(page):
    play(page)
    switched = page.evaluate(SWITCH)
    assert abs(switched["off"]) < BLOCK
    assert state(page)["active"] == 1
    expect(page.locator(".sg-active .sg-pick")).to_have_text("2")
    until(page, "loud")


def test_the_gains_that_match_are_shown_and_can_be_switched_off(page, compared):
    levels = [take.measures.loudness_lufs for take in compared]
    shown = [float(text.removesuffix(" dB")) for text in gains(page)]
    matched = [level + gain for level, gain in zip(levels, shown, strict=True)]
    assert max(matched) - min(matched) < 0.11  # a decimal is shown
    page.get_by_role("button", name="Match loudness").click()
    assert gains(page) == ["as received"] * 3
    page.reload()
    assert gains(page) == ["as received"] * 3


def gains(page):
    return page.locator(".sg-gain").all_inner_texts()


def at(page, card, x, y):
    """A place in a card's pictures, in fractions from the left and from the top."""
    box = page.locator(".sg-canvas").nth(card).bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def test_a_press_in_a_picture_goes_there_and_a_drag_with_shift_makes_a_loop(page):
    page.mouse.click(*at(page, 1, 0.5, 0.8))
    assert state(page)["position"] == pytest.approx(2, abs=0.02)
    assert state(page)["active"] == 1
    page.keyboard.down("Shift")
    page.mouse.move(*at(page, 1, 0.25, 0.8))
    page.mouse.down()
    page.mouse.move(*at(page, 1, 0.375, 0.8), steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    region = state(page)["region"]
    assert region["from"] == pytest.approx(1, abs=0.02)
    assert region["to"] == pytest.approx(1.5, abs=0.02)
    play(page)
    assert page.evaluate(WITHIN, 90) == [True] * 90
    page.keyboard.press("Escape")
    assert state(page)["looping"] is False


WITHIN = """async frames => {
  const player = document.querySelector('.sg-live').soundgenPlayer;
  await new Promise(done => setTimeout(done, 100));
  const inside = [];
  while (inside.length < frames) {
    inside.push(player.position > 0.95 && player.position < 1.55);
    await new Promise(requestAnimationFrame);
  }
  return inside;
}"""


@pytest.mark.parametrize("axis", ["log", "mel", "linear"])
def test_the_pixel_under_the_pointer_is_told_in_seconds_hertz_and_decibels(page, compared, axis):
    page.get_by_label("Frequency axis").select_option(axis)
    picture = page.locator(".sg-card").first.locator(".sg-spectrogram:visible")
    box = picture.bounding_box()
    heights = {"log": np.log(1000 / 20) / np.log(22_050 / 20), "mel": 0.25, "linear": 0.0445}
    tone = page.evaluate(LOUDEST_ROW) if axis == "mel" else 1 - heights[axis]
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + tone * box["height"])
    seconds, frequency, level = page.locator(".sg-readout:visible").inner_text().split(" \u00b7 ")
    assert seconds == "2.00 s"
    assert hertz(frequency) == pytest.approx(1000, rel=0.1)
    told = float(level.removesuffix(" dB"))
    assert told == pytest.approx(compared.analyses[0].spectrogram.loudest_db, abs=1.1)


def hertz(text):
    number, unit = text.split()
    return float(number) * (1000 if unit == "kHz" else 1)


LOUDEST_ROW = """() => {
  const canvas = document.querySelector('.sg-card canvas.sg-spectrogram');
  const {width, height} = canvas;
  const column = canvas.getContext('2d').getImageData(width / 2, 0, 1, height).data;
  const light = Array.from({length: height}, (_, y) => column[4 * y] + column[4 * y + 1]);
  return (light.indexOf(Math.max(...light)) + 0.5) / height;
}"""


def test_the_keyboard_alone_is_enough(page):
    press = page.keyboard.press
    press("2")
    until(page, "sounds")
    assert state(page)["active"] == 1
    press("ArrowUp")
    assert state(page)["active"] == 0
    press(" ")
    until(page, "rests")
    press("Home")
    press("ArrowRight")
    assert state(page)["position"] == pytest.approx(1)
    press("[")
    press("ArrowRight")
    press("]")
    assert state(page)["region"] == {"from": 1, "to": 2}
    press("l")
    assert state(page)["looping"] is False
    press("m")
    expect(page.get_by_role("button", name="Match loudness")).to_have_attribute(
        "aria-pressed", "false"
    )
    press("+")
    view = state(page)["view"]
    assert view["to"] - view["from"] == pytest.approx(2)
    press("0")
    press("f")
    assert state(page)["axis"] == "mel"
    press("?")
    expect(page.locator(".sg-help")).to_be_visible()
    press("Escape")
    expect(page.locator(".sg-help")).to_be_hidden()


def test_the_tab_key_reaches_every_control_in_reading_order_and_shows_where_it_is(page):
    reached = []
    while "sg-pick" not in (reached[-1:] or [""])[0]:
        page.keyboard.press("Tab")
        reached.append(page.evaluate("() => document.activeElement.className"))
        outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
    assert [name.removeprefix("sg-") for name in reached] == [
        *("play", "position", "volume", "match", "loop", "farther", "nearer", "", "keys", "pick"),
    ]


@pytest.mark.parametrize("how", ["by pointer", "by keys"])
def test_a_take_is_downloaded_byte_for_byte_under_a_name_of_its_own(page, compared, how):
    link = page.get_by_role("link", name="Download a tone \u00b7 take 2", exact=True)
    act = link.click if how == "by pointer" else lambda: link.press("Enter")
    for _ in range(2):  # the second time its address is there already
        with page.expect_download() as caught:
            act()
        assert Path(caught.value.path()).read_bytes() == compared[1].sound.data
        assert caught.value.suggested_filename == "a-tone-take-2.mp3"
    expect(page.locator(".sg-playing")).to_have_count(0)


def test_what_happens_is_said(page):
    said = page.get_by_role("status")
    page.locator(".sg-pick").nth(2).click()
    expect(said).to_have_text("Playing 3: a short tone \u00b7 take 1")
    until(page, "rests")  # it is over after a second and a half
    expect(said).to_have_text("The end")
    page.keyboard.press("l")
    expect(said).to_have_text("Loop: the whole take")


def test_one_voice_on_a_page(visit, compared, tmp_path):
    outputs = "".join(each._repr_html_() for each in (compared, compared.takes[:2]))
    (tmp_path / "two.html").write_text(
        f"<!doctype html><title>two</title>{outputs}"
        f"<audio controls src='{compared[0].sound.data_uri}'></audio>"
    )
    page = visit((tmp_path / "two.html").as_uri())
    expect(page.locator(".sg-bar")).to_have_count(2)
    play(page)
    page.locator(".sg-bar .sg-play").nth(1).click()
    until(page, "rests")
    expect(page.locator(".sg-playing")).to_have_count(1)
    page.locator("body > audio").evaluate("audio => audio.play()")
    expect(page.locator(".sg-playing")).to_have_count(0)


# to look at the page from here counts as a gesture: it tells of the hint by itself
UNASKED = """window.addEventListener('load', () => {
  const root = document.querySelector('.sg-live');
  const tell = () => {
    const hint = root.querySelector('[role=alert]:not([hidden])');
    if (hint) console.info(hint.textContent);
  };
  new MutationObserver(tell).observe(root, {attributes: true, childList: true, subtree: true});
  root.soundgenPlayer.play();
})"""


def test_where_the_browser_holds_sound_back_a_hint_says_so_until_a_gesture(browser, exported):
    page = browser.new_page()
    page.add_init_script(UNASKED)
    with page.expect_console_message(lambda said: "The browser holds sound back" in said.text):
        page.goto(exported)
    page.locator("h1").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    until(page, "loud")
    page.close()


def test_many_takes_cost_nothing_until_they_are_wanted(visit, tmp_path):
    takes = [made(f"tone {n}", 1, seconds=0.5, hz=100.0 * n) for n in range(1, 31)]
    page = visit(Comparison.from_takes(takes).export(tmp_path / "many.html").as_uri())
    expect(page.locator(".sg-pick")).to_have_count(30)
    assert page.evaluate(HELD) == [0, 0]
    page.keyboard.press("l")
    play(page)
    page.get_by_label("Frequency axis").select_option("mel")
    decoded, drawn = page.evaluate(HELD)
    assert 1 <= decoded <= 12
    assert 1 <= drawn < 30
    page.keyboard.press("ArrowUp")  # to the last, which was not decoded
    until(page, "loud")
    page.locator(".sg-card").last.scroll_into_view_if_needed()
    expect(page.locator(".sg-card").last.locator("canvas.sg-spectrogram")).to_be_visible()


HELD = """() => {
  const player = document.querySelector('.sg-live').soundgenPlayer;
  return [player.deck?.voices.size ?? 0, document.querySelectorAll('canvas.sg-spectrogram').length];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_nothing_stands_in_the_way_of_anyone(visit, exported, screenshots, scheme, width):
    page = visit(exported, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.keyboard.press("?")
    play(page)
    page.keyboard.press("2")
    page.keyboard.press("l")
    assert Axe().run(page).response["violations"] == []
    across = page.evaluate("() => document.documentElement.scrollWidth")
    assert across <= width
    page.screenshot(path=screenshots / f"player-{scheme}-{width}.png", full_page=True)


def test_at_200_percent_zoom_everything_is_still_there(visit, exported):
    # what a window of 1200 px shows when zoomed to 200 %
    page = visit(exported, viewport={"width": 600, "height": 450}, device_scale_factor=2)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 600
    for name in ("Play", "Match loudness", "Loop", "Zoom in", "Keys"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()


def test_less_motion_for_those_who_ask_for_less(visit, exported):
    steps = [
        moves(visit(exported, reduced_motion=motion)) for motion in ("no-preference", "reduce")
    ]
    assert steps[1] < steps[0] / 2


def moves(page):
    """How often the playhead moves in thirty frames of the screen."""
    play(page)
    return page.evaluate("""async () => {
      const head = document.querySelector('.sg-head-line');
      const seen = new Set();
      for (let frame = 0; frame < 30; frame += 1) {
        await new Promise(requestAnimationFrame);
        seen.add(head.style.transform);
      }
      return seen.size;
    }""")


def test_where_scripts_are_stripped_plain_players_and_pictures_remain(visit, exported):
    page = visit(exported, java_script_enabled=False)
    expect(page.locator("audio:visible")).to_have_count(3)
    expect(page.locator("img.sg-spectrogram:visible")).to_have_count(3)
    expect(page.locator(".sg-bar")).to_have_count(0)


def test_where_players_and_styles_are_stripped_too_pictures_and_text_remain(
    visit, compared, tmp_path
):
    html = compared.export(tmp_path / "x.html").read_text(encoding="utf-8")
    for gone in ("script", "style", "audio"):
        html = re.sub(rf"<{gone}.*?</{gone}>", "", html, flags=re.DOTALL)
    (tmp_path / "bare.html").write_text(html, encoding="utf-8")
    page = visit((tmp_path / "bare.html").as_uri())
    expect(page.locator("pre")).to_contain_text("a tone \u00b7 take 1: 4.00 s, ")
    expect(page.locator("img:visible")).to_have_count(7)


def test_on_paper_there_are_pictures_and_numbers_and_no_buttons(page, screenshots):
    page.emulate_media(media="print")
    expect(page.locator("button:visible, audio:visible, input:visible")).to_have_count(0)
    expect(page.locator("img.sg-spectrogram:visible")).to_have_count(3)
    page.screenshot(path=screenshots / "player-print.png", full_page=True)


BELOW = "() => document.querySelector('.sg-live').soundgenPlayer.wall.cards.some(it => !it.near)"


def printed(page, path):
    """The text of each page of A4 that a browser prints."""
    margin = dict.fromkeys(("top", "bottom", "left", "right"), "1cm")
    page.pdf(path=path, format="A4", margin=margin)
    return [each.extract_text() for each in PdfReader(path).pages]


def test_on_paper_all_pictures_show_what_those_in_sight_show(visit, exported, tmp_path):
    page = visit(exported, viewport={"width": 400, "height": 500})
    page.wait_for_function(BELOW)
    for key in ("+", "+", "f"):
        page.keyboard.press(key)
    text = "".join(printed(page, tmp_path / "x.pdf"))
    assert text.count("0.8 s") == text.count("5 kHz") == 3
    assert "Shown: from 0.00 to 1.00 seconds." in text


@pytest.fixture(scope="module")
def paper(browser, tmp_path_factory):
    """The pages of thirty prompts, two takes each, with ids as long as those of the API."""
    folder = tmp_path_factory.mktemp("paper")
    takes = [
        with_origin(made(f"tone {n}", index, seconds=0.2, hz=100.0 * n), 100 * n + index)
        for n in range(1, 31)
        for index in (1, 2)
    ]
    page = browser.new_page(offline=True)
    page.goto(Comparison.from_takes(takes).export(folder / "many.html").as_uri())
    yield printed(page, folder / "many.pdf")
    page.close()


def with_origin(take, number):
    """The take with what the embedded engine and the API say of one."""
    ids = {"task_id": f"{number:032}", "conversion_id": f"{number + 7:032}", "ended_at": number}
    brief = {"sentence": "I understood: tone."}
    return replace(take, provenance=replace(take.provenance, brief=brief, **ids))


def test_on_paper_no_heading_stands_alone_at_the_foot_of_a_page(paper):
    for n in range(1, 31):
        lines = next(lines for lines in map(str.splitlines, paper) if f"tone {n}" in lines)
        below = lines[lines.index(f"tone {n}") + 1 :]
        assert below[:2] == ["I understood: tone.", "take 1"]
    (lines,) = [page.splitlines() for page in paper if "Between prompts, and" in page]
    assert any(line.startswith("tone 1 2 ") for line in lines)


def test_on_paper_what_stands_below_all_prompts_is_said_once(paper):
    assert sum("Takes Loudness" in page for page in paper) > 1
    assert "".join(paper).count("Spread between prompts") == 1


def test_on_paper_no_column_is_cut_off(paper):
    text = "".join("".join(paper).split())
    for number in (101, 3002):
        assert f"{number:032}{number + 7:032}" in text
    assert "00:01:41UTC" in text
