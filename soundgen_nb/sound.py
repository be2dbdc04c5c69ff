"""Sound: encoded bytes and their samples. What it is, not what was asked."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from io import BytesIO
from operator import index
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
from numpy.typing import ArrayLike, NDArray

from soundgen_nb import container, mpeg
from soundgen_nb.errors import (
    InputError,
    NotAudioError,
    OversizedAudioError,
)

MAX_SECONDS = 1200.0
"""The longest sound that is decoded; a small file can unpack to far more than memory holds."""

MAX_CHANNELS = 16

SUFFIXES = container.SUFFIXES
"""What the names of files that can be read end in."""

_FRAMES_AT_ONCE = 1 << 14
_LOUDEST = 1e6  # times full scale; what is beyond is no sound, and nought is not silence there


@dataclass(frozen=True)
class Sound:
    """A sound as received: its bytes, untouched, and what they decode to.

    Args:
        data: the bytes of an mp3, wav, ogg, flac or aiff file.
        format: which of these; always read from the first bytes.

    Raises:
        InputError: if it is not given bytes.
        NotAudioError: if the bytes do not begin like any of these.

    Example:
        >>> import numpy as np
        >>> tone = np.sin(2 * np.pi * 440 * np.arange(44100) / 44100)
        >>> sound = Sound.from_samples(0.5 * tone, 44100)
        >>> sound.format, sound.samples.shape, sound.seconds
        ('wav', (1, 44100), 1.0)
    """

    data: bytes
    format: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", _own_bytes(self.data))
        object.__setattr__(self, "format", _format(self.data))

    @classmethod
    def from_samples(
        cls,
        samples: ArrayLike,
        sample_rate: int,
        *,
        format: str = "wav",  # noqa: A002  # the trade's word
    ) -> Sound:
        """Encode samples, shape (n,) or (channels, n), full scale 1; beyond it they clip.

        Args:
            samples: any real numbers.
            sample_rate: in Hz.
            format: "wav" (16 bit), "mp3", "ogg" or "flac".

        Raises:
            InputError: for another format, or samples that cannot be a sound.
        """
        if format not in _ENCODINGS:
            raise InputError(f"format must be one of {', '.join(_ENCODINGS)}, not {format!r}")
        array = _checked_samples(samples)
        try:
            return cls(_encoded(array, index(sample_rate), format))
        except (soundfile.LibsndfileError, TypeError, ValueError, OverflowError) as error:
            raise InputError(
                f"cannot encode {format} at {sample_rate!r} Hz: {_words(error)}"
            ) from error

    @classmethod
    def from_file(cls, path: str | Path) -> Sound:
        """Read an audio file.

        Raises:
            InputError: if there is no such file, or it cannot be read.
            NotAudioError: if it is not audio.
        """
        try:
            return cls(Path(path).read_bytes())
        except OSError as error:
            raise InputError(f"cannot read {str(path)!r}: {error.strerror or error}") from error
        except NotAudioError as error:
            raise NotAudioError(f"{Path(path).name}: {error}") from error

    def decode(self) -> tuple[NDArray[np.float32], int]:
        """The samples and their rate, decoded for this call alone unless they are kept already.

        ``samples`` keeps what it decodes; whoever looks once at many sounds need not keep them all.
        """
        kept: tuple[NDArray[np.float32], int] | None = vars(self).get("_samples")
        return kept or _decode(self.data, self.format)

    @property
    def _decoded(self) -> tuple[NDArray[np.float32], int]:
        # Not a cached_property: until Python 3.12 all of them that a class has share one lock, so
        # that of many threads one decodes.
        kept: tuple[NDArray[np.float32], int] = vars(self).setdefault("_samples", self.decode())
        return kept

    def __getstate__(self) -> dict[str, object]:
        """What is pickled or copied: the bytes alone.

        Decoded samples are tens of times as large, and would come out as an array one can write to.
        """
        return {"data": self.data, "format": self.format}

    def check(self) -> None:
        """Find out whether the bytes are an audio file of sane size, without decoding all of it.

        A file that stops early passes where its format lets it be read as far as it goes: a wav,
        an aiff, an mp3, most of an ogg; no flac.

        Raises:
            NotAudioError: if they cannot be decoded.
            OversizedAudioError: if they would decode to more than is sane.
        """
        with _opened(self.data, self.format) as file:
            if file.frames == 0:
                raise NotAudioError(_nothing_in(self.format))
            if self.format == "flac":
                file.seek(file.frames - 1)
                file.read(1)

    @property
    def samples(self) -> NDArray[np.float32]:
        """The decoded samples: float32, shape (channels, n), full scale 1, read-only."""
        return self._decoded[0]

    @property
    def sample_rate(self) -> int:
        """Samples a second, in Hz."""
        return self._decoded[1]

    @property
    def seconds(self) -> float:
        """The length in seconds, from the decoded samples."""
        return float(self.samples.shape[1] / self.sample_rate)

    @property
    def channels(self) -> int:
        """1 for mono, 2 for stereo."""
        return int(self.samples.shape[0])

    @property
    def mime(self) -> str:
        """The media type of the bytes."""
        return container.MIME[self.format]

    @property
    def data_uri(self) -> str:
        """The bytes as a ``data:`` URI, to play without a server."""
        return f"data:{self.mime};base64,{b64encode(self.data).decode()}"

    def save(self, path: str | Path) -> Path:
        """Write the bytes as received; a path without a suffix gets the format's.

        Raises:
            InputError: if the suffix names another format (bytes are never re-encoded silently), if
                there is no name, or the file cannot be written.
        """
        target = Path(path)
        if target.name in {"", ".."}:
            raise InputError(
                f"{str(path)!r} names no file: save the sound as rain.{self.format}, for example"
            )
        if not target.suffix:
            target = target.with_suffix(f".{self.format}")
        if target.suffix.lower() not in container.suffixes(self.data):
            raise InputError(
                f"this sound is {self.format}, not {target.suffix}: save it as "
                f"{target.with_suffix('.' + self.format).name}, or convert its .samples yourself"
            )
        try:
            target.write_bytes(self.data)
        except OSError as error:
            raise InputError(f"cannot write {str(path)!r}: {error.strerror or error}") from error
        return target

    def __repr__(self) -> str:
        return f"<Sound {self.format}, {len(self.data):,} bytes>"

    def _repr_html_(self) -> str:
        return f'<audio controls src="{self.data_uri}"></audio><pre>{escape(repr(self))}</pre>'


def _own_bytes(data: object) -> bytes:
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise InputError(
            f"a Sound is made of a file's bytes, not {type(data).__name__}: use Sound.from_file "
            "for a path, or Sound.from_samples"
        )
    return bytes(data)


def _format(data: bytes) -> str:
    found = container.sniffed_format(data)
    if not found:
        raise NotAudioError(
            f"this is not audio that can be read (mp3, wav, ogg, flac, aiff): {len(data):,} bytes "
            f"beginning {data[:16]!r}"
        )
    return found


def _checked_samples(samples: ArrayLike) -> NDArray[np.float32]:
    """As float32 of shape (channels, n)."""
    try:
        array = np.atleast_2d(np.asarray(samples))
        fit = array.ndim == 2 and array.size > 0 and array.dtype.kind in "biuf"
        fit = fit and len(array) <= MAX_CHANNELS and float(np.abs(array).max()) < _LOUDEST
    except ValueError as error:
        raise InputError("samples must be numbers, as many in every channel") from error
    if not fit:
        raise InputError(
            f"samples must be finite numbers of shape (n,) or (channels, n), with at most "
            f"{MAX_CHANNELS} channels and full scale 1, not {array.dtype} of shape {array.shape}"
        )
    return array.astype(np.float32)


def _encoded(samples: NDArray[np.float32], sample_rate: int, name: str) -> bytes:
    kind, subtype = _ENCODINGS[name]
    target = BytesIO()
    with soundfile.SoundFile(target, "w", sample_rate, len(samples), subtype, format=kind) as file:
        # half a minute of ogg at once overflows libsndfile's stack, and takes the kernel along
        for start in range(0, samples.shape[1], _FRAMES_AT_ONCE):
            file.write(samples[:, start : start + _FRAMES_AT_ONCE].T)
    return target.getvalue()


@contextmanager
def _readable(data: bytes) -> Iterator[BinaryIO | int]:
    """The bytes as a file: of the system's own memory where there is such a thing.

    libsndfile reads that by itself. It asks an object of Python's a thousand times a clip, and each
    time waits for the interpreter's lock, so that two threads would decode slower than one.
    """
    descriptor = _memory_file()
    if descriptor is None:
        yield BytesIO(data)
        return
    with os.fdopen(descriptor, "w+b") as file:
        file.write(data)
        file.seek(0)
        yield file.fileno()


def _memory_file() -> int | None:
    """A new file in memory; None where the system has no such thing, or no file can be opened."""
    if not hasattr(os, "memfd_create"):
        return None
    try:
        return os.memfd_create("sound")
    except OSError:
        return None


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[soundfile.SoundFile]:
    """The bytes as an audio file; what goes wrong with it is one of our errors."""
    # libsndfile silently stops half-way in an mp3 whose length it has to guess
    whole = mpeg.with_count(data) if name == "mp3" else data
    try:
        with _readable(whole) as readable, soundfile.SoundFile(readable, closefd=False) as file:
            _check_size(file.frames, file.channels, file.samplerate)
            yield file
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise NotAudioError(f"the {name} cannot be decoded: {_words(error)}") from error


def _decode(data: bytes, name: str) -> tuple[NDArray[np.float32], int]:
    with _opened(data, name) as file:
        frames = file.read(int(MAX_SECONDS * file.samplerate), dtype="float32", always_2d=True)
        rate = int(file.samplerate)
    if len(frames) == 0:
        raise NotAudioError(_nothing_in(name))
    samples = np.ascontiguousarray(frames.T)
    samples.flags.writeable = False
    return samples, rate


def _nothing_in(name: str) -> str:
    return f"the {name} holds no samples: it ends where its sound should begin; have it made anew"


def _check_size(frames: int, channels: int, sample_rate: int) -> None:
    if frames > MAX_SECONDS * sample_rate or channels > MAX_CHANNELS:
        raise OversizedAudioError(
            f"it would decode to {frames / sample_rate:,.0f} s of {channels} channels; at most "
            f"{MAX_SECONDS:,.0f} s of {MAX_CHANNELS} are read"
        )


_ENCODINGS: Mapping[str, tuple[str, str]] = {
    "wav": ("WAV", "PCM_16"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
    "ogg": ("OGG", "VORBIS"),
    "flac": ("FLAC", "PCM_16"),
}


def _words(error: Exception) -> str:
    """What an error says, without the memory address libsndfile's own begins with."""
    if isinstance(error, soundfile.LibsndfileError):
        return str(error.error_string)
    return str(error) or type(error).__name__
