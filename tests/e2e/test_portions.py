"""An audit asks for those parts of a kind, and those details, that its checks are about, and knows that it did."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from audits import evidence, kinds
from audits.model import Extent, Unknown
from audits.planes import live as live_plane
from examples.glimpse.account.demo import seeded
from examples.glimpse.account.server import environment as demo_environment
from tests.planes.live.world import World, environment, moto_account
from tests.project.harness import audit, audit_apart, report, states

SPEC = """spec: x/scaling
document: README.md
controls:
"""
CONTROL = """  - id: {name}
    title: It may have twenty
    clause: {{section: "a", row: "b", states: "c"}}
    basis: stated
    severity: medium
    kind: aws_appautoscaling_target
    planes: [live]
    select: {select}
    count: {count}
    expect: {{max_capacity: 20}}
"""
TABLES = ("tables", "{service_namespace: dynamodb}", 1)
BROKERS = ("brokers", "{service_namespace: kafka}", 1)
NO_BROKERS = ("no-brokers", "{service_namespace: kafka}", 0)
WIDE = ("wide", "{max_capacity: 20}", 1)


def write(folder: Path, *controls: tuple[str, str, int]) -> None:
    texts = [CONTROL.format(name=name, select=select, count=count) for name, select, count in controls]
    (folder / "specs").mkdir(exist_ok=True)
    (folder / "specs" / "scaling.yaml").write_text(SPEC + "".join(texts), encoding="utf-8")


def judged(run: dict[str, Any]) -> str:
    return json.dumps({name: run[name] for name in ("controls", "gaps", "findings", "summary")})


@pytest.fixture
def account() -> Any:
    with moto_account() as world:
        world.client("application-autoscaling").register_scalable_target(
            ServiceNamespace="dynamodb",
            ResourceId="table/orders",
            ScalableDimension="dynamodb:table:ReadCapacityUnits",
            MinCapacity=1,
            MaxCapacity=20,
            RoleARN="arn:aws:iam::123456789012:role/scaling",
        )
        yield world


def live(world: World, folder: Path, *more: str) -> dict[str, Any]:
    audit(folder, "specs", "--live", "--report", "json=run.json", *more, env=environment(world.endpoint))
    return report(folder / "run.json")


def asked(folder: Path) -> int:
    kept = evidence.load(evidence.open_run(folder / "run.json"), "live")
    return sum(call.operation == "describe_scalable_targets" for call in kept.calls)


def test_the_checks_of_today_and_other_ones_tomorrow(account: World, tmp_path: Path) -> None:
    write(tmp_path, TABLES)
    first = live(account, tmp_path)
    assert (states(first, "live"), first["gaps"], asked(tmp_path)) == ({"tables": "pass"}, [], 1)

    for run in (audit, audit_apart):
        workers = ("-n2",) if run is audit_apart else ()
        assert run(tmp_path, "specs", "--replay", "run.json", *workers, "--report", "json=again.json").status == 0
        assert judged(report(tmp_path / "again.json")) == judged(first)

    write(tmp_path, TABLES, BROKERS, NO_BROKERS, WIDE)
    audit(tmp_path, "specs", "--replay", "run.json", "--report", "json=other.json")
    other = report(tmp_path / "other.json")
    undecided = dict.fromkeys(("brokers", "no-brokers", "wide"), "unreadable")
    assert states(other, "live") == {"tables": "pass", **undecided}
    (counted,) = [
        verdict
        for one in other["controls"]
        if one["id"] == "no-brokers"
        for verdict in one["planes"]["live"]["verdicts"]
    ]
    assert counted["cause"] == "aws_appautoscaling_target of another service_namespace than dynamodb: not asked for"
    assert counted["mend"] == "read the account anew, with these specs"


@pytest.mark.parametrize("workers", [(), ("-n2",)])
def test_each_part_that_a_check_needs_is_asked_for(account: World, tmp_path: Path, workers: tuple[str, ...]) -> None:
    write(tmp_path, TABLES, BROKERS, NO_BROKERS)
    run = audit_apart if workers else audit
    env = environment(account.endpoint)
    run(tmp_path, "specs", "--live", "--report", "json=run.json", *workers, env=env)
    found = states(report(tmp_path / "run.json"), "live")
    assert (found, asked(tmp_path)) == ({"tables": "pass", "brokers": "absent", "no-brokers": "pass"}, 2)


def test_one_check_that_may_need_any_needs_all(account: World, tmp_path: Path) -> None:
    write(tmp_path, TABLES, NO_BROKERS, WIDE)
    found = live(account, tmp_path)
    assert states(found, "live") == {"tables": "pass", "no-brokers": "pass", "wide": "pass"}
    assert asked(tmp_path) >= 12


TOPIC = """  - id: {name}
    title: Alarms reach somebody
    clause: {{section: "a", row: "b", states: "c"}}
    basis: stated
    severity: medium
    kind: aws_sns_topic
    planes: [live]
    select: {{name: alarms}}
    expect: {{{path}: {value}}}
