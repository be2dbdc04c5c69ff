"""Take: one sound, what was asked for it, what was measured; Takes: several of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from soundgen_nb.analysis import (
    Analysis,
    LibrosaView,
    Measures,
    analyse,
    analyse_deeply,
    librosa_view,
)
from soundgen_nb.errors import AudioError, InputError, SoundgenError
from soundgen_nb.options import spelt
from soundgen_nb.sound import Sound
from soundgen_nb.view.card import CardContent, single
from soundgen_nb.view.enlivening import enlivened
from soundgen_nb.view.gallery import gallery
from soundgen_nb.wire import Provenance

THREADS = 2
"""Clips measured at once; numpy lets go of the lock in its loops, and more threads gain little."""

_LINE = 72


@dataclass(frozen=True, repr=False)
class Take:
    """One sound that came back for a prompt. It shows itself: player, pictures, numbers.

    Attributes:
        prompt: what was asked, as text.
        sound: what is played: the bytes as received.
        provenance: who made it, from which job.
        factors: the template values in the prompt, by factor name.
        index: which take of its prompt it is, from 1.
        wav: the lossless original where there is one; then that is what gets measured.

    Example:
        >>> tone = np.sin(2 * np.pi * 440 * np.arange(44100) / 44100)
        >>> provenance = Provenance(prompt="a beep", engine="by hand", seed=7)
        >>> Take("a beep", Sound.from_samples(0.5 * tone, 44100), provenance)
        <Take 'a beep' take 1: 1.00 s, -9.7 LUFS, seed 7>
    """

    prompt: str
    sound: Sound
    provenance: Provenance = field(hash=False)
    factors: Mapping[str, str] = field(default_factory=dict, hash=False)
    index: int = 1
    wav: Sound | None = None

    @classmethod
    def from_file(cls, path: str | Path, *, prompt: str | None = None) -> Take:
        """An audio file as a take: a reference beside generated ones.

        Args:
            path: an mp3, wav, ogg, flac or aiff file.
            prompt: what to call it; the file's name without its suffix if left out.

        Raises:
            InputError: if the file cannot be read.
            AudioError: if it is not audio, or unpacks to more than is sane.
        """
        path = Path(path)
        name = prompt or path.stem
        # the file's name only: where it lay on somebody's disk is nobody else's business
        provenance = Provenance(prompt=name, engine="file", source=path.name)
        sound = Sound.from_file(path)
        try:
            sound.check()
        except AudioError as error:
            raise type(error)(f"{path.name}: {error}") from error
        return cls(name, sound, provenance)

    @property
    def label(self) -> str:
        """The prompt and the take's number: "rain on a tin roof · take 2"."""
        return f"{self.prompt} · take {self.index}"

    @property
    def measured(self) -> Sound:
        """What the numbers come from: the lossless original, else the sound itself."""
        return self.wav or self.sound

    @property
    def samples(self) -> NDArray[np.float32]:
        """The measured samples: float32, shape (channels, n), full scale 1, read-only."""
        return self.measured.samples

    @property
    def sample_rate(self) -> int:
        """Samples a second, in Hz."""
        return self.measured.sample_rate

    @property
    def seconds(self) -> float:
        """The length in seconds."""
        return self.measured.seconds

    @property
    def analysis(self) -> Analysis:
        """Numbers and pictures of the sound, made on first use.

        Raises:
            NotAudioError: if the bytes cannot be decoded, or hold no numbers.
        """
        # no cached_property, as in Sound: until Python 3.12 one take would wait for another
        measure_all([self])
        kept: Analysis = vars(self)["analysis"]
        return kept

    @property
    def measures(self) -> Measures:
        """The numbers by name: ``take.measures.loudness_lufs``."""
        return self.analysis.measures

    @property
    def deep(self) -> Measures:
        """Pitch, tempo and what else only librosa hears: ``take.deep.pitch_hz``.

        Made on first use: a third of a second for a sound of six, a few seconds for the first
        one, and half a minute on a machine where librosa has compiled nothing yet.

        Raises:
            NotAudioError: if the bytes cannot be decoded, or hold no numbers.
        """
        measure_all([self], deep=True)
        kept: Measures = vars(self)["deep"]
        return kept

    @cached_property
    def librosa(self) -> LibrosaView:
        """``y``, ``sr`` and ``S``, for librosa calls of one's own."""
        return librosa_view(self.samples, self.sample_rate)

    @property
    def brief(self) -> Mapping[str, Any] | None:
        """What the embedded engine understood of the prompt; None from any other engine."""
        return self.provenance.brief

    def save(self, path: str | Path) -> Path:
        """Write the bytes as received; a path ending in .wav gets the lossless original.

        Raises:
            InputError: if the suffix names a format there is not, or the file cannot be written.
        """
        lossless = self.wav is not None and Path(path).suffix.lower() == f".{self.wav.format}"
        return (self.measured if lossless else self.sound).save(path)

    def numbered(self, index: int) -> Take:
        """The same take as number ``index`` of its prompt, with what was measured already."""
        if index == self.index:
            return self
        copy = replace(self, index=index)
        kept = {"analysis", "deep", "librosa"}
        vars(copy).update({name: value for name, value in vars(self).items() if name in kept})
        return copy

    @property
    def content(self) -> CardContent:
        """What its card shows."""
        return CardContent(
            prompt=self.prompt,
            index=self.index,
            factors=self.factors,
            sound=self.sound,
            analysis=self.analysis,
            provenance=self.provenance,
        )

    def __repr__(self) -> str:
        facts = [self.measures.text("seconds"), self.measures.text("loudness_lufs")]
        if self.provenance.seed is not None:
            facts.append(f"seed {self.provenance.seed}")
        return f"<Take {shortened(self.prompt)!r} take {self.index}: {', '.join(facts)}>"

    def _repr_html_(self) -> str:
        return enlivened(single(self.content))


