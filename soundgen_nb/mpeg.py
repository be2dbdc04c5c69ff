"""Mpeg: the frames of an mp3, counted, for decoders that only guess how many there are.

An mp3 has no length. Encoders write it into a first frame that is silent (Xing's); where that is
missing, decoders take the first frame's bit rate for all of them, and cut a file whose bit rate
varies wherever the guess ends, without a word. Counting takes a microsecond a frame.
Source: ISO/IEC 11172-3 and 13818-3, layer III; Xing's VBR header as LAME writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_KBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}

_XING_BITS = 8  # 112 kbit/s, or 64: a frame with room for the count at any sample rate
_COUNT_AND_SIZE = 3  # what the header holds


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


def header(data: bytes, at: int) -> Header | None:
    """The header at a place; None where there is none of layer III.

    Example:
        >>> header(bytes.fromhex("fffb9064"), 0)
        Header(version=3, kbits=128, rate_hz=44100, is_mono=False, length=417)
    """
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE6 != 0xE2:
        return None
    version, bits, rate = data[at + 1] >> 3 & 3, data[at + 2] >> 4, data[at + 2] >> 2 & 3
    if version == 1 or bits in {0, 15} or rate == 3:
        return None
    kbits, rate_hz = _kbits(version, bits), _RATES_HZ[version][rate]
    length = _length(version, kbits, rate_hz) + (data[at + 2] >> 1 & 1)
    return Header(version, kbits, rate_hz, data[at + 3] >> 6 == 3, length)


def with_count(data: bytes) -> bytes:
    """The mp3 with a first frame that counts the others, where it has none and its rate varies.

    Anything else comes back as it is.
    """
    start = _after_tag(data)
    first = header(data, start)
    if first is None or _counts(data, start, first):
        return data
    frames = list(_frames(data, start))
    if len({frame.kbits for frame in frames}) < 2:
        return data
    return data[:start] + _counting_frame(data[start : start + 4], frames) + data[start:]


def _after_tag(data: bytes) -> int:
    """Where the first frame begins: behind ID3's tag, whose size has seven bits a byte."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _counts(data: bytes, start: int, first: Header) -> bool:
    """Whether the first frame is one that says how many follow."""
    tag = start + 4 + first.side_bytes
    return data[tag : tag + 4] in {b"Xing", b"Info"} or data[start + 36 : start + 40] == b"VBRI"


def _frames(data: bytes, start: int) -> Iterator[Header]:
    while (found := header(data, start)) and start + found.length <= len(data):
        yield found
        start += found.length


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
