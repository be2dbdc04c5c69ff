"""The desk on a bad day: it answers as ``Faults`` say, on a board that works as ever."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from time import monotonic
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from soundgen_nb.errors import NotFoundError, RateLimitError
from soundgen_nb.server.desk import Desk
from soundgen_nb.server.faults import Faults
from soundgen_nb.server.mishaps import (
    cut_short,
    in_place_of_an_answer,
    no_such_link,
    refusal,
    swollen,
    with_root_links,
    without_links,
    worded,
)
from soundgen_nb.wire import Report, State, Submission, write_receipt, write_report


class MisbehavingDesk(Desk):
    """A desk with faults. All of it happens on the server's one event loop.

    The board does its work at once and well; what is late, lost or wrong is only said so here.

    Args:
        faults: by a part of the prompt; the first that fits counts.
        **desk: as ``Desk`` takes them.
    """

    def __init__(self, *, faults: Mapping[str, Faults], **desk: Any) -> None:
        super().__init__(**desk)
        # the last fits every prompt that none before it fits
        self._manners = [(word, _Manners(each)) for word, each in [*faults.items(), ("", Faults())]]
        self._cases: dict[str, _Case] = {}

    async def status(self, request: Request) -> Response:
        """Somebody asks; a key that no submit may use is refused here as well."""
        refused = self._manners_for("").faults.refused
        if refused in {401, 403}:
            raise refusal(refused)
        return await super().status(request)

    async def audio(self, request: Request) -> Response:
        """Somebody fetches a file, by a link that may have expired, over a line that may break."""
        whole = await super().audio(request)
        case = self._cases[request.path_params["task_id"]]
        faults = case.manners.faults
        link = request.query_params.get("link", "")
        if link.isdecimal() and int(link) <= faults.expired_links:
            return no_such_link(faults.expired_status)
        if case.count(request.path_params["name"]) <= faults.cut_downloads:
            return cut_short(whole)
        if faults.swollen_to_bytes:
            return await asyncio.to_thread(swollen, whole, faults.swollen_to_bytes)
        return whole

    def answer_submit(self, submission: Submission, base: str) -> Response:
        """Refuse it, or lose it, or accept it; and say so, or not."""
        manners = self._manners_for(submission.prompt)
        faults = manners.faults
        if faults.refused is not None:
            raise refusal(faults.refused)
        self._check_room(manners)
        if faults.before_accepting:
            return in_place_of_an_answer(faults.before_accepting)
        receipt = self.accept(submission, base)
        self._cases[receipt.task_id] = _Case(manners, monotonic() + faults.queue_seconds)
        manners.under_way.add(receipt.task_id)
        if faults.after_accepting:
            return in_place_of_an_answer(faults.after_accepting)
        eta_seconds = (receipt.eta_seconds or 0.0) + faults.queue_seconds
        words = write_receipt(replace(receipt, eta_seconds=eta_seconds))
        return JSONResponse(worded(words, faults))

    def answer_status(self, report: Report) -> Response:
        """Say how the job stands, if there is a call left; in the words and places of the day."""
        case = self._cases[report.task_id]
        faults = case.manners.faults
        case.manners.take_call()
        if faults.asking and case.count("asks") <= faults.asking_times:
            return in_place_of_an_answer(faults.asking)
        if not report.has_audio:
            return _said(report, faults)
        if case.count("ends") <= faults.linkless_answers:
            return _said(report, faults, with_root_links if faults.bucket_root else without_links)
        if faults.expired_links:
            report = _numbered(report, case.count("links"))
        return _said(report, faults)

    def report(self, any_id: str, base: str) -> Report:
        """How a job stands, as far as anybody is told."""
        report = super().report(any_id, base)
        case = self._cases[report.task_id]
        failure = case.manners.faults.failure
        if case.left_seconds > 0:
            return _without_audio(report, State.IN_QUEUE, eta_seconds=case.left_seconds)
        if failure and report.state is State.COMPLETED:
            return _without_audio(report, State.FAILED, message=failure, credits=0.0)
        return report

    def promise(self, submission: Submission, news: partial[Any]) -> None:
        """Promise the webhook as often as it shall come."""
        for _ in range(self._manners_for(submission.prompt).faults.webhooks):
            super().promise(submission, news)

    async def news(self, task_id: str, base: str) -> dict[str, Any]:
        """The body of the webhook, not before the job has left its queue."""
        case = self._cases[task_id]
        faults = case.manners.faults
        await asyncio.sleep(case.left_seconds)
        body = worded(await super().news(task_id, base), faults)
        if faults.maps_only:
            body.pop("conversion_paths_wav", None)
        return body

    def _manners_for(self, prompt: str) -> _Manners:
        return next(manners for word, manners in self._manners if word in prompt)

    def _check_room(self, manners: _Manners) -> None:
        if manners.faults.parallel is None:
            return
        manners.under_way = {task_id for task_id in manners.under_way if self._goes_on(task_id)}
        if len(manners.under_way) >= manners.faults.parallel:
            raise manners.slow_down("TOO MANY PARALLEL REQUESTS")

    def _goes_on(self, task_id: str) -> bool:
        if self._cases[task_id].left_seconds > 0:
            return True
        try:
            return not self.board.report(task_id).state.ended
        except NotFoundError:  # so long ago that the board has forgotten it
            return False


@dataclass(slots=True)
class _Manners:
    """Some faults, and what their limits have to remember."""

    faults: Faults
    under_way: set[str] = field(default_factory=set)
    calls: deque[float] = field(default_factory=deque)

    def take_call(self) -> None:
        """One of the status calls there are in a minute."""
        limit = self.faults.polls_per_minute
        if limit is None:
            return
        now = monotonic()
        while self.calls and self.calls[0] <= now - self.faults.minute_seconds:
            self.calls.popleft()
        if len(self.calls) >= limit:
            raise self.slow_down("TOO MANY REQUESTS")
        self.calls.append(now)

    def slow_down(self, why: str) -> RateLimitError:
        """A 429 in the API's words."""
        return RateLimitError(f"SLOW DOWN - {why}", status=429, retry_after=self.faults.retry_after)


@dataclass(slots=True)
class _Case:
    """One job under faults: when it leaves the queue, and how often which answer was given."""

    manners: _Manners
    queued_until: float
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def left_seconds(self) -> float:
        """How long it still waits in the queue."""
        return max(0.0, self.queued_until - monotonic())

    def count(self, what: str) -> int:
        """How often this was, now included."""
        self.counts[what] += 1
        return self.counts[what]


def _said(
    report: Report, faults: Faults, change: Callable[[dict[str, Any]], dict[str, Any]] = dict
) -> Response:
    answer = write_report(report)
    words = worded(change(answer["conversion"]), faults)
    return JSONResponse(answer | {"conversion": words})


def _without_audio(report: Report, state: State, **news: Any) -> Report:
    return replace(report, state=state, mp3_url=None, wav_url=None, seconds=None, **news)


def _numbered(report: Report, number: int) -> Report:
    """Links that tell which answer they are from."""
    mp3_url, wav_url = (f"{url}?link={number}" for url in (report.mp3_url, report.wav_url))
    return replace(report, mp3_url=mp3_url, wav_url=wav_url)
