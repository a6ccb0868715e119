"""A process that parses: a line of JSON ``[kind, text]`` in, a line with the parsed body out (empty: it cannot be)."""

from __future__ import annotations

import json
import signal
import sys

from audits.planes.terraform.deep_stack import with_deep_stack
from audits.planes.terraform.node_codec import dumps
from audits.planes.terraform.nodes import SourceSyntaxError
from audits.planes.terraform.parsing import parser_of


def main() -> None:
    """Parse until the input ends."""
    # An interrupt ends the worker at once, and so does that nobody reads any longer.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    with_deep_stack(_parse_all)


def _parse_all() -> None:
    for line in sys.stdin.buffer:
        kind, text = json.loads(line)
        try:
            payload = dumps(parser_of(kind)(text, ""))
        except (SourceSyntaxError, ValueError, RecursionError):
            # The reading will find the same, and says it with its place.
            payload = b""
        sys.stdout.buffer.write(payload + b"\n")
        sys.stdout.buffer.flush()
