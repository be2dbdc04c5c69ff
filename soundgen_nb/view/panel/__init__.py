"""The panel: prompts, sounds and their comparison without writing code."""

from soundgen_nb.view.panel.front import Panel, panel

__all__ = ["Panel", "panel"]
