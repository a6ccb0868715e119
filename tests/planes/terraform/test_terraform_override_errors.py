from __future__ import annotations

from pathlib import Path

import pytest

from audits.planes.terraform import SourceError, read


@pytest.mark.parametrize("name", ["override.tf", "size_override.tf"])
def test_without_an_override_file_no_value_is_certain(tmp_path: Path, name: str) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_db_instance" "a" {\n  backup_retention_period = 7\n}\n')
    (tmp_path / name).write_text('resource "aws_db_instance" "a" {\n  backup_retention_period = = 1\n}\n')
    with pytest.raises(SourceError, match=rf"{name}:2: .*override file"):
        read(tmp_path)


def test_an_ordinary_broken_file_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_db_instance" "a" {\n  backup_retention_period = 7\n}\n')
    (tmp_path / "other.tf").write_text("resource {{\n")
    observation = read(tmp_path)
    assert [one.attributes["backup_retention_period"] for one in observation.resources] == [7]
    assert [gap.cause for gap in observation.gaps] == ["syntax error"]


def test_a_missing_module_that_is_switched_off_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('module "x" {\n  source = "./gone"\n  count  = 0\n}\n')
    assert read(tmp_path).gaps == ()
    (tmp_path / "main.tf").write_text('module "x" {\n  source = "./gone"\n  count  = 1\n}\n')
    assert [gap.module for gap in read(tmp_path).gaps] == ["x"]
