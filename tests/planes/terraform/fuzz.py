"""Mutated configurations: whatever comes in, no traceback and no hang. ``python -m tests.planes.terraform.fuzz N``."""

from __future__ import annotations

import os
import random
import re
import sys
import tempfile
import time
from pathlib import Path

from audits.planes.terraform import SourceError, read
from tests.planes.terraform import plans

SLOWEST = 30.0
_ODD = ['"', "${", "}", "%{", "<<EOT\n", "[", "(", "!", "-", "null", "...", "~", "é", "\0"]
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


def mutated(text: str, rng: random.Random) -> bytes:
    """The text with a few tokens removed, doubled, swapped, or bytes changed."""
    tokens = _TOKEN.findall(text) or [""]
    for _ in range(rng.randint(1, 6)):
        at, other = rng.randrange(len(tokens)), rng.randrange(len(tokens))
        kind = rng.randrange(6)
        if kind == 0:
            tokens[at] = ""
        elif kind == 1:
            tokens[at] *= rng.choice([2, 2, 3, 50])
        elif kind == 2:
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif kind == 3:
            tokens[at] = tokens[other]
        elif kind == 4:
            tokens.insert(at, rng.choice(_ODD))
        else:
            del tokens[at : at + rng.randint(1, 20)]
            tokens = tokens or [""]
    data = bytearray("".join(tokens).encode())
    if data and rng.random() < 0.1:
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def run(count: int, seed: int) -> list[str]:
    """Read ``count`` mutated configurations. Returns what went wrong."""
    os.environ["AUDIT_CACHE_DIR"] = ""
    rng = random.Random(seed)
    sources = [path for path in sorted(plans.ROOTS.rglob("*.tf*")) if path.suffix != ".tftpl"]
    wrong = []
    with tempfile.TemporaryDirectory(prefix="tfplane-fuzz-") as scratch:
        for number in range(count):
            source = rng.choice(sources)
            path = Path(scratch) / source.name
            data = mutated(source.read_text(encoding="utf-8"), rng)
            path.write_bytes(data)
            if not source.name.endswith((".tf", ".tf.json")):
                (Path(scratch) / "main.tf").write_text('variable "tiers" {}')
            started = time.monotonic()
            try:
                read(Path(scratch), environment={})
            except SourceError:
                pass
            except Exception as error:  # noqa: BLE001 - any exception at all is what is looked for
                wrong.append(f"{number}: {type(error).__name__}: {error} for {data!r}")
            if time.monotonic() - started > SLOWEST:
                wrong.append(f"{number}: took {time.monotonic() - started:.0f} s for {data!r}")
            for file in Path(scratch).iterdir():
                file.unlink()
    return wrong


if __name__ == "__main__":
    found = run(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    print("\n".join(found) or "nothing went wrong")
    sys.exit(bool(found))
