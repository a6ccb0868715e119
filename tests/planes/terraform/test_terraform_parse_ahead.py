"""Parsing ahead in other processes: it changes how long a reading takes, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audits.codec import encode_observation
from audits.planes.terraform import parse_ahead, read, run
from audits.planes.terraform.cache import ParseCache
from audits.planes.terraform.nodes import Body
from tests.planes.terraform import plans

PROJECT = Path(__file__).parent.parent.parent.parent
MODULE = """
variable "name" {{ type = string }}
resource "terraform_data" "{name}" {{ input = upper("${{var.name}}-{name}") }}
output "name" {{ value = terraform_data.{name}.input }}
"""


def tree(folder: Path, modules: int = 12) -> Path:
    """A root that calls modules, one of them broken, one by way of another."""
    root = folder / "root"
    root.mkdir(parents=True)
    calls = []
    for number in range(modules):
        below = folder / "modules" / f"m{number}"
        below.mkdir(parents=True)
        (below / "main.tf").write_text(MODULE.format(name=f"x{number}"))
        calls.append(f'module "m{number}" {{\n  source = "../modules/m{number}"\n  name = "n{number}"\n}}\n')
    (folder / "modules" / "m1" / "broken.tf").write_text("resource {\n")
    (folder / "modules" / "m2" / "data.tf.json").write_text('{"locals": {"a": 1}}')
    (folder / "modules" / "m3" / "more.tf").write_text('module "deep" {\n  source = "./deep"\n  name = var.name\n}\n')
    (folder / "modules" / "m3" / "deep").mkdir()
    (folder / "modules" / "m3" / "deep" / "main.tf").write_text(MODULE.format(name="deep"))
    (root / "main.tf").write_text("".join(calls))
    return root


def seen(root: Path) -> dict[str, Any]:
    data = encode_observation(read(root, environment={}))
    return {name: value for name, value in data.items() if name not in ("started", "finished")}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUDIT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> list[list[parse_ahead.Job]]:
    """Makes every reading one that is worth other processes; the shares they got."""
    monkeypatch.setattr(run, "MUCH", 1)
    monkeypatch.setattr(parse_ahead, "WORTH_IT", 1)
    monkeypatch.setattr(parse_ahead, "_processors", lambda: 2)
    shares: list[list[parse_ahead.Job]] = []
    work = parse_ahead._work
    monkeypatch.setattr(parse_ahead, "_work", lambda share, cache: (shares.append(share), work(share, cache)))
    return shares


def alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    with monkeypatch.context() as patch:
        patch.setenv("AUDIT_CACHE_DIR", "")
        patch.setattr(run, "MUCH", sys.maxsize)
        return seen(root)


@pytest.mark.parametrize("kept", [True, False], ids=["with a cache", "without one"])
def test_it_says_the_same(
    tmp_path: Path, cache: Path, ahead: list[list[parse_ahead.Job]], monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    root = tree(tmp_path)
    expected = alone(root, monkeypatch)
    assert len(expected["resources"]) == 13 and len(expected["gaps"]) == 1
    if not kept:
        monkeypatch.setenv("AUDIT_CACHE_DIR", "")
    parsed: list[str] = []
    parser_of = run.parser_of

    def noted(kind: str) -> Callable[[str, str], Body]:
        return lambda text, file: (parsed.append(file), parser_of(kind)(text, file))[1]

    monkeypatch.setattr(run, "parser_of", noted)
    assert seen(root) == expected
    assert len(ahead) == 2 and sum(map(len, ahead)) == 17
    # What could not be parsed ahead is parsed again, for its message.
    assert parsed == ["../modules/m1/broken.tf"]
    assert cache.exists() is kept


@pytest.mark.parametrize("root", sorted(filter(Path.is_dir, plans.ROOTS.iterdir())), ids=lambda root: root.name)
def test_it_says_the_same_of_every_root(
    cache: Path, ahead: list[list[parse_ahead.Job]], monkeypatch: pytest.MonkeyPatch, root: Path
) -> None:
    expected = alone(root, monkeypatch)
    assert seen(root) == expected
    assert ahead


def test_entries_are_those_of_one_process(
    tmp_path: Path, cache: Path, ahead: list[list[parse_ahead.Job]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree(tmp_path)
    seen(root)
    together = {path.name: path.read_bytes() for path in cache.glob("*.json")}
    monkeypatch.setenv("AUDIT_CACHE_DIR", str(tmp_path / "other"))
    monkeypatch.setattr(run, "MUCH", sys.maxsize)
    seen(root)
    assert {path.name: path.read_bytes() for path in (tmp_path / "other").glob("*.json")} == together


def test_what_is_in_the_cache_is_not_parsed_again(
    tmp_path: Path, cache: Path, ahead: list[list[parse_ahead.Job]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree(tmp_path)
    (tmp_path / "modules" / "m1" / "broken.tf").unlink()
    seen(root)
    before = sum(map(len, ahead))
    (root / "main.tf").write_text((root / "main.tf").read_text() + "\n")
    seen(root)
    assert before == 16
    assert sum(map(len, ahead)) == before + 1


def _no_process(*_: object, **__: object) -> None:
    raise BlockingIOError(11, "Resource temporarily unavailable")


@pytest.mark.parametrize(
    "worker",
    [
        "raise SystemExit(3)",
        "import os; os.kill(os.getpid(), 9)",
        "import sys; sys.stdin.read(); print('not JSON\\n' * 40)",
        "import sys; sys.stdin.read(); sys.stdout.write('[[[1,1')",
        "import sys; sys.stdin.close()",
    ],
    ids=["ends", "is killed", "nonsense", "cut short", "does not listen"],
)
def test_a_worker_that_fails_leaves_it_to_the_reading(
    tmp_path: Path, cache: Path, ahead: list[list[parse_ahead.Job]], monkeypatch: pytest.MonkeyPatch, worker: str
) -> None:
    root = tree(tmp_path)
    expected = alone(root, monkeypatch)
    monkeypatch.setattr(parse_ahead, "_WORKER", worker)
    assert seen(root) == expected
    assert ahead


@pytest.mark.parametrize(
    "spoil",
    [
        lambda patch: patch.setattr(parse_ahead.subprocess, "Popen", _no_process),
        lambda patch: patch.setattr(parse_ahead, "_processors", lambda: 1),
        lambda patch: patch.setattr(parse_ahead.sys, "executable", ""),
        lambda patch: patch.setattr(parse_ahead.sys, "executable", "/nowhere/python"),
    ],
    ids=["no process may start", "one processor", "no interpreter", "a wrong interpreter"],
)
def test_where_no_process_can_help_one_does_it_all(
    tmp_path: Path,
    cache: Path,
    ahead: list[list[parse_ahead.Job]],
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[pytest.MonkeyPatch], None],
) -> None:
    root = tree(tmp_path)
    expected = alone(root, monkeypatch)
    with monkeypatch.context() as patch:
        spoil(patch)
        assert seen(root) == expected


def test_small_trees_start_no_process(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_ahead.subprocess, "Popen", _no_process)
    assert len(seen(tree(tmp_path))["resources"]) == 13
    assert len(list(cache.glob("*.json"))) == 16


def test_workers_run_nothing_of_the_working_directory(
    tmp_path: Path, cache: Path, ahead: list[list[parse_ahead.Job]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree(tmp_path)
    for name in ("json", "signal", "audits", "sitecustomize"):
        (root / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    monkeypatch.chdir(root)
    monkeypatch.setenv("PYTHONPATH", str(root))
    seen(root)
    assert ahead and not (tmp_path / "ran").exists()


def test_a_cycle_of_calls_and_a_link_are_walked_once(tmp_path: Path) -> None:
    root = tree(tmp_path)
    (tmp_path / "modules" / "m0" / "back.tf").write_text('module "back" {\n  source = "../../root"\n}\n')
    (tmp_path / "modules" / "m4" / "self").symlink_to(".")
    (tmp_path / "modules" / "m4" / "self.tf").write_text('module "self" {\n  source = "./self"\n}\n')
    texts = [text for _, text in parse_ahead._jobs(root)]
    assert len(texts) == len(set(texts)) == 19


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(one) for task in tasks for one in (task / "children").read_text().split()]
    except OSError:
        return []


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="there is no /proc")
@pytest.mark.parametrize("to_group", [True, False], ids=["the terminal's", "the parent's alone"])
def test_an_interrupt_leaves_no_process(tmp_path: Path, to_group: bool) -> None:
    root = tree(tmp_path, 300)
    lines = "".join(f'resource "terraform_data" "y{one}" {{ input = var.name }}\n' for one in range(200))
    for number in range(300):
        (tmp_path / "modules" / f"m{number}" / "many.tf").write_text(f"# {number}\n{lines}")
    script = (
        "from audits.planes.terraform import parse_ahead; parse_ahead._processors = lambda: 2\n"
        "import sys; from audits.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    environment = {"PYTHONPATH": str(PROJECT), "AUDIT_CACHE_DIR": str(tmp_path / "cache"), "PATH": os.environ["PATH"]}
    parent = subprocess.Popen(
        [sys.executable, "-c", script, "observe", "terraform", str(root)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        # What is started in the background by a script ignores interrupts, and so would all that it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    deadline = time.monotonic() + 300
    while not (workers := _children(parent.pid)):
        assert parent.poll() is None and time.monotonic() < deadline, "no worker was started"
        time.sleep(0.01)
    if to_group:
        os.killpg(parent.pid, signal.SIGINT)
    else:
        parent.send_signal(signal.SIGINT)
    assert parent.wait(timeout=300) != 0
    deadline = time.monotonic() + 300
    while any(Path(f"/proc/{one}").exists() for one in workers):
        assert time.monotonic() < deadline, "a worker outlived the audit"
        time.sleep(0.01)


def test_an_entry_that_is_there_counts_as_one(tmp_path: Path) -> None:
    cache = ParseCache(tmp_path / "cache")
    assert not cache.has("a = 1\n", "hcl")
    cache.keep("a = 1\n", "hcl", b"[[],[]]")
    assert cache.has("a = 1\n", "hcl") and ParseCache(tmp_path / "cache").has("a = 1\n", "hcl")
    assert not ParseCache(None).has("a = 1\n", "hcl")
