"""A prompt read once: its words, clauses and every phrase the lexicon knows in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from soundgen_nb.engine.clauses import Clause, Joiner, split, words_and_breaks
from soundgen_nb.engine.lexicon import Lexicon, Meaning, Role
from soundgen_nb.engine.phrases import Match, Phrases, Word

T = TypeVar("T")
SoundMatch = Match[tuple[Meaning, ...]]


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a prompt with what the lexicon found, before anything is decided.

    ``sounds`` are the phrases that speak for families; the others are modifiers, none but places
    out of a longer phrase that names a sound. ``degrees`` maps the position of a modifier to the
    factor of the word before it ("very"), ``modifiers`` has the positions of all words that modify.
    """

    prompt: str
    lexicon: Lexicon
    words: Sequence[Word]
    clauses: Sequence[Clause]
    sounds: Sequence[SoundMatch]
    axes: Sequence[Match[Mapping[str, float]]]
    degrees: Mapping[int, float]
    distance: Sequence[Match[float]]
    loudness: Sequence[Match[float]]
    pan: Sequence[Match[float]]
    places: Sequence[Match[str]]
    modifiers: frozenset[int]

    def text(self, match: Match[T]) -> str:
        """The words of a match as the prompt has them."""
        return " ".join(word.text for word in self.words[match.start : match.stop])

    def positions(self, *joiners: Joiner) -> set[int]:
        """Where the words of the clauses stand that are joined in one of some ways."""
        return _positions(self.clauses, joiners)


def read(prompt: str, lexicon: Lexicon) -> Reading:
    """A prompt read with a lexicon; any text can be read."""
    return read_words(prompt, words_and_breaks(prompt, lexicon), lexicon)


def read_words(prompt: str, words: Sequence[Word], lexicon: Lexicon) -> Reading:
    """A prompt whose words are found already, or taken for others."""
    sounds = list(lexicon.sounds.matches(words))
    taken = covered(sound for sound in sounds if sound.length > 1)

    def found(phrases: Phrases[T]) -> list[Match[T]]:
        return [match for match in phrases.matches(words) if match.start not in taken]

    distance, loudness, pan = found(lexicon.distance), found(lexicon.loudness), found(lexicon.pan)
    places = list(lexicon.places.matches(words))
    axes, degrees = found(lexicon.axes), found(lexicon.degrees)
    phrases: list[Match[Any]] = [*sounds, *distance, *loudness, *pan, *places]
    clauses = split(words, covered(p for p in phrases if p.length > 1), lexicon)
    return Reading(
        prompt=prompt,
        lexicon=lexicon,
        words=words,
        clauses=clauses,
        sounds=_genres_aside(sounds, _positions(clauses, (Joiner.WITHOUT,)), lexicon),
        axes=axes,
        degrees={match.stop: match.value for match in degrees},
        distance=distance,
        loudness=loudness,
        pan=pan,
        places=places,
        modifiers=frozenset(covered([*axes, *degrees, *distance, *loudness, *pan, *places])),
    )


def _positions(clauses: Iterable[Clause], joiners: Collection[Joiner]) -> set[int]:
    parts = (part for clause in clauses if clause.joiner in joiners for part in clause.parts)
    return {at for part in parts for at in range(part.start, part.stop)}


def _genres_aside(
    sounds: Sequence[SoundMatch], left_out: Collection[int], lexicon: Lexicon
) -> list[SoundMatch]:
    """The phrases, those of genre and use as mere scenes if another names a sound.

    So a "retro game" is heard by itself, but not in "a door for a retro game".
    """
    genres = lexicon.lists.genres
    named = any(
        sound.phrase not in genres and any(m.role is Role.SOURCE for m in sound.value)
        for sound in sounds
        if sound.start not in left_out
    )
    return [_as_scene(s) if named and s.phrase in genres else s for s in sounds]


def _as_scene(sound: SoundMatch) -> SoundMatch:
    return replace(sound, value=tuple(Meaning(m.family, Role.SCENE) for m in sound.value))


def covered(matches: Iterable[Match[Any]]) -> set[int]:
    """The positions of all words in some matches."""
    return {at for match in matches for at in range(match.start, match.stop)}
