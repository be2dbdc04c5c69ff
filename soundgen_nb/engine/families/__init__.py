"""Every family of sounds, by name. One file for each part of the world."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType, ModuleType

from soundgen_nb.engine.families import (
    air,
    aircraft,
    animals,
    appliances,
    balls,
    bells,
    birds,
    blasts,
    body,
    collisions,
    coughs,
    doors,
    drums,
    farm,
    fiction,
    fire,
    gadgets,
    garden,
    glass,
    ground,
    hand_tools,
    horns,
    horses,
    insects,
    kitchen,
    machines,
    metal,
    moods,
    office,
    people,
    playthings,
    pressure,
    receivers,
    sheets,
    signals,
    steps,
    streets,
    vehicles,
    voices,
    water,
    weather,
    wheels,
    wild,
    wood,
)
from soundgen_nb.engine.family import Family

_MODULES: tuple[ModuleType, ...] = (
    water,
    weather,
    fire,
    doors,
    steps,
    glass,
    metal,
    wood,
    sheets,
    air,
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
    wheels,
    aircraft,
    machines,
    garden,
    appliances,
    office,
    receivers,
    pressure,
    horns,
    signals,
    drums,
    bells,
    birds,
    insects,
    animals,
    horses,
    farm,
    wild,
    people,
    voices,
    coughs,
    body,
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
