"""What public modules do all the time, in small: each case was found by comparing one with its plan."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

from audits.model import Resource
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
