"""What one call asks for is checked and planned before anything is sent."""

import math

import numpy as np
import pytest

from soundgen_nb.api import Audio, Outcome
from soundgen_nb.errors import InputError, JobFailedError, NothingSucceededError
from soundgen_nb.order import planned, provenance
from soundgen_nb.prompt import Prompt
from soundgen_nb.settings import Settings
from soundgen_nb.sound import Sound
from soundgen_nb.wire import Job, Receipt, Report, State, Submission

EMBEDDED = Settings()
VENDOR = Settings(api_key="vendors-key")
LOCAL = Settings(api_key="local-key", base_url="http://127.0.0.1:1/api/public/v1")
RAIN = [Prompt("rain on tin", {"roof": "tin"}), Prompt("rain on slate", {"roof": "slate"})]
MP3 = Sound.from_samples(0.1 * np.sin(np.arange(4410) / 10), 44100, format="mp3")


def test_an_order_is_every_prompt_by_every_take_in_the_order_they_will_be_shown():
    order = planned(RAIN, EMBEDDED, takes=2)
    assert [(item.prompt.text, item.index) for item in order.items] == [
        ("rain on tin", 1),
        ("rain on tin", 2),
        ("rain on slate", 1),
        ("rain on slate", 2),
    ]
    assert all(job.state is State.PLANNED for job in order.jobs)
    assert len({job.id for job in order.jobs}) == 4


def test_every_job_asks_for_what_the_call_asked():
    order = planned(
        RAIN, LOCAL, seconds=6.0, user_id="me", webhook_url="https://me.example/x", seed=3
    )
    asked = order.jobs[0].submission
    assert asked == Submission(
        prompt="rain on tin",
        seconds=6,
        user_id="me",
        webhook_url="https://me.example/x",
        seed=3,
    )
    assert order.jobs[0].base_url == LOCAL.base_url


def test_take_k_of_every_prompt_has_the_same_seed():
    order = planned(RAIN, EMBEDDED, takes=3, seed=40)
    assert [job.submission.seed for job in order.jobs] == [40, 41, 42] * 2


def test_without_a_seed_none_is_sent():
    assert planned(RAIN, EMBEDDED).jobs[0].submission.fields() == {"prompt": "rain on tin"}


def test_a_vendor_without_seeds_is_named():
    with pytest.raises(InputError, match=r"seed=1: api\.musicgpt\.com has no seeds"):
        planned(RAIN, VENDOR, seed=1)


REFUSED = {
    "no-takes": ({"takes": 0}, "takes must be a whole number from 1 to 1000, not 0"),
    "half-a-take": ({"takes": 1.5}, "takes must be a whole number"),
    "takes-text": ({"takes": "3"}, "takes must be a whole number .* not '3'"),
    "takes-yes": ({"takes": True}, "takes must be a whole number"),
    "no-seconds": ({"seconds": 0}, "seconds must be a whole number from 1 to 60, not 0"),
    "negative-seconds": ({"seconds": -3}, "seconds must be"),
    "half-seconds": ({"seconds": 2.5}, "seconds must be a whole number .* 2.5"),
    "huge-seconds": ({"seconds": 1e9}, "seconds must be"),
    "nan-seconds": ({"seconds": math.nan}, "seconds must be"),
    "text-seconds": ({"seconds": "6"}, "seconds must be"),
    "negative-seed": ({"seed": -1}, "seed must be"),
    "last-seed": ({"seed": 2**63 - 1, "takes": 2}, "seed must be"),
    "no-timeout": ({"timeout": 0}, "timeout must be a number of seconds above nought"),
    "endless": ({"timeout": math.inf}, "timeout must be"),
    "nan-timeout": ({"timeout": math.nan}, "timeout must be"),
    "text-timeout": ({"timeout": "60"}, "timeout must be"),
    "yes-timeout": ({"timeout": True}, "timeout must be"),
    "ftp-webhook": ({"webhook_url": "ftp://a.example"}, "webhook_url must be an http"),
    "number-webhook": ({"webhook_url": 7}, "webhook_url must be an http"),
    "half-webhook": ({"webhook_url": "https://a/\ud800"}, "webhook_url must be an http"),
    "number-user": ({"user_id": 7}, "user_id must be a line of text"),
    "half-user": ({"user_id": "\ud800"}, "user_id must be a line of text"),
    "two-lines-user": ({"user_id": "a\nb"}, "user_id must be a line of text"),
}


