"""Every family of sounds, by name. One file for each part of the world."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType, ModuleType

from soundgen_nb.engine.families import (
    aircraft,
    animals,
    balls,
    bells,
    birds,
    blasts,
    collisions,
    doors,
    fiction,
    fire,
    gadgets,
    ground,
    hand_tools,
    impacts,
    insects,
    kitchen,
    machines,
    moods,
    people,
    playthings,
    signals,
    steps,
    streets,
    vehicles,
    water,
    weather,
)
from soundgen_nb.engine.family import Family

_MODULES: tuple[ModuleType, ...] = (
    water,
    weather,
    fire,
    doors,
    steps,
    impacts,
    kitchen,
    hand_tools,
    gadgets,
    balls,
    playthings,
    collisions,
    ground,
    blasts,
    streets,
    vehicles,
    aircraft,
    machines,
    signals,
    bells,
    birds,
    insects,
    animals,
    people,
    moods,
    fiction,
)

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        value.name: value
        for module in _MODULES
        for value in vars(module).values()
        if isinstance(value, Family)
    }
)
"""The families by name, in the order of the files."""
