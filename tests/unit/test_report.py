"""Pictures and tables: they show what is stored, in units and sizes that people can use."""

import numpy as np
import pytest
import xarray
from matplotlib.colors import to_rgb
from PIL import Image

from dendrion.report import draw_comparison, draw_run, movie
from dendrion.report.curves import _modes, history_curves
from dendrion.report.frames import Frames, column, spread_over, without_round_off
from dendrion.report.maps import final_map, tip_cell
from dendrion.report.style import METAL, round_length, unit_for
from dendrion.report.tables import comparison_table, label, readable, summary_table
from dendrion.report.volume import Camera, render
from dendrion.runs import run_case
from dendrion.runs.compare import compare
from tests.cli.fake_engine import FakeCase, FakeSimulation


class SingleIon(FakeSimulation):
    """Without salt: the field strength is drawn instead."""

    def fields(self):
        return {name: value for name, value in super().fields().items() if name != "salt_concentration"}


def make_run(out, cells, engine=FakeSimulation, steps=12, **options):
    return run_case(FakeCase(cells=cells, steps=steps, frames=3), out, engine=engine, **options).folder


@pytest.fixture(scope="module")
def flat(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "flat", (32, 24))


@pytest.fixture(scope="module")
def solid(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "solid", (20, 12, 10))


def distinct_colours(path):
    with Image.open(path) as picture:
        return len(set(picture.convert("RGB").resize((200, 200)).get_flattened_data()))


@pytest.mark.parametrize("kind", ["flat", "solid"])
def test_a_run_gets_figures_and_a_movie_of_every_frame(request, kind):
    folder = request.getfixturevalue(kind)
    written = draw_run(folder)
    assert [path.name for path in written] == ["final.png", "evolution.png", "history.png", "movie.gif"]
    for path in written[:3]:
        with Image.open(path) as picture:
            assert min(picture.size) > 600
        assert distinct_colours(path) > 200
    with Image.open(folder.movie) as animation:
        assert animation.n_frames == len(Frames(folder))
        assert animation.info["loop"] == 0
    assert folder.movie.stat().st_size < 3_000_000


def test_a_one_dimensional_run_gets_profiles_instead_of_maps(tmp_path):
    folder = make_run(tmp_path / "r", (24, 1))
    assert [path.name for path in draw_run(folder)] == ["final.png", "history.png"]


def test_an_interrupted_run_is_drawn(tmp_path):
    folder = make_run(tmp_path / "r", (24, 16), stop_requested=lambda: True)
    assert folder.status["status"] == "interrupted"
    assert [path.name for path in draw_run(folder)] == ["final.png", "evolution.png"]


def test_the_movie_shrinks_until_it_fits(flat, tmp_path, monkeypatch):
    whole = movie.write_movie(Frames(flat), tmp_path / "whole.gif")
    limit = whole.stat().st_size // 2
    monkeypatch.setattr(movie, "LARGEST", limit)
    small = movie.write_movie(Frames(flat), tmp_path / "small.gif")
    assert small.stat().st_size <= limit
    with Image.open(small) as animation:
        assert animation.n_frames == len(Frames(flat))


def test_metal_fills_its_share_of_the_map(flat):
    frames = Frames(flat)
    figure = final_map(frames)
    figure.canvas.draw()
    axes = figure.axes[0]
    left, low, right, high = (round(edge) for edge in axes.get_window_extent().extents)
    pixels = np.asarray(figure.canvas.buffer_rgba())[::-1][low:high, left:right, :3] / 255
    grey = np.abs(pixels - np.array(to_rgb(METAL))).max(axis=-1) < 0.02
    share = (frames.front(-1) > 0.5).mean()
    assert 0.2 < share < 0.8
    assert grey.mean() == pytest.approx(share, abs=0.03)


def test_maps_have_units_on_axes_and_colour_bars(flat):
    figure = final_map(Frames(flat))
    everything = [*figure.axes, *(bar for axes in figure.axes for bar in axes.child_axes)]
    labels = {axes.get_ylabel() for axes in everything} | {axes.get_xlabel() for axes in everything}
    assert "x [µm]" in labels
    assert "y [µm]" in labels
    assert "salt concentration [mol/L]" in labels
    assert "electrolyte potential [mV]" in labels
    assert figure.axes[0].get_aspect() == 1.0


def test_single_ion_runs_show_the_field_strength_and_varying_temperature(tmp_path):
    class Warm(SingleIon):
        def fields(self):
            fields = super().fields()
            ramp = np.linspace(300.0, 310.0, self.grid.shape[0])[:, None]
            return fields | {"temperature": (np.broadcast_to(ramp, self.grid.shape), "K", "temperature")}

    constant = Frames(make_run(tmp_path / "a", (24, 16), SingleIon))
    assert [panel.name for panel in constant.panels([1])] == ["electric_field", "electrolyte_potential"]
    warm = Frames(make_run(tmp_path / "b", (24, 16), Warm))
    panel = warm.panels([1])[-1]
    assert (panel.name, panel.unit.label) == ("temperature", "°C")
    assert panel.unit(panel.high) == pytest.approx(36.85, abs=0.01)


def test_field_strength_is_the_gradient_of_the_potential(tmp_path):
    class Linear(SingleIon):
        def fields(self):
            x = (np.arange(self.grid.shape[0]) + 0.5) * self.grid.spacing[0]
            potential = np.broadcast_to(-2e3 * x[:, None], self.grid.shape)
            return super().fields() | {"electrolyte_potential": (potential, "V", "potential")}

    frames = Frames(make_run(tmp_path / "r", (24, 16), Linear))
    np.testing.assert_allclose(frames.values("electric_field", 0), 2e3, rtol=1e-4)


