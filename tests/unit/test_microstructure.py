"""Grains, orientations, boundaries, inclusions and label maps by themselves, against theory and an independent solver."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve

from dendrion.errors import InputError
from dendrion.microstructure import (
    band_coverage,
    boundary_distance,
    disorientation,
    face_factors,
    fibre_orientations,
    mackenzie_density,
    place_inclusions,
    random_orientations,
    read_label_map,
    resample,
    tessellate,
    widened_stiffness_factor,
    widened_toughness_factor,
    write_label_map,
)
from dendrion.microstructure.boundaries import boundary_area
from dendrion.microstructure.images import LabelMap, without_lines
from dendrion.microstructure.orientations import LARGEST_DISORIENTATION
from dendrion.microstructure.tessellation import equivalent_diameters, log_normal_diameters

MICRON = 1e-6


def effective_conductivity(factors, shape):
    """Conductivity along x of a fully periodic box of unit cells, by a direct sparse solve of the cell problem."""
    index = np.arange(np.prod(shape)).reshape(shape)
    rows, columns, entries, load = [], [], [], np.zeros(index.size)
    for axis, faces in enumerate(factors):
        lower, upper, g = index.ravel(), np.roll(index, -1, axis).ravel(), faces.ravel()
        rows += [lower, upper, lower, upper]
        columns += [lower, upper, upper, lower]
        entries += [g, g, -g, -g]
        if axis == 0:  # a unit of field along x beside the periodic part
            np.add.at(load, lower, g)
            np.add.at(load, upper, -g)
    matrix = coo_matrix((np.concatenate(entries), (np.concatenate(rows), np.concatenate(columns)))).tocsc()
    keep = np.arange(1, index.size)
    potential = np.zeros(index.size)
    potential[1:] = spsolve(matrix[np.ix_(keep, keep)], load[keep])
    field = 1.0 + np.roll(potential.reshape(shape), -1, 0) - potential.reshape(shape)
    return float(np.mean(factors[0] * field))


def test_volumes_and_diameters_are_those_that_were_asked_for():
    found = tessellate((150 * MICRON, 150 * MICRON), (True, True), 8 * MICRON, 0.3, seed=5)
    labels, _ = found.raster((600, 600))
    volumes = np.bincount(labels.ravel(), minlength=found.count) * (150 * MICRON / 600) ** 2
    logarithm = np.log(equivalent_diameters(volumes, 2))
    assert found.count > 300
    assert np.sqrt(np.mean((volumes / found.volumes - 1.0) ** 2)) < 0.04
    assert np.exp(logarithm).mean() == pytest.approx(8 * MICRON, rel=0.02)
    assert logarithm.std() == pytest.approx(0.3, rel=0.05)
    assert abs(np.mean(((logarithm - logarithm.mean()) / logarithm.std()) ** 3)) < 0.25  # no skew: log-normal


def test_log_normal_classes_have_their_moments():
    diameters = log_normal_diameters(20000, 5.0, 0.4, np.random.default_rng(0))
    assert diameters.mean() == pytest.approx(5.0, rel=5e-3)
    assert np.log(diameters).std() == pytest.approx(0.4, rel=1e-2)


def test_grains_in_three_dimensions_fill_their_volumes():
    found = tessellate((24 * MICRON,) * 3, (False, True, True), 8 * MICRON, 0.3, seed=2)
    labels, _ = found.raster((48, 48, 48))
    volumes = np.bincount(labels.ravel(), minlength=found.count) * (0.5 * MICRON) ** 3
    assert found.count == 39
    assert volumes.min() > 0.0
    assert np.sqrt(np.mean((volumes / found.volumes - 1.0) ** 2)) < 0.06


def test_same_seed_same_grains_on_a_finer_grid():
    grains = [
        tessellate((40 * MICRON, 40 * MICRON), (False, True), 6 * MICRON, 0.3, seed=s) for s in (3, 3, 4)
    ]
    assert np.array_equal(grains[0].seeds, grains[1].seeds)
    assert not np.allclose(grains[0].seeds[:5], grains[2].seeds[:5])
    coarse, distance = grains[0].raster((50, 50))
    fine, _ = grains[1].raster((150, 150))  # centres of the coarse cells are centres of fine ones
    assert np.array_equal(coarse, fine[1::3, 1::3])
    assert distance.min() >= 0.0


def test_distance_from_boundaries_is_that_of_the_faces_near_them():
    found = tessellate((60 * MICRON, 60 * MICRON), (False, True), 10 * MICRON, 0.3, seed=1)
    labels, exact = found.raster((240, 240))
    from_faces = boundary_distance(labels, found.size, found.periodic)
    near = exact < 1.0 * MICRON
    assert np.abs(from_faces - exact)[near].mean() < 0.25 * 0.25 * MICRON
    area = [boundary_area(found.raster((n, n))[0], (60 / n,) * 2, found.periodic) for n in (240, 480)]
    assert area[0] == pytest.approx(area[1], rel=0.02)


def test_misorientations_of_random_cubes_follow_mackenzie():
    angles = disorientation(random_orientations(40_000, 1), random_orientations(40_000, 2))
    assert np.degrees(LARGEST_DISORIENTATION) == pytest.approx(62.799, abs=1e-3)
    assert angles.max() <= LARGEST_DISORIENTATION
    assert np.degrees(angles.mean()) == pytest.approx(40.736, abs=0.2)
    edges = np.radians(np.arange(0.0, 64.0, 3.5))
    shares = np.histogram(angles, edges)[0] / angles.size
    exact = [quad(lambda a: float(mackenzie_density(np.array(a))), a, b, limit=200)[0]
             for a, b in pairwise(edges)]  # fmt: skip
    assert sum(exact) == pytest.approx(1.0, abs=1e-5)
    assert shares == pytest.approx(exact, abs=4.5 * np.sqrt(0.2 / angles.size))


def test_a_fibre_points_where_it_is_asked_to():
    turned = fibre_orientations(500, (1, 1, 1), 0.0, seed=3, along=(0, 0, 1))
    assert turned @ np.ones(3) / np.sqrt(3.0) == pytest.approx(np.tile([0.0, 0.0, 1.0], (500, 1)))
    assert np.linalg.det(turned) == pytest.approx(np.ones(500))
    tilted = fibre_orientations(4000, (1, 0, 0), 0.1, seed=3, along=(0, 1, 0))
    assert np.std(np.arcsin(np.clip(tilted[:, 2, 0], -1, 1))) == pytest.approx(0.1, rel=0.05)


@pytest.mark.parametrize("size", [8, 16, 24])
def test_brick_layer_is_exact_on_every_grid(size):
    """1/kappa = (1 + l_gb/d)/kappa_g for square grains of edge d, whatever the cells."""
    x, y = np.meshgrid(*(np.arange(48) // size,) * 2, indexing="ij")
    labels = 100 * x + y
    factors = face_factors(np.ones((48, 48)), labels, 5.0, (1.0, 1.0), (True, True))
    assert effective_conductivity(factors, (48, 48)) == pytest.approx(1.0 / (1.0 + 5.0 / size), rel=0.03)
    inner = face_factors(np.ones((48, 48)), x, 5.0, (1.0, 1.0), (True, True))
    assert effective_conductivity(inner, (48, 48)) == pytest.approx(1.0 / (1.0 + 5.0 / size), rel=1e-9)


@pytest.mark.parametrize("planar", [True, False])
@pytest.mark.parametrize("turns", [0.25, 0.5, 1.0])
def test_slanted_boundaries_keep_their_areal_resistance(turns, planar):
    """Layers across n: kappa_xx = kappa_n n_x^2 + kappa (1 - n_x^2); the staircase has it to first order in h."""
    share, layers, errors = 1.0 / (1.0 + turns**2), 8, []
    for n in (96, 192):
        x, y = np.meshgrid(*(np.arange(n) + 0.5,) * 2, indexing="ij")
        labels = np.floor((x + turns * y) * layers / n).astype(int) % 2  # an even number along y: they meet
        exact = share / (1.0 + 1.0 / (6.0 / layers / np.hypot(1.0, turns))) + 1.0 - share
        factors = face_factors(np.ones((n, n)), labels, n / 6.0, (1.0, 1.0), (True, True), planar)
        errors.append(abs(effective_conductivity(factors, (n, n)) / exact - 1.0))
    assert errors[1] < 0.035
    assert errors[1] < 0.65 * errors[0]


def test_areal_resistance_does_not_depend_on_the_grid():
    found = tessellate((60 * MICRON, 60 * MICRON), (True, True), 12 * MICRON, 0.3, seed=1)
    kappa = []
    for n in (40, 80, 160):
        labels, _ = found.raster((n, n))
        cell = 60 * MICRON / n
        factors = face_factors(np.ones((n, n)), labels, 12 * MICRON, (cell, cell), found.periodic)
        kappa.append(effective_conductivity(factors, (n, n)))
    assert kappa[1] == pytest.approx(kappa[2], rel=0.015)
    assert kappa[0] == pytest.approx(kappa[2], rel=0.03)
    assert kappa[2] == pytest.approx(0.5, rel=0.15)  # bricks of the mean size with l_gb = d would have a half


def damage_energy(factor, width, length, cell):
    """Energy of an AT2 crack along the middle of a band over that of the grain, by minimisation on a fine line."""
    x = (np.arange(4001) - 2000) * cell
    toughness = np.where(np.abs(x) < 0.5 * width, factor, 1.0)
    face = 0.5 * (toughness[1:] + toughness[:-1])
    main = toughness * cell / length
    main[:-1] += face * length / cell
    main[1:] += face * length / cell
    rows = np.arange(4001)
    matrix = coo_matrix(
        (np.concatenate([main, -face * length / cell, -face * length / cell]),
         (np.concatenate([rows, rows[:-1], rows[1:]]), np.concatenate([rows, rows[1:], rows[:-1]])))
    ).tocsc()  # fmt: skip
    free = rows != 2000
    damage = np.ones(4001)
    load = -np.asarray(matrix[free][:, [2000]].todense()).ravel()
    damage[free] = spsolve(matrix[free][:, free], load)
    return 0.5 * float(damage @ (matrix @ damage))


@pytest.mark.parametrize(("factor", "width"), [(0.5, 1.0), (0.3, 2.0), (0.8, 0.6)])
def test_a_widened_boundary_costs_its_own_fracture_energy(factor, width):
    inside = widened_toughness_factor(factor, width, 1.0)
    assert inside < factor
    assert damage_energy(inside, width, 1.0, 0.01) == pytest.approx(factor, rel=0.02)
    assert widened_toughness_factor(1.2, width, 1.0) == 1.2
    assert widened_toughness_factor(factor, 60.0, 1.0) == pytest.approx(factor)


def test_a_widened_boundary_gives_way_as_a_thin_one():
    assert widened_stiffness_factor(0.5, 2e-9, 2e-9) == pytest.approx(0.5)
    kept = widened_stiffness_factor(0.5, 2e-9, 1e-6)
    assert 1e-6 * (1.0 / kept - 1.0) == pytest.approx(2e-9 * (1.0 / 0.5 - 1.0))
    assert band_coverage(np.array([0.0, 1.0, 2.0]), 2.0, 1.0) == pytest.approx([1.0, 0.5, 0.0])


@pytest.mark.parametrize("at_boundaries", [False, True])
def test_pores_fill_their_share_and_keep_apart(at_boundaries):
    grains = tessellate((60 * MICRON, 60 * MICRON), (False, True), 10 * MICRON, 0.3, seed=1)
    where = grains.boundary_distance_at if at_boundaries else None
    found = place_inclusions(
        grains.size, grains.periodic, 0.1, 2 * MICRON, 0.2, seed=4, boundary_distance=where
    )
    axes = [(np.arange(600) + 0.5) * 0.1 * MICRON for _ in range(2)]
    mask = found.mask((axes[0][:, None], axes[1][None, :]))
    assert found.fraction == pytest.approx(0.1, rel=1e-9)
    assert mask.mean() == pytest.approx(0.1, rel=0.02)
    distance = grains.boundary_distance_at(found.centres)
    assert (distance.mean() < 0.15 * MICRON) == at_boundaries


@pytest.mark.parametrize(("ending", "dimensions"), [("png", 2), ("tif", 2), ("tif", 3), ("dream3d", 2), ("dream3d", 3), ("tesr", 2), ("tesr", 3)])  # fmt: skip
@pytest.mark.parametrize("largest", [200, 3000])
def test_label_maps_come_back_as_written(tmp_path, ending, dimensions, largest):
    labels = np.random.default_rng(0).integers(0, largest, (7, 5, 4)[:dimensions])
    path = tmp_path / f"grains.{ending}"
    write_label_map(path, labels, (0.5, 0.5, 0.25)[:dimensions])
    found = read_label_map(path)
    assert np.array_equal(found.labels, labels)
    states_size = ending in {"dream3d", "tesr"}
    assert found.pixel_size == ((0.5, 0.5, 0.25)[:dimensions] if states_size else None)


def test_a_picture_stands_as_it_is_seen(tmp_path):
    from PIL import Image

    rows = np.zeros((4, 6, 3), np.uint8)
    rows[0, :] = (255, 0, 0)  # the top row is red
    Image.fromarray(rows).save(tmp_path / "seen.png")
    labels = read_label_map(tmp_path / "seen.png").labels
    assert labels.shape == (6, 4)
    assert np.all(labels[:, -1] == 1) and np.all(labels[:, :-1] == 0)


def test_labels_are_put_on_the_grid_by_their_size():
    labels = np.arange(24).reshape(6, 4)
    found = resample(LabelMap(labels), (2.0, 2.0), (12, 8), (12.0, 8.0))
    assert np.array_equal(found, np.kron(labels, np.ones((2, 2), int)))
    lined = np.where(np.arange(6)[:, None] == 3, 255, labels * 0 + (np.arange(6)[:, None] > 3))
    assert set(np.unique(without_lines(lined, 255, (False, False)))) == {0, 1}


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: tessellate((1.0, 1.0), (False, True), 0.0), "grain_size"),
        (lambda: tessellate((1.0, 1.0), (False, True), 0.1, 2.0), "spread"),
        (lambda: tessellate((1.0, 1.0), (False, True), 3.0), "grain_size"),
        (lambda: place_inclusions((1.0, 1.0), (False, True), 0.5, 0.1), "fraction"),
        (lambda: place_inclusions((1.0, 1.0), (False, True), 0.1, 0.8), "size"),
        (lambda: fibre_orientations(3, (0, 0, 0)), "axis"),
        (lambda: read_label_map("grains.bmp"), "file"),
        (lambda: read_label_map("absent.png"), "file"),
        (lambda: resample(LabelMap(np.zeros((4, 4), int)), (1.0, 1.0), (8, 8), (8.0, 8.0)), "microstructure.file"),
        (lambda: resample(LabelMap(np.zeros((4, 4), int)), (1.0, 1.0), (8, 8, 8), (8.0,) * 3), "microstructure.file"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(call, field):
    with pytest.raises(InputError) as refused:
        call()
    assert refused.value.field == field
