"""Checkov as a process in an environment of its own, beside this suite's reading in time: what it came to, or why not.

Checkov depends on a fork of python-hcl2 under the same import name and on an old boto3, so nothing of it is imported
here: the Python of its environment executes ``checkov_driver.py``. The process gets no credentials, no proxies and an
empty home, and cannot open a connection. It is ended with its whole group when its time is up, when it says too much,
and when this process ends, however that comes about. What it writes to its standard error is nobody's to read: it may
quote the source.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from audits.checkov_driver import fingerprint
from audits.model import Observation, Origin, PolicyResult, PolicyScan, Resource, State, Value
from audits.policy_list import block_of, version

DRIVER = Path(__file__).with_name("checkov_driver.py")
DEFAULT = Path(__file__).parent.parent / ".venv-checkov" / "bin" / "checkov"
OFF = "off"
TIME = 900.0
"""Seconds after which Checkov is ended. It takes a minute for 635 resources."""
MOST = 256 << 20
"""Bytes of results after which Checkov is ended: some 400 a result."""
_SETUP = "make checkov, or give --checkov PATH"
_STATES = {"PASSED": State.PASS, "FAILED": State.FAIL, "UNKNOWN": State.UNKNOWN}
_TEXTS = ("policy", "title", "resource", "kind", "file", "result")
_STEP = re.compile(r"[^/.\[\]]+")
_KEY = re.compile(r'\["\$\{([^"{}]*)\}"\]')
_PLAIN = re.compile(r"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_VARIABLE = re.compile(r"TF_VAR_\w+")


@dataclass(frozen=True, slots=True)
class Request:
    """What Checkov is to judge: a root module, with values of variables as Terraform takes them."""

    folder: Path
    var_files: tuple[Path, ...] = ()
    variables: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Own:
    """What this suite read of the source, to hold against Checkov's: by fingerprints, because values may be secret."""

    observation: Observation | None
    salt: str

    @cached_property
    def _resources(self) -> Mapping[str, Resource]:
        return {one.identity: one for one in self.observation.resources} if self.observation else {}

    def differs(self, resource: str, seen: Mapping[str, str]) -> tuple[str, ...]:
        """The paths at which this suite knows another plain value of the resource than Checkov."""
        found = self._resources.get(resource)
        keys = sorted(seen)
        if found is None:
            return ()
        return tuple(key for key in keys if self._other(_value_at(found.attributes, _STEP.findall(key)), seen[key]))

    def unseen(self, blocks: Sequence[str]) -> tuple[str, ...]:
        """Where resources that this suite reads are in no block that Checkov loaded: modules, else the resources.

        Files of the repository, and the calls of missing modules, are resources of this suite alone.
        """
        loaded = {block_of(address(one, "")) for one in blocks}
        own = {
            block_of(name)
            for name, one in self._resources.items()
            if one.kind != "module" and f".{one.kind}." in f".{name}"
        }
        missing = own - loaded
        return tuple(sorted({_module_of(one) or one for one in missing}))

    def _other(self, value: Value, seen: str) -> bool:
        return isinstance(value, bool | int | float | str) and fingerprint(value, self.salt) != seen


def _module_of(block: str) -> str:
    """The module that a block is in; empty for the root module."""
    return block.rpartition(".")[0].rpartition(".")[0]


def _value_at(value: Value, steps: Sequence[str]) -> Value:
    for step in steps:
        if isinstance(value, list) and step.isdigit():
            value = value[int(step)] if int(step) < len(value) else None
            continue
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


class Pending:
    """A Checkov that is running; :meth:`result` waits for it."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path, salt: str, seconds: float, most: int) -> None:
        self._process = process
        self._salt = salt
        self._folder = folder
        self._ended = False
        self._most = most
        self._begun = time.monotonic()
        self._seconds = seconds
        self._taken: list[bytes] = []
        self._size = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        output: IO[bytes] | None = self._process.stdout
        assert output is not None
        while chunk := output.read1(1 << 16):  # type: ignore[attr-defined]
            self._size += len(chunk)
            if self._size > self._most:
                self.end()
                return
            self._taken.append(chunk)

    def result(self, own: Observation | None = None) -> PolicyScan:
        """What Checkov came to, or why it came to nothing. ``own`` is what this suite read of the same source."""
        self._reader.join(max(self._begun + self._seconds - time.monotonic(), 0))
        late = self._reader.is_alive()
        passed = time.monotonic() - self._begun
        if late:
            self.end()
            return PolicyScan(failed=f"Checkov did not end within {self._seconds:g} s", mend="see why it takes so long")
        if self._size > self._most:
            return PolicyScan(failed=f"Checkov wrote more than {self._most} bytes", mend=_SETUP)
        try:
            status = self._process.wait(5)
        except subprocess.TimeoutExpired:
            status = None
        self.end()
        return parse(b"".join(self._taken), status, self._folder, round(passed, 3), Own(own, self._salt))

    def end(self) -> None:
        """End the process with all that it started, and let go of its pipes."""
        if self._ended:
            return
        self._ended = True
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if threading.current_thread() is not self._reader:
            self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]


@contextmanager
def beside(
    executable: Path, request: Request, *, seconds: float = TIME, most: int = MOST
) -> Iterator[Pending | PolicyScan]:
    """Start Checkov; it has ended, or is ended, when the context is left. A scan where it cannot be started."""
    python = interpreter(executable)
    if python is None:
        yield PolicyScan(failed=f"Checkov is not installed: no {executable}", mend=_SETUP)
        return
    salt = secrets.token_hex()
    home = tempfile.mkdtemp(prefix="audit-checkov-")
    pending: Pending | None = None
    try:
        files = [str(file.absolute()) for file in variable_files(request, Path(home))]
        try:
            process = subprocess.Popen(
                [python, "-I", "-X", "utf8", DRIVER, "scan"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=home,
                env=environment(os.environ, home),
                start_new_session=True,
            )
        except OSError as error:
            yield PolicyScan(failed=f"Checkov cannot be started: {error.strerror or error}", mend=_SETUP)
            return
        pending = Pending(process, request.folder, salt, seconds, most)
        assert process.stdin is not None
        named = {name: value for name, value in os.environ.items() if _VARIABLE.fullmatch(name)}
        asked = {"folder": str(request.folder.absolute()), "var_files": files, "environment": named, "salt": salt}
        # It may have ended already; that is told when its result is asked for.
        with suppress(OSError):
            process.stdin.write(json.dumps(asked).encode() + b"\n")
            process.stdin.flush()
        yield pending
    finally:
        if pending is not None:
            pending.end()
        shutil.rmtree(home, ignore_errors=True)


def interpreter(executable: Path) -> Path | None:
    """The Python of the environment in which an executable ``checkov`` is; None where there is none."""
    for place in (executable.parent, executable.resolve().parent):
        python = place / "python"
        if executable.is_file() and os.access(python, os.X_OK):
            return python.absolute()
    return None


def variable_files(request: Request, home: Path) -> list[Path]:
    """Files with values of variables, the last of which are those given one by one: Checkov has no option for these."""
    if not request.variables:
        return [*request.var_files]
    given = home / "given.tfvars"
    given.write_text("".join(f"{name} = {literal(text)}\n" for name, text in request.variables), encoding="utf-8")
    return [*request.var_files, given]


def literal(text: str) -> str:
    """A variable's value as HCL: what reads as a truth value, a number or a structure is one."""
    if _PLAIN.fullmatch(text.strip()) or text.strip()[:1] in ("[", "{"):
        return text.strip()
    return json.dumps(text).replace("${", "$${").replace("%{", "%%{")


