"""Single-edge-notch tension to failure beside akantu, a published open code: same steel, notch, cells, loads, tolerance.

Usage, from the root of the repository, one thread each:
    XLA_FLAGS=--xla_cpu_multi_thread_eigen=false OMP_NUM_THREADS=1 python -m benchmarks.fracture_peer
        --peer-python PEER/bin/python [--store DIRECTORY] [--only NAME ...]
PEER is an environment of its own: python -m venv PEER; PEER/bin/pip install akantu numpy. All runs take about an hour
and a half of a core. Finished runs are kept in the store and not repeated; the report is of all that are there and goes to
benchmarks/results/fracture_peer.md, with the curves beside it.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import jax
import numpy as np

from benchmarks.fracture_notch import PLAIN
from benchmarks.fracture_peer_runs import ENDING, PASSES, Run, check_peer, measure, runs
from dendrion.errors import InputError
from tests.fracture_problems import reference_curve

RESULTS = Path(__file__).resolve().parent / "results"
NAMES = {"plain": "ours, plain passes", "accelerated": "ours, accelerated", "akantu": "akantu"}


def peak(steps: list[dict]) -> int:
    """Index of the largest force among the loads that converged."""
    return int(np.argmax([step["force"] if step["converged"] else 0.0 for step in steps]))


def curve_row(run: Run, steps: list[dict]) -> str:
    """What the specimen did."""
    top, last = peak(steps), steps[-1]
    failed = last["force"] < ENDING * steps[top]["force"] and last["converged"]
    ending = f"{1e3 * last['load']:.2f} | {last['surface']:.4f}" if failed else "not reached | –"
    return (
        f"| {NAMES[run.code]} | {run.ratio:.2f} | {steps[0]['force'] / steps[0]['load']:.2f} |"
        f" {steps[top]['force']:.4f} | {1e3 * steps[top]['load']:.2f} | {ending} | {last['aside'] * run.cells:.1f} |"
    )


def cost_row(run: Run, steps: list[dict], elements: int) -> str:
    """What it cost: loads up to the peak, and those after it."""
    top = peak(steps) + 1
    before, after = steps[:top], steps[top:]

    def total(part: list[dict], key: str) -> float:
        return sum(step[key] for step in part)

    spent, passes = total(steps, "processor"), total(steps, "passes")
    return (
        f"| {NAMES[run.code]} | {run.ratio:.2f} | {elements} | {top} | {total(before, 'passes') / top:.1f} |"
        f" {total(before, 'processor') / top:.2f} | {total(after, 'passes')} | {passes} | {spent / passes:.3f} | {spent:.0f} |"
    )


def pass_row(cells: int, found: dict[str, list[dict]]) -> str | None:
    """CPU time of a pass of plain passes on the same uniform mesh, load 0 to 4 um."""
    pair = [found.get(f"{code}-{cells}-pass") for code in ("akantu", "plain")]
    if None in pair:
        return None
    theirs, ours = (steps[1]["processor"] / steps[1]["passes"] for steps in pair)
    return f"| {cells}² | {theirs:.2f} | {ours:.3f} | {theirs / ours:.0f} | {pair[0][1]['passes']} | {pair[1][1]['passes']} |"


def peak_row(run: Run, steps: list[dict]) -> str:
    """A peak of akantu's with one thing changed."""
    top = peak(steps)
    what = "slit" if run.notch == "slit" else "row of cells"
    toughness = "as it is" if run.divisor == 1.0 else f"over {run.divisor:.3f}"
    force, load = steps[top]["force"], 1e3 * steps[top]["load"]
    return f"| {run.ratio:.2f} | {what} | {toughness} | {force:.4f} | {load:.2f} |"


HEAD = """# Single-edge-notch tension to failure beside akantu

`python -m benchmarks.fracture_peer --peer-python PEER/bin/python`; akantu {version} (Richart et al., EPFL; LGPL, from the
package index), jax {jax}, one thread each, CPU times of a loaded machine: compare them within this page.

Both: steel of Miehe et al. 2010, l = 15 um, AT2, no split (akantu's defaults: law `exponential`, material
`phasefield`), plane strain, bilinear quadrilaterals, bottom clamped, top free sideways, notch an undamaged void row of
cells, h as in the table, displacement steps of 0.05 um near the peak, passes of displacement and damage until damage
changes by less than {tolerance:g}. Ours: damage in the middle of cells, a uniform mesh, conjugate gradients with multigrid. akantu:
damage at nodes, MUMPS, and, as a pass on the uniform mesh costs too much for a thousand of them, a mesh that is
uniform about the crack's way and graded elsewhere, with {share:.0%} of the elements. It keeps its history from pass to
pass, ours from load to load: this is the same while passes only add damage, and keeps what a running crack has passed.
"""


