"""Studies: many runs of a case, and records of tests that simulations and laboratories share."""

from dendrion.study.records import filled_record, record_of_runs

__all__ = ["filled_record", "record_of_runs"]
