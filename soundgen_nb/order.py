"""Order: what one call asks for, prompts by takes, checked and planned before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import inf
from numbers import Real
from urllib.parse import urlsplit

from soundgen_nb.api import Outcome
from soundgen_nb.errors import InputError, NothingSucceededError
from soundgen_nb.prompt import Prompt
from soundgen_nb.settings import Settings
from soundgen_nb.take import Take, Takes
from soundgen_nb.wire import (
    Job,
    Provenance,
    Submission,
    checked_seconds,
    checked_seed,
    checked_whole,
)

_MOST_TAKES = 1000  # of one prompt in one call
_VENDOR_HOSTS = (".musicgpt.com", ".wav.com")


@dataclass(frozen=True, slots=True)
class Item:
    """One sound of an order: the prompt, which take of it (from 1), and its job."""

    prompt: Prompt
    index: int
    job: Job

    def take(self, outcome: Outcome) -> Take | None:
        """The take an outcome brought; None if it brought no audio."""
        if outcome.audio is None:
            return None
        return Take(
            prompt=self.prompt.text,
            sound=outcome.audio.played,
            provenance=provenance(outcome.job),
            factors=self.prompt.factors,
            index=self.index,
            wav=outcome.audio.wav,
        )


@dataclass(frozen=True, slots=True)
class Order:
    """All the sounds of one call, in the order they will be shown."""

    items: tuple[Item, ...]
    timeout_seconds: float

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The planned jobs."""
        return tuple(item.job for item in self.items)

    def takes(self, outcomes: Sequence[Outcome]) -> Takes:
        """What came, and one error for each that did not.

        Raises:
            SoundgenError: the job's own error, if one sound was asked for and did not come.
            NothingSucceededError: if several were and none came.
        """
        pairs = zip(self.items, outcomes, strict=True)
        takes = [take for take in (item.take(outcome) for item, outcome in pairs) if take]
        failures = [outcome.error for outcome in outcomes if outcome.error is not None]
        if not takes and len(failures) == 1:
            raise failures[0]
        if not takes:
            raise NothingSucceededError(
                f"none of the {len(outcomes)} sounds came; the first says: {failures[0]}",
                failures=failures,
            )
        return Takes(tuple(takes), tuple(failures))


def planned(  # noqa: PLR0913  # the arguments of one call, by name
    prompts: Sequence[Prompt],
    settings: Settings,
    *,
    takes: int = 1,
    seconds: float | None = None,
    seed: int | None = None,
    user_id: str = "",
    webhook_url: str = "",
    timeout: float | None = None,
    confirm: bool = False,
) -> Order:
    """The order of one call; its arguments are those of ``Studio.generate``.

    Raises:
        InputError: for anything that cannot be used, naming it. Nothing has been sent then.
    """
    count = checked_whole("takes", takes, 1, _MOST_TAKES)
    _check_amount(len(prompts) * count, settings, confirm=confirm)
    seeds = _seeds(seed, count, settings)
    submission = partial(
        Submission,
        seconds=checked_seconds(seconds),
        user_id=_checked_label(user_id),
        webhook_url=_checked_webhook(webhook_url),
    )
    items = tuple(
        Item(
            prompt,
            index,
            Job(submission=submission(prompt=prompt.text, seed=seed), base_url=settings.base_url),
        )
        for prompt in prompts
        for index, seed in enumerate(seeds, start=1)
    )
    return Order(items, _checked_timeout(timeout, settings))


def provenance(job: Job) -> Provenance:
    """Where the sound of a completed job came from."""
    local = (job.report.local if job.report else None) or {}
    brief, seed = local.get("brief"), local.get("seed")
    return Provenance(
        prompt=job.submission.prompt,
        engine=str(local.get("engine") or _vendor(job.base_url)),
        base_url=job.base_url,
        task_id=job.task_id,
        conversion_id=job.receipt.conversion_id if job.receipt else "",
        seconds_asked=job.submission.seconds,
        seed=seed if isinstance(seed, int) else None,
        brief=brief if isinstance(brief, dict) else None,
        credits=job.credits,
        submitted_at=job.submitted_at,
        ended_at=job.ended_at,
        user_id=job.submission.user_id,
    )


def _check_amount(jobs: int, settings: Settings, *, confirm: bool) -> None:
    if jobs > settings.confirm_above and not confirm:
        raise InputError(
            f"this would make {jobs:,} sounds, more than {settings.confirm_above}; if that is "
            "meant, pass confirm=True"
        )


def _seeds(seed: int | None, count: int, settings: Settings) -> list[int | None]:
    first = checked_seed(seed)
    if first is None:
        return [None] * count
    if settings.api_key is not None and not settings.api_key.is_local:
        raise InputError(
            f"seed={seed}: {urlsplit(settings.base_url).hostname} has no seeds; leave it out "
            "(takes of one prompt differ), or use the embedded engine"
        )
    return [checked_seed(first + number) for number in range(count)]


def _checked_timeout(timeout: object, settings: Settings) -> float:
    if timeout is None:
        return settings.timeout_seconds
    if isinstance(timeout, bool) or not isinstance(timeout, Real) or not 0 < float(timeout) < inf:
        raise InputError(f"timeout must be a number of seconds above nought, not {timeout!r}")
    return float(timeout)


def _checked_label(user_id: object) -> str:
    if not isinstance(user_id, str) or not user_id.isprintable():
        raise InputError(f"user_id must be a line of text, not {user_id!r:.80}")
    return user_id


def _checked_webhook(url: object) -> str:
    text = url if isinstance(url, str) and url.isprintable() else "?"
    if text and not text.startswith(("http://", "https://")):
        raise InputError(f"webhook_url must be an http or https address, not {url!r:.200}")
    return text


def _vendor(base_url: str) -> str:
    host = urlsplit(base_url).hostname or ""
    return "MusicGPT" if f".{host}".endswith(_VENDOR_HOSTS) else host
