"""Form: the fields prompts are written in; what is wrong with one stands beside it.

The sentence is the one that the verbs raise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ipywidgets as widgets

from soundgen_nb.comparison import Comparison
from soundgen_nb.errors import InputError
from soundgen_nb.prompt import Prompt, as_prompts, combinations, variations
from soundgen_nb.request import Request
from soundgen_nb.settings import Settings
from soundgen_nb.view.card import stylesheet
from soundgen_nb.view.gallery import many
from soundgen_nb.view.panel.desk import Desk
from soundgen_nb.view.panel.fittings import WIDE, Act, Note, field, html, row
from soundgen_nb.view.panel.shelf import Shelf

_EXAMPLE = "rain on a {tin roof|canvas tent}"
_ASKED = "Prompts, one a line; {this|that} makes one of each"
_PREVIEWED = 6
_MOST_PROMPTS = 1000  # they are made anew at every keystroke


@dataclass(frozen=True)
class Wish:
    """What the fields ask for, and what makes one stop before asking for so much; "" if nothing."""

    request: Request[Comparison]
    doubt: str


class Form:
    """The fields, with the saved prompts.

    Args:
        desk: whose studio the fields are checked with.
        changed: done whenever a field changes.
    """

    def __init__(self, desk: Desk, changed: Act) -> None:
        self._desk = desk
        self._source = html("source")
        self._source.value = _source(desk.studio.settings)
        self._prompts_note, self._numbers_note = Note("template-note"), Note("numbers-note")
        self._prompts = field(
            "template", widgets.Textarea, _ASKED, width=WIDE, value=_EXAMPLE, rows=3
        )
        self._takes = field("takes", widgets.IntText, "Takes of each", width="8em", value=2)
        self._seconds = field("seconds", widgets.Text, "Seconds, 1 to 60", width="12em")
        self._seconds.placeholder = "the engine chooses"
        for each in (self._prompts, self._takes, self._seconds):
            each.observe(self._numbers_note.handling(changed), "value")
        self._shelf = Shelf(desk, self._prompts, changed)
        numbers = row(self._takes, self._seconds, self._numbers_note.widget)
        prompts = [self._prompts, self._prompts_note.widget, *self._shelf.parts]
        self.parts = [self._source, *prompts, numbers]

    async def refresh(self) -> None:
        """Say who makes the sounds by now, and which prompts are saved."""
        self._source.value = _source(self._desk.studio.settings)
        await self._shelf.refresh()

    def read(self) -> Wish | None:
        """What the fields ask for; None, with the reason beside a field, if that cannot be.

        A note that stays true is not taken away for a moment: it would be read out again.
        """
        try:
            prompts = _prompts(self._prompts.value)
        except InputError as error:
            self._prompts_note.say(str(error), alarm=True)
            self._numbers_note.clear()
            return None
        self._prompts_note.show(_preview(prompts))
        takes, seconds = self._takes.value, _number(self._seconds.value)
        try:
            request = self._desk.studio.plan(prompts, takes=takes, seconds=seconds, confirm=True)
        except InputError as error:
            self._numbers_note.say(str(error), alarm=True)
            return None
        doubt = self._desk.studio.doubt(request)
        if doubt:
            self._numbers_note.say(f"{doubt}; “Generate all the same” makes them.", alarm=True)
        else:
            self._numbers_note.clear()
        return Wish(request, doubt)


def _prompts(text: str) -> tuple[Prompt, ...]:
    """A template or prompt on each line.

    Raises:
        InputError: if one cannot be, or there are more than a panel takes.
    """
    lines = [line for line in text.splitlines() if line.strip()] or [""]
    total = sum(map(combinations, lines))
    if total > _MOST_PROMPTS:
        raise InputError(
            f"this makes {total:,} prompts, more than the {_MOST_PROMPTS:,} a panel takes; "
            "leave some values out"
        )
    return as_prompts([prompt for line in lines for prompt in variations(line, confirm=True)])


def _number(text: str) -> Any:
    """Seconds as typed; what is no number stays text, for the check to name it."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text.strip() or None


def _source(settings: Settings) -> str:
    """Who makes the sounds; the style sheet of everything in the panel comes with it."""
    host = escape(urlsplit(settings.base_url).hostname or "")
    name = "embedded engine, not MusicGPT" if settings.embedded else f"sounds from {host}"
    badge = f'<div class="soundgen"><span class="sg-badge">{name}</span></div>'
    return f"<style>{stylesheet()}{_style()}</style>{badge}"


@lru_cache(maxsize=1)
def _style() -> str:
    return Path(__file__).with_name("panel.css").read_text(encoding="utf-8")


def _preview(prompts: Sequence[Prompt]) -> str:
    items = "".join(f"<li>{escape(prompt.text)}</li>" for prompt in prompts[:_PREVIEWED])
    rest = len(prompts) - _PREVIEWED
    more = f"<li>and {rest} more</li>" if rest > 0 else ""
    count = f'<small role="status">{many(len(prompts), "prompt")}</small>'
    return f'<div class="soundgen">{count}<ul style="padding-left:1.4em">{items}{more}</ul></div>'
