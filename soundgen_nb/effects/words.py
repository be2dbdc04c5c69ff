"""What the effects prove and what they do not, in one paragraph of plain words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from soundgen_nb.analysis import Measure
from soundgen_nb.effects.effect import DIFFERENT, NOT_SHOWN, TOO_FEW, Effect
from soundgen_nb.effects.verdicts import Effects, can_show, takes_needed

_MOST_LISTED = 3  # levels in one sentence
_MORE_DECIMALS = 3  # than a measure is shown with


def conclusion(found: Effects) -> str:
    """What the effects prove and what they do not, in one paragraph.

    It names no winner: which of two different sounds is better is for ears to say.
    """
    if not found:
        return "One prompt: there is nothing to hold it against."
    sentences = list(_differing(found))
    sentences += _undecided(found, NOT_SHOWN, "no difference was shown in {}")
    if any(each.verdict == NOT_SHOWN for each in found):
        sentences.append("That does not prove there is none.")
    if any(each.verdict == TOO_FEW for each in found):
        few = [each for each in found if each.sizes]
        sentences += _undecided(few, TOO_FEW, "not enough takes to say anything of {}")
        sentences += _advice(found)
    sentences += _without_value(found)
    sentences += _not_asked(found)
    if any(each.verdict == DIFFERENT for each in found):
        one = f"any false alarm among these {len(found)} comparisons"
        alarm = one if len(found) > 1 else "a false alarm"
        sentences += [
            f"The chance of {alarm} is about 1 in 20.",
            "Which one sounds better, numbers do not say.",
        ]
    return " ".join(each[0].upper() + each[1:] for each in sentences)


def _differing(found: Sequence[Effect]) -> Iterator[str]:
    """A sentence for each pair of levels that differ in something."""
    for first, several in _by_levels(found, DIFFERENT):
        facts = "; ".join(map(_fact, several))
        if first.change:
            yield (
                f"{_step(first)} does not do the same beside {_quoted(first.first)} as beside "
                f"{_quoted(first.second)}: {facts}."
            )
        else:
            yield f"{_sides([first], found)} differ in {facts}."


def _fact(effect: Effect) -> str:
    found = effect.found
    shown = _fine_enough(effect.measure, found.difference)
    apart = replace(shown, unit="")
    ends = (found.low, found.high) if found.difference > 0 else (-found.high, -found.low)
    low, high = map(apart.text, ends)
    # the means of an interaction are differences themselves
    of_means = replace(shown, unit=shown.difference_unit) if effect.change else shown
    return (
        f"{_lower(shown.label)}, {of_means.text(found.first_mean)} against "
        f"{of_means.text(found.second_mean)} (by {apart.text(abs(found.difference))} "
        f"{shown.difference_unit}".rstrip()
        + f", 95 % interval {low} to {high}, corrected p {_p_text(effect.p_corrected)})"
    )


def _undecided(found: Sequence[Effect], verdict: str, frame: str) -> Iterator[str]:
    """A sentence for the measures of this verdict, and all pairs of levels it is true of."""
    groups = [(first, _labels(several)) for first, several in _by_levels(found, verdict)]
    for (_, _, _, labels), alike in groupby(groups, lambda group: (*_held(group[0]), group[1])):
        yield f"{frame.format(labels)} between {_sides([first for first, _ in alike], found)}."


def _held(effect: Effect) -> tuple[str, str, tuple[str, ...]]:
    """What is held against several things: a factor's first level; an interaction stands alone."""
    alone = (*effect.change, effect.second) if effect.change else ()
    return effect.factor, effect.first, alone


def _labels(effects: Iterable[Effect]) -> str:
    return _listed([_lower(each.measure.label) for each in effects])


def _lower(label: str) -> str:
    """A label inside a sentence; "DC offset" and "RMS" stay as they are."""
    return label if label[:2].isupper() else label[0].lower() + label[1:]


def _by_levels(found: Iterable[Effect], verdict: str) -> Iterator[tuple[Effect, list[Effect]]]:
    """The effects of a verdict by what was held against what, each time with the first of them."""
    kept = [each for each in found if each.verdict == verdict]
    for _, group in groupby(kept, _pair):
        several = list(group)
        yield several[0], several


def _pair(effect: Effect) -> tuple[str, str, str, tuple[str, ...]]:
    return effect.factor, effect.first, effect.second, effect.change


