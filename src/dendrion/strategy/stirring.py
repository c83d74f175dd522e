"""How a magnetic field stirs a liquid that carries current: speeds, layers, and the gain of the limiting current."""

from __future__ import annotations

import math

LEVEQUE = 0.807
"""Mean mass-transfer coefficient over (shear rate D²/length)^(1/3) in Lévêque's solution [dimensionless]."""


def open_gap_speed(force: float, gap: float, viscosity: float) -> float:
    """Mean speed J B d²/(12 μ) of a liquid between plates [m/s]; ``force`` J B [N/m³], ``gap`` [m], ``viscosity`` [Pa s]."""
    return force * gap**2 / (12.0 * viscosity)


def layer_in_open_gap(force: float, gap: float, viscosity: float, diffusivity: float, height: float) -> float:
    """Diffusion layer D/k of the flow in an open gap [m], k = 0.807 (γ̇ D²/H)^(1/3), γ̇ = J B d/(2 μ)."""
    shear = 6.0 * open_gap_speed(force, gap, viscosity) / gap
    return (
        diffusivity / (LEVEQUE * (shear * diffusivity**2 / height) ** (1.0 / 3.0))
        if shear > 0.0
        else math.inf
    )


def layer_in_separator(
    force: float, permeability: float, viscosity: float, diffusivity: float, height: float
) -> float:
    """Diffusion layer √(π D H/(4 u)) of the plug flow u = K J B/μ in a porous separator [m]."""
    speed = permeability * force / viscosity
    return math.sqrt(math.pi * diffusivity * height / (4.0 * speed)) if speed > 0.0 else math.inf


def layer_at_protrusion(
    force: float, size: float, viscosity: float, diffusivity: float, share: float
) -> float:
    """Diffusion layer √(D a/u) of the swirl u = s J B a²/μ around protrusions of size a [m]."""
    speed = share * force * size**2 / viscosity
    return math.sqrt(diffusivity * size / speed) if speed > 0.0 else math.inf


def joined_layer(still: float, stirred: float) -> float:
    """δ₀/[1 + (δ₀/δ_B)³]^(1/3) [m]: the layer of whichever is thinner, joined smoothly."""
    return still / (1.0 + (still / stirred) ** 3) ** (1.0 / 3.0)
