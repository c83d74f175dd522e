"""Equilibrium shapes, nuclei, Mullins's time, healing and penetration: exact cases and the recorded numbers."""

import numpy as np
import pytest

from dendrion.atoms.healing import Healing, heal, protrusion
from dendrion.atoms.mullins import Smoothing
from dendrion.atoms.nucleation import critical_nucleus, nucleation, shape_of_contact
from dendrion.atoms.penetration import Penetration, notched_slab, penetration, roomiest
from dendrion.atoms.sample import sample
from dendrion.atoms.wulff import wulff
from dendrion.constants import ELEMENTARY_CHARGE
from dendrion.errors import InputError
from dendrion.materials import material, material_from_mapping

pytest.importorskip("ase")

EV = ELEMENTARY_CHARGE


def test_equilibrium_shape_of_one_family_is_a_cube():
    cube = wulff([(1, 0, 0)], [0.5])
    assert (cube.area, cube.volume) == pytest.approx((6.0, 1.0))
    assert cube.shape_factor == pytest.approx(6.0 / (36.0 * np.pi) ** (1 / 3))
    assert cube.mean_energy == pytest.approx(0.5)


def test_equilibrium_shape_of_two_families_is_the_cuboctahedron():
    """γ₁₁₁/γ₁₀₀ = 2/√3 cuts the cube's edges in half: squares 12, triangles 4√3 of the area."""
    shape = wulff([(1, 0, 0), (1, 1, 1)], [1.0, 2.0 / np.sqrt(3.0)])
    squares = 12.0 / (12.0 + 4.0 * np.sqrt(3.0))
    assert shape.fractions == pytest.approx((squares, 1.0 - squares))
    assert shape.volume == pytest.approx(20.0 / 3.0)


def test_a_costly_face_does_not_appear():
    assert wulff([(1, 0, 0), (1, 1, 1)], [1.0, 1.8]).fractions == pytest.approx((1.0, 0.0))


def test_no_shape_without_positive_energies():
    with pytest.raises(InputError, match="no equilibrium shape"):
        wulff([(1, 0, 0)], [-0.1])


@pytest.mark.parametrize(
    ("gamma", "volume", "eta", "radius_nm", "barrier_ev"),
    [
        (0.50, 1.30e-5, 0.05, 2.6947, 94.92),
        (0.50, 1.30e-5, 0.10, 1.3474, 23.73),
        (0.50, 1.30e-5, 0.20, 0.6737, 5.933),
        (0.22, 2.378e-5, 0.10, 1.0844, 6.764),
        (0.22, 2.378e-5, 0.20, 0.5422, 1.691),
    ],
)
def test_critical_nuclei_of_the_record(gamma, volume, eta, radius_nm, barrier_ev):
    radius, barrier = critical_nucleus(gamma, volume, eta)
    assert float(radius) * 1e9 == pytest.approx(radius_nm, rel=1e-4)
    assert float(barrier) / EV == pytest.approx(barrier_ev, rel=2e-4)


def test_a_half_sphere_has_half_the_barrier():
    assert shape_of_contact(np.pi / 2) == pytest.approx(0.5)
    assert shape_of_contact(np.pi) == pytest.approx(1.0)


def with_slope():
    slope = {"value": -1.0e-4, "unit": "J/m^2/K", "tag": "G", "source": "test"}
    return material_from_mapping({"name": "Li2", "base": "Li", "claims": {"surface_energy_slope": [slope]}})


def test_warmth_makes_nuclei_smaller_at_fixed_overpotential_and_larger_at_fixed_current():
    """The two accounts of nucleation over temperature are both right: of two different experiments."""
    kelvin = np.array([255.0, 298.0, 330.0])
    potential = nucleation(with_slope(), kelvin, overpotential=0.1)
    current = nucleation(with_slope(), kelvin, current_density=10.0, interface=material("Li|LiPF6-EC-DMC"))
    assert np.all(np.diff(potential.radius) < 0.0)
    assert np.all(np.diff(potential.barrier_over_kt) < 0.0)
    assert np.all(np.diff(current.radius) > 0.0)
    assert np.all(np.diff(current.overpotential) < 0.0)


def test_the_slope_counts_from_the_claim_s_temperature():
    found = nucleation(with_slope(), [308.15], overpotential=0.1)
    assert found.surface_energy[0] == pytest.approx(0.50 - 1.0e-4 * 10.0)


def test_barriers_of_hundreds_of_kt_are_said_to_mean_nothing():
    found = nucleation(material("Li"), [298.15], overpotential=0.1)
    assert any("nothing nucleates" in text for text in found.warnings)
    assert any("constant" in text for text in found.warnings)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({}, "exactly one|fix one"),
        ({"overpotential": 0.1, "current_density": 1.0}, "fix one"),
        ({"current_density": 1.0}, "kinetics"),
        ({"overpotential": -0.1}, "nothing nucleates"),
    ],
)
def test_impossible_controls_are_refused(keywords, message):
    with pytest.raises(InputError, match=message):
        nucleation(material("Li"), [298.15], **keywords)


def test_molten_metal_is_refused():
    with pytest.raises(InputError, match="molten"):
        nucleation(material("Li"), [500.0], overpotential=0.1)


