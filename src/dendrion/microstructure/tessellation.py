"""Polycrystals as Laguerre tessellations: a point belongs to the grain of least power distance.

    grain(x) = argmin_i |x - s_i|^2 - w_i,        V_i(w) = V_i*          (weights from prescribed volumes)

For any seeds s there is one set of weights w (up to a constant) that gives every grain its prescribed volume V*: the
concave dual of optimal transport (Aurenhammer, Hoffmann and Aronov 1998, DOI 10.1007/PL00009187). It is found by
damped Newton steps with ``dV_i/dw_j = -A_ij/(2 |s_i - s_j|)``, A_ij the area of the facet, while a few moves of the
seeds to the centres of their grains make them equiaxed (Lloyd). Everything is measured on a lattice of its own, so
the grains do not depend on the grid that they are put on. Kind: published.

The nearest grain comes from a k-d tree: with one more coordinate ``sqrt(max w - w_i)`` the power distance is a plain
distance. Periodic axes wrap.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

SAMPLES = {1: 64, 2: 14, 3: 8}
"""Points of the measuring lattice along a mean grain diameter, by dimensions [dimensionless]."""

MOST_SAMPLES = 1_500_000
"""Points of the measuring lattice at most [dimensionless]."""

LLOYD_MOVES = 6
"""Moves of the seeds to the centres of their grains [dimensionless]: more make the grains a honeycomb."""

NEWTON_STEPS = 24
"""Steps of the weights at most [dimensionless]."""

VOLUME_TOLERANCE = 0.02
"""Root mean square of the relative misses of the volumes at which the steps end [dimensionless]; the measuring
lattice itself resolves a grain's volume to about a hundredth."""

