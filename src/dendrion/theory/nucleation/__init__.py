"""Nucleation: barriers, rates, current transients, and how many nuclei of what size."""
