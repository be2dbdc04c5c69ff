"""Which word changed what, and whether by more than takes of one wording differ anyway.

effect    one effect: what was held against what, the numbers, the verdict
design    which takes are held against which: main effects and two-way interactions
verdicts  all effects of a set of takes, corrected for how many they are
words     what they prove and what they do not, in one paragraph
"""

from __future__ import annotations

from soundgen_nb.effects.design import Observation
from soundgen_nb.effects.effect import (
    COLUMNS,
    DEFAULT_MEASURES,
    DIFFERENT,
    METHOD,
    NOT_SHOWN,
    TOO_FEW,
    Effect,
)
from soundgen_nb.effects.verdicts import Effects, effects, takes_needed
from soundgen_nb.effects.words import conclusion, remedy

__all__ = [
    "COLUMNS",
    "DEFAULT_MEASURES",
    "DIFFERENT",
    "METHOD",
    "NOT_SHOWN",
    "TOO_FEW",
    "Effect",
    "Effects",
    "Observation",
    "conclusion",
    "effects",
    "remedy",
    "takes_needed",
]
