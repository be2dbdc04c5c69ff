"""What leaves the mixdown can be played, resampled and encoded without clipping."""

from __future__ import annotations

import numpy as np
import pytest

from soundgen_nb.analysis.true_peak import true_peak
from soundgen_nb.engine import SAMPLE_RATE, perform


def true_peak_db(sound):
    return 20 * np.log10(true_peak(sound, SAMPLE_RATE))


@pytest.mark.parametrize("seed", range(4))
def test_clicks_that_rise_far_between_their_samples_are_turned_down(seed):
    sound = perform("footsteps on gravel", seconds=6, seed=seed).samples
    assert true_peak_db(sound) == pytest.approx(-1.1, abs=0.25)


def test_what_is_smooth_is_set_by_its_samples():
    sound = perform("mains hum", seconds=2, seed=1).samples
    assert 20 * np.log10(np.abs(sound).max()) == pytest.approx(-2, abs=0.01)
