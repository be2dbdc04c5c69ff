"""Every test works in a home folder of its own, without anybody's key, address or proxy."""

from __future__ import annotations

import os

import pytest

_OF_THE_MACHINE = ("SOUNDGEN_API_KEY", "MUSICGPT_API_KEY", "SOUNDGEN_BASE_URL")


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(monkeypatch, tmp_path):
    monkeypatch.setenv("SOUNDGEN_HOME", str(tmp_path / "soundgen-home"))
    for name in _OF_THE_MACHINE:
        monkeypatch.delenv(name, raising=False)
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
