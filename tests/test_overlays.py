"""Takes over each other, and every figure on light and dark grounds, in figures of one's own."""

from __future__ import annotations

import io
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
from soundgen_nb.view import charts, overlays
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


def many_axes():
    from matplotlib.figure import Figure

    return Figure().subplots(1, 2)


def named_axes():
    from matplotlib.figure import Figure

    return Figure().subplot_mosaic("ab")


def many_parts():
    from matplotlib.figure import Figure

    return Figure().subfigures(2, 2)


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize(
    ("slip", "advice"),
    [
        (many_axes, r"give one of them: axes\[0\]$"),
        (named_axes, r"give one of them: axes\['a'\]$"),
        (lambda: (many_axes()[0].figure, many_axes()[0]), r"give one of them: axes\[1\]$"),
        (lambda: many_axes()[0].figure, r"give axes of that figure: ax=figure.subplots\(\)$"),
        (lambda: 3, "ax=3 cannot be drawn into: give axes of matplotlib"),
    ],
    ids=["array", "dict", "all of plt.subplots()", "figure", "number"],
)
def test_what_is_no_axes_is_refused_with_what_is_meant(comparison, name, slip, advice):
    with pytest.raises(InputError, match=advice):
        getattr(comparison.plot, name)(ax=slip())


@pytest.mark.parametrize("name", SEVERAL)
@pytest.mark.parametrize(
    ("slip", "advice"),
    [
        (lambda: many_axes()[0], "give the figure of those axes: fig=ax.figure$"),
        (many_parts, r"give one of them: figures\[0, 0\]$"),
        (many_axes, "cannot be drawn into: give a figure of matplotlib"),
        (lambda: 1, "fig=1 cannot be drawn into: give a figure of matplotlib"),
    ],
    ids=["axes", "array of figures", "array of axes", "number"],
)
def test_what_is_no_figure_is_refused_with_what_is_meant(comparison, name, slip, advice):
    with pytest.raises(InputError, match=advice):
        getattr(comparison.plot, name)(fig=slip())


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


# What cannot be drawn is said


def words(figure):
    return [text.get_text() for ax in figure.axes for text in ax.texts]


def foot(figure):
    """The notes below the panels."""
    return " ".join(text.get_text() for text in figure.texts)


def taken(prompt, samples, index=1):
    sound = Sound.from_samples(np.atleast_2d(samples), RATE)
    return Take(prompt, sound, Provenance(prompt=prompt, engine="by hand"), index=index)


@pytest.fixture(scope="module")
def sung():
    """A prompt with a pitch and one without, two takes each."""
    rng = np.random.default_rng(0)
    return Comparison.from_takes(
        [taken("flute", tone(hz, amplitude=0.3), n) for n, hz in enumerate((440, 466), 1)]
        + [taken("rain", rng.uniform(-0.3, 0.3, RATE), n) for n in (1, 2)]
    )


def test_a_deep_measure_is_measured_when_a_figure_asks_for_it(sung):
    (dots,) = sung.plot.measures("pitch_hz").axes
    drawn = np.concatenate([line.get_xdata() for line in dots.lines if line.get_marker() == "o"])
    assert drawn == pytest.approx([440, 466], rel=0.01)
    (flute, rain) = sung.plot.expressive_range("pitch_hz", "loudness_lufs").axes
    assert np.array(own(flute))[:, 0] == pytest.approx([440, 466], rel=0.01)
    assert words(rain.figure)[1] == "no take has both values"
    assert own(rain) == []


def test_a_panel_of_a_measure_that_no_take_has_says_so_and_has_no_numbers(sung):
    rain = Comparison.from_takes(sung[2:])
    for figure in (
        rain.plot.measures("pitch_hz"),
        rain.plot.expressive_range("pitch_hz", "loudness_lufs"),
    ):
        (ax,) = figure.axes
        assert len(ax.texts) == 1
        assert ax.texts[0].get_text().startswith("no take has")
        assert ax.get_xticks().size == 0
        assert "one take" not in foot(figure)


def test_how_many_takes_have_both_values_is_said():
    seen = rows(rain=[(0.1, -20), (0.2, -22), (math.nan, -21)], wind=[(0.3, -20), (math.nan, -20)])
    figure = overlays.expressive_range(seen, ("silence_share", "loudness_lufs"))
    first, second = words(figure)
    assert first.endswith("2 of 3 takes")
    assert second == "1 of 2 takes: no spread can be told"


def test_plus_minus_says_what_it_is():
    seen = rows(rain=[(0.1, -20), (0.2, -22)])
    figure = overlays.expressive_range(seen, ("silence_share", "loudness_lufs"))
    assert "standard deviation" in foot(figure)


def test_one_take_a_prompt_shows_no_effect_and_says_what_to_ask_for():
    alone = Comparison.from_takes([taken("a", tone()), taken("b", tone(500.0))])
    figure = alone.plot.effects()
    (said,) = set(words(figure))
    assert said == "not enough takes:\nask for takes=5 or more"
    assert "takes=5 or more" in alone.conclusion()
    assert all(ax.get_xticks().size == 0 for ax in figure.axes)
    assert "×" not in foot(figure)  # noqa: RUF001 - a cross is meant


def test_an_effect_on_a_measure_that_few_takes_have_is_not_blamed_on_their_number(sung):
    figure = sung.plot.effects("pitch_hz", "loudness_lufs")
    assert words(figure) == ["too few takes have a value"]
    assert "×" in foot(figure)  # noqa: RUF001 - a cross is meant


