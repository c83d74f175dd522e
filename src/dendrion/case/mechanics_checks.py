"""Checks of stress, fracture and flaws: what contradicts, what must be stated, what does not fit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..errors import InputError
from ..units import format_quantity

if TYPE_CHECKING:
    from ..materials import Material
    from .model import Case

SMALLEST_FRACTURE_LENGTH = 2.0
"""Length over which a crack is smeared below which the grid does not carry it [cells]."""

SOFT = 1e9
"""Young's modulus of an electrolyte below which a growing front pushes it, step by step [Pa]."""

TABOR = 3.0
"""Hardness over uniaxial compressive strength (Tabor, The Hardness of Metals, 1951) [dimensionless]."""

TOUGHNESS_MISMATCH = 0.2
"""Relative difference of G_c and K²(1 − ν²)/E that passes for their uncertainty [dimensionless]."""

_MECHANICAL = {
    "metal": ("young_modulus", "poisson_ratio"),
    "electrolyte": ("young_modulus", "poisson_ratio"),
}
_CREEP = ("creep_rate", "creep_exponent", "creep_activation_energy")
_FLOW = {
    "norton": _CREEP,
    "garofalo": (*_CREEP, "creep_breakdown_stress"),
    "anand": (
        "anand_rate",
        "anand_activation_energy",
        "anand_rate_exponent",
        "anand_saturation_strength",
        "anand_initial_strength",
        "anand_hardening_modulus",
        "anand_hardening_exponent",
        "anand_saturation_exponent",
    ),
}


def mechanics_on(case: Case) -> bool:
    """Whether the case solves for stress."""
    return case.physics.mechanics != "none"


def fracture_on(case: Case) -> bool:
    """Whether the electrolyte can crack."""
    return case.physics.fracture != "none"


def mechanics_errors(case: Case) -> Iterator[InputError]:
    """What contradicts or is missing among the entries about stress and fracture."""
    yield from _deposition(case)
    if not mechanics_on(case):
        yield from _without_mechanics(case)
        return
    conditions, physics = case.conditions, case.physics
    if case.domain.dimension < 2:
        yield InputError(
            "stress needs a 2-D or 3-D domain",
            field="domain.size",
            hint="size: [60 um, 60 um], cells: [128, 128]",
        )
    if physics.model == "hong2018":
        yield InputError("the hong2018 model has no stress", field="physics.model", allowed="two_potential")
    if conditions.lateral is None:
        yield InputError(
            "the sides of the box must be stated: stress depends on them",
            field="conditions.lateral",
            allowed="confined (the sides keep their distance) or free (they carry no load)",
        )
    if conditions.lateral == "free" and case.domain.lateral == "periodic":
        yield InputError(
            "periodic sides keep their distance",
            field="conditions.lateral",
            value="free",
            allowed="confined, or domain.lateral: symmetric",
        )
    if conditions.in_plane_compression > 0.0 and conditions.lateral != "free":
        yield InputError(
            "compression across the cell needs sides that move",
            field="conditions.in_plane_compression",
            value=format_quantity(conditions.in_plane_compression, "pressure"),
            allowed="0 Pa, or conditions.lateral: free",
        )
    if conditions.temperature_difference != 0.0 and conditions.bending is None:
        yield InputError(
            "a plate under a temperature difference bends, without any stress, or is held flat: say which",
            field="conditions.bending",
            allowed="flat or free",
        )
    if conditions.bending == "free" and case.domain.lateral == "periodic":
        yield InputError(
            "periodic sides can't bend", field="conditions.bending", value="free", allowed="flat"
        )
    yield from _fracture(case)
    yield from _flaws(case)


