"""Damage in one element, in bars, at cracks and between bounds, against closed forms."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

import dendrion.field  # noqa: F401  float64
from dendrion.errors import InputError
from dendrion.field.damage import (
    build_damage,
    crack_history,
    crack_surface,
    critical_stress,
    fracture_energy,
    initial_damage,
    one_row_factor,
    solve_damage,
    toughness_factor,
)

STEEL, TOUGHNESS, LENGTH = 210e9, 2700.0, 15e-6
"""Young's modulus [Pa], G_c [J/m^2] and l [m] of the tests of the literature."""
TABLE = {2.88: (1.015, 1.189), 5.0: (1.005, 1.105), 8.0: (1.002, 1.065)}
"""Exact discrete energies of cracks of one and two rows over G_c, by l/h, from a minimisation made elsewhere."""


def body(shape, cell=LENGTH / 5, model="at2", toughness=TOUGHNESS, length=LENGTH, **options):
    periodic = (False,) * len(shape)
    values = jnp.broadcast_to(jnp.asarray(toughness, float), shape)
    return build_damage(values, length, (cell,) * len(shape), periodic, model, **options)


@pytest.mark.parametrize("shape", [(4, 5), (3, 4, 5)])
@pytest.mark.parametrize("drive", [1e3, 1e7, 1e12])
def test_one_element_of_at2(shape, drive):
    problem = body(shape)
    field = jnp.full(shape, drive)
    damage, info = solve_damage(problem, field, jnp.zeros(shape))
    exact = 2 * drive / (TOUGHNESS / LENGTH + 2 * drive)
    assert bool(info.converged)
    assert jnp.abs(damage - exact).max() < 1e-8


@pytest.mark.parametrize("drive", [1e7, 3.375e7 * 0.999999, 3.375e7 * 1.5, 1e9])
def test_one_element_of_at1_has_an_elastic_range(drive):
    """Elastic up to H = 3 G_c/(16 l), 3.375e7 J/m^3 here; then d = 1 - 3 G_c/(16 l H)."""
    threshold = 3 * TOUGHNESS / (16 * LENGTH)
    assert threshold == pytest.approx(3.375e7)
    damage, info = solve_damage(body((5, 4), model="at1"), jnp.full((5, 4), drive), jnp.zeros((5, 4)))
    assert bool(info.converged)
    assert jnp.abs(damage - max(0.0, 1 - threshold / drive)).max() < 1e-8


@pytest.mark.parametrize(
    ("model", "strength", "bound"), [("at2", 1996.6769267961206e6, None), ("at1", 3764.97011940334e6, 0)]
)
def test_strength_of_a_bar(model, strength, bound):
    """Homogeneous tension of a one-dimensional bar: the largest of (1 - d)^2 E eps."""
    problem = body((4,), model=model)
    lower = None if bound is None else jnp.zeros(4)

    def stress(strain):
        damage, _ = solve_damage(problem, jnp.full(4, 0.5 * STEEL * strain**2), jnp.zeros(4), lower)
        return float((1 - damage[0]) ** 2 * STEEL * strain)

    peak_strain = (TOUGHNESS / (3 * STEEL * LENGTH)) ** 0.5 if model == "at2" else strength / STEEL
    strains = peak_strain * np.array([0.98, 0.999, 1.0, 1.001, 1.02])
    stresses = [stress(strain) for strain in strains]
    assert max(stresses) == pytest.approx(strength, rel=1e-6)
    assert stresses[2] == max(stresses)
    assert critical_stress(model, STEEL, TOUGHNESS, LENGTH) == pytest.approx(strength, rel=1e-12)


@pytest.mark.parametrize("cells_per_length", list(TABLE))
@pytest.mark.parametrize("rows", [1, 2])
def test_discrete_toughness_of_a_crack(cells_per_length, rows):
    cell = LENGTH / cells_per_length
    cells = 160
    held = np.zeros((cells, 3), bool)
    held[80 : 80 + rows] = True
    problem = body((cells, 3), cell, held=jnp.asarray(held))
    damage, info = solve_damage(problem, jnp.zeros(held.shape), initial_damage(problem))
    measured = float(crack_surface(problem, damage)) / (3 * cell)
    print(f"l/h {cells_per_length}: {rows} row(s) cost {measured:.4f} G_c; {int(info.iterations)} iterations")
    assert measured == pytest.approx(TABLE[cells_per_length][rows - 1], abs=1e-3)
    assert measured == pytest.approx(toughness_factor("at2", cells_per_length, rows), rel=1e-6)
    if rows == 1:
        assert measured == pytest.approx(float(one_row_factor(cells_per_length, (1.0, 1.0))), rel=1e-6)
    assert float(fracture_energy(problem, damage)) == pytest.approx(
        measured * TOUGHNESS * 3 * cell, rel=1e-12
    )


