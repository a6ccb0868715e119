"""Trees as other people would write them, each judged by the owner's specs, with the right verdict reasoned out.

A folder with an ``expected.yaml`` is a variant: ``{control id: state}``, or ``{state, cause}`` where ``cause`` stands
in some cause given for that state; one that is not listed passes. The trees hold what the :data:`THEMES` are about
and no more of the estate: controls of other themes are not judged here. ``root`` names the root module if it is not the
folder itself. What lies in ``installed`` stands for what ``terraform init`` puts into ``.terraform/modules``. ``parts``
holds the modules that variants share, so that each spells out only what it varies.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from audits import kinds, plan, relations, sources, spec
from audits.judge import Judgement, judge
from audits.model import Check

HERE = Path(__file__).parent
APPLICATION = HERE.parents[1] / "examples" / "glimpse"
SPECS = HERE.parents[1] / "specs" / "glimpse-prod"
THEMES = ("instance-sizes", "spot-share", "port-chain", "iam-s3", "backup-retention", "cloudfront-oac", "cost")
UNTOLD = ("cost-ecs", "cost-rds", "cost-redis", "cost-cloudfront", "cost-alb", "cost-other", "cost-other-goal")
"""What no source tells by itself: costs by use and by scaling, and at prices of which only bounds are kept."""
VARIANTS = sorted(path.parent.name for path in HERE.glob("*/expected.yaml"))


@cache
def checks() -> Sequence[Check]:
    every = plan.checks(spec.load_all(spec.find([SPECS]), kinds.registry(), relations.registry()), ("terraform",))
    return [check for check in every if check.control.theme in THEMES]


def judged(root: Path) -> dict[str, Judgement]:
    needed = plan.kinds_needed(checks(), relations.registry(), kinds.registry())
    wanted = sources.Sources(terraform=root, repository=APPLICATION)
    seen = sources.read("terraform", wanted, needed, plan.files_needed(checks(), relations.registry()))
    found = (judge(check, seen, kinds.registry(), relations.registry()) for check in checks())
    return {judgement.check.control.id: judgement for judgement in found}


def laid_out(name: str, scratch: Path) -> Path:
    """The variant's folder; a copy of it beside the parts if something has to be put where git ignores it."""
    folder = HERE / name
    if not (folder / "installed").is_dir():
        return folder
    shutil.copytree(HERE / "parts", scratch / "parts")
    shutil.copytree(folder, scratch / name, ignore=shutil.ignore_patterns("installed"))
    shutil.copytree(folder / "installed", scratch / name / ".terraform" / "modules")
    return scratch / name


def told(judgement: Judgement) -> str:
    """What a wrong state says for itself."""
    said = (f"{v.state} {v.resource} {v.path}: {v.cause} ({v.origin})" for v in judgement.verdicts if v.state != "pass")
    return f"{judgement.check.control.id} is {judgement.state}: " + "; ".join(said)


@pytest.mark.parametrize("name", VARIANTS)
def test_variant_has_the_right_verdicts(name: str, tmp_path: Path) -> None:
    expected: dict[str, Any] = yaml.safe_load((HERE / name / "expected.yaml").read_text(encoding="utf-8")) or {}
    found = judged(laid_out(name, tmp_path) / expected.pop("root", "."))
    assert expected.keys() <= found.keys(), "expected.yaml names a control that is not in the specs"
    wrong: list[str] = []
    for control, judgement in found.items():
        wanted = expected.get(control, "unknown" if control in UNTOLD else "pass")
        state, cause = (wanted["state"], wanted["cause"]) if isinstance(wanted, dict) else (wanted, "")
        causes = [verdict.cause for verdict in judgement.verdicts if verdict.state == state]
        if judgement.state != state:
            wrong.append(f"expected {state}: {told(judgement)}")
        elif not any(cause in one for one in causes):
            wrong.append(f"no {state} of {control} says {cause!r}: {causes}")
    assert not wrong, "\n".join(wrong)
