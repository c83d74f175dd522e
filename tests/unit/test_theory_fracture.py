"""Fracture: mechanics dossier §3 and rows 17–21 of §10 (derived values unless said otherwise)."""

import math

import numpy as np
import pytest

from dendrion import theory
from dendrion.theory.mechanics.crack_filling import slit_pressure

MPA = 1e6
LI_V, NA_V = 12.97e-6, 23.78e-6


@pytest.mark.parametrize(
    ("toughness", "volume", "rows"),
    [
        (1.0e6, LI_V, [(1e-6, 503, 67.6), (1e-5, 159, 21.4), (5e-5, 71, 9.6)]),
        (0.6e6, LI_V, [(1e-6, 302, 40.6), (1e-5, 95, 12.8), (5e-5, 43, 5.7)]),
        (0.3e6, LI_V, [(1e-6, 151, 20.3), (1e-5, 48, 6.4), (5e-5, 21, 2.9)]),
        (1.4e6, NA_V, [(1e-6, 704, 174), (1e-5, 223, 54.9), (5e-5, 100, 24.6)]),
        (3.0e6, NA_V, [(1e-6, 1509, 372), (1e-5, 477, 118), (5e-5, 213, 52.6)]),
    ],
)
def test_griffith_table(toughness: float, volume: float, rows: list) -> None:
    for length, pressure, voltage in rows:
        result = theory.griffith_overpotential(
            flaw_length=length, fracture_toughness=toughness, molar_volume=volume, local_resistance=1e-3
        ).evaluate()
        assert result["critical_pressure"] == pytest.approx(pressure * MPA, rel=0.02)
        assert result["critical_overpotential"] == pytest.approx(voltage * 1e-3, rel=0.02)
        assert result.value == pytest.approx(result["critical_overpotential"] / 1e-3)


@pytest.mark.parametrize(("volume", "stress"), [(LI_V, 7.44), (NA_V, 4.06)])
def test_megapascals_a_millivolt(volume: float, stress: float) -> None:
    """Row 18."""
    result = theory.griffith_overpotential(
        flaw_length=1e-5,
        fracture_toughness=1e6,
        molar_volume=volume,
        local_resistance=1e-3,
        current_density=1.0,
    ).evaluate()
    assert result["pressure"] == pytest.approx(stress * MPA, rel=2e-3)


def test_a_small_flaw_holds_a_gigapascal() -> None:
    """Row 17: 0.4 um and 1 GPa imply K = 1.26 MPa m^0.5."""
    result = theory.griffith_overpotential(
        flaw_length=0.4e-6, fracture_toughness=1.26e6, molar_volume=LI_V, local_resistance=1e-3
    ).evaluate()
    assert result["critical_pressure"] == pytest.approx(1e9, rel=0.01)


CRACK = {
    "fracture_toughness": 1e6,
    "young_modulus": 150e9,
    "poisson_ratio": 0.26,
    "molar_volume": LI_V,
    "pressure": 1e8,
}


@pytest.mark.parametrize(
    ("geometry", "share", "ratio"),
    [
        ("centre", 0.2, 0.128), ("centre", 0.5, 0.333), ("centre", 0.8, 0.590), ("centre", 0.95, 0.798),
        ("edge_from_mouth", 0.2, 0.148), ("edge_from_mouth", 0.5, 0.372), ("edge_from_mouth", 0.8, 0.628), ("edge_from_mouth", 0.95, 0.820),
        ("edge_at_tip", 0.2, 0.372), ("edge_at_tip", 0.5, 0.628), ("edge_at_tip", 0.8, 0.852), ("edge_at_tip", 0.95, 0.963),
    ],
)  # fmt: skip
def test_partly_filled_cracks(geometry: str, share: float, ratio: float) -> None:
    result = theory.pressurised_crack(
        flaw_length=1e-5, filled_share=share, geometry=geometry, **CRACK
    ).evaluate()
    assert result["over_full"] == pytest.approx(ratio, rel=0.01)


def test_weight_function_at_uniform_pressure() -> None:
    result = theory.pressurised_crack(flaw_length=1e-5, geometry="edge_from_mouth", **CRACK).evaluate()
    assert result["stress_intensity"] / (1e8 * math.sqrt(math.pi * 1e-5)) == pytest.approx(1.130, rel=2e-3)


@pytest.mark.parametrize(("length", "opening", "speed"), [(1e-5, 44e-9, 1.3e-6), (1e-4, 140e-9, 0.41e-6)])
def test_mass_controlled_crack(length: float, opening: float, speed: float) -> None:
    result = theory.pressurised_crack(flaw_length=length, crack_current=1e-3, **CRACK).evaluate()
    assert result["opening"] == pytest.approx(opening, rel=0.01)
    assert result["crack_speed"] == pytest.approx(speed, rel=0.02)
    # dV/dt = V_M I'/F: the volume law and the speed are one statement.
    step = 1e-9
    more = theory.pressurised_crack(flaw_length=length + step, crack_current=1e-3, **CRACK).evaluate()
    growth = (more["filled_volume"] - result["filled_volume"]) / step * result["crack_speed"]
    assert growth == pytest.approx(LI_V * 1e-3 / 96485.33212, rel=1e-4)


