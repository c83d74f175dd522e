"""A crack of LPSC under plate and strip cycles at 0.1 and 7 MPa, against Ning et al. 2023 (10.1038/s41586-023-05970-4).

Usage: ``python -m benchmarks.cycled_crack``; fifteen minutes; writes ``benchmarks/results/cycled_crack.md`` and a
picture in ``docs/images``.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from dendrion.theory import for_cell
from tests.coupled_setup import Cycling, bisected, cycled, fate_of_flaw

PICTURES = Path(__file__).parents[1] / "docs" / "images"
"""Where the pictures of the documentation stand."""
PRESSURES = (0.1, 7.0)
"""Stack pressures of the experiment [MPa]."""
CURRENTS = (20.5, 22.0, 23.5)
"""Currents of the cycles [mA/cm^2]: below, at and above what the crack bears."""
CYCLES = 12
"""Cycles at most."""


def theory(pressure: float, overpotential: float) -> float:
    """Cycles of the closed form `initiation_and_propagation` at a stack pressure [MPa] and an overpotential [mV]."""
    model = for_cell(
        "initiation_and_propagation", metal="Li", electrolyte="LPSC", current_density=10.0,
        stack_pressure=pressure * 1e6, overpotential=overpotential * 1e-3,
    )  # fmt: skip
    return float(model.evaluate()["cycles"])


def draw(found: dict[tuple[float, float], Cycling], path: Path) -> None:
    """Growth of the crack against the cycle."""
    figure, panels = plt.subplots(1, len(CURRENTS), figsize=(9.0, 3.4), sharey=True, layout="constrained")
    for panel, current in zip(panels, CURRENTS, strict=True):
        for pressure, style in zip(PRESSURES, ("o-", "s--"), strict=True):
            growth = found[pressure, current].growth
            colour = "#0072B2" if pressure < 1.0 else "#D55E00"
            panel.plot(
                range(1, len(growth) + 1),
                [1e6 * g for g in growth],
                style,
                color=colour,
                label=f"{pressure:g} MPa",
            )
        panel.set(title=f"{current:g} mA/cm²", xlabel="cycle", xlim=(0.5, CYCLES + 0.5))
    panels[0].set_ylabel("growth of the crack [µm]")
    panels[0].legend(title="stack pressure", loc="upper left")
    figure.savefig(path, dpi=150)


def main() -> None:
    """Measures, writes the tables and draws."""
    lines = [
        "# A crack of LPSC under cycles at two stack pressures", "",
        "`python -m benchmarks.cycled_crack`. Flaw of 14 µm, 40 × 36 cells of 1 µm, 0.1 Ω cm², 4 s of plating and of stripping a",
        f"cycle, at most {CYCLES} cycles; a crack that has grown by 6 µm runs.", "",
        "| current [mA/cm²] | stack pressure [MPa] | cycles until it runs | growth after every cycle [µm] | dry part [µm] |",
        "|---|---|---|---|---|",
    ]  # fmt: skip
    found = {}
    for current in CURRENTS:
        for pressure in PRESSURES:
            run = found[pressure, current] = cycled(pressure, current, CYCLES)
            grown = ", ".join(f"{1e6 * g:.2f}" for g in run.growth)
            life = f"{run.life:.0f}" if np.isfinite(run.life) else f"more than {CYCLES}"
            lines.append(f"| {current:g} | {pressure:g} | {life} | {grown} | {1e6 * run.dry:.0f} |")
            print(lines[-1], flush=True)
    lines += ["", "Smallest current at which a flaw runs under steady plating [mA/cm²], by its length:", "",
              "| length [µm] | 0.1 MPa | 7 MPa | ratio |", "|---|---|---|---|"]  # fmt: skip
    for length, bracket in ((8.0, (24.0, 80.0)), (20.0, (9.0, 24.0))):
        low, high = (
            bisected(lambda i, p=p, a=length: fate_of_flaw("LPSC", p, i, a) == "runs", *bracket, 6)
            for p in PRESSURES
        )
        lines.append(f"| {length:g} | {low:.3g} | {high:.3g} | {high / low:.3f} |")
        print(lines[-1], flush=True)
    lines += ["", "The closed form `initiation_and_propagation`, cycles by overpotential:", "",
              "| overpotential [mV] | 0.1 MPa | 7 MPa |", "|---|---|---|"]  # fmt: skip
    for overpotential in (2.0, 3.0, 5.0, 10.0):
        lines.append(
            f"| {overpotential:g} | "
            + " | ".join(f"{theory(p, overpotential):.3g}" for p in PRESSURES)
            + " |"
        )
        print(lines[-1], flush=True)
    results = Path(__file__).with_name("results")
    (results / "cycled_crack.md").write_text("\n".join(lines) + "\n")
    draw(found, PICTURES / "cycled_crack.png")


if __name__ == "__main__":
    main()
