"""A panel as tests use it: its parts by name, clicks, and waiting for what comes of them."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from html import unescape

from soundgen_nb import engine
from soundgen_nb.background import background
from soundgen_nb.server import LocalServer
from soundgen_nb.settings import Key, Settings
from soundgen_nb.studio import Studio
from soundgen_nb.view.panel import Panel

WITHIN_SECONDS = 30


class Gate:
    """An engine that makes sounds of held prompts only once the gate is open.

    Those that are held longer have a gate of their own.
    """

    def __init__(self) -> None:
        self.open, self.later = threading.Event(), threading.Event()

    def give_up(self) -> None:
        """Hold nothing back any longer."""
        self.open.set()
        self.later.set()

    def perform(self, prompt, *, seconds, seed):
        if "held" in prompt:
            (self.later if "longer" in prompt else self.open).wait(WITHIN_SECONDS)
        return engine.perform(prompt, seconds=seconds, seed=seed)


@contextmanager
def served(perform, **board):
    """A local server on which an engine's sounds can be held back."""
    with LocalServer(perform=perform, workers=8, **board) as server:
        yield server


@contextmanager
def kernel(server, home):
    """A Studio as a kernel of its own would have it."""
    settings = Settings(
        api_key=Key(server.api_key),
        base_url=server.base_url,
        home=home,
        polls_per_minute=6000,
        parallel=8,
    )
    with Studio(settings) as studio:
        yield studio


def ready(studio, comparison=None):
    """A panel that has looked at everything it looks at in the beginning."""
    made = Panel(studio, comparison)
    # what is filled in last, with something open and with nothing
    name, trait = ("keep", "disabled") if comparison is None else ("file", "value")
    until(part(made, name), trait, bool)
    return made


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
        part(made, name.replace("_", "-")).value = value
    settle()


def settle():
    """Everything handed to the loop so far has been begun."""

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
    assert met.wait(WITHIN_SECONDS), f"{trait} is still {getattr(widget, trait)!r:.200}"
    widget.unobserve(look, trait)


def until_told(made, name, words):
    """Wait until a note says this."""
    until(part(made, name), "value", lambda value: words in plain(value))


def click(made, name):
    part(made, name).click()
    settle()


def until_accepted(made, count):
    """Wait until so many sounds are waited for that the API has a job of.

    What is stopped sooner may have been accepted or not, and is not resumed.
    """
    until(
        part(made, "jobs"),
        "value",
        lambda html: len(re.findall("in the queue|being made", html)) == count,
    )


def until_offered(made, label):
    """Wait until what was left behind can be fetched."""
    until(part(made, "resume").layout, "display", lambda display: display is None)
    until(part(made, "resume"), "description", lambda description: description == label)


def until_done(made):
    until(part(made, "generate"), "disabled", lambda disabled: not disabled)


def generate(made, template, *, takes=1, seconds="1"):
    """Make sounds of it, and wait for them."""
    fill(made, template=template, takes=takes, seconds=seconds)
    click(made, "generate")
    until_done(made)


def turn_to(made, tab):
    """Open a tab."""
    part(made, "tabs").selected_index = ("listen", "measure", "keep", "history").index(tab)


def choose(made, number):
    """Choose a sound under Keep, as a front end does: by its place in the list."""
    part(made, "sound").index = number


def opening(made, comparison):
    """Another comparison on its way to the desk of a panel, as a tab would open it."""
    return background.submit(made._desk.open(comparison))


def is_shown(widget):
    return widget.layout.display != "none"


def plain(html):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip())


def text_of(widget):
    return plain(widget.value)
