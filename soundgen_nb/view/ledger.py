"""The table of the history: what was asked for, how it stands, what to do next, and a player."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from html import escape
from math import nan
from pathlib import Path

import numpy as np

from soundgen_nb.analysis import Analysis, Spectrogram, measure
from soundgen_nb.sound import Sound
from soundgen_nb.view import images
from soundgen_nb.view.card import chips, output
from soundgen_nb.view.inlining import sheet
from soundgen_nb.view.scale import RANGE_DB, Scale, colour_bar
from soundgen_nb.wire import Job, State

# twice the pixels the picture is shown with would be four times the bytes
_PICTURE_ROWS, _PICTURE_COLUMNS = 32, 220
_MESSAGE_CHARACTERS = 200
_CHARACTERS = 48  # of a prompt in a line of text

_ALARMING = {State.UNKNOWN, State.FAILED, State.REFUSED}
_EXPLAINED = {State.FAILED, State.REFUSED, State.DROPPED}

_STEPS: Mapping[State, str] = {
    State.PLANNED: "not sent, so not charged; ask again, unless a cell waits for it",
    State.SENDING: "being sent; if its kernel has ended, sg.resume() finds out what is known",
    State.IN_QUEUE: "the API has it; sg.resume() fetches it, unless a cell waits for it",
    State.IN_PROGRESS: "the API is making it; sg.resume() fetches it, unless a cell waits for it",
    State.COMPLETED: "made, but not fetched; sg.resume() fetches it",
    State.FAILED: "the API could not make it",
    State.REFUSED: "the API did not take it",
    State.UNKNOWN: "nobody can say whether it was accepted and charged; look at the account's "
    "history, then sg.resend('{id}') or sg.drop('{id}')",
    State.DROPPED: "given up",
}

_HEADS = (
    "Row",
    "Asked for",
    "State",
    "Hear it",
    "Length",
    "Loudness",
    "Rating",
    "Credits",
    "When and by whom",
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """What the table shows of one job.

    Attributes:
        job: the prompt, the state and what the API said.
        index: which take of its prompt, from 1.
        asked_at: in seconds since the epoch.
        made_by: the engine, or the address that was asked.
        kept: whether there is audio to open.
        credits: what it cost, where it was made and the server says.
        factors: the template values in the prompt, by name.
        rating: from 1 to 5.
        remarks: what was written about it: tags and note.
        numbers: measures by name, those that are known without listening.
        sound: what is played, if it is played here.
        analysis: of that sound, for its picture and numbers.
        trouble: why a sound that is kept cannot be played.
    """

    job: Job
    index: int
    asked_at: float
    made_by: str
    kept: bool = False
    credits: float | None = None
    factors: Mapping[str, str] = field(default_factory=dict)
    rating: int | None = None
    remarks: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)
    sound: Sound | None = None
    analysis: Analysis | None = None
    trouble: str = ""

    @property
    def label(self) -> str:
        """Which sound it is: "rain on a tin roof · take 2"."""
        return f"{self.job.submission.prompt} · take {self.index}"

    @property
    def step(self) -> str:
        """How it stands, and what to do next; "" where all is well."""
        return self.trouble or next_step(self.job, kept=self.kept)

    def number(self, name: str) -> str:
        """A measure with its unit, "—" where it is not known."""
        if self.analysis:
            return self.analysis.measures.text(name)
        return measure(name).text(self.numbers.get(name, nan))


def next_step(job: Job, *, kept: bool) -> str:
    """How a job stands, and what to do next; "" where its sound is there.

    Example:
        >>> from soundgen_nb.wire import Submission
        >>> job = Job(submission=Submission(prompt="rain"), base_url="", state=State.FAILED)
        >>> next_step(job, kept=False)
        'the API could not make it'
    """
    if kept:
        return ""
    words = _STEPS[job.state].format(id=job.id)
    if job.state in _EXPLAINED and job.message not in {"", words}:
        return f"{words}: {job.message:.{_MESSAGE_CHARACTERS}}"
    return words


def text(line: Line, number: int) -> str:
    """A line of the table as a line of text."""
    prompt = line.job.submission.prompt
    short = prompt if len(prompt) <= _CHARACTERS else f"{prompt[: _CHARACTERS - 1]}…"
    numbers = [line.number(name) for name in ("seconds", "loudness_lufs")]
    rated = "" if line.rating is None else f"{line.rating} of 5"
    facts = ", ".join(fact for fact in (*numbers, rated, line.step) if fact not in {"", "—"})
    when, state = clock(line.asked_at), f"{line.job.state:<11}"
    return f"{number:>4}  {when}  {state}  {short} · take {line.index}  {facts}".rstrip()


def clock(seconds: float) -> str:
    """Seconds since the epoch as a time in UTC, which reads the same everywhere."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"


