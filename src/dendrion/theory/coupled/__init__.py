"""Coupled: models in which charge, stress, heat and structure meet."""