def test_a_fast_tip_runs_at_a_quarter_of_the_toughness() -> None:
    """Rows 22 and 23 [10.20517/energyz.2026.22, 2nd]: about K_IC at low current, down to 0.25 at high; faster, less stress."""
    shared = {"flaw_length": 1e-5, "corrosion_current": 100.0, **CRACK}
    slow, fast = (
        theory.pressurised_crack(tip_current=i, crack_current=1e-5 * i, **shared).evaluate()
        for i in (1e-2, 1e6)
    )
    assert slow["propagation_toughness"] == pytest.approx(1e6, rel=1e-3)
    assert fast["propagation_toughness"] == pytest.approx(0.25e6, rel=1e-3)
    assert fast["crack_speed"] > slow["crack_speed"]
    mechanical = theory.pressurised_crack(tip_current=1e6, flaw_length=1e-5, **CRACK).evaluate()
    assert mechanical["propagation_toughness"] == 1e6


def test_flaws_scatter() -> None:
    """§3.6: P_f = 1 - exp[-(A/A0)(i/i_c)^(m/3)]: 63 % at the critical current of that area, modulus m/3."""
    base = {"flaw_length": 1e-5, "fracture_toughness": 1e6, "molar_volume": LI_V, "local_resistance": 1e-3}
    critical = theory.griffith_overpotential(**base).evaluate().value
    found = theory.griffith_overpotential(current_density=critical * np.array([0.1, 1.0]), **base).evaluate()[
        "failure_probability"
    ]
    assert found[1] == pytest.approx(1.0 - math.exp(-1.0))
    assert math.log10(found[1] / found[0]) == pytest.approx(8.0 / 3.0, abs=0.25)
    larger = theory.griffith_overpotential(
        current_density=0.1 * critical, area_ratio=10.0, **base
    ).evaluate()["failure_probability"]
    assert larger == pytest.approx(10.0 * found[0], rel=0.02)


@pytest.mark.parametrize(("ratio", "angle"), [(0.1, -11.2), (0.5, -40.2), (1.0, -53.1), (1e6, -70.5)])
def test_kink_angle(ratio: float, angle: float) -> None:
    result = theory.crack_kink(
        opening_intensity=1.0, shear_intensity=ratio, young_modulus=1e11, poisson_ratio=0.26
    ).evaluate()
    assert math.degrees(result.value) == pytest.approx(angle, abs=0.1)


@pytest.mark.parametrize(
    ("stress", "length"), [(10.0, 1250e-6), (50.0, 50e-6), (150.0, 5.6e-6), (200.0, 3.1e-6)]
)
def test_turning_length(stress: float, length: float) -> None:
    result = theory.dendrite_deflection(
        in_plane_compression=stress * MPA, fracture_toughness=1e6, poisson_ratio=0.26, thickness=5e-4
    ).evaluate()
    assert result.value == pytest.approx(length, rel=0.01)


def test_stack_pressure_never_deflects() -> None:
    result = theory.dendrite_deflection(
        stack_pressure=np.linspace(1.0, 200.0, 5) * MPA,
        confinement="confined",
        fracture_toughness=1e6,
        poisson_ratio=0.26,
        thickness=5e-4,
    ).evaluate()
    assert np.all(np.isinf(result.value))
    np.testing.assert_allclose(result["t_stress"], -(0.48 / 0.74) * np.linspace(1.0, 200.0, 5) * MPA)


def test_deflection_scale() -> None:
    """Row 21 (some 200 MPa): the dendrite's own pressure has that order, the turning criterion asks for less."""
    result = theory.for_cell(
        "dendrite_deflection", electrolyte="LLZTO", in_plane_compression=2e8, thickness=5e-4
    ).evaluate()
    assert 50 * MPA < result["dendrite_pressure"] < 250 * MPA
    assert result["required_compression"] < 50 * MPA


@pytest.mark.parametrize(
    ("width", "pressures"),
    [(0.5e-6, (4.3, 60.0, 386.0)), (0.1e-6, (35.0, 493.0, 3150.0)), (20e-9, (283.0, 4020.0, 2.6e4))],
)
def test_extrusion_through_a_slit(width: float, pressures: tuple) -> None:
    factor = 2.03e4 * math.exp(-37e3 / (8.314462618 * 298.15))
    for length, pressure in zip((1e-6, 1e-5, 5e-5), pressures, strict=True):
        found = slit_pressure(100.0, width, length, LI_V, factor, 6.6)
        assert found == pytest.approx(pressure * MPA, rel=0.05)


