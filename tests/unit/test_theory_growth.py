"""Growth and stability: electrochemistry dossier §2.2–2.4 and mechanics dossier §7.1 (computed, derived)."""

import jax
import numpy as np
import pytest

from dendrion import theory
from dendrion.errors import InputError

jax.config.update("jax_enable_x64", True)

LIQUID = {"salt_concentration": 1000.0, "salt_diffusivity": 3.2e-10}
METAL = {"surface_energy": 0.5, "molar_volume": 1.3e-5}


def test_tip_with_kinetics() -> None:
    result = theory.tip_growth(
        overpotential=5e-3, exchange_current_density=10.0, **LIQUID, **METAL
    ).evaluate()
    assert result["critical_radius"] == pytest.approx(26.947e-9, rel=1e-4)
    assert result["reaction_length"] == pytest.approx(3.0875e-3, rel=1e-4)
    assert result["tip_radius"] == pytest.approx(9.1484e-6, rel=1e-4)
    assert result["tip_current"] == pytest.approx(1.93462, rel=1e-4)


def test_tip_without_kinetics_is_twice_critical() -> None:
    result = theory.tip_growth(overpotential=5e-3, exchange_current_density=1e9, **LIQUID, **METAL).evaluate()
    assert result["tip_radius"] == pytest.approx(53.910e-9, rel=1e-4)
    assert result["tip_radius"] / result["critical_radius"] == pytest.approx(2.0006, rel=1e-4)


def test_the_radius_is_the_fastest() -> None:
    """The closed form beats neighbouring radii in i(r)."""
    model = theory.tip_growth(overpotential=5e-3, exchange_current_density=10.0, **LIQUID, **METAL)
    best = model.evaluate()

    def current(radius: float) -> float:
        drive = 96485.33212 / (8.314462618 * 298.15) * 5e-3 * (1.0 - best["critical_radius"] / radius)
        return drive / (0.1 + radius / (96485.33212 * 3.2e-7))

    assert current(best["tip_radius"]) == pytest.approx(best["tip_current"], rel=1e-8)
    assert current(best["tip_radius"]) > max(
        current(0.99 * best["tip_radius"]), current(1.01 * best["tip_radius"])
    )


def test_tip_over_flat() -> None:
    model = {"overpotential": 5e-3, "exchange_current_density": 10.0, **LIQUID, **METAL}
    assert theory.tip_growth(relative_current=0.5, **model).evaluate()["tip_over_flat"] == pytest.approx(2.0)


POLYMER = {
    "salt_concentration": 1200.0, "salt_diffusivity": 7e-12, "cation_transference_number": 0.2, "thickness": 1e-4,
    "exchange_current_density": 10.0, "temperature": 363.15, **METAL,
}  # fmt: skip


@pytest.mark.parametrize(
    ("ratio", "eta", "height", "speed", "radius", "time"),
    [
        (0.25, 0.0271, 1.06e-6, 1.937e-9, 0.324e-6, 1.29e5), (0.50, 0.0634, 0.578e-6, 7.755e-9, 0.181e-6, 3.54e4),
        (0.75, 0.1188, 0.319e-6, 3.764e-8, 0.0923e-6, 8.46e3), (0.90, 0.1835, 0.181e-6, 1.874e-7, 0.0436e-6, 1.92e3),
    ],
)  # fmt: skip
def test_polymer_tip(
    ratio: float, eta: float, height: float, speed: float, radius: float, time: float
) -> None:
    result = theory.polymer_tip_growth(current_density=ratio * 20.262, **POLYMER).evaluate()
    assert result["relative_current"] == pytest.approx(ratio, rel=1e-4)
    assert result["flat_overpotential"] == pytest.approx(eta, rel=5e-3)
    assert result["critical_height"] == pytest.approx(height, rel=0.05)
    assert result["final_speed"] == pytest.approx(speed, rel=0.02)
    assert result["final_radius"] == pytest.approx(radius, rel=0.05)
    assert result["crossing_time"] == pytest.approx(time, rel=0.05)


@pytest.mark.parametrize(
    ("current", "exchange", "front", "cut", "fastest", "rate"),
    [
        (10.0, 10.0, 1000.0, 14.514e-6, 170.1e-6, 7.2411e-7), (100.0, 10.0, 1000.0, 4.1587e-6, 41.87e-6, 3.9903e-5),
        (10.0, 1000.0, 1000.0, 16.034e-6, 49.06e-6, 3.6864e-5), (100.0, 1000.0, 1000.0, 5.0147e-6, 20.99e-6, 4.6026e-4),
        (100.0, 10.0, 100.0, 1.3113e-6, 9.140e-6, 3.8129e-4),
    ],
)  # fmt: skip
def test_stability_of_a_binary_electrolyte(
    current: float, exchange: float, front: float, cut: float, fastest: float, rate: float
) -> None:
    model = theory.electrodeposition_stability(
        current_density=current, exchange_current_density=exchange, surface_concentration=front,
        cation_transference_number=0.38, **LIQUID, **METAL,
    )  # fmt: skip
    result = model.evaluate()
    assert result["critical_wavelength"] == pytest.approx(cut, rel=2e-4)
    assert result["fastest_wavelength"] == pytest.approx(fastest, rel=1e-3)
    assert result["fastest_rate"] == pytest.approx(rate, rel=2e-4)


