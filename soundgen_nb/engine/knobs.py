"""A knob: one number of a recipe, with its range, unit and a sentence that says what it does.

Validation, modifiers, documentation and tests all come from these objects: a word such as "heavy"
turns every knob that follows ``intensity``, and no recipe needs to know the word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from soundgen_nb.errors import InputError

Axis = Literal["intensity", "size", "speed", "brightness"]
"""What a modifier can move: how much of it, how big, how fast, how bright."""


@dataclass(frozen=True, slots=True)
class Knob:
    """One number of a recipe, between ``low`` and ``high`` in ``unit``.

    ``follows`` names the axis of modifiers that turns it; ``against`` turns it the other way (a big
    bell rings lower).
    """

    name: str
    default: float
    low: float
    high: float
    unit: str
    sentence: str
    follows: Axis | None = None
    against: Axis | None = None

    def __post_init__(self) -> None:
        if not self.low <= self.default <= self.high:
            raise InputError(
                f"knob {self.name}: default {self.default} is outside {self.low}..{self.high}"
            )

    def turned(self, amount: float) -> float:
        """The value at ``amount``: -1 is ``low``, 0 the default, 1 ``high``.

        A knob whose range is above nought moves by ratios, as ears hear; others move evenly.
        """
        amount = min(1.0, max(-1.0, amount))
        end = self.high if amount > 0 else self.low
        if self.low > 0:
            return float(self.default * (end / self.default) ** abs(amount))
        return float(self.default + (end - self.default) * abs(amount))

    def moved(self, axes: Mapping[str, float]) -> float:
        """The value under modifiers: each axis maps to an amount from -1 to 1."""
        if self.follows is not None:
            return self.turned(axes.get(self.follows, 0.0))
        if self.against is not None:
            return self.turned(-axes.get(self.against, 0.0))
        return self.default

    def checked(self, value: float) -> float:
        """The value itself, if it is a number within the range.

        Raises:
            InputError: naming the knob, the value, the range and the unit.
        """
        if not isfinite(value) or not self.low <= value <= self.high:
            raise InputError(
                f"{self.name} = {value} is outside {self.low:g} to {self.high:g} {self.unit} "
                f"({self.sentence})"
            )
        return float(value)


class Values(Mapping[str, float]):
    """The settings of one recipe's knobs; read as ``values["rate_hz"]`` or ``values.rate_hz``."""

    __slots__ = ("_values",)
    _values: dict[str, float]

    def __init__(self, values: Mapping[str, float]) -> None:
        object.__setattr__(self, "_values", dict(values))

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __getattr__(self, name: str) -> float:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name}: the settings of a recipe do not change; make new ones")

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Values({', '.join(f'{k}={v:g}' for k, v in self._values.items())})"

    def __reduce__(self) -> tuple[type[Values], tuple[dict[str, float]]]:
        return Values, (dict(self._values),)
