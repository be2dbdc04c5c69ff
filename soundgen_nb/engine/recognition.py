"""Which sounds a prompt speaks of: each clause for one, and ambiences that may lie behind them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from soundgen_nb.engine.clauses import Clause, Joiner, Part
from soundgen_nb.engine.evidence import LEAST_SHARE, Evidence, Said, evidence_of
from soundgen_nb.engine.lexicon import Lexicon, Role
from soundgen_nb.engine.reading import Reading, SoundMatch
from soundgen_nb.engine.weighing import is_measure, share

_CARRY_ON = 0.5  # a clause rather continues the sound before it than starts its twin


@dataclass(frozen=True, slots=True)
class Heard:
    """A family recognised in the prompt, the words that say so, and the parts that describe it.

    ``role`` is that of the strongest word; ``turn`` numbers what follows in time from 0;
    ``behind`` marks what is only background.
    """

    family: str
    role: Role
    matches: tuple[SoundMatch, ...]
    parts: tuple[Part, ...]
    turn: int = 0
    behind: bool = False


def recognised(reading: Reading) -> list[Heard]:
    """The sounds of a prompt, main ones first in the order of the prompt, none that is left out."""
    evidence = evidence_of(reading)
    heard: list[Heard] = []
    for clause, scores in _begun_well(evidence.wishes()):
        found = _choice(evidence, clause, scores, {h.family for h in heard})
        if found is not None:
            heard = _with(heard, found, clause.joiner, reading.lexicon)
    behind = list(_behind(evidence, heard))
    return [_without_settings(h, behind) for h in heard] + behind


def _without_settings(heard: Heard, behind: Sequence[Heard]) -> Heard:
    """The sound without what describes those behind it: in "a dog in heavy rain" only rain is."""
    theirs = {part for other in behind for part in other.parts if part.is_setting}
    return replace(heard, parts=tuple(part for part in heard.parts if part not in theirs))


def _begun_well(said: list[Said]) -> list[Said]:
    """The clauses as if none came first by its joiner: "after A, B" is "B after A"."""
    if len(said) < 2 or said[0][0].joiner is not Joiner.AFTER:
        return said
    first, (second, scores), *others = said
    return [(replace(second, joiner=Joiner.WITH), scores), first, *others]


def _choice(
    evidence: Evidence, clause: Clause, scores: Mapping[str, float], before: Collection[str]
) -> Heard | None:
    """The family a clause speaks for most, or None; between equals the one named first."""
    if not scores:
        return None
    first = _first_words(evidence, clause)
    unnamed = len(evidence.reading.words)

    def standing(family: str) -> tuple[float, int]:
        carried_on = _CARRY_ON if family in before else 0.0
        return scores[family] + carried_on, -first.get(family, unnamed)

    best = max((f for f in evidence.reading.lexicon.labels if f in scores), key=standing)
    found = [(match, m.role) for match, m, _ in evidence.meanings(clause.parts) if m.family == best]
    role = max((role for _, role in found), key=lambda role: role.value)
    return Heard(best, role, tuple(match for match, _ in found), clause.parts)


def _first_words(evidence: Evidence, clause: Clause) -> dict[str, int]:
    """Where each family is first named outright."""
    first: dict[str, int] = {}
    for match, meaning, _ in evidence.meanings(clause.parts):
        if meaning.role is Role.SOURCE:
            first[meaning.family] = min(match.start, first.get(meaning.family, match.start))
    return first


def _behind(evidence: Evidence, heard: Sequence[Heard]) -> Iterator[Heard]:
    """Ambiences named within a clause of another sound: "frogs croaking in the rain"."""
    reading = evidence.reading
    used = {match.start for h in heard for match in h.matches}
    families = {h.family for h in heard}
    for h in heard:
        for match, meaning, part in evidence.meanings(h.parts):
            if (
                meaning.role is Role.SOURCE
                and meaning.family in reading.lexicon.lists.ambient - families
                and match.start not in used
                and share(reading, part) >= LEAST_SHARE
                and not is_measure(reading, match)
                and not _describes(match, used, reading)
            ):
                families.add(meaning.family)
                used.add(match.start)
                yield Heard(meaning.family, meaning.role, (match,), (part,), behind=True)


def _describes(match: SoundMatch, used: Collection[int], reading: Reading) -> bool:
    """Whether a word only tells more of the next: "a humming fan" asks for no hum.

    Nor do "rain boots" ask for rain.
    """
    is_adjective = reading.text(match).endswith(("ing", "ed", "y"))
    if match.stop in used and is_adjective:
        return True
    families = {meaning.family for meaning in match.value}
    return any(
        sound.start == match.stop and families.isdisjoint(m.family for m in sound.value)
        for sound in reading.sounds
    )


def _with(heard: Sequence[Heard], found: Heard, joiner: Joiner, lexicon: Lexicon) -> list[Heard]:
    """The sounds with one more: beside them, after them, before them, or one with its twin."""
    last_turn = max((h.turn for h in heard), default=0)
    if joiner is Joiner.AFTER and heard:
        if found.family in lexicon.lists.ambient and not _is_event(found, lexicon):
            return list(heard)  # "frogs after the rain" is a time of day, not an order
        return [*(replace(h, turn=h.turn + 1) for h in heard), found]
    if joiner is Joiner.THEN and heard:
        return [*heard, replace(found, turn=last_turn + 1)]
    for index, twin in enumerate(heard):
        if (twin.family, twin.turn) == (found.family, last_turn):
            both = replace(
                twin, matches=twin.matches + found.matches, parts=twin.parts + found.parts
            )
            return [*heard[:index], both, *heard[index + 1 :]]
    return [*heard, replace(found, turn=last_turn)]


def _is_event(heard: Heard, lexicon: Lexicon) -> bool:
    return any(match.phrase in lexicon.lists.countable for match in heard.matches)
