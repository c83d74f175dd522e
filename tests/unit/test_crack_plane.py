"""The plane of a crack within its band: its area at any inclination and on any grid, and who holds it."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

import dendrion.field.backend  # noqa: F401
from dendrion.field.crack_plane import band_density, plane_density, slope_density

LENGTH = 1e-6


def band(degrees: float, size: float, offset: float = 0.0, cells: int = 80) -> tuple[np.ndarray, np.ndarray]:
    """Damage exp(-|y'|/l) of a straight crack through the middle of a square of cells, and its normal."""
    angle = np.radians(degrees)
    x, y = np.meshgrid(*(((np.arange(cells) + 0.5) - 0.5 * cells) * size,) * 2, indexing="ij")
    across = -np.sin(angle) * x + np.cos(angle) * y - offset
    normal = np.array([-np.sin(angle), np.cos(angle)]).reshape(2, 1, 1) * np.ones((cells, cells))
    return np.exp(-np.abs(across) / LENGTH), normal


@pytest.mark.parametrize("degrees", [0.0, 10.0, 30.0, 45.0, 80.0, 135.0])
@pytest.mark.parametrize("cells_per_length", [2, 4])
def test_area_of_a_plane_at_any_inclination(degrees: float, cells_per_length: int) -> None:
    size = LENGTH / cells_per_length
    damage, normal = band(degrees, size, offset=0.31 * size)
    density = plane_density(
        jnp.array(damage), jnp.array(normal), 2 * cells_per_length, (size, size), (False, False)
    )
    middle = (
        np.asarray(density)[20:60]
        if abs(np.cos(np.radians(degrees))) > 0.7
        else np.asarray(density)[:, 20:60]
    )
    angle = np.radians(degrees)
    length = 40 * size / max(abs(np.cos(angle)), abs(np.sin(angle)))
    assert middle.sum() * size**2 == pytest.approx(length, rel=2e-2)


def test_the_plane_lies_in_the_most_broken_row_whatever_the_grid() -> None:
    for cells_per_length in (2, 4, 8):
        size = LENGTH / cells_per_length
        damage, normal = band(0.0, size, offset=0.5 * size)
        density = np.asarray(
            plane_density(jnp.array(damage), jnp.array(normal), 20, (size, size), (False, False))
        )[40]
        assert density[40] * size == pytest.approx(1.0, rel=5e-2)
        assert density.sum() * size == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("cells_per_length", [2, 4, 7])
def test_ahead_of_a_tip_where_damage_is_smooth_the_plane_stays_in_one_row(cells_per_length: int) -> None:
    size = LENGTH / cells_per_length
    y = (np.arange(81) - 40) * size
    damage = np.tile(0.4 * np.maximum(1.0 - (y / LENGTH) ** 2, 0.0), (6, 1))
    normal = np.zeros((2, 6, 81))
    normal[1] = 1.0
    density = np.asarray(
        plane_density(
            jnp.array(damage), jnp.array(normal), 2 * cells_per_length, (size, size), (False, False)
        )
    )[3]
    assert density[40] * size > 0.99
    assert density.sum() * size == pytest.approx(1.0, rel=2e-3)


def test_rows_that_are_equally_broken_share_the_plane_and_other_cracks_do_not() -> None:
    damage = np.zeros((6, 40))
    damage[:, 10:12] = 1.0
    damage[:, 30] = 0.99
    normal = np.zeros((2, 6, 40))
    normal[1] = 1.0
    density = np.asarray(plane_density(jnp.array(damage), jnp.array(normal), 4, (1e-6, 1e-6), (False, False)))
    np.testing.assert_allclose(density[3, 10:12], 0.5e6)
    assert density[3, 30] == pytest.approx(1e6, rel=1e-6)
    assert density[3, 20] == 0.0


def test_area_of_a_plane_in_three_dimensions() -> None:
    cells, size = 24, 0.5e-6
    x = ((np.arange(cells) + 0.5) - 0.5 * cells) * size
    unit = np.array([0.3, 0.9, 0.2]) / np.linalg.norm([0.3, 0.9, 0.2])
    across = unit[0] * x[:, None, None] + unit[1] * x[None, :, None] + unit[2] * x[None, None, :]
    normal = unit.reshape(3, 1, 1, 1) * np.ones((cells,) * 3)
    density = plane_density(
        jnp.exp(-jnp.abs(jnp.array(across)) / LENGTH), jnp.array(normal), 4, (size,) * 3, (False,) * 3
    )
    inner = np.asarray(density)[6:18, :, 6:18]
    assert inner.sum() * size**3 == pytest.approx((12 * size) ** 2 / unit[1], rel=5e-2)


def both_profiles(size: float, offset: float) -> dict[str, np.ndarray]:
    """Exact damage of one crack along a row of cells: AT2 exp(-|y|/l), AT1 (1 - |y|/2l)^2 within 2 l [dimensionless]."""
    count = round(16.0 * LENGTH / size)
    y = np.abs((np.arange(count) + 0.5 - 0.5 * count) * size - offset)
    return {"at2": np.exp(-y / LENGTH), "at1": np.maximum(1.0 - 0.5 * y / LENGTH, 0.0) ** 2}


@pytest.mark.parametrize("model", ["at1", "at2"])
def test_two_faces_in_the_band_of_a_smeared_crack(model: str) -> None:
    """2 a_c integrates to two faces across the exact profile of either model, with the second order of the midpoint rule."""
    errors = []
    for cells_per_length in (2, 4, 8, 16):
        size = LENGTH / cells_per_length
        damage = jnp.array(both_profiles(size, 0.5 * size)[model])
        errors.append(2.0 * float(band_density(damage, LENGTH, model).sum()) * size - 2.0)
    assert abs(errors[-1]) < 3e-3
    orders = np.log2(np.abs(errors[:-1]) / np.abs(errors[1:]))
    np.testing.assert_allclose(orders, 2.0, atol=0.12)


@pytest.mark.parametrize("model", ["at1", "at2"])
def test_two_faces_by_the_slope_of_a_smeared_crack(model: str) -> None:
    """Exactly twice the largest damage, which is one in a broken row and nears one with order one beside its middle."""
    errors = []
    for cells_per_length in (2, 4, 8, 16):
        size = LENGTH / cells_per_length
        for offset in (0.5, 0.2):
            damage = both_profiles(size, offset * size)[model]
            faces = 2.0 * float(slope_density(jnp.array(damage), (size,), (False,)).sum()) * size
            assert faces == pytest.approx(2.0 * damage.max() - damage[0] - damage[-1], rel=1e-12)
        errors.append(2.0 - faces)
        # In a broken row, d = 1, nothing is missing.
        whole = both_profiles(size, 0.5 * size)[model]
        assert 2.0 * float(slope_density(jnp.array(whole), (size,), (False,)).sum()) * size == pytest.approx(
            2.0, abs=1e-3
        )
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    np.testing.assert_allclose(orders, 1.0, atol=0.2)


@pytest.mark.parametrize("degrees", [0.0, 30.0, 45.0])
def test_an_inclined_band_has_two_faces_too(degrees: float) -> None:
    """Box of 20 l, cells of l/8: faces per length of the crack, away from the ends, for band and slope."""
    size, cells = LENGTH / 8, 160
    damage, _ = band(degrees, size, offset=0.31 * size, cells=cells)
    angle = np.radians(degrees)
    x = ((np.arange(cells) + 0.5) - 0.5 * cells) * size
    inner = np.abs(x) < 5 * LENGTH
    length = inner.sum() * size / np.cos(angle)
    for density in (
        band_density(jnp.array(damage), LENGTH, "at2"),
        slope_density(jnp.array(damage), (size, size), (False, False)),
    ):
        faces = 2.0 * np.asarray(density)[inner].sum() * size**2
        assert faces == pytest.approx(2.0 * length, rel=6e-2)


def test_the_slope_goes_on_through_a_periodic_side() -> None:
    damage = jnp.zeros((3, 8)).at[:, 0].set(1.0)
    wrapped = slope_density(damage, (1e-6, 1e-6), (False, True))
    assert float(wrapped[1].sum()) * 1e-6 == pytest.approx(1.0, rel=1e-12)
    assert float(slope_density(damage, (1e-6, 1e-6), (False, False))[1].sum()) * 1e-6 == pytest.approx(0.5)
