"""The positive electrode of a BPX file: read where it applies, refused with the reason where it does not."""

import json

import pytest

from dendrion.cell import CellFile, drive
from dendrion.cell.bpx import function_of, read_bpx
from dendrion.constants import FARADAY
from dendrion.errors import InputError

POSITIVE = {
    "Particle radius [m]": 5.22e-6,
    "Thickness [m]": 75.6e-6,
    "Diffusivity [m2.s-1]": 4e-15,
    "OCP [V]": "-0.8090*x + 4.4875 - 0.0428*tanh(18.5138*(x - 0.5542)) - 17.7326*tanh(15.7890*(x - 0.3117))"
    " + 17.5842*tanh(15.9308*(x - 0.3120))",
    "Surface area per unit volume [m-1]": 382184.0,
    "Porosity": 0.335,
    "Transport efficiency": 0.194,
    "Reaction rate constant [mol.m-2.s-1]": 7e-5,
    "Minimum stoichiometry": 0.2661,
    "Maximum stoichiometry": 0.9084,
    "Maximum concentration [mol.m-3]": 63104.0,
    "Conductivity [S.m-1]": 0.18,
}


def bpx(tmp_path, model="DFN", **changes):
    electrode = {k: v for k, v in {**POSITIVE, **changes}.items() if v is not None}
    content = {
        "Header": {"BPX": "1.0.0", "Title": "LG M50", "Model": model},
        "Parameterisation": {"Cell": {"Reference temperature [K]": 298.15}, "Positive electrode": electrode, "Separator": {}},
    }  # fmt: skip
    file = tmp_path / "cell.json"
    file.write_text(json.dumps(content))
    return file


def test_the_positive_electrode_is_read(tmp_path):
    found = read_bpx(bpx(tmp_path))
    assert found.title == "LG M50"
    assert found.left_out == ("Separator",)
    assert found.cathode.active_fraction == pytest.approx(0.665, rel=1e-4)
    assert found.potential(0.5) == pytest.approx(3.971958656, abs=1e-8)
    expected = FARADAY * 75.6e-6 * found.cathode.active_fraction * 63104.0 * (0.9084 - 0.2661)
    assert found.cathode.capacity == pytest.approx(expected)


def test_a_cell_charges_with_it_as_with_the_claims(tmp_path):
    data = {
        "cell": {"metal": "Li", "electrolyte": "LLZO", "thickness": "30 um", "leakage": "off"},
        "protocol": ["Charge at C/5 for 1 h"],
    }  # fmt: skip
    bpx(tmp_path)
    with_file = {**data, "cell": {**data["cell"], "cathode_file": "cell.json"}}
    ends = []
    for given in (data, with_file):
        file = CellFile.from_mapping(given, tmp_path)
        cell = file.build()
        ends.append([interval.state for interval in drive(cell, file.steps(), 298.15)][-1])
    assert ends[0].plated == pytest.approx(ends[1].plated, rel=1e-12)
    assert ends[0].open_circuit_voltage == pytest.approx(ends[1].open_circuit_voltage, abs=1e-3)


@pytest.mark.parametrize(("model", "changes", "problem"), [
    ("MSMR", {}, "can't read"),
    ("DFN", {"Particle": {"a": {}}}, "blend"),
    ("DFN", {"OCP (lithiation) [V]": "x"}, "hysteresis"),
    ("DFN", {"OCP [V]": "__import__('os')"}, "formula"),
    ("DFN", {"OCP [V]": "x.real"}, "formula"),
    ("DFN", {"OCP [V]": None}, "needed"),
    ("DFN", {"Thickness [m]": "thin"}, "number"),
    ("DFN", {"Minimum stoichiometry": 0.95}, "impossible"),
])  # fmt: skip
def test_what_does_not_apply_is_refused(tmp_path, model, changes, problem):
    with pytest.raises(InputError, match=problem):
        read_bpx(bpx(tmp_path, model, **changes))


def test_other_files_are_refused(tmp_path):
    file = tmp_path / "cell.json"
    with pytest.raises(InputError, match="no such file"):
        read_bpx(file)
    file.write_text("{")
    with pytest.raises(InputError, match="not JSON"):
        read_bpx(file)
    file.write_text("{}")
    with pytest.raises(InputError, match="no BPX"):
        read_bpx(file)


def test_functions_are_numbers_tables_or_formulas():
    assert function_of(3.0, "f")(0.4) == 3.0
    assert function_of({"x": [0, 1], "y": [4.0, 3.0]}, "f")(0.25) == pytest.approx(3.75)
    assert function_of("-2*x**2 + exp(x)/(1 + x)", "f")(0.0) == pytest.approx(1.0)
    with pytest.raises(InputError, match="rising"):
        function_of({"x": [1, 0], "y": [4.0, 3.0]}, "f")
