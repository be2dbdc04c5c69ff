"""Naming: what the file of a sound is called, whatever its prompt."""

from __future__ import annotations

import re
import unicodedata

_MAX_NAME = 60


def take_name(prompt: str, index: int) -> str:
    """The name of a take's file, without the suffix that tells its format.

    Example:
        >>> take_name("rain on a tin roof", 2)
        'rain-on-a-tin-roof-take-2'
    """
    return f"{safe_name(prompt)}-take-{index}"


def safe_name(text: str) -> str:
    """A piece of a file's name for any text: ASCII letters, digits and hyphens, at most 60.

    Example:
        >>> safe_name("Café, at night: ../../etc/passwd")
        'cafe-at-night-etc-passwd'
        >>> safe_name("雨")
        'sound'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_MAX_NAME].strip("-") or "sound"
