"""Prompt, and the variations of a template: every combination of its factors' values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, product
from math import prod
from string import ascii_uppercase

from soundgen_nb.errors import PromptError, TemplateError

MAX_CHARACTERS = 1000
"""The longest prompt the API takes, in characters (not bytes)."""

MAX_VARIATIONS = 64
"""More prompts than this are made only when ``confirm=True`` says that is meant."""


@dataclass(frozen=True)
class Prompt:
    """What is asked for, and which factor had which value in it.

    Args:
        text: 1 to 1000 characters; blanks around it are trimmed.
        factors: the factor values it was made from, by factor name; empty for a prompt of its own.

    Raises:
        PromptError: for a blank, over-long or non-text prompt.

    Example:
        >>> Prompt("  rain on a tin roof ").text
        'rain on a tin roof'
    """

    text: str
    factors: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", checked_text(self.text))
        object.__setattr__(self, "factors", dict(self.factors))

    def __str__(self) -> str:
        return self.text


def checked_text(text: object) -> str:
    """The prompt, trimmed.

    Raises:
        PromptError: if it is not text, blank, or longer than 1000 characters.
    """
    if not isinstance(text, str):
        raise PromptError(f"a prompt must be text, not {type(text).__name__}: {text!r:.80}")
    trimmed = text.strip()
    if not trimmed:
        raise PromptError('the prompt is blank; describe a sound, like "rain on a tin roof"')
    if any("\ud800" <= letter <= "\udfff" for letter in trimmed):
        raise PromptError(
            f"the prompt holds half a character, which nobody can send: {trimmed!r:.80}"
        )
    if len(trimmed) > MAX_CHARACTERS:
        raise PromptError(
            f"the prompt has {len(trimmed):,} characters, the API takes {MAX_CHARACTERS:,}: "
            f"shorten it (it begins {trimmed[:40]!r})"
        )
    return trimmed


def as_prompts(
    prompts: str | Prompt | Iterable[str | Prompt], *, confirm: bool = False
) -> tuple[Prompt, ...]:
    """Prompts of whatever a person passes: one text (a template, if it has braces), or several.

    ``confirm`` is that of ``variations``.

    Raises:
        PromptError: if there is none, one is not a prompt, or one comes twice.
        TemplateError: if a single text is a template that cannot be read.
    """
    if isinstance(prompts, str):
        return tuple(variations(prompts, confirm=confirm))
    if isinstance(prompts, Prompt):
        return (prompts,)
    if not isinstance(prompts, Iterable):
        raise PromptError(f"expected prompts, not {type(prompts).__name__}: {prompts!r:.80}")
    made = tuple(item if isinstance(item, Prompt) else Prompt(item) for item in prompts)
    if not made:
        raise PromptError('there are no prompts; pass a list such as ["rain", "light rain"]')
    seen: set[str] = set()
    for prompt in made:
        if prompt.text in seen:
            raise PromptError(
                f"the prompt {prompt.text!r} is there twice; ask for more takes= of it instead"
            )
        seen.add(prompt.text)
    return made


def variations(template: str, *, confirm: bool = False, **factors: Sequence[str]) -> list[Prompt]:
    """Every prompt a template makes: the full crossing of its factors, first factor slowest.

    ``{tin roof|canvas tent}`` is a factor with two values; ``{roof: tin|slate}`` gives it a name
    (otherwise A, B, C… in order); ``{roof}`` takes its values from the keyword ``roof=[...]``. An
    empty value leaves the words out. ``{{`` and ``}}`` are braces themselves. The same name twice
    always has the same value.

    Args:
        template: the text with its factors in braces.
        confirm: allow more than 64 prompts.
        **factors: values for factors named but not spelt out in the template.

    Raises:
        TemplateError: for a brace that does not close, a factor without values, or an explosion of
            combinations.
        PromptError: if a combination is no usable prompt.

    Example:
        >>> [str(p) for p in variations("{|far} rain on {tin|canvas}")]
        ['rain on tin', 'rain on canvas', 'far rain on tin', 'far rain on canvas']
    """
    if not isinstance(template, str):
        raise TemplateError(f"a template must be text, not {type(template).__name__}")
    pieces = list(_pieces(template))
    values = _factor_values(pieces, factors)
    _check_count(values, confirm=confirm)
    names = list(values)
    made: dict[str, Prompt] = {}
    for combination in product(*values.values()):
        chosen = dict(zip(names, combination, strict=True))
        prompt = Prompt(_filled(pieces, chosen), chosen)
        if prompt.text in made:
            raise TemplateError(
                f"two combinations give the same prompt {prompt.text!r}; make the values differ"
            )
        made[prompt.text] = prompt
    return list(made.values())


def combinations(template: str) -> int:
    """How many prompts a template makes, without making any.

    Raises:
        TemplateError: if it cannot be read.

    Example:
        >>> combinations("{|far} rain on {tin|canvas}")
        4
    """
    values = _factor_values(list(_pieces(template)), {})
    return prod(len(choices) for choices in values.values())


@dataclass(frozen=True, slots=True)
class _Factor:
    """A factor's place in a template; no values of its own means they come by keyword."""

    name: str
    values: tuple[str, ...]


