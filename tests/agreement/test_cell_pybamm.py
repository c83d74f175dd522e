"""dendrion's small cell and closed forms against PyBaMM's own numbers for a half cell with constant properties."""

import numpy as np
import pytest

from dendrion.cell import CellFile
from dendrion.constants import FARADAY
from dendrion.errors import InputError

pytest.importorskip("pybamm", reason="PyBaMM is not installed")

WARM = 363.15
CELL = {
    "engine": "pybamm",
    "cell": {"metal": "Li", "electrolyte": "PEO-LiTFSI", "thickness": "40 um", "cathode_capacity": "1 mAh/cm^2", "leakage": "off"},
    "conditions": {"temperature": f"{WARM} K"},
    "protocol": ["Charge at 1C until 4.2 V"],
}  # fmt: skip


def steady_salt(cell, current):
    """Salt at the metal when separator and cathode are steady [mol/m^3]: a line and a parabola, salt conserved."""
    column, numbers = cell.design.column, cell.numbers
    flow = numbers.anion_share * current / FARADAY / numbers.diffusivity(WARM)
    gap, deep, share = column.gap, column.cathode, column.cathode_porosity
    behind = flow / share**1.5
    rise = 0.5 * flow * gap**2 + share * (flow * gap * deep + behind * deep**2 / 3.0)
    return numbers.salt - rise / (gap + share * deep)


def test_salt_and_voltage_agree_with_pybamm():
    from dendrion.cell.pybamm_cell import pybamm_cell

    file = CellFile.from_mapping(CELL)
    theirs, ours = pybamm_cell(file), file.build()
    rows = []
    for _ in range(30):
        rows.append((theirs.advance(10.0, WARM, 30.0), ours.advance(10.0, WARM, 30.0)))
    exact = steady_salt(ours, 10.0)
    salts = np.array([[a.salt_at_metal, b.salt_at_metal] for a, b in rows])
    voltages = np.array([[a.voltage, b.voltage] for a, b in rows])
    eta = np.array([[a.overpotential, b.overpotential] for a, b in rows])
    print("steady salt", exact, salts[-1], "mV", 1e3 * np.abs(np.diff(voltages[1:])).max())
    assert salts[-1] == pytest.approx([exact, exact], rel=2e-3)
    # Early, while the depleted layer grows, the two agree as well.
    assert np.abs(salts[:, 0] - salts[:, 1]).max() < 0.01 * ours.numbers.salt
    assert np.abs(eta[:, 0] - eta[:, 1]).max() < 2e-4
    assert np.abs(voltages[1:, 0] - voltages[1:, 1]).max() < 6e-3
    assert rows[-1][0].plated == pytest.approx(rows[-1][1].plated, rel=1e-12)


def test_what_pybamm_does_not_have_is_refused():
    from dendrion.study.cell_run import make_stepper

    solid = {**CELL, "cell": {**CELL["cell"], "electrolyte": "LLZO"}}
    with pytest.raises(InputError, match="single-ion"):
        make_stepper(CellFile.from_mapping(solid))
    metal = {**CELL, "cell": {**CELL["cell"], "counter": "metal"}, "protocol": ["rest for 1 min"]}
    with pytest.raises(InputError, match="metal against metal"):
        make_stepper(CellFile.from_mapping(metal))


def test_our_strings_are_pybamms_steps():
    import pybamm

    from dendrion.cell import read_protocol, to_experiment

    protocol = read_protocol(
        ["plate at 1 mA/cm^2 for 10 min or until 4.2 V", "rest for 30 s", "hold at 4.2 V for 1 min"]
    )
    steps = [pybamm.step.string(text) for text in to_experiment(protocol, 1e-4)]
    assert [type(step).__name__ for step in steps] == ["Current", "Rest", "Voltage"]
    assert steps[0].value == pytest.approx(-1e-3)
    assert steps[0].duration == 600.0
    assert [step.duration for step in steps[1:]] == [30.0, 60.0]
