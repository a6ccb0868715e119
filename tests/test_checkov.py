"""Checkov as a process: what it may know and do, and that nothing but a whole, exact answer is one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from audits import checkov
from audits.checkov import Own, Pending, Request, address, beside, environment, interpreter, literal, variable_files
from audits.checkov_driver import fingerprint
from audits.model import Cause, Observation, Origin, PolicyScan, Resource, State, Unknown
from audits.policy_list import PATH, policies, version
from tests.checkov_world import REAL, answer, needs_checkov, result, stand_in
from tests.project.harness import ROOT


def scan(executable: Path, folder: Path, **more: Any) -> PolicyScan:
    with beside(executable, Request(folder), **more) as asked:
        return asked.result() if isinstance(asked, Pending) else asked


def failed(executable: Path, folder: Path, **more: Any) -> str:
    found = scan(executable, folder, **more)
    assert found.failed
    assert found.mend
    assert found.results == ()
    return found.failed


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.tf").write_text(text, encoding="utf-8")
    return folder


# -- Answers -----------------------------------------------------------------------------------------------------------


def test_an_answer_becomes_results(tmp_path: Path) -> None:
    file = str(tmp_path / "modules" / "main.tf")
    told = result("CKV_AWS_16", "module.a.aws_db_instance.x", "FAILED", file=file, line=7, keys=["storage_encrypted"])
    found = scan(stand_in(tmp_path / "env", answer(told, result("CKV_AWS_1", "aws_x.y", skip="why"))), tmp_path)
    assert (found.failed, found.version) == ("", version())
    first, second = found.results
    assert (first.policy, first.state, first.skip) == ("CKV_AWS_1", State.PASS, "why")
    assert (second.resource, second.kind, second.state) == (
        "module.a.aws_db_instance.x",
        "aws_db_instance",
        State.FAIL,
    )
    assert (second.origin, second.keys) == (Origin(file, 7), ("storage_encrypted",))


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 1", "status 1"),
        ("kill -9 $$", "status -9"),
        ("echo garbage", "not in the form"),
        ("echo '[]'", "not in the form"),
        ("true", "not in the form"),
        (answer({"policy": "CKV_AWS_1"}), "not in the form"),
        (answer(result("CKV_AWS_1", "a.b", "MAYBE")), "not in the form"),
        (answer(result("CKV_AWS_1", "a.b", line="7")), "not in the form"),
        (answer(result("CKV_AWS_1", "a.b", rests="var.x")), "not in the form"),
        (answer(version="3.0.0"), f"Checkov 3.0.0 is not the one that the policies are known of ({version()})"),
        (answer(error="RecursionError"), "broke off: RecursionError"),
        ("echo 'a secret' >&2; exit 3", "status 3"),
    ],
)
def test_anything_but_a_whole_answer_is_none(tmp_path: Path, script: str, said: str, capfd: Any) -> None:
    text = failed(stand_in(tmp_path / "env", script), tmp_path)
    assert said in text
    assert "secret" not in text + "".join(capfd.readouterr())


def test_a_checkov_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "is not installed" in failed(tmp_path / "checkov", tmp_path)
    (tmp_path / "checkov").touch()
    assert "is not installed" in failed(tmp_path / "checkov", tmp_path)


def test_a_checkov_that_cannot_start_is_said(tmp_path: Path) -> None:
    executable = stand_in(tmp_path / "env", "true")
    (executable.parent / "python").write_bytes(b"\x00not a program")
    assert "cannot be started" in failed(executable, tmp_path)


def test_a_link_leads_to_the_environment(tmp_path: Path) -> None:
    executable = stand_in(tmp_path / "env", "true")
    (tmp_path / "checkov").symlink_to(executable)
    assert interpreter(tmp_path / "checkov") == executable.parent / "python"


def test_one_that_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    executable = stand_in(tmp_path / "env", f"sleep 600 & echo $! > {tmp_path}/pid; wait")
    with beside(executable, Request(tmp_path), seconds=0.1) as asked:
        assert isinstance(asked, Pending)
        started(tmp_path / "pid")
        assert "did not end within" in asked.result().failed
    assert gone(int((tmp_path / "pid").read_text()))


def test_one_that_says_too_much_is_ended(tmp_path: Path) -> None:
    assert "wrote more than" in failed(stand_in(tmp_path / "env", "yes"), tmp_path, most=100_000)


def test_it_is_ended_when_the_audit_breaks_off(tmp_path: Path) -> None:
    executable = stand_in(tmp_path / "env", f"echo $$ > {tmp_path}/pid; exec sleep 600")
    with pytest.raises(KeyboardInterrupt), beside(executable, Request(tmp_path)):
        started(tmp_path / "pid")
        raise KeyboardInterrupt
    assert gone(int((tmp_path / "pid").read_text()))


def started(file: Path) -> None:
    """Wait until a stand-in has written its number."""
    while not file.exists() or not file.read_text().strip():
        time.sleep(0.01)


def gone(pid: int) -> bool:
    """Whether a process is no more, or soon: its end may not have been noticed by whoever waits for it."""
    for _ in range(500):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.01)
    return False


def test_it_is_told_nothing_of_ours() -> None:
    names = ("HTTPS_PROXY", "AWS_SECRET_ACCESS_KEY", "BC_API_KEY", "PYTHONPATH", "TF_VAR_zone")
    found = environment({"PATH": "/bin", **dict.fromkeys(names, "x")}, "/tmp/empty")
    assert found["HOME"] == "/tmp/empty"
    assert not found.keys() & set(names)


def test_values_of_variables_are_a_file(tmp_path: Path) -> None:
    given = (("size", "2"), ("zone", 'c"${x}'))
    own, last = variable_files(Request(Path(), (Path("own.tfvars"),), given), tmp_path)
    assert own == Path("own.tfvars")
    assert last.read_text() == 'size = 2\nzone = "c\\"$${x}"\n'
    assert variable_files(Request(Path()), tmp_path) == []
    told = {text: literal(text) for text in ('["a"]', "{a = 1}", "007", "-1.5", "null")}
    assert told == {**dict(zip(told, told, strict=True)), "007": '"007"'}


def test_addresses_are_as_terraform_writes_them() -> None:
    assert address("rds", "module") == "module.rds"
    assert address("module.a.module.b", "module") == "module.a.module.b"
    assert address('aws_eip.nat["${ap-northeast-2a}"]', "aws_eip") == 'aws_eip.nat["ap-northeast-2a"]'
    assert address("aws_eip.nat[0]", "aws_eip") == "aws_eip.nat[0]"


def test_the_list_of_policies_is_of_the_locked_checkov() -> None:
    lock = (ROOT / "requirements-checkov.lock").read_text(encoding="utf-8")
    assert f"checkov=={version()} " in lock
    assert policies()["CKV_AWS_16"].types == ("aws_db_instance",)
    assert policies()["CKV_AWS_16"].each
    assert not policies()["CKV2_AWS_6"].each


# -- The real one ------------------------------------------------------------------------------------------------------

DATABASE = """
variable "encrypted" {}
variable "public" { default = false }
resource "aws_db_instance" "%s" {
  storage_encrypted   = var.encrypted
  publicly_accessible = var.public
}
"""


def real(folder: Path, **request: Any) -> dict[tuple[str, str], Any]:
    with beside(REAL, Request(folder, **request)) as asked:
        assert isinstance(asked, Pending)
        found = asked.result()
    assert not found.failed
    return {(one.policy, one.resource): one for one in found.results}


@needs_checkov
def test_what_checkov_leaves_out_is_there(tmp_path: Path) -> None:
    found = real(write(tmp_path, main=DATABASE % "x"))
    unresolved = found["CKV_AWS_16", "aws_db_instance.x"]
    assert (unresolved.state, unresolved.rests_on) == (State.UNKNOWN, ("var.encrypted",))
    assert "did not resolve var.encrypted" in unresolved.cause
    public = found["CKV_AWS_17", "aws_db_instance.x"]
    assert (public.state, public.rests_on, public.origin.line) == (State.PASS, (), 4)


@needs_checkov
def test_a_pass_on_what_it_did_not_resolve_says_so(tmp_path: Path) -> None:
    text = """
    variable "ports" { default = { "443" = "https", "80" = "http" } }
    resource "aws_security_group" "x" {
      description = "open"
      dynamic "ingress" {
        for_each = var.ports
        iterator = port
        content {
          description = port.value
          from_port   = tonumber(port.key)
          to_port     = tonumber(port.key)
          protocol    = "tcp"
          cidr_blocks = ["0.0.0.0/0"]
        }
      }
    }
    """
    one = real(write(tmp_path, main=text))["CKV_AWS_260", "aws_security_group.x"]
    assert one.state is State.PASS
    assert "port.key" in one.rests_on


@pytest.mark.parametrize(
    ("mine", "theirs", "differs"),
    [
        (True, "true", ()),
        (7, "7", ()),
        ("7", "7", ()),
        (7.0, "7", ()),
        (False, "true", ("a/[0]/b",)),
        ("TLSv1", "TLSv1.2", ("a/[0]/b",)),
        (Unknown(Cause.VARIABLE), "true", ()),
        (None, "true", ()),
        ([1], "1", ()),
    ],
)
def test_values_are_compared_by_fingerprint(mine: Any, theirs: str, differs: tuple[str, ...]) -> None:
    resource = Resource("aws_x", "aws_x.y", {"a": [{"b": mine}]})
    own = Own(Observation("terraform", (resource,)), "salt")
    assert own.differs("aws_x.y", {"a/[0]/b": fingerprint(theirs, "salt")}) == differs
    assert own.differs("aws_x.z", {"a/[0]/b": fingerprint(theirs, "salt")}) == ()


@needs_checkov
def test_where_checkov_and_this_suite_read_differently_is_told(tmp_path: Path) -> None:
    write(tmp_path, main=DATABASE % "x")
    resources = {
        value: Resource("aws_db_instance", "aws_db_instance.x", {"publicly_accessible": value})
        for value in (True, False)
    }
    for value, differs in ((False, ()), (True, ("publicly_accessible",))):
        with beside(REAL, Request(tmp_path)) as asked:
            assert isinstance(asked, Pending)
            found = asked.result(Observation("terraform", (resources[value],)))
        (one,) = (one for one in found.results if one.policy == "CKV_AWS_17")
        assert one.differs == differs


@needs_checkov
def test_variables_come_as_terraform_takes_them(tmp_path: Path) -> None:
    write(tmp_path, main=DATABASE % "x")
    assert real(tmp_path, variables=(("encrypted", "true"),))["CKV_AWS_16", "aws_db_instance.x"].state is State.PASS
    (tmp_path / "own.tfvars").write_text("encrypted = false\n")
    found = real(tmp_path, var_files=(tmp_path / "own.tfvars",))
    assert found["CKV_AWS_16", "aws_db_instance.x"].state is State.FAIL


@needs_checkov
def test_the_environment_gives_way_to_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, main=DATABASE % "x")
    monkeypatch.setenv("TF_VAR_encrypted", "true")
    assert real(tmp_path)["CKV_AWS_16", "aws_db_instance.x"].state is State.PASS
    (tmp_path / "terraform.tfvars").write_text("encrypted = false\n")
    assert real(tmp_path)["CKV_AWS_16", "aws_db_instance.x"].state is State.FAIL


@needs_checkov
def test_a_comment_that_skips_does_not_hide_the_result(tmp_path: Path) -> None:
    text = """
    resource "aws_db_instance" "x" {
      # checkov:skip=CKV_AWS_16: the test has no secrets
      storage_encrypted = false
    }
    resource "aws_s3_bucket" "b" {
      # checkov:skip=CKV2_AWS_6: public on purpose
      bucket = "b"
    }
    """
    found = real(write(tmp_path, main=text))
    one, graph = found["CKV_AWS_16", "aws_db_instance.x"], found["CKV2_AWS_6", "aws_s3_bucket.b"]
    assert (one.state, one.skip) == (State.FAIL, "the test has no secrets")
    assert (graph.state, graph.skip) == (State.FAIL, "public on purpose")


@needs_checkov
def test_other_root_modules_below_are_not_judged(tmp_path: Path) -> None:
    inner, used = tmp_path / "examples", tmp_path / "modules"
    inner.mkdir()
    used.mkdir()
    write(inner, main=DATABASE % "other", more='module "m" {\n  source = "../modules"\n  encrypted = false\n}\n')
    write(used, main=DATABASE % "deep")
    write(tmp_path, main='module "m" {\n  source = "./modules"\n  encrypted = true\n}\n')
    found = real(tmp_path)
    assert {address for _, address in found if "aws_db_instance" in address} == {"module.m.aws_db_instance.deep"}
    assert found["CKV_AWS_16", "module.m.aws_db_instance.deep"].state is State.PASS


@needs_checkov
def test_what_it_did_not_load_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.tf.json").write_text('{"resource": {"aws_s3_bucket": {"j": {"bucket": "j"}}}}')
    write(tmp_path, main=DATABASE % "x", more='module "m" {\n  source  = "x/y/z"\n  version = "1.0.0"\n}\n')
    names = ("aws_db_instance.x", "aws_s3_bucket.j", "module.m", "module.m.module.n[0].aws_s3_bucket.b")
    own = [Resource(name.rpartition(".")[0].rpartition(".")[2], name, {}) for name in names]
    own += [Resource("file", "server/src/main.ts", {}), Resource("module", "module.m.module.o", {})]
    with beside(REAL, Request(tmp_path)) as asked:
        assert isinstance(asked, Pending)
        assert asked.result(Observation("terraform", tuple(own))).unseen == ("aws_s3_bucket.j", "module.m.module.n")


@needs_checkov
def test_a_file_that_it_cannot_parse_is_named(tmp_path: Path) -> None:
    write(tmp_path, main=DATABASE % "x", broken='resource "aws_db_instance" {{{\n')
    with beside(REAL, Request(tmp_path)) as asked:
        assert isinstance(asked, Pending)
        assert [Path(one).name for one in asked.result().unparsed] == ["broken.tf"]


@needs_checkov
def test_no_value_of_the_source_leaves_it(tmp_path: Path) -> None:
    text = 'resource "aws_db_instance" "x" {\n  password = "hunter2-hunter2"\n  username = "${var.a}hunter3"\n}\n'
    found = scan(REAL, write(tmp_path, main=text))
    assert found.results
    assert "hunter" not in repr(found)


@needs_checkov
def test_it_ends_when_nobody_waits_any_more(tmp_path: Path) -> None:
    write(tmp_path, main=DATABASE % "x")
    python = interpreter(REAL)
    assert python is not None
    command = [str(python), "-I", str(checkov.DRIVER), "scan"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    assert process.stdin is not None
    process.stdin.write(b'{"folder": "%s"}\n' % os.fsencode(tmp_path))
    process.stdin.close()
    assert process.wait(60) == -9


CONNECTS = """
import os, runpy, socket, subprocess, sys
driver = runpy.run_path(sys.argv[1])
driver["no_connections"]()
for attempt in (
    lambda: socket.create_connection(("127.0.0.1", 9)),
    lambda: socket.getaddrinfo("example.com", 80),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)),
    lambda: subprocess.run(["true"]),
    lambda: os.system("true"),
):
    try:
        attempt()
    except PermissionError as error:
        assert str(error) == "no connections"
    else:
        raise SystemExit("connected")
"""


def test_it_cannot_open_a_connection() -> None:
    assert subprocess.run([sys.executable, "-I", "-c", CONNECTS, checkov.DRIVER], check=False).returncode == 0


@needs_checkov
def test_it_does_not_try_to_open_one(tmp_path: Path) -> None:
    import json

    write(tmp_path, main='module "m" {\n  source = "terraform-aws-modules/vpc/aws"\n  version = "5.0.0"\n}\n')
    python = interpreter(REAL)
    process = subprocess.Popen(
        [str(python), "-I", str(checkov.DRIVER), "scan"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(os.environ, str(tmp_path)),
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b'{"folder": "%s"}\n' % os.fsencode(tmp_path))
    process.stdin.flush()
    assert json.loads(process.stdout.read())["refused"] == 0
    process.stdin.close()
    process.wait(60)


@needs_checkov
def test_the_kept_list_is_what_it_says() -> None:
    done = subprocess.run(
        [str(interpreter(REAL)), "-I", str(checkov.DRIVER), "policies"], capture_output=True, check=True, timeout=120
    )
    assert done.stdout == PATH.read_bytes()
