"""Evidence: published experiments, models and exact results as records, each with its source."""

from .library import evidence, find_evidence, read_records, shipped_records
from .record import Evidence, Point
from .vocabulary import CONDITIONS, QUANTITIES

__all__ = [
    "CONDITIONS",
    "QUANTITIES",
    "Evidence",
    "Point",
    "evidence",
    "find_evidence",
    "read_records",
    "shipped_records",
]
