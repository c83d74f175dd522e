"""What a case will cost, from a simple model: cells × steps × time a cell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..constants import FARADAY
from .texture import boundary_width

if TYPE_CHECKING:
    from .model import Case

WORDS_PER_CELL = 150
"""float64 words a cell that a step holds at its peak: fields, face arrays, multigrid levels, temporaries."""

BASE_MEMORY = 350e6
"""Memory of the process before any field exists: interpreter, compiler, compiled step [B]."""

NANOSECONDS_PER_CELL = (1500.0, 6000.0)
"""Low and high computing time a cell a step of a single-ion case on one core [ns]."""

SHARE_OF_SALT, SHARE_OF_HEAT = 0.4, 0.2
"""Further time that the salt and the heat balance take, as a share of the above [dimensionless]."""

COMPILE_SECONDS = (2.0, 25.0)
"""Compilation, cached and not [s]."""

FEWEST_STEPS = 30
"""Steps that resolve the start of a protocol step with constant control [dimensionless]."""

DETOUR = 3.0
"""How many more steps a branched front takes than one straight through the cell [dimensionless]."""

LATTICE_BYTES = {1: 0, 2: 300, 3: 360}
"""Memory a site of the lattice engine by dimension: trees, neighbours, rates, work [B]."""

LATTICE_EVENT = 4e-6
"""Time of an event of the lattice engine [s]."""

LATTICE_SOLVE = (20.0, 600.0)
"""Fewest and most iterations of the ions' solve in a step [dimensionless]."""

CONTACT_WORDS = 200
"""Words a cell of the interface that the contact engine holds at once [dimensionless]."""

NETWORK_NANOSECONDS = (1500.0, 8000.0)
"""Low and high computing time a cell a step of the network engine on one core [ns]."""

NETWORK_WORDS = 300
"""float64 words a cell that its step holds at its peak: two layers of everything."""

CONTACT_STEP = (2e-3, 3e-2)
"""Time of a step of the contact engine on a small interface: closed, and with voids that open [s]."""

TEXTURE_WORDS = 40
"""Words a cell and a grain of the rows at the front that the texture engine holds at once [dimensionless]."""

TEXTURE_NANOSECONDS = (10.0, 60.0)
"""Low and high computing time of a small step of the texture engine, a cell and a grain [ns]."""

_FIELD_COUNT = 6


def estimate(case: Case) -> dict[str, Any]:
    """Rough cost of a run.

    The fewest steps are those of a flat front that grows as the charge says (travel over
    ``numerics.step`` cells), at least one a protocol segment; the most are those of a filament that crosses
    the cell with detours.

    Returns:
        ``cells``, ``steps_low``, ``steps_high``, ``memory_bytes`` (peak of the process), ``disk_bytes``,
        ``seconds_low``, ``seconds_high`` (one core, compilation included).
    """
    cells = case.domain.cell_count
    if case.physics.engine == "lattice":
        return _lattice(case)
    if case.physics.engine == "contact":
        return _contact(case)
    if case.physics.engine == "network":
        return _network(case)
    if case.physics.engine == "texture":
        return _texture(case)
    low, high = _steps(case)
    share = 1.0 + SHARE_OF_SALT * (case.physics.transport == "binary") + SHARE_OF_HEAT * case.physics.heat
    cheap, dear = (1e-9 * share * cells * each for each in NANOSECONDS_PER_CELL)
    fields = len(case.output.fields) if case.output.fields is not None else _FIELD_COUNT
    return {
        "cells": cells,
        "steps_low": low,
        "steps_high": high,
        "memory_bytes": int(BASE_MEMORY + 8 * WORDS_PER_CELL * cells),
        "disk_bytes": 8 * cells * fields * (case.output.frames + 1),
        "seconds_low": COMPILE_SECONDS[0] + cheap * low,
        "seconds_high": COMPILE_SECONDS[1] + dear * high,
    }


def _lattice(case: Case) -> dict[str, Any]:
    """The same for the lattice engine: by particles, surface hops up to their limit, and solves for the ions."""
    cells, numbers = case.domain.cell_count, case.lattice
    layers = case.domain.size[0] / case.domain.spacing[0]
    plated, stripped = case.protocol.charges()
    volume = case.metal_material().claims("molar_volume")
    travel = (plated + stripped) * volume[0].value / FARADAY if volume else 0.0
    grown = min(travel / case.domain.spacing[0], layers) if math.isfinite(travel) else layers
    steps = math.ceil(grown / numbers.layer_share) + FEWEST_STEPS * min(case.protocol.step_count, 1_000)
    particles = grown * cells / layers
    events = particles * (1.0 + numbers.hops_per_deposit)
    events += particles * numbers.ion_hops_per_deposit * (numbers.ions == "hops")
    fields = len(case.output.fields) if case.output.fields is not None else _FIELD_COUNT
    return {
        "cells": cells,
        "steps_low": steps,
        "steps_high": 2 * steps,
        "memory_bytes": int(BASE_MEMORY + LATTICE_BYTES[case.domain.dimension] * cells),
        "disk_bytes": 8 * cells * fields * (case.output.frames + 1),
        "seconds_low": COMPILE_SECONDS[0] + 1e-6 * particles + 1e-8 * LATTICE_SOLVE[0] * cells * steps,
        "seconds_high": COMPILE_SECONDS[1] + LATTICE_EVENT * events + 1e-8 * LATTICE_SOLVE[1] * cells * steps,
    }


