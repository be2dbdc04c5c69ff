"""PromptSets: prompts and templates saved by name, for every kernel that shares the library."""

from __future__ import annotations

from soundgen_nb.errors import InputError
from soundgen_nb.library.database import Database

_MOST_CHARACTERS = 80  # of a name


class PromptSets:
    """Texts by name, in the library's database: one is there whole or not at all.

    Every method raises ``LibraryError`` when the database cannot be used any more.

    Example:
        >>> sets = PromptSets(Database(None))
        >>> sets.save("roofs", "rain on a {tin roof|canvas tent}")
        >>> sets.names(), sets.text("roofs")
        (('roofs',), 'rain on a {tin roof|canvas tent}')
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def names(self) -> tuple[str, ...]:
        """The names there are, in alphabetical order."""
        with self._database.reading() as db:
            rows = db.execute("SELECT name FROM prompt_sets").fetchall()
        return tuple(
            sorted((row["name"] for row in rows), key=lambda name: (name.casefold(), name))
        )

    def save(self, name: str, text: str) -> None:
        """Keep a text under a name, in place of one that has it already.

        Raises:
            InputError: for a name that is blank, longer than 80 characters or not one line, and
                for a blank text.
        """
        named = _checked_name(name)
        if not text.strip():
            raise InputError(f"there is nothing to save as {named!r}: write a prompt first")
        with self._database.writing() as db:
            db.execute("INSERT OR REPLACE INTO prompt_sets VALUES (?, ?)", (named, text))

    def text(self, name: str) -> str:
        """The text of a name.

        Raises:
            InputError: if there is none.
        """
        with self._database.reading() as db:
            row = db.execute("SELECT text FROM prompt_sets WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise InputError(f"no prompts are saved as {name!r:.80}; another kernel deleted them?")
        return str(row["text"])

    def delete(self, name: str) -> None:
        """Let go of a name; one that is not there is let go already."""
        with self._database.writing() as db:
            db.execute("DELETE FROM prompt_sets WHERE name = ?", (name,))


def _checked_name(name: object) -> str:
    trimmed = name.strip() if isinstance(name, str) else ""
    if not 1 <= len(trimmed) <= _MOST_CHARACTERS or not trimmed.isprintable():
        raise InputError(
            f"a name must be one line of 1 to {_MOST_CHARACTERS} characters, not {name!r:.100}"
        )
    return trimmed
