"""Small functions that build parts of a run: verdicts, planes, controls, the whole."""

from __future__ import annotations

from collections import Counter
from typing import Any

Data = dict[str, Any]

DOCUMENT = "docs/state.md"
SHA = "9f2c" * 16


def unknown(cause: str, *references: str, **more: Any) -> Data:
    return {"__unknown__": {"cause": cause, "references": list(references), **more}}


def redacted(reason: str = "sensitive") -> Data:
    return {"__redacted__": {"reason": reason}}


def origin(
    file: str | None = None, line: int | None = None, arn: str | None = None, calls: tuple[str, ...] = ()
) -> Data:
    return {"file": file, "line": line, "column": 3 if line else None, "arn": arn, "calls": list(calls)}


def verdict(state: str, path: str, expected: Any, actual: Any = None, **more: Any) -> Data:
    base: Data = {
        "state": state,
        "path": path,
        "expected": expected,
        "actual": actual,
        "resource": None,
        "key": None,
        "account": None,
        "region": None,
        "origin": None,
        "cause": "",
        "mend": "",
        "waiver": None,
    }
    return {**base, **more}


def source(
    state: str, path: str, expected: Any, actual: Any = None, *, name: str = "aws_db_instance.main", **more: Any
) -> Data:
    """A verdict on Terraform source."""
    place = origin("modules/data/main.tf", 14, calls=("main.tf:31 module.data",))
    return verdict(state, path, expected, actual, **{"resource": f"module.data.{name}", "origin": place, **more})


def live(state: str, path: str, expected: Any, actual: Any = None, *, name: str = "db:demo-prod", **more: Any) -> Data:
    """A verdict on the account."""
    arn = f"arn:aws:rds:ap-northeast-2:000011112222:{name}"
    place = {"resource": arn, "origin": origin(arn=arn), "account": "000011112222", "region": "ap-northeast-2"}
    return verdict(state, path, expected, actual, **{**place, **more})


ORDER = ("fail", "absent", "unreadable", "unknown", "pass")


def plane(verdicts: list[Data], examined: int = 1) -> Data:
    state = min((item["state"] for item in verdicts), key=ORDER.index, default="pass")
    return {"examined": examined, "state": state, "verdicts": verdicts}


def control(name: str, standing: str, outcome: str, sides: dict[str, list[Data]], **more: Any) -> Data:
    """One control; its rows pair the planes' verdicts by key and path."""
    base: Data = {
        "id": name,
        "spec": "specs/demo/database.yaml",
        "line": 12,
        "title": f"Demo of {name}",
        "severity": "high",
        "theme": "database",
        "basis": "stated",
        "basis_reason": "",
        "frameworks": {},
        "remedy": "",
        "planned": None,
        "clause": {
            "document": DOCUMENT,
            "section": "State > Data",
            "row": "Database",
            "states": "db.t4g.micro",
            "line": 30,
        },
        "kind": "aws_db_instance",
        "relation": "attributes",
        "standing": standing,
        "outcome": outcome,
        "baseline": None,
        "planes": {side: plane(verdicts) for side, verdicts in sides.items()},
        "rows": rows(standing, sides),
    }
    return {**base, **more}


def rows(standing: str, sides: dict[str, list[Data]]) -> list[Data]:
    found: dict[tuple[str | None, str], Data] = {}
    for side, verdicts in sides.items():
        for item in verdicts:
            row = found.setdefault(
                (item["key"], item["path"]),
                {
                    "key": item["key"],
                    "path": item["path"],
                    "expected": item["expected"],
                    "standing": standing,
                    "terraform": None,
                    "live": None,
                },
            )
            row[side] = {
                name: item[name] for name in ("state", "resource", "actual", "origin", "cause", "mend", "waiver")
            }
    for row in found.values():
        if all(row[side] is None or row[side]["state"] == "pass" for side in ("terraform", "live")):
            row["standing"] = "agrees" if len(sides) == 2 else "single plane"
    return list(found.values())


