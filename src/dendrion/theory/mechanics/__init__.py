"""Mechanics: stability under stress, flow of the metal, cracks, contact and pressure."""
