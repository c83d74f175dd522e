"""Current transients of nuclei that grow by diffusion: instantaneous, progressive and in between."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...constants import FARADAY
from ...errors import InputError
from .. import inputs
from ..arrays import Array, maximise
from ..card import BINARY, Axis, Card, Constraint, Fit, Output, Reference, Remark, parameter
from ..model import Model

INSTANTANEOUS, PROGRESSIVE = 1.2564312086261697, 2.3366629822630536
"""Roots x of the maximum: ln(1 + 2x) = x, and ln(1 + 4x) = x [dimensionless]."""

REDUCED = ("instantaneous", "progressive", "layers_instantaneous", "layers_progressive")
"""Limits whose transients, over their maximum, have no parameter."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ScharifkerHills(Model):
    """i = F c sqrt(D/(pi t)) [1 - exp(-theta_x)], theta_x by the mode of nucleation."""

    card: ClassVar = Card(
        name="scharifker_hills", title="Nucleation transients (Scharifker–Hills)", field="nucleation", scale="0-D in time, nuclei",
        kind="published", system="potential step in an electrolyte, hemispherical nuclei fed by bulk diffusion",
        equations=("i = F c √(D/πt) [1 − e^{−θ}],  k = √(8π c V_M)", "instantaneous θ = π N k D t;  progressive θ = A N π (4k/3) D t²/2;  "
                   "general θ = N π k D [t − (1 − e^{−At})/A]",
                   "layers: i = (F h/V_M) d/dt[1 − e^{−X}], X = πNv²t² instantaneous, πANv²t³/3 progressive;  kinetic: i = (F v_z/V_M)[1 − e^{−πNv²t²}]",
                   "i_m² t_m = 0.1629 (F c)² D instantaneous, 0.2598 progressive"),
        assumptions=("potential is held; isolated hemispheres", "growth by bulk diffusion, no migration, no interphase"),
        limits=("current-controlled data can't be used", "in 1 M electrolytes the maximum comes within milliseconds: maxima at seconds "
                "are ruled by kinetics or the interphase, and N, D are then formal"),
        conclusion="the shape of the transient tells instantaneous from progressive, with a probability",
        references=(Reference("Scharifker–Hills and Scharifker–Mostany theory, textbook"),),
        classes=BINARY, instead="overpotential_scaling",
        example={"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "time": "2 ms", "nucleus_density": "1e12 1/m^2"},
        regime=(Axis("time", 1e-4, 1.0), Axis("nucleus_density", 1e9, 1e13)),
        gradient=("time", "current"),
        fit=Fit("time", "current", ("nucleus_density", "salt_diffusivity"), logarithmic=False, least_rows=8),
    )  # fmt: skip
    outputs: ClassVar = {
        "current": Output("current_density", "current density at that time, background included"),
        "time_of_maximum": Output("time", "time of the largest current"),
        "maximum_current": Output("current_density", "largest current density"),
        "invariant": Output("dimensionless", "i_m² t_m/[(F c)² D]"),
        "growth_constant": Output("dimensionless", "k = √(8π c V_M)"),
        "mode_number": Output(
            "dimensionless", "A/(N π k D): far above 1 instantaneous, far below progressive (general mode)"
        ),
        "saturation_density": Output("1/m^2", "density of nuclei at which progressive nucleation ends"),
    }

    time: Array = parameter("time", "time since the step", above=0.0)
    nucleus_density: Array = parameter("1/m^2", "density of nuclei, or of active sites", above=0.0)
    nucleation_rate: Array = parameter("frequency", "nucleation rate a site", default=math.inf, above=0.0)
    salt_concentration: Array = inputs.salt_concentration()
    salt_diffusivity: Array = inputs.salt_diffusivity()
    molar_volume: Array = inputs.molar_volume()
    mode: str = parameter(
        "dimensionless",
        "mode of nucleation",
        default="instantaneous",
        choices=(
            "instantaneous",
            "progressive",
            "general",
            "layers_instantaneous",
            "layers_progressive",
            "kinetic",
        ),
    )
    charging_current: Array = parameter(
        "current_density",
        "double-layer current a of the background a e^(−t/τ) + b/√t",
        default=0.0,
        least=0.0,
    )
    charging_time: Array = parameter("time", "its time constant τ", default=1e-3, above=0.0)
    parasitic_slope: Array = parameter(
        "A*s^0.5/m^2", "b of the background: an interphase that grows by diffusion", default=0.0, least=0.0
    )
    edge_speed: Array = parameter(
        "velocity",
        "speed of a layer's edge (layers), or of growth along the substrate (kinetic)",
        default=1e-8,
        above=0.0,
    )
    layer_height: Array = parameter("length", "height of a layer (layers)", default=2.5e-10, above=0.0)
    normal_speed: Array = parameter(
        "velocity", "speed of growth away from the substrate (kinetic)", default=1e-8, above=0.0
    )
    control: str = parameter(
        "dimensionless", "what was held", default="potential", choices=("potential", "current")
    )

    def constraints(self) -> Iterable[Constraint]:
        xp = self.xp
        yield Constraint(xp.asarray(self.control == "potential"), "transients at held current are another problem", "control", "potential",
                         "classical_nucleation and the dip of the voltage")  # fmt: skip
        finite = xp.isfinite(xp.asarray(self.nucleation_rate)) | (
            self.mode in ("instantaneous", "layers_instantaneous", "kinetic")
        )
        yield Constraint(finite, "this mode needs a nucleation rate", "nucleation_rate", "a finite rate")

    def _covered(self, time: Array, k: Array) -> Array:
        pace = math.pi * k * self.salt_diffusivity * self.nucleus_density
        if self.mode == "instantaneous":
            return pace * time
        if self.mode == "progressive":
            return self.nucleation_rate * pace * (4.0 / 3.0) * time**2 / 2.0
        # t - (1 - e^{-At})/A loses its digits where A t is small: the series stands in there.
        scaled = self.nucleation_rate * time
        exact = time + self.xp.expm1(-scaled) / self.nucleation_rate
        return pace * self.xp.where(scaled < 1e-4, time * scaled * (0.5 - scaled / 6.0), exact)

    def _current(self, time: Array, k: Array) -> Array:
        prefactor = FARADAY * self.salt_concentration * self.xp.sqrt(self.salt_diffusivity / (math.pi * time))
        return prefactor * -self.xp.expm1(-self._covered(time, k))

    def _background(self) -> Array:
        return self.charging_current * self.xp.exp(
            -self.time / self.charging_time
        ) + self.parasitic_slope / self.xp.sqrt(self.time)

    def _by_kinetics(self, k: Array) -> dict[str, Array]:
        """Growth at the interface's pace: layers in two dimensions (Bewick–Fleischmann–Thirsk), cones (Armstrong)."""
        xp, t, v = self.xp, self.time, self.edge_speed
        if self.mode == "layers_progressive":
            pace, power, filled = (
                math.pi * v**2 * self.nucleation_rate * self.nucleus_density / 3.0,
                3.0,
                self.layer_height,
            )
            peak = (2.0 / (3.0 * pace)) ** (1.0 / 3.0)
        else:
            pace, power, filled = math.pi * v**2 * self.nucleus_density, 2.0, self.layer_height
            peak = 1.0 / xp.sqrt(2.0 * pace)
        metal = FARADAY / self.molar_volume

        def current(time: Array) -> Array:
            if self.mode == "kinetic":
                return -metal * self.normal_speed * xp.expm1(-pace * time**2)
            return metal * filled * power * pace * time ** (power - 1.0) * xp.exp(-pace * time**power)

        peak = xp.inf + 0.0 * peak if self.mode == "kinetic" else peak
        highest = metal * self.normal_speed if self.mode == "kinetic" else current(peak)
        zero = 0.0 * (t + pace + k)
        none = xp.nan + zero
        return {
            "current": current(t) + self._background() + zero, "time_of_maximum": peak + zero, "maximum_current": highest + zero, "invariant": none, "growth_constant": k + zero,
            "mode_number": none, "saturation_density": self.nucleus_density + zero,
        }  # fmt: skip

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        if self.mode.startswith("layers") or self.mode == "kinetic":
            return self._by_kinetics(xp.sqrt(8.0 * math.pi * self.salt_concentration * self.molar_volume))
        k = xp.sqrt(8.0 * math.pi * self.salt_concentration * self.molar_volume)
        pace = math.pi * self.nucleus_density * k * self.salt_diffusivity
        if self.mode == "instantaneous":
            peak = INSTANTANEOUS / pace
        elif self.mode == "progressive":
            peak = xp.sqrt(2.0 * PROGRESSIVE / (self.nucleation_rate * pace * 4.0 / 3.0))
        else:
            low = 0.1 * INSTANTANEOUS / pace + 0.0 * self.nucleation_rate
            peak = maximise(lambda t: self._current(t, k), low, 1e4 * (low + 1.0 / self.nucleation_rate), xp)
        highest = self._current(peak, k)
        zero = 0.0 * self.time
        growth = 4.0 / 3.0 * k * self.salt_diffusivity
        return {
            "current": self._current(self.time, k) + self._background(), "time_of_maximum": peak + zero, "maximum_current": highest + zero,
            "invariant": highest**2 * peak / ((FARADAY * self.salt_concentration) ** 2 * self.salt_diffusivity) + zero,
            "growth_constant": k + zero, "mode_number": self.nucleation_rate / pace + zero,
            "saturation_density": xp.sqrt(self.nucleation_rate * self.nucleus_density / (2.0 * growth)) + zero,
        }  # fmt: skip

    def judge(self, x: Array, y: Array) -> tuple[str, ...]:
        """What measured times [s] and currents [A/m^2] say by their shape, before any fit."""
        try:
            found = classify_transient(x, y)
        except InputError as error:
            return (f"no class: {error.problem}",)
        instantaneous, progressive = apparent_diffusivities(x, y, float(self.salt_concentration))
        return (
            f"nearest of four reduced transients: {found['nearest'].replace('_', ', ')}; of the two by diffusion, instantaneous with probability "
            f"{found['probability_instantaneous']:.2f}",
            f"apparent diffusivity from i_m² t_m: {instantaneous:.3g} m^2/s if instantaneous, {progressive:.3g} m^2/s if progressive",
        )  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            result["time_of_maximum"] < 1e-3,
            "the maximum comes within a millisecond: charging of the double layer hides it",
        )


