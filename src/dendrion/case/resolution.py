"""The complete case: every value in SI, which are defaults, and where the materials' numbers are from."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ..constants import FARADAY
from .cycler import CyclerTable

if TYPE_CHECKING:
    from ..materials import Claim, Material
    from .model import Case


def resolved(case: Case) -> dict[str, Any]:
    """What ``Case.resolved`` returns (see there)."""
    content = complete(case)
    defaults = _defaults(case, case.given, "")
    if case.physics.model != "hong2018":
        defaults = {
            path: reason for path, reason in defaults.items() if not path.startswith("physics.hong2018")
        }
    for engine in ("lattice", "contact", "network", "texture"):
        if case.physics.engine != engine:
            defaults = {
                path: reason for path, reason in defaults.items() if not path.startswith(f"{engine}.")
            }
    return {
        "case": content,
        "defaults": defaults,
        "materials": {
            kind: _sheet(case, "interface" if kind == "interphase" else kind, sheet)
            for kind, sheet in (
                ("metal", case.metal_material()),
                ("electrolyte", case.electrolyte_material()),
                ("interface", case.interface_material()),
                *([("interphase", case.interphase_material())] if case.physics.interphase else []),
            )
        },
        "protocol": _protocol(case),
        "warnings": list(case.warnings),
    }


def complete(case: Case) -> dict[str, Any]:
    """The case with every default written out and every quantity as SI text: a valid case file again."""
    content: dict[str, Any] = case.model_dump(mode="json", exclude_none=True)
    if isinstance(case.protocol.root, CyclerTable):
        content["protocol"].setdefault("data", case.protocol.root.data)
    if case.physics.model == "hong2018":
        # Derived from the model's own numbers there, and refused beside them.
        del content["numerics"]["interface_width"]
    else:
        del content["physics"]["hong2018"]
    for engine in ("lattice", "contact", "network", "texture"):
        if case.physics.engine != engine:
            del content[engine]
    return content


def _defaults(model: BaseModel, given: Any, prefix: str) -> dict[str, str]:
    """Paths that the user left out, with the reason of the value they got."""
    reasons: Mapping[str, str] = getattr(model, "defaults", {}) if not prefix else {}
    found: dict[str, str] = dict(reasons)
    given = given if isinstance(given, Mapping) else {}
    for name in type(model).model_fields:
        value, path = getattr(model, name), f"{prefix}.{name}" if prefix else name
        if path in reasons or value is None:
            continue
        if isinstance(value, BaseModel) and "root" not in type(value).model_fields:
            inner = _defaults(value, given.get(name), path)
            found |= {key: reason for key, reason in inner.items() if key not in found}
        elif name not in given:
            found[path] = "default"
    return {path: found[path] for path in found if path not in ("title",)}


def _sheet(case: Case, kind: str, sheet: Material) -> dict[str, Any]:
    """Every property of a material at the case's temperature, with the claim it is from."""
    overrides = case.overrides(kind)
    return {
        "name": sheet.name,
        "properties": {
            name: {**_claim(case, sheet.claim(name)), "overridden": name in overrides}
            for name in sheet.properties()
        },
    }


def _claim(case: Case, claim: Claim) -> dict[str, Any]:
    from ..materials import ValidityWarning

    stated = claim.as_dict()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)  # those that matter are in Case.warnings
        at = claim.value if claim.molten else claim.evaluate(case.conditions.temperature, claim.concentration)
    kept = (
        "label",
        "temperature_K",
        "concentration_mol_per_m3",
        "law",
        "spread",
        "tag",
        "source",
        "doi",
        "via",
    )
    return {
        "value": float(at),
        "unit": claim.unit,
        "claimed_value": claim.value,
        **{key: _plain(stated[key]) for key in (*kept, "why_default") if key in stated},
    }


def _plain(node: Any) -> Any:
    """Without tuples, which YAML and JSON do not have."""
    if isinstance(node, Mapping):
        return {key: _plain(value) for key, value in node.items()}
    return [_plain(value) for value in node] if isinstance(node, (list, tuple)) else node


def _protocol(case: Case) -> dict[str, Any]:
    protocol = case.protocol
    plated, stripped = protocol.charges()
    volume = case.metal_material().claims("molar_volume")
    summary = {
        "duration_s": protocol.duration,
        "steps": protocol.step_count,
        "segments": len(protocol.segments),
        "plated_C_per_m2": plated,
        "stripped_C_per_m2": stripped,
        "holds_voltage": protocol.has_voltage,
    }
    if volume:
        summary["flat_growth_m"] = volume[0].value * (plated - stripped) / FARADAY
    # JSON has no infinity: what only a limit ends has no duration.
    return {key: value if math.isfinite(value) else None for key, value in summary.items()}
