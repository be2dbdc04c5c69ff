"""The notebooks: as they lie in git, and run from top to bottom on a real kernel, offline."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "notebooks"
NAMES = sorted(path.name for path in FOLDER.glob("*.ipynb"))
FIGURES = {
    "01-first-sound.ipynb": 0,
    "02-compare-prompts.ipynb": 3,
    "03-measure-and-decide.ipynb": 5,
    "04-inside-the-engine.ipynb": 1,
}
CARDS = {
    "01-first-sound.ipynb": 6,
    "02-compare-prompts.ipynb": 12,
    "03-measure-and-decide.ipynb": 0,
    "04-inside-the-engine.ipynb": 6,
}


def read(name):
    return nbformat.read(FOLDER / name, as_version=4)


def codes(name):
    return [cell for cell in read(name).cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Each notebook, run once, by name."""
    folder = tmp_path_factory.mktemp("notebooks")
    done = {}

    def run(name):
        if name not in done:
            place = {"metadata": {"path": str(folder)}}
            done[name] = NotebookClient(read(name), timeout=120, resources=place).execute()
        return done[name]

    return run


def outputs(notebook, kind):
    found = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return [output.data[kind] for output in found if kind in output.get("data", {})]


def test_there_are_notebooks():
    assert set(NAMES) == set(CARDS) == set(FIGURES)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_lies_in_git_without_outputs(name):
    nbformat.validate(read(name))
    assert all(cell.outputs == [] and cell.execution_count is None for cell in codes(name))
    assert "widgets" not in read(name).metadata


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_has_a_name_of_its_own_that_a_person_gave_it(name):
    names = [cell.id for cell in read(name).cells]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", each) for each in names)


@pytest.mark.parametrize("name", NAMES)
def test_cells_are_short_and_imports_stand_in_the_first(name):
    trees = [ast.parse(cell.source) for cell in codes(name)]
    imports = [any(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.walk(t)) for t in trees]
    assert imports == [True, *(False for _ in trees[1:])]
    assert max(len(cell.source.splitlines()) for cell in codes(name)) <= 8


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_begins_with_what_it_is_for(name):
    first = read(name).cells[0]
    heading, _, purpose, *_ = first.source.splitlines()
    assert first.cell_type == "markdown"
    assert heading.startswith("# ")
    assert purpose.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_and_shows_its_cards_and_figures(ran, name):
    notebook = ran(name)
    html = outputs(notebook, "text/html")
    assert sum(each.count("<article") for each in html) == CARDS[name]
    assert sum(each.count("<audio") for each in html) == CARDS[name]
    assert len(outputs(notebook, "image/png")) == FIGURES[name]


def test_measuring_and_deciding_claims_something_of_six_takes_and_nothing_of_one(ran):
    told = [
        output.text
        for cell in ran("03-measure-and-decide.ipynb").cells
        for output in cell.get("outputs", ())
        if output.output_type == "stream"
    ]
    takes, six, one = told
    assert "4 prompts, 24 takes" in takes
    assert "“light” and “heavy” differ in loudness, " in six
    assert one.startswith("Not enough takes to say anything of loudness")


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_warns_of_nothing(ran, name):
    found = [output for cell in ran(name).cells for output in cell.get("outputs", ())]
    assert [o.text for o in found if o.get("name") == "stderr"] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_card_of_a_notebook_says_that_no_vendor_made_the_sound(ran, name):
    cards = re.findall("<article.*?</article>", "".join(outputs(ran(name), "text/html")), re.DOTALL)
    honest = re.compile("embedded engine, not MusicGPT|file waves.mp3")
    assert len(cards) == CARDS[name]
    assert all(honest.search(card) for card in cards)
