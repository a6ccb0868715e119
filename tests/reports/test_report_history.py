"""The history: what becomes of deviations over the runs, and that its file survives what happens to it."""

from __future__ import annotations

import copy
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import report_runs
from report_builders import GAPS, control, live, run, source
from test_report_commands import ROOT, audited, reports

from reports.history.lifecycle import Life, fixed, lives, standing
from reports.history.store import APPLICATION, read, record
from reports.history.text import duration, history_text, sparkline
from reports.history.trend import past_of, trend
from reports.labels import Labels
from reports.report import ReportError, dumps, load, validate, write

Run = dict[str, Any]
START = datetime(2026, 3, 1, 2, 15, tzinfo=UTC)


def night(day: int, state: str | None, *, rest: str = "pass", planned: str | None = None, account: str = "1") -> Run:
    """A run with one thing in the given state (None: nothing is said of it) and another beside it."""
    verdicts = [live(rest, "other", 1, 1, key="beside")]
    if state is not None:
        verdicts.append(live(state, "size", "small", "large", key="db", account=account * 12))
    outcome = "fail" if state in ("fail", "absent") else "pass"
    entry = control("rds-size", "drift", outcome, {"live": verdicts}, planned=planned)
    return at(day, run([entry]), account)


def at(day: int, whole: Run, account: str = "1") -> Run:
    moment = (START + timedelta(days=day)).isoformat().replace("+00:00", "Z")
    whole["run"].update(id=f"night-{day}", started=moment, finished=moment, accounts=[account * 12])
    return whole


def life(*states: str | None, **more: Any) -> Life | None:
    found = lives(past_of(night(day, state, **more)) for day, state in enumerate(states))
    assert len(found) <= 1
    return next(iter(found.values()), None)


def day(number: int) -> str:
    return (START + timedelta(days=number)).isoformat().replace("+00:00", "Z")


def test_what_never_deviates_has_no_life() -> None:
    assert life("pass", "unknown", None, "unreadable") is None


def test_a_deviation_stands_since_it_was_first_seen() -> None:
    found = life("pass", "fail", "fail")
    assert found is not None
    assert (found.first, found.since, found.fixed, found.reopened) == (day(1), day(1), None, 0)


@pytest.mark.parametrize("after", ["pass", None])
def test_it_is_fixed_when_it_passes_or_is_gone(after: str | None) -> None:
    found = life("fail", "fail", after)
    assert found is not None
    assert found.fixed == day(2)
    assert found.lasted == timedelta(days=2)
    assert not standing({"x": found})
    assert fixed({"x": found}) == [found]


@pytest.mark.parametrize("dark", ["unreadable", "unknown"])
def test_what_could_not_be_told_is_not_fixed(dark: str) -> None:
    found = life("fail", dark)
    assert found is not None
    assert (found.fixed, found.blind) == (None, True)
    again = life("fail", dark, "fail")
    assert again is not None
    assert (again.since, again.blind, again.reopened) == (day(0), False, 0)


def test_what_is_gone_beside_something_undecided_is_not_fixed() -> None:
    runs = [night(0, "fail"), night(1, None, rest="unreadable")]
    (found,) = lives(map(past_of, runs)).values()
    assert (found.fixed, found.blind) == (None, True)


def test_a_run_that_did_not_judge_the_control_says_nothing() -> None:
    runs = [night(0, "fail"), at(1, run([])), at(2, night(2, "fail"))]
    (found,) = lives(map(past_of, runs)).values()
    assert (found.fixed, found.blind, found.reopened) == (None, False, 0)


def test_a_run_of_another_account_says_nothing() -> None:
    runs = [night(0, "fail", account="1"), night(1, None, account="2")]
    (found,) = lives(map(past_of, runs)).values()
    assert (found.fixed, found.blind) == (None, False)


def test_it_can_come_back() -> None:
    found = life("fail", "pass", "absent", "pass", "fail")
    assert found is not None
    assert (found.first, found.since, found.reopened, found.fixed) == (day(0), day(4), 2, None)


