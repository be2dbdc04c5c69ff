"""Turn text prompts into sounds in a notebook, and compare what the wording changes.

    import soundgen_nb as sg

    sg.generate("waves at the sea shore")                      # one sound; it shows itself
    sg.compare("rain on a {tin roof|tent}", takes=3)           # several, side by side

Without an API key an embedded engine makes the sounds. Rooms open on first touch (PEP 562): the
import itself loads nothing heavy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from soundgen_nb import errors
from soundgen_nb.doors import opening

if TYPE_CHECKING:
    from soundgen_nb.api.webhook import WebhookReceiver
    from soundgen_nb.collection import measure
    from soundgen_nb.comparison import Comparison
    from soundgen_nb.nesting import allow_nested_loops
    from soundgen_nb.prompt import Prompt, variations
    from soundgen_nb.server.faults import Faults
    from soundgen_nb.server.local_server import LocalServer
    from soundgen_nb.settings import Settings
    from soundgen_nb.sound import Sound
    from soundgen_nb.studio import Studio
    from soundgen_nb.take import Take, Takes, load
    from soundgen_nb.verbs import (
        acompare,
        agenerate,
        aresend,
        aresume,
        compare,
        connect,
        drop,
        generate,
        history,
        resend,
        resume,
    )
    from soundgen_nb.view.panel import panel
    from soundgen_nb.view.player.widget import player

__version__ = "0.1.0"

__all__ = [
    "Comparison",
    "Faults",
    "LocalServer",
    "Prompt",
    "Settings",
    "Sound",
    "Studio",
    "Take",
    "Takes",
    "WebhookReceiver",
    "acompare",
    "agenerate",
    "allow_nested_loops",
    "aresend",
    "aresume",
    "compare",
    "connect",
    "drop",
    "errors",
    "generate",
    "history",
    "load",
    "measure",
    "panel",
    "player",
    "resend",
    "resume",
    "variations",
]

__getattr__ = opening(
    __name__,
    {
        "Comparison": "comparison",
        "Faults": "server.faults",
        "LocalServer": "server.local_server",
        "Prompt": "prompt",
        "Settings": "settings",
        "Sound": "sound",
        "Studio": "studio",
        "Take": "take",
        "Takes": "take",
        "WebhookReceiver": "api.webhook",
        "acompare": "verbs",
        "agenerate": "verbs",
        "allow_nested_loops": "nesting",
        "aresend": "verbs",
        "aresume": "verbs",
        "compare": "verbs",
        "connect": "verbs",
        "drop": "verbs",
        "generate": "verbs",
        "history": "verbs",
        "load": "take",
        "measure": "collection",
        "panel": "view.panel",
        "resend": "verbs",
        "player": "view.player.widget",
        "resume": "verbs",
        "variations": "prompt",
    },
)


def __dir__() -> list[str]:
    return sorted(__all__)
