"""One question across the scales: how fast may a cell of lithium on LLZO charge, and which scale's doubt decides that?

Atoms give a surface energy and moduli, the lattice a morphology, fracture mechanics a critical current, the cell a C-rate.
Every number is drawn within its spread and carried up. Run it with the folder for the picture:
``python examples/across_scales.py figures``; ``--engine`` adds two short tri-field runs on either side of the limit.
"""

from __future__ import annotations

import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import xarray
import yaml

from dendrion import load_case
from dendrion.cell import CellFile
from dendrion.cell.fixture import contact_at
from dendrion.constants import EDGE_CRACK_FACTOR, FARADAY
from dendrion.materials import material
from dendrion.materials.library import material_from_mapping
from dendrion.runs.engines import simulation_of
from dendrion.study.limits import limits
from dendrion.study.sensitivity import sensitivity

SHEETS = Path(__file__).parent / "scales"
SAMPLES = 2048
"""Draws of every input [dimensionless]."""

CELL: dict[str, Any] = {
    "cell": {
        "metal": "Li", "electrolyte": "LLZO", "thickness": "30 um", "cathode_capacity": "3 mAh/cm^2", "leakage": "off",
    },
    "fixture": {"kind": "spring", "pressure": "1 MPa", "stiffness": "100 MPa/mm"},
    "limits": {"flaw_length": "14 um"},
    "protocol": ["Charge at 1C until 4.3 V"],
}  # fmt: skip
"""The garnet cell of examples/cells/fast_charge.py with a thinner electrolyte and the flaw of ``llzo_flaw``, which fits into it."""

PRESSURE_FACTOR, CAPACITY_SHARE = 2.0, 0.05
"""How far stack pressure (a factor) and capacity (a share) of one cell lie from those of another; assumed."""

LATTICE = ("domain.size=[3 um, 4 um]", "domain.cells=[60, 80]", "stop.time=45 s", "cell.electrolyte=LLZO")
SEEDS = range(6)
"""A short lattice run takes a third of a second."""

SCALES = {
    "atoms": ("young_modulus", "poisson_ratio", "surface_energy"),
    "interface/lattice": ("interface_resistance", "roughness_scatter"),
    "ceramic": ("fracture_toughness", "fracture_energy", "flaw_length", "conductivity"),
    "cell": ("pressure", "yield_strength", "capacity"),
}
VARIANTS = {
    "cell": "criterion of dendrion cell: overpotential of the interface, measured toughness",
    "path": "criterion of dendrion ccd: and of the path along the flaw, a/2κ",
    "energy": "as cell, toughness from fracture energy and computed moduli",
    "rough": "as cell, and the deposit's roughness deepens the flaw (an upper bound)",
}


def atoms() -> dict[str, list[tuple[str, float, float, float, str]]]:
    """Property → rows of name, value, low, high [SI] and why it is not used: computed ones, the handbook's last."""
    found: dict[str, list[tuple[str, float, float, float, str]]] = {}
    for name, properties in (("Li", ("surface_energy",)), ("LLZO", ("young_modulus", "poisson_ratio"))):
        path = SHEETS / f"{name}-computed.yaml"
        sheet = material_from_mapping(yaml.safe_load(path.read_text(encoding="utf-8")), file=str(path))
        for quantity in properties:
            claims = [*sheet.claims(quantity), material(name).claim(quantity)]
            rows = [
                (claim.label or "handbook", float(claim.value), *ends(claim), claim.unusable or "")
                for claim in claims
                if claim.computed or claim is claims[-1]
            ]
            found[quantity] = list(dict.fromkeys(rows))
    return found


def ends(claim: Any) -> tuple[float, float]:
    """Low and high of a claim [SI], two standard deviations where it has one, else the value itself."""
    spread = claim.spread
    if spread.low is not None and spread.high is not None:
        return float(spread.low), float(spread.high)
    width = 2.0 * (spread.sigma or 0.0)
    return float(claim.value - width), float(claim.value + width)


def lattice(energies: list[float]) -> dict[str, Any]:
    """Deposits of lithium on LLZO for these surface energies [J/m²], and ln(roughness) = level + slope ln(γ) through them.

    Returns:
        ``rows``: γ, mean and deviation of roughness [m] and of the aspect ratio; ``level``, ``slope`` ± ``error``
        (standard error) and ``scatter`` of ln(roughness) over the seeds [dimensionless].
    """
    points, rows = [], []
    for energy in energies:
        seen = []
        for seed in SEEDS:
            settings = [
                *LATTICE,
                f"numerics.seed={seed}",
                f"materials.metal.surface_energy={energy} J/m^2",
            ]
            simulation = simulation_of(load_case("lattice_lithium", set=settings))
            while not simulation.finished:
                simulation.advance()
            seen.append((float(simulation.row["roughness_m"]), float(simulation.row["aspect_ratio"])))
        rough, aspect = np.array(seen).T
        rows.append((energy, rough.mean(), rough.std(ddof=1), aspect.mean(), aspect.std(ddof=1)))
        points += [(np.log(energy), np.log(value)) for value in rough]
    x, y = np.array(points).T
    slope, level = np.polyfit(x, y, 1)
    scatter = float(np.sqrt(np.sum((y - level - slope * x) ** 2) / (len(x) - 2)))
    error = scatter / float(np.sqrt(np.sum((x - x.mean()) ** 2)))
    return {"rows": rows, "level": float(level), "slope": float(slope), "error": error, "scatter": scatter}


