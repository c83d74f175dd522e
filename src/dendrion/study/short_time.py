"""Time to a short circuit from the theory alone: depletion and growth in a salt, a fed crack in a solid."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .limits import cell_of_limits

if TYPE_CHECKING:
    import numpy

    from ..case import Case
    from .limit_rules import Cell

POINTS = 48
"""Lengths of the crack between which its time is summed [dimensionless]."""


def short_time(
    case: Case, *, samples: int = 200, seed: int = 0, theory: Mapping[str, Any] | None = None, reference: Case | None = None
) -> numpy.ndarray:  # fmt: skip
    """Time until metal is through at the case's own mean current [s], shape [1 + samples], nominal first.

    In a salt: time to depletion of the gap, then the gap at the speed of ramified growth; infinite below the limiting
    current, though real cells fail there too. In a solid: infinite below the crack limit (``limits``), else the time
    in which a crack that catches the current of its own length a (a derived estimate, I' = i a) crosses,
    ∫ da/v(a) with v of ``pressurised_crack``. Arguments as ``limits``.

    Raises:
        InputError: the case plates no current, or no model speaks of its electrolyte.
    """
    cell = cell_of_limits(case, samples=samples, seed=seed, theory=theory, reference=reference)
    if not cell.half_cycle.mean > 0.0:
        raise InputError("the case plates no current", field="protocol", hint='"plate at 1 mA/cm^2 for 1 h"')
    sheet = case.electrolyte_material()
    return (
        _through_salt(cell) if (sheet.electrolyte_class or "").startswith("binary") else _through_solid(cell)
    )


def _through_salt(cell: Cell) -> numpy.ndarray:
    import numpy as np

    current = cell.half_cycle.mean / cell.spread_share
    thickness = cell.draws.given["thickness"]
    layer = np.minimum(cell.theory.get("diffusion_layer", np.inf), thickness)
    far = "diffusion_layer" in cell.theory or cell.draws.case.cell.counter_electrode == "reservoir"
    gap = layer * (2.0 if far else 1.0)
    times, _ = cell.draws.evaluate("sand_time", {"current_density": current, "thickness": gap})
    growth, _ = cell.draws.evaluate(
        "space_charge_growth", {"current_density": current, "thickness": gap}, lenient=True
    )
    start = cell.draws.case.initial.metal_thickness or 0.0
    depletion = times["depletion_time"]
    return np.where(np.isinf(depletion), np.inf, depletion + (thickness - start) / growth["tip_speed"])


def _through_solid(cell: Cell) -> numpy.ndarray:
    import numpy as np

    from .limit_rules import crack_growth

    limit, _ = crack_growth(cell)
    peak = cell.half_cycle.mean / cell.half_cycle.mean_share
    current = cell.half_cycle.mean / cell.spread_share
    end = cell.draws.given["thickness"] - (cell.draws.case.initial.metal_thickness or 0.0)
    first = np.minimum(np.broadcast_to(cell.flaw_length, (1 + cell.draws.count,)), end)
    total = np.zeros(1 + cell.draws.count)
    edges = [first * (end / first) ** (step / POINTS) for step in range(POINTS + 1)]
    for left, right in itertools.pairwise(edges):
        length = np.sqrt(left * right)
        given = {"flaw_length": length, "pressure": 0.0, "crack_current": current * length}
        speeds, _ = cell.draws.evaluate("pressurised_crack", given)
        total = total + (right - left) / speeds["crack_speed"]
    return np.where(peak < limit, np.inf, total)
