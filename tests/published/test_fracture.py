"""Fracture against Griffith, Sneddon and the single-edge-notch tests of the literature.

What this discretisation must give (voxel rows, damage in the middle of cells, AT2) was found with an independent code
with sparse direct solves: an undamaged notch peaks by how wide it is against l (0.618, 0.638, 0.654, 0.671 kN at l/h
2.88, 5, 8, 12), a broken one at 0.58 kN on any grid. 0.70 kN belongs to nodal damage and a slit.
"""

from __future__ import annotations

import math

import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.field.damage import crack_surface, initial_damage
from dendrion.numerics.grid import Grid
from tests.fracture_problems import (
    MODULUS,
    POISSON,
    SIZE,
    STEADY,
    TOUGHNESS,
    at_rest,
    edge_notch,
    elastic,
    follow,
    load_step,
    mixed_mode,
    pressurised_crack,
    reference_curve,
    specimen,
)

pytestmark = pytest.mark.slow

CELLS = 192
"""l/h = 2.88 with l = 15 um."""
PLANE = MODULUS / (1.0 - POISSON**2)
KILONEWTON = 1e-6
"""kN of a specimen 1 mm thick, from N/m."""
MIEHE_SHEAR = np.array(
    [
        [0.0040, 0.25919], [0.0050, 0.32163], [0.0060, 0.38201], [0.0070, 0.44150], [0.0075, 0.47125],
        [0.0080, 0.50011], [0.0084, 0.52186], [0.0086, 0.52941], [0.0090, 0.52674], [0.0094, 0.53118],
        [0.0096, 0.53118], [0.0110, 0.49211],
    ]
)  # fmt: skip
"""Displacement [mm] and force [kN] in shear, read off Miehe et al. 2010, DOI 10.1016/j.cma.2010.04.011, figure 10."""


def release_rate(problem, lengths, row, column):
    """Elastic energy per depth at unit load as a cubic of the length of a sharp crack [m], by solving for each."""
    displacement, energies = problem.displacement, []
    for length in lengths:
        sharp = jnp.zeros(problem.problem.toughness.shape).at[:length, row].set(1.0)
        rest = elastic(problem, sharp, displacement)
        assert bool(rest.info.converged)
        displacement = rest.displacement
        energies.append(float(rest.energy))
    return np.polyfit(np.array(lengths) * column, energies, 3)


def length_and_release(energies, energy, load, near):
    """Crack length [m] whose compliance is that of the damaged body, and G = -dE/da [J/m^2] at fixed displacement."""
    shifted = np.array([*energies[:-1], energies[-1] - energy])
    roots = np.roots(shifted)
    real = roots[np.abs(roots.imag) < 1e-9 * near].real
    length = real[np.argmin(np.abs(real - near))]
    return length, -np.polyval(np.polyder(energies), length) * load**2


