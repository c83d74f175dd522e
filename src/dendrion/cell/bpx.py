"""The positive electrode of a Battery Parameter eXchange file (BPX 0.x and 1.x), as the cathode of a metal cell.

BPX describes lithium-ion cells: two porous electrodes and a liquid. A metal cell takes its positive electrode (and says
that the rest is left out); blends, hysteresis and files for other models than SPM, SPMe and DFN are refused. Exchange
current density as the standard defines it: F K √(c_e/c_e0) √(x (1 − x)), x the surface stoichiometry.
"""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from dendrion.cell.particle import Cathode
from dendrion.cell.properties import Numbers
from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.errors import InputError

MODELS = ("SPM", "SPMe", "DFN", "Newman", "DFN(e)")
"""Models whose files hold a positive electrode in this form."""

LARGEST_FILE = 20_000_000
"""Largest file that is read [bytes]."""

MOST_EXPRESSION = 20_000
"""Longest formula that is read [characters]."""

_FUNCTIONS: dict[str, Callable[..., float]] = {
    name: getattr(math, name) for name in ("exp", "tanh", "cosh", "sinh", "sin", "cos", "sqrt", "log", "atan")
} | {"abs": abs, "arctan": math.atan, "log10": math.log10}  # fmt: skip

_OPERATORS: dict[type, Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b, ast.Pow: lambda a, b: a**b,
}  # fmt: skip


@dataclass(frozen=True)
class BpxCathode:
    """What a file says about its positive electrode.

    Attributes:
        cathode: geometry and stoichiometry; title: of the file; left_out: parts that are not used.
        potential: open-circuit potential over the stoichiometry [V]; diffusivity: over it at the reference [m^2/s].
        rate: K [mol/m^2/s] with its activation energies [J/mol].
    """

    cathode: Cathode
    title: str
    left_out: tuple[str, ...]
    potential: Callable[[float], float]
    diffusivity: Callable[[float], float]
    rate: float
    diffusivity_energy: float
    rate_energy: float
    reference: float

    def into(self, numbers: Numbers) -> Numbers:
        """The numbers of a cell with this cathode in place of the claims."""
        most = self.cathode.maximum
        middle = 0.5 * (self.cathode.charged + self.cathode.discharged)

        def activated(energy: float, temperature: float) -> float:
            return math.exp(-energy / GAS_CONSTANT * (1.0 / temperature - 1.0 / self.reference))

        def exchange(temperature: float, ion: float) -> float:
            x = ion / most
            rate = self.rate * activated(self.rate_energy, temperature)
            return FARADAY * rate * math.sqrt(max(x * (1.0 - x), 1e-12))

        return replace(
            numbers,
            solid_diffusivity=lambda t: self.diffusivity(middle) * activated(self.diffusivity_energy, t),
            open_circuit=lambda _, ion: self.potential(ion / most),
            cathode_exchange=exchange,
            cathode_range=(0.0, most),
        )


