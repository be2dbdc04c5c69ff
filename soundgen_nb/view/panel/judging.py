"""Judging: one sound of those that lie open: stars, tags, a note, and out with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from html import escape
from typing import Any

import ipywidgets as widgets

from soundgen_nb.comparison import Comparison
from soundgen_nb.take import Take
from soundgen_nb.view.card import output
from soundgen_nb.view.panel.desk import Desk
from soundgen_nb.view.panel.fittings import (
    WIDE,
    Note,
    button,
    choice,
    column,
    field,
    html,
    row,
    show,
)
from soundgen_nb.view.panel.opinions import Opinion, Opinions

_STARS = [("none", 0), *(("★" * stars, stars) for stars in range(1, 6))]
_ONCE_MORE = "goes out of the library, sound and all, and does not come back."


class Judging:
    """The sound that is chosen, what is thought of it, and a table of what is thought of all.

    What is written goes with the sound that was chosen when it was written, letter by letter: of
    what waits for the end of a word, nobody knows any more then which sound was meant.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.opinions = Opinions(desk)
        self.note = Note("keep-note")
        self._doomed: Take | None = None
        self._takes: tuple[Take, ...] = ()
        self._writing = asyncio.Lock()
        self._player, self._marks, self._asking = html("player"), html("marks"), Note("asking")
        handling = self.note.handling
        self._sound = field("sound", widgets.Dropdown, "Sound", width="30em")
        self._stars = choice("stars", "Rating", _STARS)
        self._tags = field("tags", widgets.Text, "Tags, with commas between", width="22em")
        self._words = field("words", widgets.Textarea, "Note", width=WIDE, rows=2)
        self._sound.observe(handling(self._fill), "value")
        self._next = button("next", "Next sound", "The one after this", handling(self._go_on))
        self._stars.observe(handling(self._rated), "value")
        self._tags.observe(handling(self._tagged), "value")
        self._words.observe(handling(self._noted), "value")
        # the one that is chosen at the click, whatever is by the time it is done
        removed = handling(lambda: self._removed(self.chosen))
        asked = handling(lambda: self._asked(self.chosen))
        self._remove = button(
            "remove", "Take out", "Out of this comparison; the library keeps it", removed
        )
        self._delete = button("delete", "Delete…", "Out of the library too; asks once more", asked)
        sure = button("sure", "Delete it for good", "There is no way back", handling(self._deleted))
        sure.button_style = "danger"
        leave = button("leave", "Leave it", "Nothing is deleted", handling(self._left))
        self._question = column("question", [self._asking.widget, row(sure, leave)])
        self._fields = [self._sound, self._next, self._stars, self._tags, self._words, self._remove]
        self.widget = column(
            "judging",
            [
                *(row(self._sound, self._next), self._player),
                *(self._stars, self._tags, self._words),
                *(row(self._remove, self._delete), self._question, self.note.widget, self._marks),
            ],
        )

    @property
    def chosen(self) -> Take | None:
        """The take that is chosen in the list as it stands; None where it is empty.

        What lies open may be another comparison already, which is not in the list yet.
        """
        take: Take | None = self._sound.value
        return take

    async def refresh(self) -> None:
        """Offer the sounds that lie open; the one that was chosen stays so, if it is there."""
        before = self._sound.label
        takes = tuple(self._desk.comparison or ())
        if takes != self._takes:
            self.note.clear()  # it was said of other sounds
        self._takes = takes
        self._sound.options = [(take.label, take) for take in takes]
        named = [take for take in takes if take.label == before]
        self._sound.value = next(iter((*named, *takes)), None)
        await self._fill()

    async def _fill(self) -> None:
        async with self._writing:
            await self._show()

    async def _go_on(self) -> None:
        """Choose the next sound, after the last one the first."""
        if self._sound.options:
            self._sound.index = (self._sound.index + 1) % len(self._sound.options)
            await self._fill()

    async def _show(self) -> None:
        """Show what is thought of the chosen sound, and of the others."""
        take = self.chosen
        opinion = Opinion() if take is None else await asyncio.to_thread(self.opinions.of, take)
        filed = take is not None and await asyncio.to_thread(self.opinions.entry, take) is not None
        self._stars.value, self._words.value = opinion.stars or 0, opinion.note
        self._tags.value = ", ".join(opinion.tags)
        self._player.value = "" if take is None else _player(take)
        for each in self._fields:
            each.disabled = take is None
        self._delete.disabled = not filed
        self._ask(None)
        await self._mark()

    async def _mark(self) -> None:
        self._marks.value = await asyncio.to_thread(self._table)

    def _rated(self) -> Coroutine[Any, Any, None]:
        stars = self._stars.value
        told = f"rated {stars} of 5" if stars else "no longer rated"
        return self._write(self.chosen, self.opinions.rate, stars or None, told)

    def _tagged(self) -> Coroutine[Any, Any, None]:
        return self._write(self.chosen, self.opinions.tag, self._tags.value.split(","), "tagged")

    def _noted(self) -> Coroutine[Any, Any, None]:
        return self._write(self.chosen, self.opinions.annotate, self._words.value, "noted")

    async def _write(
        self, take: Take | None, verb: Callable[[Take, Any], None], value: Any, told: str
    ) -> None:
        if take is None:
            return
        async with self._writing:  # or an older look would be shown over a newer word
            await asyncio.to_thread(verb, take, value)
            # a field that is written in by now must not get back what stood there a letter ago
            await (self._show() if verb == self.opinions.rate else self._mark())
        self.note.say(f"{take.label} is {told}.")

    async def _removed(self, take: Take | None) -> None:
        if take is not None:
            await self._out(take)
            self.note.say(f"{take.label} is taken out; History opens it again.")

    async def _asked(self, take: Take | None) -> None:
        self._ask(take)

    async def _left(self) -> None:
        self._ask(None)

    def _ask(self, take: Take | None) -> None:
        """Ask whether a take shall really go; None takes the question back."""
        self._doomed = take
        if take is not None:
            self._asking.say(f"{take.label} {_ONCE_MORE}")
        show(self._question, shown=take is not None)

    async def _deleted(self) -> None:
        take = self._doomed  # the one that was asked about, whatever is chosen by now
        if take is not None:
            self._ask(None)
            await asyncio.to_thread(self.opinions.forget, take)
            await self._out(take)
            self.note.say(f"{take.label} is deleted.")

    async def _out(self, take: Take) -> None:
        """What lies open without one take, if that is in it."""
        comparison = self._desk.comparison
        if comparison is not None and take in comparison:
            rest = [other for other in comparison if other != take]
            left = Comparison.from_takes(rest, comparison.failures) if rest else None
            await self._desk.open(left)

    def _table(self) -> str:
        """What is thought of the sounds that lie open, as far as anything is."""
        takes = self._desk.comparison or ()
        found = [
            (take, opinion) for take in takes if (opinion := self.opinions.of(take)) != Opinion()
        ]
        if not found:
            return ""
        heads = "".join(
            f'<th scope="col">{head}</th>' for head in ("Sound", "Rating", "Tags", "Note")
        )
        rows = "".join(map(_row, found))
        return output(
            '<section class="sg-spread"><h3>Marks so far</h3>'
            # whoever has no pointer scrolls it with the arrow keys
            '<div class="sg-scroll" tabindex="0" role="region" aria-label="Marks so far"><table>'
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></section>",
            texts=(),
        )


def _row(found: tuple[Take, Opinion]) -> str:
    take, opinion = found
    stars = "★" * opinion.stars + "☆" * (5 - opinion.stars) if opinion.stars else "—"
    cells = (stars, ", ".join(opinion.tags), opinion.note)
    told = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f'<tr><th scope="row">{escape(take.label)}</th>{told}</tr>'


def _player(take: Take) -> str:
    # the style sheet is in the panel already
    return (
        f'<div class="soundgen"><audio controls preload="none" src="{take.sound.data_uri}"'
        f' aria-label="{escape(take.label)}" style="max-width:46rem"></audio></div>'
    )
