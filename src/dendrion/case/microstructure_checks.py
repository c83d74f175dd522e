"""Checks of a microstructure against grid, physics and materials, and the numbers of its boundaries."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import InputError
from ..units import format_quantity
from .microstructure import Grains, ImageMap, ImagePhase, PhaseProperties, Polycrystal

if TYPE_CHECKING:
    from ..materials import Material
    from .model import Case

FEWEST_CELLS = 4.0
"""Grain diameter below which the grid does not carry grains [cells]."""

FEWEST_IN_BALL = 3.0
"""Diameter of pores and particles below which their shape is lost [cells]."""

TEARING = 4.0
"""Energy that a particle frees by expanding, over the fracture energy, above which it tears its surroundings [dimensionless]."""

THIN = 2e-9
"""Thickness of a grain boundary where no claim says more [m]."""


def grains_of(case: Case) -> Grains | None:
    """The microstructure of a case, None where the electrolyte is uniform."""
    return case.microstructure if isinstance(case.microstructure, Grains) else None


def transforms(phase: PhaseProperties) -> bool:
    """Whether a second phase expands under tension."""
    return phase.transformation_strain is not None and phase.transformation_stress is not None


def second_phases(case: Case) -> Iterator[tuple[str, PhaseProperties]]:
    """Particles and phases of a label map, each with its path in the case."""
    grains = grains_of(case)
    if grains is None:
        return
    for index, ball in enumerate(grains.particles):
        yield f"microstructure.particles[{index}]", ball
    for index, one in enumerate(grains.phases if isinstance(grains, ImageMap) else ()):
        yield f"microstructure.phases[{index}]", one


def particles_transform(case: Case) -> bool:
    """Whether any second phase of a case expands under tension."""
    return any(transforms(one) for _, one in second_phases(case))


def bulk_conductivity(case: Case, sheet: Material) -> str | None:
    """Conductivity of the grains alone where the sheet states it beside that of a pellet, as text at the case's temperature.

    The default claim of many ceramics is the total of grains and boundaries; with boundaries of their own it would count
    them twice.
    """
    claims = sheet.claims("conductivity") if grains_of(case) is not None else []
    bulk = [claim for claim in claims if claim.label == "bulk" and not claim.default]
    if not bulk:
        return None
    law = claims[0]
    scale = float(law.evaluate(case.conditions.temperature)) / law.value
    return f"{bulk[0].value * scale!r} S/m"


def boundary_length(case: Case, sheet: Material) -> float:
    """l_gb = R_gb kappa [m], the length of grain that resists as much as a boundary.

    From the resistance given, else thickness over conductivity factor where a factor is given, else from the boundaries'
    share s of the resistance at the claimed grain size d (brick layer, l_gb = d s/(1 - s)), else from the claims of
    thickness and factor, else 0.
    """
    grains = grains_of(case)
    if grains is None:
        return 0.0
    given, temperature = grains.boundary, case.conditions.temperature
    if given.resistance is not None:
        return given.resistance * float(sheet.claim("conductivity").evaluate(temperature))
    if given.conductivity_factor is not None:
        return boundary_thickness(case, sheet) / given.conductivity_factor
    share = _claimed(sheet, "grain_boundary_resistance_share")
    size = _claimed(sheet, "grain_size")
    if share is not None and size is not None and share < 1.0:
        return size * share / (1.0 - share)
    factor = _claimed(sheet, "grain_boundary_conductivity_factor")
    return boundary_thickness(case, sheet) / factor if factor is not None else 0.0


def boundary_thickness(case: Case, sheet: Material) -> float:
    """Thickness of a grain boundary [m]: given, claimed, or 2 nm."""
    grains = grains_of(case)
    given = grains.boundary.thickness if grains is not None else None
    return given or _claimed(sheet, "grain_boundary_thickness") or THIN


def boundary_factor(case: Case, sheet: Material, name: str) -> float:
    """Shear, fracture or electronic factor ("shear", …) of the boundaries [dimensionless]: given, claimed, or 1."""
    grains = grains_of(case)
    given = getattr(grains.boundary, f"{name}_factor") if grains is not None else 1.0
    if given is not None:
        return float(given)
    return _claimed(sheet, f"grain_boundary_{name}_factor") or 1.0


def zener_anisotropy(case: Case, sheet: Material) -> float:
    """2 C44/(C11 - C12) of the grains [dimensionless]: given, claimed, or 1."""
    grains = grains_of(case)
    given = grains.crystal.zener_anisotropy if grains is not None else 1.0
    return float(given if given is not None else _claimed(sheet, "zener_anisotropy") or 1.0)


def _claimed(sheet: Material, name: str) -> float | None:
    claims = sheet.claims(name)
    return float(claims[0].value) if claims else None


def microstructure_errors(case: Case) -> Iterator[InputError]:
    """What contradicts the microstructure."""
    grains = grains_of(case)
    if grains is None:
        return
    asked = {
        "physics.model": ("the hong2018 model", case.physics.model == "hong2018"),
        "physics.engine": (
            f"the {case.physics.engine} engine",
            case.physics.engine not in ("field", "network"),
        ),
        "domain.size": ("a 1-D cell", case.domain.dimension < 2),
        "physics.transport": ("an electrolyte with a salt", case.physics.transport == "binary"),
    }
    for field, (what, refused) in asked.items():
        if refused:
            yield InputError(
                f"{what} has no microstructure", field=field, hint="microstructure: {kind: single_crystal}"
            )
    if case.physics.fracture != "none" and not case.physics.crack.filling:
        yield InputError(
            "grains crack only where metal fills the cracks, in this version",
            field="physics.crack.filling", value="off", allowed="on, or physics.fracture: none",
        )  # fmt: skip
    spacing = case.domain.spacing
    if max(spacing) > 1.01 * min(spacing):
        yield InputError(
            "a microstructure needs cubic cells", field="domain.cells", value=str(list(case.domain.cells)),
            allowed="the same size along every axis",
            hint=f"cells: {[max(2, round(length / min(spacing))) for length in case.domain.size]}",
        )  # fmt: skip
    if case.domain.dimension >= 2:
        yield from _buildable(case, grains)
    yield from _transformation(case)


def _transformation(case: Case) -> Iterator[InputError]:
    """What contradicts particles that expand."""
    for path, one in second_phases(case):
        strain, stress = one.transformation_strain, one.transformation_stress
        if (strain is None) != (stress is None):
            missing = "transformation_strain" if strain is None else "transformation_stress"
            yield InputError(
                "a transformation has a strain and a stress from which it happens: one of them is missing",
                field=f"{path}.{missing}",
                hint=f"{missing}: {'0.04' if strain is None else '100 MPa'}, or leave both out",
            )
        if (strain, stress) == (None, None):
            continue
        if isinstance(one, ImagePhase) and one.phase != "particle":
            yield InputError(
                "particles alone transform", field=f"{path}.transformation_strain", value=one.phase, hint="phase: particle"
            )  # fmt: skip
        if case.physics.engine != "field" or case.physics.fracture == "none":
            yield InputError(
                "particles transform in the field engine alone, and where the electrolyte can crack",
                field=f"{path}.transformation_strain",
                hint="physics: {engine: field, mechanics: elastic, fracture: at2}, or leave it out",
            )


def _buildable(case: Case, grains: Grains) -> Iterator[InputError]:
    if isinstance(grains, Polycrystal):
        dimensions = case.domain.dimension
        mean = grains.grain_size**dimensions * math.exp(
            0.5 * dimensions * (dimensions - 1) * grains.spread**2
        )
        if math.prod(case.domain.size) / (mean * (math.pi / 4.0 if dimensions == 2 else math.pi / 6.0)) < 1.5:
            yield InputError(
                "the domain holds no two grains", field="microstructure.grain_size",
                value=format_quantity(grains.grain_size, "length"), hint="kind: single_crystal, or smaller grains",
            )  # fmt: skip
    if isinstance(grains, ImageMap):
        from ..microstructure import resample

        found = grains.label_map
        try:
            resample(found, found.pixel_size or (), case.domain.cells, case.domain.size)
        except InputError as error:
            yield error


def microstructure_warnings(case: Case) -> Iterator[str]:
    """What the grid does not carry."""
    grains, cell = grains_of(case), max(case.domain.spacing)
    if grains is None:
        return
    if isinstance(grains, Polycrystal) and grains.grain_size < FEWEST_CELLS * cell:
        yield (
            f"microstructure.grain_size: {format_quantity(grains.grain_size, 'length')} is less than "
            f"{FEWEST_CELLS:g} grid cells; grains this small are not resolved"
        )
    balls = [("pores", grains.pores)] if grains.pores else []
    balls += [(f"particles[{index}]", one) for index, one in enumerate(grains.particles)]  # type: ignore[misc]
    for name, ball in balls:
        if ball is not None and ball.size < FEWEST_IN_BALL * cell:
            yield (
                f"microstructure.{name}.size: {format_quantity(ball.size, 'length')} is less than "
                f"{FEWEST_IN_BALL:g} grid cells; their shape is lost"
            )


def microstructure_material_warnings(case: Case, sheet: Material) -> Iterator[str]:
    """Particles so large that they tear the electrolyte when they expand.

    A ball of diameter D that expands by e_T is under p = 2 E e_T/(9 (1 - nu)) and frees some p^2 D/E an area of crack
    beside it. Kind: derived here, as an order of magnitude.
    """
    grains = grains_of(case)
    for index, ball in enumerate(grains.particles if grains is not None else ()):
        strain = ball.transformation_strain
        if strain is None or case.physics.fracture == "none":
            continue
        modulus, ratio, energy = (
            float(sheet.claim(name).value) for name in ("young_modulus", "poisson_ratio", "fracture_energy")
        )
        freed = (2.0 * strain / (9.0 * (1.0 - ratio))) ** 2 * modulus * ball.size
        if freed > TEARING * energy:
            yield (
                f"microstructure.particles[{index}].transformation_strain: balls of {format_quantity(ball.size, 'length')} "
                f"that expand by {strain:.1%} tear what is around them ({freed:.0f} J/m^2 of {energy:.1f} that it takes), and "
                "a step may not settle; fine particles that the grid does not resolve: their share times the strain"
            )


def microstructure_material_errors(case: Case, sheet: Material) -> Iterator[InputError]:
    """What contradicts the claims of the electrolyte ``sheet``."""
    grains = grains_of(case)
    if grains is None:
        return
    thickness = boundary_thickness(case, sheet)
    if isinstance(grains, Polycrystal) and thickness >= grains.grain_size:
        yield InputError(
            "a boundary is as thick as a grain", field="microstructure.boundary.thickness",
            value=format_quantity(thickness, "length"), allowed=f"below {format_quantity(grains.grain_size, 'length')}",
        )  # fmt: skip
    if (
        case.physics.mechanics == "viscoplastic"
        and case.physics.fracture == "none"
        and sheet.claims("yield_strength")
    ):
        yield InputError(
            "an electrolyte that yields has no microstructure in this version", field="physics.mechanics",
            value="viscoplastic", allowed="elastic, or physics.fracture with filled cracks",
        )  # fmt: skip
    electronic = _claimed(sheet, "electronic_conductivity")
    ionic = float(sheet.claim("conductivity").evaluate(case.conditions.temperature))
    if electronic is not None and electronic * boundary_factor(case, sheet, "electronic") >= ionic:
        yield InputError(
            "boundaries would conduct electrons better than the grains conduct ions",
            field="microstructure.boundary.electronic_factor", value=boundary_factor(case, sheet, "electronic"),
            allowed=f"below {ionic / electronic:.3g}",
        )  # fmt: skip