def test_a_planned_deviation_says_so() -> None:
    found = life("fail", planned="phase 6")
    assert found is not None
    assert found.quiet == "planned"


# --- the file


def test_what_was_recorded_reads_back(tmp_path: Path) -> None:
    file = tmp_path / "new" / "history.sqlite"
    assert read(file) == []
    nights = [night(0, "fail"), night(1, "pass"), night(2, "fail")]
    for one in reversed(nights):
        assert record(file, one)
        assert not record(file, one), "the second time it is there already"
    past = read(file)
    assert [one.id for one in past] == ["night-0", "night-1", "night-2"]
    assert lives(past) == lives(map(past_of, nights))
    assert [one.id for one in read(file, before=day(2), last=1)] == ["night-1"]


def test_no_value_enters_the_file(tmp_path: Path) -> None:
    whole = night(0, "fail")
    verdict = whole["controls"][0]["planes"]["live"]["verdicts"][1]
    verdict |= {"actual": "sesame-open", "expected": "sesame-shut", "cause": "is sesame-open"}
    record(tmp_path / "h", whole)
    assert b"sesame" not in (tmp_path / "h").read_bytes()


def test_hostile_text_is_kept_as_text(tmp_path: Path) -> None:
    whole = report_runs.hostile()
    whole["run"].update(started=day(0), finished=day(0))
    record(tmp_path / "h", whole)
    text = history_text(read(tmp_path / "h"), Labels("en"))
    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda file: file.write_bytes(b"no database, but text that is long enough" * 30), "no SQLite file"),
        (lambda file: sqlite3.connect(file).executescript("CREATE TABLE x (y)"), "no history of this suite"),
        (
            lambda file: sqlite3.connect(file).executescript(
                f"CREATE TABLE x (y); PRAGMA application_id = {APPLICATION}; PRAGMA user_version = 99"
            ),
            "history of version 99",
        ),
        (lambda file: file.mkdir(), "is a directory"),
    ],
)
def test_a_file_that_is_no_history_is_left_alone(make: Any, said: str, tmp_path: Path) -> None:
    file = tmp_path / "h"
    make(file)
    before = file.read_bytes() if file.is_file() else None
    for attempt in (lambda: record(file, night(0, "fail")), lambda: read(file)):
        with pytest.raises(ReportError, match=said) as caught:
            attempt()
        assert "\n" not in str(caught.value)
    assert before == (file.read_bytes() if file.is_file() else None)


WRITER = """
import sys
from pathlib import Path
from reports.history.store import record
from reports.report import load

run = load(sys.argv[2])
print("ready", flush=True)
for number in range(int(sys.argv[4])):
    run["run"]["id"] = f"{sys.argv[3]}-{number:04}"
    run["run"]["started"] = f"2026-03-01T{number // 60 % 24:02}:{number % 60:02}:00Z"
    record(Path(sys.argv[1]), run)
"""


def writer(file: Path, saved: Path, name: str, runs: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", WRITER, str(file), str(saved), name, str(runs)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    file, saved = tmp_path / "h", tmp_path / "run.json"
    write(saved, dumps(report_runs.mixed()))
    writers = [writer(file, saved, name, 12) for name in ("a", "b")]
    assert [one.wait(120) for one in writers] == [0, 0]
    assert len(read(file)) == 24


def test_a_killed_writer_leaves_whole_runs_and_the_next_one_writes(tmp_path: Path) -> None:
    file, saved = tmp_path / "h", tmp_path / "run.json"
    write(saved, dumps(report_runs.big(4, 100)))
    chance, whole = random.Random(11), len(past_of(report_runs.mixed()).seen)
    for attempt in range(12):
        one = writer(file, saved, f"killed-{attempt}", 10_000)
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.25))
        one.send_signal(signal.SIGKILL)
        one.wait(60)
        with sqlite3.connect(file) as base:
            assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            counts = {n for (n,) in base.execute("SELECT count(*) FROM verdict GROUP BY run")}
            runs = base.execute("SELECT count(*) FROM run").fetchone()[0]
        assert counts <= {800, whole}
        assert len(read(file)) == runs
        assert record(file, at(attempt, report_runs.mixed()))


