"""Pictures of sounds on one scale: the same colours, the same seconds, the same frequencies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from html import escape

from soundgen_nb.analysis import Analysis, Spectrogram
from soundgen_nb.analysis.pictures import largest_of_neighbours
from soundgen_nb.view import images

RANGE_DB = 80.0
"""How far below the reference a spectrogram's colours reach."""

# silence has a loudest point too, which should not be drawn bright
_QUIETEST_REFERENCE_DB = -60.0

_COLUMNS = 440


@dataclass(frozen=True)
class Scale:
    """What all pictures of one output share, so that colours and lengths can be compared.

    Attributes:
        reference_db: the brightest colour, in dB of a full-scale sine.
        seconds: the length of the time axis.
    """

    reference_db: float
    seconds: float

    @classmethod
    def shared(cls, analyses: Iterable[Analysis]) -> Scale:
        """The scale of several sounds: the loudest point of all, the longest time of all."""
        pictures = [analysis.spectrogram for analysis in analyses]
        return cls(
            max(_QUIETEST_REFERENCE_DB, *(picture.loudest_db for picture in pictures)),
            max(picture.seconds for picture in pictures),
        )

    @property
    def lowest_db(self) -> float:
        """The darkest colour, in dB of a full-scale sine."""
        return self.reference_db - RANGE_DB

    @property
    def sentence(self) -> str:
        """What is the same in every picture."""
        return (
            f"All pictures share one scale: colours from {self.lowest_db:.0f} to "
            f"{self.reference_db:.0f} dB, time from 0 to {_plain(self.seconds)} s (shorter sounds "
            "end earlier), frequency from 20 Hz to 22 kHz."
        )


def _plain(seconds: float) -> str:
    """Three digits that count, or all before the point; never a power of ten."""
    return f"{seconds:.0f}" if seconds >= 100 else f"{Decimal(f'{seconds:.3g}'):f}"


def colour_bar(scale: Scale) -> str:
    """Which colour is which level, with the reference in words."""
    bar = images.data_uri(images.colour_bar_png())
    return (
        '<p class="sg-legend">'
        f"<span>{scale.lowest_db:.0f} dB</span> "
        f'<img src="{bar}" alt="colours from dark to bright" width="160" height="10"> '
        f"<span>{scale.reference_db:.0f} dB</span> "
        "<small>0 dB is a full-scale sine</small></p>"
    )


def pictures(analysis: Analysis, scale: Scale, *, label: str, rows: int) -> str:
    """The waveform over the spectrogram, with frequencies to the left and seconds below.

    Args:
        analysis: whose pictures.
        scale: their colours' reference and time axis.
        label: whose they are, in words.
        rows: pixels of the spectrogram's height, at most 256.
    """
    share = 100 * min(1.0, analysis.spectrogram.seconds / scale.seconds)
    picture = images.spectrogram_png(
        _pooled(analysis.spectrogram, rows=rows), reference_db=scale.reference_db, range_db=RANGE_DB
    )
    told = escape(
        f"Spectrogram of {label}: {analysis.spectrogram.seconds:.2f} s, "
        f"from {scale.lowest_db:.0f} to {scale.reference_db:.0f} dB"
    )
    return (
        f'<figure class="sg-pictures"><div class="sg-axes"><div class="sg-canvas">'
        f'<img class="sg-wave" src="{images.data_uri(images.waveform_png(analysis.waveform))}"'
        f' alt="Waveform" width="480" height="40" style="width:{share:.2f}%">'
        f'<div class="sg-lane"><img class="sg-spectrogram" src="{images.data_uri(picture)}"'
        f' alt="{told}" width="480" height="128" style="width:{share:.2f}%"></div></div>'
        f"{_ticks(scale)}</div></figure>"
    )


def _pooled(picture: Spectrogram, *, rows: int) -> Spectrogram:
    """The picture at the size it is shown, loudest points kept: a third of the bytes."""
    fewer = largest_of_neighbours(picture.decibels, rows)
    return replace(picture, decibels=largest_of_neighbours(fewer.T, _COLUMNS).T)


def _ticks(scale: Scale) -> str:
    # spaces between them, for places that strip the style sheet
    frequencies = " ".join(
        f'<span{_decade(label)} style="bottom:{100 * fraction:.2f}%">{label}</span>'
        for label, fraction in images.frequency_ticks()
    )
    times = " ".join(
        f'<span{_at_end(fraction)} style="left:{100 * fraction:.2f}%">{label}</span>'
        for label, fraction in images.time_ticks(scale.seconds)
    )
    return (
        f'<div class="sg-hz" aria-hidden="true">{frequencies}</div>'
        f'<div class="sg-seconds" aria-hidden="true">{times}</div>'
    )


def _decade(label: str) -> str:
    """Marks the labels that small pictures keep: 100 Hz, 1 kHz, 10 kHz."""
    return ' class="sg-decade"' if label.startswith("1") else ""


def _at_end(fraction: float) -> str:
    """Marks a label that would stand out over the right edge."""
    return ' class="sg-end"' if fraction > 0.96 else ""
