"""Growth rates of a front that plates from a salt in a charged porous medium: the linearised problem, solved.

After Khoo, Zhao and Bazant 2019 [DOI 10.1149/2.1521910jes], whose public code states the linearised equations. A
charged matrix (rho_s F of fixed charge a volume of pores) conducts along its surfaces: with negative charge the
cations that balance it carry current on where the salt is used up.

All is scaled: lengths by the gap L, time by L^2/D, concentrations by c0, potentials by RT/F.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...errors import InputError
from ..grids import one_end

CELLS = 400
"""Cells of the graded grid across the gap."""

FINEST = 2e-5
"""Cell at the plating electrode, share of the gap [dimensionless]."""

LEAST_SALT = 1e-9
"""Cations at the electrode, share of c0, below which the base state is depleted [dimensionless]."""


@dataclass(frozen=True)
class Medium:
    """A salt in a charged porous medium under constant current; everything scaled, see the module.

    Attributes:
        current: current density over F D c0/L [dimensionless]; ``elapsed``: time over L^2/D.
        anion_share: t_a = 1 - t+; ``fixed_charge``: rho_s/(F c0), negative for a negatively charged matrix.
        exchange: exchange current density at c0 over F D c0/L; ``symmetry``: alpha of the reduction.
        capillarity: gamma V_M/(R T L); ``mechanics``: F m/(R T L) of a mechanical potential m k [dimensionless].
    """

    current: float
    elapsed: float
    anion_share: float
    fixed_charge: float
    exchange: float
    symmetry: float
    capillarity: float
    mechanics: float = 0.0

    @property
    def cation_mobility(self) -> float:
        """D+ over the diffusivity of the salt."""
        return 0.5 / self.anion_share

    @property
    def anion_mobility(self) -> float:
        """D- over the diffusivity of the salt."""
        return 0.5 / (1.0 - self.anion_share)

    @cached_property
    def faces(self) -> Any:
        """Faces of the cells from the plating electrode to the counter electrode, shape [CELLS + 1]."""
        return one_end(CELLS, FINEST)

    def field(self, concentration: Any, slope: Any) -> Any:
        """dphi/dy that carries the current; ``concentration`` of the anions, ``slope`` its dc/dy."""
        plus, minus = self.cation_mobility, self.anion_mobility
        carriers = plus * (concentration - self.fixed_charge) + minus * concentration
        return (self.current - (plus - minus) * slope) / carriers

    @cached_property
    def base(self) -> tuple[Any, float, float, float]:
        """Anions in the cells, and at the electrode: concentration, field dphi/dy, and dc/dt.

        Raises:
            InputError: the current empties the salt before the elapsed time.
        """
        import numpy as np
        from scipy.integrate import solve_ivp

        faces = self.faces
        sizes, middles = np.diff(faces), 0.5 * (faces[1:] + faces[:-1])
        gaps = np.diff(middles)

        def change(_: float, c: Any) -> Any:
            slope = np.diff(c) / gaps
            between = 0.5 * (c[1:] + c[:-1])
            inside = self.anion_mobility * (slope - between * self.field(between, slope))
            return np.diff(inside, prepend=0.0, append=0.0) / sizes

        def empty(_: float, c: Any) -> float:
            return float(c[0] - self.fixed_charge - LEAST_SALT)

        empty.terminal = True  # type: ignore[attr-defined]
        start = np.full(CELLS, 1.0 + max(self.fixed_charge, 0.0))
        with np.errstate(all="ignore"), warnings.catch_warnings():
            # A trial step beyond depletion is rejected by the integrator, which warns of it.
            warnings.simplefilter("ignore", UserWarning)
            found = solve_ivp(
                change,
                (0.0, self.elapsed),
                start,
                "LSODA",
                rtol=1e-7,
                atol=1e-10,
                lband=1,
                uband=1,
                events=empty,
            )
        if found.status != 0 or not np.isfinite(found.y[:, -1]).all() or empty(0.0, found.y[:, -1]) <= 0.0:
            raise InputError(
                "the salt at the electrode is used up before this time", field="electrodeposition_stability.elapsed_share",
                value=f"{found.t[-1] / self.elapsed:.3g} of it", hint="a shorter time, or a negative fixed_charge",
            )  # fmt: skip
        c = found.y[:, -1]
        # No anion passes the electrode, dc/dy = c dphi/dy: value and field at the face follow by iteration.
        plus = self.cation_mobility
        surface, electric = c[0], 0.0
        for _ in range(50):
            electric = self.current / (2.0 * plus * surface - plus * self.fixed_charge)
            surface = c[0] - surface * electric * middles[0]
        return c, float(surface), float(electric), float(change(0.0, c)[0])

    @cached_property
    def kinetics(self) -> tuple[float, float, float]:
        """(i_c, S, carrier) of i = i_c - i_a at the electrode; S = alpha i_c + (1 - alpha) i_a, carrier = c+."""
        from scipy.optimize import brentq

        cations = self.base[1] - self.fixed_charge

        def excess(eta: float) -> float:
            forward = cations * math.exp(self.symmetry * eta)
            return self.exchange * (forward - math.exp(-(1.0 - self.symmetry) * eta)) - self.current

        eta = brentq(excess, -100.0, 200.0)
        forward = self.exchange * cations * math.exp(self.symmetry * eta)
        backward = forward - self.current
        return forward, self.symmetry * forward + (1.0 - self.symmetry) * backward, cations

    def growth_rate(self, wavenumber: float) -> float:
        """i_1/h of a front h cos(kx): rate of growth over V_M D c0/L^2 [dimensionless]; quasi-steady.

        Solves div N_- = 0 and div i = 0, linearised about the base state, with the conditions of the electrode taken
        at the displaced front; the perturbation vanishes at the counter electrode.
        """
        import numpy as np
        from scipy.sparse import coo_matrix
        from scipy.sparse.linalg import spsolve

        rows, columns, values, right = self._interior(wavenumber)
        place = np.arange(2)
        forward, slope, cations = self.kinetics
        _, surface, electric, rate = self.base
        gradient = surface * electric
        # Unknowns 0 and 1: c_1 and phi_1 at the electrode; displaced by h = 1 they add c_0' and phi_0'.
        middle = 0.5 * self.faces[1]
        plus, minus = self.cation_mobility, self.anion_mobility
        anions = ([2, 0, 3, 1, 0], [1 / middle, -1 / middle, -surface / middle, surface / middle, -electric])
        charge_c = (plus - minus) / middle
        charge_p = (plus * cations + minus * surface) / middle
        drive = forward / cations
        current = (
            [2, 0, 3, 1, 0],
            [charge_c, -charge_c - drive, charge_p, -charge_p - slope, (plus + minus) * electric],
        )
        bracket = drive * gradient + slope * (
            electric - self.capillarity * wavenumber**2 - self.mechanics * wavenumber
        )
        for row, (unknowns, factors) in zip(place, (anions, current), strict=True):
            rows = np.append(rows, np.full(len(unknowns), row))
            columns, values = np.append(columns, unknowns), np.append(values, factors)
        right[0], right[1] = -rate / minus, bracket
        size = right.size
        matrix = coo_matrix((values, (rows.astype(int), columns.astype(int))), shape=(size, size)).tocsc()
        solution = spsolve(matrix, right)
        return float(drive * solution[0] + slope * solution[1] + bracket)

    def _interior(self, wavenumber: float) -> tuple[Any, Any, Any, Any]:
        """Entries (rows, columns, values) and right side of the balances of anions and charge in the cells."""
        import numpy as np

        c = self.base[0]
        faces = self.faces
        sizes, middles = np.diff(faces), 0.5 * (faces[1:] + faces[:-1])
        # Points: electrode, cells, counter electrode; the last has no unknown.
        points = np.concatenate([[0.0], middles, [1.0]])
        states = np.concatenate([[self.base[1]], c, [2.0 * c[-1] - c[-2]]])
        gaps, steps = np.diff(points), np.diff(states)
        between = 0.5 * (states[1:] + states[:-1])
        between[0], between[-1] = states[0], states[-1]
        slope = steps / gaps
        electric = self.field(between, slope)
        electric[0] = self.base[2]
        plus, minus = self.cation_mobility, self.anion_mobility
        # Flux through face f from points f and f + 1: a (c_1' - c phi_1' - c_1 phi_0') and the current.
        left = np.where(np.arange(gaps.size) == 0, 1.0, 0.5)
        own_c = [(-1.0 / gaps - left * electric), (1.0 / gaps - (1.0 - left) * electric)]
        own_p = [between / gaps, -between / gaps]
        carriers = plus * (between - self.fixed_charge) + minus * between
        cur_c = [
            -(plus - minus) / gaps + left * (plus + minus) * electric,
            (plus - minus) / gaps + (1.0 - left) * (plus + minus) * electric,
        ]
        cur_p = [-carriers / gaps, carriers / gaps]
        rows, columns, values = [], [], []

        def add(row: Any, column: Any, value: Any) -> None:
            keep = column < 2 * (CELLS + 1)
            rows.append(row[keep])
            columns.append(column[keep])
            values.append(value[keep])

        cells = np.arange(CELLS)
        for equation, (by_c, by_p) in enumerate(((own_c, own_p), (cur_c, cur_p))):
            row = 2 * (cells + 1) + equation
            for side in (0, 1):
                for unknown, by in ((0, by_c), (1, by_p)):
                    add(row, 2 * (cells + 1 + side) + unknown, by[side][1:] / sizes)
                    add(row, 2 * (cells + side) + unknown, -by[side][:-1] / sizes)
            across = wavenumber**2
            state = c - self.fixed_charge
            for unknown, factor in enumerate(
                (1.0 + 0.0 * c, -c) if equation == 0 else ((plus - minus) + 0.0 * c, plus * state + minus * c)
            ):
                add(row, 2 * (cells + 1) + unknown, -across * factor)
        return (
            np.concatenate(rows),
            np.concatenate(columns),
            np.concatenate(values),
            np.zeros(2 * (CELLS + 1)),
        )

    def critical(self) -> tuple[float, float, float]:
        """(k_c, k_max, largest rate): shortest growing wave, fastest wave and its rate, all scaled."""
        from scipy.optimize import brentq, minimize_scalar

        forward, slope, cations = self.kinetics
        _, surface, electric, _ = self.base
        guess = math.sqrt((forward / cations * surface + slope) * electric / (slope * self.capillarity))
        cut = brentq(
            lambda s: self.growth_rate(math.exp(s)), math.log(0.2 * guess), math.log(3.0 * guess), xtol=1e-6
        )
        top = minimize_scalar(
            lambda s: -self.growth_rate(math.exp(s)), bounds=(cut - 6.0, cut), method="bounded", options={"xatol": 1e-4}
        )  # fmt: skip
        return math.exp(cut), math.exp(top.x), float(-top.fun)
