"""When to ask again: pure functions, so a minute passes in no time."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundgen_nb.api.polling import PollBudget, first_ask_seconds, next_ask_seconds
from soundgen_nb.api.retry import (
    STATUS_TRIES,
    may_have_been_accepted,
    may_read_again,
    may_resend,
    pause_seconds,
)
from soundgen_nb.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    InsufficientCreditsError,
    NoAnswerError,
    NotAudioError,
    NotFoundError,
    OversizedAudioError,
    RateLimitError,
    RejectedError,
    ServerError,
    TruncatedAudioError,
    UnreadableAnswerError,
)

REFUSALS = [
    ApiError("x", status=418),
    AuthenticationError("x"),
    BadRequestError("x"),
    ConflictError("x"),
    InsufficientCreditsError("x"),
    NotFoundError("x"),
    RejectedError("x"),
]
UNCERTAIN = [
    NoAnswerError("x"),
    OversizedAudioError("x"),
    ServerError("x"),
    UnreadableAnswerError("x"),
]
NEVER_ACCEPTED = [RateLimitError("x"), NoAnswerError("x", sent=False)]

etas = st.one_of(st.none(), st.floats(0, 3600))


def named(errors):
    return [f"{type(error).__name__}-{getattr(error, 'sent', '')}" for error in errors]


@pytest.mark.parametrize("error", NEVER_ACCEPTED, ids=named(NEVER_ACCEPTED))
def test_what_was_not_accepted_may_be_sent_again(error):
    assert may_resend(error)
    assert not may_have_been_accepted(error)


@pytest.mark.parametrize("error", REFUSALS, ids=named(REFUSALS))
def test_a_refusal_is_neither_sent_again_nor_paid_for(error):
    assert not may_resend(error)
    assert not may_have_been_accepted(error)


@pytest.mark.parametrize("error", UNCERTAIN, ids=named(UNCERTAIN))
def test_what_may_have_been_accepted_is_never_sent_again(error):
    assert may_have_been_accepted(error)
    assert not may_resend(error)


@pytest.mark.parametrize("error", REFUSALS, ids=named(REFUSALS))
def test_a_refusal_to_read_is_final(error):
    assert not may_read_again(error)


@pytest.mark.parametrize(
    "error",
    [NotAudioError("x"), OversizedAudioError("x")],
    ids=["not-audio", "oversized"],
)
def test_bytes_that_came_whole_and_wrong_are_not_fetched_again(error):
    assert not may_read_again(error)


@pytest.mark.parametrize(
    "error",
    [
        NoAnswerError("x"),
        NoAnswerError("x", sent=False),
        RateLimitError("x"),
        ServerError("x"),
        TruncatedAudioError("x"),
        UnreadableAnswerError("x"),
    ],
    ids=["no-answer", "never-left", "rate-limit", "server", "truncated", "unreadable"],
)
def test_what_passes_is_read_again(error):
    assert may_read_again(error)


@given(attempt=st.integers(1, 10_000), seed=st.integers())
def test_a_pause_doubles_up_to_half_a_minute_and_is_half_to_all_of_that(attempt, seed):
    ceiling = min(30.0, 0.5 * 2.0 ** min(attempt - 1, 16))
    assert ceiling / 2 <= pause_seconds(attempt, Random(seed)) <= ceiling


def test_clients_that_failed_together_do_not_come_back_together():
    assert len({pause_seconds(3, Random(seed)) for seed in range(50)}) == 50


@given(asked=st.floats(-10, 1e6), seed=st.integers())
def test_what_the_server_asks_for_is_waited_up_to_five_minutes(asked, seed):
    wanted = min(max(asked, 0.0), 300.0)
    assert wanted <= pause_seconds(1, Random(seed), retry_after=asked) <= wanted + 0.25


@given(seed=st.integers())
def test_the_tries_of_a_status_call_last_about_a_minute(seed):
    random = Random(seed)
    total = sum(pause_seconds(attempt, random) for attempt in range(1, STATUS_TRIES))
    assert 45 <= total <= 92


@given(eta=etas)
def test_the_first_ask_is_shortly_before_the_eta_and_not_at_once(eta):
    first = first_ask_seconds(eta)
    assert first >= 1.0
    if eta is not None and eta > 2:
        assert 0.8 * eta <= first < eta


@given(eta=etas, waited=st.floats(0, 1e5))
def test_the_next_ask_is_between_one_and_twenty_seconds_away(eta, waited):
    assert 1.0 <= next_ask_seconds(waited, eta) <= 20.0


@given(eta=etas, waited=st.floats(0, 1e4), more=st.floats(0, 1e4))
def test_asks_never_come_closer_the_longer_it_takes(eta, waited, more):
    assert next_ask_seconds(waited, eta) <= next_ask_seconds(waited + more, eta)


def test_a_job_on_time_is_asked_about_a_handful_of_times():
    waited, asks = first_ask_seconds(84), 1
    while waited < 84:
        waited += next_ask_seconds(waited, 84)
        asks += 1
    assert asks == 2
    assert waited < 1.15 * 84


arrivals = st.lists(st.floats(0, 30), min_size=1, max_size=150)


@given(per_minute=st.one_of(st.integers(1, 60), st.floats(0.1, 60)), gaps=arrivals)
def test_no_more_calls_than_the_budget_in_any_minute(per_minute, gaps):
    budget = PollBudget(per_minute)
    now, calls = 0.0, []
    for gap in gaps:
        now += gap
        calls.append(now + budget.reserve(now))
    size = max(1, int(per_minute))
    minute = 60 / min(per_minute, 1)
    assert all(
        late - early > minute - 1e-6 for early, late in zip(calls, calls[size:], strict=False)
    )
    assert calls == sorted(calls)


@given(gaps=arrivals)
def test_a_budget_that_is_not_used_up_makes_nobody_wait(gaps):
    budget, now = PollBudget(1000), 0.0
    for gap in gaps:
        now += gap
        assert budget.reserve(now) == 0.0


def test_a_spent_budget_opens_a_call_a_minute_after_the_one_it_replaces():
    budget = PollBudget(2)
    waits = [budget.reserve(now) for now in (0.0, 10.0, 20.0, 21.0, 200.0)]
    assert waits == [0.0, 0.0, 40.0, 49.0, 0.0]
