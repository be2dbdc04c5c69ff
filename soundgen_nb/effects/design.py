"""Which takes are held against which: the main effects of factors, and their interactions.

An interaction asks whether one word does more beside another: the difference that a factor's
levels make, at one level of another factor against the other. Takes of cells that differ in the
first factor only are paired in the order they came, which is chance; the differences of the pairs
are then held against each other as takes are. If nothing interacts, any pair might as well have
come from the other level, whatever the factors do by themselves, so the test is exact. (Takes
exchanged singly would carry their main effects along. Compare Pesarin and Salmaso, *Permutation
Tests for Complex Data*, 2010, chapter 2, on synchronised exchanges.)
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Protocol

from soundgen_nb.statistics import Contrast, contrast

Cell = Sequence["Observation"]
_Cells = Mapping[tuple[str, ...], Cell]


@dataclass(frozen=True)
class Observation:
    """One take as statistics see it: its prompt, its factors, and its values by measure."""

    prompt: str
    factors: Mapping[str, str]
    values: Mapping[str, float]


class Design(Protocol):
    """Two levels held against each other, stratum by stratum."""

    @property
    def names(self) -> tuple[str, str, str]:
        """The factor and its two levels."""

    @property
    def change(self) -> tuple[str, str] | tuple[()]:
        """What an interaction compares: levels of the other factor."""

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """How many takes, or pairs of them, stand on either side, for each stratum."""

    def contrast(self, name: str) -> Contrast:
        """What the takes say of one measure."""


@dataclass(frozen=True)
class MainEffect:
    """Two levels of a factor and the takes of each; a stratum is a cell of the other factors."""

    names: tuple[str, str, str]
    strata: Sequence[tuple[Cell, Cell]]
    change: tuple[()] = ()

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """How many takes stand on either side, in each stratum that has both."""
        return [(len(a), len(b)) for a, b in self.strata if a and b]

    def contrast(self, name: str) -> Contrast:
        """What the takes say of one measure."""
        sides = ([[each.values[name] for each in s[side]] for s in self.strata] for side in (0, 1))
        return contrast(*sides)


@dataclass(frozen=True)
class Interaction:
    """What a step of one factor does to the step of another.

    Attributes:
        names: Both factors, as "roof × distance", and the two levels of the second.
        change: The two levels of the first, whose difference is compared.
        strata: For each cell of the factors besides, the sides of that difference, once at each
            of the two levels.
    """  # noqa: RUF002 - a cross is meant

    names: tuple[str, str, str]
    change: tuple[str, str]
    strata: Sequence[tuple[tuple[Cell, Cell], tuple[Cell, Cell]]]

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """How many pairs stand on either side, for each stratum."""
        return [(min(map(len, one)), min(map(len, other))) for one, other in self.strata]

    def contrast(self, name: str) -> Contrast:
        """What the differences of pairs say of one measure."""
        sides = [[_differences(s[side], name) for s in self.strata] for side in (0, 1)]
        found = contrast(*sides)
        takes = sum(len(cell) for stratum in self.strata for side in stratum for cell in side)
        return replace(
            found,
            first_count=2 * found.first_count,
            second_count=2 * found.second_count,
            left_out=takes - 2 * (found.first_count + found.second_count),
            # a difference of two takes scatters so much wider than one take
            hedges_g=math.sqrt(2) * found.hedges_g,
        )


def designs(observations: Sequence[Observation]) -> tuple[list[Design], list[Design]]:
    """The main effects and the two-way interactions there are takes for.

    Factors count where every take has the same ones and they tell all prompts apart; else whole
    prompts are held against the first prompt, and nothing interacts. Every level is held against
    the first.
    """
    factors = _crossed_factors(observations)
    cells: dict[tuple[str, ...], list[Observation]] = {}
    for each in observations:
        key = tuple(each.factors[name] for name in factors) if factors else (each.prompt,)
        cells.setdefault(key, []).append(each)
    names = factors or ["prompt"]
    levels = [list(dict.fromkeys(key[place] for key in cells)) for place in range(len(names))]
    main: list[Design] = [
        each
        for place, name in enumerate(names)
        for each in _against_first(name, place, levels[place], cells)
    ]
    return main, list(_interactions(names, levels, cells))


def _crossed_factors(observations: Sequence[Observation]) -> list[str]:
    """Factors that every take has and that do vary.

    None if takes have different factors, or prompts the same values: of two templates, the takes
    of one would pass for takes of the other.
    """
    if len({frozenset(each.factors) for each in observations}) != 1:
        return []
    worded = {(each.prompt, frozenset(each.factors.items())) for each in observations}
    if len(worded) > len({values for _, values in worded}):
        return []
    names = observations[0].factors
    return [name for name in names if len({each.factors[name] for each in observations}) > 1]


def _against_first(
    name: str, place: int, levels: Sequence[str], cells: _Cells
) -> Iterator[MainEffect]:
    """Every level of a factor against its first."""
    others = dict.fromkeys(_without(key, place) for key in cells)
    first, *rest = levels
    for second in rest:
        yield MainEffect(
            (name, first, second),
            [
                (cells.get(_with(key, place, first), []), cells.get(_with(key, place, second), []))
                for key in others
            ],
        )


def _interactions(
    names: Sequence[str], levels: Sequence[Sequence[str]], cells: _Cells
) -> Iterator[Interaction]:
    """Every step of one factor at every step of another, where all four cells have takes."""
    for one, other in combinations(range(len(names)), 2):
        (a, *more_a), (b, *more_b) = levels[one], levels[other]
        for a2, b2 in product(more_a, more_b):
            others = dict.fromkeys(_without(_without(key, other), one) for key in cells)
            squares = [
                tuple(
                    tuple(cells.get(_with(_with(key, one, x), other, y), []) for x in (a, a2))
                    for y in (b, b2)
                )
                for key in others
            ]
            whole = [square for square in squares if all(map(all, square))]
            if whole:
                yield Interaction(
                    (f"{names[one]} × {names[other]}", b, b2),  # noqa: RUF001 - a cross is meant
                    (a, a2),
                    whole,  # type: ignore[arg-type]  # two by two, which mypy cannot count
                )


def _differences(sides: tuple[Cell, Cell], name: str) -> list[float]:
    """Second minus first for each pair of takes that have a finite value."""
    first, second = (
        [each.values[name] for each in side if math.isfinite(each.values[name])] for side in sides
    )
    return [b - a for a, b in zip(first, second, strict=False)]


def _without(key: tuple[str, ...], place: int) -> tuple[str, ...]:
    return key[:place] + key[place + 1 :]


def _with(key: tuple[str, ...], place: int, level: str) -> tuple[str, ...]:
    return (*key[:place], level, *key[place:])