def read_bpx(path: str | Path) -> BpxCathode:
    """Reads the positive electrode of a BPX file.

    Raises:
        InputError: no such file, no BPX, a model or a form that does not apply; names the entry.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError("there is no such file", field="cell.cathode_file", value=str(file))
    if file.stat().st_size > LARGEST_FILE:
        raise InputError("the file is too large", field="cell.cathode_file", value=str(file))
    try:
        content = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, UnicodeDecodeError) as error:
        raise InputError(f"this is not JSON: {error}", field="cell.cathode_file", value=str(file)) from None
    if not isinstance(content, Mapping) or "Header" not in content or "Parameterisation" not in content:
        raise InputError(
            "this is no BPX file: Header and Parameterisation are needed",
            field="cell.cathode_file",
            value=str(file),
        )
    return _positive(content)


def _positive(content: Mapping[str, Any]) -> BpxCathode:
    header, parts = content["Header"], content["Parameterisation"]
    model = str(header.get("Model", ""))
    if model not in MODELS:
        raise _refused(
            "Header.Model", model, "a model whose positive electrode we can't read", ", ".join(MODELS)
        )
    electrode = parts.get("Positive electrode")
    where = "Parameterisation.Positive electrode"
    if not isinstance(electrode, Mapping):
        raise _refused(where, None, "the section is missing", "a file of a whole cell")
    if "Particle" in electrode:
        raise _refused(
            f"{where}.Particle", None, "a blend of several materials has no single potential", "one material"
        )
    for name in electrode:
        if "hysteresis" in name.lower() or "lithiation)" in name:
            raise _refused(
                f"{where}.{name}", None, "a potential with hysteresis can't be followed", "one OCP"
            )

    def number(key: str, default: float | None = None) -> float:
        value = electrode.get(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise _refused(f"{where}.{key}", value, "a number is needed", "a finite number")
        return float(value)

    radius, area = number("Particle radius [m]"), number("Surface area per unit volume [m-1]")
    single = model == "SPM"
    cathode = Cathode(
        number("Thickness [m]"), area * radius / 3.0, number("Porosity", 0.3 if single else None), radius,
        number("Maximum concentration [mol.m-3]"), number("Minimum stoichiometry"), number("Maximum stoichiometry"),
    )  # fmt: skip
    if not (0.0 < cathode.charged < cathode.discharged <= 1.0 and 0.0 < cathode.active_fraction < 1.0):
        raise _refused(where, None, "stoichiometries or the area of the particles are impossible", "0 to 1")
    left = [name for name in parts if name not in ("Positive electrode", "Cell", "User-defined")]
    return BpxCathode(
        cathode, str(header.get("Title", "")), tuple(left),
        function_of(electrode.get("OCP [V]"), f"{where}.OCP [V]"),
        function_of(electrode.get("Diffusivity [m2.s-1]"), f"{where}.Diffusivity [m2.s-1]"),
        number("Reaction rate constant [mol.m-2.s-1]"), number("Diffusivity activation energy [J.mol-1]", 0.0),
        number("Reaction rate constant activation energy [J.mol-1]", 0.0),
        float(parts.get("Cell", {}).get("Reference temperature [K]", 298.15)),
    )  # fmt: skip


def _refused(field: str, value: object, problem: str, allowed: str) -> InputError:
    return InputError(problem, field=field, value=value, allowed=allowed)


def function_of(entry: object, where: str) -> Callable[[float], float]:
    """A function of x from a number, a table ``{x: [...], y: [...]}`` or a formula of BPX.

    A formula is taken apart, not run: numbers, x, + - * / **, and elementary functions.

    Raises:
        InputError: none of these, or a formula with anything else in it.
    """
    if isinstance(entry, (int, float)) and not isinstance(entry, bool):
        value = float(entry)
        return lambda _: value
    if isinstance(entry, Mapping) and {"x", "y"} <= set(entry):
        x, y = (np.asarray(entry[key], dtype=float) for key in "xy")
        if x.ndim != 1 or x.shape != y.shape or x.size < 2 or np.any(np.diff(x) <= 0.0):
            raise _refused(where, None, "a table needs rising x and as many y", "at least two points")
        return lambda at: float(np.interp(at, x, y))
    if isinstance(entry, str) and len(entry) <= MOST_EXPRESSION:
        try:
            tree = ast.parse(entry.strip(), mode="eval").body
            _value(tree, 0.5)
        except (SyntaxError, ValueError, KeyError, RecursionError) as error:
            raise _refused(
                where,
                entry[:60],
                f"the formula is not understood: {error}",
                "x, numbers, + - * / **, exp, tanh …",
            ) from None
        return lambda at: _value(tree, at)
    raise _refused(where, entry, "a number, a table or a formula is needed", '{"x": [0, 1], "y": [4.3, 3.5]}')


def _value(node: ast.AST, x: float) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id="x"):
            return x
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner, x)
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _value(inner, x)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left, x), _value(right, x))
        case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](_value(inner, x))
    raise ValueError(f"'{ast.unparse(node)}'")
