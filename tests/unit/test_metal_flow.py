"""The local flow update: exact solution of its equation, consistent tangent, dissipation, pressure above yield."""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

import dendrion.field
from dendrion.field.creep import yielding
from dendrion.field.flow_claims import anand_law, creep_law, never_flows
from dendrion.field.mandel import in_plane, in_plane_tangent, mean_stress, plane_strain, von_mises
from dendrion.field.metal_flow import equivalent_stress, flow
from dendrion.materials import material

assert dendrion.field.backend  # switches float64 on

ROOM, BULK, SHEAR = 298.15, 11.1e9, 2.83e9
LAWS = {
    "power law": creep_law(material("Li"), breakdown=False),
    "with its end": creep_law(material("Li")),
    "sodium": creep_law(material("Na")),
    "fine-grained": creep_law(material("Li"), grain_size=2e-6),
    "filament": creep_law(material("Li"), diameter=1e-6),
    "polymer": yielding(1e6),
    "elastic": never_flows(),
    "Anand": anand_law(material("Li")),
}
run = jax.jit(flow)
solve = jax.jit(equivalent_stress)


def one(law, strain, plastic=None, free=None, resistance=1.1e6, time_step=1.0, temperature=ROOM):
    strain = jnp.asarray(strain, float)
    zero = jnp.zeros_like(strain)
    plastic, free = (zero if part is None else jnp.asarray(part, float) for part in (plastic, free))
    numbers = (jnp.asarray(float(value)) for value in (resistance, BULK, SHEAR, temperature, time_step))
    return run(law, strain, plastic, free, *numbers)


@pytest.mark.parametrize("name", LAWS)
def test_the_local_equation_is_solved_at_every_stress_and_step(name):
    """Trial stresses from 1 kPa to 10 GPa, steps from nothing to four months, soft and hard states."""
    law = LAWS[name]
    cases = list(
        itertools.product((1e3, 1e5, 1e6, 1e8, 1e10), (0.0, 1e-6, 1e-2, 1.0, 1e3, 1e7), (0.3e6, 1.1e6, 5e6))
    )
    trial, step, resistance = (jnp.asarray(column) for column in zip(*cases, strict=True))
    stress, slope, rate, hardened = jax.vmap(solve, (None, 0, None, 0, None, 0))(
        law, trial, jnp.asarray(SHEAR), resistance, jnp.asarray(ROOM), step
    )
    worst = float(jnp.max(jnp.abs(stress + 3.0 * SHEAR * step * rate - trial) / trial))
    print(f"{name}: worst residual {worst:.1e}")
    assert worst <= 1e-10
    for part in (stress, slope, rate, hardened):
        assert bool(jnp.all(jnp.isfinite(part)))
    assert bool(jnp.all((slope >= 0.0) & (slope <= 1.0) & (stress <= trial)))


def test_against_a_bracketed_root():
    law = LAWS["with its end"]
    for trial, step in itertools.product((1e5, 5e6, 1e9), (1e-3, 10.0, 1e5)):
        stress = float(solve(law, jnp.asarray(trial), SHEAR, jnp.asarray(0.0), ROOM, step)[0])

        def excess(log, trial=trial, step=step):
            return np.exp(log) + 3.0 * SHEAR * step * float(law.equivalent_rate(np.exp(log), ROOM)) - trial

        exact = np.exp(brentq(excess, np.log(stress) - 1.0, np.log(trial) + 1e-9, xtol=1e-14))
        assert stress == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("components", [4, 6])
@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("time_step", [1e-6, 1.0, 1e5])
def test_tangent_is_consistent(name, components, time_step):
    """Against automatic differentiation through the whole update, solver and all."""
    generator = np.random.default_rng(components)
    strain = jnp.asarray(generator.normal(size=components) * 2e-3)
    state = one(LAWS[name], strain, time_step=time_step)
    exact = jax.jacfwd(lambda e: one(LAWS[name], e, time_step=time_step).stress)(strain)
    error = float(jnp.max(jnp.abs(state.tangent - exact)) / jnp.max(jnp.abs(exact)))
    print(f"{name}, {components}, {time_step:g} s: {error:.1e}")
    assert error <= 2e-6
    np.testing.assert_allclose(state.tangent, np.swapaxes(state.tangent, 0, 1), rtol=1e-12)
    assert np.linalg.eigvalsh(np.asarray(state.tangent)).min() >= -1e-6


