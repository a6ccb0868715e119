"""What makes a source unusable as a whole."""

from __future__ import annotations


class SourceError(Exception):
    """There is no configuration to read. The message is one line, for people."""
