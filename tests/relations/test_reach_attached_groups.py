"""Groups that a resource of its own attaches to an interface count: they may let in what the inline ones do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from audits import kinds, sources
from audits.model import Verdict
from audits.sources import Sources
from audits.view import View
from tests.relations.reach_world import judge

BODY = {
    "tiers": {
        "web": {"kind": "aws_lb"},
        "host": {"kind": "aws_instance", "select": {"tags.Name": "host"}},
    },
    "reach": [{"from": "web", "to": "host", "ports": ["80/tcp"]}],
}
HOP, ELSE = "web → host: 80/tcp", "into host: nothing else"
SOURCE = """
resource "aws_lb" "web" { security_groups = [aws_security_group.web.id] }
resource "aws_security_group" "web" { name = "web" }
resource "aws_security_group" "host" {
  name = "host"
  ingress {
    from_port       = 80
    to_port         = 80
    protocol        = "tcp"
    security_groups = [aws_security_group.web.id]
  }
}
resource "aws_security_group" "open" {
  name = "open"
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "host" {
  ami                    = "ami-1"
  instance_type          = "t4g.nano"
  vpc_security_group_ids = [aws_security_group.host.id]
  tags                   = { Name = "host" }
}
resource "aws_instance" "other" {
  ami                    = "ami-1"
  instance_type          = "t4g.nano"
  vpc_security_group_ids = [aws_security_group.host.id]
  tags                   = { Name = "other" }
}
"""


def judged(folder: Path, more: str = "") -> dict[str, Verdict]:
    (folder / "main.tf").write_text(SOURCE + more, encoding="utf-8")
    return judge(View(sources.read("terraform", Sources(terraform=folder), ()), kinds.registry()), BODY)


def attachment(interface: str) -> str:
    return f"""
resource "aws_network_interface_sg_attachment" "more" {{
  security_group_id    = aws_security_group.open.id
  network_interface_id = {interface}
}}
"""


def test_without_one_nothing_else_leads_in(tmp_path: Path) -> None:
    found = judged(tmp_path)
    assert {path: one.state for path, one in found.items()} == {HOP: "pass", ELSE: "pass"}


def test_what_an_attached_group_lets_in_is_a_deviation(tmp_path: Path) -> None:
    found = judged(tmp_path, attachment("aws_instance.host.primary_network_interface_id"))
    assert found[ELSE].state == "fail"
    assert "22" in str(found[ELSE].actual)


def test_one_of_another_instance_leaves_it_as_it_is(tmp_path: Path) -> None:
    found = judged(tmp_path, attachment("aws_instance.other.primary_network_interface_id"))
    assert {path: one.state for path, one in found.items()} == {HOP: "pass", ELSE: "pass"}


@pytest.mark.parametrize("interface", ["var.interface", "data.aws_network_interface.some.id"])
def test_one_of_an_interface_that_cannot_be_told_leaves_it_open(tmp_path: Path, interface: str) -> None:
    more = 'variable "interface" {}\ndata "aws_network_interface" "some" { id = "eni-1" }\n'
    found = judged(tmp_path, more + attachment(interface))
    assert found[ELSE].state == "unknown"


def test_one_of_an_interface_that_is_declared_is_that_interfaces(tmp_path: Path) -> None:
    more = 'resource "aws_network_interface" "own" { subnet_id = "subnet-1" }\n'
    found = judged(tmp_path, more + attachment("aws_network_interface.own.id"))
    assert {path: one.state for path, one in found.items()} == {HOP: "pass", ELSE: "pass"}
