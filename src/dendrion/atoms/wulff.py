"""The equilibrium shape of a cubic crystal from the energies of its faces (Wulff's construction).

The shape is the set of points x with x·n ≤ γ(n) for every face n of the families given: γ is the distance of a
face from the centre. Its area fractions weight the mean surface energy γ̄ = Σ f_i γ_i.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np

from ..errors import InputError

Face = tuple[int, int, int]


@dataclass(frozen=True)
class Wulff:
    """An equilibrium shape with energies as distances.

    Attributes:
        families: the faces given; ``energies`` [J/m^2] and ``fractions`` (of the area) in their order.
        polygons: corners of each facet, shape [n, 3], with the index of its family.
        area, volume: of the shape whose distances are the energies [(J/m^2)^2, (J/m^2)^3].
    """

    families: tuple[Face, ...]
    energies: tuple[float, ...]
    fractions: tuple[float, ...]
    polygons: tuple[tuple[int, np.ndarray], ...]
    area: float
    volume: float

    @property
    def mean_energy(self) -> float:
        """Surface energy averaged over the area [J/m^2]."""
        return float(np.dot(self.fractions, self.energies))

    @property
    def shape_factor(self) -> float:
        """Surface of the shape over that of the sphere of its volume: 1 for a sphere, 1.241 for a cube."""
        return float(self.area / (36.0 * np.pi * self.volume**2) ** (1.0 / 3.0))

    @property
    def anisotropy(self) -> float:
        """Largest energy over smallest."""
        return max(self.energies) / min(self.energies)


def normals(face: Face) -> np.ndarray:
    """Unit normals of the cubic family of a face, shape [n, 3]."""
    signed = {
        tuple(s * i for s, i in zip(signs, order, strict=True))
        for order in permutations(face)
        for signs in product((1, -1), repeat=3)
    }
    found = np.array(sorted(signed), dtype=float)
    return found / np.linalg.norm(face)


def wulff(faces: Sequence[Face], energies: Sequence[float] | np.ndarray) -> Wulff:
    """The equilibrium shape of a cubic crystal.

    Raises:
        InputError: an energy that is not positive: there is no such shape.
    """
    from scipy.spatial import ConvexHull, HalfspaceIntersection

    if min(energies) <= 0.0:
        raise InputError(
            "there is no equilibrium shape",
            field="surface_energy",
            value=min(energies),
            allowed="above 0 J/m^2",
        )
    owners = np.concatenate([[index] * len(normals(face)) for index, face in enumerate(faces)])
    unit = np.concatenate([normals(face) for face in faces])
    distance = np.asarray(energies, dtype=float)[owners]
    planes = np.column_stack([unit, -distance])
    corners = np.unique(np.round(HalfspaceIntersection(planes, np.zeros(3)).intersections, 10), axis=0)
    polygons, areas = [], np.zeros(len(faces))
    for owner, normal, height in zip(owners, unit, distance, strict=True):
        on_it = corners[np.abs(corners @ normal - height) < 1e-7]
        if len(on_it) < 3:
            continue
        ring = _in_order(on_it, normal)
        polygons.append((int(owner), ring))
        areas[owner] += _polygon_area(ring, normal)
    return Wulff(
        families=tuple((face[0], face[1], face[2]) for face in faces),
        energies=tuple(float(e) for e in energies),
        fractions=tuple(float(a) for a in areas / areas.sum()),
        polygons=tuple(polygons),
        area=float(areas.sum()),
        volume=float(ConvexHull(corners).volume),
    )


def _in_order(corners: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Corners of a facet in the order around it."""
    centre = corners.mean(axis=0)
    first = corners[0] - centre
    angle = np.arctan2((corners - centre) @ np.cross(normal, first), (corners - centre) @ first)
    return corners[np.argsort(angle)]


def _polygon_area(ring: np.ndarray, normal: np.ndarray) -> float:
    crossed = np.cross(ring, np.roll(ring, -1, axis=0)).sum(axis=0)
    return float(0.5 * abs(crossed @ normal))
