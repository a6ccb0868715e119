"""Fill in the expected results of the cases with ``terraform console`` and ``terraform plan``.

Run by hand from the project's root, with the CLI on PATH: ``python -m tests.planes.terraform.functions.make_cases``.
It keeps the arguments of every case in ``cases/<function>.json`` and ``unknowns.json`` and asks for the results of
those that have none (of all with ``--all``). A new case is ``{"args": [...]}``. Marks that are set by hand stay:
``unsupported`` (our result is an Unknown of that cause, whatever the CLI says), ``ours`` (what we give instead) and
``weaker`` (the plan knows, or makes up, more).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory
from typing import Any

from tests.planes.terraform.functions.key import private_key
from tests.planes.terraform.functions.notation import call_text

HERE = Path(__file__).parent
ROOT_MARK = "<ROOT>"
RESULTS = ("json", "sensitive", "type", "error", "unknown")
INFINITE = re.compile(r"[+-]Inf\b|cannot serialize infinity")


def _run(folder: Path, *command: str, text: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    return subprocess.run(
        ["terraform", *command], cwd=folder, input=text, capture_output=True, text=True, env=environment, check=False
    )


def _console(folder: Path, expression: str) -> tuple[str, str]:
    """What the console says: its answer, or its error in one line."""
    done = _run(folder, "console", "-no-color", text=expression + "\n")
    lines = (line.strip("│╷╵ ") for line in done.stderr.splitlines())
    told = [line for line in lines if line and not line.startswith(("on <console", "(source code", "Error:"))]
    return done.stdout.strip(), "" if done.returncode == 0 else " ".join(told)[:200] or "refused"


def _ask(folder: Path, function: str, case: dict[str, Any]) -> dict[str, Any]:
    """The case with its result. What differs from run to run is not kept."""
    if case.get("unsupported"):
        return case
    expression = call_text(function, case["args"])
    answered: dict[str, Any] = {key: found for key, found in case.items() if key not in RESULTS}
    wrapped = f"base64encode(nonsensitive(jsonencode({{s = issensitive({expression}), v = {expression}}})))"
    found, error = _console(folder, wrapped)
    if error or found.startswith("(known after"):
        plain, error = _console(folder, expression)
        if not error:
            return {**answered, "unknown": "infinite" if INFINITE.search(plain) else "not known"}
        return {**answered, "error": error.replace(str(folder), ROOT_MARK)}
    text = b64decode(found).decode()
    kind, _ = _console(folder, f"type({expression})")
    shape = re.sub(r"\s|,(?=\s*[\])}])", "", re.sub(r",\s*(?=[\])}])", "", kind)).replace(str(folder), ROOT_MARK)
    json_text = text.partition(',"v":')[2][:-1].replace(str(folder), ROOT_MARK)
    marked = {"sensitive": True} if text.startswith('{"s":true') else {}
    return {**answered, "json": json_text, **marked, "type": shape}


def _write(path: Path, cases: Iterable[dict[str, Any]]) -> None:
    lines = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def make_known(folders: Sequence[Path], everything: bool) -> None:
    """Ask the console for the results of the cases without unknowns; no two consoles share a folder."""
    free: Queue[Path] = Queue()
    for folder in folders:
        free.put(folder)

    def work_on(case: dict[str, Any], function: str) -> dict[str, Any]:
        folder = free.get()
        try:
            return _ask(folder, function, case)
        finally:
            free.put(folder)

    with ThreadPoolExecutor(max_workers=len(folders)) as pool:
        for path in sorted((HERE / "cases").glob("*.json")):
            cases = json.loads(path.read_text(encoding="utf-8"))
            todo = [everything or not any(key in case for key in (*RESULTS, "unsupported")) for case in cases]
            pairs = zip(cases, todo, strict=True)
            asked = [pool.submit(work_on, case, path.stem) if wanted else case for case, wanted in pairs]
            _write(path, [case.result() if isinstance(case, Future) else case for case in asked])


def _plan(folder: Path, inputs: Sequence[str]) -> list[dict[str, Any]]:
    """What a plan says of each of these expressions."""
    blocks = [f'resource "terraform_data" "case{n}" {{\n  input = {text}\n}}\n' for n, text in enumerate(inputs)]
    (folder / "cases.tf").write_text("".join(blocks), encoding="utf-8")
    done = _run(folder, "plan", "-refresh=false", "-out=plan", "-no-color")
    if done.returncode:
        sys.exit(done.stderr)
    plan = json.loads(_run(folder, "show", "-json", "plan").stdout)
    changes = {change["name"]: change["change"] for change in plan["resource_changes"]}
    return [changes[f"case{n}"] for n in range(len(inputs))]


def make_unknown(folder: Path) -> None:
    """Ask a plan for the results of the cases with unknown or sensitive parts."""
    path = HERE / "unknowns.json"
    cases = json.loads(path.read_text(encoding="utf-8"))
    for case, change in zip(cases, _plan(folder, [call_text(c["function"], c["args"]) for c in cases]), strict=True):
        for key in ("after", "after_unknown", "after_sensitive"):
            case[key] = change[key].get("input")
    _write(path, cases)


def make_nullness(folder: Path) -> None:
    """Ask a plan which unknown results are known not to be null."""
    path = HERE / "nullness.json"
    cases = json.loads(path.read_text(encoding="utf-8"))
    inputs = [f"{call_text(case['function'], case['args'])} == null" for case in cases]
    for case, change in zip(cases, _plan(folder, inputs), strict=True):
        case["not_null"] = change["after"].get("input") is False
    _write(path, cases)


def main() -> None:
    """Fill in what is missing, or everything."""
    with TemporaryDirectory() as name:
        folders = [Path(name).resolve() / side / "fixture" for side in ("left", "right")]
        for folder in folders:
            shutil.copytree(HERE / "fixture", folder)
            (folder / "key.pem").write_text(private_key(), encoding="utf-8")
            _run(folder, "init")
        make_known(folders, "--all" in sys.argv[1:])
        make_unknown(folders[0])
        make_nullness(folders[0])


if __name__ == "__main__":
    main()
