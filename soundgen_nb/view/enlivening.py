"""What brings the plain HTML of sounds to life where scripts run: the player, inlined.

The HTML stays what it is: where scripts are stripped it plays, shows and says the same.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_COMMENTS = re.compile(r"^ *(//[^\n]*|/\*.*?\*/)\n", re.MULTILINE | re.DOTALL)
_INDENTATION = re.compile(r"^\s+", re.MULTILINE)


def enlivened(html: str) -> str:
    """An output followed by the player; a page that already has one takes no notice of a second."""
    return f'{html}<style>{style()}</style><script type="module">{module()}</script>'


def plain(html: str) -> str:
    """An output without the player, for places that run no script."""
    return html.removesuffix(enlivened(""))


@lru_cache(maxsize=1)
def module() -> str:
    """The player's module; every output carries it."""
    return _bare("player.mjs")


@lru_cache(maxsize=1)
def style() -> str:
    """The player's style sheet, scoped to outputs that came to life."""
    return _bare("player.css")


def _bare(name: str) -> str:
    """A file's text without whole lines of comment, blank lines and indentation."""
    source = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return _INDENTATION.sub("", _COMMENTS.sub("", source))
