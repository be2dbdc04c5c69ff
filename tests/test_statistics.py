"""Intervals and spreads, held against scipy.stats and against known truths."""

from __future__ import annotations

import math

import numpy as np
import pytest

from soundgen_nb.statistics import Spread, describe, within_between


def test_the_interval_is_students_t():
    stats = pytest.importorskip("scipy.stats")
    values = [3.1, 2.7, 4.4, 3.9, 3.0]
    low, high = stats.t.interval(0.95, 4, loc=np.mean(values), scale=stats.sem(values))
    spread = describe(values)
    assert (spread.low, spread.high) == pytest.approx((low, high), rel=1e-12)


def test_an_interval_holds_the_true_mean_95_times_in_100():
    rng = np.random.default_rng(7)
    spreads = [describe(rng.normal(5.0, 2.0, 4)) for _ in range(2000)]
    held = np.mean([spread.low <= 5.0 <= spread.high for spread in spreads])
    assert held == pytest.approx(0.95, abs=0.015)


def test_one_value_has_a_mean_and_no_interval():
    spread = describe([4.0])
    assert (spread.count, spread.mean, spread.minimum, spread.maximum) == (1, 4.0, 4.0, 4.0)
    assert all(math.isnan(value) for value in (spread.low, spread.high, spread.sd))


def test_no_values_are_described_as_nothing():
    spread = describe([])
    assert spread.count == 0
    assert math.isnan(spread.mean)


def test_equal_values_have_an_interval_of_no_width():
    assert describe([2.0, 2.0, 2.0]) == Spread(3, 2.0, 2.0, 2.0, 0.0, 2.0, 2.0)


@pytest.mark.parametrize("gap", [math.nan, math.inf, -math.inf])
def test_values_that_are_not_finite_are_left_out_and_not_counted(gap):
    assert describe([1.0, gap, 3.0]) == describe([1.0, 3.0])


def test_values_may_come_from_a_generator():
    assert describe(float(value) for value in range(3)).count == 3


def test_shifting_all_values_shifts_the_interval():
    values = np.array([1.0, 4.0, 2.0])
    moved, here = describe(values + 10), describe(values)
    assert (moved.low, moved.high) == pytest.approx((here.low + 10, here.high + 10))
    assert moved.sd == pytest.approx(here.sd)


def test_groups_that_differ_by_scatter_alone_have_nothing_between_them():
    within, between = within_between([[1.0, 3.0], [3.0, 1.0]])
    assert within == pytest.approx(math.sqrt(2))
    assert between == 0


def test_groups_without_scatter_have_nothing_within_them():
    within, between = within_between([[1.0, 1.0], [5.0, 5.0]])
    assert within == 0
    assert between == pytest.approx(np.std([1.0, 5.0], ddof=1))


def test_known_spreads_are_found_again_whatever_the_group_sizes():
    rng = np.random.default_rng(3)
    sizes = rng.integers(2, 9, 3000)
    groups = [rng.normal(rng.normal(0.0, 3.0), 2.0, size) for size in sizes]
    within, between = within_between(groups)
    assert within == pytest.approx(2.0, rel=0.05)
    assert between == pytest.approx(3.0, rel=0.05)


@pytest.mark.parametrize(
    ("groups", "within"),
    [([[1.0], [2.0]], math.nan), ([[1.0, 3.0]], math.sqrt(2)), ([], math.nan)],
    ids=["single takes", "one prompt", "nothing"],
)
def test_what_cannot_be_told_apart_is_nan(groups, within):
    found = within_between(groups)
    assert found == pytest.approx((within, math.nan), nan_ok=True)


def test_groups_with_nothing_finite_do_not_count():
    gaps = [[1.0, 3.0], [math.nan], [5.0, 7.0]]
    assert within_between(gaps) == within_between([gaps[0], gaps[2]])
