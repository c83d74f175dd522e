"""What the sections of engines whose surfaces smooth by adatoms have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .quantities import QuantityField, Section


class Adatoms(Section):
    """Numbers of the metal's adatoms in place of its claims."""

    surface_mobility_factor: (
        Annotated[float, QuantityField("dimensionless", above=0.0, at_most=1.0)] | None
    ) = Field(
        None,
        description="mobility of adatoms under an interphase over that of a clean surface; default the metal's claim",
    )
    attempt_frequency: Annotated[float, QuantityField("frequency", above=0.0, example="1e13 1/s")] | None = (
        Field(None, description="attempt frequency of an adatom; default the metal's claim")
    )
