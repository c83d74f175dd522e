"""Solver for two fields that are coupled in a symmetric quasi-definite way:

    [ A   G ] [x]   [f]
    [ Gᵀ −C ] [y] = [g] ,      A and C symmetric positive definite (A: stiffness, C: conductance times time,
    say).

Preconditioned MINRES (Paige and Saunders 1975, DOI 10.1137/0712047) with a block-diagonal preconditioner, one
symmetric approximation of A⁻¹ and one of C⁻¹. With exact blocks the preconditioned eigenvalues lie in
±[1, √(1 + s²)], s the largest singular value of A^(−1/2) G C^(−1/2): the count of iterations knows nothing of
the grid, and a strong coupling costs little, where alternating between the two fields diverges (or crawls)
once s ≥ 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array, lax

Pair = tuple[Array, Array]

ROUND_OFF = 1e-10
"""Share of the norm of b below which a reference is no longer believed [dimensionless]."""

REACHABLE = 1e-13
"""Share of the norm of b below which rounding keeps the true residual from falling [dimensionless]: a reference that asks
for less, as where all of b but a part of no consequence is zero in the solution, is raised to what can be met."""

INDEFINITE = 1e-9
"""Cosine between a residual and its image under P⁻¹ below minus which P⁻¹ is not positive definite [dimensionless]: the
norm that ends the iterations then means nothing."""

TINY = 1e-300
"""Floor of a divisor that may be zero when the right-hand side is [unit of the divisor]."""


class SaddleInfo(NamedTuple):
    """How a solve went.

    Attributes:
        iterations: of MINRES, each one product with the matrix and one with each preconditioner
        [dimensionless]. residual: true √(rᵀ P⁻¹ r) of r = b − M z over the reference, computed anew
        [dimensionless]. converged: the residual met the tolerance (within a factor of 1.5), measured by a P⁻¹ that is
        positive definite.
    """

    iterations: Array
    residual: Array
    converged: Array


class SaddleSystem(NamedTuple):
    """The blocks as functions: A x, G y, Gᵀ x, C y, and symmetric positive definite approximations of A⁻¹ f,
    C⁻¹ g."""

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
    image: Pair  # P⁻¹ basis, not yet divided by its norm
    old_direction: Pair
    direction: Pair
    old_norm: Array
    norm: Array
    old_cosine: Array
    cosine: Array
    old_sine: Array
    sine: Array
    remainder: Array  # ± norm of the residual
    reference: Array
    iteration: Array
    phase: Array


MEASURING, STARTING, ITERATING, ENDING, DONE = range(5)
"""What the one loop does next: √(bᵀ P⁻¹ b); the first residual; Lanczos steps; the true residual; nothing.
Matrix and preconditioner stand in the loop once, so they are compiled once."""


def dot(first: Pair, second: Pair) -> Array:
    """Sum of the scalar products of the two blocks."""
    return jnp.vdot(first[0], second[0]) + jnp.vdot(first[1], second[1])


def combine(*terms: tuple[Array, Pair]) -> Pair:
    """Sum of pairs times their factors."""
    first = sum((factor * pair[0] for factor, pair in terms[1:]), terms[0][0] * terms[0][1][0])
    second = sum((factor * pair[1] for factor, pair in terms[1:]), terms[0][0] * terms[0][1][1])
    return first, second


def _select(condition: Array, first: Pair, second: Pair) -> Pair:
    return jnp.where(condition, first[0], second[0]), jnp.where(condition, first[1], second[1])


def _rotate(state: _State, vector: Pair, diagonal: Array, norm: Array) -> tuple[Array, Array, Pair, Pair]:
    """One Givens rotation, one search direction, one step of the solution: (cosine, sine, direction,
    solution)."""
    rotated = state.cosine * diagonal - state.old_cosine * state.sine * state.norm
    length = jnp.maximum(jnp.hypot(rotated, norm), TINY)
    once = state.sine * diagonal + state.old_cosine * state.cosine * state.norm
    twice = state.old_sine * state.norm
    cosine, sine = rotated / length, norm / length
    direction = combine(
        (1.0 / length, vector), (-twice / length, state.old_direction), (-once / length, state.direction)
    )
    solution = combine((jnp.ones(()), state.solution), (cosine * state.remainder, direction))
    return cosine, sine, direction, solution


def _advance(
    system: SaddleSystem, load: Pair, tolerance: Array, most: Array, given: Array, state: _State
) -> _State:
    """One product with the matrix and one with the preconditioner, for whatever the phase needs."""
    iterating = state.phase == ITERATING
    unit = 1.0 / jnp.maximum(state.norm, TINY)
    scaled = (unit * state.image[0], unit * state.image[1])
    still = jnp.where(state.phase == MEASURING, 0.0, 1.0)
    vector = _select(iterating, scaled, (still * state.solution[0], still * state.solution[1]))
    product = system.apply(vector)
    diagonal = dot(product, vector)
    lanczos = combine(
        (jnp.ones(()), product),
        (-diagonal * unit, state.basis),
        (-state.norm / jnp.maximum(state.old_norm, TINY), state.old_basis),
    )
    basis = _select(iterating, lanczos, (load[0] - product[0], load[1] - product[1]))
    image = system.precondition(basis)
    squared = dot(image, basis)
    indefinite = squared < -INDEFINITE * jnp.sqrt(dot(image, image) * dot(basis, basis))
    norm = jnp.sqrt(jnp.maximum(squared, 0.0))
    norm = jnp.where(indefinite & ~iterating, jnp.inf, norm)
    cosine, sine, direction, solution = _rotate(state, vector, diagonal, norm)
    least = REACHABLE / jnp.maximum(tolerance, REACHABLE) * norm
    believed = jnp.where(given > ROUND_OFF * norm, jnp.maximum(given, least), norm)
    reference = jnp.where(state.phase == MEASURING, believed, state.reference)
    remainder = jnp.where(iterating, -sine * state.remainder, norm)
    iteration = state.iteration + iterating.astype(jnp.int32)
    going_on = (jnp.abs(remainder) > tolerance * reference) & (iteration < most) & jnp.isfinite(norm)
    following = jnp.where(going_on, ITERATING, jnp.where(iterating, ENDING, DONE))
    following = jnp.where(
        state.phase == MEASURING, STARTING, jnp.where(state.phase == ENDING, DONE, following)
    )
    one, zero = jnp.ones(()), jnp.zeros(())
    return _State(
        _select(iterating, solution, state.solution),
        _select(iterating, state.basis, state.old_basis),
        basis,
        image,
        _select(iterating, state.direction, state.old_direction),
        _select(iterating, direction, state.direction),
        jnp.where(iterating, state.norm, one),
        norm,
        jnp.where(iterating, state.cosine, one),
        jnp.where(iterating, cosine, one),
        jnp.where(iterating, state.sine, zero),
        jnp.where(iterating, sine, zero),
        remainder,
        reference,
        iteration,
        following.astype(jnp.int32),
    )


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
        system: the blocks. Rows of prescribed unknowns must vanish in every block and preconditioner (columns
        need not):
            the guess then keeps their values, and these load the rest.
        right_hand_side: (f, g), of the shapes of x and y.
        guess: first (x, y).
        tolerance: stop when √(rᵀ P⁻¹ r) ≤ tolerance times the reference [dimensionless].
        maximum_iterations: stop there at the latest [dimensionless].
        reference: √(bᵀ P⁻¹ b) if absent. Where large parts of b cancel in the solution, as with nearly inert
        blocks, give
            the norm √(xᵀ A x) of what is expected instead [square root of energy]; raised where it is beyond rounding.
    Returns:
        ((x, y), SaddleInfo); the caller checks ``info.converged``.
    """
    zero, one = jnp.zeros(()), jnp.ones(())
    nothing = (jnp.zeros_like(guess[0]), jnp.zeros_like(guess[1]))
    given = zero if reference is None else jnp.asarray(reference)
    start = _State(
        guess, nothing, nothing, nothing, nothing, nothing, one, one, one, one, zero, zero, zero, given,
        jnp.zeros((), jnp.int32), jnp.full((), MEASURING, jnp.int32),
    )  # fmt: skip
    limit, most = jnp.asarray(tolerance), jnp.asarray(maximum_iterations)
    end = lax.while_loop(
        lambda state: state.phase != DONE,
        lambda state: _advance(system, right_hand_side, limit, most, given, state),
        start,
    )
    relative = end.norm / jnp.where(end.reference > 0.0, end.reference, 1.0)
    return end.solution, SaddleInfo(end.iteration, relative, relative <= 1.5 * limit)
