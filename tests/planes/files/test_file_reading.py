"""Files of the repository as resources, and every way in which one cannot be read as a gap of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from audits.model import FileQuery, Gap, Resource
from audits.planes import files

QUERY = FileQuery("src/a.ts", r"\bport\s*[:=]\s*(?P<value>[^,;\n]+)", "slashes")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "repository" / "src").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return Path("repository")


def write(root: Path, text: str | bytes, path: str = QUERY.path) -> None:
    (root / path).write_bytes(text.encode() if isinstance(text, str) else text)


def read(root: Path | None, *queries: FileQuery) -> tuple[tuple[Resource, ...], tuple[Gap, ...]]:
    return files.read(root, queries or [QUERY])


def found(root: Path, text: str, comments: str = "slashes", pattern: str = QUERY.pattern) -> list[dict]:
    write(root, text)
    (resource,), gaps = read(root, FileQuery(QUERY.path, pattern, comments))
    assert gaps == ()
    return resource.attributes["queries"][0]["matches"]


def test_a_file_tells_where_its_patterns_match_and_nothing_else_of_its_text(root: Path) -> None:
    write(root, "// port = 1\nconst key = 'hush';\nconst port = 3001;\n")
    (resource,), gaps = read(root)
    assert gaps == ()
    assert (resource.kind, resource.identity, resource.key) == ("file", "src/a.ts", "src/a.ts")
    assert str(resource.origin) == "repository/src/a.ts"
    (query,) = resource.attributes["queries"]
    assert query["matches"] == [{"value": "3001", "line": 3, "column": 14, "quoted": False, "doubt": ""}]
    assert "hush" not in repr(resource)


def test_places_are_counted_in_characters(root: Path) -> None:
    (match,) = found(root, "/* 한글 */ é; port = 3001;")
    assert (match["value"], match["column"]) == ("3001", 20)


def test_each_file_is_read_once_and_answers_each_query(root: Path) -> None:
    write(root, "a = 1\nb = 2")
    queries = [FileQuery(QUERY.path, rf"{name} = (?P<value>\d)", "none") for name in "ab"]
    (resource,), _ = read(root, *queries)
    values = {one["digest"]: one["matches"][0]["value"] for one in resource.attributes["queries"]}
    assert values == {queries[0].digest: "1", queries[1].digest: "2"}


@pytest.mark.parametrize(
    "text",
    [
        "port = process.env.PORT ?? 3001",
        "port = Number(process.env['PORT'] || 3001)",
        "port = config.get('PORT', 3001)",
        "port = `${base}1`",
    ],
)
def test_what_the_program_takes_from_its_environment_is_in_doubt(root: Path, text: str) -> None:
    assert [one["doubt"] for one in found(root, text)] == ["the program reads it from its environment or configuration"]


@pytest.mark.parametrize(
    "text",
    [
        "port = 3001 + offset",
        "port = 3001\n  + offset",
        "port = 3001 ? a : b",
        "port = 3001n",
        "port = 3001_0",
        "port = 3001.5",
        "x = -port = 3001 * 2",
        "port = '3001' + x",
    ],
)
def test_what_is_only_part_of_an_expression_is_in_doubt(root: Path, text: str) -> None:
    (match,) = found(root, text, pattern=r"port = '?(?P<value>3001)")
    assert match["doubt"] == "it is part of a longer expression"


def test_what_stands_before_a_value_counts_too(root: Path) -> None:
    (match,) = found(root, "port = 2 * 3001;", pattern=r"port.*?(?P<value>3001)")
    assert match["doubt"] == "it is part of a longer expression"


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        ("port = 3001;", "slashes"),
        ("port = 3001 // + 1", "slashes"),
        ("port = 3001\n}", "slashes"),
        ('port: "3001"', "none"),
        ("port: 3001\n- other", "hash"),
        ("x => port = 3001", "slashes"),
        ("'max=9, port = 3001'", "slashes"),
    ],
)
def test_a_value_that_stands_alone_is_in_no_doubt(root: Path, text: str, comments: str) -> None:
    (match,) = found(root, text, comments, r"port\W+(?P<value>3001)")
    assert match["doubt"] == ""


def test_what_may_be_a_comment_is_in_doubt(root: Path) -> None:
    (match,) = found(root, "port: 80 # port: 3001", "hash", r"port: (?P<value>3001)")
    assert match["doubt"] == "it cannot be told whether this is a comment"


def test_a_pattern_without_bounds_keeps_a_few_places_only(root: Path) -> None:
    assert len(found(root, "port = 1;\n" * 500)) == 20


# -- What cannot be read ----------------------------------------------------------------------------------------------


def unread(root: Path | None, query: FileQuery = QUERY) -> Gap:
    resources, (gap,) = read(root, query)
    assert resources == ()
    assert (gap.plane, gap.kinds, gap.resource, gap.scope) == ("terraform", ("file",), query.path, query.path)
    assert gap.mend
    return gap


def test_without_a_repository_every_file_is_a_gap() -> None:
    assert "no repository is given" in unread(None).cause


def test_a_file_that_is_not_there_is_a_gap(root: Path) -> None:
    assert unread(root).cause == "No such file or directory"
    assert "--repository" in unread(root).mend
    assert unread(Path("nowhere")).cause == "No such file or directory"


def test_a_folder_and_a_pipe_are_no_files(root: Path) -> None:
    os.mkfifo(root / QUERY.path)
    assert unread(root).cause == "not a file"
    assert unread(root, FileQuery("src", QUERY.pattern, "none")).cause in ("not a file", "Is a directory")


def test_a_file_that_is_too_large_or_no_text_is_a_gap(root: Path) -> None:
    write(root, b"port = 1;\n" + b" " * files.LARGEST)
    assert "larger than" in unread(root).cause
    write(root, b"port = 1; // caf\xe9")
    assert unread(root).cause == "not UTF-8 (byte 16)"
    assert unread(root).origin.file == "repository/src/a.ts"


def test_the_largest_file_is_read(root: Path) -> None:
    write(root, b"port = 1;\n".ljust(files.LARGEST))
    assert read(root)[1] == ()


def test_a_link_out_of_the_repository_is_not_followed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.ts").write_text("port = 3001")
    (root / QUERY.path).symlink_to(tmp_path / "secret.ts")
    assert unread(root).cause == "a link leads out of the repository"
    (root / "way").symlink_to(tmp_path)
    assert unread(root, FileQuery("way/secret.ts", QUERY.pattern, "none")).cause == "a link leads out of the repository"


def test_a_link_within_the_repository_is_followed_and_one_in_a_circle_is_a_gap(root: Path) -> None:
    write(root, "port = 3001;", "src/b.ts")
    (root / QUERY.path).symlink_to("b.ts")
    assert read(root)[1] == ()
    (root / "round").symlink_to("round")
    assert unread(root, FileQuery("round", QUERY.pattern, "none")).cause


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_file_that_may_not_be_read_is_a_gap(root: Path) -> None:
    write(root, "port = 1")
    (root / QUERY.path).chmod(0)
    assert unread(root).cause == "Permission denied"


def test_one_unread_file_leaves_the_others_read(root: Path) -> None:
    write(root, "port = 1;")
    resources, gaps = read(root, QUERY, FileQuery("gone.ts", QUERY.pattern, "none"))
    assert [one.identity for one in resources] == ["src/a.ts"]
    assert [one.resource for one in gaps] == ["gone.ts"]


def test_the_root_is_the_checkout_that_the_terraform_lies_in(root: Path, tmp_path: Path) -> None:
    inner = root / "infrastructure" / "prod"
    inner.mkdir(parents=True)
    (root / ".git").mkdir()
    assert files.default_root(inner) == tmp_path / root
    assert files.default_root(root) == tmp_path / root
