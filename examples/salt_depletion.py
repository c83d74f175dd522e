"""How fast the salt runs out at a plating electrode: a simulated flat cell against Sand's law.

In a wide gap the salt concentration at the electrode falls as c_s/c_0 = 1 - sqrt(t/tau), with Sand's time
tau = pi D (F c_0 / (2 i t_a))^2 and the anion transference number t_a = 1 - t_+. After half of Sand's time 29.3 %
of the salt should be left there, whatever the current density.
"""

import numpy as np

import dendrion as dn
from dendrion import theory

CURRENT_DENSITIES = (10.0, 20.0)  # A/m^2
FRONT = 20e-6  # m


def sand_time(current_density: float) -> float:
    """Sand's time [s] of the shipped PEO-LiTFSI at 90 degC."""
    model = theory.for_cell(
        "sand_time", electrolyte="PEO-LiTFSI", temperature="90 degC", current_density=current_density
    )
    return float(model.evaluate().value)


def salt_left(current_density: float, duration: float) -> float:
    """Share of the salt left at the electrode after plating for ``duration`` [s] [dimensionless]."""
    case = dn.Case.from_mapping(
        {
            "title": f"Salt depletion at {current_density:g} A/m^2",
            "cell": {"metal": "Li", "electrolyte": "PEO-LiTFSI", "counter_electrode": "reservoir"},
            "domain": {"size": ["400 um"], "cells": [400]},
            "initial": {"metal_thickness": f"{FRONT} m"},
            "conditions": {"temperature": "90 degC"},
            "protocol": [f"plate at {current_density} A/m^2 for {duration} s"],
            "physics": {"coupling": {"front_motion": "off"}},  # Sand's electrode stands still
        }
    )
    run = dn.run(case, f"runs/salt-{current_density:g}", overwrite=True)
    salt = run.fields.salt_concentration.squeeze()
    # The front is a few cells wide; the profile beyond it is continued to its middle.
    near = salt.isel(time=-1).where((salt.x > FRONT + 5e-6) & (salt.x < FRONT + 20e-6), drop=True)
    at_front = np.polyfit(near.x - FRONT, near, deg=2)[-1]
    return float(at_front / salt[0, -1])


def main() -> dict[float, float]:
    """Runs the cells and prints what is left of the salt after half of Sand's time."""
    results = {}
    print("current density   Sand's time   salt left (29.3 % by Sand's law)")
    for current_density in CURRENT_DENSITIES:
        sand = sand_time(current_density)
        results[current_density] = salt_left(current_density, 0.5 * sand)
        print(f"{current_density:9.0f} A/m² {sand:11.0f} s {results[current_density]:11.1%}")
    return results


if __name__ == "__main__":
    main()
