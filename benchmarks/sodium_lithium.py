"""Sodium beside lithium in one electrolyte: the current that a flaw bears, and cycles until a void cracks it.

Usage: ``python -m benchmarks.sodium_lithium``; five minutes; writes ``benchmarks/results/sodium_lithium.md``
and two pictures in ``docs/images``. The electrolyte has the numbers of LLZO for both metals (`sodium_in_garnet`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from dendrion.field.simulation import Simulation
from tests.metals_setup import SODIUM, bisected, cycles_with_voids, fate_of_flaw, flaw_of

PICTURES = Path(__file__).parents[1] / "docs" / "images"
"""Where the pictures of the documentation stand."""
BRACKETS = {"Li": (10.0, 14.0), "Na": (18.0, 25.0)}
"""Currents between which the flaw begins to run [mA/cm^2]."""
CURRENT, SECONDS = 16.0, 8.0
"""Current [mA/cm^2] between both and time [s] of the picture."""
COLOURS = {"Li": "#0072B2", "Na": "#D55E00"}
MARKS = {"Li": "o-", "Na": "s--"}
NAMES = {"Li": "lithium", "Na": "sodium"}


def critical(metal: str) -> float:
    """Smallest current at which the flaw of 14 um runs [mA/cm^2], good to 1 %."""
    settings = SODIUM if metal == "Na" else ()
    return bisected(
        lambda i: fate_of_flaw("LLZO", 5.0, i, settings=settings) == "runs", *BRACKETS[metal], times=5
    )


def draw_flaws(path: Path) -> None:
    """Pressure of the metal in the crack of both metals at one current and time."""
    figure, panels = plt.subplots(1, 2, figsize=(9.0, 3.9), sharey=True, layout="constrained")
    for panel, metal in zip(panels, NAMES, strict=True):
        simulation = Simulation(
            flaw_of("LLZO", 5.0, CURRENT, settings=SODIUM if metal == "Na" else (), seconds=SECONDS)
        )
        while not simulation.finished:
            row = simulation.advance()
        filling, size = simulation.state.solid.filling, 1e6 * np.array(simulation.case.domain.size)
        pressure = np.where(np.asarray(filling.damage) > 0.5, 1e-6 * np.asarray(filling.pressure), np.nan)
        shown = panel.imshow(
            pressure.T,
            origin="lower",
            extent=(0.0, size[0], 0.0, size[1]),
            cmap="viridis",
            vmin=0.0,
            vmax=350.0,
        )
        panel.axvspan(0.0, 4.0, color="#9aa0a6")
        panel.text(2.0, 2.0, "metal", rotation=90, ha="center", va="bottom", fontsize=9)
        ends = (
            f"short at {row['time_s']:.1f} s"
            if simulation.status == "shorted"
            else f"stands at {row['time_s']:.1f} s"
        )
        panel.set(title=f"{NAMES[metal]}: {ends}", xlabel="x [µm]")
    panels[0].set_ylabel("y [µm]")
    figure.colorbar(shown, ax=panels, label="pressure of the metal in the crack [MPa]")
    figure.savefig(path, dpi=150)


def draw_voids(rows: dict[str, list[dict[str, Any]]], path: Path) -> None:
    """What drives a crack, and the depth of the deepest void, over the cycles."""
    figure, panels = plt.subplots(2, 1, figsize=(7.0, 4.6), sharex=True, layout="constrained")
    for metal, history in rows.items():
        cycles = [row["throughput_C_per_m2"] / 72e3 for row in history]
        kind = {"color": COLOURS[metal], "linestyle": "-" if metal == "Li" else "--", "label": NAMES[metal]}
        panels[0].plot(cycles, [row["flaw_drive"] for row in history], **kind)
        panels[1].plot(cycles, [1e6 * row["void_depth_max_m"] for row in history], **kind)
    panels[0].axhline(1.0, color="#444444", linewidth=0.8)
    panels[0].set_ylabel("pressure in the flaw\nover what opens it")
    panels[1].set(xlabel="cycles (stripping 1 mAh/cm², then plating it)", ylabel="deepest void [µm]")
    panels[1].legend(loc="upper left")
    figure.savefig(path, dpi=150)


def main() -> None:
    """Measures, writes and draws."""
    current = {metal: critical(metal) for metal in NAMES}
    rows = {metal: cycles_with_voids(metal) for metal in NAMES}
    lines = [
        "# Sodium beside lithium in one electrolyte", "",
        "`python -m benchmarks.sodium_lithium`. An electrolyte with the numbers of LLZO for both, 25 °C, 0.1 Ω cm².", "",
        "| | lithium | sodium | ratio |", "|---|---|---|---|",
        f"| smallest current at which a flaw of 14 µm runs, 5 MPa [mA/cm²] | {current['Li']:.3g} | {current['Na']:.3g} | "
        f"{current['Na'] / current['Li']:.3f} |",
    ]  # fmt: skip
    for label, key, scale in (
        ("highest drive on a flaw of 30 µm", "flaw_drive", 1.0),
        ("deepest void [µm]", "void_depth_max_m", 1e6),
    ):
        most = {metal: scale * max(row[key] for row in history) for metal, history in rows.items()}
        lines.append(
            f"| cycles at 0.5 MPa, 2 mA/cm²: {label} | {most['Li']:.2f} | {most['Na']:.2f} | {most['Na'] / most['Li']:.2f} |"
        )
    done = {metal: history[-1]["throughput_C_per_m2"] / 72e3 for metal, history in rows.items()}
    lines.append(f"| cycles until a crack starts | {done['Li']:.2f} | none in {done['Na']:.0f} | |")
    print("\n".join(lines))
    results = Path(__file__).with_name("results")
    (results / "sodium_lithium.md").write_text("\n".join(lines) + "\n")
    draw_flaws(PICTURES / "sodium_lithium.png")
    draw_voids(rows, PICTURES / "voids_until_crack.png")


if __name__ == "__main__":
    main()