def ledger(lines: Sequence[Line], *, summary: Sequence[str], below: str = "") -> str:
    """A whole output: sentences, and the table under them.

    Args:
        lines: the rows, numbered from 0.
        summary: what is true of all of them, a paragraph each.
        below: a last sentence under the table.
    """
    told = "".join(f'<p class="sg-counts">{escape(sentence)}</p>' for sentence in summary)
    foot = f"<p><small>{escape(below)}</small></p>" if below else ""
    texts = [text(line, number) for number, line in enumerate(lines)]
    return output(f"<style>{_stylesheet()}</style>{told}{_table(lines)}{foot}", texts=texts)


@lru_cache(maxsize=1)
def _stylesheet() -> str:
    return sheet(Path(__file__).with_suffix(".css"))


def _table(lines: Sequence[Line]) -> str:
    if not lines:
        return ""
    analyses = [line.analysis for line in lines if line.analysis]
    scale = Scale.shared(analyses) if analyses else None
    heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
    rows = "".join(_row(number, line, scale) for number, line in enumerate(lines))
    told = (
        f'<div class="sg-scale"><p>{scale.sentence}</p>{colour_bar(scale)}</div>' if scale else ""
    )
    return (
        # a table that is too wide can be scrolled by keys as well
        f'{told}<div class="sg-spread sg-ledger sg-scroll" tabindex="0" role="region"'
        f' aria-label="History"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(number: int, line: Line, scale: Scale | None) -> str:
    prompt = escape(line.job.submission.prompt)
    return (
        f'<tr><td class="sg-row">{number}</td>'
        f'<th scope="row" class="sg-asked"><span class="sg-prompt">{prompt}</span>'
        f"<small>take {line.index} {chips(line.factors)}</small></th>"
        f"{_standing(line)}{_hear(number, line, scale)}"
        f"<td>{line.number('seconds')}</td><td>{line.number('loudness_lufs')}</td>"
        f'<td class="sg-opinion">{_stars(line.rating)}{_small(line.remarks)}</td>'
        f"<td>{'—' if line.credits is None else f'{line.credits:g}'}</td>"
        f'<td class="sg-made">{clock(line.asked_at)} UTC{_small(line.made_by)}</td></tr>'
    )


def _standing(line: Line) -> str:
    """The state, and what to do next; where there is no sound it has that room too."""
    state = line.job.state
    kind = "sg-alarm" if line.trouble or state in _ALARMING else "sg-well" if line.kept else ""
    room = "" if line.kept else ' colspan="2"'
    return f'<td class="sg-state {kind}"{room}><b>{state}</b>{_small(line.step)}</td>'


def _small(words: str) -> str:
    return f" <small>{escape(words)}</small>" if words else ""


def _stars(rating: int | None) -> str:
    if rating is None:
        return "—"
    return f'<span role="img" aria-label="{rating} of 5">{"★" * rating}{"☆" * (5 - rating)}</span>'


def _hear(number: int, line: Line, scale: Scale | None) -> str:
    """The player under its picture, or how to get at a sound that is not played here."""
    if not line.kept:
        return ""
    if line.trouble:
        return '<td class="sg-hear">—</td>'
    if line.sound is None or line.analysis is None or scale is None:
        return f'<td class="sg-hear"><small>.reload({number}) opens it</small></td>'
    label = escape(line.label)
    # the source on the element itself: notebooks that are not trusted drop <source> children
    return (
        f'<td class="sg-hear">{_picture(line.analysis.spectrogram, scale, label)}'
        f'<audio controls preload="none" src="{line.sound.data_uri}" aria-label="{label}"></audio>'
        "</td>"
    )


def _picture(spectrogram: Spectrogram, scale: Scale, label: str) -> str:
    share = 100 * min(1.0, spectrogram.seconds / scale.seconds)
    png = images.spectrogram_png(
        _pooled(spectrogram, share / 100), reference_db=scale.reference_db, range_db=RANGE_DB
    )
    return (
        f'<div class="sg-lane"><img class="sg-spectrogram" src="{images.data_uri(png)}"'
        f' alt="Spectrogram of {label}" width="220" height="32" style="width:{share:.2f}%"></div>'
    )


def _pooled(picture: Spectrogram, share: float) -> Spectrogram:
    """The picture at the size it is shown, loudest points kept."""
    height, width = picture.decibels.shape
    shown = max(1, min(width, round(share * _PICTURE_COLUMNS)))
    columns = np.arange(shown) * width // shown
    rows = np.arange(_PICTURE_ROWS) * height // _PICTURE_ROWS
    pooled = np.maximum.reduceat(picture.decibels, columns, axis=1)
    return replace(picture, decibels=np.maximum.reduceat(pooled, rows, axis=0))
