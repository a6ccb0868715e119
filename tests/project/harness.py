"""Runs audits of small projects: most in this process (many a second), some in one of their own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

PROJECT = Path(__file__).parent
ROOT = PROJECT.parent.parent
_QUIET = ("cacheprovider", "logging", "faulthandler", "unraisableexception", "threadexception")


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err

    @property
    def errors(self) -> list[str]:
        """What pytest calls an error, line by line."""
        lines = self.err.strip().splitlines()
        return [lines[0].removeprefix("ERROR: "), *lines[1:]] if lines else []


def project(folder: Path) -> Path:
    """A copy of the small project: ``specs`` and ``terraform``."""
    for name in ("specs", "terraform"):
        shutil.copytree(PROJECT / name, folder / name)
    return folder


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Nothing of the machine's: no credentials, no profiles, no metadata service, no cache."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "COVERAGE_PROCESS_START") if name in os.environ}
    return {
        **kept,
        "HOME": os.devnull,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
        "AUDIT_CACHE_DIR": "",
        "AUDIT_CHECKOV": "off",
        **(more or {}),
    }


def audit(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Ran:
    """``pytest`` in a folder, in this process."""
    off = [part for name in _QUIET for part in ("-p", f"no:{name}")]
    plugins = ["-p", "audits.plugin", "-p", "reports.plugin"]
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, environment(env), clear=True),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        status = pytest.main(["-s", "-q", *off, *plugins, *arguments])
    return Ran(int(status), out.getvalue(), err.getvalue())


def audit_apart(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Ran:
    """``pytest`` in a folder, as a process: for workers, crashes and interrupts."""
    plugins = ["-p", "xdist", "-p", "audits.plugin", "-p", "reports.plugin", "-p", "no:cacheprovider"]
    return process(folder, sys.executable, "-m", "pytest", "-q", *plugins, *arguments, env=env)


def process(folder: Path, *command: str, env: Mapping[str, str] | None = None) -> Ran:
    done = subprocess.run(
        command, cwd=folder, env=environment(env), capture_output=True, text=True, check=False, timeout=120
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def report(path: Path) -> dict[str, Any]:
    """A run as its JSON report tells it, checked against the schema."""
    from reports.report import load

    return load(path)


def states(run: Mapping[str, Any], plane: str = "terraform") -> dict[str, str]:
    """What became of each control on one plane."""
    return {one["id"]: one["planes"][plane]["state"] for one in run["controls"] if plane in one["planes"]}


IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/auditor</Arn><UserId>A</UserId><Account>123456789012</Account>
</GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>"""
DENIED = """<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not you</Message></Error>
<RequestId>r</RequestId></ErrorResponse>"""


class _Denying(BaseHTTPRequestHandler):
    """An account that says who one is, and nothing else; ``delay`` are the seconds that it takes to."""

    delay = 0.0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self._answer(*((200, IDENTITY) if b"GetCallerIdentity" in body else (403, DENIED)))

    def do_GET(self) -> None:
        self._answer(403, DENIED)

    do_HEAD = do_GET  # noqa: N815 - http.server's name

    def _answer(self, status: int, text: str) -> None:
        time.sleep(self.delay)
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def denying_account(delay: float = 0.0) -> Iterator[dict[str, str]]:
    """The environment of an account that denies everything but the question who asks, after so many seconds."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Denying", (_Denying,), {"delay": delay}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield account(f"http://127.0.0.1:{server.server_address[1]}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def account(endpoint: str) -> dict[str, str]:
    """An environment with credentials that lead to an endpoint."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "AKIATEST",
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "AWS_REGION": "ap-northeast-2",
    }


def write_run(path: Path, run: Mapping[str, Any]) -> Path:
    path.write_text(json.dumps(run), encoding="utf-8")
    return path
