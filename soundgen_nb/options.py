"""Options: what a verb takes by name; for one it does not have, the nearest that it has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import wraps
from inspect import Parameter, Signature, signature
from numbers import Real
from typing import Any, ParamSpec, TypeVar

from soundgen_nb.errors import OptionError

P = ParamSpec("P")
T = TypeVar("T")


def spelt(call: Callable[P, T]) -> Callable[P, T]:
    """The same function or method; called with what it does not take, it says so in our words.

    >>> @spelt
    ... def bake(cake, *, minutes=40):
    ...     return f"{cake}, {minutes} minutes"
    >>> bake("sponge", minuts=30)
    Traceback (most recent call last):
    soundgen_nb.errors.OptionError: bake has no option minuts=30; did you mean minutes=?
    """
    asked = signature(call)

    @wraps(call)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        check_call(call.__name__, asked, args, kwargs)
        return call(*args, **kwargs)

    return checked


def check_call(
    name: str, asked: Signature, args: Sequence[object], kwargs: Mapping[str, object]
) -> None:
    """Whether a call fits what is asked; ``name`` is what its user wrote.

    Raises:
        OptionError: for an option there is none of, a value too many, or one that is missing.
    """
    try:
        asked.bind(*args, **kwargs)
    except TypeError as error:
        takes = f"it takes {', '.join(_options(asked))}"
        unknown = _unknown(name, asked, kwargs)
        raise OptionError(unknown or f"{name}: {error}; {takes}") from None


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The name that is spelt most like another; None where nothing is near.

    >>> nearest("second", ["seed", "seconds"])
    'seconds'
    """
    return next(iter(get_close_matches(name, sorted(known), n=1)), None)


def _unknown(name: str, asked: Signature, kwargs: Mapping[str, object]) -> str:
    """The sentence about the first option there is none of; "" if all are there."""
    options = _options(asked)
    for option in kwargs.keys() - asked.parameters.keys():
        meant = nearest(option, options)
        takes = f"did you mean {meant}=?" if meant else f"it has {', '.join(options) or 'none'}"
        return f"{name} has no option {_shown(option, kwargs[option])}; {takes}"
    return ""


def _options(asked: Signature) -> list[str]:
    named = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
    return [n for n, p in asked.parameters.items() if p.kind in named and n != "self"]


def _shown(option: str, value: Any) -> str:
    # text is not quoted: it may be a key, and a key stands in no error
    return f"{option}={value!r}" if value is None or isinstance(value, Real) else f"{option}="
