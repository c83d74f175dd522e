"""Nested states as flat mappings of arrays, for checkpoints."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from dendrion.errors import InputError


def flat(state: Any, prefix: str) -> dict[str, Any]:
    """Every array of a (nested) named tuple or mapping under its dotted name [its unit]."""
    items = state if isinstance(state, dict) else state._asdict()
    found: dict[str, Any] = {}
    for name, value in items.items():
        if value is None:  # a part that the case does not have
            continue
        inner = f"{prefix}.{name}"
        nested = isinstance(value, dict) or hasattr(value, "_asdict")
        found |= flat(value, inner) if nested else {inner: np.asarray(value)}
    return found


def unflat(like: Any, saved: dict[str, Any], prefix: str) -> Any:
    """The inverse of `flat`: a state of the form of ``like`` [its units].

    Raises:
        InputError: a part of the state was not saved.
    """
    items = like if isinstance(like, dict) else like._asdict()
    values: dict[str, Any] = {}
    for name, value in items.items():
        inner = f"{prefix}.{name}"
        if value is None:
            values[name] = None
            continue
        if isinstance(value, dict) or hasattr(value, "_asdict"):
            values[name] = unflat(value, saved, inner)
        elif inner in saved:
            values[name] = jnp.asarray(saved[inner])
        else:
            raise InputError(
                "the checkpoint was written by another version of dendrion, whose state is another", field="--resume",
                value=f"no {inner}", hint="go on with the version that provenance.json names, or start anew with --overwrite",
            )  # fmt: skip
    return values if isinstance(like, dict) else type(like)(**values)
