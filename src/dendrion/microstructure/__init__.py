"""Grains, their boundaries, pores and particles as data on a grid; usable alone, with nothing of solvers.

``tessellate`` packs grains, ``raster`` puts them on a grid, ``boundaries`` describes what lies between them,
``orientations`` turns them, ``inclusions`` places pores and particles, ``images`` reads and writes label maps.
"""

from .boundaries import (
    band_coverage,
    boundary_distance,
    boundary_faces,
    face_factors,
    obliqueness,
    widened_stiffness_factor,
    widened_toughness_factor,
)
from .images import LabelMap, read_label_map, resample, write_label_map
from .inclusions import Inclusions, place_inclusions
from .orientations import disorientation, fibre_orientations, mackenzie_density, random_orientations
from .tessellation import Tessellation, tessellate

__all__ = [
    "Inclusions",
    "LabelMap",
    "Tessellation",
    "band_coverage",
    "boundary_distance",
    "boundary_faces",
    "disorientation",
    "face_factors",
    "fibre_orientations",
    "mackenzie_density",
    "obliqueness",
    "place_inclusions",
    "random_orientations",
    "read_label_map",
    "resample",
    "tessellate",
    "widened_stiffness_factor",
    "widened_toughness_factor",
    "write_label_map",
]
