"""Which of the two patches is applied where, and what is said; each in a process of its own."""

import subprocess
import sys
from importlib.metadata import version

import pytest

MAJOR = int(version("ipykernel").partition(".")[0])
unsafe_here = sys.version_info >= (3, 14) or MAJOR >= 7


def said(code):
    """What a fresh Python prints."""
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", code],
        timeout=60,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), done.stderr


NESTED = """
import asyncio
import soundgen_nb as sg
async def inner():
    return 42
async def cell():
    return asyncio.run(inner())
"""


def test_a_run_inside_a_run_works_once_it_is_allowed():
    out, _ = said(f"{NESTED}\nprint(sg.allow_nested_loops()); print(asyncio.run(cell()))")
    assert out.splitlines()[1] == "42"


def test_it_does_not_work_before():
    out, _ = said(
        f"{NESTED}\n"
        "try: asyncio.run(cell())\n"
        "except RuntimeError as error: print(error)\n"
        "asyncio.get_event_loop_policy()"
    )
    assert "cannot be called from a running event loop" in out


def test_the_safe_one_is_applied_and_named_with_the_reason():
    out, _ = said("import soundgen_nb as sg; print(sg.allow_nested_loops())")
    if unsafe_here:
        assert out.startswith("applied nest_asyncio2, because nest_asyncio ")
        assert ("queued cells" in out) or ("Python 3.14" in out)
    else:
        assert out == "applied nest_asyncio, which is safe on this Python and ipykernel"


@pytest.mark.parametrize("patch", ["nest_asyncio2", "nest_asyncio"])
def test_the_second_time_nothing_changes(patch):
    out, warned = said(
        f"import {patch}; {patch}.apply(); import asyncio; run = asyncio.run\n"
        "import soundgen_nb as sg; print(sg.allow_nested_loops()); print(asyncio.run is run)"
    )
    assert out.startswith(f"nothing changed: {patch} was applied already")
    assert out.endswith("True")
    if patch == "nest_asyncio" and unsafe_here:
        assert warned.count("RuntimeWarning: nest_asyncio 1.6 was applied already") == 1
        assert "restart the kernel" in warned
    else:
        assert "RuntimeWarning" not in warned


def test_the_toolkit_itself_applies_neither():
    out, _ = said(
        "import asyncio, sys; import soundgen_nb as sg; sg.generate; sg.allow_nested_loops\n"
        "print(hasattr(asyncio, '_nest_patched'), 'nest_asyncio' in sys.modules)"
    )
    assert out == "False False"


@pytest.mark.parametrize("patch", ["nest_asyncio2", "nest_asyncio"])
def test_both_doors_work_with_either_applied(patch):
    out, _ = said(
        f"import {patch}; {patch}.apply()\n"
        "import asyncio\n"
        "from soundgen_nb.background import background\n"
        "async def answer():\n"
        "    async with asyncio.timeout(5), asyncio.TaskGroup() as group:\n"
        "        task = group.create_task(asyncio.sleep(0, 42))\n"
        "    return task.result()\n"
        "async def cell():\n"
        "    return await background.bridge(answer()), background.run(answer())\n"
        "print(background.run(answer()), asyncio.run(cell()))"
    )
    assert out == "42 (42, 42)"
