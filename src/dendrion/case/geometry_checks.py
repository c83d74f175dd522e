"""Checks of shape and grid: what does not fit in the domain, what the grid can't resolve."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..errors import InputError
from ..units import format_quantity

if TYPE_CHECKING:
    from .model import Case

SMALLEST_WIDTH = 1.2
"""Interface width w of tanh(x/w) below which the grid can't carry the front [cells]."""

_STEEP = 0.3  # height over width of a shape, above which it is a filament in the making
_THICK = 0.1  # interface width over domain length
_FRONT_TAIL = 2.0  # interface widths between a front and a wall


def _um(length: float) -> str:
    return format_quantity(length, "length")


def _at_least(count: float) -> int:
    return math.ceil(count * (1.0 - 1e-9))


def geometry_errors(case: Case) -> Iterator[InputError]:
    """Shapes that do not fit and grids that do not resolve."""
    yield from _layer(case)
    yield from _surface(case)
    yield from _places(case)
    yield from _grid(case)


def _layer(case: Case) -> Iterator[InputError]:
    thickness, length = case.cell.thickness or 0.0, case.domain.size[0]
    if not math.isclose(thickness, length, rel_tol=1e-9):
        yield InputError(
            "the cell's thickness is not the length of the domain",
            field="cell.thickness",
            value=_um(thickness),
            allowed=f"{_um(length)} (domain.size[0]), or leave it out",
        )
    metal, surface = case.initial.metal_thickness or 0.0, case.initial.surface
    if metal >= length:
        yield InputError(
            "the metal layer is as thick as the domain: no electrolyte is left",
            field="initial.metal_thickness",
            value=_um(metal),
            allowed=f"below {_um(length)}",
        )
    elif case.physics.engine in (
        "contact",
        "network",
        "texture",
    ):  # sharp and still, or checked with their own width
        return
    elif metal + surface.crest() + _FRONT_TAIL * case.interface_width >= length:
        yield InputError(
            "the first surface reaches the counter electrode",
            field="initial.surface" if surface.crest() else "initial.metal_thickness",
            value=f"{_um(metal)} of metal and {_um(surface.crest())} of surface",
            allowed=f"together below {_um(length - _FRONT_TAIL * case.interface_width)}: "
            f"the domain less {_FRONT_TAIL:g} interface widths",
        )
    if surface.trough() > metal:
        yield InputError(
            "the first surface dips below the electrode at x = 0",
            field="initial.surface",
            value=f"{_um(surface.trough())} deep",
            allowed=f"at most initial.metal_thickness, {_um(metal)}",
        )


def _surface(case: Case) -> Iterator[InputError]:
    surface, lateral = case.initial.surface, case.domain.size[1:]
    if surface.kind == "flat":
        return
    if not lateral:
        yield InputError(
            "a flat cell (one entry in domain.size) can't have a shaped surface",
            field="initial.surface.kind",
            value=surface.kind,
            allowed="flat",
        )
        return
    if surface.kind == "bump" and surface.at is not None:
        yield from _inside(
            surface.at, lateral, "initial.surface.at", "[y]" if len(lateral) == 1 else "[y, z]"
        )
    if surface.kind == "random":
        longest = surface.longest_wavelength or max(lateral)
        if surface.shortest_wavelength >= longest:
            yield InputError(
                "the shortest wavelength is not shorter than the longest",
                field="initial.surface.shortest_wavelength",
                value=_um(surface.shortest_wavelength),
                allowed=f"below {_um(longest)}",
            )


def _places(case: Case) -> Iterator[InputError]:
    size = case.domain.size
    axes = f"[{', '.join('xyz'[: len(size)])}]"
    for index, seed in enumerate(case.initial.seeds):
        path = f"initial.seeds[{index}]"
        yield from _inside(seed.at, size, f"{path}.at", axes)
        if len(seed.radius) not in (1, len(size)):
            yield InputError(
                f"{len(seed.radius)} half axes in a domain of {len(size)} dimensions",
                field=f"{path}.radius",
                allowed=f"one, or {len(size)}",
            )
        if seed.at[0] + seed.radius[0] + _FRONT_TAIL * case.interface_width >= size[0]:
            yield InputError(
                "the seed reaches the counter electrode",
                field=path,
                value=_um(seed.at[0] + seed.radius[0]),
                allowed=f"below {_um(size[0] - _FRONT_TAIL * case.interface_width)}",
            )
    for index, spot in enumerate(case.conditions.hot_spots):
        yield from _inside(spot.at, size, f"conditions.hot_spots[{index}].at", axes)


def _inside(at: Sequence[float], size: Sequence[float], field: str, axes: str) -> Iterator[InputError]:
    if len(at) != len(size):
        yield InputError(f"{len(at)} coordinates are given", field=field, allowed=f"{len(size)}: {axes}")
        return
    for place, length in zip(at, size, strict=True):
        if place > length:
            yield InputError(
                "this place is outside the domain",
                field=field,
                value=_um(place),
                allowed=f"0 to {_um(length)}",
            )


