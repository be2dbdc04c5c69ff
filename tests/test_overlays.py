"""Takes over each other, and every figure on light and dark grounds, in figures of one's own."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest

from soundgen_nb.analysis import THIRD_OCTAVES_HZ, Measures, analyse
from soundgen_nb.comparison import Comparison
from soundgen_nb.errors import InputError
from soundgen_nb.sound import Sound
from soundgen_nb.take import Take
from soundgen_nb.view import charts, figures, lettering, overlays
from soundgen_nb.view.canvas import DARK, LIGHT, look_of
from soundgen_nb.wire import Provenance

RATE = 44_100


def tone(frequency_hz=1000.0, *, amplitude=1.0, rate=RATE, seconds=1.0):
    times = np.arange(int(rate * seconds)) / rate
    return amplitude * np.sin(2 * np.pi * frequency_hz * times)[None]


def levels(line, rate=RATE):
    return analyse(line, rate).third_octaves_db


# Third octaves


@pytest.mark.parametrize("frequency_hz", [100.0, 1000.0, 7943.3])
def test_a_full_scale_sine_is_0_db_in_its_own_band(frequency_hz):
    found = levels(tone(frequency_hz))
    band = np.abs(THIRD_OCTAVES_HZ - frequency_hz).argmin()
    around = slice(max(0, band - 1), band + 2)
    assert 10 * np.log10((10 ** (found[around] / 10)).sum()) == pytest.approx(0, abs=0.1)
    assert found.argmax() == band


def test_bands_together_hold_the_power_of_the_whole():
    noise = 0.1 * np.random.default_rng(0).normal(size=(1, RATE))
    found = 10 ** (levels(noise) / 10) / 2
    inside = (THIRD_OCTAVES_HZ[-1] - THIRD_OCTAVES_HZ[0]) * 10**0.05 / (RATE / 2)
    assert found.sum() == pytest.approx(inside * 0.01, rel=0.03)


def test_white_noise_rises_by_a_decibel_a_band():
    noise = 0.1 * np.random.default_rng(0).normal(size=(1, 4 * RATE))
    slope = np.polyfit(np.arange(26), levels(noise), 1)[0]
    assert slope == pytest.approx(1, abs=0.05)


def test_a_sound_twice_over_has_the_same_levels():
    noise = 0.1 * np.random.default_rng(0).normal(size=(1, 2 * RATE))
    assert levels(np.tile(noise, 2)) == pytest.approx(levels(noise), abs=0.1)


def test_bands_above_half_the_rate_have_no_level_and_silence_has_none_at_all():
    assert np.isnan(levels(tone(rate=16_000), 16_000)[THIRD_OCTAVES_HZ > 8000]).all()
    assert np.isneginf(levels(np.zeros((1, RATE)))).all()


# Spectra


def test_every_take_is_a_thin_line_and_every_prompt_a_thick_one():
    takes = [
        ("rain", levels(tone(500.0))),
        ("rain", levels(tone(2000.0))),
        ("hail", levels(tone())),
    ]
    (ax,) = overlays.spectra(takes).axes
    assert sum(line.get_linewidth() < 1 for line in ax.lines) == 2  # a single take is its mean
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["rain", "hail"]
    assert "dB, 0 = full-scale sine" in ax.get_ylabel()


def test_a_mean_spectrum_is_of_power():
    loud, quiet = levels(tone()), levels(tone(amplitude=0.01))
    (ax,) = overlays.spectra([("a", loud), ("a", quiet)]).axes
    mean = ax.lines[-1].get_ydata()
    assert mean.max() == pytest.approx(loud.max() - 10 * math.log10(2), abs=0.05)


@pytest.mark.parametrize(
    "several",
    [
        [np.full(26, -math.inf)],
        [levels(tone()), np.full(26, -math.inf)],
        [levels(tone(rate=8000), 8000), levels(tone())],
    ],
    ids=["silence", "silence and a tone", "two rates"],
)
def test_any_spectra_can_be_drawn(several):
    assert overlays.spectra([("a", each) for each in several])._repr_png_()


# Expressive range


def rows(**values):
    return [
        (prompt, Measures({"loudness_lufs": float(up), "silence_share": across}))
        for prompt, several in values.items()
        for across, up in several
    ]


def own(ax):
    """The takes that are not grey."""
    return next(line for line in ax.lines if line.get_zorder() == 3).get_xydata().tolist()


def test_every_prompt_has_a_panel_with_its_takes_on_the_same_axes():
    seen = rows(rain=[(0.1, -20), (0.2, -22)], wind=[(0.5, -30)])
    figure = overlays.expressive_range(seen, ("silence_share", "loudness_lufs"))
    first, second = figure.axes
    np.testing.assert_allclose(own(first), [[10, -20], [20, -22]])
    assert own(second) == [[50, -30]]
    assert (first.get_xlim(), first.get_ylim()) == (second.get_xlim(), second.get_ylim())
    assert first.get_ylabel() == "Loudness (LUFS)"
    assert first.get_xlabel() == second.get_xlabel() == "Silence (%)"
    notes = [text.get_text() for ax in figure.axes for text in ax.texts]
    assert notes == [
        "silence ± 7 percentage points ·\nloudness ± 1.4 LU",
        "1 take: no spread can be told",
    ]


def test_takes_without_both_values_are_left_out():
    seen = rows(rain=[(0.1, -20), (math.nan, -22)], silence=[(1.0, -math.inf)])
    figure = overlays.expressive_range(seen, ("silence_share", "loudness_lufs"))
    assert [own(ax) for ax in figure.axes] == [[[10, -20]], []]
    assert figure._repr_png_()


def test_nothing_to_draw_is_said():
    for draw in (overlays.spectra, lambda none: overlays.expressive_range(none, ("onsets",) * 2)):
        with pytest.raises(InputError, match="nothing to draw"):
            draw([])


# Every figure


@pytest.fixture(scope="module")
def comparison():
    """Two prompts with two takes each."""
    rng = np.random.default_rng(0)
    return Comparison.from_takes(
        Take(
            prompt,
            Sound.from_samples(rng.uniform(-gain, gain, (1, RATE // 2)), RATE),
            Provenance(prompt=prompt, engine="by hand"),
            {"what": prompt},
        )
        for prompt, gain in (("rain", 0.3), ("hail $5", 0.1))
        for _ in range(2)
    )


SEVERAL = ["spectrograms", "waveforms", "measures", "expressive_range", "effects"]
SINGLE = ["spectra", "similarity", "map"]


def inks(figure):
    """The colours of all text that is drawn on the ground."""
    from matplotlib.text import Text

    texts = [text for text in figure.findobj(Text) if text.get_text().strip()]
    inside = {text for ax in figure.axes for text in ax.texts if ax.images or len(ax.texts) > 3}
    return {text.get_color() for text in texts if text not in inside}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", SEVERAL + SINGLE)
def test_a_figure_is_drawn_in_ink_that_can_be_read_on_its_ground(comparison, name, dark):
    import matplotlib.style

    with matplotlib.style.context("dark_background" if dark else "default"):
        figure = getattr(comparison.plot, name)()
        assert figure._repr_png_()
    look = DARK if dark else LIGHT
    assert look_of(figure).ink == look.ink
    assert inks(figure) <= {look.ink, look.soft_ink}


@pytest.mark.parametrize("name", SEVERAL)
def test_several_panels_are_drawn_into_a_figure_given(comparison, name):
    from matplotlib.figure import Figure

    mine = Figure(figsize=(9, 5), facecolor="#101418")
    assert getattr(comparison.plot, name)(fig=mine) is mine
    assert mine.axes
    assert inks(mine) <= {DARK.ink, DARK.soft_ink}


@pytest.mark.parametrize("name", SINGLE)
def test_one_panel_is_drawn_into_axes_given(comparison, name):
    from matplotlib.figure import Figure

    mine = Figure(figsize=(9, 5))
    left, right = mine.subplots(1, 2)
    assert getattr(comparison.plot, name)(ax=right) is mine
    assert not left.has_data()
    assert right.has_data() or right.images


def test_a_transparent_ground_counts_as_light():
    from matplotlib.figure import Figure

    assert look_of(Figure(facecolor="none")) is LIGHT


def test_no_figure_is_left_open_and_pyplot_is_not_needed():
    probe = (
        "import sys, numpy as np\n"
        "from soundgen_nb.view import overlays\n"
        "for _ in range(3): overlays.spectra([('a', np.zeros(26))])._repr_png_()\n"
        "print('matplotlib.pyplot' in sys.modules)\n"
        "import matplotlib.pyplot as plt\n"
        "print(plt.get_fignums())"
    )
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "[]"]


# Fonts


TEXTS = ["日本e rain 🌧", "гроза и ветер", "नमस्ते 👩‍🚒 한국어", "bell \x07 \ud83c", "□ ± é", "…"]


@pytest.mark.parametrize("text", TEXTS)
def test_any_script_is_drawn_without_a_warning(text):
    found = analyse(tone(), RATE)
    for figure in (
        figures.spectrogram_grid([(text, found)]),
        figures.measure_dots([(text, found.measures)]),
        figures.similarity_heatmap(np.ones((1, 1)), [text]),
        overlays.spectra([(text, found.third_octaves_db)]),
        overlays.expressive_range([(text, found.measures)], ("centroid_hz", "loudness_lufs")),
        charts.timbre_map(np.ones((1, 1)), [(text, 1)]),
    ):
        assert figure._repr_png_()


def test_what_no_font_has_is_a_box_and_what_one_has_stays():
    nobody_has_it = "\ue999\U000e0fff"
    assert lettering.elided(f"rain, дождь {nobody_has_it}", 40) == "rain, дождь □□"
    assert lettering.elided("a\u200bb", 40) in {"ab", "a\u200bb"}


def test_a_font_of_the_machine_helps_out_where_the_usual_one_lacks_a_character():
    import matplotlib as mpl
    from matplotlib.font_manager import FontProperties, findfont, get_font

    def has(character, family):
        font = get_font(findfont(FontProperties(family=[family])))
        return font.get_char_index(ord(character)) > 0

    # matplotlib brings both along: STIXNonUnicode has private characters, and no Cyrillic ones
    with mpl.rc_context({"font.family": ["STIXNonUnicode"]}):
        usual, *more = lettering.lettered("дождь")["fontfamily"]
    assert usual == "STIXNonUnicode"
    assert not has("д", usual)
    assert all(any(has(each, family) for family in more) for each in "дождь")


def test_wide_characters_count_twice():
    assert lettering.breadth("日本e rain") == 10
    assert len(lettering.elided("雨" * 60, 40)) <= 20
    assert all(len(line) <= 10 for line in lettering.wrapped("雨" * 60, 20, lines=2).splitlines())
