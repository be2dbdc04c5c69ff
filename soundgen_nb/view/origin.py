"""Where a sound came from, in words: its engine, what that engine understood, and its job."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape

from soundgen_nb.wire import Provenance


def badge(provenance: Provenance) -> str:
    """The label of a sound that nobody should take for the vendor's; empty for any other."""
    if provenance.source:
        text = f"file {provenance.source}"
    elif provenance.engine.startswith("embedded"):
        text = provenance.engine
    else:
        return ""
    return f'<span class="sg-badge">{escape(text)}</span>'


def facts(provenance: Provenance) -> Iterator[tuple[str, str]]:
    """What is known of a sound's origin, as pairs of a name and a text; unknown is left out."""
    known: tuple[tuple[str, object], ...] = (
        ("Made by", provenance.engine),
        ("File", provenance.source),
        ("Seed", provenance.seed),
        ("Task", provenance.task_id),
        ("Conversion", provenance.conversion_id),
        ("Asked at", provenance.base_url),
        ("Seconds asked", provenance.seconds_asked),
        ("Credits (server's estimate)", provenance.credits),
        ("Submitted", _clock(provenance.submitted_at)),
        ("Ended", _clock(provenance.ended_at)),
        ("User", provenance.user_id),
    )
    return ((name, str(value)) for name, value in known if value not in {None, ""})


def facts_list(provenance: Provenance) -> str:
    """The facts as a definition list."""
    pairs = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>"
        for name, text in facts(provenance)
    )
    return f'<dl class="sg-origin">{pairs}</dl>'


def _clock(seconds: float | None) -> str:
    """Seconds since the epoch as a time in UTC, which reads the same everywhere."""
    if seconds is None:
        return ""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def understood(provenance: Provenance) -> str:
    """What the engine took the prompt to mean, and the words it could not use."""
    brief = provenance.brief or {}
    unknown = ", ".join(f"“{word}”" for word in brief.get("unknown") or ())
    # a note that lists the same words again says nothing new
    notes = [str(note) for note in brief.get("notes") or ()]
    lines = [
        str(brief.get("sentence") or ""),
        unknown and f"Not understood: {unknown}.",
        *(note for note in notes if not note.startswith("not understood")),
    ]
    told = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return f'<div class="sg-brief">{told}</div>' if told else ""
