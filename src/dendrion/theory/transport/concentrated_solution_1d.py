"""A symmetric cell with a concentrated salt solution, marched through time: depletion, voltage, limiting current."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...constants import FARADAY, GAS_CONSTANT
from ...materials import material
from .. import inputs
from ..arrays import Array
from ..card import BINARY, Axis, Card, Constraint, Output, Reference, Remark, Threshold, parameter
from ..elementwise import over_elements
from ..grids import both_ends
from ..model import Model
from ..relations import depletion_time, limiting_current, overpotential_of
from .sand_time import binary_only

CELLS = 120
"""Cells across the gap, graded towards both electrodes."""

DEPLETED = 1e-5
"""Share of c0 at the electrode that counts as depleted [dimensionless]: an implicit march never passes zero."""

LONGEST = 10.0
"""End of the march in diffusion times L^2/D(c0): a cell that is not depleted by then is steady [dimensionless]."""

PROPERTIES = {
    "valoen_reimers": ("LiPF6-EC-DMC", "valoen_reimers"),
    "landesfeind_ec_dmc": ("LiPF6-EC-DMC", "landesfeind_gasteiger"),
    "landesfeind_ec_emc": ("LiPF6-EC-EMC", "landesfeind_gasteiger"),
}
"""Material and label of the claims whose published functions of c and T are taken."""


@dataclass(frozen=True)
class Salt:
    """Functions of the concentration [mol/m^3]: D [m^2/s], kappa [S/m], t+ and 1 + dln f/dln c [dimensionless]."""

    diffusivity: Callable[[Any], Any]
    conductivity: Callable[[Any], Any]
    transference: Callable[[Any], Any]
    factor: Callable[[Any], Any]


def published_salt(name: str, temperature: float) -> Salt:
    """The published functions of a liquid at one temperature [K]; see ``PROPERTIES``."""
    import numpy as np

    where, label = PROPERTIES[name]
    sheet = material(where)

    def function(claim: str) -> Callable[[Any], Any]:
        found = next((c for c in sheet.claims(claim) if c.label == label), sheet.claim(claim))
        published = getattr(found.law, "published", None)
        if published is None:
            return lambda c: found.value + 0.0 * c
        return lambda c: published(temperature, c, np)

    return Salt(
        function("salt_diffusivity"), function("conductivity"), function("cation_transference_number"), function("thermodynamic_factor")
    )  # fmt: skip


@dataclass(frozen=True)
class Profile:
    """State of the cell: positions [m] of the cell centres, concentrations [mol/m^3] there and at both electrodes.

    ``potential``: of a lithium reference electrode [V] at the same places, zero at the plating electrode.
    """

    position: Any
    concentration: Any
    surface: float
    counter: float
    potential: Any
    drop: float


def march(
    salt: Salt, current: float, concentration: float, gap: float, ends: float, at: Iterable[float]
) -> tuple[float, list[Any]]:
    """Marches dc/dt = d/dx[D dc/dx] - (i_x/F) dt+/dx from a uniform salt; i_x = -``current`` (plating at x = 0).

    Arguments:
        current [A/m^2]; concentration [mol/m^3]; gap [m]; ends: when to stop [s]; at: times asked for [s], rising.

    Returns:
        Time of depletion [s], infinite where it does not come, and the concentrations [CELLS] at the times asked for,
        or at the last time before depletion.
    """
    import numpy as np
    from scipy.integrate import solve_ivp

    faces = gap * both_ends(CELLS)
    sizes, middles = np.diff(faces), 0.5 * (faces[1:] + faces[:-1])
    gaps, flow = np.diff(middles), current / FARADAY

    def change(_: float, c: Any) -> Any:
        between = 0.5 * (c[1:] + c[:-1])
        # Salt moves as the cations do: the electrodes pass cations alone, i_x/F.
        flux = -salt.diffusivity(between) * np.diff(c) / gaps - flow * salt.transference(between)
        return -np.diff(flux, prepend=-flow, append=-flow) / sizes

    def empty(_: float, c: Any) -> float:
        return float(at_electrode(salt, c[0], current, middles[0]) - DEPLETED * concentration)

    empty.terminal = True  # type: ignore[attr-defined]
    asked = np.asarray(list(at), dtype=float)
    found = solve_ivp(
        change, (0.0, ends), np.full(CELLS, concentration), "LSODA", rtol=1e-6, atol=1e-8 * concentration, lband=1, uband=1,
        events=empty, dense_output=True,
    )  # fmt: skip
    depleted = float(found.t_events[0][0]) if found.t_events[0].size else math.inf
    return depleted, [found.sol(min(t, found.t[-1])) for t in asked]


def at_electrode(salt: Salt, beside: float, current: float, distance: float) -> float:
    """Concentration [mol/m^3] at an electrode; ``beside``: a distance [m] before it; current [A/m^2] out of the salt."""
    slope = current * (1.0 - salt.transference(beside)) / (FARADAY * salt.diffusivity(beside))
    return float(beside - slope * distance)


def profile(salt: Salt, cells: Any, current: float, gap: float, temperature: float) -> Profile:
    """Potentials of a state: dphi/dx = i/kappa + (2RT/F)(1 - t+)(1 + dln f/dln c) dln c/dx, midpoint rule."""
    import numpy as np

    faces = gap * both_ends(CELLS)
    middles = 0.5 * (faces[1:] + faces[:-1])
    surface = at_electrode(salt, cells[0], current, middles[0])
    counter = at_electrode(salt, cells[-1], -current, gap - middles[-1])
    points = np.concatenate([[0.0], middles, [gap]])
    states = np.concatenate([[surface], cells, [counter]])
    between = 0.5 * (states[1:] + states[:-1])
    diffusion = (
        2.0 * GAS_CONSTANT * temperature / FARADAY * (1.0 - salt.transference(between)) * salt.factor(between)
    )
    steps = current * np.diff(points) / salt.conductivity(between) + diffusion * np.diff(
        np.log(np.maximum(states, 1e-300))
    )
    potential = np.cumsum(steps)
    return Profile(middles, cells, surface, counter, potential[:-1], float(potential[-1]))


def steady_limit(salt: Salt, concentration: float, gap: float) -> float:
    """Largest steady current [A/m^2] of the closed cell: from F D dc/dx = i (1 - t+) and the salt that it holds."""
    import numpy as np
    from scipy.integrate import cumulative_trapezoid

    c = np.linspace(0.0, 4.0, 4001) * concentration
    c[0] = 1e-9 * concentration
    weight = salt.diffusivity(c) / (1.0 - salt.transference(c))
    whole = cumulative_trapezoid(weight, c, initial=0.0)
    held = cumulative_trapezoid(weight * c, c, initial=0.0)
    mean = held[1:] / whole[1:]
    highest = float(np.interp(concentration, mean, c[1:]))
    return FARADAY * float(np.interp(highest, c, whole)) / gap


@dataclass(frozen=True, kw_only=True, eq=False)
class ConcentratedSolution(Model):
    """dc/dt = d/dx[D(c) dc/dx] - (i/F) dt+/dx with Li-reference potentials; marched to depletion or steady state."""

    card: ClassVar = Card(
        name="concentrated_solution_1d", title="Concentrated solution in one dimension", field="transport",
        scale="1-D, numerical, electrode gap", kind="published", system="symmetric cell with a liquid or polymer salt, properties of concentration",
        equations=(
            "∂c/∂t = ∂/∂x[D(c) ∂c/∂x] − (i_x/F) ∂t₊/∂x,  D ∂c/∂x|₀ = i(1 − t₊)/F",
            "i_x = −κ ∂φ/∂x + (2κRT/F)(1 − t₊)(1 + ∂ln f/∂ln c) ∂ln c/∂x,  φ of a lithium reference electrode",
            "i = i₀ (c/c₀)^{1−α}[e^{αfη} − e^{−(1−α)fη}], no Nernst term: φ has it",
        ),
        assumptions=("electroneutral, planar, no convection", "closed symmetric cell, uniform at the start",
                     "finite volumes graded to both electrodes, LSODA; stopped at 1e-5 of the salt, nothing is clipped"),
        limits=("properties are extrapolated below the fitted range as the salt runs out", "no space charge: poisson_nernst_planck_1d",
                "the salt's volume and its convection are left out"),
        conclusion="properties that fall with concentration move depletion by tens of per cent; constant ones give sand_time again",
        references=(Reference("concentrated-solution theory; properties of Valøen and Reimers", "10.1149/1.1872737"),
                    Reference("properties of Landesfeind and Gasteiger", "10.1149/2.0571912jes")),
        classes=BINARY, instead="electronic_leakage",
        example={"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "current_density": "20 mA/cm^2", "thickness": "1 mm", "duration": "60 s"},
        regime=(Axis("current_density", 50.0, 1e3), Axis("salt_concentration", 300.0, 2000.0)), costly=True,
    )  # fmt: skip
    outputs: ClassVar = {
        "depletion_time": Output("time", "time to depletion; infinite below the limiting current"),
        "cell_voltage": Output(
            "potential",
            "voltage of the symmetric cell at the time asked for, or at the last before depletion",
        ),
        "surface_concentration": Output("concentration", "salt at the plating electrode then"),
        "limiting_current": Output("current_density", "largest steady current with these properties"),
        "closed_form_time": Output("time", "time to depletion with the properties at c₀ held constant"),
        "overpotential": Output("potential", "activation overpotential of plating then"),
    }

    current_density: Array = parameter("current_density", "plating current density", above=0.0, most=1e5)
    thickness: Array = inputs.thickness()
    salt_concentration: Array = inputs.salt_concentration()
    salt_diffusivity: Array = inputs.salt_diffusivity()
    cation_transference_number: Array = inputs.cation_transference_number()
    conductivity: Array = inputs.conductivity()
    thermodynamic_factor: Array = parameter(
        "dimensionless", "1 + dln f/dln c", claim="electrolyte.thermodynamic_factor", default=1.0, above=0.0
    )
    exchange_current_density: Array = inputs.exchange_current_density(10.0)
    charge_transfer_coefficient: Array = inputs.symmetry()
    temperature: Array = inputs.temperature()
    duration: Array = parameter("time", "how long the current flows", default=3600.0, above=0.0)
    properties: str = parameter(
        "dimensionless",
        "constant: the numbers given; else published functions",
        default="constant",
        choices=("constant", *PROPERTIES),
    )

    def constraints(self) -> Iterable[Constraint]:
        yield binary_only(self.cation_transference_number, "depletion of a salt")
        yield Constraint(
            self.xp.isfinite(self.xp.asarray(self.thickness, dtype=float)),
            "a march needs a gap",
            "thickness",
            "a finite length",
        )

    def _cell(self, **cell: float) -> dict[str, float]:
        constant = Salt(
            lambda c: cell["salt_diffusivity"] + 0.0 * c, lambda c: cell["conductivity"] * (c / cell["salt_concentration"]),
            lambda c: cell["cation_transference_number"] + 0.0 * c, lambda c: cell["thermodynamic_factor"] + 0.0 * c,
        )  # fmt: skip
        salt = (
            constant
            if self.properties == "constant"
            else published_salt(self.properties, cell["temperature"])
        )
        return solve_cell(salt, cell)

    def compute(self) -> dict[str, Array]:
        names = [name for name in self.parameters() if name != "properties"]
        return over_elements(self._cell, tuple(self.outputs), {name: getattr(self, name) for name in names})

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        low = result["surface_concentration"] < 0.1 * self.salt_concentration
        yield Remark(
            low & (self.properties != "constant"),
            "the salt at the electrode is below the range that the properties were fitted in",
        )
        yield Remark(
            self.duration > result["depletion_time"],
            "depleted before the time asked for: the voltage is that at depletion",
        )

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["depletion_time"]
        return Threshold(
            "salt depletion", "time", self.duration + 0.0 * self.current_density, limit, self.duration < limit
        )


def solve_cell(salt: Salt, cell: Mapping[str, float]) -> dict[str, float]:
    """The answers of one cell; keys of ``cell`` are the numeric inputs of ``ConcentratedSolution``, SI."""
    import numpy as np

    current, start, gap = cell["current_density"], cell["salt_concentration"], cell["thickness"]
    diffusivity, share = float(salt.diffusivity(start)), 1.0 - float(salt.transference(start))
    ends = LONGEST * gap**2 / diffusivity
    asked = min(cell["duration"], ends)
    depleted, states = march(salt, current, start, gap, ends, [asked])
    found = profile(salt, states[0], current, gap, cell["temperature"])
    exchange, alpha = cell["exchange_current_density"], cell["charge_transfer_coefficient"]
    surfaces = np.maximum([found.surface, found.counter], 1e-12 * start)
    fronts = exchange * (surfaces / start) ** (1.0 - alpha)
    plating = float(overpotential_of(current, fronts[0], cell["temperature"], alpha, np))
    stripping = float(overpotential_of(current, fronts[1], cell["temperature"], 1.0 - alpha, np))
    relative = np.float64(current / limiting_current(start, diffusivity, share, gap))
    return {
        "depletion_time": depleted, "cell_voltage": found.drop + plating + stripping, "surface_concentration": found.surface,
        "limiting_current": steady_limit(salt, start, gap), "overpotential": plating,
        "closed_form_time": float(depletion_time(relative, np)) * gap**2 / diffusivity,
    }  # fmt: skip
