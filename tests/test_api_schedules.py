"""When to ask again: pure functions, so a minute passes in no time."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from polling_simulation import Result, World, fixed, ours, simulated

from soundgen_nb.api.polling import Pace, PollBudget, first_ask_seconds, next_ask_seconds
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


def test_a_job_on_time_is_asked_about_a_few_times_and_noticed_within_seconds():
    waited, asks = first_ask_seconds(84), 1
    while waited < 84:
        waited += next_ask_seconds(waited, 84)
        asks += 1
    assert asks <= 7
    assert waited < 1.05 * 84


spans = st.tuples(st.floats(0, 1e4), st.floats(0, 1e4)).map(sorted)
histories = st.lists(st.tuples(etas, spans), max_size=40)


def paced(history):
    pace = Pace()
    for eta, (after, by) in history:
        pace = pace.learned(eta, after_seconds=after, by_seconds=by)
    return pace


def learned(took, eta=84.0, times=15):
    return paced([(eta, (took, took))] * times)


@given(history=histories, eta=etas, waited=st.floats(0, 1e4))
def test_whatever_was_learned_asks_come_after_a_second_or_more(history, eta, waited):
    pace = paced(history)
    assert 0 <= pace.early_seconds(eta) <= pace.likely_seconds(eta)
    assert first_ask_seconds(eta, pace) >= 1.0
    assert 1.0 <= next_ask_seconds(waited, eta, pace) <= 20.0


@given(took=st.floats(2, 1000), eta=st.one_of(st.none(), st.floats(1, 1000)))
def test_jobs_that_always_take_the_same_are_asked_about_just_before(took, eta):
    first = first_ask_seconds(eta, learned(took, eta))
    assert first == pytest.approx(max(1.0, 0.82 * took))


def test_what_is_learned_of_one_eta_holds_for_others_in_proportion():
    assert learned(126.0, eta=84.0).likely_seconds(20.0) == pytest.approx(30.0)


def test_what_is_learned_without_an_eta_says_nothing_of_jobs_with_one():
    assert learned(126.0, eta=None).likely_seconds(84.0) == 84.0
    assert learned(126.0, eta=84.0).likely_seconds(None) == 8.0


def test_one_odd_job_among_fifteen_changes_nothing_much():
    usual = learned(84.0)
    odd = usual.learned(84.0, after_seconds=1.0, by_seconds=1.0)
    assert first_ask_seconds(84.0, odd) == first_ask_seconds(84.0, usual)


def test_what_was_long_ago_is_forgotten():
    pace = paced([(84.0, (300.0, 300.0))] * 40 + [(84.0, (84.0, 84.0))] * 15)
    assert pace == learned(84.0)


@given(by=st.floats(84, 1e4))
def test_a_job_found_done_by_a_late_ask_is_not_taken_for_a_late_job(by):
    assert Pace().learned(84.0, after_seconds=0.0, by_seconds=by).likely_seconds(84.0) <= 84.0


def test_jobs_found_done_at_the_first_ask_are_asked_about_earlier_and_earlier():
    pace, asks = Pace(), []
    for _ in range(20):
        asks.append(first_ask_seconds(84.0, pace))
        pace = pace.learned(84.0, after_seconds=0.0, by_seconds=asks[-1])
    assert asks == sorted(asks, reverse=True)
    assert asks[-1] < 0.5 * asks[0]


def test_jobs_that_share_the_budget_are_left_for_their_share():
    assert next_ask_seconds(84.0, 84.0, share_seconds=48.0) == 48.0


STEADY, POLITE = fixed(polite=False), fixed(polite=True)


def outcome(way, world):
    return Result.of([simulated(way, world, seed=7)])


@pytest.mark.parametrize("fixed_way", [STEADY, POLITE], ids=["steady", "heeding-retry-after"])
@pytest.mark.parametrize("jobs", [16, 64])
def test_many_jobs_are_noticed_sooner_than_by_asking_every_three_seconds(jobs, fixed_way):
    world = World(jobs, batches=96 // jobs + 1)
    mine, other = outcome(ours, world), outcome(fixed_way, world)
    assert mine.mean < 0.95 * other.mean
    assert mine.late < other.late
    assert mine.calls < 0.2 * other.calls


@pytest.mark.parametrize("jobs", [1, 4])
def test_a_few_jobs_are_noticed_within_seconds_for_less_than_half_the_calls(jobs):
    world = World(jobs, batches=12 // jobs)
    mine, other = outcome(ours, world), outcome(STEADY, world)
    assert mine.mean < other.mean + 3
    assert mine.calls < other.calls / 2


@pytest.mark.parametrize("eta_announced", [True, False], ids=["eta", "no-eta"])
@pytest.mark.parametrize("bias", [0.3, 1.0, 3.0])
@pytest.mark.parametrize("jobs", [1, 4, 40])
def test_no_call_is_refused_however_wrong_the_eta(jobs, bias, eta_announced):
    world = World(jobs, bias, spread=0.5, batches=2, eta_announced=eta_announced)
    assert outcome(ours, world).refused == 0


@pytest.mark.parametrize("eta_announced", [True, False], ids=["eta", "no-eta"])
def test_later_batches_profit_from_what_the_first_taught(eta_announced):
    once = World(3, bias=2.5, spread=0.1, eta_announced=eta_announced)
    often = World(3, bias=2.5, spread=0.1, batches=6, eta_announced=eta_announced)
    assert outcome(ours, often).calls < 0.6 * outcome(ours, once).calls


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
