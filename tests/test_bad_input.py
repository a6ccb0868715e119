"""Bad input: one line with its place and status 4, never a traceback; a gap leaves the rest judged."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.project.harness import Ran, account, audit, denying_account, project, report, states

ALL = ("specs", "--terraform", "terraform")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return project(tmp_path)


def refused(ran: Ran) -> str:
    """The one line that says what is wrong."""
    assert ran.status == 4, ran.text
    assert "Traceback" not in ran.text
    assert "INTERNALERROR" not in ran.text
    assert len(ran.errors) == 1, ran.errors
    return ran.errors[0]


# -- Specs -------------------------------------------------------------------------------------------------------------

HEAD = "spec: shop/bad\ndocument: docs/shop.md\ncontrols:\n"
CONTROL = """\
  - id: {id}
    title: t
    clause: {{section: s, row: r, states: x}}
    basis: stated
    severity: high
    kind: {kind}
    {rest}
"""
BODY_LINE = 10


def control(identity: str, rest: str, kind: str = "aws_db_instance") -> str:
    return CONTROL.format(id=identity, kind=kind, rest=rest)


BAD: dict[str, tuple[str | bytes, list[str]]] = {
    "attribute": (
        HEAD + control("a", "expect: {engin: x}"),
        [":10: a: engin: no attribute 'engin'; did you mean 'engine'?"],
    ),
    "comment": ("# nothing else\n", [":1: the spec: None is not of type 'object'"]),
    "count": (HEAD + control("b", "cuont: 1"), [":10: unknown key 'cuont' in controls[0]; did you mean 'count'?"]),
    "empty": ("", [":1: the spec: None is not of type 'object'"]),
    "encoding": (b"spec: \xff\n", [": not UTF-8 (byte 6)"]),
    "folds": (
        HEAD + control("c", "count: 1", "aws_s3_bucket_policy"),
        [":9: c: aws_s3_bucket_policy folds into aws_s3_bucket: write that kind, and policy for its attribute"],
    ),
    "key-twice": (HEAD + control("d", "kind: aws_vpc"), [":10: duplicate key 'kind' (first on line 9)"]),
    "keyword": (
        HEAD + control("e", "expect: {engine: {patern: x}}"),
        [":10: e: unknown keyword 'patern'; did you mean 'pattern'?"],
    ),
    "kind": (
        HEAD + control("f", "count: 1", "aws_db_instanc"),
        [":9: f: unknown kind 'aws_db_instanc'; did you mean 'aws_db_instance'?"],
    ),
    "list": ("- 1\n", [":1: the spec: [1] is not of type 'object'"]),
    "pattern": (
        HEAD + control("g", "expect: {engine: {pattern: '['}}"),
        [":10: g: bad pattern '[': unterminated character set at position 0"],
    ),
    "secret": (
        HEAD + control("h", "expect: {password: x}"),
        [":10: h: password is secret and is removed before judging, so no control can speak of it"],
    ),
    "severity": (
        HEAD + control("i", "count: 1").replace("severity: high", "severity: hihg"),
        [":8: controls[0].severity: 'hihg' is none of critical, high, medium, low, info; did you mean 'high'?"],
    ),
    "several": (
        HEAD + control("j", "cuont: 1") + control("k", "expct: {engine: x}"),
        [
            ":10: unknown key 'cuont' in controls[0]; did you mean 'count'?",
            ":17: unknown key 'expct' in controls[1]; did you mean 'expect'?",
        ],
    ),
    "twice": (
        HEAD + control("l", "count: 1") + control("l", "count: 1"),
        [":11: duplicate id 'l' (first on line 4)"],
    ),
    "yaml": (
        HEAD + control("m", "expect: [aws"),
        [":11: while parsing a flow sequence, did not find expected ',' or ']'"],
    ),
}


def test_every_problem_of_every_spec_is_shown_on_a_line_of_its_own(shop: Path) -> None:
    for name, (text, _) in BAD.items():
        data = text if isinstance(text, bytes) else text.encode()
        (shop / "specs" / f"{name}.yaml").write_bytes(data)
    (shop / "specs" / "zz-other.yaml").write_text(HEAD + control("orders-class", "count: 1"))
    ran = audit(shop, *ALL)
    expected = [f"specs/{name}.yaml{said}" for name, (_, problems) in sorted(BAD.items()) for said in problems]
    other = "specs/zz-other.yaml:4: duplicate id 'orders-class' (first at specs/shop/database.yaml:7)"
    assert (ran.status, ran.errors) == (4, [*expected, other])


def test_a_spec_that_cannot_be_opened_or_is_not_there(shop: Path) -> None:
    for path in ("specs/none.yaml", "specs/none.yaml::orders-class[terraform]", "elsewhere"):
        assert refused(audit(shop, path, "--terraform", "terraform")) == f"no such file or folder: {path}"
    assert refused(audit(shop, *ALL, "elsewhere", "-p", "xdist", "-n2")) == "no such file or folder: elsewhere"
    (shop / "specs" / "gone.yaml").symlink_to("nowhere")
    assert refused(audit(shop, *ALL)) == "specs/gone.yaml: no such file or folder"


# -- Terraform ---------------------------------------------------------------------------------------------------------


def test_a_folder_without_terraform(shop: Path) -> None:
    assert refused(audit(shop, "specs", "--terraform", "nowhere")) == "no such folder: nowhere"
    assert refused(audit(shop, "specs", "--terraform", "terraform/main.tf")) == "not a folder: terraform/main.tf"
    said = refused(audit(shop, "specs", "--terraform", "terraform/modules"))
    assert said == "no Terraform files (*.tf, *.tf.json) in terraform/modules; there are some in store"
    (shop / "bare").mkdir()
    assert refused(audit(shop, "specs", "--terraform", "bare")) == "no Terraform files (*.tf, *.tf.json) in bare"


def test_variables_that_cannot_be_read(shop: Path) -> None:
    assert refused(audit(shop, *ALL, "--var-file", "no.tfvars")) == "no such file of variables: no.tfvars"
    assert refused(audit(shop, *ALL, "--var-file", "specs")) == "no such file of variables: specs"
    for name, text in {
        "a.tfvars": b"\nx = 1\npassword = = hidden\n",
        "b.hcl": b"x = \xff",
        "c.tfvars.json": b"{",
    }.items():
        (shop / name).write_bytes(text)
        said = refused(audit(shop, *ALL, "--var-file", name))
        assert said.startswith(f"{name}:{3 if name == 'a.tfvars' else 1}: ")
        assert "hidden" not in said
    (shop / "terraform" / "terraform.tfvars").write_text("retention = {\n")
    assert refused(audit(shop, *ALL)).startswith("terraform/terraform.tfvars:")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.tf", b'resource "aws_vpc" {{{\n'),
        ("bytes.tf", b'locals {\n  a = "\xff"\n}\n'),
        ("broken.tf.json", b"{"),
    ],
)
def test_one_unreadable_file_is_a_gap_and_the_rest_is_judged(shop: Path, name: str, content: bytes) -> None:
    (shop / "terraform" / name).write_bytes(content)
    ran = audit(shop, *ALL, "--report", "json=run.json")
    run = report(shop / "run.json")
    assert ran.status == 0
    assert [(gap["cause"], gap["origin"]["file"]) for gap in run["gaps"]] == [("syntax error", f"terraform/{name}")]
    assert states(run) == {
        "orders-class": "unreadable",  # exactly one, and there may be more
        "orders-retention": "pass",
        "orders-zone": "unknown",
        "orders-replica": "fail",
        "receipts-bucket": "unreadable",
        "receipts-closed": "pass",  # a bucket has one such part, and it was read
    }
    assert audit(shop, *ALL, "--strict", "-k", "receipts-bucket").status == 1
    assert audit(shop, *ALL, "--var", "retention=1").status == 1


def test_a_missing_module_hides_every_kind_unless_the_spec_says_which_live_there(shop: Path) -> None:
    shutil.rmtree(shop / "terraform" / "modules")
    ran = audit(shop, *ALL, "--report", "json=run.json")
    run = report(shop / "run.json")
    assert ran.status == 0
    assert [(gap["cause"], gap["module"], gap["origin"]["line"]) for gap in run["gaps"]] == [
        ("missing module", "store", 19)
    ]
    found = states(run)
    assert {name for name, state in found.items() if state == "unreadable"} == {
        "orders-class",
        "receipts-bucket",
        "receipts-closed",
    }
    assert found["orders-retention"] == "pass"
    database = shop / "specs" / "shop" / "database.yaml"
    database.write_text(database.read_text().replace("controls:", 'modules: {store: ["aws_s3_*"]}\ncontrols:'))
    audit(shop, *ALL, "--report", "json=run.json")
    assert states(report(shop / "run.json"))["orders-class"] == "pass"


# -- Plans and states --------------------------------------------------------------------------------------------------


def saved_plan(folder: Path, instance_class: str = "db.t4g.micro") -> Path:
    values = {"identifier": "shop-orders", "instance_class": instance_class, "engine": "postgres"}
    one = {"address": "aws_db_instance.orders", "mode": "managed", "type": "aws_db_instance", "name": "orders"}
    body = {"root_module": {"resources": [{**one, "values": values}]}}
    change = {**one, "change": {"actions": ["create"], "after": values, "after_unknown": {"arn": True}}}
    path = folder / "plan.json"
    path.write_text(json.dumps({"format_version": "1.2", "planned_values": body, "resource_changes": [change]}))
    return path


def test_a_plan_or_state_that_is_none_is_refused_with_its_right_use(shop: Path) -> None:
    plan = saved_plan(shop)
    (shop / "plan.bin").write_bytes(b"PK\x03\x04")
    (shop / "empty.json").touch()
    for option in ("--plan", "--state"):
        for name, said in (
            ("nowhere.json", "nowhere.json: cannot be read: No such file or directory"),
            ("specs", "specs: is a folder, not a file"),
            ("empty.json", "empty.json: is empty"),
            ("specs/shop/storage.yaml", "specs/shop/storage.yaml: not JSON at line 1, or cut short"),
            ("plan.bin", "plan.bin: a saved plan in Terraform's own form"),
        ):
            assert refused(audit(shop, "specs", option, name)).startswith(said)
            if option == "--plan":
                assert refused(audit(shop, *ALL, option, name)).startswith(said)
    assert refused(audit(shop, "specs", "--state", plan.name)) == "plan.json: it is a plan: give it with --plan"
    # Beside source it only pairs, but is read all the same.
    assert refused(audit(shop, *ALL, "--state", plan.name)) == "plan.json: it is a plan: give it with --plan"


def test_variables_are_not_for_plans(shop: Path) -> None:
    plan = saved_plan(shop)
    said = "--var and --var-file are for --terraform: a plan or state holds its own values"
    assert refused(audit(shop, "specs", "--plan", plan.name, "--var", "a=hush")) == said
    assert refused(audit(shop, *ALL, "--plan", plan.name, "--var-file", "x")) == said


def test_a_plan_is_audited_and_the_run_says_of_what(shop: Path) -> None:
    plan = saved_plan(shop, "db.m5.large")
    ran = audit(shop, "specs", "--plan", plan.name, "--report", "json=run.json")
    run = report(shop / "run.json")
    assert ran.status == 1
    assert states(run)["orders-class"] == "fail"
    assert run["run"]["options"]["plan"] == plan.name
    assert run["run"]["source"] == {"terraform": plan.name}


def test_a_plan_of_another_commit_is_said_on_the_terminal(shop: Path) -> None:
    plan = saved_plan(shop)
    ran = audit(shop, *ALL, "--plan", plan.name)
    assert "Found in the sources:" in ran.out
    assert "the plan was not made of this source, so the plan is judged alone" in ran.out
    assert "module.store.aws_s3_bucket.this is only in the source" in ran.out


# -- Options -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("json", "--report wants FORMAT=PATH (html=report.html), not 'json'"),
        ("=x", "--report wants FORMAT=PATH (html=report.html), not '=x'"),
        ("jsn=x", "--report: no format 'jsn': "),
        ("json=specs", "--report: specs is a directory"),
        ("json=specs/shop/storage.yaml/run.json", "--report: specs/shop/storage.yaml is not a directory"),
    ],
)
def test_a_report_that_cannot_be_is_refused_before_anything_is_read(shop: Path, wanted: str, said: str) -> None:
    assert refused(audit(shop, "specs", "--terraform", "nowhere", "--report", wanted)).startswith(said)


def test_a_report_that_could_not_be_written_is_no_success(shop: Path) -> None:
    (shop / "out").symlink_to("nowhere")
    ran = audit(shop, *ALL, "--report", "json=out/run.json", "--report", "json=run.json")
    assert ran.status == 4
    assert "out/run.json: could not be written: File exists" in ran.out
    assert states(report(shop / "run.json"))["orders-class"] == "pass"


def test_a_time_zone_that_is_none(shop: Path) -> None:
    for zone in ("Nowhere/City", "../etc", ""):
        assert refused(audit(shop, *ALL, "-o", f"audit_timezone={zone}")) == f"audit_timezone: no time zone {zone!r}"


# -- Accounts ----------------------------------------------------------------------------------------------------------


def config(folder: Path, text: str) -> Mapping[str, str]:
    (folder / "aws").write_text(text)
    return {"AWS_CONFIG_FILE": str(folder / "aws"), "AWS_SHARED_CREDENTIALS_FILE": os.devnull}


def test_an_account_that_nobody_can_open(shop: Path) -> None:
    region = ("--region", "ap-northeast-2")
    assert refused(audit(shop, "specs", "--live")).startswith("no region: give --region")
    assert refused(audit(shop, "specs", "--live", *region)).startswith("no AWS credentials found: give --profile")
    assert (
        refused(audit(shop, "specs", "--profile", "nobody", *region)) == "no profile 'nobody' in the AWS configuration"
    )
    bad = config(shop, "[default\nx")
    assert refused(audit(shop, "specs", "--live", *region, env=bad)).startswith("the AWS configuration cannot be read")
    bad = config(shop, "[profile p]\ncredential_process = /nowhere/at/all\n")
    said = refused(audit(shop, "specs", "--profile", "p", *region, env=bad))
    assert said.startswith("the AWS credentials cannot be read: ")
    bad = config(shop, "[profile p]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = q\n")
    assert "'p'" in refused(audit(shop, "specs", "--profile", "p", *region, env=bad))


def test_an_endpoint_that_does_not_answer(shop: Path) -> None:
    with socket.socket() as taken:
        # Bound and not listening: nobody else gets the port, and every connection is refused.
        taken.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}"
        said = refused(audit(shop, "specs", "--live", env=account(endpoint)))
    assert said.startswith("cannot reach AWS")
    assert endpoint in said
    assert "Invalid endpoint" in refused(audit(shop, "specs", "--live", env=account("no endpoint")))


def test_the_wrong_account_is_not_read_and_denied_calls_are_gaps(shop: Path) -> None:
    with denying_account() as env:
        said = refused(audit(shop, "specs", "--live", "--expect-account", "999999999999", env=env))
        assert said == "wrong account: the credentials belong to 123456789012, expected 999999999999"
        right = ("--live", "--expect-account", "123456789012", "--report", "json=run.json")
        ran = audit(shop, *ALL, *right, env=env)
        run = report(shop / "run.json")
        assert audit(shop, "specs", "--live", "--strict", env=env).status == 1
    assert ran.status == 0
    assert {gap["cause"] for gap in run["gaps"]} == {"access denied"}
    assert {gap["action"] for gap in run["gaps"]} >= {"rds:DescribeDBInstances", "s3:ListAllMyBuckets"}
    assert set(states(run, "live").values()) == {"unreadable"}
    assert states(run)["orders-retention"] == "pass"
    assert run["run"]["accounts"] == ["123456789012"]
