"""The house is as CONTRIBUTING.md draws it: rooms, rows, owners of heavy libraries, names."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import soundgen_nb as sg

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "soundgen_nb"
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core"}

OWNERS = {
    "anywidget": {"view/player/widget.py"},
    "IPython": {"view/progress.py", "view/panel/"},
    "filelock": {"library/"},
    "httpx": {"api/client.py", "server/embedded.py", "server/webhooks.py"},
    "ipywidgets": {"view/panel/"},
    "librosa": {"analysis/"},
    "matplotlib": {
        f"view/{name}.py"
        for name in ("canvas", "charts", "dressing", "figures", "lettering", "overlays", "sheet")
    },
    "nbclient": {"lab.py"},
    "nbformat": {"lab.py"},
    "nest_asyncio": {"nesting.py"},
    "nest_asyncio2": {"nesting.py"},
    "pandas": {"comparison/", "chronicle/", "collection.py"},
    "platformdirs": {"settings.py"},
    "scipy": {"analysis/", "statistics/"},
    "sqlite3": {"library/"},
    "soundfile": {"sound.py"},
    "traitlets": {"view/player/widget.py"},
    "starlette": {"api/webhook.py", "server/"},
    "uvicorn": {"port.py"},
    "wordllama": {"engine/likeness.py"},
}


def block(heading: str) -> list[str]:
    """The lines of the fenced block below a heading of the guide."""
    section = GUIDE.split(f"## {heading}\n", 1)[1]
    return section.split("```", 2)[1].splitlines()[1:]


def rows() -> dict[str, int]:
    """Each room and its row."""
    return {
        room: int(line.split(maxsplit=1)[0])
        for line in block("Rows")
        for room in line.split(maxsplit=1)[1].split()
    }


def room(module: str) -> str:
    """The room of a module: its folder or file; view's widgets have rooms of their own."""
    for widget in ("view/panel/", "view/player/"):
        if module.startswith(widget):
            return widget.rstrip("/").replace("/", ".")
    return module.split("/", maxsplit=1)[0].removesuffix(".py")


@cache
def tree(module: str) -> ast.Module:
    return ast.parse((PACKAGE / module).read_text(encoding="utf-8"))


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [_from(node.module or "", alias.name) for alias in node.names]
    return []


def _from(package: str, name: str) -> str:
    """What an import from a package names: a module of it, or the package itself."""
    return f"{package}.{name}" if as_module(f"{package}.{name}") else package


def as_module(name: str) -> str | None:
    """The file of one of our own modules by its dotted name; None for anything else."""
    if name != "soundgen_nb" and not name.startswith("soundgen_nb."):
        return None
    path = name.replace(".", "/").removeprefix("soundgen_nb").lstrip("/")
    for candidate in (f"{path}.py", f"{path}/__init__.py".lstrip("/")):
        if candidate in MODULES:
            return candidate
    return None


def own_imports(module: str) -> set[str]:
    names = [name for node in ast.walk(tree(module)) for name in imported(node)]
    targets = {target for name in names if (target := as_module(name))}
    # "from soundgen_nb import errors" names the room, and the front door only by the way
    wanted = {t for t in targets if t != "__init__.py"}
    return (wanted or targets) - {module}


@pytest.mark.parametrize("module", [m for m in MODULES if m != "__init__.py"])
def test_a_room_imports_only_from_rows_below(module):
    row = rows()
    for target in own_imports(module):
        assert room(target) == room(module) or row[room(target)] < row[room(module)], (
            f"{module} (row {row[room(module)]}) imports {target} (row {row[room(target)]})"
        )


@pytest.mark.parametrize("module", [m for m in MODULES if m != "__init__.py"])
def test_own_modules_are_imported_at_the_top(module):
    inside = [
        name
        for function in ast.walk(tree(module))
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
        for name in imported(node)
        if as_module(name)
    ]
    assert inside == []


def test_imports_run_in_no_circle():
    graph = {module: own_imports(module) for module in MODULES if module != "__init__.py"}
    order = list(TopologicalSorter(graph).static_order())
    assert set(graph) <= set(order)


@pytest.mark.parametrize("library", OWNERS)
def test_a_heavy_library_is_imported_by_its_owners_only(library):
    users = {
        module
        for module in MODULES
        for node in ast.walk(tree(module))
        for name in imported(node)
        if name == library or name.startswith(f"{library}.")
    }
    strangers = {u for u in users if not any(u.startswith(owner) for owner in OWNERS[library])}
    assert users, f"nobody imports {library} any more; take it out of the table"
    assert strangers == set()


def test_files_are_named_after_things():
    assert [m for m in MODULES if Path(m).stem.strip("_") in FORBIDDEN_NAMES] == []


def test_no_module_is_longer_than_400_lines():
    scripts = [path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.mjs")]
    modules = MODULES + scripts
    lengths = {m: len((PACKAGE / m).read_text(encoding="utf-8").splitlines()) for m in modules}
    assert {m: n for m, n in lengths.items() if n > 400} == {}


def sentence(path: Path) -> str:
    """The first sentence of a module's docstring, or of the comment a data file begins with."""
    if path.suffix == ".py":
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    else:
        comment = path.read_text(encoding="utf-8").strip("/*# ")
        text = " ".join(comment.split()).split(". ", 1)[0]
    return " ".join(text.split("\n\n")[0].split()).rstrip(".")


def drawn(folder: Path = PACKAGE, depth: int = 0) -> list[str]:
    """The map of a folder as CONTRIBUTING.md should show it."""
    lines = []
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        is_front = path.name == "__init__.py" and depth > 0
        if path.name.startswith(("__pycache__", ".", "py.typed")) or is_front:
            continue
        name = f"{'  ' * depth}{path.name}{'/' if path.is_dir() else ''}"
        says = sentence(path / "__init__.py" if path.is_dir() else path)
        lines += [f"{name:22}{says}"]
        lines += drawn(path, depth + 1) if path.is_dir() and not is_only_tables(path) else []
    return lines


def is_only_tables(folder: Path) -> bool:
    """Whether a folder has data and no code, so that one line says all of it."""
    return {path.name for path in folder.glob("*.py")} == {"__init__.py"}


def test_the_map_of_rooms_is_the_tree():
    assert block("Rooms") == drawn(), "the map should be:\n" + "\n".join(drawn())


def test_every_room_has_a_row():
    assert {room(m) for m in MODULES} == set(rows())


def test_the_top_level_holds_what_it_should():
    entries = {
        path.name
        for path in ROOT.iterdir()
        if not path.name.startswith(".")
        and path.name not in {"soundgen-notebooks", "test-artifacts"}  # as .gitignore has them
    }
    assert entries <= {
        *("soundgen_nb", "notebooks", "tests", "pyproject.toml", "environment.yml"),
        *("README.md", "LICENSE", "CONTRIBUTING.md", "CHANGELOG.md"),
    }


def test_no_room_has_the_name_of_a_verb():
    # importing soundgen_nb.history would put the module in the place of sg.history
    rooms = {room(module) for module in MODULES}
    assert rooms & set(sg.__all__) == {"errors"}
