"""What the effects prove and what they do not, in one paragraph of plain words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, groupby

from soundgen_nb.analysis import Measure
from soundgen_nb.effects.effect import DIFFERENT, NOT_SHOWN, TOO_FEW, Effect
from soundgen_nb.effects.verdicts import takes_needed


def conclusion(found: Sequence[Effect]) -> str:
    """What the effects prove and what they do not, in one paragraph.

    It names no winner: which of two different sounds is better is for ears to say.
    """
    if not found:
        return "One prompt: there is nothing to hold it against."
    sentences = list(_differing(found))
    sentences += _undecided(found, NOT_SHOWN, "No difference was shown in {}")
    if any(each.verdict == NOT_SHOWN for each in found):
        sentences.append("That does not prove there is none.")
    if any(each.verdict == TOO_FEW for each in found):
        sentences += _undecided(found, TOO_FEW, "Not enough takes to say anything of {}")
        sentences.append(_advice(found))
    sentences += _not_asked(found)
    if any(each.verdict == DIFFERENT for each in found):
        sentences.append(
            f"All {len(found)} comparisons taken together, a false alarm has a chance of at most "
            "1 in 20. Which one sounds better, numbers do not say."
        )
    return " ".join(sentences)


def _differing(found: Iterable[Effect]) -> Iterator[str]:
    """A sentence for each pair of levels that differ in something."""
    for first, several in _by_levels(found, DIFFERENT):
        facts = "; ".join(map(_fact, several))
        if first.change:
            yield (
                f"{_step(first)} does not do the same beside {_quoted(first.first)} as beside "
                f"{_quoted(first.second)}: {facts}."
            )
        else:
            yield f"{_quoted(first.first)} and {_quoted(first.second)} differ in {facts}."


def _fact(effect: Effect) -> str:
    found = effect.found
    shown = _fine_enough(effect.measure, found.difference)
    apart = replace(shown, unit="")
    ends = (found.low, found.high) if found.difference > 0 else (-found.high, -found.low)
    low, high = map(apart.text, ends)
    # the means of an interaction are differences themselves
    of_means = replace(shown, unit=shown.difference_unit) if effect.change else shown
    return (
        f"{shown.label.lower()}, {of_means.text(found.first_mean)} against "
        f"{of_means.text(found.second_mean)} (by {apart.text(abs(found.difference))} "
        f"{shown.difference_unit}".rstrip()
        + f", 95 % interval {low} to {high}, corrected p {_p_text(effect.p_corrected)})"
    )


def _undecided(found: Iterable[Effect], verdict: str, frame: str) -> Iterator[str]:
    """A sentence for each pair of levels with measures of this verdict."""
    for first, several in _by_levels(found, verdict):
        labels = _listed([each.measure.label.lower() for each in several])
        yield f"{frame.format(labels)} between {_sides(first)}."


def _by_levels(found: Iterable[Effect], verdict: str) -> Iterator[tuple[Effect, list[Effect]]]:
    """The effects of a verdict by what was held against what, each time with the first of them."""
    kept = [each for each in found if each.verdict == verdict]
    for _, group in groupby(kept, lambda each: (each.first, each.second, each.change)):
        several = list(group)
        yield several[0], several


def _sides(effect: Effect) -> str:
    first, second = _quoted(effect.first), _quoted(effect.second)
    if not effect.change:
        return f"{first} and {second}"
    return f"what {_step(effect)} does beside {first} and beside {second}"


def _step(effect: Effect) -> str:
    before, after = effect.change or ("", "")
    return f"{_quoted(after)} in the place of {_quoted(before)}"


def _not_asked(found: Sequence[Effect]) -> Iterator[str]:
    """How many takes it needs to ask what words do together, where that was left aside."""
    steps = {(each.factor, each.second) for each in found if not each.change}
    pairs = sum(one[0] != other[0] for one, other in combinations(sorted(steps), 2))
    if not pairs or any(each.change for each in found):
        return
    measures = len({each.measure.name for each in found})
    needed = takes_needed(measures * (len(steps) + pairs))
    yield (
        "Whether one word does more beside another was not asked; "
        f"that takes {needed} takes of every prompt."
    )


def _advice(found: Sequence[Effect]) -> str:
    """Why some takes are too few, and how many it would need."""
    poor = [each for each in found if each.verdict == TOO_FEW]
    smallest = min((e.found.achievable_p for e in poor if not math.isnan(e.found.p)), default=None)
    if smallest is None:
        why = (
            "Two takes of one prompt differ too: with fewer than two that have a value, "
            "nothing is claimed."
        )
    else:
        why = (
            f"With so few, chance alone sets means as far apart as can be in 1 of "
            f"{1 / smallest:.0f} cases: too often where {len(found)} comparisons are made at once."
        )
    if smallest is None and len(poor) < len(found):
        return why
    needed = takes_needed(len(found), strata=max(1, min(each.strata for each in poor)))
    return f"{why} Ask for takes={needed} or more, or compare fewer measures."


def _fine_enough(shown: Measure, difference: float) -> Measure:
    """The measure with as many decimals as show two digits of the difference."""
    digits = 1 - math.floor(math.log10(abs(difference) * shown.shown_times))
    return replace(shown, decimals=max(shown.decimals, digits))


def _quoted(level: str) -> str:
    return f"“{level}”" if level else "the words left out"


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _p_text(p: float) -> str:
    return f"{p:.3f}" if p >= 0.001 else "below 0.001"
