"""Balance of forces of metal and electrolyte against exact states: slab, half space, creep, growth, audit."""

from __future__ import annotations

import math

import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.constants import FARADAY
from dendrion.errors import InputError
from dendrion.field.creep import yielding
from dendrion.field.electrolyte_response import yielded_strain, yielding_solid
from dendrion.field.flow_claims import creep_law
from dendrion.field.front import electrolyte_fraction, reaction_area_density
from dendrion.field.growth_strain import front_distance, growth_strain_rate, whole_cells
from dendrion.field.mandel import mean_stress, von_mises
from dendrion.field.mechanical_equilibrium import Grid, stack_traction, stress_free_work, supports
from dendrion.field.mechanical_overpotential import front_stresses
from dendrion.field.metal_flow import flow
from dendrion.materials import material
from tests.mechanics_setup import (
    BULK,
    POISSON,
    ROOM,
    SHEAR,
    YOUNG,
    Front,
    at_rest,
    ceramic,
    equilibrium,
    half_wave,
    metal,
)

SIZE = 1e-6
SLAB = Grid((16, 4), (SIZE, SIZE), (False, False))


def slab(place, grid=SLAB):
    x = (np.arange(grid.cells[0]) + 0.5)[:, None] * grid.spacing[0] - place * SIZE
    return Front(np.broadcast_to(x, grid.cells), 1.8 * SIZE, grid)


def pressed(front, pressure, time_step, grid=SLAB, memory=None, lateral="confined", **options):
    fixed = jnp.asarray(supports(grid.cells, grid.periodic, lateral))
    memory = at_rest(grid.cells, grid.periodic) if memory is None else memory
    return equilibrium(
        front.fraction, front.normals, options.pop("metal", metal(grid.cells)), options.pop("solid", ceramic(grid.cells)),
        memory, stack_traction(jnp.asarray(pressure), grid), fixed, jnp.asarray(time_step), grid=grid, **options,
    )  # fmt: skip


@pytest.mark.parametrize("place", [8.0, 8.3, 8.5])
@pytest.mark.parametrize("lateral_axis", [False, True])
def test_confined_slab_of_two_phases_is_exact(place, lateral_axis):
    """1 GPa on metal under electrolyte, wherever the front cuts its cells: the stress along x is the load in both,
    the electrolyte's lateral stress nu/(1-nu) of it, the metal's that of the local update."""
    grid = SLAB._replace(periodic=(False, lateral_axis))
    result = pressed(slab(place, grid), 1e9, 10.0, grid)
    assert bool(result.converged)
    np.testing.assert_allclose(result.stress[0], -1e9, rtol=1e-5)
    cut = np.asarray((slab(place).fraction > 1e-6) & (slab(place).fraction < 1 - 1e-6))
    assert cut.any() == (place != 8.0) or place == 8.0
    electrolyte = np.asarray(slab(place).fraction) < 0.999
    np.testing.assert_allclose(np.asarray(result.electrolyte.stress[0])[electrolyte], -1e9, rtol=1e-5)
    lateral = -1e9 * POISSON / (1.0 - POISSON)
    np.testing.assert_allclose(np.asarray(result.electrolyte.stress[1])[electrolyte], lateral, rtol=1e-5)
    pure = np.asarray(slab(place).fraction) > 0.001
    pressure = np.asarray(-mean_stress(result.metal.stress))[pure]
    assert pressure.min() > 0.99e9  # metal carries gigapascals of pressure
    assert float(jnp.max(jnp.where(slab(place).fraction > 0.001, von_mises(result.metal.stress), 0.0))) < 3e6
    print(f"{int(result.newton_iterations)} Newton, {int(result.linear_iterations)} linear iterations")


def test_slab_at_given_strain_is_the_local_update():
    """All metal, both walls held: every cell is the material point."""
    grid = SLAB
    front, memory = slab(100.0), at_rest(grid.cells, grid.periodic)
    squeeze = jnp.broadcast_to(-6e-4 * SIZE * jnp.arange(17.0)[:, None], (17, 5))
    memory = memory._replace(displacement=memory.displacement.at[0].set(squeeze))
    fixed = supports(grid.cells, grid.periodic, "confined")
    fixed[0, -1] = True
    law = creep_law(material("Li"))
    result = equilibrium(
        front.fraction, front.normals, metal(grid.cells), ceramic(grid.cells), memory,
        jnp.zeros((2, 17, 5)), jnp.asarray(fixed), jnp.asarray(3.0), grid=grid,
    )  # fmt: skip
    strain = jnp.array([-6e-4, 0.0, 0.0, 0.0])
    point = flow(
        law, strain, jnp.zeros(4), jnp.zeros(4), jnp.asarray(0.0), BULK, SHEAR, ROOM, jnp.asarray(3.0)
    )
    wanted = np.broadcast_to(np.asarray(point.stress)[:, None, None], (4, 16, 4))
    np.testing.assert_allclose(result.metal.stress, wanted, rtol=1e-7, atol=1.0)