def test_a_broken_notch_runs_at_griffith():
    """From the peak on G = G_c, without an overshoot: 0.58 kN at 4.70 um."""
    notched = edge_notch(CELLS, "none", broken=True)
    cell = SIZE / CELLS
    energies = release_rate(notched, [CELLS // 2 + extra for extra in (0, 8, 16, 24, 32)], CELLS // 2, cell)
    forces, loads, ratios = [], [], []
    for _, point in follow(notched, [cell] * 10, 3.0):
        assert bool(point.report.converged)
        forces.append(float(point.force) * KILONEWTON)
        loads.append(float(point.load))
        rest = elastic(notched, point.damage, point.displacement)
        _, release = length_and_release(energies, float(rest.energy), loads[-1], 0.55 * SIZE)
        ratios.append(release / TOUGHNESS)
    peak = int(np.argmax(forces))
    print(
        f"peak {forces[peak]:.4f} kN at {loads[peak]:.3f} um; G/G_c {', '.join(f'{r:.3f}' for r in ratios)}"
    )
    assert 3 <= peak <= 6
    assert forces[peak] == pytest.approx(0.58, rel=0.02)
    assert loads[peak] == pytest.approx(4.71, rel=0.02)
    assert min(ratios[peak:]) > 0.97
    assert max(ratios[peak:]) < 1.08


def test_an_undamaged_notch_peaks_where_this_discretisation_must():
    notched = edge_notch(CELLS, "none", broken=False)
    forces, loads, passes = [], [], []
    for _, point in follow(notched, [SIZE / CELLS] * 8, 3.0):
        assert bool(point.report.converged)
        forces.append(float(point.force) * KILONEWTON)
        loads.append(float(point.load))
        passes.append(int(point.report.passes))
    peak = int(np.argmax(forces))
    print(f"peak {forces[peak]:.4f} kN at {loads[peak]:.3f} um, passes {passes}")
    assert 2 <= peak <= 6
    assert forces[peak] == pytest.approx(0.6181, rel=0.02)
    assert loads[peak] == pytest.approx(4.867, rel=0.02)
    assert min(np.diff(loads[peak:])) < 0.0  # it snaps back, in equilibrium
    assert max(passes) <= 40


def test_initial_stiffness():
    """137.8 to 138.0 kN/mm as the cells vanish; the row of cells is a blunt notch, of first order in h."""
    stiffness = []
    for cells in (CELLS, 2 * CELLS):
        notched = edge_notch(cells, "none", broken=True)
        rest = elastic(notched, initial_damage(notched.problem), notched.displacement)
        assert bool(rest.info.converged)
        stiffness.append(float(rest.force) * 1e-3)  # kN/mm at 1 um
        assert float(rest.force) * 1e-6 == pytest.approx(2.0 * float(rest.energy), rel=1e-6)
    limit = 2.0 * stiffness[1] - stiffness[0]
    print(f"{stiffness[0]:.3f}, {stiffness[1]:.3f} kN/mm, limit {limit:.3f} kN/mm")
    assert stiffness[1] == pytest.approx(137.9, rel=2e-3)
    assert 137.8 < limit < 138.0


def test_the_points_of_the_shear_curve_are_on_the_digitised_curve():
    """It was digitised to 1 %."""
    curve = reference_curve("miehe2010_shear")
    if curve is None:
        pytest.skip("the digitised curves are not part of the repository: set DENDRION_REFERENCE_DATA")
    np.testing.assert_allclose(np.interp(MIEHE_SHEAR[:, 0], *curve), MIEHE_SHEAR[:, 1], rtol=1e-2)


def test_shear_of_a_notch():
    """Spectral split: rising branch and peak within 5 % of Miehe's curve."""
    notched = edge_notch(CELLS, "spectral", broken=False, shear=True)
    forces, loads = [], []
    for _, point in follow(notched, np.array([0.3, 0.3, 0.4, 0.5, 1.0, 0.5, 1.0]) * SIZE / CELLS, 4.0):
        assert bool(point.report.converged)
        forces.append(float(point.force) * KILONEWTON)
        loads.append(float(point.load) * 1e-3)
        published = np.interp(loads[-1], *MIEHE_SHEAR.T)
        print(f"{loads[-1]:.5f} mm: {forces[-1]:.4f} kN, published {published:.4f}")
    peak = int(np.argmax(forces))
    assert 2 <= peak <= 6
    rising = np.interp(loads[: peak + 1], *MIEHE_SHEAR.T)
    assert np.abs(np.array(forces[: peak + 1]) / rising - 1.0).max() < 0.05
    assert forces[peak] == pytest.approx(0.5312, rel=0.05)


def test_a_pressurised_crack_opens_as_sneddons():
    """Pressure on the faces at l/h = 4: opening, volume and K, the latter from the release rate p dV/da / 2 and from
    the slope of the squared opening."""
    pressure, cells, volumes = 1e6, 96, {}
    for half in (38, 40):
        crack = pressurised_crack(cells, half, 4, "spectral")
        damage, _ = at_rest(crack)
        rest = elastic(crack, damage, crack.displacement)
        assert bool(rest.info.converged)
        middle = cells // 2
        opening = np.asarray(rest.displacement[1, :, middle + 1] - rest.displacement[1, :, middle])
        volumes[half] = 2e-6 * np.sum(0.5 * (opening[1:] + opening[:-1])[:half])
        length = half * 1e-6
        width = opening[0] / (4.0 * pressure * length / PLANE)
        volume = volumes[half] / (2.0 * math.pi * pressure * length**2 / PLANE)
        place = np.arange(cells + 1) * 1e-6
        inner = place < 0.8 * length
        slope, square = np.polyfit(place[inner] ** 2, opening[inner] ** 2, 1)
        longer = math.sqrt(-square / slope)
        intensity = 0.25 * PLANE * math.sqrt(-slope) * math.sqrt(math.pi * longer)
        by_slope = intensity / (pressure * math.sqrt(math.pi * length))
        print(
            f"a = {half} h: opening {width:.4f}, volume {volume:.4f}, K from its slope {by_slope:.4f} of Sneddon's"
        )
        assert width == pytest.approx(1.0, abs=0.05)
        assert volume == pytest.approx(1.0, abs=0.05)
        assert by_slope == pytest.approx(1.0, abs=0.05)
        assert 0.3 < (longer - length) / 4e-6 < 0.7  # the known excess of half a length l
    release = 0.5 * pressure * (volumes[40] - volumes[38]) / 4e-6
    by_release = math.sqrt(PLANE * release) / (pressure * math.sqrt(math.pi * 39e-6))
    print(f"K from the release rate {by_release:.4f}")
    assert by_release == pytest.approx(1.0, abs=0.05)


def test_critical_pressure_is_griffiths():
    """At l/h = 4 the tip moves when p = sqrt(E' G_c/(pi a)); one broken row needs no correction of G_c."""
    half = 40
    crack = pressurised_crack(CELLS, half, 4, "none", inside=False)
    energies = release_rate(crack, [half + extra for extra in (0, 4, 8, 12, 16, 20)], CELLS // 2, 1e-6)
    griffith = math.sqrt(PLANE * TOUGHNESS / (math.pi * half * 1e-6))
    exact = math.pi * half * 1e-6 * 1e12 / PLANE
    assert -np.polyval(np.polyder(energies), half * 1e-6) == pytest.approx(exact, rel=0.01)
    moved = []
    for _, point in follow(crack, [1e-6] * 9, 1500.0):
        assert bool(point.report.converged)
        tip = int(np.sum(np.asarray(point.damage)[:, CELLS // 2] > 0.9)) - half
        rest = elastic(crack, point.damage, point.displacement)
        _, release = length_and_release(energies, float(rest.energy), float(point.load), 1.3 * half * 1e-6)
        pressure = float(point.load) * 1e6 / griffith
        print(f"tip + {tip} cells: p/Griffith {pressure:.3f}, G/G_c {release / TOUGHNESS:.3f}")
        if tip > 0:
            moved.append((pressure, release / TOUGHNESS))
    assert len(moved) >= 2
    assert np.abs(np.array(moved) - 1.0).max() < 0.05


def kink_angle(damage, held, tip):
    """Direction of the cells that broke beyond the first crack [degrees], by the principal axis of their places."""
    places = (
        np.stack(np.meshgrid(*map(np.arange, damage.shape), indexing="ij")) - np.array(tip)[:, None, None]
    )
    fresh = (damage > 0.7) & ~held & (np.hypot(*places) > 1.5) & (places[0] > -1.5)
    weights = damage[fresh] ** 4
    points = places[:, fresh]
    mean = points @ weights / weights.sum()
    spread = (points - mean[:, None]) * weights @ (points - mean[:, None]).T
    axis = np.linalg.eigh(spread)[1][:, 1]
    axis = axis * np.sign(axis @ mean)
    return math.degrees(math.atan2(axis[1], axis[0]))


@pytest.mark.parametrize(
    ("ratio", "published", "cells", "length"),
    [(0.1, -11.2, 240, 10), (0.5, -40.2, 160, 5), (1.0, -53.1, 160, 5), (math.inf, -75.6, 160, 5)],
)
def test_kink_angles(ratio, published, cells, length):
    """Within 5 degrees of the largest hoop stress (Erdogan and Sih 1963, DOI 10.1115/1.3656897). In pure mode II the
    energy decides, as damage minimises it: 75.6 degrees (He and Hutchinson 1989, DOI 10.1115/1.3176078), not 70.5.

    A crack within about 10 degrees of a row of cells stays in the row at l/h = 5; the smallest kink takes l/h = 10.
    """
    crack = mixed_mode(cells, length, ratio, "hybrid")
    for _, point in follow(crack, [0.6e-6 * length] * 10, 1.0):
        assert bool(point.report.converged)
    tip = (cells // 2 - 1, cells // 2)
    angle = kink_angle(np.asarray(point.damage), np.asarray(crack.problem.held), tip)
    print(f"K_II/K_I = {ratio}: kink {angle:.1f} degrees, {published} expected")
    assert angle == pytest.approx(published, abs=5.0)


def test_no_damage_under_pure_compression():
    """A plate with a closed crack, squeezed between rollers: not a cell is driven; pulled as far, it breaks."""
    cells = 32
    grid = Grid((cells, cells), (SIZE / cells,) * 2, (False, False))
    fixed = np.zeros((2, cells + 1, cells + 1), bool)
    fixed[0, 0] = fixed[0, -1] = fixed[1, :, 0] = fixed[1, :, -1] = True
    row = np.zeros(grid.shape, bool)
    row[: cells // 2, cells // 2] = True
    unit = np.zeros(fixed.shape)
    unit[1, :, -1] = 1e-6
    plate = specimen(grid, np.full(grid.shape, MODULUS), POISSON, fixed, "spectral", row, True, 90e-6, unit)
    damage, surface = at_rest(plate)
    start = (damage, plate.displacement * 0.0, jnp.zeros(grid.shape))
    squeezed = load_step(plate, *start, jnp.asarray(-20.0), STEADY)
    pulled = load_step(plate, *start, jnp.asarray(20.0), STEADY)
    assert bool(squeezed.report.converged)
    grown = [float(crack_surface(plate.problem, point.damage)) for point in (squeezed, pulled)]
    print(f"crack surface {float(surface):.4e} m; squeezed {grown[0]:.4e}, pulled {grown[1]:.4e}")
    assert float(squeezed.history.max()) < 1e-9 * float(pulled.history.max())
    assert grown[0] == pytest.approx(float(surface), rel=1e-9)
    assert grown[1] > 1.5 * float(surface)
