"""Evidence: what takes are to statistics, and the effects found in them."""

from __future__ import annotations

from collections.abc import Iterable

from soundgen_nb.analysis import MEASURES, measure
from soundgen_nb.effects import Effect, Observation, effects
from soundgen_nb.take import Takes, measure_all


def found_effects(
    takes: Takes, names: Iterable[str], *, interactions: bool | None = None
) -> list[Effect]:
    """The effects in some measures of the takes, which are measured if they have not been.

    Raises:
        InputError: if there is no measure of that name.
    """
    names = [measure(name).name for name in names]
    measure_all(takes)
    deep = not {each.name for each in MEASURES}.issuperset(names)
    if deep:
        measure_all(takes, deep=True)
    seen = [
        Observation(take.prompt, take.factors, {**take.measures, **(take.deep if deep else {})})
        for take in takes
    ]
    return effects(seen, names, interactions=interactions)
