"""Numerical one-dimensional transport against exact solutions and each other: electrochemistry dossier §1.2, §1.3."""

import math

import numpy as np
import pytest

from dendrion import theory
from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.errors import InputError
from dendrion.theory.relations import depletion_time
from dendrion.theory.transport import concentrated_solution_1d as concentrated
from dendrion.theory.transport.nernst_planck import NernstPlanckCell, bernoulli

GAP = 1e-3
LIQUID = {
    "thickness": GAP, "salt_concentration": 1000.0, "salt_diffusivity": 3.2e-10, "cation_transference_number": 0.38,
    "conductivity": 1.19, "exchange_current_density": 10.0,
}  # fmt: skip
LIMIT = 2.0 * FARADAY * 3.2e-10 * 1000.0 / (0.62 * GAP)


@pytest.mark.parametrize(
    ("ratio", "scaled"),
    [(1.01, 0.44633), (1.05, 0.28720), (1.1, 0.22168), (1.2, 0.16026), (1.5, 0.090043), (2.0, 0.049183), (3.0, 0.0218167), (5.0, 0.00785398)],
)  # fmt: skip
def test_constant_properties_give_the_closed_form(ratio: float, scaled: float) -> None:
    """The table of §1.2 by the march; stopping at 1e-5 of the salt costs less than 1e-3."""
    result = theory.concentrated_solution_1d(current_density=ratio * LIMIT, duration=1.0, **LIQUID).evaluate()
    assert result.value * 3.2e-10 / GAP**2 == pytest.approx(scaled, rel=1e-3)
    assert result["limiting_current"] == pytest.approx(LIMIT, rel=1e-6)


def test_below_the_limiting_current_the_profile_is_linear() -> None:
    salt = concentrated.Salt(
        lambda c: 3.2e-10 + 0.0 * c, lambda c: 1.19e-3 * c, lambda c: 0.38 + 0.0 * c, lambda c: 1.0 + 0.0 * c
    )
    depleted, (state,) = concentrated.march(salt, 0.8 * LIMIT, 1000.0, GAP, 1e5, [9.9e4])
    assert math.isinf(depleted)
    found = concentrated.profile(salt, state, 0.8 * LIMIT, GAP, 298.15)
    assert found.surface == pytest.approx(200.0, rel=1e-4)
    np.testing.assert_allclose(
        found.concentration, 1000.0 * (1.0 + 0.8 * (2.0 * found.position / GAP - 1.0)), rtol=1e-4
    )
    # kappa ~ c with t+ constant: phi_ref = [i/(kappa/c) + ...] is a logarithm of the ends' ratio.
    ratio = math.log(found.counter / found.surface)
    ohmic = 0.8 * LIMIT / 1.19e-3 / (1.6 * 1000.0 / GAP) * ratio
    diffusion = 2.0 * GAS_CONSTANT * 298.15 / FARADAY * 0.62 * ratio
    assert found.drop == pytest.approx(ohmic + diffusion, rel=2e-3)


def test_both_conventions_of_the_potential_agree() -> None:
    """§1.3 a: Li-reference potential without Nernst term, and electrostatic potential with mass action."""
    thermal, alpha, current, exchange = GAS_CONSTANT * 298.15 / FARADAY, 0.4, 60.0, 10.0
    salt = concentrated.Salt(
        lambda c: 3.2e-10 + 0.0 * c, lambda c: 1.19e-3 * c, lambda c: 0.38 + 0.0 * c, lambda c: 1.0 + 0.0 * c
    )
    _, (state,) = concentrated.march(salt, current, 1000.0, GAP, 200.0, [200.0])
    reference = concentrated.profile(salt, state, current, GAP, 298.15)
    fronts = np.array([reference.surface, reference.counter])

    def activation(front: float, reduction: float, orders: tuple[float, float]) -> float:
        """Overpotential that carries the current; orders of the salt in the forward and the backward rate."""
        from scipy.optimize import brentq

        forward, backward = (exchange * (front / 1000.0) ** order for order in orders)
        return brentq(
            lambda eta: forward * math.exp(reduction * eta / thermal) - backward * math.exp(-(1.0 - reduction) * eta / thermal) - current,
            -2.0, 2.0, xtol=1e-15, rtol=1e-15,
        )  # fmt: skip

    first = reference.drop + activation(fronts[0], alpha, (1.0 - alpha, 1.0 - alpha))
    # Electrostatic: phi = phi_ref - (RT/F) ln(c/c0), i = i0 [(c/c0) e^(alpha f eta) - e^(-(1 - alpha) f eta)].
    electrostatic = reference.drop - thermal * math.log(fronts[1] / fronts[0])
    second = electrostatic + activation(fronts[0], alpha, (1.0, 0.0)) + thermal * math.log(fronts[1] / 1000.0)
    assert first == pytest.approx(second, abs=1e-10)


