"""The command line: the same verbs, for shells and scripts.

Standard output carries results only (paths, a table, settings), so that it can be piped; what is
said to a person goes to standard error.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NoReturn

import soundgen_nb as sg
from soundgen_nb import lab
from soundgen_nb.errors import InputError, SoundgenError
from soundgen_nb.options import nearest

_OK, _FAILED, _USAGE, _INTERRUPTED = 0, 1, 2, 130

_EPILOG = """\
examples:
  soundgen-nb generate "waves at the sea shore" --seconds 8
  soundgen-nb compare "rain on a {tin roof|canvas tent}" --takes 3 --out rain.html
  soundgen-nb compare "rain" "light rain" --takes 6 > table.csv
  soundgen-nb history --state UNKNOWN
  soundgen-nb resume --out sounds
  soundgen-nb serve --port 8080
  soundgen-nb lab

Without SOUNDGEN_API_KEY (or MUSICGPT_API_KEY) an embedded engine makes the sounds.
exit codes: 0 all came, 1 something failed, 2 it was asked wrongly, 130 interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. The console script ``soundgen-nb`` calls it."""
    options, unknown = _parser().parse_known_args(arguments)
    if unknown:
        _refuse(unknown, options.command)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        code = run(options)
        sys.stdout.flush()
    except InputError as error:
        return _say(error, _USAGE)
    except SoundgenError as error:
        return _say(error, _FAILED)
    except KeyboardInterrupt as interrupt:
        return _say(interrupt or "stopped", _INTERRUPTED)
    except BrokenPipeError:
        # the reader has gone, as head does; nothing is wrong, and nothing more can be said there
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _OK
    return code


def _refuse(unknown: Sequence[str], command: argparse.ArgumentParser) -> NoReturn:
    """End with what a command does not take, and the option that is spelt most like it."""
    known = set(re.findall(r"--[\w-]+", command.format_usage()))
    meant = nearest(unknown[0].partition("=")[0], known)
    command.error(
        f"unrecognized arguments: {' '.join(unknown)}"
        + (f"; did you mean {meant}?" if meant else "")
    )


def _generate(options: argparse.Namespace) -> int:
    folder = _made_folder(options.out)
    made = sg.generate(
        options.prompt,
        takes=options.takes,
        seconds=options.seconds,
        seed=options.seed,
        timeout=options.timeout,
        confirm=options.yes,
        max_credits=options.max_credits,
        reuse=options.reuse,
    )
    takes = [made] if isinstance(made, sg.Take) else made
    _save(takes, folder)
    _tell(takes)
    return _failures(getattr(made, "failures", ()))


def _compare(options: argparse.Namespace) -> int:
    if options.out is not None:
        sg.Comparison.check_export(options.out)  # before anything is bought for it
    prompts = options.prompts[0] if len(options.prompts) == 1 else options.prompts
    comparison = sg.compare(
        prompts,
        takes=options.takes,
        seconds=options.seconds,
        seed=options.seed,
        timeout=options.timeout,
        confirm=options.yes,
        max_credits=options.max_credits,
        reuse=options.reuse,
    )
    if options.out is None:
        sys.stdout.write(comparison.csv())
    else:
        print(comparison.export(options.out))  # noqa: T201
    _tell(comparison.takes)
    return _failures(comparison.failures)


def _history(options: argparse.Namespace) -> int:
    filters = {"prompt": options.prompt, "since": options.since, "state": options.state}
    history = sg.history(**filters, limit=options.limit)
    history.frame.to_csv(sys.stdout, index=False)
    return _OK


def _resume(options: argparse.Namespace) -> int:
    folder = _made_folder(options.out)
    takes = sg.resume(timeout=options.timeout)
    _save(takes, folder)
    _tell(takes)
    return _failures(takes.failures)


def _serve(options: argparse.Namespace) -> int:
    server = sg.LocalServer(host=options.host, port=options.port, allow_remote=options.allow_remote)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with server:
        print(f"SOUNDGEN_BASE_URL={server.base_url}")  # noqa: T201
        print(f"SOUNDGEN_API_KEY={server.api_key}", flush=True)  # noqa: T201
        sys.stderr.write("serving; set these two in other programs. Ctrl-C stops.\n")
        try:
            while not stop.wait(0.5):  # a short wait, so that Ctrl-C is seen on every platform
                pass
        except KeyboardInterrupt:
            sys.stderr.write("stopped\n")
    return _OK


def _lab(options: argparse.Namespace) -> int:
    first = lab.copied(options.folder)
    if options.execute:
        print(lab.execute(first))  # noqa: T201
        return _OK
    return lab.open_lab(first, options.jupyter)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="soundgen-nb",
        description="Turn text prompts into sounds, and compare what the wording changes.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"soundgen-nb {sg.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_generate(commands)
    _add_compare(commands)
    _add_history(commands)
    _add_resume(commands)
    _add_serve(commands)
    _add_lab(commands)
    return parser


_Commands = argparse._SubParsersAction  # noqa: SLF001  # argparse has no public name for it


def _add_generate(commands: _Commands[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "generate", help="one prompt to one or more audio files; prints their paths"
    )
    command.add_argument("prompt", help='what to hear: "three knocks on a wooden door"')
    _add_out(command)
    _add_wishes(command)
    command.set_defaults(run=_generate, command=command)


def _add_compare(commands: _Commands[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "compare", help="several prompts, or a template, side by side: a page, a zip or a table"
    )
    command.add_argument(
        "prompts", nargs="+", metavar="PROMPT", help='prompts, or one "rain on {tin|canvas}"'
    )
    command.add_argument(
        "--out",
        metavar="FILE",
        help="page.html (plays anywhere), sounds.zip or table.csv; left out: the table to stdout",
    )
    _add_wishes(command)
    command.set_defaults(run=_compare, command=command)


def _add_history(commands: _Commands[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "history", help="everything ever asked and heard, as a table to stdout"
    )
    command.add_argument("--prompt", metavar="WORDS", help="only prompts with these words in them")
    command.add_argument("--since", metavar="DATE", help="only since then: 2026-01-31")
    command.add_argument("--state", help="only jobs in this state: COMPLETED, UNKNOWN, FAILED...")
    command.add_argument("--limit", type=int, metavar="N", help="only the newest N")
    command.set_defaults(run=_history, command=command)


def _add_resume(commands: _Commands[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "resume", help="finish what was submitted and not fetched; prints the paths of the sounds"
    )
    _add_out(command)
    command.add_argument("--timeout", type=float, help="seconds to wait (default: 600)")
    command.set_defaults(run=_resume, command=command)


def _add_out(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--out", type=Path, default=Path(), metavar="FOLDER", help="where to write (default: here)"
    )


def _add_serve(commands: _Commands[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "serve", help="the same HTTP API on this machine, made by the embedded engine"
    )
    command.add_argument("--host", default="127.0.0.1", help="address (default: %(default)s)")
    command.add_argument("--port", type=int, default=0, help="port (default: any free one)")
    command.add_argument(
        "--allow-remote", action="store_true", help="let other machines in: for a class"
    )
    command.set_defaults(run=_serve, command=command)


def _add_lab(commands: _Commands[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("lab", help="JupyterLab on the first notebook")
    command.add_argument(
        "--folder",
        type=Path,
        default=Path(lab.FOLDER),
        help="where the notebooks are copied to (default: %(default)s); yours are not overwritten",
    )
    command.add_argument(
        "--execute", action="store_true", help="run the notebook without a browser; print its path"
    )
    command.add_argument("jupyter", nargs="*", help="after --, passed on: -- --no-browser")
    command.set_defaults(run=_lab, command=command)


def _add_wishes(command: argparse.ArgumentParser) -> None:
    command.add_argument("--takes", type=int, default=1, help="sounds of each prompt (default: 1)")
    command.add_argument("--seconds", type=float, help="whole seconds, 1 to 60")
    command.add_argument("--seed", type=int, help="for the same sounds again (embedded engine)")
    command.add_argument("--timeout", type=float, help="seconds to wait (default: 600)")
    command.add_argument("--max-credits", type=float, help="spend no more than this on the call")
    command.add_argument(
        "--reuse", action="store_true", help="take from the library what was asked for before"
    )
    command.add_argument("--yes", action="store_true", help="do not ask before many sounds")


def _save(takes: Iterable[sg.Take], folder: Path) -> None:
    for take in takes:
        print(take.save(_free_path(folder, take.prompt, take.index, take.sound.format)))  # noqa: T201
        sys.stderr.write(f"{take!r}\n")


def _tell(takes: Iterable[sg.Take]) -> None:
    """What the embedded engine understood, once for each prompt, and what it left aside."""
    briefs = {take.prompt: take.brief for take in takes if take.brief}
    for prompt, brief in briefs.items():
        told = "\n  ".join([str(brief.get("sentence", "")), *map(str, brief.get("notes", ()))])
        sys.stderr.write(f"{prompt!r}: {told}\n")


def _made_folder(folder: Path) -> Path:
    """The folder, there before anything is bought that would go into it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot write to {str(folder)!r}: {error.strerror or error}") from error
    return folder


def _free_path(folder: Path, prompt: str, index: int, suffix: str) -> Path:
    """A path in the folder that no file has yet, with a safe and telling name."""
    words = "".join(c if c.isalnum() else " " for c in prompt.lower()).split()
    stem = "-".join(words)[:60] or "sound"
    number = index
    while (path := folder / f"{stem}-{number}.{suffix}").exists():
        number += 1
    return path


def _failures(failures: Sequence[SoundgenError]) -> int:
    for failure in failures:
        _say(failure, _FAILED)
    return _FAILED if failures else _OK


def _say(what: object, code: int) -> int:
    sys.stderr.write(f"soundgen-nb: {what}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
