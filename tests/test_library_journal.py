from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from time import time

import pytest
from filelock import FileLock, Timeout
from hypothesis import given
from hypothesis import strategies as st
from library_driver import KEY, URL, accepted, at_lines, driven, entry, live, sound

from soundgen_nb.errors import InputError, LibraryError
from soundgen_nb.library import Library
from soundgen_nb.library.database import Database
from soundgen_nb.library.entry import merged
from soundgen_nb.library.owners import Owners
from soundgen_nb.library.schema import MIGRATIONS
from soundgen_nb.wire import Job, Provenance, Receipt, State, Submission

PROVENANCE = Provenance(prompt="rain", engine="nobody")
BEFORE_SENDING = {State.PLANNED, State.SENDING, State.UNKNOWN}


def told(said: list[list[str]], what: str) -> list[str]:
    return [words[1] for words in said if words[0] == what]


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "library") as opened:
        yield opened


@pytest.fixture(params=["on disk", "in memory"])
def any_library(request, tmp_path):
    disk = request.param == "on disk"
    with Library.open(tmp_path / "library") if disk else Library.in_memory() as opened:
        yield opened


@pytest.fixture
def memory():
    with Library.in_memory() as opened:
        yield opened


def planned(library, prompt="rain", state=State.PLANNED, **changes):
    """An entry whose job has come as far as ``state``."""
    new = entry(prompt, **changes)
    library.plan([new])
    if state is not State.PLANNED:
        library.record(replace(new.job, state=state))
    return new


# what is written is there


def test_what_is_planned_is_there_as_it_was_given(any_library):
    new = entry("rain on a {roof}", factors={"roof": "tin"}, index=3)
    any_library.plan([new])
    assert any_library.entry(new.id) == new


def test_an_order_is_planned_whole_or_not_at_all(any_library):
    first, second = entry("one"), entry("two")
    any_library.plan([first])
    with pytest.raises(LibraryError, match="UNIQUE"):
        any_library.plan([second, first])
    assert [e.id for e in any_library.entries()] == [first.id]


def test_news_of_a_job_are_there_after_opening_again(tmp_path):
    with Library.open(tmp_path) as library:
        new = planned(library)
        library.record(accepted(new.job))
    with Library.open(tmp_path) as library:
        assert library.entry(new.id).job == accepted(new.job)


def test_numbers_and_ratings_are_there_and_can_be_taken_back(any_library):
    new = planned(any_library)
    any_library.measured(new.id, {"loudness_lufs": float("-inf"), "peak": 0.5, "pitch_hz": None})
    any_library.rate(new.id, 4)
    seen = any_library.entry(new.id)
    assert seen.measures == {"loudness_lufs": float("-inf"), "peak": 0.5, "pitch_hz": None}
    assert (seen.rating, seen.updated_at > new.updated_at) == (4, True)
    any_library.rate(new.id, None)
    assert any_library.entry(new.id).rating is None


def test_tags_and_notes_are_there_and_can_be_taken_back(any_library):
    new = planned(any_library)
    any_library.tag(new.id, [" dry", "close", "dry ", " "])
    any_library.annotate(new.id, " too much hiss\nat the end ")
    seen = any_library.entry(new.id)
    assert (seen.tags, seen.note) == (("dry", "close"), "too much hiss\nat the end")
    any_library.tag(new.id, [])
    any_library.annotate(new.id, "")
    assert any_library.entry(new.id).tags == ()
    assert any_library.entry(new.id).note == ""


@pytest.mark.parametrize("rating", [0, 6, 2.5, "5", True])
def test_a_rating_is_a_whole_number_from_one_to_five(memory, rating):
    new = planned(memory)
    with pytest.raises(InputError, match="rating must be a whole number from 1 to 5"):
        memory.rate(new.id, rating)


@pytest.mark.parametrize(
    "verb",
    [
        lambda library: library.entry("x"),
        lambda library: library.record(entry().job),
        lambda library: library.measured("x", {}),
        lambda library: library.rate("x", 3),
        lambda library: library.tag("x", ["dry"]),
        lambda library: library.annotate("x", "why"),
        lambda library: library.forget("x"),
        lambda library: library.drop("x", "why"),
        lambda library: library.sounds("x"),
        lambda library: library.keep("x", played=sound(1), provenance=PROVENANCE),
    ],
    ids=["entry", "record", "measured", "rate", "tag", "note", "forget", "drop", "sounds", "keep"],
)
def test_a_job_that_was_never_planned_is_refused(any_library, verb):
    with pytest.raises(LibraryError, match="there is no job"):
        verb(any_library)


