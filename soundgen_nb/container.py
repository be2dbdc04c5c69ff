"""Container: what kind of file some bytes are, and what it may be called."""

from __future__ import annotations

from collections.abc import Mapping

MIME: Mapping[str, str] = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "aiff": "audio/aiff",
}

_NAMES: Mapping[str, frozenset[str]] = {
    "mp3": frozenset({".mp3"}),
    "wav": frozenset({".wav"}),
    "ogg": frozenset({".ogg", ".oga"}),
    "flac": frozenset({".flac"}),
    "aiff": frozenset({".aiff", ".aif"}),
}
_OPUS_NAMES = frozenset({".opus"})  # of an ogg that holds that, and not Vorbis

SUFFIXES = _OPUS_NAMES.union(*_NAMES.values())
"""What the names of files that can be read end in."""


def sniffed_format(data: bytes) -> str:
    """Which audio format the bytes begin like: "mp3", "wav", "ogg", "flac", "aiff"; or "", none.

    Example:
        >>> sniffed_format(b"fLaC0000")
        'flac'
    """
    head = bytes(data[:16])
    for magic, name in ((b"OggS", "ogg"), (b"fLaC", "flac"), (b"ID3", "mp3")):
        if head.startswith(magic):
            return name
    if head[:4] in {b"RIFF", b"RF64"} and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"FORM" and head[8:12] in {b"AIFF", b"AIFC"}:
        return "aiff"
    return "mp3" if _is_mpeg_frame(head) else ""


def suffixes(data: bytes) -> frozenset[str]:
    """What the name of a file of these bytes may end in; nothing, if they are no audio.

    Example:
        >>> sorted(suffixes(b"FORM0000AIFF"))
        ['.aif', '.aiff']
    """
    holds_opus = data[28:36] == b"OpusHead"  # where the first packet of an ogg begins
    names = _NAMES.get(sniffed_format(data), frozenset())
    return names | _OPUS_NAMES if holds_opus else names


def _is_mpeg_frame(head: bytes) -> bool:
    """Eleven set bits, then a layer, a bit rate and a sample rate that exist."""
    return (
        len(head) > 2
        and head[0] == 0xFF
        and head[1] & 0xE0 == 0xE0
        and head[1] & 0x06 != 0
        and head[2] & 0xF0 != 0xF0
        and head[2] & 0x0C != 0x0C
    )
