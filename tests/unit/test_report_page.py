"""The page about a run or a sweep: whole, self-contained, escaped, and what it says."""

import re
from html.parser import HTMLParser

import pytest

import dendrion as dn
from dendrion.case import load_case
from dendrion.errors import InputError
from dendrion.report.page import write_report
from dendrion.runs import run_case
from tests.cli.fake_engine import FakeCase, FakeSimulation
from tests.sweep_cases import BASE, quick

CASE = """\
title: "Lithium <script>alert(1)</script> & more"
cell: {metal: Li, electrolyte: PEO-LiTFSI}
domain: {size: [24 um, 16 um], cells: [24, 16]}
conditions: {temperature: 90 degC}
protocol: ["plate at 0.5 mA/cm^2 for 30 min"]
output: {frames: 3}
"""
VOID = {"meta", "img", "br", "link"}


class Reader(HTMLParser):
    """Collects tags, and checks that they close in order."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def read(path):
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    assert reader.open == []
    return reader


def assert_alone(path):
    """Nothing is loaded from elsewhere."""
    reader, text = read(path), path.read_text(encoding="utf-8")
    assert not {"script", "link", "iframe", "object"} & set(reader.tags)
    sources = [value for name, value in reader.attributes if name in ("src", "srcset", "data", "poster")]
    assert sources and all(value.startswith("data:image/") for value in sources)
    assert not re.search(r"@import|url\(", text)
    return reader


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    """A run of the small growing field."""
    folder = tmp_path_factory.mktemp("report")
    file = folder / "case.yaml"
    file.write_text(CASE)
    run_case(
        load_case(file),
        folder / "run",
        engine=lambda case: FakeSimulation(FakeCase(cells=(24, 16), steps=12)),
    )
    return folder / "run"


def test_the_page_of_a_run(run_folder):
    page = write_report(run_folder)
    assert page == run_folder / "report.html"
    reader = assert_alone(page)
    assert (
        "<script>alert" not in page.read_text() and "Lithium <script>alert(1)</script> & more" in reader.text
    )
    for text in (
        "What does Li | PEO-LiTFSI do at 90 °C?", "Protocol: plate at", "The protocol was carried out",
        "the interface is thin", "metal grown against charge", "dendrion run case.yaml", "SHA-256 of the case",
        "What is on record about PEO-LiTFSI", "Material numbers and where they are from", "cells: [24, 16]",
    ):  # fmt: skip
        assert text in reader.text, text
    kinds = [value[:15] for name, value in reader.attributes if name == "src"]
    assert kinds.count("data:image/gif;") == 1 and kinds.count("data:image/png;") == 3
    links = [value for name, value in reader.attributes if name == "href"]
    assert len(links) > 5 and all(link.startswith("https://doi.org/10.") for link in links)


def test_the_page_of_a_sweep(tmp_path):
    axes = {"conditions.temperature": "340 K:350 K:3", "initial.metal_thickness": ["1 um", "2 um"]}
    sweep = dn.sweep(BASE, axes, tmp_path / "s", workers=0, evaluate=quick)
    assert repr(sweep).endswith("4 completed, 2 failed>")
    assert [path.name for path in sweep.plot()] == ["sweep_tip_position_m.png", "sweep_overpotential_V.png"]
    reader = assert_alone(sweep.report())
    for text in (
        "4 of 6 cases have a result, 2 failed or were refused.", "2 × failed: the potential did not converge",
        "dendrion sweep case.yaml --over 'conditions.temperature=340:350 K:3' --over 'initial.metal_thickness=1 um,2 um'",
        "340 nm to 345 nm",
    ):  # fmt: skip
        assert text in reader.text, text


def test_the_command_on_the_page_makes_the_same_sweep(tmp_path):
    """Axes written on the page give the plan of the sweep."""
    import shlex

    from dendrion.study.plan import make_plan

    axes = {
        "protocol[0]": "plate at {0.5:2 mA/cm^2:log} for 10 min", "numerics.seed": "0:9:int",
    }  # fmt: skip
    sweep = dn.sweep(BASE, axes, tmp_path / "s", sobol=4, seed=7, workers=0, evaluate=quick)
    words = shlex.split(re.search(r"dendrion sweep case.yaml.*", read(sweep.report()).text)[0])
    over = [words[place + 1] for place, word in enumerate(words) if word == "--over"]
    assert words[-4:] == ["--sobol", "4", "--seed", "7"]
    assert make_plan(over, "sobol", 4, 7) == sweep.folder.plan


def test_refusals(tmp_path):
    with pytest.raises(InputError, match="there is no such folder"):
        write_report(tmp_path / "absent")
    with pytest.raises(InputError, match="no run, sweep or virtual test"):
        write_report(tmp_path)


def test_a_page_elsewhere(run_folder, tmp_path):
    assert write_report(run_folder, tmp_path / "page.html", draw=False).is_file()
    with pytest.raises(InputError, match="no such folder"):
        write_report(run_folder, tmp_path / "absent" / "page.html")
