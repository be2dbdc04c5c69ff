"""Figures: what is drawn where, on which scale, and that they show themselves."""

from __future__ import annotations

import io
import math
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from soundgen_nb.analysis import Measures, analyse, similarity_matrix
from soundgen_nb.errors import InputError
from soundgen_nb.view import canvas, figures
from soundgen_nb.view.scale import Scale

RATE = 44_100


def tone(frequency_hz=1000.0, *, seconds=1.0, amplitude=0.5, channels=1):
    line = np.sin(2 * np.pi * frequency_hz * np.arange(int(RATE * seconds)) / RATE)
    return analyse(np.tile(amplitude * line, (channels, 1)), RATE)


def pixels(figure):
    """The figure as drawn, shape (height, width, 3), top row first."""
    return np.asarray(Image.open(io.BytesIO(figure._repr_png_())).convert("RGB"))


@pytest.fixture(scope="module")
def items():
    return [
        ("a tone", tone()),
        ("a short low tone", tone(200.0, seconds=0.5)),
        ("a quiet tone", tone(5000.0, amplitude=0.05)),
        ("silence", analyse(np.zeros((2, RATE)), RATE)),
    ]


# Showing themselves


def test_a_figure_shows_itself_without_pyplot():
    probe = (
        "import sys, numpy as np\n"
        "from IPython.core.formatters import DisplayFormatter\n"
        "from soundgen_nb.view.figures import similarity_heatmap\n"
        "data, _ = DisplayFormatter().format(similarity_heatmap(np.eye(2), ['a', 'b']))\n"
        "print(data['image/png'][1:4] == b'PNG', 'matplotlib.pyplot' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["True", "False"]


def test_importing_it_loads_no_matplotlib_and_no_librosa():
    probe = "import sys, soundgen_nb.view.figures; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert not {"matplotlib", "librosa", "scipy"} & set(ran.stdout.split())


def test_the_ground_is_opaque_so_that_ink_is_read_on_any_theme(items):
    drawn = Image.open(io.BytesIO(figures.waveforms(items)._repr_png_())).convert("RGBA")
    assert np.asarray(drawn)[:, :, 3].min() == 255
    assert np.asarray(drawn)[0, 0].tolist() == [255, 255, 255, 255]


@pytest.mark.parametrize("text", ["$5 or $6", r"\frac{", "a {tin|canvas} roof", "x" * 300])
def test_any_prompt_can_be_a_label(text):
    found = tone()
    for figure in (
        figures.spectrogram_grid([(text, found)]),
        figures.waveforms([(text, found)]),
        figures.measure_dots([(text, found.measures)]),
        figures.similarity_heatmap(np.ones((1, 1)), [text]),
    ):
        assert figure._repr_png_()


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.spectrogram_grid([]),
        lambda: figures.waveforms([]),
        lambda: figures.measure_dots([]),
        lambda: figures.measure_dots([("a", tone().measures)], []),
        lambda: figures.similarity_heatmap(np.ones((0, 0)), []),
    ],
    ids=["spectrograms", "waveforms", "no takes", "no measures", "similarity"],
)
def test_nothing_to_draw_is_said(draw):
    with pytest.raises(InputError, match="nothing to draw"):
        draw()


def test_a_figure_given_is_drawn_into_and_returned(items):
    from matplotlib.figure import Figure

    mine = Figure(figsize=(8, 4))
    assert figures.waveforms(items, fig=mine) is mine
    assert len(mine.axes) == len(items)


# Spectrograms


@pytest.mark.parametrize("frequency_hz", [200.0, 1000.0, 5000.0])
def test_a_tone_is_drawn_at_its_frequency_on_the_axis(frequency_hz):
    figure = figures.spectrogram_grid([("tone", tone(frequency_hz))])
    drawn = pixels(figure)
    ax = figure.axes[0]
    x, y = ax.transData.transform((0.5, frequency_hz)).round().astype(int)
    inside = slice(*(drawn.shape[0] - ax.bbox.extents[[3, 1]].round().astype(int) + [2, -2]))
    brightest = inside.start + drawn[inside, x].sum(axis=1, dtype=int).argmax()
    assert drawn.shape[0] - brightest == pytest.approx(y, abs=4)


def test_all_spectrograms_share_one_decibel_scale_and_both_axes(items):
    panels = figures.spectrogram_grid(items).axes[: len(items)]
    limits = {panel.images[0].get_clim() for panel in panels}
    loudest = max(analysis.spectrogram.loudest_db for _, analysis in items)
    assert limits == {(loudest - 80, loudest)}
    assert {panel.get_xlim() for panel in panels} == {(0, 1)}
    assert {panel.get_ylim() for panel in panels} == {(20, 22_050)}


def test_axes_and_colour_bar_name_their_units(items):
    figure = figures.spectrogram_grid(items[:1])
    panel, bar = figure.axes
    assert panel.get_xlabel() == "Time (s)"
    assert [tick.get_text() for tick in panel.get_yticklabels()][:2] == ["50 Hz", "100 Hz"]
    assert bar.get_ylabel() == "dB (0 = full-scale sine)"


def test_where_a_shorter_sound_has_ended_it_is_grey(items):
    figure = figures.spectrogram_grid(items)
    drawn = pixels(figure)
    x, y = figure.axes[1].transData.transform((0.75, 1000.0)).round().astype(int)
    assert drawn[drawn.shape[0] - y, x].tolist() == list(bytes.fromhex(canvas.LIGHT.absent[1:]))


