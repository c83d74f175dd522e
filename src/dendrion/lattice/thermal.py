"""Temperature of a lattice and the rates that follow from it, kept while it does not change."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dendrion.case import Case
from dendrion.lattice.ions import Ions
from dendrion.lattice.properties import Properties
from dendrion.lattice.sites import METAL, Lattice
from dendrion.lattice.temperature import Array, biot_number, imposed_temperature, steady_profile, wall_of


class Field(NamedTuple):
    """Values a site: temperature [K]; exchange: i_0 l^2/(e N), attempt rate, hop rate of an ion [1/s]; conductance of
    the ions [1/s a unit]; cold: T_ref/T [dimensionless]."""

    temperature: Array
    exchange: Array
    attempt: Array
    ion_hop: Array
    conductance: Array
    cold: Array


class Thermal:
    """The temperature of the case, solved across the cell where heat is on."""

    def __init__(self, case: Case, properties: Properties, ions: Ions) -> None:
        self.case, self.properties, self.ions = case, properties, ions
        self.imposed = imposed_temperature(case)
        self.walls = tuple(wall_of(side, case.conditions.temperature) for side in (case.conditions.heat.anode, case.conditions.heat.counter))  # fmt: skip
        self._last: tuple[Array, Field] | None = None
        self.exchange = self._field(self.imposed.ravel()).exchange
        if case.physics.heat:
            names = ("thermal_conductivity", "entropic_coefficient")
            here = np.array(case.conditions.temperature)
            self.metal_conductivity, self.entropic = (
                float(properties.claimed("metal", n, here)) for n in names
            )
            self.conductivity = float(properties.claimed("electrolyte", names[0], here))

    def biot_numbers(self) -> tuple[float, float]:
        """Biot numbers of anode and counter side [dimensionless]."""
        length = self.case.domain.size[0]
        return tuple(biot_number(wall[0], length, self.conductivity) for wall in self.walls)  # type: ignore[return-value]

    def field(self, current: float, eta: float, metal: NDArray[np.bool_]) -> Array:
        """Temperature of every site [K] for a current density [A/m^2], an overpotential [V] and the metal, [x, ...]."""
        if not self.case.physics.heat:
            return self.imposed
        share = metal.reshape(metal.shape[0], -1).mean(axis=1)
        k = 1.0 / (share / self.metal_conductivity + (1.0 - share) / self.conductivity)
        source = np.zeros(share.size)
        front = min(int(share.sum()), share.size - 1)
        temperature = self.case.conditions.temperature
        if self.case.physics.coupling.heat_of_reaction:
            source[front] = current * (eta + temperature * self.entropic)
        rise = steady_profile(k, self.properties.spacing, self.walls, source) - temperature  # type: ignore[arg-type]
        return self.imposed + rise.reshape((-1,) + (1,) * (self.imposed.ndim - 1))

    def at(self, lattice: Lattice, current: float, eta: float) -> Field:
        """Temperature and rates for the metal as it is, a current density [A/m^2] and an overpotential [V]."""
        temperature = self.field(current, eta, lattice.site.reshape(self.imposed.shape) == METAL).ravel()
        if self._last is None or not np.array_equal(self._last[0], temperature):
            self._last = (temperature, self._field(temperature))
        return self._last[1]

    def _field(self, temperature: Array) -> Field:
        p, links = self.properties, self.case.physics.coupling
        reference = np.full(temperature.shape, p.temperature)
        kinetic = temperature if links.temperature_to_kinetics else reference
        moving = temperature if links.temperature_to_transport else reference
        hop = p.claimed("electrolyte", "salt_diffusivity", moving) / p.spacing**2 if p.binary else np.zeros(1)
        return Field(
            temperature=temperature,
            exchange=np.ascontiguousarray(p.exchange_rate(kinetic)),
            attempt=np.ascontiguousarray(p.attempt_rate(temperature)),
            ion_hop=np.ascontiguousarray(hop),
            conductance=np.ascontiguousarray(self.ions.conductance(moving)),
            cold=p.temperature / temperature,
        )

    def resistance(self, height: float) -> float:
        """Ohmic resistance of a flat electrolyte above metal of a height [m] in a binary cell [ohm m^2]."""
        p = self.properties
        if not p.binary:
            return 0.0  # it is in the potential that is solved
        conductivity = float(p.claimed("electrolyte", "conductivity", np.array(p.temperature)))
        return max(self.case.domain.size[0] - height, 0.0) / conductivity
