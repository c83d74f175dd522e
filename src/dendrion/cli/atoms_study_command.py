"""``dendrion atoms nucleation | heal | penetrate``: what the atoms say about nuclei, healing and cracks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .theory_output import AsJson

Picture = Annotated[Path | None, typer.Option("--picture", help="Draw it into this file (png).")]
CalculatorName = Annotated[
    str, typer.Option("--calculator", "-c", help="A potential that 'dendrion atoms list' shows.")
]


def nucleation_command(
    sheet: Annotated[str, typer.Argument(help="A metal (Li), or a data sheet that 'atoms compute --out' wrote.")],
    overpotential: Annotated[str | None, typer.Option("--overpotential", help='Fixed overpotential, "100 mV".')] = None,
    current: Annotated[str | None, typer.Option("--current", help='Fixed current density, "1 mA/cm^2".')] = None,
    interface: Annotated[str | None, typer.Option("--interface", help="Kinetics at a fixed current: Li|LiPF6-EC-DMC.")] = None,
    temperature: Annotated[str, typer.Option("--temperature", help="LOW:HIGH:NUMBER [K].")] = "253:353:11",
    contact_angle: Annotated[float, typer.Option("--contact-angle", help="[degrees]; 180 is a free nucleus.")] = 180.0,
    picture: Picture = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Critical radius and nucleation barrier over temperature, from surface and bulk terms."""
    import numpy as np

    from ..atoms.nucleation import nucleation
    from ..materials import material, read_material_file
    from ..units import to_si

    metal = read_material_file(sheet)[0] if sheet.endswith((".yaml", ".yml")) else material(sheet)
    found = nucleation(
        metal,
        np.linspace(*_range(temperature)),
        overpotential=to_si(overpotential, "potential") if overpotential else None,
        current_density=to_si(current, "current_density") if current else None,
        interface=material(interface) if interface else None,
        contact_angle=float(np.radians(contact_angle)),
    )
    if picture:
        from ..report.atoms_plot import draw_nucleation

        draw_nucleation({overpotential or str(current): found}, picture)
    if as_json:
        _print_json({**found.as_dict(), "picture": picture})
        return
    rows = zip(
        found.temperature, found.overpotential, found.surface_energy, 1e9 * found.radius, found.barrier_over_kt,
        found.atoms, strict=True,
    )  # fmt: skip
    heads = ("T (K)", "overpotential (V)", "surface energy (J/m²)", "radius (nm)", "barrier (kT)", "atoms")
    _print_rows(heads, rows, found.warnings, picture)


