"""Audits with Checkov from outside: its policies among the controls, and what nobody decided about beside them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.checkov_world import REAL, answer, needs_checkov, result, stand_in
from tests.project.harness import Ran, audit, audit_apart, project, report, states

ALL = ("specs", "--terraform", "terraform", "--report", "json=run.json")
ORDERS = "aws_db_instance.orders"
PART = """spec: shop/policies
document: README.md
checkov:
  required:
    - {id: CKV_AWS_16, severity: high}
  accepted:
    - {id: CKV_AWS_118, reason: too small to watch}
  ignored:
    - {id: "CKV_TF_*", reason: one repository}
"""
LATER = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    project(tmp_path)
    (tmp_path / "specs" / "shop" / "policies.yaml").write_text(PART, encoding="utf-8")
    return tmp_path


def told(shop: Path, policy: str, state: str = "PASSED", **more: Any) -> dict[str, Any]:
    line = next(
        number
        for number, text in enumerate((shop / "terraform" / "main.tf").read_text().splitlines(), 1)
        if text.startswith('resource "aws_db_instance" "orders"')
    )
    return result(policy, ORDERS, state, file=str(shop / "terraform" / "main.tf"), line=line, **more)


def run(shop: Path, *results: dict[str, Any], options: tuple[str, ...] = (), script: str = "") -> Ran:
    executable = stand_in(shop / "env", script or answer(*results))
    return audit(shop, *ALL, "--checkov", str(executable), *options)


def control(shop: Path, name: str = "CKV_AWS_16") -> dict[str, Any]:
    return next(one for one in report(shop / "run.json")["controls"] if one["id"] == name)


def entry(shop: Path, policy: str) -> dict[str, Any]:
    return next(one for one in report(shop / "run.json")["policies"]["entries"] if one["id"] == policy)


def test_a_required_policy_passes_and_fails_like_any_control(shop: Path) -> None:
    assert run(shop, told(shop, "CKV_AWS_16")).status == 0
    assert states(report(shop / "run.json"))["CKV_AWS_16"] == "pass"
    ran = run(shop, told(shop, "CKV_AWS_16", "FAILED"))
    assert ran.status == 1
    assert "HIGH      CKV_AWS_16  single plane" in ran.out
    (verdict,) = control(shop)["planes"]["terraform"]["verdicts"]
    assert (verdict["state"], verdict["resource"]) == ("fail", ORDERS)
    assert verdict["origin"]["file"] == "terraform/main.tf"
    assert report(shop / "run.json")["run"]["tools"]["checkov"]


def test_unknown_is_skipped_and_never_passed(shop: Path) -> None:
    ran = run(shop, told(shop, "CKV_AWS_16", "UNKNOWN", rests=["var.x"]), options=("-rs",))
    assert ran.status == 0
    assert states(report(shop / "run.json"))["CKV_AWS_16"] == "unknown"
    assert "Checkov did not resolve var.x" in ran.out
    assert run(shop, told(shop, "CKV_AWS_16", "UNKNOWN"), options=("--strict",)).status == 1


def test_what_nobody_decided_about_is_information(shop: Path) -> None:
    found = [told(shop, "CKV_AWS_17", "FAILED"), told(shop, "CKV_AWS_118", "FAILED"), told(shop, "CKV_TF_1", "FAILED")]
    formats = [part for one in ("html=r.html", "markdown=r.md", "junit=r.xml") for part in ("--report", one)]
    ran = run(shop, told(shop, "CKV_AWS_16"), *found, options=tuple(formats))
    assert ran.status == 0
    decisions = {name: entry(shop, f"CKV_{name}")["decision"] for name in ("AWS_16", "AWS_17", "AWS_118", "TF_1")}
    assert decisions == {"AWS_16": "required", "AWS_17": "information", "AWS_118": "accepted", "TF_1": "ignored"}
    assert [one["resource"] for one in entry(shop, "CKV_AWS_17")["places"]] == [ORDERS]
    assert entry(shop, "CKV_AWS_118")["about"].startswith("too small to watch (specs/shop/policies.yaml:")
    assert entry(shop, "CKV_TF_1")["places"] == []
    for text in (ran.out, *((shop / name).read_text(encoding="utf-8") for name in ("r.html", "r.md", "r.xml"))):
        assert "CKV_AWS_17" in text
        assert "CKV_TF_1" not in text
    assert "too small to watch" in (shop / "r.html").read_text(encoding="utf-8")


def test_what_checkov_cannot_have_known_is_unknown_there_too(shop: Path) -> None:
    run(shop, told(shop, "CKV_AWS_17", rests=["each.value"]))
    (place,) = entry(shop, "CKV_AWS_17")["places"]
    assert place["state"] == "unknown"
    assert "each.value" in place["cause"]


def test_a_comment_of_checkovs_own_is_shown(shop: Path) -> None:
    ran = run(shop, told(shop, "CKV_AWS_16", "FAILED", skip="moves in May"))
    assert ran.status == 0
    (verdict,) = control(shop)["planes"]["terraform"]["verdicts"]
    assert verdict["state"] == "fail"
    assert verdict["waiver"].startswith("checkov:skip: moves in May (terraform/main.tf:")


def test_waivers_cover_policies(shop: Path) -> None:
    waivers = f"""waivers:
  - {{control: CKV_AWS_16, resource: "*.orders", owner: a, approver: b, reason: waits, expires: "{LATER}"}}
