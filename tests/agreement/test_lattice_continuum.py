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


def healing(celsius, seeds=8):
    """Time [s] in which a needle 0.3 um wide loses half of its height on a clean surface at rest, and Mullins' B.

    The height is that of the needle's columns above the mean, averaged over seeds.
    """
    case = Case.from_mapping(
        {
            "cell": {"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "counter_electrode": "reservoir"},
            "domain": {"size": ["1.6 um", "1.6 um"], "cells": [32, 32], "lateral": "periodic"},
            "initial": {
                "metal_thickness": "0.3 um",
                "seeds": [{"at": ["0.3 um", "0.8 um"], "radius": ["0.6 um", "0.15 um"]}],
            },
            "conditions": {"temperature": f"{celsius} degC"},
            "physics": {"engine": "lattice"},
            "lattice": {"surface_mobility_factor": 1.0},
            "protocol": ["rest for 2 s"],
        }
    )
    curves = []
    for seed in range(seeds):
        simulation, curve = simulation_of(case.with_settings({"numerics.seed": seed})), []
        while True:
            metal = np.asarray(simulation.state["site"]).reshape(32, 32) == METAL
            height = metal.sum(axis=0)
            curve.append(height[13:19].mean() - height.mean())
            if simulation.finished:
                break
            simulation.advance()
        curves.append(curve)
    mean = np.mean(curves, axis=0)
    half = np.interp(-0.5 * mean[0], -mean, np.linspace(0.0, 2.0, mean.size))
    return half, float(simulation.model.properties.smoothing_coefficient(np.array(celsius + 273.15)))


@pytest.mark.slow
def test_a_needle_heals_faster_when_warm_by_the_ratio_of_mullins_coefficients():
    """The healing of Li et al. 2018 (DOI 10.1126/science.aap8787) in the lattice's terms, at 25 and 80 °C."""
    cool, slow = healing(25.0)
    warm, fast = healing(80.0)
    assert cool / warm == pytest.approx(fast / slow, rel=0.35)
    tau = 1.0 / (fast * (2.0 * math.pi / 0.6e-6) ** 4)  # half a wave as wide as the needle
    assert 0.2 * tau < warm < 10.0 * tau
