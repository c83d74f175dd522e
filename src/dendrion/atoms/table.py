"""A material's computed properties beside published values, with a verdict on each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from ..errors import InputError
from ..materials import Claim, material
from .compute import PROPERTY_GROUPS, group
from .potentials import Potential
from .result import ComputedClaim
from .sample import FORCE_TOLERANCE, sample

AGREES = 0.10
"""Relative distance of the two ranges up to which a number agrees; 0 where they overlap."""

NEAR = 0.30
"""Relative distance up to which a number is near; beyond it is off."""

LENGTHS = (0.01, 0.03)
"""The same two limits for lattice constants, whose third power is a density."""

VOLUMES = (0.03, 0.09)
"""The same two limits for molar volumes."""

_LABELS = {"terrace": "100"}


@dataclass(frozen=True)
class Row:
    """A computed number, the published one, and the verdict: agrees, near, off, unusable or unknown."""

    claim: ComputedClaim
    published: Claim | None
    verdict: str
    why: str

    @property
    def published_text(self) -> str:
        """The published value with its range."""
        if self.published is None:
            return ""
        low, high = _range(self.published)
        span = f" ({low:.4g}–{high:.4g})" if low < high else ""
        return f"{self.published.value:.4g}{span}"

    def as_dict(self) -> dict[str, Any]:
        """The row for machines, SI."""
        published = self.published.as_dict() if self.published else None
        return {**self.claim.as_dict(), "published": published, "verdict": self.verdict, "why": self.why}


@dataclass(frozen=True)
class Comparison:
    """The rows of one material with one potential, and the groups that were refused with the reason."""

    material: str
    calculator: str
    rows: tuple[Row, ...]
    refused: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Everything for machines."""
        rows = [row.as_dict() for row in self.rows]
        head = {"material": self.material, "calculator": self.calculator}
        return {**head, "rows": rows, "refused": self.refused}


def table(
    name: str, calculator: str | Potential, groups: Sequence[str] | None = None, *, quick: bool = False,
    force_tolerance: float = FORCE_TOLERANCE,
) -> Comparison:  # fmt: skip
    """Computes the groups (all where none is given) of a material and sets them beside what is published.

    Raises:
        InputError: an unknown material, calculator or group, or a missing package.
    """
    one = sample(name, calculator, force_tolerance)
    rows: list[Row] = []
    refused: dict[str, str] = {}
    for key in groups or PROPERTY_GROUPS:
        chosen = group(key)
        try:
            rows += [_row(claim) for claim in chosen.run(one, quick=quick)]
        except InputError as error:
            refused[key] = error.problem
    return Comparison(name, one.potential.model.calculator, tuple(rows), refused)


def _row(claim: ComputedClaim) -> Row:
    found = published(claim)
    if claim.unusable:
        return Row(claim, found, "unusable", claim.unusable)
    if found is None:
        return Row(claim, None, "unknown", "no published value at hand")
    low, high = _range(found)
    own_low, own_high = claim.spread or (claim.value, claim.value)
    away = max(low - own_high, own_low - high, 0.0) / abs(found.value)
    limits = {"lattice_parameter": LENGTHS, "molar_volume": VOLUMES}.get(claim.property, (AGREES, NEAR))
    verdict = "agrees" if away <= limits[0] else "near" if away <= limits[1] else "off"
    return Row(claim, found, verdict, f"{claim.value / found.value - 1.0:+.1%}")


def published(claim: ComputedClaim) -> Claim | None:
    """The published value that a computed number is set beside: of the same face, else the default one."""
    known = [*_from_sheet(claim), *_recalled().get(claim.material, {}).get(claim.property, ())]
    face = "".join(map(str, claim.settings["face"])) if "face" in claim.settings else None
    if face is not None:
        return next((one for one in known if _LABELS.get(one.label or "", one.label) == face), None)
    if "plane" in claim.settings:
        return None
    return known[0] if known else None


def _from_sheet(claim: ComputedClaim) -> Sequence[Claim]:
    try:
        return material(claim.material).claims(claim.property)
    except InputError:  # a test metal has no data sheet
        return ()


@cache
def _recalled() -> dict[str, dict[str, tuple[Claim, ...]]]:
    """Published values that no data sheet holds, by material and property."""
    from ..materials.build import build_claims
    from ..materials.sheet import read_yaml

    file = resources.files(__package__) / "data" / "published.yaml"
    document = read_yaml(file.read_text(encoding="utf-8"), file.name)
    made: dict[str, dict[str, tuple[Claim, ...]]] = {}
    for name, entries in document.items():
        made[name] = {}
        for key, listed in entries.items():
            claims = [build_claims({key: [one]}, name, given=False)[key][0] for one in listed]
            made[name][key] = tuple(claims)
    return made


def _range(claim: Claim) -> tuple[float, float]:
    """The range of a published value: its own, or two standard deviations, or the value."""
    spread = claim.spread
    if spread.low is not None and spread.high is not None:
        return spread.low, spread.high
    width = 2.0 * (spread.sigma or 0.0)
    return claim.value - width, claim.value + width
