"""Transport models against golden values: electrochemistry dossier §1.1–1.7 and §2.1 (tags computed, derived)."""

import math

import numpy as np
import pytest

from dendrion import theory
from dendrion.errors import InputError
from dendrion.theory.relations import depletion_time
from dendrion.theory.transport.sand_time import surface_concentration

MAH = 36000.0
LIQUID = {"salt_concentration": 1000.0, "salt_diffusivity": 3.2e-10, "cation_transference_number": 0.38}
POLYMER = {"salt_concentration": 1200.0, "salt_diffusivity": 7e-12, "cation_transference_number": 0.2}


@pytest.mark.parametrize(
    ("electrolyte", "current", "time"),
    [(LIQUID, 10.0, 6.0867e4), (LIQUID, 100.0, 608.67), (POLYMER, 10.0, 1151.6)],
)
def test_sand_time(electrolyte: dict, current: float, time: float) -> None:
    result = theory.sand_time(current_density=current, **electrolyte).evaluate()
    assert result.value == pytest.approx(time, rel=1e-4)
    assert result.unit == "s"


def test_sand_capacity_and_invariant() -> None:
    result = theory.sand_time(current_density=np.array([30.0, 100.0]), **LIQUID).evaluate()
    assert result["sand_capacity"][1] / MAH == pytest.approx(1.6907, rel=1e-4)
    invariants = np.array([30.0, 100.0]) ** 2 * result.value
    assert invariants[0] == pytest.approx(invariants[1], rel=1e-12)


@pytest.mark.parametrize(
    ("ratio", "scaled", "over_sand"),
    [
        (1.001, 0.67872, 3.4636), (1.01, 0.44633, 2.3188), (1.05, 0.28720, 1.6126), (1.1, 0.22168, 1.3661),
        (1.2, 0.16026, 1.1754), (1.5, 0.090043, 1.03181), (2.0, 0.049183, 1.00194), (3.0, 0.0218167, 1.0000016),
        (5.0, 0.00785398, 1.0),
    ],
)  # fmt: skip
def test_finite_gap(ratio: float, scaled: float, over_sand: float) -> None:
    found = float(depletion_time(np.float64(ratio), np))
    assert found == pytest.approx(scaled, rel=1e-4)
    assert found / (math.pi / 16.0 / ratio**2) == pytest.approx(over_sand, rel=1e-4)


def test_below_the_limiting_current_nothing_depletes() -> None:
    result = theory.sand_time(current_density=1.0, thickness=25e-6, **LIQUID).evaluate()
    assert math.isinf(result["depletion_time"])
    assert result.validity == "warn"


def test_no_current_is_no_error() -> None:
    assert math.isinf(theory.sand_time(current_density=0.0, **LIQUID).evaluate().value)


def test_steps_of_current_superpose() -> None:
    """A constant current reaches zero at Sand's time; the same charge in two halves does not change that."""
    time = theory.sand_time(current_density=100.0, **LIQUID).evaluate().value
    at = np.array([0.25 * time, time])
    constant = surface_concentration([0.0], [100.0], 1000.0, 3.2e-10, 0.62, at)
    np.testing.assert_allclose(constant, [500.0, 0.0], atol=1e-6)
    split = surface_concentration([0.0, time / 3], [100.0, 100.0], 1000.0, 3.2e-10, 0.62, at)
    np.testing.assert_allclose(split, constant, atol=1e-9)


@pytest.mark.parametrize(
    ("electrolyte", "gap", "current"),
    [({**LIQUID, "salt_diffusivity": 3.2e-10}, 25e-6, 3984.0), (LIQUID, 1e-3, 99.6), (POLYMER, 50e-6, 40.5)],
)
def test_limiting_current(electrolyte: dict, gap: float, current: float) -> None:
    assert theory.limiting_current(thickness=gap, **electrolyte).evaluate().value == pytest.approx(
        current, rel=2e-3
    )


def test_a_reservoir_halves_the_limiting_current() -> None:
    closed, layer = (
        theory.limiting_current(thickness=1e-4, counter=c, **LIQUID).evaluate().value
        for c in ("closed", "reservoir")
    )
    assert closed == pytest.approx(2.0 * layer, rel=1e-14)


