"""The section of a case about the lattice engine, and what that engine refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from ..constants import AVOGADRO
from ..errors import InputError
from ..units import format_quantity
from .adatoms import Adatoms
from .engine_limits import left_out
from .quantities import QuantityField

if TYPE_CHECKING:
    from ..materials import Material
    from .model import Case

FEWEST_ACROSS = 4
"""Fewest sites along an axis [dimensionless]."""

LARGEST_ATOMISTIC = 8.0
"""Most atoms of a particle to which the barriers of one atom may be given [dimensionless]."""

SURFACE_CLAIMS = (
    "surface_diffusion_barrier",
    "lattice_parameter",
    "surface_hop_frequency",
    "interphase_mobility_factor",
)
"""What the metal must claim for its surface to smooth."""

MOST_FILLED = 0.2
"""Share of sites with an ion up to which ions pass for dilute [dimensionless]."""


class Lattice(Adatoms):
    """Numbers of the lattice engine (kinetic Monte Carlo); the lattice is the grid of the domain."""

    ions: Literal["averaged", "hops"] = Field(
        "averaged",
        description="averaged: ions hop far oftener than metal deposits, so their concentration is solved; "
        "hops: every coarse ion hops (binary electrolytes)",
    )
    exchange: Literal["net", "gross"] = Field(
        "net",
        description="net: a coarse particle grows by the net current of its atoms; "
        "gross: forward and backward reaction are events, in detailed balance (single atoms)",
    )
    surface_diffusion: Literal["mesoscopic", "atomistic", "none"] = Field(
        "mesoscopic",
        description="mesoscopic: hops of coarse particles that smooth at Mullins' rate; atomistic: barriers of "
        "single atoms; none",
    )
    bond_energy: Annotated[float, QuantityField("activation_energy", at_least=0.0)] | None = Field(
        None, description="atomistic: barrier a further neighbour adds; default the metal's claim"
    )
    interlayer_barrier: Annotated[float, QuantityField("activation_energy", at_least=0.0)] | None = Field(
        None, description="atomistic: barrier that an edge adds; default the metal's claim"
    )
    longest_hop: Annotated[int, Field(ge=1, le=64)] = Field(
        8, description="sites that a lone particle passes in one event on a free terrace"
    )
    hops_per_deposit: Annotated[float, QuantityField("dimensionless", above=0.0)] = Field(
        100.0, description="surface hops a deposited particle above which they are slowed to this"
    )
    ion_hops_per_deposit: Annotated[float, QuantityField("dimensionless", above=0.0)] = Field(
        1000.0, description="ion hops a deposited particle above which they are slowed to this"
    )
    layer_share: Annotated[float, QuantityField("dimensionless", above=0.0, at_most=1.0)] = Field(
        0.1, description="particles deposited in a step, in layers of the lattice"
    )


def lattice_errors(case: Case) -> Iterator[InputError]:
    """What the lattice engine can't do."""
    if case.physics.engine != "lattice":
        return
    domain = case.domain
    if domain.dimension == 1:
        yield InputError(
            "the lattice has two or three dimensions", field="domain.size", allowed="two or three entries"
        )
    largest, smallest = max(domain.spacing), min(domain.spacing)
    if largest > smallest * (1.0 + 1e-6):
        sizes = " x ".join(format_quantity(h, "length") for h in domain.spacing)
        yield InputError(
            "the sites of the lattice must be squares or cubes", field="domain.cells", value=sizes,
            hint=f"cells: {[max(1, round(length / smallest)) for length in domain.size]}",
        )  # fmt: skip
    if min(domain.cells) < FEWEST_ACROSS:
        yield InputError("too few sites", field="domain.cells", value=str(list(domain.cells)), allowed=f"at least {FEWEST_ACROSS}")  # fmt: skip
    physics = case.physics
    yield from left_out(
        case, "lattice", "its noise is that of single events, its anisotropy the lattice's",
        "physics.model", "physics.noise", "physics.heterogeneity", "physics.anisotropy", "physics.mechanics", "physics.fracture",
    )  # fmt: skip
    if case.lattice.ions == "hops" and physics.transport == "single_ion":
        yield InputError(
            "ions hop as particles only where a salt is dissolved; here every site holds one",
            field="lattice.ions", value="hops", allowed="averaged",
        )  # fmt: skip
    if case.lattice.ions == "hops" and case.lattice.exchange == "net":
        yield InputError(
            "net rates need a mean concentration; single ions react forward and backward",
            field="lattice.exchange", value="net", allowed="gross (with lattice.ions: hops)",
        )  # fmt: skip


def lattice_material_errors(case: Case, sheets: Mapping[str, Material]) -> Iterator[InputError]:
    """What is wrong with the size of the particles: atoms a particle, filling of the electrolyte."""
    if case.physics.engine != "lattice":
        return
    molar_volume, salt_concentration = sheets["metal"].claim("molar_volume").value, None
    if case.physics.transport == "binary":
        salt_concentration = sheets["electrolyte"].claim("salt_concentration").value
    atoms = max(case.domain.spacing) ** 3 * AVOGADRO / molar_volume
    spacing = format_quantity(max(case.domain.spacing), "length")
    if atoms < 1.0 - 1e-6:
        yield InputError("a site is smaller than an atom", field="domain.cells", value=f"sites of {spacing}, {atoms:.2g} atoms")  # fmt: skip
    if case.lattice.surface_diffusion == "atomistic" and atoms > LARGEST_ATOMISTIC:
        yield InputError(
            "the barriers of one atom are not those of a coarse particle", field="lattice.surface_diffusion",
            value=f"atomistic, with {atoms:.3g} atoms a particle", allowed=f"up to {LARGEST_ATOMISTIC:g} atoms a particle",
            hint="mesoscopic",
        )  # fmt: skip
    if salt_concentration is not None and salt_concentration * molar_volume > MOST_FILLED:
        yield InputError(
            "too many ions for a dilute lattice gas", field="materials.electrolyte.salt_concentration",
            value=f"{salt_concentration * molar_volume:.2g} of the sites", allowed=f"at most {MOST_FILLED:g}",
        )  # fmt: skip
