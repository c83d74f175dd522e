"""Units at the door: the writings that battery people use, the refusals, the round trip."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dendrion.errors import InputError
from dendrion.units import KINDS, format_quantity, parse_quantity, to_si

WRITINGS = [
    ("0.5 mA/cm2", "current_density", 5.0),
    ("0.5 mA cm-2", "current_density", 5.0),
    ("0.5 mA cm^-2", "current_density", 5.0),
    ("0.5 mA·cm⁻²", "current_density", 5.0),
    ("0.5 mA/cm²", "current_density", 5.0),
    ("0.5mA/cm^2", "current_density", 5.0),
    ("0.5 mA per cm^2", "current_density", 5.0),
    ("5 A/m^2", "current_density", 5.0),
    ("5 A m**-2", "current_density", 5.0),
    ("500 uA/cm^2", "current_density", 5.0),
    ("500 µA cm⁻²", "current_density", 5.0),
    ("500 μA.cm-2", "current_density", 5.0),
    ("10 Ω cm²", "areal_resistance", 1e-3),
    ("10 ohm*cm^2", "areal_resistance", 1e-3),
    ("10 ohm cm2", "areal_resistance", 1e-3),
    ("10 Ohm·cm2", "areal_resistance", 1e-3),
    ("1 kΩ cm²", "areal_resistance", 0.1),
    ("2 mAh/cm2", "areal_capacity", 72e3),
    ("2 mAh cm-2", "areal_capacity", 72e3),
    ("4 mS/cm", "conductivity", 0.4),
    ("4e-3 S/cm", "conductivity", 0.4),
    ("4 mS cm^-1", "conductivity", 0.4),
    ("0.4 S/m", "conductivity", 0.4),
    ("1 MPa√m", "toughness", 1e6),
    ("1 MPa m^0.5", "toughness", 1e6),
    ("1 MPa*m^(1/2)", "toughness", 1e6),
    ("1 MPa sqrt(m)", "toughness", 1e6),
    ("1 MPa·m½", "toughness", 1e6),
    ("60 °C/min", "temperature_rate", 1.0),
    ("60 degC/min", "temperature_rate", 1.0),
    ("2 °C/mm", "temperature_gradient", 2000.0),
    ("25 °C", "temperature", 298.15),
    ("25 ºC", "temperature", 298.15),
    ("25 ℃", "temperature", 298.15),
    ("25 degC", "temperature", 298.15),
    ("25 deg C", "temperature", 298.15),
    ("25 degrees Celsius", "temperature", 298.15),
    ("25 C", "temperature", 298.15),
    ("-20 °C", "temperature", 253.15),
    ("298.15 K", "temperature", 298.15),
    ("77 degF", "temperature", 298.15),
    ("10 K", "temperature_difference", 10.0),
    ("10 °C", "temperature_difference", 10.0),
    ("1 M", "concentration", 1000.0),
    ("1 mol/L", "concentration", 1000.0),
    ("1 mol/l", "concentration", 1000.0),
    ("1 mol/dm3", "concentration", 1000.0),
    ("1000 mol m-3", "concentration", 1000.0),
    ("5 um", "length", 5e-6),
    ("5 µm", "length", 5e-6),
    ("5 μm", "length", 5e-6),
    ("5 microns", "length", 5e-6),
    ("5000 nm", "length", 5e-6),
    ("5 Å", "length", 5e-10),
    ("2 h", "time", 7200.0),
    ("30 min", "time", 1800.0),
    ("30 mins", "time", 1800.0),
    ("90 sec", "time", 90.0),
    ("0.5 J/m^2", "surface_energy", 0.5),
    ("500 mJ m-2", "surface_energy", 0.5),
    ("1.4 W/m/K", "thermal_conductivity", 1.4),
    ("1.4 W m-1 K-1", "thermal_conductivity", 1.4),
    ("1.4 W/(m K)", "thermal_conductivity", 1.4),
    ("1.4 W/(m·°C)", "thermal_conductivity", 1.4),
    ("10 W/(m2 K)", "heat_transfer_coefficient", 10.0),
    ("0.2 F/m^2", "areal_capacitance", 0.2),
    ("3.2×10⁻¹⁰ m²/s", "diffusivity", 3.2e-10),
    ("3.2 x 10^-10 m^2 s^-1", "diffusivity", 3.2e-10),
    ("3.2e-6 cm2/s", "diffusivity", 3.2e-10),
    ("−0.45 V", "potential", -0.45),
    ("13e-6 1/K", "thermal_expansion", 13e-6),
    ("13e-6 /K", "thermal_expansion", 13e-6),
    ("180 deg", "angle", 3.141592653589793),
    ("30 %", "dimensionless", 0.3),
    (0.3, "dimensionless", 0.3),
]


@pytest.mark.parametrize(("text", "kind", "value"), WRITINGS)
def test_writings(text: str, kind: str, value: float) -> None:
    assert to_si(text, kind) == pytest.approx(value, rel=4e-16)


def test_activation_energies_take_electron_volts_and_joules_per_mole() -> None:
    # 1 eV a particle is 96.485 kJ/mol (CODATA 2018: e times N_A).
    assert to_si("1 eV", "activation_energy") == pytest.approx(96485.33212, rel=1e-9)
    assert to_si("350 meV", "activation_energy") == pytest.approx(0.35 * 96485.33212, rel=1e-9)
    assert to_si("37 kJ/mol", "activation_energy") == 37e3
    assert to_si("1 kcal/mol", "activation_energy") == pytest.approx(4184.0)


def test_a_coulomb_stays_a_coulomb_outside_temperatures() -> None:
    assert to_si("1 C/m^2", "areal_capacity") == 1.0
    assert to_si("1 C", "charge") == 1.0


def test_several_kinds_are_told_apart_by_dimension() -> None:
    assert parse_quantity("2 mAh/cm2", ("time", "areal_capacity")).kind == "areal_capacity"
    assert parse_quantity("2 min", ("time", "areal_capacity")).kind == "time"


def test_a_unit_can_stand_for_a_kind() -> None:
    # The value is SI whatever unit names the dimension.
    assert to_si("2 um/min", "m/s") == pytest.approx(2e-6 / 60.0)
    assert to_si("2 um/min", "mm/h") == pytest.approx(2e-6 / 60.0)
    assert to_si("1 MPa s^0.3", "Pa s^0.3") == pytest.approx(1e6)
    assert to_si("180.5 degC", "K") == pytest.approx(453.65)


def test_an_si_value_is_written_in_the_users_unit() -> None:
    assert parse_quantity("70 °C", "temperature").write(453.65) == "180.5 °C"
    assert parse_quantity("5 um", "length").write(1e-3) == "1000 um"


REFUSALS = [
    ("5", "length", ["unit is missing", "5 um"]),
    (5, "length", ["unit is missing", "5 um"]),
    ("5 s", "length", ["is a time", "a length is needed"]),
    ("3 C/m^2", "length", ["is an areal capacity", "a length is needed"]),
    ("5 degC", "length", ["is a temperature", "a length is needed"]),
    ("0.3", "angle", ["unit is missing", "30 deg"]),
    ("0.3 m", "dimensionless", ["is a length", "a number without a unit"]),
    ("5 Mpa", "pressure", ["unknown unit 'Mpa'", "MPa"]),
    ("5 mA/cm^2 of it", "current_density", ["unknown unit 'of'"]),
    ("0.5 W/m K", "thermal_conductivity", ["ambiguous", "W/(m K)"]),
    ("nan m", "length", ["finite"]),
    ("-inf V", "potential", ["finite"]),
    (float("nan"), "dimensionless", ["finite"]),
    ("1e999 m", "length", ["finite"]),
    ("1e99999999999 m", "length", ["finite"]),
    ("2x10^999999999 m", "length", ["finite"]),
    ("-0 V", "potential", ["negative zero"]),
    ("-0.0 V", "potential", ["negative zero"]),
    ("0,5 V", "potential", ["decimal comma", "0.5 V"]),
    ("five um", "length", ["does not start with a number", "a length"]),
    ("", "length", ["does not start with a number"]),
    ("5 m^", "area", ["exponent"]),
    ("5 (m", "length", ["bracket"]),
    ("5 m/", "length", ["nothing follows '/'"]),
    ("5 m*", "length", ["nothing follows '*'"]),
    ("5 (m/)", "length", ["not understood"]),
    ("5 m)", "length", ["not understood"]),
    ("5 $", "length", ["'$' is not understood"]),
    (True, "length", ["a length is needed"]),
    (None, "length", ["a length is needed"]),
]


@pytest.mark.parametrize(("text", "kind", "parts"), REFUSALS)
def test_refusals_say_what_is_wrong(text: object, kind: str, parts: list[str]) -> None:
    with pytest.raises(InputError) as refused:
        parse_quantity(text, kind)
    for part in parts:
        assert part in str(refused.value)


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(InputError, match="conductivity"):
        to_si("1 S/m", "conductivty")


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (5e-6, "length", "5 µm"),
        (5.0, "current_density", "500 µA/cm²"),
        (-15.0, "current_density", "-1.5 mA/cm²"),
        (363.15, "temperature", "90 °C"),
        (-0.45, "potential", "-450 mV"),
        (45.0, "time", "45 s"),
        (1800.0, "time", "30 min"),
        (7200.0, "time", "2 h"),
        (5e6, "pressure", "5 MPa"),
        (0.0, "length", "0 m"),
        (5.0, "mA/cm^2", "0.5 mA/cm^2"),
        (float("inf"), "time", "inf s"),
    ],
)
def test_values_are_written_for_people(value: float, kind: str, text: str) -> None:
    assert format_quantity(value, kind) == text


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_ladder_agrees_with_pint_and_every_example_parses(kind: str) -> None:
    for label, factor in KINDS[kind].ladder:
        assert to_si(f"1 {label}".strip(), kind) == pytest.approx(float(factor), rel=1e-15)
    assert parse_quantity(KINDS[kind].example, kind).unit_si == KINDS[kind].unit


@given(
    kind=st.sampled_from(sorted(set(KINDS) - {"temperature"})),
    value=st.floats(-1e12, 1e12, allow_nan=False).filter(lambda v: v != 0.0 and abs(v) > 1e-30),
)
def test_round_trip_is_exact(kind: str, value: float) -> None:
    assert to_si(format_quantity(value, kind, precision=None), kind) == value


@given(value=st.floats(1e-3, 1e5))
def test_temperatures_round_trip(value: float) -> None:
    assert to_si(format_quantity(value, "temperature", precision=None), "temperature") == value


def test_importing_the_module_does_not_import_pint() -> None:
    program = "import sys, dendrion.units; sys.exit('pint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
