"""The brief: what was understood of a prompt, what was not, and what cannot be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from soundgen_nb.engine.lexicon import Role, lexicon
from soundgen_nb.engine.likeness import likened
from soundgen_nb.engine.notes import confidence, notes, unknown_words
from soundgen_nb.engine.quantities import LONGEST_SECONDS, SHORTEST_SECONDS, seconds_in
from soundgen_nb.engine.reading import Reading, read, read_words
from soundgen_nb.engine.recognition import Heard, recognised
from soundgen_nb.engine.refusals import refusal
from soundgen_nb.engine.sources import Source, described
from soundgen_nb.errors import InputError

_MOST_SOURCES = 6
_SURE = 0.5  # a word that only hints at a sound is a guess
_TEXTURE = "ambient_pad"

_LOCATED = {
    "dry": "with no room around it",
    "forest": "in the forest",
    "next room": "in the next room",
    "outdoors": "outdoors",
    "street": "in the street",
    "underwater": "under water",
}
_LOOPS = frozenset({"loop", "loopable", "looping", "looped", "seamless", "seamlessly"})


@dataclass(frozen=True, slots=True)
class Brief:
    """What the engine makes of a prompt. It crosses HTTP as JSON: ``to_dict``, ``from_dict``.

    ``sources`` has at least one entry, the main one first; ``seconds`` is the length the words ask
    for; ``unknown`` are words that said nothing; ``confidence`` goes from 0 to 1; ``notes`` are
    sentences for the user; ``refusal`` is "" or one sentence saying why nothing is made.
    """

    prompt: str
    sources: tuple[Source, ...]
    seconds: float | None = None
    loop: bool = False
    unknown: tuple[str, ...] = ()
    confidence: float = 0.0
    notes: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def sentence(self) -> str:
        """One plain sentence: "I understood: rain (heavy, tin), with thunder (distant)."."""
        if self.refusal:
            return self.refusal
        if not self.sources:
            return "I did not recognise a sound in this prompt."
        if not self.sources[0].words:
            return f"I did not recognise a sound in this prompt; I took: {_told(self.sources)}."
        understood = "I understood" if self.confidence >= _SURE else "My best guess"
        return f"{understood}: {_told(self.sources)}."

    def to_dict(self) -> dict[str, Any]:
        """The brief as plain JSON values, its sentence with it for whoever shows it."""
        return asdict(self, dict_factory=_with_lists) | {"sentence": self.sentence}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Brief:
        """The brief that ``to_dict`` gave, after JSON or not.

        Raises:
            InputError: if the values are not a brief's.
        """
        try:
            sources = tuple(_source(source) for source in values["sources"])
            lists = {name: tuple(values[name]) for name in ("unknown", "notes")}
            stated = {name: value for name, value in values.items() if name != "sentence"}
            return cls(**{**stated, **lists, "sources": sources})
        except (KeyError, TypeError) as error:
            raise InputError(f"this is not a brief: {error}") from error


def _with_lists(items: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in items}


def _source(values: Mapping[str, Any]) -> Source:
    lists = {name: tuple(values[name]) for name in ("words", "modifiers")}
    return Source(**{**values, **lists})


def _told(sources: Sequence[Source]) -> str:
    told = ""
    for before, source in zip((None, *sources), sources, strict=False):
        if before is None:
            told = str(source)
        elif source.turn != before.turn and not source.behind:
            told += f", then {source}"
        else:
            told += f", {'behind it' if source.behind else 'with'} {source}"
    places = dict.fromkeys(source.place for source in sources if source.place)
    return told + "".join(f", {_located(place)}" for place in places)


def _located(place: str) -> str:
    return _LOCATED.get(place, f"in a {place}")


def understand(prompt: str) -> Brief:
    """What the engine makes of a prompt; any text gives a brief.

    >>> understand("three heavy knocks on a wooden door").sources[0].count
    3
    """
    reading, heard = _heard(prompt)
    sources = _shared_place([described(h, reading) for h in heard]) or (_texture(reading),)
    unknown = unknown_words(reading, sources)
    return Brief(
        prompt=prompt,
        sources=sources,
        seconds=_seconds(prompt),
        loop=any(word.text in _LOOPS for word in reading.words),
        unknown=unknown,
        confidence=confidence(reading, heard, unknown),
        notes=tuple(notes(reading, heard, sources, unknown)),
        refusal=refusal(reading, {h.family for h in heard if _is_named(h)}),
    )


def _heard(prompt: str) -> tuple[Reading, list[Heard]]:
    """The prompt as it is read, and its sounds, main ones first; by likeness if none is named."""
    reading = read(prompt, lexicon())
    heard = recognised(reading)
    if not any(h.role.value >= Role.HINT.value for h in heard):
        guess = read_words(prompt, likened(reading.words, reading.lexicon), reading.lexicon)
        alike = recognised(guess)
        if any(h.role is Role.SOURCE for h in alike):
            reading, heard = guess, alike
    return reading, sorted(heard, key=lambda h: (h.behind, h.turn))[:_MOST_SOURCES]


def _is_named(heard: Heard) -> bool:
    """Whether a sound is asked for by more than one word that may mean anything."""
    return heard.role is Role.SOURCE or len(heard.matches) > 1


def _shared_place(sources: Sequence[Source]) -> tuple[Source, ...]:
    """A place said once holds for all."""
    places = {source.place for source in sources if source.place}
    if len(places) != 1:
        return tuple(sources)
    return tuple(replace(source, place=min(places)) for source in sources)


def _texture(reading: Reading) -> Source:
    axes = {axis: amount for match in reading.axes for axis, amount in match.value.items()}
    return Source(_TEXTURE, label=reading.lexicon.labels[_TEXTURE], axes=axes)


def _seconds(prompt: str) -> float | None:
    asked = seconds_in(prompt)
    return None if asked is None else min(LONGEST_SECONDS, max(SHORTEST_SECONDS, asked))
