"""Preconditioned conjugate gradients in a `lax.while_loop` that traces operator and preconditioner once."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array, lax


class _State(NamedTuple):
    solution: Array
    residual: Array
    direction: Array
    old_rho: Array
    iteration: Array
    squared: Array


def conjugate_gradients(
    operator: Callable[[Array], Array],
    preconditioner: Callable[[Array], Array],
    right_hand_side: Array,
    guess: Array,
    *,
    threshold: Array,
    maximum_iterations: int | Array,
) -> tuple[Array, Array]:
    """Solve A x = b for a symmetric positive (semi-)definite A.

    Args:
        operator: x ↦ A x.
        preconditioner: r ↦ M r, symmetric positive definite.
        right_hand_side: b, any shape.
        guess: first x, shape of b.
        threshold: stop when ‖b − A x‖₂² ≤ threshold [unit of b, squared].
        maximum_iterations: stop there at the latest [dimensionless].
    Returns:
        (x, iterations).
    """

    def going_on(state: _State) -> Array:
        return (state.squared > threshold) & (state.iteration < maximum_iterations)

    def body(state: _State) -> _State:
        correction = preconditioner(state.residual)
        rho = jnp.vdot(state.residual, correction)
        direction = correction + rho / state.old_rho * state.direction
        image = operator(direction)
        energy = jnp.vdot(direction, image)
        length = jnp.where(energy > 0.0, rho / energy, 0.0)
        residual = state.residual - length * image
        return _State(
            state.solution + length * direction,
            residual,
            direction,
            rho,
            state.iteration + 1,
            jnp.vdot(residual, residual),
        )

    residual = right_hand_side - operator(guess)
    endless = jnp.full((), jnp.inf, right_hand_side.dtype)  # makes the first direction the first correction
    start = _State(
        guess,
        residual,
        jnp.zeros_like(guess),
        endless,
        jnp.zeros((), jnp.int32),
        jnp.vdot(residual, residual),
    )
    final = lax.while_loop(going_on, body, start)
    return final.solution, final.iteration