def heal_command(
    material: Annotated[str, typer.Option("--material", "-m", help="A metal: Li, Na.")],
    calculator: CalculatorName,
    temperature: Annotated[str, typer.Option("--temperature", help="Temperatures [K], 300,350,400.")] = "300,350,400",
    duration: Annotated[str, typer.Option("--duration", help="Of each run.")] = "10 ps",
    radius: Annotated[str, typer.Option("--radius", help="Of the cap of atoms.")] = "0.6 nm",
    size: Annotated[str, typer.Option("--size", help="Edge of the face it stands on.")] = "2 nm",
    seed: Annotated[int, typer.Option("--seed", help="Of the dynamics.")] = 0,
    picture: Picture = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """A small protrusion left to itself at several temperatures, beside Mullins's time."""
    from ..atoms.healing import heal
    from ..atoms.mullins import Smoothing
    from ..atoms.result import ANGSTROM
    from ..atoms.sample import sample
    from ..constants import AVOGADRO
    from ..materials import material as named
    from ..units import to_si

    one, sheet = sample(material, calculator), named(material)
    high, wide = to_si(radius, "length") / ANGSTROM, to_si(size, "length") / ANGSTROM
    kelvins = [_number(text, "temperature") for text in temperature.split(",")]
    runs = [
        heal(one, kelvin, to_si(duration, "time"), seed=seed, radius=high, size=wide) for kelvin in kelvins
    ]
    smoothing = Smoothing(
        barrier=sheet.claim("surface_diffusion_barrier").value / AVOGADRO,
        lattice_parameter=sheet.claim("lattice_parameter").value,
        surface_energy=sheet.claim("surface_energy").value,
        atomic_volume=sheet.claim("molar_volume").value / AVOGADRO,
        attempt_frequency=sheet.claim("surface_hop_frequency").value,
    )
    expected = [float(smoothing.time(2.0 * run.width, run.temperature)) for run in runs]
    if picture:
        from ..report.atoms_plot import draw_healing

        draw_healing(runs, picture)
    if as_json:
        rows = [{**run.as_dict(), "mullins_time_s": e} for run, e in zip(runs, expected, strict=True)]
        _print_json({"runs": rows, "picture": picture})
        return
    rows_shown = [
        (run.temperature, run.standing[-1], 1e12 * run.half_life if run.half_life else "longer", 1e12 * e)
        for run, e in zip(runs, expected, strict=True)
    ]
    heads = ("T (K)", "stands at the end", "half-life (ps)", "Mullins's time of twice its width (ps)")
    _print_rows(heads, rows_shown, (), picture)


def penetrate_command(
    calculator: CalculatorName,
    electrolyte: Annotated[str, typer.Option("--electrolyte", help="A crystal: LiF, LiCl, a test crystal.")] = "LiF",
    metal: Annotated[str, typer.Option("--metal", help="The metal that goes in.")] = "Li",
    count: Annotated[int, typer.Option("--count", help="Atoms to insert.")] = 40,
    cells: Annotated[str, typer.Option("--cells", help="Cells along width, depth and thickness.")] = "6,1,6",
    cavity: Annotated[str, typer.Option("--cavity", help="Width and height of the cavity [Å].")] = "6,9",
    picture: Picture = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Metal inserted atom by atom at a defect of an electrolyte slab: the stress–charge curve."""
    from ..atoms.penetration import penetration
    from ..atoms.sample import sample

    slab, inserted = sample(electrolyte, calculator), sample(metal, calculator)
    edges = tuple(int(_number(text, "cells")) for text in cells.split(","))
    width, height = (_number(text, "cavity") for text in cavity.split(","))
    curve = penetration(slab, inserted, count, cells=edges, width=width, height=height)  # type: ignore[arg-type]
    if picture:
        from ..report.atoms_plot import draw_penetration

        draw_penetration(curve, picture)
    if as_json:
        _print_json({**curve.as_dict(), "picture": picture})
        return
    heads = ("atoms", "charge (C/m²)", "stress (GPa)", "overpotential (V)", "broken bonds", "stage")
    rows = zip(
        range(count + 1),
        curve.charge,
        curve.stress / 1e9,
        curve.overpotential,
        curve.broken,
        curve.stage,
        strict=True,
    )
    _print_rows(heads, rows, (), picture)


def _range(text: str) -> tuple[float, float, int]:
    """LOW:HIGH:NUMBER."""
    from ..errors import InputError

    parts = text.split(":")
    if len(parts) != 3 or not parts[2].isdigit() or int(parts[2]) < 1:
        raise InputError("a range is LOW:HIGH:NUMBER", field="temperature", value=text, hint="253:353:11")
    return _number(parts[0], "temperature"), _number(parts[1], "temperature"), int(parts[2])


def _number(text: str, name: str) -> float:
    from ..errors import InputError

    try:
        return float(text)
    except ValueError:
        raise InputError("not a number", field=name, value=text) from None


def _print_json(content: dict[str, Any]) -> None:
    from .output import print_json

    picture = content.pop("picture")
    print_json({**content, "picture": str(picture) if picture else None})


def _print_rows(heads: tuple[str, ...], rows: Any, warnings: tuple[str, ...], picture: Path | None) -> None:
    from .output import print_paths, show
    from .theory_output import table_of

    table = table_of(*heads)
    for row in rows:
        table.add_row(*(item if isinstance(item, str) else f"{item:.4g}" for item in row))
    show(table, *(f"[yellow]{text}[/]" for text in warnings))
    if picture:
        print_paths([picture])
