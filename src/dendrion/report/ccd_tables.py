"""What a virtual test found, in words and rows."""

from __future__ import annotations

from dendrion.study.ccd import CcdFolder
from dendrion.units import format_quantity


def answer_lines(folder: CcdFolder) -> list[str]:
    """The answer in a few sentences: distribution, mechanisms, the specimen in the middle, what was lost."""
    content, outcomes = folder.content, folder.outcomes
    count = len(outcomes)
    lines = [f"{count} of {content['test']['specimens']} specimens have an outcome"]
    lines += [_distribution(content)] if outcomes else []
    survived = sum(one.step is None for one in outcomes)
    if survived:
        lines.append(
            f"{survived} of {count} survived the whole ladder, to {_current(folder.protocol.currents[-1])} (right-censored)"
        )
    if content.get("mechanisms"):
        parts = (f"{name} {number} of {count}" for name, number in content["mechanisms"].items())
        lines.append(f"mechanisms: {', '.join(parts)}")
    middle = next((one for one in outcomes if one.specimen == content.get("middle")), None)
    if middle is not None and middle.half_cycle is not None:
        plated = format_quantity(middle.plated, "areal_capacity", 3)
        lines.append(
            f"the specimen in the middle fails in half-cycle {middle.half_cycle}, after {plated} plated in all"
        )
    lines += [f"{number} × {reason}" for reason, number in content.get("lost", {}).items()]
    return lines


def _distribution(content: dict) -> str:  # type: ignore[type-arg]
    fit = content.get("fit")
    if fit is None:
        return f"no distribution: {content.get('no_fit', '')}"
    low, high = fit["median_interval_A_per_m2"]
    ends = f"{_current(low) if low else 'no bound'} to {_current(high) if high else 'no bound'}"
    shapes = " to ".join(f"{end:.3g}" if end else "no bound" for end in fit["shape_interval"])
    return (
        f"critical current density: median {_current(fit['median_A_per_m2'])} (95 % interval {ends}); Weibull shape "
        f"{fit['shape']:.3g} ({shapes}), scale {_current(fit['scale_A_per_m2'])}"
    )


def outcome_rows(folder: CcdFolder) -> tuple[list[str], list[list[str]]]:
    """Heads, and a row a specimen."""
    heads = [
        "specimen",
        "flaw",
        "survived",
        "failed at",
        "half-cycle",
        "charge in it",
        "plated in all",
        "mechanism",
    ]
    rows = []
    for one in folder.outcomes:
        low, high = one.interval(folder.protocol.currents)
        rows.append([
            one.specimen, format_quantity(one.flaw, "length", 3) if one.flaw is not None else "",
            _current(low) if low else "", _current(high) if one.step is not None else "", str(one.half_cycle or ""),
            format_quantity(one.charge, "areal_capacity", 3) if one.charge is not None else "",
            format_quantity(one.plated, "areal_capacity", 3), one.mechanism or "",
        ])  # fmt: skip
    return heads, rows


def _current(value: float) -> str:
    return format_quantity(value, "current_density", 3)
