"""Solver for two fields that are coupled in a symmetric quasi-definite way:

    [ A   G ] [x]   [f]
    [ Gᵀ −C ] [y] = [g] ,      A and C symmetric positive definite (A: stiffness, C: conductance times time, say).

Preconditioned MINRES (Paige and Saunders 1975, DOI 10.1137/0712047) with a block-diagonal preconditioner, one
symmetric approximation of A⁻¹ and one of C⁻¹. With exact blocks the preconditioned eigenvalues lie in
±[1, √(1 + s²)], s the largest singular value of A^(−1/2) G C^(−1/2): the count of iterations knows nothing of the
grid, and a strong coupling costs little, where alternating between the two fields diverges (or crawls) once s ≥ 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array, lax

Pair = tuple[Array, Array]

ROUND_OFF = 1e-10
"""Share of the norm of b below which a reference is no longer believed [dimensionless]."""

TINY = 1e-300
"""Floor of a divisor that may be zero when the right-hand side is [unit of the divisor]."""


class SaddleInfo(NamedTuple):
    """How a solve went.

    Attributes:
        iterations: of MINRES, each one product with the matrix and one with each preconditioner [dimensionless].
        residual: true √(rᵀ P⁻¹ r) of r = b − M z over the reference, computed anew [dimensionless].
        converged: the residual met the tolerance (within a factor of 1.5).
    """

    iterations: Array
    residual: Array
    converged: Array


class SaddleSystem(NamedTuple):
    """The blocks as functions: A x, G y, Gᵀ x, C y, and symmetric positive definite approximations of A⁻¹ f, C⁻¹ g."""

    upper: Callable[[Array], Array]
    coupling: Callable[[Array], Array]
    coupling_transposed: Callable[[Array], Array]
    lower: Callable[[Array], Array]
    precondition_upper: Callable[[Array], Array]
    precondition_lower: Callable[[Array], Array]

    def apply(self, pair: Pair) -> Pair:
        """The product of the whole matrix with (x, y)."""
        x, y = pair
        return self.upper(x) + self.coupling(y), self.coupling_transposed(x) - self.lower(y)

    def precondition(self, pair: Pair) -> Pair:
        """The block-diagonal preconditioner."""
        return self.precondition_upper(pair[0]), self.precondition_lower(pair[1])


class _State(NamedTuple):
    solution: Pair
    old_basis: Pair
    basis: Pair
    image: Pair  # of the preconditioner, not yet divided by its norm
    old_direction: Pair
    direction: Pair
    old_norm: Array
    norm: Array
    old_cosine: Array
    cosine: Array
    old_sine: Array
    sine: Array
    remainder: Array  # ± norm of the residual
    iteration: Array


def dot(first: Pair, second: Pair) -> Array:
    """Sum of the scalar products of the two blocks."""
    return jnp.vdot(first[0], second[0]) + jnp.vdot(first[1], second[1])


def combine(*terms: tuple[Array, Pair]) -> Pair:
    """Sum of pairs times their factors."""
    first = sum((factor * pair[0] for factor, pair in terms[1:]), terms[0][0] * terms[0][1][0])
    second = sum((factor * pair[1] for factor, pair in terms[1:]), terms[0][0] * terms[0][1][1])
    return first, second


def _iterate(system: SaddleSystem, state: _State) -> _State:
    """One Lanczos step, one Givens rotation, one step of the solution."""
    unit = 1.0 / jnp.maximum(state.norm, TINY)
    vector = (unit * state.image[0], unit * state.image[1])
    product = system.apply(vector)
    diagonal = dot(product, vector)
    basis = combine(
        (jnp.ones(()), product),
        (-diagonal * unit, state.basis),
        (-state.norm / jnp.maximum(state.old_norm, TINY), state.old_basis),
    )
    image = system.precondition(basis)
    norm = jnp.sqrt(jnp.maximum(dot(image, basis), 0.0))
    rotated = state.cosine * diagonal - state.old_cosine * state.sine * state.norm
    length = jnp.maximum(jnp.hypot(rotated, norm), TINY)
    once = state.sine * diagonal + state.old_cosine * state.cosine * state.norm
    twice = state.old_sine * state.norm
    cosine, sine = rotated / length, norm / length
    direction = combine(
        (1.0 / length, vector), (-twice / length, state.old_direction), (-once / length, state.direction)
    )
    solution = combine((jnp.ones(()), state.solution), (cosine * state.remainder, direction))
    return _State(
        solution, state.basis, basis, image, state.direction, direction, state.norm, norm,
        state.cosine, cosine, state.sine, sine, -sine * state.remainder, state.iteration + 1,
    )  # fmt: skip


def solve_saddle(
    system: SaddleSystem,
    right_hand_side: Pair,
    guess: Pair,
    tolerance: float | Array,
    maximum_iterations: int | Array,
    reference: Array | None = None,
) -> tuple[Pair, SaddleInfo]:
    """Solve the block system by MINRES with a block-diagonal preconditioner.

    Args:
        system: the blocks; rows of prescribed unknowns must vanish in every block and preconditioner, and the guess
            then keeps their values.
        right_hand_side: (f, g), of the shapes of x and y.
        guess: first (x, y).
        tolerance: stop when √(rᵀ P⁻¹ r) ≤ tolerance times the reference [dimensionless].
        maximum_iterations: stop there at the latest [dimensionless].
        reference: √(bᵀ P⁻¹ b) if absent. Where large parts of b cancel in the solution, as with nearly incompressible
            or nearly inert blocks, give the norm √(xᵀ A x) of what is expected instead [square root of energy].
    Returns:
        ((x, y), SaddleInfo); the caller checks ``info.converged``.
    """
    zero = jnp.zeros(())
    one = jnp.ones(())
    scale = jnp.sqrt(jnp.maximum(dot(right_hand_side, system.precondition(right_hand_side)), 0.0))
    if reference is not None:
        scale = jnp.where(reference > ROUND_OFF * scale, reference, scale)
    goal = tolerance * scale

    def residual_of(pair: Pair) -> Pair:
        product = system.apply(pair)
        return right_hand_side[0] - product[0], right_hand_side[1] - product[1]

    residual = residual_of(guess)
    image = system.precondition(residual)
    norm = jnp.sqrt(jnp.maximum(dot(residual, image), 0.0))
    nothing = (jnp.zeros_like(guess[0]), jnp.zeros_like(guess[1]))
    start = _State(
        guess, nothing, residual, image, nothing, nothing, one, norm, one, one, zero, zero, norm,
        jnp.zeros((), jnp.int32),
    )  # fmt: skip

    def going_on(state: _State) -> Array:
        return (jnp.abs(state.remainder) > goal) & (state.iteration < maximum_iterations)

    end = lax.while_loop(going_on, lambda state: _iterate(system, state), start)
    left = residual_of(end.solution)
    true = jnp.sqrt(jnp.maximum(dot(left, system.precondition(left)), 0.0))
    relative = true / jnp.where(scale > 0.0, scale, 1.0)
    return end.solution, SaddleInfo(end.iteration, relative, relative <= 1.5 * tolerance)