# a job goes forward, and is sent once


@given(st.lists(st.tuples(st.sampled_from(State), st.booleans()), max_size=12))
def test_a_job_never_goes_back_and_never_loses_its_names(news):
    start = Job(submission=Submission(prompt="rain"), base_url=URL)
    receipt = Receipt(task_id="t", conversion_id="c")
    jobs = [start]
    for state, named in news:
        jobs.append(
            merged(jobs[-1], replace(start, state=state, receipt=receipt if named else None))
        )
    assert jobs[-1].receipt == (receipt if any(named for _, named in news) else None)
    for old, new in pairwise(jobs):
        assert new.receipt == receipt or old.receipt is None
        assert not old.state.ended or new.state in {old.state, State.COMPLETED}
        assert old.state in BEFORE_SENDING or new.state not in BEFORE_SENDING
        assert old.state is not State.UNKNOWN or new.state not in {State.PLANNED, State.SENDING}


def test_a_late_report_does_not_undo_the_end(any_library):
    new = planned(any_library, state=State.COMPLETED)
    any_library.record(replace(accepted(new.job), state=State.IN_PROGRESS))
    assert any_library.entry(new.id).state is State.COMPLETED


def test_an_unknown_outcome_can_turn_out_well(any_library):
    new = planned(any_library, state=State.UNKNOWN)
    any_library.record(replace(accepted(new.job), state=State.COMPLETED))
    seen = any_library.entry(new.id)
    assert (seen.state, seen.job.task_id) == (State.COMPLETED, f"task of {new.id}")


def test_a_job_the_api_did_not_take_may_be_sent_again(any_library):
    new = planned(any_library)
    for state in (State.SENDING, State.PLANNED, State.SENDING):
        any_library.record(replace(new.job, state=state))
    assert any_library.entry(new.id).state is State.SENDING


@pytest.mark.parametrize("state", [s for s in State if s is not State.PLANNED], ids=str)
def test_a_job_is_sent_from_planned_alone(memory, state):
    new = planned(memory, state=state)
    with pytest.raises(LibraryError, match=f"is {state} already: it is not sent again"):
        memory.record(replace(new.job, state=State.SENDING))
    assert memory.entry(new.id).state is state


def test_a_job_is_sent_by_the_kernel_that_planned_it_alone(tmp_path, library):
    new = planned(library)
    sending = replace(new.job, state=State.SENDING)
    refused = pytest.raises(LibraryError, match="another kernel's already")
    with Library.open(tmp_path / "library") as other, refused:
        other.record(sending)
    library.record(sending)


def test_of_all_who_want_to_send_a_job_one_may(tmp_path):
    said = driven(tmp_path, "send_together")
    assert len(told(said, "sent")) == len(set(told(said, "sent"))) == 10
    assert sorted(told(said, "refused")) == sorted(told(said, "sent"))


def test_giving_up_ends_what_is_open_and_nothing_else(any_library):
    for state in (State.PLANNED, State.UNKNOWN, State.COMPLETED):
        new = planned(any_library, state=state)
        any_library.drop(new.id, "never mind")
        seen = any_library.entry(new.id)
        assert (seen.state, seen.job.message) == (State.DROPPED, "never mind")
    failed = planned(any_library, state=State.FAILED)
    with pytest.raises(LibraryError, match="FAILED: there is nothing to give up"):
        any_library.drop(failed.id, "never mind")


@pytest.mark.parametrize("state", [State.PLANNED, State.UNKNOWN, State.IN_QUEUE], ids=str)
def test_what_is_planned_in_place_of_another_ends_that_one_at_the_same_moment(any_library, state):
    old, new = planned(any_library, state=state), entry("rain")
    with pytest.raises(LibraryError, match="UNIQUE"):
        any_library.plan([new, new], in_place_of=[old.id])
    assert [e.state for e in any_library.entries()] == [state]
    any_library.plan([new], in_place_of=[old.id])
    assert [e.state for e in any_library.entries()] == [State.PLANNED, State.DROPPED]
    assert any_library.entry(old.id).job.message == "asked for again"