_NAMED = re.compile(r"\s*([A-Za-z_]\w*)\s*:(.*)", re.DOTALL)


def _pieces(template: str) -> Iterator[str | _Factor]:
    """The literal texts and factors of a template, in order."""
    letters = (name for n in count() for name in [_letter(n)])
    position = 0
    while position < len(template):
        if template[position : position + 2] in {"{{", "}}"}:
            yield template[position]
            position += 2
        elif template[position] == "{":
            stop = _closing(template, position)
            yield _factor(template[position + 1 : stop], letters)
            position = stop + 1
        elif template[position] == "}":
            raise TemplateError(
                f"a closing brace without an opening one {_where(template, position)}; "
                "write }} for a brace itself"
            )
        else:
            yield template[position]
            position += 1


def _closing(template: str, start: int) -> int:
    stop = template.find("}", start)
    inner = template.find("{", start + 1)
    if stop < 0:
        raise TemplateError(f"a brace opens and does not close {_where(template, start)}")
    if 0 <= inner < stop:
        raise TemplateError(f"braces cannot stand inside braces {_where(template, inner)}")
    return stop


def _factor(text: str, letters: Iterator[str]) -> _Factor:
    named = _NAMED.fullmatch(text)
    if named:
        return _Factor(named[1], _values(named[2]))
    if "|" in text:
        return _Factor(next(letters), _values(text))
    if text.strip().isidentifier():
        return _Factor(text.strip(), ())
    raise TemplateError(f"{{{text}}} has one value only; write {{{text}|something else}}")


def _values(text: str) -> tuple[str, ...]:
    values = tuple(value.strip() for value in text.split("|"))
    for value in values:
        if values.count(value) > 1:
            raise TemplateError(f"{{{text}}} has the value {value!r} twice")
    return values


def _factor_values(
    pieces: Sequence[str | _Factor], given: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    factors = [piece for piece in pieces if isinstance(piece, _Factor)]
    spelt_out = {factor.name: factor.values for factor in factors if factor.values}
    values: dict[str, tuple[str, ...]] = {}
    for factor in factors:
        own = factor.values or spelt_out.get(factor.name) or _given_values(factor.name, given)
        if values.setdefault(factor.name, own) != own:
            raise TemplateError(f"the factor {factor.name!r} has two different lists of values")
    for name in given:
        if name not in values:
            named = ", ".join(f"{{{n}}}" for n in values) or "no factor"
            raise TemplateError(f"{name}= is not in the template, which has {named}")
        if name in spelt_out:
            raise TemplateError(f"{name}= has its values in the template already; leave it out")
    return values


def _given_values(name: str, given: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    values: object = given.get(name)
    listed = tuple(values) if isinstance(values, Iterable) and not isinstance(values, str) else None
    if listed is None or not all(isinstance(value, str) for value in listed):
        raise TemplateError(
            f"the factor {{{name}}} needs a list of texts: pass {name}=[...] or write "
            f"{{{name}: this|that}} in the template"
        )
    if not listed:
        raise TemplateError(f"{name}= is empty; give it at least one value")
    return listed


def _check_count(values: Mapping[str, tuple[str, ...]], *, confirm: bool) -> None:
    total = prod(len(choices) for choices in values.values())
    if total > MAX_VARIATIONS and not confirm:
        sizes = " x ".join(str(len(choices)) for choices in values.values())
        raise TemplateError(
            f"the template makes {sizes} = {total:,} prompts; if that is meant, pass confirm=True"
        )


def _filled(pieces: Sequence[str | _Factor], chosen: Mapping[str, str]) -> str:
    text = "".join(piece if isinstance(piece, str) else chosen[piece.name] for piece in pieces)
    # an empty value leaves two blanks, or one before a comma, where nobody would write them
    return re.sub(r" +([,.;])", r"\1", re.sub(r"[ \t]{2,}", " ", text))


def _letter(n: int) -> str:
    return ascii_uppercase[n] if n < 26 else f"{ascii_uppercase[n % 26]}{n // 26}"


def _where(template: str, position: int) -> str:
    return f"at character {position + 1}: …{template[max(0, position - 12) : position + 20]}…"
