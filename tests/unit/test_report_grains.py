"""Pictures of grains: their boundaries lie on the edges of cells, and the map tells what is a pore."""

from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

from dendrion.report.grains import PORE, boundary_segments, draw_transformed, has_grains, microstructure_map
from dendrion.report.style import length_unit


def frames(labels):
    """What the map reads of a run with these labels on cells of 1 um."""
    lengths = tuple(1e-6 * count for count in labels.shape)
    fields = {"grain": labels, "grain_boundary": np.full(labels.shape, 0.25)}
    return SimpleNamespace(
        fields=fields, dimension=2, lengths=lengths, unit=length_unit(*lengths), axes=["x", "y"],
        folder=SimpleNamespace(title="grains"), values=lambda name, frame: fields[name],
    )  # fmt: skip


def test_boundaries_lie_on_the_edges_of_cells():
    labels = np.array([[1.0, 1.0], [2.0, 2.0], [2.0, 3.0]])
    found = {tuple(map(tuple, one)) for one in boundary_segments(labels, [6.0, 4.0]).tolist()}
    assert found == {
        ((2.0, 0.0), (2.0, 2.0)),
        ((2.0, 2.0), (2.0, 4.0)),
        ((4.0, 2.0), (6.0, 2.0)),
        ((4.0, 2.0), (4.0, 4.0)),
    }


def test_map_shows_grains_pores_and_phases():
    labels = np.ones((8, 6))
    labels[4:], labels[0, 0], labels[7, 5] = 2.0, 0.0, -1.0
    given = frames(labels)
    assert has_grains(given)
    figure = microstructure_map(given)
    axes = figure.axes[0]
    picture = axes.images[0].get_array()
    assert np.asarray(picture)[0, 0] == pytest.approx(np.ones(3)) and PORE == "#ffffff"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["pore", "second phase"]
    assert any(
        "2 grains" in text.get_text() and "25 %" in text.get_text()
        for text in [*figure.texts, *axes.texts, axes.title]
    )


def test_what_has_expanded_is_outlined():
    given, axes = frames(np.ones((4, 3))), Figure().subplots()
    given.fields["transformed"] = np.zeros((4, 3))
    given.fields["transformed"][1:3, 1], given.fields["transformed"][0, 0] = (
        1.0,
        0.4,
    )  # less than half is not shown
    draw_transformed(axes, given, 0, [4.0, 3.0])
    assert len(axes.collections[0].get_segments()) == 6  # around two cells
