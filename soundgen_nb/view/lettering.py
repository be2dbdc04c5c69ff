"""Lettering: texts of any script at the width there is, in fonts that have their characters.

Matplotlib draws a box, and warns, for a character that its font lacks. So fonts of the machine
that have it are named beside the usual one, and where none has, the box is drawn without a warning.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from unicodedata import category, east_asian_width

if TYPE_CHECKING:
    from matplotlib.font_manager import FontEntry

_NO_FONT_HAS_IT = "□"

# what joins, turns or varies its neighbours: nothing is lost with it that could be drawn
_UNSEEN = {"Cf", "Mn", "Me"}

# which family has a character that the usual fonts lack, as far as it was looked for: opening all
# fonts of a machine takes a tenth of a second or more
_FAMILY_OF: dict[str, str | None] = {}


def lettered(*texts: str) -> dict[str, Any]:
    """How matplotlib is to draw these texts: as they stand, in fonts that have their characters.

    A prompt may hold dollar signs, which would else be read as mathematics.

    Args:
        *texts: what will be drawn, as ``elided`` and ``wrapped`` give it.
    """
    usual = _usual_families()
    lacking = _lacking("".join(texts), usual)
    more = dict.fromkeys(family for family in _families_of(lacking).values() if family)
    return {"parse_math": False, "fontfamily": [*usual, *more]}


def elided(text: str, letters: int) -> str:
    """Text on one line, cut in the middle: variations of a prompt often differ at the end."""
    line = " ".join(_drawable(text).split())
    fitting = _fitting(line, letters)
    if len(line) <= fitting:
        return line
    head = fitting // 2
    return f"{line[:head].rstrip()}…{line[head + 1 - fitting :].lstrip()}"


def wrapped(text: str, letters: int, *, lines: int) -> str:
    """Text on so many lines of so many letters, cut in the middle where it needs more."""
    # no line is quite full where words end before it does
    line = elided(text, int(letters * (lines - 0.2)))
    return textwrap.fill(line, _fitting(line, letters))


def breadth(line: str) -> int:
    """How many letters are as wide as a line: Chinese characters and boxes are as wide as two."""
    wide = (each == _NO_FONT_HAS_IT or east_asian_width(each) in "WF" for each in line)
    return len(line) + sum(wide)


def _fitting(line: str, letters: int) -> int:
    """How many characters of a line fit where so many letters do."""
    return letters * len(line) // breadth(line) if line else letters


def _drawable(text: str) -> str:
    """The text with a box for every character that no font has."""
    if text.isascii() and text.isprintable():
        return text
    families = _families_of(_lacking(text, _usual_families()))
    stand_ins = {
        ord(character): "" if category(character) in _UNSEEN else _NO_FONT_HAS_IT
        for character, family in families.items()
        if family is None
    }
    return text.translate(stand_ins)


def _usual_families() -> Sequence[str]:
    # half a second, on first use
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415

    families: Sequence[str] = FontProperties().get_family()
    return families


def _lacking(text: str, families: Iterable[str]) -> frozenset[str]:
    """The characters that none of these families has."""
    unusual = frozenset(
        each for each in text if not each.isspace() and not (each.isascii() and each.isprintable())
    )
    if not unusual:
        return unusual
    # half a second, on first use
    from matplotlib.font_manager import FontProperties, findfont, get_font  # noqa: PLC0415

    fonts = [get_font(findfont(FontProperties(family=[family]))) for family in families]
    return frozenset(
        each for each in unusual if not any(font.get_char_index(ord(each)) for font in fonts)
    )


def _families_of(lacking: frozenset[str]) -> Mapping[str, str | None]:
    """For each character a family of this machine that has it, the same for many; or None."""
    unknown = lacking - _FAMILY_OF.keys()
    if unknown:
        _FAMILY_OF.update(_searched(unknown))
    return {character: _FAMILY_OF[character] for character in sorted(lacking)}


def _searched(characters: frozenset[str]) -> Mapping[str, str | None]:
    """As ``_families_of``, from the fonts themselves: those that have most of them come first."""
    found = [(entry.name, _had(entry, characters)) for entry in _plain_entries()]
    found.sort(key=lambda each: (-len(each[1]), "Sans" not in each[0], each[0]))
    # found by its name another file of the family may be opened, with fewer characters
    named = {name: had - _lacking("".join(had), [name]) for name, had in found if had}
    return {
        each: next((name for name, had in named.items() if each in had), None)
        for each in characters
    }


def _plain_entries() -> Sequence[FontEntry]:
    """One upright font of usual weight for each family that matplotlib can draw."""
    # half a second, on first use
    from matplotlib.font_manager import fontManager  # noqa: PLC0415

    entries = {
        entry.name: entry
        for entry in fontManager.ttflist
        if entry.style == "normal"
        and entry.weight in {400, "normal", "regular"}
        # matplotlib draws no colours, and what the last resort draws is no character
        and "Color" not in entry.name
        and not entry.name.startswith("Last Resort")
    }
    return list(entries.values())


def _had(entry: FontEntry, characters: frozenset[str]) -> frozenset[str]:
    """Which of these characters a font can draw; none if its file has gone."""
    # half a second, on first use
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415

    try:
        font = FT2Font(entry.fname)
    except (OSError, RuntimeError):
        return frozenset()
    if not font.scalable:
        return frozenset()
    return frozenset(each for each in characters if font.get_char_index(ord(each)))
