"""What the engine will not pretend to make: words, singing, music, named people."""

from __future__ import annotations

import re
from collections.abc import Collection

from soundgen_nb.engine.clauses import Joiner, Part
from soundgen_nb.engine.lexicon import Role
from soundgen_nb.engine.phrases import Match
from soundgen_nb.engine.reading import Reading, SoundMatch

_MARK, _UNMARKED = r'["\u201c\u201d\u00ab\u00bb]', r'[^"\u201c\u201d\u00ab\u00bb]*'
_NOT_SAID = r"(?!\s+(?:sounds?|noises?|effects?|gestures?)\b)"  # a "boing" sound
_QUOTED = re.compile(rf"{_MARK}{_UNMARKED}\w{_UNMARKED}{_MARK}{_NOT_SAID}")
_NAMES = "names"  # of people and pieces: in one form only, wherever they stand
_SAYING = frozenset({"say", "tell"})
_SONG = frozenset({"sing", "song", "chorus", "tune", "melody", "serenade"})
_VOICE_OF = re.compile(r"\b(?:voice of|sung by|song by|spoken by|impression of)\s+[A-Z]\w+")
_NAMED = re.compile(
    r"\b([A-Z]\w+)\s+([A-Z]\w+)(?:'s)?\s+(?:voice|speech|song|speaking|talking|singing|rapping)\b"
)


def refusal(reading: Reading, families: Collection[str]) -> str:
    """One helpful sentence if the prompt asks for what is not made, or "".

    ``families`` are those recognised in it. What stands under "without" or "no" is not asked for.
    """
    asked = refused_phrases(reading)
    kinds = {match.value for match in asked}
    present = {form for word in reading.words for form in word.forms}
    lists = reading.lexicon.lists
    only_song = {match.phrase for match in asked} <= _SONG and lists.people.isdisjoint(present)
    if only_song and not lists.wordless.isdisjoint(families):
        kinds -= {"singing", "music"}
    if families and {match.phrase for match in asked} <= _SAYING and not _speakers(reading):
        kinds -= {"speech"}  # "a ship says goodbye" by its horn
    if _speakers(reading) and _quotes(reading.prompt):
        kinds.add("speech")
    if _names_someone(reading):
        kinds.add(_NAMES)
    sentences = reading.lexicon.refusals.items()
    return next((sentence for kind, sentence in sentences if kind in kinds), "")


def _speakers(reading: Reading) -> frozenset[str]:
    """Who could say words; "friendly" is nobody."""
    things = (word for word in reading.words if not word.text.endswith("ly"))
    return reading.lexicon.lists.speakers & {form for word in things for form in word.forms}


def refused_phrases(reading: Reading) -> list[Match[str]]:
    """The phrases that ask for what is not made, and the kind each belongs to."""
    left_out, asides = reading.positions(Joiner.WITHOUT), _asides(reading)
    named = [sound for sound in reading.sounds if sound.length > 1]
    return [
        match
        for match in reading.lexicon.refused.matches(reading.words)
        if match.start not in left_out
        and not _is_intent(match, reading)
        and not (match.start in asides and match.value != _NAMES)
        and (match.value != _NAMES or reading.text(match) == match.phrase)
        and not any(_lies_in(match, sound) for sound in named)
    ]


def _asides(reading: Reading) -> set[int]:
    """Where a purpose or an occasion is told: "suspense for a podcast" is no podcast."""
    parts = (part for clause in reading.clauses for part in clause.parts)
    told = (part for part in parts if _is_occasion(part, reading))
    return {at for part in told for at in range(part.start, part.stop)}


def _is_occasion(part: Part, reading: Reading) -> bool:
    opening = reading.words[max(0, part.start - 1) : part.start + 1]
    return any(word.text in reading.lexicon.lists.occasions for word in opening)


def _is_intent(match: Match[str], reading: Reading) -> bool:
    """Whether it is only what a sound is meant to tell: "a car honks to say goodbye"."""
    before = reading.words[max(0, match.start - 1) : match.start]
    heard = [sound for sound in reading.sounds if sound.start < match.start]
    made = any(m.role.value >= Role.ACTION.value for sound in heard for m in sound.value)
    return match.phrase in _SAYING and made and any(word.text == "to" for word in before)


def _lies_in(match: Match[str], sound: SoundMatch) -> bool:
    """Whether a phrase is only part of a longer one that names a sound: "singing bowl"."""
    inside = sound.start <= match.start and match.stop <= sound.stop
    return inside and match.length < sound.length


def _quotes(prompt: str) -> bool:
    """Whether part of the prompt is in quotation marks; all of it in them quotes nobody."""
    return bool(_QUOTED.search(prompt) and re.search(r"\w", _QUOTED.sub("", prompt)))


def _names_someone(reading: Reading) -> bool:
    """Whether somebody is named: by "Jane Doe speaking", not by "Morning Birds singing"."""
    if _VOICE_OF.search(reading.prompt):
        return True
    pairs = _NAMED.findall(reading.prompt)
    return any(not any(map(reading.lexicon.knows, pair)) for pair in pairs)
