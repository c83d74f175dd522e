"""Current and voltage of one specimen over the time of its test."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dendrion.runs.files import write_text
from dendrion.study.ccd.ladder import DIRECTION, TestOutcome, half_cycles
from dendrion.study.ccd.protocol import TestProtocol

if TYPE_CHECKING:
    import numpy

    from dendrion.case import Case

SHORTED = 0.02
"""Share of the voltage that a shorted cell is drawn with [dimensionless]; the theory does not know it."""

MOST_HALF_CYCLES = 400
"""Half-cycles of a curve that are written, the last ones [dimensionless]."""

_HEADS = ("time [s]", "current density [A/m^2]", "voltage [V]")


@dataclass(frozen=True)
class Curve:
    """Time [s], current density [A/m^2, plating positive], voltage [V] of a specimen, each of shape [rows].

    The voltage is that of the counter electrode against the one under test, positive while it plates, as a cycler
    shows it (``cell_voltage_V`` of a run has the other sign).
    """

    time: numpy.ndarray
    current: numpy.ndarray
    voltage: numpy.ndarray
    specimen: str = ""

    @classmethod
    def of(cls, summary: Sequence[tuple[str, Any]] | Mapping[str, Any], specimen: str) -> Curve:
        """The curve in the summary of a run on the field engine."""
        import numpy as np

        known = dict(summary)
        names = ("curve_time_s", "curve_current_A_per_m2", "curve_voltage_V")
        time, current, voltage = (np.asarray(known[name], dtype=float) for name in names)
        return cls(time, current, voltage, specimen)

    def write(self, path: Path) -> None:
        """Writes it as CSV."""
        stream = StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_HEADS)
        for row in zip(self.time, self.current, self.voltage, strict=True):
            writer.writerow([f"{value:.9g}" for value in row])
        write_text(path, stream.getvalue())

    @classmethod
    def read(cls, path: Path) -> Curve:
        """The curve that ``write`` wrote."""
        import numpy as np

        table = np.loadtxt(path, delimiter=",", skiprows=1, ndmin=2)
        return cls(table[:, 0], table[:, 1], table[:, 2])


def theory_curve(case: Case, protocol: TestProtocol, outcome: TestOutcome) -> Curve:
    """The curve that nominal resistances give: V = i (L/κ + 2 R), shorted from the middle of the failing half-cycle."""
    import numpy as np

    resistance = cell_resistance(case)
    rows: list[tuple[float, float, float]] = []
    cycles = [
        one for one in half_cycles(protocol) if outcome.half_cycle is None or one.number <= outcome.half_cycle
    ]
    for one in cycles[-MOST_HALF_CYCLES:]:
        current = DIRECTION[one.side] * one.current
        voltage, end = current * resistance, one.start + one.duration
        if one.number == outcome.half_cycle:
            middle = one.start + 0.5 * one.duration
            after = SHORTED * voltage
            rows += [
                (one.start, current, voltage),
                (middle, current, voltage),
                (middle, current, after),
                (end, current, after),
            ]
        else:
            rows += [(one.start, current, voltage), (end, current, voltage)]
            if protocol.rest:
                rows += [(end, 0.0, 0.0), (end + protocol.rest, 0.0, 0.0)]
    table = np.array(rows)
    return Curve(table[:, 0], table[:, 1], table[:, 2], outcome.specimen)


def cell_resistance(case: Case) -> float:
    """Resistance of a symmetric cell at the case's temperature, L/κ + 2 R [ohm m^2]."""
    temperature = case.conditions.temperature
    conductivity = case.electrolyte_material().claims("conductivity")
    interface = case.interface_material()
    resistance = interface.claims("interface_resistance")
    bulk = (
        (case.cell.thickness or 0.0) / float(conductivity[0].evaluate(temperature)) if conductivity else 0.0
    )
    if resistance:
        return bulk + 2.0 * float(resistance[0].evaluate(temperature))
    exchange = interface.claims("exchange_current_density")
    from dendrion.constants import FARADAY, GAS_CONSTANT

    charge = (
        GAS_CONSTANT * temperature / (FARADAY * float(exchange[0].evaluate(temperature))) if exchange else 0.0
    )
    return bulk + 2.0 * charge
