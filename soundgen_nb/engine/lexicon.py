"""The words the engine knows: the tables in ``words/`` made ready for looking up."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from soundgen_nb.engine.families import FAMILIES
from soundgen_nb.engine.phrases import Phrases, Word
from soundgen_nb.engine.spelling import Slips, forms, words_of

T = TypeVar("T")

_LONG = 7  # letters
_TABLES = Path(__file__).with_name("words")


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
    plain: frozenset[str]
    foreign: frozenset[str]
    confusable: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All tables of ``words/``: phrases to be found in a prompt, and what they stand for.

    ``presets`` and ``imitations`` have one table a family; ``refused`` maps phrases to the kind of
    refusal, and ``refusals`` that to its sentence; ``labels`` names the families to users, in the
    file's order.
    """

    labels: Mapping[str, str]
    sounds: Phrases[tuple[Meaning, ...]]
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
    lists: Lists

    def vocabulary(self) -> frozenset[str]:
        """Every word in any table."""
        tables: list[Phrases[Any]] = [
            *(self.sounds, self.axes, self.degrees, self.distance, self.loudness, self.pan),
            *(self.places, self.joiners, self.refused, self.plain),
            *self.presets.values(),
            *self.imitations.values(),
        ]
        return self.lists.confusable.union(
            self.lists.foreign, *(table.vocabulary for table in tables)
        )

    def knows(self, word: str) -> bool:
        """Whether a word, in any of its forms, is in any table."""
        return _slips().is_known("".join(words_of(word)))

    def words(self, text: str) -> list[Word]:
        """The words of a text with their forms; a slip of a word for a sound is corrected."""
        return [self._word(word) for word in words_of(text)]

    def _word(self, text: str) -> Word:
        if text in self.lists.plain:
            return Word(text, (text,))
        corrected = _slips().corrected(text)
        return Word(text, forms(corrected or text), corrected)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon, read once."""
    table = _tables()
    lists = Lists(**{name: _entries(text) for name, text in table["lists"].items()})
    refused = {kind: row["words"] for kind, row in table["refusals"].items()}
    return Lexicon(
        labels={family: row["label"] for family, row in table["sounds"].items()},
        sounds=Phrases(_gathered(_meanings(table["sounds"]))),
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
def _slips() -> Slips:
    """Slips of the words that name a sound or make it heard; of others a slip would be a guess."""
    words = lexicon()
    strong = {Role.SOURCE, Role.ACTION}
    names = [phrase for phrase, found in words.sounds if any(m.role in strong for m in found)]
    # plurals of long words only: those of short ones are a slip from too many others
    plurals = [f"{name}s" for name in names if len(name) >= _LONG and name[-1] != "s"]
    return Slips([*names, *plurals], known=words.vocabulary())


def _entries(text: str) -> frozenset[str]:
    return frozenset(entry.strip() for entry in text.split(","))


def _split(text: str) -> list[str]:
    return [" ".join(words_of(entry)) for entry in text.split(",") if entry.strip()]


def _gathered(entries: Iterable[tuple[str, T]]) -> list[tuple[str, tuple[T, ...]]]:
    gathered: dict[str, list[T]] = {}
    for phrase, value in entries:
        gathered.setdefault(phrase, []).append(value)
    return [(phrase, tuple(values)) for phrase, values in gathered.items()]


def _meanings(sounds: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, Meaning]]:
    for family, row in sounds.items():
        for key, role in _ROLES.items():
            for phrase in _split(row.get(key, "")):
                yield phrase, Meaning(family, role)


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
