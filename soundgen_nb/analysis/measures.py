"""The measured values of one sound, and the measures by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from soundgen_nb.analysis.catalogue import MEASURES
from soundgen_nb.analysis.deep import DEEP_MEASURES
from soundgen_nb.analysis.template import Measure
from soundgen_nb.errors import InputError

_BY_NAME: dict[str, Measure] = {each.name: each for each in (*MEASURES, *DEEP_MEASURES)}


def measure(name: str) -> Measure:
    """The measure of that name.

    Raises:
        InputError: There is none; the message lists those there are.
    """
    if name not in _BY_NAME:
        raise InputError(f"There is no measure {name!r}; there are: {', '.join(_BY_NAME)}.")
    return _BY_NAME[name]


@dataclass(frozen=True, eq=False, repr=False)
class Measures(Mapping[str, float]):
    """The measured values of one sound, by name: ``measures["centroid_hz"]`` or ``.centroid_hz``.

    A value is NaN where it has no meaning (the centroid of silence), and a level is minus
    infinity in digital silence.

    Attributes:
        notes: A sentence for each value that is not what its name promises in full.

    Example:
        >>> measures = Measures({"seconds": 6.0, "centroid_hz": 1834.2})
        >>> measures.seconds, measures.text("centroid_hz")
        (6.0, '1834 Hz')
        >>> measures
        Measures(Length 6.00 s, Centroid 1834 Hz)
    """

    _values: Mapping[str, float]
    notes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self._values:
            measure(name)
        object.__setattr__(self, "_values", dict(self._values))
        object.__setattr__(self, "notes", dict(self.notes))

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> float:
        # Unpickling asks for attributes before there are any values.
        if name.startswith("_") or name not in self._values:
            raise AttributeError(f"There is no measure {name!r}; there are: {', '.join(_BY_NAME)}.")
        return self._values[name]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._values]

    def __repr__(self) -> str:
        texts = (f"{measure(name).label} {self.text(name)}" for name in self)
        return f"Measures({', '.join(texts)})"

    def text(self, name: str) -> str:
        """A value with its unit; "≈" before one that has a note."""
        text = measure(name).text(self[name])
        return f"≈ {text}" if name in self.notes else text
