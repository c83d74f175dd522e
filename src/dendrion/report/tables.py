"""Tables for the terminal: a run's summary, several runs side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dendrion.runs import RunFolder
from dendrion.units import format_quantity

if TYPE_CHECKING:
    from rich.table import Table

    from dendrion.runs.compare import Comparison
    from dendrion.runs.coupling import LinkReport

_LABELS = {
    "status": "status",
    "stop_reason": "because",
    "time_s": "simulated time",
    "charge_C_per_m2": "charge passed",
    "faraday_error": "metal grown against charge",
    "short_circuit": "short circuit",
    "short_time_s": "time to short",
    "tip_position_m": "tip position",
    "tip_velocity_m_per_s": "tip velocity",
    "cell_voltage_V": "cell voltage",
    "overpotential_V": "overpotential",
    "temperature_max_K": "highest temperature",
    "crack_length_m": "crack length",
    "metal_pressure_max_Pa": "highest pressure in the metal",
    "electrolyte_tension_max_Pa": "highest tension in the electrolyte",
    "current_peak_to_valley": "current, peak to valley",
    "roughness_m": "roughness",
    "energy_error": "energy error",
    "filling_charge_C_per_m2": "charge of the metal in cracks",
    "links_on": "links between fields",
    "links_off": "links cut",
    "coupling_iterations": "repetitions of steps",
    "coupling_passes": "passes over stress, charge, damage",
    "steps": "steps",
    "wall_time_s": "computing time",
    "compile_time_s": "of it compilation",
}
_KINDS = {
    "_C_per_m2": "areal_capacity",
    "_A_per_m2": "current_density",
    "_m_per_s": "velocity",
    "_mol_per_m3": "concentration",
    "_Pa": "pressure",
    "_V": "potential",
    "_K": "temperature",
    "_m": "length",
    "_s": "time",
}
_STATUS_STYLES = {"completed": "green", "shorted": "yellow", "interrupted": "yellow", "failed": "red"}
_ERRORS = ("faraday_error", "energy_error")
_NO_CHANGE = 5e-6


def summary_table(folder: RunFolder) -> Table:
    """The summary of one run, in units that people use."""
    table = _plain_table()
    table.add_column(style="bright_black")
    table.add_column()
    summary = folder.summary
    for key in _ordered(summary):
        if summary[key] not in (None, "", []):
            table.add_row(label(key), readable(key, summary[key]))
    return table


def comparison_table(comparison: Comparison) -> Table:
    """Inputs that differ and results of several runs, changes against the first run beside them."""
    from rich.markup import escape

    table = _plain_table(show_header=True)
    table.add_column(style="bright_black")
    for name in comparison.names:
        table.add_column(name, justify="right", overflow="fold")
    for path, values in comparison.inputs.items():
        table.add_row(escape(path), *("–" if value is None else escape(str(value)) for value in values))
    if comparison.inputs:
        table.add_section()
    for key in _ordered(comparison.results):
        if all(value is None for value in comparison.results[key]):
            continue
        cells = []
        for index, value in enumerate(comparison.results[key]):
            change = comparison.change(key, index) if index and key not in _ERRORS else None
            text = "–" if value is None else readable(key, value)
            shown = change is not None and abs(change) > _NO_CHANGE
            cells.append(f"{text}  [bright_black]{change:+.1%}[/]" if shown else text)
        table.add_row(label(key), *cells)
    return table


def coupling_table(reports: list[LinkReport]) -> Table:
    """Links between the fields, and what the results become without each."""
    keys = list(dict.fromkeys(key for report in reports for key in report.change))
    table = _plain_table(show_header=True)
    table.add_column("link", style="bright_black", no_wrap=True)
    table.add_column("state")
    for key in keys:
        table.add_column(f"{label(key)} without it", justify="right")
    for report in reports:
        if report.state != "none":
            cells = [f"{report.change[key]:+.2%}" if key in report.change else "–" for key in keys]
            table.add_row(report.name.replace("_", " "), report.state, *cells)
    return table


def label(key: str) -> str:
    """What people call a key of the summary."""
    if key in _LABELS:
        return _LABELS[key]
    suffix = next((suffix for suffix in _KINDS if key.endswith(suffix)), "")
    return key.removesuffix(suffix).replace("_", " ")


def readable(key: str, value: Any) -> str:
    """A value of the summary with its unit, marked up for rich."""
    from rich.markup import escape

    if key == "status":
        return f"[bold {_STATUS_STYLES.get(value, 'cyan')}]{value}[/]"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        lines = (
            ", ".join(name.replace("_", " ") for name in value)
            if key.startswith("links")
            else "\n".join(map(str, value))
        )
        return escape(lines) or "none"
    return _number(key, value) if isinstance(value, int | float) else escape(str(value))


def _number(key: str, value: float) -> str:
    if key in _ERRORS:
        return f"{100 * value:.2g} %"
    kind = next((kind for suffix, kind in _KINDS.items() if key.endswith(suffix)), None)
    if kind:
        return format_quantity(value, kind, 4)
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def _ordered(keys: Any) -> list[str]:
    """Known keys in the usual order, then the others; warnings last."""
    known = [key for key in _LABELS if key in keys]
    others = [key for key in keys if key not in _LABELS and key != "warnings"]
    return [*known, *others, *(key for key in ("warnings",) if key in keys)]


def _plain_table(show_header: bool = False) -> Table:
    from rich import box
    from rich.table import Table as RichTable

    return RichTable(box=box.SIMPLE_HEAD, show_header=show_header, padding=(0, 1), pad_edge=False)