def test_upper_bound_of_a_clean_front() -> None:
    """ln 100 over 7.24e-7 1/s: some 6e6 s at 1 mA/cm^2, far longer than real lithium lasts."""
    model = theory.electrodeposition_stability(
        current_density=10.0,
        exchange_current_density=10.0,
        cation_transference_number=0.38,
        **LIQUID,
        **METAL,
    )
    assert model.evaluate()["hundredfold_time"] == pytest.approx(6.36e6, rel=2e-3)
    assert model.evaluate().validity == "warn"


@pytest.mark.parametrize(
    ("resistance", "fastest", "rate"), [(1e-4, 10.821e-6, 1.7767e-4), (1e-2, 44.02e-6, 2.639e-6)]
)
def test_stability_of_a_single_ion_electrolyte(resistance: float, fastest: float, rate: float) -> None:
    model = theory.electrodeposition_stability(
        current_density=10.0,
        conductivity=0.05,
        cation_transference_number=1.0,
        interface_resistance=resistance,
        **METAL,
    )
    result = model.evaluate()
    assert result["critical_wavelength"] == pytest.approx(3.6466e-6, rel=1e-4)
    assert result["fastest_wavelength"] == pytest.approx(fastest, rel=1e-3)
    assert result["fastest_rate"] == pytest.approx(rate, rel=1e-3)


def test_stability_limits() -> None:
    """Long waves in a binary electrolyte without kinetics: omega -> V_M i k/F; short ones lose to capillarity."""
    base = {
        "current_density": 10.0,
        "exchange_current_density": 1e7,
        "cation_transference_number": 0.38,
        **LIQUID,
        **METAL,
    }
    result = theory.electrodeposition_stability(wavelength=np.array([0.5, 1e-6]), **base).evaluate()
    assert result.value[0] == pytest.approx(1.3e-5 / 96485.33212 * 10.0 * 2.0 * np.pi / 0.5, rel=0.01)
    assert result.value[1] < 0.0
    held = theory.electrodeposition_stability(wavelength=1e-4, mechanical_slope=1e-3, **base).evaluate()
    free = theory.electrodeposition_stability(wavelength=1e-4, **base).evaluate()
    assert held.value < free.value


SOLID = {
    "thickness": 1e-4, "conductivity": 0.05, "poisson_ratio": 0.26, "temperature": 298.15, "wavelength": 1e-5,
    "current_density": 10.0, "molar_volume": 1.297e-5,
}  # fmt: skip


@pytest.mark.parametrize(
    ("exchange", "slope", "ratio"),
    [
        (1e12, 0.01, 1.02020), (1e12, 0.05, 1.10526), (1e12, 0.1, 1.22222), (1e12, 0.3, 1.85714), (1e12, 0.6, 4.0),
        (1.0, 0.05, 1.000628), (1.0, 0.3, 1.003774), (10.0, 0.05, 1.0013672), (10.0, 0.3, 1.0082311),
        (100.0, 0.05, 1.0110969), (100.0, 0.3, 1.0684815), (1000.0, 0.05, 1.056910), (1000.0, 0.3, 1.398103),
    ],
)  # fmt: skip
def test_landscape_without_pressure(exchange: float, slope: float, ratio: float) -> None:
    """The linear column of the dossier's table; the exact collocation column differs by the order (kA)^2."""
    model = theory.stability_landscape(
        exchange_current_density=exchange,
        slope=slope,
        stack_pressure=0.0,
        surface_energy=1e-12,
        cation_molar_volume=0.0,
        **SOLID,
    )
    assert model.evaluate().value == pytest.approx(ratio, rel=1e-5)


@pytest.mark.parametrize(
    ("pressure", "ratio"),
    [(1e6, 1.006327), (2e6, 1.004426), (6e6, 0.996859), (10e6, 0.989349), (4.336e6, 1.0)],
)
def test_landscape_under_pressure(pressure: float, ratio: float) -> None:
    model = theory.stability_landscape(
        exchange_current_density=10.0,
        slope=0.3,
        stack_pressure=pressure,
        surface_energy=1e-12,
        cation_molar_volume=1.3e-5,
        **SOLID,
    )
    assert model.evaluate().value == pytest.approx(ratio, abs=2e-6)


@pytest.mark.parametrize(
    ("volume", "energy", "wavelength", "name", "current"),
    [
        (1.3e-5, 0.5, 1e-5, "mechanical_current", 2.306), (3.5e-6, 0.5, 1e-5, "mechanical_current", 0.621),
        (0.0, 0.5, 1e-5, "capillary_current", 1.33), (0.0, 0.5, 1e-6, "capillary_current", 133.0),
    ],
)  # fmt: skip
def test_landscape_currents(
    volume: float, energy: float, wavelength: float, name: str, current: float
) -> None:
    inputs = {**SOLID, "wavelength": wavelength}
    model = theory.stability_landscape(
        exchange_current_density=10.0,
        stack_pressure=1e6,
        surface_energy=energy,
        cation_molar_volume=volume,
        **inputs,
    )
    assert model.evaluate()[name] == pytest.approx(current, rel=5e-3)