SMALLEST_SHARE = 0.02
"""Least volume of a grain within a Newton step, over the prescribed one, below which the step is halved
[dimensionless]: an empty grain has no facets and would be lost."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Tessellation:
    """Seeds and weights of a polycrystal.

    Attributes:
        seeds: (grains, dimensions) [m].
        weights: w of the power distance, at most 0 [m^2].
        size: edge lengths of the box [m].
        periodic: one flag an axis.
        volumes: prescribed volume (area, length) of every grain [m^dimensions].
    """

    seeds: Floats
    weights: Floats
    size: tuple[float, ...]
    periodic: tuple[bool, ...]
    volumes: Floats

    @property
    def count(self) -> int:
        """Number of grains [dimensionless]."""
        return len(self.seeds)

    def _tree(self) -> Any:
        from scipy.spatial import cKDTree

        heights = np.sqrt(np.maximum(self.weights.max() - self.weights, 0.0))
        box = [length if wraps else 0.0 for length, wraps in zip(self.size, self.periodic, strict=True)]
        return cKDTree(np.column_stack([self.seeds, heights]), boxsize=[*box, 0.0])

    def _nearest(self, points: Floats, number: int) -> tuple[Floats, NDArray[np.int64]]:
        wrapped = points.copy()
        for axis, wraps in enumerate(self.periodic):
            if wraps:
                wrapped[:, axis] %= self.size[axis]
        lifted = np.column_stack([wrapped, np.zeros(len(points))])
        distance, index = self._tree().query(lifted, k=list(range(1, number + 1)))
        return distance**2, index

    def grains_at(self, points: Floats) -> NDArray[np.int64]:
        """Grain of every point, (points, dimensions) [m] in, (points,) out."""
        return self._nearest(np.asarray(points, float), 1)[1][:, 0]

    def boundary_distance_at(self, points: Floats) -> Floats:
        """Distance [m] of every point from the nearest plane between its grain and the second nearest one.

        ``(P_2 - P_1)/(2 |s_2 - s_1|)`` of the power distances P; exact beside a facet, at a junction to the nearer.
        """
        if self.count < 2:
            return np.full(len(points), np.inf)
        points = np.asarray(points, float)
        power, index = self._nearest(points, 2)
        apart = np.linalg.norm(self._between(index[:, 0], index[:, 1], points), axis=1)
        return (power[:, 1] - power[:, 0]) / np.maximum(2.0 * apart, 1e-300)

    def _between(self, first: NDArray[np.int64], second: NDArray[np.int64], points: Floats) -> Floats:
        """Vector from the seed of ``first`` to that of ``second``, both taken as the images nearest to the point."""
        return self._image(second, points) - self._image(first, points)

    def _image(self, index: NDArray[np.int64], points: Floats) -> Floats:
        away = self.seeds[index] - points
        for axis, wraps in enumerate(self.periodic):
            if wraps:
                away[:, axis] -= self.size[axis] * np.round(away[:, axis] / self.size[axis])
        return away

    def raster(self, shape: Sequence[int]) -> tuple[NDArray[np.int64], Floats]:
        """Grain and distance from the nearest boundary [m] of every cell of a grid on the box."""
        points = cell_centres(shape, self.size)
        return self.grains_at(points).reshape(shape), self.boundary_distance_at(points).reshape(shape)


def cell_centres(shape: Sequence[int], size: Sequence[float]) -> Floats:
    """Centres of the cells of a box, (cells, dimensions) in the order of a raveled field [m]."""
    axes = [(np.arange(count) + 0.5) * length / count for count, length in zip(shape, size, strict=True)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))


def log_normal_diameters(count: int, mean: float, spread: float, random: np.random.Generator) -> Floats:
    """Diameters [m] of log-normal distribution: ``mean`` [m], standard deviation ``spread`` of the logarithm.

    One from each of ``count`` equally likely classes, so that few grains have the distribution too.
    """
    from scipy.special import ndtri

    quantiles = (random.permutation(count) + random.uniform(0.02, 0.98, count)) / count
    return mean * np.exp(spread * ndtri(quantiles) - 0.5 * spread**2)


def ball_volume(diameter: Floats | float, dimensions: int) -> Any:
    """Volume of a ball, area of a disc or length of a segment of this diameter [m^dimensions]."""
    return np.asarray(diameter) ** dimensions * (1.0, math.pi / 4.0, math.pi / 6.0)[dimensions - 1]


def equivalent_diameters(volumes: Floats, dimensions: int) -> Floats:
    """Diameter [m] of the ball (disc, segment) of each volume [m^dimensions]."""
    return (np.asarray(volumes) / ball_volume(1.0, dimensions)) ** (1.0 / dimensions)


def tessellate(
    size: Sequence[float],
    periodic: Sequence[bool],
    grain_size: float,
    spread: float = 0.3,
    seed: int = 0,
) -> Tessellation:
    """A polycrystal with log-normal grain sizes.

    Args:
        size: edge lengths of the box, one to three [m].
        periodic: one flag an axis.
        grain_size: mean of the equivalent diameters, of a disc in 2-D and of a ball in 3-D [m].
        spread: standard deviation of their natural logarithm, 0 to 1 [dimensionless].
        seed: of the random numbers; the same seed gives the same grains on any grid.
    Raises:
        InputError: a size that is not positive, a spread out of range, or no room for two grains.
    """
    dimensions, volume = len(size), float(np.prod(size))
    if not (math.isfinite(grain_size) and grain_size > 0.0):
        raise InputError("grains need a positive size", field="grain_size", value=grain_size, allowed="> 0 m")
    if not 0.0 <= spread <= 1.0:
        raise InputError("out of range", field="spread", value=spread, allowed="0 to 1")
    mean_volume = ball_volume(grain_size, dimensions) * math.exp(
        0.5 * dimensions * (dimensions - 1) * spread**2
    )
    count = round(volume / mean_volume)
    if count < 2:
        raise InputError(
            "the box holds no two grains", field="grain_size", value=f"{grain_size:g} m",
            allowed=f"mean volume at most half of the box, {volume:.3g} m^{dimensions}",
            hint="smaller grains, a larger domain, or kind: single_crystal",
        )  # fmt: skip
    random = np.random.default_rng(seed)
    volumes = ball_volume(log_normal_diameters(count, grain_size, spread, random), dimensions)
    volumes *= volume / volumes.sum()
    seeds = _spread_out(volumes, size, periodic, random)
    return _fitted(seeds, volumes, tuple(map(float, size)), tuple(map(bool, periodic)), grain_size)


def _spread_out(
    volumes: Floats, size: Sequence[float], periodic: Sequence[bool], random: np.random.Generator
) -> Floats:
    """First seeds: largest grain first, each at the emptiest of a few random places."""
    radii = 0.5 * equivalent_diameters(volumes, len(size))
    lengths, wraps = np.asarray(size, float), np.asarray(periodic, bool)
    seeds = np.zeros((len(volumes), len(size)))
    placed: list[int] = []
    for index in np.argsort(-volumes, kind="stable"):
        trials = random.uniform(0.0, 1.0, (12, len(size))) * lengths
        if placed:
            away = trials[:, None] - seeds[placed][None]
            away -= np.where(wraps, lengths * np.round(away / lengths), 0.0)
            gaps = np.linalg.norm(away, axis=2) - radii[placed]
            seeds[index] = trials[np.argmax(gaps.min(axis=1))]
        else:
            seeds[index] = trials[0]
        placed.append(int(index))
    return seeds


def _fitted(
    seeds: Floats, volumes: Floats, size: tuple[float, ...], periodic: tuple[bool, ...], grain_size: float
) -> Tessellation:
    """Seeds moved to the centres of their grains, weights that give the volumes."""
    dimensions = len(size)
    step = min(grain_size / SAMPLES[dimensions], min(size) / 8.0)
    step = max(step, (math.prod(size) / MOST_SAMPLES) ** (1.0 / dimensions))
    shape = tuple(max(8, math.ceil(length / step)) for length in size)
    points = cell_centres(shape, size)
    current = Tessellation(seeds, np.zeros(len(seeds)), size, periodic, volumes)
    found = _measured(current, points, shape)
    for iteration in range(LLOYD_MOVES + NEWTON_STEPS):
        if iteration < LLOYD_MOVES:
            current = _centred(current, points, found)
            found = _measured(current, points, shape)
        elif _miss(found[1], volumes) < VOLUME_TOLERANCE:
            break
        current, found = _newton_step(current, found, points, shape)
    return current


Measured = tuple[NDArray[np.int64], Any]


def _measured(tessellation: Tessellation, points: Floats, shape: tuple[int, ...]) -> Measured:
    labels = tessellation.grains_at(points)
    element = math.prod(tessellation.size) / len(points)
    return labels, element * np.bincount(labels, minlength=tessellation.count)


def _miss(found: Floats, wanted: Floats) -> float:
    return float(np.sqrt(np.mean((found / wanted - 1.0) ** 2)))


def _centred(tessellation: Tessellation, points: Floats, found: Measured) -> Tessellation:
    labels, _ = found
    away = -tessellation._image(labels, points)
    sums = np.stack(
        [np.bincount(labels, weights=away[:, k], minlength=tessellation.count) for k in range(away.shape[1])],
        axis=1,
    )
    counts = np.bincount(labels, minlength=tessellation.count)
    seeds = tessellation.seeds + sums / np.maximum(counts, 1)[:, None]
    for axis, wraps in enumerate(tessellation.periodic):
        if wraps:
            seeds[:, axis] %= tessellation.size[axis]
    return Tessellation(
        seeds, tessellation.weights, tessellation.size, tessellation.periodic, tessellation.volumes
    )


def _newton_step(
    tessellation: Tessellation, found: Measured, points: Floats, shape: tuple[int, ...]
) -> tuple[Tessellation, Measured]:
    """One step of the weights towards the volumes, halved while it empties a grain or makes the volumes worse."""
    from scipy.sparse import coo_matrix, diags, identity
    from scipy.sparse.linalg import spsolve

    first, second, slope = _facets(tessellation, found[0].reshape(shape))
    count = tessellation.count
    matrix = coo_matrix((slope, (first, second)), (count, count)).tocsr()
    matrix = matrix + matrix.T
    total = np.asarray(matrix.sum(axis=1)).ravel()
    typical = float(total[total > 0.0].mean()) if np.any(total > 0.0) else 1.0
    matrix = diags(total) - matrix + 0.02 * typical * identity(count)
    change = np.atleast_1d(spsolve(matrix.tocsc(), tessellation.volumes - found[1]))
    before, length = _miss(found[1], tessellation.volumes), 1.0
    for _ in range(6):
        weights = tessellation.weights + length * change
        trial = Tessellation(
            tessellation.seeds, weights - weights.max(), tessellation.size, tessellation.periodic, tessellation.volumes
        )  # fmt: skip
        measured = _measured(trial, points, shape)
        empty = np.any(measured[1] < SMALLEST_SHARE * tessellation.volumes)
        if not empty and _miss(measured[1], tessellation.volumes) < before:
            return trial, measured
        length *= 0.5
    return trial, measured


def _facets(tessellation: Tessellation, labels: NDArray[np.int64]) -> tuple[Any, Any, Floats]:
    """Pairs of neighbours and A_ij/(2 |s_i - s_j|) of every facet, measured on the lattice [m^(dimensions - 2)]."""
    spacing = [length / count for length, count in zip(tessellation.size, labels.shape, strict=True)]
    points = cell_centres(labels.shape, tessellation.size)
    found: list[tuple[Any, Any, Floats]] = []
    for axis in range(labels.ndim):
        lower = (
            labels if tessellation.periodic[axis] else np.moveaxis(np.moveaxis(labels, axis, 0)[:-1], 0, axis)
        )
        upper = np.roll(labels, -1, axis)
        upper = (
            upper if tessellation.periodic[axis] else np.moveaxis(np.moveaxis(upper, axis, 0)[:-1], 0, axis)
        )
        places = np.argwhere(lower != upper)
        a, b = lower[tuple(places.T)], upper[tuple(places.T)]
        flat = np.ravel_multi_index(tuple(places.T), labels.shape)
        apart = tessellation._between(a, b, points[flat])
        # A facet of normal n and area A crosses A |n_k| of the lattice's faces across k; their sum over the axes is
        # weighted with |n_k| to give A back, since the squares of n add up to one.
        distance = np.maximum(np.linalg.norm(apart, axis=1), 1e-300)
        area = math.prod(spacing) / spacing[axis] * np.abs(apart[:, axis]) / distance
        found.append((a, b, area / (2.0 * distance)))
    return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))  # type: ignore[return-value]
