"""The words the engine knows: the tables in ``words/`` made ready for looking up."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from soundgen_nb.engine.families import FAMILIES
from soundgen_nb.engine.phrases import Match, Phrases, Word
from soundgen_nb.engine.spelling import Slips, forms, squeezed, words_of

T = TypeVar("T")

_TABLES = Path(__file__).with_name("words")
_ENGLISH = _TABLES / "english.txt"
_PLAIN = re.compile(r"(?!.*  )[a-z0-9 ]*")
_LEAST_PIECE = 3  # letters of "key" in "key board"


class Role(Enum):
    """How much a word says of which sound is meant; the value is its weight."""

    SOURCE = 3.0
    ACTION = 2.0
    HINT = 1.0
    SCENE = 0.6
    MOOD = 0.2


_ROLES = {
    "sources": Role.SOURCE,
    "actions": Role.ACTION,
    "hints": Role.HINT,
    "scenes": Role.SCENE,
    "moods": Role.MOOD,
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """A family that a phrase speaks for, and how strongly."""

    family: str
    role: Role


class Sounds(Phrases[tuple[Meaning, ...]]):
    """Phrases that speak for families; a word speaks in all of its forms at once."""

    def single(self, words: Sequence[Word], at: int) -> Match[tuple[Meaning, ...]] | None:
        """What one word speaks for; if it is there as it is written, other forms name nothing.

        So "walking" names steps, and is what "walk" is to a horse, while "fired" is no fire.
        """
        found = super().single(words, at)
        if found is None:
            return None
        as_written, *others = (self.of_word(form) or () for form in words[at].forms)
        said = {meaning.family for meaning in as_written}
        more = (m for form in others for m in form if not (said and m.role is Role.SOURCE))
        return replace(found, value=(*as_written, *(m for m in more if m.family not in said)))


@dataclass(frozen=True, slots=True)
class Lists:
    """The plain lists of words and families; ``grammar.toml`` says what each is for."""

    ambient: frozenset[str]
    countable: frozenset[str]
    settings: frozenset[str]
    where: frozenset[str]
    speakers: frozenset[str]
    people: frozenset[str]
    wordless: frozenset[str]
    voices: frozenset[str]
    heads: frozenset[str]
    genres: frozenset[str]
    occasions: frozenset[str]
    idioms: frozenset[str]
    plain: frozenset[str]
    foreign: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All tables of ``words/``: phrases to be found in a prompt, and what they stand for.

    ``presets`` and ``imitations`` have one table a family; ``refused`` maps phrases to the kind of
    refusal, and ``refusals`` that to its sentence; ``labels`` names the families to users, in the
    file's order; ``shares`` tells how much a sound counts after a preposition.
    """

    labels: Mapping[str, str]
    sounds: Sounds
    presets: Mapping[str, Phrases[str]]
    axes: Phrases[Mapping[str, float]]
    degrees: Phrases[float]
    distance: Phrases[float]
    loudness: Phrases[float]
    pan: Phrases[float]
    places: Phrases[str]
    joiners: Phrases[str]
    imitations: Mapping[str, Phrases[str]]
    refused: Phrases[str]
    refusals: Mapping[str, str]
    plain: Phrases[bool]
    shares: Mapping[str, float]
    lists: Lists

    def vocabulary(self) -> frozenset[str]:
        """Every word in any table."""
        tables: list[Phrases[Any]] = [
            *(self.sounds, self.axes, self.degrees, self.distance, self.loudness, self.pan),
            *(self.places, self.joiners, self.refused, self.plain),
            *self.presets.values(),
            *self.imitations.values(),
        ]
        return self.lists.foreign.union(*(table.vocabulary for table in tables))

    def knows(self, word: str) -> bool:
        """Whether a word, in any of its forms, is in any table."""
        return not _vocabulary().isdisjoint(forms("".join(words_of(word))))

    def words(self, text: str) -> list[Word]:
        """The words of a text with their forms, each spelt and parted as the tables have it."""
        return [word for joined in _joined(words_of(text)) for word in _spelt(joined)]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon, read once."""
    table = _tables()
    lists = Lists(**{name: _entries(text) for name, text in table["lists"].items()})
    refused = {kind: row["words"] for kind, row in table["refusals"].items()}
    return Lexicon(
        labels={family: row["label"] for family, row in table["sounds"].items()},
        sounds=Sounds(_spoken(table["sounds"], lists.idioms)),
        presets={family: Phrases(_preset_words(row)) for family, row in table["presets"].items()},
        axes=Phrases((words, dict(moves)) for words, moves in _gathered(_axes(table["axes"]))),
        degrees=Phrases(_amounts(table["degrees"], "factor")),
        distance=Phrases(_amounts(table["distance"], "amount")),
        loudness=Phrases(_amounts(table["loudness"], "db")),
        pan=Phrases(_amounts(table["pan"], "amount")),
        places=Phrases(_named(table["places"])),
        joiners=Phrases(_named(table["joiners"])),
        imitations={f: Phrases(_named(row)) for f, row in table["imitations"].items()},
        refused=Phrases(_named(refused)),
        refusals={kind: row["sentence"] for kind, row in table["refusals"].items()},
        plain=Phrases((phrase, True) for phrase in lists.plain),
        shares=table["shares"],
        lists=lists,
    )


def _tables() -> dict[str, Any]:
    """The files of ``words/`` as one, each table of sounds in the order of the families."""
    files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in _TABLES.glob("*.toml")]
    merged: dict[str, Any] = {}
    for name, table in (item for file in files for item in file.items()):
        merged[name] = merged[name] | table if name in merged else table
    return merged | {"sounds": {family: merged["sounds"][family] for family in FAMILIES}}


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    return lexicon().vocabulary()


@lru_cache(maxsize=1)
def _slips() -> Slips:
    """Slips of words that name a sound; of those that make it heard; of those that describe it."""
    words = lexicon()
    tables: list[Phrases[Any]] = [words.axes, words.distance, words.loudness, words.places]
    tables += words.presets.values()
    return Slips(
        _names(Role.SOURCE),
        _names(Role.ACTION),
        words.sounds.words.union(*(table.words for table in tables)),
        known=_vocabulary() | _english(),
    )


@lru_cache(maxsize=len(Role))
def _names(role: Role) -> frozenset[str]:
    """The single words that speak for a sound in some role."""
    sounds = lexicon().sounds
    return frozenset(
        word for word in sounds.words if any(m.role is role for m in sounds.of_word(word) or ())
    )


def _english() -> frozenset[str]:
    """The ordinary words of English; the lines of the file that begin with # are about it."""
    lines = _ENGLISH.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _joined(words: Sequence[str]) -> Iterator[str]:
    """The words, where two of them name a sound if they are one: "key board"."""
    at = 0
    while at < len(words):
        pair = words[at : at + 2]
        is_one = len(pair) == 2 and min(map(len, pair)) >= _LEAST_PIECE and _names_sound(pair)
        yield "".join(pair) if is_one else words[at]
        at += len(pair) if is_one else 1


