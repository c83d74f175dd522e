"""Stress, strain and cracks as fields for people and other tools."""

from __future__ import annotations

import numpy as np
from jax import Array

from dendrion.field.crack_mechanics import CrackParameters, CrackState
from dendrion.field.front_mechanics import SolidState
from dendrion.field.mandel import von_mises
from dendrion.field.model import FieldMap
from dendrion.field.strain_split import principal


def crack_fields(q: CrackParameters, state: CrackState) -> FieldMap:
    """Displacement, stress, plastic strain, damage and metal in cracks on cells, with unit and description."""
    filling, share = state.filling, state.transformed
    fields: FieldMap = {
        **_solid_fields(q, filling.displacement, state.stress, state.plastic_strain),
        "damage": (np.asarray(filling.damage), "1", "damage: 1 broken, 0 intact"),
        "crack_filling": (np.asarray(filling.filling), "1", "metal in cracks, volume per volume"),
        "crack_pressure": (np.asarray(filling.pressure), "Pa", "pressure of the metal in cracks"),
    }
    if share is not None:
        fields["transformed"] = (np.asarray(share), "1", "share of a particle's cell that has transformed")
    return fields


def front_fields(q: CrackParameters, state: SolidState) -> FieldMap:
    """Displacement, stress, plastic strain and damage on cells, with unit and description."""
    fields = _solid_fields(q, state.memory.displacement, state.stress, state.memory.plastic_strain)
    if q.model != "none":
        fields["damage"] = (np.asarray(state.damage), "1", "damage: 1 broken, 0 intact")
    return fields


def _solid_fields(q: CrackParameters, displacement: Array, stress: Array, plastic: Array) -> FieldMap:
    equivalent = np.sqrt(2.0 / 3.0 * np.sum(np.asarray(plastic) ** 2, axis=0))
    fields: FieldMap = {
        "pressure": (-_mean(stress), "Pa", "pressure, the negative mean stress"),
        "largest_principal_stress": (
            np.asarray(principal(stress)[0].max(axis=0)), "Pa", "largest principal stress, tension positive",
        ),
        "von_mises_stress": (np.asarray(von_mises(stress)), "Pa", "von Mises stress"),
        "plastic_strain": (equivalent, "1", "equivalent plastic strain of the metal"),
    }  # fmt: skip
    for axis, name in enumerate("xyz"[: len(q.shape)]):
        moved = _cell_means(np.asarray(displacement[axis]), q.periodic)
        fields[f"displacement_{name}"] = (moved, "m", f"displacement along {name}")
    return fields


def _mean(stress: Array) -> np.ndarray:
    return np.asarray((stress[0] + stress[1] + stress[2]) / 3.0)


def _cell_means(nodes: np.ndarray, periodic: tuple[bool, ...]) -> np.ndarray:
    """Mean of a field on nodes over the corners of every cell."""
    for axis, wraps in enumerate(periodic):
        upper = np.roll(nodes, -1, axis)
        nodes = 0.5 * (nodes + upper)
        if not wraps:
            nodes = np.delete(nodes, -1, axis)
    return nodes
