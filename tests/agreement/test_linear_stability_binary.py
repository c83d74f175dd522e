"""Growth of a small sinusoid in a binary electrolyte against the dispersion relation, cut-off included.

    omega = (V_M/F) k C (i P - q S f Gamma k^2) / (P + q k C),    C = coth(k H)
    S = alpha i_c + (1 - alpha) i_a,  P = i_c + S,  q = F D c_s/t_a,  Gamma = gamma V_M/F

with i_c and i_a the cathodic and anodic parts of the current and c_s the salt at the front. It is exact for a
dilute binary electrolyte between the front and a reservoir at the distance H, in the quasi-steady limit: there no
anion moves, so the electrostatic potential is (RT/F) ln c and the salt alone, which is linear, carries the problem.
That needs the Nernst–Einstein conductivity kappa = F^2 D c / (2 RT t_+ t_a). The kinetics against a metal reference,
i_0 (c/c_0)^(1 - alpha) [e^(alpha f eta) - e^(-(1 - alpha) f eta)], are then those of mass action. A molar volume a
hundredth of lithium's (with a surface energy a hundred times larger, so Gamma is lithium's) makes it quasi-steady.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest

from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.field import two_potential
from tests.field_setup import (
    centres,
    everywhere,
    make_parameters,
    make_state,
    number,
    passed_current,
    profile,
)

TEMPERATURE, SALT = 298.15, 1000.0
THERMAL = GAS_CONSTANT * TEMPERATURE / FARADAY
LONG, WIDTH, TRAVEL = 96, 2.0, 0.25
FIRST, LAST = 48, 80
BAR = 0.05


class Deposit(NamedTuple):
    """Current and exchange current density [A/m^2], salt diffusivity [m^2/s], t_+, V_M [m^3/mol], gamma [J/m^2]."""

    current: float = 100.0
    exchange: float = 1000.0
    diffusivity: float = 1e-11
    transference: float = 0.5
    volume: float = 1.3e-7
    energy: float = 50.0

    @property
    def gradient(self):
        """Slope of the salt [mol/m^4]."""
        return self.current * (1.0 - self.transference) / (FARADAY * self.diffusivity)

    @property
    def conductivity(self):
        """Nernst–Einstein conductivity at 1 mol/l [S/m]."""
        both = self.transference * (1.0 - self.transference)
        return FARADAY * self.diffusivity * SALT / (2.0 * THERMAL * both)

    def kinetics(self, salt):
        """S, P [A/m^2] and q [A/m] at a salt concentration [mol/m^3] at the front."""
        rate = self.exchange * math.sqrt(salt / SALT)
        cathodic = rate * math.exp(math.asinh(0.5 * self.current / rate))
        mean = cathodic - 0.5 * self.current
        return mean, cathodic + mean, FARADAY * self.diffusivity * salt / (1.0 - self.transference)

    def capillarity(self, salt):
        """q S f Gamma [A^2/m^2]: what stands before k^2."""
        slope, _, transport = self.kinetics(salt)
        return transport * slope / THERMAL * self.energy * self.volume / FARADAY

    def cut_off(self, salt):
        """Wave number that neither grows nor decays [1/m]."""
        return math.sqrt(self.current * self.kinetics(salt)[1] / self.capillarity(salt))

    def growth(self, wave, salt, distance):
        """Growth rate [1/s] of a wave number [1/m] with the reservoir at a distance [m]."""
        _, drive, transport = self.kinetics(salt)
        reach = wave / math.tanh(wave * distance)
        numerator = self.current * drive - self.capillarity(salt) * wave**2
        return self.volume / FARADAY * reach * numerator / (drive + transport * reach)


CASE = Deposit()


def geometry(share, cells):
    """Cell [m], salt at the front [mol/m^3] and distance to the reservoir [m] half-way through the measurement."""
    salt = SALT
    for _ in range(60):
        cell = share * 2.0 * math.pi / CASE.cut_off(salt) / cells
        distance = cell * (LONG - 6.0 * WIDTH - 0.5 * TRAVEL * (FIRST + LAST))
        salt = SALT - CASE.gradient * distance
    return cell, salt, distance


def measure(share, cells):
    """Growth rate measured and exact over the largest one; amplitudes from the columns of metal."""
    cell, salt, distance = geometry(share, cells)
    wave = 2.0 * math.pi / (cells * cell)
    p = make_parameters(
        (LONG, cells // 2), cell, width=WIDTH, binary=True, conductivity=CASE.conductivity,
        exchange_current_density=CASE.exchange, salt_diffusivity=CASE.diffusivity,
        transference_number=CASE.transference, reference_concentration=SALT, molar_volume=CASE.volume,
        surface_energy=CASE.energy, temperature=TEMPERATURE, holds_salt=True, travel=TRAVEL, tolerance=1e-9,
        salt_change=1e9,
    )  # fmt: skip
    x, y = centres(LONG, cell)[:, None], centres(cells // 2, cell)
    front = 6.0 * WIDTH * cell
    at_front = SALT - CASE.gradient * (LONG * cell - front)
    mode = np.cos(wave * y)
    start = profile(x - front - 0.05 * cell * mode, WIDTH * cell)
    salt_field = at_front + CASE.gradient * np.maximum(x - front, 0.0) + 0.0 * y
    state = make_state(p, start, concentration=salt_field)
    times, amplitudes = [], []
    for _ in range(LAST + 1):
        columns = np.asarray(state.order_parameter).sum(0) * cell
        times.append(float(state.time))
        amplitudes.append(2.0 * float(np.mean((columns - columns.mean()) * mode)))
        state, report = two_potential.step(
            p, state, passed_current(CASE.current), number(1e30), everywhere(p)
        )
    assert bool(report.finite)
    found = math.log(amplitudes[LAST] / amplitudes[FIRST]) / (times[LAST] - times[FIRST])
    waves = np.linspace(0.05, 1.0, 400) * CASE.cut_off(salt)
    largest = max(CASE.growth(k, salt, distance) for k in waves)
    return found / largest, CASE.growth(wave, salt, distance) / largest, salt


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.8, 1.0, 1.5, 3.0, 8.0])
def test_growth_rate_of_a_sinusoid_in_a_binary_electrolyte(share):
    """Wavelengths over that of the cut-off, 96 cells each; up to the cut-off against the largest rate."""
    found, exact, salt = measure(share, 96)
    _, drive, transport = CASE.kinetics(salt)
    ratio = transport * CASE.cut_off(salt) / share / drive
    error = (found - exact) / (1.0 if share <= 1.0 else exact)
    print(f"{share:g} cut-off wavelengths, q k/P = {ratio:.2f}, c_s/c_0 = {salt / SALT:.3f}: ", end="")
    print(f"{found:+.4f} of the largest, exact {exact:+.4f}, error {error:+.2%}")
    assert abs(error) <= BAR


@pytest.mark.slow
def test_growth_rate_converges_with_the_grid():
    """The error of a long wave falls faster than the cell (diffuse front, w = 2 cells)."""
    coarse, fine = (measure(8.0, cells) for cells in (32, 64))
    errors = [found / exact - 1.0 for found, exact, _ in (coarse, fine)]
    order = math.log2(abs(errors[0] / errors[1]))
    print(f"errors {errors[0]:+.2%} at 32, {errors[1]:+.2%} at 64 cells, order {order:.2f}")
    assert order >= 1.3


def test_dispersion_relation_gives_the_golden_values():
    """Cut-off wavelength and largest growth: 100 A/m^2, i_0 1000 A/m^2, 1 mol/l LiPF6, no counter electrode near."""
    liquid = Deposit(diffusivity=3.2e-10, transference=0.38, volume=1.3e-5, energy=0.5)
    waves = 2.0 * math.pi / np.linspace(6e-6, 60e-6, 4000)
    assert 2.0 * math.pi / liquid.cut_off(1000.0) == pytest.approx(5.0147e-6, rel=1e-3)
    assert max(liquid.growth(k, 1000.0, math.inf) for k in waves) == pytest.approx(4.6026e-4, rel=1e-3)
