"""The key is sent to the API and is nowhere else: not in a file, a log, an error or an output."""

from __future__ import annotations

import asyncio
import inspect
import logging
import pickle
import subprocess
import sys
import traceback
import warnings
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from io import BytesIO
from itertools import count
from pathlib import PurePosixPath
from urllib.parse import quote
from zipfile import ZipFile

import IPython  # noqa: F401  # before the threads begin, which would see it half imported
import nbformat
import pytest
from crash_driver import hiss
from nbclient import NotebookClient
from scripted_api import API, ScriptedApi, receipt, report, serving
from tblib import pickling_support

import soundgen_nb as sg
from soundgen_nb import cli, errors, lab
from soundgen_nb.background import background
from soundgen_nb.server import Faults, LocalServer
from soundgen_nb.settings import Settings
from soundgen_nb.studio import Studio

KEY = "local-Zq7/kEy+Needle.In_A~Haystack"

FAULTS = {
    **{f"refused {code}": Faults(refused=code) for code in (200, 400, 402, 403, 404, 409, 422)},
    "500 before": Faults(before_accepting=500),
    "a page before": Faults(before_accepting="page"),
    "dropped before": Faults(before_accepting="dropped"),
    "dropped after": Faults(after_accepting="dropped"),
    "dropped while asking": Faults(asking="dropped", asking_times=1000),
    "no room": Faults(parallel=0),
    "failing": Faults(failure="gave up"),
    "expired": Faults(expired_links=1000),
    "cut": Faults(cut_downloads=1000),
}

ENDLESS = {"dropped while asking", "no room"}

CELLS = [
    "%xmode Verbose",
    "import logging; logging.basicConfig(level=logging.DEBUG)",
    "import soundgen_nb as sg; sg.connect(polls_per_minute=6000)",
    "cmp = sg.compare('rain on a {roof|tent}', seconds=1); cmp",
    "await sg.agenerate('rain, dropped after', seconds=1)",
    "sg.generate('rain, refused 403', seconds=1)",
    "studio = sg.connect(); print(studio, studio.settings, vars(studio)); studio.history()",
    "import os, pickle; pickle.dumps(studio.settings)",
    "sg.panel()",
]

# What is searched for


def spellings(key):
    """The key as it is, and as base64 (wherever in a stream it begins), hex and URLs have it."""
    plain = key.encode()
    found = {
        plain,
        plain.hex().encode(),
        plain.hex().upper().encode(),
        quote(key, safe="").encode(),
    }
    for before in range(3):
        # the first and the last letters depend on what stands beside it
        whole = b64encode(bytes(before) + plain)
        found.add(whole[4 if before else 0 : -4])
    return found


def holds_key(data):
    """Whether bytes, or the members of a zip of them, hold the key in any spelling."""
    if data.startswith(b"PK"):
        with ZipFile(BytesIO(data)) as archive:
            return any(holds_key(archive.read(name)) for name in archive.namelist())
    return any(spelling in data for spelling in spellings(KEY))


@pytest.mark.parametrize("before", ["", "x", "xy", "xyz"])
def test_the_search_finds_the_key_however_it_is_spelt(before):
    said = f"{before}{KEY} and more".encode()
    zipped = BytesIO()
    with ZipFile(zipped, "w") as archive:
        archive.writestr("log", said)
    for hidden in (said, said.hex().encode(), b64encode(said), zipped.getvalue()):
        assert holds_key(hidden)
    assert not holds_key(b64encode(KEY[:12].encode()))


# What is done


class Evidence:
    """A folder of everything that could hold the key; errors go in with all they carry."""

    def __init__(self, folder):
        self.folder = folder
        self.kinds = set()
        self._numbers = count()

    def add(self, name, data):
        (self.folder / name).write_bytes(data)

    def add_error(self, error):
        """As a notebook would show it, with the variables of every frame; and as it travels."""
        said = traceback.TracebackException.from_exception(error, capture_locals=True)
        number = next(self._numbers)
        self.add(f"error-{number}-{type(error).__name__}", "".join(said.format()).encode())
        self.add(f"pickle-{number}-{type(error).__name__}", pickle.dumps(error))
        while error is not None:
            self.kinds.add(type(error))
            for each in getattr(error, "failures", ()):
                self.add_error(each)
            error = error.__cause__

    def add_trouble(self, deed):
        with pytest.raises(errors.SoundgenError) as raised:
            deed()
        self.add_error(raised.value)


def settings(**more):
    """The key comes from the environment, so that no frame of a test holds it."""
    return Settings.load(polls_per_minute=6000, parallel=100, **more)


