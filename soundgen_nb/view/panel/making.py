"""Making: one batch from the click to its result; stop it, or fetch what was left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from html import escape
from time import time

from soundgen_nb.comparison import Comparison
from soundgen_nb.errors import InputError, SoundgenError
from soundgen_nb.order import Order
from soundgen_nb.request import Request
from soundgen_nb.settings import Settings
from soundgen_nb.take import Take, Takes
from soundgen_nb.view.gallery import many
from soundgen_nb.view.panel.desk import Desk
from soundgen_nb.view.panel.fittings import Note, button, html, row, show
from soundgen_nb.view.panel.form import Form
from soundgen_nb.view.panel.listening import Listening
from soundgen_nb.view.progress import Progress, progress_html, tally
from soundgen_nb.wire import Job

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
        self._running = False
        self._future: Future[Takes] | None = None
        self._stopped: tuple[Order, Comparison | None] | None = None
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
        if self._running:
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
        if wish is not None and not wish.doubt and not self._running:
            await self._make(Request(wish.request.order, _as_they_are))

    async def _make_doubted(self) -> None:
        wish = self.form.read()
        if wish is not None and not self._running:
            await self._make(Request(wish.request.order, _as_they_are))

    async def _fetch(self) -> None:
        await self.ask(self._desk.studio.plan_resume)

    async def ask(self, plan: Callable[[], Request[Takes]]) -> None:
        """Make what is planned, in sight and to be stopped like what the button makes.

        Raises:
            InputError: while something else is under way.
        """
        if self._running:
            raise InputError("sounds are under way; wait for them, or stop them first")
        await self._make(await asyncio.to_thread(plan))

    async def _end(self) -> None:
        if self._future is not None:
            self._future.cancel()

    async def _make(self, request: Request[Takes]) -> None:
        """One batch, from the click to its result."""
        if self._running:  # two clicks in a row
            return
        progress, earlier = Progress(request.order.jobs, None), len(self._desk.takes)
        self._set_running(running=True)
        try:
            self._future = self._desk.studio.begin(
                request, progress.notice, self._desk.takes.append
            )
            ended = await self._follow(self._future, progress, earlier)
            self._jobs.value = ""
            came = self._desk.takes[earlier:]
            comparison = self._conclusion(ended, request.order, progress.jobs, came)
            if comparison is not None:
                await self._desk.open(comparison)
                self._listening.clear_arriving()
            elif not came:
                await self._listening.refresh()
        finally:
            self._future = None
            self._set_running(running=False)
            await self._name_left_behind()

    async def _follow(
        self, future: Future[Takes], progress: Progress, earlier: int
    ) -> asyncio.Future[Takes]:
        """Draw the jobs and the takes as they come, until there are no more."""
        ended, shown = asyncio.wrap_future(future), earlier
        while not ended.done():
            self._jobs.value = progress_html(progress.jobs, time())
            self._name_spent()
            for take in self._desk.takes[shown:]:
                await self._listening.arrive(take)
                shown += 1
            await asyncio.wait([ended], timeout=_REDRAWN_SECONDS)
        if ended.cancelled():
            await asyncio.sleep(_REDRAWN_SECONDS)  # its jobs say their last just after it
        return ended

    def _conclusion(
        self,
        ended: asyncio.Future[Takes],
        order: Order,
        jobs: Sequence[Job],
        came: Sequence[Take],
    ) -> Comparison | None:
        """Say how it ended; what came of it, if anything did."""
        try:
            takes = ended.result()
        except asyncio.CancelledError:
            self._note.say(_told_of_stop(self._desk.studio.settings, jobs))
            comparison = Comparison.from_takes(_in_order(came, order)) if came else None
            self._stopped = (order, comparison)
            return comparison
        except SoundgenError as error:
            self._note.say(str(error), alarm=True)
            return None
        if not takes:
            self._note.say(" ".join(map(str, takes.failures)) or "Nothing was left behind.")
            return None
        self._note.say(f"{tally(jobs)}.")
        return self._completed(takes, order)

    def _completed(self, takes: Takes, order: Order) -> Comparison:
        """The comparison of these; what was fetched after a stop joins what had come before it."""
        if self._stopped is None or self._stopped[1] is not self._desk.comparison:
            return Comparison(takes)
        whole, before = self._stopped
        if not {job.id for job in order.jobs} <= {job.id for job in whole.jobs}:
            return Comparison(takes)
        both = [*(before or ()), *takes]
        return Comparison.from_takes(_in_order(both, whole), takes.failures)

    def _set_running(self, *, running: bool) -> None:
        self._running = running
        if running:
            self._generate.description = "Generating…"
            self._note.clear()
            self._listening.clear_arriving()
            self._to_front()
        else:
            self._name_price()
            self._name_spent()
        # last: when the button can be pressed again, all that is said is true
        self._stop.disabled = not running
        self._generate.disabled = self._anyway.disabled = self._resume.disabled = running


def _as_they_are(takes: Takes) -> Takes:
    return takes


def _in_order(takes: Iterable[Take], order: Order) -> list[Take]:
    """Takes as they were asked for, whichever came first."""
    places = [(item.prompt.text, item.index) for item in order.items]
    return sorted(takes, key=lambda take: places.index((take.prompt, take.index)))


def _told_of_stop(settings: Settings, jobs: Sequence[Job]) -> str:
    charged = "" if settings.embedded else " What was submitted may be charged; Resume fetches it."
    return f"Stopped, with {tally(jobs)}.{charged}"
