"""Checks that need to know the materials: which ion, which salt, how hot, which numbers exist."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..units import format_quantity
from .contact import CREEP_CLAIMS
from .geometry_checks import steep_shapes
from .interphase import interphase_material_errors, interphase_warnings
from .lattice import SURFACE_CLAIMS, lattice_material_errors
from .materials_choice import KINETICS, assumptions, chosen, chosen_interface, with_overrides
from .mechanics_checks import mechanics_material_errors
from .microstructure_checks import microstructure_material_errors, microstructure_material_warnings
from .network import needed_claims, network_on
from .texture import texture_on

if TYPE_CHECKING:
    from ..materials import Material
    from .model import Case

_NEEDED = {
    "metal": ("molar_volume", "surface_energy"),
    "electrolyte": ("conductivity",),
    "interface": ("exchange_current_density", "charge_transfer_coefficient"),
}
_NEEDED_BINARY = (
    "salt_concentration",
    "salt_diffusivity",
    "cation_transference_number",
    "thermodynamic_factor",
)
_NEEDED_HEAT = ("density", "heat_capacity", "thermal_conductivity")
_CHECKED_LAWS = ("conductivity", "salt_diffusivity", "exchange_current_density")


def transport_of(case: Case) -> str | None:
    """single_ion or binary after the electrolyte's class; None where the electrolyte is refused."""
    try:
        kind = chosen(case.cell.electrolyte).electrolyte_class or ""
    except InputError:
        return None
    return "binary" if kind.startswith("binary") else "single_ion"


def check_materials(case: Case, geometry_fits: bool) -> tuple[list[InputError], list[str]]:
    """Errors and warnings that need the materials."""
    errors: list[InputError] = []
    sheets: dict[str, Material] = {}
    for kind in ("metal", "electrolyte"):
        sheet = _sheet(kind, getattr(case.cell, kind), errors)
        if sheet is not None:
            sheets[kind] = sheet
    if len(sheets) < 2:
        return errors, []
    errors += _fitting(case, sheets["metal"], sheets["electrolyte"])
    if errors:
        return errors, []
    sheets["interface"] = chosen_interface(case.cell.metal, case.cell.electrolyte)
    for kind, sheet in sheets.items():
        sheets[kind] = _overridden(case, kind, sheet, errors)
    if errors:
        return errors, []
    errors += _missing(case, sheets)
    errors += mechanics_material_errors(case, sheets)
    errors += _filaments(case, sheets["electrolyte"])
    errors += _temperatures(case, sheets["metal"])
    if not errors:
        errors += lattice_material_errors(case, sheets)
        errors += interphase_material_errors(case)
        errors += microstructure_material_errors(case, sheets["electrolyte"])
    if errors or not geometry_fits:
        return errors, []
    return errors, [
        *_assumption_warnings(case),
        *_range_warnings(case, sheets),
        *interphase_warnings(case, temperature_range(case)),
        *_metal_warnings(case, sheets["metal"]),
        *microstructure_material_warnings(case, sheets["electrolyte"]),
    ]


def _sheet(kind: str, choice: str | Mapping[str, Any], errors: list[InputError]) -> Material | None:
    from ..materials import list_materials

    field = f"cell.{kind}"
    try:
        sheet = chosen(choice)
    except InputError as error:
        for one in getattr(error, "errors", [error]):
            named = isinstance(choice, str)
            allowed = ", ".join(list_materials(kind)) if named else one.allowed
            # An inline material's error names a key of its mapping, or the material as a whole.
            inner = "" if named or re.split(r"[.\[]", one.field or "")[0] not in choice else f".{one.field}"
            errors.append(
                InputError(one.problem, field=field + inner, value=one.value, allowed=allowed, hint=one.hint)
            )
        return None
    if sheet.kind != kind:
        errors.append(
            InputError(
                f"this is no {kind} but of the kind {sheet.kind}",
                field=field,
                value=sheet.name,
                allowed=", ".join(list_materials(kind)),
            )
        )
        return None
    return sheet