@pytest.mark.parametrize(("width", "length"), [(0.5e-6, 1e-5), (0.1e-6, 5e-5)])
def test_sodium_extrudes_a_little_more_easily(width: float, length: float) -> None:
    """§3.5: 0.6 to 0.9 times lithium's pressures."""
    lithium = slit_pressure(
        100.0, width, length, LI_V, 2.03e4 * math.exp(-37e3 / (8.314462618 * 298.15)), 6.6
    )
    sodium = slit_pressure(100.0, width, length, NA_V, 0.53, 5.0)
    assert 0.55 < sodium / lithium < 1.0


def test_extrusion_hardly_feels_the_current() -> None:
    one, ten = (slit_pressure(i, 1e-7, 1e-5, LI_V, 7e-3, 6.6) for i in (10.0, 100.0))
    assert math.log10(ten / one) == pytest.approx(1.0 / 6.6, rel=1e-9)


def test_stack_pressure_helps_propagation_not_initiation() -> None:
    low, high = (
        theory.for_cell(
            "initiation_and_propagation",
            metal="Li",
            electrolyte="LPSC",
            current_density=10.0,
            overpotential=5e-3,
            stack_pressure=p,
        ).evaluate()
        for p in (0.1 * MPA, 7 * MPA)
    )
    assert high["critical_filling"] < low["critical_filling"]
    assert high["initiation_intensity"] == pytest.approx(low["initiation_intensity"], rel=0.25)


def test_less_stack_pressure_lives_longer() -> None:
    """§3.5 [10.1038/s41586-023-05970-4, known]: from 7 to 0.1 MPa life grows tenfold or more, where the wedge's own
    pressure (2 mV) is of the order of the stack's; at 5 mV, where it is five times larger, only by half."""
    life = {
        (p, eta): theory.for_cell(
            "initiation_and_propagation", metal="Li", electrolyte="LPSC", current_density=10.0, overpotential=eta, stack_pressure=p * MPA
        ).evaluate()["cycles"]
        for p in (0.1, 7.0) for eta in (1.9e-3, 5e-3)
    }  # fmt: skip
    assert life[0.1, 1.9e-3] >= 10.0 * life[7.0, 1.9e-3] and math.isfinite(life[7.0, 1.9e-3])
    assert 1.0 < life[0.1, 5e-3] / life[7.0, 5e-3] < 3.0


@pytest.mark.parametrize(
    ("toughness", "volume", "measured"), [(1.0e6, LI_V, 1.0), (3.0e6, NA_V, 12.0), (1.4e6, NA_V, 5.5)]
)
def test_critical_currents_have_the_measured_order(toughness: float, volume: float, measured: float) -> None:
    """§3.1 sanity, within a factor of 3: LLZO about 1, beta-alumina 12, NZSP up to 5.5 mA/cm^2, for 10 um and 10 ohm cm^2."""
    result = theory.griffith_overpotential(
        flaw_length=1e-5, fracture_toughness=toughness, molar_volume=volume, local_resistance=1e-3
    ).evaluate()
    assert 1.0 / 3.0 < result.value / 10.0 / measured < 3.0


def test_linear_pressure_on_an_edge_crack() -> None:
    """§3.2: 0.687 for a pressure that rises linearly to the tip, by superposition of tip-side fillings."""
    parts = np.linspace(0.0, 1.0, 4001)
    filled = theory.pressurised_crack(
        flaw_length=1e-5, filled_share=parts, geometry="edge_at_tip", **CRACK
    ).evaluate()
    linear = np.trapezoid(filled["stress_intensity"], parts)
    assert linear / (1e8 * math.sqrt(math.pi * 1e-5)) == pytest.approx(0.687, rel=0.01)


def test_expansion_bolt_arrests() -> None:
    base = {"overpotential": 0.02, "flaw_length": 1e-5, "fracture_toughness": 0.25e6, "molar_volume": LI_V}
    clamped, free = (theory.expansion_bolt(reaction_strain=e, **base).evaluate() for e in (0.1, 0.0))
    assert clamped.threshold.safe and not free.threshold.safe
    assert free.value == pytest.approx(free["free_intensity"])


def test_dilatant_zone() -> None:
    """LPSC-like: 0.26 MPa m^0.5."""
    result = theory.toughening(
        fracture_toughness=0.3e6,
        young_modulus=22e9,
        poisson_ratio=0.30,
        particle_share=0.3,
        dilation=0.04,
        zone_height=1e-5,
    ).evaluate()
    assert result["dilatant_gain"] == pytest.approx(0.26e6, rel=0.02)
