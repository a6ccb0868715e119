"""`terraform apply` (of the conforming example, if nothing else is said) onto an account, while other tests run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from e2e_audit import CONFORMING, ROOT

from examples.glimpse.account.server import Shim, environment, server

PLUGINS = "AUDIT_TF_PLUGIN_DIR"
TREE = "examples/glimpse/terraform"
_APPLYING = ("-auto-approve", "-parallelism=30")


def obstacle() -> str | None:
    """Why Terraform cannot be used here; None if it can."""
    if shutil.which("terraform") is None:
        return "the Terraform CLI is not installed"
    if not os.environ.get(PLUGINS):
        return f"{PLUGINS} is not set: it names the folder with Terraform's AWS provider"
    if os.environ.get("PYTEST_XDIST_WORKER"):
        return "every worker would apply for itself: run `make e2e`"
    return None


class Applying:
    """An apply that is under way: two minutes, of which most is waiting."""

    def __init__(self, endpoint: str, folder: Path, tree: str = TREE, root: str = CONFORMING) -> None:
        """Copy the tree to the folder, and begin to apply the root in it to the empty account at the endpoint."""
        unfinished = shutil.ignore_patterns(".terraform*", "*.tfstate*")
        shutil.copytree(ROOT / tree, folder, dirs_exist_ok=True, ignore=unfinished)
        self.endpoint = endpoint
        self._root = folder / Path(root).relative_to(tree)
        self._settings = environment(endpoint) | {"TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
        self._failure: str | None = "it was ended"
        self._process: subprocess.Popen[str] | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._apply, daemon=True)
        self._thread.start()

    def _apply(self) -> None:
        for command in (["init", f"-plugin-dir={os.environ[PLUGINS]}"], ["apply", *_APPLYING]):
            if not self._run(command):
                return
        self._failure = None

    def _run(self, command: Sequence[str]) -> bool:
        if self._ended.is_set():
            return False
        self._process = subprocess.Popen(
            ["terraform", f"-chdir={self._root}", *command, "-input=false", "-no-color"],
            env=self._settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said = self._process.communicate()[0]
        if self._process.returncode != 0:
            self._failure = f"terraform {command[0]} ended with {self._process.returncode}:\n{said[-3000:]}"
        return self._process.returncode == 0

    def wait(self) -> str:
        """The endpoint, once all is applied."""
        self._thread.join()
        assert self._failure is None, self._failure
        return self.endpoint

    def state(self) -> dict[str, Any]:
        """The provider's state of what is in the account now, read anew: some was made after its parent was read."""
        self.wait()
        assert self._run(["apply", "-refresh-only", *_APPLYING]), self._failure
        found: dict[str, Any] = json.loads((self._root / "terraform.tfstate").read_text(encoding="utf-8"))
        return found

    def end(self) -> None:
        """Let no process stay behind, also where nobody waited."""
        self._ended.set()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
        self._thread.join()


@contextmanager
def applying(folder: Path, tree: str = TREE, root: str = CONFORMING, shim: Shim = True) -> Iterator[Applying]:
    """Apply the root to an account of its own, in the background."""
    with server(shim=shim) as endpoint:
        under_way = Applying(endpoint, folder, tree, root)
        try:
            yield under_way
        finally:
            under_way.end()
