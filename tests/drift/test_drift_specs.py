"""What specs say of drift and of what is unmanaged, and what they are told where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from drift_factories import ours, plane

from audits import kinds, plan, relations
from audits.model import DriftRule, Origin, Scope, Spec
from audits.spec import SpecError, load_file
from audits.waiver_files import WaiverError, in_source, read

CONTROL = """
controls:
  - id: {id}
    title: A title
    clause: {{section: A, row: b, states: "1"}}
    basis: stated
    severity: high
    kind: aws_db_instance
    expect: {{instance_class: db.t4g.micro}}
"""


def spec(folder: Path, head: str, name: str = "c") -> Spec:
    path = folder / "x.yaml"
    path.write_text(f"spec: x\ndocument: README.md\n{head}\n{CONTROL.format(id=name)}", encoding="utf-8")
    return load_file(path, kinds.registry(), relations.registry())


def problems(folder: Path, head: str, name: str = "c") -> list[str]:
    with pytest.raises(SpecError) as caught:
        spec(folder, head, name)
    return [one.removeprefix(f"{folder}/") for one in caught.value.problems]


def test_a_spec_says_what_it_wants(tmp_path: Path) -> None:
    head = (
        'regions: [eu-west-1]\nmodules: {rds: ["aws_db_*"]}\ndrift: {severity: low, kinds: [aws_lb]}\n'
        'unmanaged: {kinds: ["aws_s3_*"], names: "^x", tags: {A: b}}'
    )
    found = spec(tmp_path, head)
    assert found.drift == DriftRule("low", ("aws_lb",))
    (rule,) = found.unmanaged
    assert (rule.kinds, rule.names, rule.tags, rule.severity) == (("aws_s3_*",), "^x", {"A": "b"}, "medium")
    assert (rule.scope, rule.modules) == (Scope(regions=("eu-west-1",)), {"rds": ("aws_db_*",)})
    assert rule.place.endswith("x.yaml:6")


def test_a_spec_need_not_say_anything(tmp_path: Path) -> None:
    found = spec(tmp_path, "")
    assert (found.drift, found.unmanaged) == (None, ())


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("drift: {kinds: [aws_cloudwatch_log_grup]}", "did you mean 'aws_cloudwatch_log_group'?"),
        ('unmanaged: {kinds: ["aws_bd_*"]}', "'aws_bd_*' matches no kind that is read from an account"),
        ("unmanaged: {name: x}", "unknown key 'name' in unmanaged; did you mean 'names'?"),
        ("unmanaged: {severity: high}", "unmanaged needs kinds, names or tags"),
        ('unmanaged: {names: "("}', "bad pattern '('"),
        ("drift: {severity: grave}", "drift.severity: 'grave' is none of"),
        ("unmanaged: {tags: {A: 1}}", "unmanaged.tags.A: 1 is not of type 'string'"),
        ("drift: {sevrity: low}", "did you mean 'severity'?"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, head: str, said: str) -> None:
    (problem,) = problems(tmp_path, head)
    assert problem.startswith("x.yaml:3: ")
    assert said in problem


@pytest.mark.parametrize("name", ["drift", "unmanaged"])
def test_no_control_takes_the_name_of_all_drift(tmp_path: Path, name: str) -> None:
    (problem,) = problems(tmp_path, "", name)
    assert problem == f"x.yaml:6: {name!r} is what waivers call all {name} by: name the control otherwise"


def test_what_is_compared_is_what_controls_need_and_what_specs_name(tmp_path: Path) -> None:
    def read_kinds(head: str) -> list[str]:
        return [one.type for one in plan.kinds_compared([spec(tmp_path, head)], relations.registry(), kinds.registry())]

    assert read_kinds("") == ["aws_db_instance"]
    assert read_kinds("drift: {kinds: [aws_lb]}\nunmanaged: {kinds: [aws_eip]}") == [
        "aws_db_instance",
        "aws_eip",
        "aws_lb",
    ]


def test_of_a_kind_that_specs_name_all_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    body = (
        CONTROL.format(id="c")
        .replace("aws_db_instance", "aws_appautoscaling_target")
        .replace(
            "expect: {instance_class: db.t4g.micro}", "select: {service_namespace: ecs}\n    expect: {min_capacity: 2}"
        )
    )

    def portions(head: str) -> list[str]:
        path.write_text(f"spec: x\ndocument: README.md\n{head}\n{body}", encoding="utf-8")
        found = load_file(path, kinds.registry(), relations.registry())
        extent = plan.extent_compared([found], relations.registry(), kinds.registry())
        assert extent.left_out == {}
        return [one.kind for one in extent.portions]

    assert portions("") == ["aws_appautoscaling_target"]
    assert portions('drift: {kinds: ["aws_appautoscaling_*"]}') == []


# -- Waivers


def waivers(folder: Path, **more: str) -> list[str]:
    """What is wrong with a waiver of drift."""
    fields = {
        "control": "drift",
        "resource": "x",
        "owner": "a",
        "approver": "b",
        "reason": "c",
        "expires": "2030-01-01",
    }
    path = folder / "waivers.yaml"
    body = "\n    ".join(f'{name}: "{value}"' for name, value in (fields | more).items())
    path.write_text(f"waivers:\n  - {body}\n", encoding="utf-8")
    try:
        read([path], [spec(folder, "")])
    except WaiverError as error:
        return [one.rpartition(": ")[2] if one.count(": ") < 2 else one.partition(": ")[2] for one in error.problems]
    return []


def test_waivers_may_speak_of_drift_and_of_what_is_unmanaged(tmp_path: Path) -> None:
    assert waivers(tmp_path) == []
    assert waivers(tmp_path, path="tags.*") == []
    assert waivers(tmp_path, control="unmanaged") == []


def test_a_waiver_of_drift_names_no_plane_and_one_of_unmanaged_no_path(tmp_path: Path) -> None:
    assert waivers(tmp_path, plane="live") == ["drift is between the planes: leave plane out"]
    assert waivers(tmp_path, control="unmanaged", path="x") == [
        "what is unmanaged is a whole resource: name it by resource"
    ]
    assert waivers(tmp_path, control="drfit") == ["no control 'drfit'; did you mean 'drift'?"]


def test_a_comment_in_terraform_waives_drift_there_and_nothing_that_is_unmanaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    group = ours("aws_cloudwatch_log_group", "aws_cloudwatch_log_group.a", name="a", Origin=Origin("main.tf", 3))
    source = plane("terraform", group)

    def written(control: str) -> list[str]:
        text = f'\n\nresource "aws_cloudwatch_log_group" "a" {{ # audit:waive {control} known until=2030-01-01\n}}\n'
        (tmp_path / "main.tf").write_text(text, encoding="utf-8")
        return [one.control for one in in_source(source, [])]

    assert written("drift") == ["drift"]
    with pytest.raises(WaiverError, match="no control 'unmanaged'"):
        written("unmanaged")


def test_a_comment_in_a_spec_waives_no_drift(tmp_path: Path) -> None:
    found = spec(tmp_path, "# audit:waive drift everything until=2030-01-01")
    with pytest.raises(WaiverError, match="no control 'drift'"):
        read([], [found])