def _grid(case: Case) -> Iterator[InputError]:
    """The interface must span the grid."""
    width, domain = case.interface_width, case.domain
    largest = max(domain.spacing)
    if case.physics.model == "hong2018":
        yield from _grid_of_hong2018(case, 2.0 * width)
        return
    if width >= SMALLEST_WIDTH * largest * (1.0 - 1e-9):
        return
    needed = [
        max(n, _at_least(SMALLEST_WIDTH * a / width)) for a, n in zip(domain.size, domain.cells, strict=True)
    ]
    yield InputError(
        f"the grid is too coarse for the interface: its width is {width / largest:.2g} cells",
        field="numerics.interface_width",
        value=_um(width),
        allowed=f"at least {SMALLEST_WIDTH:g} cells, {_um(SMALLEST_WIDTH * largest)} on this grid",
        hint=f"domain.cells: {needed}, or a wider interface",
    )


def _grid_of_hong2018(case: Case, thickness: float) -> Iterator[InputError]:
    """Cells above half of the interface's thickness pin the front; who wants the published grid says so."""
    domain = case.domain
    if (
        max(domain.spacing) <= 0.5 * thickness * (1.0 + 1e-9)
        or case.physics.hong2018.interface_resolution == "as_published"
    ):
        return
    needed = [max(n, _at_least(5.0 * a / thickness)) for a, n in zip(domain.size, domain.cells, strict=True)]
    yield InputError(
        f"the grid is too coarse for the interface of hong2018, {_um(thickness)} thick: it pins the front",
        field="domain.cells",
        value=f"cells of {_um(max(domain.spacing))}",
        allowed=f"cells of at most {_um(0.5 * thickness)}; {needed} would resolve it",
        hint="finer cells, or physics.hong2018.interface_resolution: as_published",
    )


def geometry_warnings(case: Case) -> Iterator[str]:
    """What fits but is poorly resolved."""
    width, domain, surface = case.interface_width, case.domain, case.initial.surface
    if case.physics.engine in ("contact", "network", "texture"):  # no front of the field engine
        return
    if width > _THICK * domain.size[0]:
        yield (
            f"numerics.interface_width: the interface ({_um(width)}) is {width / domain.size[0]:.0%} of the "
            "cell; use more cells or a thinner interface"
        )
    if max(domain.spacing) > 1.5 * min(domain.spacing):
        sizes = " x ".join(_um(h) for h in domain.spacing)
        yield f"domain.cells: grid cells of {sizes} are far from cubes, which the front feels"
    if case.physics.model == "hong2018" and max(domain.spacing) > 0.4 * width:
        yield (
            f"physics.model: hong2018 resolves its interface of {_um(2.0 * width)} with "
            f"{2.0 * width / max(domain.spacing):.2g} cells; below 5 the front is slow or pinned"
        )
    shapes = {
        "sinusoid": ("wavelength", 4.0),
        "bump": ("radius", 1.0),
        "random": ("shortest_wavelength", 4.0),
    }
    if surface.kind in shapes:
        name, widths = shapes[surface.kind]
        if getattr(surface, name) < widths * width:
            yield (
                f"initial.surface.{name}: {_um(getattr(surface, name))} is finer than the interface "
                f"({_um(width)}) can show"
            )
    if surface.kind == "sinusoid" and domain.dimension > 1:
        waves = domain.size[1] / surface.wavelength * (1.0 if domain.lateral == "periodic" else 2.0)
        if abs(waves - round(waves)) > 1e-6:
            whole = "whole" if domain.lateral == "periodic" else "half"
            yield f"initial.surface.wavelength: the domain does not hold a number of {whole} waves"


def steep_shapes(case: Case) -> Iterator[tuple[str, float]]:
    """Field and height over width of every shape steeper than a small amplitude."""
    surface = case.initial.surface
    if surface.kind == "sinusoid":
        yield from _steep("initial.surface", 2.0 * surface.amplitude, surface.wavelength)
    elif surface.kind == "bump":
        yield from _steep("initial.surface", surface.height, 2.0 * surface.radius)
    elif surface.kind == "random":
        yield from _steep("initial.surface", 2.0 * surface.amplitude, surface.shortest_wavelength)
    elif surface.kind == "profile" and 0.5 * surface.steepness() > _STEEP:
        yield "initial.surface", 0.5 * surface.steepness()
    for index, seed in enumerate(case.initial.seeds):
        yield from _steep(f"initial.seeds[{index}]", seed.radius[0], 2.0 * seed.radius[-1])


def _steep(field: str, height: float, width: float) -> Iterator[tuple[str, float]]:
    if height > _STEEP * width * (1.0 + 1e-9):
        yield field, height / width
