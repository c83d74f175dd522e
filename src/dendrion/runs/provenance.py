"""Where a result comes from: versions, seed, hash of the case, claims used, kind of machine.

Nothing here names a person, a host or a directory: run folders get published.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from dendrion.runs.files import to_json

_DEPENDENCIES = (
    "jax",
    "jaxlib",
    "equinox",
    "numba",
    "numpy",
    "scipy",
    "pint",
    "pydantic",
    "h5py",
    "xarray",
    "matplotlib",
)


def provenance(resolved: Mapping[str, Any], seed: int | None) -> dict[str, Any]:
    """The content of ``provenance.json`` for a resolved case.

    Returns:
        mapping with ``dendrion``, ``python``, ``dependencies`` (versions), ``seed``, ``case_sha256``,
        ``claims`` (property path, value, unit, tag, doi …) and ``machine`` (processor, cores, system).
    """
    import dendrion

    return {
        "dendrion": dendrion.__version__,
        "python": platform.python_version(),
        "dependencies": dict(_versions()),
        "seed": seed,
        "case_sha256": case_hash(resolved),
        "claims": list(claims_used(resolved)),
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "system": platform.system(),
            "architecture": platform.machine(),
        },
    }


def case_hash(resolved: Mapping[str, Any]) -> str:
    """SHA-256 of the resolved case, independent of the order of its keys."""
    return hashlib.sha256(json.dumps(json.loads(to_json(resolved)), sort_keys=True).encode()).hexdigest()


def claims_used(content: Any, path: str = "") -> Iterator[dict[str, Any]]:
    """Every mapping below ``content`` that carries a tag and a source, with the path it stands at."""
    if isinstance(content, Mapping):
        if "tag" in content and ("doi" in content or "source" in content):
            yield {"used_for": path, **content}
            return
        for key, value in content.items():
            yield from claims_used(value, f"{path}.{key}" if path else str(key))
    elif isinstance(content, list | tuple):
        for index, value in enumerate(content):
            yield from claims_used(value, f"{path}[{index}]")


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Paths at which two resolved cases differ, with both values (None where one has no such path).

    What follows from the case is compared only where the cases themselves are the same.
    """
    for part in ("case", "materials"):
        if part in old and part in new and old[part] != new[part]:
            return differences(old[part], new[part])
    before, after = dict(_leaves(old)), dict(_leaves(new))
    paths = [*before, *(path for path in after if path not in before)]
    return {
        path: (before.get(path), after.get(path)) for path in paths if before.get(path) != after.get(path)
    }


def _leaves(content: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(content, Mapping) and content:
        for key, value in content.items():
            yield from _leaves(value, f"{path}.{key}" if path else str(key))
    elif isinstance(content, list | tuple) and content:
        for index, value in enumerate(content):
            yield from _leaves(value, f"{path}[{index}]")
    else:
        yield path, content


def _versions() -> Iterator[tuple[str, str]]:
    for name in _DEPENDENCIES:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue


def _processor() -> str:
    """The processor's model name; what Python knows where the system does not tell."""
    listing = Path("/proc/cpuinfo")
    if listing.is_file():
        for line in listing.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
