"""`python -m examples.glimpse.account run -- COMMAND…`: a seeded demo account for as long as COMMAND runs."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from contextlib import AbstractContextManager

from examples.glimpse.account.demo import seeded
from examples.glimpse.account.server import ServerError, environment, server


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and return the exit status: COMMAND's own, or 4 if there is no account."""
    options = _parser().parse_args(arguments)
    if options.action == "list":
        return _list()
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        print("nothing to run: … run -- COMMAND", file=sys.stderr)
        return 4
    try:
        return _run(command, options)
    except (ServerError, KeyError) as error:
        print(f"demo account: {error.args[0]}", file=sys.stderr)
        return 4


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m examples.glimpse.account", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="list the deviations")
    run = actions.add_parser("run", help="run a command against a seeded account")
    run.add_argument("--conforming", action="store_true", help="plant no deviation")
    run.add_argument("--deviation", action="append", metavar="NAME", help="plant this one instead of the default set")
    run.add_argument("--empty", action="store_true", help="do not seed at all")
    run.add_argument("--no-shim", action="store_true", help="leave moto as it is")
    run.add_argument("--verbose", action="store_true", help="say how long it took")
    run.add_argument("command", nargs=argparse.REMAINDER)
    return parser


def _list() -> int:
    from examples.glimpse.account.seed import DEVIATIONS, PLANTED

    for deviation in DEVIATIONS.values():
        print(f"{'*' if deviation.name in PLANTED else ' '} {deviation.theme:9} {deviation.name:30} {deviation.what}")
    return 0


def _run(command: list[str], options: argparse.Namespace) -> int:
    start = time.monotonic()
    with _account(options) as endpoint:
        if options.verbose:
            print(f"demo account at {endpoint} after {time.monotonic() - start:.1f} s", file=sys.stderr)
        try:
            return subprocess.run(command, env=environment(endpoint), check=False).returncode
        except OSError as error:
            raise ServerError(f"cannot run {command[0]}: {error.strerror}") from error


def _account(options: argparse.Namespace) -> AbstractContextManager[str]:
    if options.empty:
        return server(shim=not options.no_shim)
    return seeded(() if options.conforming else options.deviation, shim=not options.no_shim)


if __name__ == "__main__":
    sys.exit(main())
