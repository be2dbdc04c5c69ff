"""Inlining: style sheets and modules as outputs carry them, without what only their readers need.

Comments, indentation and blanks beside punctuation go; names and lines stay, so that what runs can
be read and debugged. The sources keep to a few rules for that: a comment has lines of its own,
strings stand in double quotes or backticks, statements end with a semicolon.
"""

from __future__ import annotations

import re
from graphlib import TopologicalSorter
from pathlib import Path

_IMPORT = re.compile(r'^import (?:[^;]* from )?"\./(\w+)\.mjs";\n', re.MULTILINE)
_COMMENTS = re.compile(r"^ *(//[^\n]*|/\*.*?\*/)\n", re.MULTILINE | re.DOTALL)
_INDENTATION = re.compile(r"^\s+", re.MULTILINE)
# strings, templates and regular expressions; two divisions in a line are taken for one of them,
# which costs a few blanks
_KEPT = re.compile(r'("[^"\n]*"|`[^`]*`|/[^/\n]+/)')
# between two operands, where no sign can follow a sign
_SUMS = re.compile(r"(?<=[\w)\]]) ([-+*/%]=?) (?=[\w(])")
# punctuation that makes no other token with a neighbour
_BLANKS = re.compile(r" ?([=<>?:;,{}()\[\]|&*]) ?")
_STYLE_BLANKS = re.compile(r"(?<=[:,;{]) | (?=[{}])")


def joined(folder: Path) -> str:
    """The modules of a folder as one, each after those it imports.

    Args:
        folder: of ``.mjs`` files that import from each other, in no circle, and from nowhere else.
    """
    sources = {path.stem: _bare(path) for path in sorted(folder.glob("*.mjs"))}
    imports = {name: _IMPORT.findall(source) for name, source in sources.items()}
    order = TopologicalSorter(imports).static_order()
    return "".join(_tight(_IMPORT.sub("", sources[name])) for name in order)


def sheet(path: Path) -> str:
    """A style sheet."""
    return _STYLE_BLANKS.sub("", _bare(path))


def _bare(path: Path) -> str:
    """A file's text without whole lines of comment, blank lines and indentation."""
    return _INDENTATION.sub("", _COMMENTS.sub("", path.read_text(encoding="utf-8")))


def _tight(source: str) -> str:
    """Code without blanks that say nothing; what stands in quotes stays as it is."""
    pieces = _KEPT.split(source)
    pieces[::2] = [_BLANKS.sub(r"\1", _SUMS.sub(r"\1", piece)) for piece in pieces[::2]]
    return "".join(pieces)
