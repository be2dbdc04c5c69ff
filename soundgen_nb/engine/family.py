"""A family of sounds: a recipe, its knobs, its presets, and how it likes to be heard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.timeline import FloatArray, samples_in, unit_peak
from soundgen_nb.errors import InputError

Recipe = Callable[[float, np.random.Generator, Any], FloatArray]
"""``recipe(seconds, rng, values)`` gives dry samples (n,) or (2, n) at any level; ``values`` are
``Values``, typed loosely so that a recipe reads its knobs as attributes."""


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of sound the engine can make.

    ``natural_seconds`` is the length it takes when nobody asks for one; ``level_db`` how loud it is
    beside other layers; ``place`` where it is heard unless the prompt says otherwise, and
    ``preset_places`` where some presets are heard instead;
    ``room_tone_db`` the quiet bed under it (digital silence between events sounds like a machine);
    ``approximate`` what it only imitates, said to the user, or "".
    """

    name: str
    sentence: str
    recipe: Recipe
    knobs: tuple[Knob, ...] = ()
    presets: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    natural_seconds: float = 8.0
    level_db: float = 0.0
    place: str = "dry"
    preset_places: Mapping[str, str] = field(default_factory=dict)
    room_tone_db: float = -42.0
    approximate: str = ""

    def values(
        self,
        axes: Mapping[str, float] | None = None,
        preset: str | None = None,
        **settings: float,
    ) -> Values:
        """The settings of every knob: default, moved by modifiers, by a preset, then by name.

        Args:
            axes: amounts from -1 to 1 for "intensity", "size", "speed", "brightness".
            preset: the name of one of ``presets``.
            **settings: exact values; each within its knob's range.

        Raises:
            InputError: for an unknown preset or knob, or a value out of its range.
        """
        chosen = self._preset(preset) | settings
        known = {knob.name: knob for knob in self.knobs}
        for name in chosen.keys() - known.keys():
            raise InputError(f"{self.name} has no knob {name!r}; it has {', '.join(known)}")
        return Values(
            {
                name: knob.checked(chosen[name]) if name in chosen else knob.moved(axes or {})
                for name, knob in known.items()
            }
        )

    def place_of(self, preset: str | None) -> str:
        """Where a preset is heard, or the family itself."""
        return self.preset_places.get(preset or "", self.place)

    def render(self, seconds: float, rng: np.random.Generator, values: Values) -> FloatArray:
        """The dry sound, shape (2, n) or (n,), peak 1, exactly ``seconds`` long."""
        n = samples_in(seconds)
        sound = np.asarray(self.recipe(seconds, rng, values), np.float32)
        if sound.shape[-1] < n:
            sound = np.pad(sound, [(0, 0)] * (sound.ndim - 1) + [(0, n - sound.shape[-1])])
        return unit_peak(sound[..., :n])

    def _preset(self, preset: str | None) -> dict[str, float]:
        if preset is None:
            return {}
        if preset not in self.presets:
            raise InputError(
                f"{self.name} has no preset {preset!r}; it has {', '.join(self.presets) or 'none'}"
            )
        return dict(self.presets[preset])


def family(sentence: str, *knobs: Knob, **traits: Any) -> Callable[[Recipe], Family]:
    """Make a family of the recipe below it; its name is the recipe's.

    ``traits`` are the other fields of ``Family``.
    """

    def make(recipe: Recipe) -> Family:
        name = getattr(recipe, "__name__", "recipe")
        return Family(name=name, sentence=sentence, recipe=recipe, knobs=knobs, **traits)

    return make


COUNT = Knob("count", 0, 0, 60, "events", "how many; 0 means as many as fit the length")
"""The knob of every family whose events can be counted ("three knocks")."""

ONE = replace(COUNT, default=1.0)
"""The same, where one is meant unless another number is asked for ("a gunshot")."""
