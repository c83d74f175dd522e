"""Coupled models: mechanics dossier §4, electrochemistry dossier §6 (derived and computed values, trends)."""

import math

import numpy as np
import pytest

from dendrion import theory
from dendrion.errors import InputError

MPA = 1e6
LI_V = 12.97e-6
LEPAGE = {"creep_rate": 2.03e4, "creep_exponent": 6.6, "creep_activation_energy": 37e3, "molar_volume": LI_V}
ELECTRONVOLT = 96485.33212


def diagram(ratio: float, position: float, back: float) -> float:
    toughness = back * MPA * 1.1215 * math.sqrt(math.pi * 1e-5)
    model = theory.current_limit_diagram(
        thickness=1e-3,
        conductivity=0.05,
        resistance_ratio=ratio,
        position=position,
        fracture_toughness=toughness,
        molar_volume=LI_V,
    )
    return model.evaluate().value


@pytest.mark.parametrize(
    ("ratio", "position", "back", "current"),
    [(1.0, 0.05, 50.0, 0.707), (1.0, 0.3, 100.0, 1.92), (0.1, 0.7, 100.0, 24.6)],
)
def test_current_limit_diagram(ratio: float, position: float, back: float, current: float) -> None:
    assert diagram(ratio, position, back) == pytest.approx(current, rel=5e-3)


def test_current_limit_limits_and_trends() -> None:
    assert math.isinf(diagram(0.0, 0.3, 100.0))
    assert diagram(1.0, 0.05, 100.0) < diagram(1.0, 0.5, 100.0)
    assert diagram(5.0, 0.3, 100.0) < diagram(0.5, 0.3, 100.0)
    assert diagram(1.0, 0.3, 50.0) < diagram(1.0, 0.3, 100.0)
    assert diagram(1e9, 0.3, 100.0) == pytest.approx(
        0.05 / 1e-3 * LI_V * 100 * MPA / (ELECTRONVOLT * 0.7), rel=1e-6
    )


@pytest.mark.parametrize(("wavelength", "current"), [(1e-5, 1.54), (1e-6, 154.0)])
def test_interface_diffusion(wavelength: float, current: float) -> None:
    result = theory.stack_pressure_current(stack_pressure=1 * MPA, wavelength=wavelength, **LEPAGE).evaluate()
    assert result["diffusion_current"] == pytest.approx(current, rel=5e-3)


def test_exponents_of_both_types() -> None:
    low, high = (
        theory.stack_pressure_current(stack_pressure=p, **LEPAGE).evaluate() for p in (1 * MPA, 2 * MPA)
    )
    assert math.log2(high["creep_current"] / low["creep_current"]) == pytest.approx(6.6)
    assert math.log2(high["diffusion_current"] / low["diffusion_current"]) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("resistance", "grain", "current"),
    [(1e-3, 1e-6, 61.0), (1e-3, 1e-5, 19.0), (1e-2, 1e-6, 6.1), (1e-2, 1e-5, 1.9)],
)
def test_space_charge_nucleation(resistance: float, grain: float, current: float) -> None:
    result = theory.space_charge_nucleation(
        interface_resistance=resistance, grain_size=grain, relative_permittivity=60.0
    ).evaluate()
    assert result.value == pytest.approx(current, rel=0.03)
    there = theory.space_charge_nucleation(
        interface_resistance=resistance,
        grain_size=grain,
        relative_permittivity=60.0,
        current_density=result.value,
    ).evaluate()
    assert there["pressure"] == pytest.approx(there["critical_pressure"], rel=1e-12)


def test_the_measured_law_is_another() -> None:
    found = theory.space_charge_nucleation(interface_resistance=np.array([1e-3, 2e-3, 4e-3])).evaluate()
    np.testing.assert_allclose(found.value[0] / found.value, [1.0, 2.0, 4.0])
    drops = np.log(found["exponential_current"][0] / found["exponential_current"])
    np.testing.assert_allclose(drops, [0.0, 0.1, 0.3])


