"""How a word may be written: accents, inflections, British and American, a slip of the finger."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import product

_LEAST_LETTERS = 4  # shorter words have too many neighbours
_FEW_LETTERS = 5  # below it too many words are one letter apart
_MOST_LETTERS = 24  # longer ones are no words
_LEAST_PIECE = 3  # letters of "car" in "carhorn"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = "aeiou"
_ALIKE = {"c": "k", "k": "c", "s": "z", "z": "s", "v": "w", "w": "v", "i": "y", "y": "i"}
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_LONG = 3  # letters in a row say no less than more of them
_MOST_STRETCHES = 3  # in one word; each is read in three ways
_PLAIN = re.compile(r"[a-z ]*")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without accents, hyphens or possessives."""
    plain = squeezed(text.lower())
    if _PLAIN.fullmatch(plain):
        return plain.split()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return [_without_possessive(word) for word in _WORD.findall(plain)]


def squeezed(text: str) -> str:
    """A text in which no letter is drawn out longer than another: "aaaah" is "aaah".

    >>> squeezed("whooooosh, grrrrrr")
    'whooosh, grrr'
    """
    return _STRETCHED.sub(lambda run: run[1] * _LONG, text)


def _relaxed(word: str) -> Iterator[str]:
    """A squeezed word with each drawn-out letter thrice, twice or once: "booom" is "boom"."""
    pieces = _STRETCHED.split(word, maxsplit=_MOST_STRETCHES)
    ways = (
        [letter * times for times in range(_LONG, 0, -1)] if at % 2 else [letter]
        for at, letter in enumerate(pieces)
    )
    yield from ("".join(way) for way in product(*ways))


def _without_possessive(word: str) -> str:
    word = word.replace("\u2019", "'")
    return word.removesuffix("'s")


_IRREGULAR = {
    "ate": "eat", "beaten": "beat", "bigger": "big", "bit": "bite", "bitten": "bite",
    "blew": "blow", "blown": "blow", "brighter": "bright", "broke": "break", "broken": "break",
    "built": "build", "burnt": "burn", "caught": "catch", "children": "child", "closer": "close",
    "cutting": "cut", "darker": "dark", "deeper": "deep", "drank": "drink", "drawn": "draw",
    "drew": "draw", "driven": "drive", "drove": "drive", "drunk": "drink", "dug": "dig",
    "dying": "die", "eaten": "eat", "fallen": "fall", "farther": "far", "faster": "fast",
    "feet": "foot", "fell": "fall", "flew": "fly", "flown": "fly", "fought": "fight",
    "further": "far", "geese": "goose", "gentler": "gentle", "ground": "grind", "heavier": "heavy",
    "higher": "high", "hung": "hang", "larger": "large", "leapt": "leap", "lighter": "light",
    "lit": "light", "louder": "loud", "lower": "low", "lying": "lie", "men": "man", "mice": "mouse",
    "quieter": "quiet", "ran": "run", "rang": "ring", "rode": "ride", "rung": "ring", "said": "say",
    "sang": "sing", "sank": "sink", "shook": "shake", "shot": "shoot", "slept": "sleep",
    "slower": "slow", "smaller": "small", "softer": "soft", "spat": "spit", "sped": "speed",
    "spoke": "speak", "spun": "spin", "struck": "strike", "stuck": "stick", "sung": "sing",
    "sunk": "sink", "swam": "swim", "swept": "sweep", "swore": "swear", "swung": "swing",
    "teeth": "tooth", "threw": "throw", "thrown": "throw", "told": "tell", "tore": "tear",
    "torn": "tear", "wept": "weep", "woke": "wake", "women": "woman", "wore": "wear",
}  # fmt: skip
_SPELLINGS = (("our", "or"), ("tre", "ter"), ("ise", "ize"), ("yse", "yze"), ("ogue", "og"))
_ENDINGS = (
    ("ies", "y"), ("ied", "y"), ("ily", "y"), ("ves", "f"), ("ves", "fe"), ("es", ""), ("s", ""),
    ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"), ("ly", ""), ("ly", "le"),
)  # fmt: skip


