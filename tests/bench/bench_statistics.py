"""False alarms and missed differences, counted: how often a claim is wrong, or not made.

Run: ``pytest -s tests/bench/bench_statistics.py``; about ten minutes. Everything is drawn with a
fixed seed, so the figures are the same on every machine.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from soundgen_nb.effects import DEFAULT_MEASURES, DIFFERENT, Observation, effects
from soundgen_nb.statistics import contrast

pytestmark = pytest.mark.bench

TAKES = 6

DRAWS = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "lognormal": lambda rng, shape: rng.lognormal(size=shape),
    "Poisson(4), ties": lambda rng, shape: rng.poisson(4, shape).astype(float),
}
# of what holds 95 times in 100 when it should, and 10,000 draws scatter by 0.2 in 100
LOWEST, HIGHEST = 0.04, 0.06


def rate(hits):
    return f"{np.mean(hits):7.1%} ± {1.96 * np.std(hits) / np.sqrt(len(hits)):.1%}"


@pytest.mark.parametrize("shape", DRAWS)
def test_false_alarms_of_two_prompts(capsys, shape):
    values = DRAWS[shape](np.random.default_rng(2), (10_000, 2 * TAKES))
    alarms = [contrast([row[:TAKES]], [row[TAKES:]]).p <= 0.05 for row in values]
    with capsys.disabled():
        print(f"\n2 prompts x 6, {shape:<18} p <= 0.05 in {rate(alarms)}")
    # ties make p coarse, which can only make alarms rarer
    assert (0 if "ties" in shape else LOWEST) <= np.mean(alarms) <= HIGHEST


@pytest.mark.parametrize("takes", [6, 12])
def test_false_alarms_where_one_prompt_scatters_three_times_as_much(capsys, takes):
    rng = np.random.default_rng(2)
    pairs = [(rng.normal(0, 1, takes), rng.normal(0, 3, takes)) for _ in range(10_000)]
    # 12 against 12 are drawn exchanges, which take their time
    found = [contrast([a], [b]) for a, b in pairs[: 10_000 if takes == 6 else 400]]
    alarms = [each.p <= 0.05 for each in found]
    both = [max(each.p, each.welch_p) <= 0.05 for each in found]
    with capsys.disabled():
        print(
            f"\n2 prompts x {takes}, sd 1 against 3     p <= 0.05 in {rate(alarms)},"
            f" and Welch's too in {rate(both)}"
        )
    assert np.mean(both) <= 0.08


@pytest.mark.parametrize("times", [2, 3, 5, 10])
@pytest.mark.parametrize("shape", ["normal", "exponential"])
def test_tables_with_any_false_claim_where_one_prompt_scatters_more(capsys, shape, times):
    drawn = getattr(np.random.default_rng(8), shape)(size=(2000, 2, TAKES, 5))
    drawn -= 0 if shape == "normal" else 1  # both means are nought
    drawn[:, 1] *= times
    claimed = [any(each.verdict == DIFFERENT for each in table(values)) for values in drawn]
    with capsys.disabled():
        print(f"\n2 prompts x 6 x 5 measures, {shape}, sd 1 against {times}: any {rate(claimed)}")
    # six takes of what is lopsided hardly tell where its mean lies, and no test of means cures that
    assert shape != "normal" or np.mean(claimed) <= HIGHEST


@pytest.mark.parametrize("shape", ["normal", "lognormal"])
def test_false_alarms_of_one_factor_while_the_other_matters(capsys, shape):
    values = DRAWS[shape](np.random.default_rng(3), (10_000, 2, 2, TAKES))
    values[:, 1] += 3  # the other factor's doing, the same for both levels
    alarms = [contrast(row[:, 0], row[:, 1]).p <= 0.05 for row in values]
    with capsys.disabled():
        print(f"\n2x2 x 6,       {shape:<18} p <= 0.05 in {rate(alarms)}")
    assert LOWEST <= np.mean(alarms) <= HIGHEST


@pytest.mark.parametrize("shape", ["normal", "lognormal"])
def test_false_alarms_of_an_interaction_while_both_factors_matter(capsys, shape):
    values = DRAWS[shape](np.random.default_rng(3), (10_000, 2, 2, TAKES))
    values[:, 1] += 3
    values[:, :, 1] -= 2
    alarms = [
        contrast([row[0, 1] - row[0, 0]], [row[1, 1] - row[1, 0]]).p <= 0.05 for row in values
    ]
    with capsys.disabled():
        print(f"\n2x2 x 6, a x b {shape:<18} p <= 0.05 in {rate(alarms)}")
    assert LOWEST <= np.mean(alarms) <= HIGHEST


def table(values):
    """Effects of takes in cells, shape (cells, takes, measures); four cells are a 2x2."""
    seen = [
        Observation(
            f"prompt {cell}",
            {"A": str(cell % 2), "B": str(cell // 2)} if len(values) == 4 else {},
            dict(zip(DEFAULT_MEASURES, take, strict=True)),
        )
        for cell, takes in enumerate(values)
        for take in takes
    ]
    return effects(seen)


@pytest.mark.parametrize(
    ("cells", "tables"), [(2, 10_000), (3, 2000), (4, 3000)], ids=["2 prompts", "3 prompts", "2x2"]
)
@pytest.mark.parametrize("shape", ["normal", "lognormal"])
def test_tables_with_any_false_claim(capsys, shape, cells, tables):
    rng = np.random.default_rng(4)
    mixing = 0.7 * np.eye(5) + 0.3  # measures hang together: correlations of 0.64
    drawn = DRAWS[shape](rng, (tables, cells, TAKES, 5)) @ mixing
    found = [table(values) for values in drawn]
    claimed = [any(each.verdict == DIFFERENT for each in one) for one in found]
    uncorrected = [any(each.found.p <= 0.05 for each in one) for one in found]
    with capsys.disabled():
        print(
            f"\n{cells} prompts x 6 x 5 measures, {shape:<10} any claim in {rate(claimed)}"
            f" (uncorrected {rate(uncorrected)})"
        )
    assert np.mean(claimed) <= HIGHEST


@pytest.mark.parametrize("takes", [4, 6, 8, 10])
def test_power(capsys, takes):
    rng = np.random.default_rng(5)
    tables = 1000 if takes < 8 else 150
    lines = []
    for apart in (1.0, 1.5, 2.0, 3.0):
        drawn = rng.normal(size=(tables, 2, takes, 5))
        drawn[:, 1, :, 0] += apart
        found = [table(values)[0] for values in drawn]
        claimed = rate([each.verdict == DIFFERENT for each in found])
        alone = rate([each.found.p <= 0.05 for each in found])
        lines.append(f"{takes} takes, {apart} sd apart: p <= 0.05 {alone}, of five {claimed}")
    with capsys.disabled():
        print("\n" + "\n".join(lines))


def mean_difference(a, b, axis):
    return np.mean(b, axis) - np.mean(a, axis)


@pytest.mark.parametrize("takes", [3, 6])
def test_a_bootstrap_would_hold_the_true_difference_less_often(capsys, takes):
    rng = np.random.default_rng(6)
    held = {"Welch": [], "BCa bootstrap": []}
    for _ in range(1000):
        a, b = rng.normal(0, 1, takes), rng.normal(0, 2, takes)
        welch = contrast([a], [b])
        drawn = stats.bootstrap((a, b), mean_difference, n_resamples=999, rng=rng)
        low, high = drawn.confidence_interval
        held["Welch"].append(welch.low <= 0 <= welch.high)
        held["BCa bootstrap"].append(low <= 0 <= high)
    with capsys.disabled():
        print(f"\n{takes} takes, interval holds the truth:")
        print({name: rate(hits) for name, hits in held.items()})


@pytest.mark.parametrize("takes", [2, 3, 6])
@pytest.mark.parametrize("shape", ["normal", "lognormal"])
def test_intervals_hold_the_true_difference(capsys, shape, takes):
    rng = np.random.default_rng(6)
    first, second = (DRAWS[shape](rng, (10_000, takes)) for _ in range(2))
    # at most six takes, so that p, which is worked out as well, stays quick
    found = [contrast([a], [2 * b]) for a, b in zip(first, second, strict=True)]
    truth = 0.0 if shape == "normal" else float(np.exp(0.5))
    held = [each.low <= truth <= each.high for each in found]
    with capsys.disabled():
        print(
            f"\n{takes} takes, {shape:<10} sd 1 against 2: interval holds the truth in {rate(held)}"
        )
