"""Scaling laws, bounds and trends of the theory models over their whole ranges, by random inputs."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dendrion import theory
from dendrion.theory.mechanics.crack_filling import slit_pressure

settings.register_profile(
    "theory", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("theory")


def between(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers spread evenly in their logarithm."""
    return st.floats(math.log(low), math.log(high)).map(math.exp)


CURRENT, SALT, DIFFUSIVITY, GAP = (
    between(0.1, 1e4),
    between(10.0, 5000.0),
    between(1e-13, 1e-8),
    between(1e-6, 1e-2),
)
SHARE = st.floats(-0.5, 0.95)
FACTOR = between(1.1, 10.0)


def sand(**changes: float) -> theory.Evaluation:
    base = {
        "current_density": 10.0,
        "salt_concentration": 1000.0,
        "salt_diffusivity": 3e-10,
        "cation_transference_number": 0.3,
    }
    return theory.sand_time(**{**base, **changes}).evaluate()


@given(i=CURRENT, c=SALT, d=DIFFUSIVITY, t=SHARE, f=FACTOR)
def test_sand_scales(i: float, c: float, d: float, t: float, f: float) -> None:
    one = sand(
        current_density=i, salt_concentration=c, salt_diffusivity=d, cation_transference_number=t
    ).value
    for power, changes in (
        (-2.0, {"current_density": i * f}),
        (2.0, {"salt_concentration": c * f}),
        (1.0, {"salt_diffusivity": d * f}),
    ):
        inputs = {
            "current_density": i,
            "salt_concentration": c,
            "salt_diffusivity": d,
            "cation_transference_number": t,
            **changes,
        }
        assert sand(**inputs).value == pytest.approx(one * f**power, rel=1e-9)


@given(i=CURRENT, c=SALT, d=DIFFUSIVITY, t=SHARE, gap=GAP)
def test_a_gap_never_depletes_before_sand(i: float, c: float, d: float, t: float, gap: float) -> None:
    inputs = {
        "current_density": i,
        "salt_concentration": c,
        "salt_diffusivity": d,
        "cation_transference_number": t,
    }
    result = sand(thickness=gap, **inputs)
    assert result["depletion_time"] >= result["sand_time"] * (1.0 - 1e-6)
    limit = (
        theory.limiting_current(thickness=gap, **{k: v for k, v in inputs.items() if k != "current_density"})
        .evaluate()
        .value
    )
    assert math.isinf(result["depletion_time"]) == (i <= limit) or i == pytest.approx(limit, rel=1e-9)


@given(i=CURRENT, eta=between(1e-3, 0.5), q=between(10.0, 1e6), m=st.floats(0.0, 1.0))
def test_interfaces_only_shorten_sand(i: float, eta: float, q: float, m: float) -> None:
    base = {
        "current_density": i,
        "salt_concentration": 1000.0,
        "salt_diffusivity": 3e-10,
        "cation_transference_number": 0.3,
        "exchange_current_density": 10.0,
    }
    threshold = theory.modified_sand_time(critical_overpotential=eta, **base).evaluate()
    risks = theory.modified_sand_time(
        form="competing_risks", kinetic_charge=q, kinetic_order=m, **base
    ).evaluate()
    for result in (threshold, risks):
        assert 0.0 <= result["correction"] <= 1.0
    assert min(1.0 + m, 2.0) - 1e-9 <= risks["slope"] <= 2.0 + 1e-9


@given(on=between(1e-4, 100.0), duty=st.floats(0.02, 1.0), d=DIFFUSIVITY)
def test_pulses_never_raise_the_mean(on: float, duty: float, d: float) -> None:
    result = theory.pulse_limiting_current(
        on_time=on,
        period=on / duty,
        diffusion_layer=1e-4,
        salt_concentration=1000.0,
        salt_diffusivity=d,
        cation_transference_number=0.3,
    ).evaluate()
    assert result["mean_ratio"] <= 1.0 + 1e-9 and 1.0 - 1e-9 <= result.value <= 1.0 / duty + 1e-6