def citation(state: str, name: str, **more: Any) -> Data:
    """A clause as it was looked up in the document."""
    base: Data = {"control": name, "spec": "specs/x.yaml", "severity": "high", "state": state, "known": False}
    return base | {"detail": "", "line": None, "moved": False, "nearest": "", "nearest_line": None} | more


CITATIONS = [
    citation(
        "clause-changed", "rds-instance", detail="the row states something else", nearest="| a | b |", nearest_line=30
    ),
    citation("clause-changed", "redis-node", detail="there is no section 'Sizes'", known=True),
    citation("unreadable", "ecs-task-size", detail="characters were lost where it may stand"),
    citation("stands", "nat-instance", line=34, moved=True),
    citation("stands", "no-nat-gateway", line=112),
]


def statement(states: str, line: int, *, wins: bool = False, state: str | None = "stands", **more: Any) -> Data:
    """One side of a contradiction."""
    base: Data = {"document": DOCUMENT, "section": "State > Data", "row": "Tasks", "states": states, "line": line}
    base |= {"wins": wins, "state": state, "detail": "", "now": line if state == "stands" else None, "moved": False}
    return base | {"nearest": "", "nearest_line": None} | more


def contradiction(state: str | None, name: str, *statements: Data, **more: Any) -> Data:
    """A contradiction as it stands in a run."""
    base: Data = {"id": name, "spec": "specs/x.yaml", "line": 5, "title": f"About {name}", "ruling": "The first."}
    base |= {"why": "It is newer.", "controls": ["ecs-task-size"], "state": state, "statements": list(statements)}
    return base | more


CONTRADICTIONS = [
    contradiction("stands", "task-count", statement("2 tasks", 29, wins=True), statement("3 tasks", 358)),
    contradiction(
        "changed",
        "cpu",
        statement(
            "70%", 318, wins=True, state="clause-changed", detail="gone", nearest="- CPU > 75%", nearest_line=318
        ),
        statement("80%", 471),
    ),
    contradiction("mended", "cost", statement("$73", 4, wins=True), statement("$83", 300, state="clause-changed")),
    contradiction("vanished", "nat", statement("a", 1, wins=True), statement("b", 2, state="clause-changed")),
    contradiction("unreadable", "pool", statement("c", 1), statement("d", 2, state="unreadable")),
    contradiction(None, "unlooked", statement("e", 1, state=None), statement("f", 2, state=None)),
]


def fact(state: str, row: str | None = "Database", **more: Any) -> Data:
    """A clause that the specs cite."""
    base: Data = {"row": row, "states": "db.t4g.micro" if row else None, "line": 30 if row else None, "state": state}
    base |= {"controls": [], "contradictions": [], "reasons": [], "standing": "stands", "now": 30}
    return base | more


def covered(*facts: Data, uncited: list[Data] | None = None, stale: tuple[str, ...] = ()) -> Data:
    """What the document states, and what checks it."""
    states = Counter(one["state"] for one in facts)
    counts = {name: states[name.replace("_", " ")] for name in ("audited", "planned", "contradicted", "not_audited")}
    counts |= {"facts": len(facts), "uncited": None if uncited is None else len(uncited)}
    sections = [{"document": DOCUMENT, "section": "State > Data", "facts": list(facts)}] if facts else []
    return {"sections": sections, "uncited": uncited, "stale": list(stale), "counts": counts}


def checked_by(name: str, *, planned: bool = False) -> Data:
    """A control that checks a fact."""
    return {"id": name, "planes": ["terraform", "live"], "planned": planned}


STATED = covered(
    fact("audited", controls=[checked_by("rds-instance")]),
    fact("planned", "Reserved", controls=[checked_by("reserved", planned=True)]),
    fact("contradicted", "Tasks", contradictions=["task-count"]),
    fact("not audited", "Users", reasons=["How many users there are is no setting."]),
    fact("not audited", None, reasons=["The past."]),
    uncited=[{"section": "State > Data", "line": 31, "text": "| Storage | 20 GB |"}],
    stale=("specs/x.yaml:9: 'Users' '500' is declared not audited, and rds-instance cites it",),
)


