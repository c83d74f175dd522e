"""Relaxation and creep of the metal against their ordinary differential equations, with the observed order."""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp

import dendrion.field
from dendrion.field.flow_claims import anand_law, creep_law
from dendrion.field.mandel import von_mises
from dendrion.field.metal_flow import flow
from dendrion.materials import material

assert dendrion.field.backend  # switches float64 on

ROOM, BULK, SHEAR = 298.15, 11.1e9, 2.83e9
STRAIN = jnp.array([-6e-4, 0.0, 0.0, 0.0])  # a confined slab, pressed: 3.4 MPa of von Mises stress at first


@jax.jit
def relax(law, step, steps, resistance):
    """Von Mises stress and resistance after constant steps at constant strain."""
    numbers = (jnp.asarray(BULK), jnp.asarray(SHEAR), jnp.asarray(ROOM), step)

    def advance(_, carry):
        plastic, hard, _ = carry
        state = flow(law, STRAIN, plastic, jnp.zeros(4), hard, *numbers)
        return state.plastic_strain, state.resistance, von_mises(state.stress)

    _, hard, stress = jax.lax.fori_loop(0, steps, advance, (jnp.zeros(4), resistance, jnp.asarray(0.0)))
    return stress, hard


def orders(errors):
    return [float(np.log2(coarse / fine)) for coarse, fine in itertools.pairwise(errors)]


@pytest.mark.parametrize("metal", ["Li", "Na"])
def test_confined_slab_relaxes_as_its_equation_says(metal):
    """d(sigma)/dt = -3 G rate(sigma), 100 s: backward steps converge with first order."""
    law, duration = creep_law(material(metal)), 100.0
    first = 2.0 * SHEAR * 6e-4

    def slope(_, stress):
        return [-3.0 * SHEAR * float(law.equivalent_rate(stress[0], ROOM))]

    exact = solve_ivp(slope, (0.0, duration), [first], method="Radau", rtol=1e-10, atol=1e-3).y[0, -1]
    errors = []
    for steps in (100, 200, 400, 800):
        stress, _ = relax(law, jnp.asarray(duration / steps), steps, jnp.asarray(0.0))
        errors.append(abs(float(stress) / exact - 1.0))
    observed = orders(errors)
    print(f"{metal}: {exact:.5g} Pa, errors {errors}, orders {observed}")
    assert errors[-1] <= 2e-3
    assert observed[-1] == pytest.approx(1.0, abs=0.1)


def test_anand_slab_relaxes_as_its_two_equations_say():
    law, duration = anand_law(material("Li")), 20.0

    def slope(_, state):
        stress, hard = state
        rate = float(law.equivalent_rate(stress, hard, ROOM))
        gap = 1.0 - hard / float(law.saturation(rate, ROOM))
        return [-3.0 * SHEAR * rate, float(law.hardening_modulus) * abs(gap) ** 2.0 * np.sign(gap) * rate]

    first = [2.0 * SHEAR * 6e-4, 1.1e6]
    exact = solve_ivp(slope, (0.0, duration), first, method="Radau", rtol=1e-9, atol=1e-3).y[:, -1]
    errors = []
    for steps in (100, 200, 400, 800):
        stress, hard = relax(law, jnp.asarray(duration / steps), steps, jnp.asarray(1.1e6))
        errors.append(abs(float(stress) / exact[0] - 1.0))
    observed = orders(errors)
    print(f"{exact[0]:.5g} Pa, resistance {exact[1]:.6g} Pa, errors {errors}, orders {observed}")
    assert float(hard) == pytest.approx(exact[1], rel=1e-3)
    assert errors[-1] <= 5e-3
    assert observed[-1] == pytest.approx(1.0, abs=0.15)