@given(
    on=between(1e-9, 1.0),
    duty=st.floats(0.01, 1.0),
    tau=between(1e-9, 1.0),
    q=between(1e-6, 1.0),
    escape=between(1e-3, 1e5),
)
def test_activity_never_raises_the_mean(on: float, duty: float, tau: float, q: float, escape: float) -> None:
    result = theory.pulse_activity(
        on_time=on, period=on / duty, relaxation_time=tau, critical_charge=q, escape_current=escape
    ).evaluate()
    assert result.value <= 1.0 + 1e-9 and result["peak_gain"] <= 1.0 / duty * (1.0 + 1e-9)


@given(eta=between(5e-3, 0.1), gamma=between(0.4, 2.0), f=between(1.1, 2.0))
def test_nucleation_scales(eta: float, gamma: float, f: float) -> None:
    base = {"molar_volume": 1.3e-5, "contact_angle": 0.5}
    one = theory.classical_nucleation(overpotential=eta, surface_energy=2.0 * gamma / 4.0, **base).evaluate()
    easier = theory.classical_nucleation(
        overpotential=eta / f, surface_energy=2.0 * gamma / 4.0, **base
    ).evaluate()
    assert easier["barrier"] == pytest.approx(one["barrier"] * f**2, rel=1e-9)
    assert easier["critical_radius"] == pytest.approx(one["critical_radius"] * f, rel=1e-9)
    stiffer = theory.classical_nucleation(overpotential=eta, surface_energy=gamma, **base).evaluate()
    assert stiffer["barrier"] == pytest.approx(8.0 * one["barrier"], rel=1e-9)


@given(n=between(1e9, 1e16), d=DIFFUSIVITY, c=SALT, rate=between(1e-3, 1e4))
def test_transients_keep_their_invariant(n: float, d: float, c: float, rate: float) -> None:
    base = {
        "time": 1.0,
        "nucleus_density": n,
        "salt_diffusivity": d,
        "salt_concentration": c,
        "molar_volume": 1.3e-5,
        "nucleation_rate": rate,
    }
    for mode, constant in (("instantaneous", 0.1628791), ("progressive", 0.2597542)):
        assert theory.scharifker_hills(mode=mode, **base).evaluate()["invariant"] == pytest.approx(
            constant, rel=1e-5
        )


@given(a=between(1e-8, 1e-2), k=between(1e4, 1e7), r=between(1e-6, 1.0), f=FACTOR)
def test_griffith_scales(a: float, k: float, r: float, f: float) -> None:
    base = {"fracture_toughness": k, "molar_volume": 1.3e-5, "local_resistance": r}
    one, longer = (theory.griffith_overpotential(flaw_length=x, **base).evaluate() for x in (a, a * f))
    assert longer["critical_overpotential"] == pytest.approx(
        one["critical_overpotential"] / math.sqrt(f), rel=1e-9
    )
    assert one.value * r == pytest.approx(one["critical_overpotential"], rel=1e-12)
    assert 0.0 <= one["failure_probability"] <= 1.0


@given(
    f=st.floats(0.01, 0.99),
    g=st.floats(0.01, 0.99),
    where=st.sampled_from(["centre", "edge_from_mouth", "edge_at_tip"]),
)
def test_more_filling_more_intensity(f: float, g: float, where: str) -> None:
    low, high = sorted((f, g))
    one, two = (
        theory.pressurised_crack(flaw_length=1e-5, pressure=1e8, filled_share=x, geometry=where, fracture_toughness=1e6, young_modulus=1e11,
                                 poisson_ratio=0.25, molar_volume=1.3e-5).evaluate()["over_full"] for x in (low, high)
    )  # fmt: skip
    assert 0.0 < one <= two <= 1.0


@given(opening=between(1e3, 1e7), shear=st.floats(-1e7, 1e7))
def test_kinks_stay_within_seventy_degrees(opening: float, shear: float) -> None:
    angle = (
        theory.crack_kink(
            opening_intensity=opening, shear_intensity=shear, young_modulus=1e11, poisson_ratio=0.25
        )
        .evaluate()
        .value
    )
    assert abs(math.degrees(angle)) <= 70.53 and (angle * shear <= 0.0)


