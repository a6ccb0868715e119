"""The history's file: one SQLite database, one transaction a run.

Two writers wait for each other, and a writer that is killed leaves the file as it was: SQLite's rollback journal with
``synchronous = FULL`` (sqlite.org, "Atomic Commit In SQLite"). Every verdict of every run is kept, with what it says
and not with what was found: no value of the account enters the file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple
from pathlib import Path

from reports.history.lifecycle import Named, Past, Seen
from reports.history.trend import past_of
from reports.report import ReportError, Run
from reports.text import visible

APPLICATION = 0x474C4155
"""What tells our files from other SQLite files (``application_id``)."""
VERSION = 1
PATIENCE = 60.0
"""Seconds to wait for another writer."""

_TABLES = """
CREATE TABLE run (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, started TEXT NOT NULL, finished TEXT NOT NULL,
  status INTEGER NOT NULL, planes TEXT NOT NULL, accounts TEXT NOT NULL, summary TEXT NOT NULL
);
CREATE TABLE finding (
  number INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, control TEXT NOT NULL, plane TEXT NOT NULL,
  severity TEXT NOT NULL, title TEXT NOT NULL, resource TEXT, path TEXT NOT NULL, account TEXT, region TEXT
);
CREATE TABLE verdict (
  run INTEGER NOT NULL REFERENCES run, finding INTEGER NOT NULL REFERENCES finding, state TEXT NOT NULL, quiet TEXT,
  PRIMARY KEY (run, finding)
) WITHOUT ROWID;
CREATE TABLE judged (
  run INTEGER NOT NULL REFERENCES run, control TEXT NOT NULL, plane TEXT NOT NULL, undecided INTEGER NOT NULL,
  PRIMARY KEY (run, control, plane)
) WITHOUT ROWID;
CREATE INDEX verdict_of_finding ON verdict (finding, run);
"""

# What never deviated has no life to tell, and would be most of a history.
_VERDICTS = """
SELECT finding, state, quiet FROM verdict WHERE run = ?
AND finding IN (SELECT finding FROM verdict WHERE state IN ('fail', 'absent'))
"""

# A control may be given another title or severity: the last one counts.
_NAME = """
INSERT INTO finding (uid, control, plane, severity, title, resource, path, account, region)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (uid) DO UPDATE SET severity = excluded.severity, title = excluded.title, resource = excluded.resource
"""


def record(path: Path, run: Run) -> bool:
    """Add a run, whole or not at all; False if it is there already.

    Raises:
        ReportError: the file cannot be written, or is no history of ours.
    """
    with _open(path, create=True) as base:
        base.execute("BEGIN IMMEDIATE")
        about, summary = run["run"], run["summary"]
        row = (about["id"], about["started"], about["finished"], summary["exit_status"])
        lists = (json.dumps(about["planes"]), json.dumps(about["accounts"]), json.dumps(summary))
        added = base.execute(
            "INSERT OR IGNORE INTO run (id, started, finished, status, planes, accounts, summary)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*map(_text, row[:3]), row[3], *lists),
        )
        if not added.rowcount:
            base.execute("ROLLBACK")
            return False
        number = added.lastrowid
        past = past_of(run)
        base.executemany(_NAME, [tuple(map(_text, astuple(seen.what))) for seen in past.seen.values()])
        known = dict(base.execute("SELECT uid, number FROM finding"))
        base.executemany(
            "INSERT INTO verdict (run, finding, state, quiet) VALUES (?, ?, ?, ?)",
            [(number, known[uid], seen.state, seen.quiet) for uid, seen in past.seen.items()],
        )
        base.executemany(
            "INSERT INTO judged (run, control, plane, undecided) VALUES (?, ?, ?, ?)",
            [(number, _text(control), plane, undecided) for (control, plane), undecided in past.judged.items()],
        )
        base.execute("COMMIT")
        return True


def read(path: Path, *, before: str | None = None, last: int = 0) -> list[Past]:
    """The runs, oldest first: those that started before ``before``, the ``last`` of them (0 for all).

    What never deviated is left out of ``seen``. A history that is not there yet has no runs.

    Raises:
        ReportError: the file cannot be read, or is no history of ours.
    """
    if not path.exists():
        return []
    with _open(path) as base:
        names = {
            number: Named(uid, control, plane, severity, title, resource, where, account, region)
            for number, uid, control, plane, severity, title, resource, where, account, region in base.execute(
                "SELECT number, uid, control, plane, severity, title, resource, path, account, region FROM finding"
            )
        }
        chosen = base.execute(
            "SELECT number, id, started, finished, status, planes, accounts, summary FROM run"
            " WHERE ? IS NULL OR started < ? ORDER BY started DESC, number DESC LIMIT ?",
            (before, before, last or -1),
        ).fetchall()
        return [_past(base, names, row) for row in reversed(chosen)]


def _past(base: sqlite3.Connection, names: dict[int, Named], row: Sequence[object]) -> Past:
    number, name, started, finished, status, planes, accounts, summary = row
    seen = {
        names[finding].uid: Seen(names[finding], state, quiet)
        for finding, state, quiet in base.execute(_VERDICTS, (number,))
    }
    judged = {
        (control, plane): bool(undecided)
        for control, plane, undecided in base.execute(
            "SELECT control, plane, undecided FROM judged WHERE run = ?", (number,)
        )
    }
    lists = [json.loads(str(one)) for one in (planes, accounts)]
    texts = (str(name), str(started), str(finished))
    return Past(*texts, int(str(status)), lists[0], lists[1], json.loads(str(summary)), seen, judged)


def _text(value: object) -> str | None:
    return None if value is None else visible(str(value))


@contextmanager
def _open(path: Path, *, create: bool = False) -> Iterator[sqlite3.Connection]:
    place = visible(str(path))
    if path.is_dir():
        raise ReportError(f"{place}: is a directory")
    try:
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        mode = "rwc" if create else "ro"
        address = f"{path.resolve().as_uri()}?mode={mode}"
        with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)) as base:
            _prepare(base, place, create)
            yield base
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_NOTADB":
            raise ReportError(f"{place}: no SQLite file") from None
        raise ReportError(f"{place}: {error}") from None
    except OSError as error:
        raise ReportError(f"{place}: {error.strerror or error}") from None


def _prepare(base: sqlite3.Connection, place: str, create: bool) -> None:
    base.execute("PRAGMA synchronous = FULL")
    base.execute("PRAGMA foreign_keys = ON")
    if create:
        base.execute("BEGIN IMMEDIATE")
        empty = not base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if empty and not _number(base, "application_id"):
            for statement in filter(str.strip, _TABLES.split(";")):
                base.execute(statement)
            base.execute(f"PRAGMA application_id = {APPLICATION}")
            base.execute(f"PRAGMA user_version = {VERSION}")
        base.execute("COMMIT")
    if _number(base, "application_id") != APPLICATION:
        raise ReportError(f"{place}: an SQLite file, but no history of this suite")
    if _number(base, "user_version") != VERSION:
        found = _number(base, "user_version")
        raise ReportError(f"{place}: history of version {found}; this suite reads and writes version {VERSION}")


def _number(base: sqlite3.Connection, pragma: str) -> int:
    return int(base.execute(f"PRAGMA {pragma}").fetchone()[0])
