"""The lattice against the continuum where both must agree: a flat front, and a wave that grows by diffusion.

Growth of a wave, derived as in test_linear_stability_binary but with the lattice's kinetics, i = C u - A, at one
overpotential along the front:  omega = (V_M/F) k coth(kH) i P/(P + q k coth(kH)),  P = C u. Its limit of fast kinetics,
(V_M/F) i k coth(kH), is that of ``theory.electrodeposition_stability`` without capillarity.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from dendrion.case import Case
from dendrion.constants import FARADAY
from dendrion.lattice.sites import METAL
from dendrion.runs.engines import simulation_of

VOLUME = 1.3e-5
"""Molar volume of lithium [m^3/mol]."""


@pytest.mark.slow
def test_a_flat_front_in_a_ceramic_is_that_of_the_field_engine():
    """Li|LLZO at 5 mA/cm2: voltage and position of both engines on the same grid."""
    found = {}
    for engine in ("field", "lattice"):
        simulation = simulation_of(
            Case.from_mapping(
                {
                    "cell": {"metal": "Li", "electrolyte": "LLZO"},
                    "domain": {"size": ["20 um", "4 um"], "cells": [80, 16], "lateral": "periodic"},
                    "initial": {"metal_thickness": "2 um"},
                    "physics": {"engine": engine},
                    "protocol": ["plate at 5 mA/cm^2 for 200 s"],
                }
            )
        )
        first = simulation.advance()
        while not simulation.finished:
            simulation.advance()
        last = simulation.row
        found[engine] = (first["cell_voltage_V"], last["mean_position_m"] * (1.0 - last.get("porosity", 0.0)))
    assert found["lattice"][0] == pytest.approx(found["field"][0], rel=0.02)
    assert found["lattice"][1] == pytest.approx(found["field"][1], rel=0.03)


def growth_rate(current, wave, salt, diffusivity, share, exchange, distance):
    """omega [1/s] of a wave number [1/m], and its limit of fast kinetics."""
    q = FARADAY * diffusivity * salt / share
    reach = 1.0 / math.tanh(wave * distance)
    pace = exchange + 0.5 * current  # fast kinetics: C u is i_0 and half of the small current
    fast = VOLUME / FARADAY * wave * reach * current
    return fast * pace / (pace + q * wave * reach), fast


@pytest.mark.slow
def test_a_wave_grows_as_linear_stability_says_where_diffusion_decides():
    """Amplitude of a cosine over five layers of growth, in the mean over seeds."""
    spacing, wide, current, exchange = 1e-6, 64, 300.0, 5e4
    case = Case.from_mapping(
        {
            "cell": {
                "metal": "Li", "electrolyte": "LiPF6-EC-DMC", "counter_electrode": "reservoir",
                "exchange_current_density": f"{exchange} A/m^2",
            },
            "domain": {"size": ["56 um", "64 um"], "cells": [56, wide], "lateral": "periodic"},
            "initial": {
                "metal_thickness": "8 um", "surface": {"kind": "sinusoid", "amplitude": "4 um", "wavelength": "64 um"},
            },
            "physics": {"engine": "lattice"},
            "lattice": {"surface_diffusion": "none"},
            "protocol": [f"plate at {current} A/m^2 for 124 s"],
        }
    )  # fmt: skip
    wave = 2.0 * math.pi / (wide * spacing)
    along = np.cos(wave * (np.arange(wide) + 0.5) * spacing)
    before, after = [], []
    for seed in range(8):
        simulation = simulation_of(case.with_settings({"numerics.seed": seed}))
        for amplitudes in (before, after):
            metal = np.asarray(simulation.state["site"]).reshape(56, wide) == METAL
            amplitudes.append(2.0 * np.mean(metal.sum(axis=0) * along))
            while not simulation.finished and amplitudes is before:
                simulation.advance()
    rate, fast = growth_rate(current, wave, 900.0, 3.22e-10, 0.62, exchange, 45e-6)
    assert rate > 0.85 * fast
    measured = math.log(np.mean(after) / np.mean(before)) / 124.0
    scatter = np.std(np.log(np.array(after) / before)) / 124.0 / math.sqrt(len(after))
    assert scatter < 0.15 * rate
    assert measured == pytest.approx(rate, rel=0.2)