@given(i=CURRENT, n=st.floats(1.5, 8.0), w=between(1e-8, 1e-6), f=FACTOR)
def test_extrusion_pressure_goes_as_the_inverse_exponent(i: float, n: float, w: float, f: float) -> None:
    one, two = (slit_pressure(x, w, 1e-5, 1.3e-5, 7e-3, n) for x in (i, i * f))
    assert two / one == pytest.approx(f ** (1.0 / n), rel=1e-9)


@given(
    p=between(1e3, 1e7),
    v=between(1e-7, 1e-4),
    slope=st.floats(1e-3, 0.6),
    i0=between(1e-2, 1e5),
    i=between(0.1, 1e3),
    wave=between(1e-6, 1e-4),
)
def test_the_landscape_has_one_boundary(
    p: float, v: float, slope: float, i0: float, i: float, wave: float
) -> None:
    result = theory.stability_landscape(
        current_density=i, stack_pressure=p, wavelength=wave, slope=slope, thickness=1e-3, conductivity=0.05, exchange_current_density=i0,
        cation_molar_volume=v, molar_volume=1.3e-5, surface_energy=0.5, poisson_ratio=0.26,
    ).evaluate()  # fmt: skip
    twice = theory.stability_landscape(
        current_density=i, stack_pressure=2.0 * p, wavelength=wave, slope=0.5 * slope, thickness=1e-3, conductivity=0.05,
        exchange_current_density=3.0 * i0, cation_molar_volume=v, molar_volume=1.3e-5, surface_energy=0.5, poisson_ratio=0.26,
    ).evaluate()  # fmt: skip
    assert twice["mechanical_current"] == pytest.approx(2.0 * result["mechanical_current"], rel=1e-9)
    assert twice["capillary_current"] == pytest.approx(result["capillary_current"], rel=1e-9)
    assert (result["growth_rate"] > 0.0) == (i > result["neutral_current"]) or i == pytest.approx(
        result["neutral_current"], rel=1e-9
    )


@settings(max_examples=20)
@given(i=between(1.0, 1e3), i0=between(0.1, 1e4), front=st.floats(50.0, 1000.0))
def test_growth_rates_vanish_at_the_cut_and_peak_beyond(i: float, i0: float, front: float) -> None:
    base = {"current_density": i, "exchange_current_density": i0, "surface_concentration": front, "cation_transference_number": 0.38,
            "salt_concentration": 1000.0, "salt_diffusivity": 3.2e-10, "surface_energy": 0.5, "molar_volume": 1.3e-5}  # fmt: skip
    found = theory.electrodeposition_stability(**base).evaluate()
    assert found["fastest_wavelength"] > found["critical_wavelength"]
    at_cut = (
        theory.electrodeposition_stability(wavelength=found["critical_wavelength"], **base).evaluate().value
    )
    assert abs(at_cut) < 1e-6 * found["fastest_rate"]
    for shift in (0.8, 1.25):
        beside = (
            theory.electrodeposition_stability(wavelength=found["fastest_wavelength"] * shift, **base)
            .evaluate()
            .value
        )
        assert beside <= found["fastest_rate"] * (1.0 + 1e-9)


@given(gs=between(1e6, 1e12), v=between(1e-7, 1e-3), k=between(1e3, 1e9), f=FACTOR)
def test_chi_scales(gs: float, v: float, k: float, f: float) -> None:
    base = {"young_modulus": gs, "poisson_ratio": 0.3, "metal_shear_modulus": 3e9, "metal_poisson_ratio": 0.4, "molar_volume": 1.3e-5,
            "cation_molar_volume": v, "surface_energy": 0.5}  # fmt: skip
    one, two = (theory.ahmad_viswanathan(wavelength=2.0 * math.pi / x, **base).evaluate() for x in (k, k * f))
    assert two["deviatoric_part"] == pytest.approx(f * one["deviatoric_part"], rel=1e-9)
    assert two["pressure_part"] == pytest.approx(f * one["pressure_part"], rel=1e-9, abs=1e-30)
    assert two["capillary_part"] == pytest.approx(f**2 * one["capillary_part"], rel=1e-9)


