"""One HTML skeleton for every card: a sound's player, pictures, numbers and where it came from.

It is plain HTML that plays with no script and no kernel. What the colours mean is said beside
them; in places that strip style sheets a line of text for each sound remains.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from pathlib import Path

from soundgen_nb.analysis import MEASURES, Analysis, Measure, measure
from soundgen_nb.sound import Sound
from soundgen_nb.view import origin
from soundgen_nb.view.inlining import sheet
from soundgen_nb.view.naming import take_name
from soundgen_nb.view.scale import Scale, colour_bar, pictures
from soundgen_nb.wire import Provenance

HEADLINE = (
    "seconds",
    "loudness_lufs",
    "peak_dbfs",
    "centroid_hz",
    "onsets",
    "silence_share",
)
"""The measures every card shows at once; the others are a click away."""

# a little more than the pixels they are shown with
_ROWS_ALONE, _ROWS_AMONG_MANY = 256, 128
_LONG_CHARACTERS = 160


@dataclass(frozen=True, kw_only=True)
class CardContent:
    """What a card shows of one sound.

    Attributes:
        prompt: what was asked.
        index: which take of its prompt, from 1.
        factors: the template values in the prompt, by name.
        sound: what is played.
        analysis: its numbers and pictures.
        provenance: who made it.
    """

    prompt: str
    index: int
    sound: Sound
    analysis: Analysis
    provenance: Provenance
    factors: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Which sound it is: "rain on a tin roof · take 2"."""
        return f"{self.prompt} · take {self.index}"

    @property
    def text(self) -> str:
        """The card as one line of text."""
        texts = (self.analysis.measures.text(name) for name in HEADLINE[:3])
        return f"{self.label}: {', '.join(texts)}"


def single(content: CardContent) -> str:
    """One sound as a whole output: its card, on a scale of its own."""
    scale = Scale.shared([content.analysis])
    return output(card(content, scale, alone=True, named=True), texts=[content.text])


def output(body: str, *, texts: Iterable[str]) -> str:
    """A whole output: the style sheet once, the text that stays without it, and the body."""
    lines = "\n".join(escape(text) for text in texts)
    return (
        f'<div class="soundgen"><style>{stylesheet()}</style>'
        f'<pre class="sg-text">{lines}</pre>{body}</div>'
    )


@lru_cache(maxsize=1)
def stylesheet() -> str:
    """The one style sheet of all outputs, scoped to the class ``soundgen``."""
    return sheet(Path(__file__).with_name("cards.css"))


def card(
    content: CardContent,
    scale: Scale,
    *,
    alone: bool = False,
    named: bool = False,
    brief: bool = True,
    level: int = 3,
) -> str:
    """The card of one sound as an ``<article>``.

    Args:
        content: what to show.
        scale: the colours' reference and the time axis.
        alone: larger, and with the colour bar that a gallery has once for many.
        named: with its prompt and factors, where nothing above it says them.
        brief: with what the engine understood.
        level: of its heading.
    """
    parts = (
        f'<article class="sg-card{" sg-alone" if alone else ""}" {_facts(content, scale)}>',
        _head(content, named=named, level=level),
        _player(content),
        pictures(
            content.analysis,
            scale,
            label=content.label,
            rows=_ROWS_ALONE if alone else _ROWS_AMONG_MANY,
        ),
        colour_bar(scale) if alone else "",
        _numbers(content.analysis),
        origin.understood(content.provenance) if brief else "",
        _details(content),
        "</article>",
    )
    return "".join(parts)


def _facts(content: CardContent, scale: Scale) -> str:
    """What a script needs to know of a card, as attributes."""
    measures = content.analysis.measures
    facts = {
        "label": escape(content.label),
        "file": f"{take_name(content.prompt, content.index)}.{content.sound.format}",
        "seconds": f"{measures['seconds']:.6g}",
        "channels": len(content.analysis.waveform.low),
        "loudness-lufs": f"{measures['loudness_lufs']:.2f}",
        "peak-dbfs": f"{measures['peak_dbfs']:.2f}",
        "true-peak-dbtp": f"{measures['true_peak_dbtp']:.2f}",
        "axis-seconds": f"{scale.seconds:.6g}",
        "low-db": f"{scale.lowest_db:.2f}",
        "high-db": f"{scale.reference_db:.2f}",
    }
    return " ".join(f'data-{name}="{value}"' for name, value in facts.items())


def heading(prompt: str, level: int) -> str:
    """A prompt as a heading; one that is a paragraph is set smaller."""
    long = ' class="sg-long"' if len(prompt) > _LONG_CHARACTERS else ""
    return f"<h{level}{long}>{escape(prompt)}</h{level}>"


def chips(factors: Mapping[str, str]) -> str:
    """Factor values as small labels: "roof: tin"."""
    return "".join(
        f'<span class="sg-chip">{escape(name)}: <b>{escape(value) or "∅"}</b></span> '
        for name, value in factors.items()
    )


def _head(content: CardContent, *, named: bool, level: int) -> str:
    take = f'<span class="sg-take">take {content.index}</span>'
    if not named:
        return f'<header class="sg-head">{take} {origin.badge(content.provenance)}</header>'
    return (
        f'<header class="sg-head sg-named">{heading(content.prompt, level)}'
        f"<p>{take} {chips(content.factors)}{origin.badge(content.provenance)}</p></header>"
    )


def _player(content: CardContent) -> str:
    # the source on the element itself: notebooks that are not trusted drop <source> children
    return (
        f'<audio controls preload="none" src="{content.sound.data_uri}"'
        f' aria-label="{escape(content.label)}"></audio>'
    )


def _numbers(analysis: Analysis) -> str:
    shown = [each for each in MEASURES if each.name in HEADLINE]
    return f'<dl class="sg-numbers">{"".join(_number(each, analysis) for each in shown)}</dl>'


def _number(shown: Measure, analysis: Analysis) -> str:
    return (
        f'<div title="{escape(shown.hears)}"><dt>{escape(shown.label)}</dt>'
        f"<dd>{escape(analysis.measures.text(shown.name))}</dd></div>"
    )


def _details(content: CardContent) -> str:
    """All numbers and the whole origin, folded away."""
    measures = content.analysis.measures
    rows = "".join(
        f"<tr><th>{escape(each.label)}</th><td>{escape(measures.text(each.name))}</td>"
        f"<td>{escape(each.hears)}</td></tr>"
        for each in MEASURES
    )
    notes = "".join(f"<p>{escape(note)}</p>" for note in _notes(content))
    return (
        "<details><summary>All numbers and where it came from</summary>"
        f"<table>{rows}</table>{notes}{origin.facts_list(content.provenance)}</details>"
    )


def _notes(content: CardContent) -> Iterator[str]:
    for name, note in content.analysis.measures.notes.items():
        yield f"{measure(name).label}: {note}"
    yield from content.provenance.notes
