"""``dendrion atoms``: properties of crystals from a calculator, as claims for the materials."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .atoms_study_command import heal_command, nucleation_command, penetrate_command
from .theory_output import AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..atoms.result import ComputedClaim
    from ..atoms.table import Comparison

atoms_app = typer.Typer(
    name="atoms",
    help="Properties of crystals from any calculator of ASE, as claims for the materials.",
    no_args_is_help=True,
)
atoms_app.command("nucleation")(nucleation_command)
atoms_app.command("heal")(heal_command)
atoms_app.command("penetrate")(penetrate_command)

Material = Annotated[
    str, typer.Option("--material", "-m", help="A crystal: Li, Na, LLZO, or a test material.")
]
Calculator = Annotated[
    str, typer.Option("--calculator", "-c", help="A potential that 'dendrion atoms list' shows.")
]
Quick = Annotated[bool, typer.Option("--quick", help="One setting of each property alone, without a spread.")]
Tolerance = Annotated[
    float, typer.Option("--force-tolerance", help="Largest force of a relaxed structure [eV/Å].")
]  # fmt: skip
Out = Annotated[
    Path | None, typer.Option("--out", help="Write the claims as a data sheet that a case can name.")
]


@atoms_app.command("list")
def list_command(as_json: AsJson = False) -> None:
    """Lists properties, crystals and potentials, and which of these are installed."""
    from ..atoms.compute import PROPERTY_GROUPS, REFUSED
    from ..atoms.crystals import CRYSTALS
    from ..atoms.potentials import installed, known_potentials
    from ..atoms.requirements import EXTRAS

    known = known_potentials()
    versions = {name: installed(entry["package"]) for name, entry in known.items()}
    if as_json:
        from .output import print_json

        print_json(
            {
                "refused": REFUSED,
                "properties": {name: group.meaning for name, group in PROPERTY_GROUPS.items()},
                "materials": {name: item.note for name, item in CRYSTALS.items()},
                "calculators": {name: {**entry, "version": versions[name]} for name, entry in known.items()},
            }
        )
        return
    from .output import show
    from .theory_output import table_of

    properties = table_of("property", "gives")
    for name, group in PROPERTY_GROUPS.items():
        properties.add_row(name, group.meaning)
    for name, reason in REFUSED.items():
        properties.add_row(name, f"refused: {reason}")
    crystals = table_of("material", "crystal")
    for name, item in CRYSTALS.items():
        crystals.add_row(name, f"{item.structure}: {item.note}")
    potentials = table_of("calculator", "elements", "installed", "what")
    for name, entry in known.items():
        there = versions[name] or f"no: pip install 'dendrion\\[{EXTRAS[entry['package']]}]'"
        potentials.add_row(name, " ".join(entry["elements"]) or "any", there, entry["title"])
    show(properties, crystals, potentials)


@atoms_app.command("compute")
def compute_command(
    property_name: Annotated[str, typer.Argument(metavar="PROPERTY", help="A group that 'dendrion atoms list' shows, or all.")],
    material: Material, calculator: Calculator, out: Out = None, quick: Quick = False,
    force_tolerance: Tolerance = 0.005, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Computes a group of properties; each number says what was checked and whether it may be used."""
    from ..atoms.compute import PROPERTY_GROUPS, group
    from ..atoms.result import write_overlay
    from ..atoms.sample import sample

    names = list(PROPERTY_GROUPS) if property_name == "all" else [property_name]
    groups = [group(name) for name in names]
    one = sample(material, calculator, force_tolerance)
    if property_name == "all" and not one.crystal.is_metal:
        groups = [item for item in groups if item.compounds]
    claims = [claim for item in groups for claim in item.run(one, quick=quick)]
    written = write_overlay(out, claims, material) if out else None
    _print_claims(claims, written, as_json)


def _print_claims(claims: Sequence[ComputedClaim], written: Path | None, as_json: bool) -> None:
    from .output import print_json, print_paths, show

    if as_json:
        content: dict[str, Any] = {"claims": [claim.as_dict() for claim in claims]}
        print_json({**content, "file": str(written) if written else None})
        return
    from .theory_output import table_of

    table = table_of("property", "label", "value", "unit", "spread of the settings", "may be used")
    for claim in claims:
        spread = "–".join(f"{value:.4g}" for value in claim.spread) if claim.spread else "none"
        verdict = f"no: {claim.unusable}" if claim.unusable else "yes"
        table.add_row(claim.property, claim.label, f"{claim.value:.5g}", claim.unit, spread, verdict)
    show(table)
    if written:
        print_paths([written])


@atoms_app.command("table")
def table_command(
    material: Material, calculator: Calculator,
    properties: Annotated[
        list[str] | None, typer.Option("--property", "-p", help="Groups to compute; all where none is given. Repeatable.")
    ] = None,
    out: Out = None, quick: Quick = False, force_tolerance: Tolerance = 0.005, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Computes a material's properties beside published values, with a verdict on each row."""
    from ..atoms.result import write_overlay
    from ..atoms.table import table

    made = table(material, calculator, properties or None, quick=quick, force_tolerance=force_tolerance)
    written = write_overlay(out, [row.claim for row in made.rows], material) if out else None
    if as_json:
        from .output import print_json

        print_json({**made.as_dict(), "file": str(written) if written else None})
        return
    _print_table(made)
    if written:
        from .output import print_paths

        print_paths([written])


def _print_table(made: Comparison) -> None:
    """The rows, then the reasons and sources in lines of their own."""
    from .output import show
    from .theory_output import table_of

    shown = table_of("property", "label", "computed", "published", "unit", "difference", "verdict")
    notes: dict[str, str] = {}
    for row in made.rows:
        known = row.verdict in ("agrees", "near", "off")
        shown.add_row(
            row.claim.property, row.claim.label, f"{row.claim.value:.4g}", row.published_text, row.claim.unit,
            row.why if known else "", row.verdict,
        )  # fmt: skip
        name = f"{row.claim.property} {row.claim.label}"
        if row.published is not None:
            notes[name] = f"published (tag {row.published.tag}): {row.published.reference}"
        if row.verdict == "unusable":
            notes[f"{name}, unusable"] = row.why
    for name, reason in made.refused.items():
        shown.add_row(name, "", "", "", "", "", "refused")
        notes[name] = reason
    show(shown, *(f"{name}: {text}" for name, text in notes.items()))
