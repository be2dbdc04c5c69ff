"""The Sound Generator API on the embedded engine: in process, or on a port of this machine.

It opens on first touch: whoever has a key for another API waits for no engine.
"""

from typing import TYPE_CHECKING

from soundgen_nb.doors import opening

if TYPE_CHECKING:
    from soundgen_nb.server.app import create_app
    from soundgen_nb.server.embedded import EMBEDDED_URL, Embedded
    from soundgen_nb.server.faults import Faults
    from soundgen_nb.server.jobboard import JobBoard
    from soundgen_nb.server.local_server import LocalServer
    from soundgen_nb.server.received import Received

__all__ = [
    "EMBEDDED_URL",
    "Embedded",
    "Faults",
    "JobBoard",
    "LocalServer",
    "Received",
    "create_app",
]

__getattr__ = opening(
    __name__,
    {
        "EMBEDDED_URL": "embedded",
        "Embedded": "embedded",
        "Faults": "faults",
        "JobBoard": "jobboard",
        "LocalServer": "local_server",
        "Received": "received",
        "create_app": "app",
    },
)