# --- what people see


def test_the_trend_of_a_run() -> None:
    earlier = [past_of(night(0, "pass")), past_of(night(1, "fail")), past_of(night(2, "pass"))]
    now = night(3, "fail")
    told = trend(earlier, now)
    assert [one["deviations"] for one in told["runs"]] == [0, 1, 0, 1]
    assert told["changes"] == {"since": day(2), "new": 0, "reopened": 1, "fixed": 0, "unreadable": 0}
    assert list(told["deviations"].values()) == [{"first": day(1), "since": day(3), "reopened": 1}]
    assert told["controls"] == {"rds-size": {"first": day(1), "since": day(3), "reopened": 1}}
    assert trend([], now)["changes"] is None
    after = trend([*earlier, past_of(now)], night(4, None))
    assert after["changes"] == {"since": day(3), "new": 0, "reopened": 0, "fixed": 1, "unreadable": 0}
    (ended,) = after["fixed"]
    assert (ended["control"], ended["plane"], ended["path"], ended["since"]) == ("rds-size", "live", "size", day(3))
    other = trend([*earlier, past_of(night(2, "fail", account="2"))], now)
    assert [one["id"] for one in other["runs"]] == ["night-0", "night-1", "night-2", "night-3"]
    dark = trend([past_of(now)], night(4, "unreadable"))
    assert dark["changes"]["unreadable"] == 1
    assert dark["changes"]["fixed"] == 0


def test_a_run_with_its_trend_is_still_a_run() -> None:
    now = night(3, "fail")
    now["history"] = trend([past_of(night(0, "pass"))], now)
    validate(now)
    spoilt = copy.deepcopy(now)
    spoilt["history"]["runs"][0]["deviations"] = -1
    with pytest.raises(ReportError):
        validate(spoilt)


@pytest.mark.parametrize(("counts", "bars"), [([], ""), ([0, 0], "▁▁"), ([0, 1, 2], "▁▅█"), ([7] * 70, "█" * 60)])
def test_sparkline(counts: list[int], bars: str) -> None:
    assert sparkline(counts) == bars


@pytest.mark.parametrize(("minutes", "said"), [(0, "0 min"), (119, "119 min"), (120, "2 h"), (2880, "2 d")])
def test_duration(minutes: int, said: str) -> None:
    assert duration(timedelta(minutes=minutes)) == said


def test_the_command_shows_runs_and_deviations(tmp_path: Path) -> None:
    for number, state in enumerate(["fail", "pass", "fail"]):
        write(tmp_path / f"{number}.json", dumps(night(number, state)))
    names = [f"{number}.json" for number in range(3)]
    done = reports(tmp_path, "history", "--db", "h.sqlite", "--add", *names)
    text = done.stdout.decode()
    assert done.returncode == 0, done.stderr
    assert "█▁█" in text
    assert "Deviations that stand" in text
    assert f"{day(2)}  1" in text
    korean = reports(tmp_path, "history", "--db", "h.sqlite", "--lang", "ko", "--control", "rds-size").stdout.decode()
    assert "남아 있는 편차" in korean
    other = reports(tmp_path, "history", "--db", "h.sqlite", "--control", "nothing").stdout.decode()
    assert "rds-size" not in other


