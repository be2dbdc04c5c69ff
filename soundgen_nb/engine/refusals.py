"""What the engine will not pretend to make: words, singing, music, named people."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from soundgen_nb.engine.clauses import Clause, Joiner, Part
from soundgen_nb.engine.evidence import evidence_of
from soundgen_nb.engine.lexicon import Role
from soundgen_nb.engine.phrases import Match
from soundgen_nb.engine.reading import Reading, SoundMatch

_MARK, _UNMARKED = r'["\u201c\u201d\u00ab\u00bb]', r'[^"\u201c\u201d\u00ab\u00bb]*'
_NOT_SAID = r"(?!\s+(?:sounds?|noises?|effects?|gestures?)\b)"  # a "boing" sound
_QUOTED = re.compile(rf"{_MARK}{_UNMARKED}\w{_UNMARKED}{_MARK}{_NOT_SAID}")
_NAMES = "names"  # of people and pieces: in one form only, wherever they stand
_OWN = frozenset({"my", "our"})
_SAYING = frozenset({"say", "tell"})
_WORDS = frozenset({"voice", "word", "speech", "talk"})
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
    only_said = {match.phrase for match in asked} <= _SAYING
    if families and only_said and (_is_wordless(reading) or not _speakers(reading)):
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


def _is_wordless(reading: Reading) -> bool:
    """Whether words are left out in so many words: "a robot says yes, not a voice"."""
    left_out = reading.positions(Joiner.WITHOUT)
    return any(not _WORDS.isdisjoint(reading.words[at].forms) for at in left_out)


def refused_phrases(reading: Reading) -> list[Match[str]]:
    """The phrases that ask for what is not made, and the kind each belongs to."""
    found = list(reading.lexicon.refused.matches(reading.words))
    if not found:
        return []
    left_out, told = reading.positions(Joiner.WITHOUT), _told(reading)
    named = [sound for sound in reading.sounds if sound.length > 1]
    return [
        match
        for match in found
        if match.start not in left_out
        and not _is_intent(match, reading)
        and not (match.value != _NAMES and (match.start in told or _is_beside(match, reading)))
        and (match.value != _NAMES or reading.text(match) == match.phrase)
        and not any(_lies_in(match, sound) for sound in named)
    ]


def _told(reading: Reading) -> set[int]:
    """Where an occasion is told, or a story before a wish: "for a podcast" asks for no podcast."""
    occasions = (part for part in _parts(reading.clauses) if _is_occasion(part, reading))
    parts = (*occasions, *_parts(evidence_of(reading).story()))
    return {at for part in parts for at in range(part.start, part.stop)}


def _parts(clauses: Iterable[Clause]) -> Iterator[Part]:
    return (part for clause in clauses for part in clause.parts)


def _is_occasion(part: Part, reading: Reading) -> bool:
    opening = reading.words[max(0, part.start - 1) : part.start + 1]
    return any(word.text in reading.lexicon.lists.occasions for word in opening)


def _is_beside(match: Match[str], reading: Reading) -> bool:
    """Whether a phrase only tells more of a sound that is named, by no voice.

    It may be where that is heard ("behind an interview"), whose it is ("my podcast"), or what kind
    ("a choir bell").
    """
    voices = reading.lexicon.lists.voices
    named = [
        sound.start
        for sound in reading.sounds
        if not match.start <= sound.start < match.stop
        and any(m.role is Role.SOURCE and m.family not in voices for m in sound.value)
    ]
    owner = any(word.text in _OWN for word in reading.words[max(0, match.start - 1) : match.start])
    settings = (part for part in _parts(reading.clauses) if part.is_setting)
    inside = any(part.start <= match.start < part.stop for part in settings)
    return bool(named) and (owner or inside or match.stop in named)


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
