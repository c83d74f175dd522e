"""Speed of the time step: one explicit update against a copy, the whole step against FiPy, cost a cell, compilation.

    python benchmarks/step_speed.py

Needs ``pip install "fipy>=4"`` (extra ``benchmark``); five minutes on 2 quiet cores, seven on busy ones; writes results/step_speed.md.
Every ratio compares minima of repeats that alternate, so that other work on the machine hits both sides alike.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

os.environ["FIPY_SOLVERS"] = "scipy"

import jax
import jax.numpy as jnp
import numpy as np
from fipy_step import FipyStep
from jax import Array

from dendrion.case import load_case
from dendrion.field import hong2018_functions as hong
from dendrion.field import two_potential
from dendrion.field.build import initial_state, make_grid, make_parameters, number
from dendrion.field.charge import Control
from dendrion.field.front import regularisation
from dendrion.numerics.operators import divergence, face_gradient

CURRENT = 40.0
"""Mean plating current density of the measured steps [A/m^2], that of the default case."""

LOOP = 10
"""Updates in one timed call, the way a step runs its substeps [dimensionless]."""

FIRST_TIME_STEP = 0.5
"""Bound on the first time step from uniform salt [s]."""


def fingers(cells: int, dimensions: int) -> tuple[Any, two_potential.State]:
    """Parameters of the default case on ``cells`` an axis, and a state with fingers that cross a third of the gap."""
    case = load_case("polymer_filament", set=[f"domain.cells={[cells] * 2}"])
    if dimensions == 3:
        size = "[60 um, 60 um, 60 um]"
        case = load_case("polymer_filament", set=[f"domain.cells={[cells] * 3}", f"domain.size={size}"])
    grid = make_grid(case)
    parameters = make_parameters(case, grid)
    x, *lateral = np.meshgrid(*[grid.centres(k) * 1e6 for k in range(dimensions)], indexing="ij")
    height = np.full(grid.shape, 5.0)
    rises = [(10.0, 12.0), (28.0, 20.0), (50.0, 16.0)]
    places = [(c, 60.0 - c) for c, _ in rises]
    for (_, rise), place in zip(rises, places, strict=True):
        squares = sum((y - c) ** 2 for y, c in zip(lateral, place, strict=False))
        height += rise * np.exp(-squares / 5.0**2)
    slopes = np.gradient(height, 60.0 / cells)
    steepness = np.sqrt(1.0 + sum(slope**2 for slope in slopes))
    width = float(parameters.numerics.interface_width) * 1e6
    xi = jnp.asarray(0.5 * (1.0 - np.tanh((x - height) / (steepness * width))))
    state = initial_state(case, parameters)._replace(
        order_parameter=xi, response=(xi > 0.5).astype(float), time_step=number(FIRST_TIME_STEP)
    )
    return parameters, state


def advance(parameters: Any, state: two_potential.State) -> tuple[two_potential.State, Any]:
    """One step under the current of the benchmark, waited for."""
    control = Control(jnp.asarray(True), number(CURRENT))
    active = jnp.ones(parameters.structure.shape, bool)
    return jax.block_until_ready(two_potential.step(parameters, state, control, number(1e9), active))


def fastest(candidates: dict[str, Callable[[], Any]], repeats: int) -> dict[str, float]:
    """Shortest wall time of each candidate [s]; they alternate, after one call each that is not counted."""
    for call in candidates.values():
        jax.block_until_ready(call())
    best = dict.fromkeys(candidates, np.inf)
    for _ in range(repeats):
        for name, call in candidates.items():
            started = time.perf_counter()
            jax.block_until_ready(call())
            best[name] = min(best[name], time.perf_counter() - started)
    return best


def looped(update: Callable[..., Array]) -> Callable[..., Array]:
    """The update repeated ``LOOP`` times inside one compiled call; only its first argument changes.

    The count is traced and a barrier ties the other arguments to each pass: otherwise the compiler merges passes
    and takes what does not change out of the loop, and neither a copy nor an update would move its words.
    """

    @jax.jit
    def run(count: int, field: Array, *others: Array) -> Array:
        def body(_: int, current: Array) -> Array:
            return update(*jax.lax.optimization_barrier((current, *others)))

        return jax.lax.fori_loop(0, count, body, field)

    return partial(run, LOOP)


def front_update(xi: Array, growth: Array, width: float, cell: float) -> Array:
    """Growth and regularisation of the velocity-exact front, one explicit step; reads 2 words, writes 1."""
    return xi + growth + 0.1 * cell**2 * regularisation(xi, width, (cell, cell), (False, False))


def diffusion_update(xi: Array, growth: Array, cell: float) -> Array:
    """Growth and plain diffusion with the same operators; reads 2 words, writes 1."""
    slopes = tuple(face_gradient(xi, axis, cell, False) for axis in range(2))
    return xi + growth + 0.1 * cell**2 * divergence(slopes, (cell, cell), (False, False))


def classical_update(xi: Array, salt: Array, potential: Array, cell: float) -> Array:
    """Allen–Cahn/Butler–Volmer, explicit, with the published functions; reads 3 words, writes 1."""
    p = hong.AHMAD2020
    slopes = tuple(face_gradient(xi, axis, cell, False) for axis in range(2))
    laplacian = divergence(slopes, (cell, cell), (False, False))
    relaxation = p.gradient_energy * laplacian - p.barrier_height * hong.well_slope(xi)
    forward = jnp.exp(19.5 * potential)
    backward = salt / p.salt_fraction * jnp.exp(-19.5 * potential)
    reaction = p.reaction_constant * hong.interpolation_slope(xi) * (forward - backward)
    return xi + 1e-3 * (p.interface_mobility * relaxation - reaction)


def copies(field: Array) -> dict[str, Callable[[], Any]]:
    """Ways to move one array into another that exists: reads 1 word, writes 1."""
    source, target = np.array(field), np.empty_like(field)
    # The donated target is where the compiled copy writes: no memory is asked for in the timed call.
    compiled = jax.jit(lambda old, into, scale: old * scale, donate_argnums=1, keep_unused=True)
    one, kept = number(1.0), [jnp.zeros_like(field)]

    def into_kept() -> Array:
        for _ in range(LOOP):
            kept[0] = compiled(field, kept[0], one)
        return kept[0]

    def with_numpy() -> None:
        for _ in range(LOOP):
            np.copyto(target, source)

    return {"compiled copy": into_kept, "numpy copy": with_numpy}


def update_times(cells: int, repeats: int) -> dict[str, float]:
    """Wall time a cell of one update and of the fastest copy [ns]."""
    parameters, state = fingers(cells, 2)
    xi, zero = state.order_parameter, jnp.zeros((cells, cells))
    width, cell = (float(parameters.numerics.interface_width), float(parameters.spacing[0]))
    front = looped(partial(front_update, width=width, cell=cell))
    diffusion = looped(partial(diffusion_update, cell=cell))
    classical = looped(partial(classical_update, cell=1e-6))
    salt = zero + hong.AHMAD2020.salt_fraction
    best = fastest(
        {
            "front": lambda: front(xi, zero),
            "classical": lambda: classical(xi, salt, zero),
            "diffusion": lambda: diffusion(xi, zero),
            **copies(xi),
        },
        repeats,
    )
    times = {name: 1e9 * value / cells**2 / LOOP for name, value in best.items()}
    times["copy"] = min(times["compiled copy"], times["numpy copy"])
    return times


def update_table() -> list[str]:
    """Rows of the explicit updates: ns a cell, and times a copy of the words they move."""
    words = {"front": 3, "classical": 4, "diffusion": 3}
    large = fastest(copies(jnp.ones((4096, 4096))), 3)
    memory = 1e9 * min(large.values()) / LOOP / 4096**2 / 2
    lines = [
        f"A copy of arrays of 128 MiB moves a word of 8 bytes in {memory:.2f} ns ({8 / memory:.1f} GB/s).",
        "",
        "| cells | update | words a cell | ns a cell | copy of the same words, same size [ns] | ratio | "
        "ratio to a copy out of cache |",
        "|---|---|---|---|---|---|---|",
    ]
    for cells, repeats in ((256, 20), (512, 8), (1024, 4)):
        times = update_times(cells, repeats)
        for name, count in words.items():
            copy = count * times["copy"] / 2
            lines.append(
                f"| {cells}² | {name} | {count} | {times[name]:.2f} | {copy:.2f} | {times[name] / copy:.1f} | "
                f"{times[name] / (count * memory):.1f} |"
            )
    return [*lines, "", "Where a ratio is above 8 the bar is missed."]


def fipy_table(steps: int = 3) -> list[str]:
    """The whole step at 256² against FiPy, both from the same state."""
    parameters, state = fingers(256, 2)
    for _ in range(6):
        state, _ = advance(parameters, state)
    rival = FipyStep(parameters, state, CURRENT)
    ours, theirs, newton, linear = [], [], [], []
    agreement = ""
    for k in range(steps):
        before = state
        for _ in range(4):
            started, used = time.perf_counter(), time.process_time()
            state, report = advance(parameters, before)
            ours.append((time.perf_counter() - started, time.process_time() - used))
        started, used = time.perf_counter(), time.process_time()
        iterations = rival.advance(float(report.time_step))
        theirs.append((time.perf_counter() - started, time.process_time() - used))
        newton.append((int(report.newton_iterations), iterations))
        linear.append(int(report.linear_iterations))
        if k == 0:
            agreement = rival.differences(state)
    fast, slow = np.min(ours, axis=0), np.mean(theirs, axis=0)
    best = np.min(theirs, axis=0)
    return [
        "| | wall time a step [s] | processor time a step [s] | Newton iterations |",
        "|---|---|---|---|",
        f"| dendrion, best of {len(ours)} | {fast[0]:.3f} | {fast[1]:.3f} | {[n for n, _ in newton]} "
        f"({linear} CG) |",
        f"| FiPy, mean of {steps} | {slow[0]:.2f} | {slow[1]:.2f} | {[n for _, n in newton]} |",
        f"| FiPy, best of {steps} | {best[0]:.2f} | {best[1]:.2f} | |",
        "",
        f"Ratio of the best wall times: {best[0] / fast[0]:.0f}, but FiPy had fewer tries to meet a quiet moment. "
        f"FiPy's processor time over dendrion's wall time, which leaves out FiPy's waiting for a core: "
        f"{best[1] / fast[0]:.0f}. Processor time over processor time (dendrion uses both cores, FiPy one): "
        f"{best[1] / fast[1]:.0f}.",
        f"FiPy's solver: {rival.solver_name}; {rival.solver_times}.",
        f"After the first step the two differ by {agreement}.",
    ]


def cost_table() -> list[str]:
    """Wall time a cell of whole steps over the grid."""
    lines = [
        "| cells | s a step | µs a cell a step | substeps of the front | Newton iterations | CG iterations |",
        "|---|---|---|---|---|---|",
    ]
    plan = [(n, 2, 5) for n in (128, 256, 512)] + [(1024, 2, 3), (32, 3, 5), (64, 3, 4), (128, 3, 2)]
    for cells, dimensions, steps in plan:
        parameters, state = fingers(cells, dimensions)
        state, _ = advance(parameters, state)
        times, newton, linear = [], [], []
        for _ in range(steps):
            started = time.perf_counter()
            state, report = advance(parameters, state)
            times.append(time.perf_counter() - started)
            newton.append(int(report.newton_iterations))
            linear.append(int(report.linear_iterations))
        lines.append(
            f"| {cells}{'²³'[dimensions - 2]} | {min(times):.3f} | {1e6 * min(times) / cells**dimensions:.2f} | "
            f"{parameters.structure.substeps} | {np.mean(newton):.1f} | {np.mean(linear):.1f} |"
        )
        print(lines[-1], flush=True)
    return lines


def first_step() -> None:
    """Prints the time of the first step at 256² less that of the next [s]; run in a process of its own."""
    parameters, state = fingers(256, 2)
    jax.block_until_ready(state)
    started = time.perf_counter()
    state, _ = advance(parameters, state)
    between = time.perf_counter()
    advance(parameters, state)
    print("compile", (between - started) - (time.perf_counter() - between))


def compile_table() -> list[str]:
    """Compile time of the step at 256², with an empty cache on disk and with what that run left there."""
    lines = ["| cache on disk | compile time of the step [s] |", "|---|---|"]
    with tempfile.TemporaryDirectory() as cache:
        for name in ("empty", "filled by the run before"):
            environment = {**os.environ, "JAX_COMPILATION_CACHE_DIR": cache}
            command = [sys.executable, __file__, "first_step"]
            done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
            found = [line for line in done.stdout.splitlines() if line.startswith("compile ")]
            lines.append(f"| {name} | {float(found[-1].split()[1]):.1f} |")
    return lines


HEADER = """# Speed of the time step

