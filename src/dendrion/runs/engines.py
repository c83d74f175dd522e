"""Which engine answers a case: both are led through the protocol by the same simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dendrion.case import Case
    from dendrion.field.simulation import Simulation


def simulation_of(case: Case) -> Simulation:
    """The simulation of a case with the engine that ``physics.engine`` names."""
    from dendrion.field.simulation import Simulation

    if case.physics.engine == "lattice":
        from dendrion.lattice.model import LatticeModel

        return Simulation(case, LatticeModel(case))
    if case.physics.engine == "contact":
        from dendrion.field.contact_model import ContactModel

        return Simulation(case, ContactModel(case))
    if case.physics.engine == "network":
        from dendrion.field.network_model import NetworkModel

        return Simulation(case, NetworkModel(case))
    if case.physics.engine == "texture":
        from dendrion.field.texture_model import TextureModel

        return Simulation(case, TextureModel(case))
    return Simulation(case)
