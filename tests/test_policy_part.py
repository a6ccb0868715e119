"""The ``checkov`` part of a spec: what it makes controls of, and what is refused by file, line and nearest name."""

from __future__ import annotations

from pathlib import Path

import pytest

from audits import kinds, relations
from audits.model import CATALOGUE, Spec
from audits.policy_list import version
from audits.spec import SpecError, load_file

HEAD = "spec: shop/policies\ndocument: README.md\n"
CONTROL = """controls:
  - id: orders-encrypted
    title: Orders are encrypted
    clause: {section: Data, row: orders, states: encrypted}
    basis: stated
    severity: high
    policy: CKV_AWS_16
"""


def load(folder: Path, text: str) -> Spec:
    file = folder / "policies.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    return load_file(file, kinds.registry(), relations.registry())


def refused(folder: Path, text: str) -> list[str]:
    with pytest.raises(SpecError) as error:
        load(folder, text)
    return [problem.removeprefix(f"{folder}/policies.yaml:") for problem in error.value.problems]


def test_required_policies_are_controls_by_their_id(tmp_path: Path) -> None:
    text = "checkov:\n  required:\n    - {id: CKV_AWS_16, severity: high, remedy: encrypt, frameworks: {x: [A.1]}}\n"
    spec = load(tmp_path, text + "    - {id: CKV_AWS_17, reason: inside only}\n")
    first, second = spec.controls
    assert (first.id, first.severity, first.remedy, first.line) == ("CKV_AWS_16", "high", "encrypt", 5)
    assert (first.frameworks, first.planes, first.relation) == ({"x": ("A.1",)}, ("terraform",), "policy")
    assert (first.clause.document, first.clause.section) == (CATALOGUE, f"Checkov {version()}")
    assert first.title == first.clause.row == "Ensure all data stored in the RDS is securely encrypted at rest"
    assert (second.severity, second.basis_reason) == ("medium", "inside only")
    assert spec.decisions == ()


def test_what_is_accepted_for_some_is_a_control_and_for_all_is_none(tmp_path: Path) -> None:
    text = """checkov:
  accepted:
    - {id: CKV_AWS_16, resource: "*.old", reason: leaves in May}
    - {id: CKV_AWS_18, reason: too small}
  ignored:
    - {id: "CKV_TF_*", reason: one repository}
"""
    spec = load(tmp_path, text)
    (control,) = spec.controls
    place = f"{tmp_path.as_posix()}/policies.yaml:5"
    assert control.body["accepted"] == [{"resource": "*.old", "reason": "leaves in May", "place": place}]
    assert [(one.decision, one.pattern, one.reason, one.line) for one in spec.decisions or ()] == [
        ("accepted", "CKV_AWS_18", "too small", 6),
        ("ignored", "CKV_TF_*", "one repository", 8),
    ]


def test_an_empty_part_asks_for_all_of_it(tmp_path: Path) -> None:
    assert load(tmp_path, "checkov: {}\n").decisions == ()
    assert load(tmp_path, CONTROL).decisions is None


def test_a_control_with_a_clause_can_rest_on_a_policy(tmp_path: Path) -> None:
    (control,) = load(tmp_path, CONTROL).controls
    assert (control.id, control.planes, control.body) == ("orders-encrypted", ("terraform",), {"policy": "CKV_AWS_16"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "checkov: {required: [{id: CKV_AWS_160000}]}\n",
            "3: Checkov has no policy 'CKV_AWS_160000' for AWS; did you mean",
        ),
        ("checkov: {required: [{id: CKV_AZURE_1}]}\n", "3: Checkov has no policy 'CKV_AZURE_1' for AWS"),
        ("checkov: {ignored: [{id: 'CKV_GCP_*', reason: no}]}\n", "3: no policy of Checkov's is like 'CKV_GCP_*'"),
        ("checkov: {required: [{id: CKV_AWS_16}, {id: CKV_AWS_16}]}\n", "3: CKV_AWS_16 is required twice"),
        ("checkov: {accepted: [{id: CKV_AWS_16}]}\n", "3: checkov.accepted[0] lacks 'reason'"),
        ("checkov: {require: [{id: CKV_AWS_16}]}\n", "3: unknown key 'require' in checkov; did you mean 'required'?"),
        ("checkov: {required: [CKV_AWS_16]}\n", "3: checkov.required[0]: 'CKV_AWS_16' is not of type 'object'"),
        (
            "checkov:\n  required: [{id: CKV_AWS_16}]\n  accepted: [{id: CKV_AWS_16, reason: no}]\n",
            "5: CKV_AWS_16 is required above: name the resource for which it is accepted",
        ),
        (
            "checkov:\n  required: [{id: CKV_AWS_16}]\n  ignored: [{id: CKV_AWS_1*, reason: no}]\n",
            "5: CKV_AWS_16 is required or accepted above, and ignored here",
        ),
        (
            CONTROL + "    planes: [live]\n",
            "10: orders-encrypted: policy says nothing of live: planes are ['terraform']",
        ),
        (CONTROL.replace("CKV_AWS_16", "CKV_AWS_16x"), "9: orders-encrypted: Checkov has no policy 'CKV_AWS_16x'"),
        ("theme: x\n", "1: the spec lacks 'controls'"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (problem,) = refused(tmp_path, text)
    assert problem.startswith(said)