THRESHOLD = {"exchange_current_density": 10.0, "critical_overpotential": 0.2, **LIQUID}


@pytest.mark.parametrize(
    ("current", "time"), [(10.0, 5.8359e4), (30.0, 5955.2), (100.0, 385.25), (300.0, 10.158)]
)
def test_kinetic_threshold(current: float, time: float) -> None:
    result = theory.modified_sand_time(current_density=current, **THRESHOLD).evaluate()
    assert result.value == pytest.approx(time, rel=1e-4)
    assert result["kinetic_current"] == pytest.approx(489.97, rel=1e-4)


def test_threshold_limits() -> None:
    free = {**THRESHOLD, "critical_overpotential": math.inf}
    sand = theory.modified_sand_time(current_density=50.0, **free).evaluate()
    assert sand.value == pytest.approx(sand["sand_time"], rel=1e-14)
    assert sand.validity == "warn"
    assert theory.modified_sand_time(current_density=490.0, **THRESHOLD).evaluate().value == 0.0
    skin = theory.modified_sand_time(
        current_density=50.0, interphase_limiting_current=100.0, **free
    ).evaluate()
    assert skin["correction"] == pytest.approx(0.25, rel=1e-12)


@pytest.mark.parametrize(("current", "time"), [(10.0, 1748.3), (1000.0, 4.549)])
def test_competing_risks(current: float, time: float) -> None:
    model = theory.modified_sand_time(
        current_density=current,
        kinetic_charge=0.5 * MAH,
        exchange_current_density=10.0,
        form="competing_risks",
        **LIQUID,
    )
    result = model.evaluate()
    assert result.value == pytest.approx(time, rel=1e-4)
    assert result["crossover_current"] == pytest.approx(338.1, rel=2e-4)
    assert result["correction"] == pytest.approx(1.0 / (1.0 + 338.148 / current), rel=1e-4)
    assert 1.0 < result["slope"] < 2.0


def amplified(current: object, **changes: float) -> object:
    """§1.5, stability-amplification form."""
    base = {
        "exchange_current_density": 10.0,
        "surface_energy": 0.5,
        "molar_volume": 1.3e-5,
        "form": "stability",
        **LIQUID,
    }
    return theory.modified_sand_time(current_density=current, **{**base, **changes}).evaluate().value


def test_amplification_is_an_upper_bound() -> None:
    """Some 6e6 s at 1 mA/cm^2 far below the limiting current: ln 100 over 7.24e-7 1/s, less what the salt falls by."""
    thin = theory.modified_sand_time(
        current_density=10.0, thickness=25e-6, exchange_current_density=10.0, form="stability", **LIQUID
    ).evaluate()
    assert thin.value == pytest.approx(math.log(100.0) / 7.2411e-7, rel=0.01)
    assert "upper bound" in thin.messages[0]


def test_amplification_has_both_slopes() -> None:
    """t ~ 1/(i P) where kinetics limits, with P -> 2 i0 for i << i0: slope -1 (1.03 is as near as it comes, since the
    longest waves leave the kinetic limit); Sand's time, slope -2, at high current."""
    low = amplified(np.array([0.2, 0.4]), thickness=25e-6)
    assert -math.log2(low[1] / low[0]) == pytest.approx(1.0, abs=0.04)
    high = amplified(np.array([1000.0, 2000.0]), exchange_current_density=1.0)
    sand = theory.sand_time(current_density=np.array([1000.0, 2000.0]), **LIQUID).evaluate().value
    np.testing.assert_allclose(high, sand, rtol=1e-9)
    # A front that starts rougher needs less: it initiates before the salt is out.
    assert amplified(300.0, exchange_current_density=1e4, amplification=1.05) < 60.0 < amplified(300.0)


@pytest.mark.parametrize(("modulus", "coupling"), [(1e6, 3.3e-3), (1e7, 0.033), (1e8, 0.33), (1e9, 3.3)])
def test_diffusion_stress(modulus: float, coupling: float) -> None:
    """nu = 0.45 of PEO; the dossier gives two digits."""
    model = theory.stress_modified_sand_time(
        current_density=10.0, young_modulus=modulus, poisson_ratio=0.45, cation_molar_volume=1.5e-4, temperature=333.0,
        salt_concentration=1000.0, salt_diffusivity=7e-12, cation_transference_number=0.2,
    )  # fmt: skip
    result = model.evaluate()
    assert result["coupling"] == pytest.approx(coupling, rel=0.02)
    assert result.value / result["stress_free_sand_time"] == pytest.approx(
        1.0 + result["coupling"], rel=1e-13
    )


