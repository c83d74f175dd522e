"""Morphology: which shape a deposit takes, by regimes that hold for their own electrolyte."""
