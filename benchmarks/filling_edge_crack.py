"""Lithium in an edge flaw of LLZO: it fills, presses the flaw open and runs. Draws opening, pressure and
potential.

    python benchmarks/filling_edge_crack.py [--current 100] [--flaw 20] [--cells 80 121] [--growth 12] [--out
    DIRECTORY]

Sizes in micrometres (cells of 1 um, l = 2 um), current density in A/m². The picture shows the box, the crack
along its length before and during growth, and length, current and velocity against time beside the law of
growth by mass.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
import matplotlib.pyplot as plt

from dendrion.field.damage import crack_surface
from dendrion.field.filling_step import advance_filling
from tests.filling_setup import (
    CONFINED,
    FREE_SIDES,
    PLANE_STRAIN,
    VOLTAGE_PER_PRESSURE,
    edge_flaw,
    galvanostatic,
    make_cell,
    metal_in_cracks,
)
from tests.filling_theory import TOUGH

Profile = dict[str, np.ndarray]


def profile(parameters, state, time_s) -> Profile:
    """Opening [nm], pressure and F phi/V_M [MPa] along the row of the flaw."""
    middle = state.filling.shape[1] // 2
    opening = np.asarray(state.filling).sum(axis=1) * parameters.spacing[1] * 1e9
    potential = np.asarray(state.potential - state.electrode_potential)[:, middle]
    return {
        "time": time_s,
        "opening": opening,
        "pressure": np.asarray(state.pressure)[:, middle] / 1e6,
        "potential": potential / VOLTAGE_PER_PRESSURE / 1e6,
        "damage": np.asarray(state.damage)[:, middle],
    }


def run(arguments):
    """History rows (t, a, I', v, passes, MINRES iterations, wall time), profiles and the last state."""
    size = arguments.cell * 1e-6
    sides = CONFINED if arguments.confined else FREE_SIDES
    flaw = edge_flaw(tuple(arguments.cells), round(arguments.flaw * 1e-6 / size))
    parameters, state = make_cell(flaw, size, (0.0, 1.0), tolerance=1e-5, sides=sides)
    control = galvanostatic(arguments.current)
    width = arguments.cells[1] * size
    first = length = float(crack_surface(parameters.damage, state.damage))
    now, step, charge, history, profiles = 0.0, 0.1, 0.0, [], []
    began = time.perf_counter()
    while now < arguments.end and length - first < arguments.growth * 1e-6:
        tick = time.perf_counter()
        accepted = advance_filling(parameters, state, control, min(step, arguments.largest_step), 1e-4)
        state, report = accepted.state, accepted.report
        now, step = now + accepted.step, accepted.suggestion
        charge += float(report.crack_current_density) * accepted.step
        old, length = length, float(crack_surface(parameters.damage, state.damage))
        into = float(report.crack_current_density) * width
        speed = (length - old) / accepted.step
        history.append((now, arguments.flaw * 1e-6 + length - first, into, speed, int(report.passes),
                        int(report.linear_iterations), time.perf_counter() - tick))  # fmt: skip
        if not profiles or length - first > len(profiles) * arguments.growth * 1e-6 / 4.0:
            profiles.append(profile(parameters, state, now))
        print(f"t {now:7.3f} s  a {history[-1][1] * 1e6:7.2f} um  I' {into:.2e} A/m  v {speed * 1e6:6.2f} um/s  "
              f"passes {int(report.passes):2d}  MINRES {int(report.linear_iterations):4d}  "
              f"p {float(state.pressure.max()) / 1e6:6.1f} MPa  {history[-1][6]:5.1f} s", flush=True)  # fmt: skip
    if profiles[-1]["time"] < now:
        profiles.append(profile(parameters, state, now))
    stored = metal_in_cracks(parameters, state)
    rows = np.array(history)
    print(f"steps {len(rows)}, passes a step {rows[:, 4].mean():.1f}, MINRES a pass {rows[:, 5].sum() / rows[:, 4].sum():.1f}, "
          f"wall {time.perf_counter() - began:.0f} s (first step with compilation {rows[0, 6]:.0f} s), "
          f"filling/charge - 1 = {stored / charge - 1.0:.1e}")  # fmt: skip
    return parameters, state, rows, profiles


def law(length, into):
    """da/dt = (V_M I'/F) E'/(1.68 sqrt(pi) K sqrt(a)) of an edge crack under uniform pressure [m/s]."""
    return VOLTAGE_PER_PRESSURE * into * PLANE_STRAIN / (1.68 * np.sqrt(np.pi) * TOUGH * np.sqrt(length))


def draw(parameters, state, rows, profiles, path) -> None:
    """The picture."""
    size = parameters.spacing[0] * 1e6
    figure, axes = plt.subplots(2, 3, figsize=(13.0, 7.2), constrained_layout=True)
    extent = (0.0, state.filling.shape[0] * size, 0.0, state.filling.shape[1] * size)
    potential = np.asarray(state.potential - state.electrode_potential).T * 1e3
    image = axes[0, 0].imshow(potential, origin="lower", extent=extent, cmap="viridis")
    axes[0, 0].contour(np.asarray(state.damage).T, [0.5], extent=extent, colors="w", linewidths=0.8)
    figure.colorbar(image, ax=axes[0, 0], label="potential against the metal [mV]")
    axes[0, 0].set(xlabel="x [um]", ylabel="y [um]", title="ionic potential, crack (d > 0.5)")
    x = (np.arange(state.filling.shape[0]) + 0.5) * size
    for index, kept in enumerate(profiles):
        colour = plt.cm.plasma(0.85 * index / max(len(profiles) - 1, 1))
        label = f"{kept['time']:.2f} s"
        axes[0, 1].plot(x, kept["opening"], color=colour, label=label)
        filled = kept["opening"] > 0.0
        axes[0, 2].plot(x[filled], kept["pressure"][filled], color=colour, label=label)
        axes[0, 2].plot(x[filled], kept["potential"][filled], ":", color=colour)
        axes[1, 0].plot(x, kept["damage"], color=colour)
    axes[0, 1].set(xlabel="x [um]", ylabel="metal thickness [nm]", title="filling")
    axes[0, 1].legend(fontsize=8)
    axes[0, 2].set(xlabel="x [um]", ylabel="MPa", title="pressure; dotted: F phi/V_M")
    axes[1, 0].set(xlabel="x [um]", ylabel="d", title="damage along the row of the flaw")
    axes[1, 1].plot(rows[:, 0], rows[:, 1] * 1e6, "-o", ms=2)
    axes[1, 1].set(xlabel="t [s]", ylabel="crack length [um]")
    other = axes[1, 1].twinx()
    other.plot(rows[:, 0], rows[:, 2], color="tab:red")
    other.set_ylabel("current into the crack [A/m]", color="tab:red")
    axes[1, 2].plot(rows[:, 1] * 1e6, rows[:, 3] * 1e6, "-o", ms=2, label="simulated")
    axes[1, 2].plot(
        rows[:, 1] * 1e6, law(rows[:, 1], rows[:, 2]) * 1e6, "k--", label="growth by mass, uniform p"
    )
    axes[1, 2].set(xlabel="crack length [um]", ylabel="velocity [um/s]")
    axes[1, 2].legend(fontsize=8)
    figure.savefig(path, dpi=130)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--current", type=float, default=100.0, help="A/m²")
    parser.add_argument("--flaw", type=float, default=20.0, help="um")
    parser.add_argument("--cell", type=float, default=1.0, help="um")
    parser.add_argument("--cells", type=int, nargs=2, default=(80, 121))
    parser.add_argument("--growth", type=float, default=12.0, help="um")
    parser.add_argument("--end", type=float, default=30.0, help="s")
    parser.add_argument("--largest-step", type=float, default=0.3, help="s")
    parser.add_argument("--confined", action="store_true", help="sides held instead of free")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results"))
    arguments = parser.parse_args()
    parameters, state, rows, profiles = run(arguments)
    ratio = rows[:, 3] / law(rows[:, 1], rows[:, 2])
    grown = rows[:, 1] > (arguments.flaw + 0.3 * arguments.growth) * 1e-6
    if grown.any():
        print(f"velocity over the law of growth by mass: {ratio[grown].mean():.2f} (of {grown.sum()} steps)")
    arguments.out.mkdir(parents=True, exist_ok=True)
    draw(parameters, state, rows, profiles, arguments.out / "filling_edge_crack.png")


if __name__ == "__main__":
    main()
