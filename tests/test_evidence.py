"""Evidence that is not as one would wish: unequal, incomplete, silent, copied, broken."""

from __future__ import annotations

import itertools
import math
import re
from io import BytesIO

import numpy as np
import pytest
import soundfile

from soundgen_nb.comparison import Comparison
from soundgen_nb.effects import DIFFERENT, NOT_SHOWN, TOO_FEW, Observation, conclusion, effects
from soundgen_nb.errors import InputError, NotAudioError, OptionError
from soundgen_nb.sound import Sound
from soundgen_nb.take import Take, Takes, measure_all
from soundgen_nb.view import charts
from soundgen_nb.wire import Provenance

RATE = 44_100
MEASURES = ("loudness_lufs", "crest_db", "centroid_hz", "flatness", "onset_rate")


def observed(prompt, takes, *, loudness=0.0, scatter=1.0, seed=0, **factors):
    """So many takes of a prompt, alike in all but the mean of their loudness."""
    values = scatter * np.random.default_rng((seed, *prompt.encode())).normal(size=(takes, 5))
    values[:, 0] += loudness
    return [Observation(prompt, factors, dict(zip(MEASURES, row, strict=True))) for row in values]


def crossed(**takes):
    """A 2x2 of amount and roof with so many takes in each cell: ``light_tin=4``."""
    cells = {tuple(name.split("_")): count for name, count in takes.items()}
    return [
        each
        for (amount, roof), count in cells.items()
        for each in observed(f"{amount} rain on {roof}", count, amount=amount, roof=roof)
    ]


# Claims


def test_at_most_5_tables_in_100_hold_a_false_claim_however_unequal_the_scatter():
    tables = [
        effects(
            observed("even", 6, seed=seed) + observed("wild", 6, scatter=10, seed=seed), MEASURES
        )
        for seed in range(300)
    ]
    assert np.mean([any(e.verdict == DIFFERENT for e in one) for one in tables]) <= 0.075


def test_takes_of_two_templates_are_not_mixed_up():
    seen = [
        each
        for word, loud in (("rain", 0), ("hail", -30))
        for roof, louder in (("tin", 0), ("canvas", -6))
        for each in observed(f"{word} on {roof}", 6, loudness=loud + louder, roof=roof)
    ]
    first, *_ = found = effects(seen, MEASURES[:1])
    assert [(e.factor, e.second) for e in found] == [
        ("prompt", "rain on canvas"),
        ("prompt", "hail on tin"),
        ("prompt", "hail on canvas"),
    ]
    assert first.verdict == DIFFERENT
    assert first.found.difference == pytest.approx(-6, abs=2)


def test_rows_that_were_claimed_make_room_for_those_with_fewer_takes():
    # 3 against 8 can give p = 0.006, too large for nine rows and small enough for eight
    def table(loudness):
        others = [observed(name, 8, loudness=loudness) for name in "BC"]
        return effects([*observed("A", 8), *others[0], *others[1], *observed("D", 3)], MEASURES[:3])

    assert {e.verdict for e in table(0)[6:]} == {TOO_FEW}
    claimed = table(1000)
    assert sum(e.verdict == DIFFERENT for e in claimed) >= 2
    assert {e.verdict for e in claimed[6:]} == {NOT_SHOWN}


def test_too_few_takes_have_no_size_in_words():
    found = effects(observed("A", 2) + observed("B", 2, loudness=9), MEASURES)
    assert {e.size for e in found} == {""}


# Words


def test_words_that_always_change_together_are_told_apart_by_no_number_of_takes():
    text = conclusion(effects(crossed(light_tin=4, heavy_canvas=4), MEASURES))
    assert "“light” and “heavy” never stand side by side with all other words alike" in text
    assert "takes=" not in text
    assert "Not enough takes" not in text


def test_where_one_wording_has_lost_takes_its_takes_are_asked_for():
    seen = crossed(light_tin=4, light_canvas=4, heavy_tin=4, heavy_canvas=1)
    text = conclusion(effects(seen, MEASURES))
    assert "Every wording needs 3 takes that have a value; some have fewer." in text
    assert "takes=" not in text


def combined(takes, *counts):
    """So many takes of every wording of factors with so many levels each."""
    rng = np.random.default_rng(7)
    return [
        Observation(str(place), {f"f{n}": str(level) for n, level in enumerate(place)}, values)
        for place in itertools.product(*map(range, counts))
        for _ in range(takes)
        for values in [dict(zip(MEASURES, rng.normal(size=len(MEASURES)), strict=True))]
    ]


@pytest.mark.parametrize("measures", [MEASURES, MEASURES[:1]], ids=["five", "one"])
@pytest.mark.parametrize("counts", [(2, 2), (2, 3), (2, 2, 2), (2, 2, 3)])
def test_as_many_takes_are_asked_for_as_make_interactions_be_asked(counts, measures):
    told = conclusion(effects(combined(2, *counts), measures))
    needed = int(re.search(r"that takes (\d+) takes of every prompt", told)[1])
    asked = [
        any(each.change for each in effects(combined(takes, *counts), measures))
        for takes in (needed - 1, needed)
    ]
    assert asked == [False, True]


def test_where_there_are_takes_enough_it_is_said_how_to_ask_for_interactions():
    told = conclusion(effects(combined(12, 2, 2), MEASURES, interactions=False))
    assert "was not asked; interactions=True asks it." in told


def test_no_number_of_takes_is_asked_for_where_a_wording_is_missing():
    seen = crossed(light_tin=12, light_canvas=12, heavy_tin=12)
    assert "does more beside another" not in conclusion(effects(seen, MEASURES, interactions=True))


