"""Properties of crystals with cheap potentials, against exact lattice sums, identities and published numbers."""

import numpy as np
import pytest

from dendrion.atoms.adatom import adatom
from dendrion.atoms.compute import PROPERTY_GROUPS, compute
from dendrion.atoms.elastic import Stiffness, elastic
from dendrion.atoms.grain_boundary import grain_boundary
from dendrion.atoms.lattice import lattice
from dendrion.atoms.potentials import ARGON_DIAMETER, ARGON_WELL_DEPTH, potential, potential_of
from dendrion.atoms.result import ANGSTROM, EV_PER_ATOM
from dendrion.atoms.sample import sample
from dendrion.atoms.surface import surfaces
from dendrion.atoms.surface_entropy import surface_entropy
from dendrion.atoms.table import table
from dendrion.atoms.vacancy import vacancy
from dendrion.errors import InputError

pytest.importorskip("ase")

SUM_12, SUM_6 = 12.13188019, 14.45392105
"""Lattice sums of the face-centred cubic crystal over powers -12 and -6 of the distance."""


@pytest.fixture(scope="module")
def copper():
    return sample("Cu", "emt")


@pytest.fixture(scope="module")
def argon():
    return sample("Ar", "lj")


def named(claims):
    return {claim.property: claim for claim in claims}


def test_lennard_jones_lattice_constant_and_energy_are_the_lattice_sums(argon):
    """a = √2 (2 A₁₂/A₆)^(1/6) σ and E = ε A₆²/(2 A₁₂); the cut-off at 8 σ leaves 0.3 % of the energy out."""
    found = named(lattice(argon))
    edge = np.sqrt(2.0) * (2.0 * SUM_12 / SUM_6) ** (1.0 / 6.0) * ARGON_DIAMETER
    energy = ARGON_WELL_DEPTH * SUM_6**2 / (2.0 * SUM_12)
    assert found["lattice_parameter"].value / ANGSTROM == pytest.approx(edge, rel=5e-4)
    assert found["cohesive_energy"].value / EV_PER_ATOM == pytest.approx(energy, rel=5e-3)
    assert found["cohesive_energy"].value / EV_PER_ATOM < energy
    assert found["lattice_parameter"].unusable is None


def test_pair_forces_obey_cauchy_and_the_bulk_modulus_of_the_lattice_sums(argon):
    """C₁₂ = C₄₄ for central pair forces at zero pressure; K = 75.2 and C₁₁ = 105.3 ε/σ³ from the same sums."""
    found = named(elastic(argon))
    assert found["elastic_constant_12"].value == pytest.approx(found["elastic_constant_44"].value, rel=2e-3)
    nearest = (2.0 * SUM_12 / SUM_6) ** (1.0 / 6.0)
    volume = nearest**3 / np.sqrt(2.0)
    reduced = 2.0 * (12 * 13 * SUM_12 / nearest**12 - 6 * 7 * SUM_6 / nearest**6) / (9.0 * volume)
    reduced += 2.0 * (12 * SUM_12 / nearest**12 - 6 * SUM_6 / nearest**6) / (9.0 * volume)  # r E' vanishes
    ev_per_angstrom3 = 1.602176634e11
    exact = reduced * ARGON_WELL_DEPTH / ARGON_DIAMETER**3 * ev_per_angstrom3
    assert reduced == pytest.approx(75.2, rel=2e-3)
    assert found["bulk_modulus"].value == pytest.approx(exact, rel=5e-3)
    assert found["elastic_constant_11"].value == pytest.approx(105.3 * exact / 75.2, rel=0.01)


def test_elastic_constants_of_copper(copper):
    """Stored values of this potential; published ones of copper are 176, 125 and 82 GPa."""
    found = named(elastic(copper))
    values = [found[f"elastic_constant_{ij}"].value / 1e9 for ij in ("11", "12", "44")]
    assert values == pytest.approx([172.6, 115.5, 89.9], rel=5e-3)
    assert found["bulk_modulus"].value / 1e9 == pytest.approx((172.6 + 2 * 115.5) / 3, rel=5e-3)
    assert found["young_modulus"].unusable is None
    assert found["elastic_constant_11"].spread is not None


def test_moduli_of_an_isotropic_solid_are_its_own():
    """λ = 2, μ = 3 GPa: Voigt and Reuss bounds coincide."""
    matrix = np.diag([3.0] * 6)
    matrix[:3, :3] = 2.0 + 6.0 * np.eye(3)
    found = Stiffness(1e9 * matrix).moduli()
    assert found["shear_modulus"] == pytest.approx(3e9)
    assert found["bulk_modulus"] == pytest.approx(4e9)
    assert found["poisson_ratio"] == pytest.approx(2.0 / (2.0 * 5.0))
    assert Stiffness(1e9 * matrix).cubic()["zener_anisotropy"] == pytest.approx(1.0)


def test_a_lattice_that_is_not_stable_is_unusable():
    """Copper's potential in a body-centred cell: C₁₁ < C₁₂, Born's criterion fails."""
    from dataclasses import replace

    one = sample("Cu", "emt")
    bent = replace(one, crystal=replace(one.crystal, structure="bcc", guess=2.9))
    found = named(elastic(bent, (0.005,)))
    assert "Born stability" in found["young_modulus"].unusable


