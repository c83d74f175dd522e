"""A case's microstructure in the field engine: what it states, what it refuses, and what grains do to charge and stress."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image

from dendrion.case import Case, load_case
from dendrion.case.links import links
from dendrion.case.microstructure_checks import boundary_length
from dendrion.errors import InputErrors
from dendrion.field import Simulation
from dendrion.field.build import make_grid, make_parameters
from dendrion.field.crack_build import make_crack_parameters
from dendrion.field.grains import (
    conduction_factors,
    cubic_constants,
    grain_fields,
    grain_map,
    share_at_boundaries,
    stiffness_map,
    toughness_map,
)
from dendrion.field.solids import make_flaws
from dendrion.field.stiffness import cubic_stiffness
from dendrion.field.transformation import make_transformation
from dendrion.microstructure import random_orientations, write_label_map

CELL = {
    "cell": {"metal": "Li", "electrolyte": "LLZO", "interface_resistance": "1 ohm*cm^2"},
    "domain": {"size": ["48 um", "24 um"], "cells": [48, 24], "lateral": "periodic"},
    "initial": {"metal_thickness": "4 um"},
    "protocol": ["plate at 0.1 mA/cm^2 for 1 s"],
}
POLYCRYSTAL = {"kind": "polycrystal", "grain_size": "8 um", "seed": 3}
CRACKED = ["domain.cells=[40,36]"]


def case(folder=".", **changes):
    """The cell above with other sections."""
    return Case.from_mapping({**CELL, **changes}, folder=folder)


def overpotential(given):
    """Polarisation of a cell in its first step [V]."""
    simulation = Simulation(given)
    return simulation.advance()["overpotential_V"]


def refusals(*settings):
    """Everything that is wrong with the flawed cell under these settings, by field."""
    with pytest.raises(InputErrors) as refused:
        load_case("llzo_flaw", set=[*CRACKED, *settings])
    return {str(error.field): error for error in refused.value.errors}


def test_brick_layer_through_the_engine(tmp_path):
    """Square grains of edge d add l_gb/d to the resistance of the electrolyte (dossier 1.7.3)."""
    x, y = np.meshgrid(np.arange(48) // 8, np.arange(24) // 8, indexing="ij")
    write_label_map(tmp_path / "bricks.png", 10 * x + y)
    image = {"kind": "image", "file": "bricks.png", "pixel_size": "1 um",
             "boundary": {"resistance": "0.5 ohm*cm^2"}}  # fmt: skip
    bricks, none = (
        case(tmp_path, microstructure=image),
        {**image, "boundary": {"resistance": "1e-9 ohm*cm^2"}},
    )
    uniform = overpotential(case(tmp_path, microstructure=none))
    drop = overpotential(bricks) - uniform
    # 1 A/m^2 through the boundaries at x = 8, 16, 24, 32, 40 um; the front at 4 um is two widths before the first.
    assert drop == pytest.approx(1.0 * 5 * 0.5e-4, rel=0.02)
    length = boundary_length(bricks, bricks.electrolyte_material())
    assert length == pytest.approx(0.5e-4 * 0.06)  # conductivity of the bulk claim, not of the pellet


def test_boundaries_come_from_the_claims_where_nothing_is_given():
    """A third of the resistance at grains of 5 um: l_gb = d s/(1 - s)."""
    given = case(microstructure=POLYCRYSTAL)
    assert boundary_length(given, given.electrolyte_material()) == pytest.approx(5e-6 * 0.3 / 0.7)
    thin = case(
        microstructure={**POLYCRYSTAL, "boundary": {"thickness": "3 nm", "conductivity_factor": 0.01}}
    )
    assert boundary_length(thin, thin.electrolyte_material()) == pytest.approx(3e-7)


def test_uniform_electrolyte_has_nothing_new():
    """Left out or single_crystal: the same numbers, bit by bit, and no leaf of grains."""
    settings = [*CRACKED, "microstructure=single_crystal"]
    left_out, named = load_case("llzo_flaw", set=CRACKED), load_case("llzo_flaw", set=settings)
    for make in (make_parameters, make_crack_parameters):
        leaves = [jax.tree_util.tree_leaves(make(one, make_grid(one))) for one in (left_out, named)]
        assert len(leaves[0]) == len(leaves[1])
        assert all(np.array_equal(a, b) for a, b in zip(*leaves, strict=True))
    grid = make_grid(named)
    assert make_parameters(named, grid).grains is None
    assert make_crack_parameters(named, grid).solids.stiffness is None
    assert conduction_factors(named, grid) is None


def test_grains_without_contrast_are_the_uniform_body():
    flat = "{kind: polycrystal, grain_size: 8 um, boundary: {fracture_factor: 1, shear_factor: 1}}"
    given = load_case("llzo_flaw", set=[*CRACKED, f"microstructure={flat}"])
    grid = make_grid(given)
    solids = make_crack_parameters(given, grid).solids
    uniform = make_crack_parameters(load_case("llzo_flaw", set=CRACKED), grid).solids
    assert solids.toughness == pytest.approx(np.full(grid.shape, float(uniform.toughness)))
    expected = 4.0 / 3.0 * float(uniform.electrolyte.shear) + float(uniform.electrolyte.bulk)
    assert np.asarray(solids.stiffness)[0, 0] == pytest.approx(np.full(grid.shape, expected))
    assert np.asarray(solids.stiffness)[0, 3] == pytest.approx(np.zeros(grid.shape), abs=1.0)


@pytest.mark.parametrize("zener", [0.5, 1.0, 3.0])
def test_cubic_grains_have_the_modulus_of_their_polycrystal(zener):
    """Hill's mean over random orientations gives back E and nu."""
    modulus, ratio = 150e9, 0.26
    turned = jnp.asarray(np.moveaxis(random_orientations(6000, 1), 0, -1))
    constants = [jnp.asarray(one) for one in cubic_constants(modulus, ratio, zener)]
    crystals = np.moveaxis(np.asarray(cubic_stiffness(*constants, turned)), -1, 0)
    shears = [crystals.mean(axis=0)[3:, 3:], np.linalg.inv(np.linalg.inv(crystals).mean(axis=0))[3:, 3:]]
    hill = 0.5 * sum(np.trace(one) / 3.0 for one in shears) / 2.0
    assert hill == pytest.approx(modulus / (2.0 * (1.0 + ratio)), rel=0.01)
    assert crystals[:, :3, :3].sum(axis=(1, 2)) / 9.0 == pytest.approx(modulus / (3.0 * (1.0 - 2.0 * ratio)))