@lru_cache(maxsize=4096)
def forms(word: str) -> tuple[str, ...]:
    """The word and what it may be an inflection or another spelling of, likeliest first.

    A letter that is drawn out ("booom") counts as often as a word has it.

    >>> forms("chopping")
    ('chopping', 'chopp', 'chop', 'choppe')
    """
    found = [word]
    if _STRETCHED.search(word):
        found += _relaxed(word)
    if word in _IRREGULAR:
        found.append(_IRREGULAR[word])
    for ending, base_ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem + base_ending) >= 3:
            found.append(stem + base_ending)
            if not base_ending and len(stem) > 3 and stem[-1] == stem[-2]:
                found.append(stem[:-1])
    for british, american in _SPELLINGS:
        found += [f.removesuffix(british) + american for f in tuple(found) if f.endswith(british)]
    return tuple(dict.fromkeys(found))


class Slips:
    """Finds the word that a misspelt one was meant to be, one slip of the finger away.

    A slip is a letter doubled or not, swapped with its neighbour, missing, added, replaced by one
    beside it on the keyboard or alike in sound, or a vowel for a vowel; so "frame" is no slip for
    "flame". The first letter is right, words under five letters have slips of the first three kinds
    only, and a word that is ``known`` is never a slip. Of several words meant, the likelier slip
    wins, and then the one of the earlier of ``names``.
    """

    def __init__(self, *names: Collection[str], known: Collection[str]) -> None:
        self._names = names
        self._known = known

    def is_known(self, word: str) -> bool:
        """Whether the word, in any of its forms, is one that is never corrected."""
        return any(form in self._known for form in forms(word))

    def corrected(self, word: str) -> str:
        """The word meant, or "" if the word is known, too short, or like no other."""
        if not _LEAST_LETTERS <= len(word) <= _MOST_LETTERS or self._is_word(word):
            return ""
        slips = list(_few_slips(word) if len(word) < _FEW_LETTERS else _slips(word))
        meant = (slip for names in self._names for slip in slips if _is_among(slip, names))
        return next(meant, "")

    def apart(self, word: str) -> tuple[str, str] | None:
        """The two names that were written as one word ("carhorn"), or None."""
        if len(word) > _MOST_LETTERS or self._is_word(word):
            return None
        pieces = (
            (word[:at], word[at:]) for at in range(_LEAST_PIECE, len(word) - _LEAST_PIECE + 1)
        )
        names = (pair for pair in pieces if self._are_names(*pair))
        return next(names, None)

    def _are_names(self, word: str, head: str) -> bool:
        return any(_is_among(head, names) for names in self._names[:-1]) and any(
            _is_among(word, names) for names in self._names
        )

    def _is_word(self, word: str) -> bool:
        return not (word.isascii() and word.isalpha()) or self.is_known(word)


def _is_among(word: str, names: Collection[str]) -> bool:
    if word in names or (word.endswith("s") and word[-2] != "s" and word[:-1] in names):
        return True
    return word.endswith("ing") and any(form in names for form in forms(word))


def _few_slips(word: str) -> Iterator[str]:
    """The words with a letter doubled or not, two swapped, or one missing, but for the first."""
    for at in range(1, len(word)):
        if word[at] == word[at - 1]:
            yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at] + word[at:]
    for at in range(1, len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    for at in range(1, len(word) + 1):
        yield from (word[:at] + letter + word[at:] for letter in _LETTERS)


def _slips(word: str) -> Iterator[str]:
    """All the words that are one slip away, the likeliest first."""
    yield from _few_slips(word)
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]
        yield from (word[:at] + letter + word[at + 1 :] for letter in _mistyped(word[at]))


@lru_cache(maxsize=len(_LETTERS))
def _mistyped(letter: str) -> str:
    """The letters that one may have stood for: those beside it, alike in sound, and vowels."""
    rows = "|".join(_KEYBOARD)
    at = rows.index(letter)
    beside = rows[max(0, at - 1)] + rows[at + 1 : at + 2]
    alike = _ALIKE.get(letter, "") + (_VOWELS if letter in _VOWELS else "")
    return (beside + alike).replace("|", "")
