"""Key, base URL, folders and limits, from arguments, environment and file; never in clear."""

from __future__ import annotations

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from hashlib import sha256
from math import inf
from numbers import Real
from pathlib import Path
from typing import Any, NoReturn, cast
from urllib.parse import SplitResult, urlsplit

from platformdirs import user_data_path

from soundgen_nb.errors import SettingsError
from soundgen_nb.options import nearest

DEFAULT_BASE_URL = "https://api.musicgpt.com/api/public/v1"

LOCAL_KEY_PREFIX = "local-"
"""How the keys of our own local server begin; no vendor's key does."""


class Key:
    """An API key that shows itself to nobody: not in a repr, a traceback, a pickle or a copy.

    >>> Key("secret")
    Key(hidden)
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if not isinstance(text, str) or not text.strip() or not text.strip().isprintable():
            raise SettingsError("the API key is blank or not printable; copy it again")
        try:
            self._text = text.strip().encode("ascii").decode()
        except UnicodeEncodeError:
            # the original error would carry the key into the traceback
            raise SettingsError("the API key has letters no key has; copy it again") from None

    def reveal(self) -> str:
        """The key itself, for the one header it belongs in."""
        return self._text

    @property
    def is_local(self) -> bool:
        """Whether it is a local server's token, which is no vendor's secret."""
        return self._text.startswith(LOCAL_KEY_PREFIX)

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that tell keys apart without telling what they are."""
        return sha256(self._text.encode()).hexdigest()[:12]

    def __repr__(self) -> str:
        return "Key(hidden)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise SettingsError("a key is not pickled; give the other process its own settings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to reach an API and within what limits. Without a key: the embedded engine.

    Args:
        api_key: the key, as text too, or None for the embedded engine.
        base_url: the API's address up to its version.
        home: the folder of the library.
        allow_http: plain http to ``base_url`` beyond this machine, for a local server's token only.
        body: how submits are encoded, "form" or "json".
        polls_per_minute: status calls a minute the key may make, all jobs together.
        parallel: how many jobs of the key may be under way at once.
        timeout_seconds: how long a verb waits when the call does not say.
        confirm_above: how many jobs one call may make before it asks.
    """

    api_key: Key | None = None
    base_url: str = DEFAULT_BASE_URL
    home: Path = field(default_factory=lambda: user_data_path("soundgen_nb", appauthor=False))
    allow_http: bool = False
    body: str = "form"
    polls_per_minute: float = 20.0
    parallel: int = 2
    timeout_seconds: float = 600.0
    confirm_above: int = 64

    def __post_init__(self) -> None:
        object.__setattr__(self, "api_key", _key(self.api_key))
        object.__setattr__(self, "home", _folder(self.home))
        _check_base_url(self)
        if self.body not in ("form", "json"):
            raise SettingsError(f'body must be "form" or "json", not {self.body!r}')
        for name in ("polls_per_minute", "timeout_seconds"):
            _check_number(name, getattr(self, name))
        for name in ("parallel", "confirm_above"):
            _check_number(name, getattr(self, name), whole=True)

    @property
    def embedded(self) -> bool:
        """Whether sounds come from the embedded engine."""
        return self.api_key is None

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None, **arguments: Any) -> Settings:
        """Settings from arguments, else the environment, else ``settings.toml`` in the home folder.

        Args:
            environment: used in place of the process's own.
            **arguments: fields of ``Settings``; those that are None do not count. ``api_key`` may
                be plain text.

        Raises:
            SettingsError: for a value that cannot work, naming where it comes from.
        """
        given = {name: value for name, value in arguments.items() if value is not None}
        known = {f.name for f in fields(cls)}
        for name in given.keys() - known:
            meant = nearest(name, known)
            raise SettingsError(
                f"there is no setting {name!r}; there are {', '.join(sorted(known))}"
                + (f". Did you mean {meant}=?" if meant else "")
            )
        found = _from_environment(os.environ if environment is None else environment)
        home = _folder(given.get("home") or found.get("home") or cls().home)
        merged = _from_file(home / "settings.toml", known) | found | given | {"home": home}
        _check_has_key(merged)
        return cls(**merged)


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("api.example.com")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _key(value: object) -> Key | None:
    return value if value is None or isinstance(value, Key) else Key(cast("str", value))


def _folder(value: object) -> Path:
    if not isinstance(value, (str, os.PathLike)):
        raise SettingsError(f"home must be a folder, not {value!r}")
    try:
        return Path(value).expanduser()
    except RuntimeError as error:
        raise SettingsError(f"home: {value!r} names nobody's home folder") from error


def _check_number(name: str, value: object, *, whole: bool = False) -> None:
    number: Any = value if not isinstance(value, bool) and isinstance(value, Real) else 0
    if not 0 < number < inf or (whole and number % 1):
        kind = "a whole number" if whole else "a number"
        raise SettingsError(f"{name} must be {kind} above nought, not {value!r}")


def _check_base_url(settings: Settings) -> None:
    parts = _split_url(settings.base_url)
    if parts.username or parts.password:
        raise SettingsError("the base URL holds a name or password; pass the key as api_key=")
    object.__setattr__(settings, "base_url", settings.base_url.rstrip("/"))
    if settings.api_key is None or parts.scheme == "https" or is_loopback(parts.hostname or ""):
        return
    if not settings.allow_http:
        raise SettingsError(
            f"{settings.base_url} is plain http beyond this machine, where others could read the "
            "key: use https, or allow_http=True for a local server's token"
        )
    if not settings.api_key.is_local:
        raise SettingsError(
            f"only a local server's key (it begins {LOCAL_KEY_PREFIX!r}) goes over plain http; "
            f"this key is none, so nothing was sent to {settings.base_url}"
        )


def _split_url(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port  # raises for a port that is no number
    except (ValueError, AttributeError, TypeError):
        usable = False
    if not usable:
        # a key that was passed in its place is not quoted
        given = repr(url) if "//" in str(url) else "what was given"
        raise SettingsError(
            f"the base URL must be an http or https address such as {DEFAULT_BASE_URL}, not {given}"
        )
    return parts


def _check_has_key(merged: Mapping[str, Any]) -> None:
    if merged.get("base_url") and not merged.get("api_key"):
        raise SettingsError(
            f"there is an address ({merged['base_url']}) but no key: pass api_key= or set "
            "SOUNDGEN_API_KEY; with neither, the embedded engine is used"
        )


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found = {
        "api_key": environment.get("SOUNDGEN_API_KEY") or environment.get("MUSICGPT_API_KEY"),
        "base_url": environment.get("SOUNDGEN_BASE_URL"),
        "home": environment.get("SOUNDGEN_HOME"),
    }
    return {name: _hidden(name, value) for name, value in found.items() if value}


def _hidden(name: str, value: Any) -> Any:
    """A key as Key from the start: a traceback may show the variables of every frame."""
    return Key(value) if name == "api_key" else value


_KINDS: Mapping[str, tuple[type, ...]] = {
    "api_key": (str,),
    "base_url": (str,),
    "allow_http": (bool,),
    "body": (str,),
    "polls_per_minute": (int, float),
    "parallel": (int,),
    "timeout_seconds": (int, float),
    "confirm_above": (int,),
}


def _from_file(path: Path, known: set[str]) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        # the text of a decoding error can quote the file, key and all; its kind is enough
        raise SettingsError(f"cannot read {path.name}: {type(error).__name__}; mend it") from None
    for name, value in values.items():
        if name not in known or not isinstance(value, _KINDS.get(name, ())):
            raise SettingsError(
                f"{path.name}: {name!r} is no setting or has the wrong kind of value"
            )
    return {name: _hidden(name, value) for name, value in values.items()}