def test_published_properties_move_depletion() -> None:
    base = {
        "metal": "Li",
        "electrolyte": "LiPF6-EC-DMC",
        "current_density": 200.0,
        "thickness": GAP,
        "duration": 10.0,
    }
    constant, varying = (
        theory.for_cell("concentrated_solution_1d", properties=p, **base).evaluate()
        for p in ("constant", "valoen_reimers")
    )
    # D(c) rises as the salt runs out: depletion comes later and the limit is higher.
    assert 1.2 < varying.value / constant.value < 2.0
    assert varying["limiting_current"] > constant["limiting_current"]


def test_the_march_conserves_the_salt() -> None:
    salt = concentrated.published_salt("landesfeind_ec_emc", 298.15)
    _, (state,) = concentrated.march(salt, 60.0, 1000.0, GAP, 300.0, [300.0])
    sizes = np.diff(GAP * concentrated.both_ends(concentrated.CELLS))
    assert float(sizes @ state) / GAP == pytest.approx(1000.0, rel=1e-9)


def time_ratio(relative: float, screening: float, *, bounded: bool = True) -> float:
    cell = NernstPlanckCell(2.0 * relative / 0.62, 0.62, screening, screening / 3.0, 200, bounded)
    neutral = float(depletion_time(np.float64(relative), np, np.float64(0.05)))
    found = cell.march(1.5 * neutral, 200, 0.05)
    return math.nan if found.exhausted else found.time / neutral


@pytest.mark.parametrize(
    ("relative", "screening", "deviation"), [(2.0, 1e-3, 0.0356), (2.0, 3e-4, 0.0114), (5.0, 3e-4, 0.0269)]
)
def test_space_charge_delays_depletion(relative: float, screening: float, deviation: float) -> None:
    """§1.3 b within the stated 20 % of the deviations (they come out within 4 %)."""
    assert time_ratio(relative, screening) - 1.0 == pytest.approx(deviation, rel=0.05)


def test_one_golden_value_stands_on_negative_cations() -> None:
    """r = 5, eps = 1e-3: the dossier's 1.0827 is reached only by marching on with c+ < 0, which the model refuses."""
    assert time_ratio(5.0, 1e-3, bounded=False) - 1.0 == pytest.approx(0.0827, rel=0.05)
    assert math.isnan(time_ratio(5.0, 1e-3))


def test_the_delay_is_first_order_in_the_screening_length() -> None:
    coarse, fine = (time_ratio(2.0, e) - 1.0 for e in (1e-3, 5e-4))
    assert math.log2(coarse / fine) == pytest.approx(1.0, abs=0.1)


def test_scharfetter_gummel_weights() -> None:
    u = np.array([-30.0, -1.0, -1e-9, 0.0, 1e-9, 1.0, 30.0])
    value, slope = bernoulli(u)
    np.testing.assert_allclose(value - bernoulli(-u)[0], -u, atol=1e-9)
    step = 1e-6
    np.testing.assert_allclose(
        slope, (bernoulli(u + step)[0] - bernoulli(u - step)[0]) / (2.0 * step), rtol=1e-5, atol=1e-9
    )


CELL = {
    "current_density": 200.0,
    **{k: v for k, v in LIQUID.items() if k not in ("conductivity", "exchange_current_density")},
}


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("poisson_nernst_planck_1d", {}, "too thin a share of this gap"),
        (
            "poisson_nernst_planck_1d",
            {"screening_ratio": 1e-3, "finest_cell": 2e-6},
            "wider than the Debye length",
        ),
        (
            "poisson_nernst_planck_1d",
            {"screening_ratio": 1e-3, "cation_transference_number": 1.0},
            "only the cation moves",
        ),
        (
            "concentrated_solution_1d",
            {"conductivity": 1.0, "cation_transference_number": 1.0},
            "only the cation moves",
        ),
        ("concentrated_solution_1d", {"conductivity": 1.0, "current_density": 0.0}, "above 0"),
    ],
)
def test_refusals(name: str, changes: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        theory.models()[name](**{**CELL, **changes})


def test_cells_coarser_than_the_debye_length_are_refused_below_too() -> None:
    with pytest.raises(InputError, match="first cell is wider"):
        NernstPlanckCell(3.0, 0.5, 1e-3, 2e-3, 50)


def test_cations_that_run_out_are_said() -> None:
    result = theory.poisson_nernst_planck_1d(
        screening_ratio=1e-3, **{**CELL, "current_density": 5.0 * LIMIT}
    ).evaluate()
    assert result.validity == "refused" and any("cations run out" in text for text in result.messages)


def test_tracing_is_refused_in_words() -> None:
    import jax

    with pytest.raises(TypeError, match="solved numerically"):
        jax.grad(
            lambda i: theory.concentrated_solution_1d(current_density=i, **LIQUID).compute()["depletion_time"]
        )(200.0)