def test_nothing_is_planned_in_place_of_what_has_ended(any_library):
    old = planned(any_library, state=State.FAILED)
    with pytest.raises(LibraryError, match="FAILED: there is nothing to give up"):
        any_library.plan([entry("rain")], in_place_of=[old.id])
    assert [e.state for e in any_library.entries()] == [State.FAILED]


def test_a_sound_that_comes_after_giving_up_still_counts(any_library):
    new = planned(any_library, state=State.UNKNOWN)
    any_library.drop(new.id, "not in the account's history")
    any_library.record(replace(accepted(new.job), state=State.COMPLETED))
    assert any_library.entry(new.id).state is State.COMPLETED


@pytest.mark.parametrize("state", [State.SENDING, State.IN_QUEUE, State.COMPLETED], ids=str)
def test_what_another_living_kernel_waits_for_is_given_up_after_its_end_alone(
    tmp_path, library, state
):
    new = planned(library, state=state)
    with Library.open(tmp_path / "library") as other:
        with pytest.raises(InputError, match=f"another kernel is waiting for 'rain' .{state}.: "):
            other.drop(new.id, "never mind")
        assert other.entry(new.id).state is state
        library.close()
        other.drop(new.id, "never mind")
        assert other.entry(new.id).state is State.DROPPED


def test_an_unknown_outcome_is_given_up_from_any_kernel_for_nobody_waits_for_it(tmp_path, library):
    new = planned(library, state=State.UNKNOWN)
    with Library.open(tmp_path / "library") as other:
        other.drop(new.id, "not in the account's history")
    assert library.entry(new.id).state is State.DROPPED


def test_a_task_that_was_paid_for_after_giving_up_can_still_be_found(any_library):
    new = planned(any_library, state=State.SENDING)
    any_library.drop(new.id, "never mind")
    any_library.record(accepted(new.job))
    (seen,) = any_library.entries(task_id=f"task of {new.id}")
    assert (seen.state, seen.job.message) == (State.DROPPED, "never mind")
    assert seen.job.submitted_at == 1.0
    assert any_library.claim_unfinished(URL, KEY) == ()


# finding


def test_the_newest_come_first(any_library):
    ids = [planned(any_library).id for _ in range(3)]
    assert [e.id for e in any_library.entries()] == ids[::-1]
    assert [e.id for e in any_library.entries(limit=2)] == ids[:0:-1]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"prompt": "RAIN"}, ["Rain", "heavy rain"]),
        ({"prompt": "straße"}, ["STRASSE 100%"]),
        ({"prompt": "%"}, ["STRASSE 100%"]),
        ({"since": 200.0}, ["heavy rain", "STRASSE 100%"]),
        ({"state": State.UNKNOWN}, ["heavy rain"]),
        ({"state": "UNKNOWN"}, ["heavy rain"]),
        ({"rating": 5}, ["Rain"]),
        ({"key": ""}, ["STRASSE 100%"]),
        ({"key": KEY, "base_url": URL}, ["Rain", "heavy rain"]),
        ({"base_url": "https://elsewhere"}, []),
        ({"order_id": "another"}, ["STRASSE 100%"]),
        ({"task_id": "task of the first"}, []),
        ({"prompt": "rain", "rating": 5}, ["Rain"]),
        ({"prompt": ""}, ["Rain", "heavy rain", "STRASSE 100%"]),
    ],
    ids=str,
)
def test_entries_are_found_by_every_filter_and_by_all_at_once(memory, filters, found):
    first = planned(memory, "Rain", created_at=100.0)
    memory.rate(first.id, 5)
    planned(memory, "heavy rain", State.UNKNOWN, created_at=200.0)
    memory.plan([replace(entry("STRASSE 100%", created_at=300.0), key="", order_id="another")])
    assert [e.prompt for e in memory.entries(**filters)] == found[::-1]


# what dies and what lives on


def test_what_a_living_kernel_has_is_left_to_it(tmp_path, library):
    planned(library)
    with Library.open(tmp_path / "library") as other:
        assert other.claim_unfinished(URL, KEY) == ()
    assert len(library.claim_unfinished(URL, KEY)) == 1


