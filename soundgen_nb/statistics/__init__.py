"""How far a few numbers can be trusted: numbers in, numbers out.

A sound API has no seed: the same prompt gives another sound each time. So a prompt is a sample of
takes, and one take says nothing about the next.

    spread    mean, interval, scatter within and between prompts
    contrast  whether two wordings differ by more than takes of one do
    scaling   distances as a map
"""

from __future__ import annotations

from soundgen_nb.statistics.contrast import ALLOWED, Contrast, achievable_p, contrast, holm
from soundgen_nb.statistics.scaling import plane
from soundgen_nb.statistics.spread import Spread, describe, within_between

__all__ = [
    "ALLOWED",
    "Contrast",
    "Spread",
    "achievable_p",
    "contrast",
    "describe",
    "holm",
    "plane",
    "within_between",
]
