"""Sample runs: nothing here comes from an audit."""

from __future__ import annotations

import copy
from collections.abc import Callable

from report_builders import (
    CITATIONS,
    CONTRADICTIONS,
    COSTS,
    DOCUMENT,
    FINDINGS,
    GAPS,
    POLICIES,
    STATED,
    WAIVERS,
    Data,
    citation,
    contradiction,
    control,
    cost_cell,
    cost_row,
    cost_table,
    covered,
    fact,
    live,
    origin,
    place,
    policies,
    policy,
    redacted,
    run,
    source,
    statement,
    unknown,
    verdict,
    waiver,
)
from report_drift import COMPARED, COVERAGE, beside, drifted, foreign, in_korean

HOSTILE = (
    '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=1">\x1b[31mred\x1b[0m \u202egnp.exe '
    "@octocat #1 |`pipe\\| [x](javascript:hacked()) <!-- ]]> \x00\x07\ufffe\ud800 '\" =cmd() \r\n# heading"
)


def empty() -> Data:
    """Nothing was audited."""
    return run([], planes=["terraform"])


def mixed() -> Data:
    """Every standing, every state, and what softens them."""
    # Its parts are shared: a test that changes its run must not change another's.
    return copy.deepcopy(
        run(
            [*_deviating(), *_undecided(), *_agreeing(), *_planned()],
            gaps=GAPS,
            findings=FINDINGS,
            document=CITATIONS,
            waivers=WAIVERS,
            policies=POLICIES,
            **COMPARED,
            cost=COSTS,
            contradictions=CONTRADICTIONS,
            coverage=STATED,
        )
    )


def _planned() -> list[Data]:
    also = [{"document": DOCUMENT, "section": "State > Data", "row": "Drawn", "states": "1", "line": 92}]
    due = {"planned": "Phase 6", "severity": "low", "also": also}
    early = control("logs", "agrees", "pass", {"terraform": [source("pass", "days", 1, 30)]}, reached_early=True, **due)
    open_ = control(
        "bound", "agrees", "fail", {"terraform": [source("fail", "least", 1, 2)]}, reached_early=False, **due
    )
    return [early, open_]


def korean() -> Data:
    """Korean text everywhere the owner writes it."""
    entry = _deviating()[0]
    clause = {**entry["clause"], "section": "비용 구조 > 데이터 계층", "row": "데이터베이스 인스턴스"}
    title = "데이터베이스는 db.t4g.micro 한 대이고 백업을 이레 동안 보관한다"
    return run(
        [{**entry, "title": title, "clause": clause, "theme": "데이터", "remedy": "콘솔에서 바꾼 값을 되돌린다."}],
        gaps=GAPS[:1],
        policies=policies(failed="Checkov is not installed", mend="make checkov"),
        cost=[{**COSTS[0], "title": "이번 달", "rows": COSTS[0]["rows"][:2]}],
        **in_korean(),
    )


