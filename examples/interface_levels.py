"""What decides whether an uneven electrode grows uneven: the field or the interface?

The current density of a shallow wave of amplitude a and wave number k is i [1 + k a cos(k y) / (1 + Wa)], with the
Wagner number Wa = kappa R k of the electrolyte's conductivity kappa and the interface resistance R. A good
interface (Wa << 1) lets the field concentrate the current on the crests; a resistive one (Wa >> 1) levels it.
"""

import math

import dendrion as dn

WAVELENGTH, AMPLITUDE = 20e-6, 0.5e-6  # m
RESISTANCES = (1.0, 100.0)  # ohm cm^2


def crest_to_trough(resistance: float) -> float:
    """Simulated current density at the crest over that in the trough, lithium on LLZO [dimensionless]."""
    case = dn.Case.from_mapping(
        {
            "title": f"Lithium on LLZO, {resistance:g} ohm cm^2",
            "cell": {
                "metal": "Li",
                "electrolyte": "LLZO",
                "interface_resistance": f"{resistance} ohm*cm^2",
            },
            "domain": {"size": ["40 um", "10 um"], "cells": [160, 40]},  # from a crest to a trough
            "initial": {
                "metal_thickness": "5 um",
                "surface": {
                    "kind": "sinusoid",
                    "amplitude": f"{AMPLITUDE} m",
                    "wavelength": f"{WAVELENGTH} m",
                },
            },
            "protocol": ["plate at 0.5 mA/cm^2 for 1 s"],
            "physics": {"coupling": {"front_motion": "off"}},
        }
    )
    run = dn.run(case, f"runs/interface-{resistance:g}", overwrite=True)
    return float(run.summary["current_peak_to_valley"])


def first_order(resistance: float) -> tuple[float, float]:
    """Wagner number and crest over trough by the formula above [dimensionless]."""
    wave_number = 2.0 * math.pi / WAVELENGTH
    conductivity = float(dn.material("LLZO").claim("conductivity").evaluate(298.15))
    wagner = conductivity * resistance * 1e-4 * wave_number
    relief = wave_number * AMPLITUDE / (1.0 + wagner)
    return wagner, (1.0 + relief) / (1.0 - relief)


def main() -> dict[float, float]:
    """Runs both interfaces and prints them beside the formula."""
    results = {}
    print("resistance   Wagner number   crest over trough: formula   simulation")
    for resistance in RESISTANCES:
        wagner, formula = first_order(resistance)
        results[resistance] = crest_to_trough(resistance)
        print(f"{resistance:5.0f} Ω cm² {wagner:15.2f} {formula:28.4f} {results[resistance]:12.4f}")
    return results


if __name__ == "__main__":
    main()
