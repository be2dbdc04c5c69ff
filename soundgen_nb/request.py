"""Request: an order and what its takes become; and the two verbs, sync and awaited, made of one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

from soundgen_nb.options import check_call
from soundgen_nb.order import Order
from soundgen_nb.take import Takes

P = ParamSpec("P")
T = TypeVar("T")
V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Request(Generic[T]):
    """An order, and what its takes are made into for the caller."""

    order: Order
    result: Callable[[Takes], T]


class Waiter(Protocol):
    """Who can wait for a request, on either road."""

    def wait(self, request: Request[T]) -> T:
        """The result, when it is there."""

    async def awaited(self, request: Request[T]) -> T:
        """The same, awaited."""


W = TypeVar("W", bound=Waiter)


def waiting(
    ask: Callable[Concatenate[W, P], Request[T]],
) -> Callable[Concatenate[W, P], T]:
    """The sync verb of a request: same arguments, same documentation."""
    name, asked = ask.__name__.strip("_"), signature(ask)

    @wraps(ask)
    def verb(self: W, /, *args: P.args, **kwargs: P.kwargs) -> T:
        check_call(name, asked, (self, *args), kwargs)
        return self.wait(ask(self, *args, **kwargs))

    return _presented(verb, ask, name)


def awaiting(
    ask: Callable[Concatenate[W, P], Request[T]],
) -> Callable[Concatenate[W, P], Awaitable[T]]:
    """The awaited verb of a request."""
    name, asked = f"a{ask.__name__.strip('_')}", signature(ask)

    @wraps(ask)
    async def verb(self: W, /, *args: P.args, **kwargs: P.kwargs) -> T:
        check_call(name, asked, (self, *args), kwargs)
        return await self.awaited(ask(self, *args, **kwargs))

    return _presented(verb, ask, name)


def _presented(verb: V, ask: Callable[..., Any], name: str) -> V:
    """The verb with the name, arguments and result that help and tooltips should show."""
    asked = signature(ask)
    result = str(asked.return_annotation).removeprefix("Request[").removesuffix("]")
    verb.__name__ = name
    verb.__qualname__ = f"{ask.__qualname__.rpartition('.')[0]}.{name}"
    verb.__signature__ = asked.replace(return_annotation=result)  # type: ignore[attr-defined]
    return verb
