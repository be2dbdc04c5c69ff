"""A page of takes with the player, against the same page without it: bytes, time, memory.

Pages with and without are loaded in turn; the table gives medians and their ratio, and what only
the player has: from a click to the first sound, from a key to the next take heard whole, and what
is decoded meanwhile. Run: ``pytest -s tests/bench/bench_player.py``.
"""

from __future__ import annotations

import shutil
from statistics import median
from time import perf_counter

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

from soundgen_nb.comparison import Comparison
from soundgen_nb.sound import Sound
from soundgen_nb.take import Take
from soundgen_nb.view import enlivening
from soundgen_nb.wire import Provenance

pytestmark = [
    pytest.mark.bench,
    pytest.mark.skipif(not shutil.which("chromium"), reason="needs Chromium"),
]

RATE, SECONDS, ROUNDS = 44_100, 6, 5

HEAP = "() => { gc(); return performance.memory.usedJSHeapSize / 1e6; }"

FIRST_SOUND = """async () => {
  const player = document.querySelector('.sg-live').soundgenPlayer;
  const heard = new Float32Array(2048);
  const begun = performance.now();
  document.querySelector('.sg-bar .sg-play').click();
  do {
    await new Promise(done => setTimeout(done, 1));
    player.outlet?.ears[0].getFloatTimeDomainData(heard);
  } while (!heard.some(each => Math.abs(each) > 0.01));
  return performance.now() - begun;
}"""

# from the key to the end of the fade, by the clock of the sound
SWITCHES = """async places => {
  const player = document.querySelector('.sg-live').soundgenPlayer;
  const {deck} = player;
  player.setLoop(true);
  const times = [];
  for (const place of places) {
    await new Promise(done => setTimeout(done, 150));
    const begun = deck.context.currentTime;
    await player.pick(place);
    times.push(1000 * (deck.turnedAt + 0.012 - begun));
  }
  return times;
}"""

DECODED = """() => {
  const {deck} = document.querySelector('.sg-live').soundgenPlayer;
  return [deck.voices.size, deck.bytes / 1e6];
}"""


def take(number):
    noise = np.random.default_rng(number).uniform(-0.3, 0.3, (2, SECONDS * RATE))
    sound = Sound.from_samples(noise, RATE, format="mp3")
    origin = Provenance(prompt="noise", engine="by hand")
    return Take(f"noise {number // 3}", sound, origin, index=number % 3 + 1)


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        options = ["--enable-precise-memory-info", "--js-flags=--expose-gc"]
        launched = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=options
        )
        yield launched
        launched.close()


def loaded(browser, path, awaited):
    """A page once it is whole, and the seconds that took."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    begun = perf_counter()
    page.goto(path.as_uri())
    page.locator(awaited).first.wait_for()
    return page, perf_counter() - begun


@pytest.mark.parametrize("count", [12, 60])
def test_a_page_with_the_player_against_the_plain_one(chromium, tmp_path, count):
    live, plain = tmp_path / "live.html", tmp_path / "plain.html"
    Comparison.from_takes([take(number) for number in range(count)]).export(live)
    html = live.read_text(encoding="utf-8")
    plain.write_text(html.replace(enlivening.enlivened(""), ""), encoding="utf-8")
    sizes = [path.stat().st_size for path in (live, plain)]
    times, heaps = {live: [], plain: []}, {}
    for _ in range(ROUNDS):
        for path, awaited in ((live, ".sg-bar"), (plain, "audio")):
            page, seconds = loaded(chromium, path, awaited)
            times[path].append(seconds)
            heaps[path] = page.evaluate(HEAP)
            page.close()
    page, _ = loaded(chromium, live, ".sg-bar")
    first = page.evaluate(FIRST_SOUND)
    near = median(page.evaluate(SWITCHES, [1, 2, 0, 2, 1, 0]))
    decoded, megabytes = page.evaluate(DECODED)
    far = median(
        page.evaluate(SWITCHES, range(count - 1, max(13, count - 6), -1)) or [float("nan")]
    )
    ratio = median(a / b for a, b in zip(times[live], times[plain], strict=True))
    print(
        f"\n{count} takes of {SECONDS} s: page {sizes[0] / 1e6:.2f} MB, {sizes[0] - sizes[1]:,} "
        f"bytes of it the player ({sizes[0] / sizes[1]:.3f} of plain); loaded in "
        f"{median(times[live]) * 1e3:.0f} ms ({ratio:.2f} of plain); heap {heaps[live]:.1f} MB "
        f"(plain {heaps[plain]:.1f} MB), playing {page.evaluate(HEAP):.1f} MB and {decoded} takes "
        f"decoded, {megabytes:.0f} MB; click to first sound {first:.0f} ms; switch {near:.0f} ms, "
        f"to one not decoded yet {far:.0f} ms"
    )
    page.close()
    assert sizes[0] - sizes[1] == len(enlivening.enlivened("").encode())
    assert decoded <= 12