"""
    (shop / "specs" / "shop" / "waivers.yaml").write_text(waivers, encoding="utf-8")
    assert run(shop, told(shop, "CKV_AWS_16", "FAILED")).status == 0
    assert report(shop / "run.json")["waivers"][0]["state"] == "in force"
    assert run(shop, told(shop, "CKV_AWS_16")).status == 1
    assert report(shop / "run.json")["waivers"][0]["state"] == "unused"
    # Without Checkov nothing is known of what it covers.
    assert audit(shop, *ALL, "--checkov", "off").status == 0
    assert report(shop / "run.json")["waivers"][0]["state"] == "not decided"


def test_a_comment_of_ours_covers_a_policy(shop: Path) -> None:
    file = shop / "terraform" / "main.tf"
    head = 'resource "aws_db_instance" "orders"'
    file.write_text(file.read_text().replace(head, f"# audit:waive CKV_AWS_16 waits until={LATER}\n{head}"))
    assert run(shop, told(shop, "CKV_AWS_16", "FAILED")).status == 0
    assert report(shop / "run.json")["waivers"][0]["state"] == "in force"


def test_the_baseline_knows_policies(shop: Path) -> None:
    assert run(shop, told(shop, "CKV_AWS_16", "FAILED")).status == 1
    (shop / "run.json").rename(shop / "old.json")
    assert run(shop, told(shop, "CKV_AWS_16", "FAILED"), options=("--baseline", "old.json")).status == 0


@pytest.mark.parametrize("script", ["exit 1", "echo garbage", answer(version="1.0.0")])
def test_a_broken_checkov_is_a_gap_and_never_a_pass(shop: Path, script: str) -> None:
    assert run(shop, script=script).status == 0
    found = report(shop / "run.json")
    assert states(found)["CKV_AWS_16"] == "unreadable"
    (gap,) = found["gaps"]
    assert (gap["scope"], bool(gap["mend"])) == ("Checkov", True)
    assert found["policies"]["failed"] == gap["cause"]
    assert run(shop, script=script, options=("--strict",)).status == 1


def test_a_module_that_checkov_did_not_load_is_a_gap(shop: Path) -> None:
    ran = run(shop, script=answer(told(shop, "CKV_AWS_16"), blocks=["aws_db_instance.orders"]))
    assert ran.status == 0
    (gap,) = report(shop / "run.json")["gaps"]
    assert gap["scope"] == "Checkov: module.store"
    assert states(report(shop / "run.json"))["CKV_AWS_16"] == "pass"


def test_a_run_without_all_blocks_decides_nothing_on_how_they_are_connected(shop: Path) -> None:
    text = PART.replace("CKV_AWS_16", "CKV2_AWS_6")
    (shop / "specs" / "shop" / "policies.yaml").write_text(text, encoding="utf-8")
    bucket = result("CKV2_AWS_6", "module.store.aws_s3_bucket.this", "FAILED")
    assert run(shop, bucket).status == 1
    assert run(shop, script=answer(bucket, blocks=["module.store.aws_s3_bucket.this"])).status == 0
    assert states(report(shop / "run.json"))["CKV2_AWS_6"] == "unknown"


def test_no_checkov_is_a_gap(shop: Path) -> None:
    assert audit(shop, *ALL, "--checkov", "/nowhere/checkov").status == 0
    assert "is not installed" in report(shop / "run.json")["gaps"][0]["cause"]


def test_left_out_it_is_not_in_the_run(shop: Path) -> None:
    assert audit(shop, *ALL, "--checkov", "off").status == 0
    found = report(shop / "run.json")
    assert "CKV_AWS_16" not in states(found)
    assert (found["policies"], found["gaps"], found["run"]["options"]["checkov"]) == (None, [], "off")


def test_checkov_runs_only_where_it_is_needed(shop: Path) -> None:
    script = f"touch {shop}/ran; {answer(told(shop, 'CKV_AWS_16'))}"
    run(shop, script=script, options=("-k", "orders-class"))
    assert not (shop / "ran").exists()
    run(shop, script=script, options=("-k", "CKV_AWS_16"))
    assert (shop / "ran").exists()
    assert list(states(report(shop / "run.json"))) == ["CKV_AWS_16"]
    run(shop, script=script, options=("-m", "high", "--collect-only"))


def test_a_saved_run_is_judged_again_with_other_decisions(shop: Path) -> None:
    run(shop, told(shop, "CKV_AWS_16", "FAILED"), told(shop, "CKV_AWS_17", "FAILED"))
    first = report(shop / "run.json")
    again = ("specs", "--replay", "run.json", "--report", "json=again/run.json", "--checkov", "/nowhere")
    assert audit(shop, *again).status == 1
    second = report(shop / "again" / "run.json")
    assert (second["controls"], second["policies"]) == (first["controls"], first["policies"])
    (shop / "specs" / "shop" / "policies.yaml").write_text(PART.replace("CKV_AWS_16", "CKV_AWS_17"), encoding="utf-8")
    assert audit(shop, *again).status == 1
    assert states(report(shop / "again" / "run.json"))["CKV_AWS_17"] == "fail"


def test_workers_judge_what_the_controller_was_told(shop: Path) -> None:
    script = f"echo x >> {shop}/ran; {answer(told(shop, 'CKV_AWS_16', 'FAILED'))}"
    ran = audit_apart(shop, *ALL, "--checkov", str(stand_in(shop / "env", script)), "-n2")
    assert ran.status == 1
    assert states(report(shop / "run.json"))["CKV_AWS_16"] == "fail"
    assert (shop / "ran").read_text() == "x\n"


def test_a_part_that_decides_nothing_informs(shop: Path) -> None:
    (shop / "specs" / "shop" / "policies.yaml").write_text("spec: shop/p\ndocument: d\ncheckov: {}\n", encoding="utf-8")
    assert run(shop, told(shop, "CKV_AWS_16", "FAILED")).status == 0
    assert entry(shop, "CKV_AWS_16")["decision"] == "information"


def test_a_plan_alone_is_not_what_checkov_reads(shop: Path) -> None:
    executable = stand_in(shop / "env", answer(told(shop, "CKV_AWS_16")))
    (shop / "plan.json").write_text(
        '{"format_version": "1.2", "terraform_version": "1.11.0", "complete": true, "errored": false, '
        '"planned_values": {"root_module": {}}, "configuration": {"root_module": {}}, "resource_changes": []}'
    )
    audit(shop, "specs", "--plan", "plan.json", "--report", "json=run.json", "--checkov", str(executable))
    found = report(shop / "run.json")
    assert states(found)["CKV_AWS_16"] == "unreadable"
    assert "it reads Terraform source" in found["gaps"][0]["cause"]


@needs_checkov
def test_the_real_one_beside_an_audit(shop: Path) -> None:
    ran = audit(shop, *ALL, "--checkov", str(REAL))
    found = report(shop / "run.json")
    assert (found["gaps"], found["policies"]["failed"]) == ([], "")
    verdicts = control(shop)["planes"]["terraform"]["verdicts"]
    assert [one["resource"] for one in verdicts] == [ORDERS]
    assert ran.status == (1 if verdicts[0]["state"] == "fail" else 0)