`python benchmarks/step_speed.py`; 2 cores shared with other work, no GPU, float64. Minima of repeats that
alternate; the ratios carry over to other machines better than the times do. The measured state is the default
case's polymer at 4 mA/cm² with three fingers that cross a third of the gap, interface width two cells.
"""

UPDATE = """
## One explicit update against a copy

Counted are the fields that an update must read and write once: order parameter and growth read, order parameter
written (3 words) for *front* and *diffusion*; order parameter, salt and potential read, order parameter written
(4 words) for *classical*. Temporary arrays are not counted: they are what the ratio shows. *front* is growth plus one
regularisation substep of the two-potential model; *classical* is explicit Allen–Cahn/Butler–Volmer with the
published functions; *diffusion* is a five-point Laplacian with the package's operators. The copy is the faster
of NumPy's (one core) and a compiled one (both cores), each into an existing array. The bar is a ratio of 8.
"""

FIPY = """
## The whole step against FiPy, 256²

Same equations, grid, interface, time step and tolerance of the charge balance (1e-6): Newton's method for the
potential with two linear solves an iteration, salt predicted and corrected implicitly, growth and
regularisation explicit. FiPy 4.0 runs on one core with SciPy's solvers (PETSc and Trilinos were not installed), the
fastest of those tried below. It is given the time step and the
material properties. The bar is a ratio of 100.
"""


def main() -> None:
    """Runs all four parts and writes the table."""
    started = time.perf_counter()
    parts: list[tuple[str, Callable[[], list[str]]]] = [
        (UPDATE, update_table),
        (FIPY, fipy_table),
        ("\n## Cost a cell a step\n", cost_table),
        ("\n## Compilation at 256²\n", compile_table),
    ]
    lines = [HEADER.strip()]
    for header, part in parts:
        lines += [header.rstrip() if header.count("\n") > 2 else header.rstrip("\n"), "", *part()]
        print("\n".join(lines[-12:]), f"({time.perf_counter() - started:.0f} s)", flush=True)
    target = Path(__file__).parent / "results" / "step_speed.md"
    target.parent.mkdir(exist_ok=True)
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    first_step() if sys.argv[1:] == ["first_step"] else main()