def _fitting(case: Case, metal: Material, electrolyte: Material) -> Iterator[InputError]:
    if metal.ion and electrolyte.ion and metal.ion != electrolyte.ion:
        from ..materials import list_materials, material

        fitting = [name for name in list_materials("electrolyte") if material(name).ion == metal.ion]
        yield InputError(
            f"{electrolyte.name} conducts {electrolyte.ion}, it can't plate {metal.name}",
            field="cell.electrolyte",
            value=electrolyte.name,
            allowed=", ".join(fitting),
        )
    binary = (electrolyte.electrolyte_class or "").startswith("binary")
    given = case.physics.transport
    if case.physics.model == "hong2018" and not binary:
        yield InputError(
            f"the hong2018 model moves a salt, and in {electrolyte.name} ({electrolyte.electrolyte_class}) "
            f"only the {electrolyte.ion} ion moves",
            field="physics.model",
            value="hong2018",
            allowed="two_potential",
        )
    elif given == "binary" and not binary:
        yield InputError(
            f"{electrolyte.name} is a {electrolyte.electrolyte_class}: only the {electrolyte.ion} ion moves, "
            "there is no salt to deplete and no Sand's time",
            field="physics.transport",
            value=given,
            allowed="single_ion",
        )
    elif given == "single_ion" and binary:
        yield InputError(
            f"{electrolyte.name} is a {electrolyte.electrolyte_class}: its anions move too, and without them "
            "its limiting current would be lost",
            field="physics.transport",
            value=given,
            allowed="binary",
        )


def _overridden(case: Case, kind: str, sheet: Material, errors: list[InputError]) -> Material:
    """The sheet with the overrides, each tried alone so that an error names its property."""
    good = {}
    for name, given in case.overrides(kind).items():
        try:
            with_overrides(sheet, {name: given}, case.conditions.temperature)
            good[name] = given
        except InputError as error:
            for one in getattr(error, "errors", [error]):
                errors.append(
                    InputError(
                        one.problem,
                        field=f"materials.{kind}.{name}",
                        value=one.value,
                        allowed=one.allowed,
                        hint=one.hint,
                    )
                )
    if all(name in good for name in KINETICS):
        del good[KINETICS[0]]  # refused already: each sets the other
    return with_overrides(sheet, good, case.conditions.temperature)


def _missing(case: Case, sheets: Mapping[str, Material]) -> Iterator[InputError]:
    """Numbers that the chosen physics needs and nobody claims."""
    if case.physics.model == "hong2018":
        return
    needed = {kind: list(names) for kind, names in _NEEDED.items()}
    if case.physics.transport == "binary":
        needed["electrolyte"] += _NEEDED_BINARY
    if case.physics.engine == "lattice" and case.lattice.surface_diffusion != "none":
        needed["metal"] += SURFACE_CLAIMS
    if case.physics.engine == "contact":
        needed["metal"] += [*CREEP_CLAIMS, *SURFACE_CLAIMS]
        needed["electrolyte"] += ["fracture_toughness"] if case.contact.flaw_length else []
    if texture_on(case):
        needed["metal"] += ["biaxial_modulus"]
    if network_on(case):
        needed["electrolyte"] += needed_claims(case)
    if case.physics.heat:
        needed["metal"] += [*_NEEDED_HEAT, "entropic_coefficient"]
        needed["electrolyte"] += _NEEDED_HEAT
    for kind, names in needed.items():
        for name in names:
            if not sheets[kind].claims(name):
                from ..materials import PROPERTIES

                hint = f'materials: {{{kind}: {{{name}: "... {PROPERTIES[name].unit}"}}}}'
                if name == "exchange_current_density":
                    hint = "cell: {interface_resistance: 10 ohm*cm^2} or {exchange_current_density: 10 A/m^2}"
                yield InputError(
                    f"{sheets[kind].name} has no claim of {name}, which this case needs",
                    field=f"materials.{kind}.{name}",
                    hint=hint,
                )


def _filaments(case: Case, electrolyte: Material) -> Iterator[InputError]:
    if not (electrolyte.electrolyte_class or "").startswith("single_ion"):
        return
    for field, ratio in steep_shapes(case):
        yield InputError(
            f"a filament in a ceramic is a crack that metal fills; this shape of metal is {ratio:.2g} times as "
            f"high as wide, and {electrolyte.name} would crack before it grew",
            field=field,
            allowed="shapes at most 0.3 times as high as wide",
            hint="flaws: [{kind: notch, at: [0 um, 30 um], length: 10 um}] and physics: {mechanics: viscoplastic, "
            "fracture: at2}",
        )


