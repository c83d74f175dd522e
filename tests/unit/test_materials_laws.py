"""Laws: published check values, branches, units, tracing, what is refused and what is warned about."""

import warnings

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.constants import BOLTZMANN, ELEMENTARY_CHARGE, FARADAY, GAS_CONSTANT
from dendrion.errors import InputError
from dendrion.materials import Claim, ValidityWarning, interface, list_materials, material
from dendrion.materials.laws import PublishedFunction

jax.config.update("jax_enable_x64", True)


def claim(name: str, property_name: str, label: str | None = None) -> Claim:
    return material(name).claim(property_name, label)


@pytest.mark.parametrize(
    ("temperature", "diffusivity", "conductivity"),
    [(263.15, 3.144e-11, 0.5462), (298.15, 3.2227e-10, 1.1943), (333.15, 6.388e-10, 2.0005)],
)
def test_valoen_reimers_check_values(temperature: float, diffusivity: float, conductivity: float) -> None:
    assert claim("LiPF6", "salt_diffusivity").evaluate(temperature) == pytest.approx(diffusivity, rel=2e-4)
    assert claim("LiPF6", "conductivity").evaluate(temperature) == pytest.approx(conductivity, rel=2e-4)


@pytest.mark.parametrize(
    ("name", "property_name", "label", "value"),
    [
        ("LiPF6-EC-DMC", "salt_diffusivity", "landesfeind_gasteiger", 2.905e-10),
        ("LiPF6-EC-DMC", "conductivity", "landesfeind_gasteiger", 1.1819),
        ("LiPF6-EC-DMC", "conductivity", "doyle_newman", 0.28728),
        ("LiPF6-EC-EMC", "salt_diffusivity", None, 2.8922e-10),
        ("LiPF6-EC-EMC", "conductivity", None, 0.91302),
        ("LiPF6-EC-DEC", "conductivity", None, 0.8 * 1.19433),
        ("Li|LiPF6-EC-DMC", "exchange_current_density", None, 70.58),
    ],
)
def test_property_functions_at_one_molar(
    name: str, property_name: str, label: str | None, value: float
) -> None:
    assert claim(name, property_name, label).evaluate(298.15, 1000.0) == pytest.approx(value, rel=1e-4)


def test_doyle_newman_is_the_quartic() -> None:
    polynomial = claim("LiPF6", "conductivity", "doyle_newman")
    coefficients = (1.0793e-4, 6.7461e-3, -5.2245e-3, 1.3605e-3, -1.1724e-4)
    for molar in (0.2, 1.5, 3.0):
        by_hand = 100.0 * sum(factor * molar**power for power, factor in enumerate(coefficients))
        assert polynomial.evaluate(298.15, 1000.0 * molar) == pytest.approx(by_hand, rel=1e-12)


def test_effective_energies_of_the_liquid_fall_with_temperature() -> None:
    diffusivity = claim("LiPF6", "salt_diffusivity")
    energies = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        for low, high in ((253.0, 273.0), (273.0, 298.0), (298.0, 333.0)):
            ratio = diffusivity.evaluate(high) / diffusivity.evaluate(low)
            energies.append(BOLTZMANN / ELEMENTARY_CHARGE * np.log(ratio) / (1.0 / low - 1.0 / high))
    assert energies == pytest.approx([0.99, 0.35, 0.17], abs=0.01)


def test_exchange_current_of_salt_powers() -> None:
    current = claim("Li|LiPF6-EC-DMC", "exchange_current_density")
    by_hand = 3.5e-8 * FARADAY * 76900.0**0.7 * 500.0**0.3
    assert current.evaluate(298.15, 500.0) == pytest.approx(by_hand, rel=1e-12)
    activated = np.exp(-0.60 * ELEMENTARY_CHARGE / BOLTZMANN * (1.0 / 320.0 - 1.0 / 298.15))
    assert current.evaluate(320.0, 500.0) == pytest.approx(by_hand * activated, rel=1e-9)


