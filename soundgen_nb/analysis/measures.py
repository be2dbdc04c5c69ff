"""The measured values of one sound, and the measures by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from soundgen_nb.analysis.catalogue import MEASURES
from soundgen_nb.analysis.deep import DEEP_MEASURES
from soundgen_nb.analysis.template import Measure
from soundgen_nb.errors import MeasureError
from soundgen_nb.options import nearest

_BY_NAME: dict[str, Measure] = {each.name: each for each in (*MEASURES, *DEEP_MEASURES)}


def measure(name: str) -> Measure:
    """The measure of that name.

    Raises:
        MeasureError: There is none; the message names the nearest, or else all there are.

    Example:
        >>> measure("loudness")
        Traceback (most recent call last):
        soundgen_nb.errors.MeasureError: There is no measure 'loudness'; did you mean loudness_lufs?
    """
    if not isinstance(name, str) or name not in _BY_NAME:
        raise MeasureError(_none_of(name, _BY_NAME))
    return _BY_NAME[name]


def measures_named(names: str | Iterable[str]) -> list[Measure]:
    """The measures of these names, each once, in order; one name need not stand in a list.

    Raises:
        MeasureError: There is none of such a name.

    Example:
        >>> [each.label for each in measures_named("flatness")]
        ['Flatness']
    """
    several = [names] if isinstance(names, str) else names
    return [measure(name) for name in dict.fromkeys(several)]


def _none_of(name: object, known: Iterable[str]) -> str:
    """The sentence about a name there is none of: what it was meant to be, or what there is."""
    if isinstance(name, str) and name in _BY_NAME:
        return (
            f"{name!r} is not among these values; a take has those of the first look in .measures, "
            "and those of librosa in .deep."
        )
    meant = nearest(str(name), _BY_NAME)
    there_are = f"did you mean {meant}?" if meant else f"there are: {', '.join(known)}."
    return f"There is no measure {name!r}; {there_are}"


@dataclass(frozen=True, eq=False, repr=False)
class Measures(Mapping[str, float]):
    """The measured values of one sound, by name: ``measures["centroid_hz"]`` or ``.centroid_hz``.

    A value is NaN where it has no meaning (the centroid of silence), and a level is minus
    infinity in digital silence.

    Attributes:
        notes: A sentence for each value that is not what its name promises in full.

    Raises:
        MeasureError: for a name there is no value of, which is a ``KeyError`` too.

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
        if name not in self._values:
            raise MeasureError(_none_of(name, self._values))
        return self._values[name]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> float:
        # Unpickling asks for attributes before there are any values.
        if name.startswith("_") or name not in self._values:
            raise AttributeError(_none_of(name, vars(self).get("_values", ())))
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

    @property
    def fingerprint(self) -> bytes:
        """All values, bit for bit: the same for the same samples, whatever bytes they came in."""
        return np.fromiter(self._values.values(), np.float64, len(self)).tobytes()

    @property
    def remarks(self) -> str:
        """The notes as one line of text, as tables have it: "measure: sentence; …"; "" for none."""
        return "; ".join(f"{name}: {note}" for name, note in self.notes.items())
