from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundgen_nb.errors import LibraryError
from soundgen_nb.wire import (
    Job,
    Provenance,
    Receipt,
    Report,
    State,
    Submission,
    read_job,
    read_provenance,
    write_job,
    write_provenance,
)

TEXT = st.text(max_size=12)
NUMBERS = st.none() | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.none() | st.dictionaries(TEXT, JSON, max_size=3)
STATES = st.sampled_from(State)
SECONDS = st.none() | st.integers(1, 60)
SEEDS = st.none() | st.integers(0, 2**63 - 1)

SUBMISSIONS = st.builds(
    Submission, prompt=TEXT, seconds=SECONDS, user_id=TEXT, webhook_url=TEXT, seed=SEEDS
)
RECEIPTS = st.builds(
    Receipt,
    task_id=TEXT,
    conversion_id=TEXT,
    eta_seconds=NUMBERS,
    credit_estimate=NUMBERS,
    message=TEXT,
)
REPORTS = st.builds(
    Report,
    task_id=TEXT,
    conversion_id=TEXT,
    state=STATES,
    message=TEXT,
    mp3_url=st.none() | TEXT,
    wav_url=st.none() | TEXT,
    seconds=NUMBERS,
    credits=NUMBERS,
    eta_seconds=NUMBERS,
    created_at=TEXT,
    updated_at=TEXT,
    local=OBJECTS,
)
JOBS = st.builds(
    Job,
    submission=SUBMISSIONS,
    base_url=TEXT,
    id=TEXT,
    state=STATES,
    receipt=st.none() | RECEIPTS,
    report=st.none() | REPORTS,
    message=TEXT,
    submitted_at=NUMBERS,
    ended_at=NUMBERS,
)
PROVENANCES = st.builds(
    Provenance,
    prompt=TEXT,
    engine=TEXT,
    base_url=TEXT,
    task_id=TEXT,
    conversion_id=TEXT,
    seconds_asked=SECONDS,
    seed=SEEDS,
    brief=OBJECTS,
    credits=NUMBERS,
    submitted_at=NUMBERS,
    ended_at=NUMBERS,
    user_id=TEXT,
    source=TEXT,
    notes=st.lists(TEXT, max_size=3).map(tuple),
)


@given(JOBS)
def test_a_job_is_the_same_after_json(job):
    assert read_job(json.loads(json.dumps(write_job(job)))) == job


@given(PROVENANCES)
def test_a_provenance_is_the_same_after_json(provenance):
    record = json.loads(json.dumps(write_provenance(provenance)))
    assert read_provenance(record) == provenance


def with_news(record):
    """The record as a later version might write it, with a word more in every object."""
    if not isinstance(record, dict):
        return record
    return {name: with_news(value) for name, value in record.items()} | {"of later versions": 1}


@given(JOBS)
def test_words_of_later_versions_are_ignored_in_a_job(job):
    plain = Report(task_id="t", conversion_id="c", state=State.IN_QUEUE)
    job = Job(submission=job.submission, base_url=job.base_url, receipt=job.receipt, report=plain)
    assert read_job(with_news(write_job(job))) == job


def test_words_of_later_versions_are_ignored_in_a_provenance():
    provenance = Provenance(prompt="rain", engine="someone")
    assert read_provenance(with_news(write_provenance(provenance))) == provenance


def test_words_that_are_missing_get_their_defaults():
    job = read_job(
        {"submission": {"prompt": "rain"}, "base_url": "u", "id": "i", "state": "FAILED"}
    )
    assert job == Job(
        submission=Submission(prompt="rain"), base_url="u", id="i", state=State.FAILED
    )
    assert read_provenance({"prompt": "rain", "engine": "e"}).notes == ()


def test_a_state_nobody_knows_yet_is_unknown_and_so_never_sent():
    record = write_job(Job(submission=Submission(prompt="rain"), base_url="u"))
    assert read_job(record | {"state": "PAUSED"}).state is State.UNKNOWN


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"submission": {}, "base_url": "u", "state": "PLANNED"},
        {"submission": {"prompt": "rain", "seconds": 900}, "base_url": "u", "state": "PLANNED"},
        {"submission": "rain", "base_url": "u", "state": "PLANNED"},
        [],
    ],
    ids=["empty", "no prompt", "seconds out of range", "text for an object", "a list"],
)
def test_what_is_no_record_of_a_job_is_refused(record):
    with pytest.raises(LibraryError, match="record of a job cannot be read"):
        read_job(record)


@pytest.mark.parametrize("record", [{}, {"prompt": "rain", "engine": "e", "notes": 3}, []])
def test_what_is_no_record_of_a_provenance_is_refused(record):
    with pytest.raises(LibraryError, match="record of a provenance cannot be read"):
        read_provenance(record)
