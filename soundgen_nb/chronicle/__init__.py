"""The library as a table that shows itself, and reopens what was heard."""

from soundgen_nb.chronicle.filters import Moment
from soundgen_nb.chronicle.history import History

__all__ = ["History", "Moment"]
