"""The sections of a case about stress, fracture and the flaws that a solid electrolyte starts with."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from .quantities import Length, Position, QuantityField, Section, Switch

Coordinates = Annotated[tuple[Position, ...], Field(min_length=2, max_length=3, strict=False)]
Angle = Annotated[float, QuantityField("angle", at_least=-0.5 * math.pi, at_most=0.5 * math.pi)]

FlawState = Literal["cracked", "void"]


class NotchFlaw(Section):
    """A straight crack from ``at`` into the electrolyte; in 3-D a plane that is as wide as the domain."""

    kind: Literal["notch"]
    at: Coordinates = Field(
        description="mouth [x, y] or [x, y, z]; a mouth inside the metal layer counts from the layer's surface",
        examples=["[0 um, 30 um]"],
    )
    length: Length = Field(description="length from the mouth to the tip")
    angle: Angle = Field(0.0, description="direction from the x axis towards y", examples=["30 deg"])
    width: Length | None = Field(None, description="width of the slot; default a row of cells")
    state: FlawState = Field(
        "cracked", description="cracked: broken electrolyte whose faces touch; void: an empty slot"
    )


class PennyFlaw(Section):
    """A round crack in 3-D, or its section in 2-D: half of it stands in the electrolyte if ``at`` is on the metal."""

    kind: Literal["penny"]
    at: Coordinates = Field(description="centre [x, y] or [x, y, z]; inside the metal layer: on its surface")
    radius: Length = Field(description="radius of the crack, which lies in the plane of x and z")
    state: FlawState = Field("cracked", description="as for a notch")


class PoreFlaw(Section):
    """An empty pore, an ellipse (ellipsoid) along the grid's axes."""

    kind: Literal["pore"]
    at: Coordinates = Field(description="centre [x, y] or [x, y, z]")
    radius: Annotated[tuple[Length, ...], Field(min_length=1, max_length=3, strict=False)] = Field(
        description="half axes along x, y (and z); one entry for a circle or sphere"
    )


Flaw = Annotated[
    Annotated[NotchFlaw, Tag("notch")]
    | Annotated[PennyFlaw, Tag("penny")]
    | Annotated[PoreFlaw, Tag("pore")],
    Discriminator("kind"),
]


class Crack(Section):
    """How a crack acts on charge and metal (physics.fracture must be on)."""

    filling: Switch | None = Field(
        None,
        description="metal plates into cracks, presses on their faces and carries the anode's potential; "
        "default on where only the metal's ion moves",
    )
    plating_threshold: Annotated[float, QuantityField("dimensionless", at_least=0.0, below=1.0)] = Field(
        0.26, description="damage from which ions and metal reach the crack faces"
    )
    deposition: Literal["plane", "band", "slope"] = Field(
        "plane",
        description="where in the damaged band of a crack metal plates: in the crack's plane; in the whole band, in "
        "proportion to the density of its energy; or by the slope of the damage. The last two are the published ways: "
        "metal beside the plane breaks its row too, so that a crack is wider and tougher the finer the grid",
    )
    open: Literal["connected", "leaking"] = Field(
        "connected",
        description="which cracks plate: those that cracks or metal join to the anode, or all, fed by an electrolyte that "
        "leaks electrons without resistance",
    )
    conduction: Literal["none", "isotropic", "across"] = Field(
        "none",
        description="what damage does to conduction: none (a filled crack conducts along and lets ions past), "
        "isotropic, or across the crack only",
    )
    energy_split: Literal["spectral", "volumetric_deviatoric", "none"] = Field(
        "spectral", description="which part of the elastic energy drives damage outside filled cracks"
    )
    residual_stiffness: Annotated[float, QuantityField("dimensionless", above=0.0, at_most=1e-2)] = Field(
        1e-6, description="share of the stiffness that broken electrolyte keeps"
    )


class MetalFlow(Section):
    """How the metal flows (physics.mechanics: viscoplastic)."""

    law: Literal["garofalo", "norton", "anand"] = Field(
        "garofalo",
        description="garofalo: power-law creep that breaks down at high stress; norton: without the break-down; "
        "anand: rate-dependent strength with hardening, where the metal has its claims",
    )
    diameter: Length | None = Field(
        None, description="size of the metal that flows: small metal is stronger; default bulk"
    )
    grain_size: Length | None = Field(
        None, description="grain size of the metal, for diffusional creep; default none"
    )


class Coupling(Section):
    """Links between the fields; off leaves the other field exactly as it would be alone."""

    scheme: Literal["strong", "weak"] = Field(
        "strong",
        description="strong: a step is repeated until what stress, heat and flow do to the front stands still; weak: "
        "the front feels the stress of the step before. Cracks, their metal and the potential always agree",
    )
    temperature_to_kinetics: Switch = Field(
        True, description="exchange current density at the local temperature"
    )
    temperature_to_transport: Switch = Field(
        True, description="conductivity and diffusivity at the local temperature"
    )
    salt_to_kinetics: Switch = Field(True, description="reaction rate follows the local salt concentration")
    salt_to_conduction: Switch = Field(
        True, description="conductivity and diffusion potential follow the salt"
    )
    curvature_to_kinetics: Switch = Field(
        True, description="capillary (Gibbs-Thomson) term of the overpotential"
    )
    front_motion: Switch = Field(True, description="the metal grows; off freezes its shape")
    heat_of_reaction: Switch = Field(True, description="overpotential and entropic heat of the reaction")
    joule_heat: Switch = Field(True, description="heat of conduction")
    stress_to_kinetics: Switch = Field(
        True, description="mechanical overpotential (V₊ p_SE − V_M t_n)/F of the front"
    )
    stress_to_conduction: Switch = Field(
        True, description="conductivity follows the mean stress, where the electrolyte has a claim of it"
    )
    growth_to_stress: Switch | None = Field(
        None,
        description="the growing front pushes the electrolyte; default on for electrolytes softer than 1 GPa: "
        "a perfect front under a ceramic is levelled within a millisecond and stays flat",
    )
    temperature_to_stress: Switch = Field(True, description="thermal strain")
    temperature_to_flow: Switch = Field(True, description="the metal creeps at the local temperature")
    pressure_to_kinetics: Switch = Field(
        True, description="the pressure of the metal in a crack hinders its plating"
    )
    filling_to_stress: Switch = Field(True, description="metal in a crack presses on its faces")
    filling_to_front: Switch = Field(
        True, description="metal of a crack that the front reaches becomes part of it"
    )
    flow_to_heat: Switch = Field(True, description="heat of the metal's plastic flow")
    transformation_to_stress: Switch = Field(
        True, description="particles with a transformation_strain expand where their stress reaches its value"
    )


def coupling_scheme(value: Any) -> Any:
    """``coupling: strong`` for ``coupling: {scheme: strong}``."""
    return {"scheme": value} if isinstance(value, str) else value


CouplingChoice = Annotated[Coupling, BeforeValidator(coupling_scheme)]
"""The links, or the name of the scheme."""
