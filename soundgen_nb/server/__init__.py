"""The Sound Generator API on the embedded engine: in process, or on a port of this machine."""

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
