"""Pictures of a film of grains: shares over the height, colours, and the files of a run."""

from __future__ import annotations

import numpy as np
import pytest

from dendrion.report.texture import COLOURS, ELECTROLYTE, picture, share_over_height


def test_shares_of_every_height():
    families = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 0.0, 1.0], [0.0, -1.0, 0.0, 1.0]])
    shares = share_over_height(families, 2)
    assert shares[:, 0] == pytest.approx([0.5, 0.5]) and shares[:, 1] == pytest.approx([0.75, 0.25])
    assert np.isnan(shares[:, 2]).all()  # not all metal


def test_colours_say_family_and_grain():
    from matplotlib.colors import to_rgb

    family, grain = np.array([[0.0, 0.0, 1.0, -1.0]]), np.array([[0.0, 1.0, 2.0, -1.0]])
    colours = picture(family, grain)[0]
    assert colours[0] == pytest.approx(to_rgb(COLOURS[0])) and colours[2] == pytest.approx(to_rgb(COLOURS[1]))
    assert np.all(colours[1] > colours[0])
    assert colours[3] == pytest.approx(to_rgb(ELECTROLYTE))


def test_a_run_draws_its_grains(tmp_path):
    import dendrion as dn
    from dendrion.report import draw_run
    from dendrion.runs import RunFolder
    from tests.agreement.test_texture import film_case

    run = dn.run(film_case(protocol=["plate at 1 mA/cm^2 for 6 min"]), tmp_path / "film")
    written = {path.name for path in draw_run(RunFolder(tmp_path / "film"))}
    assert {"final.png", "evolution.png", "movie.gif"} <= written
    assert run.summary["status"] == "completed"
    assert run.summary["share_A"] + run.summary["share_B"] == pytest.approx(1.0, abs=1e-12)
