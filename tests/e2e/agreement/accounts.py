"""The two accounts: the example, and a root of further types (``root/``), each applied to moto as it is.

Only what the provider cannot apply without is supplied (``SUPPLIED``); attributes that rest on it are never compared.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import reduce
from operator import add
from pathlib import Path
from unittest import mock

from e2e_audit import CONFORMING
from e2e_terraform import TREE, Applying, applying

from audits import kinds, sources
from audits.drift.compare import compare as drift_of
from audits.model import Gap, Observation
from audits.sources import Sources
from examples.glimpse.account.server import environment
from tests.e2e.agreement.compare import Agreement, compare
from tests.e2e.agreement.differences import NOT_APPLIED, UNLISTED, UNREAD

ROOT = "tests/e2e/agreement/root"
_ROOTS = {"example": (TREE, CONFORMING), "further types": (ROOT, ROOT)}
_INDEX = re.compile(r"\[\d+\]")
_MEMBER = (
    "engine_version",
    "engine_version_actual",
    "maintenance_window",
    "notification_topic_arn",
    "parameter_group_name",
    "security_group_ids",
    "subnet_group_name",
)
SUPPLIED: Mapping[str, str] = {
    **{
        f"aws_elasticache_replication_group.{name}": "moto makes no members of a replication group, which hold it"
        for name in _MEMBER
    },
    **{
        f"aws_elasticache_parameter_group.{name}": "moto has no parameter groups of ElastiCache"
        for name in ("arn", "description", "family", "id", "name", "parameter", "tags")
    },
}
"""Attributes that rest on what `examples/glimpse/account/shim.py` supplies, with what moto lacks: no evidence.

The tags of scalable targets are supplied as well; no reader gives them.
"""


@contextmanager
def under_way(folder: Path) -> Iterator[Mapping[str, Applying]]:
    """Begin to apply both roots, each to an account of its own."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(applying(folder / name.replace(" ", "-"), tree, root, shim="operations"))
            for name, (tree, root) in _ROOTS.items()
        }


def agreement(accounts: Mapping[str, Applying]) -> Agreement:
    """What is compared of both accounts."""
    found = [compare(one.state(), _observed(one.wait()), SUPPLIED) for one in accounts.values()]
    return reduce(add, found)


def drifting(account: Applying, folder: Path) -> set[str]:
    """What is called drift in the account of further types, by kind and path: of its source, with the state, alone."""
    state = folder / "terraform.tfstate"
    state.write_text(json.dumps(account.state()), encoding="utf-8")
    live, root = _observed(account.wait()), Path(ROOT)
    found = set()
    for options in (Sources(root), Sources(root, state=state), Sources(state=state)):
        terraform = sources.read("terraform", options, ())
        planes = sources.paired({"terraform": terraform, "live": live}, options)
        compared = drift_of(planes["terraform"], planes["live"], kinds.registry())
        found |= {f"{one.terraform.kind}.{_INDEX.sub('', one.path)}" for one in compared.drift}
    return found


def _observed(endpoint: str) -> Observation:
    """Everything that any kind reads of the account; nothing may be missing but what is named of moto."""
    with mock.patch.dict(os.environ, environment(endpoint), clear=True):
        observed = sources.read("live", sources.Sources(live=True), tuple(kinds.registry().values()))
    unexpected = [gap for gap in observed.gaps if not _is_named(gap)]
    assert not unexpected, unexpected
    return observed


def _is_named(gap: Gap) -> bool:
    """Whether moto is known not to answer it: for a whole kind, or one attribute of it."""
    kinds_ = set(gap.kinds or ("everything",))
    if gap.attribute is not None and {f"{kind}.{gap.attribute}" for kind in kinds_} <= UNREAD.keys():
        return True
    return kinds_ <= UNLISTED.keys() | NOT_APPLIED.keys()
