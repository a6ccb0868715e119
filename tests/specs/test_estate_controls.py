"""Each control of the estate turns at the one edit of the conforming example that it is about, and no other does."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path

import pytest

from audits import kinds, plan, relations, sources, spec
from audits.judge import judge
from audits.kind import Kind
from audits.model import Check, State

ROOT = Path(__file__).parents[2]
TREE = ROOT / "examples/glimpse/terraform"
ENVIRONMENT = "environments/startup-prod"

# what is edited · the pattern that is found once · what stands there instead · the controls that turn
EDITS = {
    "cluster of another name": (
        "modules/ecs/main.tf",
        r'"aws_ecs_cluster" "this" \{\n  name = var.name_prefix',
        '"aws_ecs_cluster" "this" {\n  name = "other"',
        {"ecs-cluster", "ecs-service-count", "ecs-autoscaling-bounds", "ecs-scaling-target", "dashboard-ecs"},
    ),
    "another region": (
        f"{ENVIRONMENT}/variables.tf",
        r'default     = "ap-northeast-2"',
        'default     = "us-east-1"',
        {"ecs-cluster"},
    ),
    "tasks on EC2": ("modules/ecs/main.tf", r'\["FARGATE"\]', '["EC2"]', {"ecs-fargate"}),
    "tasks on x86": ("modules/ecs/main.tf", "ARM64", "X86_64", {"ecs-arm"}),
    "another container port": (
        "modules/ecs/main.tf",
        r"container_port   = var.container_port",
        "container_port   = 8080",
        {"ecs-container-port"},
    ),
    "another log group": (
        "modules/ecs/main.tf",
        r"awslogs-group         = aws_cloudwatch_log_group.this.name",
        'awslogs-group         = "/ecs/other"',
        {"ecs-task-logs"},
    ),
    "no log group of that name": (
        "modules/ecs/main.tf",
        r'"/ecs/\$\{var.name_prefix\}"',
        '"/ecs/other"',
        {"ecs-log-group", "ecs-task-logs"},
    ),
    "another repository": (
        "modules/ecs/main.tf",
        r'"aws_ecr_repository" "this" \{\n  name                 = var.service_name',
        '"aws_ecr_repository" "this" {\n  name                 = "other"',
        {"ecr-repository"},
    ),
    "scaling at 80 percent": (
        f"{ENVIRONMENT}/variables.tf",
        r"cpu_target    = optional\(number, 70\)",
        "cpu_target    = optional(number, 80)",
        {"ecs-scaling-target"},
    ),
    "Redis in plain text": (
        "modules/elasticache/main.tf",
        r"transit_encryption_enabled = true",
        "transit_encryption_enabled = false",
        {"redis-tls"},
    ),
    "another VPC range": (
        f"{ENVIRONMENT}/terraform.tfvars",
        r'"10.0.0.0/16"',
        '"10.1.0.0/16"',
        {"vpc-cidr", "vpc-zones"},
    ),
    "another zone": (
        f"{ENVIRONMENT}/terraform.tfvars",
        r'"ap-northeast-2c"',
        '"ap-northeast-2b"',
        {"vpc-zones", "tasks-in-both-zones"},
    ),
    "tasks in one zone": (
        "modules/ecs/main.tf",
        r"subnets          = var.subnet_ids",
        "subnets          = [var.subnet_ids[0]]",
        {"tasks-in-both-zones"},
    ),
    "an internal load balancer": (
        "modules/alb/main.tf",
        r"internal                   = false",
        "internal                   = true",
        {"alb-public", "alb-tls-termination", "port-chain"},
    ),
    "role open to every account": (
        "modules/ecs/iam.tf",
        r'identifiers = \["ecs-tasks.amazonaws.com"\]',
        'identifiers = ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"]',
        {"execution-role-trust"},
    ),
    "another zone name": (
        f"{ENVIRONMENT}/terraform.tfvars",
        r'domain_name = "glimpse.contact"',
        'domain_name = "glimpse.example"',
        {"dns-zone"},
    ),
    "dashboard without CPU": (
        "modules/monitoring/dashboard.tf",
        r"CPUUtilization",
        "PendingTaskCount",
        {"dashboard-ecs"},
    ),
    "dashboard without memory": (
        "modules/monitoring/dashboard.tf",
        r"FreeableMemory",
        "CPUUtilization",
        {"dashboard-rds"},
    ),
    "dashboard without hit rate": (
        "modules/monitoring/dashboard.tf",
        r"CacheHitRate",
        "CacheMisses",
        {"dashboard-redis"},
    ),
    "dashboard without response time": (
        "modules/monitoring/dashboard.tf",
        r"TargetResponseTime",
        "HTTPCode_Target_5XX_Count",
        {"dashboard-alb"},
    ),
    "dashboard without traffic": (
        "modules/monitoring/dashboard.tf",
        r"NetworkOut",
        "CPUUtilization",
        {"dashboard-nat"},
    ),
}


@cache
def _checks() -> tuple[Check, ...]:
    specs = spec.load_all(spec.find([ROOT / "specs"]), kinds.registry(), relations.registry())
    # Checkov is not asked here, and what the estate costs follows from it: that has tests of its own.
    return plan.checks(specs, ("terraform",), frozenset({"policy", "cost"}))


@cache
def _needed() -> tuple[Kind, ...]:
    return plan.kinds_needed(_checks(), relations.registry(), kinds.registry())


def _turned(tree: Path) -> dict[str, State]:
    wanted = sources.Sources(terraform=tree / ENVIRONMENT, repository=TREE.parent)
    seen = sources.read("terraform", wanted, _needed(), plan.files_needed(_checks(), relations.registry()))
    judgements = [judge(check, seen, kinds.registry(), relations.registry()) for check in _checks()]
    return {
        one.check.control.id: one.state
        for one in judgements
        if one.state is not State.PASS and one.check.control.planned is None
    }


def test_the_example_as_it_is_turns_none() -> None:
    assert _turned(TREE) == {}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_turns_the_controls_that_it_is_about(name: str, tmp_path: Path) -> None:
    file, pattern, instead, turned = EDITS[name]
    tree = tmp_path / "terraform"
    shutil.copytree(TREE, tree)
    text = (tree / file).read_text(encoding="utf-8")
    edited, found = re.subn(pattern, lambda _: instead, text)
    assert found == 1, f"{pattern} stands {found} times in {file}"
    (tree / file).write_text(edited, encoding="utf-8")
    states = _turned(tree)
    assert set(states) == turned
    assert {state for state in states.values() if not state.deviates} == set()