def do_what_works(studio, evidence):
    """The verbs, and every way their results leave the process."""
    take = studio.generate("rain", seconds=1)
    cmp = studio.compare("rain on a {roof|tent}", takes=2, seconds=1)
    awaited = asyncio.run(studio.agenerate("rain again", seconds=1, user_id="me"))
    for suffix in ("html", "zip", "csv"):
        cmp.export(evidence.folder / f"comparison.{suffix}")
    take.save(evidence.folder / "take.mp3")
    history = studio.history()
    shown = [take, cmp, awaited, history, history.frame, studio, studio.settings, studio.jobs()]
    for number, each in enumerate(shown):
        html = each._repr_html_() if hasattr(each, "_repr_html_") else ""
        evidence.add(f"shown-{number}", f"{each!r}{each}{html}".encode())
    evidence.add("pickled", pickle.dumps([take, cmp, awaited, studio.jobs()]))
    print(cmp, studio.settings, vars(studio))


def do_what_fails(studio, evidence):
    """Every fault, side by side, and refusals of our own."""

    async def all_faults():
        asked = [
            studio.agenerate(f"rain, {name}", seconds=1, timeout=3 if name in ENDLESS else 60)
            for name in FAULTS
        ]
        return await asyncio.gather(*asked, return_exceptions=True)

    for error in asyncio.run(all_faults()):
        evidence.add_error(error)
    costly = studio.generate("rain, costly", takes=2, seconds=1, max_credits=1.5)
    evidence.add_error(costly.failures[0])
    bad_home = evidence.folder / "a file"
    bad_home.write_text("no folder")
    for deed in (
        lambda: studio.compare(["rain, failing", "rain, refused 422"], seconds=1),
        lambda: studio.compare("{rain"),
        lambda: studio.generate(""),
        lambda: studio.generate("rain", second=3),
        lambda: sg.Comparison.from_takes(costly).effects(measures=["loudnes"]),
        lambda: pickle.dumps(studio.settings),
        lambda: settings(base_url="http://class.example/v1"),
        lambda: settings(body="xml"),
        lambda: studio.drop("no such job"),
        lambda: background.run(_calling_from_the_loop(studio)),
        lambda: check(base_url="http://127.0.0.1:9/v1"),
    ):
        evidence.add_trouble(deed)
    with Studio(settings(home=bad_home)) as homeless:
        homeless.generate("rain", seconds=1)
    evidence.add_trouble(homeless.check)  # it is closed by now


def check(**more):
    with Studio(settings(**more)) as studio:
        studio.check()


async def _calling_from_the_loop(studio):
    studio.check()


def do_at_an_odd_api(evidence):
    """An API that repeats the key in whatever it says, and serves no audio."""
    echo = f"no such key: {KEY}"
    answers = {
        f"{API}/sound_generator": [receipt(message=echo)],
        f"{API}/byId": [
            lambda _: report("COMPLETED", message=echo, conversion_path=f"{base}/a.mp3")
        ],
        "/a.mp3": [{"error": "no audio"}],
    }
    with serving(ScriptedApi(answers)) as base, Studio(settings(base_url=base + API)) as studio:
        evidence.add_trouble(lambda: studio.generate("rain", seconds=1))
        evidence.add("odd-history", f"{studio.jobs()}{studio.history()._repr_html_()}".encode())
    refusals = [(code, {"success": False, "error": echo}) for code in (401, 429, 503)]
    with serving(ScriptedApi({f"{API}/byId": refusals})) as base:
        for _ in refusals:
            evidence.add_trouble(lambda: check(base_url=base + API))


def do_in_a_notebook(evidence):
    """Cells that work and cells that fail, with the key in the kernel's environment."""
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    place = {"metadata": {"path": str(evidence.folder)}}
    NotebookClient(notebook, timeout=60, resources=place, allow_errors=True).execute()
    nbformat.write(notebook, evidence.folder / "executed.ipynb")
    failing = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    nbformat.write(failing, evidence.folder / "failing.ipynb")
    evidence.add_trouble(lambda: lab.execute(evidence.folder / "failing.ipynb"))
    return [output for cell in cells for output in cell.outputs]


def do_at_the_command_line(evidence):
    """A command that works and one that does not."""
    for number, prompt in enumerate(["rain", "rain, refused 402"]):
        command = [sys.executable, "-m", "soundgen_nb.cli", "generate", prompt, "--seconds", "1"]
        ran = subprocess.run(command, capture_output=True, cwd=evidence.folder)
        assert ran.returncode == number
        evidence.add(f"command-{number}", ran.stdout + ran.stderr)


