"""Modules, variables, instances, providers, gaps and findings, in configurations written for the occasion."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from audits.model import Cause, Observation, Redacted, Reference, Resource, Unknown
from audits.planes.terraform import SourceError, read


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_CACHE_DIR", "")


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_tf", ".tf").replace("_json", ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return folder


def only(observation: Observation, identity: str) -> Resource:
    found = [resource for resource in observation.resources if resource.identity == identity]
    assert len(found) == 1, [resource.identity for resource in observation.resources]
    return found[0]


def test_reference_to_what_is_computed_is_a_reference(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_tf="""
        module "network" {
          source = "./network"
        }
        resource "aws_lb" "this" {
          security_groups = [module.network.group]
          name            = module.network.name
        }
        """,
        network__main_tf="""
        resource "aws_security_group" "alb" {
          name = "alb"
        }
        output "group" { value = aws_security_group.alb.id }
        output "name" { value = aws_security_group.alb.name }
        """,
    )
    resource = only(read(tmp_path), "aws_lb.this")
    (group,) = resource.attributes["security_groups"]
    assert group == Unknown(Cause.COMPUTED, (Reference("module.network.aws_security_group.alb", "id"),), not_null=True)
    assert resource.attributes["name"] == "alb"


def test_optional_attribute_that_is_not_set_is_unknown_in_references(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_tf="""
        resource "aws_vpc" "a" { cidr_block = "10.0.0.0/16" }
        resource "terraform_data" "b" { input = aws_vpc.a.instance_tenancy == null ? "none" : "some" }
        """,
    )
    assert isinstance(only(read(tmp_path), "terraform_data.b").attributes["input"], Unknown)


def test_missing_module_is_a_gap_and_keeps_its_arguments(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_tf="""
        variable "size" { default = 20 }
        module "rds" {
          source            = "terraform-aws-modules/rds/aws"
          version           = "~> 6.0"
          allocated_storage = var.size + 1
        }
        resource "terraform_data" "x" { input = module.rds.endpoint }
        """,
    )
    observation = read(tmp_path)
    (gap,) = observation.gaps
    assert (gap.scope, gap.cause, gap.module, gap.kinds) == ("module.rds", "missing module", "rds", None)
    assert str(gap.origin) == "main.tf:3"
    assert only(observation, "module.rds").kind == "module"
    assert only(observation, "module.rds").attributes["allocated_storage"] == 21
    value = only(observation, "terraform_data.x").attributes["input"]
    assert value.cause is Cause.MISSING_MODULE
    assert value.references == (Reference("module.rds", "endpoint"),)


def test_installed_module_is_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_tf='module "m" { source = "company/m/aws" }',
        **{
            ".terraform__modules__m__main_tf": 'resource "terraform_data" "in" { input = 1 }',
            ".terraform__modules__modules_json": (
                '{"Modules": [{"Key": "", "Dir": "."}, {"Key": "m", "Dir": ".terraform/modules/m"}]}'
            ),
        },
    )
    observation = read(tmp_path)
    assert observation.gaps == ()
    assert only(observation, "module.m.terraform_data.in").attributes == {"input": 1}


def test_module_that_calls_itself_is_a_gap(tmp_path: Path) -> None:
    write(tmp_path, main_tf='module "a" { source = "./a" }', a__main_tf='module "b" { source = "../a" }')
    (gap,) = read(tmp_path).gaps
    assert "calls itself" in gap.detail


def test_root_that_calls_itself_is_a_gap(tmp_path: Path) -> None:
    write(tmp_path, main_tf='module "a" { source = "./" }')
    (gap,) = read(tmp_path).gaps
    assert "calls itself" in gap.detail


@pytest.mark.parametrize("meta", ["count = aws_vpc.a.id == 1 ? 1 : 0", "for_each = toset([aws_vpc.a.id])"])
def test_unknown_number_of_instances(tmp_path: Path, meta: str) -> None:
    write(
        tmp_path,
        main_tf=f"""
        resource "aws_vpc" "a" {{ cidr_block = "10.0.0.0/16" }}
        resource "terraform_data" "x" {{
          {meta}
          input = "fixed"
        }}
        resource "terraform_data" "y" {{ input = try(terraform_data.x[0].input, null) }}
        resource "terraform_data" "z" {{ input = terraform_data.x[*].output }}
        """,
    )
    observation = read(tmp_path)
    resource = only(observation, "terraform_data.x[*]")
    assert resource.existence is not None and resource.existence.references == (Reference("aws_vpc.a", "id"),)
    assert resource.attributes["input"] == "fixed"
    assert isinstance(only(observation, "terraform_data.y").attributes["input"], Unknown)
    assert only(observation, "terraform_data.z").attributes["input"].references == (
        Reference("terraform_data.x[*]", "output"),
    )


def test_huge_count_is_not_expanded(tmp_path: Path) -> None:
    write(tmp_path, main_tf='resource "terraform_data" "x" { count = 1000000 }')
    (resource,) = read(tmp_path).resources
    assert resource.existence is not None and resource.existence.cause is Cause.UNSUPPORTED


def test_unknown_module_count_makes_everything_in_it_uncertain(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_tf="""
        variable "n" {}
        module "m" {
          source = "./m"
          count  = var.n
        }
        output "x" { value = module.m[0].x }
        """,
        m__main_tf='resource "terraform_data" "in" { input = 1 }\noutput "x" { value = 1 }',
    )
    (resource,) = read(tmp_path).resources
    assert resource.identity == "module.m[*].terraform_data.in"
    assert resource.existence is not None and resource.existence.cause is Cause.VARIABLE


def test_cycle_names_its_members(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_tf="""
        locals {
          a = local.b
          b = "${local.c}!"
          c = local.a
          d = 1
        }
        resource "terraform_data" "x" { input = [local.a, local.d] }
        """,
    )
    observation = read(tmp_path)
    value = only(observation, "terraform_data.x").attributes["input"]
    assert value[0].cause is Cause.CYCLE
    assert {"local.a", "local.b", "local.c"} <= set(value[0].detail.replace(" → ", " ").split())
    assert value[1] == 1
    assert [finding.title for finding in observation.findings] == ["dependency cycle"]


def test_module_inputs_and_outputs_may_depend_on_each_other(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_tf="""
        module "a" {
          source = "./m"
          in     = module.b.constant
        }
        module "b" {
          source = "./m"
          in     = module.a.out
        }
        resource "terraform_data" "x" { input = module.b.out }
        """,
        m__main_tf="""
        variable "in" {}
        output "out" { value = "${var.in}!" }
        output "constant" { value = "c" }
        """,
    )
    observation = read(tmp_path)
    assert only(observation, "terraform_data.x").attributes["input"] == "c!!"
    assert observation.findings == ()


def test_file_that_does_not_parse_is_a_gap_and_the_rest_is_read(tmp_path: Path) -> None:
    broken = 'resource "a" "b" {\n  c = = 1\n}\n'
    write(tmp_path, main_tf='resource "terraform_data" "x" { input = 1 }', broken_tf=broken)
    observation = read(tmp_path)
    (gap,) = observation.gaps
    assert (gap.kinds, gap.scope, gap.cause) == (None, "broken.tf:2", "syntax error")
    assert only(observation, "terraform_data.x").attributes == {"input": 1}


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b'locals { a = "\xc3" }', b"#" * (4 * 1024 * 1024 + 1)])
def test_unreadable_files_are_gaps(tmp_path: Path, data: bytes) -> None:
    write(tmp_path, main_tf='resource "terraform_data" "x" { input = 1 }')
    (tmp_path / "bad.tf").write_bytes(data)
    observation = read(tmp_path)
    assert len(observation.gaps) == 1
    assert len(observation.resources) == 1


def test_wrong_expression_is_reported_at_its_place_and_the_rest_evaluated(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_tf="""
        locals {
          list = ["a"]
        }
        resource "terraform_data" "x" {
          input            = local.list[3]
          triggers_replace = local.nothing
        }
        resource "terraform_data" "y" { input = "fine" }
        """,
    )
    observation = read(tmp_path)
    resource = only(observation, "terraform_data.x")
    assert {value.cause for value in resource.attributes.values()} == {Cause.INVALID}
    assert {str(finding.origin) for finding in observation.findings} == {"main.tf:6", "main.tf:7"}
    assert only(observation, "terraform_data.y").attributes == {"input": "fine"}


def test_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        read(tmp_path / "nothing")
    write(tmp_path, envs__prod__main_tf="")
    with pytest.raises(SourceError, match=r"no Terraform files .* envs/prod"):
        read(tmp_path)
    with pytest.raises(SourceError, match="not a folder"):
        read(tmp_path / "envs/prod/main.tf")
    with pytest.raises(SourceError, match="no such file of variables"):
        read(tmp_path / "envs/prod", var_files=[tmp_path / "x.tfvars"])


def test_variable_precedence(tmp_path: Path) -> None:
    names = ["env", "file", "auto", "var_file", "var", "var_twice"]
    declared = "".join(f'variable "{name}" {{ default = "default" }}\n' for name in names)
    inputs = "".join(f"{name} = var.{name}\n" for name in names)
    write(tmp_path, main_tf=f'{declared}\nresource "terraform_data" "x" {{\ninput = {{\n{inputs}}}\n}}\n')
    for file, given in (("terraform.tfvars", names[1:]), ("z.auto.tfvars", names[2:]), ("my.tfvars", names[3:])):
        (tmp_path / file).write_text("".join(f'{name} = "{file}"\n' for name in given))
    observation = read(
        tmp_path,
        var_files=[tmp_path / "my.tfvars"],
        variables=[("var", "cli"), ("var_twice", "first"), ("var_twice", "last")],
        environment={f"TF_VAR_{name}": "environment" for name in names},
    )
    assert only(observation, "terraform_data.x").attributes["input"] == {
        "env": "environment",
        "file": "terraform.tfvars",
        "auto": "z.auto.tfvars",
        "var_file": "my.tfvars",
        "var": "cli",
        "var_twice": "last",
    }


def test_values_given_as_text_follow_the_type(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_tf="""
        variable "text" { type = string }
        variable "number" { type = number }
        variable "list" { type = list(number) }
        variable "object" { type = object({ a = string, b = optional(number, 3) }) }
        variable "untyped" {}
        resource "terraform_data" "x" {
          input = [var.text, var.number, var.list, var.object, var.untyped]
        }
        """,
    )
    given = {"text": "[1]", "number": "5", "list": "[1, 2]", "object": '{a = "x"}', "untyped": "[1]"}
    assert only(read(tmp_path, variables=given), "terraform_data.x").attributes["input"] == [
        "[1]",
        5,
        [1, 2],
        {"a": "x", "b": 3},
        "[1]",
    ]


def test_variable_without_value(tmp_path: Path) -> None:
    write(tmp_path, main_tf='variable "v" {}\nresource "terraform_data" "x" { input = "a-${var.v}" }')
    value = only(read(tmp_path, environment={}), "terraform_data.x").attributes["input"]
    assert (value.cause, value.references, value.prefix) == (Cause.VARIABLE, (Reference("var.v"),), "a-")


def test_bad_values_are_findings(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_tf="""
        variable "n" {
          type    = number
          default = 1
          validation {
            condition     = var.n < 10
            error_message = "${var.n} is too much."
          }
        }
        variable "m" {
          type    = number
          default = "many"
        }
        resource "terraform_data" "x" { input = [var.n, var.m] }
        """,
    )
    observation = read(tmp_path, variables={"n": "11", "typo": "1"})
    assert {finding.title for finding in observation.findings} == {
        "variable validation failed",
        "invalid configuration",
        "undeclared variable",
    }
    assert any(finding.detail == "var.n: 11 is too much." for finding in observation.findings)
    assert only(observation, "terraform_data.x").attributes["input"][1].cause is Cause.INVALID


def test_regions_accounts_and_default_tags_follow_the_provider(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_tf="""
        provider "aws" {
          region              = "ap-northeast-2"
          allowed_account_ids = ["123456789012"]
          default_tags { tags = { Team = "a", Stage = "default" } }
        }
        provider "aws" {
          alias  = "edge"
          region = "us-east-1"
        }
        data "aws_caller_identity" "this" {}
        resource "aws_sqs_queue" "a" {
          name = data.aws_caller_identity.this.account_id
          tags = { Stage = "own" }
        }
        resource "aws_sqs_queue" "b" {
          provider = aws.edge
          tags     = { X = "y" }
        }
        module "m" {
          source    = "./m"
          providers = { aws = aws.edge }
        }
        """,
        m__main_tf='resource "aws_sqs_queue" "c" {}\ndata "aws_region" "r" {}\n'
        'resource "aws_sqs_queue" "d" { name = data.aws_region.r.name }',
    )
    observation = read(tmp_path)
    first = only(observation, "aws_sqs_queue.a")
    assert (first.region, first.account, first.attributes["name"]) == ("ap-northeast-2", "123456789012", "123456789012")
    assert first.attributes["tags_all"] == {"Team": "a", "Stage": "own"}
    assert only(observation, "aws_sqs_queue.b").region == "us-east-1"
    assert only(observation, "aws_sqs_queue.b").account is None
    assert only(observation, "module.m.aws_sqs_queue.c").region == "us-east-1"
    assert only(observation, "module.m.aws_sqs_queue.d").attributes["name"] == "us-east-1"


def test_region_from_an_unknown_variable_is_not_invented(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_tf="""
        variable "region" {}
        provider "aws" { region = var.region }
        data "aws_region" "this" {}
        resource "aws_sqs_queue" "a" { name = data.aws_region.this.name }
        """,
    )
    resource = only(read(tmp_path, environment={}), "aws_sqs_queue.a")
    assert resource.region is None
    assert isinstance(resource.attributes["name"], Unknown)


def test_unknown_dynamic_blocks_leave_the_list_open(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_tf="""
        variable "more" {}
        resource "aws_security_group" "a" {
          ingress { from_port = 1 }
          dynamic "ingress" {
            for_each = var.more
            content { from_port = ingress.value }
          }
          ingress { from_port = 2 }
        }
        """,
    )
    value = only(read(tmp_path, environment={}), "aws_security_group.a").attributes["ingress"]
    assert value.open and value.cause is Cause.VARIABLE
    assert value.partial == [{"from_port": 1}, {"from_port": 2}]


def test_origins_through_modules_and_dynamic_blocks(tmp_path: Path) -> None:
    write(
        tmp_path,
        live__main_tf="""
        module "sg" {
          source = "../modules/sg"
          ports  = [80, 443]
        }
        """,
        modules__sg__main_tf="""
        variable "ports" {}
        resource "aws_security_group" "this" {
          name = "x"
          tags = {
            Name = "y"
          }
          dynamic "ingress" {
            for_each = var.ports
            content {
              from_port = ingress.value
            }
          }
        }
        """,
    )
    resource = only(read(tmp_path / "live"), "module.sg.aws_security_group.this")
    assert str(resource.origin) == "../modules/sg/main.tf:3"
    assert resource.origin.calls == ("main.tf:2 module.sg",)
    assert resource.origin_of("ingress[1].from_port").line == 11
    assert resource.origin_of("ingress[1]").line == 10
    assert resource.origin_of("tags.Name").line == 6
    assert resource.origin_of("tags.Other").line == 5
    assert resource.origin_of("unset").line == 3


def test_ignore_changes_is_kept(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_tf="""
        resource "aws_instance" "a" {
          lifecycle { ignore_changes = [ami, tags["Name"], root_block_device[0].volume_size] }
        }
        resource "aws_instance" "b" {
          lifecycle { ignore_changes = all }
        }
        """,
    )
    observation = read(tmp_path)
    assert only(observation, "aws_instance.a").ignored == ("ami", "tags.Name", "root_block_device[0].volume_size")
    assert only(observation, "aws_instance.b").ignored == ("all",)


def test_sensitive_values_are_redacted(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_tf="""
        variable "secret" {
          sensitive = true
          default   = "hush"
        }
        resource "terraform_data" "x" { input = ["a", "x-${var.secret}"] }
        """,
    )
    observation = read(tmp_path)
    assert only(observation, "terraform_data.x").attributes["input"] == ["a", Redacted()]
    assert "hush" not in repr(observation)


def test_workspace(tmp_path: Path) -> None:
    write(tmp_path, main_tf='resource "terraform_data" "x" { input = terraform.workspace }')
    assert only(read(tmp_path, environment={}), "terraform_data.x").attributes["input"] == "default"
    assert only(read(tmp_path, environment={}, workspace="prod"), "terraform_data.x").attributes["input"] == "prod"


def test_files_outside_the_tree_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    write(tmp_path / "root", main_tf='resource "terraform_data" "x" { input = file("../secret.txt") }')
    value = only(read(tmp_path / "root"), "terraform_data.x").attributes["input"]
    assert isinstance(value, Unknown) and value.cause is Cause.UNSUPPORTED


def test_symlink_loops_and_odd_names_do_no_harm(tmp_path: Path) -> None:
    write(tmp_path, main_tf='module "m" { source = "./loop" }')
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.tf").symlink_to(tmp_path / "self.tf")
    (tmp_path / "folder.tf").mkdir()
    observation = read(tmp_path)
    assert len(observation.gaps) == 3


def test_duplicates_are_reported(tmp_path: Path) -> None:
    block = 'resource "terraform_data" "x" { input = %d }'
    write(tmp_path, a_tf=block % 1, b_tf=block % 2)
    observation = read(tmp_path)
    assert only(observation, "terraform_data.x").attributes == {"input": 1}
    assert "duplicate" in observation.findings[0].detail


def test_references_get_what_the_schema_makes_of_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_tf="""
        resource "aws_lb" "this" { subnets = ["subnet-b", "subnet-a"] }
        resource "aws_db_instance" "this" { allocated_storage = "20" }
        resource "terraform_data" "x" {
          input = [tolist(aws_lb.this.subnets)[0], aws_db_instance.this.allocated_storage == 20]
        }
        """,
    )
    observation = read(tmp_path)
    assert only(observation, "terraform_data.x").attributes["input"] == ["subnet-a", True]
    assert only(observation, "aws_lb.this").attributes["subnets"] == ["subnet-b", "subnet-a"]


def test_unknown_key_still_leads_to_the_resource(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_tf="""
        variable "which" {}
        resource "aws_subnet" "this" { for_each = { a = 1, b = 2 } }
        resource "terraform_data" "x" { input = aws_subnet.this[var.which].id }
        """,
    )
    value = only(read(tmp_path, environment={}), "terraform_data.x").attributes["input"]
    assert Reference("aws_subnet.this[*]") in value.references
