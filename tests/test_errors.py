"""The tree of errors is the one that is drawn, and what is raised carries what it says."""

import inspect
import pickle
import re

import pytest

from soundgen_nb import errors
from soundgen_nb.errors import SoundgenError

CLASSES = {
    name: kind
    for name, kind in vars(errors).items()
    if inspect.isclass(kind) and issubclass(kind, Exception)
}


def drawn():
    """Each class of the drawing with the one it hangs from, and its second parent if it has one."""
    path, hangs = ["SoundgenError"], {"SoundgenError": (Exception, None)}
    for line in errors.__doc__.splitlines():
        found = re.match(r"([│ ]*)[├└]── (\w+)(?: \((\w+)\))?", line)
        if found:
            depth = len(found[1]) // 4 + 1
            path[depth:] = [found[2]]
            hangs[found[2]] = (CLASSES[path[depth - 1]], found[3])
    return hangs


def test_the_drawing_names_every_class():
    assert set(drawn()) == set(CLASSES)


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_hangs_where_it_is_drawn(name):
    parent, also = drawn()[name]
    bases = CLASSES[name].__bases__
    assert bases[0] is parent
    assert [base.__name__ for base in bases[1:]] == ([also] if also else [])


@pytest.mark.parametrize("kind", CLASSES.values(), ids=CLASSES)
def test_every_class_says_what_it_means_and_hangs_from_the_root(kind):
    assert kind.__doc__
    assert kind.__doc__.strip().endswith(".") or "``" in kind.__doc__
    assert issubclass(kind, SoundgenError)


def test_the_file_imports_nothing_of_ours():
    assert "soundgen_nb" not in inspect.getsource(errors)


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (errors.PromptError("x"), ValueError),
        (errors.DeadlineError("x", job=None), TimeoutError),
        (errors.LoopError("x"), RuntimeError),
        (errors.MeasureError("x"), KeyError),
    ],
    ids=["input", "deadline", "loop", "measure"],
)
def test_who_knows_only_pythons_errors_catches_ours(error, builtin):
    assert isinstance(error, builtin)
    assert str(error) == "x"


CARRIED = {
    "status": (errors.ServerError("x", status=502), {"status": 502}),
    "credits": (
        errors.InsufficientCreditsError("x", status=402, required=3, available=1),
        {"status": 402, "required": 3, "available": 1},
    ),
    "wait": (errors.RateLimitError("x", status=429, retry_after=7), {"retry_after": 7}),
    "sent": (errors.NoAnswerError("x", sent=False), {"sent": False}),
    "job": (errors.JobFailedError("x", job="the job"), {"job": "the job"}),
    "failures": (
        errors.NothingSucceededError("x", failures=[errors.PromptError("y")]),
        {"failures": 1},
    ),
}


@pytest.mark.parametrize(("error", "carried"), CARRIED.values(), ids=CARRIED)
def test_an_error_carries_what_its_reader_needs(error, carried):
    for name, value in carried.items():
        held = getattr(error, name)
        assert (len(held) if isinstance(held, tuple) else held) == value


def test_an_unanswered_request_counts_as_sent_unless_that_is_known():
    assert errors.NoAnswerError("x").sent


@pytest.mark.parametrize(("error", "carried"), CARRIED.values(), ids=CARRIED)
def test_an_error_travels_between_processes(error, carried):
    there = pickle.loads(pickle.dumps(error))
    assert type(there) is type(error)
    assert str(there) == str(error)
    assert set(carried) <= set(vars(there))