def _contact(case: Case) -> dict[str, Any]:
    """The same for the contact engine: its cost is that of the cells along the interface, and of voids that open."""
    cells = math.prod(case.domain.cells[1:])
    steps = FEWEST_STEPS * min(case.protocol.step_count, 100_000)
    fields = len(case.output.fields) if case.output.fields is not None else _FIELD_COUNT
    return {
        "cells": case.domain.cell_count,
        "steps_low": steps,
        "steps_high": 5 * steps,
        "memory_bytes": int(BASE_MEMORY + 8 * CONTACT_WORDS * cells),
        "disk_bytes": 8 * case.domain.cell_count * fields * (case.output.frames + 1),
        "seconds_low": COMPILE_SECONDS[0] + CONTACT_STEP[0] * (1.0 + cells / 1000.0) * steps,
        "seconds_high": COMPILE_SECONDS[1] + CONTACT_STEP[1] * (1.0 + cells / 1000.0) * 5 * steps,
    }


def _network(case: Case) -> dict[str, Any]:
    """The same for the network engine: metal crosses the cell place by place, at most with detours."""
    cells, rows = case.domain.cell_count, FEWEST_STEPS * min(case.protocol.step_count, 100_000)
    crossing = math.ceil(DETOUR * case.domain.cells[0] / case.numerics.step)
    fields = len(case.output.fields) if case.output.fields is not None else _FIELD_COUNT
    low, high = (1e-9 * cells * each for each in NETWORK_NANOSECONDS)
    return {
        "cells": cells,
        "steps_low": rows,
        "steps_high": rows + 2 * crossing,
        "memory_bytes": int(BASE_MEMORY + 8 * NETWORK_WORDS * cells),
        "disk_bytes": 8 * cells * fields * (case.output.frames + 1),
        "seconds_low": COMPILE_SECONDS[0] + low * rows,
        "seconds_high": COMPILE_SECONDS[1] + high * (rows + 2 * crossing),
    }


def _texture(case: Case) -> dict[str, Any]:
    """The same for the texture engine: small steps that keep the fastest boundary stable, in the rows at the front."""
    numbers, h = case.texture, max(case.domain.spacing)
    volume = case.metal_material().claims("molar_volume")
    travel = case.protocol.charges()[0] * (volume[0].value if volume else 0.0) / FARADAY
    rows = min(travel, case.domain.size[0]) / h
    phases = 1 + max(2, round(case.domain.size[1] / numbers.column_width))
    window = (0.5 * numbers.film_thickness + 2.0 * boundary_width(case)) / h * case.domain.cells[1] * phases
    energy = max(family.surface_energy for family in numbers.families)
    small = 5.0 * energy / (h * numbers.reference_energy)
    steps = math.ceil(rows) + FEWEST_STEPS * min(case.protocol.step_count, 100_000)
    fields = len(case.output.fields) if case.output.fields is not None else _FIELD_COUNT
    return {
        "cells": case.domain.cell_count,
        "steps_low": steps,
        "steps_high": 2 * steps,
        "memory_bytes": int(BASE_MEMORY + 8 * TEXTURE_WORDS * window),
        "disk_bytes": 8 * case.domain.cell_count * fields * (case.output.frames + 1),
        "seconds_low": COMPILE_SECONDS[0] + 1e-9 * TEXTURE_NANOSECONDS[0] * window * rows * small / 10.0,
        "seconds_high": COMPILE_SECONDS[1] + 1e-9 * TEXTURE_NANOSECONDS[1] * window * rows * small,
    }


def _steps(case: Case) -> tuple[int, int]:
    protocol, size, spacing = case.protocol, case.domain.size[0], case.domain.spacing[0]
    room = size - (case.initial.metal_thickness or 0.0)
    plated, stripped = protocol.charges()
    volume = case.metal_material().claims("molar_volume")
    travel = (plated + stripped) * volume[0].value / FARADAY if volume else 0.0
    flat = (
        min(travel, room + (stripped / plated if plated else 0.0) * room) if math.isfinite(travel) else room
    )
    front = flat / (case.numerics.step * spacing)
    starts = FEWEST_STEPS * min(protocol.step_count, 1_000)
    duration = min(protocol.duration, case.stop.time or math.inf)
    bounded = duration / case.numerics.largest_time_step if case.numerics.largest_time_step else 0.0
    low = max(front, float(len(protocol.segments)), starts, bounded)
    through = DETOUR * room / (case.numerics.step * spacing)
    high = max(through + low, 2.0 * low)
    return math.ceil(low), math.ceil(high)
