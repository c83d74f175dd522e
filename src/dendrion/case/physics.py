"""The sections of a case that choose the physics and the numerics."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .interphase import Interphase
from .mechanics import Coupling, CouplingChoice, Crack, MetalFlow
from .quantities import Length, QuantityField, Section, Switch, Time, refusal
from .sections import Seed


class Noise(Section):
    """Random modulation of the reaction rate in space and time, physically scaled."""

    kind: Literal["none", "kinetic"] = Field(
        "none", description="none, or kinetic: acts on the reaction rate"
    )
    amplitude: Annotated[float, QuantityField("dimensionless", at_least=0.0, at_most=1.0)] = Field(
        0.1, description="relative standard deviation of the rate"
    )
    correlation_length: Length | None = Field(None, description="length over which the noise is the same")
    correlation_time: Time | None = Field(None, description="time over which the noise is the same")

    @model_validator(mode="after")
    def _correlations(self) -> Noise:
        missing = [name for name in ("correlation_length", "correlation_time") if getattr(self, name) is None]
        if self.kind == "kinetic" and missing:
            raise refusal(
                f"kinetic noise needs {' and '.join(missing)}: without them it would depend on the grid",
                hint="{kind: kinetic, amplitude: 0.1, correlation_length: 2 um, correlation_time: 10 s}",
            )
        return self


class Heterogeneity(Section):
    """Frozen log-normal spread of the exchange current density along the electrode."""

    amplitude: Annotated[float, QuantityField("dimensionless", at_least=0.0, at_most=3.0)] = Field(
        description="standard deviation of the natural logarithm of the exchange current density",
        examples=[0.3],
    )
    correlation_length: Length = Field(description="length over which it is the same")
    seed: Seed = Field(0, description="seed of the random numbers")


class Anisotropy(Section):
    """Cubic crystal: 1 − 3 d + 4 d Σ n_k⁴ of the interface normal n, in a plane 1 + d cos(4 θ).

    The crystal's axes are those of the grid.
    """

    surface_energy: Annotated[float, QuantityField("dimensionless", at_least=0.0, below=1.0 / 15.0)] = Field(
        0.0, description="d of the surface energy; from 1/15 on the surface would break into facets"
    )
    kinetics: Annotated[float, QuantityField("dimensionless", at_least=0.0, below=1.0 / 3.0)] = Field(
        0.0, description="d of the exchange current density"
    )
    fold: Literal[4] = Field(
        4, description="equal directions in a turn; cubic crystals only, as Li and Na are"
    )


class Hong2018(Section):
    """Numbers of the classical grand-potential model (Hong & Viswanathan, DOI 10.1021/acsenergylett.8b01009).

    The defaults are those of the published input, made dimensional with 1 µm, 1 s and 2.5e6 J/m³.
    """

    interface_mobility: Annotated[float, QuantityField("phase_mobility", above=0.0)] = Field(
        2.5e-6, description="L_σ, rate of the relaxation of the phase-field energy"
    )
    reaction_constant: Annotated[float, QuantityField("frequency", above=0.0)] = Field(
        1e-3, description="L_η, rate of the electrochemical reaction"
    )
    gradient_energy: Annotated[float, QuantityField("gradient_energy", above=0.0)] = Field(
        7.5e-7, description="κ, gradient energy coefficient"
    )
    barrier_height: Annotated[float, QuantityField("energy_density", above=0.0)] = Field(
        6.0e6, description="W, height of the double well"
    )
    salt_diffusivity: Annotated[float, QuantityField("diffusivity", above=0.0)] = Field(
        3.179e-10, description="diffusivity of the cation in the electrolyte"
    )
    metal_conductivity: Annotated[float, QuantityField("conductivity", above=0.0, example="1e6 S/m")] = Field(
        1e6, description="conductivity of the metal"
    )
    electrolyte_conductivity: Annotated[float, QuantityField("conductivity", above=0.0)] = Field(
        1.19, description="conductivity of the electrolyte, the same at every concentration"
    )
    metal_concentration: Annotated[float, QuantityField("concentration", above=0.0)] = Field(
        7.64e4, description="C_m^s, site density of the metal"
    )
    site_density_ratio: Annotated[float, QuantityField("dimensionless", above=0.0)] = Field(
        5.5, description="C_m^s / C_m^l, site density of the metal over that of the electrolyte"
    )
    salt_fraction: Annotated[float, QuantityField("dimensionless", above=0.0, below=1.0)] = Field(
        1.0 / 14.89, description="bulk salt concentration over the site density of the electrolyte"
    )
    metal_energy: Annotated[float, QuantityField("dimensionless")] = Field(
        -13.8, description="ε_s over RT, chemical energy of the ion in the metal"
    )
    electrolyte_energy: Annotated[float, QuantityField("dimensionless")] = Field(
        2.631, description="ε_l over RT, chemical energy of the ion in the electrolyte"
    )
    charge_transfer_coefficient: Annotated[float, QuantityField("dimensionless", above=0.0, below=1.0)] = (
        Field(0.5, description="α of the Butler-Volmer rate")
    )
    largest_conductivity_ratio: Annotated[float, QuantityField("dimensionless", at_least=1.0)] = Field(
        1e4, description="the metal conducts at most this many times better than the electrolyte"
    )
    diffusion_power: Literal[1, 2] = Field(
        2, description="power of the electrolyte's share in the mobility of diffusion: 2 (2018) or 1 (2020)"
    )
    noise_kind: Literal["uniform", "uniform_per_step", "thermal", "none"] = Field(
        "uniform",
        description="uniform: as strong in time and volume as published, on any grid; uniform_per_step: the "
        "bare amplitude in every step and cell; thermal: fluctuation and dissipation; none",
    )
    noise_amplitude: Annotated[float, QuantityField("frequency", at_least=0.0, example="0.04 1/s")] = Field(
        0.04, description="half-width of the uniform noise on the rate of the order parameter"
    )
    noise_time_step: Time = Field(0.02, description="time step to which the published amplitude belongs")
    noise_cell: Length = Field(1e-6, description="cell to which it belongs; thickness of a 2-D system")
    interface_resolution: Literal["resolved", "as_published"] = Field(
        "resolved", description="as_published: allow cells above half of the interface's thickness"
    )

    @property
    def interface_width(self) -> float:
        """Length w of the equilibrium profile tanh(x/w), √(2κ/W) [m]."""
        return math.sqrt(2.0 * self.gradient_energy / self.barrier_height)

    @property
    def surface_energy(self) -> float:
        """Energy of the equilibrium interface, √(κW/18) [J/m²]."""
        return math.sqrt(self.gradient_energy * self.barrier_height / 18.0)


class Physics(Section):
    """Which equations are solved."""

    engine: Literal["field", "lattice", "contact", "network", "texture"] = Field(
        "field",
        description="field: phase field; lattice: kinetic Monte Carlo of coarse particles; contact: voids that open "
        "and close between the metal and a stiff electrolyte; network: metal that forms inside a polycrystal that leaks electrons; "
        "texture: grains of a growing film",
    )
    model: Literal["two_potential", "hong2018"] = Field(
        "two_potential",
        description="two_potential: the front moves at the velocity that the current says; "
        "hong2018: classical grand-potential Allen-Cahn/Butler-Volmer, as published",
    )
    transport: Literal["single_ion", "binary"] | None = Field(
        None, description="single_ion or binary; default what the electrolyte is"
    )
    heat: Switch = Field(False, description="solve the heat balance")
    mechanics: Literal["none", "elastic", "viscoplastic"] = Field(
        "none", description="none; elastic: metal and electrolyte; viscoplastic: the metal also flows"
    )
    fracture: Literal["none", "at1", "at2"] = Field(
        "none",
        description="phase-field fracture of the electrolyte: with (AT1) or without (AT2) elastic limit",
    )
    crack: Crack = Field(Crack(), description="how a crack acts on charge and metal")
    flow: MetalFlow = Field(MetalFlow(), description="how the metal flows")
    noise: Noise = Field(Noise(), description="noise of the reaction rate")
    heterogeneity: Heterogeneity | None = Field(
        None, description="frozen spread of the exchange current density"
    )
    interphase: Interphase | None = Field(
        None, description="a layer (SEI) on the front that grows, resists and breaks; default none"
    )
    anisotropy: Anisotropy = Field(Anisotropy(), description="crystal anisotropy")
    coupling: CouplingChoice = Field(
        Coupling(), description="strong or weak, or a mapping of links, each on or off", examples=["strong"]
    )
    hong2018: Hong2018 = Field(Hong2018(), description="numbers of the hong2018 model")


class Numerics(Section):
    """How the equations are solved."""

    interface_width: Length | None = Field(
        None, description="length w of the profile tanh(x/w) of the interface; default 2 cells"
    )
    step: Annotated[float, QuantityField("dimensionless", above=0.0, at_most=1.0)] = Field(
        0.25, description="front travel in a step, in cells"
    )
    tolerance: Annotated[float, QuantityField("dimensionless", above=0.0, at_most=1e-2)] = Field(
        1e-6, description="relative residual of the linear and nonlinear solves"
    )
    precision: Literal["float64"] = Field("float64", description="floating-point numbers of the fields")
    largest_time_step: Time | None = Field(None, description="no time step is longer")
    fracture_length: Length | None = Field(
        None, description="length ℓ over which a crack is smeared; default 2 cells"
    )
    coupling_tolerance: Annotated[float, QuantityField("dimensionless", above=0.0, at_most=0.1)] = Field(
        1e-3,
        description="change of the damage and, relative, of stress and current at which a step is accepted",
    )
    coupling_iterations: Annotated[int, Field(ge=1, le=1000)] = Field(
        60, description="most repetitions of a step before it is cut"
    )
    seed: Seed = Field(0, description="seed of the random numbers of noise")
