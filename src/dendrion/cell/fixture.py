"""Stack pressure that a fixture answers with when the metal swells, and the contact that it makes.

Derived here from springs in series; contact after Bowden and Tabor with Holm's constriction, as in
`theory.mechanics` (`contact`), which stands on the same floor and can't be imported.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

FixtureKind = Literal["constant_pressure", "constant_gap", "spring"]


@dataclass(frozen=True)
class Fixture:
    """What holds the stack together.

    Attributes:
        kind: constant_pressure (a weight or a gas), constant_gap (bolted plates), spring.
        pressure: stack pressure when the cell is assembled [Pa].
        stiffness: of the fixture [Pa/m]; used by ``spring``.
        stack_stiffness: of electrolyte, metal and cathode in series [Pa/m].
        largest: pressure at which the metal is squeezed out [Pa].
    """

    kind: FixtureKind = "constant_pressure"
    pressure: float = 0.0
    stiffness: float = math.inf
    stack_stiffness: float = math.inf
    largest: float = math.inf

    def pressure_after(self, swelling: float, squeezed: float = 0.0) -> tuple[float, float]:
        """Pressure [Pa] and squeezed-out thickness [m] at a swelling of the free stack.

        P = P₀ + k (u − s), k = 1/(1/k_fixture + 1/k_stack), 0 ≤ P ≤ P_max; what would exceed P_max makes the
        metal flow out for good, s grows, and the pressure that a later shrinking leaves is lower.

        Arguments:
            swelling: u, thickness of the free stack over that at assembly [m].
            squeezed: s before [m].
        """
        if self.kind == "constant_pressure":
            return min(self.pressure, self.largest), squeezed
        stiffness = self.stack_stiffness
        if self.kind == "spring":
            stiffness = 1.0 / (1.0 / self.stiffness + 1.0 / self.stack_stiffness)
        pressure = self.pressure + stiffness * (swelling - squeezed)
        if pressure > self.largest:
            squeezed += (pressure - self.largest) / stiffness
            pressure = self.largest
        return max(pressure, 0.0), squeezed


def series_stiffness(layers: list[tuple[float, float]]) -> float:
    """Stiffness of layers under uniform compression [Pa/m], each (thickness [m], modulus [Pa])."""
    compliance = sum(thickness / modulus for thickness, modulus in layers if thickness > 0.0)
    return 1.0 / compliance if compliance > 0.0 else math.inf


def slab_pressure(yield_strength: float, width: float, thickness: float) -> float:
    """Pressure that squeezes a sticking slab out, (2/√3)(1 + w/4h) σ_y [Pa] (Prandtl).

    Arguments:
        yield_strength [Pa], width w [m], thickness h [m].
    """
    return 2.0 / math.sqrt(3.0) * (1.0 + width / (4.0 * thickness)) * yield_strength


@dataclass(frozen=True)
class Contact:
    """Contact between metal and electrolyte.

    Attributes:
        fraction: share θ of the area that touches [dimensionless].
        constriction: resistance of the lines of current narrowing into the spots [ohm*m^2].
    """

    fraction: float
    constriction: float


LEAST_CONTACT = 1e-3
"""Contact fraction that a cell keeps under no pressure at all [dimensionless]: it was pressed once."""


def contact_at(pressure: float, yield_strength: float, conductivity: float, spot_radius: float) -> Contact:
    """Contact θ = min(1, P/3σ_y), constriction π a (1 − √θ)^{3/2}/(4 σ θ).

    Arguments:
        pressure P [Pa], yield strength σ_y of the metal [Pa], conductivity σ of the electrolyte [S/m], radius a of a
        contact spot [m].
    """
    fraction = min(1.0, max(pressure / (3.0 * yield_strength), LEAST_CONTACT))
    narrowing = (1.0 - math.sqrt(fraction)) ** 1.5
    return Contact(fraction, math.pi * spot_radius * narrowing / (4.0 * conductivity * fraction))
