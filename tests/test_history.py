from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from time import time

import numpy as np
import pandas as pd
import pytest

from soundgen_nb.chronicle import History
from soundgen_nb.chronicle.history import MOST_AUDIO_BYTES, MOST_LINES, MOST_PLAYERS
from soundgen_nb.errors import InputError, LibraryError, NotAudioError
from soundgen_nb.library import Entry, Library
from soundgen_nb.sound import Sound
from soundgen_nb.wire import Job, Provenance, Receipt, Report, State, Submission

RATE = 44_100
NASTY = "<script>alert(1)</script> \"quoted\" & 'single'"
COLUMNS = [
    *("prompt", "take", "state", "seconds", "loudness_lufs", "rating", "tags", "note", "credits"),
    *("engine", "host", "created", "job_id", "task_id"),
]


def noise(seed=0, *, seconds=0.25, format="wav"):  # noqa: A002  # Sound's own word
    samples = 0.3 * np.random.default_rng(seed).uniform(-1, 1, (1, int(seconds * RATE)))
    return Sound.from_samples(samples, RATE, format=format)


def asked(library, prompt="rain", state=State.PLANNED, *, message="", estimate=None, **more):
    """A job that has come as far as ``state``, without audio; its id."""
    job = Job(submission=Submission(prompt=prompt), base_url="https://api.example.com/v1")
    library.plan([Entry(job=job, order_id="an order", **more)])
    if estimate is not None:
        receipt = Receipt(task_id="task-1", conversion_id="c", credit_estimate=estimate)
        job = job.sent(receipt, at=time())
        library.record(job)
    if state is not job.state:
        library.record(replace(job, state=state, message=message))
    return job.id


def heard(library, prompt="rain", *, sound=None, wav=None, cost=None, **more):
    """A job that is completed, with its audio; its id."""
    job_id = asked(library, prompt, **more)
    job = library.entry(job_id).job
    task = {"task_id": f"task of {prompt}", "conversion_id": "c"}
    job = job.sent(Receipt(**task), at=1.0)
    report = Report(**task, state=State.COMPLETED, seconds=9.0, credits=cost)
    library.record(job.seen(report, at=2.0))
    provenance = Provenance(prompt=prompt, engine="by hand", seed=7, task_id=job.task_id)
    library.keep(job_id, played=sound or noise(), wav=wav, provenance=provenance)
    return job_id


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def memory():
    with Library.in_memory() as opened:
        yield opened


# which jobs


def test_the_newest_comes_first(memory):
    ids = [asked(memory, prompt) for prompt in ("one", "two", "three")]
    assert History.of(memory)["job_id"].tolist() == ids[::-1]


def test_every_filter_must_be_met(memory):
    wanted = heard(memory, "Rain on a roof")
    memory.rate(wanted, 4)
    heard(memory, "rain on a tent")
    asked(memory, "rain on a ROOF")
    found = History.of(memory, prompt="rain", state="completed", rating=4, limit=9)
    assert found["job_id"].tolist() == [wanted]
    assert len(History.of(memory, prompt="roof")) == 2
    assert len(History.of(memory, limit=2)) == 2


@pytest.mark.parametrize("state", [State.UNKNOWN, "UNKNOWN", "unknown", " Unknown "], ids=repr)
def test_a_state_may_be_written_in_any_case(memory, state):
    unknown = asked(memory, state=State.UNKNOWN)
    asked(memory)
    assert History.of(memory, state=state)["job_id"].tolist() == [unknown]


