"""Repeats: takes that are the recording of an earlier one, and no takes of their own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from soundgen_nb.analysis import Recording, same_recording
from soundgen_nb.take import Take, Takes, measure_all

# Gain leaves the crest alone, and an mp3 moves it by 1.2 dB, or 7 where all was at full scale. To
# look at it first saves work, of which there are two milliseconds a pair.
_CREST_OF_COPIES_DB = 9.0


def each_once(takes: Sequence[Take]) -> list[Take]:
    """The takes without those of the same samples as an earlier one of their prompt.

    A server may answer a prompt out of its cache. That is no take of its own, and would make any
    difference look surer than it is.
    """
    measure_all(takes)
    kept: dict[tuple[str, bytes], Take] = {}
    for take in takes:
        kept.setdefault((take.prompt, take.measures.fingerprint), take)
    return list(kept.values())


def first_copies(takes: Takes) -> list[int | None]:
    """For each take, the first one before it that is the same recording.

    Equal samples are one recording, even of silence, which has no wave to compare.
    """
    heard = [_Heard(take) for take in takes]
    return [
        next((place for place, before in enumerate(heard[:later]) if _alike(before, each)), None)
        for later, each in enumerate(heard)
    ]


@dataclass(frozen=True, eq=False)
class _Heard:
    """What is compared of one take."""

    take: Take

    @cached_property
    def recording(self) -> Recording:
        # decoded for this look alone: the samples of many takes are a lot of memory
        return Recording(*self.take.measured.decode())

    @cached_property
    def fingerprint(self) -> tuple[int, tuple[int, ...], bytes]:
        """The same for equal samples alone."""
        samples = self.recording.samples
        return self.recording.sample_rate, samples.shape, sha256(samples.tobytes()).digest()


def _alike(one: _Heard, other: _Heard) -> bool:
    if one.fingerprint == other.fingerprint:
        return True
    apart_db = abs(one.take.measures.crest_db - other.take.measures.crest_db)
    # silence has no crest
    if math.isnan(apart_db) or apart_db >= _CREST_OF_COPIES_DB:
        return False
    return same_recording(one.recording, other.recording)
