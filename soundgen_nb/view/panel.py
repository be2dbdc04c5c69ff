"""Panel: prompts, sounds and their comparison without writing code, for a class or a quick look.

Every click and keystroke is handed to the toolkit's own loop, whose thread alone changes the
widgets and the panel's state: a front end that two threads talk to loses some of what they say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from html import escape
from time import time
from typing import Any
from urllib.parse import urlsplit

import ipywidgets as widgets
from IPython.display import DisplayHandle, display

from soundgen_nb.background import background
from soundgen_nb.comparison import Comparison
from soundgen_nb.errors import InputError, SoundgenError
from soundgen_nb.order import Order
from soundgen_nb.prompt import Prompt, as_prompts, variations
from soundgen_nb.request import Request
from soundgen_nb.settings import Settings
from soundgen_nb.studio import Studio
from soundgen_nb.take import Take, Takes
from soundgen_nb.verbs import default_studio
from soundgen_nb.view.card import stylesheet
from soundgen_nb.view.enlivening import enlivened
from soundgen_nb.view.progress import Progress, progress_html, tally
from soundgen_nb.wire import Job

_REDRAWN_SECONDS = 0.2  # front ends drop quicker updates, and may drop the last one with them
_PREVIEWED = 6
_EXAMPLE = "rain on a {tin roof|canvas tent}"
_ASKED = "Prompts, one a line; {this|that} makes one of each"
_WIDE = "min(46rem, calc(100% - 4px))"  # a margin of 2 px is on either side
_WRAPPED = {"flex_flow": "row wrap", "align_items": "flex-end"}
_STYLE = (
    # ipywidgets puts labels to the left of fields, at the right end of a column of their own
    ".soundgen-panel .widget-label{text-align:left;width:auto!important}"
    ".soundgen-panel [role=alert]{max-width:46rem;margin:4px 0}"
    ".soundgen-panel>.widget-hbox{gap:4px 12px;margin-top:6px}"
)
_KEEP = "Keep in notebook"
_KEPT_HEADING = '<h3 style="margin-top:2em">Kept from the panel</h3>'
_CARD = {"flex": "1 1 300px", "max_width": "440px", "align_self": "flex-start"}


def panel(studio: Studio | None = None) -> Panel:
    """A panel to write prompts in, generate, listen and compare.

    One prompt a line; braces make variations, and the button says how many sounds it will ask for
    (64 at most unless the settings allow more). Sounds show as they come. The panel stays alive
    meanwhile: *Stop* ends what is under way and keeps what has come. A result stays until the next
    one takes its place, and ``panel.takes`` has every sound that ever came.

    Widgets are not saved with a notebook, so *Keep in notebook* puts the comparison below the panel
    as plain output, which is. ``panel.comparison`` as the last line of a cell does the same, and is
    the way after the page was reloaded.

    It is made for JupyterLab, Notebook 7, VS Code and Voila. Colab shows the changes only when
    another cell runs: use ``generate`` and ``compare`` there.

    Args:
        studio: who makes the sounds; that of the module's own verbs if left out.

    Raises:
        SettingsError: if there is no usable Studio, as ``connect`` does.
    """
    return Panel(studio or default_studio())


class Panel:
    """Widgets around a Studio; see ``panel``. Any number may be used at once.

    Attributes:
        widget: the box of widgets, to put among widgets of your own.
    """

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._future: Future[Comparison] | None = None
        self._takes: list[Take] = []
        self._comparison: Comparison | None = None
        self._kept: list[str] = []
        self._place: Any = DisplayHandle()  # type: ignore[no-untyped-call]  # IPython's own gap
        self._form = _Form(studio, self._handing_over(self._look))
        self._generate = self._button("generate", "Generate", "Make the sounds", self._run)
        self._stop = self._button("stop", "Stop", "End it; what has come stays", self._cancel)
        self._keep = self._button("keep", _KEEP, "Put it below, where it is saved", self._keep_it)
        self._generate.button_style = "primary"
        self._jobs, self._message, self._result = _html("jobs"), _html("message"), _html("result")
        self._arriving = _named("arriving", widgets.HBox(layout=_WRAPPED))
        self._stop.disabled = self._keep.disabled = True
        buttons = widgets.HBox([self._generate, self._stop, self._keep])
        shown = [buttons, self._jobs, self._message, self._arriving, self._result]
        self.widget = _named("panel", widgets.VBox([*self._form.parts, *shown]))
        self._name_price()

    @property
    def comparison(self) -> Comparison | None:
        """The latest comparison: of all that was asked, or of what had come when it was stopped."""
        return self._comparison

    @property
    def takes(self) -> Takes:
        """Every sound that ever came to this panel, oldest first."""
        return Takes(tuple(self._takes))

    def __repr__(self) -> str:
        return f"<Panel of {self._studio!r}>"

    def _ipython_display_(self) -> None:
        display(self.widget)  # type: ignore[no-untyped-call]  # IPython's own gap
        self._place.display(self._kept_bundle, raw=True)

    def _button(
        self, name: str, label: str, tooltip: str, act: Callable[[], Coroutine[Any, Any, None]]
    ) -> Any:
        made = widgets.Button(description=label, tooltip=tooltip, layout={"width": "auto"})
        made.on_click(self._handing_over(act))
        return _named(name, made)

    def _handing_over(self, act: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[Any], None]:
        """A handler of clicks or changes that has ``act`` done on the loop's thread."""

        def handle(_: object) -> None:
            background.submit(act()).add_done_callback(self._tell_of_fault)

        return handle

    def _tell_of_fault(self, done: Future[None]) -> None:
        # what a handler raises is shown nowhere by JupyterLab, so even a fault of ours goes here
        error = None if done.cancelled() else done.exception()
        if error is not None:
            self._say(f"{type(error).__name__}: {error}", alarm=True)

    async def _look(self) -> None:
        self._name_price()

    def _name_price(self) -> None:
        request = self._form.read()
        if self._future is None:
            count = len(request.order.jobs) if request else 0
            self._generate.description = (
                f"Generate {_many(count, 'sound')}" if count else "Generate"
            )

    async def _run(self) -> None:
        """One batch, from the click to its result."""
        request = self._form.read()
        if request is None or self._future is not None:
            return
        progress, earlier = Progress(request.order.jobs, None), len(self._takes)
        self._future = self._studio.begin(request, progress.notice, self._takes.append)
        self._set_running(running=True)
        try:
            ended = await self._follow(self._future, progress, earlier)
            self._jobs.value = ""
            came = self._conclusion(ended, request.order, progress.jobs, self._takes[earlier:])
            if came is not None:
                await self._show(came)
        finally:
            self._future = None
            self._set_running(running=False)

    async def _follow(
        self, future: Future[Comparison], progress: Progress, earlier: int
    ) -> asyncio.Future[Comparison]:
        """Draw the jobs and the takes as they come, until there are no more."""
        ended, shown = asyncio.wrap_future(future), earlier
        while not ended.done():
            self._jobs.value = progress_html(progress.jobs, time())
            for take in self._takes[shown:]:
                card = await asyncio.to_thread(_shown, take)
                self._arriving.children += (widgets.HTML(card, layout=_CARD),)
                shown += 1
            await asyncio.wait([ended], timeout=_REDRAWN_SECONDS)
        if ended.cancelled():
            await asyncio.sleep(_REDRAWN_SECONDS)  # its jobs say their last just after it
        return ended

    def _conclusion(
        self,
        ended: asyncio.Future[Comparison],
        order: Order,
        jobs: Sequence[Job],
        takes: Sequence[Take],
    ) -> Comparison | None:
        """Say how it ended; what came of it, if anything did."""
        try:
            comparison = ended.result()
        except asyncio.CancelledError:
            self._say(_stopped(self._studio.settings, jobs))
            return Comparison.from_takes(_in_order(takes, order)) if takes else None
        except SoundgenError as error:
            self._say(str(error), alarm=True)
            return None
        self._say(f"{tally(jobs)}.")
        return comparison

    async def _show(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._result.value = await asyncio.to_thread(_shown, comparison)
        self._arriving.children = ()
        self._keep.disabled = False

    async def _cancel(self) -> None:
        if self._future is not None:
            self._future.cancel()

    async def _keep_it(self) -> None:
        self._kept.append(_KEPT_HEADING + self._result.value)
        self._place.update(self._kept_bundle, raw=True)
        self._keep.disabled = True
        self._say("Kept below the panel; save the notebook, and it stays there.")

    @property
    def _kept_bundle(self) -> dict[str, str]:
        # scripts run in outputs, not in widgets: from here the player finds the panel's results
        return {"text/html": enlivened("".join(self._kept)), "text/plain": ""}

    def _set_running(self, *, running: bool) -> None:
        self._stop.disabled = not running
        self._generate.disabled = running
        if running:
            self._generate.description = "Generating…"
            self._message.value = ""
            self._arriving.children = ()
        else:
            self._name_price()

    def _say(self, sentence: str, *, alarm: bool = False) -> None:
        self._message.value = _note(sentence, alarm=alarm)


class _Form:
    """The fields; what is wrong with one stands beside it, in the sentence the verbs raise.

    Args:
        studio: what the fields are checked with.
        changed: called whenever a field changes.
    """

    def __init__(self, studio: Studio, changed: Callable[[Any], None]) -> None:
        self._studio = studio
        self._template = _field("template", widgets.Textarea, _EXAMPLE, _ASKED, width=_WIDE)
        self._template.rows = 3
        self._takes = _field("takes", widgets.IntText, 2, "Takes of each", width="8em")
        self._seconds = _field("seconds", widgets.Text, "", "Seconds, 1 to 60", width="12em")
        self._seconds.placeholder = "the engine chooses"
        self._template_note, self._numbers_note = _html("template-note"), _html("numbers-note")
        for each in (self._template, self._takes, self._seconds):
            each.observe(changed, "value")
        numbers = widgets.HBox([self._takes, self._seconds, self._numbers_note], layout=_WRAPPED)
        self.parts = [_source(studio.settings), self._template, self._template_note, numbers]

    def read(self) -> Request[Comparison] | None:
        """What the fields ask for; None, with the reason beside a field, if that cannot be."""
        self._numbers_note.value = ""
        try:
            prompts = _prompts(self._template.value)
        except InputError as error:
            self._template_note.value = _note(str(error), alarm=True)
            return None
        self._template_note.value = _preview(prompts)
        try:
            return self._studio.plan(
                prompts, takes=self._takes.value, seconds=_number(self._seconds.value)
            )
        except InputError as error:
            self._numbers_note.value = _note(str(error), alarm=True)
            return None


def _prompts(text: str) -> tuple[Prompt, ...]:
    """A template or prompt on each line."""
    lines = [line for line in text.splitlines() if line.strip()] or [""]
    return as_prompts([prompt for line in lines for prompt in variations(line)])


def _number(text: str) -> Any:
    """Seconds as typed; what is no number stays text, for the check to name it."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text.strip() or None


def _in_order(takes: Sequence[Take], order: Order) -> list[Take]:
    """Takes as they were asked for, whichever came first."""
    places = [(item.prompt.text, item.index) for item in order.items]
    return sorted(takes, key=lambda take: places.index((take.prompt, take.index)))


def _stopped(settings: Settings, jobs: Sequence[Job]) -> str:
    charged = "" if settings.embedded else " What was submitted may be charged; see studio.jobs()."
    return f"Stopped, with {tally(jobs)}.{charged}"


def _shown(result: Take | Comparison) -> str:
    try:
        return result._repr_html_()
    except SoundgenError as error:  # one sound that cannot be decoded must not hide the others
        return _note(str(error), alarm=True)


def _source(settings: Settings) -> Any:
    """Who makes the sounds; the style sheet of everything in the panel comes with it."""
    host = escape(urlsplit(settings.base_url).hostname or "")
    name = "embedded engine, not MusicGPT" if settings.embedded else f"sounds from {host}"
    badge = f'<div class="soundgen"><span class="sg-badge">{name}</span></div>'
    return _named("source", widgets.HTML(f"<style>{stylesheet()}{_STYLE}</style>{badge}"))


def _preview(prompts: Sequence[Prompt]) -> str:
    items = "".join(f"<li>{escape(prompt.text)}</li>" for prompt in prompts[:_PREVIEWED])
    rest = len(prompts) - _PREVIEWED
    more = f"<li>and {rest} more</li>" if rest > 0 else ""
    count = f'<small role="status">{_many(len(prompts), "prompt")}</small>'
    return f'<div class="soundgen">{count}<ul style="padding-left:1.4em">{items}{more}</ul></div>'


def _note(sentence: str, *, alarm: bool) -> str:
    look, role = (' class="sg-failures"', "alert") if alarm else ("", "status")
    return f'<div class="soundgen"><p{look} role="{role}">{escape(sentence)}</p></div>'


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _field(name: str, kind: Any, value: object, label: str, *, width: str) -> Any:
    """A field with its label above it."""
    layout = {"width": width, "flex_flow": "column", "align_items": "stretch"}
    made = kind(value=value, description=label, layout=layout)
    made.style.description_width = "initial"
    return _named(name, made)


def _html(name: str) -> Any:
    return _named(name, widgets.HTML())


def _named(name: str, widget: Any) -> Any:
    """The widget with a class of its own, for style sheets and tests to find it by."""
    return widget.add_class(f"soundgen-{name}")
