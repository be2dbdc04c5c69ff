"""Where else it runs: Notebook 7 and Voila, as far as README's table says they were tried."""

from __future__ import annotations

import subprocess
import sys

import nbformat
import pytest
from conftest import IDLE, TOKEN, chromium, environment, free_port, wait_until_up
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MADE = """
import numpy as np
import soundgen_nb as sg
from soundgen_nb.wire import Provenance

noise = sg.Sound.from_samples(np.random.default_rng(0).uniform(-0.3, 0.3, 176_400), 44_100)
take = sg.Take("noise", noise, Provenance(prompt="noise", engine="by hand"))
take
"""
CELLS = (
    MADE,
    "sg.Comparison.from_takes([take, take])",
    "sg.player([take, take])",
    "sg.panel()",
)

SOUNDS = """async root => {
  const begun = performance.now();
  while (!(root.soundgenPlayer.playing && root.soundgenPlayer.position > 0.05)) {
    if (performance.now() - begun > 20000) throw new Error('no sound');
    await new Promise(requestAnimationFrame);
  }
}"""


def command(host, notebook, port):
    options = {
        "notebook": [
            *(f"--port={port}", "--ip=127.0.0.1", "--allow-root", "--ServerApp.port_retries=0"),
            *(f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={notebook.parent}"),
            "--JupyterNotebookApp.expose_app_in_browser=True",
        ],
        "voila": [str(notebook), f"--port={port}", "--Voila.ip=127.0.0.1"],
    }
    return [sys.executable, "-m", host, "--no-browser", *options[host]]


@pytest.fixture(params=["notebook", "voila"])
def shown(request, browser, tmp_path):
    """A notebook with one of everything, run by a host, in the browser."""
    chromium()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, tmp_path / "host.ipynb")
    port = free_port()
    url, page = f"http://127.0.0.1:{port}", browser.new_page()
    with (tmp_path / "host.log").open("w+") as log:
        server = subprocess.Popen(
            command(request.param, tmp_path / "host.ipynb", port),
            env=environment(tmp_path),
            stdout=log,
            stderr=log,
        )
        try:
            wait_until_up(url, server, log)
            if request.param == "notebook":
                page.goto(f"{url}/notebooks/host.ipynb?token={TOKEN}")
                page.evaluate(IDLE)
                page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
            else:
                page.goto(url)
            yield page
        finally:
            page.close()
            server.terminate()
            server.wait(20)


def test_outputs_widget_and_panel_come_to_life_in(shown):
    expect(shown.locator(".soundgen-panel")).to_be_visible()
    expect(shown.locator(".sg-live .sg-bar")).to_have_count(3)
    expect(shown.locator(".soundgen audio:visible")).to_have_count(0)
    for root in shown.locator(".sg-live:has(.sg-bar)").all():
        root.locator(".sg-bar .sg-play").click()
        root.evaluate(SOUNDS)
        expect(shown.locator(".sg-playing")).to_have_count(1)
