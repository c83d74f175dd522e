"""Small cells with a layer on the front: a bump of lithium or sodium in one and the same liquid."""

from __future__ import annotations

import math

import numpy as np

from dendrion.case import Case
from dendrion.field import Simulation

BOLTZMANN = 8.617333262e-5
"""Boltzmann's constant [eV/K]."""

SHARP, BLUNT = ("2 um", "2 um"), ("1 um", "3 um")
"""Height and radius of a bump of high curvature, and of low: 1 and 0.22 1/µm at its top."""

TOUGH = {"metal": "Li", "layer": {"growth": "parabolic"}, "overrides": {"sei_young_modulus": "0.3 GPa"}}
"""Lithium whose layer is as compliant as the organic part of it is claimed to be, the other claims as they stand."""

WEAK = {"metal": "Na", "layer": {"growth": "parabolic"}}
"""Sodium and its layer as claimed."""


def _claim(value, unit):
    return [{"value": value, "unit": unit, "tag": "E", "source": "test"}]


def host(metal, conductivity=1.0):
    """A liquid that conducts either ion alike [S/m]."""
    return {
        "name": "liquid", "kind": "electrolyte", "class": "binary_liquid", "ion": metal,
        "claims": {
            "conductivity": _claim(conductivity, "S/m"), "salt_concentration": _claim(1000.0, "mol/m^3"),
            "salt_diffusivity": _claim(3e-10, "m^2/s"), "cation_transference_number": _claim(0.38, "1"),
            "thermodynamic_factor": _claim(1.0, "1"),
        },
    }  # fmt: skip


def bump_case(
    metal="Li", layer=None, overrides=None, cells=(64, 32), conductivity=1.0, protocol=None, **sections
):
    """A bump 2 µm high and wide on a layer of metal in a box of 24 µm by 12 µm, at 1 mA/cm²."""
    physics = {"interphase": layer} if layer else {}
    return Case.from_mapping(
        {
            "title": "bump under a layer",
            "cell": {
                "metal": metal,
                "electrolyte": host(metal, conductivity),
                "exchange_current_density": "70 A/m^2",
            },
            "domain": {"size": ["24 um", "12 um"], "cells": list(cells)},
            "initial": {
                "metal_thickness": "5 um",
                "surface": {"kind": "bump", "height": "2 um", "radius": "2 um"},
            },
            "conditions": {"temperature": "25 degC"},
            "protocol": protocol or ["plate at 1 mA/cm^2 for 5 min"],
            "physics": physics,
            "materials": {"interface": overrides or {}},
            **sections,
        }
    )


def run(case):
    """The finished simulation of a case and its history."""
    simulation, rows = Simulation(case), []
    while not simulation.finished:
        rows.append(simulation.advance())
    return simulation, rows


def base_share(simulation):
    """Metal grown over the flat parts beside the bump, over the mean [dimensionless]: 1 where growth is even."""
    grid, start = simulation.grid, simulation.model.initial_state()
    grown = np.asarray(simulation.state.order_parameter - start.order_parameter).sum(axis=0)
    beside = np.abs(grid.centres(1) - 0.5 * grid.size[1]) > 4e-6
    return float(grown[beside].mean() / grown.mean())


def activated(value, unit, energy):
    """A claim at 298.15 K whose property rises with ``exp(-E/kT)``, E [eV]."""
    law = {
        "kind": "arrhenius", "temperature_range": [200.0, 400.0], "activation_energy": {"value": energy, "unit": "eV"},
    }  # fmt: skip
    return {"value": value, "unit": unit, "tag": "E", "source": "test", "temperature": 298.15, "law": law}


def temperature_case(temperature, current, growth_energy, deposition_energy, bump, growth_temperature=None):
    """A bump at a temperature [K] and current density [mA/cm²]: growth of the layer has one activation energy [eV], the
    reaction and the conduction of the layer another, conduction in the liquid (0.01 S/m) 0.2 eV. ``bump``: height and
    radius. With ``growth_temperature`` [K] the layer grows as it would there, and only the rest is at ``temperature``."""
    constant, energy = 1e-19, growth_energy
    if growth_temperature is not None:
        factor = growth_energy / BOLTZMANN * (1.0 / growth_temperature - 1.0 / 298.15)
        constant, energy = constant * math.exp(-factor), 0.0
    liquid = host("Li", 0.01)
    liquid["claims"]["conductivity"] = [activated(0.01, "S/m", 0.2)]
    liquid["claims"]["salt_diffusivity"] = [activated(3e-9, "m^2/s", 0.2)]
    return bump_case(
        layer={"growth": "parabolic"},
        overrides={
            "sei_conductivity": activated(5e-6, "S/m", deposition_energy),
            "sei_growth_constant": activated(constant, "m^2/s", energy),
            "sei_young_modulus": "1 GPa", "sei_strength": "50 MPa",
            "exchange_current_density": activated(70.0, "A/m^2", deposition_energy),
        },
        protocol=[f"plate at {current} mA/cm^2 for 5 min"],
        cell={"metal": "Li", "electrolyte": liquid},
        conditions={"temperature": f"{temperature} K"},
        initial={
            "metal_thickness": "5 um", "surface": {"kind": "bump", "height": bump[0], "radius": bump[1]},
        },
    )  # fmt: skip


def roughening(case):
    """Growth of the roughness over the mean advance of the front in a run [dimensionless]."""
    _, rows = run(case)
    risen = rows[-1]["mean_position_m"] - rows[0]["mean_position_m"]
    return (rows[-1]["roughness_m"] - rows[0]["roughness_m"]) / risen


def effect_of_heating(current, growth_energy, deposition_energy, bump, warm=313.15, cold=298.15):
    """Relative change of `roughening` from ``cold`` to ``warm`` [K]: by transport and reaction alone, and by the faster
    growth of the layer on top of it [dimensionless]."""
    options = (current, growth_energy, deposition_energy, bump)
    start, transported, whole = (
        roughening(temperature_case(*temperatures[:1], *options, *temperatures[1:]))
        for temperatures in ((cold,), (warm, cold), (warm,))
    )
    return transported / start - 1.0, (whole - transported) / start
