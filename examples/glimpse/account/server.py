"""Start a moto server in a process of its own on 127.0.0.1, and end exactly that process.

The child binds a free port itself and reports it, so no port can be lost between choosing and binding it. It holds the
reading end of a pipe from here and ends when that pipe closes: it cannot outlive its parent, not even a killed one.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal, TypeAlias

HOST = "127.0.0.1"
REGION = "ap-northeast-2"
ACCOUNT_ID = "123456789012"
CREDENTIAL = "testing"
ROOT = Path(__file__).resolve().parents[3]
CHILD = Path(__file__).with_name("child.py")
Shim: TypeAlias = bool | Literal["operations"]


class ServerError(RuntimeError):
    """The server could not be started or died; the message is one line."""


def environment(endpoint: str, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return `base` (this process's environment) with every AWS setting replaced by those of the demo account.

    All other AWS_* variables go: a profile or a session token of the caller's could lead a command to a real account.
    """
    inherited = os.environ if base is None else base
    kept = {name: value for name, value in inherited.items() if not name.startswith("AWS_")}
    local = ",".join(filter(None, [kept.get("NO_PROXY") or kept.get("no_proxy"), HOST]))
    return kept | {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": CREDENTIAL,
        "AWS_SECRET_ACCESS_KEY": CREDENTIAL,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        # paths that do not exist, not unset: unset would mean the files in the home directory
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": local,
        "no_proxy": local,
    }


@contextmanager
def server(
    *, shim: Shim = True, port: int = 0, timeout: float = 30.0, meanwhile: Callable[[str], object] | None = None
) -> Iterator[str]:
    """Run a moto server and yield its endpoint URL once it answers.

    `port` 0 takes a free one; `shim` adds what moto drops, or `operations` only what Terraform cannot do without;
    `meanwhile` is called with the URL while it comes up.
    """
    with tempfile.TemporaryFile() as log:
        process = _spawn(shim=shim, port=port, log=log)
        try:
            deadline = time.monotonic() + timeout
            endpoint = f"http://{HOST}:{_await_line(process, log, deadline)}"
            if meanwhile is not None:
                meanwhile(endpoint)
            _await_line(process, log, deadline)
            yield endpoint
        finally:
            _end(process)


def _spawn(*, shim: Shim, port: int, log: IO[bytes]) -> subprocess.Popen[bytes]:
    mode = shim if isinstance(shim, str) else "shim" if shim else "bare"
    command = [sys.executable, str(CHILD), str(port), mode]
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    settings["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), settings.get("PYTHONPATH")]))
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=log, env=settings, bufsize=0)


def _await_line(process: subprocess.Popen[bytes], log: IO[bytes], deadline: float) -> str:
    """Read the child's next line (its port, then "ready"), or say in one line why there is none."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))
    if not ready:
        raise ServerError(f"the demo account's server is not up in time: {_last_line(log)}")
    line = process.stdout.readline().decode().strip()
    if not line:
        process.wait(timeout=5)
        raise ServerError(f"the demo account's server died: {_last_line(log)}")
    return line


def _last_line(log: IO[bytes]) -> str:
    log.seek(0)
    lines = [line.strip() for line in log.read().decode(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close the pipe, then terminate, then kill: this process and no other."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
