"""The package as a whole: floors, docstrings, pins, what the wheel holds, what must not be committed."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from zipfile import ZipFile

import pytest

import dendrion

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "dendrion"
MODULES = sorted(PACKAGE.rglob("*.py"))

FLOORS = {
    "constants": 0, "errors": 0, "unit_kinds": 0, "unit_text": 0, "units": 0,
    "materials": 1, "evidence": 1, "microstructure": 1,
    "case": 2,
    "numerics": 3,
    "field": 4, "theory": 4, "lattice": 4, "cell": 4, "atoms": 4,
    "runs": 5,
    "study": 6,
    "strategy": 7,
    "report": 8,
    "api": 9, "cli": 9,
    "__init__": 10, "__main__": 10,
}  # fmt: skip
"""Floor of every module of the package; one imports from floors below its own, and from itself."""

GROUND = {"constants", "errors", "unit_kinds", "unit_text", "units"}
ON_THEIR_OWN = {"numerics": GROUND, "microstructure": GROUND, "evidence": GROUND | {"materials"}}
"""Modules that use other than all floors below: numerics knows no physics; evidence names materials and tags."""


@cache
def parsed(path):
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def top(path):
    """The module of the package that a file belongs to: its folder, or itself."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported(path):
    """Modules of the package that a file imports anywhere in it, with the line."""
    here = ("dendrion", *path.relative_to(PACKAGE).with_suffix("").parts)
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = list(here[: len(here) - node.level]) if node.level else []
            base += node.module.split(".") if node.module else []
            names = [[*base, alias.name] for alias in node.names]
        else:
            continue
        yield from ((name[1], node.lineno) for name in names if name[0] == "dendrion" and len(name) > 1)


def test_no_module_imports_upward():
    wrong = []
    for path in MODULES:
        own = top(path)
        below = {name for name, floor in FLOORS.items() if floor < FLOORS[own]}
        allowed = ON_THEIR_OWN.get(own, below) | {own, "__version__"}
        if FLOORS[own] == 0:  # the ground is one floor
            allowed |= {name for name, floor in FLOORS.items() if floor == 0}
        wrong += [f"{path.name}:{line} {name}" for name, line in imported(path) if name not in allowed]
    assert len(MODULES) > 50
    assert wrong == []


def test_every_module_has_a_floor():
    assert {top(path) for path in MODULES} == set(FLOORS)


def bases(node):
    """Names of the classes that a class is made from."""
    return [ast.unparse(base).partition("[")[0].split(".")[-1] for base in node.bases]


def public_definitions(body):
    """Public functions, classes and methods, with the class that a method stands in."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node, None
            if isinstance(node, ast.ClassDef):
                yield from ((inner, node) for inner, _ in public_definitions(node.body))


def inherits_its_docstring(name, owner, classes):
    """Whether a method is described where the first class of the line declares it."""
    parents = [classes[base] for base in bases(owner) if base in classes]
    described = any(
        node.name == name and ast.get_docstring(node)
        for p in parents
        for node, _ in public_definitions(p.body)
    )
    return described or any(inherits_its_docstring(name, parent, classes) for parent in parents)


def test_everything_public_has_a_docstring():
    """Methods may inherit theirs; the docstring of a protocol speaks for its members."""
    silent = [str(path.relative_to(ROOT)) for path in MODULES if not ast.get_docstring(parsed(path))]
    definitions = [(path, *found) for path in MODULES for found in public_definitions(parsed(path).body)]
    classes = {node.name: node for _, node, _ in definitions if isinstance(node, ast.ClassDef)}
    for path, node, owner in definitions:
        spoken_for = owner and (
            "Protocol" in bases(owner) or inherits_its_docstring(node.name, owner, classes)
        )
        if not ast.get_docstring(node) and not spoken_for:
            silent.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert len(definitions) > 300
    assert silent == []


def test_public_names_exist_and_the_version_is_one():
    for name in dendrion.__all__:
        assert getattr(dendrion, name) is not None
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == dendrion.__version__
    assert re.search(
        rf"^version: {re.escape(dendrion.__version__)}$", (ROOT / "CITATION.cff").read_text(), re.M
    )
    assert f"## {dendrion.__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_help_needs_nothing_heavy():
    """What takes long to import is imported by the command that needs it."""
    script = (
        "import sys, dendrion, dendrion.cli\n"
        "try: dendrion.cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'jax', 'matplotlib', 'h5py', 'xarray', 'scipy', 'pint', 'numpy'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "run" in done.stdout


def pins():
    """Name to version, in the order of the constraints file."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines)


def test_constraints_are_names_and_versions_only():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    plain = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[0-9][A-Za-z0-9.!+]*")
    assert [line for line in lines if not plain.fullmatch(line)] == []
    assert len(pins()) == len(lines) > 50
    assert "dendrion" not in pins()


def test_constraints_pin_everything_that_is_asked_for():
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    pinned = {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pins().items()}
    for text in wanted:
        requirement = Requirement(text)
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        assert name in pinned, f"{name} has no pin: make constraints"
        assert requirement.specifier.contains(pinned[name]), f"{text}: pinned to {pinned[name]}"


def committed():
    """Files of the repository: those that git knows, or in an unpacked archive all but what is made."""
    try:
        names = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split("\0")
        files = [ROOT / name for name in names if name]
    except (OSError, subprocess.CalledProcessError):
        made = {".venv", "build", "runs", "dist", "__pycache__", ".hypothesis"}
        files = [path for path in ROOT.rglob("*") if not made & set(path.relative_to(ROOT).parts)]
    return [path for path in files if path.is_file()]


FORBIDDEN = {
    "a path of one machine": r"(?<![\w.])/(?:work|home|root|Users|opt)/",
    "a path of one machine, in a home": r"\.pyenv/|/site-packages/",
    "a registry's host": "|".join((r"files\.python" + "hosted", r"pypi" + r"\.org", "index-" + "url")),
    "a leftover": "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3 + r"\b")),
    "a key": "BEGIN [A-Z ]*PRIVATE " + "KEY",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_committed_that_should_not_be(what):
    pattern, found = re.compile(FORBIDDEN[what]), []
    texts = [path for path in committed() if path.suffix not in {".png", ".gif"} and path != Path(__file__)]
    assert len(texts) > 100
    for path in texts:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number} {line.strip()[:80]}")
    assert found == []


def test_nothing_large_is_committed():
    assert [str(path) for path in committed() if path.stat().st_size > 1_000_000] == []


@pytest.mark.slow
def test_a_wheel_holds_the_data_and_works_elsewhere(tmp_path):
    """Built as pip builds it, unpacked outside the repository, used without it."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--no-deps", "--quiet"]
    built = subprocess.run(
        [*pip, "--no-build-isolation", "--wheel-dir", str(tmp_path), str(ROOT)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    unpacked = tmp_path / "unpacked"
    with ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(unpacked)
    data = {
        path.relative_to(PACKAGE)
        for path in PACKAGE.rglob("*")
        if path.suffix in {".yaml", ".csv", ".typed", ".j2"}
    }
    assert len(data) > 30
    assert [str(path) for path in data if not (unpacked / "dendrion" / path).is_file()] == []
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    for arguments, expected in (
        (["materials", "list"], "PEO-LiTFSI"),
        (["cases"], "default"),
        (["--help"], "run"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "dendrion", *arguments],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert expected in done.stdout
    where = "import dendrion; print(dendrion.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", where],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(unpacked) in done.stdout
