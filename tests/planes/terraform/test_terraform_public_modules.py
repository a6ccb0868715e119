"""What public modules do all the time, in small: each case was found by comparing one with its plan."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

from audits.model import Cause, Reference, Resource
from audits.planes.terraform import read


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_CACHE_DIR", "")


def resources(folder: Path, text: str) -> dict[str, Resource]:
    (folder / "main.tf").write_text(dedent(text), encoding="utf-8")
    return {resource.identity: resource for resource in read(folder, environment={}).resources}


def test_a_dynamic_block_without_elements_writes_no_block(tmp_path: Path) -> None:
    found = resources(
        tmp_path,
        """
        resource "aws_lb" "none" {
          dynamic "subnet_mapping" {
            for_each = []
            content { subnet_id = subnet_mapping.value }
          }
        }
        resource "aws_lb" "one" {
          dynamic "subnet_mapping" {
            for_each = []
            content { subnet_id = subnet_mapping.value }
          }
          subnet_mapping { subnet_id = "subnet-1" }
        }
        """,
    )
    assert "subnet_mapping" not in found["aws_lb.none"].attributes
    assert found["aws_lb.none"].origin_of("subnet_mapping").line == 3
    assert found["aws_lb.one"].attributes["subnet_mapping"] == [{"subnet_id": "subnet-1"}]


def test_a_condition_written_twice_is_there_once(tmp_path: Path) -> None:
    found = resources(
        tmp_path,
        """
        data "aws_iam_policy_document" "this" {
          statement {
            actions = ["sts:AssumeRole"]
            dynamic "principals" {
              for_each = ["a", "b"]
              content {
                type        = "Service"
                identifiers = ["ecs-tasks.amazonaws.com"]
              }
            }
            dynamic "condition" {
              for_each = ["a", "b"]
              content {
                test     = "StringLike"
                variable = "example.com:sub"
                values   = ["repo:a/*"]
              }
            }
            condition {
              test     = "StringLike"
              variable = "example.com:sub"
              values   = ["repo:b/*"]
            }
          }
        }
        resource "aws_iam_role" "this" { assume_role_policy = data.aws_iam_policy_document.this.json }
        """,
    )
    (statement,) = json.loads(found["aws_iam_role.this"].attributes["assume_role_policy"])["Statement"]
    assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert sorted(statement["Condition"]["StringLike"]["example.com:sub"]) == ["repo:a/*", "repo:b/*"]


def test_an_arm_with_an_error_in_it_still_shapes_the_result(tmp_path: Path) -> None:
    found = resources(
        tmp_path,
        """
        locals {
          rules = ["443/tcp from internet", { port = 3001, from = "alb" }]
          parsed = [for rule in local.rules : can(regex("^", rule)) ? {
            port = tonumber(split("/", rule)[0])
            from = element(split(" from ", rule), 1)
          } : {
            port = rule.port
            from = rule.from
            note = null
          }]
          same = [for rule in local.rules : can(rule.port) ? { port = rule.port } : { port = 0 }]
        }
        resource "aws_ssm_parameter" "this" { value = jsonencode([local.parsed, local.same]) }
        """,
    )
    parsed, same = json.loads(found["aws_ssm_parameter.this"].attributes["value"])
    assert parsed == [{"port": "443", "from": "internet"}, {"port": "3001", "from": "alb", "note": None}]
    assert same == [{"port": 0}, {"port": 3001}]


def test_missing_modules_may_take_what_the_other_gives(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        dedent(
            """
            module "buckets" {
              source        = "./nowhere"
              distributions = [module.cdn.arn]
            }
            module "cdn" {
              source = "./elsewhere"
              origin = module.buckets.domain
            }
            """
        ),
        encoding="utf-8",
    )
    observation = read(tmp_path, environment={})
    assert observation.findings == ()
    found = {resource.identity: resource for resource in observation.resources}
    assert found["module.buckets"].attributes["distributions"][0].cause is Cause.MISSING_MODULE
    assert found["module.cdn"].attributes["origin"].references == (Reference("module.buckets", "domain"),)


def test_a_value_that_does_not_fit_is_found_at_the_argument(tmp_path: Path) -> None:
    module = tmp_path / "module"
    module.mkdir()
    (module / "main.tf").write_text('variable "ports" { type = list(number) }\n', encoding="utf-8")
    (tmp_path / "main.tf").write_text(
        'module "web" {\n  source = "./module"\n  ports  = "https"\n}\n', encoding="utf-8"
    )
    (finding,) = read(tmp_path, environment={}).findings
    assert (finding.origin.file, finding.origin.line) == ("main.tf", 3)