@pytest.mark.parametrize(
    ("on", "period", "ratio"),
    [
        (1e-3, 4e-3, 3.9400),
        (0.1, 0.4, 3.4714),
        (1.0, 4.0, 2.6998),
        (10.0, 40.0, 1.5348),
        (1.0, 2.0, 1.7339),
        (5.0, 10.0, 1.4899),
    ],
)
def test_pulses_in_a_diffusion_layer(on: float, period: float, ratio: float) -> None:
    result = theory.pulse_limiting_current(
        on_time=on, period=period, diffusion_layer=1e-4, **LIQUID
    ).evaluate()
    assert result.value == pytest.approx(ratio, rel=1e-4)
    assert result["mean_ratio"] <= 1.0
    assert result["two_layer_ratio"] == pytest.approx(ratio, rel=0.115)


def test_pulse_limits() -> None:
    def ratio(on: float, period: float) -> float:
        return (
            theory.pulse_limiting_current(on_time=on, period=period, diffusion_layer=1e-4, **LIQUID)
            .evaluate()
            .value
        )

    assert ratio(1e-6, 4e-6) == pytest.approx(4.0, rel=2e-3)
    assert ratio(1e4, 4e4) == pytest.approx(1.0, rel=1e-12)


ACTIVITY = {"relaxation_time": 2e-5, "critical_charge": 2e-3, "escape_current": 500.0, "focusing": 100.0}


def test_short_pulses_let_a_defect_relax() -> None:
    """§1.6. The dossier hopes for a gain in the mean current; its own equation bounds it by 1 (see the model's limits).
    The peak may rise to 1/duty where pulses are short, and not at all where they are long."""
    gain = (
        theory.pulse_activity(on_time=np.array([1e-9, 0.5e-6, 5e-6]), period=5e-6, **ACTIVITY)
        .evaluate()
        .value
    )
    assert gain[2] == pytest.approx(1.0, rel=1e-12) and np.all(gain <= 1.0 + 1e-12)
    slow = theory.pulse_activity(on_time=1.0, period=2.0, **ACTIVITY).evaluate()
    assert slow.value == pytest.approx(0.5, rel=1e-9)
    short = theory.pulse_activity(
        on_time=1e-9, period=1e-8, relaxation_time=1e-5, critical_charge=1e-1, escape_current=0.0
    ).evaluate()
    assert short["peak_gain"] == pytest.approx(10.0, rel=1e-3) and slow["peak_gain"] == pytest.approx(
        1.0, rel=1e-9
    )
    assert slow["direct_limit"] == pytest.approx((100.0 + 500.0) / 100.0)


def test_pulses_at_the_limit_reach_the_critical_charge() -> None:
    """The periodic state by stepping the equation itself."""
    model = {"on_time": 3e-6, "period": 2e-5, **ACTIVITY}
    peak = theory.pulse_activity(**model).evaluate()["peak_limit"]
    assert theory.pulse_activity(peak_current=peak, **model).evaluate()["largest_charge"] == pytest.approx(
        2e-3, rel=1e-12
    )
    charge, highest, step = 0.0, 0.0, 1e-8
    for n in range(20_000):
        source = max(100.0 * peak - 500.0, 0.0) if (n * step) % 2e-5 < 3e-6 - 1e-12 else 0.0
        charge += step * (source - charge / 2e-5)
        highest = max(highest, charge)
    assert highest == pytest.approx(2e-3, rel=0.01)


