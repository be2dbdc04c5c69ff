"""The table under a comparison: how prompts differ, beside how takes of one prompt do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import escape

from soundgen_nb.analysis import Measure, measure
from soundgen_nb.statistics import describe, within_between
from soundgen_nb.view.card import HEADLINE, CardContent


def _for_means(each: Measure) -> Measure:
    """A count as its mean is shown: with a decimal."""
    return each if each.decimals or each.unit else replace(each, decimals=1)


_SHOWN = tuple(_for_means(measure(name)) for name in HEADLINE if name != "seconds")


def spread_table(groups: Sequence[tuple[str, Sequence[CardContent]]], *, level: int) -> str:
    """Means of each prompt, and the spread of takes and of prompts under them.

    Args:
        groups: each prompt with its takes, at least one.
        level: of its heading.
    """
    heads = "".join(f'<th scope="col">{escape(each.label)}</th>' for each in _SHOWN)
    takes = [_each_once(contents) for _, contents in groups]
    copies = sum(len(contents) for _, contents in groups) - sum(map(len, takes))
    told = " ".join(filter(None, [claim([len(group) for group in takes]), of_copies(copies)]))
    rows = "".join(_row(prompt, group) for (prompt, _), group in zip(groups, takes, strict=True))
    spreads = [within_between(_values(each, group) for group in takes) for each in _SHOWN]
    within = _foot("Spread within a prompt", [pair[0] for pair in spreads])
    between = _foot("Spread between prompts", [pair[1] for pair in spreads])
    return (
        f'<section class="sg-spread"><h{level}>Between prompts, and within them</h{level}>'
        f"<p>{told}</p>"
        # whoever has no pointer scrolls it with the arrow keys
        '<div class="sg-scroll" tabindex="0" role="region" aria-label="Between prompts"><table>'
        f'<thead><tr><th scope="col">Prompt</th><th scope="col">Takes</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody><tfoot>{within}{between}</tfoot></table></div></section>"
    )


def claim(counts: Sequence[int]) -> str:
    """What may be read from the table, by how many takes each prompt has.

    Example:
        >>> claim([3])
        'One prompt: there is nothing to hold it against.'
    """
    if len(counts) == 1:
        return "One prompt: there is nothing to hold it against."
    if max(counts) == 1:
        return (
            "One take per prompt: nothing is claimed, for two takes of one prompt differ too. "
            "Ask for takes=3 to see by how much."
        )
    return (
        "Means, ± the standard deviation of a prompt's takes. Below: that of takes around their "
        "prompt's mean, and that of the prompts, less what chance alone would make of it. A "
        "difference is worth believing where the last line stands well above the one before."
    )


def of_copies(count: int) -> str:
    """What to know of takes that are another one of the same prompt; nothing, if there are none.

    Example:
        >>> of_copies(1)
        '1 take has the very samples of another of its prompt, and is not counted twice.'
    """
    if count == 0:
        return ""
    if count == 1:
        return "1 take has the very samples of another of its prompt, and is not counted twice."
    return f"{count} takes have the very samples of others of their prompt, and count once."


def _each_once(contents: Iterable[CardContent]) -> list[CardContent]:
    """The takes without those of the same samples as another."""
    return list({each.analysis.measures.fingerprint: each for each in contents}.values())


def _row(prompt: str, contents: Sequence[CardContent]) -> str:
    cells = "".join(_cell(each, contents) for each in _SHOWN)
    return f'<tr><th scope="row">{escape(prompt)}</th><td>{len(contents)}</td>{cells}</tr>'


def _cell(each: Measure, contents: Iterable[CardContent]) -> str:
    found = describe(_values(each, contents))
    if found.count == 1:
        return f"<td>{measure(each.name).text(found.mean)}</td>"
    spread = f"<small>± {_deviation(each, found.sd)}</small>" if found.count else ""
    return f"<td>{each.text(found.mean)} {spread}</td>"


def _foot(name: str, deviations: Sequence[float]) -> str:
    cells = "".join(
        f"<td>{_deviation(each, sd)}</td>" for each, sd in zip(_SHOWN, deviations, strict=True)
    )
    return f'<tr><th scope="row" colspan="2">{name}</th>{cells}</tr>'


def _values(each: Measure, contents: Iterable[CardContent]) -> list[float]:
    return [content.analysis.measures[each.name] for content in contents]


def _deviation(each: Measure, sd: float) -> str:
    """A standard deviation with its unit, which is that of a difference."""
    return replace(each, unit=each.short_difference_unit).text(sd)
