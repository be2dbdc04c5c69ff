"""Which sounds a prompt speaks of: each clause for one, and ambiences that may lie behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from soundgen_nb.engine.clauses import Clause, Joiner, Part
from soundgen_nb.engine.lexicon import Lexicon, Meaning, Role
from soundgen_nb.engine.reading import Reading, SoundMatch
from soundgen_nb.engine.weighing import is_measure, share, weight

_LEAST_SHARE = 0.5  # "a roar like the sea" has no sea behind it
_CONTEXT = 0.7  # of what another clause says of a sound that this one speaks of too
_CARRY_ON = 0.5  # a clause rather continues the sound before it than starts its twin

Parts = tuple[Part, ...]


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
    left_out = [clause for clause in reading.clauses if clause.joiner is Joiner.WITHOUT]
    asked = [clause for clause in reading.clauses if clause.joiner is not Joiner.WITHOUT]
    evidence = Evidence(reading, frozenset(Evidence(reading).sources_in(left_out)))
    clauses = evidence.joined(asked)
    said = {clause.parts: evidence.scores(clause) for clause in clauses}
    heard: list[Heard] = []
    for clause in _begun_well(evidence.wished(clauses)):
        alone = evidence.is_bare(clause)
        scores = said[clause.parts] if alone else _in_context(said, clause)
        found = evidence.choice(clause, scores, {h.family for h in heard})
        if found is not None:
            heard = _with(heard, found, clause.joiner, reading.lexicon)
    behind = list(evidence.behind(heard))
    return [_without_settings(h, behind) for h in heard] + behind


def _without_settings(heard: Heard, behind: Sequence[Heard]) -> Heard:
    """The sound without what describes those behind it: in "a dog in heavy rain" only rain is."""
    theirs = {part for other in behind for part in other.parts if part.is_setting}
    return replace(heard, parts=tuple(part for part in heard.parts if part not in theirs))


def _begun_well(clauses: list[Clause]) -> list[Clause]:
    """The clauses as if none came first by its joiner: "after A, B" is "B after A"."""
    if len(clauses) < 2 or clauses[0].joiner is not Joiner.AFTER:
        return clauses
    first, second, *others = clauses
    return [replace(second, joiner=Joiner.WITH), first, *others]


def _names(meaning: Meaning) -> bool:
    return meaning.role is Role.SOURCE


def _in_context(said: Mapping[Parts, Mapping[str, float]], clause: Clause) -> dict[str, float]:
    """What a clause says, heard with the rest: "a ram in a pen, a deep bleat" is no crash."""
    others = [scores for parts, scores in said.items() if parts != clause.parts]
    return {
        family: score + _CONTEXT * max((other.get(family, 0.0) for other in others), default=0.0)
        for family, score in said[clause.parts].items()
    }


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the words of one prompt speak for, but for the families it does not want."""

    reading: Reading
    excluded: frozenset[str] = frozenset()

    def meanings(self, parts: Collection[Part]) -> Iterator[tuple[SoundMatch, Meaning, Part]]:
        """What the words in some parts speak for."""
        for part in parts:
            for match in self.reading.sounds:
                if part.start <= match.start < part.stop:
                    for meaning in match.value:
                        if meaning.family not in self.excluded:
                            yield match, meaning, part

    def sources_in(self, clauses: Collection[Clause]) -> Iterator[str]:
        """The families that some clauses name outright."""
        for clause in clauses:
            for _, meaning, _ in self.meanings(clause.parts):
                if meaning.role is Role.SOURCE:
                    yield meaning.family

    def joined(self, clauses: Collection[Clause]) -> list[Clause]:
        """Clauses that cannot stand alone belong to the one before them, or else after."""
        joined: list[Clause] = []
        for clause in clauses:
            previous = joined[-1] if joined else None
            if previous is None or (self.stands_alone(clause) and self.stands_alone(previous)):
                joined.append(clause)
            else:
                joined[-1] = replace(previous, parts=previous.parts + clause.parts)
        return joined

    def wished(self, clauses: list[Clause]) -> list[Clause]:
        """The clauses from the first that is wanted, or only wanted; the story before goes."""
        named = [c.joiner if self.stands_alone(c) else Joiner.WITH for c in clauses]
        only = [at for at, joiner in enumerate(named) if joiner is Joiner.ONLY]
        wanted = [at for at, joiner in enumerate(named) if joiner is Joiner.WANTED]
        return clauses[(only[-1:] or wanted[:1] or [0])[0] :]

    def stands_alone(self, clause: Clause) -> bool:
        """Whether a source is named, or an action with a hint ("water trickles"), and not aside."""
        scores: dict[str, float] = defaultdict(float)
        for _, meaning, part in self.meanings(clause.parts):
            if share(self.reading, part) >= _LEAST_SHARE:
                scores[meaning.family] += meaning.role.value
        return any(score >= Role.SOURCE.value for score in scores.values())

    def is_bare(self, clause: Clause) -> bool:
        """Whether a clause is nothing but a name: in "wind, rain, birds" each means itself."""
        named = {
            m.start: m.stop for m, meaning, _ in self.meanings(clause.parts) if _names(meaning)
        }
        plain = self.reading.lexicon.plain
        told = [
            at
            for part in clause.parts
            for at in range(part.start, part.stop)
            if not plain.of_word(self.reading.words[at].text)
        ]
        return bool(told) and list(range(told[0], named.get(told[0], told[0]))) == told

    def choice(
        self, clause: Clause, scores: Mapping[str, float], before: Collection[str]
    ) -> Heard | None:
        """The family a clause speaks for most, or None; between equals the one named first."""
        if not scores:
            return None
        first = self._first_words(clause)
        unnamed = len(self.reading.words)

        def standing(family: str) -> tuple[float, int]:
            carried_on = _CARRY_ON if family in before else 0.0
            return scores[family] + carried_on, -first.get(family, unnamed)

        best = max((f for f in self.reading.lexicon.labels if f in scores), key=standing)
        found = [(match, m.role) for match, m, _ in self.meanings(clause.parts) if m.family == best]
        role = max((role for _, role in found), key=lambda role: role.value)
        return Heard(best, role, tuple(match for match, _ in found), clause.parts)

    def scores(self, clause: Clause) -> dict[str, float]:
        """How much a clause speaks for each family; a word said again says no more."""
        weights: dict[tuple[str, str], float] = {}
        for match, meaning, part in self.meanings(clause.parts):
            said = (meaning.family, match.phrase)
            found = weight(self.reading, match, meaning, part)
            weights[said] = max(found, weights.get(said, 0.0))
        scores: dict[str, float] = defaultdict(float)
        for (family, _), found in weights.items():
            scores[family] += found
        return scores

    def _first_words(self, clause: Clause) -> dict[str, int]:
        """Where each family is first named outright."""
        first: dict[str, int] = {}
        for match, meaning, _ in self.meanings(clause.parts):
            if meaning.role is Role.SOURCE:
                first[meaning.family] = min(match.start, first.get(meaning.family, match.start))
        return first

    def behind(self, heard: Sequence[Heard]) -> Iterator[Heard]:
        """Ambiences named within a clause of another sound: "frogs croaking in the rain"."""
        used = {match.start for h in heard for match in h.matches}
        families = {h.family for h in heard}
        for h in heard:
            for match, meaning, part in self.meanings(h.parts):
                if (
                    meaning.role is Role.SOURCE
                    and meaning.family in self.reading.lexicon.lists.ambient - families
                    and match.start not in used
                    and share(self.reading, part) >= _LEAST_SHARE
                    and not is_measure(self.reading, match)
                    and not self._describes(match, used)
                ):
                    families.add(meaning.family)
                    used.add(match.start)
                    yield Heard(meaning.family, meaning.role, (match,), (part,), behind=True)

    def _describes(self, match: SoundMatch, used: Collection[int]) -> bool:
        """Whether a word only tells more of the next: "a humming fan" asks for no hum.

        Nor do "rain boots" ask for rain.
        """
        is_adjective = self.reading.text(match).endswith(("ing", "ed", "y"))
        if match.stop in used and is_adjective:
            return True
        families = {meaning.family for meaning in match.value}
        return any(
            sound.start == match.stop and families.isdisjoint(m.family for m in sound.value)
            for sound in self.reading.sounds
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