def waiver(state: str, name: str, **more: Any) -> Data:
    """A waiver as it stands in a run."""
    base: Data = {"control": name, "resource": "aws_x.*", "path": None, "plane": None, "owner": "a@example.com"}
    base |= {"approver": "b@example.com", "reason": "until the migration", "ticket": "OPS-1", "expires": "2026-12-31"}
    base |= {"file": "specs/waivers.yaml", "line": 2, "inline": False, "code_line": None, "state": state}
    return base | {"fails": state in ("expired", "over-broad", "unused"), "covers": int(state == "in force")} | more


WAIVERS = [
    waiver("in force", "rds-instance"),
    waiver("expired", "redis-node", expires="2026-01-31", ticket=""),
    waiver("unused", "ecs-task-size", plane="live", path="cpu"),
    waiver("over-broad", "nat-instance", resource="*"),
    waiver("not decided", "port-chain", inline=True, owner="", approver="", ticket="", resource=None),
]


def policy(decision: str, policy: str, states: Data, *places: Data, about: str = "", title: str = "") -> Data:
    return {
        "id": policy,
        "title": title or f"Ensure what {policy} asks for",
        "decision": decision,
        "about": about,
        "states": states,
        "quiet": 0,
        "places": list(places),
    }


def place(state: str, resource: str | None, cause: str = "", line: int = 3) -> Data:
    return {"state": state, "resource": resource, "origin": origin("modules/ecs/main.tf", line), "cause": cause}


def policies(*entries: Data, **more: Any) -> Data:
    return {
        "tool": "checkov",
        "version": "3.3.30",
        "failed": "",
        "mend": "",
        "unparsed": [],
        "entries": list(entries),
        **more,
    }


POLICIES = policies(
    policy("information", "CKV_AWS_158", {"fail": 12}, *[place("fail", f"aws_x.n[{n}]", line=n) for n in range(1, 13)]),
    policy(
        "information", "CKV_AWS_130", {"unknown": 1, "pass": 2}, place("unknown", "aws_subnet.a", "each.value.public")
    ),
    policy("accepted", "CKV_AWS_18", {"fail": 1}, place("fail", "aws_s3_bucket.b"), about="too small (specs/p.yaml:7)"),
    policy("required", "CKV_AWS_16", {"pass": 1}, about="CKV_AWS_16"),
    policy("ignored", "CKV_TF_1", {"unknown": 9}, about="one repository (specs/p.yaml:9)"),
)


def cost_cell(state: str, low: float | None, high: float | None = None, cause: str = "") -> Data:
    return {"low": low, "high": high, "state": state, "cause": cause}


def cost_row(component: str, documented: float, **more: Any) -> Data:
    """One row of a table of costs; sides that are not given were not judged."""
    sides = {"control": None, "tolerance": None, "terraform": None, "live": None, "billed": None}
    return {"component": component, "documented": documented, **sides, **more}


def cost_table(rows: list[Data], total: float, **more: Any) -> Data:
    prices = {
        "currency": "USD",
        "region": "ap-northeast-2",
        "date": "2026-01-15",
        "source": "AWS Price List",
        "refreshed": True,
        "sha256": SHA,
    }
    added = round(sum(row["documented"] for row in rows), 2)
    return {"table": "now", "title": "Now", "total": total, "sum": added, "rows": rows, "prices": [prices], **more}


COSTS = [
    cost_table(
        [
            cost_row(
                "Database",
                13,
                control="rds-cost",
                tolerance={"low": 10.4, "high": 15.6},
                terraform=cost_cell("fail", 25.98, 49.34, "db.t4g.small costs more"),
                live=cost_cell("pass", 14.3, 14.3),
                billed=cost_cell("fail", 31.07, 31.07, "billed for 2026-02"),
            ),
            cost_row(
                "Load balancer",
                17,
                control="alb-cost",
                tolerance={"low": 13.6, "high": 20.4},
                terraform=cost_cell("unknown", 16.43, None, "capacity units are billed by use"),
                live=cost_cell("unreadable", 0, None, "AccessDenied"),
                billed=cost_cell("unreadable", None, None, "AccessDenied"),
            ),
            cost_row(
                "Cache",
                12,
                control="cache-cost",
                terraform=cost_cell("absent", 0, 0),
                live=cost_cell("fail", 1234.5, 1300),
            ),
            cost_row("Other", 7),
        ],
        40,
    ),
    cost_table([cost_row("All of it", 56)], 56, table="goal", title="The goal", prices=[]),
]


