"""Phrases found in a list of words, longest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


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

    def __len__(self) -> int:
        return self.stop - self.start


class Phrases(Generic[T]):
    """Phrases, spelt as ``words_of`` gives them, and what they stand for."""

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for phrase, value in entries:
            words = tuple(phrase.split())
            self._by_first.setdefault(words[0], []).append((words, value))
        for candidates in self._by_first.values():
            candidates.sort(key=lambda candidate: -len(candidate[0]))

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word in any phrase."""
        return frozenset(
            word for group in self._by_first.values() for words, _ in group for word in words
        )

    def __iter__(self) -> Iterator[tuple[str, T]]:
        for group in self._by_first.values():
            yield from ((" ".join(words), value) for words, value in group)

    def matches(self, words: Sequence[Word]) -> Iterator[Match[T]]:
        """The phrases in the words, left to right; none overlaps another."""
        at = 0
        while at < len(words):
            found = self._longest(words, at)
            if found is not None:
                yield found
            at = found.stop if found is not None else at + 1

    def _longest(self, words: Sequence[Word], at: int) -> Match[T] | None:
        best: Match[T] | None = None
        for form in words[at].forms:
            for phrase, value in self._by_first.get(form, ()):
                stop = at + len(phrase)
                if best is not None and len(phrase) <= len(best):
                    break
                if stop <= len(words) and all(
                    wanted in word.forms
                    for wanted, word in zip(phrase[1:], words[at + 1 : stop], strict=True)
                ):
                    best = Match(at, stop, " ".join(phrase), value)
        return best
