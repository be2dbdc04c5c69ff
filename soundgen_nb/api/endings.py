"""Endings: the errors of jobs that made no sound, each saying which job it is about."""

from __future__ import annotations

from copy import copy

from soundgen_nb.api.batch import meets_every_job
from soundgen_nb.errors import (
    DeadlineError,
    JobError,
    JobFailedError,
    OutcomeUnknownError,
    OverBudgetError,
    SoundgenError,
)
from soundgen_nb.wire import Job, State


def named(job: Job) -> str:
    """The prompt of a job and its task, where it has one."""
    task = f" (task {job.task_id})" if job.task_id else ""
    return f"{job.submission.prompt!r:.60}{task}"


def failed(job: Job) -> JobFailedError:
    """The error of a job that the API gave up."""
    reason = job.message or "the API gives no reason"
    return JobFailedError(f"{named(job)} failed: {reason}", job=job)


def unknown(job: Job) -> OutcomeUnknownError:
    """The error of a job that may have been accepted, or not."""
    return OutcomeUnknownError(
        f"{named(job)}: {job.message}. It may have been accepted and charged, so it is not sent "
        "again by itself; look at the account's history first",
        job=job,
    )


def late(job: Job) -> DeadlineError:
    """The error of a job that time ran out on, with what was last heard of it."""
    goes_on = f"the API goes on with it ({job.state})"
    if job.report is None:
        goes_on = "the API has taken it, and there was no time to ask how it is"
    where = {
        State.PLANNED: "it was never sent, or not accepted",
        State.SENDING: "it may have been accepted",
        State.UNKNOWN: "it may have been accepted",
        State.COMPLETED: "it is done, and only its audio is missing here",
    }.get(job.state, goes_on)
    return DeadlineError(f"time ran out on {named(job)}; {where}. Give more with timeout=", job=job)


def lost_on_arrival(job: Job, error: Exception) -> JobError:
    """The error of a job whose sound came, and then met this one."""
    if isinstance(error, JobError):
        return error
    lost = JobError(
        f"{named(job)} came, but what was to be done with it then failed: "
        f"{type(error).__name__}: {error}",
        job=job,
    )
    lost.__cause__ = error
    return lost


def with_job(error: SoundgenError, job: Job) -> SoundgenError:
    """The error, with the job where there is one at the API that can be asked about later.

    Among the failures of many jobs each has to say which one it is about.
    """
    if isinstance(error, (JobError, OverBudgetError)) or meets_every_job(error):
        return error
    if not job.task_id:
        return _about(job, error)
    lost = JobError(f"{named(job)} was submitted, but {error}", job=job)
    lost.__cause__ = error
    return lost


def _about(job: Job, error: SoundgenError) -> SoundgenError:
    """The same error, its words with the prompt before them."""
    told = copy(error)
    told.args = (f"{named(job)}: {error}",)
    told.__cause__ = error.__cause__
    return told