def temperature_range(case: Case) -> tuple[float, float]:
    """Lowest and highest imposed temperature [K]."""
    conditions = case.conditions
    half = 0.5 * abs(conditions.temperature_difference)
    rises = [0.0]
    for here in conditions.hot_spots:
        slope = conditions.temperature_difference * (here.at[0] / case.domain.size[0] - 0.5) - half
        others = sum(
            spot.rise_at(sum((a - b) ** 2 for a, b in zip(spot.at, here.at, strict=False)))
            for spot in conditions.hot_spots
        )
        rises.append(others + slope)
    mean = 0.0
    if conditions.hot_spot_normalise == "mean":
        mean = sum(_mean_rise(spot, case.domain.size) for spot in conditions.hot_spots)
    return conditions.temperature - half - mean, conditions.temperature + half + max(rises) - mean


def _mean_rise(spot: Any, size: tuple[float, ...]) -> float:
    """Mean of a Gaussian over the domain [K], axis by axis through the error function."""
    share = 1.0
    for place, length in zip(spot.at, size, strict=False):
        ends = math.erf((length - place) / spot.width) + math.erf(place / spot.width)
        share *= 0.5 * math.sqrt(math.pi) * spot.width * ends / length
    return float(spot.rise * share)


def _temperatures(case: Case, metal: Material) -> Iterator[InputError]:
    lowest, highest = temperature_range(case)
    if lowest <= 0.0:
        yield InputError(
            "the temperature difference and the hot spots reach below absolute zero",
            field="conditions.temperature_difference",
            value=f"lowest temperature {lowest:g} K",
        )
    if not metal.claims("melting_temperature"):
        return
    melting = metal.claim("melting_temperature").value
    if highest <= melting:
        return
    field = "conditions.temperature"
    if case.conditions.temperature <= melting:
        field = (
            "conditions.hot_spots[0].rise"
            if case.conditions.hot_spots
            else "conditions.temperature_difference"
        )
    written = format_quantity(melting, "temperature")
    yield InputError(
        f"{metal.name} is molten at this temperature (it melts at {written}); the model is about solid metal",
        field=field,
        value=f"highest temperature {format_quantity(highest, 'temperature')} ({highest:.2f} K)",
        allowed=f"at most {written} ({melting:g} K)",
    )


def _assumption_warnings(case: Case) -> Iterator[str]:
    sheets = (chosen(case.cell.electrolyte), chosen_interface(case.cell.metal, case.cell.electrolyte))
    for kind, sheet in zip(("electrolyte", "interface"), sheets, strict=True):
        for name, claim in assumptions(sheet).items():
            if name not in case.overrides(kind):
                yield f"materials.{kind}.{name}: {claim.value:g}, {claim.source}"


def _range_warnings(case: Case, sheets: Mapping[str, Material]) -> Iterator[str]:
    import numpy as np

    ends = np.array(temperature_range(case))
    seen = ends[:1] if ends[0] == ends[1] else ends
    for kind in ("electrolyte", "interface"):
        for name in _CHECKED_LAWS:
            for claim in sheets[kind].claims(name)[:1]:
                yield from claim.check(seen, claim.concentration)


def _metal_warnings(case: Case, metal: Material) -> Iterator[str]:
    """Flat growth over the whole protocol: does it fit, and is there metal enough to strip?"""
    from ..constants import FARADAY

    if not metal.claims("molar_volume") or math.isinf(case.protocol.duration) or case.protocol.has_voltage:
        return
    per_charge = metal.claim("molar_volume").value / FARADAY
    plated, stripped = case.protocol.charges()
    first = case.initial.metal_thickness or 0.0
    end = first + per_charge * (plated - stripped)
    if end >= case.domain.size[0]:
        yield (
            f"protocol: the charge would grow a flat layer to {format_quantity(end, 'length')}, beyond the "
            f"counter electrode at {format_quantity(case.domain.size[0], 'length')}"
        )
    if end < 0.0:
        yield (
            f"protocol: it strips {format_quantity(-end, 'length')} more metal than there is; "
            "the run will end when the metal is used up"
        )