def folder_of(tmp_path: Path) -> Path:
    from test_report_commands import CONFTEST

    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_x.py").write_text("def test_x(): pass\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def test_the_plugin_keeps_a_history_and_shows_what_changed(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    for number, state in enumerate(["pass", "fail"]):
        write(folder / "run.json", dumps(night(number, state)))
        done = audited(folder, "--history", "h.sqlite", "--report", f"json={number}.json", "--report", "html=r.html")
        assert done.returncode == 0, done.stdout
    assert load(folder / "0.json")["history"]["changes"] is None
    assert load(folder / "1.json")["history"]["changes"]["new"] == 1
    assert f"Since {day(0)}: 1 new" in done.stdout.decode()
    assert "1 new" in reports(folder, "render", "1.json", "--to", "markdown").stdout.decode()
    page = (folder / "r.html").read_text(encoding="utf-8")
    assert 'id="history"' in page
    assert f"deviates since {day(1)}" in page
    assert [one.id for one in read(folder / "h.sqlite")] == ["night-0", "night-1"]


def test_a_history_that_cannot_be_kept_loses_no_report(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    write(folder / "run.json", dumps(night(0, "fail")))
    (folder / "h.sqlite").write_text("something else " * 100)
    done = audited(folder, "--history", "h.sqlite", "--report", "json=a.json")
    assert done.returncode == 4
    assert b"history: h.sqlite: no SQLite file" in done.stdout
    assert "history" not in load(folder / "a.json")


def test_both_planes_have_their_own_life() -> None:
    sides = {"terraform": [source("fail", "size", 1, 2, key="db")], "live": [live("pass", "size", 1, 1, key="db")]}
    found = lives([past_of(at(0, run([control("x", "unapplied", "fail", sides)])))])
    assert [one.what.plane for one in found.values()] == ["terraform"]


# --- drift that no control speaks of


def drifting(day: int, *paths: str, gaps: list[Any] | None = None, compared: bool = True) -> Run:
    """A night on which these attributes of one resource differ between Terraform and the account."""
    whole = at(day, run([], gaps=gaps or []))
    if compared:
        part = report_runs.mixed()
        whole["drift_coverage"] = part["drift_coverage"]
        entry = next(one for one in part["drift"] if not one["controls"])
        whole["run"]["accounts"] = [entry["account"]]
        whole["drift"] = [{**entry, "path": path, "waiver": None, "baseline": None} for path in paths]
    validate(whole)
    return whole


def test_drift_has_a_life_like_a_deviation() -> None:
    nights = [drifting(0), drifting(1, "tags.Owner"), drifting(2, "tags.Owner", "size"), drifting(3, "size")]
    told = trend([past_of(one) for one in nights[:2]], nights[2])
    assert (told["changes"]["new"], told["changes"]["fixed"]) == (1, 0)
    told = trend([past_of(one) for one in nights[:3]], nights[3])
    assert (told["changes"]["new"], told["changes"]["fixed"]) == (0, 1)
    assert [(one["control"], one["path"]) for one in told["fixed"]] == [("drift", "tags.Owner")]


@pytest.mark.parametrize("dark", [{"gaps": GAPS[:1]}, {"compared": False}])
def test_drift_that_could_not_be_compared_is_not_mended(dark: dict[str, Any]) -> None:
    told = trend([past_of(drifting(0, "size"))], drifting(1, **dark))
    assert told["changes"]["fixed"] == 0


def test_drift_that_a_control_says_is_not_counted_twice() -> None:
    night_of = drifting(1, "size")
    night_of["drift"][0]["controls"] = ["rds-size"]
    assert trend([past_of(drifting(0))], night_of)["changes"]["new"] == 0


def test_new_drift_is_told_and_compared() -> None:
    from reports.diff import compare
    from reports.notify.message import message

    before, after = drifting(0), drifting(1, "size")
    after["history"] = trend([past_of(before)], after)
    said = message(after, Labels("en"))
    assert said is not None
    assert [one["control"] for one in said.data["new"]] == ["drift"]
    assert len(compare(before, after).changes["new"]) == 1
    assert len(compare(after, before).changes["fixed"]) == 1
    assert len(compare(after, drifting(2, compared=False)).changes["unaudited"]) == 1
