"""Pulsed against direct current: the same charge in the same time, but how much salt is left at the electrode?

Short pulses (compared with the time salt takes to diffuse through its layer) leave the mean concentration as it is
and add a ripple that the off-time fills up again. At the end of an on-time the pulsed cell has less salt left.
"""

import dendrion as dn

PROTOCOLS = {
    "direct": "plate at 2 mA/cm^2 for 3 min",
    "pulsed": "pulse at 4 mA/cm^2, 15 s on, 15 s off, for 3 min",
}


def lowest_salt(name: str, step: str) -> tuple[float, float]:
    """Lowest salt concentration of the run [mol/m^3] and charge passed [C/m^2]."""
    case = dn.Case.from_mapping(
        {
            "title": f"{name} current, lithium in PEO-LiTFSI",
            "cell": {"metal": "Li", "electrolyte": "PEO-LiTFSI"},
            "domain": {"size": ["100 um"], "cells": [100]},
            "initial": {"metal_thickness": "10 um"},
            "conditions": {"temperature": "90 degC"},
            "protocol": [step],
        }
    )
    run = dn.run(case, f"runs/{name}", overwrite=True)
    lowest = run.history.salt_concentration_min_mol_per_m3.min()
    return float(lowest), float(run.summary["charge_C_per_m2"])


def main() -> dict[str, tuple[float, float]]:
    """Runs both protocols and prints them side by side."""
    results = {name: lowest_salt(name, step) for name, step in PROTOCOLS.items()}
    print("current   charge passed   lowest salt concentration")
    for name, (salt, charge) in results.items():
        print(f"{name}  {charge:11.0f} C/m² {salt:14.0f} mol/m³")
    return results


if __name__ == "__main__":
    main()
