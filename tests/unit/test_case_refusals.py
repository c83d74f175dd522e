"""What a case may not say: each refusal names the field, the value, what is allowed and what to try."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dendrion.case import Case, estimate, load_case
from dendrion.case.refusals import key_paths
from dendrion.errors import InputError, InputErrors

MINIMAL = Path(__file__).parent / "cases" / "minimal.yaml"
BUMP = "initial.surface={kind: bump, height: 5 um, radius: 5 um}"
SPOT = "conditions.hot_spots=[{at: [30 um, 15 um], width: 5 um, rise: 120 K}]"
BAND = "shortest_wavelength: 9 um, longest_wavelength: 5 um"
MINE = "name: mine, kind: electrolyte, ion: Li"
HONG = ["physics.model=hong2018", "physics.hong2018.interface_resolution=as_published"]
CERAMIC = ["cell.electrolyte=LLZO"]

REFUSALS: dict[str, tuple[list[str], str, list[str]]] = {
    # what: settings, the field that is named, parts of the message
    "wrong dimension": (
        ["conditions.temperature=60 um"],
        "conditions.temperature",
        ["'60 um' is a length, a temperature is needed", "above 0 K", "25 degC"],
    ),
    "missing unit": (["stop.time=60"], "stop.time", ['unit is missing: write for instance "30 min"', "60"]),
    "bare zero": (["initial.metal_thickness=0"], "initial.metal_thickness", ["unit is missing"]),
    "unknown key": (["cell.metl=Li"], "cell.metl", ["unknown key 'metl' in cell", "did you mean 'metal'?"]),
    "negative size": (
        ["domain.size=[60 um, -30 um]"],
        "domain.size[1]",
        ["a negative value makes no sense here", "-30 um", "above 0 um"],
    ),
    "negative zero": (
        ["conditions.temperature_difference=-0 K"],
        "conditions.temperature_difference",
        ["negative zero"],
    ),
    "infinite": (["stop.time=inf s"], "stop.time", ["finite"]),
    "out of range": (["numerics.step=2"], "numerics.step", ["out of range", "2", "above 0 and at most 1"]),
    "range in the user's unit": (
        ["cell.exchange_current_density=1e9 mA/cm^2"],
        "cell.exchange_current_density",
        ["at most 1e+07 mA/cm^2"],
    ),
    "not a whole number": (["domain.cells=[64.5, 32]"], "domain.cells[0]", ["a whole number is needed"]),
    "no list": (["domain.cells=64"], "domain.cells", ["a list is needed", "cells: [256, 256]"]),
    "too many dimensions": (
        ["domain.cells=[8, 8, 8, 8]"],
        "domain.cells",
        ["4 entries are given", "at most 3"],
    ),
    "different lengths": (["domain.cells=[64]"], "domain", ["size and cells have 2 and 1 entries"]),
    "wrong word": (["domain.lateral=mirror"], "domain.lateral", ["mirror", "symmetric, periodic"]),
    "wrong kind": (
        ["initial.surface={kind: bum}"],
        "initial.surface",
        ["flat, sinusoid, bump, random", "bump"],
    ),
    "no kind": (["initial.surface={height: 1 um}"], "initial.surface", ["'kind' is missing"]),
    "not a switch": (["physics.heat=maybe"], "physics.heat", ["on or off is needed"]),
    "not a mapping": (["numerics=fast"], "numerics", ["a mapping of keys is needed"]),
    "grid too coarse": (
        ["numerics.interface_width=0.5 um"],
        "numerics.interface_width",
        ["too coarse for the interface", "0.53 cells", "at least 1.2 cells", "domain.cells: [144, 72]"],
    ),
    "temperature above melting": (
        ["conditions.temperature=190 degC"],
        "conditions.temperature",
        ["Li is molten", "180.5 °C", "463.15 K", "453.65 K"],
    ),
    "hot spot above melting": ([SPOT], "conditions.hot_spots[0].rise", ["Li is molten"]),
    "temperature difference above melting": (
        ["conditions.temperature_difference=200 K"],
        "conditions.temperature_difference",
        ["Li is molten"],
    ),
    "below absolute zero": (["conditions.temperature=-300 degC"], "conditions.temperature", ["-273.15 degC"]),
    "reaches below absolute zero": (
        ["conditions.temperature=100 K", "conditions.temperature_difference=-250 K"],
        "conditions.temperature_difference",
        ["absolute zero"],
    ),
    "unknown material": (["cell.electrolyte=LLZZ"], "cell.electrolyte", ["unknown material", "LLZO"]),
    "no metal": (["cell.metal=LLZO"], "cell.metal", ["this is no metal", "Li, Na"]),
    "other ion": (["cell.metal=Na"], "cell.electrolyte", ["conducts Li, it can't plate Na", "NZSP"]),
    "salt without anions": (
        ["physics.transport=single_ion"],
        "physics.transport",
        ["PEO-LiTFSI is a binary_polymer", "limiting current"],
    ),
    "depletion of a ceramic": (
        [*CERAMIC, "physics.transport=binary"],
        "physics.transport",
        ["LLZO is a single_ion_ceramic", "Sand's time"],
    ),
    "classical model of a ceramic": ([*CERAMIC, "physics.model=hong2018"], "physics.model", ["moves a salt"]),
    "filament in a ceramic: bump": (
        [*CERAMIC, BUMP],
        "initial.surface",
        ["a filament in a ceramic is a crack that metal fills", "LLZO", "fracture: at2"],
    ),
    "filament in a sulfide: seed": (
        ["cell.electrolyte=LPSC", "initial.seeds=[{at: [6 um, 15 um], radius: [4 um, 1 um]}]"],
        "initial.seeds[0]",
        ["a crack that metal fills"],
    ),
    "microstructure": (
        ["microstructure={kind: polycrystal, grain_sise: 8 um}"],
        "microstructure.grain_sise",
        ["unknown key 'grain_sise'", "did you mean 'grain_size'?"],
    ),
    "other thickness": (["cell.thickness=50 um"], "cell.thickness", ["50 µm", "60 µm (domain.size[0])"]),
    "no electrolyte left": (
        ["initial.metal_thickness=70 um"],
        "initial.metal_thickness",
        ["as thick as the domain"],
    ),
    "surface reaches the counter electrode": (
        ["initial.surface={kind: bump, height: 52 um, radius: 5 um}"],
        "initial.surface",
        ["reaches the counter electrode", "6 µm of metal and 52 µm of surface"],
    ),
    "surface below the electrode": (
        ["initial.surface={kind: sinusoid, amplitude: 8 um, wavelength: 15 um}"],
        "initial.surface",
        ["dips below the electrode", "at most initial.metal_thickness, 6 µm"],
    ),
    "shape of a flat cell": (
        ["domain={size: [60 um], cells: [64]}", BUMP],
        "initial.surface.kind",
        ["a flat cell", "bump"],
    ),
    "bump outside": (
        ["initial.surface={kind: bump, height: 1 um, radius: 5 um, at: [40 um]}"],
        "initial.surface.at",
        ["outside the domain", "0 to 30 µm"],
    ),
    "band upside down": (
        [f"initial.surface={{kind: random, amplitude: 0.1 um, {BAND}}}"],
        "initial.surface.shortest_wavelength",
        ["not shorter than the longest"],
    ),
    "seed outside": (
        ["initial.seeds=[{at: [6 um, 50 um], radius: [2 um]}]"],
        "initial.seeds[0].at",
        ["outside the domain"],
    ),
    "seed at the counter electrode": (
        ["initial.seeds=[{at: [50 um, 5 um], radius: [8 um]}]"],
        "initial.seeds[0]",
        ["reaches the counter electrode"],
    ),
    "coordinates of another dimension": (
        ["conditions.hot_spots=[{at: [5 um], width: 5 um, rise: 1 K}]"],
        "conditions.hot_spots[0].at",
        ["1 coordinates are given", "2: [x, y]"],
    ),
    "two kinetics": (
        ["cell.interface_resistance=10 ohm*cm^2", "cell.exchange_current_density=1 A/m^2"],
        "cell.interface_resistance",
        ["give one of", "RT/(F R)"],
    ),
    "noise twice": (
        [
            "physics.noise={kind: kinetic, correlation_length: 2 um, correlation_time: 1 s}",
            "physics.heterogeneity={amplitude: 0.3, correlation_length: 5 um}",
        ],
        "physics.heterogeneity",
        ["can't be used together"],
    ),
    "noise that the grid would decide": (
        ["physics.noise={kind: kinetic}"],
        "physics.noise",
        ["needs correlation_length and correlation_time"],
    ),
    "facets": (
        ["physics.anisotropy={surface_energy: 0.1}"],
        "physics.anisotropy.surface_energy",
        ["out of range", "below 0.0666667"],
    ),
    "width of the classical model": (
        ["physics.model=hong2018", "numerics.interface_width=5 um"],
        "numerics.interface_width",
        ["sets its own interface width"],
    ),
    "heat in the classical model": (
        ["physics.model=hong2018", "physics.heat=on"],
        "physics.heat",
        ["isothermal and isotropic", "two_potential"],
    ),
    "grid of the classical model": (
        ["physics.model=hong2018"],
        "domain.cells",
        ["too coarse for the interface of hong2018, 1 µm thick", "[300, 150]", "as_published"],
    ),
    "other crystals": (["physics.anisotropy={fold: 6}"], "physics.anisotropy.fold", ["6", "4"]),
    "tip beyond the domain": (["stop.tip=70 um"], "stop.tip", ["beyond the domain", "at most 60 µm"]),
    "unknown property": (
        ["materials.electrolyte.conductivty=1 S/m"],
        "materials.electrolyte.conductivty",
        ["unknown property", "conductivity"],
    ),
    "property of another dimension": (
        ["materials.metal.surface_energy=1 S/m"],
        "materials.metal.surface_energy",
        ["is a conductivity, a surface energy is needed"],
    ),
    "property without unit": (
        ["materials.metal.surface_energy=0.5"],
        "materials.metal.surface_energy",
        ["unit is missing", "0.5 J/m^2"],
    ),
    "unknown claim": (
        ["materials.metal.surface_energy={claim: nobody}"],
        "materials.metal.surface_energy",
        ["no claim of surface_energy with this label"],
    ),
    "inline material of the wrong shape": (
        [f"cell.electrolyte={{{MINE}, class: binary_liquid, claims: {{conductivity: 3 mm}}}}"],
        "cell.electrolyte.claims.conductivity",
        ["is a length, a conductivity is needed"],
    ),
    "inline material without the numbers needed": (
        [f"cell.electrolyte={{{MINE}, class: single_ion_sulfide, claims: {{conductivity: 1 S/m}}}}"],
        "materials.interface.exchange_current_density",
        ["no claim of exchange_current_density", "cell: {interface_resistance: 10 ohm*cm^2}"],
    ),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_refused(what: str) -> None:
    settings, field, parts = REFUSALS[what]
    with pytest.raises(InputErrors) as error:
        load_case(MINIMAL, set=settings)
    named = {one.field: one for one in error.value.errors}
    assert field in named
    for part in parts:
        assert part in str(named[field])
    assert named[field].location is not None


def test_everything_wrong_is_reported_at_once() -> None:
    settings = [
        "stop.time=60",
        "cell.metl=Li",
        "domain.lateral=mirror",
        "protocol[0]=plat",
        "output.frames=-1",
    ]
    with pytest.raises(InputErrors) as error:
        load_case(MINIMAL, set=settings)
    assert {one.field for one in error.value.errors} == {
        "stop.time", "cell.metl", "domain.lateral", "protocol[0]", "output.frames",
    }  # fmt: skip


def test_small_amplitudes_in_a_ceramic_are_fine() -> None:
    surface = "initial.surface={kind: bump, height: 1.5 um, radius: 5 um}"
    assert load_case(MINIMAL, set=[*CERAMIC, surface]).physics.transport == "single_ion"


def test_the_mean_temperature_that_hot_spots_keep_is_counted() -> None:
    # A wide spot lifts the mean nearly as much as the peak: kept at the mean, it melts nothing.
    wide = "conditions.hot_spots=[{at: [30 um, 15 um], width: 400 um, rise: 120 K}]"
    assert load_case(MINIMAL, set=[wide])
    with pytest.raises(InputError, match="molten"):
        load_case(MINIMAL, set=[wide, "conditions.hot_spot_normalise=none"])


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        (["conditions.temperature=-30 degC"], "is outside"),
        (["protocol[0]=plate at 0.5 mA/cm^2 for 900 h"], "beyond the counter electrode"),
        (["protocol[0]=strip at 0.5 mA/cm^2 for 90 h"], "more metal than there is"),
        (["domain.cells=[128, 16]"], "far from cubes"),
        (["domain.cells=[8, 4]"], "of the cell; use more cells"),
        (["initial.surface={kind: sinusoid, amplitude: 0.2 um, wavelength: 7 um}"], "number of half waves"),
        (["initial.surface={kind: bump, height: 1 um, radius: 1 um}"], "finer than the interface"),
        (HONG, "below 5 the front is slow or pinned"),
        (
            ["protocol[0]=pulse at 4 mA/cm^2, 1 s on, 3 s off, for 1 h", "numerics.largest_time_step=0.5 s"],
            "1/20 of the shortest pulse",
        ),
        (["protocol[0]=pulse at 4 mA/cm^2, 1 us on, 3 us off, for 1 h"], "1800000001 segments"),
        (["conditions.heat.anode=insulated"], "while physics.heat is off"),
        (["physics.hong2018.noise_kind=none"], "has no effect with physics.model: two_potential"),
        ([], "thermodynamic_factor: 1, assumed: ideal solution"),
    ],
)
def test_what_deserves_a_second_look_is_said(settings: list[str], part: str) -> None:
    warnings = load_case(MINIMAL, set=settings).warnings
    assert any(part in warning for warning in warnings), warnings


JUNK: list[object] = [
    None, {}, [], "", " ", 0, -1, 1.5, "x", [None], [[]], {"a": 1}, {"kind": "flat"}, {"kind": [1]}, True,
    float("nan"), float("inf"), 10**400, "5 um", "5 V", "-5 um", ["5 um", "5 um"], [{}], [{"at": ["5 um"]}],
    {"file": 3}, {"file": "/"}, {"data": 3}, {"data": ""}, {"repeat": 2}, [{"repeat": 2, "steps": 3}], [3],
    ["pulse at"], "1e400 um", "rest for 1e308 s", ["rest for 1e308 s", "rest for 1e308 s"], {"claim": None},
    ["plate at 1e-300 A/m^2 for 1e308 s"], "\x00", b"x", object(), {1: 2}, {"anode": {}}, {"value": 3},
]  # fmt: skip


@given(path=st.sampled_from(key_paths(Case)), junk=st.sampled_from(JUNK))
def test_whatever_is_written_is_read_or_refused(path: str, junk: object) -> None:
    try:
        case = load_case(MINIMAL, set={path: junk})
    except InputError as error:
        assert str(error)
    else:
        assert case.to_yaml() and case.resolved() and estimate(case)["cells"] > 0


def test_a_case_from_python_is_refused_without_a_place() -> None:
    with pytest.raises(InputErrors) as error:
        Case.from_mapping({"cell": {"metal": "Li"}})
    assert error.value.errors[0].location is None
    assert "'electrolyte' is missing" in str(error.value)