def draw(computed: dict[str, list[tuple[str, float, float, float, str]]]) -> dict[str, Any]:
    """Every input, shape [SAMPLES], SI: claims within their spreads, computed ones between the usable potentials."""
    file, metal, ceramic = CellFile.from_mapping(CELL), material("Li"), material("LLZO")
    claims = {
        "interface_resistance": material("Li|LLZO").claim("interface_resistance"),
        "fracture_toughness": ceramic.claim("fracture_toughness"),
        "fracture_energy": ceramic.claim("fracture_energy"),
        "conductivity": ceramic.claim("conductivity"),
        "yield_strength": metal.claim("yield_strength"),
    }
    found = {name: claim.sample(generator(name), SAMPLES) for name, claim in claims.items()}
    for name, rows in computed.items():
        # The surface energy keeps the handbook's range: one usable potential has no spread between potentials.
        usable = [row for row in rows if not row[4] and (row[0] != "handbook" or name == "surface_energy")]
        low, high = min(row[2] for row in usable), max(row[3] for row in usable)
        found[name] = generator(name).uniform(low, high, SAMPLES)
    deep = file.limits.flaw_log10_sigma * generator("flaw_length").standard_normal(SAMPLES)
    found["flaw_length"] = file.limits.flaw_length * 10.0**deep
    found["roughness_scatter"] = generator("roughness_scatter").standard_normal(SAMPLES)
    width = np.log(PRESSURE_FACTOR)
    found["pressure"] = file.fixture.pressure * np.exp(generator("pressure").uniform(-width, width, SAMPLES))
    share = generator("capacity").uniform(1.0 - CAPACITY_SHARE, 1.0 + CAPACITY_SHARE, SAMPLES)
    found["capacity"] = file.cell.cathode_capacity * share
    return found


def generator(name: str) -> np.random.Generator:
    """One stream an input, so that none depends on which others there are."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def rates(variant: str, inputs: dict[str, Any], deposit: dict[str, Any]) -> tuple[Any, list[str]]:
    """C-rate at which the flaw first cracks, shape [samples], and the inputs that it depends on.

    i_c = V_M K/(F Y √(πa) R), R = R_ct/θ + constriction of the cell's start, where the garnet is worst; C = i_c/(Q/1 h).
    """
    names = ["interface_resistance", "flaw_length", "conductivity", "pressure", "yield_strength", "capacity"]
    contacts = [
        contact_at(*three, CellFile.from_mapping(CELL).cell.spot_radius)
        for three in zip(inputs["pressure"], inputs["yield_strength"], inputs["conductivity"], strict=True)
    ]
    fraction, narrow = np.array([(contact.fraction, contact.constriction) for contact in contacts]).T
    resistance = inputs["interface_resistance"] / fraction + narrow
    flaw = inputs["flaw_length"]
    if variant == "path":
        resistance = resistance + 0.5 * flaw / inputs["conductivity"]
    if variant == "rough":
        mean = deposit["level"] + deposit["slope"] * np.log(inputs["surface_energy"])
        flaw = flaw + np.exp(mean + deposit["scatter"] * inputs["roughness_scatter"])
        names += ["surface_energy", "roughness_scatter"]
    if variant == "energy":
        plane = inputs["young_modulus"] / (1.0 - inputs["poisson_ratio"] ** 2)
        toughness = np.sqrt(plane * inputs["fracture_energy"])
        names += ["young_modulus", "poisson_ratio", "fracture_energy"]
    else:
        toughness = inputs["fracture_toughness"]
        names.append("fracture_toughness")
    pressure = toughness / (EDGE_CRACK_FACTOR * np.sqrt(np.pi * flaw))
    current = pressure * material("Li").claim("molar_volume").value / (FARADAY * resistance)
    return current * 3600.0 / inputs["capacity"], names


def shares(rate: Any, names: list[str], inputs: dict[str, Any]) -> dict[str, float]:
    """First-order share of each scale in the variance of ln(C-rate); 0 exactly where none of its inputs enters."""
    dataset = xarray.Dataset(
        {"log_rate": ("case", np.log(rate))} | {name: ("case", inputs[name]) for name in names},
        attrs={"axes": names},
    )
    result = sensitivity(dataset, "log_rate")
    first = dict(zip(result.names, (max(0.0, one[0]) for one in result.first), strict=True))
    return {scale: sum(first.get(name, 0.0) for name in members) for scale, members in SCALES.items()}


def engine() -> dict[str, dict[str, float]]:
    """Two short tri-field runs of ``llzo_flaw``, one below and one above the theory's limit."""
    found = {}
    for current in ("4 mA/cm^2", "16 mA/cm^2"):
        settings = ["domain.cells=[40,36]", "stop.time=0.6 s", f"protocol=[plate at {current} for 20 s]"]
        simulation = simulation_of(load_case("llzo_flaw", set=settings))
        while not simulation.finished:
            simulation.advance()
        row = simulation.summary()
        found[current] = {name: float(row[name]) for name in ("crack_length_m", "metal_pressure_max_Pa")}
    return found


