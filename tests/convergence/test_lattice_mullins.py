"""A wave on the surface of the lattice decays at Mullins' rate: the measured number behind mesoscopic hops.

dA/dt = -B k^4 A with B = b nu l^4. It holds in the mean over seeds; b is the same for other waves, and whether a lone
particle passes one site an event or eight.
"""

from __future__ import annotations

import numpy as np
import pytest

from dendrion.lattice.properties import BOND, SMOOTHING
from dendrion.lattice.sites import METAL
from tests.lattice_setup import Machine

BAR = 0.35
"""Relative; two and a half times the scatter of the seeds used here. Sixty seeds give b = 0.055 and 0.061 (both 0.007)."""


def smoothing(wavelength, amplitude, dimension, seeds, longest=8):
    """b from the decay of a wave by about a third, in the mean over seeds."""
    places = np.arange(wavelength) + 0.5
    height = 2 * amplitude + 6
    level = 0.5 * height + amplitude * np.cos(2 * np.pi * places / wavelength)
    site = np.where(np.arange(height)[:, None] + 0.5 < level, METAL, 0).astype(np.uint8)
    if dimension == 3:
        site = np.repeat(site[:, :, None], wavelength, axis=2)
    wave = (2 * np.pi / wavelength) ** 4
    duration = 0.5 / (SMOOTHING[dimension] * wave)
    before, after = 0.0, 0.0
    for seed in range(seeds):
        machine = Machine(site, seed=seed, surface=1.0, hop_bond=BOND[dimension], longest_hop=longest)
        for last in (False, True):
            profile = machine.metal.sum(axis=0).reshape(wavelength, -1).mean(axis=1)
            found = 2.0 * np.mean(profile * np.cos(2 * np.pi * places / wavelength))
            before, after = (before, after + found) if last else (before + found, after)
            if not last:
                machine.run(duration=duration)
    return np.log(before / after) / (wave * duration)


@pytest.mark.slow
@pytest.mark.parametrize("longest", [1, 8])
def test_a_wave_on_a_square_lattice_smooths_as_calibrated(longest):
    assert smoothing(32, 5, 2, seeds=40, longest=longest) == pytest.approx(SMOOTHING[2], rel=BAR)


@pytest.mark.slow
def test_a_wave_on_a_cubic_lattice_smooths_as_calibrated():
    assert smoothing(16, 3, 3, seeds=3) == pytest.approx(SMOOTHING[3], rel=BAR)
