"""What was asked and heard: it outlives the kernel, and several kernels share it."""

from soundgen_nb.library.entry import Entry, Filed, Pruned
from soundgen_nb.library.library import Library

__all__ = ["Entry", "Filed", "Library", "Pruned"]
