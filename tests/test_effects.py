"""Effects: what may be claimed of a difference, held against scipy and against chance itself."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from soundgen_nb.analysis import measure, similarity_matrix
from soundgen_nb.comparison import Comparison
from soundgen_nb.effects import (
    DIFFERENT,
    NOT_SHOWN,
    TOO_FEW,
    Effect,
    Observation,
    conclusion,
    effects,
    takes_needed,
)
from soundgen_nb.errors import InputError
from soundgen_nb.prompt import variations
from soundgen_nb.sound import Sound
from soundgen_nb.statistics import Contrast, achievable_p, contrast, holm, plane
from soundgen_nb.take import Take
from soundgen_nb.view import charts
from soundgen_nb.wire import Provenance

RATE = 44_100
A, B = [3.1, 2.7, 4.4, 3.9, 3.0], [5.2, 4.1, 4.9, 6.0]


# One contrast


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [
        ([1, 2, 3], [4, 5, 6], 2 / 20),
        ([1, 2], [3, 4], 2 / 6),
        ([1, 2, 3, 4], [5, 6, 7, 8], 2 / 70),
        ([1, 3], [2, 4], 4 / 6),
        ([1, 2], [5, 6, 7], 1 / 10),
    ],
)
def test_a_tiny_design_has_the_p_one_can_count_on_ones_fingers(first, second, p):
    assert contrast([first], [second]).p == pytest.approx(p)


def apart(a, b, axis):
    return np.abs(np.mean(b, axis) - np.mean(a, axis))


def test_p_is_that_of_scipy():
    theirs = stats.permutation_test(
        (A, B), apart, vectorized=True, n_resamples=np.inf, alternative="greater"
    )
    assert contrast([A], [B]).p == pytest.approx(theirs.pvalue)


def test_the_interval_is_welchs_and_so_is_the_second_p():
    theirs = stats.ttest_ind(B, A, equal_var=False)
    interval = theirs.confidence_interval()
    found = contrast([A], [B])
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.welch_p == pytest.approx(theirs.pvalue)


def test_hedges_g_is_the_standardised_difference_less_its_bias():
    sd = math.sqrt((4 * np.var(A, ddof=1) + 3 * np.var(B, ddof=1)) / 7)
    expected = (np.mean(B) - np.mean(A)) / sd * (1 - 3 / 27)
    assert contrast([A], [B]).hedges_g == pytest.approx(expected)


def test_within_strata_the_difference_is_that_of_least_squares():
    strata = [([1.0, 2.0], [4.0, 6.0, 5.0]), ([11.0, 15.0, 12.0], [14.0, 13.0])]
    rows = [
        ([float(s == 0), float(s == 1), float(side)], value)
        for s, cell in enumerate(strata)
        for side in (0, 1)
        for value in cell[side]
    ]
    design, values = (np.array(part) for part in zip(*rows, strict=True))
    slope = np.linalg.lstsq(design, values)[0][2]
    found = contrast(*zip(*strata, strict=True))
    assert found.difference == pytest.approx(slope)


def test_takes_change_sides_within_their_stratum_only():
    # mixed up across strata, the 100 between them would drown the difference
    found = contrast([[1, 2, 3], [101, 102, 103]], [[4, 5, 6], [104, 105, 106]])
    assert found.p == found.achievable_p == pytest.approx(2 / 20**2)


def test_swapping_the_wordings_turns_the_sign_and_nothing_else():
    there, back = contrast([A], [B]), contrast([B], [A])
    assert (back.difference, back.low, back.high) == pytest.approx(
        (-there.difference, -there.high, -there.low)
    )
    assert back.hedges_g == pytest.approx(-there.hedges_g)
    assert back.p == there.p


@pytest.mark.parametrize("shift", [-1e3, 0.1, 1e6])
def test_shifting_all_values_changes_only_the_means(shift):
    here, there = contrast([A], [B]), contrast([np.add(A, shift)], [np.add(B, shift)])
    assert there.p == here.p
    assert (there.difference, there.low, there.hedges_g) == pytest.approx(
        (here.difference, here.low, here.hedges_g), rel=1e-6
    )
    assert there.first_mean == pytest.approx(here.first_mean + shift)


@pytest.mark.parametrize("size", [6, 20], ids=["all exchanges", "drawn exchanges"])
def test_the_order_of_takes_does_not_matter(size):
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=size), rng.normal(0.5, 1, size)
    assert contrast([a], [b]).p == contrast([a[::-1]], [np.roll(b, 2)]).p


def test_drawn_exchanges_come_close_to_the_t_test_for_many_normal_takes():
    rng = np.random.default_rng(6)
    a, b = rng.normal(size=40), rng.normal(0.4, 1, 40)
    assert contrast([a], [b]).p == pytest.approx(stats.ttest_ind(a, b).pvalue, abs=0.01)


@pytest.mark.parametrize("values", [A, [0.1] * 4, [1e9, 1e9 + 1]], ids=["any", "alike", "large"])
def test_identical_groups_have_p_1(values):
    found = contrast([values], [values])
    assert (found.p, found.difference, found.hedges_g) == (1, 0, 0)


def test_groups_without_scatter_have_an_interval_of_no_width_and_no_end_of_size():
    found = contrast([[1.0, 1.0, 1.0]], [[2.0, 2.0, 2.0]])
    assert (found.low, found.high, found.hedges_g, found.p) == (1, 1, math.inf, 0.1)


@pytest.mark.parametrize("gap", [math.nan, -math.inf])
def test_values_that_are_not_finite_are_left_out_and_counted_as_such(gap):
    found = contrast([[*A, gap]], [B])
    assert found.left_out == 1
    assert (found.p, found.difference) == (contrast([A], [B]).p, contrast([A], [B]).difference)


def test_single_takes_say_nothing():
    found = contrast([[1.0], [2.0], [3.0]], [[11.0], [12.0], [13.0]])
    assert math.isnan(found.p)
    assert math.isnan(found.difference)
    assert (found.left_out, found.achievable_p) == (6, 1)


@pytest.mark.parametrize(
    "sizes", [[(2, 2)], [(3, 3)], [(3, 5)], [(2, 2), (2, 2)], [(2, 3), (2, 2)]]
)
def test_the_achievable_p_is_that_of_groups_far_apart(sizes):
    # powers of two: no two sums are alike
    first = [2.0 ** -np.arange(a) for a, _ in sizes]
    second = [1e4 + 2.0 ** np.arange(b) for _, b in sizes]
    assert contrast(first, second).p == pytest.approx(achievable_p(sizes))


# Corrections


def test_holm_keeps_the_order_and_never_shrinks_a_p():
    p = np.random.default_rng(2).uniform(0, 0.2, 50)
    corrected = holm(p)
    assert (np.diff(corrected[np.argsort(p)]) >= 0).all()
    assert (corrected >= p).all()
    assert corrected.max() <= 1
    assert corrected[p.argmin()] == pytest.approx(50 * p.min())


def test_holm_of_one_is_itself_and_nan_does_not_count():
    assert holm([0.03, math.nan]) == pytest.approx([0.03, math.nan], nan_ok=True)


# Chance itself


@pytest.mark.parametrize("draw", ["normal", "lognormal"])
def test_where_nothing_differs_5_in_100_have_a_p_of_5_in_100(draw):
    values = getattr(np.random.default_rng(11), draw)(size=(1500, 12))
    p = np.array([contrast([row[:6]], [row[6:]]).p for row in values])
    assert 0.035 <= np.mean(p <= 0.05) <= 0.065


def test_at_most_5_tables_in_100_hold_a_false_claim():
    rng = np.random.default_rng(12)
    mixing = 0.7 * np.eye(5) + 0.3
    tables = [table(rng.normal(size=(12, 5)) @ mixing) for _ in range(300)]
    assert np.mean([any(each.verdict == DIFFERENT for each in one) for one in tables]) <= 0.08


def test_an_interval_holds_the_true_difference_95_times_in_100():
    rng = np.random.default_rng(13)
    found = [contrast([rng.normal(0, 1, 6)], [rng.normal(2, 3, 6)]) for _ in range(1500)]
    held = np.mean([each.low <= 2 <= each.high for each in found])
    assert held == pytest.approx(0.95, abs=0.02)


# A table of effects

FEW = ["loudness_lufs", "centroid_hz", "crest_db", "flatness", "onset_rate"]


def observed(prompt, values, **factors):
    return Observation(prompt, factors, dict(zip(FEW, values, strict=True)))


def table(values):
    """Effects of two prompts with as many takes each, shape (takes, measures)."""
    half = len(values) // 2
    return effects(
        [observed("rain" if place < half else "hail", row) for place, row in enumerate(values)],
        FEW,
    )


def crossing(takes, **changes):
    """A 2x2 of roof and distance in which a level changes one measure by so much."""
    rng = np.random.default_rng(21)
    seen = []
    for prompt in variations("rain on {roof: tin|canvas}, {where: close|far}"):
        shift = sum(np.array(changes.get(level, [0] * 5)) for level in prompt.factors.values())
        values = rng.normal(size=(takes, 5)) + shift
        seen += [observed(str(prompt), row, **prompt.factors) for row in values]
    return seen


def test_a_word_that_changes_one_measure_is_told_from_one_that_changes_none():
    found = effects(crossing(6, canvas=[8, 0, 0, 0, 0]), FEW)
    assert [(e.factor, e.contrast) for e in found[::5]] == [
        ("roof", "canvas − tin"),  # noqa: RUF001 - a minus is meant
        ("where", "far − close"),  # noqa: RUF001 - a minus is meant
        ("roof × where", "(canvas − tin) × (far − close)"),  # noqa: RUF001 - both are meant
    ]
    assert [e.verdict for e in found] == [DIFFERENT] + 14 * [NOT_SHOWN]
    assert found[0].found.difference == pytest.approx(8, abs=1)


def test_takes_in_another_order_give_the_same_table():
    seen = crossing(3)
    mixed = [seen[0], *np.random.default_rng(1).permutation(np.array(seen[1:], object))]
    by_name = {(e.contrast, e.measure.name): e.found.p for e in effects(seen, FEW)}
    for each in effects(mixed, FEW):
        assert each.found.p == pytest.approx(by_name[each.contrast, each.measure.name])


def test_three_levels_are_each_held_against_the_first():
    seen = [observed(p, np.arange(5) + n) for p in ("a", "b", "c") for n in range(3)]
    assert [(e.first, e.second) for e in effects(seen, FEW[:1])] == [("a", "b"), ("a", "c")]


def test_takes_with_different_factors_are_compared_by_prompt():
    seen = [*crossing(2), observed("a recording", np.zeros(5))]
    assert {e.factor for e in effects(seen, FEW)} == {"prompt"}


@pytest.mark.parametrize("takes", [1, 2, 3])
def test_too_few_takes_are_said_to_be_too_few_however_far_apart(takes):
    values = np.random.default_rng(3).normal(size=(2 * takes, 5))
    values[takes:] += 1000
    assert {e.verdict for e in table(values)} == {TOO_FEW}


@pytest.mark.parametrize("strata", [1, 2])
@pytest.mark.parametrize("comparisons", [1, 5, 12])
def test_the_takes_asked_for_are_just_enough(comparisons, strata):
    takes = takes_needed(comparisons, strata=strata)
    enough, too_few = (achievable_p([(n, n)] * strata) * comparisons for n in (takes, takes - 1))
    assert enough <= 0.05 < too_few


def test_nothing_is_claimed_where_the_interval_holds_zero():
    # one wording scatters a thousand times as much: p alone would be taken in
    found = contrast([[0.0, 0.01, 0.02, 0.03, 0.04, 0.05]], [[0.1, 0.2, 9.0, 40.0, 90.0, 70.0]])
    assert found.p < 0.05
    assert found.low < 0 < found.high
    values = np.zeros((12, 5))
    values[:, 0] = [0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.1, 0.2, 9.0, 40.0, 90.0, 70.0]
    loudness, *_ = table(values)
    assert loudness.p_corrected == loudness.found.welch_p > 0.05
    assert loudness.verdict == NOT_SHOWN


def test_takes_that_are_all_alike_need_no_correction_and_differ_in_nothing():
    values = np.random.default_rng(4).normal(size=(10, 5))
    values[:, 2:] = 7
    found = table(values)
    assert [e.p_corrected for e in found[2:]] == [1, 1, 1]
    larger = [max(e.found.p, e.found.welch_p) for e in found[:2]]
    assert [e.p_corrected for e in found[:2]] == pytest.approx(holm(larger).tolist())


@pytest.mark.parametrize(
    ("g", "size"), [(0.1, "negligible"), (-0.3, "small"), (0.6, "medium"), (-2, "large")]
)
def test_effect_sizes_have_cohens_words(g, size):
    found = Contrast(6, 6, 0, hedges_g=g)
    roofs = Effect("roof", "tin", "canvas", measure("seconds"), found, [(6, 6)])
    assert replace(roofs, verdict=NOT_SHOWN).size == size
    assert replace(roofs, verdict=TOO_FEW).size == ""


# Interactions


def beside(takes, extra):
    """A 2x2 in which canvas adds 8 to the first measure, and ``extra`` more where it is far."""
    return [
        Observation(e.prompt, e.factors, {**e.values, FEW[0]: e.values[FEW[0]] + extra})
        if e.factors == {"roof": "canvas", "where": "far"}
        else e
        for e in crossing(takes, canvas=[8, 0, 0, 0, 0], far=[-5, 0, 0, 0, 0])
    ]


def test_a_word_that_does_more_beside_another_is_told_from_words_that_add_up():
    apart, together = (effects(beside(6, extra), FEW[:1]) for extra in (0, 9))
    assert [e.verdict for e in apart] == [DIFFERENT, DIFFERENT, NOT_SHOWN]
    assert together[2].verdict == DIFFERENT
    assert together[2].found.difference == pytest.approx(9, abs=2)
    assert together[2].found.first_count == together[2].found.second_count == 12


def test_an_interaction_is_the_difference_of_differences():
    seen = beside(6, 4)
    means = {
        (roof, where): np.mean([
            e.values[FEW[0]] for e in seen if tuple(e.factors.values()) == (roof, where)
        ])
        for roof in ("tin", "canvas")
        for where in ("close", "far")
    }  # fmt: skip
    *_, found = effects(seen, FEW[:1])
    far, close = (means["canvas", where] - means["tin", where] for where in ("far", "close"))
    assert (found.found.first_mean, found.found.second_mean) == pytest.approx((close, far))
    assert found.found.difference == pytest.approx(far - close)


def test_main_effects_leave_the_p_of_an_interaction_alone():
    plain, moved = (effects(crossing(6, canvas=[shift] * 5, far=[-shift] * 5), FEW)
                    for shift in (0, 8))  # fmt: skip
    assert [e.found.p for e in moved[10:]] == pytest.approx([e.found.p for e in plain[10:]])


def test_the_size_of_an_interaction_is_in_standard_deviations_of_takes():
    rng = np.random.default_rng(9)
    seen = [
        observed("", [rng.normal(3.0 * (a == b == "2")), 0, 0, 0, 0], a=a, b=b)
        for a in "12"
        for b in "12"
        for _ in range(150)
    ]
    *_, found = effects(seen, FEW[:1])
    assert found.found.hedges_g == pytest.approx(3, abs=0.4)


@pytest.mark.parametrize(("takes", "asked"), [(3, False), (5, False), (6, True)])
def test_interactions_are_asked_where_takes_could_show_one_and_only_there(takes, asked):
    found = effects(crossing(takes), FEW)
    assert any(e.change for e in found) == asked
    assert ("does more beside another was not asked" in conclusion(found)) != asked
    assert takes_needed(len(FEW) * 3) == 6


def test_interactions_can_be_forced_and_refused():
    assert len(effects(crossing(3), FEW, interactions=True)) == 15
    assert len(effects(crossing(6), FEW, interactions=False)) == 10


def test_every_two_steps_of_three_factors_can_interact():
    seen = [
        observed("", np.random.default_rng(n).normal(size=5), a=a, b=b, c=c)
        for n in range(2)
        for a in "123"
        for b in "12"
        for c in "12"
    ]
    found = [e for e in effects(seen, FEW[:1], interactions=True) if e.change]
    assert [(e.factor, e.contrast) for e in found] == [
        ("a × b", "(2 − 1) × (2 − 1)"),  # noqa: RUF001 - signs are meant
        ("a × b", "(3 − 1) × (2 − 1)"),  # noqa: RUF001
        ("a × c", "(2 − 1) × (2 − 1)"),  # noqa: RUF001
        ("a × c", "(3 − 1) × (2 − 1)"),  # noqa: RUF001
        ("b × c", "(2 − 1) × (2 − 1)"),  # noqa: RUF001
    ]
    assert [len(e.sizes) for e in found] == [2, 2, 2, 2, 3]


def test_where_a_cell_is_missing_nothing_interacts():
    seen = [e for e in crossing(6) if e.factors != {"roof": "canvas", "where": "far"}]
    assert not [e for e in effects(seen, FEW, interactions=True) if e.change]


def test_takes_without_a_partner_or_a_value_are_counted_as_left_out():
    seen = crossing(6)
    gap = Observation(seen[0].prompt, seen[0].factors, {**seen[0].values, FEW[0]: -math.inf})
    *_, found = effects([gap, *seen[1:]], FEW[:1], interactions=True)
    # its pair goes on the one side; the cell beside it has one take too many
    assert (found.found.first_count, found.found.left_out) == (10, 2)


def test_where_nothing_interacts_at_most_5_in_100_say_so():
    values = np.random.default_rng(14).lognormal(size=(600, 4, 6))
    values += np.array([0.0, 3.0, -2.0, 1.0])[:, None]  # main effects alone: 3 - 2 = 1
    p = [contrast([row[1] - row[0]], [row[3] - row[2]]).p for row in values]
    assert 0.03 <= np.mean(np.array(p) <= 0.05) <= 0.07


def test_the_conclusion_says_which_word_does_more_beside_which():
    text = conclusion(effects(beside(6, 9), FEW[:1]))
    assert (
        "“canvas” in the place of “tin” does not do the same beside “close” as beside “far”: "
        "loudness, " in text
    )
    assert " LU against " in text


# In words


def test_the_conclusion_names_what_differs_with_values_and_units():
    text = conclusion(effects(crossing(6, canvas=[8, 0, 0, 0, 0]), FEW))
    assert "“tin” and “canvas” differ in loudness," in text
    assert "LUFS (by " in text
    assert " LU, 95 % interval " in text
    assert "No difference was shown in centroid, crest, flatness and onset rate" in text
    assert "That does not prove there is none." in text


def test_a_difference_is_written_with_as_many_decimals_as_it_needs():
    values = np.random.default_rng(3).normal(size=(12, 5)) * 1e-6
    values[:6, 3] += 0.00123
    values[6:, 3] += 0.00188
    assert "flatness, 0.00123 against 0.00188 (by 0.00065, " in conclusion(table(values))


@pytest.mark.parametrize("takes", [1, 3])
def test_the_conclusion_says_how_many_takes_it_would_need(takes):
    text = conclusion(table(np.random.default_rng(3).normal(size=(2 * takes, 5))))
    assert text.startswith("Not enough takes to say anything of loudness")
    assert "Ask for takes=5 or more, or compare fewer measures." in text
    assert "differ in" not in text


def test_silence_is_not_cured_by_more_takes():
    values = np.random.default_rng(3).normal(size=(12, 5))
    values[:, 0] = -math.inf
    text = conclusion(table(values))
    assert "Not enough takes to say anything of loudness between" in text
    assert "takes=" not in text


def test_one_prompt_has_nothing_to_be_held_against():
    assert "nothing to hold it against" in conclusion(table(np.zeros((1, 5))))


@pytest.mark.parametrize("word", ["best", "winner", "wins", "worse"])
def test_the_conclusion_names_no_winner(word):
    assert word not in conclusion(effects(crossing(6, canvas=[8, 0, 0, 0, 0]), FEW))


# The front door


def sounded(prompt, seed, gain=0.3, factors=None):
    samples = gain * np.random.default_rng(seed).uniform(-1, 1, (1, RATE // 2))
    provenance = Provenance(prompt=prompt, engine="by hand", seed=seed)
    return Take(prompt, Sound.from_samples(samples, RATE, format="wav"), provenance, factors or {})


@pytest.fixture(scope="module")
def rain():
    """Two prompts with five takes each, the second prompt 20 dB quieter."""
    return Comparison.from_takes(
        sounded(prompt, 10 * place + take, gain, {"roof": roof})
        for place, (prompt, roof, gain) in enumerate(
            [("rain on tin $5", "tin $5", 0.3), ("rain", "", 0.03)]
        )
        for take in range(5)
    )


def test_the_table_says_what_each_word_did_and_how_it_was_found(rain):
    frame = rain.effects()
    (row,) = frame.query("measure == 'loudness_lufs'").to_dict("records")
    assert (row["factor"], row["contrast"]) == ("roof", "(left out) − tin $5")  # noqa: RUF001
    assert row["low"] < row["difference"] < row["high"] < -19
    assert (row["size"], row["verdict"]) == ("large", DIFFERENT)
    assert row["difference"] == pytest.approx(row["second_mean"] - row["first_mean"])
    assert "Holm" in frame.attrs["method"]
    assert "loudness" in rain.conclusion(measures=["loudness_lufs"])


def test_one_prompt_gives_an_empty_table_with_all_columns(rain):
    alone = Comparison.from_takes(rain[:3])
    assert list(alone.effects().columns) == list(rain.effects().columns)
    assert alone.effects().empty
    with pytest.raises(InputError, match=r"One prompt: .* Compare it with a second wording"):
        alone.plot.effects()


def test_an_unknown_measure_is_refused(rain):
    with pytest.raises(InputError, match="no measure 'warmth'"):
        rain.effects(measures=["warmth"])


# Figures


def test_the_forest_has_a_panel_for_each_measure_and_a_mark_for_each_verdict(rain):
    figure = rain.plot.effects("loudness_lufs", "peak_dbfs")
    assert [ax.get_xlabel() for ax in figure.axes] == [
        "Loudness: difference (LU)",
        "Peak: difference (dB)",
    ]
    assert "D" in [line.get_marker() for line in figure.axes[0].lines]
    assert all(ax.get_xlim()[0] == -ax.get_xlim()[1] for ax in figure.axes)
    assert figure._repr_png_()


@pytest.mark.parametrize("takes", [1, 2])
def test_a_forest_of_too_few_takes_has_crosses_or_nothing(takes):
    values = np.random.default_rng(1).normal(size=(2 * takes, 5))
    figure = charts.effect_forest([each.row for each in table(values)])
    marks = {line.get_marker() for ax in figure.axes for line in ax.lines}
    assert marks <= {"None", "x", "<", ">"}
    assert figure._repr_png_()


def test_the_map_keeps_the_distances_of_points_in_a_plane():
    points = np.random.default_rng(8).normal(size=(7, 2))
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    placed, share = plane(distances)
    assert np.linalg.norm(placed[:, None] - placed[None], axis=2) == pytest.approx(distances)
    assert share == pytest.approx(1)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_points_in_one_place_stay_there(count):
    points, share = plane(np.zeros((count, count)))
    assert points == pytest.approx(np.zeros((count, 2)))
    assert share == 1


def test_the_map_names_every_prompt_and_says_its_axes_mean_nothing(rain):
    (ax,) = rain.plot.map().axes
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(rain.prompts)
    assert [text.get_text() for text in ax.texts] == 2 * list("12345")
    assert "the axes have no unit" in ax.get_xlabel()
    assert ax.get_xticks().size == ax.get_yticks().size == 0
    assert ax.figure._repr_png_()


def test_silence_has_a_place_on_the_map():
    silence = Take(
        "silence",
        Sound.from_samples(np.zeros((1, RATE)), RATE, format="wav"),
        Provenance(prompt="silence", engine="by hand"),
    )
    both = Comparison.from_takes([silence, sounded("rain", 1), sounded("rain", 2)])
    assert similarity_matrix(both.analyses)[0, 1] == 0
    (ax,) = both.plot.map().axes
    assert np.isfinite([text.get_position() for text in ax.texts]).all()


def test_a_matrix_that_does_not_fit_the_takes_is_refused():
    with pytest.raises(InputError, match=r"2 takes need a square matrix, not shape \(3, 3\)"):
        charts.timbre_map(np.eye(3), [("a", 1), ("b", 1)])
