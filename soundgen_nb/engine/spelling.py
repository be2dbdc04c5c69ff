"""How a word may be written: accents, inflections, British and American, a slip of the finger."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache

_LEAST_LETTERS = 5  # shorter words have too many neighbours
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = frozenset("aeiou")
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without accents, hyphens or possessives."""
    plain = text.lower()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return [_without_possessive(word) for word in _WORD.findall(plain)]


def _without_possessive(word: str) -> str:
    word = word.replace("\u2019", "'")
    return word.removesuffix("'s")


_IRREGULAR = {
    "feet": "foot", "geese": "goose", "mice": "mouse", "children": "child", "men": "man",
    "women": "woman", "struck": "strike", "broke": "break", "broken": "break", "rang": "ring",
    "rung": "ring", "blew": "blow", "blown": "blow", "fell": "fall", "fallen": "fall",
    "flew": "fly", "flown": "fly", "threw": "throw", "thrown": "throw", "tore": "tear",
    "torn": "tear", "swung": "swing", "burnt": "burn", "spoke": "speak", "drove": "drive",
    "driven": "drive", "ran": "run", "fought": "fight", "sank": "sink", "drew": "draw",
    "drawn": "draw", "beaten": "beat", "sang": "sing", "sung": "sing", "shook": "shake",
    "rode": "ride", "cutting": "cut", "dying": "die", "lying": "lie", "louder": "loud",
    "faster": "fast", "slower": "slow", "bigger": "big", "heavier": "heavy", "softer": "soft",
    "closer": "close", "farther": "far", "further": "far", "deeper": "deep", "higher": "high",
    "lower": "low", "smaller": "small", "larger": "large", "brighter": "bright",
    "darker": "dark", "quieter": "quiet", "lighter": "light", "gentler": "gentle",
}  # fmt: skip
_SPELLINGS = (("our", "or"), ("tre", "ter"), ("ise", "ize"), ("yse", "yze"), ("ogue", "og"))
_ENDINGS = (
    ("ies", "y"), ("ied", "y"), ("ily", "y"), ("ves", "f"), ("ves", "fe"), ("es", ""), ("s", ""),
    ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"), ("ly", ""), ("ly", "le"),
)  # fmt: skip


@lru_cache(maxsize=4096)
def forms(word: str) -> tuple[str, ...]:
    """The word and what it may be an inflection or another spelling of, likeliest first.

    >>> forms("chopping")
    ('chopping', 'chopp', 'chop', 'choppe')
    """
    found = [word]
    if word in _IRREGULAR:
        found.append(_IRREGULAR[word])
    for ending, base_ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= 3:
            found.append(stem + base_ending)
            if not base_ending and len(stem) > 3 and stem[-1] == stem[-2]:
                found.append(stem[:-1])
    for british, american in _SPELLINGS:
        found += [f.removesuffix(british) + american for f in tuple(found) if f.endswith(british)]
    return tuple(dict.fromkeys(found))


class Slips:
    """Finds the word that a misspelt one was meant to be, one slip of the finger away.

    A slip is a letter missing, added, swapped with its neighbour, replaced by one beside it on the
    keyboard, or a vowel for a vowel; so "frame" is no slip for "flame". The first letter is right,
    words are of five letters or more, and a word that is ``known`` is never a slip.
    """

    def __init__(self, words: Iterable[str], *, known: Collection[str]) -> None:
        self._known = known
        # two words one slip apart share a form with at most one letter left out
        self._by_rest: dict[str, list[str]] = {}
        for word in words:
            if len(word) >= _LEAST_LETTERS and word.isalpha():
                for rest in (word, *_shortened(word)):
                    self._by_rest.setdefault(rest, []).append(word)

    def is_known(self, word: str) -> bool:
        """Whether the word, in any of its forms, is one that is never corrected."""
        return any(form in self._known for form in forms(word))

    def corrected(self, word: str) -> str:
        """The word meant, or "" if the word is known, too short, or like no other."""
        if len(word) < _LEAST_LETTERS or not word.isalpha() or self.is_known(word):
            return ""
        for rest in (word, *_shortened(word)):
            for candidate in self._by_rest.get(rest, ()):
                if candidate[0] == word[0] and _one_slip(word, candidate):
                    return candidate
        return ""


def _shortened(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]


def _one_slip(left: str, right: str) -> bool:
    at = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), None)
    if at is None:
        return abs(len(left) - len(right)) == 1
    rest_left, rest_right = left[at:], right[at:]
    if rest_left[1:] == rest_right or rest_left == rest_right[1:]:
        return True
    if rest_left[1:] == rest_right[1:]:
        return _is_mistyped(rest_left[0], rest_right[0])
    return rest_left[:2] == rest_right[1::-1] and rest_left[2:] == rest_right[2:]


def _is_mistyped(left: str, right: str) -> bool:
    pair = {left + right, right + left}
    return {left, right} <= _VOWELS or any(p in row for row in _KEYBOARD for p in pair)