@pytest.mark.parametrize("rate", [8_000, RATE])
def test_silence_by_itself_is_dark(rate):
    silence = analyse(np.zeros((1, rate)), rate)
    figure = figures.spectrogram_grid([("silence", silence), ("more", silence)])
    drawn = pixels(figure)
    x, y = figure.axes[0].transData.transform((0.5, 1000.0)).round().astype(int)
    assert drawn[drawn.shape[0] - y, x].max() < 10
    scale = Scale.shared([silence])  # that of the cards
    limits = (scale.lowest_db, scale.reference_db)
    assert figure.axes[0].images[0].get_clim() == limits


# Waveforms


def test_all_waveforms_share_one_amplitude_scale(items):
    stereo = ("stereo", tone(channels=2, amplitude=0.9))
    panels = figures.waveforms([*items, stereo]).axes
    assert len({panel.get_ylim() for panel in panels}) == 1
    assert [len(panel.collections) for panel in panels] == [1, 1, 1, 2, 2]


def test_a_wave_is_drawn_as_high_as_it_is():
    (panel,) = figures.waveforms([("tone", tone(amplitude=0.5))]).axes
    drawn = panel.collections[0].get_paths()[0].get_extents()
    assert (drawn.y0, drawn.y1) == pytest.approx((-0.5, 0.5), abs=0.01)


# Dots


def rows(**values):
    return [
        (prompt, Measures({"loudness_lufs": value, "silence_share": 0.25}))
        for prompt, several in values.items()
        for value in several
    ]


def dots(panel):
    """Where the dots of each prompt are, row by row."""
    return [line.get_xdata().tolist() for line in panel.lines if line.get_marker() == "o"]


def markers(panel):
    return "".join(line.get_marker() for line in panel.lines if line.get_marker() in "D<>")


def test_every_take_is_a_dot_in_the_row_of_its_prompt():
    (panel,) = figures.measure_dots(rows(rain=[-20, -22, -21], wind=[-30]), ["loudness_lufs"]).axes
    assert dots(panel) == [[-20, -22, -21], [-30]]
    assert [tick.get_text() for tick in panel.get_yticklabels()] == ["rain", "wind"]
    assert panel.get_xlabel() == "Loudness (LUFS)"


def test_one_take_has_no_mean_and_no_interval():
    (panel,) = figures.measure_dots(rows(wind=[-30]), ["loudness_lufs"]).axes
    assert markers(panel) == ""


def test_an_interval_wider_than_the_panel_ends_in_arrows():
    several = rows(rain=[-20, -22], wind=[-20.5, -21.5, -21.2, -20.8])
    (panel,) = figures.measure_dots(several, ["loudness_lufs"]).axes
    assert markers(panel) == "D<>D"
    low, high = panel.get_xlim()
    assert low < -22 < -20 < high


def test_shares_are_drawn_in_percent():
    (panel,) = figures.measure_dots(rows(rain=[-20]), ["silence_share"]).axes
    assert dots(panel) == [[25]]
    assert panel.get_xlabel() == "Silence (%)"


@pytest.mark.parametrize("value", [math.nan, -math.inf])
def test_values_that_cannot_be_drawn_are_left_out(value):
    figure = figures.measure_dots(rows(rain=[value], wind=[-30, -31]), ["loudness_lufs"])
    assert dots(figure.axes[0]) == [[], [-30, -31]]
    assert figure._repr_png_()


def shortfalls(panel):
    return [text.get_text() for text in panel.texts]


def test_how_many_takes_have_a_value_is_said_where_not_all_have():
    seen = rows(rain=[-20, -22, -math.inf], wind=[-30, -31], silence=[-math.inf])
    figure = figures.measure_dots(seen, ["loudness_lufs", "silence_share"])
    loudness, silence = figure.axes
    assert shortfalls(loudness) == ["2 of 3", "0 of 1"]
    assert [text.get_position()[1] // 1 for text in loudness.texts] == [0, 2]
    assert shortfalls(silence) == []
    assert "2 of 3: takes that have a value" in figure.texts[0].get_text()


def test_a_measure_that_does_not_exist_is_refused():
    with pytest.raises(InputError, match="no measure 'warmth'"):
        figures.measure_dots(rows(rain=[-20]), ["warmth"])


# Similarity


def test_the_heatmap_writes_every_value_and_label(items):
    matrix = similarity_matrix([analysis for _, analysis in items])
    labels = [label for label, _ in items]
    (ax,) = figures.similarity_heatmap(matrix, labels).axes
    assert [text.get_text() for text in ax.texts] == [f"{value:.2f}" for value in matrix.ravel()]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == labels
    assert ax.images[0].get_clim() == (0, 1)


def test_labels_that_do_not_fit_the_matrix_are_refused():
    with pytest.raises(InputError, match=r"2 labels need a square matrix, not shape \(3, 3\)"):
        figures.similarity_heatmap(np.eye(3), ["a", "b"])


def test_axes_given_are_drawn_into():
    from matplotlib.figure import Figure

    mine = Figure()
    ax = mine.add_subplot(1, 2, 1)
    assert figures.similarity_heatmap(np.eye(2), ["a", "b"], ax=ax) is mine
    assert len(ax.images) == 1
