"""A straight crack under uniform pressure in an infinite body (Sneddon 1946, Westergaard 1939): opening,
volume and far displacement, in plane strain."""

from __future__ import annotations

import numpy as np

from tests.filling_setup import PLANE_STRAIN, POISSON, YOUNG


def opening(along, pressure, half_length):
    """w = (4 p/E') sqrt(a² - s²) [m] at the distance s from the middle [m]."""
    return 4.0 * pressure / PLANE_STRAIN * np.sqrt(np.maximum(half_length**2 - along**2, 0.0))


def volume(pressure, half_length):
    """2 pi p a²/E' per metre of depth [m²]."""
    return 2.0 * np.pi * pressure * half_length**2 / PLANE_STRAIN


def displacement(x, y, pressure, half_length, angle=0.0):
    """Displacement (2, …) [m] around a crack at the origin that runs at ``angle`` to the x axis [rad]."""
    cosine, sine = np.cos(angle), np.sin(angle)
    along, across = cosine * x + sine * y, -sine * x + cosine * y
    z = along + 1j * across
    root = np.sqrt(z - half_length + 0j) * np.sqrt(z + half_length + 0j)
    stress, integral = pressure * (z / root - 1.0), pressure * (root - z)
    shear = YOUNG / (2.0 * (1.0 + POISSON))
    kolosov = 3.0 - 4.0 * POISSON
    u = (0.5 * (kolosov - 1.0) * integral.real - across * stress.imag) / (2.0 * shear)
    v = (0.5 * (kolosov + 1.0) * integral.imag - across * stress.real) / (2.0 * shear)
    return np.stack([cosine * u - sine * v, sine * u + cosine * v])
