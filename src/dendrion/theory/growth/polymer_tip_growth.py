"""A tip that crosses a polymer: growth, speed and time to short circuit (after Monroe and Newman 2003)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...constants import FARADAY
from .. import inputs
from ..arrays import Array, bisect, maximise
from ..card import BINARY, Axis, Card, Constraint, Output, Reference, Threshold, parameter
from ..model import Model
from ..relations import inverse_thermal_voltage, limiting_current, overpotential_of
from ..transport.sand_time import binary_only

_HEIGHTS = 120


@dataclass(frozen=True, kw_only=True, eq=False)
class PolymerTipGrowth(Model):
    """dh/dt = V_M (i_t - i)/F at the tip radius of largest i_t, in the steady concentration profile."""

    card: ClassVar = Card(
        name="polymer_tip_growth", title="Tip growth across a polymer", field="growth", scale="1-D, electrode gap", kind="derived",
        system="symmetric cell with a binary (polymer) electrolyte below its limiting current",
        equations=(
            "c(h) = c_s + i t_a h/(F D),  c_t = c(h) − i_t r t_a/(F D)",
            "i_t = i₀[(c_t/c₀)e^{αfη_t} − e^{−(1−α)fη_t}],  η_t = η + (1/f) ln(c_t/c_s) − 2γV_M/(F r)",
            "dh/dt = V_M (i_t − i)/F,  r maximises i_t",
        ),
        assumptions=("steady base state: no anion flux, potential follows ln c", "one tip, spherical diffusion around it",
                     "the tip does not change the base state"),
        limits=("a derived version of Monroe and Newman's model: their tip-radius rule was not read, and their claim that "
                "a thousandfold surface energy delays failure by 6 % does not follow from this rule",
                "only below the limiting current"),
        conclusion="tips speed up across the cell; near the limiting current they cross within one charge",
        references=(Reference("after Monroe and Newman 2003", "10.1149/1.1606686"),),
        classes=BINARY, instead="griffith_overpotential",
        example={"metal": "Li", "electrolyte": "PEO-LiTFSI", "temperature": "90 degC", "thickness": "100 um",
                 "current_density": "1 mA/cm^2"},
        regime=(Axis("current_density", 2.0, 18.0, False), Axis("thickness", 2e-5, 2e-4)), costly=True,
    )  # fmt: skip
    outputs: ClassVar = {
        "crossing_time": Output("time", "time from the initial height to the counter electrode"),
        "critical_height": Output(
            "length", "height below which a protrusion shrinks against its surroundings"
        ),
        "final_speed": Output("velocity", "speed of the tip at the counter electrode"),
        "final_radius": Output("length", "radius of the tip there"),
        "flat_overpotential": Output("potential", "overpotential of the flat electrode"),
        "relative_current": Output("dimensionless", "current over limiting current"),
    }

    current_density: Array = inputs.current_density()
    thickness: Array = inputs.thickness()
    salt_concentration: Array = inputs.salt_concentration()
    salt_diffusivity: Array = inputs.salt_diffusivity()
    cation_transference_number: Array = inputs.cation_transference_number()
    exchange_current_density: Array = inputs.exchange_current_density()
    charge_transfer_coefficient: Array = inputs.symmetry()
    surface_energy: Array = inputs.surface_energy()
    molar_volume: Array = inputs.molar_volume()
    temperature: Array = inputs.temperature()
    initial_height: Array = parameter("length", "height of the first protrusion", default=1e-5, above=0.0)
    duration: Array = inputs.duration()

    def _relative(self) -> Array:
        share = 1.0 - self.cation_transference_number
        limit = limiting_current(self.salt_concentration, self.salt_diffusivity, share, self.thickness)
        return self.current_density / limit

    def constraints(self) -> Iterable[Constraint]:
        yield binary_only(self.cation_transference_number, "a limiting current")
        yield Constraint(
            self.current_density > 0.0, "no current: nothing grows", "current_density", "above 0 A/m^2"
        )
        yield Constraint(
            self._relative() < 1.0, "there is no steady state at or above the limiting current", "current_density",
            "below the limiting current", "space_charge_growth",
        )  # fmt: skip
        yield Constraint(
            self.initial_height < self.thickness,
            "the protrusion is as high as the gap",
            "initial_height",
            "below the thickness",
        )

    def compute(self) -> dict[str, Array]:
        xp, relative = self.xp, self._relative()
        base = self.salt_concentration * (1.0 - relative)
        flat = overpotential_of(
            self.current_density,
            self.exchange_current_density,
            self.temperature,
            self.charge_transfer_coefficient,
            xp,
            1.0 - relative,
        )
        gap, start = (
            xp.asarray(self.thickness + 0.0 * relative),
            xp.asarray(self.initial_height + 0.0 * relative),
        )
        span = xp.linspace(0.0, 1.0, _HEIGHTS)
        low = 1e-4 * gap
        heights = low[..., None] * (gap / low)[..., None] ** span
        extra, _ = self._tip(heights, flat, base)
        crossing = start[..., None] + (gap - start)[..., None] * span
        speed, radius = self._tip(crossing, flat, base)
        slowness = 1.0 / xp.where(speed > 0.0, speed, xp.nan)
        steps = 0.5 * (slowness[..., 1:] + slowness[..., :-1]).sum(-1) * (gap - start) / (_HEIGHTS - 1)
        return {
            "crossing_time": xp.where(xp.isnan(steps), xp.inf, steps),
            "critical_height": _first_rise(heights, extra, xp),
            "final_speed": speed[..., -1], "final_radius": radius[..., -1],
            "flat_overpotential": flat, "relative_current": relative,
        }  # fmt: skip

    def _tip(self, heights: Array, flat: Array, base: Array) -> tuple[Array, Array]:
        """Speed relative to the base [m/s] and radius [m] of a tip at ``heights`` [m], the last axis."""
        xp = self.xp
        wide = {n: xp.asarray(getattr(self, n))[..., None] for n in self.parameters()}
        flat, base = xp.asarray(flat)[..., None], xp.asarray(base)[..., None]
        alpha, start, f = (
            wide["charge_transfer_coefficient"],
            wide["salt_concentration"],
            inverse_thermal_voltage(wide["temperature"]),
        )
        resistance = (1.0 - wide["cation_transference_number"]) / (FARADAY * wide["salt_diffusivity"])
        local = base + wide["current_density"] * resistance * heights
        kelvin = 2.0 * wide["surface_energy"] * wide["molar_volume"] / FARADAY

        def current(radius: Array) -> Array:
            def surplus(share: Array) -> Array:
                tip = local * (1.0 - share)
                drive = flat + xp.log(tip / base) / f - kelvin / radius
                rate = tip / start * xp.exp(alpha * f * drive) - xp.exp(-(1.0 - alpha) * f * drive)
                return share * local / (radius * resistance) - wide["exchange_current_density"] * rate

            depleted = bisect(surplus, -1.0 + 0.0 * radius, 1.0 - 1e-12 + 0.0 * radius, xp, 44)
            return depleted * local / (radius * resistance)

        radius = maximise(current, 1e-9 + 0.0 * local, xp.maximum(heights, 2e-9), xp, 44)
        return wide["molar_volume"] / FARADAY * (current(radius) - wide["current_density"]), radius

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["crossing_time"]
        return Threshold(
            "dendrite growth to the counter electrode", "time", self.duration, limit, self.duration < limit
        )


def _first_rise(heights: Array, speed: Array, xp: Any) -> Array:
    """The height at which ``speed`` rises through zero, between the grid's points; infinite where it never does."""
    rises = (speed[..., 1:] > 0.0) & (speed[..., :-1] <= 0.0)
    place = xp.argmax(rises, axis=-1)[..., None]

    def pick(values: Array, shift: int) -> Array:
        return xp.take_along_axis(xp.broadcast_to(values, speed.shape), place + shift, axis=-1)[..., 0]

    low, high, before, after = pick(heights, 0), pick(heights, 1), pick(speed, 0), pick(speed, 1)
    crossing = low * (high / low) ** (before / xp.where(before == after, 1.0, before - after))
    return xp.where(rises.any(axis=-1), crossing, xp.where(speed[..., 0] > 0.0, heights[..., 0], xp.inf))