@contextmanager
def everything_said(folder):
    """What is logged, printed and warned of meanwhile, in files of the folder."""
    log, level = logging.FileHandler(folder / "debug.log"), logging.root.level
    with ExitStack() as closer:
        closer.callback(log.close)
        closer.callback(logging.root.removeHandler, log)
        closer.callback(logging.root.setLevel, level)
        logging.root.addHandler(log)
        logging.root.setLevel(logging.DEBUG)
        printed = closer.enter_context((folder / "printed").open("w"))
        closer.enter_context(redirect_stdout(printed))
        closer.enter_context(redirect_stderr(printed))
        warned = closer.enter_context(warnings.catch_warnings(record=True))
        warnings.simplefilter("always")
        yield
        (folder / "warned").write_text("\n".join(map(str, warned)))


@pytest.fixture(scope="module")
def server():
    prices = {"credits_per_sound": 1.0}
    with LocalServer(api_key=KEY, perform=hiss, workers=8, faults=FAULTS, **prices) as server:
        yield server


@pytest.fixture(scope="module")
def evidence(server, tmp_path_factory):
    """All of it done, and what came of it in one folder."""
    pickling_support.install()  # as Dask does: errors are pickled with all that caused them
    evidence = Evidence(tmp_path_factory.mktemp("evidence"))
    with everything_said(evidence.folder), pytest.MonkeyPatch.context() as environment:
        environment.setenv("SOUNDGEN_API_KEY", KEY)
        environment.setenv("SOUNDGEN_BASE_URL", server.base_url)
        environment.setenv("SOUNDGEN_HOME", str(evidence.folder / "home"))
        with Studio(settings()) as studio, ThreadPoolExecutor() as beside:
            done = [
                beside.submit(do_what_works, studio, evidence),
                beside.submit(do_what_fails, studio, evidence),
                beside.submit(do_at_an_odd_api, evidence),
                beside.submit(do_at_the_command_line, evidence),
            ]
            evidence.outputs = do_in_a_notebook(evidence)
            assert [each.result() for each in done] == [None] * len(done)
    return evidence


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


# The laws


def test_the_key_is_in_no_file_of_all_that_was_written(evidence):
    assert [path.name for path in files(evidence.folder) if holds_key(path.read_bytes())] == []


def test_every_kind_of_error_was_among_it(evidence):
    kinds = {kind for kind in vars(errors).values() if inspect.isclass(kind)}
    leaves = {kind for kind in kinds & _below(errors.SoundgenError) if not kind.__subclasses__()}
    # the frames of this one hold as many bytes as were too many
    assert leaves - evidence.kinds == {errors.OversizedAudioError}


def _below(kind):
    return {each for child in kind.__subclasses__() for each in {child} | _below(child)}


def test_logs_warnings_outputs_and_exports_were_among_it(evidence):
    assert "send_request_headers.started" in (evidence.folder / "debug.log").read_text()
    assert "nothing is kept beyond this kernel" in (evidence.folder / "warned").read_text()
    assert "no such key: (the key)" in (evidence.folder / "odd-history").read_text()
    assert "Key(hidden)" in (evidence.folder / "printed").read_text()
    assert [output.ename for output in evidence.outputs if output.output_type == "error"] == [
        "OutcomeUnknownError",
        "AuthenticationError",
        "SettingsError",
    ]
    suffixes = {path.suffix for path in files(evidence.folder)}
    assert {".html", ".zip", ".csv", ".ipynb", ".sqlite3", ".mp3", ".wav"} <= suffixes


def test_a_download_that_unpacks_to_far_more_than_a_sound_is_refused(tmp_path):
    bomb = Faults(swollen_to_bytes=65 << 20)
    with LocalServer(perform=hiss, faults=bomb) as server:
        found = Settings(api_key=server.api_key, base_url=server.base_url, home=tmp_path)
        with Studio(found) as studio, pytest.raises(errors.FetchError) as raised:
            studio.generate("rain", seconds=1)
    assert isinstance(raised.value.__cause__, errors.OversizedAudioError)
    assert sum(path.stat().st_size for path in files(tmp_path)) < 1 << 20


def test_no_prompt_leads_out_of_the_folder(tmp_path, monkeypatch):
    here = tmp_path / "some" / "where" / "deep"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    prompts = [
        "../../etc/passwd",
        "/etc/passwd",
        "..\\..\\{up|../up}",
        ".",
        "~/\N{RIGHT-TO-LEFT OVERRIDE}",
    ]
    with sg.connect(home=here / "home"):
        for prompt in prompts:
            assert cli.main(["generate", prompt, "--seconds", "1", "--out", "sounds"]) == 0
        assert cli.main(["compare", *prompts, "--seconds", "1", "--out", "all.zip"]) == 0
    assert all(here in path.parents for path in files(tmp_path))
    assert len(files(here / "sounds")) == len(prompts)
    with ZipFile("all.zip") as archive:
        names = [PurePosixPath(name) for name in archive.namelist()]
    assert not any(name.is_absolute() or set(name.parts) & {"..", "~"} for name in names)
    assert not any(set("\\:") & set(str(name)) for name in names)