def test_arrhenius_on_conductivity_times_temperature() -> None:
    conductivity = claim("LLZO", "conductivity")
    assert conductivity.law.kind == "arrhenius_times_temperature"
    activated = np.exp(-0.33 * ELEMENTARY_CHARGE / BOLTZMANN * (1.0 / 350.0 - 1.0 / 298.15))
    assert conductivity.evaluate(350.0) == pytest.approx(0.040 * activated * 298.15 / 350.0, rel=1e-9)
    assert conductivity.evaluate(298.15) == 0.040


def test_polymer_law_meets_its_data_and_its_crystalline_branch() -> None:
    conductivity = claim("PEO-LiTFSI", "conductivity")
    assert conductivity.evaluate(363.15) == pytest.approx(0.22, rel=1e-14)

    def amorphous(temperature: float) -> float:
        return temperature**-0.5 * np.exp(-1150.0 / (temperature - 195.0))

    by_hand = 0.22 * amorphous(350.0) / amorphous(363.15)
    assert conductivity.evaluate(350.0) == pytest.approx(by_hand, rel=1e-12)
    assert conductivity.evaluate(335.0 - 1e-9) == pytest.approx(conductivity.evaluate(335.0 + 1e-9), rel=1e-9)
    slope = np.log(conductivity.evaluate(334.0) / conductivity.evaluate(300.0)) / (1.0 / 300.0 - 1.0 / 334.0)
    assert slope * BOLTZMANN / ELEMENTARY_CHARGE == pytest.approx(1.0, rel=1e-9)


def test_polymer_diffusivity_follows_conductivity_times_temperature() -> None:
    conductivity, diffusivity = claim("PEO", "conductivity"), claim("PEO", "salt_diffusivity")
    expected = 350.0 * conductivity.evaluate(350.0) / (363.15 * conductivity.evaluate(363.15))
    assert diffusivity.evaluate(350.0) / diffusivity.evaluate(363.15) == pytest.approx(expected, rel=1e-12)


def test_exchange_current_follows_from_the_interface_resistance() -> None:
    pair = interface("Li", "LLZO")
    resistance = pair.claim("interface_resistance", "conditioned")
    current = pair.claim("exchange_current_density", "conditioned")
    assert current.tag == "D"
    assert current.value == pytest.approx(0.500, rel=1e-3)
    for temperature in (298.15, 320.0, 360.0):
        by_hand = GAS_CONSTANT * temperature / (FARADAY * resistance.evaluate(temperature))
        assert current.evaluate(temperature) == pytest.approx(by_hand, rel=1e-12)
    assert resistance.evaluate(330.0) < resistance.evaluate(298.15)
    beta = interface("Na", "Na-beta-alumina").claim("exchange_current_density")
    assert beta.value == pytest.approx(25.7, rel=2e-3)
    assert beta.bound == "lower"
    assert pair.exchange_current_density(298.15) == pair.claim("exchange_current_density").evaluate(298.15)


def test_resistance_follows_from_the_exchange_current() -> None:
    pair = interface("Li", "PEO-LiTFSI")
    resistance = pair.claim("interface_resistance")
    assert resistance.value == pytest.approx(GAS_CONSTANT * 363.15 / (FARADAY * 10.0), rel=1e-12)
    product = resistance.evaluate(350.0) * pair.exchange_current_density(350.0)
    assert product == pytest.approx(GAS_CONSTANT * 350.0 / FARADAY, rel=1e-12)
    assert resistance.spread.low == pytest.approx(resistance.value / 5.0)


def laws_that_change() -> list[Claim]:
    claims = [one for name in list_materials() for one in material(name).all_claims()]
    return [one for one in claims if one.law.kind != "constant" and not one.molten]


