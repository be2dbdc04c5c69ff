"""How much a word counts for a sound, where it stands in its prompt."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

from soundgen_nb.engine.clauses import Part
from soundgen_nb.engine.lexicon import Meaning, Role
from soundgen_nb.engine.reading import Reading, SoundMatch

_EXTRA_WORD = 0.8  # "car door" says more than "car"
_MOST_HINT = 2.0  # a long phrase is still a hint
_HINTS_KEEP = 2.0  # where things happen hints at them, but not what they are for
_OF_SHARE = 0.5  # "the hum of the city" is about the city
_QUALIFIER_SHARE = 0.6  # "a dog collar" is no dog
_NAMES = (Role.SOURCE, Role.MOOD)
_PREDICATE = 0.5  # "a dog snoring" snores
_VAGUE = {Role.SOURCE: 0.1, Role.ACTION: 0.15}


def weight(reading: Reading, match: SoundMatch, meaning: Meaning, part: Part) -> float:
    """What one meaning of a phrase adds to the score of its family.

    Names of sounds and what makes them heard count less where they only tell the circumstances;
    hints count fully there, and what only describes a place or mood never counts more.
    """
    role = meaning.role
    if role.value < Role.HINT.value:
        return role.value
    full = role.value + _EXTRA_WORD * (match.length - 1)
    if role is Role.HINT:
        return min(full, _MOST_HINT) * min(1.0, _HINTS_KEEP * share(reading, part))
    if role is Role.SOURCE and _is_predicate(reading, match):
        full += _PREDICATE
    clear = full * _clarity(match, role)
    return clear * share(reading, part) * _own_share(reading, match, meaning)


def _clarity(match: SoundMatch, role: Role) -> float:
    """How much is left of what a phrase says of one sound if it speaks for many."""
    return 1.0 / (1.0 + _VAGUE.get(role, 0.0) * log2(len(match.value)))


def share(reading: Reading, part: Part) -> float:
    """How much what stands in a part counts, by the preposition before it."""
    return reading.lexicon.shares.get(part.opener, reading.lexicon.shares["other"])


def is_measure(reading: Reading, match: SoundMatch) -> bool:
    """Whether a phrase only tells what is heard of something: "the hum of the city"."""
    return any(word.text == "of" for word in reading.words[match.stop : match.stop + 1])


def _own_share(reading: Reading, match: SoundMatch, meaning: Meaning) -> float:
    if is_measure(reading, match):
        return _OF_SHARE
    return _QUALIFIER_SHARE if _qualifies(reading, match, meaning) else 1.0


def _qualifies(reading: Reading, match: SoundMatch, meaning: Meaning) -> bool:
    """Whether a name only tells which thing the noun after it means: "a dog collar"."""
    if not _is_base(reading, match) or _opens_setting(reading, match.stop):
        return False
    said = [found for found in reading.sounds if found.start == match.stop]
    if any(other.family == meaning.family for found in said for other in found.value):
        return False
    if _is_head(reading, match.stop, said):
        return True
    named = any(other.role in _NAMES for found in said for other in found.value)
    return not named and _is_noun(reading, match.stop)


def _opens_setting(reading: Reading, at: int) -> bool:
    """Whether a preposition stands there: "a cat at the door" is no cat door."""
    return any(word.text in reading.lexicon.lists.settings for word in reading.words[at : at + 1])


def _is_head(reading: Reading, at: int, said: Sequence[SoundMatch]) -> bool:
    """Whether a thing follows that is called after what it belongs to: "a truck horn"."""
    last = said[0].stop - 1 if said else at
    words = reading.words[last : last + 1]
    return any(form in reading.lexicon.lists.heads for word in words for form in word.forms)


def _is_noun(reading: Reading, at: int) -> bool:
    """Whether the word there may be a noun in the singular: no inflection, and no little word."""
    if at >= len(reading.words) or at in reading.modifiers or len(reading.words[at].forms) != 1:
        return False
    text, known = reading.words[at].text, reading.lexicon
    return not known.plain.of_word(text) and not known.joiners.of_word(text)


def _is_predicate(reading: Reading, match: SoundMatch) -> bool:
    """Whether a name is the verb of the noun before it, or the head of a compound with it."""
    return not _is_base(reading, match) and any(
        meaning.role is Role.SOURCE
        for found in reading.sounds
        if found.stop == match.start
        for meaning in found.value
    )


def _is_base(reading: Reading, match: SoundMatch) -> bool:
    return match.phrase.endswith(reading.words[match.stop - 1].text)
