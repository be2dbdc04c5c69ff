"""How a sound would loop: what is heard where its end meets its start."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis.frames import FRAME, HOP, Samples
from soundgen_nb.analysis.spectrum import RANGE_DB, mel_power_of, power_to_db

_AROUND = FRAME
_SEAM_FRAME = _AROUND // HOP
_PADDED = FRAME // (2 * HOP)  # frames at each end that reach beyond the sound


def loop_seam_db(
    mono: Samples, sample_rate: int, *, mel_db: Samples, heard: NDArray[np.bool_]
) -> float:
    """How far the jump from the end back to the start stands out; NaN in silence.

    The change of the mel bands from frame to frame, rise or fall, mean over bands: the largest
    while frames pass over the seam, minus what the sound does by itself. About 0 dB cannot be
    told from the sound's own movement; a click or a jump in level or colour has 10 dB and more.

    Args:
        mono: Shape (n,).
        sample_rate: Samples per second.
        mel_db: Mel bands of the sound in dB, shape (frames, 128).
        heard: Which frames are not silent, shape (frames,).
    """
    if not heard.any():
        return math.nan
    around_seam = np.take(mono, np.arange(-_AROUND, _AROUND), mode="wrap")
    seam_db = power_to_db(mel_power_of(around_seam, sample_rate))
    # What is inaudible in the sound is inaudible here.
    np.maximum(seam_db, mel_db.max() - np.float32(RANGE_DB), out=seam_db)
    crossing = slice(_SEAM_FRAME - _PADDED, _SEAM_FRAME + _PADDED)
    own = _changes(mel_db)[_PADDED:-_PADDED][heard[1 + _PADDED : -_PADDED]]
    return float(_changes(seam_db)[crossing].max() - (own.mean() if own.size else 0.0))


def _changes(mel_db: Samples) -> Samples:
    """How far mel bands move from each frame to the next, in dB, shape (frames - 1,)."""
    changes: Samples = np.abs(np.diff(mel_db, axis=0)).mean(axis=1)
    return changes