@pytest.mark.parametrize("cells_per_length", list(TABLE))
def test_discrete_toughness_of_at1(cells_per_length):
    cell, cells = LENGTH / cells_per_length, 101
    held = np.zeros(cells, bool)
    held[50] = True
    problem = body((cells,), cell, "at1", held=jnp.asarray(held))
    damage, info = solve_damage(problem, jnp.zeros(cells), initial_damage(problem))
    assert bool(info.converged)
    assert float(crack_surface(problem, damage)) == pytest.approx(
        toughness_factor("at1", cells_per_length), rel=1e-6
    )
    distance = np.abs(np.arange(cells) - 50) * cell
    exact = np.maximum(1 - distance / (2 * LENGTH), 0) ** 2
    assert np.abs(np.asarray(damage) - exact).max() < 0.25 / cells_per_length**2
    assert int(info.passes) <= 2 * cells_per_length + 3


def test_damage_stays_in_bounds_and_does_not_heal():
    random = np.random.default_rng(4)
    shape = (24, 20)
    drive = jnp.asarray(10.0 ** random.uniform(3, 10, shape))
    weaker = 0.1 * drive
    for model in ("at2", "at1"):
        problem = body(shape, model=model, toughness=random.uniform(0.3, 1.0, shape) * TOUGHNESS)
        first, info = solve_damage(problem, drive, jnp.zeros(shape), jnp.zeros(shape))
        assert bool(info.converged)
        assert float(first.min()) >= 0.0
        assert float(first.max()) <= 1.0
        second, info = solve_damage(problem, weaker, first, first)
        assert bool(info.converged)
        assert float((second - first).min()) >= 0.0
    problem = body(shape)
    free, _ = solve_damage(problem, weaker, first)
    assert float((free - first).min()) < -0.1  # without a bound or a history, AT2 heals
    kept, _ = solve_damage(problem, crack_history(drive, weaker), first)
    again, _ = solve_damage(problem, drive, first)
    assert jnp.abs(kept - again).max() < 1e-9


def test_a_bound_that_is_met_everywhere_is_the_minimum():
    """Energy of the bounded solution is below that of feasible neighbours."""
    random = np.random.default_rng(5)
    shape = (12, 12)
    drive = jnp.asarray(10.0 ** random.uniform(5, 9, shape))
    floor = jnp.asarray(random.uniform(0, 0.6, shape))
    problem = body(shape, model="at1")
    damage, info = solve_damage(problem, drive, floor, floor)
    assert bool(info.converged)
    volume = problem.spacing[0] ** 2

    def energy(field):
        return float(volume * jnp.sum((1 - field) ** 2 * drive) + fracture_energy(problem, field))

    least = energy(damage)
    for _ in range(20):
        other = jnp.clip(damage + 0.02 * jnp.asarray(random.normal(size=shape)), floor, 1.0)
        assert energy(other) > least


def test_cracks_are_held_and_voids_take_no_part():
    shape = (30, 20)
    held, void = np.zeros(shape, bool), np.zeros(shape, bool)
    held[10, :8] = True
    void[20:24, 5:12] = True
    problem = body(shape, held=jnp.asarray(held), void=jnp.asarray(void))
    drive = jnp.asarray(np.where(void, 1e12, 1e5))
    damage, info = solve_damage(problem, drive, jnp.full(shape, 0.25))
    assert bool(info.converged)
    assert jnp.all(damage[held] == 1.0)
    assert jnp.all(damage[void] == 0.25)
    far, _ = solve_damage(problem, jnp.where(jnp.asarray(void), 0.0, drive), jnp.full(shape, 0.25))
    assert jnp.abs(damage - far).max() < 1e-8
    surface = float(crack_surface(problem, damage))
    assert surface == pytest.approx(
        float(crack_surface(problem, jnp.where(jnp.asarray(void), 0.9, damage))), rel=1e-12
    )


def test_a_weak_boundary_breaks_first():
    shape = (40, 8)
    toughness = np.full(shape, TOUGHNESS)
    toughness[19:22] = 0.3 * TOUGHNESS
    damage, info = solve_damage(body(shape, toughness=toughness), jnp.full(shape, 1e7), jnp.zeros(shape))
    assert bool(info.converged)
    assert int(jnp.argmax(damage[:, 0])) in {19, 20, 21}


def test_bad_damage_is_refused():
    with pytest.raises(InputError, match="at1, at2"):
        body((4, 4), model="at3")
    with pytest.raises(InputError, match="held"):
        body((4, 4), held=jnp.zeros((3, 3), bool))
    with pytest.raises(InputError, match="one cell size"):
        build_damage(jnp.ones((4, 4)), 1.0, (1.0,), (False, False))
    with pytest.raises(InputError, match="rows"):
        toughness_factor("at2", 4.0, 0)