@pytest.mark.parametrize(
    "since",
    [
        datetime(2026, 3, 1, tzinfo=UTC),
        datetime(2026, 3, 1, 12),  # noqa: DTZ001  # without a zone is one of the cases
        date(2026, 3, 1),
        "2026-03-01",
        "2026-03-01T12:00:00Z",
        "2026-03-01 12:00",
        datetime(2026, 3, 1, tzinfo=UTC).timestamp(),
        np.float64(datetime(2026, 3, 1, tzinfo=UTC).timestamp()),
        pd.Timestamp("2026-03-01"),
        timedelta(seconds=time() - datetime(2026, 3, 1, tzinfo=UTC).timestamp()),
    ],
    ids=lambda since: type(since).__name__,
)
def test_a_moment_may_be_written_in_many_ways(memory, since):
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
    asked(memory, "two days before", created_at=noon - 172_800)
    asked(memory, "two days later", created_at=noon + 172_800)
    assert History.of(memory, since=since)["prompt"].tolist() == ["two days later"]


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ({"state": "DONE"}, "no state 'DONE'; there are PLANNED, SENDING, IN_QUEUE, .*DROPPED"),
        ({"state": 5}, "no state 5"),
        ({"rating": 0}, "rating must be a whole number from 1 to 5, not 0"),
        ({"rating": "5"}, "rating must be a whole number"),
        ({"limit": 0}, "limit must be a whole number from 1"),
        ({"prompt": 5}, "part of the prompt's text, not 5"),
        ({"since": "yesterday"}, "timedelta back from now, not 'yesterday'"),
        ({"since": True}, "not True"),
        ({"since": float("nan")}, "not nan"),
        ({"since": [2026]}, r"not \[2026\]"),
        ({"since": datetime.min}, "since must be"),  # noqa: DTZ901  # before the epoch of any zone
        ({"since": 3600}, r"since=3600 counts from 1970; .*timedelta\(seconds=3600\)"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_filter_that_cannot_be_used_is_named(memory, filters, told):
    asked(memory)
    with pytest.raises(InputError, match=told):
        History.of(memory, **filters)


# a frame to its readers


def test_a_history_reads_like_its_frame(memory):
    heard(memory, "rain", cost=0.5)
    asked(memory, "hail", State.UNKNOWN)
    history = History.of(memory)
    assert history["state"].tolist() == ["UNKNOWN", "COMPLETED"]
    assert history[["prompt", "take"]].shape == (2, 2)
    assert history[history["credits"] > 0].index.tolist() == [1]
    assert history.query("state == 'UNKNOWN'")["prompt"].tolist() == ["hail"]
    assert history.loc[0, "prompt"] == "hail"
    assert history.groupby("state").size()["UNKNOWN"] == 1
    assert len(history) == len(history.frame) == 2
    assert list(history) == list(history.frame)
    assert "state" in history
    written = pd.read_csv(StringIO(history.to_csv(index=False)))
    assert written["state"].tolist() == history["state"].tolist()


def test_a_history_is_no_frame_and_hands_one_out(memory):
    history = History.of(memory)
    assert not isinstance(history, pd.DataFrame)
    assert isinstance(history.frame, pd.DataFrame)
    with pytest.raises(TypeError):
        history["mine"] = 1
    with pytest.raises(FrozenInstanceError):
        history.entries = ()


def test_what_neither_has_is_an_attribute_error_that_names_it(memory):
    history = History.of(memory)
    for name in ("colour", "_ipython_display_", "__array__"):
        with pytest.raises(AttributeError, match=f"a History has no '{name}'"):
            getattr(history, name)
    with pytest.raises(AttributeError, match="entries"):
        _ = History.__new__(History).entries


def test_completion_offers_what_both_have_and_the_columns(memory):
    history = History.of(memory)
    assert {"compare", "reload", "query", "to_csv"} <= set(dir(history))
    assert history._ipython_key_completions_() == COLUMNS


def test_columns_and_their_kinds_are_there_without_rows_too(memory):
    empty = History.of(memory).frame
    asked(memory)
    filled = History.of(memory).frame
    assert list(empty) == list(filled) == COLUMNS
    numbers = {"take", "seconds", "loudness_lufs", "rating", "credits", "created"}
    assert empty.dtypes[sorted(numbers)].equals(filled.dtypes[sorted(numbers)])
    assert str(filled.dtypes["created"]).endswith("UTC]")
    assert str(filled.dtypes["rating"]) == "Int64"


def test_a_row_says_what_is_known_and_leaves_out_the_rest(memory):
    moment = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    rated = heard(memory, "rain", cost=0.99, index=2, created_at=moment.timestamp())
    memory.rate(rated, 4)
    memory.measured(rated, {"seconds": 6.5, "loudness_lufs": -20.25})
    row = History.of(memory).loc[0].to_dict()
    assert row == {
        "prompt": "rain",
        "take": 2,
        "state": "COMPLETED",
        "seconds": 6.5,
        "loudness_lufs": -20.25,
        "rating": 4,
        "tags": None,
        "note": None,
        "credits": 0.99,
        "engine": "by hand",
        "host": "api.example.com",
        "created": pd.Timestamp(moment),
        "job_id": rated,
        "task_id": "task of rain",
    }
    asked(memory, "hail", State.UNKNOWN)
    unknown = History.of(memory).loc[0]
    missing = ["seconds", "loudness_lufs", "rating", "credits", "engine", "task_id"]
    assert unknown[missing].isna().all()


def test_the_servers_length_stands_in_for_one_that_was_not_measured(memory):
    heard(memory)
    assert History.of(memory)["seconds"].tolist() == [9.0]


def test_only_what_was_made_is_spent(memory):
    heard(memory, cost=0.5)
    asked(memory, estimate=2.0, state=State.FAILED)
    asked(memory, estimate=4.0, state=State.IN_PROGRESS)
    assert History.of(memory)["credits"].sum() == 0.5


def test_factors_are_columns_and_give_way_to_ours(memory):
    asked(memory, "tin rain", factors={"roof": "tin", "take": "wide"})
    asked(memory, "hail", factors={"stones": "big"})
    frame = History.of(memory).frame
    added = list(frame)[1 : list(frame).index("take")]
    assert sorted(added) == ["roof", "stones", "take (factor)"]
    assert frame["roof"].isna().tolist() == [True, False]
    assert frame.loc[1, "take (factor)"] == "wide"


def test_tags_and_notes_are_in_the_frame_and_in_the_table(memory):
    job = heard(memory)
    memory.tag(job, ["dry", "close"])
    memory.annotate(job, "hiss <at> the end")
    asked(memory)
    history = History.of(memory)
    assert history.frame.loc[1, ["tags", "note"]].tolist() == ["dry, close", "hiss <at> the end"]
    assert history.frame.loc[0, ["tags", "note"]].isna().all()
    assert "dry, close · hiss &lt;at&gt; the end" in history.table_html()


def test_looking_at_the_states_needs_no_pandas_before_the_frame_is_asked_for():
    code = (
        "import sys; from soundgen_nb.chronicle import History; "
        "from soundgen_nb.library import Library; repr(History.of(Library.in_memory())); "
        "assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# the ways back to the sounds


def test_a_sound_comes_back_as_the_take_it_was(library, tmp_path):
    mp3, wav = noise(1, format="mp3"), noise(1)
    kept = heard(library, "tin rain", sound=mp3, wav=wav, factors={"roof": "tin"}, index=3)
    asked(library)
    library.close()
    with Library.open(tmp_path / "library") as again:
        history = History.of(again)
        for take in (history.reload(kept), history.reload(1), history.reload(np.int64(1))):
            assert (take.sound, take.wav) == (mp3, wav)
            assert (take.prompt, take.factors, take.index) == ("tin rain", {"roof": "tin"}, 3)
            assert take.provenance == again.entry(kept).provenance


def test_audio_that_came_after_the_look_is_found(memory):
    job_id = asked(memory, estimate=1.0)
    history = History.of(memory)
    memory.keep(job_id, played=noise(3), provenance=Provenance(prompt="rain", engine="late"))
    assert history.reload(job_id).sound == noise(3)


@pytest.mark.parametrize("row", [3, -1, 0.5, True, None, "no such job"], ids=repr)
def test_a_row_or_job_that_is_not_here_is_named(memory, row):
    asked(memory)
    with pytest.raises(InputError, match=re.escape(repr(row))):
        History.of(memory).reload(row)
    with pytest.raises(InputError, match="no job 0 among these 0"):
        History.of(memory, prompt="nobody asked").reload(0)


def test_a_job_without_audio_says_how_it_stands_and_what_to_do(memory):
    unknown = asked(memory, state=State.UNKNOWN)
    with pytest.raises(LibraryError, match=rf"'rain' take 1 .*UNKNOWN.*resend\('{unknown}'\)"):
        History.of(memory).reload(0)


def test_takes_come_in_the_order_they_were_asked_for(memory):
    for number, prompt in enumerate(("rain", "hail", "rain"), 1):
        heard(memory, prompt, sound=noise(number), index=number)
        asked(memory, "never came", State.FAILED)
    takes = History.of(memory).takes()
    assert [(take.prompt, take.index) for take in takes] == [("rain", 1), ("hail", 2), ("rain", 3)]
    assert takes.failures == ()


def test_a_file_that_is_gone_is_a_failure_among_the_takes(library, tmp_path):
    heard(library, "rain", sound=noise(1))
    heard(library, "hail", sound=noise(2))
    (gone,) = (tmp_path / "library" / "sounds").glob(f"{library.entries()[0].played.name}")
    gone.unlink()
    history = History.of(library)
    assert [take.prompt for take in history.takes()] == ["rain"]
    (failure,) = history.takes().failures
    assert "cannot be read" in str(failure)
    assert [take.prompt for take in history.compare()] == ["rain"]
    with pytest.raises(LibraryError, match="cannot be read"):
        history.compare(0)


def test_a_comparison_is_of_all_sounds_or_of_those_that_are_named(memory):
    ids = [heard(memory, prompt, sound=noise(n)) for n, prompt in enumerate(("a", "b", "c"))]
    for job_id, stars in zip(ids, (5, 1, 4), strict=True):
        memory.rate(job_id, stars)
    history = History.of(memory)
    assert history.compare().prompts == ("a", "b", "c")
    assert history.compare(ids[2], ids[0]).prompts == ("c", "a")
    assert history.compare(*history.query("rating >= 4").index).prompts == ("c", "a")
    assert len(History.of(memory, rating=1).compare()) == 1


def test_nothing_to_compare_is_said_with_what_there_is(memory):
    asked(memory, state=State.FAILED)
    with pytest.raises(InputError, match=r"no sound to compare among 1 job \(1 FAILED\)"):
        History.of(memory).compare()


# what changes the library


def test_a_rating_is_written_down_and_can_be_taken_back(memory):
    job_id = heard(memory)
    said = History.of(memory).rate(0, 4)
    assert repr(said) == str(said) == "'rain' take 1 is rated 4 of 5; sg.history() shows it."
    assert History.of(memory)["rating"].tolist() == [4]
    assert "no longer rated" in History.of(memory).rate(job_id, None)
    assert History.of(memory)["rating"].isna().all()
    with pytest.raises(InputError, match="rating must be a whole number from 1 to 5, not 6"):
        History.of(memory).rate(job_id, 6)


def test_pruning_says_what_would_go_before_it_goes(library):
    day = 86_400
    heard(library, "old", sound=noise(1), created_at=time() - 100 * day)
    asked(library, "old and unknown", State.UNKNOWN, created_at=time() - 100 * day)
    heard(library, "new", sound=noise(2))
    history = History.of(library)
    told = repr(history.prune(older_than=timedelta(days=90)))
    assert "This would take out 1 job and 1 sound file (0.0 MB)" in told
    assert len(History.of(library)) == 3
    told = repr(history.prune(older_than=timedelta(days=90), dry_run=False))
    assert told == "Taken out of the library: 1 job and 1 sound file (0.0 MB)."
    assert History.of(library)["prompt"].tolist() == ["new", "old and unknown"]


@pytest.mark.parametrize("age", [90, timedelta(days=-1), None], ids=repr)
def test_pruning_wants_an_age(memory, age):
    with pytest.raises(InputError, match=r"such as timedelta\(days=90\), not"):
        History.of(memory).prune(older_than=age)


def test_measuring_writes_down_what_a_take_measures(memory):
    heard(memory, sound=noise(1))
    heard(memory, sound=Sound(b"ID3" + bytes(500)))
    asked(memory)
    before = History.of(memory)
    after = before.measured()
    loudness = before.reload(2).measures.loudness_lufs
    assert after["loudness_lufs"].tolist()[2] == pytest.approx(loudness)
    assert after["seconds"].tolist()[2] == 0.25
    assert after["loudness_lufs"].isna().tolist() == [True, True, False]
    assert History.of(memory).frame.equals(after.frame)
    assert before["loudness_lufs"].isna().all()


# how it shows itself


def test_players_and_pictures_are_those_of_the_newest_sounds(memory):
    for number in range(MOST_PLAYERS + 5):
        heard(memory, f"sound {number}", sound=noise(number, seconds=0.1))
    html = History.of(memory)._repr_html_()
    played = re.findall(r'<audio controls preload="none" src="data:audio/wav;.*?>', html)
    assert len(played) == html.count('class="sg-spectrogram"') == MOST_PLAYERS
    assert 'aria-label="sound 24 · take 1"' in played[0]
    assert 'aria-label="sound 5 · take 1"' in played[-1]
    assert [f".reload({row}) opens it" in html for row in (19, 20, 24)] == [False, True, True]


def test_the_table_keeps_to_its_budget_of_bytes(memory):
    large = noise(1, seconds=4)  # 350 kB
    for _ in range(MOST_LINES + 40):
        heard(
            memory,
            "a prompt of eighty characters, which is about as many as most people write",
            sound=large,
        )
    html = History.of(memory)._repr_html_()
    assert html.count("<audio") == MOST_AUDIO_BYTES // len(large.data)
    audio = sum(map(len, re.findall(r"data:audio[^\"]*", html)))
    assert audio < MOST_AUDIO_BYTES * 1.34
    assert len(html) - audio < 120_000
    assert html.count("<tr>") == 1 + MOST_LINES
    assert "40 older ones are not shown" in html


def test_a_sound_too_large_for_the_table_makes_room_for_others(memory):
    heard(memory, "small", sound=noise(1))
    heard(memory, "large", sound=noise(2, seconds=20))
    html = History.of(memory)._repr_html_()
    assert ".reload(0) opens it" in html
    assert 'aria-label="small · take 1"' in html


def test_what_is_shown_is_measured_on_the_way(memory):
    job_id = heard(memory, sound=noise(1))
    history = History.of(memory)
    assert history.reload(job_id).measures.text("loudness_lufs") in history._repr_html_()


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (State.PLANNED, "not sent, so not charged"),
        (State.SENDING, "sg.resume() finds out"),
        (State.IN_QUEUE, "the API has it; sg.resume() fetches it"),
        (State.IN_PROGRESS, "the API is making it; sg.resume() fetches it"),
        (State.COMPLETED, "made, but not fetched; sg.resume() fetches it"),
        (State.FAILED, "the API could not make it: out of memory"),
        (State.REFUSED, "the API did not take it: out of memory"),
        (State.UNKNOWN, "nobody can say whether it was accepted and charged"),
        (State.DROPPED, "given up: out of memory"),
    ],
    ids=str,
)
def test_every_state_says_what_to_do_next(memory, state, told):
    asked(memory, state=state, message="out of memory")
    history = History.of(memory)
    assert told in history._repr_html_()
    assert told in repr(history)
    assert f"1 job (1 {state})" in repr(history)


