"""Likeness: which word for a sound is like another in meaning, where word vectors are installed.

An extra, ``soundgen-nb[semantic]``: wordllama, static vectors learnt from English texts, 16 MB that
come with the package, so nothing is ever downloaded. They know words, not sounds: "combat" is like
"duel", but "Mars" is like nothing heard. So they are asked only where the lexicon is at a loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from soundgen_nb.engine.lexicon import Lexicon, Role, lexicon
from soundgen_nb.engine.parts.timeline import FloatArray
from soundgen_nb.engine.phrases import Word

_ALIKE = 0.45  # cosine; below it neighbours are of all kinds
_LEAST_LETTERS = 5  # shorter ones are pieces of many words, in many languages
_SHARED = 3  # letters at the beginning: "moth" is near "mother" by its spelling alone


@dataclass(frozen=True, slots=True)
class Vectors:
    """The words that name sounds, and their directions in a space of meanings, shape (n, 256)."""

    model: Any
    names: tuple[str, ...]
    directions: FloatArray

    def nearest(self, word: str) -> str:
        """The name of a sound that is most like a word, or "" if none is like it."""
        if len(word) < _LEAST_LETTERS or not _is_one_piece(self.model, word):
            return ""
        alike = self.directions @ self.model.embed([word], norm=True)[0]
        for at in map(int, np.argsort(-alike)):
            if alike[at] < _ALIKE:
                break
            if self.names[at][:_SHARED] != word[:_SHARED]:
                return self.names[at]
        return ""


def likened(words: Sequence[Word], known: Lexicon) -> list[Word]:
    """The words with those that the lexicon lacks taken for the sounds they are like.

    Without wordllama installed, or with nothing alike, they are as they were.
    """
    unknown = {word.text for word in words if word.forms and not known.knows(word.text)}
    vectors = _vectors() if unknown else None
    if vectors is None:
        return list(words)
    nearest = {text: vectors.nearest(text) for text in unknown - known.lists.plain}
    return [
        replace(word, forms=(name,), likened=name) if (name := nearest.get(word.text)) else word
        for word in words
    ]


@lru_cache(maxsize=1)
def _vectors() -> Vectors | None:
    """The vectors, read once, on the first prompt that needs them."""
    model = _model()
    if model is None:
        return None
    names = tuple(
        phrase
        for phrase, meanings in lexicon().sounds
        if any(meaning.role is Role.SOURCE for meaning in meanings) and _is_one_piece(model, phrase)
    )
    return Vectors(model, names, model.embed(list(names), norm=True))


def _model() -> Any:
    if find_spec("wordllama") is None:
        return None
    import wordllama  # noqa: PLC0415  # an extra, and a quarter of a second

    here = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=here, disable_download=True)


def _is_one_piece(model: Any, word: str) -> bool:
    """Whether the vectors were learnt for the word itself, not for pieces of its spelling."""
    return model.tokenizer.token_to_id(f"\u2581{word}") is not None
