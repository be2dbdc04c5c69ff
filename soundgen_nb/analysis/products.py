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


def in_slabs(tall: NDArray[Any], matrix: NDArray[Any]) -> NDArray[Any]:
    """``tall @ matrix`` for many rows, in slabs of rows."""
    product = np.empty((len(tall), matrix.shape[1]), np.result_type(tall, matrix))
    rows = max(1, (MULTIPLY_ADDS - 1) // matrix.size)
    for first in range(0, len(tall), rows):
        at = slice(first, first + rows)
        np.matmul(tall[at], matrix, out=product[at])
    return product
