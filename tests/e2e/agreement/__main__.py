"""``python -m tests.e2e.agreement``: apply both roots, compare, and print the figures; needs the Terraform CLI."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from tabulate import tabulate

sys.path.insert(0, str(Path(__file__).parents[1]))

from e2e_terraform import obstacle

from tests.e2e.agreement.accounts import agreement, under_way
from tests.e2e.agreement.compare import Agreement
from tests.e2e.agreement.differences import reason_of


def main() -> int:
    """Print one row a type, each difference with its reason, and the totals. 1 if a difference has no reason."""
    if why := obstacle():
        print(f"cannot compare: {why}", file=sys.stderr)
        return 4
    with tempfile.TemporaryDirectory() as folder, under_way(Path(folder)) as accounts:
        found = agreement(accounts)
    print(text(found))
    return int(any(reason_of(one) is None for one in found.compared if not one.equal))


def text(found: Agreement) -> str:
    """The figures."""
    all_, equal, zero = Counter(), Counter(), Counter()
    for one in found.compared:
        all_[one.type] += 1
        equal[one.type] += one.equal
        zero[one.type] += one.zero
    rows = [(name, all_[name], equal[name], zero[name], all_[name] - equal[name]) for name in sorted(all_)]
    different = [
        (f"{one.type}.{one.attribute}", one.address, reason_of(one) or "NOT EXPLAINED")
        for one in found.compared
        if not one.equal
    ]
    share = sum(equal.values()) / sum(all_.values())
    return "\n\n".join(
        [
            tabulate(rows, headers=["type", "compared", "equal", "of these null for zero", "different"]),
            tabulate(different, headers=["attribute", "resource", "why it differs"]),
            f"in the state, and given by no reader: {', '.join(found.missing) or 'nothing'}",
            f"{len(all_)} types, {sum(all_.values())} attributes compared, {sum(equal.values())} equal ({share:.2%}),"
            f" {sum(zero.values())} of them null on one side and zero on the other",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
