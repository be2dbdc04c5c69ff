"""Pages and archives that outlive the notebook: self-contained, and written all or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from soundgen_nb.errors import InputError
from soundgen_nb.view.card import output
from soundgen_nb.view.enlivening import enlivened

# nothing may be fetched from anywhere: what the page needs, it carries
_POLICY = (
    "default-src 'none'; media-src data:; img-src data:; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; connect-src data:"
)

_PAGE_STYLE = (
    ":root{color-scheme:light dark}body{margin:0 auto;max-width:1280px;padding:16px;"
    "background:light-dark(#fff,#0f1318)}@media print{:root{color-scheme:light}}"
    ".soundgen h1{margin:0 0 4px;font-size:1.6em;line-height:1.2;overflow-wrap:anywhere}"
)


def page(body: str, *, title: str, texts: Iterable[str] = ()) -> str:
    """A whole HTML document that plays from a file, offline, for ever.

    Args:
        body: cards, as ``gallery_body`` makes them, with headings of the second level.
        title: the page's name and first heading.
        texts: one line for each sound, for readers that strip style sheets.
    """
    heading = f"<h1>{escape(title)}</h1>"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_PAGE_STYLE}</style></head>"
        f"<body><main>{enlivened(output(heading + body, texts=texts))}</main></body></html>\n"
    )


def origin_table(rows: Iterable[Mapping[str, str]]) -> str:
    """Where each sound came from: what all have in common in a line, what differs in a table.

    Args:
        rows: facts by name, for each sound; what one does not have is left blank.
    """
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    values = {name: {row.get(name, "") for row in rows} for name in names}
    common = [name for name in names if len(rows) > 1 and len(values[name]) == 1]
    told = "; ".join(f"{name.lower()}: {values[name].copy().pop()}" for name in common)
    columns = [name for name in names if name not in common]
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(row.get(name, ''))}</td>" for name in columns) + "</tr>"
        for row in rows
    )
    return (
        '<section class="sg-spread sg-from"><h2>Where the sounds came from</h2>'
        + (f"<p>All of them: {escape(told)}.</p>" if told else "")
        + '<div class="sg-scroll" tabindex="0" role="region" aria-label="Origins">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody>"
        "</table></div></section>"
    )


def archive(files: Mapping[str, bytes | str]) -> bytes:
    """A zip file; the same files give the same bytes, whenever it is made.

    Args:
        files: contents by name; audio, which is packed already, is stored as it is.
    """
    target = BytesIO()
    with ZipFile(target, "w") as zipped:
        for name, content in files.items():
            packed = ZIP_DEFLATED if name.endswith((".csv", ".json", ".html")) else ZIP_STORED
            zipped.writestr(ZipInfo(name), content, compress_type=packed)
    return target.getvalue()


def json_text(value: Any) -> str:
    """JSON for people to read, with letters as they are."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write(path: Path, content: bytes | str) -> Path:
    """Write a file under a temporary name, then rename it: a reader never sees half of one.

    Raises:
        InputError: if it cannot be written.
    """
    half = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        half.write_bytes(content.encode() if isinstance(content, str) else content)
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise InputError(f"cannot write {str(path)!r}: {error.strerror or error}") from error
    return path
