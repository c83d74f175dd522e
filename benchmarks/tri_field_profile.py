"""Where a pass of the tri-field engine spends its time, part by part.

    python benchmarks/tri_field_profile.py [steps]       prints a table for results/tri_field_step.md

The default case after ``steps`` steps (40, its crack then runs): every part of one pass is compiled by itself and timed
on the state that is there, and so is the whole pass. Compiled together parts may share work, so that the sum need not be
the whole.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from dendrion.case import load_case
from dendrion.field.charge import Control
from dendrion.field.crack_band import principal_direction, smoothed
from dendrion.field.crack_mechanics import prepare
from dendrion.field.damage import solve_damage
from dendrion.field.filling_step import filling_step
from dendrion.field.filling_system import FillingParameters, FillingState, _system, coefficients, solve_pass
from dendrion.field.properties import number
from dendrion.field.simulation import Simulation
from dendrion.field.tri_field import CrackModel
from dendrion.numerics.elasticity import cell_strain

REPEATS = 15
"""Calls of which the median is taken."""


def median_time(function: Callable[..., Any], *arguments: Any) -> float:
    """Median CPU time of a call [s], after one that compiles."""
    jax.block_until_ready(function(*arguments))
    found = []
    for _ in range(REPEATS):
        began = time.process_time()
        jax.block_until_ready(function(*arguments))
        found.append(time.process_time() - began)
    return statistics.median(found)


def parts(
    f: FillingParameters, start: FillingState, control: Control, step: Any
) -> dict[str, tuple[float, int]]:
    """CPU time of a call [s] and calls a pass of every part."""
    build = eqx.filter_jit(coefficients)
    k = build(f, start, start, control, step)
    u, psi = start.displacement, start.potential
    solution = eqx.filter_jit(solve_pass)(f, start, start, k, control, step)
    iterations = int(solution.info.iterations)

    def of_system(name: str) -> Callable[[Any, Any], Any]:
        return eqx.filter_jit(lambda k, x: getattr(_system(f, k), name)(x))

    strain = cell_strain(u, f.spacing, f.periodic)
    direction = eqx.filter_jit(lambda e: principal_direction(smoothed(e, f.smoothing, f.periodic)))
    return {
        "coefficients and both hierarchies": (median_time(build, f, start, start, control, step), 1),
        "stiffness times displacement": (median_time(of_system("upper"), k, u), iterations),
        "coupling, both ways": (
            median_time(of_system("coupling"), k, psi) + median_time(of_system("coupling_transposed"), k, u),
            iterations,
        ),
        "conduction times potential": (median_time(of_system("lower"), k, psi), iterations),
        "elastic multigrid cycle": (median_time(of_system("precondition_upper"), k, u), iterations),
        "potential multigrid cycle": (median_time(of_system("precondition_lower"), k, psi), iterations),
        "damage": (median_time(solve_damage, f.damage, start.drive, start.damage), 1),
        "crack normals": (median_time(direction, strain), 1),
    }


def main(steps: int) -> None:
    """Advances the default case, times the parts and prints the table."""
    simulation = Simulation(load_case("default"))
    for _ in range(steps):
        row = simulation.advance()
    model, state = simulation.model, simulation.state
    if not isinstance(model, CrackModel):
        raise TypeError(type(model))
    active = jnp.ones(model.grid.shape, bool)
    control, step = (
        Control(jnp.asarray(True), number(row["current_density_A_per_m2"])),
        number(row["time_step_s"]),
    )
    metal = model._connected(state.electro)
    influence, around = model._influence(state.solid), state.solid.filling.displacement
    _, _, f = prepare(
        model.parameters, model.solid, state.electro, state.solid, around, influence, active, metal, step
    )
    one = eqx.tree_at(lambda q: q.numerics.most_passes, f, jnp.asarray(1))
    whole = median_time(filling_step, one, state.solid.filling, control, step)
    found = parts(f, state.solid.filling, control, step)
    print(f"one pass: {1e3 * whole:.1f} ms")
    print("| part | a call [ms] | calls a pass | share of the pass |\n|---|---|---|---|")
    for name, (seconds, calls) in found.items():
        print(f"| {name} | {1e3 * seconds:.2f} | {calls} | {seconds * calls / whole:.2f} |")
    print(f"| sum | | | {sum(seconds * calls for seconds, calls in found.values()) / whole:.2f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
