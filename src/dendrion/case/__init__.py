"""Cases: what to simulate, in the user's words outside and in SI inside."""

from .loading import load_case, shipped_cases
from .model import Case
from .protocol import Protocol
from .segments import Segment

__all__ = ["Case", "Protocol", "Segment", "load_case", "shipped_cases"]
