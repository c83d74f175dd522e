"""The properties by name, and the function that computes one."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from ..errors import InputError
from .potentials import Potential
from .result import ComputedClaim
from .sample import Sample, sample


@dataclass(frozen=True)
class Group:
    """A group of properties that one function computes.

    Attributes:
        module, function: where it is.
        meaning: what it gives.
        quick: settings of the function that try one size alone, so that there is no spread.
        compounds: it is defined for compounds too.
    """

    module: str
    function: str
    meaning: str
    quick: Mapping[str, Any] = field(default_factory=dict)
    compounds: bool = False

    def run(self, one: Sample, *, quick: bool = False) -> list[ComputedClaim]:
        """The claims of this group; ``quick``: of one setting alone, without a spread."""
        found: Callable[..., list[ComputedClaim]] = getattr(
            import_module(f".{self.module}", __package__), self.function
        )
        return found(one, **(self.quick if quick else {}))


PROPERTY_GROUPS: dict[str, Group] = {
    "lattice": Group("lattice", "lattice", "lattice constant, cohesive energy, molar volume", {}, True),
    "elastic": Group(
        "elastic", "elastic", "elastic constants, moduli, Born stability", {"strains": (0.005,)}, True
    ),
    "surface": Group(
        "surface", "surfaces", "energies of faces, their mean over the Wulff shape", {"thicknesses": (12.0,)}
    ),
    "surface-entropy": Group(
        "surface_entropy", "surface_entropy", "slope of the surface energy over temperature",
        {"thickness": 8.0, "repeats": (1, 2)},
    ),
    "vacancy": Group("vacancy", "vacancy", "vacancy formation and migration energy", {"sizes": (3,)}),
    "adatom": Group("adatom", "adatom", "barriers of adatom hops on (100) and (110)", {"sizes": (8.0,)}),
    "grain-boundary": Group(
        "grain_boundary", "grain_boundary", "energy of the sigma 5 (310) tilt boundary",
        {"thicknesses": (12.0,), "shifts": (1, 2)},
    ),
}  # fmt: skip
"""Groups by the name that the command line takes."""


REFUSED: dict[str, str] = {
    "charge-transfer": "exchange currents and charge-transfer barriers need electrons and a double layer; no potential "
    "here has them. Claims of measured interfaces are in the materials ('dendrion materials show \"Li|LLZO\"')",
    "interphase": "interphases grow by redox reactions between metal and electrolyte; potentials with fixed or no "
    "charges do not know the potential of the electrode",
    "ionic-conductivity": "a converged conductivity needs nanoseconds of first-principles quality; what a wheel's "
    "model gives in minutes is no number",
}
"""What is asked of atoms but no potential here can do honestly, with the reason."""


def compute(
    name: str, material: str, calculator: str | Potential, *, quick: bool = False
) -> list[ComputedClaim]:  # fmt: skip
    """The claims of a group of properties (``PROPERTY_GROUPS``) of a material with a calculator.

    Arguments:
        name: the group.
        material: a crystal: Li, Na, LLZO, or a test material.
        calculator: the name of a known potential, or a ``Potential`` (``potential_of`` makes one of any ASE
            calculator).
        quick: one setting of each property alone, without a spread.

    Raises:
        InputError: unknown names, a missing package, or a property that is not defined for this material.
        SimulationError: the crystal itself did not relax.
    """
    return group(name).run(sample(material, calculator), quick=quick)


def group(name: str) -> Group:
    """The group of that name.

    Raises:
        InputError: there is none; names the nearest.
    """
    if name in PROPERTY_GROUPS:
        return PROPERTY_GROUPS[name]
    if name in REFUSED:
        raise InputError(f"not computed: {REFUSED[name]}", field="property", value=name)
    near = difflib.get_close_matches(name, PROPERTY_GROUPS, 2, 0.4)
    raise InputError(
        "unknown property", field="property", value=name, allowed=", ".join(PROPERTY_GROUPS),
        hint=" or ".join(near) or None,
    )  # fmt: skip
