"""The desk: where requests are read and answered, on a job board."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from soundgen_nb.errors import AuthenticationError, BadRequestError, NotFoundError, RejectedError
from soundgen_nb.prompt import MAX_CHARACTERS
from soundgen_nb.server.bodies import read_fields
from soundgen_nb.server.jobboard import JobBoard
from soundgen_nb.server.received import Tally
from soundgen_nb.server.webhooks import Webhooks
from soundgen_nb.wire import (
    CONVERSION_TYPE,
    Receipt,
    Report,
    State,
    Submission,
    read_submission,
    write_receipt,
    write_report,
    write_webhook,
)

_MEDIA_TYPES = {"mp3": "audio/mpeg", "wav": "audio/wav"}


class Desk:
    """The three endpoints; each checks, counts, and leaves the answer to a method of its own.

    Args:
        board: does the work.
        token: the key that calls must carry, bare or after "Bearer ".
        webhooks: delivers.
        tally: counts what comes.
        max_body_bytes: the largest request body.
    """

    def __init__(
        self,
        *,
        board: JobBoard,
        token: str,
        webhooks: Webhooks,
        tally: Tally,
        max_body_bytes: int,
    ) -> None:
        self.board = board
        self._token = token
        self._webhooks = webhooks
        self._tally = tally
        self._max_body_bytes = max_body_bytes

    async def submit(self, request: Request) -> Response:
        """A prompt comes in."""
        self.check_key(request)
        submission = read_submission(await read_fields(request, max_bytes=self._max_body_bytes))
        _check_length(submission.prompt)
        self._tally.count("submits", submission.prompt)
        return self.answer_submit(submission, _links_base(request))

    async def status(self, request: Request) -> Response:
        """Somebody asks how a job stands."""
        self.check_key(request)
        any_ids = _asked_ids(request)
        self._tally.count("asks", self.prompt(any_ids[0]))
        return self.answer_status(self._asked_report(any_ids, _links_base(request)))

    async def audio(self, request: Request) -> Response:
        """Somebody fetches a file."""
        task_id, name = request.path_params["task_id"], request.path_params["name"]
        self._tally.count("downloads", self.prompt(task_id))
        return Response(self.board.audio(task_id, name), media_type=_MEDIA_TYPES[name])

    def check_key(self, request: Request) -> None:
        """Let pass who has the key.

        Raises:
            AuthenticationError: for anybody else.
        """
        given = request.headers.get("authorization", "")
        bare = given[7:] if given[:7].lower() == "bearer " else given
        if not secrets.compare_digest(bare.strip().encode(), self._token.encode()):
            raise AuthenticationError("Authentication failed", status=401)

    def answer_submit(self, submission: Submission, base: str) -> Response:
        """Accept it, and say so."""
        return JSONResponse(write_receipt(self.accept(submission, base)))

    def answer_status(self, report: Report) -> Response:
        """Say how the job stands."""
        return JSONResponse(write_report(report))

    def accept(self, submission: Submission, base: str) -> Receipt:
        """A job made of a submission, and its webhook promised."""
        self._webhooks.check(submission.webhook_url)
        receipt = self.board.accept(submission)
        self._tally.count("accepted", submission.prompt)
        if submission.webhook_url:
            self.promise(submission, partial(self.news, receipt.task_id, base))
        return receipt

    def promise(self, submission: Submission, news: partial[Any]) -> None:
        """Have the news of the end posted to where the submission wants them."""
        self._webhooks.promise(submission.webhook_url, news)

    async def news(self, task_id: str, base: str) -> dict[str, Any]:
        """The body of the webhook, once the job has ended."""
        await self.board.ended(task_id)
        return write_webhook(self.report(task_id, base))

    def report(self, any_id: str, base: str) -> Report:
        """How a job stands, with links that begin with ``base``.

        Raises:
            NotFoundError: if there is no such job.
        """
        report = self.board.report(any_id)
        if report.state is not State.COMPLETED:
            return report
        stem = f"{base}/conversions/{report.task_id}_sound"
        return replace(report, mp3_url=f"{stem}.mp3", wav_url=f"{stem}.wav")

    def prompt(self, any_id: str) -> str:
        """What a job was asked for; "" for an id that is none."""
        try:
            return self.board.submission(any_id).prompt
        except NotFoundError:
            return ""

    def _asked_report(self, any_ids: Sequence[str], base: str) -> Report:
        reports = [self.report(any_id, base) for any_id in any_ids]
        if len({report.task_id for report in reports}) > 1:
            raise BadRequestError(
                "Invalid request parameters: task_id and conversion_id name two jobs", status=400
            )
        return reports[0]


def _check_length(prompt: str) -> None:
    if len(prompt) > MAX_CHARACTERS:
        raise RejectedError(
            f"Prompt has {len(prompt):,} characters, at most {MAX_CHARACTERS:,} are taken.",
            status=422,
        )


def _asked_ids(request: Request) -> list[str]:
    """The one or two ids of a status call."""
    asked = request.query_params
    if asked.get("conversionType") != CONVERSION_TYPE:
        raise BadRequestError(
            f"Invalid request parameters: conversionType must be {CONVERSION_TYPE}", status=400
        )
    any_ids = [asked[name] for name in ("task_id", "conversion_id") if asked.get(name)]
    if not any_ids:
        raise BadRequestError(
            "Invalid request parameters: task_id or conversion_id is required", status=400
        )
    return any_ids


def _links_base(request: Request) -> str:
    """Scheme and host as the caller wrote them, so that the links lead back the same way."""
    return str(request.base_url).rstrip("/")
