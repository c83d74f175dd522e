"""The layer on the front against exact solutions: growth, voltage, dilution on a growing disc, renewal by breaking."""

from __future__ import annotations

import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.field import two_potential
from dendrion.field.front import advance_front, electrolyte_fraction, reaction_area_density
from dendrion.field.interphase import (
    advance_layer,
    change,
    curvature,
    failure_strain,
    first_layer,
    particle_stretch,
)
from dendrion.field.kinetics import behind_resistance, plating_current_density
from tests.field_setup import (
    centres,
    everywhere,
    make_interphase,
    make_parameters,
    make_state,
    number,
    passed_current,
    profile,
)

THERMAL = GAS_CONSTANT * 298.15 / FARADAY
EXCHANGE, CONDUCTIVITY, LENGTH, POSITION = 10.0, 0.05, 25.6e-6, 6.03e-6


def slab(layer, cells=128, growth="none", **options):
    """A flat front in a cell of 25.6 µm under a layer, and its state at rest."""
    cell = LENGTH / cells
    p = make_parameters(
        (cells,), cell, substeps=5, exchange_current_density=EXCHANGE, conductivity=CONDUCTIVITY, tolerance=1e-12,
        interphase=layer, growth=growth, **options,
    )  # fmt: skip
    return p, make_state(p, profile(centres(cells, cell) - POSITION, 2.0 * cell))


def voltage(density, position, areal_resistance):
    """Potential of a slab's electrode [V]: ohmic drop, overpotential and layer."""
    over = 2.0 * THERMAL * math.asinh(0.5 * density / EXCHANGE)
    return -(density * (LENGTH - position) / CONDUCTIVITY + over + density * areal_resistance)


@pytest.mark.parametrize("density", [0.1, 10.0, -40.0])
def test_layer_adds_its_resistance_to_the_voltage(density):
    """Against the same cell without a layer: the rise is i delta/sigma to the solver's tolerance."""
    found = {}
    for layer in (None, make_interphase(thickness=20e-9)):
        p, state = slab(layer)
        state, _ = two_potential.step(p, state, passed_current(density), number(1e-6), everywhere(p))
        found[layer is None] = float(state.electrode_potential)
    rise, exact = found[True] - found[False], density * 20e-9 / 5e-6
    print(f"{density:g} A/m^2: {rise * 1e3:.9f} mV, {rise / exact - 1.0:+.1e}")
    assert exact == pytest.approx(density * 4e-3)
    assert rise == pytest.approx(exact, rel=2e-5)


def test_voltage_under_a_layer_converges_with_the_grid():
    """The current of the diffuse front sees potentials i w/kappa apart; second order, as without a layer."""
    density, errors = 200.0, []
    for cells in (64, 128, 256):
        p, state = slab(make_interphase(thickness=5e-9), cells)
        state, _ = two_potential.step(p, state, passed_current(density), number(1e-9), everywhere(p))
        errors.append(abs(float(state.electrode_potential) - voltage(density, POSITION, 1e-3)))
    orders = [math.log2(a / b) for a, b in itertools.pairwise(errors)]
    print(f"errors {errors} V, orders {orders}")
    assert errors[-1] < 2e-6
    assert min(orders) >= 1.8