def test_factors_with_the_same_words_are_told_apart():
    seen = [
        each
        for a in ("loud", "soft")
        for b in ("loud", "soft")
        for each in observed(f"{a} rain, {b} thunder", 4, loudness=40 * (a == "loud"), rain=a, b=b)
    ]
    text = conclusion(effects(seen, MEASURES))
    assert "“loud” and “soft” (factor rain) differ in loudness" in text
    assert (
        "loudness, crest, centroid, flatness and onset rate between “loud” and “soft” (factor b"
        in text
    )
    assert text.count("loudness") == 2
    figure = charts.effect_forest([each.row for each in effects(seen, MEASURES[:1])])
    labels = " ".join(label.get_text() for label in figure.axes[0].get_yticklabels())
    assert "(rain)" in labels
    assert "(b)" in labels


def test_what_is_true_of_many_pairs_is_said_once():
    seen = [each for number in range(9) for each in observed(f"file {number}", 1)]
    text = conclusion(effects(seen, MEASURES))
    assert text.count("Not enough takes") == 1
    assert "between “file 0” and each of the 8 others." in text


def test_takes_without_a_value_are_counted_aloud():
    silent = [
        Observation(e.prompt, {}, {**e.values, "loudness_lufs": -math.inf})
        for e in observed("B", 6, seed=1)
    ]
    text = conclusion(effects(observed("A", 8) + observed("B", 2) + silent, MEASURES[:2]))
    assert "6 of the 16 takes of “A” and “B” have no loudness, and count for nothing there." in text


def test_every_sentence_begins_with_a_capital():
    words_left_out = observed("rain", 6, loudness=30, distance="")
    text = conclusion(
        effects(words_left_out + observed("far rain", 6, distance="far"), MEASURES[:1])
    )
    assert text.startswith("The words left out and “far” differ in loudness")
    assert "The chance of a false alarm is about 1 in 20." in text


# Takes


def take(prompt, sound):
    return Take(prompt, sound, Provenance(prompt=prompt, engine="by hand"))


def noise(seed, *, gain=0.3, seconds=0.5):
    samples = gain * np.random.default_rng(seed).uniform(-1, 1, (1, int(seconds * RATE)))
    return Sound.from_samples(samples, RATE)


def stamped(sound, number):
    """The same samples in other bytes: a chunk of text at the end of a wav."""
    return Sound(sound.data + b"LIST\4\0\0\0" + number.to_bytes(4, "big"))


def test_a_take_of_the_same_samples_as_another_is_no_take_of_its_own():
    takes = [take(p, stamped(noise(s), n)) for s, p in enumerate("AB") for n in range(6)]
    assert len({each.sound.data for each in takes}) == 12
    compared = Comparison.from_takes(takes)
    assert set(compared.effects()["verdict"]) == {TOO_FEW}
    told = "10 takes have the very samples of others of their prompt, and count once."
    assert told in compared.conclusion()
    assert told in compared._repr_html_()
    assert set(compared.summary("crest_db")["count"]) == {1}
    assert compared.summary("crest_db")["low"].isna().all()
    assert len(compared.table()) == 12


def test_what_is_approximate_is_said_beside_what_it_proves():
    takes = [take(f"{gain}", noise(seed, gain=gain)) for gain in (0.1, 0.3) for seed in range(4)]
    text = Comparison.from_takes(takes).conclusion("short_term_max_lufs")
    assert "differ in short-term max" in text
    assert "Short-term max of 8 of the 8 takes: shorter than 3 s" in text


def test_one_measure_may_be_named_by_itself_and_none_is_an_error():
    compared = Comparison.from_takes([take("A", noise(1)), take("B", noise(2))])
    assert list(compared.effects("crest_db")["measure"]) == ["crest_db"]
    with pytest.raises(InputError, match="at least one measure"):
        compared.conclusion([])


def test_a_styled_table_takes_the_options_of_its_method():
    compared = Comparison.from_takes([take("A", noise(1)), take("B", noise(2))])
    html = compared.styled("effects", measures=["crest_db"]).to_html()
    assert "Crest" in html
    assert "Centroid" not in html
    assert "take 1" in compared.styled("neighbours").to_html()
    with pytest.raises(OptionError, match=r"effects has no option measure=; did you mean measures"):
        compared.styled("effects", measure=["crest_db"])


def test_silent_takes_are_named_in_the_line_of_their_prompt():
    silence = Sound.from_samples(np.zeros(RATE), RATE)
    compared = Comparison.from_takes([take("B", noise(1)), take("B", silence)])
    assert "'B': 2 takes (1 of them silent), mean " in repr(compared)


@pytest.mark.parametrize("deep", [False, True], ids=["fast", "deep"])
def test_a_take_that_cannot_be_measured_is_named_and_costs_the_others_nothing(deep):
    bad = np.full((1, RATE), 0.1, np.float32)
    bad[0, 5] = math.nan
    broken = Sound(float_wav(bad))
    takes = Takes([take("rain", noise(1)), take("hail", broken), take("snow", noise(2))])
    with pytest.raises(NotAudioError, match=r"^hail · take 1 cannot be measured: .*NaN"):
        measure_all(takes, deep=deep)
    kept = "deep" if deep else "analysis"
    assert [kept in vars(each) for each in takes] == [True, False, True]


def float_wav(samples):
    target = BytesIO()
    soundfile.write(target, samples.T, RATE, format="WAV", subtype="FLOAT")
    return target.getvalue()
