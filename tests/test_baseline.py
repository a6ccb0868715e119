"""Deviations that were there before are known again; everything else is new."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audits.baseline import BaselineError, fingerprint, load
from audits.codec import encode_verdict
from audits.model import Cause, Redacted, Unknown, Verdict
from tests.factories import verdict

OLD = verdict("fail", "aws_x.a", "p", actual=1, key="k", account="1", region="r")


def saved(path: Path, *verdicts: Verdict) -> Path:
    planes = {"live": {"verdicts": [encode_verdict(one) for one in verdicts]}}
    path.write_text(json.dumps({"schema": "glimpse-audit/run/v1", "controls": [{"id": "c", "planes": planes}]}))
    return path


@pytest.mark.parametrize(
    "one",
    [
        OLD,
        replace(OLD, key=None),
        verdict("absent", path="count", actual=0, key=""),
        replace(OLD, actual=[Unknown(Cause.COMPUTED), Redacted(), {"__unknown__": 1}, 1.0, "한\ud800"]),
    ],
)
def test_a_saved_deviation_is_known_again(tmp_path: Path, one: Verdict) -> None:
    assert load(saved(tmp_path / "run.json", one)) == {fingerprint("c", "live", one)}


def test_the_resource_counts_by_its_key() -> None:
    assert fingerprint("c", "live", replace(OLD, resource="aws_x.renamed")) == fingerprint("c", "live", OLD)


@pytest.mark.parametrize("change", [{"actual": 2}, {"path": "q"}, {"key": "z"}, {"region": "s"}, {"account": "2"}])
def test_anything_else_is_new(change: dict[str, Any]) -> None:
    assert fingerprint("c", "live", replace(OLD, **change)) != fingerprint("c", "live", OLD)
    assert fingerprint("c", "terraform", OLD) != fingerprint("c", "live", OLD) != fingerprint("d", "live", OLD)


def test_only_deviations_are_kept(tmp_path: Path) -> None:
    states = ("pass", "unknown", "unreadable")
    assert load(saved(tmp_path / "run.json", *(verdict(one) for one in states))) == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        "null",
        "5",
        '{"schema": "x/v2", "controls": []}',
        '{"schema": "x/v1"}',
        '{"schema": "x/v1", "controls": [1]}',
        '{"schema": "x/v1", "controls": [{"id": 1, "planes": {"live": {"verdicts": [{"state": "fail"}]}}}]}',
        "[" * 100_000,
    ],
)
def test_what_is_no_run_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(text)
    with pytest.raises(BaselineError) as caught:
        load(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_unreadable_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "gone", tmp_path, tmp_path / "b"):
        with pytest.raises(BaselineError):
            load(path)
