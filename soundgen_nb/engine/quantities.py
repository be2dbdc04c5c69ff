"""Numbers in a prompt: how many, and how long."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from soundgen_nb.engine.phrases import Word

SHORTEST_SECONDS, LONGEST_SECONDS = 1.0, 60.0

_NUMBERS = {
    "one": 1, "single": 1, "two": 2, "couple": 2, "pair": 2, "double": 2, "three": 3, "triple": 3,
    "few": 3, "four": 4, "five": 5, "several": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "dozen": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
    "forty": 40, "fifty": 50, "sixty": 60,
}  # fmt: skip
_TIMES = {"once": 1, "twice": 2, "thrice": 3}
_STRUCK = ("strike", "toll", "chime")
_ONE = frozenset(
    {"gunshot", "shot", "explosion", "blast", "beep", "bark", "honk", "splash", "bang"}
)
_ONE |= {"whoosh", "swoosh", "thunderclap", "boom"}
_NO_EVENTS = frozenset({"am", "pm", "o'clock", "s", "sec", "secs", "second", "seconds", "bit"})
_NO_EVENTS |= {"min", "minute", "minutes", "hour", "hours"}
_REACH = 4  # "three slow heavy metallic knocks"

_UNIT = r"\s*-?\s*(?P<unit>s|secs?|seconds?|mins?|minutes?)\b"
_FIGURES = r"(?P<figure>\d{1,4}(?:\.\d+)?)"
_LENGTH = re.compile(
    rf"(?<![\w.])(?:{_FIGURES}|(?P<half>half an?)|(?P<word>an?|{'|'.join(_NUMBERS)})){_UNIT}",
    re.IGNORECASE,
)
_FIGURE_WORD = re.compile(r"\d+(?:s|sec|st|nd|rd|th|hz|khz|bpm)?")
_REPEAT = re.compile(r"\b(?:every|each|after|within|per)\s*$", re.IGNORECASE)


def seconds_in(prompt: str) -> float | None:
    """The length a prompt asks for in words, in seconds, or None.

    >>> seconds_in("rain, half a minute"), seconds_in("a beep every 2 seconds")
    (30.0, None)
    """
    for found in _LENGTH.finditer(prompt):
        if not _REPEAT.search(prompt[: found.start()]):
            amount = _amount(found)
            length = amount * (60 if found["unit"].lower().startswith("m") else 1)
            if length > 0:
                return length
    return None


def _amount(found: re.Match[str]) -> float:
    if found["figure"]:
        return float(found["figure"])
    return 0.5 if found["half"] else float(_NUMBERS.get(found["word"].lower(), 1))


def is_number(text: str) -> bool:
    """Whether a word is a number, in figures or letters.

    >>> is_number("12"), is_number("dozen"), is_number("10s")
    (True, True, True)
    """
    return text in _NUMBERS or text in _TIMES or bool(_FIGURE_WORD.fullmatch(text))


def count_in(words: Sequence[Word], countable: Collection[str]) -> int | None:
    """How many events the words ask for, or None.

    "three knocks", "knocks twice", "a dozen explosions", "the bell tolls twelve times"; not "two
    dogs", for a dog is no event, and not "8-bit".
    """
    for at, word in enumerate(words):
        if word.text in _TIMES:
            return _TIMES[word.text]
        number = _number(words, at)
        if number and (_before_event(words, at, countable) or _after_stroke(words, at)):
            return number
        if word.text in ("a", "an") and _one_event(words, at):
            return 1
    return None


def _number(words: Sequence[Word], at: int) -> int:
    text = words[at].text
    if text.isascii() and text.isdigit() and len(text) < 4:
        return int(text)
    if [word.text for word in words[max(0, at - 2) : at + 1]] == ["half", "a", "dozen"]:
        return 6
    return _NUMBERS.get(text, 0)


def _before_event(words: Sequence[Word], at: int, countable: Collection[str]) -> bool:
    for word in words[at + 1 : at + 1 + _REACH]:
        if word.text in _NUMBERS or word.text in _NO_EVENTS or not word.forms:
            return False
        if any(form in countable for form in word.forms):
            return True
    return False


def _after_stroke(words: Sequence[Word], at: int) -> bool:
    return at > 0 and any(form in _STRUCK for form in words[at - 1].forms)


def _one_event(words: Sequence[Word], at: int) -> bool:
    return any(word.text in _ONE for word in words[at + 1 : at + 1 + _REACH])
