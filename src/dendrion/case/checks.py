"""Checks that look at several entries of a case at once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import InputError
from ..units import format_quantity
from .contact import contact_errors
from .documents import Document, parse_path
from .geometry_checks import geometry_errors, geometry_warnings
from .interphase import interphase_errors
from .lattice import lattice_errors
from .material_checks import check_materials
from .materials_choice import KINETICS
from .mechanics_checks import mechanics_errors
from .microstructure_checks import microstructure_errors, microstructure_warnings
from .network import network_errors
from .texture import texture_errors

if TYPE_CHECKING:
    from .model import Case

_FEW = 20  # steps a pulse, so that its beginning and end are resolved
_MANY_SEGMENTS = 200_000


def check(case: Case) -> tuple[list[InputError], list[str]]:
    """Everything that is wrong with a case, and what deserves a second look."""
    errors = [*_choices(case), *geometry_errors(case), *mechanics_errors(case), *_protocol_errors(case)]
    errors += [
        *lattice_errors(case),
        *contact_errors(case),
        *network_errors(case),
        *texture_errors(case),
        *interphase_errors(case),
        *microstructure_errors(case),
    ]
    warnings = [
        *geometry_warnings(case),
        *_protocol_warnings(case),
        *_unused(case),
        *microstructure_warnings(case),
    ]
    more_errors, more_warnings = check_materials(case, geometry_fits=not errors)
    return [*errors, *more_errors], [*warnings, *more_warnings]


def located(error: InputError, document: Document) -> InputError:
    """The error with the place of its field in the document."""
    if error.location is not None or error.field is None:
        return error
    try:
        path = parse_path(error.field)
    except InputError:
        return error
    return InputError(
        error.problem,
        field=error.field,
        value=error.value,
        allowed=error.allowed,
        hint=error.hint,
        location=document.locate(path),
    )


def _choices(case: Case) -> Iterator[InputError]:
    """Entries that exclude each other."""
    cell, interface = case.cell, case.materials.interface
    given = [f"cell.{key}" for key in KINETICS if getattr(cell, key) is not None]
    given += [f"materials.interface.{key}" for key in KINETICS if key in interface]
    if len(given) > 1:
        yield InputError(
            f"give one of {' and '.join(given)}: each sets the other, i0 = RT/(F R)", field=given[0]
        )
    if case.physics.noise.kind != "none" and case.physics.heterogeneity is not None:
        yield InputError(
            "noise and frozen heterogeneity can't be used together in this version",
            field="physics.heterogeneity",
            hint="keep one of physics.heterogeneity and physics.noise",
        )
    if case.physics.model == "hong2018":
        yield from _not_in_hong2018(case)


def _unused(case: Case) -> Iterator[str]:
    """Entries that say something which nothing reads."""
    given = case.given
    if "hong2018" in (given.get("physics") or {}) and case.physics.model != "hong2018":
        yield "physics.hong2018: has no effect with physics.model: two_potential"
    for engine in ("lattice", "contact", "network", "texture"):
        if engine in given and case.physics.engine != engine:
            yield f"{engine}: has no effect with physics.engine: {case.physics.engine}"
    crack = (given.get("physics") or {}).get("crack") or {}
    if case.physics.crack.filling and "energy_split" in crack:
        yield "physics.crack.energy_split: has no effect where metal fills cracks; they open along their normal"
    if "heat" in (given.get("conditions") or {}) and not case.physics.heat:
        yield "conditions.heat: has no effect while physics.heat is off"


def _not_in_hong2018(case: Case) -> Iterator[InputError]:
    """The published model is isothermal and isotropic and has its own noise and interface."""
    physics, conditions = case.physics, case.conditions
    asked = {
        "physics.heat": physics.heat,
        "physics.noise": physics.noise.kind != "none",
        "physics.heterogeneity": physics.heterogeneity is not None,
        "physics.anisotropy": physics.anisotropy.surface_energy > 0.0 or physics.anisotropy.kinetics > 0.0,
        "conditions.hot_spots": bool(conditions.hot_spots),
        "conditions.temperature_difference": conditions.temperature_difference != 0.0,
    }
    for field in (field for field, given in asked.items() if given):
        yield InputError(
            "the hong2018 model is isothermal and isotropic and has only its own noise",
            field=field,
            hint="leave it out (physics.hong2018.noise_amplitude is its noise), or use model: two_potential",
        )
    if "numerics.interface_width" not in case.defaults:
        yield InputError(
            "the hong2018 model sets its own interface width, √(2κ/W)",
            field="numerics.interface_width",
            hint="leave it out, or change physics.hong2018.gradient_energy and barrier_height",
        )


def _protocol_errors(case: Case) -> Iterator[InputError]:
    if math.isinf(case.protocol.duration) and case.stop.time is None:
        yield InputError(
            "a step ends by its voltage limit alone, and it may never come",
            field="protocol",
            hint="add 'for 2 h or until ...' to the step, or stop: {time: 2 h}",
        )
    if case.stop.tip is not None and case.stop.tip > case.domain.size[0]:
        yield InputError(
            "the tip can't get there: it is beyond the domain",
            field="stop.tip",
            value=format_quantity(case.stop.tip, "length"),
            allowed=f"at most {format_quantity(case.domain.size[0], 'length')}",
        )


def _protocol_warnings(case: Case) -> Iterator[str]:
    protocol, largest = case.protocol, case.numerics.largest_time_step
    shortest = protocol.shortest_segment()
    pulsed = len(protocol.segments) > 2 * protocol.step_count
    if pulsed and largest is not None and largest > shortest / _FEW:
        yield (
            f"numerics.largest_time_step: {largest:g} s is more than 1/{_FEW} of the shortest pulse "
            f"({shortest:g} s), whose beginning and end are then not resolved"
        )
    if len(protocol.segments) > _MANY_SEGMENTS:
        yield (
            f"protocol: {len(protocol.segments)} segments, each of which takes at least one time step; "
            "this will take long"
        )
