"""Pictures for HTML: what a pixel says, that bytes repeat, and where the ticks stand."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from soundgen_nb.analysis import Spectrogram, Waveform, analyse
from soundgen_nb.view import images


def sine(frequency_hz=1000.0, amplitude=1.0, seconds=1.0, rate=44_100):
    return (
        amplitude * np.sin(2 * np.pi * frequency_hz * np.arange(int(rate * seconds)) / rate)[None]
    )


def opened(png):
    return Image.open(io.BytesIO(png))


def picture(decibels):
    return Spectrogram(np.array(decibels, np.float32), seconds=1.0, sample_rate=44_100)


def indices(png):
    return np.asarray(opened(png))


def test_a_pixel_is_the_decibel_counted_from_the_darkest():
    png = images.spectrogram_png(picture([[-80, -79, -40.4, 0]]), reference_db=0)
    assert indices(png).tolist() == [[0, 1, 40, 80]]


def test_levels_outside_the_range_take_the_end_colours():
    png = images.spectrogram_png(picture([[-300, 20]]), reference_db=0, range_db=60)
    assert indices(png).tolist() == [[0, 60]]


def test_a_quieter_sound_is_darker_on_the_same_scale():
    loud, quiet = (analyse(sine(amplitude=a), 44_100).spectrogram for a in (1.0, 0.1))
    pixels = [
        indices(images.spectrogram_png(each, reference_db=loud.loudest_db)).max()
        for each in (loud, quiet)
    ]
    assert pixels == [80, 60]


def test_low_frequencies_are_at_the_bottom():
    rows = indices(images.spectrogram_png(analyse(sine(100.0), 44_100).spectrogram, reference_db=0))
    assert rows[:, rows.shape[1] // 2].argmax() > 128


def test_the_picture_has_a_pixel_for_each_cell():
    spectrogram = analyse(sine(), 44_100).spectrogram
    size = opened(images.spectrogram_png(spectrogram, reference_db=0)).size
    assert size == spectrogram.decibels.shape[::-1]


def test_the_same_sound_gives_the_same_bytes():
    pictures = [analyse(sine(), 44_100) for _ in range(2)]
    assert len({images.spectrogram_png(p.spectrogram, reference_db=0) for p in pictures}) == 1
    assert len({images.waveform_png(p.waveform) for p in pictures}) == 1


def test_a_noisy_ten_second_picture_stays_small():
    noise = np.random.default_rng(0).normal(0, 0.1, (1, 441_000))
    png = images.spectrogram_png(analyse(noise, 44_100).spectrogram, reference_db=-20)
    assert len(png) < 130_000


def test_the_palette_is_magma():
    magma = pytest.importorskip("matplotlib").colormaps["magma"](np.arange(256), bytes=True)
    mine = np.frombuffer(images.palette(), np.uint8).reshape(256, 3).astype(int)
    assert np.abs(mine - magma[:, :3]).max() <= 2


def test_brightness_rises_all_along_the_colour_bar():
    bar = np.asarray(opened(images.colour_bar_png()).convert("L")).astype(int)
    assert bar.shape == (1, 256)
    assert (np.diff(bar) >= 0).all()


def opacity(png):
    return np.asarray(opened(png).convert("RGBA"))[:, :, 3]


def test_the_ground_of_a_waveform_is_transparent_and_its_ink_is_not():
    shown = opacity(images.waveform_png(analyse(sine(amplitude=0.5), 44_100).waveform, height=80))
    assert shown[[0, -1]].max() == 0
    assert shown[39:41].min() == 255


def test_silence_is_a_line_of_one_pixel():
    shown = opacity(images.waveform_png(analyse(np.zeros((1, 44_100)), 44_100).waveform, height=81))
    assert (shown[40] == 255).all()
    assert shown.sum() == shown[40].sum()


def test_half_the_amplitude_is_half_the_height():
    wave = Waveform(np.float32([[-0.5]]), np.float32([[0.5]]), seconds=1.0)
    assert opacity(images.waveform_png(wave, height=100)).astype(
        float
    ).sum() / 255 == pytest.approx(51, abs=0.2)


def test_each_channel_has_a_lane():
    left_only = np.concatenate([sine(), np.zeros((1, 44_100))])
    shown = opacity(images.waveform_png(analyse(left_only, 44_100).waveform, height=80))
    assert (shown[:40] > 0).mean() > 0.9
    assert (shown[40:] > 0).mean() < 0.1


def luminance(hex_colour):
    channels = np.array(list(bytes.fromhex(hex_colour[1:]))) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("ground", ["#ffffff", "#111111", "#1e1e1e"])
def test_the_waveform_stands_out_on_light_and_dark(ground):
    lights = sorted([luminance(images.WAVEFORM_COLOUR) + 0.05, luminance(ground) + 0.05])
    assert lights[1] / lights[0] >= 3


def test_frequency_ticks_stand_where_a_tone_of_that_pitch_is_drawn():
    for label, fraction in images.frequency_ticks():
        number, unit = label.split()
        frequency_hz = float(number) * (1000 if unit == "kHz" else 1)
        column = analyse(sine(frequency_hz), 44_100).spectrogram.decibels[:, 40]
        assert column.argmax() / 256 == pytest.approx(fraction, abs=0.03)


@pytest.mark.parametrize("seconds", [0.0001, 0.05, 0.4, 1.0, 6.0, 10.0, 60.0, 600.0])
def test_time_ticks_are_few_round_and_inside(seconds):
    ticks = images.time_ticks(seconds)
    assert 3 <= len(ticks) <= 7
    assert ticks[0].fraction == 0
    assert all(0 <= tick.fraction <= 1 for tick in ticks)
    assert all(len(tick.label) <= 7 for tick in ticks)


def test_the_last_tick_of_ten_seconds_is_at_the_end():
    assert images.time_ticks(10.0)[-1] == ("10 s", 1.0)
