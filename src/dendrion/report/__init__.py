"""What people see of a run: figures, a movie, tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dendrion.runs import RunFolder

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_run(folder: RunFolder, movie: bool = True) -> list[Path]:
    """Draws the figures of a run into its folder, and its movie.

    Args:
        folder: a run folder with at least one frame.
        movie: whether to make ``movie.gif`` too.

    Returns:
        the files written: ``figures/final.png``, ``figures/evolution.png`` (not for one-dimensional
        runs), ``figures/crack.png`` (where the electrolyte cracked), ``figures/history.png`` (once there are two rows),
        ``movie.gif``.

    Raises:
        InputError: nothing is stored yet.
        OSError: the disk is full or the folder is gone.
    """
    import matplotlib

    from dendrion.report.contact import contact_profiles, gap_over_time, has_contact
    from dendrion.report.cracks import crack_profiles, has_crack
    from dendrion.report.curves import history_curves
    from dendrion.report.frames import Frames
    from dendrion.report.grains import has_grains, microstructure_map
    from dendrion.report.maps import evolution_map, final_map, profiles
    from dendrion.report.movie import write_movie
    from dendrion.report.network import has_network, network_map, network_over_time
    from dendrion.report.solid import final_solid
    from dendrion.report.style import RC
    from dendrion.report.texture import grain_map, has_texture, shares_over_time

    frames = Frames(folder)
    figures = {"final": {1: profiles, 2: final_map, 3: final_solid}[max(frames.dimension, 1)]}
    if frames.dimension > 1:
        figures["evolution"] = evolution_map
    if has_contact(frames):
        figures |= {"final": contact_profiles, "evolution": gap_over_time}
    if has_network(frames):
        figures |= {"final": network_map, "evolution": network_over_time}
    if has_texture(frames):
        figures["final"] = grain_map
        if frames.history is not None and frames.history.time.size > 1:
            figures["evolution"] = shares_over_time
        else:
            del figures["evolution"]
    if has_crack(frames):
        figures["crack"] = crack_profiles
    if has_grains(frames):
        figures["microstructure"] = microstructure_map
    folder.figures.mkdir(exist_ok=True)
    written = []
    with matplotlib.rc_context(RC):
        for name, draw in figures.items():
            written.append(_save(draw(frames), folder.figures / f"{name}.png"))
        if frames.history is not None and frames.history.time.size > 1:
            written.append(_save(history_curves(folder), folder.figures / "history.png"))
        if movie and frames.dimension > 1 and len(frames) > 1:
            written.append(write_movie(frames, folder.movie))
    return written


def draw_movie(folder: RunFolder) -> Path:
    """Draws the growth as ``movie.gif`` (see :func:`draw_run`)."""
    import matplotlib

    from dendrion.report.frames import Frames
    from dendrion.report.movie import write_movie
    from dendrion.report.style import RC

    with matplotlib.rc_context(RC):
        return write_movie(Frames(folder), folder.movie)


def draw_comparison(folders: list[RunFolder], path: Path) -> Path:
    """Draws the histories of several runs over each other."""
    import matplotlib

    from dendrion.report.curves import comparison_curves
    from dendrion.report.style import RC

    with matplotlib.rc_context(RC):
        return _save(comparison_curves(folders), path)


def _save(figure: Figure, path: Path) -> Path:
    from dendrion.runs.files import replacing

    with replacing(path) as temporary:
        figure.savefig(temporary, format="png")
    return path
