"""Which edge flaw of LLZO stays and which runs at 1, 5 and 10 mA/cm², against the weight function; on two
grids.

    python benchmarks/filling_threshold.py [--rows N …] [--wall SECONDS]     writes
    benchmarks/results/filling_threshold.md; about two hours on one core, ten minutes without the three fine rows

A flaw runs if it grows by a seventh of a critical flaw, the same way on both grids, and stays if the current into it has
fallen to 1 % of its first value before that. The box is a strip with free sides and a held back; its finite size is in
the theory: K is the weight function's K of the pressure F/V_M (i R + i x/sigma) times the ratio of K in the box to K in
a half plane under uniform pressure, from static solves of the same code. A flaw acts as if it were 0.67 l longer.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

from dendrion.field.damage import crack_surface
from dendrion.field.filling_step import advance_filling
from tests.filling_setup import FREE_SIDES, edge_flaw, galvanostatic, make_cell
from tests.filling_theory import BoxCompliance, critical_flaw

BOX, LENGTHS = (64, 97), (13, 18, 22, 26, 32)
"""Box of the static solves and their flaws [cells]: what counts is the flaw over the box, and 128 x 193 cells give the
same threshold to 0.6 %."""
RATIO = 2.0
"""Length of the damage over a cell [dimensionless]."""
LONGER = 0.67
"""How much longer a flaw acts than it is, over the length of the damage [dimensionless] (statics of the same law)."""
CASES = (
    # current density [A/m²], cell [um], box [cells], flaws [um], growth that is running [um]
    (100.0, 0.5, (96, 145), (10.0, 11.0, 12.0, 13.0), 2.0),
    (50.0, 0.5, (128, 193), (17.0, 18.0, 19.0, 20.0), 3.0),
    (10.0, 1.0, (192, 289), (54.0, 57.0, 60.0), 9.0),
    (100.0, 0.25, (192, 289), (11.0, 12.0, 13.0), 2.0),
    (50.0, 0.25, (256, 385), (18.0, 19.0, 20.0), 3.0),
    (10.0, 0.5, (256, 385), (51.0, 54.0, 57.0), 8.0),
)


def decide(shape, size, flaw, current, growth, wall):
    """'runs', 'stays' or 'undecided', growth [um], simulated time [s], current into the crack over its first, steps,
    passes a step, wall time [s]."""
    parameters, state = make_cell(
        edge_flaw(shape, flaw),
        size,
        (0.0, 1.0),
        cells_per_length=RATIO,
        tolerance=1e-5,
        sides=FREE_SIDES,
    )
    first = grown = float(crack_surface(parameters.damage, state.damage))
    # Times scale so: volume of a flaw at K_c over the current into it, for an advance of half a cell.
    unit = size / 0.5e-6 * math.sqrt(flaw * size / 13e-6) * 100.0 / current
    now, step, steps, passes, start, began = 0.0, 0.1 * unit, 0, 0, None, time.perf_counter()
    verdict = "undecided"
    while time.perf_counter() - began < wall:
        accepted = advance_filling(parameters, state, galvanostatic(current), min(step, unit), 1e-4 * unit)
        state, now, step = accepted.state, now + accepted.step, accepted.suggestion
        steps, passes = steps + 1, passes + int(accepted.report.passes)
        into = float(accepted.report.crack_current_density)
        start = into if start is None else start
        grown = float(crack_surface(parameters.damage, state.damage)) - first
        if grown > growth:
            verdict = "runs"
            break
        if into < 0.01 * start:
            verdict = "stays"
            break
    wall = time.perf_counter() - began
    return verdict, grown * 1e6, now, into / start, steps, passes / max(steps, 1), wall


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="*", default=range(len(CASES)), help="which of the cases")
    parser.add_argument("--flaws", type=float, nargs="*", help="which flaws of the cases [um]")
    parser.add_argument("--wall", type=float, default=900.0, help="most seconds of one flaw")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/filling_threshold.md"))
    arguments = parser.parse_args()
    lines = [
        "# Flaws of LLZO that stay and run", "",
        "Lithium, E 150 GPa, nu 0.26, G_c 6.2 J/m², sigma 0.05 S/m, R_ct 1e-5 Ω m², l = 2 h. Theory: half plane, and this box,",
        "for the length at which a flaw acts, 0.67 l beyond its last cell.", "",
        "| mA/cm² | h [um] | box | theory, half plane [um] | theory, box [um] | flaw [um] | acts as [um] | over theory | verdict | "
        "growth [um] | t [s] | current left | steps | passes a step | wall [s] |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    box = BoxCompliance(BOX, 1e-6, LENGTHS, RATIO, sides=FREE_SIDES, tolerance=1e-5)
    for row in arguments.rows:
        current, cell, shape, flaws, growth = CASES[row]
        size = cell * 1e-6
        same = BOX[0] * 1e-6 / (shape[0] * size)  # the box of the static solves over this one
        inside = critical_flaw(
            current,
            lambda a, s=same: box.factor(s * a),
            between=(LENGTHS[0] * 1e-6 / same, LENGTHS[-1] * 1e-6 / same),
        )
        for flaw in arguments.flaws or flaws:
            found = decide(shape, size, round(flaw / cell), current, growth * 1e-6, arguments.wall)
            verdict, grown, now, left, steps, passes, wall = found
            acts = flaw + LONGER * RATIO * cell
            lines.append(
                f"| {current / 10.0:g} | {cell:g} | {shape[0]} × {shape[1]} | {critical_flaw(current) * 1e6:.1f} | "
                f"{inside * 1e6:.1f} | {flaw:.1f} | {acts:.1f} | {acts / (inside * 1e6):.2f} | {verdict} | {grown:.2f} | "
                f"{now:.3g} | {left:.1e} | {steps} | {passes:.1f} | {wall:.0f} |"
            )
            print(lines[-1], flush=True)
            arguments.out.parent.mkdir(parents=True, exist_ok=True)
            arguments.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
