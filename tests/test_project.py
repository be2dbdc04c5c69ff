"""README, environment.yml and pyproject.toml say the same."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
import yaml

import soundgen_nb as sg

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def fenced(language: str = "") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def test_the_first_fenced_block_holds_the_two_commands():
    main_job, tests = [line for line in fenced("sh")[0].splitlines() if line]
    assert README.index(fenced("sh")[0]) == README.index("```sh\n") + len("```sh\n")
    assert main_job.endswith("soundgen-nb lab")
    assert tests.endswith("-m pytest -n auto --dist loadfile")
    for command in (main_job, tests):
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install")


def test_ci_runs_the_test_command_of_the_readme():
    assert "grep pytest" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert README.count("-m pytest") == 1


@pytest.mark.parametrize("code", fenced("python"), ids=lambda code: code.splitlines()[0][:40])
def test_python_in_the_readme_uses_names_that_exist(code):
    attributes = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Attribute)]
    used = [node.attr for node in attributes if getattr(node.value, "id", "") == "sg"]
    assert used
    assert [name for name in used if not hasattr(sg, name)] == []


def test_environment_yml_needs_what_the_project_needs():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *conda, pip = environment["dependencies"]
    assert conda == [f"python{PROJECT['requires-python']}", "pip"]
    (this,) = pip["pip"]
    extras = set(this.removeprefix("-e .[").removesuffix("]").split(","))
    assert extras == set(PROJECT["optional-dependencies"]) - {"dev"}


def test_every_dependency_has_a_floor():
    optional = [d for extra in PROJECT["optional-dependencies"].values() for d in extra]
    named = [d for d in PROJECT["dependencies"] + optional if not d.startswith("soundgen-nb")]
    assert [d for d in named if ">=" not in d] == []


def test_versions_agree():
    assert PROJECT["version"] == sg.__version__
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {sg.__version__}" in changes
