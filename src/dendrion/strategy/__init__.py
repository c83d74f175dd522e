"""Strategies against dendrites: each a small function from a case to a case, with its cost, validity and source."""

from .apply import Applied, apply, apply_strategies
from .base import Strategy
from .card import Cost, Finding, Statement, Treatment
from .registry import strategies, strategy_named

__all__ = [
    "Applied", "Cost", "Finding", "Statement", "Strategy", "Treatment", "apply", "apply_strategies", "strategies",
    "strategy_named",
]  # fmt: skip
