"""The cache of parsed files: right when it hits, harmless when it is poisoned."""

from __future__ import annotations

import ast
import errno
import hashlib
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from audits.planes.terraform import cache as cache_module
from audits.planes.terraform import grammar, read
from audits.planes.terraform.cache import ParseCache, default_folder
from audits.planes.terraform.syntax import parse_file
from tests.planes.terraform import plans

BESIDE = {"values", "errors"}
"""Of these the parser takes classes of exceptions only: how a text is read does not depend on them."""
POISON = [
    "",
    "{}",
    "[]",
    "[[],[[1]]]",
    '[[[1,1,"a",[99,1,1]]],[]]',
    '[[[1,1,"a",[0,1,1,[1]]]],[]]',
    "[" * 100_000,
    '[[[1,1,"a",[13,1,1,"not a tuple",false]]],[]]',
    '[[[1,1,"a",[-1,1,1]]],[]]',
    "\x00",
    "null",
    '[[[1,1,"a",[0,1,1,[-2,"NaNs"]]]],[]]',
    '[[[1,1,"a",[0,1,1,[-2,"Infinity"]]]],[]]',
    '[[[true,1,"a",[0,1,1,1]]],[]]',
    "[[],[],[]]",
]
SOURCES = sorted(plans.ROOTS.rglob("*.tf"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(plans.ROOTS)))
def test_what_comes_out_is_what_went_in(tmp_path: Path, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    cache = ParseCache(tmp_path)
    body = parse_file(text, "a.tf")
    assert cache.get(text, "hcl", "a.tf") is None
    cache.put(text, "hcl", body)
    assert cache.get(text, "hcl", "a.tf") == body
    assert cache.get(text + " ", "hcl", "a.tf") is None
    assert {entry.suffix or entry.name for entry in tmp_path.iterdir()} == {".json", "pruned"}


def test_warm_run_says_the_same_without_the_parser(tmp_path: Path) -> None:
    root = plans.ROOTS / "templates"
    script = (
        "import sys; from pathlib import Path; from audits.planes.terraform import read\n"
        f"seen = read(Path({str(root)!r}), environment={{}})\n"
        "print(repr(seen.resources)); print('audits.planes.terraform.grammar' in sys.modules, file=sys.stderr)"
    )
    environment = {"AUDIT_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(Path.cwd())}
    cold, warm = (
        subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
        for _ in range(2)
    )
    assert (cold.stderr.strip(), warm.stderr.strip()) == ("True", "False")
    assert cold.stdout == warm.stdout


def test_unwritable_cache_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "main.tf").write_text('resource "terraform_data" "x" {}')
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AUDIT_CACHE_DIR", str(tmp_path / "file"))
    assert len(read(tmp_path, environment={}).resources) == 1


# -- poison ---------------------------------------------------------------------------------------------------------

SOURCE = 'resource "terraform_data" "x" { input = upper("a") }'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for a cache that does not exist yet."""
    return tmp_path / "cache"


def _entry(folder: Path) -> Path:
    (entry,) = folder.glob("*.json")
    return entry


def _put(folder: Path, text: str = SOURCE) -> Path:
    cache = ParseCache(folder)
    cache.put(text, "hcl", parse_file(text, "a.tf"))
    return next(path for path in folder.glob("*.json") if ParseCache(folder).get(text, "hcl", "a.tf") and path)


def _hit(folder: Path, text: str = SOURCE) -> bool:
    return ParseCache(folder).get(text, "hcl", "a.tf") is not None


def _sealed(entry: Path, payload: bytes) -> bytes:
    """An entry with its head in order: what only somebody who writes as the user can make."""
    return f"{entry.stem} {hashlib.sha256(payload).hexdigest()}\n".encode() + payload


@pytest.mark.parametrize("payload", POISON)
def test_what_is_no_body_is_a_miss_even_with_its_head_in_order(folder: Path, payload: str) -> None:
    entry = _put(folder)
    entry.write_bytes(_sealed(entry, payload.encode()))
    assert not _hit(folder)
    assert _put(folder) == entry
    assert _hit(folder)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[:100],
        lambda data: data + b" ",
        lambda data: data.replace(b"upper", b"lower"),
        lambda data: data.partition(b"\n")[2],
        lambda data: bytes(len(data)),
    ],
    ids=["empty", "cut", "cut early", "longer", "changed", "headless", "zeros"],
)
def test_a_spoilt_entry_is_a_miss_and_is_written_anew(folder: Path, spoil: Callable[[bytes], bytes]) -> None:
    entry = _put(folder)
    right = entry.read_bytes()
    entry.write_bytes(spoil(right))
    assert not _hit(folder)
    _put(folder)
    assert entry.read_bytes() == right


def test_an_entry_under_another_name_is_a_miss(folder: Path) -> None:
    other = 'resource "terraform_data" "x" { input = lower("a") }'
    first, second = _put(folder), folder / "second"
    ParseCache(folder).put(other, "hcl", parse_file(other, "a.tf"))
    (second,) = (path for path in folder.glob("*.json") if path != first)
    swapped = second.read_bytes()
    second.write_bytes(first.read_bytes())
    first.write_bytes(swapped)
    assert not _hit(folder)
    assert not _hit(folder, other)


def test_an_entry_of_another_version_is_a_miss(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _put(folder)
    monkeypatch.setattr(cache_module, "_version", lambda: "another")
    assert not _hit(folder)


def _imported(name: str) -> set[str]:
    """A module of the plane with those that it imports, directly or not."""
    tree = ast.parse(Path(cache_module.__file__).with_name(f"{name}.py").read_text())
    froms = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not [one for one in froms if one.startswith("audits.") and not one.startswith("audits.planes.terraform")]
    below = {one.rpartition(".")[2] for one in froms if one.startswith("audits.planes.terraform.")} - BESIDE
    return {name}.union(*map(_imported, below))


def test_the_version_covers_the_parser_and_its_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    read_bytes = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: (seen.append(self.name), read_bytes(self))[1])
    cache_module._version.__wrapped__()
    parsing = _imported("syntax") | _imported("json_syntax") | {"node_codec"}
    assert {f"{name}.py" for name in parsing - BESIDE} <= {*seen}
    assert grammar.TABLES.name in seen


def test_where_the_version_cannot_be_told_there_is_no_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_PARSER", ("not here.py",))
    monkeypatch.setattr(cache_module, "_version", cache_module._version.__wrapped__)
    ParseCache(folder).put(SOURCE, "hcl", parse_file(SOURCE, "a.tf"))
    assert not folder.exists()


# -- whose it is ----------------------------------------------------------------------------------------------------


def test_folder_and_entries_are_the_users_alone(folder: Path) -> None:
    mask = os.umask(0)
    try:
        entry = _put(folder)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o1777])
def test_a_folder_that_others_may_write_to_is_not_used(folder: Path, mode: int) -> None:
    _put(folder)
    folder.chmod(mode)
    assert not _hit(folder)
    other = SOURCE + "\n"
    ParseCache(folder).put(other, "hcl", parse_file(other, "a.tf"))
    assert len(list(folder.glob("*.json"))) == 1


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_an_entry_that_others_may_write_to_is_a_miss(folder: Path, mode: int) -> None:
    entry = _put(folder)
    entry.chmod(mode)
    assert not _hit(folder)
    _put(folder)
    assert _hit(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_somebody_else_owns_is_not_used(folder: Path) -> None:
    entry = _put(folder)
    os.chown(entry, 12345, -1)
    assert not _hit(folder)
    _put(folder)
    assert _hit(folder)
    os.chown(folder, 12345, -1)
    assert not _hit(folder)


def test_symbolic_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    entry = _put(folder)
    (tmp_path / "link").symlink_to(folder)
    assert not _hit(tmp_path / "link")
    elsewhere = tmp_path / "elsewhere.json"
    entry.rename(elsewhere)
    entry.symlink_to(elsewhere)
    assert not _hit(folder)
    before = elsewhere.read_bytes()
    _put(folder)
    assert _hit(folder) and not entry.is_symlink() and elsewhere.read_bytes() == before


def test_what_is_no_file_is_a_miss(folder: Path) -> None:
    entry = _put(folder)
    entry.unlink()
    os.mkfifo(entry)
    assert not _hit(folder)
    entry.unlink()
    entry.mkdir()
    assert not _hit(folder)


def test_a_huge_entry_is_neither_read_nor_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = _put(folder)
    with entry.open("r+b") as stream:
        stream.truncate(1 << 40)
    assert not _hit(folder)
    entry.unlink()
    monkeypatch.setattr(cache_module, "LARGEST_ENTRY", 10)
    ParseCache(folder).put(SOURCE, "hcl", parse_file(SOURCE, "a.tf"))
    assert not list(folder.glob("*.json"))


# -- trouble with the folder ----------------------------------------------------------------------------------------


def test_a_checkout_brings_no_cache_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUDIT_CACHE_DIR")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert default_folder() == tmp_path / "xdg" / "glimpse-audit" / "terraform"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert default_folder() == tmp_path / "home" / ".cache" / "glimpse-audit" / "terraform"
    monkeypatch.setenv("AUDIT_CACHE_DIR", "")
    assert default_folder() is None


def test_a_full_disk_leaves_nothing_half_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _put(folder, "a = 1\n")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cache_module.os, "rename", full)
    ParseCache(folder).put(SOURCE, "hcl", parse_file(SOURCE, "a.tf"))
    monkeypatch.undo()
    assert len([path for path in folder.iterdir() if path.name != "pruned"]) == 1
    assert not _hit(folder)


def test_a_device_that_is_full_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "main.tf").write_text(SOURCE)
    monkeypatch.setenv("AUDIT_CACHE_DIR", "/dev/full")
    assert len(read(tmp_path, environment={}).resources) == 1


def test_many_writers_at_once_leave_whole_entries(folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from audits.planes.terraform.cache import ParseCache\n"
        "from audits.planes.terraform.syntax import parse_file\n"
        "for round in range(30):\n"
        "    for number in range(10):\n"
        "        text = f'a = {number}\\n'\n"
        "        ParseCache(Path(sys.argv[1])).put(text, 'hcl', parse_file(text, 'a.tf'))\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, str(folder)]) for _ in range(4)]
    assert [writer.wait() for writer in writers] == [0, 0, 0, 0]
    assert all(_hit(folder, f"a = {number}\n") for number in range(10))
    assert {path.suffix for path in folder.iterdir() if path.name != "pruned"} == {".json"}


# -- how much it keeps ----------------------------------------------------------------------------------------------


def _aged(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def test_old_entries_go_and_what_is_not_ours_stays(folder: Path) -> None:
    kept, old = _put(folder, "a = 1\n"), None
    ParseCache(folder).put("a = 2\n", "hcl", parse_file("a = 2\n", "a.tf"))
    (old,) = (path for path in folder.glob("*.json") if path != kept)
    _aged(old, cache_module.STALE + 10)
    lost, busy, strange = (folder / name for name in (f"{'a' * 64}.1.tmp", f"{'b' * 64}.1.tmp", "notes.json"))
    for path, age in ((lost, 4000), (busy, 10), (strange, cache_module.STALE + 10)):
        path.touch()
        _aged(path, age)
    _put(folder, "a = 3\n")
    assert old.exists(), "pruned again within the hour"
    _aged(folder / "pruned", 4000)
    _put(folder, "a = 4\n")
    assert [path.exists() for path in (kept, old, lost, busy, strange)] == [True, False, False, True, True]


@pytest.mark.parametrize("bound", ["MOST_BYTES", "MOST_ENTRIES"])
def test_the_oldest_go_while_there_is_too_much(folder: Path, monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    for number in range(6):
        text = f"a = {number}\n"
        ParseCache(folder).put(text, "hcl", parse_file(text, "a.tf"))
        for path in folder.glob("*.json"):
            _aged(path, time.time() - path.stat().st_mtime + 100)
    size = _entry_size(folder)
    monkeypatch.setattr(cache_module, bound, size * 3 if bound == "MOST_BYTES" else 3)
    _aged(folder / "pruned", 4000)
    _put(folder, "a = 9\n")
    assert [_hit(folder, f"a = {number}\n") for number in range(6)] == [False, False, False, True, True, True]


def _entry_size(folder: Path) -> int:
    (size,) = {path.stat().st_size for path in folder.glob("*.json")}
    return size


def test_use_keeps_an_entry_young(folder: Path) -> None:
    entry = _put(folder)
    _aged(entry, cache_module.STALE - 100)
    assert _hit(folder)
    assert entry.stat().st_mtime > time.time() - 100
