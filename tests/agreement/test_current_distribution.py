"""Peak over valley current on a sinusoidal electrode against a collocation solution (mechanics dossier, 7.1)."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.spatial import cKDTree

from dendrion.field import observables, two_potential
from dendrion.field.parameters import Coupling
from tests.field_setup import make_parameters, make_state, passed_current

WAVELENGTH = 10e-6
EXACT = {
    (0.05, 1e5): 1.10519, (0.1, 1e5): 1.22161, (0.3, 1e5): 1.83004, (0.6, 1e5): 3.4188,
    (0.05, 1e3): 1.056908, (0.3, 1e3): 1.397204,
    (0.05, 1e2): 1.0111025, (0.3, 1e2): 1.0697125,
    (0.05, 10.0): 1.0013678, (0.3, 10.0): 1.0083733, (0.3, 1.0): 1.003777,
}  # fmt: skip
"""(slope k A, exchange current density [A/m^2]) to i_peak/i_valley; 1e5 stands for the primary distribution."""


def peak_to_valley(slope: float, exchange: float, cells: int) -> float:
    """Half a wavelength between mirrors, the front at rest, one charge solve."""
    wave = 2.0 * np.pi / WAVELENGTH
    cell, amplitude, base = WAVELENGTH / cells, slope / wave, 8e-6
    shape = (3 * cells, cells // 2)
    x, y = np.meshgrid(*[(np.arange(n) + 0.5) * cell for n in shape], indexing="ij")
    line = np.linspace(-WAVELENGTH / 2, WAVELENGTH, 4001)
    curve = np.stack([base + amplitude * np.cos(wave * line), line], 1)
    distance = cKDTree(curve).query(np.stack([x.ravel(), y.ravel()], 1))[0].reshape(shape)
    distance = distance * np.sign(x - base - amplitude * np.cos(wave * y))
    p = make_parameters(
        shape, cell, conductivity=0.05, exchange_current_density=exchange,
        coupling=Coupling(front_motion=False, curvature_to_kinetics=False),
    )  # fmt: skip
    state = make_state(p, 0.5 * (1.0 - np.tanh(distance / (2.0 * cell))))
    state, _ = two_potential.step(p, state, passed_current(10.0), jnp.asarray(1.0), jnp.ones(shape, bool))
    area = np.asarray(observables.measure(p, state).area_density)
    local = (area * np.asarray(state.current_density)).sum(0) / area.sum(0)
    # Even in y about crest and trough: a parabola through two cells gives the values there.
    return float((9 * local[0] - local[1]) / (9 * local[-1] - local[-2]))


@pytest.mark.parametrize("case", EXACT)
def test_current_distribution_at_32_cells_a_wavelength(case: tuple[float, float]) -> None:
    found = peak_to_valley(*case, cells=32)
    print(
        f"kA = {case[0]}, i0 = {case[1]:g}: {found:.6f}, exact {EXACT[case]:.6f}, {found / EXACT[case] - 1:+.2%}"
    )
    assert found == pytest.approx(EXACT[case], rel=0.02)


@pytest.mark.parametrize("case", [(0.3, 1e3), (0.3, 1e5)])
def test_current_distribution_converges_with_the_grid(case: tuple[float, float]) -> None:
    coarse, fine = (abs(peak_to_valley(*case, cells=n) / EXACT[case] - 1.0) for n in (32, 64))
    print(f"kA = {case[0]}, i0 = {case[1]:g}: error {coarse:.2e} at 32, {fine:.2e} at 64 cells")
    assert fine < max(coarse, 5e-3)
