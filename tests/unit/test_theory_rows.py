"""The list of golden values, validation rows and refusals is true to the tests, the models and its page."""

import ast
from functools import cache
from pathlib import Path

import pytest

from dendrion import theory
from dendrion.errors import InputError
from dendrion.theory import models
from tests.theory_rows_page import STATES, TESTS, content, page

ROWS, REFUSALS = content()["rows"], content()["refusals"]
PAGE = TESTS.parent / "docs" / "theory-rows.md"

NAMES = [
    "sand_time",
    "limiting_current",
    "modified_sand_time",
    "stress_modified_sand_time",
    "pulse_limiting_current",
    "pulse_window",
    "concentrated_solution_1d",
    "poisson_nernst_planck_1d",
    "metal_side_sand_time",
    "effective_conductivity",
    "interface_resistance",
    "electronic_leakage",
    "space_charge_growth",
    "tip_growth",
    "polymer_tip_growth",
    "electrodeposition_stability",
    "stability_landscape",
    "classical_nucleation",
    "substrate_overpotential",
    "scharifker_hills",
    "overpotential_scaling",
    "avrami",
    "nucleation_mode",
    "fhsa",
    "dong_regime",
    "bai_regime",
    "jo_regime",
    "root_or_surface_growth",
    "ceramic_morphology",
    "jana_regimes",
    "monroe_newman",
    "ahmad_viswanathan",
    "growth_consistent_stability",
    "elastoplastic_peak_valley",
    "stress_driven_whisker",
    "wrinkling",
    "dislocation_climb",
    "metal_creep",
    "griffith_overpotential",
    "pressurised_crack",
    "crack_kink",
    "dendrite_deflection",
    "initiation_and_propagation",
    "expansion_bolt",
    "toughening",
    "critical_stack_pressure",
    "contact",
    "pressure_window",
    "pressure_modulus",
    "thermal_gradient_plate",
    "grain_selection",
    "current_limit_diagram",
    "stack_pressure_current",
    "space_charge_nucleation",
    "tensile_nucleation",
    "grain_boundary_focusing",
    "grain_boundary_path",
    "sodium_asymmetry",
    "sodium_interphase",
    "creep_crack",
    "kinetic_ccd",
    "activation_ratio",
    "self_heating_healing",
    "hot_spot",
    "joule_temperature",
]
"""The names that people were promised on the command line."""


@cache
def functions(path: Path) -> frozenset[str]:
    """Names of the test functions of a file that assert or expect something."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def test_every_promised_name_is_a_model() -> None:
    assert len(NAMES) == 65 and set(NAMES) <= set(models())


@pytest.mark.parametrize("row", [*ROWS, *REFUSALS], ids=lambda row: row.get("id", row.get("where")))
def test_a_row_has_its_test_or_its_reason(row: dict) -> None:
    assert row["state"] in STATES
    for name in row.get("models", [row.get("model")]):
        assert name in models()
    if row["state"] in ("passes", "differs"):
        path, _, function = row["test"].partition("::")
        assert function in functions(TESTS / path), row["test"]
    if row["state"] != "passes":
        assert row["why"]


def test_every_model_has_a_row() -> None:
    held = {row["model"] for row in ROWS if row["state"] in ("passes", "differs")}
    held |= {name for row in REFUSALS for name in row["models"] if row["state"] == "passes"}
    assert set(models()) - held == set()


def test_every_reconstruction_is_held_to_a_trend() -> None:
    held = {row["model"] for row in ROWS if row["state"] in ("passes", "differs")}
    assert {name for name, model in models().items() if model.card.kind == "reconstruction"} - held == set()


def test_row_names_are_unique() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS)


def test_the_page_is_current() -> None:
    """Otherwise: python -m tests.theory_rows_page > docs/theory-rows.md."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_fast_fronts_are_refused() -> None:
    """§2.4: where V/D exceeds a tenth of the wave number the quasi-steady theory does not answer."""
    result = theory.electrodeposition_stability(
        current_density=9e4, wavelength=1e-2, exchange_current_density=10.0, cation_transference_number=0.38, salt_concentration=1000.0,
        salt_diffusivity=1e-13, surface_energy=0.5, molar_volume=1.3e-5,
    ).evaluate()  # fmt: skip
    assert result.validity == "refused" and any("outruns diffusion" in text for text in result.messages)


CREEP = {"creep_rate": 2e4, "creep_exponent": 6.6, "creep_activation_energy": 37e3, "molar_volume": 1.3e-5}
PORE = {"current_density": 10.0, "overpotential": 0.02, "fracture_toughness": 0.3e6, **CREEP}
ELASTIC = {"poisson_ratio": 0.3, "molar_volume": 1.3e-5, "cation_molar_volume": 0.0}


@pytest.mark.parametrize(
    ("name", "inputs", "message"),
    [
        ("stress_driven_whisker", {"current_density": 10.0, "film_thickness": 1e-6, "whisker_radius": 1e-5, "surface_energy": 0.5, **CREEP}, "wider than what feeds it"),
        ("stress_driven_whisker", {"current_density": 10.0, "film_thickness": 0.0, "surface_energy": 0.5, **CREEP}, "above 0"),
        ("wrinkling", {"film_modulus": 1e11, "substrate_modulus": 1e6, "film_thickness": 0.0}, "above 0"),
        ("initiation_and_propagation", {"slit_width": 0.0, **PORE}, "above 0"),
        ("initiation_and_propagation", {"temperature": 460.0, "melting_temperature": 453.65, **PORE}, "molten"),
        ("initiation_and_propagation", {"stack_pressure": -1.0, **PORE}, "at least 0"),
        ("growth_consistent_stability", {"young_modulus": 100.0, **ELASTIC}, "at least 1000"),
        ("growth_consistent_stability", {"young_modulus": 1e14, **ELASTIC}, "at most 1e"),
        ("kinetic_ccd", {"interface_resistance": 0.05, "current_density": 2e5}, "at most 100000"),
        ("metal_creep", {"stress": 1e6, "temperature": 150.0, "creep_rate": 1.0, "creep_exponent": 5.0, "creep_activation_energy": 0.0}, "at least 200"),
        ("metal_creep", {"stress": 1e6, "temperature": 700.0, "creep_rate": 1.0, "creep_exponent": 5.0, "creep_activation_energy": 0.0}, "at most 600"),
        ("metal_creep", {"stress": 1e6, "temperature": 0.0, "creep_rate": 1.0, "creep_exponent": 5.0, "creep_activation_energy": 0.0}, "at least 200"),
    ],
)  # fmt: skip
def test_what_the_references_refuse(name: str, inputs: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        models()[name](**inputs)


def test_a_landscape_without_its_cation_volume_is_refused() -> None:
    given = {"current_density": 1.0, "stack_pressure": 1e6, "thickness": 1e-4, "conductivity": 0.1, "exchange_current_density": 1.0,
             "molar_volume": 1e-5, "surface_energy": 0.5, "poisson_ratio": 0.3}  # fmt: skip
    with pytest.raises(InputError, match="needs cation_molar_volume"):
        theory.resolve(theory.model_named("stability_landscape"), given).build()


@pytest.mark.parametrize("name", sorted(models()))
def test_every_model_has_its_physics_written(name: str) -> None:
    text = (TESTS.parent / "docs" / "theory" / f"{name}.md").read_text(encoding="utf-8")
    assert len(text.split()) > 25, "a page needs its physics, by hand"
