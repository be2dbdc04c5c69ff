"""Lettering: every script is drawn, in fonts there are, at the width there is; no warning leaks."""

from __future__ import annotations

import numpy as np

from soundgen_nb.analysis import analyse
from soundgen_nb.view import charts, figures, lettering, overlays

TEXTS = ["日本e rain 🌧", "гроза и ветер", "नमस्ते 👩‍🚒 한국어", "bell \x07 \ud83c", "□ ± é", "…"]


def test_any_script_is_drawn_without_a_warning():
    found = analyse(np.random.default_rng(0).uniform(-0.3, 0.3, (1, 22_050)), 44_100)
    rows = [(text, found.measures) for text in TEXTS]
    alike = np.ones((len(TEXTS), len(TEXTS)))
    drawn = [
        figures.spectrogram_grid([(text, found) for text in TEXTS]),
        figures.measure_dots(rows, ["loudness_lufs"]),
        figures.similarity_heatmap(alike, TEXTS),
        overlays.spectra([(text, found.third_octaves_db) for text in TEXTS]),
        overlays.expressive_range(rows, ("centroid_hz", "loudness_lufs")),
        charts.timbre_map(alike, [(text, 1) for text in TEXTS]),
    ]
    assert all(figure._repr_png_() for figure in drawn)


def test_what_no_font_has_is_a_box_and_what_one_has_stays():
    assert lettering.elided("rain, дождь \ue999\U000e0fff", 40) == "rain, дождь □□"


def test_a_font_of_the_machine_helps_out_where_the_usual_one_lacks_a_character():
    import matplotlib as mpl
    from matplotlib.font_manager import FontProperties, findfont, get_font

    def has(character, family):
        font = get_font(findfont(FontProperties(family=[family])))
        return font.get_char_index(ord(character)) > 0

    # matplotlib brings it along: private characters, and no Cyrillic ones
    with mpl.rc_context({"font.family": ["STIXNonUnicode"]}):
        usual, *more = lettering.lettered("дождь")["fontfamily"]
    assert usual == "STIXNonUnicode"
    assert not has("д", usual)
    assert all(any(has(each, family) for family in more) for each in "дождь")


def test_wide_characters_count_twice():
    assert lettering.breadth("日本e rain") == 10
    assert lettering.breadth("□") == 2
    assert len(lettering.elided("hail" * 60, 40)) == 40


def test_lines_of_wide_characters_have_half_as_many():
    assert lettering.wrapped("x" * 20, 20, lines=2) == "x" * 20
    lines = lettering.wrapped("ーー" * 30, 20, lines=2).splitlines()
    assert len(lines) == 2
    assert max(map(len, lines)) <= 10