@pytest.mark.parametrize("law", ["parabolic", "exponential"])
def test_flat_layer_grows_by_its_law_and_its_charge_is_not_plated(law):
    """Exact at any step; thickness, voltage and the balance of charge after 30 steps of a moving front."""
    rate, start, density = {"parabolic": 1e-18, "exponential": 2e-10}[law], 5e-9, 10.0
    p, state = slab(make_interphase(growth=rate, thickness=start), growth=law)
    first = float(jnp.sum(state.order_parameter))
    for _ in range(30):
        before = state
        state, report = two_potential.step(p, state, passed_current(density), number(20.0), everywhere(p))
    time, layer = float(state.time), state.interphase
    exact = {
        "parabolic": math.sqrt(start**2 + 2.0 * rate * time),
        "exponential": 2e-9 * math.log(math.exp(start / 2e-9) + rate * time / 2e-9),
    }[law]
    thickness = np.asarray(layer.thickness)
    grown_metal = (float(jnp.sum(state.order_parameter)) - first) * LENGTH / 128 * FARADAY / 1.3e-5
    taken, passed = float(layer.charge), float(state.counter_charge)
    print(f"{time:.1f} s: {thickness.mean() * 1e9:.6f} nm, exact {exact * 1e9:.6f}; metal {grown_metal:.6f} + layer "
          f"{taken:.6f} of {passed:.6f} C/m^2")  # fmt: skip
    assert bool(report.finite)
    assert exact > 1.5 * start
    np.testing.assert_allclose(thickness, exact, rtol=1e-9)
    assert taken == pytest.approx(2.0 * FARADAY / 9.585e-5 * (exact - start), rel=1e-6)
    assert grown_metal + taken == pytest.approx(passed, rel=1e-9)
    assert taken > 0.001 * passed
    # The potential of a step is that of its start, with the layer's mean share of the current in it.
    length = time - float(before.time)
    position = float(jnp.sum(before.order_parameter) - first) * LENGTH / 128 + POSITION
    plated = density - (taken - float(before.interphase.charge)) / length
    known = voltage(density, position, 0.0) + 2.0 * THERMAL * math.asinh(0.5 * density / EXCHANGE)
    known -= 2.0 * THERMAL * math.asinh(0.5 * plated / EXCHANGE)
    known -= plated * float(before.interphase.thickness[30]) / 5e-6
    print(f"{float(state.electrode_potential) * 1e3:.6f} mV, exact {known * 1e3:.6f} mV")
    assert float(state.electrode_potential) == pytest.approx(known, rel=1e-4)


def test_layer_at_rest_grows_on_metal_that_dissolves():
    """No current passes the cell: the layer takes its charge from the metal."""
    p, state = slab(make_interphase(growth=1e-17, thickness=5e-9), growth="parabolic")
    first = float(jnp.sum(state.order_parameter))
    for _ in range(10):
        state, _ = two_potential.step(p, state, passed_current(0.0), number(10.0), everywhere(p))
    lost = (float(jnp.sum(state.order_parameter)) - first) * LENGTH / 128 * FARADAY / 1.3e-5
    print(f"metal {lost:.6f}, layer {float(state.interphase.charge):.6f} C/m^2")
    assert float(state.interphase.charge) > 10.0
    assert lost == pytest.approx(-float(state.interphase.charge), rel=1e-9)
    assert abs(float(state.counter_charge)) < 1e-6


