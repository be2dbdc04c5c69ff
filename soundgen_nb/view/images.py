"""Pictures of sounds for HTML: palette PNGs straight from decibels, and where the ticks go.

A palette PNG is lossless, smaller and faster to write than anything a plotting library makes: the
pixel is the decibel. The same bytes come out for the same sound every time.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.frames import Samples
from soundgen_nb.analysis.pictures import HIGHEST_HZ, LOWEST_HZ, Spectrogram, Waveform
from soundgen_nb.view.png import palette_png

WAVEFORM_COLOUR = "#4a8fd4"
"""A blue that stands out at 3:1 or more on white and on near-black."""

# The magma colour map at 33 of its 256 places; between them it is all but straight. By Stéfan van
# der Walt and Nathaniel Smith for matplotlib, released under CC0 (public domain).
_MAGMA = (
    "000004 030312 0a0822 130d34 1d1147 29115a 36106b 440f76 51127c 5d177f 6a1c81 "
    "762181 832681 902a81 9c2e7f aa337d b73779 c23b75 cf4070 db476a e55064 ee5b5e "
    "f4695c f9785d fb8761 fd9668 fea571 feb47b fec287 fed194 fde0a1 fceeb0 fcfdbf"
)

_COVERAGES = 16  # shades at the edge of a waveform

_FREQUENCIES_HZ = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)
_MOST_TIME_TICKS = 7


class Tick(NamedTuple):
    """A mark on an axis: what is written there, and where, from 0 (left, bottom) to 1."""

    label: str
    fraction: float


def spectrogram_png(
    spectrogram: Spectrogram, *, reference_db: float, range_db: float = 80.0
) -> bytes:
    """A spectrogram as a PNG, one pixel a cell, one shade a decibel, low pitch at the bottom.

    With one reference for several sounds their colours can be compared: a quieter sound is
    darker, and means it. Finer shades than a decibel would not be seen, and cost a third more
    bytes.

    Args:
        spectrogram: What to draw.
        reference_db: The level drawn brightest, in dB of a full-scale sine.
        range_db: How far below the reference black begins.
    """
    brightest = min(255, max(1, round(range_db)))
    levels = spectrogram.decibels - np.float32(reference_db - range_db)
    levels *= np.float32(brightest / range_db)
    pixels = np.clip(np.rint(levels, out=levels), 0, brightest, out=levels).astype(np.uint8)
    return palette_png(pixels[::-1], palette(brightest + 1))


def waveform_png(
    waveform: Waveform,
    *,
    height: int = 80,
    full_scale: float = 1.0,
    colour: str = WAVEFORM_COLOUR,
) -> bytes:
    """A waveform as a PNG on a transparent ground, one lane for each channel.

    Args:
        waveform: What to draw.
        height: Pixels, shared by the lanes.
        full_scale: The amplitude at the edge of a lane; larger ones are cut off.
        colour: "#rrggbb".
    """
    lane = max(1, height // len(waveform.low))
    lanes = [
        _coverage(low / full_scale, high / full_scale, lane)
        for low, high in zip(waveform.low, waveform.high, strict=True)
    ]
    pixels = np.concatenate(lanes)
    opacities = np.linspace(0, 255, _COVERAGES).astype(np.uint8).tobytes()
    return palette_png(pixels, bytes.fromhex(colour[1:]) * _COVERAGES, opacities)


def _coverage(low: Samples, high: Samples, lane: int) -> NDArray[np.uint8]:
    """How much of each pixel the outline covers, as a shade, shape (lane, columns).

    Half a pixel is added above and below, so that silence is a thin line.
    """
    pixel = _COVERAGES - 1  # what is counted is a shade's share of a pixel, from the top down
    half_lane, half_pixel = np.float32(lane * pixel / 2), np.float32(pixel / 2)
    first, last = (
        np.rint(np.clip((1 - edge) * half_lane + thicker, 0, lane * pixel)).astype(np.int32)
        for edge, thicker in ((high, -half_pixel), (low, half_pixel))
    )
    tops = np.arange(0, lane * pixel, pixel, dtype=np.int32)[:, None]
    inside = np.minimum(last, tops + pixel) - np.maximum(first, tops)
    shades: NDArray[np.uint8] = np.maximum(inside, 0, out=inside).astype(np.uint8)
    return shades


def colour_bar_png() -> bytes:
    """The colours from dark (quiet) to bright (loud): 256 pixels wide, one high."""
    return palette_png(np.arange(256, dtype=np.uint8)[None], palette())


@lru_cache(maxsize=16)
def palette(shades: int = 256) -> bytes:
    """RGB triples of magma, from black over purple to pale yellow: even steps to the eye."""
    stops = np.array([list(bytes.fromhex(stop)) for stop in _MAGMA.split()])
    places = np.linspace(0, 255, len(stops)).round()
    wanted = np.linspace(0, 255, shades)
    channels = [np.interp(wanted, places, channel) for channel in stops.T]
    triples: NDArray[np.uint8] = np.rint(np.stack(channels, axis=1)).astype(np.uint8)
    return triples.tobytes()


def data_uri(data: bytes, mime: str = "image/png") -> str:
    """Bytes as a URI that needs no server: what survives in a saved notebook.

    Example:
        >>> data_uri(b"hi", "text/plain")
        'data:text/plain;base64,aGk='
    """
    return f"data:{mime};base64,{base64.b64encode(data).decode('ascii')}"


def frequency_ticks() -> Sequence[Tick]:
    """The marks of the frequency axis, the same under every spectrogram, from the bottom up.

    Example:
        >>> [label for label, _ in frequency_ticks()][:5]
        ['50 Hz', '100 Hz', '200 Hz', '500 Hz', '1 kHz']
    """
    octaves = math.log(HIGHEST_HZ / LOWEST_HZ)
    return [
        Tick(
            f"{frequency_hz} Hz" if frequency_hz < 1000 else f"{frequency_hz // 1000} kHz",
            math.log(frequency_hz / LOWEST_HZ) / octaves,
        )
        for frequency_hz in _FREQUENCIES_HZ
    ]


def time_ticks(seconds: float) -> Sequence[Tick]:
    """Round times along a picture ``seconds`` long, at most seven, from the left.

    Example:
        >>> [label for label, _ in time_ticks(6.4)]
        ['0 s', '1 s', '2 s', '3 s', '4 s', '5 s', '6 s']
    """
    step = _round_step(seconds / (_MOST_TIME_TICKS - 0.5))
    unit, in_unit = ("ms", 1000) if step < 0.01 else ("s", 1)
    return [
        Tick(f"{round(place * step * in_unit, 6):g} {unit}", place * step / seconds)
        for place in range(math.floor(seconds / step + 1e-9) + 1)
    ]


def _round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below ``least``."""
    ten = 10.0 ** math.floor(math.log10(least))
    return next(ten * factor for factor in (1, 2, 5, 10) if ten * factor >= least)
