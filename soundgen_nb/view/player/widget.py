"""Player: sounds in a widget that code can drive and follow; they cross to it as bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable

import anywidget
from traitlets import Bool, Bytes, Float, Int, List, Unicode

from soundgen_nb.errors import InputError
from soundgen_nb.take import Take, measure_all, takes_in
from soundgen_nb.view import enlivening
from soundgen_nb.view.card import single
from soundgen_nb.view.gallery import gallery

# quotes in what people typed are escaped, so this stands nowhere but in an element
_SOURCE = re.compile(r' src="data:audio[^"]*"')


def player(takes: Take | Iterable[Take]) -> Player:
    """The takes in a widget: the same player as in any output, and code can drive and follow it.

    A widget is alive only while its kernel is. What should stay in the notebook is shown as the
    takes themselves, which is plain HTML.

    Args:
        takes: a Take, or several: Takes, a Comparison, a list.

    Raises:
        InputError: for anything else in place of takes, or if there are none.

    Example:
        >>> player = sg.player(comparison)                                   # doctest: +SKIP
        >>> player.observe(lambda change: print(change.new), "active")       # doctest: +SKIP
        >>> player.active = 2                                                # doctest: +SKIP
    """
    several = takes_in(takes, asked="a player plays takes")
    if not several:
        raise InputError("there are no takes to play; generate some, or load files")
    measure_all(several)
    contents = [take.content for take in several]
    html = single(contents[0]) if isinstance(takes, Take) else gallery(contents)
    return Player(html=_silent(html), audio=[content.sound.data for content in contents])


class Player(anywidget.AnyWidget):
    """Takes in a widget; see ``player``.

    Attributes:
        active: which take is heard, counted from 0; setting it turns to that take, and plays it.
        playing: whether it sounds. A browser may want one click on the page before the first sound.
        position: where it was last stopped, sought or switched, in seconds; setting it goes there.
        match: whether loudness is matched.
    """

    _esm = enlivening.module()
    _css = enlivening.style()

    html = Unicode().tag(sync=True)
    audio = List(Bytes()).tag(sync=True)
    active = Int(0).tag(sync=True)
    playing = Bool(False).tag(sync=True)
    position = Float(0.0).tag(sync=True)
    match = Bool(True).tag(sync=True)

    def __repr__(self) -> str:
        return f"<Player of {len(self.audio)} sounds, {sum(map(len, self.audio)):,} bytes>"


def _silent(html: str) -> str:
    """The HTML without the sounds themselves."""
    return _SOURCE.sub("", html)
