"""Metal inside a polycrystal: closed forms, other engines, extrusion, resume, grid."""

from __future__ import annotations

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dendrion import theory
from dendrion.constants import FARADAY
from dendrion.field.network_potentials import make_network
from dendrion.runs.engines import simulation_of

from ..network_setup import excess, model_of, polycrystal, run, uniform

CURRENT, RESISTANCE, LENGTH, SIGMA, LEAK = 10.0, 0.01, 100e-6, 0.04, 5.5e-6


def test_excess_potential_of_a_uniform_cell() -> None:
    """V = i R_ct (1 - 2x/L), and the leak sigma_e U/L: the closed form takes sigma_e << sigma, here 1.4e-4."""
    simulation = simulation_of(uniform())
    row = simulation.advance()
    x = simulation.grid.centres(0)
    ions = CURRENT - row["leakage_current_A_per_m2"]
    exact = ions * RESISTANCE * (1.0 - 2.0 * x / LENGTH)
    assert np.allclose(
        excess(simulation), exact[:, None], rtol=0.0, atol=1e-7
    )  # the counter electrode's slab
    voltage = ions * (2.0 * RESISTANCE + LENGTH / SIGMA)
    assert -row["cell_voltage_V"] == pytest.approx(voltage, rel=1e-6)
    assert row["leakage_current_A_per_m2"] == pytest.approx(LEAK * voltage / LENGTH, rel=1e-5)
    model = theory.electronic_leakage(
        current_density=CURRENT, thickness=LENGTH, conductivity=SIGMA, electronic_conductivity=LEAK,
        interface_resistance=RESISTANCE, position=x, molar_volume=1.3e-5,
    ).evaluate()  # fmt: skip
    assert np.allclose(excess(simulation)[:, 0], model["potential"], rtol=2e-3, atol=1e-9)


@pytest.mark.parametrize("ratio", [1.0, 4.0, 100.0, 1e4])
def test_excess_potential_behind_a_leaky_layer(ratio: float) -> None:
    """V(l) = (i R + i l/sigma) - U/(1 + (L - l) r/l): with l = L/2, (i R + i L/2 sigma)(r - 1)/(r + 1)."""
    simulation = simulation_of(uniform())
    model = simulation.model
    electronic = np.full(simulation.grid.shape, 1e-3 * LEAK)
    electronic[:32] *= ratio
    model.setup = replace(model.setup, electronic=electronic)
    model.network = model._faces = make_network(model.setup, simulation.grid)
    simulation.advance()
    found = excess(simulation)[:, 0]
    at_layer = 1.5 * found[31] - 0.5 * found[30]
    expected = (CURRENT * RESISTANCE + 0.5 * CURRENT * LENGTH / SIGMA) * (ratio - 1.0) / (ratio + 1.0)
    assert at_layer == pytest.approx(expected, rel=1e-3, abs=1e-4)
    # The closed form of the theory is the limit of a layer that leaks far better than the rest.
    if ratio == 1e4:
        limit = theory.electronic_leakage(
            current_density=CURRENT, thickness=LENGTH, conductivity=SIGMA, electronic_conductivity=LEAK,
            interface_resistance=RESISTANCE, leaky_depth=0.5 * LENGTH, molar_volume=1.3e-5,
        ).evaluate()["peak_potential"]  # fmt: skip
        assert at_layer == pytest.approx(float(limit), rel=1e-3)


def test_charge_is_kept_through_growth_and_stripping() -> None:
    case = polycrystal(
        settings={
            "protocol": ["plate at 2 mA/cm^2 for 300 s", "rest for 60 s", "strip at 2 mA/cm^2 for 300 s"]
        }
    )
    simulation, rows = run(case)
    assert max(abs(row["faraday_error"]) for row in rows) < 1e-6
    assert max(row["connected_metal_m"] for row in rows) > 1e-7
    stored = max(row["connected_metal_m"] + row["isolated_metal_m"] for row in rows)
    assert rows[-1]["connected_metal_m"] < 0.8 * stored
    assert np.asarray(simulation.state["metal"]).min() >= 0.0


def test_metal_inside_is_what_the_reaction_deposits() -> None:
    """Independently of the account: volume grown times F/V_M is the inner current over time."""
    _, rows = run(polycrystal(), most=60)
    deposited = sum(row["inner_current_A_per_m2"] * row["time_step_s"] for row in rows)
    volume = rows[-1]["connected_metal_m"] + rows[-1]["isolated_metal_m"]
    assert volume * FARADAY / 1.3e-5 == pytest.approx(deposited, rel=1e-9)
    assert volume > 1e-8


def test_without_metal_a_polycrystal_conducts_as_in_the_field_engine() -> None:
    """Same faces, same resistance: the cell voltage without the reactions' share against the field engine's balance."""
    from dendrion.field.grains import conduction_factors
    from dendrion.numerics.elliptic import build_hierarchy, solve

    case = polycrystal(settings={"materials.electrolyte.electronic_conductivity": "1e-12 S/m",
                                 "network.opening_pressure": "100 GPa"})  # fmt: skip
    simulation = simulation_of(case)
    row = simulation.advance()
    resistance = -row["cell_voltage_V"] / row["current_density_A_per_m2"] - 2.0 * 2e-3
    factors, end = conduction_factors(case, simulation.grid)  # type: ignore[misc]
    h, sigma = simulation.grid.spacing[0], simulation.model.setup.conductivity
    walls = jnp.zeros(simulation.grid.shape).at[0].add(2.0).at[-1].add(2.0 * end) * sigma / h**2
    source = jnp.zeros(simulation.grid.shape).at[-1].set(2.0 * end * sigma / h**2)
    faces = tuple(sigma / h**2 * one for one in factors)
    potential = jax.jit(
        lambda: solve(
            build_hierarchy(faces, walls, (False, False), (h, h)), source, 0.0 * source, 1e-11, 200
        )[0]
    )()
    current = float((2.0 * sigma / h * potential[0]).mean())
    # There the electrodes' potential is even, here the current through R_ct is nearly: equal to what that leaves.
    assert resistance == pytest.approx(1.0 / current, rel=2e-2)
    assert row["inner_current_A_per_m2"] == 0.0


def test_three_dimensions_extruded_equal_two() -> None:
    from dendrion.case.microstructure import packed

    labels = model_of(polycrystal(seed=2, cells=(24, 24)))
    from dendrion.field.grains import grain_map

    two = polycrystal(seed=2, cells=(24, 24))
    found = grain_map(two, labels.grid)
    assert found is not None
    flat = {
        "kind": "image",
        "file": "x",
        "pixel_size": f"{50 / 24} um",
        "boundary": {"resistance": "5 ohm*cm^2"},
    }

    def image(cells: tuple[int, ...], labels: np.ndarray) -> list[dict[str, float]]:
        case = polycrystal(cells=cells, settings={"microstructure": {**flat, "data": packed(labels)}})
        return run(case, most=30)[1]

    rows = image((24, 24), found.labels)
    extruded = image((24, 24, 4), np.repeat(found.labels[:, :, None], 4, axis=2))
    assert rows[-1]["connected_metal_m"] > 1e-8
    for name in ("time_s", "cell_voltage_V", "connected_metal_m", "tip_position_m"):
        assert extruded[-1][name] == pytest.approx(rows[-1][name], rel=1e-6), name
