"""Batch: what one click asked for, what has come of it so far, and the comparison that it makes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from soundgen_nb.comparison import Comparison
from soundgen_nb.request import Request
from soundgen_nb.studio import Studio
from soundgen_nb.take import Take, Takes
from soundgen_nb.view.progress import Progress
from soundgen_nb.wire import Job


class Batch:
    """One order, begun at once; only the loop's thread has to do with it.

    Args:
        studio: who makes the sounds.
        request: what is asked for.
        arrived: told of every take as it comes.

    Attributes:
        studio: the same.
        order: all that was asked for; where this is the rest of a batch, by that.
        ended: done when nothing more comes, cancelled by a stop.
        came: the takes so far, as they came; in the end, those of ``comparison``.
        comparison: what came, side by side; None before the end, or if nothing did.
    """

    def __init__(
        self, studio: Studio, request: Request[Takes], arrived: Callable[[Take], None]
    ) -> None:
        self.studio = studio
        self.came: list[Take] = []
        self.comparison: Comparison | None = None
        self.order = request.order
        self._arrived = arrived
        self._progress = Progress(request.order.jobs, None)
        self._begun = studio.begin(request, self._progress.notice, self._arrive)
        self.ended = asyncio.wrap_future(self._begun)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Its jobs as last heard of."""
        return self._progress.jobs

    def stop(self) -> None:
        """End it; what has come stays. After its end there is nothing to stop."""
        self._begun.cancel()

    def compare(self, takes: Takes, before: Batch | None) -> None:
        """Put takes of it side by side, as they were asked for.

        Args:
            takes: those that came, and why others did not.
            before: the batch that lies open; if that was stopped and this is the rest of it, what
                came of it joins in.
        """
        self.came = list(takes)
        if before is not None and self._is_rest_of(before):
            self.order = before.order
            self.came += before.came
        if self.came:
            self.comparison = Comparison.from_takes(self._in_order(), takes.failures)

    def _arrive(self, take: Take) -> None:
        self.came.append(take)
        self._arrived(take)

    def _is_rest_of(self, before: Batch) -> bool:
        ids = {job.id for job in self.order.jobs}
        return before.ended.cancelled() and ids <= {job.id for job in before.order.jobs}

    def _in_order(self) -> list[Take]:
        """What came as it was asked for, whichever came first."""
        places = [(item.prompt.text, item.index) for item in self.order.items]
        return sorted(self.came, key=lambda take: places.index((take.prompt, take.index)))
