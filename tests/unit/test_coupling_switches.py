"""A link between two fields that is off changes nothing, to the last bit; one that is on does."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.field import two_potential
from dendrion.field.front import electrolyte_fraction
from dendrion.field.parameters import Coupling
from tests.field_setup import (
    FIXED,
    INSULATED,
    centres,
    everywhere,
    exponential,
    make_parameters,
    make_state,
    number,
    passed_current,
    profile,
)

CELL, CELLS, FRONT, TEMPERATURE = 0.5e-6, 32, 6e-6, 333.15
HOT = ((np.inf, 25.0), (np.inf, 40.0))
METAL_AND_CHARGE = (
    "order_parameter",
    "potential",
    "electrode_potential",
    "current_density",
    "time",
    "counter_charge",
)


def run(steps=4, surface=0.0, concentration=None, plane=False, density=20.0, **options):
    """A few steps on a small grid; properties grow by 2 % a kelvin."""
    shape = (CELLS, 8) if plane else (CELLS,)
    options = {
        "binary": True,
        "conductivity": exponential(0.2, 0.02, TEMPERATURE),
        "exchange_current_density": exponential(50.0, 0.02, TEMPERATURE),
        "salt_diffusivity": exponential(1e-11, 0.02, TEMPERATURE),
        "temperature": TEMPERATURE,
        **options,
    }
    p = make_parameters(shape, CELL, substeps=8, **options)
    x = centres(CELLS, CELL).reshape((-1,) + (1,) * plane)
    front = FRONT + surface * np.cos(np.pi * centres(8, CELL) / (8 * CELL)) if plane else FRONT
    state = make_state(p, profile(x - front, 2.0 * CELL), concentration=concentration, time_step=5.0)
    for _ in range(steps):
        state, report = two_potential.step(p, state, passed_current(density), number(5.0), everywhere(p))
    assert bool(report.finite)
    return state


def assert_same(first, second, names):
    for name in names:
        assert np.array_equal(np.asarray(getattr(first, name)), np.asarray(getattr(second, name))), name


def assert_different(first, second, name, share):
    one, two = (np.asarray(getattr(state, name)) for state in (first, second))
    assert np.abs(one - two).max() > share * np.abs(one).max()


COLD_LINKS = Coupling(temperature_to_kinetics=False, temperature_to_transport=False)


def test_heat_without_links_leaves_metal_charge_and_salt_alone():
    """Hot walls against cold ones, and against a run without heat."""
    names = (*METAL_AND_CHARGE, "concentration")
    cold = run(heat=True, coupling=COLD_LINKS)
    hot = run(heat=True, coupling=COLD_LINKS, walls=HOT)
    assert float(jnp.max(hot.temperature_rise)) > 20.0
    assert_same(cold, hot, names)
    assert_same(run(heat=False, coupling=COLD_LINKS), hot, names)


def test_heat_without_links_leaves_a_single_ion_cell_alone():
    """Hot walls against cold ones, and against a run without heat."""
    options = {"coupling": COLD_LINKS, "binary": False}
    cold, hot = run(heat=True, **options), run(heat=True, walls=HOT, **options)
    assert float(jnp.max(hot.temperature_rise)) > 20.0
    assert_same(cold, hot, METAL_AND_CHARGE)
    assert_same(run(heat=False, **options), hot, METAL_AND_CHARGE)


def test_heat_with_links_changes_potential_and_salt():
    cold, hot = run(heat=True), run(heat=True, walls=HOT)
    assert_different(cold, hot, "electrode_potential", 0.1)
    assert_different(cold, hot, "concentration", 1e-3)


def test_salt_without_links_leaves_kinetics_and_conduction_alone():
    """Uniform salt at a half: no diffusion potential, so nothing may change in the first charge balance."""
    unlinked = Coupling(salt_to_kinetics=False, salt_to_conduction=False)
    options = {"conductivity": 0.2, "reference_concentration": 1000.0, "steps": 1}
    full, half = (run(coupling=unlinked, concentration=c, **options) for c in (1000.0, 500.0))
    assert_same(full, half, METAL_AND_CHARGE)


def test_salt_with_links_changes_the_potential():
    options = {"conductivity": 0.2, "reference_concentration": 1000.0, "steps": 1}
    full, half = (run(concentration=c, **options) for c in (1000.0, 500.0))
    assert_different(full, half, "electrode_potential", 0.3)


def test_curvature_without_link_leaves_the_metal_alone():
    unlinked = Coupling(curvature_to_kinetics=False)
    options = {"plane": True, "surface": 0.5e-6, "binary": False, "steps": 2}
    soft, stiff = (run(coupling=unlinked, surface_energy=g, **options) for g in (0.5, 50.0))
    assert_same(soft, stiff, METAL_AND_CHARGE)
    linked = run(surface_energy=50.0, **options)
    assert_different(stiff, linked, "current_density", 1e-3)


def test_front_at_rest_passes_charge_but_does_not_move():
    coupling = Coupling(front_motion=False)
    still, later = run(steps=1, coupling=coupling), run(steps=4, coupling=coupling)
    assert_same(still, later, ("order_parameter",))
    assert float(later.counter_charge) == pytest.approx(20.0 * float(later.time), rel=1e-6)


def test_heat_sources_that_are_off_give_no_heat():
    none = Coupling(joule_heat=False, heat_of_reaction=False)
    insulated = {"heat": True, "walls": (INSULATED, INSULATED), "binary": False}
    assert np.all(np.asarray(run(coupling=none, **insulated).temperature_rise) == 0.0)


def test_heat_of_reaction_alone_can_be_switched_off():
    """Then the entropic coefficient has no say; with it on the front takes up the reversible heat."""
    joule = Coupling(heat_of_reaction=False)
    insulated = {"heat": True, "walls": (INSULATED, INSULATED), "binary": False}
    plain, entropic = (run(coupling=joule, entropic_coefficient=s, **insulated) for s in (0.0, 1e-3))
    assert_same(plain, entropic, ("temperature_rise", *METAL_AND_CHARGE))
    assert float(jnp.max(plain.temperature_rise)) > 0.0
    linked = run(entropic_coefficient=1e-3, **insulated)
    assert_different(linked, plain, "temperature_rise", 0.5)


INSULATED_CELL = {"heat": True, "walls": (INSULATED, INSULATED)}


def stored_heat(state):
    """Heat in the cell [J/m^2] after an insulated start at the imposed temperature."""
    fraction = np.asarray(electrolyte_fraction(state.order_parameter))
    capacity = fraction * 2e6 + (1.0 - fraction) * 534.0 * 3580.0
    return float((capacity * np.asarray(state.temperature_rise)).sum()) * CELL


@pytest.mark.parametrize("binary", [False, True])
def test_all_heat_of_a_cell_is_current_times_polarisation(binary):
    """Insulated, no entropy: stored heat = -V i t, of conduction, diffusion potential and reaction together."""
    salt = 1200.0 * (0.4 + 0.6 * np.arange(CELLS) / CELLS)
    coupling = Coupling(front_motion=False, salt_to_kinetics=False)
    state = run(
        steps=1, conductivity=0.2, exchange_current_density=50.0, binary=binary, concentration=salt, coupling=coupling,
        **INSULATED_CELL,
    )  # fmt: skip
    spent = -float(state.electrode_potential) * 20.0 * float(state.time)
    print(f"stored {stored_heat(state):.6e} J/m^2, spent {spent:.6e} J/m^2")
    assert stored_heat(state) == pytest.approx(spent, rel=1e-5)


def test_cell_at_rest_gives_no_heat_while_its_salt_evens_out():
    """A diffusion potential stands across the cell, but no current passes it; the salt is even at the front."""
    salt = 1200.0 * (0.4 + 0.6 * np.clip((np.arange(CELLS) - 20.0) / 12.0, 0.0, 1.0))
    options = {"conductivity": 0.2, "exchange_current_density": 50.0, "concentration": salt, **INSULATED_CELL}
    resting = run(steps=1, density=0.0, **options)
    slopes = np.diff(np.asarray(resting.potential)) / CELL
    ohmic = 0.2 * float((slopes**2).sum()) * CELL * float(resting.time)
    print(f"stored {stored_heat(resting):.1e} J/m^2, kappa |grad phi|^2 is {ohmic:.1e} J/m^2")
    assert ohmic > 1e-3
    assert abs(stored_heat(resting)) <= 1e-5 * ohmic


def test_fixed_walls_keep_their_temperature():
    state = run(heat=True, walls=(FIXED, FIXED), binary=False)
    rise = np.asarray(state.temperature_rise)
    assert rise.max() < 1e-3