def test_pulse_window_scales() -> None:
    result = theory.pulse_window(
        interface_resistance=1e-3, double_layer_capacitance=0.1, frequency=1.0 / (2.0 * math.pi * 1e-4), conductivity=1.19,
        metal_diffusivity=5.6e-15, relative_permittivity=30.0, current_density=10.0, **LIQUID,
    ).evaluate()  # fmt: skip
    assert result["interface_charging"] == pytest.approx(1e-4)
    assert result["faradaic_share"] == pytest.approx(1.0 / math.sqrt(2.0), rel=1e-12)
    assert result["dielectric_relaxation"] == pytest.approx(2e-10, rel=0.15)
    assert result["cell_double_layer"] == pytest.approx(1.5e-5, rel=0.1)
    assert result["planar_sand_time"] == pytest.approx(6.0867e4, rel=1e-4)
    assert result["vacancy_relaxation"] == pytest.approx(180.0, rel=0.02)
    # 20 ms is the depletion time at a tip of 1.74 A/cm^2, never of a flat electrode.
    tip = theory.sand_time(current_density=1.74e4, **LIQUID).evaluate().value
    assert tip == pytest.approx(0.020, rel=0.01)


@pytest.mark.parametrize(
    ("diffusivity", "volume", "time", "tolerance"),
    [(5.6e-15, 1.0 / 7.69e4, 2421.0, 1e-3), (5.8e-13, 1.0 / 4.21e4, 7.5e4, 0.01)],
)
def test_metal_side(diffusivity: float, volume: float, time: float, tolerance: float) -> None:
    model = theory.metal_side_sand_time(
        current_density=10.0, metal_diffusivity=diffusivity, molar_volume=volume
    )
    assert model.evaluate().value == pytest.approx(time, rel=tolerance)


def test_brick_layer() -> None:
    model = {"bulk_conductivity": 0.08, "boundary_conductivity": 1e-5, "boundary_thickness": 2e-9}
    result = theory.effective_conductivity(grain_size=3e-6, **model).evaluate()
    assert result.value == pytest.approx(0.012632, rel=1e-4)
    assert result["boundary_share"] == pytest.approx(0.8421, rel=1e-4)
    large = theory.effective_conductivity(grain_size=1e6, **model).evaluate()
    assert large.value == pytest.approx(0.08, rel=1e-9)


def test_full_contact_leaves_the_reaction_alone() -> None:
    whole = theory.interface_resistance(
        charge_transfer_resistance=1e-3, contact_fraction=1.0, spot_radius=1e-6, conductivity=0.04
    ).evaluate()
    assert whole.value == pytest.approx(1e-3, rel=1e-12)
    small, large = (
        theory.interface_resistance(
            charge_transfer_resistance=1e-3, contact_fraction=0.1, spot_radius=a, conductivity=0.04
        ).evaluate()["constriction"]
        for a in (1e-6, 1e-5)
    )
    assert large == pytest.approx(10.0 * small, rel=1e-12)


LEAK = {"conductivity": 0.05, "electronic_conductivity": 5.5e-6, "thickness": 5e-4, "molar_volume": 1.3e-5}


def test_electronic_leakage() -> None:
    """50 mV over 0.5 mm of LLZO leaks 5.5e-4 A/m^2; the potential falls linearly through the middle."""
    i = 0.05 / (2e-3 + 5e-4 / 0.05)
    model = {"current_density": i, "interface_resistance": 1e-3, **LEAK}
    result = theory.electronic_leakage(position=np.array([0.0, 2.5e-4, 5e-4]), **model).evaluate()
    np.testing.assert_allclose(result["potential"], [i * 1e-3, 0.0, -i * 1e-3], atol=1e-15)
    assert np.all(result["leakage_current"] == pytest.approx(5.5e-4, rel=1e-3))
    assert np.all(result["critical_current"] == pytest.approx(40.0))


def test_leaky_layer_raises_the_potential() -> None:
    base = {"current_density": 10.0, "interface_resistance": 1e-3, **LEAK}
    result = theory.electronic_leakage(leaky_depth=1e-4, **base).evaluate()
    assert result.value == pytest.approx(10.0 * (1e-3 + 1e-4 / 0.05), rel=1e-13)


@pytest.mark.parametrize(("ratio", "share"), [(1.2, 0.08713), (1.5, 0.18350), (2.0, 0.29289)])
def test_space_charge_layer(ratio: float, share: float) -> None:
    limit = theory.limiting_current(thickness=1e-3, **LIQUID).evaluate().value
    result = theory.space_charge_growth(current_density=ratio * limit, thickness=1e-3, **LIQUID).evaluate()
    assert result["planar_layer"] / 1e-3 == pytest.approx(share, abs=1e-5)


