"""Many files at once: every file a row, on threads, processes and a real Dask cluster."""

from __future__ import annotations

import threading
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from io import StringIO
from multiprocessing import get_context

import numpy as np
import pytest

import soundgen_nb as sg
from soundgen_nb.analysis import DEEP_MEASURES, MEASURES
from soundgen_nb.errors import InputError
from soundgen_nb.view.bar import bar, counted
from soundgen_nb.view.progress import TerminalSurface

RATE = 44_100


def noise(seed, seconds=0.5):
    samples = 0.1 * np.random.default_rng(seed).normal(size=(2, int(seconds * RATE)))
    return sg.Sound.from_samples(samples, RATE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Six sounds in a folder and one below it, and a file that is none."""
    folder = tmp_path_factory.mktemp("sounds")
    (folder / "more").mkdir()
    for number in range(6):
        noise(number, 0.5 + number / 10).save(folder / f"noise-{number}.wav")
    noise(6).save(folder / "more" / "noise-6.WAV")
    (folder / "notes.txt").write_text("nothing to hear")
    return folder


class Direct(Executor):
    """Works when somebody looks for what came of it, in their thread; counts what nobody has."""

    def __init__(self):
        self.asked = self.open = self.most_open = 0

    def submit(self, work, /, *arguments, **named):
        self.asked += 1
        self.open += 1
        self.most_open = max(self.open, self.most_open)
        return Postponed(self, lambda: work(*arguments, **named))


class Postponed(Future):
    def __init__(self, executor, work):
        super().__init__()
        self.executor, self.work = executor, work

    def exception(self, timeout=None):
        self.executor.open -= 1
        self.set_result(self.work())
        return super().exception(timeout)


def test_a_folder_gives_a_row_for_every_sound_in_it(folder):
    frame = sg.measure(folder)
    assert frame["file"].tolist() == [
        str(folder / "more" / "noise-6.WAV"),
        *(str(folder / f"noise-{number}.wav") for number in range(6)),
    ]
    assert list(frame.columns[5:]) == [*(each.name for each in MEASURES), "notes"]
    assert frame["seconds"].tolist() == pytest.approx([0.5, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0], abs=1e-4)
    assert (frame["error"] == "").all()
    assert frame["channels"].tolist() == [2] * 7
    assert frame.attrs["units"]["loudness_lufs"] == "LUFS"


def test_a_row_is_what_a_take_measures(folder):
    path = folder / "noise-3.wav"
    (row,) = sg.measure(str(path)).to_dict("records")
    assert {name: row[name] for name in sg.load(path).measures} == pytest.approx(
        dict(sg.load(path).measures), nan_ok=True
    )


def test_files_that_cannot_be_measured_keep_their_rows_and_reasons(folder):
    files = [folder / "noise-1.wav", folder / "notes.txt", folder / "gone.wav"]
    with pytest.warns(UserWarning, match="2 of 3 files could not be measured"):
        frame = sg.measure(files)
    assert frame["file"].tolist() == [str(file) for file in files]
    good, text, gone = frame["error"]
    assert good == ""
    assert "not audio" in text
    assert "cannot read" in gone
    assert frame["loudness_lufs"].isna().tolist() == [False, True, True]
    assert frame["sample_rate"].isna().tolist() == [False, True, True]
    assert frame["notes"].tolist()[1:] == ["", ""]


def test_a_pattern_among_others_that_nothing_fits_keeps_its_row(folder):
    with pytest.warns(UserWarning, match="1 of 2"):
        frame = sg.measure([folder / "gone-*.wav", folder / "noise-1.wav"])
    assert frame["error"].str.contains("cannot read").tolist() == [True, False]


def test_the_warning_points_at_the_line_that_asked(folder):
    with pytest.warns(UserWarning, match="1 of 1 files") as caught:
        sg.measure([folder / "gone.wav"])
    (warning,) = caught
    assert warning.filename == __file__


def test_values_that_are_not_all_their_name_promises_have_a_note(folder, tmp_path):
    noise(7, 3.1).save(tmp_path / "whole.wav")
    frame = sg.measure([folder / "noise-5.wav", tmp_path / "whole.wav"])
    note = "short_term_max_lufs: shorter than 3 s: as a meter shows it out of silence"
    assert frame["notes"].tolist() == [note, ""]


@pytest.mark.parametrize("made", [str, lambda path: path], ids=["text", "Path"])
def test_a_pattern_is_every_file_that_fits_it_in_order(folder, made):
    frame = sg.measure(made(folder / "noise-[13]*.wav"))
    assert frame["file"].tolist() == [str(folder / f"noise-{n}.wav") for n in (1, 3)]
    deep = sg.measure([made(folder / "**" / "*-6.WAV"), folder / "noise-0.wav"])
    assert deep["file"].tolist() == [
        str(folder / "more" / "noise-6.WAV"),
        str(folder / "noise-0.wav"),
    ]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path):
    noise(1).save(tmp_path / "take [1].wav")
    noise(2).save(tmp_path / "take 1.wav")
    (file,) = sg.measure(tmp_path / "take [1].wav")["file"]
    assert file == str(tmp_path / "take [1].wav")


def test_many_files_are_handed_out_little_by_little(folder):
    files = [folder / "noise-0.wav"] * 300
    direct = Direct()
    assert sg.measure(files, executor=direct)["file"].tolist() == [str(file) for file in files]
    assert direct.asked == 300
    assert 64 <= direct.most_open <= 256


def test_processes_measure_the_same_bit_for_bit_and_are_left_running(folder):
    here = sg.measure(folder)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        there = sg.measure(folder, executor=pool)
        assert pool.submit(abs, -1).result(60) == 1
    assert there.equals(here)


def test_a_worker_that_dies_costs_its_file_and_no_row(folder):
    class Dying(ThreadPoolExecutor):
        def submit(self, work, /, file, **named):
            if str(file).endswith("noise-2.wav"):
                raise BrokenExecutor("a worker was killed")
            return super().submit(work, file, **named)

    with Dying(1) as pool, pytest.warns(UserWarning, match="1 of 7"):
        frame = sg.measure(folder, executor=pool)
    assert (frame["error"] != "").sum() == 1
    assert "a worker was killed" in frame["error"][3]


def test_deep_measures_come_where_they_are_asked_for(folder):
    frame = sg.measure(folder / "noise-0.wav", deep=True)
    deep = [each.name for each in DEEP_MEASURES]
    assert list(frame.columns[-len(deep) - 1 :]) == [*deep, "notes"]
    assert frame["pitch_confidence"].notna().all()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::pytest.PytestWarning")
def test_a_dask_cluster_measures_the_same(folder):
    distributed = pytest.importorskip("distributed")
    files = [folder / f"noise-{number}.wav" for number in range(6)] + [folder / "gone.wav"]
    alone = {"n_workers": 1, "threads_per_worker": 2, "dashboard_address": None}
    with (
        distributed.LocalCluster(processes=True, **alone) as cluster,
        distributed.Client(cluster) as client,
    ):
        executor = client.get_executor()
        with pytest.warns(UserWarning, match="1 of 7 files could not be measured"):
            there = sg.measure(files, executor=executor)
    assert "cannot read" in there["error"][6]
    here = sg.measure(files[:6])
    assert there[:6]["loudness_lufs"].equals(here["loudness_lufs"])


@pytest.mark.parametrize(
    ("given", "named", "words"),
    [
        ([], {}, "no audio files"),
        ([7], {}, "as text or a Path, not 7"),
        (7, {}, "as text or a Path, not 7"),
        (["a.wav"], {"executor": 3}, "not int; a Dask client has one"),
    ],
    ids=["none", "a number", "a number alone", "no executor"],
)
def test_what_cannot_be_measured_at_all_is_refused(given, named, words):
    with pytest.raises(InputError, match=words):
        sg.measure(given, **named)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("typo", r"called '.*typo' or fits it"),
        ("typo/*.wav", r"called '.*typo.[*]\.wav' or fits it"),
    ],
)
def test_one_path_where_nothing_is_is_refused(given, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=words):
        sg.measure(given)


def test_an_executor_that_was_shut_down_is_refused(folder):
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    with pytest.raises(InputError, match=r"takes no work .* not been shut down") as raised:
        sg.measure(folder, executor=pool)
    assert isinstance(raised.value.__cause__, RuntimeError)


def test_an_executor_shut_down_on_the_way_costs_no_row(folder):
    class Closing(ThreadPoolExecutor):
        def submit(self, work, /, file, **named):
            if file.endswith("noise-3.wav"):
                self.shutdown(wait=False)
            return super().submit(work, file, **named)

    with Closing(1) as pool, pytest.warns(UserWarning, match="3 of 7"):
        frame = sg.measure(folder, executor=pool)
    assert frame["error"].str.contains("after shutdown").tolist() == [False] * 4 + [True] * 3


def test_work_that_is_called_off_costs_no_row(folder):
    gate = threading.Event()

    class CalledOff(ThreadPoolExecutor):
        def submit(self, work, /, *files, **named):
            if files and files[0].endswith("noise-3.wav"):
                self.shutdown(wait=False, cancel_futures=True)
                gate.set()
            return super().submit(work, *files, **named)

    with CalledOff(1) as pool:
        pool.submit(gate.wait)
        with pytest.warns(UserWarning, match="7 of 7"):
            frame = sg.measure(folder, executor=pool)
    assert frame["error"].str.startswith("called off: ").tolist() == [True] * 4 + [False] * 3


def test_a_folder_without_sounds_is_refused(tmp_path):
    with pytest.raises(InputError, match="no audio files"):
        sg.measure(tmp_path)


# The bar


class Paper:
    def __init__(self):
        self.shown, self.wiped = [], 0

    def show(self, html, line):
        self.shown.append((html, line))

    def wipe(self):
        self.wiped += 1


@pytest.fixture
def clock(monkeypatch):
    """The bar's clock, moved by hand."""
    from soundgen_nb.view import bar as room

    times = {"now": 100.0}
    monkeypatch.setattr(room, "monotonic", lambda: times["now"])
    return times


def test_a_bar_is_drawn_five_times_a_second_and_gone_in_the_end(clock):
    paper, seen = Paper(), 0
    for _ in counted(range(100), 100, paper):
        clock["now"] += 0.05
        seen += 1
    assert seen == 100
    assert 15 <= len(paper.shown) <= 25
    assert paper.shown[0][1].startswith("7/100 |█")
    assert paper.wiped == 1


@pytest.mark.usefixtures("clock")
def test_what_is_done_at_once_draws_no_bar():
    paper = Paper()
    assert list(counted("abc", 3, paper)) == ["a", "b", "c"]
    assert (paper.shown, paper.wiped) == ([], 0)


def test_a_bar_is_gone_when_the_work_is_given_up(clock):
    paper = Paper()
    working = counted(range(100), 100, paper)
    for _ in range(20):
        next(working)
        clock["now"] += 0.1
    working.close()
    assert paper.wiped == 1


def test_a_terminal_shows_the_bar_on_one_line():
    stream = StringIO()
    TerminalSurface(stream).show(*bar(5, 10, 2.0))
    assert stream.getvalue() == "\r\x1b[2K5/10 |██████████··········| 2.5 a second, 2 s left"
