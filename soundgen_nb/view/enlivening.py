"""What brings the plain HTML of sounds to life where scripts run: the player, inlined.

The HTML stays what it is: where scripts are stripped it plays, shows and says the same.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_COMMENTS = re.compile(r"^ *(//[^\n]*|/\*\*.*?\*/)\n", re.MULTILINE | re.DOTALL)
_INDENTATION = re.compile(r"^ +", re.MULTILINE)


def enlivened(html: str) -> str:
    """An output followed by the player; a page that already has one takes no notice of a second."""
    return f'{html}<style>{style()}</style><script type="module">{module()}</script>'


@lru_cache(maxsize=1)
def module() -> str:
    """The player's module, without its comments and indentation: every output carries it."""
    source = Path(__file__).with_name("player.mjs").read_text(encoding="utf-8")
    return _INDENTATION.sub("", _COMMENTS.sub("", source))


@lru_cache(maxsize=1)
def style() -> str:
    """The player's style sheet, scoped to outputs that came to life."""
    source = Path(__file__).with_name("player.css").read_text(encoding="utf-8")
    return _INDENTATION.sub("", source)
