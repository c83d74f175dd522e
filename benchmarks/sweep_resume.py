"""A sweep of 200 small simulations: whole, in one process, and killed half-way and resumed; the same dataset thrice.

Usage: ``python benchmarks/sweep_resume.py [CASES] [WORKERS]``; writes ``benchmarks/results/sweep_resume.md``.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xarray as xr

from dendrion.study.sweep import SweepFolder

CASE = """\
title: A small bump on lithium in PEO-LiTFSI
cell: {metal: Li, electrolyte: PEO-LiTFSI}
domain: {size: [24 um, 24 um], cells: [16, 16]}
initial: {metal_thickness: 3 um, surface: {kind: bump, height: 3 um, radius: 4 um}}
conditions: {temperature: 90 degC}
protocol: ["plate at 1 mA/cm^2 for 5 min"]
output: {frames: 0}
"""


def command(folder: Path, name: str, count: int, workers: int) -> list[str]:
    """A sweep of the case over temperature and current."""
    side = count // 10
    return [
        sys.executable, "-m", "dendrion", "sweep", str(folder / "case.yaml"), "--no-pictures", "--json",
        "--over", "conditions.temperature=70 degC:90 degC:10",
        "--over", f"protocol[0]=plate at {{0.5:1.5:{side}}} mA/cm^2 for 5 min",
        "--workers", str(workers), "--out", str(folder / name),
    ]  # fmt: skip


def timed(words: list[str]) -> float:
    """Runs a command to its end; its time [s]."""
    start = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Measures and writes the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    folder = Path(tempfile.mkdtemp(prefix="sweep-resume-"))
    (folder / "case.yaml").write_text(CASE)
    cold = timed(command(folder, "warm", 20, workers))
    whole = timed(command(folder, "whole", count, workers))
    alone = timed(command(folder, "alone", count, 0))
    words = command(folder, "parts", count, workers)
    killed = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    while len(list((folder / "parts" / "cases").glob("*.json"))) < count // 2:
        time.sleep(0.02)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    stored = len(list((folder / "parts" / "cases").glob("*.json")))
    resumed = timed([*words, "--resume"])
    datasets = {name: SweepFolder(folder / name).dataset for name in ("whole", "alone", "parts")}
    for name in ("alone", "parts"):
        xr.testing.assert_identical(datasets["whole"], datasets[name])
    done = int(
        (datasets["whole"].status == "completed").sum() + (datasets["whole"].status == "shorted").sum()
    )
    seconds = sorted(result["seconds"] for result in SweepFolder(folder / "alone").read_results().values())
    rows = [
        ("first sweep of 20 cases (compiles where the cache is empty)", f"{cold:.1f} s"),
        (f"{count} cases, {workers} processes", f"{whole:.1f} s"),
        (f"{count} cases, this process alone", f"{alone:.1f} s"),
        ("median time of one case, alone", f"{seconds[len(seconds) // 2]:.3f} s"),
        (f"killed after {stored} cases, resumed with {workers} processes", f"{resumed:.1f} s for the rest"),
        ("cases with a result", f"{done} of {count}"),
        ("the three datasets", "identical, bit for bit"),
    ]
    table = "\n".join(f"| {what} | {number} |" for what, number in rows)
    text = (
        "# A sweep of small simulations\n\nWritten by `benchmarks/sweep_resume.py`: 16 × 16 cells, 5 min of plating; "
        f"starting Python included. {os.cpu_count()} cores.\n\n| what | result |\n|---|---|\n{table}\n"
    )
    (Path(__file__).parent / "results" / "sweep_resume.md").write_text(text)
    print(text)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