def hostile() -> Data:
    """Text that would act if anything let it, wherever text can stand."""
    bad = verdict(
        "fail",
        HOSTILE,
        {HOSTILE: HOSTILE},
        HOSTILE,
        key=HOSTILE,
        resource=HOSTILE,
        cause=HOSTILE,
        mend=HOSTILE,
        origin=origin(HOSTILE, 1, HOSTILE, (HOSTILE,)),
    )
    dark = verdict("unknown", "x", HOSTILE, unknown(HOSTILE, HOSTILE, detail=HOSTILE), cause=HOSTILE, waiver=HOSTILE)
    clause = {"document": HOSTILE, "section": HOSTILE, "row": HOSTILE, "states": HOSTILE, "line": 1}
    words = {
        "title": HOSTILE,
        "theme": HOSTILE,
        "basis_reason": HOSTILE,
        "remedy": HOSTILE,
        "kind": HOSTILE,
        "spec": HOSTILE,
    }
    entry = control(
        f"x{HOSTILE}",
        "all differ",
        "fail",
        {"terraform": [bad], "live": [dark]},
        clause=clause,
        **words,
        frameworks={HOSTILE: [HOSTILE]},
        basis="inferred",
    )
    kept = waiver(
        "expired", HOSTILE, **dict.fromkeys(("resource", "owner", "approver", "reason", "ticket", "file"), HOSTILE)
    )
    torn = citation("clause-changed", HOSTILE, spec=HOSTILE, detail=HOSTILE, nearest=HOSTILE, nearest_line=1)
    twin = {**entry, "id": f"x{HOSTILE}!", "planned": HOSTILE, "outcome": "undecided"}
    hole = {
        "plane": "live",
        "kinds": [HOSTILE],
        "scope": HOSTILE,
        "cause": HOSTILE,
        "detail": HOSTILE,
        "mend": HOSTILE,
        "origin": origin(HOSTILE, 2),
        "action": HOSTILE,
    }
    finding = {"plane": "terraform", "title": HOSTILE, "detail": HOSTILE, "origin": origin(HOSTILE, 3)}
    named = dict.fromkeys(("resource", "name", "key", "kind", "spec"), HOSTILE)
    odd = drifted(HOSTILE, {HOSTILE: HOSTILE}, HOSTILE, waiver=HOSTILE, controls=[HOSTILE], kind=HOSTILE)
    odd["terraform"] |= {"resource": HOSTILE, "origin": origin(HOSTILE, 4, HOSTILE, (HOSTILE,)), "default": HOSTILE}
    odd["live"] |= {"resource": HOSTILE}
    compared = {
        # One that a control says, and one that none does.
        "drift": [odd, {**odd, "controls": [], "waiver": None}],
        "unmanaged": [foreign(**named, waiver=HOSTILE)],
        "drift_coverage": {
            **COVERAGE,
            "reasons": {HOSTILE: 1},
            "kinds_not_compared": [{"kind": HOSTILE, "resources": 1}],
            "unmatched": [beside(HOSTILE, HOSTILE, HOSTILE)],
        },
    }
    vague = policy("information", HOSTILE, {"fail": 1}, place("fail", HOSTILE, HOSTILE), about=HOSTILE, title=HOSTILE)
    side = statement(HOSTILE, 1, section=HOSTILE, row=HOSTILE, document=HOSTILE, nearest=HOSTILE, detail=HOSTILE)
    said = {"title": HOSTILE, "ruling": HOSTILE, "why": HOSTILE, "controls": [HOSTILE]}
    left = fact("not audited", HOSTILE, states=HOSTILE, reasons=[HOSTILE], contradictions=[HOSTILE])
    loose = {"section": HOSTILE, "line": 1, "text": HOSTILE}
    whole = run(
        [entry, twin],
        gaps=[hole],
        findings=[finding],
        waivers=[kept],
        document=[torn],
        cost=[_hostile_costs()],
        contradictions=[contradiction("changed", HOSTILE, side, side, **said)],
        coverage=covered(left, uncited=[loose], stale=(HOSTILE,)),
        **compared,
    )
    whole["policies"] = policies(vague, version=HOSTILE)
    whole["run"].update(
        id=HOSTILE, caller=HOSTILE, specs={HOSTILE: HOSTILE}, tools={HOSTILE: HOSTILE}, started_local=HOSTILE
    )
    return whole


def _hostile_costs() -> Data:
    row = cost_row(HOSTILE, 1, control=HOSTILE, live=cost_cell("fail", 1e300, None, HOSTILE))
    table = cost_table([row], 0, table=HOSTILE, title=HOSTILE)
    return {**table, "prices": [{**table["prices"][0], "region": HOSTILE, "date": HOSTILE, "source": HOSTILE}]}


