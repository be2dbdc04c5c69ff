"""What one pass over a sound found: the material every measure reads from."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.balance import Balance
from soundgen_nb.analysis.levels import Levels
from soundgen_nb.analysis.loudness import Loudness
from soundgen_nb.analysis.spectrum import Spectra
from soundgen_nb.analysis.stereo import Stereo


@dataclass(frozen=True, eq=False)
class Findings:
    """The findings of one sound.

    Attributes:
        seconds: The sound's length.
        levels: Levels of the whole and of each frame.
        true_peak: The largest value between samples; full scale is 1.0.
        loudness: Integrated, momentary, short-term, and their range.
        stereo: How the channels relate.
        spectra: Spectral values of each frame.
        balance: The spectrum of the whole.
        zero_crossing_rates: Share of sign changes in each frame, shape (frames,).
        onset_envelope: Rise of the mel bands into each frame, in dB, shape (frames,).
        onset_times: When something begins, in seconds, shape (onsets,).
        loop_seam_db: How far the jump from end to start stands out; NaN in silence.
        heard: Which frames are not silent and leave something in the mono mix; shape (frames,).
    """

    seconds: float
    levels: Levels
    true_peak: float
    loudness: Loudness
    stereo: Stereo
    spectra: Spectra
    balance: Balance
    zero_crossing_rates: NDArray[np.float64]
    onset_envelope: NDArray[np.float32]
    onset_times: NDArray[np.float64]
    loop_seam_db: float
    heard: NDArray[np.bool_]

    def while_heard(self, per_frame: NDArray[np.floating]) -> float:
        """The mean over the frames that are heard; NaN when none is.

        In a silent frame a centroid is that of dither, or zero: averaging it in would make
        the same sound look duller the more silence surrounds it.
        """
        heard = per_frame[self.heard]
        return float(heard.mean(dtype=np.float64)) if heard.size else math.nan