def test_what_a_closed_library_left_open_is_taken_over_once(tmp_path):
    with Library.open(tmp_path) as library:
        open_ones = [
            planned(library, state=state)
            for state in (State.PLANNED, State.SENDING, State.IN_QUEUE, State.COMPLETED)
        ]
        for state in (State.FAILED, State.REFUSED, State.UNKNOWN):
            planned(library, state=state)
        kept = planned(library, state=State.COMPLETED)
        library.keep(kept.id, played=sound(1), provenance=PROVENANCE)
    with Library.open(tmp_path) as heir, Library.open(tmp_path) as late:
        claimed = heir.claim_unfinished(URL, KEY)
        assert [e.id for e in claimed] == [e.id for e in open_ones]
        states = [State.PLANNED, State.UNKNOWN, State.IN_QUEUE, State.COMPLETED]
        assert [e.state for e in claimed] == states
        assert "may have been accepted" in claimed[1].job.message
        assert [heir.entry(e.id).state for e in claimed] == states
        assert late.claim_unfinished(URL, KEY) == ()


def test_looking_at_what_was_left_open_takes_nothing_over(tmp_path):
    with Library.open(tmp_path) as library:
        sending = planned(library, state=State.SENDING)
        planned(library, state=State.FAILED)
        assert [e.id for e in library.unfinished(URL, KEY)] == [sending.id]
        with Library.open(tmp_path) as other:
            assert other.unfinished(URL, KEY) == ()
    with Library.open(tmp_path) as curious, Library.open(tmp_path) as heir:
        assert [e.state for e in curious.unfinished(URL, KEY)] == [State.SENDING]
        assert [e.state for e in heir.claim_unfinished(URL, KEY)] == [State.UNKNOWN]
        assert curious.unfinished(URL, KEY) == ()


def test_only_the_account_asked_for_is_claimed(tmp_path):
    with Library.open(tmp_path) as library:
        planned(library)
    with Library.open(tmp_path) as heir:
        assert heir.claim_unfinished(URL, "another key") == ()
        assert heir.claim_unfinished("https://elsewhere", KEY) == ()
        assert len(heir.claim_unfinished(URL, KEY)) == 1


def test_two_that_claim_at_once_never_get_the_same(tmp_path):
    with Library.open(tmp_path) as library:
        ids = [planned(library, state=State.IN_QUEUE).id for _ in range(20)]
    assert sorted(told(driven(tmp_path, "claim_together"), "claimed")) == sorted(ids)


def test_a_worker_that_outlives_its_kernel_does_not_pass_for_it(tmp_path):
    assert driven(tmp_path, "die_with_a_worker") == [["claimed", "1"]]


def check_nothing_is_lost(folder: Path, said: list[list[str]]) -> None:
    """Every step that was reported done is there, and every sound is whole."""
    with Library.open(folder) as library:
        entries = {e.id: e for e in library.entries()}
        for job_id in told(said, "planned"):
            assert job_id in entries
        for job_id in told(said, "sending"):
            assert entries[job_id].state is not State.PLANNED
        for job_id in told(said, "accepted"):
            assert entries[job_id].job.task_id == f"task of {job_id}"
        for job_id in told(said, "completed"):
            assert entries[job_id].state is State.COMPLETED
        for _, job_id, number in (words for words in said if words[0] == "kept"):
            assert library.sounds(job_id) == (sound(int(number)), sound(-int(number)))
        for kept in (e for e in entries.values() if e.kept):
            library.sounds(kept.id)
        claimed = {e.id for e in library.claim_unfinished(URL, KEY)}
        assert claimed == {e.id for e in entries.values() if e.unfinished}
        assert State.SENDING not in {e.state for e in library.entries()}
    assert list((folder / "sounds").glob("*.part")) == []
    assert list((folder / "owners").iterdir()) == []


@pytest.mark.parametrize("deed", ["killed_in_a_life", "killed_while_keeping", "killed_at_times"])
def test_a_kernel_killed_anywhere_loses_nothing_it_had_done(tmp_path, deed):
    said = driven(tmp_path, deed)
    assert Counter(words[0] for words in said)["died"] >= 12
    check_nothing_is_lost(tmp_path, said)