@pytest.mark.slow
@pytest.mark.parametrize("cells_per_wave", [32, 64])
def test_half_space_pushes_back_as_the_closed_form_says(cells_per_wave):
    """A bump A cos(ky) pushed into an elastic half space without friction: t_n = G k A/(1 - nu).

    The wall x = 0 is moved by A cos(ky); the stored energy is t_n A/4 an area.
    """
    size, amplitude = 10e-6 / cells_per_wave, 1e-9
    grid = Grid((2 * cells_per_wave, cells_per_wave // 2), (size, size), (False, False))
    wavenumber = 2.0 * math.pi / 10e-6
    nodes = jnp.arange(grid.cells[1] + 1) * size
    memory = at_rest(grid.cells, grid.periodic)
    bump = amplitude * jnp.cos(wavenumber * nodes)
    memory = memory._replace(displacement=memory.displacement.at[0, 0].set(bump))
    front = Front(np.full(grid.cells, 1e-3), 1.8 * size, grid)
    result = pressed(front, 0.0, 1.0, grid, memory)
    traction = 4.0 * float(result.stored) / (amplitude * grid.cells[1] * size)
    exact = YOUNG / (2.0 * (1.0 + POISSON)) * wavenumber / (1.0 - POISSON) * amplitude
    print(f"{cells_per_wave} cells a wave: {traction / 1e6:.3f} MPa a nanometre, exact {exact / 1e6:.3f}")
    assert bool(result.converged)
    assert traction == pytest.approx(exact, rel=0.01)


@pytest.mark.slow
def test_free_metal_creeps_at_its_rate():
    """Uniaxial stress in 3-D: the shortening is stress/E at once and rate times time, exactly at constant stress."""
    grid = Grid((2, 2, 2), (SIZE,) * 3, (False,) * 3)
    front = Front(np.full(grid.cells, -1e-3), 1.8 * SIZE, grid)
    law, stress = creep_law(material("Li")), 0.6e6
    memory, young = None, 9.0 * BULK * SHEAR / (3.0 * BULK + SHEAR)
    for steps in (1, 2):
        result = pressed(
            front, stress, 500.0, grid, memory, "free", metal=metal(grid.cells, law), tolerance=1e-10
        )
        memory = result.memory
        wanted = -(stress / young + float(law.equivalent_rate(stress, ROOM)) * 500.0 * steps)
        shortening = float(memory.displacement[0, -1].mean()) / (2 * SIZE)
        assert bool(result.converged)
        assert shortening == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("place", [6.0, 6.25, 6.5])
def test_plating_pushes_the_electrolyte_by_what_was_plated(place):
    """A flat front plates 0.2 cells under 5 MPa: the far wall moves by V_M i t/F, and the energy adds up."""
    front, density, volume, duration = slab(place), 10.0, 1.3e-5, 0.2 * SIZE / (1.3e-5 * 10.0 / FARADAY)
    area = reaction_area_density(electrolyte_fraction(front.order_parameter), SLAB.spacing, SLAB.periodic)
    rate = growth_strain_rate(
        jnp.full(SLAB.cells, density), area, front.fraction, front.normals, jnp.asarray(volume), SLAB.periodic
    )
    before = pressed(front, 5e6, duration)
    grown = pressed(
        front, 5e6, duration, memory=before.memory, metal=metal(SLAB.cells, growth=rate * duration)
    )
    moved = np.asarray(grown.memory.displacement[0, -1] - before.memory.displacement[0, -1])
    print(
        f"front at {place}: moved {moved.mean() / SIZE:.5f} cells of 0.2, Newton {int(grown.newton_iterations)}"
    )
    assert bool(grown.converged)
    np.testing.assert_allclose(moved, 0.2 * SIZE, rtol=0.02)
    work = float(grown.traction_work + stress_free_work(grown, front.fraction, rate * duration, SLAB))
    spent = float(grown.stored - before.stored + grown.dissipated)
    scale = abs(float(grown.traction_work))
    print(f"work {work:.4e}, stored and dissipated {spent:.4e}, of {scale:.4e} J/m")
    assert abs(work - spent) <= 0.01 * scale
    assert float(grown.dissipated) >= 0.0


def test_polymer_yields_and_pushes_no_harder():
    """A polymer sheared far beyond its yield strength: von Mises stress at the strength, strain kept as plastic."""
    grid, strength = Grid((4, 4), (SIZE, SIZE), (False, False)), 1e6
    front = Front(np.full(grid.cells, 1e-3), 1.8 * SIZE, grid)
    zero = jnp.zeros((4, *grid.cells))
    bulk, shear = jnp.asarray(33e6), jnp.asarray(35e6)
    solid = yielding_solid(yielding(jnp.asarray(strength)), bulk, shear, zero, zero, jnp.asarray(100.0))
    memory = at_rest(grid.cells, grid.periodic)
    stretch = jnp.broadcast_to(-0.3 * SIZE * jnp.arange(5.0)[:, None], (5, 5))
    memory = memory._replace(displacement=memory.displacement.at[0].set(stretch))
    fixed = supports(grid.cells, grid.periodic, "free")
    fixed[0, -1] = True
    result = equilibrium(
        front.fraction, front.normals, metal(grid.cells), solid, memory, jnp.zeros((2, 5, 5)), jnp.asarray(fixed),
        jnp.asarray(100.0), grid=grid,
    )  # fmt: skip
    assert bool(result.converged)
    assert float(jnp.max(von_mises(result.electrolyte.stress))) == pytest.approx(strength, rel=0.05)
    assert float(jnp.max(jnp.abs(yielded_strain(solid, result.strain)))) > 0.1


def test_unconverged_steps_say_so():
    result = pressed(slab(8.3), 1e9, 10.0, maximum_newton=1)
    assert not bool(result.converged)
    assert float(result.residual) > 1e-6


def test_the_lateral_constraint_must_be_stated():
    with pytest.raises(InputError, match="lateral"):
        supports((4, 4), (False, False), "clamped")


@pytest.mark.slow
def test_metal_that_grows_along_a_wave_flows_and_strains_the_electrolyte_no_further():
    """Five times a tenth of a cell plated on a wave (kA = 0.3), unevenly, under 5 MPa: lithium slides and flows, so the
    pressures at the front settle near the stack pressure instead of adding up, and the energy closes."""
    front, grid, wavenumber = half_wave(32, 0.3)
    fraction, cells, size = whole_cells(front.fraction), grid.cells, grid.spacing[0]
    y = (np.arange(cells[1]) + 0.5) * size
    current = jnp.broadcast_to(jnp.asarray(10.0 * (1.0 + 0.3 * np.cos(wavenumber * y))), cells)
    duration = 0.1 * size / (1.3e-5 * 10.0 / FARADAY)
    area = reaction_area_density(electrolyte_fraction(front.order_parameter), grid.spacing, grid.periodic)
    rate = growth_strain_rate(current, area, fraction, front.normals, jnp.asarray(1.3e-5), grid.periodic)
    plated = float(jnp.sum(fraction * (rate[0] + rate[1])))
    assert plated == pytest.approx(float(jnp.sum(area * current)) * 1.3e-5 / FARADAY, rel=1e-4)
    fixed = jnp.asarray(supports(cells, grid.periodic, "confined"))
    load = stack_traction(jnp.asarray(5e6), grid)
    distance = front_distance(front.order_parameter, front.width)
    memory, growth, stored, highest = at_rest(cells, grid.periodic), jnp.zeros((4, *cells)), 0.0, []
    for step in range(5):
        growth = growth + rate * duration
        result = equilibrium(
            fraction, front.normals, metal(cells, growth=growth), ceramic(cells), memory, load, fixed,
            jnp.asarray(duration), grid=grid,
        )  # fmt: skip
        memory = result.memory
        pressure, traction = front_stresses(
            result.electrolyte.stress, result.metal.stress, fraction, distance, front.normals,
            (1.5 * size, 3.0 * size), grid.spacing, grid.periodic,
        )  # fmt: skip
        rows = [np.asarray(jnp.sum(area * v, axis=0) / jnp.sum(area, axis=0)) for v in (pressure, traction)]
        work = float(result.traction_work + stress_free_work(result, fraction, rate * duration, grid))
        spent = float(result.stored) - stored + float(result.dissipated)
        stored = float(result.stored)
        highest.append(rows[0].max())
        print(
            f"\nNewton {int(result.newton_iterations)}, linear {int(result.linear_iterations)}, p "
            f"{rows[0].min() / 1e6:.2f} to {rows[0].max() / 1e6:.2f} MPa, t_n {rows[1].min() / 1e6:.2f} to "
            f"{rows[1].max() / 1e6:.2f} MPa, work {work:.4e}, spent {spent:.4e} J/m",
            end="",
        )
        assert bool(result.converged)
        assert int(result.newton_iterations) <= 25
        assert 0.0 < rows[1].min() < rows[1].max() < 10e6
        if step > 0:
            assert abs(work - spent) <= 0.01 * abs(work)
    assert highest[-1] == pytest.approx(highest[1], rel=0.02)