@spelt
def load(path: str | Path, *, prompt: str | None = None) -> Take:
    """Any audio file as a take: a reference beside generated ones.

    Args:
        path: an mp3, wav, ogg, flac or aiff file.
        prompt: what to call it; the file's name if left out.

    Raises:
        InputError: if the file cannot be read.
        NotAudioError: if it is not audio.
    """
    return Take.from_file(path, prompt=prompt)


@dataclass(frozen=True, repr=False)
class Takes(Sequence[Take]):
    """Several takes in the order they were asked for, and what did not arrive.

    Attributes:
        items: the takes.
        failures: one error for each sound that was asked for and did not come.

    Raises:
        InputError: if one of them is no take.
    """

    items: tuple[Take, ...]
    failures: tuple[SoundgenError, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", takes_in(self.items, asked="Takes hold takes"))
        object.__setattr__(self, "failures", tuple(self.failures))

    @overload
    def __getitem__(self, at: int) -> Take: ...
    @overload
    def __getitem__(self, at: slice) -> Takes: ...
    def __getitem__(self, at: int | slice) -> Take | Takes:
        return Takes(self.items[at]) if isinstance(at, slice) else self.items[at]

    def __iter__(self) -> Iterator[Take]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def spent(self) -> float:
        """Credits these sounds cost, in the server's own unit, as far as it said."""
        return sum(take.provenance.credits or 0.0 for take in self.items)

    def __repr__(self) -> str:
        measure_all(self.items)
        lines = [repr(take) for take in self.items]
        lines += [f"<not arrived: {failure}>" for failure in self.failures]
        return "\n".join(["<Takes", *(f"  {line}" for line in lines), ">"])

    def _repr_html_(self) -> str:
        measure_all(self.items)
        contents = [take.content for take in self.items]
        return enlivened(gallery(contents, failures=self.failures))


def takes_in(given: Any, *, asked: str) -> tuple[Take, ...]:
    """One take, or all of several, as a tuple.

    Args:
        given: a ``Take``, or anything that has takes one by one.
        asked: what whoever asks wants, as the beginning of a sentence.

    Raises:
        InputError: if it is something else, or something among it is no take.

    Example:
        >>> takes_in("rain", asked="give takes")
        Traceback (most recent call last):
        soundgen_nb.errors.InputError: give takes; 'rain' is no take: generate some, or load files
    """
    takes = tuple(given) if _holds_others(given) else (given,)
    for each in takes:
        if not isinstance(each, Take):
            raise InputError(f"{asked}; {_no_take(each)}")
    return takes


def _holds_others(thing: object) -> bool:
    return isinstance(thing, Iterable) and not isinstance(thing, str | bytes)


def _no_take(thing: object) -> str:
    if _holds_others(thing):
        kind = type(thing).__name__
        return f"a whole {kind} is no take: put in what it holds, as [*one, *other]"
    return f"{thing!r:.80} is no take: generate some, or load files"


def measure_all(
    takes: Iterable[Take], *, deep: bool = False, executor: Executor | None = None
) -> None:
    """Analyse every take that has not been, several at once.

    Args:
        takes: the takes; each keeps its analysis.
        deep: what librosa hears instead of what a card shows.
        executor: where to work: a process pool or a cluster's; two threads if left out.

    Raises:
        AudioError: for the first take that cannot be measured, by its name; the others are
            measured all the same.
        InputError: if the executor was shut down; what was measured before is kept.
    """
    kept, work = ("deep", _analysed_deeply) if deep else ("analysis", _analysed)
    waiting = [take for take in takes if kept not in vars(take)]
    if executor is not None:
        _measure(waiting, kept, work, executor)
    elif len(waiting) == 1 and not deep:
        _measure_alone(waiting[0])
    elif waiting:
        threads = ThreadPoolExecutor(THREADS)
        try:
            _measure(waiting, kept, work, threads)
        finally:
            threads.shutdown(cancel_futures=True)


def _measure(
    waiting: Iterable[Take], kept: str, work: Callable[[Sound], object], executor: Executor
) -> None:
    coming = [(take, executor.submit(work, take.measured)) for take in waiting]
    failures = []
    for take, found in coming:
        try:
            with _named(take):
                vars(take)[kept] = found.result()
        except AudioError as error:
            failures.append(error)
        except CancelledError as error:
            raise InputError(
                "the executor was shut down before it had measured all; what it has not is "
                "measured here as soon as it is looked at"
            ) from error
    if failures:
        raise failures[0]


def _measure_alone(take: Take) -> None:
    # here, where memory is at hand, with another thread for what can be done beside it
    with ThreadPoolExecutor(1) as other, _named(take):
        vars(take)["analysis"] = analyse(*take.measured.decode(), beside=other)


@contextmanager
def _named(take: Take) -> Iterator[None]:
    """What is wrong with a sound, told with the name of its take."""
    try:
        yield
    except AudioError as error:
        raise type(error)(f"{shortened(take.label)} cannot be measured: {error}") from error


def shortened(prompt: str) -> str:
    """The prompt, cut to one line's length."""
    return prompt if len(prompt) <= _LINE else prompt[: _LINE - 1] + "…"


def grouped(takes: Iterable[Take]) -> tuple[Take, ...]:
    """The takes by prompt, prompts in order of appearance; no two with the same number.

    Numbers that differ within a prompt stay as they are; otherwise its takes count from 1.
    """
    by_prompt: dict[str, list[Take]] = {}
    for take in takes:
        by_prompt.setdefault(take.prompt, []).append(take)
    return tuple(take for group in by_prompt.values() for take in _told_apart(group))


def _told_apart(takes: Sequence[Take]) -> Sequence[Take]:
    if len({take.index for take in takes}) == len(takes):
        return takes
    return [take.numbered(index) for index, take in enumerate(takes, 1)]


def _analysed(sound: Sound) -> Analysis:
    return analyse(*sound.decode())


def _analysed_deeply(sound: Sound) -> Measures:
    return analyse_deeply(*sound.decode())
