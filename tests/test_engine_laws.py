"""Laws that every family of sounds keeps, whatever it is the sound of."""

from __future__ import annotations

import numpy as np
import pytest

from soundgen_nb.analysis.true_peak import true_peak
from soundgen_nb.engine import FAMILIES, SAMPLE_RATE, render
from soundgen_nb.engine.parts.timeline import samples_in
from soundgen_nb.engine.score import Layer, Score

AXES = ("intensity", "size", "speed", "brightness")
PRESETS = [(name, preset) for name in FAMILIES for preset in FAMILIES[name].presets]
# seconds before it is heard: a rocket climbs, a tree leans, a bell waits to ring
NEEDS = {
    "fireworks": 1.5,
    "horse": 0.6,
    "laughter": 1.0,
    "phone": 0.6,
    "rattle": 0.6,
    "wood_crack": 1.5,
}
SILENT = [("static", "low")]  # a receiver with each of its noises turned down
HIGHEST = 10 ** (-2 / 20) + 1e-6


def rendered(name, seconds, *, seed=1, axes=None, **settings):
    """A family's own sound, before any place."""
    family = FAMILIES[name]
    values = family.values(axes, **settings)
    return family.render(max(seconds, NEEDS.get(name, 0)), np.random.default_rng(seed), values)


def check_sounds(sound):
    """It has no holes, is as loud as it may be, and its sides do not cancel."""
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() == pytest.approx(1.0, abs=1e-6)
    assert np.abs(np.atleast_2d(sound).mean(axis=0)).max() > 0.3


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_keeps_its_length_and_its_seed(name):
    first, again, other = (rendered(name, 0.6, seed=seed) for seed in (1, 1, 2))
    assert first.shape[-1] == samples_in(max(0.6, NEEDS.get(name, 0)))
    assert first.dtype == np.float32
    check_sounds(first)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(("name", "preset"), PRESETS, ids=[f"{n}-{p}" for n, p in PRESETS])
def test_every_preset_sounds(name, preset):
    check_sounds(rendered(name, 0.6, preset=preset))


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("name", FAMILIES)
def test_every_knob_can_be_turned_to_both_ends(name, end):
    settings = {
        knob.name: 2 if knob.name == "count" else getattr(knob, end)
        for knob in FAMILIES[name].knobs
    }
    sound = rendered(name, 0.3, **settings)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() == pytest.approx(0.0 if (name, end) in SILENT else 1.0)


@pytest.mark.parametrize("end", [-1.0, 1.0], ids=["low", "high"])
@pytest.mark.parametrize("name", FAMILIES)
def test_every_modifier_can_be_taken_to_both_ends(name, end):
    sound = rendered(name, 0.3, axes=dict.fromkeys(AXES, end))
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() == pytest.approx(1.0)


@pytest.mark.parametrize("name", FAMILIES)
def test_what_is_heard_of_a_family_does_not_clip_and_ends_in_silence(name):
    family = FAMILIES[name]
    layer = Layer(name, family.values(), 0.0, 3.0, place=family.place)
    sound = render(Score(3.0, (layer,), 1))
    assert sound.shape == (2, samples_in(3.0))
    assert 0.1 < np.abs(sound).max() <= HIGHEST
    assert np.abs(sound.mean(axis=1)).max() < 1e-3
    assert np.abs(sound[:, [0, -1]]).max() < 1e-3
    assert 20 * np.log10(true_peak(sound, SAMPLE_RATE)) < -0.5
