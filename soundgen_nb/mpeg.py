"""Mpeg: the frames of an mp3, counted, for decoders that only guess how many there are.

An mp3 has no length. Encoders write it into a first frame that is silent (Xing's); where that is
missing, decoders take the first frame's bit rate for all of them, and cut a file whose bit rate
varies wherever the guess ends, without a word. Where files were laid end to end, they cut after the
first, and where more than a kilobyte is damaged they give up. So frames are counted over whatever
lies between them. Counting takes half a microsecond a frame.
Source: ISO/IEC 11172-3 and 13818-3, layer III; Xing's VBR header as LAME writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

_KBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}

_XING_BITS = 8  # 112 kbit/s, or 64: a frame with room for the count at any sample rate
_COUNT_AND_SIZE = 3  # what the header holds

_BEGINNING = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb]")  # eleven set bits, layer III


@dataclass(frozen=True, slots=True)
class Header:
    """The four bytes a frame of layer III begins with.

    Attributes:
        version: 3 for MPEG 1, 2 for MPEG 2, 0 for MPEG 2.5.
        kbits: Thousand bits a second.
        rate_hz: Samples a second.
        is_mono: One channel.
        length: Bytes until the next frame.
    """

    version: int
    kbits: int
    rate_hz: int
    is_mono: bool
    length: int

    @property
    def side_bytes(self) -> int:
        """The side information between the header and what follows."""
        return (17 if self.is_mono else 32) if self.version == 3 else (9 if self.is_mono else 17)

    def is_kin(self, other: Header) -> bool:
        """Whether both can be frames of one sound: of one version, at one sample rate."""
        return (self.version, self.rate_hz) == (other.version, other.rate_hz)


class _Run(NamedTuple):
    """Frames that follow on each other, and where in the file they begin and end."""

    start: int
    end: int
    frames: list[Header]


class _Stated(NamedTuple):
    """What a first frame that is no sound says: how many follow, of how many bytes; or nought."""

    frames: int
    size: int


def header(data: bytes, at: int) -> Header | None:
    """The header at a place; None where there is none of layer III.

    Example:
        >>> header(bytes.fromhex("fffb9064"), 0)
        Header(version=3, kbits=128, rate_hz=44100, is_mono=False, length=417)
    """
    return _header(data[at : at + 4])


@lru_cache(maxsize=1024)  # a file has few that differ
def _header(four: bytes) -> Header | None:
    if len(four) < 4 or four[0] != 0xFF or four[1] & 0xE6 != 0xE2:
        return None
    version, bits, rate = four[1] >> 3 & 3, four[2] >> 4, four[2] >> 2 & 3
    if version == 1 or bits in {0, 15} or rate == 3:
        return None
    kbits, rate_hz = _kbits(version, bits), _RATES_HZ[version][rate]
    length = _length(version, kbits, rate_hz) + (four[2] >> 1 & 1)
    return Header(version, kbits, rate_hz, four[3] >> 6 == 3, length)


def with_count(data: bytes) -> bytes:
    """The mp3 with a first frame that counts all others, where a decoder would stop before the end.

    That is where none counts them and the bit rate varies; where one counts too few, as that of the
    first of two files laid end to end; and where the frames do not follow on each other: what lies
    between them is left out. Anything else comes back as it is.
    """
    tag_end = _after_tag(data)
    start = tag_end if header(data, tag_end) else _next_beginning(data, tag_end)
    first = header(data, start)
    if first is None:
        return data
    stated = _stated(data, start, first)
    if stated and stated.size >= len(data) - start:
        return data
    runs = list(_runs(data, start + first.length if stated else start))
    frames = [frame for run in runs for frame in run.frames]
    in_one = start == tag_end and len(runs) == 1
    if not frames or (in_one and _is_read_whole(frames, stated)):
        return data
    sound = b"".join(data[run.start : run.end] for run in runs)
    return data[:tag_end] + _counting_frame(sound[:4], frames) + sound


def _after_tag(data: bytes) -> int:
    """Where the first frame begins: behind ID3's tag, whose size has seven bits a byte."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _stated(data: bytes, start: int, first: Header) -> _Stated | None:
    """What the first frame says of the others; None if it is one of the sound itself."""
    if data[start + 36 : start + 40] == b"VBRI":
        return _Stated(0, 0)  # Fraunhofer's, which the decoder does not read
    at = start + 4 + first.side_bytes
    if data[at : at + 4] not in {b"Xing", b"Info"}:
        return None
    holds, count, size = (int.from_bytes(data[at + n : at + n + 4], "big") for n in (4, 8, 12))
    return _Stated(count if holds & 1 else 0, size if holds & 3 == 3 else 0)


def _is_read_whole(frames: Sequence[Header], stated: _Stated | None) -> bool:
    """Whether a decoder that meets nothing else comes to the last of the frames by itself."""
    if stated:
        return stated.frames >= len(frames)
    return len({frame.kbits for frame in frames}) < 2


def _runs(data: bytes, start: int) -> Iterator[_Run]:
    """All frames there are from a place on; between the runs something is damaged, or a tag."""
    while start < len(data):
        frames = list(_frames(data, start))
        end = start + sum(frame.length for frame in frames)
        last = end - frames[-1].length if frames else start
        following = _next_beginning(data, last + 1)
        if following < end:  # the last one's length is not true: it is the damaged one
            end = last
            frames.pop()
        if frames:
            yield _Run(start, end, frames)
        start = following


def _frames(data: bytes, start: int) -> Iterator[Header]:
    while (found := header(data, start)) and start + found.length <= len(data):
        yield found
        start += found.length


def _next_beginning(data: bytes, start: int) -> int:
    """The next place where a frame begins and one of its kind follows; the end if there is none.

    Either alone is found in anything; both, once in two thousand million bytes of noise.
    """
    for found in _BEGINNING.finditer(data, start):
        first = header(data, found.start())
        second = first and header(data, found.start() + first.length)
        if first and second and first.is_kin(second):
            return found.start()
    return len(data)


def _counting_frame(head: bytes, frames: Sequence[Header]) -> bytes:
    """Xing's frame: silent to whoever does not read it."""
    first = frames[0]
    length = _length(first.version, _kbits(first.version, _XING_BITS), first.rate_hz)
    # without a checksum, without padding
    head = bytes([head[0], head[1] | 1, head[2] & 0x0C | _XING_BITS << 4, head[3]])
    size = length + sum(frame.length for frame in frames)
    said = b"Xing" + b"".join(n.to_bytes(4, "big") for n in (_COUNT_AND_SIZE, len(frames), size))
    return (head + bytes(first.side_bytes) + said).ljust(length, b"\0")


def _kbits(version: int, bits: int) -> int:
    return (_KBITS_1 if version == 3 else _KBITS_2)[bits]


def _length(version: int, kbits: int, rate_hz: int) -> int:
    return (144_000 if version == 3 else 72_000) * kbits // rate_hz
