"""The errors that reach a user: each says what is wrong, what is allowed and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Location:
    """Where a value stands in a file (line and column count from 1) [dimensionless]."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [self.file, *(str(n) for n in (self.line, self.column) if n is not None)]
        return ":".join(parts)


class DendrionError(Exception):
    """Base of every error that dendrion raises on purpose; the command line prints it without a traceback."""

    exit_code = 3


class InputError(DendrionError):
    """Input is refused: names the field, its value, what is allowed and what to do.

    ``str(error)`` is the whole message for a person; the parts are kept for programs.
    """

    exit_code = 2

    def __init__(
        self,
        problem: str,
        *,
        field: str | None = None,
        value: object = None,
        allowed: str | None = None,
        hint: str | None = None,
        location: Location | None = None,
    ) -> None:
        self.problem, self.field, self.value = problem, field, value
        self.allowed, self.hint, self.location = allowed, hint, location
        super().__init__(self._message())

    def _message(self) -> str:
        head = f"{self.location}: " if self.location else ""
        if self.field:
            head += f"{self.field}: "
        lines = [head + self.problem]
        if self.value is not None:
            lines.append(f"  got:     {self.value}")
        if self.allowed:
            lines.append(f"  allowed: {self.allowed}")
        if self.hint:
            lines.append(f"  try:     {self.hint}")
        return "\n".join(lines)


class InputErrors(InputError):
    """Several refusals of one file, reported together."""

    def __init__(self, errors: list[InputError]) -> None:
        self.errors = errors
        first = errors[0]
        super().__init__(
            first.problem,
            field=first.field,
            value=first.value,
            allowed=first.allowed,
            hint=first.hint,
            location=first.location,
        )

    def _message(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class SimulationError(DendrionError):
    """A simulation could not go on; the message says where it left off and what was saved."""

    exit_code = 3


class DepletionError(SimulationError):
    """The salt at the plating front is used up: no time step can follow it. A virtual test counts it as a failure."""
