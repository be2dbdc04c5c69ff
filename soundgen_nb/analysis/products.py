"""Products of matrices, in pieces too small to wake the thread pool of the linear algebra library.

Woken for work this small, the pool of OpenBLAS doubles the time of many clips in a row, and fights
with threads over clips.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

MULTIPLY_ADDS = 2**18
"""From so many multiply-adds in one product on, OpenBLAS wakes its threads."""


def in_slabs(
    tall: NDArray[Any], matrix: NDArray[Any], *, out: NDArray[Any] | None = None
) -> NDArray[Any]:
    """``tall @ matrix`` for many rows, in slabs of rows; into ``out``, if it is given.

    All slabs are one call: each call gives the interpreter's lock away and waits for it again.
    """
    if out is None:
        out = np.empty((len(tall), matrix.shape[1]), np.result_type(tall, matrix))
    most = max(1, (MULTIPLY_ADDS - 1) // matrix.size)
    rows = -(-len(tall) // max(1, -(-len(tall) // most)))
    whole = len(tall) // max(1, rows) * rows
    for part, into in ((tall[:whole], out[:whole]), (tall[whole:], out[whole:])):
        if len(part):
            at_once = min(rows, len(part))
            np.matmul(
                part.reshape(-1, at_once, part.shape[1]),
                matrix,
                out=into.reshape(-1, at_once, into.shape[1]),
            )
    return out
