"""The documents are true: the tutorial runs as written, the reference is what the code makes, links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from audits.expectations import ABOUT, KEYWORDS
from audits.relations import registry as relations
from reports.formats import formats

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("examples/**/*.md")])
BLOCK = re.compile(r"(?:^`(?P<file>[\w./-]+)`\n\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def test_the_reference_is_what_the_code_makes() -> None:
    command = [sys.executable, "docs/generate.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_matcher_is_described() -> None:
    assert set(ABOUT) == set(KEYWORDS)


def test_every_relation_and_format_has_a_word_in_the_guides() -> None:
    specs, about = ((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("specs.md", "formats.md"))
    # Checkov's policies are written under a key of the spec, not of a control.
    keys = [one.keys[0] if one.name != "policy" else "checkov" for one in relations().values()]
    assert [key for key in keys if f"`{key}`" not in specs and f"{key}:" not in specs] == []
    assert [name for name in formats() if f"`{name}`" not in about] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [link for link in LINK.findall(text) if not (page.parent / link).exists()] == []
    named = re.findall(r"(?<![\w/.-])docs/[\w/-]+\.md", text) if page.parent.name != "reference" else []
    assert [name for name in named if not (ROOT / name).exists() and name != "docs/system.md"] == []


def test_the_tutorial_runs_as_it_is_written(tmp_path: Path) -> None:
    shown = ""
    ran = 0
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "AUDIT_CHECKOV": "off", "COLUMNS": "120"}
    for block in BLOCK.finditer((ROOT / "docs/tutorial.md").read_text(encoding="utf-8")):
        if block["file"]:
            place = tmp_path / block["file"]
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(block["text"])
        elif block["language"] == "sh":
            command = block["text"].replace("glimpse-audit", f"{sys.executable} -m audits")
            done = subprocess.run(
                command, cwd=tmp_path, env=environment, shell=True, capture_output=True, text=True, check=False
            )
            assert done.returncode in (0, 1), done.stdout + done.stderr
            shown, ran = done.stdout, ran + 1
        elif block["language"] == "text":
            missing = [line for line in block["text"].splitlines() if line not in shown]
            assert not missing, shown
    assert ran == 7
    assert (tmp_path / "out/report.html").exists()
