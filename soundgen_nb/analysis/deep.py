"""The second, slower look at a sound: what librosa finds, opened on first use."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.frames import FRAME, HOP, LibrosaView, Samples
from soundgen_nb.analysis.periodicity import autocorrelation
from soundgen_nb.analysis.pitch import Pitch, pitch
from soundgen_nb.analysis.spectrum import mel_power_of, power_to_db
from soundgen_nb.analysis.template import Measure
from soundgen_nb.analysis.timing import event_times, onset_envelope

LEAST_TEMPO_CONFIDENCE = 0.2

_HPSS_FRAMES = 31  # librosa.decompose.hpss's own kernel, in frames and in bins
_OPENING = threading.Lock()


@dataclass(frozen=True)
class Tempo:
    """The tempo of a sound.

    Attributes:
        bpm: Beats per minute; NaN below a confidence of 0.2.
        confidence: How much the onset envelope is like itself one beat later, from 0 to about 1;
            NaN without onsets (the ripple of a steady tone is none) and under two beats.
    """

    bpm: float
    confidence: float


@dataclass(frozen=True)
class DeepFindings:
    """What librosa found in one sound.

    Attributes:
        pitch: Its pitch.
        tempo: Its tempo.
        harmonic_share: Energy of what holds its pitch over that and what strikes; NaN in silence.
        contrast_db: Mean spectral contrast; NaN in silence.
    """

    pitch: Pitch
    tempo: Tempo
    harmonic_share: float
    contrast_db: float


_NOTHING = DeepFindings(
    Pitch(math.nan, math.nan),
    Tempo(math.nan, math.nan),
    harmonic_share=math.nan,
    contrast_db=math.nan,
)


@dataclass(frozen=True)
class DeepMeasure(Measure):
    """A measure of the second look.

    Attributes:
        read: Takes what librosa found in one sound, gives its value.
    """

    read: Callable[[DeepFindings], float] = field(repr=False, kw_only=True)


DEEP_MEASURES: tuple[DeepMeasure, ...] = (
    DeepMeasure(
        "pitch_hz",
        "Pitch",
        "Hz",
        hears="Which note it holds, or the middle of those it sings.",
        source="librosa.yin, 40 Hz to 8 kHz, median by level; none where confidence is below 50 %",
        read=lambda found: found.pitch.hz,
    ),
    DeepMeasure(
        "pitch_confidence",
        "Pitch confidence",
        "%",
        hears="How much of it has a pitch: all of a siren, nothing of rain.",
        source="correlation of the samples with those one period later, mean by level",
        read=lambda found: found.pitch.confidence,
        shown_times=100,
    ),
    DeepMeasure(
        "tempo_bpm",
        "Tempo",
        "bpm",
        hears="How fast it ticks, steps or knocks; twice or half as fast is the usual mistake.",
        source="librosa.feature.tempo; none without onsets, or a confidence below 20 %",
        read=lambda found: found.tempo.bpm,
    ),
    DeepMeasure(
        "tempo_confidence",
        "Tempo confidence",
        "%",
        hears="How much it repeats from beat to beat: all of a clock, nothing of wind.",
        source="autocorrelation of librosa.onset.onset_strength at that tempo",
        read=lambda found: found.tempo.confidence,
        shown_times=100,
    ),
    DeepMeasure(
        "harmonic_share",
        "Harmonic",
        "%",
        hears="Held tones against strikes: all of a hum, nothing of a click, half of hiss.",
        source="librosa.decompose.hpss: energy of its harmonic part over that of both parts",
        read=lambda found: found.harmonic_share,
        shown_times=100,
    ),
    DeepMeasure(
        "contrast_db",
        "Contrast",
        "dB",
        hears="How far peaks of the spectrum stand above its valleys: high for clear tones.",
        source="librosa.feature.spectral_contrast, mean over its bands and frames not silent",
        read=lambda found: found.contrast_db,
        decimals=1,
    ),
)


def listen(mono: Samples, sample_rate: int, *, heard: NDArray[np.bool_]) -> DeepFindings:
    """Everything librosa is asked about ``mono``, shape (n,).

    Args:
        mono: float32, shape (n,).
        sample_rate: Samples per second.
        heard: Which frames are not silent, shape (frames,).
    """
    view = LibrosaView(mono, sample_rate)
    heard = heard & view.S.any(axis=0)
    if not heard.any():
        return _NOTHING
    _open_librosa()
    return DeepFindings(
        pitch=pitch(mono, sample_rate),
        tempo=tempo(mono, sample_rate),
        harmonic_share=harmonic_share(view.S),
        contrast_db=_contrast_db(view, heard),
    )


def tempo(mono: Samples, sample_rate: int) -> Tempo:
    """How fast the onsets of ``mono``, shape (n,), follow each other."""
    mel_power = mel_power_of(mono, sample_rate)
    rises = onset_envelope(power_to_db(mel_power))
    if not event_times(mel_power, sample_rate).size:
        return Tempo(math.nan, math.nan)
    # the first touch costs seconds
    import librosa  # noqa: PLC0415

    (bpm,) = librosa.feature.tempo(onset_envelope=rises, sr=sample_rate)
    beat = round(60 * sample_rate / HOP / float(bpm))
    if beat > len(rises) // 2:
        return Tempo(math.nan, math.nan)
    confidence = max(0.0, float(autocorrelation(rises)[max(1, beat - 1) : beat + 2].max()))
    return Tempo(float(bpm) if confidence >= LEAST_TEMPO_CONFIDENCE else math.nan, confidence)


def harmonic_share(magnitude: Samples) -> float:
    """The energy of the harmonic part over that of both parts of ``librosa.decompose.hpss``.

    Args:
        magnitude: Shape (1025, frames).
    """
    harmonic, percussive = harmonic_and_percussive(magnitude)
    held, struck = (float(np.square(part).sum()) for part in (harmonic, percussive))
    return held / (held + struck) if held + struck > 0 else math.nan


def harmonic_and_percussive(magnitude: Samples) -> tuple[Samples, Samples]:
    """``librosa.decompose.hpss(magnitude)``, bit by bit, in a seventh of its time.

    librosa's medians along rows and columns are 2-D filters. On one long line scipy has a running
    median, so the rows, each mirrored at its ends, are laid end to end.
    """
    # the first touch costs seconds
    import librosa  # noqa: PLC0415

    held, struck = _running_medians(magnitude), _running_medians(magnitude.T).T
    mask = librosa.util.softmask(held, struck, power=2, split_zeros=True)
    other = librosa.util.softmask(struck, held, power=2, split_zeros=True)
    return magnitude * mask, magnitude * other


def _running_medians(rows: Samples) -> Samples:
    """The median of each value and its 30 neighbours in its row."""
    # it comes with librosa, and is opened with it
    import scipy.ndimage  # noqa: PLC0415

    reach = _HPSS_FRAMES // 2
    mirrored = np.pad(rows, ((0, 0), (reach, reach)), mode="symmetric")
    medians: Samples = scipy.ndimage.median_filter(mirrored.ravel(), size=_HPSS_FRAMES)
    return medians.reshape(mirrored.shape)[:, reach:-reach]


def _contrast_db(view: LibrosaView, heard: NDArray[np.bool_]) -> float:
    # the first touch costs seconds
    import librosa  # noqa: PLC0415

    # librosa's six octaves from 200 Hz, as far as the spectrum reaches and has bins for them
    lowest_hz = max(200.0, 4 * view.sr / FRAME)
    octaves = min(6, math.ceil(math.log2(view.sr / 2 / lowest_hz)))
    contrast = librosa.feature.spectral_contrast(
        S=view.S, sr=view.sr, fmin=lowest_hz, n_bands=octaves
    )
    return float(contrast[:, heard].mean())


def _open_librosa() -> None:
    """Open what is used of librosa, one thread at a time: its rooms import each other lazily."""
    with _OPENING:
        # the first touch costs seconds
        import librosa  # noqa: PLC0415

        for room in ("feature", "util", "yin"):
            getattr(librosa, room)
