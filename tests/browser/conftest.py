"""A real JupyterLab in a real browser, with no network beyond this machine."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError

import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect

TOKEN = "token-of-the-browser-tests"
WIDTH, HEIGHT = 1280, 1000

# a busy machine is slow, and a page that is wrong stays wrong
expect.set_options(timeout=30_000)

SETTINGS = {
    "apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
    # every output in the page, also those that are scrolled out of sight
    "notebook-extension/tracker": '{"windowingMode": "none", "scrollPastEnd": false}',
}

IDLE = """async () => {
  const begun = Date.now();
  const pause = async () => {
    if (Date.now() - begun > 60000) throw new Error('the kernel is not idle after a minute');
    await new Promise(done => setTimeout(done, 50));
  };
  while (!window.jupyterapp?.shell.currentWidget?.sessionContext) await pause();
  const notebook = window.jupyterapp.shell.currentWidget;
  await notebook.context.ready;
  await notebook.sessionContext.ready;
  const kernel = notebook.sessionContext.session.kernel;
  await kernel.info;
  while (kernel.status !== 'idle') await pause();
}"""


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Collected only when asked for: sync playwright and asyncio cannot share a process."""
    asked = any("browser" in Path(name).parts for name in config.invocation_params.args)
    return None if asked else True


def chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        reason = "Chromium is not installed; on Debian: apt install chromium"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": chromium()}


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory) -> Path:
    """Where pictures for people go."""
    named = os.environ.get("SOUNDGEN_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclass
class Lab:
    """A JupyterLab server on a folder of its own."""

    url: str
    folder: Path

    def write(self, name: str, *cells: str) -> str:
        """A new notebook of code cells; its name."""
        notebook = nbformat.v4.new_notebook()
        # without one JupyterLab asks, and waits
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
        notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
        nbformat.write(notebook, self.folder / name)
        return name


@dataclass
class Desk:
    """A notebook open in the browser, and what went wrong or out of the house there."""

    page: Page
    lab: Lab
    troubles: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(30_000)
        self.page.on("request", lambda request: self._note_stranger(request.url))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", self._note_trouble)

    def open(self, name: str) -> None:
        """Open a notebook, and wait until its kernel is idle: an earlier command may be lost."""
        self.page.goto(f"{self.lab.url}/lab/tree/{name}?token={TOKEN}&reset")
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
        self.page.evaluate(IDLE)

    def command(self, name: str, arguments: str = "{}") -> None:
        """Run a command of JupyterLab and wait for its end."""
        call = f"window.jupyterapp.commands.execute('{name}', {arguments})"
        self.page.evaluate(f"async () => {{ await {call}; }}")

    def run_all(self) -> None:
        """Run every cell; a cell that fails ends it with what the cell says."""
        self.command("notebook:run-all-cells")
        self.page.evaluate(IDLE)
        failed = self.page.locator('.jp-OutputArea-output[data-mime-type*="stderr"]')
        assert failed.all_inner_texts() == []

    def run_last(self) -> None:
        """Run the last cell once more."""
        self.page.evaluate("""async () => {
          const {content} = window.jupyterapp.shell.currentWidget;
          content.activeCellIndex = content.widgets.length - 1;
          await window.jupyterapp.commands.execute('notebook:run-cell');
        }""")

    def restart(self) -> None:
        """End the notebook's kernel in the middle of whatever it does, and start another."""
        self.page.evaluate(
            "async () => { await "
            "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }"
        )
        self.page.evaluate(IDLE)

    def execute(self, code: str) -> None:
        """Run code on the notebook's kernel, in no cell."""
        self.page.evaluate(
            """async code => {
              const {session} = window.jupyterapp.shell.currentWidget.sessionContext;
              await session.kernel.requestExecute({code}).done;
            }""",
            code,
        )

    def picture(self, path: Path) -> None:
        """The whole notebook in one picture."""
        scrolled = self.page.locator(".jp-WindowedPanel-outer")
        height = scrolled.evaluate("it => it.scrollHeight") + 200
        self.page.set_viewport_size({"width": WIDTH, "height": height})
        scrolled.evaluate("it => it.scrollTo(0, 0)")
        self.page.screenshot(path=path, animations="disabled")
        self.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})

    def shut(self) -> None:
        """End the notebook's kernel."""
        self.page.evaluate(
            "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.shutdown(); }"
        )

    def _note_stranger(self, url: str) -> None:
        if not url.startswith((self.lab.url, "data:", "blob:", "file:")):
            self.strangers.append(url)

    def _note_trouble(self, message) -> None:
        if message.type == "error":
            self.troubles.append(message.text)


@pytest.fixture(scope="session")
def lab(tmp_path_factory) -> Iterator[Lab]:
    chromium()  # no server where there is no browser
    home, folder, port = (
        tmp_path_factory.mktemp("home"),
        tmp_path_factory.mktemp("lab"),
        free_port(),
    )
    url = f"http://127.0.0.1:{port}"
    with (home / "lab.log").open("w+") as log:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1"),
                *(f"--port={port}", "--ServerApp.port_retries=0", "--allow-root"),
                *(f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}"),
                *("--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"),
            ],
            env=environment(home),
            stdout=log,
            stderr=log,
        )
        try:
            wait_until_up(url, server, log)
            yield Lab(url, folder)
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="module")
def desk(lab, browser: Browser) -> Iterator[Desk]:
    """One browser window for the tests of a file; afterwards nothing may have gone wrong in it."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    desk = Desk(context.new_page(), lab)
    yield desk
    desk.shut()
    context.close()
    assert desk.strangers == []
    assert desk.troubles == []


def environment(home: Path) -> dict[str, str]:
    """The tests' own folders, and nothing of whoever runs them: no key, address or proxy."""
    foreign = re.compile("API_KEY|SOUNDGEN|_proxy$", re.IGNORECASE)
    inherited = {name: value for name, value in os.environ.items() if not foreign.search(name)}
    settings = home / "settings"
    for name, text in SETTINGS.items():
        path = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return inherited | {
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "SOUNDGEN_HOME": str(home / "soundgen"),
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_up(url: str, server: subprocess.Popen, log) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(600):
        try:
            server.wait(0.1)
        except subprocess.TimeoutExpired:
            try:
                direct.open(f"{url}/api/status?token={TOKEN}", timeout=1).close()
            except HTTPError:  # an answer all the same: Voila has no such path
                return
            except OSError:
                continue
            return
        log.seek(0)
        pytest.fail(f"the server did not start: {log.read()[-2000:]}")
    pytest.fail("the server did not answer within a minute")
