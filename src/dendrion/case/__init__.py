"""Cases: what to simulate, in the user's words outside and in SI inside."""

from .estimate import estimate
from .loading import load_case, shipped_cases
from .model import Case
from .protocol import Protocol
from .schema import json_schema
from .segments import Segment

__all__ = ["Case", "Protocol", "Segment", "estimate", "json_schema", "load_case", "shipped_cases"]