def test_an_unknown_outcome_names_both_ways_on_with_the_jobs_id(memory):
    job_id = asked(memory, state=State.UNKNOWN)
    text = repr(History.of(memory))
    assert f"sg.resend('{job_id}') or sg.drop('{job_id}')" in text


def test_credits_are_added_up_as_the_servers_estimate(memory):
    heard(memory, cost=0.75)
    heard(memory, cost=0.5)
    asked(memory, estimate=2.0)
    asked(memory, estimate=3.0, state=State.FAILED)
    told = "Credits (server's estimate): 1.25 spent, 2 more for what is under way or unknown."
    history = History.of(memory)
    assert told in repr(history)
    assert "Credits (server&#x27;s estimate): 1.25 spent" in history._repr_html_()
    assert "estimate" not in repr(History.of(memory, state="planned"))


def test_who_was_asked_is_told_where_no_sound_says_who_made_it(memory):
    heard(memory)
    asked(memory, state=State.FAILED, key="f1e2d3c4b5a6")
    asked(memory, state=State.FAILED)
    html = History.of(memory)._repr_html_()
    told = re.findall(r"UTC <small>(.*?)</small>", html)
    assert told == ["embedded engine", "api.example.com", "by hand"]


def test_nothing_that_was_typed_becomes_markup(memory):
    heard(memory, NASTY, factors={NASTY: NASTY})
    asked(memory, NASTY, State.FAILED, message=NASTY)
    html = History.of(memory)._repr_html_()
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 6


