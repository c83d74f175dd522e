"""Elastic fields against exact ones: inclusion, hole, warm plates, single crystals; observed orders are printed."""

from __future__ import annotations

import itertools
import math

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from dendrion.field.mandel import in_plane_tangent, plane_strain
from dendrion.field.stiffness import cubic_stiffness
from dendrion.numerics import elasticity
from tests.elastic_problems import (
    build,
    elastic_stiffness,
    node_places,
    pinned,
    solve,
    solver_stiffness,
    stress,
    thermal_strain,
)

MODULUS, RATIO = 150e9, 0.26
EXPANSION, DIFFERENCE = 1.3e-5, 20.0


def area_inside(cells, radius, samples=16):
    """Share of every cell of the unit square that lies in a circle around its middle."""
    fine = (np.arange(cells * samples) + 0.5) / (cells * samples) - 0.5
    inside = np.hypot(fine[:, None], fine[None, :]) < radius
    return inside.reshape(cells, samples, cells, samples).mean(axis=(1, 3))


def centres(cells):
    """Radius and angle of the cell centres around the middle of the unit square."""
    x = (np.arange(cells) + 0.5) / cells - 0.5
    x, y = np.meshgrid(x, x, indexing="ij")
    return np.hypot(x, y), np.arctan2(y, x)


def boundary(cells):
    """All wall nodes of the unit square prescribed, and the nodes' radius and angle around its middle."""
    fixed = np.zeros((2, cells + 1, cells + 1), bool)
    fixed[:, [0, -1]] = True
    fixed[:, :, [0, -1]] = True
    x, y = node_places((cells, cells), (1.0 / cells,) * 2) - 0.5
    return jnp.asarray(fixed), np.hypot(x, y), np.arctan2(y, x)


def observed_orders(errors):
    return [math.log2(coarse / fine) for coarse, fine in itertools.pairwise(errors)]


def test_eshelby_inclusion():
    """Circular inclusion that wants to expand by e in the plane, in an infinite body of the same stiffness.

    Inside σ = −E e/(2(1 − ν²)), outside σ_rr = −σ_tt = σ_in (a/r)², u_r = e/(2(1 − ν)) min(r, a²/r).
    """
    radius, strain = 0.2, 1e-3
    inside = -MODULUS * strain / (2.0 * (1.0 - RATIO**2))
    assert inside == pytest.approx(-80437580.43758044)  # the dossier's value
    errors, inner, outer = [], [], []
    for cells in (16, 32, 64):
        fixed, r, angle = boundary(cells)
        u = strain / (2.0 * (1.0 - RATIO)) * np.where(r < radius, r, radius**2 / np.maximum(r, 1e-9))
        exact = np.array([u * np.cos(angle), u * np.sin(angle)])
        spacing, periodic = (1.0 / cells,) * 2, (False, False)
        stiffness = jnp.asarray(
            solver_stiffness(MODULUS, RATIO, 2)[:, :, None, None] * np.ones((cells, cells))
        )
        free = np.array([1.0, 1.0, 0.0])[:, None, None] * strain * area_inside(cells, radius)
        load = stress(stiffness, jnp.asarray(free))
        force = elasticity.internal_force(load, spacing, periodic)
        hierarchy = build(stiffness, fixed, periodic, spacing)
        displacement, info = solve(hierarchy, force, jnp.where(fixed, exact, 0.0), 1e-10, 60)
        assert bool(info.converged)
        field = np.asarray(stress(stiffness, elasticity.cell_strain(displacement, spacing, periodic)) - load)
        errors.append(np.sqrt(np.mean((displacement - exact) ** 2) / np.mean(exact**2)))
        distance, _ = centres(cells)
        core = field[:2, distance < 0.7 * radius]
        inner.append(np.abs(core / inside - 1.0).max())
        ring = np.abs(distance - 2.0 * radius) < 0.04
        pressure = (field[0] ** 2 + field[1] ** 2 + field[2] ** 2)[ring]
        outer.append(np.abs(np.sqrt(pressure / 2.0) / (-inside * (radius / distance[ring]) ** 2) - 1.0).max())
    orders = observed_orders(errors)
    print(f"displacement {errors}, orders {orders}; core stress {inner}; stress at 2a {outer}")
    assert orders[-1] >= 1.5  # the kink of u_r at the inclusion costs the coarse grids some
    assert inner[-1] <= 0.02
    assert outer[-1] <= 0.01


