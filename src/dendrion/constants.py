"""Physical constants (CODATA 2018, exact by the definition of the SI) [DOI 10.1103/RevModPhys.93.025010] and
shared numbers of mathematics."""

from typing import Final

FARADAY: Final = 96485.33212331001
"""Charge of a mole of elementary charges [C/mol]."""

GAS_CONSTANT: Final = 8.31446261815324
"""Molar gas constant [J/(mol K)]."""

BOLTZMANN: Final = 1.380649e-23
"""Boltzmann constant [J/K]."""

ELEMENTARY_CHARGE: Final = 1.602176634e-19
"""Elementary charge [C]."""

AVOGADRO: Final = 6.02214076e23
"""Avogadro constant [1/mol]."""

VACUUM_PERMITTIVITY: Final = 8.8541878128e-12
"""Vacuum electric permittivity [F/m]."""

REFERENCE_TEMPERATURE: Final = 298.15
"""Temperature to which claims without a stated temperature refer [K]."""

EDGE_CRACK_FACTOR: Final = 1.1215
"""Y of K = Y p sqrt(pi a) for an edge crack under uniform pressure in a half plane [dimensionless] (Tada, Paris and
Irwin 2000, The Stress Analysis of Cracks Handbook, DOI 10.1115/1.801535); 1 for a through crack, 2/pi for a penny."""
