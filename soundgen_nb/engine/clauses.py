"""A prompt taken apart: clauses side by side or in order, and the settings within them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from soundgen_nb.engine.lexicon import Lexicon
from soundgen_nb.engine.phrases import Match, Word


class Joiner(Enum):
    """How a clause stands to what was said before it."""

    WITH = "with"
    THEN = "then"
    AFTER = "after"
    WITHOUT = "without"
    WANTED = "wanted"
    ONLY = "only"


_BREAK = re.compile(r"[,;:!?|()\[\]\n/+&\u2014\u2013]|\.(?!\d)|\s-+\s")

BREAK = Word(",", ())
"""What stands for punctuation between words; no phrase reaches across it."""


@dataclass(frozen=True, slots=True)
class Part:
    """Words ``start`` to ``stop``: what is talked about, or a setting after a preposition.

    ``opener`` is that preposition, the first of the words, or ""; ``is_where`` tells whether it can
    be followed by a place.
    """

    opener: str
    start: int
    stop: int
    is_where: bool = False

    @property
    def is_setting(self) -> bool:
        """Whether the words tell the circumstances, not the sound itself."""
        return bool(self.opener)


@dataclass(frozen=True, slots=True)
class Clause:
    """Parts that speak of one sound, and how they are joined to what came before."""

    joiner: Joiner
    parts: tuple[Part, ...]


def words_and_breaks(prompt: str, lexicon: Lexicon) -> list[Word]:
    """The words of a prompt with ``BREAK`` where punctuation stands."""
    words: list[Word] = []
    for run in _BREAK.split(prompt):
        found = lexicon.words(run)
        if found and words:
            words.append(BREAK)
        words += found
    return words


def split(words: Sequence[Word], protected: Collection[int], lexicon: Lexicon) -> list[Clause]:
    """The clauses of a prompt, in its order.

    Args:
        words: as ``words_and_breaks`` gives them.
        protected: positions inside longer phrases ("in the distance"), which join nothing.
        lexicon: the words that join clauses and open settings.
    """
    return [
        Clause(joiner, tuple(_parts(words, range(start, stop), protected, lexicon)))
        for joiner, start, stop in _stretches(words, protected, lexicon)
        if stop > start
    ]


def _stretches(
    words: Sequence[Word], protected: Collection[int], lexicon: Lexicon
) -> Iterator[tuple[Joiner, int, int]]:
    joiner, start = Joiner.WITH, 0
    for found in _joints(words, protected, lexicon):
        yield joiner, start, found.start
        joiner, start = _next(joiner, found, is_empty=found.start == start), found.stop
    yield joiner, start, len(words)


def _next(joiner: Joiner, joint: Match[str], *, is_empty: bool) -> Joiner:
    """How the words after a joint stand to those before it, from what joined the last ones."""
    if joint.phrase == "or" and joiner is Joiner.WITHOUT:
        return joiner  # "without wind or thunder" leaves both out
    if joint.phrase == BREAK.text and is_empty and joiner is not Joiner.WITH:
        return Joiner.ONLY if joiner is Joiner.WITHOUT else joiner  # "a gun? no, a door"
    return Joiner(joint.value)


def _joints(
    words: Sequence[Word], protected: Collection[int], lexicon: Lexicon
) -> list[Match[str]]:
    as_written = [Word(word.text, (word.text,)) for word in words]
    joined = [
        match
        for match in lexicon.joiners.matches(as_written)
        if match.value != "nothing" and match.start not in protected
    ]
    breaks = [Match(at, at + 1, ",", "with") for at, word in enumerate(words) if word is BREAK]
    return sorted([*joined, *breaks], key=lambda match: match.start)


def _parts(
    words: Sequence[Word], positions: range, protected: Collection[int], lexicon: Lexicon
) -> Iterator[Part]:
    opener, start = "", positions.start
    for at in positions:
        if words[at].text in lexicon.lists.settings and at not in protected:
            if at > start:
                yield Part(opener, start, at, opener in lexicon.lists.where)
            opener, start = words[at].text, at
    yield Part(opener, start, positions.stop, opener in lexicon.lists.where)
