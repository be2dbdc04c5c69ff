"""Doors: names of a package that open the module they live in on first touch (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def opening(package: str, rooms: Mapping[str, str]) -> Callable[[str], Any]:
    """A package's ``__getattr__``, for names whose modules nobody should wait for in vain.

    Args:
        package: its name.
        rooms: which of its modules each name lives in.

    Example:
        >>> __getattr__ = opening("soundgen_nb", {"Prompt": "prompt"})
        >>> __getattr__("Prompt")
        <class 'soundgen_nb.prompt.Prompt'>
    """

    def open_room(name: str) -> Any:
        if name not in rooms:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{rooms[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return open_room