@given(wave=between(1e-8, 1e-4), t=st.floats(250.0, 450.0), f=FACTOR)
def test_levelling_goes_as_the_fourth_power(wave: float, t: float, f: float) -> None:
    base = {"temperature": t, "surface_energy": 0.5, "molar_volume": 1.3e-5}
    one, two = (theory.self_heating_healing(wavelength=x, **base).evaluate().value for x in (wave, wave * f))
    assert two == pytest.approx(f**4 * one, rel=1e-9)
    assert (
        theory.self_heating_healing(wavelength=wave, **{**base, "temperature": t + 10.0}).evaluate().value
        < one
    )


@given(p=between(1e2, 1e9), y=between(1e4, 1e8), f=FACTOR)
def test_contact_is_a_share_and_grows(p: float, y: float, f: float) -> None:
    base = {"yield_strength": y, "charge_transfer_resistance": 1e-3, "conductivity": 0.05}
    one, two = (theory.contact(stack_pressure=x, **base).evaluate() for x in (p, p * f))
    assert 0.0 < one.value <= two.value <= 1.0
    assert two["interface_resistance"] <= one["interface_resistance"] * (1.0 + 1e-12) and two[
        "interface_resistance"
    ] >= 1e-3 * (1.0 - 1e-9)


@given(i=between(1e-2, 1e3), n=st.floats(1.5, 8.0), h=between(1e-6, 1e-3), f=FACTOR)
def test_creep_pressure_scales(i: float, n: float, h: float, f: float) -> None:
    base = {
        "molar_volume": 1.3e-5,
        "creep_rate": 2e4,
        "creep_exponent": n,
        "creep_activation_energy": 37e3,
        "metal_thickness": h,
    }
    one, two = (
        theory.critical_stack_pressure(current_density=x, **base).evaluate().value for x in (i, i * f)
    )
    assert two / one == pytest.approx(f ** (1.0 / n), rel=1e-9)


@given(dt=st.floats(0.1, 20.0), e=between(1e9, 3e11), alpha=between(1e-6, 3e-5))
def test_a_flat_plate_is_in_balance(dt: float, e: float, alpha: float) -> None:
    depth = np.linspace(0.0, 1.0, 201)
    result = theory.thermal_gradient_plate(
        temperature_difference=dt, constraint="flat", depth=depth, young_modulus=e, poisson_ratio=0.26, thermal_expansion=alpha,
        fracture_toughness=1e6, thickness=1e-3, strength=1e12,
    ).evaluate()  # fmt: skip
    largest = np.abs(result["stress"]).max()
    assert abs(np.trapezoid(result["stress"], depth)) < 1e-9 * largest
    assert largest == pytest.approx(e * alpha * dt / (2.0 * 0.74), rel=1e-9)


@given(ratio=between(1e-3, 1e3), position=st.floats(0.01, 0.99), f=FACTOR)
def test_the_current_limit_falls_with_resistance(ratio: float, position: float, f: float) -> None:
    base = {
        "thickness": 1e-3,
        "conductivity": 0.05,
        "position": position,
        "fracture_toughness": 1e6,
        "molar_volume": 1.3e-5,
    }
    one, two = (
        theory.current_limit_diagram(resistance_ratio=x, **base).evaluate().value for x in (ratio, ratio * f)
    )
    assert two < one


@given(t=st.floats(0.5, 1.0), p=between(1e2, 1e7))
def test_incompressible_electrolytes_need_ever_more_pressure(t: float, p: float) -> None:
    nu = 0.499 * t
    one, two = (
        theory.pressure_modulus(stack_pressure=p, poisson_ratio=x, yield_strength=1e6).evaluate().value
        for x in (nu, 0.5 * (nu + 0.4999))
    )
    assert two > one