def kirsch_displacement(r, angle, radius, modulus, ratio):
    """Displacement around a round hole under unit tension along x, plane strain."""
    shear, kappa = 0.5 * modulus / (1.0 + ratio), 3.0 - 4.0 * ratio
    two, back = 2.0 * angle, radius**2 / r
    radial = r * ((kappa - 1.0) / 2.0 + np.cos(two)) + back * (1.0 + (kappa + 1.0) * np.cos(two))
    radial = (radial - radius**4 / r**3 * np.cos(two)) / (4.0 * shear)
    turning = -(r + back * (kappa - 1.0) + radius**4 / r**3) * np.sin(two) / (4.0 * shear)
    return np.array(
        [
            radial * np.cos(angle) - turning * np.sin(angle),
            radial * np.sin(angle) + turning * np.cos(angle),
        ]
    )


def test_kirsch_hole():
    """A round hole made of cells without stiffness (cut ones by their share of solid) under unit tension.

    On the line across, σ_tt = 1 + (a/r)²/2 + 3 (a/r)⁴/2: 1.5185 at r = 1.5 a, 1.21875 at r = 2 a.
    """
    radius, modulus, ratio = 0.2, 1.0, 0.3
    errors, tangential = [], []
    for cells in (16, 32, 64):
        fixed, r, angle = boundary(cells)
        exact = kirsch_displacement(np.maximum(r, 0.5 * radius), angle, radius, modulus, ratio)
        spacing, periodic = (1.0 / cells,) * 2, (False, False)
        solid = 1.0 - area_inside(cells, radius)
        stiffness = jnp.asarray(solver_stiffness(modulus, ratio, 2)[:, :, None, None] * solid)
        hierarchy = build(stiffness, fixed, periodic, spacing)
        guess = jnp.where(fixed, exact, 0.0)
        displacement, info = solve(hierarchy, jnp.zeros_like(guess), guess, 1e-10, 100)
        assert bool(info.converged)
        outside = r > 1.2 * radius
        errors.append(
            np.sqrt(np.mean((displacement - exact)[:, outside] ** 2) / np.mean(exact[:, outside] ** 2))
        )
        field = np.asarray(stress(stiffness, elasticity.cell_strain(displacement, spacing, periodic)))
        y = (np.arange(cells) + 0.5) / cells - 0.5
        line = 0.5 * (field[0, cells // 2] + field[0, cells // 2 - 1])
        exact_line = 1.0 + 0.5 * (radius / abs(y)) ** 2 + 1.5 * (radius / abs(y)) ** 4
        far = (abs(y) > 1.4 * radius) & (abs(y) < 2.2 * radius)
        tangential.append(np.abs(line / exact_line - 1.0)[far].max())
    orders = observed_orders(errors)
    print(f"displacement {errors}, orders {orders}; σ_tt from 1.4 to 2.2 a {tangential}")
    assert min(orders) >= 0.9
    assert tangential[-1] <= 0.02


def plate(cells, spacing):
    """Plane-strain moduli of a plate and the height of its cell centres over its middle."""
    full = elastic_stiffness(MODULUS * np.ones(cells), RATIO, 4)
    height = cells[1] * spacing[1]
    return full, (np.arange(cells[1]) + 0.5) * spacing[1] - 0.5 * height, height


def warm(full, rise, slope, spacing):
    """Eigenstress (zz row too), its in-plane load and slopes for a temperature that varies along y."""
    cells = full.shape[2:]
    eigen = stress(full, thermal_strain(jnp.full(cells, EXPANSION), rise, 4))
    change = stress(full, thermal_strain(jnp.full(cells, EXPANSION), slope, 4))
    rows = np.array([0, 1, 3])
    slopes = jnp.stack([jnp.zeros_like(change[rows]), change[rows]], axis=1)
    periodic = (False, False)
    return eigen, elasticity.eigenstress_force(in_plane_tangent(full), eigen[rows], slopes, spacing, periodic)


def test_free_plate_under_a_linear_gradient_has_no_stress():
    """It bends with κ = (1 + ν) α ΔT/H in plane strain and carries nothing in the plane, to 1e-10 of E α ΔT."""
    cells, spacing = (12, 7), (2e-6, 1e-6)
    full, y, height = plate(cells, spacing)
    rise = jnp.asarray(DIFFERENCE * y / height * np.ones(cells))
    eigen, force = warm(full, rise, jnp.full(cells, DIFFERENCE / height), spacing)
    hierarchy = build(in_plane_tangent(full), pinned(cells), (False, False), spacing)
    displacement, info = solve(hierarchy, force, jnp.zeros_like(force), 1e-13, 200)
    strain = plane_strain(elasticity.cell_strain(displacement, spacing, (False, False)))
    field = np.asarray(stress(full, strain) - eigen)[np.array([0, 1, 3])]
    share = np.abs(field).max() / (MODULUS * EXPANSION * DIFFERENCE)
    curvature = np.asarray(strain[0, 0, -1] - strain[0, 0, 0]) / (height - spacing[1])
    print(f"largest stress {share:.1e} E α ΔT, {int(info.iterations)} iterations")
    assert bool(info.converged)
    assert share <= 1e-10
    assert curvature == pytest.approx((1.0 + RATIO) * EXPANSION * DIFFERENCE / height, rel=1e-9)


def test_free_plate_in_three_dimensions_has_no_stress():
    cells, spacing, periodic = (4, 5, 3), (1e-6, 1e-6, 1.5e-6), (False,) * 3
    full = elastic_stiffness(MODULUS * np.ones(cells), RATIO, 6)
    direction = np.array([1.0, -2.0, 0.5])  # any linear field will do
    places = np.meshgrid(
        *[(np.arange(n) + 0.5) * h for n, h in zip(cells, spacing, strict=True)], indexing="ij"
    )
    slope = DIFFERENCE / 5e-6
    rise = slope * sum(d * x for d, x in zip(direction, places, strict=True))
    eigen = stress(full, thermal_strain(jnp.full(cells, EXPANSION), jnp.asarray(rise)))
    unit = stress(full, thermal_strain(jnp.full(cells, EXPANSION), jnp.ones(cells)))
    slopes = jnp.stack([slope * d * unit for d in direction], axis=1)
    force = elasticity.eigenstress_force(full, eigen, slopes, spacing, periodic)
    hierarchy = build(full, pinned(cells), periodic, spacing)
    displacement, info = solve(hierarchy, force, jnp.zeros_like(force), 1e-13, 200)
    field = np.asarray(stress(full, elasticity.cell_strain(displacement, spacing, periodic)) - eigen)
    share = np.abs(field).max() / (MODULUS * EXPANSION * DIFFERENCE)
    print(f"largest stress {share:.1e} E α ΔT, {int(info.iterations)} iterations")
    assert bool(info.converged)
    assert share <= 1e-10


def test_plate_held_flat_carries_26_MPa_on_its_faces():
    """Rollers at both ends: σ_xx = σ_zz = −E α (T − T_mean)/(1 − ν), ∓26.35 MPa at the faces for 20 K."""
    cells, spacing = (12, 7), (2e-6, 1e-6)
    full, y, height = plate(cells, spacing)
    rise = jnp.asarray(DIFFERENCE * y / height * np.ones(cells))
    eigen, force = warm(full, rise, jnp.full(cells, DIFFERENCE / height), spacing)
    fixed = np.zeros((2, 13, 8), bool)
    fixed[0, [0, -1]] = True
    fixed[1, 0, 0] = True
    hierarchy = build(in_plane_tangent(full), jnp.asarray(fixed), (False, False), spacing)
    displacement, info = solve(hierarchy, force, jnp.zeros_like(force), 1e-13, 200)
    assert bool(info.converged)
    strain = plane_strain(elasticity.cell_strain(displacement, spacing, (False, False)))
    field = np.asarray(stress(full, strain) - eigen)
    exact = -MODULUS * EXPANSION * DIFFERENCE * y / height / (1.0 - RATIO)
    for component in (0, 2):
        assert np.abs(field[component] - exact).max() <= 1e-10 * MODULUS * EXPANSION * DIFFERENCE
    face = field[0, 0, -1] + 0.5 * (field[0, 0, -1] - field[0, 0, -2])
    assert face == pytest.approx(-26.35e6, rel=1e-3)


def test_thermoelastic_plate_with_a_curved_profile():
    """T = T₀ sin(1.7 π y/H): what bending and stretching cannot take up, σ_xx = −Eα/(1−ν) (T − linear part).

    Its ends carry that stress as a traction, so the one-dimensional solution holds everywhere.
    """
    errors = []
    for count in (8, 16, 32):
        cells, spacing, periodic = (count, count), (1.0 / count,) * 2, (False, False)
        full, y, height = plate(cells, spacing)
        wave = 1.7 * math.pi
        profile = DIFFERENCE * np.sin(wave * (y + 0.5))
        mean = DIFFERENCE * (1.0 - math.cos(wave)) / wave
        moment = DIFFERENCE * (
            (math.sin(wave) / wave - math.cos(wave)) / wave - 0.5 * (1.0 - math.cos(wave)) / wave
        )
        exact = -MODULUS * EXPANSION / (1.0 - RATIO) * (profile - mean - 12.0 * moment * y / height)
        slope = DIFFERENCE * wave * np.cos(wave * (y + 0.5))
        eigen, force = warm(
            full, jnp.asarray(profile * np.ones(cells)), jnp.asarray(slope * np.ones(cells)), spacing
        )
        ends = np.zeros((2, count))
        ends[0] = exact
        force += elasticity.wall_traction(ends, 0, True, cells, periodic, spacing)
        force += elasticity.wall_traction(-ends, 0, False, cells, periodic, spacing)
        hierarchy = build(in_plane_tangent(full), pinned(cells), periodic, spacing)
        displacement, info = solve(hierarchy, force, jnp.zeros_like(force), 1e-12, 200)
        assert bool(info.converged)
        strain = plane_strain(elasticity.cell_strain(displacement, spacing, periodic))
        field = np.asarray(stress(full, strain) - eigen)
        middle = field[0, count // 4 : -count // 4]
        errors.append(np.abs(middle - exact).max() / np.abs(exact).max())
    orders = observed_orders(errors)
    print(f"errors {errors}, orders {orders}")
    assert min(orders) >= 1.7
    assert errors[-1] <= 5e-3


@pytest.mark.parametrize(
    ("direction", "modulus"),
    [
        ([1.0, 0.0, 0.0], 3.0890938511326853e9),
        ([1.0, 1.0, 0.0], 8.599963654327059e9),
        ([1.0, 1.0, 1.0], 21.216599732262377e9),
    ],
)
def test_cubic_crystal_pulled_along_a_direction(direction, modulus):
    """Young's modulus of a lithium crystal that is turned so that [hkl] lies along x (dossier's constants)."""
    cells, spacing, periodic = (3, 4, 3), (1.0, 1.0, 1.5), (False,) * 3
    turn, _ = Rotation.align_vectors([[1.0, 0.0, 0.0]], [direction])
    spin = Rotation.from_rotvec([0.7, 0.0, 0.0])  # about the pulling direction: must not matter
    rotation = (spin * turn).as_matrix()[:, :, None, None, None] * np.ones(cells)
    constants = [value * jnp.ones(cells) for value in (13.42e9, 11.30e9, 8.80e9)]
    stiffness = cubic_stiffness(*constants, jnp.asarray(rotation))
    pull = np.array([1e6, 0.0, 0.0])
    force = elasticity.wall_traction(pull, 0, True, cells, periodic, spacing)
    force += elasticity.wall_traction(-pull, 0, False, cells, periodic, spacing)
    hierarchy = build(stiffness, pinned(cells), periodic, spacing)
    displacement, info = solve(hierarchy, force, jnp.zeros_like(force), 1e-12, 200)
    assert bool(info.converged)
    strain = np.asarray(elasticity.cell_strain(displacement, spacing, periodic))
    assert 1e6 / strain[0] == pytest.approx(modulus, rel=1e-9)


@pytest.mark.slow
def test_eshelby_sphere():
    """Inside σ = −2 E e/(3(1 − ν)) in all directions; the eighth of a sphere in a box with the exact walls."""
    radius, strain = 0.4, 1e-3
    inside = -2.0 * MODULUS * strain / (3.0 * (1.0 - RATIO))
    assert inside == pytest.approx(-135135135.13513514)
    errors, inner = [], []
    for cells in (8, 16, 32):
        shape, spacing, periodic = (cells,) * 3, (1.0 / cells,) * 3, (False,) * 3
        places = node_places(shape, spacing)
        r = np.sqrt((places**2).sum(axis=0))
        rise = strain * (1.0 + RATIO) / (3.0 * (1.0 - RATIO))
        exact = rise * places * np.minimum(1.0, (radius / np.maximum(r, 1e-9)) ** 3)
        fixed = np.zeros(exact.shape, bool)
        for axis in range(3):
            fixed[(slice(None), *(-1 if a == axis else slice(None) for a in range(3)))] = True
            fixed[(axis, *(0 if a == axis else slice(None) for a in range(3)))] = True
        samples = 6
        fine = (np.arange(cells * samples) + 0.5) / (cells * samples)
        ball = fine[:, None, None] ** 2 + fine[None, :, None] ** 2 + fine[None, None, :] ** 2 < radius**2
        share = ball.reshape(cells, samples, cells, samples, cells, samples).mean(axis=(1, 3, 5))
        stiffness = elastic_stiffness(MODULUS * np.ones(shape), RATIO, 6)
        load = stress(stiffness, thermal_strain(jnp.asarray(share), jnp.full(shape, strain)))
        force = elasticity.internal_force(load, spacing, periodic)
        hierarchy = build(stiffness, jnp.asarray(fixed), periodic, spacing)
        displacement, info = solve(hierarchy, force, jnp.where(fixed, exact, 0.0), 1e-10, 60)
        assert bool(info.converged)
        errors.append(np.sqrt(np.mean((displacement - exact) ** 2) / np.mean(exact**2)))
        field = np.asarray(stress(stiffness, elasticity.cell_strain(displacement, spacing, periodic)) - load)
        middle = (np.arange(cells) + 0.5) / cells
        distance = np.sqrt(middle[:, None, None] ** 2 + middle[None, :, None] ** 2 + middle**2)
        inner.append(np.abs(field[:3, distance < 0.5 * radius] / inside - 1.0).max())
    orders = observed_orders(errors)
    print(f"displacement {errors}, orders {orders}; core stress {inner}")
    assert orders[-1] >= 1.5
    assert inner[-1] <= 0.04
