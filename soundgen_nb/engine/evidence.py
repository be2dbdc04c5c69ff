"""Evidence: what the words of a prompt speak for, clause by clause, before a sound is chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from soundgen_nb.engine.clauses import Clause, Joiner, Part
from soundgen_nb.engine.lexicon import Meaning, Role
from soundgen_nb.engine.reading import Reading, SoundMatch
from soundgen_nb.engine.weighing import share, weight

LEAST_SHARE = 0.5
"""How much a part must count to name a sound by itself: "a roar like the sea" has no sea in it."""

Said = tuple[Clause, dict[str, float]]
"""A clause, and how much it speaks for each family."""

_CONTEXT = 0.8  # of what another clause says of a sound that this one speaks of too


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

    def names_in(self, clauses: Iterable[Clause]) -> Iterator[tuple[str, frozenset[str]]]:
        """The phrases in some clauses that name a sound outright, and their families."""
        for clause in clauses:
            for match, _, _ in self.meanings(clause.parts):
                named = frozenset(m.family for m in match.value if m.role is Role.SOURCE)
                if named:
                    yield match.phrase, named

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

    def in_context(self, clauses: Collection[Clause]) -> list[dict[str, float]]:
        """The scores of clauses, heard together: "a ram in a pen, a deep bleat" is no crash.

        What else is said of a sound settles which one a clause means, unless it is nothing but a
        name: in "wind, rain, birds" each means itself. What comes "after" others is not about them.
        """
        alone = [(clause, self.scores(clause)) for clause in clauses]
        told = [said for clause, said in alone if clause.joiner is not Joiner.AFTER]
        return [
            said if self._is_bare(clause) else _settled(said, [o for o in told if o is not said])
            for clause, said in alone
        ]

    def _is_bare(self, clause: Clause) -> bool:
        """Whether a clause is nothing but the name of a sound."""
        plain, words = self.reading.lexicon.plain, self.reading.words
        told = [
            at
            for part in clause.parts
            for at in range(part.start, part.stop)
            if not plain.of_word(words[at].text)
        ]
        return any(
            meaning.role is Role.SOURCE and list(range(match.start, match.stop)) == told
            for match, meaning, _ in self.meanings(clause.parts)
        )

    def stands_alone(self, clause: Clause) -> bool:
        """Whether a source is named, or an action with a hint ("water trickles"), and not aside."""
        scores: dict[str, float] = defaultdict(float)
        for _, meaning, part in self.meanings(clause.parts):
            if share(self.reading, part) >= LEAST_SHARE:
                scores[meaning.family] += meaning.role.value
        return any(score >= Role.SOURCE.value for score in scores.values())

    def joined(self) -> list[Clause]:
        """The clauses; those that cannot stand alone belong to the one before, or else after."""
        joined: list[Clause] = []
        for clause in _asked(self.reading):
            previous = joined[-1] if joined else None
            if previous is None or (self.stands_alone(clause) and self.stands_alone(previous)):
                joined.append(clause)
            else:
                joined[-1] = replace(previous, parts=previous.parts + clause.parts)
        return joined

    def wishes(self) -> list[Said]:
        """The clauses that ask for a sound, and how much each speaks for which."""
        clauses = self.joined()
        return list(zip(clauses, self.in_context(clauses), strict=True))[self._wish(clauses) :]

    def story(self) -> list[Clause]:
        """The clauses that only tell what a wish after them is for, and ask for nothing."""
        clauses = _asked(self.reading)
        return clauses[: self._wish(clauses)]

    def _wish(self, clauses: Collection[Clause]) -> int:
        """Where the wish begins: with the last sound that is "only" asked for, or the first."""
        only = [at for at, c in enumerate(clauses) if self._asks(c, Joiner.ONLY)]
        wanted = [at for at, c in enumerate(clauses) if self._asks(c, Joiner.WANTED)]
        return (only[-1:] or wanted[:1] or [0])[0]

    def _asks(self, clause: Clause, joiner: Joiner) -> bool:
        return clause.joiner is joiner and self.stands_alone(clause)


def evidence_of(reading: Reading) -> Evidence:
    """What a prompt speaks for, none that is left out unless another name asks for it.

    So "a train, not the metro" is a train.
    """
    words = Evidence(reading)
    left_out = [clause for clause in reading.clauses if clause.joiner is Joiner.WITHOUT]
    if not left_out:
        return words
    unwanted = dict(words.names_in(left_out))
    wanted = dict(words.names_in(_asked(reading)))
    others = (families for phrase, families in wanted.items() if phrase not in unwanted)
    return Evidence(reading, frozenset().union(*unwanted.values()).difference(*others))


def _asked(reading: Reading) -> list[Clause]:
    return [clause for clause in reading.clauses if clause.joiner is not Joiner.WITHOUT]


def _settled(
    said: Mapping[str, float], others: Collection[Mapping[str, float]]
) -> dict[str, float]:
    """What is said, with more for the sounds that others speak of too."""
    return {
        family: score + _CONTEXT * max((other.get(family, 0.0) for other in others), default=0.0)
        for family, score in said.items()
    }