@pytest.mark.parametrize(
    "damage",
    [lambda path: path.unlink(), lambda path: path.write_bytes(b"RIFF????WAVE")],
    ids=["gone", "cut short"],
)
def test_a_damaged_sound_is_told_in_its_row_and_hides_no_other(library, tmp_path, damage):
    heard(library, "good", sound=noise(1))
    heard(library, "bad", sound=noise(2))
    damage(tmp_path / "library" / "sounds" / library.entries()[0].played.name)
    html = History.of(library)._repr_html_()
    assert html.count("<audio") == 1
    assert re.search("cannot be read|is damaged", html)
    assert "resume() fetches the sound again" in html
    assert "opens it" not in html


def test_bytes_that_are_no_audio_are_told_in_their_row(memory):
    heard(memory, sound=Sound(b"ID3" + bytes(500)))
    history = History.of(memory)
    with pytest.raises(NotAudioError):
        _ = history.reload(0).samples
    assert 'class="sg-state sg-alarm"' in history._repr_html_()


def test_a_history_of_nothing_says_where_everything_is(memory):
    history = History.of(memory)
    assert repr(history) == (
        "<History: Nothing here. sg.history() without filters has all that was ever asked for.>"
    )
    assert "Nothing here" in history._repr_html_()
    assert "<table" not in history._repr_html_()


def test_text_tells_the_newest_rows_and_how_many_there_are(memory):
    for number in range(25):
        asked(memory, f"{number} " + 60 * "long ")
    lines = repr(History.of(memory)).splitlines()
    assert len(lines) == 22
    assert "24 long long" in lines[1]
    assert "… · take 1" in lines[1]
    assert lines[-1].endswith("and 5 older; .frame has them all>")


def test_text_remains_where_style_sheets_are_stripped(memory):
    heard(memory, "rain")
    html = History.of(memory)._repr_html_()
    (fallback,) = re.findall(r'<pre class="sg-text">(.*?)</pre>', html, re.DOTALL)
    assert "COMPLETED    rain · take 1" in fallback