def test_kernels_that_write_at_once_do_not_disturb_each_other(tmp_path):
    said = driven(tmp_path, "write_together")
    assert len(told(said, "kept")) == len(set(told(said, "kept"))) == 24
    check_nothing_is_lost(tmp_path, said)


# interrupts


def test_an_interrupt_while_waiting_for_the_journal_leaves_it_to_everybody(tmp_path):
    database = Database(tmp_path / "journal.sqlite3")
    holder = sqlite3.connect(
        tmp_path / "journal.sqlite3", isolation_level=None, check_same_thread=False, timeout=0
    )
    holder.execute("BEGIN IMMEDIATE")
    begun = SimpleQueue()
    with database.reading() as connection:
        connection.set_trace_callback(begun.put)  # no line of Python in which it could be heard

    def interrupt_and_let_go():
        begun.get()
        os.kill(os.getpid(), signal.SIGINT)
        holder.execute("COMMIT")

    thread = Thread(target=interrupt_and_let_go)
    thread.start()
    with pytest.raises(KeyboardInterrupt), database.writing():
        pass
    thread.join()
    holder.execute("BEGIN IMMEDIATE")
    holder.execute("ROLLBACK")
    with database.writing() as connection:
        connection.execute("INSERT INTO prompt_sets VALUES ('roofs', 'rain')")
    database.close()
    holder.close()


def test_an_interrupt_while_looking_who_is_alive_leaves_the_dead_dead(tmp_path):
    owners, lock = Owners(tmp_path), tmp_path / "dead.lock"
    lock.touch()  # as a kernel that is killed leaves it

    def interrupt_while_it_is_held():
        try:
            with FileLock(lock, timeout=0):
                pass
        except Timeout:
            raise KeyboardInterrupt from None

    before = sys.gettrace()
    at_lines(interrupt_while_it_is_held)
    with pytest.raises(KeyboardInterrupt) as kept:  # as a notebook keeps the traceback
        owners.alive("dead")
    sys.settrace(before)
    assert not owners.alive("dead"), kept
    owners.leave()


# status calls


def test_status_calls_of_all_kernels_together_stay_within_the_budget(tmp_path):
    times = sorted(float(words[0]) for words in driven(tmp_path, "poll_together"))
    assert len(times) == 96
    spans = [later - first for first, later in zip(times, times[10:], strict=False)]
    assert min(spans) >= 60.0
    assert times[-1] < 1000.0 + 60.0 * 96 / 10 + 12  # and none was held back longer than need be


@given(
    st.floats(0.2, 8.0),
    st.lists(st.floats(0.0, 300.0), min_size=1, max_size=40),
)
def test_the_budget_holds_whatever_the_clocks_say(per_minute, clocks):
    with Library.in_memory() as library:
        times = sorted(
            now + library.reserve_poll(URL, KEY, per_minute=per_minute, now=now) for now in clocks
        )
    size, window = max(1, int(per_minute)), 60.0 / min(1.0, per_minute)
    spans = [later - first for first, later in zip(times, times[size:], strict=False)]
    assert all(span >= window - 1e-9 for span in spans)


def test_every_account_has_a_budget_of_its_own(any_library):
    asked = [(URL, KEY), (URL, "another"), ("https://elsewhere", KEY), (URL, KEY)]
    delays = [any_library.reserve_poll(*who, per_minute=1, now=5.0) for who in asked]
    assert delays == [0.0, 0.0, 0.0, 60.0]


def test_a_clock_that_was_set_back_holds_nobody_up(any_library):
    any_library.reserve_poll(URL, KEY, per_minute=1, now=7200.0)
    assert any_library.reserve_poll(URL, KEY, per_minute=1, now=3600.0) == 0.0


# taking out


def test_pruning_takes_what_has_ended_and_nothing_that_is_open(any_library):
    ended = [planned(any_library, state=s) for s in (State.FAILED, State.REFUSED)]
    still = [
        planned(any_library, state=s)
        for s in (State.PLANNED, State.IN_QUEUE, State.UNKNOWN, State.COMPLETED)
    ]
    assert any_library.prune().entries == len(ended)
    assert len(any_library.entries()) == len(ended) + len(still)
    assert any_library.prune(states=State, dry_run=False).entries == len(ended)
    assert {e.id for e in any_library.entries()} == {e.id for e in still}


