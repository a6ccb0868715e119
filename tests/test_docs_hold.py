"""What README, docs and CONTRIBUTING name is there: links, commands, targets, options, relations; and the pictures."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest
import yaml

from audits import relations
from audits.cli import _parser
from audits.completion import Known, candidates
from audits.options import declared
from reports.cli import parser as reports_parser

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "examples/README.md", *ROOT.glob("docs/*.md"))
    if path.exists()
)
TARGETS = set(re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def pages(pattern: str) -> set[tuple[str, str]]:
    """What the pattern's group finds, with the page's name."""
    return {(page.name, found) for page in PAGES for found in re.findall(pattern, page.read_text(encoding="utf-8"))}


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_commands_and_targets_are_there() -> None:
    ours = {*candidates(_parser(), [""], Known()), "complete"}
    theirs = set(candidates(reports_parser(), [""], Known()))
    named = pages(r"(?:python -m audits|glimpse-audit) ([a-z][a-z-]+)")
    assert named
    assert not {(page, name) for page, name in named if name not in ours}
    saved = pages(r"(?:python -m|python -m audits|glimpse-audit) reports ([a-z][a-z-]+)")
    assert not {(page, name) for page, name in saved if name not in theirs}
    assert not {(page, name) for page, name in pages(r"(?:`|^)make ([a-z][a-z-]+)") if name not in TARGETS}


def test_options_that_pages_name_are_there() -> None:
    known = {name for name, _, _ in declared(("audits.plugin", "reports.plugin"))}
    for top in (_parser(), reports_parser()):
        ahead = [top]
        while ahead:
            one = ahead.pop()
            for action in one._actions:
                known.update(action.option_strings)
                if isinstance(action.choices, dict):
                    ahead.extend(action.choices.values())
    # pytest's own, pip's, docker's, git's and sha256sum's, those of scripts, and of the demo account.
    others = {"--strict", "--color", "--watch", "--require-hashes", "--no-deps", "--rm", "--read-only", "--tmpfs"}
    others |= {"--build-arg", "--check", "--conforming", "--deviation", "--empty", "--no-shim"}
    named = pages(r"(?<![\w-])(--[a-z][a-z-]+)")
    assert not {(page, name) for page, name in named if name not in known | others}


def test_readme_names_every_relation() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for relation in relations.registry().values():
        assert any(f"`{key}`" in text or f"{key}:" in text for key in relation.keys), relation.name


def test_targets_that_make_help_lists_say_what_they_do() -> None:
    text = (ROOT / "Makefile").read_text()
    phony = next(line for line in text.splitlines() if line.startswith(".PHONY:")).split()[1:]
    assert set(phony) <= TARGETS
    assert all(re.search(rf"^{name}:[^\n]*## \S", text, re.MULTILINE) for name in phony)


def test_the_hook_and_the_container_start_a_command_that_there_is() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["entry"].split()[:2] == ["glimpse-audit", "run"]


# -- pictures ----------------------------------------------------------------------------------------------------------


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pictures", ROOT / "docs/pictures.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_terminals_picture_is_the_summary() -> None:
    picture = (ROOT / "docs/images/terminal.svg").read_text(encoding="utf-8")
    text = "".join(ET.fromstring(picture).itertext()).replace("\xa0", " ")
    for said in ("$ make audit", "rds-backup-retention", "✗", "controls:", "deviate"):
        assert said in text
    assert not re.search(r"<script|href=|on\w+=", picture)


def test_pieces_stand_where_the_terminal_has_them() -> None:
    spans = list(script()._spans("  \x1b[31m✗\x1b[0m 백업 <x>"))
    assert [re.findall(r'x="(\d+)" textLength="(\d+)"', span)[0] for span in spans] == [
        ("14", "16"),
        ("30", "8"),
        ("38", "72"),
    ]
    assert 'fill="#ff7b72"' in spans[1]
    assert "&lt;x&gt;" in spans[2]
