"""What brings the plain HTML of sounds to life where scripts run: the player, inlined.

The HTML stays what it is: where scripts are stripped it plays, shows and says the same.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from soundgen_nb.view.inlining import joined, sheet

_FOLDER = Path(__file__).with_name("player")


def enlivened(html: str) -> str:
    """An output followed by the player; a page that already has one takes no notice of a second."""
    return f'{html}<style>{style()}</style><script type="module">{module()}</script>'


def plain(html: str) -> str:
    """An output without the player, for places that run no script."""
    return html.removesuffix(enlivened(""))


@lru_cache(maxsize=1)
def module() -> str:
    """The player's modules as one; every output carries it."""
    return joined(_FOLDER)


@lru_cache(maxsize=1)
def style() -> str:
    """The player's style sheet, scoped to outputs that came to life."""
    return sheet(_FOLDER / "player.css")