def test_rays_see_a_sphere_as_a_disc_lit_from_above():
    size, radius = 40, 11.0
    distance = np.linalg.norm(np.indices((size,) * 3) + 0.5 - size / 2, axis=0)
    picture, (left, right, low, high) = render(0.5 - (distance - radius) / 4, Camera.standard(), 200)
    opaque = picture[..., 3] > 0
    pixel = (right - left) * (high - low) / opaque.size
    assert opaque.sum() * pixel == pytest.approx(np.pi * radius**2, rel=0.02)
    brightness = np.where(opaque, picture[..., :3].mean(axis=-1), np.nan)
    middle = brightness.shape[0] // 2
    assert np.nanmean(brightness[middle:]) > 1.3 * np.nanmean(brightness[:middle])


def test_rays_through_nothing_leave_an_empty_picture_and_the_camera_is_orthonormal():
    camera = Camera.standard()
    picture, _ = render(np.zeros((6, 5, 4)), camera, 50)
    assert picture[..., 3].max() == 0.0
    axes = np.array([camera.right, camera.up, camera.away])
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
    assert camera.up[0] > 0.8


def test_tip_cell_is_the_furthest_metal():
    front = np.zeros((5, 4, 3))
    front[0] = 1.0
    front[1:4, 2, 1] = 1.0
    assert tip_cell(front) == (3, 2, 1)


def test_rests_and_stripping_are_found_for_the_shading():
    time = np.arange(1.0, 8.0)
    current = [5.0, 5.0, 0.0, 0.0, -5.0, 5.0, 0.0]
    history = xarray.Dataset(
        {"current_density_A_per_m2": ("time", current, {"units": "A/m^2"})}, coords={"time": time}
    )
    assert _modes(history) == [(2.0, 4.0, "rest"), (4.0, 5.0, "strip"), (6.0, 7.0, "rest")]


def test_history_figure_names_units_and_charge(flat):
    figure = history_curves(flat)
    labels = {axes.get_ylabel() for axes in figure.axes}
    assert labels == {"[mV]", "[mA/cm²]", "[µm]", "[nm]"}
    assert figure.axes[2].get_xlabel() == "time [s]"


def test_columns_are_found_with_and_without_unit_in_their_name(flat):
    history = flat.history
    assert column(history, "overpotential").name == "overpotential_V"
    assert column(history, "charge").name == "charge_C_per_m2"
    assert column(history, "overpotential_V").name == "overpotential_V"
    assert column(history, "pressure") is None
    assert column(None, "charge") is None


@pytest.mark.parametrize(
    ("kind", "largest", "unit"),
    [("length", 6e-5, "µm"), ("time", 1800.0, "min"), ("areal_capacity", 3.6e4, "mAh/cm²"),
     ("potential", 0.05, "mV"), ("temperature", 363.15, "°C"), ("", 1.0, "")],
)  # fmt: skip
def test_units_are_those_people_use(kind, largest, unit):
    assert unit_for(kind, [0.0, -0.1 * largest, largest]).label == unit


@pytest.mark.parametrize(("length", "bar"), [(13.2, 10.0), (4.9, 2.0), (0.052, 0.05), (1.0, 1.0)])
def test_scale_bars_are_round(length, bar):
    assert round_length(length) == pytest.approx(bar)


def test_chosen_frames_hold_the_first_and_last():
    assert list(spread_over(41, 6)) == [0, 8, 16, 24, 32, 40]
    assert list(spread_over(3, 6)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("time_s", 1800.0, "30 min"),
        ("tip_position_m", 1.234e-5, "12.34 µm"),
        ("faraday_error", 2e-5, "0.002 %"),
        ("steps", 12345, "12,345"),
        ("short_circuit", False, "no"),
        ("temperature_max_K", 363.15, "90 °C"),
        ("tip_velocity_m_per_s", 2e-9, "2 nm/s"),
        ("morphology", "flat", "flat"),
        ("warnings", ["a", "b"], "a\nb"),
    ],
)
def test_summary_values_are_written_for_people(key, value, text):
    assert readable(key, value) == text


def test_labels_of_unknown_keys_lose_their_unit():
    assert label("dead_metal_m") == "dead metal"
    assert label("front_area_ratio") == "front area ratio"


def test_runs_are_compared_with_the_first(flat, tmp_path):
    longer = make_run(tmp_path / "longer", (32, 24), steps=24)
    comparison = compare([flat, longer])
    assert comparison.inputs == {"protocol.steps": [12, 24]}
    assert comparison.change("time_s", 1) == pytest.approx(1.0)
    assert comparison.change("status", 1) is None
    table = comparison_table(comparison)
    assert [column.header for column in table.columns] == ["", "flat", "longer"]
    assert distinct_colours(draw_comparison([flat, longer], tmp_path / "c.png")) > 50


def test_comparison_keeps_inputs_that_only_one_run_changes(flat, tmp_path):
    twin = make_run(tmp_path / "twin", (32, 24))
    longer = make_run(tmp_path / "longer", (32, 24), steps=24)
    comparison = compare([flat, twin, longer])
    assert comparison.inputs == {"protocol.steps": [12, 12, 24]}


def test_summary_table_leaves_out_what_does_not_apply(flat):
    table = summary_table(flat)
    labels = list(table.columns[0].cells)
    assert "tip position" in labels
    assert "time to short" not in labels


def test_charge_of_a_cycle_that_came_back_to_its_start_is_shown_as_zero():
    assert without_round_off(-5e-6, np.array([0.0, 9e4, -5e-6])) == 0.0
    assert without_round_off(9e4, np.array([0.0, 9e4, np.nan])) == 9e4
    assert np.isnan(without_round_off(np.nan, np.array([0.0, np.nan])))
