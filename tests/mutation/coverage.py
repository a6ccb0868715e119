"""Which paths of which controls no mutation turns. ``unmutated.yaml`` lists those that none can, with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import yaml

from audits.model import Plane
from tests.mutation.verdicts import Outcome, Seen

LIST = Path(__file__).parent / "unmutated.yaml"

Exempt: TypeAlias = Mapping[tuple[str, str], str]
"""(control, path) → why nothing can turn it; the path ``*`` stands for each."""


def exempt(plane: Plane, path: Path = LIST) -> Exempt:
    """What is listed for a plane: an entry without one holds for both.

    Raises:
        ValueError: an entry gives no reason.
    """
    found: dict[tuple[str, str], str] = {}
    for one in yaml.safe_load(path.read_text(encoding="utf-8")):
        if set(one) - {"plane"} != {"control", "path", "reason"} or not one["reason"]:
            raise ValueError(f"{path.name}: an entry is a control, a path and a reason: {one}")
        if one.get("plane", plane) == plane:
            found[one["control"], one["path"]] = one["reason"]
    return found


def is_exempt(listed: Exempt, control: str, path: str) -> bool:
    """Whether a path is listed."""
    return (control, path) in listed or (control, "*") in listed


def uncovered(plane: Plane, outcomes: Sequence[Outcome], before: Seen, listed: Exempt) -> list[str]:
    """The paths of a plane's controls that no mutation turns, and what is listed although one does.

    ``before``: what each control says of each path of the example as it is. In source a mutation has to be written for
    each; much of an account cannot be bent by a call (the range of a network), so there an automatic one is enough.
    """
    mine = [one for one in outcomes if one.plane == plane and (plane == "live" or not one.automatic)]
    turned = {(name, path) for one in mine for name in one.declared for path in one.turned.get(name, ())}
    judged = {(name, path) for name, said in before.items() for path, _ in said}
    wrong = [
        f"no mutation turns {name} {path}: write one, or say in {LIST.name} why none can"
        for name, path in sorted(judged - turned)
        if not is_exempt(listed, name, path)
    ]
    idle = sorted({one for one in listed if one in turned} | {one for one in listed if one[0] not in before})
    return wrong + [
        f"{LIST.name}: {name} {path}: listed, and a mutation turns it, or there is no such control"
        for name, path in idle
    ]
