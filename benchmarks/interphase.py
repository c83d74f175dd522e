"""Lithium against sodium under their interphases, and where heating helps: two figures and a table.

Usage: ``python -m benchmarks.interphase``; two minutes; writes ``docs/images/interphase.png``,
``docs/images/interphase_temperature.png`` and ``benchmarks/results/interphase.md``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from dendrion.case import load_case
from dendrion.field import Simulation
from dendrion.report.style import DEAD_METAL, INK, METAL, RC, new_figure
from tests.interphase_setup import BLUNT, SHARP, roughening, run, temperature_case

ROOT = Path(__file__).parents[1]
IMAGES, RESULTS = ROOT / "docs" / "images", ROOT / "benchmarks" / "results" / "interphase.md"
CYCLE = {
    "protocol": ["plate at 1 mA/cm^2 for 10 min", "rest for 10 min", "strip at 1 mA/cm^2 for 9 min"],
    "materials.interface.sei_growth_constant": "1e-18 m^2/s",
}
"""A cycle with a layer that heals while it rests."""
SHOWN = (
    ("interphase_lithium", "lithium, a layer that holds", {}),
    ("interphase_sodium", "sodium, a layer that breaks", {}),
    ("interphase_sodium", "sodium, after rest and stripping", CYCLE),
)
COLD, WARM = 298.15, 313.15
"""Temperatures between which roughening is compared [K]."""
SETTINGS = (
    (0.1, SHARP, "0.1 mA/cm², sharp bump"),
    (0.5, SHARP, "0.5 mA/cm², sharp bump"),
    (2.0, BLUNT, "2 mA/cm², blunt bump"),
)
GROWTH = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
DEPOSITION = (0.0, 0.2, 0.4, 0.6, 0.8)
"""Activation energies of the layer's growth and of deposition [eV]."""


def front(axes: Any, simulation: Simulation, label: str) -> Any:
    """Draws metal and, on its front, the thickness of the layer [nm]; returns what the colour bar needs."""
    fields, size = simulation.fields(), [1e6 * s for s in simulation.grid.size]
    xi = fields["order_parameter"][0]
    extent = (0.0, size[1], 0.0, size[0])
    axes.contourf(xi, levels=(0.5, 2.0), colors=[METAL], extent=extent)
    axes.contourf(fields["dead_metal"][0], levels=(0.5, 2.0), colors=[DEAD_METAL], extent=extent)
    cell = simulation.grid.spacing[0] * 1e6
    y, x = np.meshgrid(*(cell * (0.5 + np.arange(n)) for n in reversed(xi.shape)))
    band = np.abs(xi - 0.5) < 0.2
    thickness = fields["interphase_thickness"][0] * 1e9
    drawn = axes.scatter(
        y[band], x[band], c=thickness[band], s=5.0, cmap="viridis", norm=matplotlib.colors.LogNorm(1.0, 30.0)
    )
    start = np.asarray(simulation.model.initial_state().order_parameter)
    axes.contour(start, levels=(0.5,), colors=[INK], linewidths=0.8, linestyles="dashed", extent=extent)
    axes.set(title=label, xlabel="along the electrode [µm]", ylim=(0.0, 12.0), aspect="equal")
    return drawn


def metals() -> list[str]:
    """The two shipped cases side by side; rows of the table."""
    lines = ["| case | tip [µm] | roughness [µm] | tip over base current | broken share | layer, thinnest to thickest [nm] | dead metal [µm] |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    with matplotlib.rc_context(RC):
        figure = new_figure(11.0, 2.7)
        panels = figure.subplots(1, 3, sharey=True)
        for axes, (name, label, settings) in zip(panels, SHOWN, strict=True):
            simulation, rows = run(load_case(name).with_settings(settings))
            drawn, last = front(axes, simulation, label), rows[-1]
            lines.append(
                f"| {label} | {last['tip_position_m'] * 1e6:.2f} | {last['roughness_m'] * 1e6:.3f} | "
                f"{last['current_peak_to_valley']:.2f} | {last['interphase_broken_share']:.2f} | "
                f"{last['interphase_thickness_min_m'] * 1e9:.1f} to {last['interphase_thickness_max_m'] * 1e9:.1f} | "
                f"{last['dead_metal_m'] * 1e6:.2f} |"
            )
        panels[0].set_ylabel("from the anode [µm]")
        bar = figure.colorbar(
            drawn, ax=panels, label="thickness of the interphase [nm]", ticks=(1, 3, 10, 30)
        )
        bar.ax.set_yticklabels(("1", "3", "10", "30"))
        bar.ax.minorticks_off()
        figure.savefig(IMAGES / "interphase.png", dpi=150)
    return lines


def effect(current: float, bump: tuple[str, str]) -> np.ndarray:
    """Relative change of roughening by 15 K, over deposition and growth energies."""
    cold = roughening(temperature_case(COLD, current, 0.4, 0.6, bump))
    return np.array(
        [
            [roughening(temperature_case(WARM, current, e, v, bump)) / cold - 1.0 for e in GROWTH]
            for v in DEPOSITION
        ]
    )


def temperatures() -> list[str]:
    """Maps of the effect of heating over the two activation energies; rows of the table."""
    lines = []
    with matplotlib.rc_context(RC):
        figure = new_figure(9.0, 3.3)
        panels = figure.subplots(1, 3, sharey=True)
        for axes, (current, bump, label) in zip(panels, SETTINGS, strict=True):
            found = 100.0 * effect(current, bump)
            drawn = axes.pcolormesh(GROWTH, DEPOSITION, found, cmap="RdBu_r", vmin=-25.0, vmax=25.0)
            if found.min() < 0.0 < found.max():
                axes.contour(GROWTH, DEPOSITION, found, levels=(0.0,), colors=[INK], linewidths=1.2)
            for v, row in zip(DEPOSITION, found, strict=True):
                for e, value in zip(GROWTH, row, strict=True):
                    axes.text(e, v, f"{value:+.0f}" if abs(value) >= 0.5 else "0", ha="center", va="center", fontsize=7.5,
                              color="white" if abs(value) > 17.0 else INK)  # fmt: skip
            axes.set(title=label, xlabel="growth of the layer, $E_e$ [eV]", xticks=GROWTH, yticks=DEPOSITION)
            lines += [f"**{label}**", "", "| $E_{VB}$ [eV] | " + " | ".join(f"$E_e$ = {e:g}" for e in GROWTH) + " |",
                      "|---|" + "---|" * len(GROWTH)]  # fmt: skip
            lines += [
                f"| {v:g} | " + " | ".join(f"{value:+.1f} %" for value in row) + " |"
                for v, row in zip(DEPOSITION, found, strict=True)
            ]
            lines.append("")
        panels[0].set_ylabel("deposition, $E_{VB}$ [eV]")
        figure.colorbar(drawn, ax=panels, label="change by 15 K [%]", extend="both")
        figure.savefig(IMAGES / "interphase_temperature.png", dpi=150)
    return lines


def main() -> None:
    """Measures, draws and writes."""
    head = ["# Interphases of lithium and sodium", "", "`python -m benchmarks.interphase`.", ""]
    middle = ["", "Change of the roughness that a micrometre of plating adds, from 25 to 40 °C, a bump on lithium in 0.01 S/m", "(activated with 0.2 eV):", ""]  # fmt: skip
    RESULTS.write_text("\n".join([*head, *metals(), *middle, *temperatures()]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