def test_pruning_goes_by_age_and_by_state(any_library):
    old = planned(any_library, state=State.FAILED, created_at=time() - 90_000)
    young = planned(any_library, state=State.FAILED)
    refused = planned(any_library, state=State.REFUSED)
    any_library.prune(older_than=timedelta(days=1), dry_run=False)
    assert {e.id for e in any_library.entries()} == {young.id, refused.id}
    any_library.prune(states=[State.REFUSED], dry_run=False)
    assert [e.id for e in any_library.entries()] == [young.id]
    assert old.id not in {e.id for e in any_library.entries()}


def test_one_sound_is_forgotten_and_audio_that_others_point_at_stays(any_library):
    one, twin, other = (planned(any_library, state=State.COMPLETED) for _ in range(3))
    for each, number in ((one, 1), (twin, 1), (other, 2)):
        any_library.keep(each.id, played=sound(number), provenance=PROVENANCE)
    assert any_library.forget(one.id).files == 0
    assert any_library.sounds(twin.id) == (sound(1), None)
    assert any_library.forget(twin.id).bytes == len(sound(1).data)
    assert [e.id for e in any_library.entries()] == [other.id]
    assert any_library.sounds(other.id) == (sound(2), None)


@pytest.mark.parametrize("state", [State.PLANNED, State.IN_QUEUE, State.UNKNOWN, State.COMPLETED])
def test_what_may_still_come_is_not_forgotten(memory, state):
    new = planned(memory, state=state)
    with pytest.raises(LibraryError, match=f"is {state}: what may still come"):
        memory.forget(new.id)
    assert memory.entry(new.id).state is state


# opening


OLDEST = """
CREATE TABLE entries (number INTEGER PRIMARY KEY, job_id TEXT NOT NULL UNIQUE,
    order_id TEXT NOT NULL, owner TEXT NOT NULL, base_url TEXT NOT NULL, key TEXT NOT NULL,
    prompt TEXT NOT NULL, state TEXT NOT NULL, take INTEGER NOT NULL, factors TEXT NOT NULL,
    job TEXT NOT NULL, created_at REAL NOT NULL, updated_at REAL NOT NULL, played TEXT, wav TEXT,
    provenance TEXT, measures TEXT NOT NULL DEFAULT '{}', rating INTEGER);
CREATE INDEX entries_of_account ON entries (base_url, key, state);
CREATE TABLE polls (base_url TEXT NOT NULL, key TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX polls_of_account ON polls (base_url, key, at);
INSERT INTO entries VALUES (1, 'j', 'o', 'somebody', 'https://api.example.com/v1', 'f1e2d3c4b5a6',
    'rain', 'IN_QUEUE', 2, '{"roof": "tin"}',
    '{"submission": {"prompt": "rain"}, "base_url": "https://api.example.com/v1", "id": "j",
      "state": "IN_QUEUE", "receipt": {"task_id": "t", "conversion_id": "c"}}',
    1.0, 2.0, NULL, NULL, NULL, '{}', NULL);
PRAGMA user_version = 1;
"""


def test_a_library_of_the_first_version_opens_with_all_that_is_in_it(tmp_path):
    connection = sqlite3.connect(tmp_path / "journal.sqlite3")
    connection.executescript(OLDEST)
    connection.close()
    with Library.open(tmp_path) as library:
        (old,) = library.claim_unfinished(URL, KEY)
        assert (old.job.task_id, old.factors, old.index) == ("t", {"roof": "tin"}, 2)
        assert (old.rating, old.tags, old.note) == (None, (), "")
        library.tag("j", ["metallic"])
        assert library.entries(task_id="t")[0].tags == ("metallic",)
        library.record(replace(old.job, state=State.COMPLETED))
        library.keep("j", played=sound(1), provenance=PROVENANCE)
        assert library.sounds("j") == (sound(1), None)


