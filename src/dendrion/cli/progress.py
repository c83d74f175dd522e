"""How a run shows that it goes on: a live display in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dendrion.units import format_quantity

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Group

    from dendrion.runs import Progress

_LINE_INTERVAL = 5.0  # [s]
_SAMPLES = 36
_BARS = "▁▂▃▄▅▆▇█"
_SHOWN = (
    ("tip_position", "tip", "length"),
    ("overpotential", "overpotential", "potential"),
    ("cell_voltage", "cell voltage", "potential"),
    ("current_density", "mean current", "current_density"),
)


@contextmanager
def progress_display(quiet: bool) -> Iterator[Callable[[Progress], None] | None]:
    """Yields what takes the progress of a run and shows it; None where nothing is to be shown."""
    from dendrion.cli.output import console

    if quiet:
        yield None
        return
    target = console(error=True)
    if not target.is_terminal:
        yield _Lines()
        return
    from rich.live import Live

    display = _Display()
    with Live(get_renderable=display.render, console=target, refresh_per_second=5, transient=True):
        yield display


class _Lines:
    """A plain line every few seconds, for logs and pipes."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._last < _LINE_INTERVAL:
            return
        self._last = now
        parts = [f"{_share(progress):4.0%}", _times(progress)]
        parts += [f"{name} {text}" for name, text, _ in measurements(progress.row)]
        parts += [f"step {progress.steps}", *([left] if (left := _left(progress)) else [])]
        sys.stderr.write("  ".join(parts) + "\n")
        sys.stderr.flush()


class _Display:
    """A bar and the numbers under it, each with its course so far."""

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._courses: dict[str, list[float]] = {}
        self._sampled = -1.0
        self._started = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        self._progress = progress
        if abs(progress.fraction - self._sampled) >= 1.0 / _SAMPLES:
            self._sampled = progress.fraction
            for name, _, value in measurements(progress.row):
                self._courses.setdefault(name, []).append(value)

    def render(self) -> Group:
        from rich.console import Group as RichGroup
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        progress = self._progress
        if progress is None:
            waited = time.monotonic() - self._started
            return RichGroup(Text(f"compiling the solver for this grid … {waited:.0f} s", style="cyan"))
        bar = Table.grid(padding=(0, 1))
        bar.add_row(
            ProgressBar(total=1.0, completed=_share(progress), width=_SAMPLES),
            Text(f"{_share(progress):4.0%}", style="bold"),
            _times(progress),
            Text(_left(progress), style="cyan"),
        )
        numbers = Table.grid(padding=(0, 2))
        numbers.add_column(style="bright_black")
        numbers.add_column(justify="right", min_width=11)
        numbers.add_column(style="blue")
        for name, text, _ in measurements(progress.row):
            numbers.add_row(name, text, sparkline(self._courses.get(name, [])))
        pace = f"{progress.wall_time / progress.steps * 1e3:.3g} ms a step" if progress.steps else ""
        numbers.add_row("steps", f"{progress.steps:,}", Text(pace, style="bright_black"))
        return RichGroup(bar, numbers, Text("Ctrl-C stops after this step; resumable", style="bright_black"))


def measurements(row: dict[str, float]) -> list[tuple[str, str, float]]:
    """Name, text and SI value of the numbers worth watching in a history row."""
    found: list[tuple[str, str, float]] = []
    for quantity, name, kind in _SHOWN:
        if name == "cell voltage" and any(label == "overpotential" for label, _, _ in found):
            continue
        value: Any = next(
            (row[key] for key in row if key == quantity or _without_unit(key) == quantity), None
        )
        if value is not None:
            found.append((name, format_quantity(value, kind, 3), float(value)))
    return found


def sparkline(values: list[float]) -> str:
    """The course of a number as a row of bars; nothing for a single value."""
    finite = [value for value in values if math.isfinite(value)]
    if len(finite) < 2:
        return ""
    low, high = min(finite), max(finite)
    span = high - low
    if span <= 1e-9 * max(abs(low), abs(high)):
        return _BARS[3] * len(finite)
    return "".join(_BARS[min(7, int(8 * (value - low) / span))] for value in finite)


def _without_unit(name: str) -> str:
    for unit in ("_A_per_m2", "_m", "_V"):
        if name.endswith(unit):
            return name.removesuffix(unit)
    return name


def _share(progress: Progress) -> float:
    """Share of the protocol's time that is done; of the run where its time is open."""
    return progress.time / progress.total_time if math.isfinite(progress.total_time) else progress.fraction


def _times(progress: Progress) -> str:
    now = format_quantity(progress.time, "time", 3)
    if not math.isfinite(progress.total_time):
        return now
    return f"{now} of {format_quantity(progress.total_time, 'time', 3)}"


def _left(progress: Progress) -> str:
    if progress.time_left is None:
        return ""
    seconds = round(progress.time_left)
    minutes, hours = seconds // 60, seconds // 3600
    if hours:
        return f"{hours} h {minutes % 60:02d} min left"
    return f"{minutes} min {seconds % 60:02d} s left" if minutes else f"{seconds} s left"
