"""Materials as claims: every number with its unit, uncertainty, law, conditions and source."""

from .build import GIVEN
from .claim import TAGS, Claim, ValidityWarning
from .library import interface, list_materials, material, material_from_mapping, read_material_file
from .material import Material
from .properties import PROPERTIES, Property

__all__ = [
    "GIVEN",
    "PROPERTIES",
    "TAGS",
    "Claim",
    "Material",
    "Property",
    "ValidityWarning",
    "interface",
    "list_materials",
    "material",
    "material_from_mapping",
    "read_material_file",
]
