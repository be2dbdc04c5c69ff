"""What every measure says of itself: its name, what it hears, its unit, where it comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Measure:
    """One number that can be read off every sound.

    Attributes:
        name: The key in ``Measures``, with its unit.
        label: What people call it.
        unit: Shown behind the value; may be empty.
        hears: One sentence: what in a sound makes it larger or smaller.
        source: Where the definition comes from, and where it has no value.
        decimals: How many are worth showing.
        shown_times: What is shown is the value times this: 100 for a share in percent.
    """

    name: str
    label: str
    unit: str
    hears: str = field(kw_only=True)
    source: str = field(kw_only=True)
    decimals: int = field(default=0, kw_only=True)
    shown_times: float = field(default=1.0, kw_only=True)

    @property
    def axis_label(self) -> str:
        """The label with its unit, as axes and table heads have it: "Centroid (Hz)"."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def difference_unit(self) -> str:
        """The unit of a difference: levels lie apart by LU and dB, not by LUFS and dBFS."""
        units = {"LUFS": "LU", "dBFS": "dB", "dBTP": "dB", "%": "percentage points"}
        return units.get(self.unit, self.unit)

    @property
    def short_difference_unit(self) -> str:
        """The same where there is no room for words: percentage points are "pp"."""
        return "pp" if self.unit == "%" else self.difference_unit

    def text(self, value: float) -> str:
        """A value as people read it, with its unit.

        Example:
            >>> Measure("peak_dbfs", "Peak", "dBFS", hears="", source="", decimals=1).text(-6.02)
            '-6.0 dBFS'
            >>> Measure("centroid_hz", "Centroid", "Hz", hears="", source="").text(math.nan)
            '—'
        """
        if math.isnan(value):
            return "—"
        if math.isinf(value):
            number = "∞" if value > 0 else "-∞"
        else:
            number = f"{value * self.shown_times:z.{self.decimals}f}"
        return f"{number} {self.unit}".rstrip()
