"""The looks at a sound: one fast pass with all a card shows, and a slower one by librosa."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.balance import Balance
from soundgen_nb.analysis.catalogue import MEASURES
from soundgen_nb.analysis.deep import DEEP_MEASURES, listen
from soundgen_nb.analysis.findings import Findings
from soundgen_nb.analysis.frames import Samples, mono_mix
from soundgen_nb.analysis.levels import Levels, levels, sample_peak
from soundgen_nb.analysis.loudness import Loudness, loudness
from soundgen_nb.analysis.measures import Measures
from soundgen_nb.analysis.pictures import Spectrogram, Waveform, spectrogram, waveform
from soundgen_nb.analysis.seam import loop_seam_db
from soundgen_nb.analysis.similarity import Timbre, timbre
from soundgen_nb.analysis.spectrum import power_to_db, spectra
from soundgen_nb.analysis.stereo import Stereo, stereo
from soundgen_nb.analysis.timing import event_times, onset_envelope, zero_crossing_rate
from soundgen_nb.analysis.true_peak import true_peak
from soundgen_nb.errors import InputError, NotAudioError

_LOWEST_RATE = 4_000  # below it the loudness filter's corner lies above half the rate
_HIGHEST_RATE = 768_000
_ABSURD_PEAK = 1e9  # no scale of samples reaches it, and its square still fits float32


@dataclass(frozen=True, eq=False, repr=False)
class Analysis:
    """What was found in one sound; about a megabyte, however long the sound.

    Attributes:
        measures: The numbers, by name.
        spectrogram: Decibels at picture resolution, on the axes all sounds share.
        waveform: The outline of each channel.
        onset_times: When something begins, in seconds, float64 of shape (onsets,).
        third_octaves_db: Its spectrum in bands of ``THIRD_OCTAVES_HZ``, shape (26,).
        timbre: What ``similarity_matrix`` compares.
    """

    measures: Measures
    spectrogram: Spectrogram
    waveform: Waveform
    onset_times: NDArray[np.float64]
    third_octaves_db: NDArray[np.float64]
    timbre: Timbre

    def __repr__(self) -> str:
        return f"Analysis({self.measures!r})"


def analyse(samples: Samples, sample_rate: int, *, beside: Executor | None = None) -> Analysis:
    """Measure one sound and take its pictures, in one pass.

    Spectral values, zero crossings, onsets and the loop's seam are those of the mono mix, as
    librosa's; levels, loudness, silence and envelope hear every channel. Silence has levels of
    minus infinity, no events, and nothing else (NaN). One sample is enough; it is measured as one
    frame padded with silence.

    It may be called from many threads at once, and gives the same bits in each.

    Args:
        samples: Floating point, shape (channels, n), full scale 1.0.
        sample_rate: Samples per second, 4000 to 768,000.
        beside: Threads, one of which measures what needs no spectrum while this one makes the
            spectra: a quarter less to wait for one sound, nothing gained where many are measured
            at once. One after the other if left out; the same bits.

    Raises:
        NotAudioError: There are no samples, or some are NaN, infinite or absurdly large.
        InputError: The array or the rate is not of that kind.

    Example:
        >>> tone = np.sin(2 * np.pi * 1000 * np.arange(48_000) / 48_000)
        >>> analysis = analyse(tone[None] * 0.5, 48_000)
        >>> analysis.measures.text("peak_dbfs"), analysis.measures.text("crest_db")
        ('-6.0 dBFS', '3.0 dB')
    """
    samples, sample_rate = _checked(samples, sample_rate)
    mono, length = mono_mix(samples), samples.shape[1]
    coming = beside.submit(_in_time, samples, mono, sample_rate) if beside else None
    in_spectra = spectra(mono, sample_rate)
    in_time = coming.result() if coming else _in_time(samples, mono, sample_rate)
    heard = in_time.levels.sounding & (in_spectra.centroid_hz > 0)
    mel_db = power_to_db(in_spectra.mel_power)
    found = Findings(
        seconds=length / sample_rate,
        levels=in_time.levels,
        true_peak=in_time.true_peak,
        loudness=in_time.loudness,
        stereo=in_time.stereo,
        spectra=in_spectra,
        balance=Balance(in_spectra.bin_power, sample_rate),
        zero_crossing_rates=in_time.zero_crossing_rates,
        onset_envelope=onset_envelope(mel_db),
        onset_times=event_times(in_spectra.mel_power, sample_rate),
        loop_seam_db=loop_seam_db(mono, sample_rate, mel_db=mel_db, heard=heard),
        heard=heard,
    )
    return Analysis(
        measures=Measures({each.name: each.read(found) for each in MEASURES}, found.loudness.notes),
        spectrogram=spectrogram(in_spectra.rows_db, length=length, sample_rate=sample_rate),
        waveform=in_time.waveform,
        onset_times=found.onset_times,
        third_octaves_db=found.balance.third_octaves_db(length),
        timbre=timbre(mel_db, heard, sample_rate),
    )


class _InTime(NamedTuple):
    """What is measured of the samples themselves."""

    levels: Levels
    true_peak: float
    loudness: Loudness
    stereo: Stereo
    zero_crossing_rates: NDArray[np.float64]
    waveform: Waveform


def _in_time(samples: Samples, mono: Samples, sample_rate: int) -> _InTime:
    return _InTime(
        levels=levels(samples, sample_rate),
        true_peak=true_peak(samples, sample_rate),
        loudness=loudness(samples, sample_rate),
        stereo=stereo(samples, mono),
        zero_crossing_rates=zero_crossing_rate(mono),
        waveform=waveform(samples, sample_rate),
    )


def analyse_deeply(samples: Samples, sample_rate: int) -> Measures:
    """What only librosa can hear: pitch, tempo, harmonic share, contrast.

    It takes five times as long as ``analyse``, and seconds on the first call, so nothing waits for
    it that did not ask. All of it hears the mono mix. It may be called from many threads at once.

    Args:
        samples: Floating point, shape (channels, n), full scale 1.0.
        sample_rate: Samples per second, 4000 to 768,000.

    Raises:
        NotAudioError: There are no samples, or some are NaN, infinite or absurdly large.
        InputError: The array or the rate is not of that kind.

    Example:
        >>> analyse_deeply(siren, 44_100).text("pitch_hz")              # doctest: +SKIP
        '1093 Hz'
    """
    samples, sample_rate = _checked(samples, sample_rate)
    found = listen(mono_mix(samples), sample_rate, heard=levels(samples, sample_rate).sounding)
    return Measures({each.name: each.read(found) for each in DEEP_MEASURES})


def _checked(samples: Samples, sample_rate: int) -> tuple[Samples, int]:
    """The samples as float32 and the rate as an int, or an error that says what is wrong."""
    array = np.asarray(samples)
    if array.ndim != 2 or not np.issubdtype(array.dtype, np.floating):
        raise InputError(
            f"Samples must be floating point of shape (channels, n), not {array.dtype} of shape "
            f"{array.shape}; one line of samples is samples[None]."
        )
    if not array.size:
        raise NotAudioError(f"There are no samples to analyse: the shape is {array.shape}.")
    with np.errstate(over="ignore"):
        samples = np.ascontiguousarray(array, np.float32)
    if not sample_peak(samples) < _ABSURD_PEAK:
        raise NotAudioError("Some samples are NaN, infinite or beyond any scale: not a sound.")
    return samples, _checked_rate(sample_rate)


def _checked_rate(sample_rate: object) -> int:
    if (
        isinstance(sample_rate, int | float | np.integer)
        and _LOWEST_RATE <= sample_rate <= _HIGHEST_RATE
        and sample_rate == int(sample_rate)
    ):
        return int(sample_rate)
    raise InputError(
        f"A sample rate of {sample_rate!r} cannot be analysed; give a whole number of hertz from "
        f"{_LOWEST_RATE} to {_HIGHEST_RATE}."
    )
