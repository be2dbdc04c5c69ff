"""Fittings: the labelled fields, buttons and notes that every part of the panel is made of.

Every click and keystroke is handed to the toolkit's own loop, whose thread alone changes the
widgets and the panel's state: a front end that two threads talk to loses some of what they say.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

from soundgen_nb.background import background
from soundgen_nb.errors import SoundgenError

Act = Callable[[], Coroutine[Any, Any, None]]
"""What a click or change asks for: called at once, where it happened, and done on the loop."""

WIDE = "46rem"
_WRAPPED = {"flex_flow": "row wrap", "align_items": "flex-end"}


class Note:
    """A line of the panel's own, beside what it is about; read out where pages are.

    What a handler raises is shown nowhere by JupyterLab, so it is told here, a fault of ours too.
    """

    def __init__(self, name: str) -> None:
        self.widget = html(name)

    def say(self, sentence: str, *, alarm: bool = False) -> None:
        """Show a sentence in place of the last one; an alarm is read out at once."""
        look, role = (' class="sg-failures"', "alert") if alarm else ("", "status")
        words = escape(sentence)
        self.widget.value = f'<div class="soundgen"><p{look} role="{role}">{words}</p></div>'

    def show(self, body: str) -> None:
        """Show HTML of ours, which has escaped what is not."""
        self.widget.value = body

    def clear(self) -> None:
        """Say nothing."""
        self.widget.value = ""

    def handling(self, act: Act) -> Callable[[Any], None]:
        """A handler of clicks or changes that has ``act`` done on the loop's thread."""

        def handle(_: object) -> None:
            # what the panel itself writes into a field is nobody's wish
            if not background.here:
                background.submit(self._telling(act()))

        return handle

    async def _telling(self, doing: Coroutine[Any, Any, None]) -> None:
        try:
            await doing
        except SoundgenError as error:
            self.say(str(error), alarm=True)
        except Exception as error:  # noqa: BLE001 - nobody else would ever see it
            self.say(f"{type(error).__name__}: {error}", alarm=True)


def button(name: str, label: str, tooltip: str, handler: Callable[[Any], None]) -> Any:
    """A button; ``tooltip`` says in a few words what comes of a click."""
    made = widgets.Button(description=label, tooltip=tooltip, layout={"width": "auto"})
    made.on_click(handler)
    return named(name, made)


def field(name: str, kind: Any, label: str, *, width: str, **traits: Any) -> Any:
    """A field of some kind with its label above it, as wide as that where there is room."""
    fitting = f"min({width}, calc(100% - 4px))"  # a margin of 2 px is on either side
    layout = {"width": fitting, "flex_flow": "column", "align_items": "stretch"}
    made = kind(description=label, layout=layout, **traits)
    made.style.description_width = "initial"
    return named(name, made)


def choice(name: str, label: str, options: Sequence[Any]) -> Any:
    """One of a few, each a button.

    A list would be nearer at hand, but JupyterLab keeps the arrow keys and letters for itself while
    one has the focus: with the keyboard it could not be used, and a cell might be deleted.
    """
    made = field(name, widgets.ToggleButtons, label, width=WIDE, options=options)
    made.layout.width, made.layout.max_width = "auto", WIDE
    made.style.button_width = "auto"
    return made


def html(name: str) -> Any:
    """A place for HTML."""
    return named(name, widgets.HTML())


def row(*parts: Any, name: str = "row") -> Any:
    """Parts side by side, on several lines where they do not fit."""
    return named(name, widgets.HBox(parts, layout=_WRAPPED).add_class("soundgen-row"))


def column(name: str, parts: Sequence[Any]) -> Any:
    """Parts below each other."""
    return named(name, widgets.VBox(parts))


def show(part: Any, *, shown: bool) -> None:
    """Show a part, or take it out of sight and out of the keyboard's way."""
    part.layout.display = None if shown else "none"


def named(name: str, widget: Any) -> Any:
    """The widget with a class of its own, for style sheets and tests to find it by."""
    return widget.add_class(f"soundgen-{name}")
