"""Every way it can fail, drawn as a tree. This file imports nothing of the package.

SoundgenError
├── InputError (ValueError)         a value given here cannot be used; nothing was sent
│   ├── PromptError                 a blank, over-long or non-text prompt
│   ├── TemplateError               a template that does not close, or makes too many prompts
│   ├── OptionError (TypeError)      an option that a verb does not have, or a value too many
│   ├── MeasureError (KeyError)      a measure that there is not, or not among these values
│   ├── SettingsError               a key, address, folder or limit that cannot work
│   └── ClosedError                 a Studio that is closed was asked for something
├── OverBudgetError                 the next sound would cost more than was allowed; it was not sent
├── ApiError                        the API answered, and the answer was no
│   ├── BadRequestError             400: the request was not understood
│   ├── AuthenticationError         401, 403: the key is missing or not accepted
│   ├── InsufficientCreditsError    402: the account cannot pay for it
│   ├── NotFoundError               404: no such job, or no such path
│   ├── ConflictError               409: at odds with something already there
│   ├── RejectedError               422: the prompt or a parameter was refused
│   ├── RateLimitError              429: too many at once; knows how long to wait
│   └── ServerError                 500 and above: the API itself has a problem
├── NoAnswerError                   no answer came: name, connection, timeout, dropped
├── UnreadableAnswerError           an answer came, but not in the API's words
├── JobError                        one job, carried in ``.job``, did not end in a sound
│   ├── JobFailedError              the API says the job failed
│   ├── OutcomeUnknownError         nobody can say whether the submit was accepted
│   ├── FetchError                  the sound was made, and could not be fetched
│   └── DeadlineError (TimeoutError)  the time given ran out; the job goes on at the API
├── NothingSucceededError           several were asked and none came back
├── AudioError                      bytes that should have been a sound
│   ├── NotAudioError               they cannot be decoded
│   ├── TruncatedAudioError         there are fewer than announced
│   └── OversizedAudioError         there are more than is sane
├── LibraryError                    the folder of what was asked and heard cannot be used
├── NotebookError                   a notebook that was run stopped in one of its cells
└── LoopError (RuntimeError)        a waiting verb was called where it would wait for itself
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class SoundgenError(Exception):
    """The root: ``except sg.errors.SoundgenError`` catches everything the toolkit raises."""

    def __reduce__(self) -> tuple[Any, ...]:
        """How it is pickled: what it carries goes along, which keyword arguments would not."""
        return _remade, (type(self), self.args, vars(self))


class InputError(SoundgenError, ValueError):
    """A value given here cannot be used; nothing was sent."""


class PromptError(InputError):
    """The prompt is blank, too long, or not text."""


class TemplateError(InputError):
    """The template cannot be read, or makes more prompts than anyone asked for."""


class OptionError(InputError, TypeError):
    """A verb was called with an option it does not have, or without a value it needs."""


class MeasureError(InputError, KeyError):
    """There is no measure of that name, or a sound's values hold none of it."""

    # a KeyError shows its sentence in quotes, as if it were a key
    __str__ = Exception.__str__


class SettingsError(InputError):
    """A key, address, folder or limit that cannot work."""


class ClosedError(InputError):
    """A Studio that is closed was asked for something."""

    def __init__(
        self, message: str = "this Studio is closed; sg.connect(...) makes a new one"
    ) -> None:
        super().__init__(message)


class OverBudgetError(SoundgenError):
    """The next sound would have cost more than ``max_credits`` allows; it was not sent."""


class ApiError(SoundgenError):
    """The API answered, and the answer was no. ``status`` is the HTTP code."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class BadRequestError(ApiError):
    """400: the request was not understood. Sending it again will not help."""


class AuthenticationError(ApiError):
    """401 or 403: the key is missing or not accepted."""


class InsufficientCreditsError(ApiError):
    """402: the account cannot pay. ``required`` and ``available`` are credits, where known."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        required: float | None = None,
        available: float | None = None,
    ) -> None:
        super().__init__(message, status=status)
        self.required = required
        self.available = available


class NotFoundError(ApiError):
    """404: no such job, or no such path."""


class ConflictError(ApiError):
    """409: at odds with something that is already there."""


class RejectedError(ApiError):
    """422: the prompt or a parameter was refused."""


class RateLimitError(ApiError):
    """429: too many at once. ``retry_after`` is seconds, where the API says."""

    def __init__(
        self, message: str, *, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, status=status)
        self.retry_after = retry_after


class ServerError(ApiError):
    """500 and above: the API itself has a problem."""


class NoAnswerError(SoundgenError):
    """No answer came. ``sent`` is False only when the request provably never left."""

    def __init__(self, message: str, *, sent: bool = True) -> None:
        super().__init__(message)
        self.sent = sent


class UnreadableAnswerError(SoundgenError):
    """An answer came, but not in the API's words: HTML from a proxy, JSON of another shape."""


class JobError(SoundgenError):
    """One job did not end in a sound; ``job`` is that job as last seen (a ``wire.Job``)."""

    def __init__(self, message: str, *, job: Any) -> None:
        super().__init__(message)
        self.job = job


class JobFailedError(JobError):
    """The API says the job failed; the message carries its reason."""


class OutcomeUnknownError(JobError):
    """Nobody can say whether the submit was accepted, so it is not sent again by itself."""


class FetchError(JobError):
    """The sound was made and could not be fetched; what stopped it is the ``__cause__``."""


class DeadlineError(JobError, TimeoutError):
    """The time given ran out; the job goes on at the API."""


class NothingSucceededError(SoundgenError):
    """Several sounds were asked and none came back; ``failures`` holds one error for each."""

    def __init__(self, message: str, *, failures: Sequence[SoundgenError]) -> None:
        super().__init__(message)
        self.failures = tuple(failures)


class AudioError(SoundgenError):
    """Bytes that should have been a sound."""


class NotAudioError(AudioError):
    """The bytes cannot be decoded as audio."""


class TruncatedAudioError(AudioError):
    """There are fewer bytes than were announced."""


class OversizedAudioError(AudioError):
    """There are more bytes, or more seconds, than is sane."""


class LibraryError(SoundgenError):
    """The folder of what was asked and heard cannot be used: corrupt, read-only, or newer."""


class NotebookError(SoundgenError):
    """A notebook that was run stopped in one of its cells."""


class LoopError(SoundgenError, RuntimeError):
    """A waiting verb was called on the very thread that would have to do the work."""


def _remade(kind: type[SoundgenError], words: tuple[Any, ...], carried: Any) -> SoundgenError:
    error = kind.__new__(kind, *words)
    vars(error).update(carried)
    return error