def test_tangent_against_finite_differences():
    strain = jnp.asarray([1e-3, -4e-4, 0.0, 6e-4])
    state, step = one(LAWS["with its end"], strain, time_step=50.0), 1e-8
    for index in range(4):
        ahead, behind = (
            one(LAWS["with its end"], strain.at[index].add(sign * step), time_step=50.0).stress
            for sign in (1, -1)
        )
        np.testing.assert_allclose((ahead - behind) / (2 * step), state.tangent[:, index], atol=1e-6 * BULK)


@settings(max_examples=60, deadline=None)
@given(
    strain=st.lists(st.floats(-0.5, 0.5), min_size=6, max_size=6),
    plastic=st.lists(st.floats(-0.1, 0.1), min_size=6, max_size=6),
    log_step=st.floats(-9.0, 9.0),
    temperature=st.floats(250.0, 360.0),
    name=st.sampled_from(sorted(LAWS)),
)
def test_flow_dissipates_and_moves_no_volume(strain, plastic, log_step, temperature, name):
    plastic = np.array(plastic)
    plastic[:3] -= plastic[:3].mean()
    state = one(LAWS[name], strain, plastic, time_step=10.0**log_step, temperature=temperature)
    assert all(bool(jnp.all(jnp.isfinite(part))) for part in state)
    assert float(state.dissipation) >= 0.0
    assert abs(float(mean_stress(state.plastic_strain))) <= 1e-12
    trial = one(never_flows(), strain, plastic, time_step=0.0)
    assert float(von_mises(state.stress)) <= float(von_mises(trial.stress)) * (1.0 + 1e-9) + 1e-3
    assert float(mean_stress(state.stress)) == pytest.approx(
        float(mean_stress(trial.stress)), rel=1e-9, abs=1.0
    )


def test_pressure_is_not_limited_by_yield():
    """1.1 GPa of hydrostatic pressure in metal whose deviator has sunk below a megapascal."""
    strain = jnp.array([-0.1, 0.0, 0.0, 0.0, 0.0, 0.0])
    state = one(LAWS["with its end"], strain, time_step=1.0)
    assert float(-mean_stress(state.stress)) == pytest.approx(1.11e9, rel=1e-12)
    assert float(von_mises(state.stress)) < 3e6


def test_a_cell_at_rest_stays_at_rest():
    state = one(LAWS["with its end"], jnp.zeros(4), time_step=1e6)
    assert float(jnp.max(jnp.abs(state.stress))) == 0.0
    assert float(jnp.max(jnp.abs(state.plastic_strain))) == 0.0
    gradient = jax.jacfwd(lambda e: one(LAWS["with its end"], e, time_step=1e6).stress)(jnp.zeros(4))
    assert bool(jnp.all(jnp.isfinite(gradient)))


def test_plane_strain_is_the_out_of_plane_rollered_solid():
    """Four components give what six give with no strain along z, and the in-plane part drops that row."""
    flat = jnp.array([1e-3, -4e-4, 0.0, 6e-4])
    solid = jnp.array([1e-3, -4e-4, 0.0, 0.0, 0.0, 6e-4])
    four, six = (one(LAWS["with its end"], e, time_step=10.0) for e in (flat, solid))
    np.testing.assert_allclose(four.stress, six.stress[jnp.array([0, 1, 2, 5])], rtol=1e-12)
    np.testing.assert_allclose(
        in_plane_tangent(four.tangent), six.tangent[jnp.array([0, 1, 5])][:, jnp.array([0, 1, 5])]
    )
    np.testing.assert_allclose(plane_strain(in_plane(flat)), flat)


def test_growth_strain_carries_no_stress():
    growth = jnp.array([0.2, 0.0, 0.0, 0.0])
    state = one(LAWS["with its end"], growth, free=growth)
    assert float(jnp.max(jnp.abs(state.stress))) <= 1e-3
