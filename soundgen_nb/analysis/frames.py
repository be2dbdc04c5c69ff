"""Framing: a sound cut into overlapping frames, and the one spectrum pass all measures share.

Conventions are librosa's defaults: frames of 2048 samples every 512, a periodic Hann window, the
sound padded with 1024 zeros at both ends so that frame ``t`` is centred on sample ``512 * t``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

FRAME = 2048
HOP = 512
BINS = FRAME // 2 + 1

BLOCK = 864  # frames whose magnitudes are read at once; fewer are more calls, see ``_Workspace``
_TRANSFORMED = 72  # frames that are transformed at once; more leave the cache

Samples = NDArray[np.float32]
"""float32, shape (channels, n), full scale is 1.0; or (n,) where a function asks for one line."""

_HANN = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)).astype(np.float32)


class _Workspace:
    """Scratch of one block, for the steps from frames to magnitudes.

    After each call into numpy, threads at work beside each other may have to wait for the
    interpreter's lock: blocks are as large as sounds commonly are, so that there are few. What is
    only used to make them is small enough to stay in the cache.
    """

    def __init__(self) -> None:
        # Double: in single precision a pure tone leaks so much that its flatness is another's. And
        # arrays of the precision numpy works in are transformed three times as fast as others.
        self.windowed = np.empty((_TRANSFORMED, FRAME), np.float64)
        self.spectrum = np.empty((_TRANSFORMED, BINS), np.complex128)
        self.single = np.empty((_TRANSFORMED, BINS), np.complex64)
        self.magnitude = np.empty((BLOCK, BINS), np.float32)

    def transform(self, framed: Samples, *, out: Samples) -> None:
        """Fill ``out`` (frames, 1025) with the magnitudes of a few frames, shape (frames, 2048)."""
        count = len(framed)
        windowed = np.multiply(framed, _HANN, out=self.windowed[:count])
        spectrum = self.spectrum[:count]
        np.fft.rfft(windowed, axis=1, out=spectrum)
        single = self.single[:count]
        np.copyto(single, spectrum, casting="same_kind")
        np.abs(single, out=out)


# As many as there were ever threads at work at once: fresh megabytes cost more than the sums made
# in them, and threads that end would take theirs along.
_idle: deque[_Workspace] = deque()


@contextmanager
def _workspace() -> Iterator[_Workspace]:
    try:
        workspace = _idle.pop()
    except IndexError:
        workspace = _Workspace()
    try:
        yield workspace
    finally:
        _idle.append(workspace)


def mono_mix(samples: Samples) -> Samples:
    """The mean of all channels, shape (n,), as ``librosa.to_mono`` makes it."""
    if len(samples) == 1:
        only: Samples = samples[0]
        return only
    mix: Samples = samples[0] + samples[1]
    for channel in samples[2:]:
        mix += channel
    mix *= np.float32(1 / len(samples))
    return mix


def frame_count(length: int) -> int:
    """How many frames a sound of ``length`` samples has: one more than whole hops."""
    return 1 + length // HOP


def frame_seconds(frames: NDArray[Any], sample_rate: int) -> NDArray[np.float64]:
    """The time in seconds on which each frame is centred."""
    return frames * (HOP / sample_rate)


def magnitude_blocks(mono: Samples) -> Iterator[tuple[slice, Samples]]:
    """The magnitudes of ``librosa.stft(mono)``, 864 frames at a time.

    Yields:
        The frames' place in the whole and their magnitudes, shape (frames, 1025). The array is
        scratch: it holds until the loop goes on or ends, and may be written to.
    """
    frames = frame_count(len(mono))
    with _workspace() as scratch:
        for start in range(0, frames, BLOCK):
            block = slice(start, min(start + BLOCK, frames))
            magnitude = scratch.magnitude[: block.stop - start]
            for first in range(start, block.stop, _TRANSFORMED):
                rows = slice(first, min(first + _TRANSFORMED, block.stop))
                scratch.transform(
                    _framed(mono, rows), out=magnitude[first - start : rows.stop - start]
                )
            yield block, magnitude


def _framed(mono: Samples, rows: slice) -> Samples:
    """Some frames of a sound, shape (rows, 2048), overlapping in memory where they do in time."""
    first, stop = rows.start * HOP - FRAME // 2, (rows.stop - 1) * HOP + FRAME // 2
    stretch = mono[max(0, first) : stop]
    if len(stretch) < stop - first:  # silence before the sound, or after it
        stretch = np.pad(stretch, (max(0, -first), max(0, stop - len(mono))))
    return np.lib.stride_tricks.sliding_window_view(stretch, FRAME)[::HOP]


def sum_over_frames(samples: NDArray[Any]) -> NDArray[np.float64]:
    """Per frame, the sum of what its samples hold; zero outside the sound.

    A frame is four hops long and starts two hops before its centre, so four neighbouring hop
    sums make a frame sum and no sample is added twice.

    Args:
        samples: Shape (n,), anything that can be added up.
    """
    whole = len(samples) // HOP * HOP
    hops = np.zeros(frame_count(len(samples)) + 3)
    hops[2 : 2 + whole // HOP] = samples[:whole].reshape(-1, HOP).sum(axis=1)
    hops[2 + whole // HOP] = samples[whole:].sum()
    return hops[:-3] + hops[1:-2] + hops[2:-1] + hops[3:]


@dataclass(frozen=True, eq=False)
class LibrosaView:
    """A sound the way librosa's functions like it; the arrays are the reader's own to change.

    Attributes:
        y: The mono mix, float32, shape (n,).
        sr: Samples per second, never resampled.

    Example:
        >>> import librosa                                               # doctest: +SKIP
        >>> view = take.librosa                                          # doctest: +SKIP
        >>> librosa.feature.spectral_contrast(S=view.S, sr=view.sr)      # doctest: +SKIP
        >>> librosa.pyin(view.y, sr=view.sr, fmin=60, fmax=2000)         # doctest: +SKIP
    """

    y: Samples
    sr: int

    @cached_property
    def S(self) -> Samples:  # noqa: N802 - librosa's own name for a magnitude spectrogram
        """``abs(librosa.stft(y, n_fft=2048, hop_length=512))``, shape (1025, frames), made once."""
        magnitudes = np.empty((frame_count(len(self.y)), BINS), np.float32)
        for rows, block in magnitude_blocks(self.y):
            magnitudes[rows] = block
        return magnitudes.T


def librosa_view(samples: Samples, sample_rate: int) -> LibrosaView:
    """``y``, ``sr`` and ``S`` of a sound, for librosa calls of one's own.

    Args:
        samples: float32, shape (channels, n).
        sample_rate: Samples per second.

    Example:
        >>> view = librosa_view(np.zeros((2, 44_100), np.float32), 44_100)
        >>> view.y.shape, view.sr, view.S.shape
        ((44100,), 44100, (1025, 87))
    """
    return LibrosaView(y=mono_mix(samples).copy(), sr=sample_rate)