def test_tension_stands_for_overpotential() -> None:
    base = {"overpotential": 0.1, "surface_energy": 0.5, "molar_volume": LI_V}
    result = theory.tensile_nucleation(tension=100 * MPA, **base).evaluate()
    assert result["equivalent_overpotential"] == pytest.approx(13.4e-3, rel=5e-3)
    free = theory.tensile_nucleation(**base).evaluate()
    assert free["rate_gain"] == 1.0 and result["rate_gain"] > 1.0
    classical = theory.classical_nucleation(**base).evaluate()
    assert free.value == pytest.approx(classical.value, rel=1e-6)


def test_conductivity_focuses_more_than_stiffness() -> None:
    base = {"metal": "Li", "electrolyte": "LLZO", "pressure": 50 * MPA}

    def focusing(conductivity: float, stiffness: float) -> float:
        return (
            theory.for_cell(
                "grain_boundary_focusing",
                boundary_conductivity_factor=conductivity,
                boundary_shear_factor=stiffness,
                **base,
            )
            .evaluate()
            .value
        )

    step = 0.01
    by_conductivity = abs(focusing(0.5 * (1 + step), 0.5) - focusing(0.5, 0.5))
    by_stiffness = abs(focusing(0.5, 0.5 * (1 + step)) - focusing(0.5, 0.5))
    assert by_conductivity > by_stiffness > 0.0


def test_softer_boundaries_of_compressed_metal_attract_current() -> None:
    base = {
        "metal": "Li",
        "electrolyte": "LLZO",
        "boundary_conductivity_factor": 1.0,
        "metal_traction": 10 * MPA,
    }
    result = theory.for_cell("grain_boundary_focusing", **base).evaluate()
    assert result["mechanical_part"] > 1.0


def test_paths() -> None:
    base = {"conductivity": 0.08, "boundary_thickness": 2e-9, "fracture_ratio": 0.5, "angle": 0.1}
    result = theory.grain_boundary_path(
        boundary_conductivity=np.array([1e-8, 1e-2]), grain_size=5e-6, **base
    ).evaluate()
    assert list(result.value) == ["rules_disagree", "along_boundaries"]
    large = theory.grain_boundary_path(boundary_conductivity=1e-8, grain_size=1e6, **base).evaluate()
    assert large["conductivity"] == pytest.approx(0.08)


def test_creep_stress_goes_as_the_fifth_root() -> None:
    base = {"opening": 1e-7, "flaw_length": 1e-5, "fracture_toughness": 1.4e6, "molar_volume": 2.378e-5,
            "creep_rate": 0.53, "creep_exponent": 5.0, "creep_activation_energy": 0.0}  # fmt: skip
    one, ten = (theory.creep_crack(current_density=i, **base).evaluate() for i in (10.0, 100.0))
    assert math.log10(ten["stress"] / one["stress"]) == pytest.approx(0.2)


def test_tough_interphases_have_no_asymmetry() -> None:
    base = {"overpotential": 0.02, "molar_volume": 2.378e-5}
    free, held = (theory.sodium_asymmetry(traction=t, **base).evaluate() for t in (0.0, 20 * MPA))
    assert free.value == pytest.approx(0.0, abs=1e-15)
    assert held.value > 0.0
    tough = theory.sodium_asymmetry(interphase_strength=1e9, interphase_energy=50.0, **base).evaluate()
    brittle = theory.sodium_asymmetry(interphase_strength=5e6, interphase_energy=0.1, **base).evaluate()
    assert tough["cracks"] == 0.0 and brittle["cracks"] == 1.0
    assert brittle["largest_swing"] < tough["largest_swing"]


def test_exchange_current_as_limit() -> None:
    """514 ohm cm^2 give 0.500 A/m^2 at 298.15 K: beta of about 1 against the measured 0.5 A/m^2."""
    result = theory.kinetic_ccd(interface_resistance=0.0514).evaluate()
    assert result.value == pytest.approx(0.500, rel=2e-3)
    assert pytest.approx(25.7, rel=1e-3) == 25.69257912 / 1000.0 / 1e-3