@pytest.mark.parametrize(("arguments", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_used_is_named(arguments, words):
    with pytest.raises(InputError, match=words):
        planned(RAIN, EMBEDDED, **arguments)


@pytest.mark.parametrize("takes", [3, 3.0, np.int64(3), np.float32(3)])
def test_whole_numbers_of_any_kind_count(takes):
    assert len(planned(RAIN, EMBEDDED, takes=takes).items) == 6


def test_the_time_is_the_calls_or_the_settings():
    assert planned(RAIN, EMBEDDED).timeout_seconds == 600
    assert planned(RAIN, Settings(timeout_seconds=5)).timeout_seconds == 5
    assert planned(RAIN, EMBEDDED, timeout=np.float64(2.5)).timeout_seconds == 2.5


def done(job, **local):
    report = Report(task_id="T", conversion_id="C", state=State.COMPLETED, local=local or None)
    receipt = Receipt(task_id="T", conversion_id="C", credit_estimate=0.99)
    return Outcome(job.sent(receipt, 1.0).seen(report, 2.0), Audio(MP3))


def failed(job):
    return Outcome(job, error=JobFailedError(f"{job.submission.prompt}: too odd", job=job))


def test_what_came_is_returned_with_one_failure_for_each_that_did_not():
    order = planned(RAIN, EMBEDDED, takes=2)
    ways = [done, failed, done, failed]
    takes = order.takes([way(job) for way, job in zip(ways, order.jobs, strict=True)])
    assert [(take.prompt, take.index) for take in takes] == [
        ("rain on tin", 1),
        ("rain on slate", 1),
    ]
    assert takes[1].factors == {"roof": "slate"}
    assert [type(failure) for failure in takes.failures] == [JobFailedError] * 2


def test_the_only_sound_that_fails_raises_its_own_error():
    order = planned(RAIN[:1], EMBEDDED)
    with pytest.raises(JobFailedError, match="rain on tin: too odd"):
        order.takes([failed(order.jobs[0])])


def test_when_none_of_several_came_all_errors_are_in_one():
    order = planned(RAIN, EMBEDDED)
    with pytest.raises(NothingSucceededError, match=r"none of the 2 sounds came.*tin") as caught:
        order.takes([failed(job) for job in order.jobs])
    assert len(caught.value.failures) == 2


def test_provenance_tells_what_is_known_of_the_job():
    (job,) = planned(RAIN[:1], LOCAL, seconds=4, user_id="me").jobs
    known = provenance(done(job, seed=7, brief={"family": "rain"}, engine="embedded").job)
    assert (known.prompt, known.seconds_asked, known.user_id) == ("rain on tin", 4, "me")
    assert (known.engine, known.seed, known.brief) == ("embedded", 7, {"family": "rain"})
    assert (known.task_id, known.conversion_id, known.credits) == ("T", "C", 0.99)
    assert (known.submitted_at, known.ended_at) == (1.0, 2.0)


@pytest.mark.parametrize(
    ("base_url", "engine"),
    [
        ("https://api.musicgpt.com/api/public/v1", "MusicGPT"),
        ("https://api.wav.com/api/public/v1", "MusicGPT"),
        ("https://wav.com/v1", "MusicGPT"),
        ("https://notmusicgpt.com/v1", "notmusicgpt.com"),
        ("https://sounds.example/v1", "sounds.example"),
    ],
)
def test_an_engine_that_does_not_say_is_called_by_its_address(base_url, engine):
    job = Job(submission=Submission(prompt="rain"), base_url=base_url)
    assert provenance(job).engine == engine