def big(controls: int = 20, verdicts: int = 1000, state: str = "fail") -> Data:
    """Many verdicts: ``controls`` × ``verdicts`` rows on the live plane, as many on Terraform."""

    def entry(number: int) -> Data:
        pairs = {
            "terraform": [source("pass", "size", "small", "small", key=f"r{row}") for row in range(verdicts)],
            "live": [live(state, "size", "small", f"large-{row}", key=f"r{row}") for row in range(verdicts)],
        }
        outcome = "pass" if state == "pass" else "fail"
        return control(
            f"bulk-{number:05}", "agrees" if state == "pass" else "drift", outcome, pairs, theme=f"theme-{number % 7}"
        )

    return run([entry(number) for number in range(controls)])


def _deviating() -> list[Data]:
    return [
        control(
            "rds-size",
            "drift",
            "fail",
            {
                "terraform": [
                    source("pass", "instance_class", "db.t4g.micro", "db.t4g.micro", key="demo-prod"),
                    source("pass", "backup_retention_period", {"minimum": 7}, 7, key="demo-prod"),
                ],
                "live": [
                    live(
                        "fail",
                        "instance_class",
                        "db.t4g.micro",
                        "db.t4g.small",
                        key="demo-prod",
                        cause="is db.t4g.small, the document states db.t4g.micro",
                        mend="set it back, or document the new size",
                    ),
                    live("pass", "backup_retention_period", {"minimum": 7}, 7, key="demo-prod"),
                ],
            },
            title="PostgreSQL runs on one db.t4g.micro with seven days of backups",
            severity="critical",
            baseline="new",
            frameworks={"aws-fsbp": ["RDS.11"], "isms-p": ["2.9.3"]},
            remedy="Apply the Terraform again, then find who resized it.",
        ),
        control(
            "backup-retention",
            "unapplied",
            "fail",
            {
                "terraform": [
                    source(
                        "fail", "backup_retention_period", {"minimum": 7}, 1, key="demo-prod", cause="1 is less than 7"
                    )
                ],
                "live": [live("pass", "backup_retention_period", {"minimum": 7}, 7, key="demo-prod")],
            },
            title="Backups are kept for seven days",
            baseline="known",
        ),
        control(
            "cdn-cache",
            "stale document",
            "fail",
            {
                "terraform": [
                    source(
                        "fail",
                        "ordered_cache_behavior[0].default_ttl",
                        604800,
                        86400,
                        key="cdn",
                        name="aws_cloudfront_distribution.files",
                    )
                ],
                "live": [
                    live(
                        "fail",
                        "ordered_cache_behavior[0].default_ttl",
                        604800,
                        86400,
                        key="cdn",
                        name="distribution/E1",
                        waiver="W-7",
                    )
                ],
            },
            title="Profile pictures are cached for seven days",
            severity="medium",
            theme="cdn",
            spec="specs/demo/cdn.yaml",
        ),
        control(
            "bucket-policy",
            "all differ",
            "fail",
            {
                "terraform": [
                    source(
                        "fail",
                        "policy",
                        {"exactly": [{"actions": ["s3:GetObject"]}]},
                        POLICY,
                        key="files",
                        name="aws_s3_bucket.files",
                    )
                ],
                "live": [
                    live(
                        "fail",
                        "policy",
                        {"exactly": [{"actions": ["s3:GetObject"]}]},
                        {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*"}]},
                        key="files",
                        name="bucket/files",
                    )
                ],
            },
            title="Files are read by the distribution alone",
            severity="critical",
            theme="files",
            basis="inferred",
            basis_reason="the page says files are served through the distribution",
            spec="specs/demo/files.yaml",
            relation="resource_policy",
            kind="aws_s3_bucket",
        ),
        control(
            "alarm-memory",
            "unbuilt",
            "fail",
            {
                "terraform": [
                    verdict(
                        "absent", "", {"count": 1}, cause="nearest: aws_cloudwatch_metric_alarm.cpu misses metric_name"
                    )
                ],
                "live": [verdict("absent", "", {"count": 1}, cause="no alarm on FreeableMemory")],
            },
            title="Low database memory raises an alarm",
            severity="low",
            theme="monitoring",
            baseline="new",
        ),
    ]


def _undecided() -> list[Data]:
    return [
        control(
            "nat-volume",
            "undecided",
            "undecided",
            {
                "terraform": [
                    source(
                        "unknown",
                        "root_block_device[0].volume_size",
                        8,
                        unknown("computed", "module.nat.aws_launch_template.nat.id"),
                        key="nat",
                        cause="computed: module.nat.aws_launch_template.nat.id",
                        mend="give a plan or the state",
                    )
                ],
                "live": [
                    live(
                        "unreadable",
                        "root_block_device[0].volume_size",
                        8,
                        unknown("unreadable", detail="ec2:DescribeVolumes denied"),
                        key="nat",
                        name="instance/i-1",
                        cause="AccessDenied: ec2:DescribeVolumes",
                        mend="grant ec2:DescribeVolumes",
                    )
                ],
            },
            title="The NAT instance has an 8 GB volume",
            theme="network",
            spec="specs/demo/network.yaml",
        ),
        control(
            "task-grants",
            "undecided",
            "undecided",
            {
                "terraform": [
                    source(
                        "unknown",
                        "policy",
                        ["s3:GetObject"],
                        unknown(
                            "variable without value",
                            "var.bucket",
                            parts=["arn:aws:s3:::", unknown("variable without value", "var.bucket"), "/*"],
                        ),
                        key="task",
                        cause="variable without value: var.bucket",
                    )
                ],
                "live": [live("pass", "policy", ["s3:GetObject"], ["s3:GetObject"], key="task", name="role/task")],
            },
            title="The task role may do three things with files",
            theme="iam",
            spec="specs/demo/iam.yaml",
            relation="grants",
        ),
        control(
            "second-zone",
            "unbuilt",
            "undecided",
            {
                "terraform": [verdict("absent", "", {"count": 2}, cause="one subnet only")],
                "live": [verdict("absent", "", {"count": 2}, cause="one subnet only")],
            },
            title="The database spans two zones",
            planned="phase 6: multi-zone",
            severity="info",
        ),
    ]


def _agreeing() -> list[Data]:
    many = [source("pass", f"ingress[{index}]", [443], [443], key="alb") for index in range(12)]
    secret = live("pass", "auth_token", {"set": True}, redacted(), key="redis", name="cluster/redis")
    return [
        control(
            "port-chain",
            "agrees",
            "pass",
            {"terraform": many, "live": [{**item, "resource": "sg-1"} for item in many]},
            title="Each tier accepts only the hop before it",
            theme="network",
            relation="reach",
            severity="critical",
        ),
        control(
            "redis-token",
            "single plane",
            "pass",
            {"live": [secret]},
            title="Redis asks for a token",
            theme="cache",
            basis="rule",
        ),
        control(
            "db-absent",
            "unapplied",
            "fail",
            {
                "terraform": [verdict("absent", "", {"count": 1}, cause="not in the source")],
                "live": [live("pass", "engine", "postgres", "postgres", key="demo-prod")],
            },
            title="The database is PostgreSQL",
        ),
        control(
            "nothing-read", "agrees", "pass", {"terraform": [], "live": []}, title="No public snapshot", severity="info"
        ),
    ]


POLICY = unknown(
    "computed",
    "aws_cloudfront_distribution.files.arn",
    open=True,
    partial={
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Principal": {"Service": "cloudfront.amazonaws.com"},
                "Resource": "arn:aws:s3:::demo-files/*",
                "Condition": {
                    "StringEquals": {"AWS:SourceArn": unknown("computed", "aws_cloudfront_distribution.files.arn")}
                },
            }
        ],
    },
)

CASES: dict[str, Callable[[], Data]] = {"empty": empty, "mixed": mixed, "korean": korean, "hostile": hostile}