"""
NAMED = TOPIC.format(name="named", path="name", value="alarms")
OWNED = TOPIC.format(name="owned", path="tags.Owner", value="operations")


def test_tags_that_take_a_call_are_read_where_a_check_speaks_of_them(account: World, tmp_path: Path) -> None:
    made = account.client("sns").create_topic(Name="alarms", Tags=[{"Key": "Owner", "Value": "operations"}])
    assert made["TopicArn"]
    (tmp_path / "specs").mkdir()
    file = tmp_path / "specs" / "topics.yaml"

    def calls() -> list[str]:
        kept = evidence.load(evidence.open_run(tmp_path / "run.json"), "live")
        return [call.operation for call in kept.calls if call.service == "sns"]

    file.write_text(SPEC + NAMED, encoding="utf-8")
    assert states(live(account, tmp_path), "live") == {"named": "pass"}
    assert "list_tags_for_resource" not in calls()

    file.write_text(SPEC + NAMED + OWNED, encoding="utf-8")
    audit(tmp_path, "specs", "--replay", "run.json", "--report", "json=other.json")
    other = report(tmp_path / "other.json")
    assert states(other, "live") == {"named": "pass", "owned": "unreadable"}
    (verdict,) = [
        verdict
        for verdict in next(one for one in other["controls"] if one["id"] == "owned")["planes"]["live"]["verdicts"]
        if verdict["path"] == "tags.Owner"
    ]
    assert verdict["cause"].endswith(
        "not asked for: no check for which the account was read speaks of it; read it anew"
    )

    assert states(live(account, tmp_path), "live") == {"named": "pass", "owned": "pass"}
    assert "list_tags_for_resource" in calls()


OF_PRIVATE_ZONES = {("aws_route53_zone", "vpc")}
"""The demo account has a public zone only: of that, the listing says that it has no network."""


def test_what_is_left_out_changes_nothing_else() -> None:
    every = {
        kind.type: kind
        for kind in kinds.registry().values()
        if kind.on_demand or any("tag" in read.operation for read in kind.reads)
    }
    extent = Extent(left_out={name: frozenset(kind.details) for name, kind in every.items()})
    with seeded(()) as endpoint, mock.patch.dict(os.environ, demo_environment(endpoint), clear=True):
        whole = live_plane.observe(list(every.values()))
        less = live_plane.observe(list(every.values()), extent=extent)
    assert len(less.calls) < len(whole.calls) - 20
    assert [(gap.scope, gap.cause) for gap in less.gaps] == [(gap.scope, gap.cause) for gap in whole.gaps]
    found = {(one.kind, one.identity): one for one in less.resources}
    assert found.keys() == {(one.kind, one.identity) for one in whole.resources}
    unread = set()
    for one in whole.resources:
        told = {name for names in every[one.kind].details.values() for name in names} | {"tags_all"}
        other = found[one.kind, one.identity].attributes
        assert {name: value for name, value in other.items() if name not in told} == {
            name: value for name, value in one.attributes.items() if name not in told
        }, one.identity
        unread |= {(one.kind, name) for name in told if str(other.get(name)) != str(one.attributes.get(name))}
        for name in told:
            if other.get(name) != one.attributes.get(name):
                assert isinstance(other[name], Unknown) and other[name].detail.startswith("not asked for"), name
    for kind, details in ((kind, kind.on_demand) for kind in every.values() if kind.type in {k for k, _ in found}):
        told_of = {(kind.type, name) for names in details.values() for name in names} - OF_PRIVATE_ZONES
        assert told_of <= unread, kind.type