def test_pores_particles_and_weak_boundaries_on_the_grid():
    text = (
        "{kind: polycrystal, grain_size: 9 um, seed: 2, boundary: {fracture_factor: 0.4}, crystal: {zener_anisotropy: 2},"
        " pores: {fraction: 0.04, size: 4 um, at: boundaries},"
        " particles: [{fraction: 0.06, size: 5 um, seed: 8, conductivity: 0 S/m, young_modulus: 300 GPa,"
        " fracture_energy: 40 J/m^2}]}"
    )
    given = load_case("llzo_flaw", set=[*CRACKED, f"microstructure={text}"])
    grid = make_grid(given)
    found = grain_map(given, grid)
    assert (found.phase == -1).mean() == pytest.approx(0.04, abs=0.012)
    assert (found.phase == 1).mean() == pytest.approx(0.06, abs=0.015)
    faces, _ = conduction_factors(given, grid)
    inside = (found.phase[:-1] != 0) & (found.phase[1:] != 0)
    assert np.asarray(faces[0])[inside].max() < 1e-5
    toughness = toughness_map(given, grid, 6.2)
    assert np.all(toughness[found.phase == 1] == 40.0)
    grains = found.phase == 0
    assert toughness[grains].min() < 0.4 * 6.2
    assert toughness[grains & (found.coverage == 0.0)] == pytest.approx(6.2)
    stiffness = np.asarray(stiffness_map(given, grid))
    assert stiffness.shape == (4, 4, 40, 36)
    assert np.ptp(stiffness[0, 0][grains]) > 5e9
    electrolyte = grid.coordinates()[0] > given.initial.metal_thickness
    void = make_flaws(given, grid).void
    assert np.array_equal(void, (found.phase == -1) & np.broadcast_to(electrolyte, grid.shape))


def test_share_at_boundaries_counts_new_cracks_only():
    given = load_case("llzo_flaw", set=[*CRACKED, "microstructure={kind: polycrystal, grain_size: 9 um}"])
    found = grain_map(given, make_grid(given))
    damage, none = np.zeros((40, 36)), np.zeros((40, 36), bool)
    assert np.isnan(share_at_boundaries(damage, found, none))
    damage[found.coverage == 1.0] = 1.0
    assert share_at_boundaries(damage, found, none) == 1.0
    assert np.isnan(share_at_boundaries(damage, found, damage == 1.0))


