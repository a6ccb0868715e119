"""``python -m audits``: what each command prints, and how it refuses."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

import pytest

from audits import kinds
from audits.cli import main
from tests.project.harness import PROJECT, ROOT, Ran, account, denying_account, environment, process, project

SPECS = str(PROJECT / "specs")


def run(*arguments: str, folder: Path = ROOT, env: Mapping[str, str] | None = None) -> Ran:
    """The command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with (
        chdir(folder),
        mock.patch.dict(os.environ, environment(env), clear=True),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            status = main(arguments)
        except SystemExit as ended:
            status = int(ended.code or 0)
    return Ran(status, out.getvalue(), err.getvalue())


def refused(ran: Ran) -> str:
    assert (ran.status, ran.out) == (4, "")
    lines = ran.err.strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def apart(*arguments: str, env: Mapping[str, str] | None = None) -> Ran:
    return process(ROOT, sys.executable, "-m", "audits", *arguments, env=env)


# -- observe -----------------------------------------------------------------------------------------------------------


def test_observe_terraform_shows_every_instance_as_configured(tmp_path: Path) -> None:
    ran = run("observe", "terraform", "terraform", "--json", "--var", "retention=3", folder=project(tmp_path))
    data = json.loads(ran.out)
    assert (ran.status, ran.err, set(data), data["gaps"]) == (0, "", {"resources", "gaps", "findings"}, [])
    found = {one["address"]: one for one in data["resources"]}
    assert list(found) == [
        "aws_db_instance.orders",
        "module.store.aws_s3_bucket.this",
        "module.store.aws_s3_bucket_public_access_block.this",  # as configured: not folded into its bucket
    ]
    orders = found["aws_db_instance.orders"]
    assert set(orders) == {"address", "kind", "attributes", "file", "line", "account", "region"}
    assert (orders["kind"], orders["file"], orders["line"]) == ("aws_db_instance", "main.tf", 5)
    assert (orders["account"], orders["region"]) == (None, "ap-northeast-2")
    assert orders["attributes"]["backup_retention_period"] == 3
    unknown = found["module.store.aws_s3_bucket_public_access_block.this"]["attributes"]["bucket"]["__unknown__"]
    assert unknown["cause"] == "computed"
    assert len(unknown["references"]) == 1


def test_observe_terraform_tells_gaps_and_takes_files_of_variables(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "terraform" / "broken.tf").write_text("a = = 1\n")
    (folder / "more.tfvars").write_text("retention = 4\n")
    ran = run("observe", "terraform", "terraform", "--json", "--var-file", "more.tfvars", folder=folder)
    data = json.loads(ran.out)
    assert ran.status == 0
    assert [(gap["cause"], gap["kinds"], gap["origin"]["file"]) for gap in data["gaps"]] == [
        ("syntax error", None, "broken.tf")
    ]
    assert data["resources"][0]["attributes"]["backup_retention_period"] == 4
    table = run("observe", "terraform", "terraform", folder=folder)
    assert "gap: broken.tf:1: syntax error" in table.out


def test_observe_terraform_tells_what_terraform_would_refuse(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "terraform" / "more.tf").write_text(
        'variable "size" {\n  default = 0\n  validation {\n    condition = var.size > 0\n'
        '    error_message = "It must be positive."\n  }\n}\n'
    )
    ran = run("observe", "terraform", "terraform", "--json", folder=folder)
    (finding,) = json.loads(ran.out)["findings"]
    assert ran.status == 0
    assert (finding["title"], finding["origin"]["file"], finding["origin"]["line"]) == (
        "variable validation failed",
        "more.tf",
        4,
    )
    table = run("observe", "terraform", "terraform", folder=folder)
    assert "finding: more.tf:4: variable validation failed: var.size: It must be positive." in table.out


def test_observe_terraform_shows_no_secret_and_no_escape() -> None:
    folder = str(PROJECT / "hostile" / "terraform")
    texts = []
    for more in (("--json",), ()):
        ran = run("observe", "terraform", folder, *more, "--var", "undeclared=s3cret-from-the-line")
        assert ran.status == 0
        assert "s3cret" not in ran.text
        assert "\x1b" not in ran.text
        texts.append(ran.out)
    attributes = json.loads(texts[0])["resources"][1]["attributes"]
    assert attributes["password"] == attributes["username"] == {"__redacted__": {"reason": "sensitive"}}
    assert attributes["tags"] == {"__literal__": {"__unknown__": "a\x1b[31m<script>alert(1)</script>]]>&\u202e|x|`"}}
    assert 'aws_db_instance.orders["esc\\x1b[2J"]' in texts[1] or '["esc\\u001b[2J"]' in texts[1]


def test_observe_terraform_refuses_what_is_not_there(tmp_path: Path) -> None:
    folder = project(tmp_path)
    assert refused(run("observe", "terraform", "nowhere", "--json", folder=folder)) == "no such folder: nowhere"
    assert refused(run("observe", "terraform", "specs", folder=folder)).startswith(
        "no Terraform files (*.tf, *.tf.json)"
    )
    said = refused(run("observe", "terraform", "terraform", "--var", "s3cret", folder=folder))
    assert said == "--var wants NAME=VALUE (see number 1 of those given)"
    said = refused(run("observe", "terraform", "terraform", "--var-file", "no.tfvars", folder=folder))
    assert said == "no such file of variables: no.tfvars"


def test_observe_live_says_what_it_could_not_read() -> None:
    with denying_account() as env:
        ran = run("observe", "live", "--json", "--kind", "aws_db_instance", "--kind", "aws_vpc", env=env)
        data = json.loads(ran.out)
        assert (ran.status, data["resources"]) == (0, [])
        assert {kind for gap in data["gaps"] for kind in gap["kinds"]} == {"aws_db_instance", "aws_vpc"}
        assert {gap["cause"] for gap in data["gaps"]} == {"access denied"}
        assert all(gap["mend"].startswith("allow ") for gap in data["gaps"])
        said = refused(run("observe", "live", "--json", "--expect-account", "1", env=env))
        assert said == "wrong account: the credentials belong to 123456789012, expected 1"


def test_observe_live_refuses_what_it_cannot_open() -> None:
    said = refused(run("observe", "live", "--json", "--kind", "aws_db_instanc"))
    assert said == "unknown kind 'aws_db_instanc'; did you mean 'aws_db_instance'?"
    assert refused(run("observe", "live", "--json")).startswith("no region")
    assert refused(run("observe", "live", "--json", "--region", "us-east-1")).startswith("no AWS credentials found")
    assert "no profile 'nobody'" in refused(run("observe", "live", "--profile", "nobody"))
    assert refused(run("observe", "live", env=account("no endpoint"))).startswith("cannot ask who")


# -- plan, policy, explain, kinds, schema ------------------------------------------------------------------------------


def test_plan_names_every_check_and_what_it_reads(tmp_path: Path) -> None:
    ran = run("plan", "specs", folder=project(tmp_path))
    table, _, summary = ran.out.partition("\n\n")
    lines = [line.split() for line in table.splitlines()[2:]]
    assert ran.status == 0
    assert summary.splitlines()[0] == "11 checks of 6 controls: 6 of Terraform, 5 of the account"
    assert ["specs/shop/database.yaml::orders-class[live]", "high", "aws_db_instance"] in lines
    assert ["specs/shop/storage.yaml::receipts-closed[terraform]", "critical", "aws_s3_bucket"] in lines
    assert len(lines) == 11  # one control is for Terraform alone


def test_policy_allows_the_reads_of_the_specs_and_nothing_else() -> None:
    ran = run("policy", f"{SPECS}/shop/database.yaml")
    document = json.loads(ran.out)
    actions = {action for one in document["Statement"] for action in one["Action"]}
    assert (ran.status, document["Version"]) == (0, "2012-10-17")
    assert "rds:DescribeDBInstances" in actions
    assert not [action for action in actions if action.startswith("s3:")]
    verbs = ("Describe", "Get", "List")
    everything = json.loads(run("policy", SPECS).out)
    granted = {action for one in everything["Statement"] for action in one["Action"]}
    assert granted > actions
    assert all(action.partition(":")[2].startswith(verbs) and "*" not in action for action in granted)
    assert all(one["Effect"] == "Allow" for one in everything["Statement"])


def test_explain_shows_one_control_and_names_the_nearest() -> None:
    ran = run("explain", "orders-class", "--specs", SPECS)
    assert ran.status == 0
    for said in ("small instance", "database.yaml:7", "docs/shop.md", "db.t4g.small", "Set instance_class"):
        assert said in ran.out
    said = refused(run("explain", "orders-clas", "--specs", SPECS))
    assert said == "no control 'orders-clas'; did you mean 'orders-class'?"
    assert refused(run("explain", "qqq", "--specs", SPECS)) == "no control 'qqq'"


@pytest.mark.parametrize("command", [("plan",), ("policy",), ("explain", "x", "--specs")])
def test_bad_specs_are_refused_with_every_problem(tmp_path: Path, command: tuple[str, ...]) -> None:
    assert refused(run(*command, "nowhere", folder=tmp_path)) == "nowhere: no such file or folder"
    (tmp_path / "specs").mkdir()
    assert refused(run(*command, "specs", folder=tmp_path)) == "specs: no spec (*.yaml) in it"
    for name in ("a", "b"):
        (tmp_path / "specs" / f"{name}.yaml").write_text("spec: [\n")
    ran = run(*command, "specs", folder=tmp_path)
    assert (ran.status, ran.out) == (4, "")
    assert [line.partition(":")[0] for line in ran.err.splitlines()] == ["specs/a.yaml", "specs/b.yaml"]


def test_kinds_lists_each_with_what_folds_into_it() -> None:
    ran = run("kinds")
    listed = {line.split()[0]: line for line in ran.out.splitlines()[2:]}
    assert (ran.status, set(listed)) == (0, set(kinds.registry()))
    assert "aws_s3_bucket_policy" in listed["aws_s3_bucket"]


def test_plans_and_states_are_observed_as_source_is(tmp_path: Path) -> None:
    values = {"address": "aws_vpc.a", "mode": "managed", "type": "aws_vpc", "name": "a", "values": {"id": "vpc-1"}}
    body = {"root_module": {"resources": [values]}}
    plan, state = tmp_path / "plan.json", tmp_path / "state.json"
    plan.write_text(json.dumps({"format_version": "1.2", "planned_values": body, "resource_changes": []}))
    state.write_text(json.dumps({"format_version": "1.0", "values": body}))
    for option, path in (("--plan", plan), ("--state", state)):
        ran = run("observe", "terraform", option, str(path), "--json")
        (one,) = json.loads(ran.out)["resources"]
        assert (ran.status, one["address"], one["attributes"], one["file"]) == (
            0,
            "aws_vpc.a",
            {"id": "vpc-1"},
            str(path),
        )
    assert refused(run("observe", "terraform", "--state", str(plan))).endswith("it is a plan: give it with --plan")
    said = refused(run("observe", "terraform", "--plan", str(plan), "--var", "a=hush"))
    assert said == "--var and --var-file are for --terraform: a plan or state holds its own values"


def test_schema_is_the_one_in_the_repository() -> None:
    data = json.loads(run("schema").out)
    assert data["additionalProperties"] is False
    assert set(data["$defs"]["kind"]["enum"]) == set(kinds.registry())


# -- The command line itself -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "python -m audits: the following arguments are required: COMMAND"),
        (("observ",), "python -m audits: argument COMMAND: invalid choice: 'observ'"),
        (("observe",), "python -m audits observe: the following arguments are required"),
        (("observe", "terraform"), "nothing to observe: give DIR, --plan FILE or --state FILE"),
        (("kinds", "--all"), "python -m audits: unrecognized arguments: --all"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_4(arguments: tuple[str, ...], said: str) -> None:
    assert refused(run(*arguments)).startswith(said)


def test_help_is_no_error() -> None:
    ran = run("--help")
    assert ran.status == 0
    assert all(name in ran.out for name in ("observe", "plan", "policy", "explain", "kinds"))


@pytest.mark.parametrize("name", ["kinds", "schema"])  # less than a buffer, and more
def test_a_reader_that_leaves_early_is_no_error(name: str) -> None:
    command = [sys.executable, "-m", "audits", name]
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as one:
        assert one.stdout is not None
        assert one.stderr is not None
        one.stdout.close()
        said = one.stderr.read()
    assert (one.returncode, said) == (0, b"")


def test_output_is_utf_8_in_every_locale(tmp_path: Path) -> None:
    folder = tmp_path / "infra"
    folder.mkdir()
    (folder / "main.tf").write_text(
        'resource "aws_vpc" "this" {\n  tags = { Name = "café 서울" }\n}\n', encoding="utf-8"
    )
    ran = apart("observe", "terraform", str(folder), "--json", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"})
    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out)["resources"][0]["attributes"]["tags"] == {"Name": "café 서울"}
