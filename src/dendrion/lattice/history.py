"""Columns of the history of a lattice run, with unit and description."""

from __future__ import annotations

COLUMNS: dict[str, tuple[str, str]] = {
    "time_step_s": ("s", "length of the step"),
    "current_density_A_per_m2": ("A/m^2", "mean plating current density, plating positive"),
    "charge_C_per_m2": ("C/m^2", "net charge passed, plating positive"),
    "throughput_C_per_m2": ("C/m^2", "charge passed in either direction"),
    "cell_voltage_V": ("V", "potential of the plating electrode against the counter electrode"),
    "overpotential_V": ("V", "overpotential of the reaction at the front, positive drives plating"),
    "faraday_error": (
        "1",
        "metal grown minus charge passed, over the throughput: shot noise of the particles",
    ),
    "tip_position_m": ("m", "highest point of connected metal"),
    "tip_velocity_m_per_s": ("m/s", "speed of the highest point over the step"),
    "base_position_m": ("m", "lowest point of the surface"),
    "mean_position_m": ("m", "mean height of the surface"),
    "roughness_m": ("m", "root mean square of the height"),
    "front_area_ratio": ("1", "exposed faces of the metal over the cross-section, those in pores included"),
    "branches": ("1", "separate pieces of metal at half height"),
    "dead_metal_m": ("m", "volume of metal cut off from the anode over the cross-section"),
    "aspect_ratio": ("1", "relief over the mean width of the metal at half height"),
    "porosity": ("1", "electrolyte below the top of the metal, as a share"),
    "surface_dimension": ("1", "fractal dimension of the surface by counting boxes"),
    "current_peak_to_valley": ("1", "deposition on the highest columns over that on the lowest"),
    "salt_concentration_min_mol_per_m3": ("mol/m^3", "lowest salt concentration in the electrolyte"),
    "temperature_max_K": ("K", "highest temperature"),
    "depositions": ("1", "events of the step: particles deposited"),
    "dissolutions": ("1", "particles dissolved"),
    "surface_hops": ("1", "hops over the surface"),
    "ion_hops": ("1", "hops of ions"),
    "undone_hops": ("1", "surface hops that undid the particle's last one"),
    "useful_events": ("1", "share of the events that changed the metal and were not undone"),
    "surface_slowdown": ("1", "factor by which surface hops were slowed"),
    "ion_slowdown": ("1", "factor by which ion hops were slowed"),
    "linear_iterations": ("1", "iterations of the ions' linear solves"),
}
"""Name: (unit, description)."""

SUMMARY_COLUMNS = (
    "aspect_ratio", "porosity", "surface_dimension", "useful_events", "surface_slowdown", "ion_slowdown",
)  # fmt: skip
"""Columns of the last step that stand in the summary too."""
