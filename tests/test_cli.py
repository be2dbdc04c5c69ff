"""The command line, as a shell runs it."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import nbformat
import pytest
import soundfile

COMMAND = [sys.executable, "-m", "soundgen_nb.cli"]


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, capture_output=True, text=True, timeout=300
    )


def test_generate_prints_the_path_of_each_sound(tmp_path):
    done = run("generate", "three knocks", "--seconds", "1", "--takes", "2", cwd=tmp_path)
    paths = done.stdout.splitlines()
    assert done.returncode == 0
    assert paths == ["three-knocks-1.mp3", "three-knocks-2.mp3"]
    assert all(soundfile.info(tmp_path / path).duration == pytest.approx(1.0) for path in paths)
    assert done.stderr.count("'three knocks': I understood: 3 x knocking.") == 1


def test_generate_leaves_what_is_there(tmp_path):
    for _ in range(2):
        run("generate", "rain", "--seconds", "1", "--seed", "1", "--out", "new/rain", cwd=tmp_path)
    assert {path.name for path in (tmp_path / "new/rain").iterdir()} == {"rain-1.mp3", "rain-2.mp3"}


def test_compare_writes_the_table_to_a_pipe(tmp_path):
    done = run("compare", "a {small|big} bell", "--seconds", "1", cwd=tmp_path)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["prompt"] for row in rows] == ["a small bell", "a big bell"]
    assert all(f"I understood: bell ({size})." in done.stderr for size in ("small", "big"))


def test_compare_writes_a_page_and_prints_its_path(tmp_path):
    done = run("compare", "rain", "wind", "--seconds", "1", "--out", "page.html", cwd=tmp_path)
    assert done.stdout == "page.html\n"
    assert "<audio" in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["generate", "  "], "the prompt is blank"),
        (["generate", "rain", "--seconds", "2.5"], "seconds must be a whole number"),
        (["generate", "rain", "--takes", "0"], "takes must be a whole number"),
        (["compare", "rain on a {tin"], "a brace opens and does not close"),
        (["compare", "rain", "--out", "page.pdf"], ".html"),
        (["generate", "rain", "--secodns", "3"], "--secodns 3; did you mean --seconds?"),
        (["history", "--sinse=2026-01-31"], "--sinse=2026-01-31; did you mean --since?"),
    ],
    ids=["blank", "seconds", "takes", "brace", "suffix", "misspelt", "misspelt filter"],
)
def test_what_was_asked_wrongly_ends_with_2_and_one_sentence(tmp_path, arguments, says):
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_refused_prompt_ends_with_1_and_its_reason(tmp_path):
    done = run("generate", "a man says 'hello my friend'", cwd=tmp_path)
    assert done.returncode == 1
    assert "Words that can be understood are not made here" in done.stderr


def test_a_reader_that_leaves_is_no_error(tmp_path):
    command = " ".join([*COMMAND, "generate", "rain", "--seconds", "1", "--takes", "3"])
    done = subprocess.run(
        f"{command} | true", shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_help_shows_examples_and_loads_nothing_heavy():
    code = (
        "import sys; from soundgen_nb.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('numpy', 'httpx', 'starlette') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert 'soundgen-nb generate "waves at the sea shore"' in done.stdout
    assert done.stdout.endswith("[]\n")


def test_serve_prints_what_other_programs_need_and_stops_when_told():
    with subprocess.Popen(
        [*COMMAND, "serve"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        said = dict(server.stdout.readline().strip().split("=", 1) for _ in range(2))
        answer = httpx.post(
            f"{said['SOUNDGEN_BASE_URL']}/sound_generator",
            data={"prompt": "rain", "audio_length": "1"},
            headers={"Authorization": said["SOUNDGEN_API_KEY"]},
        )
        server.send_signal(signal.SIGINT)
        assert server.wait(10) == 0
    assert answer.json()["status"] == "IN_QUEUE"


def test_the_key_of_the_environment_is_used_for_its_server(tmp_path):
    with subprocess.Popen([*COMMAND, "serve"], stdout=subprocess.PIPE, text=True) as server:
        said = dict(server.stdout.readline().strip().split("=", 1) for _ in range(2))
        done = subprocess.run(
            [*COMMAND, "generate", "rain", "--seconds", "1"],
            env=os.environ | said,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        server.send_signal(signal.SIGTERM)
        assert server.wait(10) == 0
    assert done.stdout == "rain-1.mp3\n"
    assert said["SOUNDGEN_API_KEY"] not in done.stderr


def test_lab_executes_a_copy_of_the_first_notebook(tmp_path):
    done = run("lab", "--execute", cwd=tmp_path)
    path = tmp_path / done.stdout.strip()
    assert done.returncode == 0, done.stderr
    assert path == tmp_path / "soundgen-notebooks" / "01-first-sound.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    assert any("<audio" in str(cell.get("outputs")) for cell in cells)


def test_lab_leaves_a_notebook_that_is_there(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    own = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(6 * 7)")])
    nbformat.write(own, folder / "01-first-sound.ipynb")
    done = run("lab", "--execute", "--folder", "mine", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (cell,) = nbformat.read(folder / "01-first-sound.ipynb", as_version=4).cells
    assert cell.outputs[0].text == "42\n"


def test_lab_says_which_error_stopped_a_notebook(tmp_path):
    broken = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    nbformat.write(broken, tmp_path / "01-first-sound.ipynb")
    done = run("lab", "--execute", "--folder", ".", cwd=tmp_path)
    assert done.returncode == 1
    assert "ZeroDivisionError: division by zero" in done.stderr


def test_history_lists_what_was_made(tmp_path):
    run("generate", "three knocks", "--seconds", "1", cwd=tmp_path)
    done = run(
        "history", "--prompt", "knocks", "--state", "completed", "--limit", "1", cwd=tmp_path
    )
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (row["prompt"], row["state"]) == ("three knocks", "COMPLETED")


def test_history_of_a_state_there_is_not_names_those_there_are(tmp_path):
    done = run("history", "--state", "done", cwd=tmp_path)
    assert done.returncode == 2
    assert "COMPLETED" in done.stderr


def test_resume_with_nothing_to_do_is_quiet_and_fine(tmp_path):
    done = run("resume", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")


def test_a_wrong_suffix_is_told_before_anything_is_made(tmp_path):
    run("compare", "a very rare bell", "--out", "page.pdf", cwd=tmp_path)
    assert "a very rare bell" not in run("history", cwd=tmp_path).stdout


def test_reuse_makes_the_same_sound_from_the_library(tmp_path):
    paths = [
        run("generate", "a bell", "--seconds", "1", "--reuse", cwd=tmp_path).stdout.strip()
        for _ in range(2)
    ]
    first, second = ((tmp_path / path).read_bytes() for path in paths)
    assert first == second
