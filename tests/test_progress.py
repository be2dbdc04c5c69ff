"""Progress: news from any thread, drawn on the waiting one, and nothing left in the end."""

import io
import sys
import threading
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundgen_nb.view import progress as progress_room
from soundgen_nb.view.progress import (
    NotebookSurface,
    Progress,
    TerminalSurface,
    progress_html,
    surface_here,
    tally,
)
from soundgen_nb.wire import Job, Receipt, State, Submission

NOW = 1_000_000.0


def job(state=State.PLANNED, *, prompt="rain", eta=10.0, since=None):
    receipt = Receipt(task_id="T", conversion_id="C", eta_seconds=eta)
    made = Job(submission=Submission(prompt=prompt), base_url="")
    if since is not None:
        made = made.sent(receipt, NOW - since)
    return replace(made, state=state)


class Paper:
    """A surface that keeps what was drawn on it."""

    def __init__(self):
        self.drawn, self.wiped, self.threads = [], 0, set()

    def draw(self, jobs, now):
        self.threads.add(threading.current_thread())
        self.drawn.append((tuple(jobs), now))

    def wipe(self):
        self.wiped += 1


class Bars(HTMLParser):
    """How full each bar is, and what stands on the page."""

    def __init__(self, html):
        super().__init__()
        self.shares, self.words = [], []
        self.feed(html)

    def handle_starttag(self, _, attributes):
        given_ = dict(attributes)
        if given_.get("role") == "progressbar":
            self.shares.append(int(given_["aria-valuenow"].rstrip("%")))

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture
def clock(monkeypatch):
    """The progress room's clock, moved by hand."""
    times = {"now": 100.0}
    monkeypatch.setattr(progress_room, "monotonic", lambda: times["now"])
    return times


def test_news_replaces_what_was_known_of_a_job():
    first, second = job(), job(prompt="wind")
    progress = Progress([first, second], None)
    progress.notice(replace(first, state=State.COMPLETED))
    assert [known.state for known in progress.jobs] == [State.COMPLETED, State.PLANNED]
    assert progress.sentence == "1 waiting its turn, 1 done"


def test_news_from_many_threads_is_all_there():
    jobs = [job() for _ in range(200)]
    progress = Progress(jobs, None)
    threads = [
        threading.Thread(target=progress.notice, args=(replace(one, state=State.IN_QUEUE),))
        for one in jobs
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert progress.sentence == "200 in the queue"


def test_what_is_done_at_once_is_never_drawn(clock):
    paper = Paper()
    progress = Progress([job()], paper)
    clock["now"] += 0.29
    progress.look()
    progress.close()
    assert (paper.drawn, paper.wiped) == ([], 0)


def test_it_is_drawn_at_most_five_times_a_second_and_wiped_once(clock):
    paper = Paper()
    progress = Progress([job()], paper)
    for _ in range(1000):
        clock["now"] += 0.005
        progress.look()
    progress.close()
    assert 20 <= len(paper.drawn) <= 25
    assert paper.wiped == 1
    assert paper.threads == {threading.current_thread()}


def test_an_interrupt_while_it_is_drawn_leaves_nothing_behind(clock):
    class Interrupted(Paper):
        def draw(self, jobs, now):
            super().draw(jobs, now)
            raise KeyboardInterrupt

    paper = Interrupted()
    progress = Progress([job()], paper)
    clock["now"] += 1
    with pytest.raises(KeyboardInterrupt):
        progress.look()
    progress.close()
    assert paper.wiped == 1


def test_a_terminal_that_is_gone_does_not_stop_the_work(clock):
    stream = io.StringIO()
    progress = Progress([job()], TerminalSurface(stream))
    stream.close()
    for _ in range(3):
        clock["now"] += 1
        progress.look()
    progress.close()


def test_without_a_surface_nothing_is_drawn(clock):
    progress = Progress([job()], None)
    clock["now"] += 10
    progress.look()
    progress.close()


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_words_of_its_own(state):
    words = tally([job(state)])
    assert words.startswith("1 ")
    assert all(words != tally([job(other)]) for other in State if other is not state)


def test_a_tally_leaves_out_what_there_is_none_of():
    assert tally([]) == ""
    assert tally([job(State.COMPLETED), job(State.IN_PROGRESS)]) == "1 being made, 1 done"


ages = st.floats(0, 1e5)
etas = st.one_of(st.none(), st.floats(0, 1e4))


@given(eta=etas, since=ages, more=ages)
def test_a_bar_never_goes_back_and_is_full_only_in_the_end(eta, since, more):
    early = Bars(progress_html([job(State.IN_PROGRESS, eta=eta, since=since)], NOW)).shares[0]
    late = Bars(progress_html([job(State.IN_PROGRESS, eta=eta, since=since + more)], NOW)).shares[0]
    done = Bars(progress_html([job(State.COMPLETED, eta=eta, since=since)], NOW)).shares[0]
    assert 0 <= early <= late <= 100
    assert done == 100


def test_a_bar_fills_evenly_towards_the_eta():
    def share(seconds):
        return Bars(progress_html([job(State.IN_PROGRESS, eta=100, since=seconds)], NOW)).shares[0]

    assert [share(seconds) for seconds in (0, 25, 50, 75)] == [0, 22, 45, 68]
    assert 90 <= share(101) < share(1000) < 100


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (job(), "waiting its turn"),
        (job(State.IN_QUEUE, eta=30, since=10), "in the queue, about 20 s left"),
        (job(State.IN_PROGRESS, eta=30, since=40), "being made, any moment"),
        (job(State.IN_PROGRESS, eta=None, since=40), "being made, 40 s so far"),
        (job(State.COMPLETED, eta=30, since=40), "done"),
        (job(State.UNKNOWN), "outcome unknown"),
    ],
    ids=["planned", "queue", "late", "no-eta", "done", "unknown"],
)
def test_a_line_says_what_is_known(made, words):
    assert words in Bars(progress_html([made], NOW)).words


def test_a_long_batch_shows_what_moves_and_sums_up_the_rest():
    jobs = [job(State.COMPLETED)] * 50 + [job(State.IN_PROGRESS, prompt="this one", since=1)]
    bars = Bars(progress_html(jobs, NOW))
    assert len(bars.shares) == 8
    assert bars.words[0] == "this one"
    assert "and 43 more: 1 being made, 50 done" in bars.words


def test_a_prompt_is_text_and_no_html():
    html = progress_html([job(prompt='<script>"&')], NOW)
    assert "<script>" not in html
    assert Bars(html).words[0] == '<script>"&'


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_shows_one_line_and_clears_it():
    stream = io.StringIO()
    surface = TerminalSurface(stream)
    surface.draw([job(State.COMPLETED), job(State.IN_PROGRESS, eta=10, since=5)], NOW)
    line = stream.getvalue()
    assert line.startswith("\r\x1b[2K1/2 |")
    assert "1 being made, 1 done" in line
    assert "\n" not in line
    assert line.count("█") == round(20 * (1 + 0.45) / 2)
    surface.wipe()
    assert stream.getvalue().endswith("\r\x1b[2K")


def test_a_terminals_line_is_short_enough_not_to_wrap():
    stream = io.StringIO()
    TerminalSurface(stream).draw([job(state) for state in State] * 30, NOW)
    assert len(stream.getvalue()) <= 105


def test_progress_goes_to_a_terminal_and_not_into_a_file(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert isinstance(surface_here(), TerminalSurface)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert surface_here() is None


def test_wiping_a_notebook_output_that_was_never_shown_shows_nothing(capsys):
    NotebookSurface().wipe()
    assert capsys.readouterr().out == ""
