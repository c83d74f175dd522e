"""One time step of the two-potential model written with FiPy, for `step_speed.py`.

The equations, their order and the discretisation are those of `dendrion.field.two_potential` for a binary
electrolyte between metal and a salt reservoir in two dimensions; FiPy builds and solves the matrices.
"""

from __future__ import annotations

import time
from typing import Any

import equinox
import fipy
import numpy as np
from fipy.solvers.scipy import LinearCGSolver, LinearLUSolver
from fipy.solvers.scipy.preconditioners import ILUPreconditioner, JacobiPreconditioner
from numpy.typing import NDArray

from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.field.charge import LARGEST_UPDATE
from dendrion.field.front import TAIL, electrolyte_fraction
from dendrion.field.salt import SALT_FLOOR, STORAGE_FLOOR
from dendrion.field.transport import METAL_FLOOR

LINEAR = 100
"""Bound on conjugate-gradient iterations when solvers are compared; by then they took longer than LU."""

Values = NDArray[np.float64]


class FipyStep:
    """State and step; ``advance`` returns the Newton iterations it took."""

    def __init__(self, parameters: Any, state: Any, current: float) -> None:
        p = self.parameters = parameters
        self.shape, self.current = p.structure.shape, current
        self.cell, self.width = float(p.spacing[0]), float(p.numerics.interface_width)
        self.molar_volume = float(p.metal.molar_volume)
        self.temperature = float(p.reference_temperature)
        self.reference = float(p.electrolyte.reference_concentration)
        self.alpha = float(p.interface.charge_transfer_coefficient)
        electrolyte = p.electrolyte
        names = ("conductivity", "salt_diffusivity", "transference_number", "thermodynamic_factor")
        self.properties = {name: equinox.filter_jit(getattr(electrolyte, name)) for name in names}
        self.exchange = float(p.interface.exchange_current_density(self.temperature, self.reference))
        mesh = self.mesh = fipy.Grid2D(nx=self.shape[0], ny=self.shape[1], dx=self.cell, dy=self.cell)
        self.xi, self.phi, self.salt, self.correction, self.response = (
            fipy.CellVariable(mesh=mesh, value=0.0) for _ in range(5)
        )
        for variable, value in ((self.phi, 0.0), (self.correction, 0.0), (self.response, 0.0)):
            variable.constrain(value, mesh.facesRight)
        self.salt.constrain(self.reference, mesh.facesRight)
        self.xi.setValue(self._flat(state.order_parameter))
        self.phi.setValue(self._flat(state.potential))
        self.salt.setValue(self._flat(state.concentration))
        self.response.setValue(self._flat(state.response))
        self.electrode_potential = float(state.electrode_potential)
        self.solver, self.solver_name, self.solver_times = LinearLUSolver(), "", ""
        self._choose_solver()

    def _flat(self, field: Any) -> Values:
        return np.asarray(field).T.ravel()

    def _variable(self, values: Values) -> fipy.CellVariable:
        return fipy.CellVariable(mesh=self.mesh, value=values)

    def _property(self, name: str, salt: Values) -> Values:
        return np.asarray(self.properties[name](self.temperature, salt)) * np.ones_like(salt)

    def _fraction(self) -> fipy.CellVariable:
        return self._variable(np.asarray(electrolyte_fraction(self.xi.value)))

    def _conductance(self, fraction: fipy.CellVariable, coefficient: Values) -> fipy.FaceVariable:
        """Coefficient of a diffusion term: mean fraction times mean coefficient, never quite zero."""
        mean = self._variable(coefficient).arithmeticFaceValue
        return fraction.arithmeticFaceValue * mean + METAL_FLOOR * coefficient.max()

    def _choose_solver(self) -> None:
        """Tries the solvers on the Laplacian of the first state and keeps the fastest."""
        fraction = self._fraction()
        conductance = self._conductance(fraction, self._property("conductivity", self.salt.value))
        screening = 1e4 * fraction.grad.mag
        candidates = {
            "LU": LinearLUSolver(),
            "CG, incomplete LU": LinearCGSolver(
                precon=ILUPreconditioner(), tolerance=1e-3, criterion="RHS", iterations=LINEAR
            ),
            "CG, Jacobi": LinearCGSolver(
                precon=JacobiPreconditioner(), tolerance=1e-3, criterion="RHS", iterations=LINEAR
            ),
        }
        times, listed, exact = {}, [], None
        for name, solver in candidates.items():
            self.correction.setValue(0.0)
            equation = fipy.DiffusionTerm(conductance) - fipy.ImplicitSourceTerm(screening) + screening
            started = time.perf_counter()
            equation.solve(var=self.correction, solver=solver)
            elapsed = time.perf_counter() - started
            found = np.array(self.correction.value)
            exact = found if exact is None else exact
            # A solver that stops early is no rival.
            solved = np.abs(found - exact).max() < 0.02 * np.abs(exact).max()
            times[name] = elapsed if solved else np.inf
            listed.append(
                f"{name} {elapsed:.2f} s" + ("" if solved else f" without an answer in {LINEAR} iterations")
            )
        self.solver_name = min(times, key=times.__getitem__)
        self.solver = candidates[self.solver_name]
        self.solver_times = f"one solve with its set-up took {', '.join(listed)}"

    def _kinetics(self, overpotential: Values, exchange: Values) -> tuple[Values, Values]:
        f = FARADAY / (GAS_CONSTANT * self.temperature)
        cathodic = np.exp(np.clip(self.alpha * f * overpotential, -40.0, 40.0))
        anodic = np.exp(np.clip(-(1.0 - self.alpha) * f * overpotential, -40.0, 40.0))
        slope = exchange * f * (self.alpha * cathodic + (1.0 - self.alpha) * anodic)
        return exchange * (cathodic - anodic), slope

    def _charge(self, fraction: fipy.CellVariable, area: Values, salt: Values) -> tuple[Values, int]:
        """Newton's method for the potentials; current density [A/m^2] and iterations."""
        kappa = self._property("conductivity", salt)
        strength = 2.0 * kappa * GAS_CONSTANT * self.temperature / FARADAY
        strength *= 1.0 - self._property("transference_number", salt)
        strength *= self._property("thermodynamic_factor", salt)
        ionic, diffusional = self._conductance(fraction, kappa), self._conductance(fraction, strength)
        source = (diffusional * self._variable(np.log(salt / self.reference)).faceGrad).divergence.value
        exchange = self.exchange * (salt / self.reference) ** (1.0 - self.alpha)
        norm = np.sqrt(self.xi.faceGrad.mag**2 + (1e-9 / self.cell) ** 2)
        pressure = -float(self.parameters.metal.surface_energy) * (self.xi.faceGrad / norm).divergence.value
        shift = np.where(area > 0.0, self.molar_volume * pressure / FARADAY, 0.0)
        layer = self.cell / self.shape[1]

        def balance() -> tuple[Values, Values, Values, float]:
            overpotential = self.phi.value - self.electrode_potential - shift
            density, slope = self._kinetics(overpotential, exchange)
            rest = (ionic * self.phi.faceGrad).divergence.value - source - area * density
            miss = abs(layer * np.sum(area * density) - self.current) / abs(self.current)
            return density, slope, rest, max(np.linalg.norm(rest) / np.linalg.norm(area * density), miss)

        density, slope, rest, residual = balance()
        iterations = 0
        while residual > float(self.parameters.numerics.tolerance) and iterations < 30:
            screening = self._variable(area * slope)
            operator = fipy.DiffusionTerm(ionic) - fipy.ImplicitSourceTerm(screening)
            self.correction.setValue(0.0)
            (operator + self._variable(rest)).solve(var=self.correction, solver=self.solver)
            (operator + screening).solve(var=self.response, solver=self.solver)
            conductance = layer * np.sum(screening.value * (1.0 - self.response.value))
            wanted = layer * np.sum(area * density + screening.value * self.correction.value) - self.current
            change = self.correction.value + self.response.value * wanted / conductance
            largest = np.max(np.where(area > 0.0, np.abs(change - wanted / conductance), 0.0))
            limited = min(1.0, LARGEST_UPDATE / max(largest, 1e-30))
            self.phi.setValue(self.phi.value + limited * change)
            self.electrode_potential += limited * wanted / conductance
            density, slope, rest, residual = balance()
            iterations += 1
        return density, iterations

    def _salt_step(
        self,
        amount: Values,
        fraction: fipy.CellVariable,
        source_density: Values,
        guess: Values,
        length: float,
    ) -> Values:
        """Backward Euler for the salt between the reservoir and the front."""
        safe = np.maximum(guess, SALT_FLOOR * self.reference)
        storage = self._variable((fraction.value + STORAGE_FLOOR) / (1.0 + STORAGE_FLOOR))
        full = (1.0 - self._property("transference_number", safe)) * source_density / FARADAY
        floor, present = SALT_FLOOR * self.reference, np.maximum(guess, 0.0)
        total = present**2 + floor**2
        sink = np.where(full > 0.0, full * present**2 / total, full)
        slope = np.where(full > 0.0, full * 2.0 * present * floor**2 / total**2, 0.0)
        slope = np.maximum(slope, (sink - amount / length) / np.maximum(guess, 1e-300))
        diffusion = fipy.DiffusionTerm(self._conductance(storage, self._property("salt_diffusivity", safe)))
        loss = fipy.ImplicitSourceTerm(self._variable(storage.value / length + slope))
        source = self._variable(amount / length - sink + slope * guess)
        self.salt.setValue(guess)
        (diffusion - loss + source).solve(var=self.salt, solver=self.salt_solver)
        return np.array(self.salt.value)

    salt_solver = LinearLUSolver()

    def _advance_front(self, length: float, speed: float, area: Values, current: Values) -> None:
        """Growth and regularisation in substeps; the metal of the step is that of its first area."""
        wanted = np.sum(area * current)
        part = length / self.parameters.structure.substeps
        mobility = float(self.parameters.numerics.mobility) * speed * self.width
        for _ in range(self.parameters.structure.substeps):
            here = np.array(self._fraction().grad.mag.value)
            missing = (wanted - np.sum(here * current)) / np.sum(here * np.abs(current))
            growth = self.molar_volume / FARADAY * here * (current + missing * np.abs(current))
            clipped = np.clip(self.xi.value, TAIL, 1.0 - TAIL)
            normal = self._variable(np.log(clipped / (1.0 - clipped))).grad
            unit = normal / np.sqrt(normal.mag**2 + (1e-6 / self.width) ** 2)
            root = np.sqrt(clipped * (1.0 - clipped))
            steep = np.sinh(self.cell / self.width * unit.arithmeticFaceValue) * 2.0 / self.cell
            left, right = self.mesh._adjacentCellIDs
            flux = self.xi.faceGrad - steep * (root[left] * root[right])
            inner = ~np.asarray(self.mesh.exteriorFaces.value)
            self.xi.setValue(self.xi.value + part * (growth + mobility * (flux * inner).divergence.value))

    def advance(self, length: float) -> int:
        """One step of ``length`` [s]."""
        fraction = self._fraction()
        area = np.array(fraction.grad.mag.value)
        concentration = np.array(self.salt.value)
        salt = np.maximum(concentration, SALT_FLOOR * self.reference)
        current, iterations = self._charge(fraction, area, salt)
        amount = (fraction.value + STORAGE_FLOOR) / (1.0 + STORAGE_FLOOR) * concentration
        predicted = self._salt_step(amount, fraction, area * current, concentration, length)
        change = np.clip(np.maximum(predicted, SALT_FLOOR * self.reference) / salt, 0.25, 4.0)
        redistributed = current * change ** (1.0 - self.alpha)
        missing = np.sum(area * (current - redistributed)) / np.sum(area * np.abs(redistributed))
        speed = self.molar_volume / FARADAY * np.max(np.abs(current[area * self.cell > 0.05]))
        current = redistributed + missing * np.abs(redistributed)
        self._advance_front(length, speed, area, current)
        self._salt_step(amount, self._fraction(), area * current, predicted, length)
        return iterations

    def differences(self, state: Any) -> str:
        """Largest differences from a state of dendrion, for print."""
        front = np.abs(self._flat(state.order_parameter) - self.xi.value).max()
        electrolyte = self.xi.value < 0.5
        potential = np.abs(self._flat(state.potential) - self.phi.value)[electrolyte].max()
        salt = np.abs(self._flat(state.concentration) - self.salt.value)[electrolyte].max()
        voltage = abs(float(state.electrode_potential) - self.electrode_potential)
        return (
            f"{front:.1e} in the order parameter, {1e3 * potential:.1e} mV in the potential, {1e3 * voltage:.1e} mV "
            f"in the electrode potential and {salt / self.reference:.1e} of the reference salt concentration"
        )
