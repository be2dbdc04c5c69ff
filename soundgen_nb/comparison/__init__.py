"""Takes side by side: tables, effects, figures, exports.

comparison  Comparison: what a user holds, and what shows itself
evidence    what takes are to statistics
tables      DataFrames, and how they read well
plots       figures
"""

from __future__ import annotations

from soundgen_nb.comparison.comparison import Comparison

__all__ = ["Comparison"]
