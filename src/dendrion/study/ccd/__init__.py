"""Virtual critical-current tests: named protocols, flaws at random, steps of current up to failure, a distribution."""

from dendrion.study.ccd.flaws import FlawSizes, flaw_sizes
from dendrion.study.ccd.ladder import HalfCycle, TestOutcome, half_cycles
from dendrion.study.ccd.protocol import TestProtocol, named_protocol, shipped_protocols
from dendrion.study.ccd.virtual import CcdFolder, CcdResult, run_ccd

__all__ = [
    "CcdFolder", "CcdResult", "FlawSizes", "HalfCycle", "TestOutcome", "TestProtocol", "flaw_sizes", "half_cycles",
    "named_protocol", "run_ccd", "shipped_protocols",
]  # fmt: skip