def _without_mechanics(case: Case) -> Iterator[InputError]:
    conditions = case.conditions
    given = {
        "conditions.stack_pressure": conditions.stack_pressure > 0.0
        and case.physics.engine not in ("contact", "texture"),
        "conditions.lateral": conditions.lateral is not None,
        "conditions.in_plane_compression": conditions.in_plane_compression > 0.0,
        "conditions.bending": conditions.bending is not None,
        "physics.fracture": fracture_on(case),
        "flaws": bool(case.flaws),
    }
    for field in (field for field, asked in given.items() if asked):
        yield InputError(
            "this needs stress, which the case does not solve for",
            field=field,
            hint="physics: {mechanics: viscoplastic} (or elastic), or leave it out",
        )


def _deposition(case: Case) -> Iterator[InputError]:
    """Where metal plates in cracks says nothing where it plates in none."""
    crack = case.physics.crack
    if fracture_on(case) and crack.filling:
        return
    for key, usual in (("deposition", "plane"), ("open", "connected")):
        value = getattr(crack, key)
        if value != usual:
            yield InputError(
                "metal fills no cracks in this case",
                field=f"physics.crack.{key}",
                value=value,
                allowed=f"{usual}, or physics.crack.filling: on with physics.fracture: at2 (or at1)",
            )


def _fracture(case: Case) -> Iterator[InputError]:
    length, largest = case.numerics.fracture_length, max(case.domain.spacing)
    if not fracture_on(case):
        if case.physics.crack.filling:
            yield InputError(
                "metal can fill cracks only where the electrolyte can crack",
                field="physics.crack.filling",
                hint="physics: {fracture: at2}",
            )
        return
    if length is not None and length < SMALLEST_FRACTURE_LENGTH * largest * (1.0 - 1e-9):
        cells = [
            max(n, math.ceil(SMALLEST_FRACTURE_LENGTH * a / length - 1e-9))
            for a, n in zip(case.domain.size, case.domain.cells, strict=True)
        ]
        yield InputError(
            f"the grid is too coarse for the crack: its length is {length / largest:.2g} cells",
            field="numerics.fracture_length",
            value=format_quantity(length, "length"),
            allowed=f"at least {SMALLEST_FRACTURE_LENGTH:g} cells, "
            f"{format_quantity(SMALLEST_FRACTURE_LENGTH * largest, 'length')} on this grid",
            hint=f"domain.cells: {cells}, or a greater length",
        )


def flaw_origin(case: Case, at: tuple[float, ...]) -> tuple[float, ...]:
    """Where a flaw begins [m]: a place inside the flat metal layer stands for one on the layer's surface."""
    return (max(at[0], case.initial.metal_thickness or 0.0), *at[1:])


def _flaws(case: Case) -> Iterator[InputError]:
    size = case.domain.size
    for index, flaw in enumerate(case.flaws):
        path = f"flaws[{index}]"
        if len(flaw.at) != len(size):
            yield InputError(
                f"{len(flaw.at)} coordinates are given",
                field=f"{path}.at",
                allowed=f"{len(size)}: [{', '.join('xyz'[: len(size)])}]",
            )
            continue
        if any(place > length for place, length in zip(flaw.at, size, strict=True)):
            yield InputError("this place is outside the domain", field=f"{path}.at")
            continue
        start = flaw_origin(case, flaw.at)[0]
        reach = flaw.length * math.cos(flaw.angle) if flaw.kind == "notch" else _radius(flaw.radius)
        if start + reach >= size[0]:
            yield InputError(
                "the flaw reaches the counter electrode",
                field=path,
                value=f"{format_quantity(start, 'length')} and {format_quantity(reach, 'length')} further",
                allowed=f"together below {format_quantity(size[0], 'length')}",
            )
        cracked = flaw.kind != "pore" and flaw.state == "cracked"
        if cracked and not fracture_on(case):
            yield InputError(
                "a cracked flaw needs fracture",
                field=path,
                hint="physics: {fracture: at2}, or state: void",
            )


def _radius(radius: float | tuple[float, ...]) -> float:
    return radius[0] if isinstance(radius, tuple) else radius