def test_the_boundary_knows_no_amplitude_and_no_kinetics() -> None:
    def neutral(**changes: float) -> float:
        inputs = {
            **SOLID,
            "exchange_current_density": 10.0,
            "stack_pressure": 5e6,
            "surface_energy": 0.5,
            "cation_molar_volume": 3.5e-6,
        }
        return theory.stability_landscape(**{**inputs, **changes}).evaluate()["neutral_current"]

    assert neutral() == neutral(slope=0.3) == neutral(exchange_current_density=1e3)
    assert neutral(conductivity=0.1) == pytest.approx(2.0 * neutral(), rel=1e-12)


def test_hoop_stress_turns_tensile_at_a_steep_peak() -> None:
    """Confined: where kA exceeds nu/[2(1 - 2 nu)] = 0.27 for nu = 0.26; free: for any roughness."""
    inputs = {
        **SOLID,
        "exchange_current_density": 10.0,
        "stack_pressure": 5e6,
        "surface_energy": 0.5,
        "cation_molar_volume": 3.5e-6,
    }
    edge = 0.26 / (2.0 * (1.0 - 0.52))
    stress = [
        theory.stability_landscape(slope=s, **inputs).evaluate()["peak_hoop_stress"]
        for s in (0.99 * edge, 1.01 * edge)
    ]
    assert stress[0] < 0.0 < stress[1]
    assert (
        theory.stability_landscape(slope=0.01, confinement="free", **inputs).evaluate()["peak_hoop_stress"]
        > 0.0
    )


def test_a_million_landscapes_compile_to_one_kernel() -> None:
    """Arrays through jax.jit; the answers that are not asked for cost nothing."""

    def ratio(pressure: jax.Array) -> jax.Array:
        inputs = {
            **SOLID,
            "exchange_current_density": 10.0,
            "surface_energy": 0.5,
            "cation_molar_volume": 3.5e-6,
        }
        return theory.stability_landscape(stack_pressure=pressure, **inputs).compute()["peak_to_valley"]

    pressures = jax.numpy.linspace(0.0, 2e7, 1_000_000)
    values = jax.jit(ratio)(pressures)
    assert values.dtype == jax.numpy.float64
    assert bool((jax.numpy.diff(values) < 0.0).all())


@pytest.mark.parametrize(
    ("name", "inputs", "message"),
    [
        (
            "tip_growth",
            {"overpotential": 0.0, "exchange_current_density": 10.0, **LIQUID, **METAL},
            "above 0",
        ),
        (
            "tip_growth",
            {"overpotential": 0.5, "exchange_current_density": 1e12, **LIQUID, **METAL},
            "three atoms",
        ),
        ("polymer_tip_growth", {"current_density": 21.0, **POLYMER}, "no steady state"),
        (
            "polymer_tip_growth",
            {"current_density": 10.0, "initial_height": 2e-4, **POLYMER},
            "as high as the gap",
        ),
        ("stability_landscape", {"slope": 0.7}, "at most 0.6"),
        ("stability_landscape", {"stack_pressure": -1.0}, "at least 0"),
        ("stability_landscape", {"stack_pressure": 2e8, "strength": 1e8}, "breaks the electrolyte"),
        ("stability_landscape", {"temperature": 460.0, "melting_temperature": 453.65}, "molten"),
        ("stability_landscape", {"conductivity": 0.0}, "above 0"),
        ("stability_landscape", {"poisson_ratio": 0.5}, "below 0.5"),
        (
            "electrodeposition_stability",
            {"wavelength": 1e-2, "thickness": 1e-4},
            "feels the counter electrode",
        ),
        ("electrodeposition_stability", {"surface_energy": 0.0}, "above 0"),
        ("electrodeposition_stability", {"surface_concentration": 0.0}, "above 0"),
        ("electrodeposition_stability", {"cation_transference_number": 1.0}, "single_ion"),
        ("electrodeposition_stability", {"salt_concentration": None, "form": "binary"}, "is needed"),
    ],
)
def test_refusals(name: str, inputs: dict, message: str) -> None:
    base = {
        "stability_landscape": {**SOLID, "exchange_current_density": 10.0, "stack_pressure": 5e6, "surface_energy": 0.5,
                                "cation_molar_volume": 3.5e-6},
        "electrodeposition_stability": {"current_density": 10.0, "exchange_current_density": 10.0,
                                        "cation_transference_number": 0.38, **LIQUID, **METAL},
    }  # fmt: skip
    with pytest.raises(InputError, match=message):
        theory.models()[name](**{**base.get(name, {}), **inputs})


def test_a_million_evaluations_take_less_than_a_second() -> None:
    """After compilation, on one core: some milliseconds each; the bound is the one that was promised."""
    from benchmarks.theory_speed import measure

    for name, (_, processor) in measure().items():
        assert processor < 1.0, name