def _sides(effects: Sequence[Effect], found: Iterable[Effect]) -> str:
    """What was held against what, in words; with the factor, if another has the same levels."""
    first = effects[0]
    if first.change:
        sides = f"{_quoted(first.first)} and beside {_quoted(first.second)}"
        return f"what {_step(first)} does beside {sides}"
    others = [_quoted(each.second) for each in effects]
    sides = _listed(others) if len(others) <= _MOST_LISTED else f"the {len(others)} others"
    sides = sides if len(others) == 1 else f"each of {sides}"
    levels = {first.first, *(each.second for each in effects)}
    alike = any(
        {each.first, each.second} <= levels and each.factor != first.factor and not each.change
        for each in found
    )
    return f"{_quoted(first.first)} and {sides}" + (f" (factor {first.factor})" if alike else "")


def _step(effect: Effect) -> str:
    before, after = effect.change or ("", "")
    return f"{_quoted(after)} in the place of {_quoted(before)}"


def remedy(found: Sequence[Effect]) -> str:
    """What to do where there are too few takes, as the end of a sentence; "" where there are none.

    Example:
        >>> remedy([])
        ''
    """
    poor = [each for each in found if each.verdict == TOO_FEW and each.sizes]
    if not poor:
        return ""
    needed = takes_needed(len(found), strata=min(len(each.sizes) for each in poor))
    if max(max(size) for each in poor for size in each.sizes) >= needed:
        return f"every wording needs {needed} takes that have a value"
    return f"ask for takes={needed} or more"


def _not_asked(found: Effects) -> Iterator[str]:
    """What it needs to ask what words do together, where that was left aside."""
    if not found.unasked:
        return
    measures = len({each.measure.name for each in found})
    comparisons = len(found) + measures * len(found.unasked)
    if can_show(found.unasked, comparisons=comparisons):
        asks = "interactions=True asks it"
    else:
        strata = min(len(each.sizes) for each in found.unasked)
        asks = f"that takes {takes_needed(comparisons, strata=strata)} takes of every prompt"
    yield f"Whether one word does more beside another was not asked; {asks}."


def _advice(found: Sequence[Effect]) -> Iterator[str]:
    """Why some takes are too few, and how many it would need."""
    poor = [each for each in found if each.verdict == TOO_FEW]
    apart = [each for each in poor if each.sizes]
    for each in {_pair(each): each for each in poor if not each.sizes}.values():
        yield (
            f"{_sides([each], found)} never stand side by side with all other words alike, so what "
            "they do cannot be told from what those do: make the wordings that are missing."
        )
    if apart:
        yield from _too_few(found, apart)


def _too_few(found: Sequence[Effect], poor: Sequence[Effect]) -> Iterator[str]:
    smallest = min((e.found.achievable_p for e in poor if not math.isnan(e.found.p)), default=None)
    if smallest is None:
        yield (
            "two takes of one prompt differ too: with fewer than two that have a value, "
            "nothing is claimed."
        )
    else:
        yield (
            f"with so few, chance alone sets means as far apart as can be in 1 of "
            f"{1 / smallest:.0f} cases: too often where {_many(len(found))} made at once."
        )
    asks, several = remedy(found), len({each.measure.name for each in found}) > 1
    if not asks.startswith("ask"):
        asks += "; some have fewer"
    elif several:
        asks += ", or compare fewer measures"
    yield f"{asks}."


def _many(comparisons: int) -> str:
    return "1 comparison is" if comparisons == 1 else f"{comparisons} comparisons are"


def _without_value(found: Sequence[Effect]) -> Iterator[str]:
    """Which takes had nothing to compare, as silence has no loudness."""
    gaps = [each for each in found if each.found.without_value and not each.change]
    for (count, total, *_), group in groupby(gaps, lambda each: (*_gap(each), _pair(each))):
        several = list(group)
        takes = f"{count} of the {total} takes of {_sides(several[:1], found)}"
        yield f"{takes} have no {_labels(several)}, and count for nothing there."


def _gap(effect: Effect) -> tuple[int, int]:
    """How many takes have no value, and of how many."""
    found = effect.found
    return found.without_value, found.first_count + found.second_count + found.left_out


def _fine_enough(shown: Measure, difference: float) -> Measure:
    """The measure with as many decimals as show two digits of the difference, but few more."""
    digits = 1 - math.floor(math.log10(abs(difference) * shown.shown_times))
    finest = shown.decimals + _MORE_DECIMALS
    return replace(shown, decimals=min(max(shown.decimals, digits), finest))


def _quoted(level: str) -> str:
    return f"“{level}”" if level else "the words left out"


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _p_text(p: float) -> str:
    return f"{p:.3f}" if p >= 0.001 else "below 0.001"