def test_a_later_step_brings_an_older_library_forward_and_keeps_what_is_in_it(tmp_path):
    path = tmp_path / "journal.sqlite3"
    with Library.open(tmp_path) as library:
        new = planned(library)
    later = Database(path, (*MIGRATIONS, ("ALTER TABLE entries ADD COLUMN mood TEXT",)))
    with later.reading() as connection:
        rows = connection.execute("SELECT job_id, mood FROM entries").fetchall()
    later.close()
    assert [tuple(row) for row in rows] == [(new.id, None)]


def test_a_step_that_fails_leaves_the_library_as_it_was(tmp_path):
    with Library.open(tmp_path) as library:
        new = planned(library)
    broken = ("ALTER TABLE entries ADD COLUMN mood TEXT", "SELECT nonsense")
    with pytest.raises(LibraryError, match="nonsense"):
        Database(tmp_path / "journal.sqlite3", (*MIGRATIONS, broken))
    with Library.open(tmp_path) as library:
        assert library.entry(new.id) == new


def test_a_library_of_a_later_version_is_refused_and_left_alone(tmp_path):
    Library.open(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "journal.sqlite3")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LibraryError, match=r"version 99, .* reads up to 2: upgrade it"):
        Library.open(tmp_path)


def test_a_damaged_journal_is_named(tmp_path):
    (tmp_path / "journal.sqlite3").write_bytes(b"this was never a journal" * 200)
    with pytest.raises(LibraryError, match=r"journal\.sqlite3 .* damaged: move it away"):
        Library.open(tmp_path)


def test_a_journal_damaged_in_the_middle_is_named_before_anything_is_sent(tmp_path):
    with Library.open(tmp_path) as library:
        library.plan([entry(f"sound {number}") for number in range(50)])
    path = tmp_path / "journal.sqlite3"
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    with Library.open(tmp_path) as library, pytest.raises(LibraryError, match="move it away"):
        library.plan([entry()])


def a_file(tmp_path):
    (tmp_path / "file").write_text("here is no folder")
    return tmp_path / "file"


def in_a_file(tmp_path):
    return a_file(tmp_path) / "library"


def a_folder_for_a_journal(tmp_path):
    (tmp_path / "journal.sqlite3").mkdir()
    return tmp_path


def where_nobody_writes(_):
    return Path("/proc/soundgen")


@pytest.mark.parametrize("place", [a_file, in_a_file, a_folder_for_a_journal, where_nobody_writes])
def test_a_place_that_cannot_be_written_is_refused_with_what_to_do(tmp_path, place):
    folder = place(tmp_path)
    with pytest.raises(LibraryError, match=r"cannot be used.*SOUNDGEN_HOME") as caught:
        Library.open(folder)
    assert str(folder) in str(caught.value)


def test_a_library_that_was_refused_leaves_no_lock_behind(tmp_path):
    (tmp_path / "journal.sqlite3").mkdir()
    with pytest.raises(LibraryError, match="cannot be used"):
        Library.open(tmp_path)
    assert list((tmp_path / "owners").iterdir()) == []


def test_a_closed_library_says_so(any_library):
    any_library.close()
    any_library.close()
    assert repr(any_library) == "<Library: closed>"
    with pytest.raises(LibraryError, match="closed"):
        any_library.entries()


def test_a_library_shows_where_it_is_and_what_it_holds(tmp_path, library):
    planned(library)
    planned(library)
    planned(library, state=State.FAILED)
    assert repr(library) == f"<Library in {tmp_path / 'library'}: 1 FAILED, 2 PLANNED>"
    with Library.in_memory() as fleeting:
        assert repr(fleeting) == "<Library in memory, gone with this process: nothing yet>"


def test_a_library_in_memory_writes_nothing(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    with Library.in_memory() as library:
        live(library, 1)
        (only,) = library.entries()
        assert library.sounds(only.id) == (sound(1), sound(-1))
    assert list(tmp_path.iterdir()) == []
    assert told([line.split() for line in capfd.readouterr().out.splitlines()], "kept") == [only.id]


def test_the_record_of_a_job_is_plain_json_without_words_of_python(tmp_path, library):
    new = planned(library, state=State.IN_QUEUE)
    connection = sqlite3.connect(tmp_path / "library" / "journal.sqlite3")
    text, state = connection.execute("SELECT job, state FROM entries").fetchone()
    connection.close()
    assert json.loads(text)["id"] == new.id
    assert json.loads(text)["state"] == state == "IN_QUEUE"