# How they are asked for


@pytest.mark.parametrize("several", [list, tuple])
def test_names_may_come_as_one_list(comparison, several):
    names = several(["loudness_lufs", "centroid_hz"])
    for name in ("measures", "effects", "expressive_range"):
        draw = getattr(comparison.plot, name)
        together, one_by_one = draw(names), draw(*names)
        labels = [[ax.get_xlabel() for ax in figure.axes] for figure in (together, one_by_one)]
        assert labels[0] == labels[1] != []


@pytest.mark.parametrize("names", [(5,), (None,), (["loudness_lufs", 5],), (["a"], "b")])
def test_what_is_no_name_is_refused(comparison, names):
    for draw in (comparison.plot.measures, comparison.plot.effects):
        with pytest.raises(InputError, match=r"is no name of a measure: give names"):
            draw(*names)


def test_an_empty_list_of_names_is_nothing_to_draw(comparison):
    with pytest.raises(InputError, match="nothing to draw"):
        comparison.plot.measures([])
    with pytest.raises(InputError, match="name at least one measure"):
        comparison.plot.effects([])


@pytest.mark.parametrize("names", [["onsets"], ["onsets", "seconds", "flatness"]])
def test_an_expressive_range_has_two_measures(comparison, names):
    with pytest.raises(InputError, match=f"two measures, not {len(names)}"):
        comparison.plot.expressive_range(names)


@pytest.mark.parametrize("columns", [0, -1, 2.5, "3"])
@pytest.mark.parametrize("name", SEVERAL)
def test_columns_that_give_no_panels_are_refused(comparison, name, columns):
    with pytest.raises(InputError, match=r"columns=.* give a whole number from 1 on"):
        getattr(comparison.plot, name)(columns=columns)


# In a part of a figure


@pytest.mark.parametrize("name", SEVERAL)
def test_a_part_of_a_figure_is_drawn_into_and_nothing_else_moves(comparison, name):
    from matplotlib.figure import Figure

    whole = Figure(figsize=(6, 3))
    left, right = whole.subfigures(1, 2)
    other = left.subplots()
    before = other.get_position().bounds
    assert getattr(comparison.plot, name)(fig=right) is right
    whole.canvas.draw()
    assert other.get_position().bounds == before
    inside = right.bbox.expanded(1.001, 1.001)
    assert right.axes
    assert all(inside.contains(*corner) for ax in right.axes for corner in ax.bbox.corners())


@pytest.mark.parametrize("name", SINGLE)
def test_axes_in_a_part_of_a_part_of_a_figure_are_drawn_into(comparison, name):
    from matplotlib.figure import Figure

    whole = Figure(figsize=(9, 5))
    part = whole.subfigures(1, 2)[0].subfigures(1, 2)[1]
    ax = part.subplots()
    assert getattr(comparison.plot, name)(ax=ax) is whole
    assert ax.has_data() or ax.images
    whole.canvas.draw()


@pytest.mark.parametrize("layout", [None, "constrained", "tight"])
@pytest.mark.parametrize("name", ["measures", "expressive_range", "effects"])
def test_notes_stand_clear_of_axes_whatever_lays_the_figure_out(comparison, name, layout):
    from matplotlib.figure import Figure

    mine = Figure(figsize=(11, 5), layout=layout)
    getattr(comparison.plot, name)(fig=mine)
    mine.canvas.draw()
    (note,) = mine.texts
    assert note.get_window_extent().y0 >= 0
    lowest = min(ax.get_tightbbox().y0 for ax in mine.axes)
    assert note.get_window_extent().y1 <= lowest


def test_settings_of_ones_own_lay_out_no_figure_of_ours(comparison):
    import matplotlib as mpl

    with mpl.rc_context({"figure.constrained_layout.use": True}):
        assert comparison.plot.measures().get_layout_engine() is None


def test_a_part_with_a_ground_of_its_own_is_drawn_on_in_its_ink():
    from matplotlib.figure import Figure

    dark = Figure().subfigures(1, 1, facecolor="#101418")
    assert look_of(dark).ink == look_of(dark.subplots()).ink == DARK.ink
    plain = Figure(facecolor="#101418").subfigures(1, 1)
    assert look_of(plain).ink == look_of(plain.subplots()).ink == DARK.ink


# The map


@pytest.mark.parametrize("size", [(9, 3), (3, 9), None])
def test_every_point_of_a_map_is_inside_axes_of_one_scale(size, caplog):
    from matplotlib.figure import Figure

    prompts = 12
    angles = np.arange(prompts) * 2 * np.pi / prompts
    places = np.c_[np.cos(angles), np.sin(angles)]
    matrix = 2.0 ** -np.linalg.norm(places[:, None] - places[None], axis=2)
    takes = [(f"a prompt that fills a line or two, number {n}", 1) for n in range(prompts)]
    ax = Figure(figsize=size).subplots() if size else None
    figure = charts.timbre_map(matrix, takes, ax=ax)
    figure.savefig(io.BytesIO())
    (ax,) = figure.axes
    points = np.concatenate([line.get_xydata() for line in ax.lines])
    assert len(points) == prompts
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    assert (points > [left, bottom]).all()
    assert (points < [right, top]).all()
    assert (right - left) / ax.bbox.width == pytest.approx((top - bottom) / ax.bbox.height)
    assert caplog.records == []