def run(controls: list[Data], gaps: list[Data] | None = None, findings: list[Data] | None = None, **more: Any) -> Data:
    """A whole run around the controls, its summary counted from them."""
    planes = more.pop("planes", ["terraform", "live"])
    verdicts = {side: dict(Counter(_states(controls, side))) for side in planes}
    outcomes = Counter(entry["outcome"] for entry in controls if not entry["planned"])
    based = any(entry["baseline"] for entry in controls)
    base: Data = {
        "schema": "glimpse-audit/run/v1",
        "run": about(planes),
        "controls": controls,
        "gaps": gaps or [],
        "findings": findings or [],
        "drift": [],
        "unmanaged": [],
        "document": [],
        "waivers": [],
        "summary": {
            "controls": dict(Counter(entry["standing"] for entry in controls)),
            "verdicts": verdicts,
            "deviations": outcomes["fail"],
            "undecided": outcomes["undecided"],
            "gaps": len(gaps or []),
            "new_deviations": sum(entry["baseline"] == "new" for entry in controls) if based else None,
            "resources": dict.fromkeys(planes, 64 if controls else 0),
            "exit_status": 1 if outcomes["fail"] else 0,
        },
    }
    return {**base, **more}


def _states(controls: list[Data], side: str) -> list[str]:
    parts = (entry["planes"][side] for entry in controls if side in entry["planes"])
    return [item["state"] for part in parts for item in part["verdicts"]]


def about(planes: list[str]) -> Data:
    return {
        "id": "20260301T021500Z-demo",
        "started": "2026-03-01T02:15:00Z",
        "finished": "2026-03-01T02:15:09Z",
        "timezone": "Asia/Seoul",
        "started_local": "2026-03-01 11:15:00 +09:00",
        "planes": planes,
        "caller": "arn:aws:sts::000011112222:assumed-role/auditor/nightly",
        "accounts": ["000011112222"],
        "regions": ["ap-northeast-2", "us-east-1"],
        "git": {"commit": "c0ffee0123456789c0ffee0123456789c0ffee01", "dirty": True},
        "document": {"path": DOCUMENT, "sha256": SHA},
        "specs": {"specs/demo/database.yaml": SHA},
        "tools": {"glimpse-audit": "0.1.0", "python": "3.11"},
        "options": {"strict": False, "var_file": ["prod.tfvars"]},
        "source": {"terraform": "infra/prod", "live": "http://127.0.0.1:5000"},
    }


GAPS: list[Data] = [
    {
        "plane": "live",
        "kinds": ["aws_ebs_volume"],
        "scope": "ec2:DescribeVolumes in ap-northeast-2",
        "cause": "AccessDenied",
        "detail": "not authorized",
        "mend": "grant ec2:DescribeVolumes to the auditor",
        "account": "000011112222",
        "region": "ap-northeast-2",
        "resource": None,
        "attribute": None,
        "module": None,
        "action": "ec2:DescribeVolumes",
        "origin": None,
    },
    {
        "plane": "terraform",
        "kinds": None,
        "scope": "module.cdn",
        "cause": "missing module",
        "detail": "./modules/cdn is not there",
        "mend": "check the module out, or declare which kinds live in it",
        "account": None,
        "region": None,
        "resource": None,
        "attribute": None,
        "module": "cdn",
        "action": None,
        "origin": origin("main.tf", 44),
    },
]

FINDINGS: list[Data] = [
    {
        "plane": "terraform",
        "title": "A validation fails",
        "detail": "var.zones wants two zones",
        "origin": origin("variables.tf", 9),
    },
]
