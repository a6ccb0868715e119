"""``python -m reports``: what can be done with saved runs."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from reports.bundle.make import SIGNERS, make
from reports.diff import compare, diff_text
from reports.formats import FormatError, RenderOptions, formats, get
from reports.history.store import read, record
from reports.history.text import history_text
from reports.labels import LANGUAGES, Labels
from reports.merge import merge
from reports.notify.command import send
from reports.notify.message import broken, message
from reports.report import ReportError, dumps, load, validate, write
from reports.text import visible

NAME = "python -m reports"
HISTORY = "reports/out/history.sqlite"
OK, CHANGED, WRONG, UNSENT = 0, 1, 4, 5

EPILOG = (
    f"exit status: {OK} done · {CHANGED} diff --exit-code found something new or changed · "
    f"{WRONG} wrong input · {UNSENT} notify could not reach everybody"
)


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line and have the suite's exit status for wrong input."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG, f"{self.prog}: {visible(message)}\n")


def main(arguments: Sequence[str] | None = None, name: str = NAME) -> int:
    """Run one command; returns its exit status. ``name`` is what usage and errors call the program."""
    try:
        options = parser(name).parse_args(arguments)
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except FormatError as error:
        return _say(str(error), WRONG)
    except ReportError as error:
        return _say(str(error), WRONG)
    except BrokenPipeError:
        # The reader has what it wanted; Python would complain again while closing stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def parser(name: str = NAME) -> argparse.ArgumentParser:
    """The command line of a program that is called so."""
    top = _Parser(prog=name, description="What can be done with saved runs.", epilog=EPILOG)
    commands = top.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    render = commands.add_parser("render", help="a saved run in another format")
    render.add_argument("file", metavar="run.json")
    render.add_argument("--to", required=True, metavar="FORMAT", help=", ".join(formats()))
    render.add_argument("-o", "--output", metavar="PATH", help="a file, or - for standard output (the default)")
    _language(render)
    render.set_defaults(run=_render)
    diff = commands.add_parser("diff", help="what changed from one run to another")
    diff.add_argument("old", metavar="OLD")
    diff.add_argument("new", metavar="NEW")
    diff.add_argument("--exit-code", action="store_true", help=f"exit {CHANGED} if a deviation is new or changed")
    _language(diff)
    diff.set_defaults(run=_diff)
    past = commands.add_parser("history", help="what became of deviations over the runs")
    past.add_argument("--db", default=HISTORY, metavar="FILE", help=f"the history (default: {HISTORY})")
    past.add_argument("--add", nargs="+", default=[], metavar="run.json", help="first add these saved runs to it")
    past.add_argument("--control", metavar="ID", help="of this control alone")
    past.add_argument("--last", type=_count, default=20, metavar="N", help="runs to show (default: 20)")
    _language(past)
    past.set_defaults(run=_history)
    tell = commands.add_parser("notify", help="say what changed since the last run, by the ways the environment names")
    what = tell.add_mutually_exclusive_group(required=True)
    what.add_argument("file", metavar="run.json", nargs="?", help="a run that was made with --history")
    what.add_argument("--broken", type=int, metavar="STATUS", help="there is no run: the audit ended with this status")
    tell.add_argument("--link", metavar="URL", help="where the report can be read")
    tell.add_argument("--always", action="store_true", help="also where nothing changed")
    _language(tell)
    tell.set_defaults(run=_notify)
    proof = commands.add_parser("evidence", help="all that an auditor needs of a saved run, in one folder or .zip")
    proof.add_argument("file", metavar="run.json")
    proof.add_argument(
        "-o", "--output", required=True, metavar="PATH", help="a new folder, or a file that ends in .zip"
    )
    proof.add_argument("--sign", choices=SIGNERS, default="none", help="sign the sums (default: none)")
    _language(proof)
    proof.set_defaults(run=_evidence)
    join = commands.add_parser("merge", help="one run of the runs of several accounts, regions or shards")
    join.add_argument("files", nargs="+", metavar="run.json")
    join.add_argument("-o", "--output", metavar="PATH", help="a file, or - for standard output (the default)")
    join.set_defaults(run=_merge)
    return top


def _render(options: argparse.Namespace) -> int:
    target = get(options.to)
    return _put(target.render(load(options.file), RenderOptions(options.lang)), options.output)


def _merge(options: argparse.Namespace) -> int:
    joined = merge([load(name) for name in options.files])
    validate(joined)
    return _put(dumps(joined), options.output)


def _put(rendered: str | bytes, output: str | None) -> int:
    if output in (None, "-"):
        data = rendered.encode("utf-8", "backslashreplace") if isinstance(rendered, str) else rendered
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
    else:
        write(output, rendered)
    return OK


def _diff(options: argparse.Namespace) -> int:
    old, new = load(options.old), load(options.new)
    sys.stdout.flush()
    sys.stdout.buffer.write(diff_text(old, new, Labels(options.lang)).encode("utf-8", "backslashreplace"))
    return CHANGED if options.exit_code and compare(old, new).worse else OK


def _history(options: argparse.Namespace) -> int:
    path = Path(options.db)
    for name in options.add:
        record(path, load(name))
    if not path.exists():
        raise ReportError(f"{visible(options.db)}: no such history; --add run.json begins one")
    text = history_text(read(path), Labels(options.lang), last=options.last, control=options.control)
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    return OK


def _notify(options: argparse.Namespace) -> int:
    labels = Labels(options.lang)
    if options.file is None:
        failed = send(broken(options.broken, labels, options.link))
    else:
        failed = send(message(load(options.file), labels, link=options.link, always=options.always))
    return UNSENT if failed else OK


def _evidence(options: argparse.Namespace) -> int:
    missing = make(Path(options.file), Path(options.output), lang=options.lang, signer=options.sign)
    for line in missing:
        _say(f"not in the bundle: {line}", OK)
    print(visible(options.output))
    return OK


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of runs")
    return int(text)


def _language(command: argparse.ArgumentParser) -> None:
    command.add_argument("--lang", choices=LANGUAGES, default="en", help="language of the labels (default: en)")


def _say(message: str, status: int) -> int:
    print(visible(message).encode("utf-8", "backslashreplace").decode(), file=sys.stderr)
    return status