def reduced_transient(relative_time: Array, mode: str, xp: Any) -> Array:
    """(i/i_m)^2 over t/t_m [dimensionless]: growth by diffusion, and layers (Bewick–Fleischmann–Thirsk) in two dimensions.

    Layers: i/i_m = x e^{(1 - x^2)/2} instantaneous, x^2 e^{2(1 - x^3)/3} progressive, x = t/t_m.
    """
    if mode == "layers_instantaneous":
        return relative_time**2 * xp.exp(1.0 - relative_time**2)
    if mode == "layers_progressive":
        return relative_time**4 * xp.exp(4.0 / 3.0 * (1.0 - relative_time**3))
    if mode == "instantaneous":
        scale, root, power = 1.0 / -math.expm1(-INSTANTANEOUS), INSTANTANEOUS, 1
    else:
        scale, root, power = 1.0 / -math.expm1(-PROGRESSIVE), PROGRESSIVE, 2
    return (scale * xp.expm1(-root * relative_time**power)) ** 2 / relative_time


def classify_transient(times: Array, currents: Array) -> dict[str, Any]:
    """How near a measured transient is to the four limits: root-mean-square distances and a probability.

    The probability of instantaneous nucleation weighs the two limits of growth by diffusion. ``nearest`` names the
    closest of all four.

    Arguments:
        times [s], currents [A/m^2]: shape [n], 8 points or more, with the maximum inside.

    Raises:
        InputError: too few points, or the maximum is at an end.
    """
    import numpy as np

    times, currents = np.asarray(times, dtype=float), np.asarray(currents, dtype=float)
    if times.size < 8 or times.shape != currents.shape:
        raise InputError("8 points of time and current are needed", field="times", value=times.size)
    peak = int(np.argmax(currents))
    if peak in (0, times.size - 1):
        raise InputError(
            "the largest current is at an end: no transient", field="currents", value=f"point {peak + 1}"
        )
    # A parabola through the highest point and its neighbours finds the maximum between points.
    a, b, c = np.polyfit(times[peak - 1 : peak + 2], currents[peak - 1 : peak + 2], 2)
    at = -b / (2.0 * a)
    measured = (currents / np.polyval([a, b, c], at)) ** 2
    away = {
        mode: float(np.sqrt(np.mean((measured - reduced_transient(times / at, mode, np)) ** 2)))
        for mode in REDUCED
    }
    total = away["instantaneous"] ** 2 + away["progressive"] ** 2
    likely = away["progressive"] ** 2 / total if total else 0.5
    return {**away, "probability_instantaneous": likely, "nearest": min(away, key=away.__getitem__)}


def apparent_diffusivities(times: Array, currents: Array, concentration: float) -> tuple[float, float]:
    """D [m^2/s] from i_m^2 t_m = 0.1629 (F c)^2 D (instantaneous) and 0.2598 (F c)^2 D (progressive).

    Arguments:
        times [s], currents [A/m^2]: shape [n], with the maximum inside; concentration [mol/m^3].
    """
    import numpy as np

    peak = int(np.argmax(currents))
    invariant = float(currents[peak] ** 2 * times[peak] / (FARADAY * concentration) ** 2)
    parts = [(1.0 - math.exp(-root)) ** 2 / (math.pi) for root in (INSTANTANEOUS, PROGRESSIVE)]
    return invariant / parts[0], invariant / parts[1]
