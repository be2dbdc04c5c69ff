"""Order: what one call asks for, prompts by takes, checked and planned before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from numbers import Real
from urllib.parse import urlsplit
from uuid import uuid4

from soundgen_nb.api import Outcome
from soundgen_nb.errors import (
    InputError,
    NothingSucceededError,
    OutcomeUnknownError,
    SoundgenError,
)
from soundgen_nb.library import Entry
from soundgen_nb.prompt import Prompt
from soundgen_nb.settings import Settings
from soundgen_nb.sound import Sound
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
    """One sound of an order: the prompt, which take of it (from 1), and its job.

    ``ready`` is a take of the same that is there already, where one is to be used again.
    """

    prompt: Prompt
    index: int
    job: Job
    ready: Take | None = None

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

    def reused(self, entry: Entry, played: Sound, wav: Sound | None) -> Item:
        """The same item with a sound that was asked for earlier in place of a new one."""
        take = Take(
            prompt=self.prompt.text,
            sound=played,
            provenance=entry.provenance or provenance(entry.job),
            factors=self.prompt.factors,
            index=self.index,
            wav=wav,
        )
        return replace(self, ready=take)

    def entry(self, order_id: str, key: str) -> Entry:
        """How it is written down."""
        factors = self.prompt.factors
        return Entry(job=self.job, order_id=order_id, factors=factors, index=self.index, key=key)


@dataclass(frozen=True, slots=True)
class Order:
    """All the sounds of one call, in the order they will be shown.

    ``max_credits`` stops before the submit that would cross it. A ``forgiving`` order raises
    nothing, whatever came of it. ``in_place_of`` are ids of open jobs, which are given up when this
    order is written down, and not before.
    """

    items: tuple[Item, ...]
    timeout_seconds: float
    max_credits: float | None = None
    forgiving: bool = False
    in_place_of: tuple[str, ...] = ()
    id: str = field(default_factory=lambda: uuid4().hex)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs to be done; what is ready needs none."""
        return tuple(item.job for item in self.items if item.ready is None)

    def entries(self, key: str) -> tuple[Entry, ...]:
        """How its jobs are written down; ``key`` is the fingerprint of the key that sends them."""
        return tuple(item.entry(self.id, key) for item in self.items if item.ready is None)

    def filled(self, takes: Mapping[str, Take]) -> Order:
        """The order with these takes, by the ids of their jobs, ready in it."""
        items = (replace(item, ready=takes.get(item.job.id, item.ready)) for item in self.items)
        return replace(self, items=tuple(items))

    def takes(self, outcomes: Sequence[Outcome]) -> Takes:
        """What came, and one error for each that did not.

        Raises:
            SoundgenError: the job's own error, if one sound was asked for and did not come.
            NothingSucceededError: if several were and none came.
        """
        by_job = {outcome.job.id: outcome for outcome in outcomes}
        came = [item.ready or item.take(by_job[item.job.id]) for item in self.items]
        takes = tuple(take for take in came if take is not None)
        failures = tuple(outcome.error for outcome in outcomes if outcome.error is not None)
        if not takes and not self.forgiving:
            raise _nothing(failures)
        return Takes(takes, failures)


def planned(
    prompts: Sequence[Prompt],
    settings: Settings,
    *,
    takes: int = 1,
    seconds: float | None = None,
    seed: int | None = None,
    user_id: str = "",
    webhook_url: str = "",
    timeout: float | None = None,
    max_credits: float | None = None,
) -> Order:
    """The order of one call; its arguments are those of ``Studio.generate``.

    Raises:
        InputError: for anything that cannot be used, naming it. Nothing has been sent then.
    """
    count = checked_whole("takes", takes, 1, _MOST_TAKES)
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
    most = None if max_credits is None else _above_nought("max_credits", max_credits, "a number")
    return Order(items, checked_timeout(timeout, settings), most)


def resumed(entries: Iterable[Entry], timeout_seconds: float) -> Order:
    """The order that takes submitted jobs to their end; it raises nothing."""
    items = tuple(Item(prompt_of(entry), entry.index, entry.job) for entry in entries)
    return Order(items, timeout_seconds, forgiving=True)


def again(entries: Sequence[Entry], timeout_seconds: float) -> Order:
    """The order that asks once more for the very same, in place of what is still open of it."""
    items = (
        Item(
            prompt_of(entry),
            entry.index,
            Job(submission=entry.job.submission, base_url=entry.job.base_url),
        )
        for entry in entries
    )
    still_open = tuple(entry.id for entry in entries if entry.open)
    return Order(tuple(items), timeout_seconds, in_place_of=still_open)


def unknown_outcome(entry: Entry) -> SoundgenError:
    """The error of a job that nobody can say the fate of, with the ways out of it."""
    return OutcomeUnknownError(
        f"{entry.prompt!r:.60}: nobody can say whether this was accepted and charged. Look at the "
        f"account's history, then sg.resend({entry.id!r}) or sg.drop({entry.id!r})",
        job=entry.job,
    )


def prompt_of(entry: Entry) -> Prompt:
    """The prompt an entry was asked with, its factors with it."""
    return Prompt(entry.prompt, entry.factors)


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


def _nothing(failures: Sequence[SoundgenError]) -> SoundgenError:
    if len(failures) == 1:
        return failures[0]
    return NothingSucceededError(
        f"none of the {len(failures)} sounds came; the first says: {failures[0]}",
        failures=failures,
    )


def checked_timeout(timeout: object, settings: Settings) -> float:
    """Seconds a call may take, the settings' own where it does not say.

    Raises:
        InputError: if it is no number above nought.
    """
    if timeout is None:
        return settings.timeout_seconds
    return _above_nought("timeout", timeout, "a number of seconds")


def _above_nought(name: str, value: object, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < float(value) < inf:
        raise InputError(f"{name} must be {what} above nought, not {value!r:.80}")
    return float(value)


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
