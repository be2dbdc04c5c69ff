"""Entry: one sound that was asked for, and all that came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from time import time
from typing import Any

from soundgen_nb.sound import Sound
from soundgen_nb.wire import Job, Provenance, State

UNDER_WAY = (State.PLANNED, State.SENDING, State.IN_QUEUE, State.IN_PROGRESS)
"""The states in which something is still to come; so it is in COMPLETED without audio."""

_RANK: Mapping[State, int] = {
    State.PLANNED: 0,
    State.SENDING: 1,
    State.UNKNOWN: 2,
    State.IN_QUEUE: 3,
    State.IN_PROGRESS: 4,
    State.REFUSED: 5,
    State.FAILED: 5,
    State.DROPPED: 5,
    State.COMPLETED: 6,  # above the other ends: a sound that was paid for is never given up
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """The bytes of one sound in the library, named by what they are.

    ``digest`` is their SHA-256 in hex, ``size`` their number.
    """

    digest: str
    format: str
    size: int

    @classmethod
    def of(cls, sound: Sound) -> Filed:
        """What a sound will be filed as."""
        digest = sha256(sound.data).hexdigest()
        return cls(digest=digest, format=sound.format, size=len(sound.data))

    @property
    def name(self) -> str:
        """The name of the file; the same bytes have the same one."""
        return f"{self.digest}.{self.format}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One sound asked for: its job, its place in its order, and what came of it.

    Args:
        job: as last heard of.
        order_id: what the entries of one call share.
        factors: the template values in the prompt, by factor name.
        index: which take of its prompt it is, from 1.
        key: the fingerprint of the key it was asked with; "" for the embedded engine.
        created_at: when it was planned, in seconds since the epoch.
        updated_at: when anything of it last changed.
        played: the audio as received, once it is kept.
        wav: the lossless original beside it, where there is one.
        provenance: where the sound came from, once it is kept.
        measures: numbers by name, once they are taken.
        rating: from 1 to 5, once somebody gave one.
        tags: words somebody put to it.
        note: what somebody wrote about it.
    """

    job: Job
    order_id: str
    factors: Mapping[str, str] = field(default_factory=dict)
    index: int = 1
    key: str = ""
    created_at: float = field(default_factory=time)
    updated_at: float = field(default_factory=time)
    played: Filed | None = None
    wav: Filed | None = None
    provenance: Provenance | None = None
    measures: Mapping[str, Any] = field(default_factory=dict)
    rating: int | None = None
    tags: tuple[str, ...] = ()
    note: str = ""

    @property
    def id(self) -> str:
        """The job's own name."""
        return self.job.id

    @property
    def prompt(self) -> str:
        """What was asked for."""
        return self.job.submission.prompt

    @property
    def state(self) -> State:
        """How the job stands."""
        return self.job.state

    @property
    def kept(self) -> bool:
        """Whether its audio is in the library."""
        return self.played is not None

    @property
    def unfinished(self) -> bool:
        """Whether something is still to come: an answer, or the audio of a completed job."""
        return self.state in UNDER_WAY or (self.state is State.COMPLETED and not self.kept)

    @property
    def open(self) -> bool:
        """Whether it may still end in a sound: unfinished, or of unknown outcome."""
        return self.unfinished or self.state is State.UNKNOWN

    @property
    def files(self) -> tuple[Filed, ...]:
        """The files its audio is in."""
        return tuple(filed for filed in (self.played, self.wav) if filed is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was taken out of the library, or would be: how many entries, files and bytes."""

    entries: int
    files: int
    bytes: int


def merged(old: Job, new: Job) -> Job:
    """The job after news: it goes forward only, and what is known of it is never lost.

    The one way back is from SENDING to PLANNED, when the API said that it did not take the job.
    Where the state stays, the names of a task are taken in all the same: somebody has paid for it.
    """
    forward = _RANK[new.state] > _RANK[old.state] or new.state is old.state
    if not forward and (old.state, new.state) != (State.SENDING, State.PLANNED):
        sent = new if new.receipt and not old.receipt else old
        return replace(old, receipt=sent.receipt, submitted_at=sent.submitted_at)
    return replace(
        new,
        receipt=new.receipt or old.receipt,
        report=new.report or old.report,
        submitted_at=old.submitted_at if new.submitted_at is None else new.submitted_at,
        ended_at=old.ended_at if new.ended_at is None else new.ended_at,
    )
