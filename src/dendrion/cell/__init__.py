"""The scale above: whole cells and packs, in a small model of our own or in PyBaMM, and the way to and from a case."""

from .drive import Interval, Position, drive
from .experiment import from_experiment, read_protocol, to_experiment
from .file import CellFile, load_cell
from .small import Design, SmallCell, charge_error
from .stepper import CellLimit, CellState, Feedback, Stepper

__all__ = [
    "CellFile",
    "CellLimit",
    "CellState",
    "Design",
    "Feedback",
    "Interval",
    "Position",
    "SmallCell",
    "Stepper",
    "charge_error",
    "drive",
    "from_experiment",
    "load_cell",
    "read_protocol",
    "to_experiment",
]