def _names_sound(pieces: Sequence[str]) -> bool:
    sounds = lexicon().sounds
    meanings = (sounds.of_word(form) or () for form in forms("".join(pieces)))
    return any(m.role is Role.SOURCE for found in meanings for m in found)


@lru_cache(maxsize=4096)
def _spelt(text: str) -> tuple[Word, ...]:
    """The word as it was meant, or the two that name something heard if they are two: "carhorn"."""
    if text in lexicon().lists.plain:
        return (Word(text, (text,)),)
    if not _vocabulary().isdisjoint(forms(text)):
        return (Word(text, forms(text)),)
    if parts := _slips().apart(text):
        return tuple(Word(part, forms(part)) for part in parts)
    corrected = _slips().corrected(text)
    return (Word(text, forms(corrected or text), corrected),)


def _entries(text: str) -> frozenset[str]:
    return frozenset(" ".join(entry.split()) for entry in text.split(","))


def _split(text: str) -> list[str]:
    """The phrases of a list, each once; plain ones are taken as they stand, there are thousands."""
    entries = squeezed(text.replace("\n", " ").replace("-", " ")).split(",")
    is_plain = _PLAIN.fullmatch
    phrases = (each.strip() if is_plain(each) else " ".join(words_of(each)) for each in entries)
    return [phrase for phrase in dict.fromkeys(phrases) if phrase]


def _gathered(entries: Iterable[tuple[str, T]]) -> Iterable[tuple[str, tuple[T, ...]]]:
    gathered: dict[str, tuple[T, ...]] = {}
    for phrase, value in entries:
        gathered[phrase] = (*gathered.get(phrase, ()), value)
    return gathered.items()


def _spoken(
    sounds: Mapping[str, Mapping[str, str]], idioms: Iterable[str]
) -> Iterator[tuple[str, tuple[Meaning, ...]]]:
    """What phrases speak for; an idiom speaks for nothing, but for no part of itself either."""
    yield from _gathered(_meanings(sounds))
    yield from ((phrase, ()) for phrase in idioms)


def _meanings(sounds: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, Meaning]]:
    for family, row in sounds.items():
        for key, role in _ROLES.items():
            meaning = Meaning(family, role)
            yield from ((phrase, meaning) for phrase in _split(row.get(key, "")))


def _amounts(rows: Iterable[Mapping[str, Any]], key: str) -> Iterator[tuple[str, float]]:
    for row in rows:
        yield from ((phrase, float(row[key])) for phrase in _split(row["words"]))


def _axes(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, tuple[str, float]]]:
    for row in rows:
        for phrase in _split(row["words"]):
            yield from ((phrase, (axis, float(v))) for axis, v in row.items() if axis != "words")


def _named(table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, words in table.items():
        yield from ((phrase, name) for phrase in _split(words))


def _preset_words(table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from ((" ".join(words_of(name.replace("_", " "))), name) for name in table)
    yield from _named(table)