def mechanics_material_errors(case: Case, sheets: Mapping[str, Material]) -> Iterator[InputError]:
    """Numbers that stress and fracture need, and loads that the materials can't carry."""
    if not mechanics_on(case):
        return
    needed = {kind: list(names) for kind, names in _MECHANICAL.items()}
    if case.physics.mechanics == "viscoplastic":
        needed["metal"] += _FLOW[case.physics.flow.law]
    if case.physics.coupling.stress_to_kinetics:
        needed["electrolyte"].append("partial_molar_volume")
    if fracture_on(case):
        needed["electrolyte"].append("fracture_energy")
    if case.conditions.temperature_difference and case.physics.coupling.temperature_to_stress:
        needed["electrolyte"].append("thermal_expansion")
    missing = False
    for kind, names in needed.items():
        for name in names:
            if not sheets[kind].claims(name):
                missing = True
                from ..materials import PROPERTIES

                yield InputError(
                    f"{sheets[kind].name} has no claim of {name}, which stress or fracture needs",
                    field=f"materials.{kind}.{name}",
                    hint=f'materials: {{{kind}: {{{name}: "... {PROPERTIES[name].unit}"}}}}',
                )
    if not missing:
        yield from _loads(case, sheets["electrolyte"])
        yield from _toughness(case, sheets["electrolyte"])


def _loads(case: Case, electrolyte: Material) -> Iterator[InputError]:
    conditions = case.conditions
    if electrolyte.claims("hardness"):
        strength = electrolyte.claim("hardness").value / TABOR
        for key in ("stack_pressure", "in_plane_compression"):
            load = getattr(conditions, key)
            if load > strength:
                yield InputError(
                    f"{electrolyte.name} is crushed at this pressure (its hardness over {TABOR:g})",
                    field=f"conditions.{key}",
                    value=format_quantity(load, "pressure"),
                    allowed=f"at most {format_quantity(strength, 'pressure')}",
                )
    strengths = [n for n in ("flexural_strength", "tensile_strength") if electrolyte.claims(n)]
    if conditions.temperature_difference and conditions.bending == "flat" and strengths:
        modulus, poisson = (electrolyte.claim(n).value for n in ("young_modulus", "poisson_ratio"))
        expansion = electrolyte.claim("thermal_expansion").value
        largest = 2.0 * (1.0 - poisson) * electrolyte.claim(strengths[0]).value / (modulus * expansion)
        if abs(conditions.temperature_difference) > largest:
            yield InputError(
                f"the cold side of a plate of {electrolyte.name} held flat tears at this temperature difference",
                field="conditions.temperature_difference",
                value=f"{conditions.temperature_difference:g} K",
                allowed=f"at most {largest:.0f} K in size: 2 (1 - ν) σ_f / (E α)",
            )


def _toughness(case: Case, electrolyte: Material) -> Iterator[InputError]:
    """Fracture energy and toughness say the same; who changes one changes both."""
    given = case.overrides("electrolyte")
    both = electrolyte.claims("fracture_energy") and electrolyte.claims("fracture_toughness")
    if not fracture_on(case) or not both or not {"fracture_energy", "fracture_toughness"} & set(given):
        return
    modulus, poisson = (electrolyte.claim(n).value for n in ("young_modulus", "poisson_ratio"))
    energy, toughness = (electrolyte.claim(n).value for n in ("fracture_energy", "fracture_toughness"))
    implied = toughness**2 * (1.0 - poisson**2) / modulus
    if abs(energy - implied) > TOUGHNESS_MISMATCH * implied:
        name = "fracture_energy" if "fracture_energy" in given else "fracture_toughness"
        yield InputError(
            "fracture energy and toughness contradict each other: G_c = K²(1 − ν²)/E",
            field=f"materials.electrolyte.{name}",
            value=f"G_c = {energy:.3g} J/m^2, K²(1 − ν²)/E = {implied:.3g} J/m^2",
            allowed=f"a difference of at most {TOUGHNESS_MISMATCH:.0%}",
            hint="give both, or neither",
        )
