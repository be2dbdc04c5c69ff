"""What leaves the mixdown can be played, resampled and encoded without clipping."""

from __future__ import annotations

import numpy as np
import pytest

from soundgen_nb.analysis.true_peak import true_peak
from soundgen_nb.engine import FAMILIES, SAMPLE_RATE, perform, render
from soundgen_nb.engine.score import Layer, Score


def true_peak_db(sound):
    return 20 * np.log10(true_peak(sound, SAMPLE_RATE))


@pytest.mark.parametrize("name", FAMILIES)
def test_no_family_rises_above_full_scale_between_its_samples(name):
    family = FAMILIES[name]
    layer = Layer(name, family.values(), 0.0, 3.0, place=family.place)
    assert true_peak_db(render(Score(3.0, (layer,), 1))) < -0.5


@pytest.mark.parametrize("seed", range(4))
def test_clicks_that_rise_far_between_their_samples_are_turned_down(seed):
    sound = perform("footsteps on gravel", seconds=6, seed=seed).samples
    assert true_peak_db(sound) == pytest.approx(-1.1, abs=0.25)


def test_what_is_smooth_is_set_by_its_samples():
    sound = perform("mains hum", seconds=2, seed=1).samples
    assert 20 * np.log10(np.abs(sound).max()) == pytest.approx(-2, abs=0.01)
