"""Phrases found in a list of words, longest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

_ARTICLES = frozenset({"a", "an", "the", "his", "her", "its", "their", "my", "your", "our", "some"})
_MOST_ARTICLES = 3  # in a row; each start of a phrase looks past them, and thousands are no text


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a prompt: as written, and what it is looked up under.

    ``corrected`` is what it was meant to be if it is a slip, ``likened`` the word it was taken to
    be like in meaning; "" otherwise.
    """

    text: str
    forms: tuple[str, ...]
    corrected: str = ""
    likened: str = ""


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """A phrase found at words ``start`` to ``stop`` (not included), and what it stands for."""

    start: int
    stop: int
    phrase: str
    value: T

    @property
    def length(self) -> int:
        """How many words the phrase has."""
        return self.phrase.count(" ") + 1


class Phrases(Generic[T]):
    """Phrases, spelt as ``words_of`` gives them, and what they stand for.

    Articles may stand between the words of a phrase, up to three in a row.
    """

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._words: dict[str, T] = {}
        self._longer: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for phrase, value in entries:
            if " " in phrase:
                words = tuple(phrase.split())
                self._longer.setdefault(words[0], []).append((words, value))
            else:
                self._words.setdefault(phrase, value)

    @property
    def words(self) -> frozenset[str]:
        """The phrases that are one word."""
        return frozenset(self._words)

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word in any phrase."""
        longer = (words for group in self._longer.values() for words, _ in group)
        return frozenset(self._words).union(*longer)

    def __iter__(self) -> Iterator[tuple[str, T]]:
        yield from self._words.items()
        for group in self._longer.values():
            yield from ((" ".join(words), value) for words, value in group)

    def of_word(self, word: str) -> T | None:
        """What a single word stands for by itself, in exactly this form."""
        return self._words.get(word)

    def matches(self, words: Sequence[Word]) -> Iterator[Match[T]]:
        """The phrases in the words, left to right; none overlaps another."""
        at = 0
        while at < len(words):
            found = self._longest(words, at) or self.single(words, at)
            if found is not None:
                yield found
            at = found.stop if found is not None else at + 1

    def single(self, words: Sequence[Word], at: int) -> Match[T] | None:
        """What one word stands for, in the likeliest form it has here."""
        for form in words[at].forms:
            if form in self._words:
                return Match(at, at + 1, form, self._words[form])
        return None

    def _longest(self, words: Sequence[Word], at: int) -> Match[T] | None:
        best: Match[T] | None = None
        for form in words[at].forms:
            for phrase, value in self._longer.get(form, ()):
                if best is None or len(phrase) > best.length:
                    stop = _stop(phrase, words, at)
                    best = Match(at, stop, " ".join(phrase), value) if stop else best
        return best


def _stop(phrase: Sequence[str], words: Sequence[Word], start: int) -> int:
    """Where a phrase ends whose first word is there, or 0; "fill glass" is in "fill the glass"."""
    at = start + 1
    for wanted in phrase[1:]:
        end = min(at + _MOST_ARTICLES, len(words))
        while at < end and wanted not in words[at].forms and words[at].text in _ARTICLES:
            at += 1
        if at == len(words) or wanted not in words[at].forms:
            return 0
        at += 1
    return at
