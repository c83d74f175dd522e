"""The runner with the field engine itself: interrupted and resumed bit for bit."""

import numpy as np
import pytest

from dendrion.case import Case
from dendrion.errors import InputError
from dendrion.field.flatten import flat, unflat
from dendrion.runs import run_case

CASE = {
    "title": "Lithium in PEO–LiTFSI, small",
    "cell": {"metal": "Li", "electrolyte": "PEO-LiTFSI"},
    "domain": {"size": ["30 um", "20 um"], "cells": [24, 16]},
    "initial": {"surface": {"kind": "sinusoid", "amplitude": "1 um", "wavelength": "20 um"}},
    "conditions": {"temperature": "90 degC"},
    "protocol": ["plate at 1 mA/cm^2 for 20 s", "rest for 5 s", "strip at 1 mA/cm^2 for 10 s"],
    "numerics": {"largest_time_step": "2 s"},
    "output": {"frames": 5},
}


@pytest.mark.slow
def test_the_engine_resumes_bit_for_bit(tmp_path):
    case = Case.from_mapping(CASE)
    whole = run_case(case, tmp_path / "whole")
    assert whole.status == "completed"
    assert whole.summary["time_s"] == pytest.approx(35.0)

    stop_in = iter(range(10**6))
    part = run_case(case, tmp_path / "part", stop_requested=lambda: next(stop_in) >= 12)
    assert (part.status, part.summary["steps"]) == ("interrupted", 12)
    resumed = run_case(case, tmp_path / "part", resume=True)

    assert resumed.status == "completed"
    assert resumed.folder.history_table.read_bytes() == whole.folder.history_table.read_bytes()
    assert resumed.folder.fields.identical(whole.folder.fields)
    left, right = resumed.folder.checkpoints.load()[0], whole.folder.checkpoints.load()[0]
    assert left.keys() == right.keys()
    for name in left:
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)
    times = {"wall_time_s", "compile_time_s"}
    assert {k: v for k, v in resumed.summary.items() if k not in times} == {
        k: v for k, v in whole.summary.items() if k not in times
    }


def test_a_checkpoint_of_another_version_is_refused_and_says_what_it_lacks() -> None:
    state = {"metal": np.zeros(3), "older": {"filling": np.ones(2)}}
    saved = flat(state, "state")
    with pytest.raises(InputError, match=r"(?s)another version.*state\.newer.*--overwrite"):
        unflat(state | {"newer": np.zeros(1)}, saved, "state")
    np.testing.assert_array_equal(unflat(state, saved, "state")["older"]["filling"], np.ones(2))
