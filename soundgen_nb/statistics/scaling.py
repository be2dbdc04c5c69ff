"""Distances as a map: points in a plane that lie about as far apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def plane(distances: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Points in a plane whose distances come closest to those given: classical scaling.

    The map may be turned and mirrored at will; here its longest direction is the first axis, and
    the point farthest out on each axis is on the positive side.
    Source: Torgerson, "Multidimensional scaling: I. Theory and method", Psychometrika 17 (1952).

    Args:
        distances: shape (n, n), symmetric, finite, zero on the diagonal.

    Returns:
        The points, shape (n, 2), and which share of the scatter the plane holds, from 0 to 1; 1
        where all lie in one place.

    Example:
        >>> points, share = plane(np.array([[0.0, 3.0], [3.0, 0.0]]))
        >>> bool(np.allclose(np.abs(points[:, 0]), 1.5)), share
        (True, 1.0)
    """
    count = len(distances)
    centring = np.eye(count) - 1 / count
    values, vectors = np.linalg.eigh(-0.5 * centring @ distances**2 @ centring)
    # eigh sorts upwards; what distances no flat space has would make negative is left out
    lengths = np.maximum(values[::-1], 0.0)
    points = np.zeros((count, 2))
    kept = min(2, count)
    points[:, :kept] = vectors[:, ::-1][:, :kept] * np.sqrt(lengths[:kept])
    farthest = points[np.abs(points).argmax(axis=0), [0, 1]]
    whole = float(lengths.sum())
    share = float(lengths[:kept].sum()) / whole if whole else 1.0
    return points * np.where(farthest < 0, -1.0, 1.0), min(1.0, share)
