"""``asyncio.run`` inside a cell, for users' own code; the toolkit itself never needs it."""

from __future__ import annotations

import asyncio
import sys
from importlib.metadata import PackageNotFoundError, version
from warnings import warn


def allow_nested_loops() -> str:
    """Let ``asyncio.run(...)`` work in a cell, where a loop is running already.

    ``nest_asyncio`` 1.6 is used where it is safe. It is archived, and with ipykernel 7 or Python
    3.14 it loses queued cells or breaks every request; there its maintained successor
    ``nest_asyncio2`` takes its place. Neither lets widgets be clicked meanwhile: an awaited verb
    (``await sg.agenerate(...)``) does.

    Returns:
        What was applied, and why.

    Warns:
        RuntimeWarning: if ``nest_asyncio`` was applied already where it is not safe; only a new
            kernel helps then.
    """
    before = _applied_before()
    if before == "nest_asyncio" and _is_unsafe():
        warn(
            f"nest_asyncio 1.6 was applied already, which {_reason()}: restart the kernel and call "
            "allow_nested_loops() instead",
            RuntimeWarning,
            stacklevel=2,
        )
        return f"nothing changed: nest_asyncio was applied already, which {_reason()}"
    if before:
        return f"nothing changed: {before} was applied already"
    if _is_unsafe():
        import nest_asyncio2  # noqa: PLC0415  # applied only where it is asked for

        nest_asyncio2.apply()
        return f"applied nest_asyncio2, because nest_asyncio {_reason()}"
    import nest_asyncio  # noqa: PLC0415  # the same

    nest_asyncio.apply()
    return "applied nest_asyncio, which is safe on this Python and ipykernel"


def _applied_before() -> str:
    """Which of the two has patched asyncio; "" for neither."""
    if not hasattr(asyncio, "_nest_patched"):
        return ""
    return asyncio.run.__module__


def _is_unsafe() -> bool:
    return sys.version_info >= (3, 14) or _ipykernel() >= 7


def _reason() -> str:
    if sys.version_info >= (3, 14):
        return "breaks every request on Python 3.14"
    return f"loses queued cells with ipykernel {_ipykernel()}"


def _ipykernel() -> int:
    """The major version of ipykernel; 0 without one."""
    try:
        return int(version("ipykernel").partition(".")[0])
    except PackageNotFoundError:
        return 0
