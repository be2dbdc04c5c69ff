"""Front: the panel with all its parts, and one panel for each name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ipywidgets as widgets
from IPython.display import display

from soundgen_nb.comparison import Comparison
from soundgen_nb.options import spelt
from soundgen_nb.studio import Studio
from soundgen_nb.take import Take, Takes, takes_in
from soundgen_nb.verbs import default_studio
from soundgen_nb.view.panel.desk import Desk
from soundgen_nb.view.panel.exporting import Exporting
from soundgen_nb.view.panel.fittings import Note, column, named
from soundgen_nb.view.panel.judging import Judging
from soundgen_nb.view.panel.kept import Kept
from soundgen_nb.view.panel.listening import Listening
from soundgen_nb.view.panel.making import Making
from soundgen_nb.view.panel.measuring import Measuring
from soundgen_nb.view.panel.past import Past

_TABS = ("Listen", "Measure", "Keep", "History")
_LISTEN, _MEASURE, _, _HISTORY = range(len(_TABS))


@spelt
def panel(
    comparison: Comparison | Take | Iterable[Take] | None = None,
    *,
    studio: Studio | None = None,
    name: str = "",
) -> Panel:
    """A panel to write prompts in, generate, listen, measure, and keep what is good.

    One prompt a line; braces make variations, and the button says how many sounds it will ask for
    (more than 64 need a second click, unless the settings allow more). Sounds show as they come.
    The panel stays alive meanwhile: *Stop* ends what is under way and keeps what has come, *Resume*
    fetches what was submitted and left, also by a kernel that has died. A result stays until the
    next one takes its place; ``panel.takes`` has every sound that ever came, and *History*
    everything that was ever asked for, with the ways to send again what never came, or to give it
    up.

    There is one panel for each name, and it lives as long as the kernel: a cell that is run again
    shows the same one, with what was typed, made and rated. Two that shall not know of each other
    have different names: ``sg.panel(name="rain")``, ``sg.panel(name="doors")``. A panel of takes
    is one of its own as well, which the same takes find again: sliced, loaded or reopened anew.

    Widgets are not saved with a notebook, so *Keep in notebook* puts the comparison below the panel
    as plain output, which is. ``panel.comparison`` as the last line of a cell does the same, and is
    the way after the page was reloaded. Stars, tags and notes are kept in the library.

    It is made for JupyterLab, Notebook 7, VS Code and Voila. Colab shows the changes only when
    another cell runs: use ``generate`` and ``compare`` there.

    Args:
        comparison: takes to open it on: a ``Comparison``, ``Takes``, several takes or one.
        studio: who makes the sounds; that of the module's own verbs if left out.
        name: which panel, where there are several.

    Raises:
        InputError: for anything else in place of takes, or if there are none.
        SettingsError: if there is no usable Studio, as ``connect`` does.
    """
    opened = _opened(comparison)
    key = (name, () if opened is None else (*opened, *map(str, opened.failures)))
    asked = studio or default_studio()
    if key not in _panels:
        _panels[key] = Panel(asked, opened)
    elif asked is not _panels[key].studio:
        _panels[key].use(asked)
    return _panels[key]


# never let go: one may be seen in any output, and ipywidgets holds all widgets anyway
_panels: dict[tuple[str, tuple[Take | str, ...]], Panel] = {}


class Panel:
    """Widgets around a Studio; see ``panel``. Any number may be used at once.

    Attributes:
        widget: the box of widgets, to put among widgets of your own.
    """

    def __init__(self, studio: Studio, comparison: Comparison | None = None) -> None:
        self._desk = Desk(studio, comparison)
        self._kept = Kept()
        self._listening, self._measuring = Listening(self._desk), Measuring(self._desk)
        self._judging = Judging(self._desk)
        self._exporting = Exporting(self._desk, lambda: self._judging.chosen, self._keep)
        self._making = Making(self._desk, self._listening, self._to_front)
        self._past = Past(self._desk, self._to_front, self._making.ask, self._making.refresh)
        keeping = column("keeping", [self._judging.widget, self._exporting.widget])
        parts = [self._listening.widget, self._measuring.widget, keeping, self._past.widget]
        self._tabs = named("tabs", widgets.Tab(parts))
        for place, title in enumerate(_TABS):
            self._tabs.set_title(place, title)
        note = Note("note")
        self._tabs.observe(note.handling(self._look), "selected_index")
        self.widget = column("panel", [*self._making.parts, note.widget, self._tabs])
        self._desk.follow(self._follow)
        self._refresh = note.handling(self._making.refresh)
        self._refresh(None)
        note.handling(self._follow)(None)

    @property
    def studio(self) -> Studio:
        """Who makes the sounds."""
        return self._desk.studio

    @property
    def comparison(self) -> Comparison | None:
        """What lies open: of all that was asked, of what had come when it was stopped, or older."""
        return self._desk.comparison

    @property
    def takes(self) -> Takes:
        """Every sound that ever came to this panel, oldest first."""
        return Takes(tuple(self._desk.takes))

    @property
    def selected(self) -> Take | None:
        """The take that is chosen under *Keep*; None where nothing lies open."""
        return self._judging.chosen

    @property
    def ratings(self) -> Mapping[str, int]:
        """Stars, 1 to 5, of the takes that lie open and have some, by label: "rain · take 2"."""
        rated = ((take.label, self._judging.opinions.of(take)) for take in self.comparison or ())
        return {label: opinion.stars for label, opinion in rated if opinion.stars is not None}

    def use(self, studio: Studio) -> None:
        """Have another Studio make the sounds from now on; all that is there stays."""
        self._desk.studio = studio
        self._refresh(None)

    def __repr__(self) -> str:
        return f"<Panel of {self.studio!r}>"

    def _ipython_display_(self) -> None:
        self._refresh(None)
        display(self.widget)  # type: ignore[no-untyped-call]  # IPython's own gap
        self._kept.show()

    def _to_front(self) -> None:
        self._tabs.selected_index = _LISTEN

    def _keep(self) -> Comparison | None:
        self._kept.add(self._listening.html)
        return self._listening.shown

    async def _follow(self) -> None:
        """Show what lies open in every tab that shows it."""
        await self._listening.refresh()
        await self._judging.refresh()
        await self._exporting.refresh()
        await self._look()

    async def _look(self) -> None:
        """Make what is slow to make for the tab that is in sight only."""
        if self._tabs.selected_index == _MEASURE:
            await self._measuring.refresh()
        elif self._tabs.selected_index == _HISTORY:
            await self._past.refresh()


def _opened(takes: Any) -> Comparison | None:
    if takes is None or isinstance(takes, Comparison):
        return takes
    several = takes_in(takes, asked="a panel opens on takes, and a Studio goes in as studio=")
    return Comparison.from_takes(several, getattr(takes, "failures", ()))
