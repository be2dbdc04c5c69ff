"""Many cards side by side on one scale, what did not arrive, and how far prompts lie apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from html import escape
from itertools import chain, groupby

from soundgen_nb.errors import JobError, SoundgenError
from soundgen_nb.view import origin
from soundgen_nb.view.card import CardContent, card, chips, heading, output
from soundgen_nb.view.scale import Scale, colour_bar
from soundgen_nb.view.spread import spread_table

# where a player says which stretch of time it shows, if not all of it
_SEEN = '<b class="sg-seen"></b>'

_AT_ONCE = 2  # cards; most of one is the packing of its pictures, which lets go of the lock


def gallery(
    contents: Sequence[CardContent],
    *,
    failures: Sequence[SoundgenError] = (),
    summarised: bool = False,
) -> str:
    """A whole output: cards grouped by prompt, every picture on the same three axes.

    Args:
        contents: takes of one prompt in a row.
        failures: what did not arrive; each is shown with its sentence.
        summarised: with the table of what differs between prompts and within them.
    """
    texts = [content.text for content in contents]
    texts += [f"not arrived: {_told(failure)}" for failure in failures]
    return output(gallery_body(contents, failures=failures, summarised=summarised), texts=texts)


def gallery_body(
    contents: Sequence[CardContent],
    *,
    failures: Sequence[SoundgenError] = (),
    summarised: bool = False,
    level: int = 3,
) -> str:
    """The same without style sheet and fallback text; its headings are of a level of their own."""
    groups = [(prompt, list(group)) for prompt, group in groupby(contents, lambda c: c.prompt)]
    counts = _counts(len(groups), len(contents), len(failures))
    head = f'<p class="sg-counts">{counts}</p>{_failures(failures)}'
    if not contents:
        return head
    scale = Scale.shared(content.analysis for content in contents)
    table = spread_table(groups, level=level) if summarised else ""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        if len(groups) == len(contents):
            drawn = pool.map(partial(card, scale=scale, named=True, level=level), contents)
            cards = [_grid(drawn)]
        else:
            cards = [_group(*each, scale, level=level, pool=pool) for each in groups]
        # joined once: many takes are megabytes, and each copy of them is seen
        return "".join((head, _scale(scale), *chain.from_iterable(cards), table))


def _counts(prompts: int, takes: int, failures: int) -> str:
    counts = [many(prompts, "prompt"), many(takes, "take")]
    if failures:
        counts.append(f"<b>{failures} not arrived</b>")
    return " · ".join(counts)


def many(count: int, noun: str) -> str:
    """A count with its noun: "1 take", "3 takes"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _scale(scale: Scale) -> str:
    return f'<div class="sg-scale"><p>{scale.sentence} {_SEEN}</p>{colour_bar(scale)}</div>'


def _group(
    prompt: str, contents: Sequence[CardContent], scale: Scale, *, level: int, pool: Executor
) -> Iterator[str]:
    """The takes of one prompt under a heading, with what their engine understood if all agree."""
    briefs = {origin.understood(content.provenance) for content in contents}
    alike = len(briefs) == 1
    head = (
        f'<section class="sg-group"><header>{heading(prompt, level)}'
        f"<p>{chips(contents[0].factors)}</p>{briefs.pop() if alike else ''}</header>"
    )
    drawn = pool.map(partial(card, scale=scale, brief=not alike), contents)
    return chain((head,), _grid(drawn), ("</section>",))


def _grid(cards: Iterable[str]) -> Iterator[str]:
    return chain(('<div class="sg-grid">',), cards, ("</div>",))


def _failures(failures: Iterable[SoundgenError]) -> str:
    items = "".join(f"<li>{escape(_told(failure))}</li>" for failure in failures)
    return f'<ul class="sg-failures" role="note">{items}</ul>' if items else ""


def _told(failure: SoundgenError) -> str:
    """The error's sentence, with the prompt it belongs to where it does not say so itself."""
    prompt = failure.job.submission.prompt if isinstance(failure, JobError) else ""
    return str(failure) if prompt in str(failure) else f"{prompt}: {failure}"
