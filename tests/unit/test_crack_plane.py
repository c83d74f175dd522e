"""The plane of a crack within its band: its area at any inclination and on any grid, and who holds it."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

import dendrion.field.backend  # noqa: F401
from dendrion.field.crack_plane import plane_density

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
