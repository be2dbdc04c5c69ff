"""Every family of sounds, by name. One file for each part of the world."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType, ModuleType

from soundgen_nb.engine.families import (
    aircraft,
    animals,
    appliances,
    bells,
    birds,
    blasts,
    doors,
    fiction,
    fire,
    horns,
    impacts,
    insects,
    machines,
    moods,
    office,
    people,
    pressure,
    receivers,
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
    blasts,
    streets,
    vehicles,
    aircraft,
    machines,
    appliances,
    office,
    receivers,
    pressure,
    horns,
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
