"""The front door: short, sorted, true, and cheap to open; its examples run."""

import doctest
import importlib
import inspect
import json
import pkgutil
import subprocess
import sys

import pytest

import soundgen_nb as sg

HEAVY = ["IPython", "PIL", "anywidget", "httpx", "ipywidgets", "librosa", "matplotlib", "numba",
         "numpy", "pandas", "scipy", "soundfile", "starlette", "uvicorn"]  # fmt: skip
VERBS = ["generate", "agenerate", "compare", "acompare"]
MODULES = sorted(
    module.name for module in pkgutil.walk_packages(sg.__path__, f"{sg.__name__}.")
    if not module.name.endswith("__main__")
)  # fmt: skip


def fresh(code):
    """What a Python that has imported nothing yet prints, as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", f"import json, sys\n{code}"],
        timeout=60,
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(done.stdout)


def test_what_is_promised_is_there_and_sorted():
    assert sg.__all__ == sorted(sg.__all__)
    assert all(getattr(sg, name) is not None for name in sg.__all__)
    assert dir(sg) == sg.__all__


def test_a_star_import_brings_what_is_promised():
    names = fresh("from soundgen_nb import *; print(json.dumps(sorted(globals())))")
    assert set(sg.__all__) <= set(names)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'generat'"):
        _ = sg.generat


def test_importing_loads_nothing_heavy():
    loaded = fresh(
        "import soundgen_nb\nprint(json.dumps([name.partition('.')[0] for name in sys.modules]))"
    )
    assert not set(loaded) & set(HEAVY)


def test_importing_starts_no_thread_and_no_loop():
    code = "import threading, soundgen_nb\nprint(json.dumps(threading.active_count()))"
    assert fresh(code) == 1


def test_a_file_is_loaded_and_shown_without_a_client_or_an_engine(tmp_path):
    path = sg.Sound.from_samples([0.1, -0.1] * 4000, 8000).save(tmp_path / "buzz.wav")
    loaded = fresh(
        f"import soundgen_nb as sg; sg.load({str(path)!r})._repr_html_()\n"
        "print(json.dumps(list(sys.modules)))"
    )
    assert "soundgen_nb.take" in loaded
    assert not set(loaded) & {"httpx", "asyncio", "starlette", "soundgen_nb.engine"}


def test_with_a_key_no_engine_is_loaded(tmp_path):
    loaded = fresh(
        f"import soundgen_nb as sg; sg.connect(api_key='a-key', home={str(tmp_path)!r})\n"
        "print(json.dumps(list(sys.modules)))"
    )
    assert "soundgen_nb.studio" in loaded
    assert "soundgen_nb.engine" not in loaded


def test_asking_for_a_sound_needs_no_librosa_pandas_or_matplotlib():
    loaded = fresh(
        "import soundgen_nb as sg\n"
        "take = sg.generate('a beep', seconds=1, seed=1); take._repr_html_()\n"
        "print(json.dumps([name.partition('.')[0] for name in sys.modules]))"
    )
    assert not set(loaded) & {
        "librosa",
        "numba",
        "pandas",
        "matplotlib",
        "ipywidgets",
        "anywidget",
        "IPython",
    }


def test_the_version_is_the_packages():
    assert fresh("import soundgen_nb, importlib.metadata as m\n"
                 "print(json.dumps([soundgen_nb.__version__, m.version('soundgen-nb')]))"
                 ) == [sg.__version__] * 2  # fmt: skip


@pytest.mark.parametrize("name", VERBS)
def test_a_verbs_tooltip_shows_its_own_arguments_and_result(name):
    shown = inspect.signature(getattr(sg, name))
    assert next(iter(shown.parameters)) in {"prompt", "prompts"}
    assert "self" not in shown.parameters
    assert "Request" not in str(shown.return_annotation)
    assert getattr(sg, name).__name__ == name
    assert "Raises:" in getattr(sg, name).__doc__


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name, capsys):
    module = importlib.import_module(name)
    finder = doctest.DocTestFinder(exclude_empty=True)
    runner = doctest.DocTestRunner(
        optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE, verbose=False
    )
    for example in finder.find(module, name, extraglobs={"sg": sg}):
        runner.run(example)
    assert runner.failures == 0, capsys.readouterr().out
