"""``make mutate [PLANE=terraform|live]``: every mutation and rewrite, what each was to turn and what it turned.

Ends with 1 where a mutation is missed, where anything turns that was not declared, and where a change did not apply.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from e2e_audit import ROOT
from tabulate import tabulate

from audits.model import PLANES, Plane
from tests.mutation import automatic, coverage, source
from tests.mutation.verdicts import Outcome, Seen


def terraform() -> Iterator[Outcome]:
    """Every change to the example's source."""
    with tempfile.TemporaryDirectory() as folder:
        tree, found = source.copy(Path(folder)), list[Outcome]()
        for one in source.mutations().values():
            found.append(source.run(one, tree))
            yield found[-1]
        yield from automatic.run("terraform", source.observe(source.TREE), coverage.exempt("terraform"))
        yield _covered("terraform", found, source.conforming())


def live() -> Iterator[Outcome]:
    """Every change to the account, which must be what it was when all is undone."""
    from tests.mutation import account

    with account.opened() as found:
        outcomes = list[Outcome]()
        for name in (*account.DEVIATIONS, *account.REWRITES):
            outcomes.append(account.run(name, found))
            yield outcomes[-1]
        yield Outcome("(all undone)", "live", {}, {}, wrong=account.left(found))
        outcomes += automatic.run("live", found.conforming.observations["live"], coverage.exempt("live"))
        yield from (one for one in outcomes if one.automatic)
        yield _covered("live", outcomes, account.judged(found))


def _covered(plane: Plane, outcomes: Sequence[Outcome], before: Seen) -> Outcome:
    wrong = coverage.uncovered(plane, outcomes, before, coverage.exempt(plane))
    return Outcome("(every path is turned)", plane, {}, {}, wrong=tuple(wrong))


WIDTH = 60
RUNS: dict[Plane, Callable[[], Iterator[Outcome]]] = {"terraform": terraform, "live": live}


def row(one: Outcome) -> tuple[str, str, str, str, str]:
    """An outcome as a line of the table."""
    declared, turned = (" ".join(sorted(part)) for part in (one.declared or one.undecided, one.turned))
    result = "WRONG" if one.wrong else "ok"
    return _short(one.name), one.plane, _short(declared or _kind(one)), _short(turned), result


def _short(text: str) -> str:
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"


KINDS = ("mutation", "undecidable", "rewrite", "automatic", "check")


def _kind(one: Outcome) -> str:
    if one.automatic:
        return "automatic"
    if one.name.startswith("("):
        return "check"
    return "mutation" if one.declared else "undecidable" if one.undecided else "rewrite"


def totals(outcomes: Sequence[Outcome]) -> list[tuple[str, int, int, int, int, int, int, int]]:
    """By plane: mutations, those of relations, those turned as declared; undecidable changes, rewrites, automatic
    mutations; and what is wrong of all this.
    """
    found = []
    for plane in (*PLANES, "both"):
        mine = [one for one in outcomes if plane in (one.plane, "both")]
        mutations, *others = ([one for one in mine if _kind(one) == kind] for kind in KINDS)
        right = sum(not one.wrong for one in mutations)
        relations = sum(bool(one.relations) for one in mutations)
        wrong = sum(bool(one.wrong) for one in mine)
        found.append((plane, len(mutations), relations, right, *map(len, others[:3]), wrong))
    return found


def _wrongs(outcomes: Sequence[Outcome]) -> list[tuple[str, ...]]:
    return [one.wrong for one in outcomes]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("plane", nargs="*", help="terraform, live; both without one")
    planes = parser.parse_args(arguments).plane or list(PLANES)
    os.chdir(ROOT)
    begun, outcomes = time.monotonic(), list[Outcome]()
    for plane in planes:
        if plane not in RUNS:
            parser.error(f"no plane {plane}: {', '.join(RUNS)}")
        outcomes += RUNS[plane]()
    print(tabulate(map(row, outcomes), headers=["change", "plane", "declared", "turned", "result"]))
    for one in outcomes:
        for line in one.wrong:
            print(f"{one.plane}: {one.name}: {line}")
    by = [
        "plane",
        "mutations",
        "of relations",
        "turned as declared",
        "undecidable in source",
        "rewrites",
        "automatic",
        "wrong",
    ]
    print(f"\n{tabulate(totals(outcomes), headers=by)}\n\n{time.monotonic() - begun:.0f} s")
    return int(any(_wrongs(outcomes)))


if __name__ == "__main__":
    sys.exit(main())
