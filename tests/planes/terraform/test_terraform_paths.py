"""Odd files and folders: what cannot be read is a gap, nothing beyond the checkout is read, nothing hangs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from audits.planes.terraform import SourceError, read

MODULE = 'module "m" {\n  source = "%s"\n  given  = "x"\n}\n'
INNER = 'resource "terraform_data" "inner" {}\n'


def gaps(folder: Path) -> list[tuple[str, str]]:
    return [(gap.cause, gap.detail) for gap in read(folder, environment={}).gaps]


def listing(folder: Path, document: Any) -> None:
    (folder / "main.tf").write_text(MODULE % "registry/x/aws")
    path = folder / ".terraform" / "modules" / "modules.json"
    path.parent.mkdir(parents=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document))


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[" * 100_000,
        "null",
        {"Modules": None},
        {"Modules": [{"Key": "m"}]},
        {"Modules": [{"Key": "m", "Dir": "x" * 5_000}]},
        {"Modules": [{"Key": "m", "Dir": "a\0b"}]},
        {"Modules": [{"Key": "m", "Dir": None}]},
        {"Modules": [{"Key": "m", "Dir": {"a": 1}}]},
        {"Modules": [{"Key": "m", "Dir": "/"}]},
        {"Modules": [{"Key": "m", "Dir": "../outside"}]},
        {"Modules": [{"Key": "m", "Dir": "."}]},
        '{"Modules": [{"Key": "m", "Dir": "\\ud800"}]}',
    ],
)
def test_a_listing_of_modules_that_leads_nowhere(tmp_path: Path, document: Any) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    root.mkdir()
    (outside / "main.tf").write_text(INNER)
    listing(root, document)
    ((cause, _),) = gaps(root)
    assert cause == "missing module"
    (module,) = read(root, environment={}).resources
    assert (module.kind, module.attributes["given"]) == ("module", "x")


def test_modules_beyond_the_checkout_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "main.tf").write_text(INNER)
    root = tmp_path / "checkout" / "root"
    root.mkdir(parents=True)
    (root / "link").symlink_to(tmp_path / "outside")
    for source in ("../../outside", "./link"):
        (root / "main.tf").write_text(MODULE % source)
        assert "missing module" not in [cause for cause, _ in gaps(root)]
    (tmp_path / "checkout" / ".git").mkdir()
    for source in ("../../outside", "./link"):
        (root / "main.tf").write_text(MODULE % source)
        ((cause, detail),) = gaps(root)
        assert (cause, "outside the source tree" in detail) == ("missing module", True)


def test_an_empty_folder_is_a_missing_module(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "main.tf").write_text(MODULE % "./m" + 'resource "terraform_data" "x" {\n  input = module.m.out\n}\n')
    assert gaps(tmp_path) == [("missing module", "there are no Terraform files in m")]


def test_modules_that_call_themselves_by_links(tmp_path: Path) -> None:
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "main.tf").write_text('module "m" {\n  source = "./again"\n}\n')
    assert gaps(tmp_path) == [("missing module", "the module calls itself")]
    (tmp_path / "main.tf").write_text('module "m" {\n  source = "./loop"\n}\n')
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert gaps(tmp_path) == [("missing module", "there is no folder loop")]


def test_pipes_and_devices_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('variable "a" {}\n' + INNER)
    for name in ("pipe.tf", "x.auto.tfvars"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "zero.tf").symlink_to("/dev/zero")
    (tmp_path / ".terraform" / "modules").mkdir(parents=True)
    os.mkfifo(tmp_path / ".terraform" / "environment")
    os.mkfifo(tmp_path / ".terraform" / "modules" / "modules.json")
    assert [detail for _, detail in gaps(tmp_path)].count("not a regular file") == 3


@pytest.mark.parametrize("name", ["a\nb.tf", "\x1b[31m.tf", "é.tf", "-rf.tf", "$(x).tf"])
def test_odd_names(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(INNER + "locals {\n  a = (\n}\n")
    (gap,) = read(tmp_path, environment={}).gaps
    assert gap.cause == "syntax error"
    (tmp_path / name).write_text(INNER)
    (resource,) = read(tmp_path, environment={}).resources
    assert resource.origin.file == name


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"a = \xff\n", "not valid UTF-8"),
        (b"\xff\xfel\x00o\x00", "not valid UTF-8"),
        (b"locals {\n a = 1\0\n}\n", "unexpected character"),
        (b"#" * (4 * 1024 * 1024 + 1), "larger than 4 MB"),
    ],
)
def test_what_is_no_text_is_a_gap(tmp_path: Path, data: bytes, detail: str) -> None:
    (tmp_path / "main.tf").write_bytes(data)
    ((cause, found),) = gaps(tmp_path)
    assert cause == "syntax error"
    assert detail in found


def test_marks_and_line_ends_of_other_systems(tmp_path: Path) -> None:
    text = 'resource "terraform_data" "x" {\n  input = <<-A\n    one\n    two\n  A\n}\n'
    (tmp_path / "main.tf").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    observation = read(tmp_path, environment={})
    assert observation.gaps == ()
    assert observation.resources[0].attributes["input"] == "one\r\ntwo\r\n"


@pytest.mark.parametrize("name", ["x" * 5_000, "a\0b"])
def test_a_folder_that_cannot_be_asked_for(name: str) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        read(Path(name), environment={})
    with pytest.raises(SourceError):
        read(Path(__file__).with_name("roots") / "counts", var_files=[Path(name)], environment={})


def test_a_folder_with_very_many_files(tmp_path: Path) -> None:
    for number in range(20_000):
        (tmp_path / f"{number}.txt").touch()
    (tmp_path / "main.tf").write_text('resource "terraform_data" "x" {\n  input = length(fileset(".", "**"))\n}\n')
    (resource,) = read(tmp_path, environment={}).resources
    assert resource.attributes["input"] == 20_001