def test_anisotropic_conduction_follows_the_crystals():
    """All grains along the grid, a tenth of the conductivity along z: mean of the axes kept."""
    crystal = {"texture": {"kind": "aligned"}, "crystal": {"conductivity_ratio": 0.1}}
    given = case(microstructure={**POLYCRYSTAL, **crystal, "boundary": {"resistance": "1e-12 ohm*cm^2"}})
    faces, counter = conduction_factors(given, make_grid(given))
    assert np.asarray(faces[0]) == pytest.approx(np.full((47, 24), 3.0 / 2.1), rel=1e-4)
    assert np.asarray(counter) == pytest.approx(np.full(24, 3.0 / 2.1), rel=1e-4)


def test_a_label_map_travels_with_the_case(tmp_path):
    x, y = np.meshgrid(np.arange(24) // 6, np.arange(12) // 6, indexing="ij")
    write_label_map(tmp_path / "grains.tesr", 1 + 2 * x + y, (2.0, 2.0))
    image = {"kind": "image", "file": "grains.tesr", "pixel_size": "2 um"}
    given = case(tmp_path, microstructure=image)
    again = Case.from_mapping(json.loads(json.dumps(given.resolved()["case"])), folder=tmp_path / "elsewhere")
    found = [grain_map(one, make_grid(one)).labels for one in (given, again)]
    assert np.array_equal(found[0], found[1])
    assert found[0].max() == 7
    (tmp_path / "case.yaml").write_text(given.to_yaml())
    moved = load_case(str(tmp_path / "case.yaml"))
    (tmp_path / "grains.tesr").unlink()
    assert np.array_equal(moved.microstructure.label_map.labels, given.microstructure.label_map.labels)


def test_phases_of_a_picture(tmp_path):
    rows = np.full((24, 48), 255, np.uint8)
    rows[:8, 20:30], rows[12:18, 34:40] = 0, 128
    Image.fromarray(rows).save(tmp_path / "phases.png")
    phases = [
        {"value": 255, "phase": "electrolyte"},
        {"value": 0, "phase": "pore"},
        {"value": 128, "phase": "particle", "conductivity": "0 S/m"},
    ]
    image = {
        "kind": "image",
        "file": "phases.png",
        "pixel_size": "1 um",
        "contents": "phases",
        "phases": phases,
    }
    found = grain_map(case(tmp_path, microstructure=image), make_grid(case()))
    assert (found.phase == -1).sum() == 80 and np.all(found.phase[20:30, 16:] == -1)  # y points upwards
    assert (found.phase == 1).sum() == 36
    expanding = {"transformation_strain": 0.04, "transformation_stress": "50 MPa"}
    with pytest.raises(InputErrors) as refused:
        case(tmp_path, microstructure={**image, "phases": [{**phases[0], **expanding}, *phases[1:]]})
    assert "particles alone transform" in str(refused.value)
    with pytest.raises(InputErrors) as refused:
        case(tmp_path, microstructure={**image, "phases": phases[:2]})
    assert "128" in str(refused.value) and refused.value.errors[0].field == "microstructure.phases"
    for change, field in (
        ({"pixel_size": "0.5 um"}, "microstructure.file"),
        ({"pixel_size": None}, "microstructure.pixel_size"),
    ):
        wrong = {key: value for key, value in {**image, **change}.items() if value is not None}
        with pytest.raises(InputErrors) as refused:
            case(tmp_path, microstructure=wrong)
        assert [error.field for error in refused.value.errors] == [field]


@pytest.mark.parametrize(
    ("settings", "field", "words"),
    [
        (["microstructure={kind: polycrystal}"], "microstructure.grain_size", "missing"),
        (["microstructure={kind: polycrystal, grain_size: 90 um}"], "microstructure.grain_size", "no two grains"),
        (["microstructure={kind: polycrystal, grain_size: 8 um}", "physics.crack.filling=off"], "physics.crack.filling", "metal fills"),
        (["microstructure={kind: polycrystal, grain_size: 8 um}", "domain.cells=[40,18]"], "domain.cells", "cubic cells"),
        (["microstructure={kind: polycrystal, grain_size: 8 um, boundary: {thickness: 9 um}}"], "microstructure.boundary.thickness", "as thick as a grain"),
        (["microstructure={kind: polycrystal, grain_size: 8 um, boundary: {electronic_factor: 1000}, }", "materials.electrolyte.electronic_conductivity=1e-3 S/m"], "microstructure.boundary.electronic_factor", "electrons"),
        (["microstructure={kind: polycrystal, grain_size: 8 um, pores: {fraction: 0.5, size: 1 um}}"], "microstructure.pores.fraction", "out of range"),
        (["microstructure={kind: image, file: none.png, pixel_size: 1 um}"], "microstructure.file", "no such file"),
        (["microstructure={kind: grainy}"], "microstructure", "not one of the allowed kinds"),
        (["microstructure={kind: polycrystal, grain_size: 8 um, particles: [{fraction: 0.1, size: 5 um, transformation_strain: 0.04}]}"], "microstructure.particles[0].transformation_stress", "one of them is missing"),
        (["microstructure={kind: polycrystal, grain_size: 8 um, particles: [{fraction: 0.1, size: 5 um, transformation_stress: 1 MPa}]}"], "microstructure.particles[0].transformation_strain", "one of them is missing"),
        (["microstructure={kind: polycrystal, grain_size: 8 um, particles: [{fraction: 0.1, size: 5 um, transformation_strain: 0.4, transformation_stress: 1 MPa}]}"], "microstructure.particles[0].transformation_strain", "out of range"),
        (["microstructure={kind: polycrystal, grain_size: 8 um, particles: [{fraction: 0.1, size: 5 um, transformation_strain: 0.04, transformation_stress: 1 MPa}]}", "physics.fracture=none", "flaws=[]"], "microstructure.particles[0].transformation_strain", "can crack"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(settings, field, words):
    errors = refusals(*settings)
    assert field in errors, errors
    assert words in errors[field].problem


def test_grains_that_the_grid_does_not_carry_warn():
    given = load_case("llzo_flaw", set=[*CRACKED, "microstructure={kind: polycrystal, grain_size: 3 um, pores: {fraction: 0.01, size: 2 um}}"])  # fmt: skip
    text = " ".join(given.warnings)
    assert "less than 4 grid cells" in text and "less than 3 grid cells" in text


def test_stored_grains_name_pores_and_particles():
    text = "{kind: polycrystal, grain_size: 9 um, pores: {fraction: 0.04, size: 4 um}, particles: [{fraction: 0.05, size: 5 um}]}"
    given = load_case("llzo_flaw", set=[*CRACKED, f"microstructure={text}"])
    grid = make_grid(given)
    stored, found = grain_fields(given, grid), grain_map(given, grid)
    labels = stored["grain"][0]
    assert np.array_equal(labels == 0.0, found.phase == -1)
    assert np.array_equal(labels == -1.0, found.phase == 1)
    assert np.array_equal(labels[found.phase == 0], found.labels[found.phase == 0] + 1.0)
    assert stored["grain_boundary"][0].max() == 1.0


def test_particles_that_expand_have_their_numbers_on_cells():
    """In their cells alone, and not at all where the link is off or nothing is said."""
    balls = "{fraction: 0.05, size: 5 um, transformation_strain: 0.04, transformation_stress: 50 MPa}, {fraction: 0.05, size: 4 um, seed: 9}"
    setting = f"microstructure={{kind: polycrystal, grain_size: 9 um, particles: [{balls}]}}"
    given = load_case("llzo_flaw", set=[*CRACKED, setting])
    grid = make_grid(given)
    inside, numbers = grain_map(given, grid).phase == 1, make_transformation(given, grid)
    assert np.array_equal(numbers.strain, np.where(inside, 0.04, 0.0)) and inside.any()
    assert np.array_equal(numbers.stress, np.where(inside, 50e6, np.inf))
    assert links(given)["transformation_to_stress"] == "on"
    # 4 % of 5 um frees p^2 D/E = 108 J/m^2, of 6.2 that a crack takes.
    assert any("tear what is around them (108 J/m^2" in line for line in given.warnings)
    off = load_case("llzo_flaw", set=[*CRACKED, setting, "physics.coupling.transformation_to_stress=off"])
    assert make_transformation(off, grid) is None and links(off)["transformation_to_stress"] == "off"
    plain = load_case("llzo_flaw", set=[*CRACKED, "microstructure={kind: polycrystal, grain_size: 9 um}"])
    assert make_transformation(plain, grid) is None and links(plain)["transformation_to_stress"] == "none"