@pytest.mark.parametrize("one", laws_that_change(), ids=lambda one: one.name)
def test_every_law_is_the_same_in_floats_numpy_and_traced_jax(one: Claim) -> None:
    low, high = one.law.temperature_range or (290.0, 300.0)
    temperatures = np.linspace(low + 1.0, high - 1.0, 7)
    concentration = one.concentration
    floats = [one.evaluate(float(t), concentration) for t in temperatures]
    assert all(type(value) is float for value in floats)
    assert all(value > 0.0 for value in floats) or one.property == "cation_transference_number"
    by_numpy = one.evaluate(temperatures, concentration)
    traced = jax.jit(lambda t: one.evaluate(t, concentration))(jnp.asarray(temperatures))
    assert by_numpy.dtype == np.float64
    assert traced.dtype == jnp.float64
    np.testing.assert_allclose(by_numpy, floats, rtol=1e-14)
    np.testing.assert_allclose(np.asarray(traced), floats, rtol=1e-11)
    gradient = jax.vmap(jax.grad(lambda t: one.evaluate(t, concentration)))(jnp.asarray(temperatures))
    step = 1e-3
    difference = (one.evaluate(temperatures + step) - one.evaluate(temperatures - step)) / (2.0 * step)
    np.testing.assert_allclose(np.asarray(gradient), difference, rtol=1e-5, atol=1e-9 * max(floats))


@pytest.mark.parametrize("one", laws_that_change(), ids=lambda one: one.name)
def test_every_law_gives_the_value_at_the_claims_own_state(one: Claim) -> None:
    assert one.evaluate(one.temperature) == pytest.approx(one.value, rel=1e-12)
    if isinstance(one.law, PublishedFunction):
        assert one.law.concentration_range is not None


def test_arrays_broadcast_and_constants_fill() -> None:
    conductivity = claim("LiPF6", "conductivity")
    grid = conductivity.evaluate(np.full((3, 1), 300.0), np.full(4, 900.0))
    assert grid.shape == (3, 4)
    density = claim("LLZO", "density")
    assert density.evaluate(300.0) == 5100.0
    assert density.evaluate(np.full(5, 300.0)).tolist() == [5100.0] * 5
    assert jax.jit(density.evaluate)(jnp.full((2, 2), 300.0)).shape == (2, 2)


@pytest.mark.parametrize("temperature", [0.0, -5.0, float("nan"), np.array([300.0, -1.0])])
def test_impossible_temperatures_are_refused(temperature: float) -> None:
    with pytest.raises(InputError, match="impossible temperature"):
        claim("LLZO", "conductivity").evaluate(temperature)


@pytest.mark.parametrize(("name", "melting"), [("Li", 453.65), ("Na", 370.95), ("Li|LLZO", 453.65)])
def test_a_molten_metal_is_refused(name: str, melting: float) -> None:
    one = material(name).all_claims()[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        assert np.isfinite(one.evaluate(melting))
        with pytest.raises(InputError, match="molten"):
            one.evaluate(melting + 1.0)


def test_a_claim_about_molten_metal_may_be_hot() -> None:
    assert claim("Li|LLZO", "critical_current_density", "molten").evaluate(470.0) == 5300.0


def test_outside_its_range_a_law_warns_or_refuses() -> None:
    diffusivity = claim("LiPF6", "salt_diffusivity")
    assert diffusivity.check(298.15, 1000.0) == []
    assert len(diffusivity.check(np.array([250.0, 340.0]), 4500.0)) == 2
    with pytest.warns(ValidityWarning, match=r"250 K is outside 263\.15 to 333\.15 K"):
        diffusivity.evaluate(250.0)
    with pytest.warns(ValidityWarning, match=r"salt concentration 4500 mol/m\^3 is outside"):
        diffusivity.evaluate(298.15, 4500.0)
    with pytest.raises(InputError, match="outside"):
        diffusivity.evaluate(250.0, strict=True)


def test_what_a_law_can_not_give_is_refused() -> None:
    with (
        pytest.warns(ValidityWarning),
        pytest.raises(InputError, match="no possible value"),
    ):
        claim("LiPF6", "conductivity", "landesfeind_gasteiger").evaluate(298.15, -10.0)
