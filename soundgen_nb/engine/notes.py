"""What a user is told of a brief besides the sounds: how sure it is, and what it left aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from soundgen_nb.engine.clauses import Joiner
from soundgen_nb.engine.lexicon import Role
from soundgen_nb.engine.phrases import Match, Phrases
from soundgen_nb.engine.quantities import (
    LONGEST_SECONDS,
    SHORTEST_SECONDS,
    is_number,
    seconds_in,
)
from soundgen_nb.engine.reading import Reading, covered
from soundgen_nb.engine.recognition import Heard
from soundgen_nb.engine.refusals import refused_phrases
from soundgen_nb.engine.sources import Source

_CONFIDENCE = {
    Role.SOURCE: 0.9,
    Role.ACTION: 0.6,
    Role.HINT: 0.35,
    Role.SCENE: 0.35,
    Role.MOOD: 0.2,
}
_NOTHING = 0.05
_FOREIGN = 0.1  # a word of another language may look like any other
_GUESSED_SHARE = 0.8  # a misspelt word may be another word
_LIKENED_SHARE = 0.35  # a word that is like another is still another
_UNKNOWN_SHARE = 0.5  # a prompt of which every other word is unknown is half as sure
_MOST_WORDS = 8
_MOST_SOUNDS = 3
_LAST_LATIN = "\u024f"
_ENGLISH = frozenset({"the", "of", "and", "with", "is"})


def confidence(reading: Reading, heard: Sequence[Heard], unknown: Sequence[str]) -> float:
    """How sure it is that the main sound is meant, from 0 to 1."""
    if not heard:
        return _NOTHING
    if _looks_foreign(reading, unknown):
        return _FOREIGN
    main = heard[0]
    share = len(unknown) / max(1, sum(bool(word.forms) for word in reading.words))
    sure = _CONFIDENCE[main.role] * (1 - _UNKNOWN_SHARE * share)
    words = [reading.words[match.start] for match in main.matches]
    if any(word.likened for word in words):
        return round(sure * _LIKENED_SHARE, 2)
    return round(sure * (_GUESSED_SHARE if any(word.corrected for word in words) else 1.0), 2)


def unknown_words(reading: Reading, sources: Sequence[Source]) -> tuple[str, ...]:
    """The words of a prompt that said nothing: not in the lexicon, or beside the point."""
    lexicon = reading.lexicon
    presets = [lexicon.presets[s.family] for s in sources if s.family in lexicon.presets]
    tables: list[Phrases[Any]] = [lexicon.plain, lexicon.degrees, *presets]
    matches: list[Iterable[Match[Any]]] = [
        *(reading.sounds, reading.axes, reading.distance, reading.loudness, reading.pan),
        *(reading.places, refused_phrases(reading)),
        *(table.matches(reading.words) for table in tables),
    ]
    said = covered(chain.from_iterable(matches))
    said |= {part.start for clause in reading.clauses for part in clause.parts if part.opener}
    asked = reading.positions(Joiner.WITH, Joiner.THEN, Joiner.AFTER)
    texts = (reading.words[at].text for at in sorted(asked - said))
    return tuple(dict.fromkeys(text for text in texts if not is_number(text)))


def notes(
    reading: Reading, heard: Sequence[Heard], sources: Sequence[Source], unknown: Sequence[str]
) -> Iterator[str]:
    """Sentences for the user, the weightiest first."""
    if _looks_foreign(reading, unknown):
        yield "only English is understood here, and this looks like another language."
    yield from _on_what_it_is(heard, sources)
    for word in reading.words:
        if word.corrected:
            yield f"read {word.text!r} as {word.corrected!r}."
        elif word.likened:
            yield f"by likeness: {word.text!r} is not known here, and taken for {word.likened!r}."
    for note in dict.fromkeys(source.approximate for source in sources if source.approximate):
        yield f"approximate: {note}."
    asked = seconds_in(reading.prompt)
    if asked is not None and not SHORTEST_SECONDS <= asked <= LONGEST_SECONDS:
        yield (
            f"length: {asked:g} s was asked; {SHORTEST_SECONDS:g} to {LONGEST_SECONDS:g} s "
            "can be made."
        )
    if unknown:
        nearest = "" if heard else _nearest(reading, unknown)
        yield f"not understood: {', '.join(unknown[:_MOST_WORDS])}{nearest}."


def _nearest(reading: Reading, unknown: Sequence[str]) -> str:
    """The sounds that have phrases with an unknown word in them: "toaster pop"."""
    lexicon = reading.lexicon
    near = (
        lexicon.labels[meaning.family]
        for phrase, meanings in lexicon.sounds
        if not set(unknown).isdisjoint(phrase.split())
        for meaning in meanings
    )
    labels = list(islice(dict.fromkeys(near), _MOST_SOUNDS))
    return f"; nearest supported: {', '.join(labels)}" if labels else ""


def _looks_foreign(reading: Reading, unknown: Sequence[str]) -> bool:
    """Whether words in other letters, or little words of other languages, are among the unknown."""
    texts = [word.text for word in reading.words if word.forms]
    foreign = reading.lexicon.lists.foreign.intersection(texts)
    other_letters = any(
        letter.isalpha() and letter > _LAST_LATIN for text in unknown for letter in text
    )
    mostly = bool(foreign) and 2 * len(foreign.union(unknown)) > len(texts)
    return other_letters or (mostly and _ENGLISH.isdisjoint(texts))


def _on_what_it_is(heard: Sequence[Heard], sources: Sequence[Source]) -> Iterator[str]:
    if not heard or heard[0].role is Role.MOOD:
        yield "abstract: no sound is named, so this is a texture steered by the adjectives."
    elif heard[0].role is Role.SCENE:
        yield f"no sound is named, so this is how the place may sound: {sources[0].label}."