def report(listed: list[Run], found: dict[str, list[dict]], version: str) -> str:
    """The page of results."""
    whole = [run for run in listed if run.passes == PASSES and len(run.loads) > 2]
    graded = [run for run in whole if run.code == "akantu"]
    share = max(found[run.name][0]["elements"] / run.cells**2 for run in graded)
    page = [
        HEAD.format(version=version, jax=jax.__version__, tolerance=PLAIN.tolerance, share=share),
        "## Curves\n",
        "| code | l/h | K [kN/mm] | peak [kN] | at [um] | broken through at [um] | crack surface then [mm] |"
        " broken, farthest from the notch's line [h] |",
        "|---|---|---|---|---|---|---|---|",
        *(curve_row(run, found[run.name]) for run in whole),
        "\n![Force against displacement](fracture_peer.png)\n",
        "## Cost\n",
        "| code | l/h | elements | loads to the peak | passes a load to the peak | CPU s a load to the peak |"
        " passes after it | passes in all | CPU s a pass | CPU s to failure |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(cost_row(run, found[run.name], found[run.name][0].get("elements", run.cells**2)) for run in whole),
        "\nOne pass on the same uniform mesh, load 0 to 4 um:\n",
        "| cells | akantu [CPU s] | ours [CPU s] | akantu over ours | passes akantu | passes ours |",
        "|---|---|---|---|---|---|",
        *filter(None, (pass_row(cells, found) for cells in (192, 333))),
        "\n## Why the peaks differ: akantu with one thing changed\n",
        "| l/h | notch | G_c | peak [kN] | at [um] |",
        "|---|---|---|---|---|",
        *(peak_row(run, found[run.name]) for run in listed if run.code == "akantu" and len(run.loads) > 2),
    ]
    return "\n".join(page) + "\n"


def draw(listed: list[Run], found: dict[str, list[dict]]) -> None:
    """Force against displacement of both codes."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(6.4, 4.2), constrained_layout=True)
    published = reference_curve("miehe2010_tension")
    if published is not None:
        axis.plot(
            1e3 * published[0],
            published[1],
            ".",
            color="0.6",
            markersize=3,
            label="Miehe et al. 2010 (slit, spectral)",
        )
    shown = {"plain": ("ours", "#0072B2"), "akantu": ("akantu", "#D55E00")}
    for run in listed:
        if run.code in shown and run.passes == PASSES and len(run.loads) > 2:
            label, colour = shown[run.code]
            steps = found[run.name]
            axis.plot(
                [0.0, *(1e3 * step["load"] for step in steps)],
                [0.0, *(step["force"] for step in steps)],
                "--" if run.cells == 192 else "-",
                color=colour,
                label=f"{label}, l/h {run.ratio:.1f}",
            )
    axis.set_xlabel("displacement [µm]")
    axis.set_ylabel("force [kN]")
    axis.legend(fontsize=8, frameon=False)
    figure.savefig(RESULTS / "fracture_peer.png", dpi=110)


def main() -> None:
    """Runs what is not in the store, and writes the report of what is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer-python", help="a python that has akantu")
    parser.add_argument("--store", type=Path, help="directory of finished runs; a new one if absent")
    parser.add_argument("--only", nargs="*", help="names of runs; none for the report alone")
    arguments = parser.parse_args()
    try:
        version = check_peer(arguments.peer_python)
    except InputError as error:
        parser.exit(error.exit_code, f"{error}\n")
    store = arguments.store or Path(tempfile.mkdtemp(prefix="fracture_peer_"))
    store.mkdir(parents=True, exist_ok=True)
    found = {}
    for run in runs():
        if arguments.only is None or run.name in arguments.only or (store / f"{run.name}.json").is_file():
            found[run.name] = measure(run, arguments.peer_python, store)
            print(run.name, len(found[run.name]), max(step["force"] for step in found[run.name]), flush=True)
    if any(
        run.code == "akantu" and run.graded and run.passes == PASSES for run in runs() if run.name in found
    ):
        listed = [run for run in runs() if run.name in found]
        draw(listed, found)
        (RESULTS / "fracture_peer.md").write_text(report(listed, found, version), encoding="utf-8")


if __name__ == "__main__":
    main()