def study() -> dict[str, Any]:
    """All scales, from below."""
    computed = atoms()
    energies = [row[1] for row in computed["surface_energy"] if "mean" in row[0]]
    handbook = computed["surface_energy"][-1]
    deposit = lattice(sorted([*energies, handbook[3]]))
    inputs = draw(computed)
    found: dict[str, Any] = {"atoms": computed, "lattice": deposit, "rates": {}, "shares": {}}
    found["penetration"] = limits(load_case("llzo_flaw"), samples=256, seed=0)["crack_growth"].quantiles
    for variant in VARIANTS:
        rate, names = rates(variant, inputs, deposit)
        found["rates"][variant] = rate
        found["shares"][variant] = shares(rate, names, inputs)
    return found


def show(found: dict[str, Any]) -> None:
    """Prints the scales, one after another."""
    for name, rows in found["atoms"].items():
        for label, value, low, high, unusable in rows:
            print(
                f"atoms        {name:15} {label:18} {value:10.4g} ({low:.4g} to {high:.4g})"
                f"{'  unusable' if unusable else ''}"
            )
    deposit = found["lattice"]
    for energy, rough, width, aspect, wide in deposit["rows"]:
        print(
            f"lattice      γ {energy:.3f} J/m²: roughness {rough * 1e9:.0f} ± {width * 1e9:.0f} nm,"
            f" aspect ratio {aspect:.1f} ± {wide:.1f}"
        )
    print(
        f"lattice      roughness ~ γ^({deposit['slope']:.2f} ± {deposit['error']:.2f}),"
        f" scatter of its logarithm {deposit['scatter']:.2f}"
    )
    low, middle, high = (value / 10.0 for value in found["penetration"])
    print(
        f"penetration  llzo_flaw cracks at {middle:.2g} mA/cm² ({low:.2g} to {high:.2g}, 90 % of the draws)"
    )
    for variant, about in VARIANTS.items():
        low, middle, high = np.quantile(found["rates"][variant], (0.05, 0.5, 0.95))
        parts = ", ".join(f"{name} {share:.2f}" for name, share in found["shares"][variant].items())
        print(f"cell         {variant:6} {middle:.2g}C ({low:.2g} to {high:.2g}); shares: {parts}  [{about}]")


def picture(found: dict[str, Any], path: Path) -> Path:
    """Shares of the scales as bars beside the distribution of the C-rate."""
    from matplotlib.figure import Figure

    colours = {
        "atoms": "#0072B2",
        "interface/lattice": "#E69F00",
        "ceramic": "#009E73",
        "cell": "#CC79A7",
    }
    styles = {"cell": "-", "path": "--", "energy": ":", "rough": "-."}
    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    start = np.zeros(len(VARIANTS))
    for scale, colour in colours.items():
        width = np.array([found["shares"][variant][scale] for variant in VARIANTS])
        left.barh(list(VARIANTS), width, left=start, color=colour, label=scale)
        start += width
    left.invert_yaxis()
    left.set(xlabel="first-order share of the variance of ln(C-rate)", xlim=(0, 1.05), ylabel="criterion")
    left.legend(loc="upper center", bbox_to_anchor=(0.5, 1.13), ncols=4, frameon=False, fontsize=8)
    for variant, style in styles.items():
        rate = np.sort(found["rates"][variant])
        right.plot(rate, np.linspace(0, 1, rate.size), style, color="black", label=variant)
    right.set(xscale="log", xlabel="C-rate of the first instability", ylabel="share of the draws at or below")
    right.legend(frameon=False)
    right.grid(alpha=0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    return path


def main(folder: Path = Path("."), *, runs: bool = False) -> dict[str, Any]:
    """Prints the scales and draws the shares."""
    found = study()
    show(found)
    if runs:
        print(f"penetration  tri-field engine after 0.6 s: {engine()}")
    print(picture(found, folder / "across_scales.png"))
    return found


if __name__ == "__main__":
    asked = [one for one in sys.argv[1:] if one != "--engine"]
    main(Path(asked[0] if asked else "."), runs="--engine" in sys.argv)