def environment(own: Mapping[str, str], home: str) -> dict[str, str]:
    """What the process knows of its surroundings: where programs are, and nothing else of ours."""
    return {
        "PATH": own.get("PATH", os.defpath),
        "HOME": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "LOG_LEVEL": "CRITICAL",
        "ANSI_COLORS_DISABLED": "1",
        # No file of the user's or of the source's says what Checkov does.
        "CKV_IGNORE_HIDDEN_DIRECTORIES": "True",
    }


def parse(output: bytes, status: int | None, folder: Path, seconds: float, own: Own) -> PolicyScan:
    """What the driver wrote, taken exactly: anything else is a scan that failed. Files are named from ``folder``."""
    if status != 0:
        ended = "did not end" if status is None else f"ended with status {status}"
        return PolicyScan(failed=f"Checkov broke off: it {ended}", mend=_SETUP, seconds=seconds)
    try:
        data = json.loads(output)
        found = str(data["version"])
        if found != version():
            said = f"Checkov {found[:40]} is not the one that the policies are known of ({version()})"
            return PolicyScan(found[:40], failed=said, mend=_SETUP, seconds=seconds)
        if "error" in data:
            said = f"Checkov broke off: {str(data['error'])[:80]}"
            return PolicyScan(found, failed=said, mend="see what checkov --directory says", seconds=seconds)
        results = tuple(_result(one, folder, own) for one in data["results"])
        unseen = own.unseen(_texts(data["blocks"]))
        unparsed = tuple(_here(_text(one), folder) for one in data["unparsed"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return PolicyScan(failed="Checkov's results are not in the form that is known", mend=_SETUP, seconds=seconds)
    ordered = sorted(results, key=lambda one: (one.policy, one.resource, str(one.origin)))
    return PolicyScan(found, tuple(ordered), tuple(sorted(unparsed)), unseen, seconds=seconds)


def _result(data: Mapping[str, Any], folder: Path, own: Own) -> PolicyResult:
    policy, title, resource, kind, file, result = (_text(data[name]) for name in _TEXTS)
    state = _STATES[result]
    line = data["line"]
    if type(line) is not int or type(data["present"]) is not bool or type(data["crashed"]) is not bool:
        raise TypeError("line, present or crashed")
    rests = _texts(data["rests"])
    return PolicyResult(
        policy=policy,
        title=title,
        resource=address(resource, kind),
        kind=kind,
        state=state,
        origin=Origin(_here(file, folder), line or None),
        cause=_cause(rests, data["crashed"]) if state is State.UNKNOWN else "",
        keys=_texts(data["keys"]),
        rests_on=rests,
        differs=own.differs(address(resource, kind), data["seen"]),
        present=data["present"],
        skip=None if data["skip"] is None else _text(data["skip"]).strip(),
    )


def _cause(rests: Sequence[str], crashed: bool) -> str:
    if crashed:
        return "the policy broke off inside Checkov"
    if rests:
        return f"Checkov did not resolve {', '.join(rests[:5])}"
    return "Checkov says neither: the policy may not apply, or rest on a value that it cannot tell"


def address(text: str, kind: str) -> str:
    """An address as Terraform writes it: Checkov names modules without ``module.``, and keys by their template."""
    named = f"module.{text}" if kind == "module" and not text.startswith("module.") else text
    return _KEY.sub(r'["\1"]', named)


def _here(file: str, folder: Path) -> str:
    """A path as the Terraform plane gives it: from the folder as it was named."""
    return Path(os.path.normpath(folder / os.path.relpath(file, folder.absolute()))).as_posix()


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return tuple(map(_text, value))
