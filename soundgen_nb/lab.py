"""The notebooks that come with the toolkit: opened in JupyterLab, or run without a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from soundgen_nb.errors import InputError, NotebookError

FIRST = "01-first-sound.ipynb"
FOLDER = "soundgen-notebooks"
"""Where the notebooks are copied to, so that the originals stay as they are."""

_PACKAGE = Path(__file__).parent


def originals() -> Path:
    """The folder of the notebooks as they were released.

    In an installed package they lie inside it, in a clone beside it.

    Raises:
        InputError: if neither is there.
    """
    for folder in (_PACKAGE / "notebooks", _PACKAGE.parent / "notebooks"):
        if (folder / FIRST).is_file():
            return folder
    raise InputError("the notebooks are not there: install the package anew, or work in a clone")


def copied(folder: Path) -> Path:
    """Copy the notebooks into ``folder``, but not over any there; the first one's path.

    Raises:
        InputError: if they cannot be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for notebook in sorted(originals().glob("*.ipynb")):
            if not (folder / notebook.name).exists():
                shutil.copyfile(notebook, folder / notebook.name)
    except OSError as error:
        raise InputError(f"cannot write to {str(folder)!r}: {error.strerror or error}") from error
    return folder / FIRST


def open_lab(notebook: Path, arguments: Sequence[str] = ()) -> int:
    """Run JupyterLab on a notebook until it is shut down; its exit code.

    Args:
        notebook: the one to open.
        arguments: passed on to JupyterLab, such as ``--no-browser``.

    Raises:
        InputError: if JupyterLab is not installed.
    """
    _need("jupyterlab")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={notebook.parent.resolve()}",
        # a file's name would open it too, but the links that are printed would not lead to it
        f"--LabApp.default_url=/lab/tree/{quote(notebook.name)}",
        *(["--allow-root"] if root else []),  # in a container there is often nobody else
        *arguments,
    ]
    return subprocess.run(command, cwd=notebook.parent, check=False).returncode  # noqa: S603  # ours


def execute(notebook: Path) -> Path:
    """Run a notebook from top to bottom on a kernel of its own; it is saved with its outputs.

    Raises:
        InputError: if what it needs is not installed.
        NotebookError: if a cell raises, saying which and what; the outputs so far are saved.
    """
    _need("nbclient")
    import nbformat  # noqa: PLC0415  # part of the lab extra
    from nbclient import NotebookClient  # noqa: PLC0415
    from nbclient.exceptions import CellExecutionError  # noqa: PLC0415

    document = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    folder = {"metadata": {"path": str(notebook.parent)}}
    # a kernel warns of its own port on loopback, and a newcomer takes it for an error
    quiet = ["--IPKernelApp.log_level=ERROR"]
    client = NotebookClient(document, timeout=600, resources=folder, extra_arguments=quiet)
    try:
        client.execute()
    except CellExecutionError as error:
        raise NotebookError(f"{notebook.name}: {error.ename}: {error.evalue}") from error
    finally:
        nbformat.write(document, notebook)  # type: ignore[no-untyped-call]
    return notebook


def _need(package: str) -> None:
    if find_spec(package) is None:
        raise InputError(f"{package} is not installed: pip install 'soundgen-nb[lab]'")
