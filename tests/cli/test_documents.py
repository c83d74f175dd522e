"""The commands and scripts that the documents show: those of the README run, all others are understood."""

import contextlib
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from dendrion.cli import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SMALL = ("--set", "domain.cells=[40, 40]", "--set", "stop.time=10 s", "--set", "output.frames=4")
"""What makes the README's simulations short."""


def blocks(path, language):
    """Fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S)


def commands(path):
    """Lines after a prompt, as lists of words."""
    lines = "".join(blocks(path, "console")).splitlines()
    return [shlex.split(line[2:], comments=True) for line in lines if line.startswith("$ ")]


def make_targets():
    """Targets of the Makefile."""
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))


def understood(words):
    """Parses a command without running it; a usage error is raised for what the command line does not know."""
    command, arguments = typer.main.get_command(app), words[1:]
    while hasattr(command, "commands") and arguments and not arguments[0].startswith("-"):
        command = command.commands[arguments.pop(0)]
    with contextlib.suppress(typer.Exit):  # --help and --version end here
        command.make_context("dendrion", arguments)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_in_the_documents_exists(path):
    known = {"dendrion", "make", "pip", "python"}
    for words in commands(path):
        assert words[0] in known, f"{path.name} shows an unknown command: {words}"
        if words[0] == "make":
            assert {word for word in words[1:] if word.isalpha()} <= make_targets(), words
        elif words[0] == "dendrion":
            understood(words)


def test_the_readme_starts_with_the_two_commands():
    assert commands(ROOT / "README.md")[:2] == [["make", "run"], ["make", "test"]]


def test_every_link_of_the_documents_leads_somewhere():
    for path in [*DOCUMENTS, ROOT / "ARCHITECTURE.md", ROOT / "CHANGELOG.md"]:
        text = path.read_text(encoding="utf-8")
        targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'src="([^"]+)"', text)
        for target in targets:
            if not re.match(r"https?:|#", target):
                assert (path.parent / target.partition("#")[0]).exists(), f"{path.name}: {target}"


@pytest.mark.slow
def test_the_readme_runs_as_it_stands(tmp_path):
    """Its case file, its commands in their order and its Python, on a small grid."""
    readme = ROOT / "README.md"
    (tmp_path / "my-case.yaml").write_text(blocks(readme, "yaml")[0], encoding="utf-8")
    ran = 0
    for words in commands(readme):
        if words[0] != "dendrion":
            continue
        extra = SMALL if words[1] == "run" else ()
        done = subprocess.run(
            [sys.executable, "-m", *words, *extra],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
        assert done.stdout.strip()
        ran += 1
    assert ran >= 7
    first = tmp_path / "runs" / "first"
    assert (first / "movie.gif").is_file() and (first / "figures" / "final.png").is_file()
    script = "".join(blocks(readme, "python"))
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "(40, 40" in done.stdout


@pytest.mark.slow
def test_a_run_ends_with_the_summary_and_the_paths_of_its_pictures(tmp_path):
    """What ``make run`` shows at its end, on a small grid."""
    done = subprocess.run(
        [sys.executable, "-m", "dendrion", "run", "default", *SMALL],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "metal grown against charge" in done.stdout
    last = [line.strip() for line in done.stdout.splitlines()[-6:]]
    assert all(line.startswith("runs") for line in last), last
    assert {Path(line).name for line in last[1:]} == {
        "final.png",
        "evolution.png",
        "crack.png",
        "history.png",
        "movie.gif",
    }
    assert all((tmp_path / line).exists() for line in last)
