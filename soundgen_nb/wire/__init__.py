"""The API's own words: read leniently, written strictly; client and local server share them.

Reading takes every variant the API has been seen to send (missing fields, ids that are not UUIDs,
``eta`` of -1, links with a doubled host, audio named only in maps) and gives frozen values or one
of our errors, whatever the JSON. Writing gives exactly the documented shapes.
"""

from soundgen_nb.wire.jobs import (
    SECONDS_RANGE,
    Job,
    Provenance,
    Receipt,
    Report,
    State,
    Submission,
    checked_seconds,
    checked_seed,
    checked_whole,
)
from soundgen_nb.wire.reading import (
    clean_url,
    read_problem,
    read_receipt,
    read_report,
    read_submission,
    read_webhook,
)
from soundgen_nb.wire.records import read_job, read_provenance, write_job, write_provenance
from soundgen_nb.wire.writing import write_problem, write_receipt, write_report, write_webhook

CONVERSION_TYPE = "SOUND_GENERATOR"
"""What ``byId`` wants to be told it is asked about."""

SUBMIT_PATH = "/sound_generator"
STATUS_PATH = "/byId"

__all__ = [
    "CONVERSION_TYPE",
    "SECONDS_RANGE",
    "STATUS_PATH",
    "SUBMIT_PATH",
    "Job",
    "Provenance",
    "Receipt",
    "Report",
    "State",
    "Submission",
    "checked_seconds",
    "checked_seed",
    "checked_whole",
    "clean_url",
    "read_job",
    "read_problem",
    "read_provenance",
    "read_receipt",
    "read_report",
    "read_submission",
    "read_webhook",
    "write_job",
    "write_problem",
    "write_provenance",
    "write_receipt",
    "write_report",
    "write_webhook",
]
