"""Which edge flaw of LLZO stays and which runs at 1, 5 and 10 mA/cm², against the weight function; on two
grids.

    python benchmarks/filling_threshold.py [--rows N …] [--wall SECONDS]     writes
    benchmarks/results/filling_threshold.md

A flaw runs if it grows by four cells, and stays if the current into it has fallen to 1 % of its first value
before that. The box is a strip with free sides and a held back, (64, 97) or twice as many cells; its finite
size is in the theory: K is the weight function's K of the pressure F/V_M (i R + i x/sigma) times the ratio of
K in the box to K in a half plane under uniform pressure, from static solves of the same code.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from dendrion.field.damage import crack_surface
from dendrion.field.filling_step import advance_filling
from tests.filling_setup import FREE_SIDES, edge_flaw, galvanostatic, make_cell
from tests.filling_theory import BoxCompliance, critical_flaw

COARSE, FINE = (64, 97), (128, 193)
LENGTHS = (18, 26, 34, 42, 52)
CASES = (
    # current density [A/m²], cell [um], l/h, box, flaws [cells]
    (100.0, 0.5, 2.0, COARSE, (20, 24, 26, 28, 32)),
    (50.0, 0.8, 2.0, COARSE, (20, 24, 26, 28, 32)),
    (10.0, 2.4, 2.0, COARSE, (20, 24, 26, 28, 32)),
    (100.0, 0.25, 2.0, FINE, (44, 48, 52, 56)),
    (100.0, 0.25, 4.0, FINE, (44, 48, 52, 56)),
)


def decide(shape, size, cells_per_length, flaw, current, wall):
    """'runs', 'stays' or 'undecided', growth [um], simulated time [s], steps, passes a step, wall time
    [s]."""
    parameters, state = make_cell(
        edge_flaw(shape, flaw),
        size,
        (0.0, 1.0),
        cells_per_length=cells_per_length,
        tolerance=1e-5,
        sides=FREE_SIDES,
    )
    first = grown = float(crack_surface(parameters.damage, state.damage))
    unit = (
        (size / 0.5e-6) ** 1.5 * 100.0 / current
    )  # times scale so: volume of a flaw at K_c over the current into it
    now, step, steps, passes, start, began = 0.0, 0.1 * unit, 0, 0, None, time.perf_counter()
    verdict = "undecided"
    while time.perf_counter() - began < wall:
        accepted = advance_filling(parameters, state, galvanostatic(current), min(step, unit), 1e-4 * unit)
        state, now, step = accepted.state, now + accepted.step, accepted.suggestion
        steps, passes = steps + 1, passes + int(accepted.report.passes)
        into = float(accepted.report.crack_current_density)
        start = into if start is None else start
        grown = float(crack_surface(parameters.damage, state.damage)) - first
        if grown > 4.0 * size:
            verdict = "runs"
            break
        if into < 0.01 * start:
            verdict = "stays"
            break
    return verdict, grown * 1e6, now, steps, passes / max(steps, 1), time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="*", default=range(len(CASES)), help="which of the cases")
    parser.add_argument("--wall", type=float, default=900.0, help="most seconds of one flaw")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/filling_threshold.md"))
    arguments = parser.parse_args()
    lines = [
        "# Flaws of LLZO that stay and run", "",
        "Lithium, E 150 GPa, nu 0.26, G_c 6.2 J/m², sigma 0.05 S/m, R_ct 1e-5 Ω m². Theory: half plane, and this box.", "",
        "| mA/cm² | h [um] | l [um] | box | theory, half plane [um] | theory, box [um] | flaw [um] | verdict | growth [um] | "
        "t [s] | steps | passes a step | wall [s] |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    boxes: dict[tuple, BoxCompliance] = {}
    for row in arguments.rows:
        current, cell, ratio, shape, flaws = CASES[row]
        size = cell * 1e-6
        if (shape, ratio) not in boxes:  # K of the box over K of a half plane knows lengths in cells only
            lengths = [n * shape[0] // COARSE[0] for n in LENGTHS]
            boxes[shape, ratio] = BoxCompliance(shape, 1e-6, lengths, ratio, sides=FREE_SIDES, tolerance=1e-5)
        box = boxes[shape, ratio]
        span = [(n * shape[0] // COARSE[0] + 0.5) * size for n in (LENGTHS[0], LENGTHS[-1])]
        inside = critical_flaw(current, lambda a, b=box, c=cell: b.factor(a / c), between=span)
        for flaw in flaws:
            verdict, grown, now, steps, passes, wall = decide(
                shape, size, ratio, flaw, current, arguments.wall
            )
            lines.append(
                f"| {current / 10.0:g} | {cell:g} | {ratio * cell:g} | {shape[0]} × {shape[1]} | "
                f"{critical_flaw(current) * 1e6:.1f} | {inside * 1e6:.1f} | {flaw * cell:.1f} | {verdict} | {grown:.2f} | "
                f"{now:.3g} | {steps} | {passes:.1f} | {wall:.0f} |"
            )
            print(lines[-1], flush=True)
            arguments.out.parent.mkdir(parents=True, exist_ok=True)
            arguments.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
