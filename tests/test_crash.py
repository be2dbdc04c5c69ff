"""Kernels are killed anywhere, also while they resume: no sound is lost, and none is paid twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from types import SimpleNamespace

import pytest
from crash_driver import BAD, GOOD, SOUNDS, half_files, heirs, settled, stage

from soundgen_nb.errors import OutcomeUnknownError
from soundgen_nb.server import LocalServer
from soundgen_nb.settings import Settings
from soundgen_nb.studio import Studio
from soundgen_nb.wire import State

ROUNDS = 20


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """Twenty kernels on one library that die, half of them with an heir that dies as well."""
    folder, random = tmp_path_factory.mktemp("home"), Random(26)
    with stage() as theatre:
        dead = theatre.errands(folder, random, ROUNDS)
        codes = theatre.run(dead)
        codes += theatre.run(heirs(dead[: ROUNDS // 2], random))
        fates = settled(theatre, dead)
        return SimpleNamespace(
            codes=codes,
            fates=sum(fates, Counter()),
            half_files=half_files(folder),
            received=theatre.received,
        )


def test_kernels_were_killed_and_none_ended_in_an_error(ended):
    assert sum(code < 0 for code in ended.codes) > ROUNDS / 2
    assert not any(code > 0 for code in ended.codes)


def test_every_sound_is_finished_or_known_to_be_unknown_or_was_never_sent(ended):
    assert sum(ended.fates[fate] for fate in GOOD) == ROUNDS * SOUNDS
    assert [ended.fates[fate] for fate in BAD] == [0, 0, 0]


def test_the_deaths_came_at_such_moments_that_every_fate_was_met(ended):
    assert all(ended.fates[fate] for fate in GOOD)


def test_no_submit_was_sent_twice(ended):
    assert set(ended.received.submits.values()) == {1}


def test_there_is_no_half_file_among_the_sounds(ended):
    assert ended.half_files == []


def test_what_was_being_sent_when_the_books_failed_is_unknown_and_not_sent_again(tmp_path):
    with LocalServer() as server:
        settings = Settings(api_key=server.api_key, base_url=server.base_url, home=tmp_path)
        with Studio(settings) as studio:
            order = studio.plan("rain", seconds=1).order
            studio.library.plan(order.entries(settings.api_key.fingerprint))
            studio.library.record(replace(order.jobs[0], state=State.SENDING))
            (failure,) = studio.resume().failures
            assert isinstance(failure, OutcomeUnknownError)
            assert studio.library.entry(order.jobs[0].id).state is State.UNKNOWN
        assert not server.received.submits