def test_faces_of_copper_in_the_right_order(copper):
    claims = surfaces(copper, thicknesses=(10.0, 14.0))
    by_face = {claim.label: claim.value for claim in claims}
    assert by_face["emt 111"] < by_face["emt 100"] < by_face["emt 110"]
    assert by_face["emt 111"] < by_face["emt Wulff mean"] < by_face["emt 110"]
    assert by_face["emt 111"] == pytest.approx(1.044, rel=0.01)
    assert all(claim.unusable is None for claim in claims)


def test_vacancy_of_copper(copper):
    """1.23 eV; positron annihilation gives 1.28 eV."""
    found = named(vacancy(copper, (2,)))
    assert found["vacancy_formation_energy"].value / EV_PER_ATOM == pytest.approx(1.228, abs=0.02)
    assert found["vacancy_migration_energy"].value / EV_PER_ATOM == pytest.approx(0.79, abs=0.03)
    assert found["vacancy_migration_energy"].unusable is None


def test_adatom_on_copper(copper):
    """0.41 eV across a bridge on (100); the effective-medium literature has 0.40 to 0.43 eV."""
    claim = adatom(copper, ((1, 0, 0),), (6.0,))[0]
    assert claim.value / EV_PER_ATOM == pytest.approx(0.412, abs=0.02)
    assert claim.unusable is None


def test_boundaries_of_copper(copper):
    """A coherent twin costs about nothing here, the sigma 5 tilt boundary as much as published (about 0.9 J/m²)."""
    twin = grain_boundary(copper, (1, 1, 1), (10.0,), (1, 1))[0]
    tilt = grain_boundary(copper, (3, 1, 0), (8.0,), (1, 1))[0]
    assert abs(twin.value) < 0.03
    assert 0.7 < tilt.value < 1.1


def test_a_negative_boundary_energy_is_unusable(copper):
    twin = grain_boundary(copper, (1, 1, 1), (10.0,), (1, 1))[0]
    assert twin.value < 0.0
    assert "positive" in twin.unusable


def test_a_face_loses_energy_with_temperature(copper):
    """Missing neighbours soften: dγ/dT is about −1e-4 J/m²/K for the close-packed faces of noble metals."""
    claim = surface_entropy(copper, (1, 1, 1), 6.0, (1, 1))[0]
    assert -3e-4 < claim.value < -3e-5
    assert claim.unusable is None


def test_any_calculator_of_ase_serves():
    """The same crystal through a calculator that the caller made."""
    from ase.calculators.emt import EMT

    mine = potential_of(EMT, "my potential", version="1")
    claim = compute("lattice", "Cu", mine)[0]
    assert claim.value == pytest.approx(compute("lattice", "Cu", "emt")[0].value, rel=1e-9)
    assert claim.model.version == "1"
    assert len(claim.model.weights_sha256) == 64


def test_the_hash_is_of_the_parameters():
    assert potential("emt").model.weights_sha256 != potential("lj").model.weights_sha256


def test_compounds_are_refused_what_needs_charges():
    one = sample("LiF", potential_of(_lennard_jones, "pair"))
    for name in ("surface", "vacancy", "adatom", "grain-boundary", "surface-entropy"):
        with pytest.raises(InputError, match="is not computed"):
            PROPERTY_GROUPS[name].run(one)


def _lennard_jones():
    from ase.calculators.lj import LennardJones

    return LennardJones(epsilon=0.5, sigma=1.8, rc=6.0)


def test_unknown_names_and_elements_are_refused():
    with pytest.raises(InputError, match="unknown calculator"):
        potential("7net")
    with pytest.raises(InputError, match="does not know Li"):
        sample("Li", "emt")
    with pytest.raises(InputError, match="no crystal structure"):
        sample("Lithium", "emt")
    with pytest.raises(InputError, match="unknown property"):
        compute("surfaces", "Cu", "emt")


def test_a_table_has_a_verdict_a_row():
    made = table("Cu", "emt", ["lattice", "elastic"], quick=True)
    verdicts = {row.claim.property: row.verdict for row in made.rows}
    assert verdicts["lattice_parameter"] == "agrees"
    assert verdicts["elastic_constant_11"] == "agrees"
    assert verdicts["zener_anisotropy"] == "unknown"
    assert made.as_dict()["rows"][0]["published"]["value"] == pytest.approx(3.597e-10)


def test_what_no_potential_can_do_is_refused_with_the_reason():
    with pytest.raises(InputError, match="double layer"):
        compute("charge-transfer", "Li", "emt")


def test_known_limits_make_claims_unusable():
    """The registry's evidence reaches the claim, by material and property or for all properties of a material."""
    from dataclasses import replace

    emt = potential("emt")
    marked = replace(emt, limits={"Cu *": "wrong here"})
    assert all("wrong here" in claim.unusable for claim in lattice(sample("Cu", marked)))
    assert replace(emt, limits={"Cu hardness": "x"}).limit("Cu", "lattice_parameter") is None


def test_every_entry_of_the_registry_is_complete():
    from dendrion.atoms.potentials import known_potentials
    from dendrion.atoms.requirements import EXTRAS
    from dendrion.materials import PROPERTIES

    for entry in known_potentials().values():
        assert entry["package"] in EXTRAS
        assert entry["reference"]
        for key in entry.get("limits", {}):
            assert key.split()[1] in {*PROPERTIES, "*"}