@pytest.mark.parametrize(
    ("temperature", "current"), [(303.15, 0.5), (333.15, 3.02), (373.15, 21.15), (433.15, 200.0)]
)
def test_measured_line(temperature: float, current: float) -> None:
    """End points of Sharafi 2016 [10.1016/j.jpowsour.2015.10.053]; the two between are interpolated."""
    assert theory.kinetic_ccd(interface_resistance=0.05, temperature=temperature).evaluate()[
        "data_current"
    ] == pytest.approx(current, rel=2e-3)


@pytest.mark.parametrize(
    ("reaction", "diffusion", "cold", "warm"),
    [(0.60, 0.17, 1.3002, 6.8025), (0.17, 0.60, 4.3314, 1.1723), (0.4, 0.4, 2.0, 2.0)],
)
def test_activation_ratio(reaction: float, diffusion: float, cold: float, warm: float) -> None:
    energies = {"reaction_energy": reaction * ELECTRONVOLT, "diffusion_energy": diffusion * ELECTRONVOLT}
    result = theory.activation_ratio(temperature=np.array([278.15, 333.15]), **energies).evaluate()
    np.testing.assert_allclose(result.value, [cold, warm], rtol=1e-4)


def test_at_held_current_heat_always_inhibits() -> None:
    for reaction in (0.1, 0.6):
        result = theory.activation_ratio(
            reaction_energy=reaction * ELECTRONVOLT, diffusion_energy=0.3 * ELECTRONVOLT, reference_ratio=0.5, control="current",
            temperature=np.array([298.15, 333.15]),
        ).evaluate()  # fmt: skip
        assert result["change"][1] < result["change"][0] == 1.0


@pytest.mark.parametrize(
    ("barrier", "temperature", "diffusivity", "b", "time"),
    [
        (0.14, 298.15, 1.325e-9, 6.085e-28, 1.054), (0.14, 353.15, 3.095e-9, 1.200e-27, 0.5345),
        (0.28, 298.15, 5.70e-12, 2.617e-30, 245.0), (0.28, 353.15, 3.11e-11, 1.206e-29, 53.2),
    ],
)  # fmt: skip
def test_mullins(barrier: float, temperature: float, diffusivity: float, b: float, time: float) -> None:
    model = {
        "temperature": temperature,
        "barrier": barrier * ELECTRONVOLT,
        "surface_energy": 0.5,
        "molar_volume": 1.3e-5,
        "mobility_factor": 1.0,
    }
    result = theory.self_heating_healing(wavelength=1e-6, **model).evaluate()
    assert result["surface_diffusivity"] == pytest.approx(diffusivity, rel=2e-3)
    assert result["mullins_coefficient"] == pytest.approx(b, rel=2e-3)
    assert result.value == pytest.approx(time, rel=3e-3)
    small = theory.self_heating_healing(wavelength=1e-7, **model).evaluate()
    assert result.value / small.value == pytest.approx(1e4)


def test_self_heating_heals_above_a_current() -> None:
    """§6.5: with h = 10 W/m^2/K and 0.15 V a few kelvin only; a tenth of the heat loss makes healing possible earlier."""
    base = {"wavelength": 3e-7, "barrier": 0.28 * ELECTRONVOLT, "surface_energy": 0.5, "molar_volume": 1.3e-5, "mobility_factor": 1.0,
            "melting_temperature": 453.65, "current_density": 90.0}  # fmt: skip
    air, insulated = (theory.self_heating_healing(heat_transfer=h, **base).evaluate() for h in (10.0, 0.1))
    assert air["temperature_rise"] == pytest.approx(1.35)
    assert insulated["healing_ratio"] > 10.0 * air["healing_ratio"]
    current = insulated["healing_current"]
    assert 0.0 <= current < math.inf
    for factor in (1.05, 2.0):
        above = theory.self_heating_healing(
            heat_transfer=0.1, **{**base, "current_density": max(current, 0.1) * factor}
        ).evaluate()
        assert above["healing_ratio"] > 1.0


