"""``python -m reports.lock FD``: lock a file that a shell has open for as long as it lives; 6 if it is locked."""

from __future__ import annotations

import fcntl
import sys

TAKEN = 6


def main(arguments: list[str]) -> int:
    """Lock the file descriptor that is named. The kernel lets go of it when its last holder ends, however that ends."""
    try:
        fcntl.flock(int(arguments[0]), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return TAKEN
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
