"""Sound to numbers, fast: one pass in numpy gives everything a card shows.

The definitions are librosa's, BS.1770's and EBU's; the tests hold them against librosa and
libebur128. librosa itself, whose first use costs seconds, is left to a second, slower look.

    frames       how a sound is cut, and the one spectrum pass
    levels       peak, RMS, silence, clipping
    true_peak    the peak between samples
    loudness     BS.1770 integrated, its maxima and range
    envelope     attack and modulation
    periodicity  whether a curve repeats
    spectrum     centroid, bandwidth, rolloff, flatness, mel bands, cepstra
    balance      lows, mids, highs, slope
    timing       onsets, zero crossings
    stereo       correlation and width
    seam         how a sound would loop
    pictures     spectrogram and waveform at picture resolution
    similarity   how alike two timbres are
    copies       whether two sounds are one recording
    findings     what one pass found
    template     what every measure says of itself
    catalogue    the measures of the fast look
    pitch        librosa.yin, and whether to trust it
    deep         the measures of the slow look, by librosa
    measures     the values of one sound
    survey       analyse() and analyse_deeply(): the passes that call the others
"""

from __future__ import annotations

from soundgen_nb.analysis.balance import THIRD_OCTAVES_HZ
from soundgen_nb.analysis.catalogue import GROUPS, MEASURES
from soundgen_nb.analysis.copies import Recording, same_recording
from soundgen_nb.analysis.deep import DEEP_MEASURES
from soundgen_nb.analysis.frames import LibrosaView, librosa_view
from soundgen_nb.analysis.measures import Measures, measure, measures_named
from soundgen_nb.analysis.pictures import Spectrogram, Waveform
from soundgen_nb.analysis.similarity import Timbre, similarity_matrix
from soundgen_nb.analysis.survey import Analysis, analyse, analyse_deeply
from soundgen_nb.analysis.template import Measure

__all__ = [
    "DEEP_MEASURES",
    "GROUPS",
    "MEASURES",
    "THIRD_OCTAVES_HZ",
    "Analysis",
    "LibrosaView",
    "Measure",
    "Measures",
    "Recording",
    "Spectrogram",
    "Timbre",
    "Waveform",
    "analyse",
    "analyse_deeply",
    "librosa_view",
    "measure",
    "measures_named",
    "same_recording",
    "similarity_matrix",
]
