"""The current that a cell bears against its stack pressure: contact lost below, metal pressed into a flaw above.

Usage: ``python -m benchmarks.stack_pressure_window``; fifteen minutes; writes ``benchmarks/results/stack_pressure_window.md``
and its picture in
``docs/images``. ``smallest_running_current`` asks the filling engine for the current at which a flaw runs
under perfect contact; ``largest_borne_current`` asks the contact engine what an interface bears that was stripped first.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt

from tests.coupled_setup import bisected, fate_of_flaw, interface_fails

PICTURES = Path(__file__).parents[1] / "docs" / "images"
"""Where the pictures of the documentation stand."""
PRESSURES = (0.1, 1.0, 5.0, 25.0, 100.0)
"""Stack pressures [MPa]."""
BRACKETS = {"LLZO": (10.0, 24.0), "LPSC": (2.0, 40.0)}
"""Currents between which a flaw of 14 um begins to run [mA/cm^2]."""
BISECTIONS = 8
LEAST_CURRENT = 0.01
"""Where contact is lost even at this current [mA/cm^2], none is said to be borne."""
LINKS: dict[str, tuple[str, ...]] = {
    "as above": (),
    "pressure of the electrode not in its kinetics": ("physics.coupling.stress_to_kinetics=off",),
    "conductivity not changed by stress": ("physics.coupling.stress_to_conduction=off",),
    "sides free to move": ("conditions.lateral=free",),
}
"""What is changed to see through what the stack acts."""


def smallest_running_current(electrolyte: str, pressure: float, settings: tuple[str, ...] = ()) -> float:
    """Smallest current [mA/cm^2] at which the flaw of 14 um runs, good to 1 %."""
    return bisected(
        lambda i: fate_of_flaw(electrolyte, pressure, i, settings=settings) == "runs",
        *BRACKETS[electrolyte],
        BISECTIONS,
    )


def largest_borne_current(electrolyte: str, pressure: float) -> tuple[float, str]:
    """Largest mean current [mA/cm^2] that a stripped interface bears, good to 2 %, and what ends it; 0: none."""
    at_once = interface_fails(electrolyte, pressure, LEAST_CURRENT)
    if at_once:
        return 0.0, at_once
    borne = bisected(lambda i: bool(interface_fails(electrolyte, pressure, i)), LEAST_CURRENT, 30.0, 8)
    return borne, interface_fails(electrolyte, pressure, 1.05 * borne)


def draw(found: dict[str, list[tuple[float, float, float, str]]], path: Path) -> None:
    """Critical current against pressure: perfect contact, and an interface that was stripped first."""
    figure, panels = plt.subplots(1, len(found), figsize=(9.0, 3.8), sharey=True, layout="constrained")
    for panel, (electrolyte, rows) in zip(panels, found.items(), strict=True):
        pressures = [row[0] for row in rows]
        panel.plot(
            pressures,
            [row[1] for row in rows],
            "s--",
            color="#0072B2",
            label="perfect contact: a flaw of 14 µm runs",
        )
        borne = [max(row[2], LEAST_CURRENT) for row in rows]
        panel.plot(pressures, borne, "o-", color="#D55E00", label="interface stripped by 0.5 mAh/cm² first")
        for pressure, value, row in zip(pressures, borne, rows, strict=True):
            if row[2] == 0.0:
                right, says = pressure > 1.0, "contact lost" if row[3] == "contact" else "flaw opens"
                panel.annotate(
                    says, (pressure, value), (-8 if right else 8, 0), textcoords="offset points", fontsize=9,
                    ha="right" if right else "left", va="center",
                )  # fmt: skip
        panel.set(xscale="log", yscale="log", xlabel="stack pressure [MPa]", ylim=(0.006, 60.0))
        panel.set_title(f"lithium under {electrolyte}")
    panels[0].set_ylabel("critical current [mA/cm²]")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, fontsize=9)
    figure.savefig(path, dpi=150)


def write(
    found: dict[str, list[tuple[float, float, float, str]]],
    links: dict[str, tuple[float, float]],
    folder: Path,
) -> None:
    """Writes the tables and the picture."""
    lines = [
        "# Critical current against stack pressure", "",
        "`python -m benchmarks.stack_pressure_window`. Lithium at 25 °C, 0.1 Ω cm², a flaw of 14 µm. *Flaw*: smallest current at",
        "which it runs under perfect contact (filling engine, 40 × 36 cells of 1 µm, sides held, good to 1 to 2 %). *Stripped first*:",
        "largest mean current that an interface bears, stripped by 0.5 mAh/cm² around an insulating strip over a fifth of it",
        "and then plated (contact engine, 48 cells; good to 2 %). 0: none above 0.01 mA/cm².", "",
        "| electrolyte | stack pressure [MPa] | flaw [mA/cm²] | stripped first [mA/cm²] | what ends it |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for electrolyte, rows in found.items():
        lines += [f"| {electrolyte} | {row[0]:g} | {row[1]:.3g} | {row[2]:.2g} | {row[3]} |" for row in rows]
    lines += [
        "",
        "Through what the stack acts on the flaw of LPSC [mA/cm²]:",
        "",
        "| case | 0.1 MPa | 100 MPa |",
        "|---|---|---|",
    ]
    lines += [f"| {label} | {low:.3g} | {high:.3g} |" for label, (low, high) in links.items()]
    (folder / "stack_pressure_window.md").write_text("\n".join(lines) + "\n")
    draw(found, PICTURES / "stack_pressure_window.png")


def main() -> None:
    """Measures and writes."""
    found: dict[str, list[tuple[float, float, float, str]]] = {}
    for electrolyte in BRACKETS:
        for pressure in PRESSURES:
            flaw = smallest_running_current(electrolyte, pressure)
            found.setdefault(electrolyte, []).append(
                (pressure, flaw, *largest_borne_current(electrolyte, pressure))
            )
            print(electrolyte, found[electrolyte][-1], flush=True)
    links: dict[str, tuple[float, float]] = {}
    for label, settings in LINKS.items():
        links[label] = (
            smallest_running_current("LPSC", PRESSURES[0], settings),
            smallest_running_current("LPSC", PRESSURES[-1], settings),
        )
        print(label, links[label], flush=True)
    write(found, links, Path(__file__).with_name("results"))


if __name__ == "__main__":
    main()
