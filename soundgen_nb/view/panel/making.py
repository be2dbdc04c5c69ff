"""Making: one batch from the click to its result; stop it, or fetch what was left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from html import escape
from time import time

from soundgen_nb.errors import InputError, SoundgenError
from soundgen_nb.request import Request
from soundgen_nb.studio import Studio
from soundgen_nb.take import Takes
from soundgen_nb.view.gallery import many
from soundgen_nb.view.panel.batch import Batch
from soundgen_nb.view.panel.desk import Desk
from soundgen_nb.view.panel.fittings import Note, button, html, row, show
from soundgen_nb.view.panel.form import Form, Wish
from soundgen_nb.view.panel.listening import Listening
from soundgen_nb.view.progress import progress_html, tally

Plan = Callable[[Studio], Request[Takes]]
"""What is to be made, as the library and the studio have it by then; called on another thread."""

_REDRAWN_SECONDS = 0.2  # front ends drop quicker updates, and may drop the last one with them


class Making:
    """The buttons below the form, and what is said of the jobs.

    Args:
        desk: where the sounds go.
        listening: where they are shown as they come.
        to_front: brings that into sight.
    """

    def __init__(self, desk: Desk, listening: Listening, to_front: Callable[[], None]) -> None:
        self._desk, self._listening, self._to_front = desk, listening, to_front
        self._taken = False
        self._batch: Batch | None = None
        self._note = Note("message")
        self._jobs, self._spent = html("jobs"), html("spent")
        self.form = Form(desk, self._look)
        handling = self._note.handling
        self._generate = button(
            "generate", "Generate", "Make the sounds", handling(self._make_wished)
        )
        self._generate.button_style = "primary"
        self._anyway = button(
            "anyway", "Generate all the same", "Make so many", handling(self._make_doubted)
        )
        self._stop = button("stop", "Stop", "End it; what has come stays", handling(self._end))
        self._resume = button(
            "resume", "Resume", "Fetch what was submitted and left", handling(self._fetch)
        )
        self._stop.disabled = True
        show(self._anyway, shown=False)
        show(self._resume, shown=False)
        buttons = row(self._generate, self._anyway, self._stop, self._resume)
        self.parts = [*self.form.parts, buttons, self._jobs, self._note.widget, self._spent]
        self._name_price()

    async def refresh(self) -> None:
        """Say what is true by now of the studio: who, what it costs, what was left behind."""
        await self.form.refresh()
        self._name_price()
        self._name_spent()
        await self._name_left_behind()

    async def _look(self) -> None:
        self._name_price()

    def _name_price(self) -> None:
        wish = self.form.read()
        if self._taken:
            return
        count = len(wish.request.order.jobs) if wish and not wish.doubt else 0
        self._generate.description = f"Generate {many(count, 'sound')}" if count else "Generate"
        show(self._anyway, shown=bool(wish and wish.doubt))

    def _name_spent(self) -> None:
        studio = self._desk.studio
        words = f"Spent: {studio.spent:g} credits (server's estimate)"
        shown = f'<div class="soundgen"><small>{escape(words)}</small></div>'
        self._spent.value = "" if studio.settings.embedded else shown

    async def _name_left_behind(self) -> None:
        count = await asyncio.to_thread(lambda: self._desk.studio.left_behind)
        self._resume.description = f"Resume {many(count, 'sound')}" if count else "Resume"
        show(self._resume, shown=count > 0)

    async def _make_wished(self) -> None:
        wish = self.form.read()
        if wish is not None and not wish.doubt:
            await self._make_all(wish)

    async def _make_doubted(self) -> None:
        wish = self.form.read()
        if wish is not None:
            await self._make_all(wish)

    async def _make_all(self, wish: Wish) -> None:
        async with self._turn() as studio:
            await self._make(studio, Request(wish.request.order, _as_they_are))

    async def _fetch(self) -> None:
        await self.ask(Studio.plan_resume)

    async def ask(self, plan: Plan) -> None:
        """Make what is planned, in sight and to be stopped like what the button makes.

        Raises:
            InputError: while something else is under way; nothing is planned then.
        """
        async with self._turn() as studio:
            await self._make(studio, await asyncio.to_thread(plan, studio))

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[Studio]:
        """The turn to have sounds made, one at a time, from the plan to the result.

        A plan changes the library: what was planned must be made, and by the same studio.

        Raises:
            InputError: while another has it.
        """
        if self._taken:
            raise InputError("sounds are under way; wait for them, or stop them first")
        self._taken = True
        self._generate.description = "Generating…"
        self._note.clear()
        self._allow(clicks=False)
        try:
            yield self._desk.studio
        finally:
            self._taken = False
            self._name_price()
            self._name_spent()
            # last: when the button can be pressed again, all that is said is true
            self._allow(clicks=True)
            await self._name_left_behind()

    def _allow(self, *, clicks: bool) -> None:
        """Let the buttons that have sounds made be pressed, or not."""
        for each in (self._generate, self._anyway, self._resume):
            each.disabled = not clicks

    async def _end(self) -> None:
        if self._batch is not None:
            self._batch.stop()

    async def _make(self, studio: Studio, request: Request[Takes]) -> None:
        """One batch, from its first job to its result; of one that brings nothing nothing stays."""
        before, batch = self._batch, Batch(studio, request, self._desk.takes.append)
        self._batch = batch
        self._listening.clear_arriving()
        self._to_front()
        self._stop.disabled = False
        try:
            await self._follow(batch)
            self._jobs.value = ""
            self._conclude(batch, before)
            if batch.comparison is not None:
                await self._desk.open(batch.comparison)
                self._listening.clear_arriving()
            elif not batch.came:
                await self._listening.refresh()
        finally:
            self._stop.disabled = True
            if batch.comparison is None:
                self._batch = before

    async def _follow(self, batch: Batch) -> None:
        """Draw the jobs and the takes as they come, until there are no more."""
        shown = 0
        while not batch.ended.done():
            self._jobs.value = progress_html(batch.jobs, time())
            self._name_spent()
            for take in batch.came[shown:]:
                await self._listening.arrive(take)
                shown += 1
            await asyncio.wait([batch.ended], timeout=_REDRAWN_SECONDS)
        if batch.ended.cancelled():
            await asyncio.sleep(_REDRAWN_SECONDS)  # its jobs say their last just after it

    def _conclude(self, batch: Batch, before: Batch | None) -> None:
        """Say how it ended, and put side by side what came of it."""
        try:
            takes = batch.ended.result()
        except asyncio.CancelledError:
            self._note.say(_told_of_stop(batch))
            takes = Takes(tuple(batch.came))
        except SoundgenError as error:
            self._note.say(str(error), alarm=True)
            return
        else:
            self._note.say(_told_of_end(batch, takes))
        if takes:
            open_still = before is not None and before.comparison is self._desk.comparison
            batch.compare(takes, before if open_still else None)


def _as_they_are(takes: Takes) -> Takes:
    return takes


def _told_of_end(batch: Batch, takes: Takes) -> str:
    if takes:
        return f"{tally(batch.jobs)}."
    return " ".join(map(str, takes.failures)) or "Nothing was left behind."


def _told_of_stop(batch: Batch) -> str:
    free = batch.studio.settings.embedded
    charged = "" if free else " What was submitted may be charged; Resume fetches it."
    return f"Stopped, with {tally(batch.jobs)}.{charged}"
