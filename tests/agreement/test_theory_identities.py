"""Where two theory models must say the same: mechanics dossier §12 and limits of the electrochemistry dossier."""

import math

import numpy as np
import pytest

from dendrion import theory

MPA = 1e6
LIQUID = {"salt_concentration": 1000.0, "salt_diffusivity": 3.2e-10, "cation_transference_number": 0.38}


def test_overpotential_pressure_opens_a_full_crack_alike() -> None:
    """griffith_overpotential with eta -> p is pressurised_crack filled whole (centre crack, Y = 1)."""
    flaw = {"flaw_length": 2e-5, "fracture_toughness": 1e6, "molar_volume": 1.297e-5}
    griffith = theory.griffith_overpotential(
        current_density=20.0, local_resistance=1e-3, shape=1.0, **flaw
    ).evaluate()
    crack = theory.pressurised_crack(
        pressure=griffith["pressure"], young_modulus=150e9, poisson_ratio=0.26, **flaw
    ).evaluate()
    assert griffith["stress_intensity"] == pytest.approx(crack["stress_intensity"], rel=1e-6)


def test_back_stress_is_that_of_the_flaw() -> None:
    """current_limit_diagram's sigma_b is the pressure that griffith_overpotential asks for."""
    flaw = {"flaw_length": 1e-5, "fracture_toughness": 1e6, "molar_volume": 1.297e-5}
    griffith = theory.griffith_overpotential(local_resistance=1e-3, **flaw).evaluate()
    diagram = theory.current_limit_diagram(thickness=1e-3, conductivity=0.05, **flaw).evaluate()
    assert diagram["back_stress"] == pytest.approx(griffith["critical_pressure"], rel=1e-12)


def test_creep_levels_what_voids_need() -> None:
    """stack_pressure_current type I is critical_stack_pressure's current."""
    creep = {
        "creep_rate": 2.03e4,
        "creep_exponent": 6.6,
        "creep_activation_energy": 37e3,
        "molar_volume": 1.297e-5,
        "metal_thickness": 1e-4,
    }
    one = theory.stack_pressure_current(stack_pressure=0.4 * MPA, **creep).evaluate()["creep_current"]
    other = theory.critical_stack_pressure(current_density=0.0, stack_pressure=0.4 * MPA, **creep).evaluate()[
        "critical_current"
    ]
    assert one == pytest.approx(other, rel=1e-12)


def test_landscape_without_pressure_is_ohmic_stability() -> None:
    """stability_landscape at V+ = 0, in a thick electrolyte, is electrodeposition_stability's single-ion form."""
    resistance, wavelength = 8.314462618 * 298.15 / (96485.33212331 * 1e4), 1e-5
    shared = {
        "conductivity": 0.05,
        "surface_energy": 0.5,
        "molar_volume": 1.3e-5,
        "current_density": 10.0,
        "wavelength": wavelength,
    }
    landscape = theory.stability_landscape(
        stack_pressure=0.0,
        thickness=1.0,
        exchange_current_density=1e4,
        cation_molar_volume=0.0,
        poisson_ratio=0.26,
        **shared,
    ).evaluate()
    linear = theory.electrodeposition_stability(
        interface_resistance=resistance, cation_transference_number=1.0, **shared
    ).evaluate()
    assert landscape["growth_rate"] == pytest.approx(linear["growth_rate"], rel=1e-6)
    assert linear["critical_wavelength"] == pytest.approx(
        2.0 * math.pi * math.sqrt(0.05 * 0.5 * 1.3e-5 / 96485.33212 / 10.0), rel=1e-6
    )


def test_stripping_limit_becomes_its_own_pressure() -> None:
    creep = {
        "creep_rate": 2.03e4,
        "creep_exponent": 6.6,
        "creep_activation_energy": 37e3,
        "molar_volume": 1.297e-5,
    }
    lowest = theory.pressure_window(current_density=10.0, fracture_toughness=0.3e6, **creep).evaluate()[
        "lowest_pressure"
    ]
    assert lowest == theory.critical_stack_pressure(current_density=10.0, **creep).evaluate().value


def test_contact_and_constriction_are_one_flux_tube() -> None:
    """contact (a, theta) and interface_resistance (a, phi) write the same constriction."""
    pressed = theory.contact(
        stack_pressure=0.3 * 3 * 0.77e6,
        yield_strength=0.77e6,
        charge_transfer_resistance=1e-3,
        conductivity=0.04,
    ).evaluate()
    spots = theory.interface_resistance(
        contact_fraction=0.3, spot_radius=1e-5, charge_transfer_resistance=1e-3, conductivity=0.04
    ).evaluate()
    assert pressed["interface_resistance"] == pytest.approx(spots.value, rel=1e-9)


def test_a_soft_electrolyte_has_no_diffusion_stress() -> None:
    sand = theory.sand_time(current_density=50.0, **LIQUID).evaluate().value
    soft = theory.stress_modified_sand_time(
        current_density=50.0, young_modulus=1e3, poisson_ratio=0.3, cation_molar_volume=1.5e-4, **LIQUID
    ).evaluate().value  # fmt: skip
    assert soft == pytest.approx(sand, rel=1e-5)


def test_depletion_of_the_gap_is_the_onset_of_space_charge() -> None:
    finite = theory.sand_time(current_density=300.0, thickness=1e-3, **LIQUID).evaluate()["depletion_time"]
    onset = theory.space_charge_growth(current_density=300.0, thickness=1e-3, **LIQUID).evaluate()[
        "onset_time"
    ]
    assert finite == pytest.approx(onset, rel=1e-12)


def test_anion_speed_and_sand_time_share_the_salt() -> None:
    """v tau_S = (pi/4) F D c0/(i t_a): the layer that depletes, times pi/4."""
    current = np.array([100.0, 200.0])
    sand = theory.sand_time(current_density=current, **LIQUID).evaluate().value
    speed = theory.space_charge_growth(current_density=current, thickness=1e-2, **LIQUID).evaluate().value
    length = 96485.33212331 * 3.2e-10 * 1000.0 / (current * 0.62)
    np.testing.assert_allclose(speed * sand, 0.25 * math.pi * length, rtol=1e-12)
