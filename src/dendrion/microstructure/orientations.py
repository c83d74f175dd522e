"""Orientations of cubic grains: random, about a fibre axis, and the angle between two of them.

Random orientations are uniform on SO(3): unit quaternions from four normal deviates. Between two of them the least angle
over the 24 rotations of the cube, the disorientation, follows Mackenzie's distribution (Mackenzie 1958, DOI
10.1093/biomet/45.1-2.229): mean 40.736 deg, at most ``acos((2 sqrt 2 - 1)/4) = 62.799 deg``. Kind: published.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

Floats = NDArray[np.float64]

LARGEST_DISORIENTATION = math.acos((2.0 * math.sqrt(2.0) - 1.0) / 4.0)
"""Largest angle between two cubes [rad], 62.799 deg."""

LAST_PIECE = 2.0 * math.atan(math.sqrt(2.0) * (math.sqrt(2.0) - 1.0))
"""Angle [rad] at which the last piece of Mackenzie's density begins, 60.72 deg."""


def rotations_of(quaternions: Floats) -> Floats:
    """Rotation matrices (n, 3, 3) of quaternions (n, 4), scalar part first, of any length but zero [dimensionless]."""
    w, x, y, z = (np.asarray(quaternions, float) / np.linalg.norm(quaternions, axis=1, keepdims=True)).T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.array(rows), -1, 0)


def random_orientations(count: int, seed: int = 0) -> Floats:
    """R of ``count`` grains, uniform on SO(3), (count, 3, 3) with x_cell = R x_crystal [dimensionless]."""
    return rotations_of(np.random.default_rng(seed).standard_normal((count, 4)))


def fibre_orientations(
    count: int,
    axis: Sequence[float],
    spread: float = 0.0,
    seed: int = 0,
    along: Sequence[float] = (1.0, 0.0, 0.0),
) -> Floats:
    """R of ``count`` grains whose crystal direction ``axis`` points along ``along`` of the cell.

    They are turned about it at random, and tilted off it about a random direction by a normally distributed angle of
    standard deviation ``spread`` [rad] in each of the two tilts.

    Raises:
        InputError: a direction without length.
    """
    random = np.random.default_rng(seed)
    axis_, along_ = (np.asarray(vector, float) for vector in (axis, along))
    for name, vector in (("axis", axis_), ("along", along_)):
        if vector.shape != (3,) or not np.linalg.norm(vector) > 0.0:
            raise InputError("a direction has three numbers, not all zero", field=name, value=list(vector))
    spin = random.uniform(0.0, 2.0 * math.pi, count)
    tilts = spread * random.standard_normal((count, 2))
    about = np.zeros((count, 3))
    about[:, 1:] = tilts
    to_first = _aligning(axis_, np.array([1.0, 0.0, 0.0]))
    from_first = _aligning(np.array([1.0, 0.0, 0.0]), along_)
    spun = _about(np.tile([1.0, 0.0, 0.0], (count, 1)) * spin[:, None])
    return np.einsum("ij,njk,nkl,lm->nim", from_first, _about(about), spun, to_first)


def _about(vectors: Floats) -> Floats:
    """Rotations about vectors by their length [rad]."""
    angle = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(angle > 0.0, angle, 1.0)
    return rotations_of(np.hstack([np.cos(0.5 * angle), np.sin(0.5 * angle) * unit]))


def _aligning(first: Floats, second: Floats) -> Floats:
    """The least rotation that turns the direction ``first`` into ``second``."""
    a, b = first / np.linalg.norm(first), second / np.linalg.norm(second)
    across, cosine = np.cross(a, b), float(a @ b)
    if np.linalg.norm(across) < 1e-12:
        if cosine > 0.0:
            return np.eye(3)
        across = np.cross(a, np.eye(3)[int(np.argmin(np.abs(a)))])
        return np.asarray(_about(math.pi * (across / np.linalg.norm(across))[None])[0])
    angle = math.atan2(float(np.linalg.norm(across)), cosine)
    return np.asarray(_about(angle * (across / np.linalg.norm(across))[None])[0])


@cache
def _cube_rotations() -> Floats:
    """The 24 rotations of the cube, (24, 3, 3)."""
    found = []
    for order in permutations(range(3)):
        for signs in product((1.0, -1.0), repeat=3):
            matrix = np.zeros((3, 3))
            matrix[range(3), order] = signs
            if np.linalg.det(matrix) > 0.0:
                found.append(matrix)
    return np.array(found)


def disorientation(first: Floats, second: Floats) -> Floats:
    """Least angle [rad] between pairs of cubic orientations (n, 3, 3), over the rotations of the cube."""
    between = np.einsum("nji,njk->nik", np.asarray(first, float), np.asarray(second, float))
    # Turning one crystal is enough: the trace of the product with each rotation of the cube.
    traces = np.einsum("nik,sik->ns", between, _cube_rotations())
    return np.arccos(np.clip(0.5 * (traces.max(axis=1) - 1.0), -1.0, 1.0))


def mackenzie_density(angle: Floats) -> Floats:
    """Density of the disorientation of random cubes over the angle [rad], [1/rad] (Mackenzie 1958, Handscomb 1958).

    Zero outside 0 to 62.799 deg.
    """
    degrees = np.degrees(np.asarray(angle, float))
    half = np.tan(0.5 * np.asarray(angle, float))
    root = math.sqrt(2.0)
    low = 2.0 / 15.0 * (1.0 - np.cos(angle))
    sine, cosine = np.sin(angle), np.cos(angle)
    middle = 2.0 / 15.0 * (3.0 * (root - 1.0) * sine - 2.0 * (1.0 - cosine))
    cotangent = 1.0 / np.maximum(half, math.tan(0.5 * LAST_PIECE))  # only the last piece reads it
    third = 2.0 / 15.0 * ((3.0 * (root - 1.0) + 4.0 / math.sqrt(3.0)) * sine - 6.0 * (1.0 - cosine))
    x = (root - 1.0) / np.sqrt(np.maximum(1.0 - (root - 1.0) ** 2 * cotangent**2, 1e-300))
    y = (root - 1.0) ** 2 / np.sqrt(np.maximum(3.0 - cotangent**2, 1e-300))
    inner = 2.0 * (root - 1.0) * np.arccos(np.clip(x * cotangent, -1.0, 1.0))
    inner = inner + np.arccos(np.clip(y * cotangent, -1.0, 1.0)) / math.sqrt(3.0)
    edge = (root + 1.0) / root
    outer = 2.0 * np.arccos(np.clip(edge * x, -1.0, 1.0)) + np.arccos(np.clip(edge * y, -1.0, 1.0))
    last = third - 8.0 / (5.0 * math.pi) * (inner * sine - outer * (1.0 - cosine))
    pieces = np.select(
        [
            degrees < 45.0,
            degrees < 60.0,
            degrees < math.degrees(LAST_PIECE),
            degrees <= math.degrees(LARGEST_DISORIENTATION),
        ],
        [low, middle, third, last],
        0.0,
    )
    return np.maximum(pieces, 0.0) * 180.0 / math.pi