def test_molecular_dynamics_heals_nanometres() -> None:
    """50 ps at 353 K belong to 3.1 nm."""
    result = theory.self_heating_healing(
        wavelength=3.1e-9,
        temperature=353.15,
        barrier=0.14 * ELECTRONVOLT,
        surface_energy=0.5,
        molar_volume=1.3e-5,
        mobility_factor=1.0,
        duration=50e-12,
    ).evaluate()
    assert result["healed_wavelength"] == pytest.approx(3.1e-9, rel=0.02)


def test_hot_spots() -> None:
    result = theory.hot_spot(temperature_rise=10.0, activation_energy=0.6 * ELECTRONVOLT).evaluate()
    assert result.value == pytest.approx(2.134, rel=1e-3)
    assert result["allowed_rise"] == pytest.approx(0.62, abs=0.005)
    assert result["self_heating"] == pytest.approx(2.3e-4, rel=0.03)


def test_warming() -> None:
    result = theory.joule_temperature(
        current_density=150.0, overpotential=0.15, thickness=1e-3, heat_transfer=10.0
    ).evaluate()
    assert result.value == pytest.approx(2.25)
    slab = theory.joule_temperature(
        current_density=100.0, overpotential=1.0, thickness=1e-3, thermal_conductivity=1.4
    ).evaluate()
    assert slab["slab_rise"] == pytest.approx(5.0 + 0.0089, abs=1e-4)


@pytest.mark.parametrize(("conductivity", "rise"), [(0.2, 0.28), (1.4, 0.04)])
def test_shorted_filament(conductivity: float, rise: float) -> None:
    """0.118 W/m of a 0.5 um filament at 1 mA: 0.28 K in a liquid, 0.04 K in LLZO."""
    result = theory.joule_temperature(
        current_density=10.0, thickness=1e-3, thermal_conductivity=conductivity
    ).evaluate()
    assert result["filament_rise"] == pytest.approx(rise, rel=0.03)
    assert 9.28e-8 * 1e-6 / (math.pi * 0.25e-12) == pytest.approx(0.118, rel=5e-3)


@pytest.mark.parametrize(
    ("name", "inputs", "message"),
    [
        ("current_limit_diagram", {"position": 0.0}, "above 0"),
        ("current_limit_diagram", {"position": 1.0}, "below 1"),
        ("current_limit_diagram", {"resistance_ratio": -1.0}, "at least 0"),
        ("current_limit_diagram", {"conductivity": 0.0}, "above 0"),
        ("stack_pressure_current", {"stack_pressure": -1.0, **LEPAGE}, "at least 0"),
        ("stack_pressure_current", {"stack_pressure": 1e6, "wavelength": 0.1, **LEPAGE}, "don't creep level"),
        ("kinetic_ccd", {"interface_resistance": 0.05, "temperature": 250.0}, "beyond the data"),
        (
            "self_heating_healing",
            {"wavelength": 1e-10, "surface_energy": 0.5, "molar_volume": 1.3e-5},
            "at least 1e-09",
        ),
        (
            "self_heating_healing",
            {"wavelength": 1e-6, "barrier": -1.0, "surface_energy": 0.5, "molar_volume": 1.3e-5},
            "at least 0",
        ),
        (
            "activation_ratio",
            {"reaction_energy": 1e4, "diffusion_energy": 1e4, "reference_ratio": 1.0, "control": "current"},
            "limiting current",
        ),
    ],
)
def test_refusals(name: str, inputs: dict, message: str) -> None:
    base = {"thickness": 1e-3, "conductivity": 0.05, "fracture_toughness": 1e6, "molar_volume": LI_V}
    given = {**(base if name == "current_limit_diagram" else {}), **inputs}
    with pytest.raises(InputError, match=message):
        theory.models()[name](**given)