def test_no_thickness_is_no_layer():
    """A layer of a millionth of a nanometre: the same metal, potential and current as without one."""
    ends = []
    for layer in (None, make_interphase(thickness=1e-15, bare_thickness=1e-15)):
        p, state = slab(layer)
        for _ in range(5):
            state, _ = two_potential.step(p, state, passed_current(20.0), number(20.0), everywhere(p))
        ends.append(state)
    for name in ("order_parameter", "potential", "electrode_potential"):
        one, two = (np.asarray(getattr(state, name)) for state in ends)
        np.testing.assert_allclose(two, one, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("alpha", [0.5, 0.3])
def test_kinetics_behind_a_resistance_solve_their_equation(alpha):
    """x + R i(x) = drive from microvolts to volts, for resistances from none to a thousand times the reaction's."""
    drive = jnp.concatenate([s * jnp.logspace(-6, 0.5, 40) for s in (-1.0, 1.0)])
    for areal in (0.0, 1e-6, 1e-3, 1.0):
        temperature = jnp.full_like(drive, 298.15)
        current, slope = behind_resistance(drive, 10.0 + 0.0 * drive, alpha, temperature, areal + 0.0 * drive)
        again, _ = plating_current_density(drive - areal * current, 10.0, alpha, temperature)
        error = float(jnp.max(jnp.abs(again - current) / jnp.abs(current)))
        print(f"R = {areal:g}: {error:.1e}")
        assert error < 1e-8 if areal < 1.0 else error < 1e-5
        above, below = (
            behind_resistance(drive * (1.0 + s), 10.0 + 0.0 * drive, alpha, temperature, areal + 0.0 * drive)[
                0
            ]
            for s in (1e-4, -1e-4)
        )
        differences = (above - below) / (2e-4 * drive)
        np.testing.assert_allclose(np.asarray(slope), np.asarray(differences), rtol=1e-4)


def ball_error(cells, dimension=2, end=8e-6, speed=1e-9, start=4e-6, box=12e-6):
    """Relative errors of thickness and strain of a layer on a disc (ball) that grows from ``start`` to ``end``."""
    cell, shape, closed = box / cells, (cells,) * dimension, (False,) * dimension
    p = make_parameters(
        shape, cell, interphase=make_interphase(thickness=20e-9), growth="none", breaking=False
    )
    places = np.meshgrid(*(centres(cells, cell),) * dimension, indexing="ij")
    width, spacing = 2.0 * cell, p.spacing
    xi = jnp.asarray(profile(np.sqrt(sum(x**2 for x in places)) - start, width))
    steps = math.ceil((end - start) / (0.25 * cell))
    step, volume = number((end - start) / speed / steps), number(cell / cells ** (dimension - 1))

    def advance(carry, _):
        field, layer = carry
        area = reaction_area_density(electrolyte_fraction(field), spacing, closed)
        stretch = jnp.where(area > 0.0, speed * curvature(p, field), 0.0)
        moved = change(p.interphase, "none", False, layer, stretch, number(298.15), step)
        new = advance_front(
            field, area, jnp.ones_like(field, bool), jnp.full_like(field, speed), step, 3.0 * speed * width, width,
            p.structure.substeps, spacing, closed,
        )  # fmt: skip
        return (new, advance_layer(p, layer, new, area, moved, volume)), None

    (field, layer), _ = jax.jit(lambda s: jax.lax.scan(advance, s, None, steps))(
        (xi, first_layer(p.interphase, xi))
    )
    whole = {2: math.pi, 3: 4.0 * math.pi / 3.0}[dimension] / 2**dimension
    grown_to = (float(jnp.sum(field)) * cell**dimension / whole) ** (1.0 / dimension)
    weight = np.asarray(reaction_area_density(electrolyte_fraction(field), spacing, closed))
    weight = np.where(np.min(places, axis=0) > cell, weight, 0.0)  # off the walls
    thickness, strain = (
        float((weight * np.asarray(v)).sum() / weight.sum()) for v in (layer.thickness, layer.strain)
    )
    exact = (dimension - 1) * math.log(grown_to / start)
    print(f"{dimension}-D, {cells}: to {grown_to * 1e6:.4f} µm; {thickness * 1e9:.4f} nm, "
          f"exact {20.0 * math.exp(-exact):.4f}; strain {strain:.5f}, exact {exact:.5f}")  # fmt: skip
    return abs(thickness / (20e-9 * math.exp(-exact)) - 1.0), abs(strain / exact - 1.0)


def test_layer_on_a_growing_disc_thins_as_its_circumference_grows():
    """delta R stays what it was and the strain is ln(R/R_0): the front carries its layer, and stretches it."""
    errors = [ball_error(cells) for cells in (24, 48, 96)]
    orders = [math.log2(a[k] / b[k]) for a, b in itertools.pairwise(errors) for k in (0, 1)]
    print(f"orders {orders}")
    assert max(errors[-1]) < 0.01
    assert min(orders) >= 0.8


def test_layer_on_a_growing_ball_thins_as_its_surface_grows():
    """delta R^2 stays what it was, and the stretch of the surface is 2 ln(R/R_0)."""
    assert max(ball_error(32, dimension=3, end=7e-6)) < 0.02


def break_and_grow(stretch, growth, steps, step, **options):
    """A patch of layer under a steady stretch [1/s] for so many steps [s]: its history of thickness and strain."""
    numbers = make_interphase(growth=growth, **options)

    def advance(layer, _):
        moved = change(numbers, "parabolic", True, layer, number(stretch), number(298.15), number(step))
        return layer._replace(thickness=moved.thickness, strain=moved.strain), (moved.thickness, moved.strain)

    run = jax.jit(lambda layer: jax.lax.scan(advance, layer, None, steps)[1])
    return tuple(np.asarray(values) for values in run(first_layer(numbers, jnp.zeros(()))))


def test_layer_breaks_at_its_failure_strain():
    """Whole until s t reaches sigma_f/E, where growth is too slow to relax it, and no stress beyond the strength after."""
    stretch, limit = 1e-3, 100e6 / 2e9
    thickness, strain = break_and_grow(stretch, 1e-22, 2_000, 0.05)
    first = 0.05 * (1 + int(np.argmax(strain >= 0.9999 * limit)))
    print(
        f"breaks at {first:.2f} s, {limit / stretch:.0f} s without growth; {thickness[-1] * 1e9:.3f} nm after 100 s"
    )
    assert first == pytest.approx(limit / stretch, rel=0.01)
    assert thickness[int(first / 0.05) - 2] == pytest.approx(20e-9 * math.exp(-limit), rel=0.01)
    assert strain.max() <= limit * (1.0 + 1e-12)
    # One more failure strain takes 1/e of what is above the bare thickness, beside the thinning by the stretch.
    after = thickness[int(2.0 * limit / stretch / 0.05) - 1]
    assert (after - 1e-9) / 19e-9 == pytest.approx(math.exp(-1.0 - 2.0 * limit), rel=0.02)


@pytest.mark.parametrize("bare", [1e-12, 1e-9])
def test_broken_layer_settles_at_what_renewal_leaves(bare):
    """0 = G - s delta - (delta - bare)(s/eps_f - G/delta), a cubic; sqrt(2 K eps_f/s) for no bare thickness."""
    stretch, growth, limit = 1e-3, 4e-18, 100e6 / 2e9
    thickness, _ = break_and_grow(stretch, growth, 40_000, 0.05, bare_thickness=bare)
    roots = np.roots([stretch * (1.0 + 1.0 / limit), -stretch * bare / limit, -2.0 * growth, growth * bare])
    settled = max(root.real for root in roots if abs(root.imag) < 1e-15)
    saw_tooth, simple = (
        c * math.sqrt(growth * limit / stretch) for c in (2.0 / math.sqrt(3.0), math.sqrt(2.0))
    )
    print(f"{thickness[-1] * 1e9:.4f} nm, cubic {settled * 1e9:.4f}, simple {simple * 1e9:.4f}, "
          f"saw tooth {saw_tooth * 1e9:.4f}")  # fmt: skip
    assert thickness[-1] == pytest.approx(settled, rel=1e-3)
    assert settled == pytest.approx(simple, rel=0.05)
    assert saw_tooth < settled < 1.25 * saw_tooth


def test_tough_layer_under_a_steady_stretch_keeps_what_growth_replaces():
    """Nothing breaks: delta = sqrt(K/s), and the strain is that of fresh material, 1."""
    stretch, growth = 1e-3, 4e-19
    thickness, strain = break_and_grow(stretch, growth, 100_000, 0.2, strength=1e12, fracture_energy=1e9)
    assert thickness[-1] == pytest.approx(math.sqrt(growth / stretch), rel=1e-3)
    assert strain[-1] == pytest.approx(1.0, rel=1e-3)


def test_thick_layer_breaks_by_its_toughness():
    """sigma_f below a thickness of E Gamma/(pi sigma_f^2) = 63.7 nm, sqrt(E Gamma/(pi delta)) above it."""
    numbers = make_interphase()
    strains = [float(failure_strain(numbers, number(d))) for d in (20e-9, 63e-9, 4.0 * 63.6619772e-9)]
    assert strains == pytest.approx([0.05, 0.05, 0.025], rel=1e-7)


@pytest.mark.parametrize(("radius", "bursts"), [(0.5e-6, False), (3e-6, True)])
def test_particles_burst_the_layer_that_their_pressure_exceeds(radius, bursts):
    """2 sigma_f delta/R against min(F eta/V_M, C sigma_y): 8 and 1.33 MPa against 2.3 MPa at 50 mV."""
    numbers = make_interphase(particle_radius=radius)
    found = float(particle_stretch(numbers, number(20e-9), number(1e-9), number(0.05), number(1.3e-5)))
    assert found == pytest.approx(1e-9 / radius if bursts else 0.0)
    # Without an overpotential nothing pushes.
    assert float(particle_stretch(numbers, number(20e-9), number(1e-9), number(1e-6), number(1.3e-5))) == 0.0