def test_growth_at_the_speed_of_the_anions() -> None:
    result = theory.space_charge_growth(current_density=100.0, thickness=1e-2, **LIQUID).evaluate()
    assert result.value == pytest.approx(0.6426e-6, rel=1e-4)


def test_kilovolts_of_the_planar_layer() -> None:
    limit = theory.limiting_current(thickness=1e-3, **LIQUID).evaluate().value
    result = theory.space_charge_growth(current_density=1.5 * limit, thickness=1e-3, **LIQUID).evaluate()
    assert result["planar_voltage"] == pytest.approx(1.8e4, rel=0.05)
    assert result["layer"] == pytest.approx(0.3e-6, rel=0.1)
    assert result.validity == "warn"


@pytest.mark.parametrize(
    "name",
    [
        "sand_time",
        "limiting_current",
        "modified_sand_time",
        "stress_modified_sand_time",
        "space_charge_growth",
    ],
)
def test_single_ion_conductors_have_no_depletion(name: str) -> None:
    pair = theory.Pair.of("Li", "LLZO")
    with pytest.raises(InputError, match="does not apply to LLZO"):
        theory.resolve(
            theory.model_named(name), {"current_density": 10.0, "thickness": 1e-3}, pair, lenient=True
        ).build()


@pytest.mark.parametrize("transference", [1.0, 1.2])
def test_a_cation_alone_is_refused(transference: float) -> None:
    with pytest.raises(InputError, match="only the cation moves") as caught:
        theory.sand_time(current_density=10.0, **{**LIQUID, "cation_transference_number": transference})
    assert caught.value.field == "sand_time.cation_transference_number"
    assert "metal_side_sand_time" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "inputs", "message"),
    [
        ("sand_time", {"current_density": -1.0, **LIQUID}, "at least 0"),
        ("sand_time", {"current_density": 10.0, **LIQUID, "salt_concentration": 0.0}, "above 0"),
        ("sand_time", {"current_density": 10.0, **LIQUID, "salt_diffusivity": -1e-10}, "above 0"),
        ("sand_time", {"current_density": 10.0, **LIQUID, "cation_transference_number": -1.0}, "above -1"),
        ("modified_sand_time", {"current_density": 10.0, **THRESHOLD, "charge_transfer_coefficient": 1.0}, "below 1"),
        ("modified_sand_time", {"current_density": 10.0, **THRESHOLD, "exchange_current_density": 0.0}, "above 0"),
        ("modified_sand_time", {"current_density": 10.0, **THRESHOLD, "critical_overpotential": 0.0}, "above 0"),
        ("pulse_limiting_current", {"on_time": 2.0, "period": 1.0, "diffusion_layer": 1e-4, **LIQUID}, "longer than its period"),
        ("pulse_activity", {"on_time": 2e-5, "period": 1e-5}, "longer than its period"),
        ("space_charge_growth", {"current_density": 1.0, "thickness": 1e-4, **LIQUID}, "not applicable"),
        ("electronic_leakage", {"current_density": 1.0, "interface_resistance": 1e-3, **LEAK, "electronic_conductivity": 1.0}, "no electrolyte"),
        ("effective_conductivity", {"bulk_conductivity": 0.1, "boundary_conductivity": 1e-3, "grain_size": 1e-9, "boundary_thickness": 2e-9}, "thicker than its grain"),
        ("interface_resistance", {"charge_transfer_resistance": 1e-3, "contact_fraction": 0.0, "spot_radius": 1e-6, "conductivity": 0.04}, "above 0"),
        ("interface_resistance", {"charge_transfer_resistance": 1e-3, "contact_fraction": 1.1, "spot_radius": 1e-6, "conductivity": 0.04}, "at most 1"),
    ],
)  # fmt: skip
def test_refusals(name: str, inputs: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        theory.models()[name](**inputs)


def test_a_million_at_once() -> None:
    currents = np.geomspace(0.1, 1e4, 1_000_000)
    times = theory.sand_time(current_density=currents, **LIQUID).evaluate().value
    assert times.shape == (1_000_000,)
    assert np.all(np.diff(times) < 0.0)