@pytest.mark.parametrize(
    ("barrier", "kelvin", "diffusivity", "mobility", "time_100nm"),
    [
        (0.14, 298.15, 1.325e-9, 6.085e-28, 1.05e-4),
        (0.14, 353.15, 3.095e-9, 1.200e-27, 5.35e-5),
        (0.28, 298.15, 5.70e-12, 2.617e-30, 0.0245),
        (0.28, 353.15, 3.11e-11, 1.206e-29, 5.32e-3),
    ],
)
def test_mullins_times_of_the_record(barrier, kelvin, diffusivity, mobility, time_100nm):
    smoothing = Smoothing(barrier * EV, 3.51e-10, 0.5, 1.30e-5 / 6.02214076e23, 1e13)
    assert smoothing.diffusivity(kelvin) == pytest.approx(diffusivity, rel=5e-3)
    assert smoothing.mobility(kelvin) == pytest.approx(mobility, rel=5e-3)
    assert smoothing.time(100e-9, kelvin) == pytest.approx(time_100nm, rel=5e-3)
    assert smoothing.time(1e-6, kelvin) == pytest.approx(1e4 * smoothing.time(100e-9, kelvin))


def test_fifty_picoseconds_are_a_few_nanometres():
    """The published 50 ps at 353 K belongs to bumps 3.1 nm wide, not to micrometres."""
    smoothing = Smoothing(0.14 * EV, 3.51e-10, 0.5, 1.30e-5 / 6.02214076e23, 1e13)
    assert smoothing.time(3.1e-9, 353.15) == pytest.approx(50e-12, rel=0.05)
    with pytest.raises(InputError, match="no smooth surface"):
        smoothing.time(0.5e-9, 353.15)


def test_a_protrusion_stands_on_its_face():
    atoms, cap, top = protrusion(sample("Cu", "emt"), (1, 0, 0), 9.0, 6.0, 4.0)
    heights = atoms.positions[:, 2]
    assert len(cap) == (heights > top + 0.01).sum() > 4
    assert heights[cap].min() == pytest.approx(top + 0.5 * sample("Cu", "emt").edge, abs=1e-2)


def test_dynamics_of_a_protrusion_repeat_with_their_seed():
    one = sample("Cu", "emt")
    settings = {"size": 7.0, "thickness": 4.0, "radius": 3.0, "every": 5}
    runs = [heal(one, 300.0, 20e-15, seed=seed, **settings) for seed in (1, 1, 2)]
    assert runs[0].final.positions == pytest.approx(runs[1].final.positions, abs=1e-9)
    assert np.abs(runs[0].final.positions - runs[2].final.positions).max() > 1e-3
    assert runs[0].standing[0] == 1.0


def test_half_life_is_when_the_cap_stays_down():
    times = np.arange(5.0)
    healed = Healing(300.0, times, np.array([1.0, 0.4, 0.8, 0.3, 0.2]), 1e-9, 4)
    assert healed.half_life == 3.0
    assert Healing(300.0, times, np.ones(5), 1e-9, 4).half_life is None
    dip = np.array([1.0] * 39 + [0.4])
    assert Healing(300.0, np.arange(40.0), dip, 1e-9, 4).half_life is None


def test_the_roomiest_place_is_the_middle_of_a_hole():
    """Eight atoms on the corners of a cube of 4 Å: its centre, √12 Å from each."""
    from ase import Atoms

    corners = [(x, y, z) for x in (0.0, 4.0) for y in (0.0, 4.0) for z in (0.0, 4.0)]
    atoms = Atoms("H8", positions=corners, cell=[20.0, 20.0, 20.0])
    place, distance = roomiest(atoms, np.zeros(3), np.full(3, 4.0))
    assert place == pytest.approx([2.0, 2.0, 2.0])
    assert distance == pytest.approx(np.sqrt(12.0))


def test_charge_and_work_of_a_penetration_balance():
    """q = n e/A, and the work of all insertions is the energy gained against bulk metal."""
    slab, metal = sample("Cu", "emt"), sample("Al", "emt")
    curve = penetration(slab, metal, 3, cells=(3, 1, 3), width=4.5, height=4.5)
    area = 3.0 * slab.edge**2 * 1e-20
    assert curve.charge == pytest.approx(np.arange(4) * EV / area)
    calculator = slab.potential.make(("Cu", "Al"))
    energies = []
    for frame in (curve.frames[0], curve.frames[-1]):
        frame.calc = calculator
        energies.append(frame.get_potential_energy())
    gained = energies[1] - energies[0] - 3 * metal.energy_an_atom
    assert curve.work.sum() / EV == pytest.approx(gained, abs=1e-6)
    assert curve.overpotential * EV == pytest.approx(curve.pressure * curve.atomic_volume)
    assert len(curve.stage) == 4


def test_a_cavity_keeps_the_compound_s_composition():
    from ase.calculators.lj import LennardJones

    from dendrion.atoms.potentials import potential_of

    pair = potential_of(lambda: LennardJones(epsilon=0.5, sigma=1.8, rc=5.0), "pair")
    slab, _ = notched_slab(sample("LiF", pair), (4, 1, 4), 5.0, 5.0)
    symbols = slab.get_chemical_symbols()
    assert symbols.count("Li") == symbols.count("F") < 64
    with pytest.raises(InputError, match="leaves no slab"):
        notched_slab(sample("LiF", pair), (4, 1, 4), 50.0, 5.0)


def test_stages_follow_stress_and_broken_bonds():
    stress = -np.array([0.0, 0.01, 0.5, 1.0, 1.4, 0.8])
    work = np.array([0.0, -2.0, 7.0, 1.0, 1.0, 1.0])
    broken = np.array([0, 0, 0, 2, 3, 5])
    zero = np.zeros(6)
    curve = Penetration(zero, work, stress, broken, zero, 1.0, zero)
    assert curve.stage == ["deposition", "deposition", "build-up", "fracture", "fracture", "extension"]
