"""Fixtures of the report tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

# The factories beside the tests are imported by name under every import mode of pytest.
sys.path.insert(0, str(Path(__file__).parent))

from report_browser import Browser, chromium
from report_runs import CASES

from reports.formats import RenderOptions, get
from reports.report import write

GOLDENS = Path(__file__).parent / "goldens"


@pytest.fixture(params=sorted(CASES))
def case(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """Each sample run with its name."""
    return request.param, CASES[request.param]()


@pytest.fixture
def golden() -> Callable[[str, bytes], None]:
    """Compare with a golden file; ``UPDATE_GOLDENS=1`` writes it instead."""

    def check(name: str, data: bytes) -> None:
        path = GOLDENS / name
        if os.environ.get("UPDATE_GOLDENS"):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        assert path.exists(), f"no golden {name}: run with UPDATE_GOLDENS=1 and look at it"
        assert data.decode() == path.read_text(encoding="utf-8"), (
            f"{name} differs: UPDATE_GOLDENS=1, then look at the diff"
        )

    return check


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = chromium()
    if program is None:
        pytest.skip("no Chromium on PATH: the HTML report was not tried in a browser")
    running = Browser(program, tmp_path_factory.mktemp("profile"))
    yield running
    running.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("pages")
    result = {}
    for name, make in CASES.items():
        path = folder / f"{name}.html"
        write(path, get("html").render(make(), RenderOptions("ko" if name == "korean" else "en")))
        result[name] = path.as_uri()
    return result
